"""What to expect of a use case's access request and response: names and shapes, in order.

Made from the template (`cosem`) when a use case is first met, and kept: on a board, of one.
"""

from gbcs.compat import PLANS_KEPT, TYPE_CHECKING
from gbcs.cosem import cosem
from gbcs.cosem.layout import shape as shape_of
from gbcs.octets import length_octets

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.axdr.types import Shape

    Entry = tuple[Any, ...]

CHOICES = ("", "get", "set", "action", "get-with-selection", "set-with-selection")
NOTHING: "Shape" = (None, None, None)
SPECIFICATION_SIZE = 10  # choice, class, OBIS code, index


# What the selectors of class 7, attribute 2 are given: DLMS UA 1000-1, class 7
SELECTIONS: "dict[int, Shape]" = {
    1: (
        "range_descriptor",
        None,
        (
            (
                "restricting_object",
                None,
                (
                    ("class_id", None, None),
                    ("logical_name", "obis", None),
                    ("attribute_index", None, None),
                    ("data_index", None, None),
                ),
            ),
            ("from_value", "utc", None),
            ("to_value", "utc", None),
            ("selected_values", None, None),
        ),
    ),
    2: (
        "entry_descriptor",
        None,
        (
            ("from_entry", None, None),
            ("to_entry", None, None),
            ("from_selected_value", None, None),
            ("to_selected_value", None, None),
        ),
    ),
}


class Plan:
    """What to expect of a use case's messages.

    `entries` has (octets of the specification, head of an item, optional, shape of the data,
    shape of the answer); where the request is always the same, `octets` is its list of
    specifications, with `heads` and `shapes`.

    `asked` are the items of a request whose data are all null, `done` those of a response that
    has nothing but successes, in the octets `success`: most messages of these kinds.
    """

    __slots__ = (
        "entries",
        "octets",
        "heads",
        "shapes",
        "answers",
        "asked",
        "done",
        "success",
        "orders",
    )  # fmt: skip

    def __init__(self, entries: "tuple[Entry, ...]") -> None:
        self.entries = entries
        self.octets = b""
        self.heads = [entry[1] for entry in entries]
        self.shapes = tuple([entry[3] for entry in entries])
        self.answers = tuple([entry[4] for entry in entries])
        if entries and not [True for entry in entries if entry[0][0] > 3 or entry[2]]:
            octets = b"".join([entry[0] for entry in entries])
            self.octets = length_octets(len(entries)) + octets
        count = bytes((len(entries),)) if entries and len(entries) < 0x80 else b""
        self.asked = []
        self.done = []
        self.success = b""
        self.orders: dict[bytes, list[Entry]] = {}  # as `aligned` found them, by choices
        if count and PLANS_KEPT > 1:  # made once, for many messages
            results = count
            for _, head, _, shape, answer in entries:
                number = CHOICES.index(head[1])
                results += bytes((number if number < 4 else number - 3, 0))
                self.asked.append(head + ((shape[0], "null-data", None, shape[1]),))
                nothing = (answer[0], "null-data", None, answer[1])
                self.done.append((head[0], CHOICES[results[-2]], 0, nothing))
            self.success = count + bytes(len(entries)) + results


_plans: "dict[int, Plan]" = {}
_alerts: "dict[int, Shape]" = {}


def plan_of(code: int) -> Plan:
    """The plan of the use case with this message code; an empty one where there is none."""
    plan = _plans.get(code)
    if plan is None:
        if len(_plans) >= PLANS_KEPT:
            _plans.clear()
        entries = [
            _planned(request.object, request.choice, request.optional)
            for request in cosem.requests(code)
        ]
        plan = Plan(tuple(entries))
        if entries:
            _plans[code] = plan
    return plan


def specification(target: "cosem.Object", choice: str) -> bytes:
    """The ten octets by which a request asks for an object: choice, class, OBIS code, index."""
    head = bytes((CHOICES.index(choice), target.class_id >> 8, target.class_id & 0xFF))
    return head + target.obis + bytes((target.index & 0xFF,))


def _planned(target: "cosem.Object", choice: str, optional: bool) -> "Entry":
    octets = specification(target, choice)
    head = (target.title, choice, target.class_id, target.obis, target.index, None)
    empty = (target.name, None, None)
    shape = shape_of(target.layout)
    if choice == "action":
        answer = empty if target.answer is None else shape_of(target.answer)
        return octets, head, optional, shape, answer
    if choice[:3] == "set":
        return octets, head, optional, shape, empty
    return octets, head, optional, empty, shape


def entry_of(octets: bytes) -> "Entry":
    """As an entry of a plan, for a specification that no plan has."""
    choice = CHOICES[octets[0]]
    class_id = octets[1] << 8 | octets[2]
    obis = octets[3:9]
    index = octets[9] if octets[9] < 0x80 else octets[9] - 0x100
    kind = "M" if choice == "action" else "A"
    target = cosem.find(class_id, obis, index, kind)
    if target is not None:
        return _planned(target, choice, False)
    name = cosem.member_name(class_id, index, kind)
    title = None if name is None else "%s.%s" % (cosem.obis_text(obis), name)
    shape = (name, None, None)
    return octets, (title, choice, class_id, obis, index, None), False, shape, shape


def alert_shape(code: int) -> "Shape":
    shape = _alerts.get(code)
    if shape is None:
        layout = cosem.alert(code)
        if layout is None:
            return _ALERT
        shape = shape_of(layout)
        if len(_alerts) >= PLANS_KEPT:
            _alerts.clear()
        _alerts[code] = shape
    return shape


_HEAD = (("alert_code", "names:alert", None), ("time", "date-time", None))
_ALERT: "Shape" = (  # all alerts of GBCS begin alike: 16.2
    "body",
    None,
    {2: _HEAD, 3: _HEAD + (NOTHING,) * 1, 4: _HEAD + (NOTHING,) * 2, 5: _HEAD + (NOTHING,) * 3},
)
