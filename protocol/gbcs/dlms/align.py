"""Which entries of a plan a response has answers for, where optional ones were left out."""

from gbcs.axdr import skipping
from gbcs.compat import ORDERS_KEPT, TYPE_CHECKING
from gbcs.dlms.plan import NOTHING, Plan
from gbcs.octets import after_length, count_at

if TYPE_CHECKING:
    from gbcs.dlms.plan import Entry


def aligned(data: bytes, at: int, end: int, count: int, plan: Plan) -> "list[Entry]":
    """Entries for a response with fewer (or more) data than the plan has.

    Only optional entries are left out, and the order stays; where more than one order is
    possible, an item has the name that all of them have in common.
    """
    choices = _choices(data, at, end, count)
    order = plan.orders.get(choices)
    if order is None:
        order = _aligned(choices, count, plan.entries)
        if len(plan.orders) < ORDERS_KEPT:
            plan.orders[choices] = order
    return order


def _aligned(choices: bytes, count: int, entries: "tuple[Entry, ...]") -> "list[Entry]":
    nothing = (b"", (None,), False, NOTHING, NOTHING)
    left_out = len(entries) - count
    if left_out < 0 or len(choices) != count:
        return [nothing] * count

    def fits(item: int, entry: int) -> bool:
        return choices[item] == (1 if entries[entry][0][0] == 4 else entries[entry][0][0])

    # starts[i]: the entries that item i can be, with all before it in their places
    starts: list[list[int]] = []
    before = [-1]
    for item in range(count):
        candidates = []
        for entry in range(item, item + left_out + 1):
            for last in before:
                between = range(last + 1, entry)
                if (
                    last < entry
                    and fits(item, entry)
                    and not [True for place in between if not entries[place][2]]
                ):
                    candidates.append(entry)
                    break
        starts.append(candidates)
        before = candidates
    after = [len(entries)]
    chosen = []
    for item in range(count - 1, -1, -1):
        candidates = []
        for entry in starts[item]:
            for following in after:
                between = range(entry + 1, following)
                if entry < following and not [True for place in between if not entries[place][2]]:
                    candidates.append(entry)
                    break
        after = candidates
        chosen.append(_common([entries[entry] for entry in candidates]) if candidates else nothing)
    chosen.reverse()
    return chosen


def _choices(data: bytes, at: int, end: int, count: int) -> bytes:
    """The choices in the list of results, which follows the data."""
    at = skipping.skip_list(data, at, end, count)
    results = count_at(data, at, end, 2, "results")
    at = after_length(data, at)
    return bytes([data[at + 2 * index] for index in range(results)])


def _common(entries: "list[Entry]") -> "Entry":
    """One entry, or what several have in common."""
    first = entries[0]
    if len(entries) == 1:
        return first
    titles = [entry[1][0] for entry in entries]
    members = [entry[4][0] for entry in entries]
    shapes = [entry[4] for entry in entries]
    title = None
    numbered = [_unnumbered(text) for text in titles]
    if not [True for text in numbered if text != numbered[0]]:
        title = numbered[0]
    elif not [True for member in members if member != members[0]]:
        title = members[0]
    same = not [True for shape in shapes if shape != shapes[0]]
    return first[0], (title,), False, NOTHING, shapes[0] if same else NOTHING


def _unnumbered(title: str) -> str:
    """`AuxiliaryController[n]` for `AuxiliaryController[3]`."""
    start = title.find("[")
    stop = title.find("]")
    return title if start < 0 else title[: start + 1] + "n" + title[stop:]
