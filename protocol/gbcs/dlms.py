"""DLMS payloads: access requests, access responses and data notifications, with named fields.

`decode` takes names from the use case's template (`cosem`): a request's by class, OBIS code and
index; a response's, which does not repeat them, by order, and where optional entries were left
out by which order can be. What no template knows is named by class and index, or not at all.
Names decide nothing: `encode` writes what `decode` read, octet for octet.

Long-invoke-id and date-time are kept as they are; GBCS has the id 20 and the counter's low three
octets, and no date-time.

Sources: DLMS UA 1000-2, 9.5 (APDUs); GBCS 7.2.9, 8.5. Layouts hold for all 641 reference payloads.
"""

from gbcs import axdr, cosem
from gbcs.axdrencode import write
from gbcs.axdrtypes import after_length, check_date_time, length
from gbcs.compat import MICROPYTHON, TYPE_CHECKING
from gbcs.errors import DecodeError, EncodeError
from gbcs.octets import length_octets
from gbcs.record import Record

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.axdrtypes import Field, Shape

    # name, choice, class, OBIS code, index, selection, data
    RequestItem = tuple[str | None, str, int, bytes, int, Field | None, Field]
    # name, choice, result, data
    ResponseItem = tuple[str | None, str, int, Field]
    Specification = tuple[str | None, str, int, bytes, int, Field | None]

REQUEST = 0xD9
RESPONSE = 0xDA
NOTIFICATION = 0x0F
CHOICES = ("", "get", "set", "action", "get-with-selection", "set-with-selection")

_TAGS = {"command": REQUEST, "response": RESPONSE, "alert": NOTIFICATION}
_KEPT = 1 if MICROPYTHON else 1024  # plans in memory
_NOTHING: "Shape" = (None, None, None)
_SPECIFICATION_SIZE = 10  # choice, class, OBIS code, index


class AccessRequest(Record):
    """`items` is a list of (name, choice, class_id, obis, index, selection or None, data).

    `invoke_id` is four octets as an int; `date_time` twelve octets or b"".
    """

    __slots__ = ("invoke_id", "date_time", "items")

    def __init__(self, invoke_id: int, date_time: bytes, items: "list[RequestItem]") -> None:
        self.invoke_id = invoke_id
        self.date_time = date_time
        self.items = items


class AccessResponse(Record):
    """`items` is a list of (name, choice, result, data).

    `specification` is what the request asked, where the response repeats it: a list of (name,
    choice, class_id, obis, index, selection or None); else None.
    """

    __slots__ = ("invoke_id", "date_time", "specification", "items")

    def __init__(
        self,
        invoke_id: int,
        date_time: bytes,
        specification: "list[Specification] | None",
        items: "list[ResponseItem]",
    ) -> None:
        self.invoke_id = invoke_id
        self.date_time = date_time
        self.specification = specification
        self.items = items


class DataNotification(Record):
    """`body` is one field."""

    __slots__ = ("invoke_id", "date_time", "body")

    def __init__(self, invoke_id: int, date_time: bytes, body: "Field") -> None:
        self.invoke_id = invoke_id
        self.date_time = date_time
        self.body = body


def decode(
    data: bytes, offset: int, end: int, code: int, kind: str
) -> "AccessRequest | AccessResponse | DataNotification":
    """The payload in `data[offset:end]` of a "command", "response" or "alert".

    `code` is the message code. Raises DecodeError where the octets are not such a payload, to
    the last octet.
    """
    if type(data) is not bytes:
        data = bytes(data)
    tag = _TAGS[kind]
    if end - offset > 8 and data[offset] == tag and not data[offset + 5]:
        at = offset + 6
        date_time = b""
    else:
        at = _header(data, offset, end, tag)
        date_time = data[after_length(data, offset + 5) : at]
    invoke_id = int.from_bytes(data[offset + 1 : offset + 5], "big")
    if tag == REQUEST:
        items, at = _request(data, at, end, code)
        record: Any = AccessRequest(invoke_id, date_time, items)
    elif tag == RESPONSE:
        specification, answers, at = _response(data, at, end, code)
        record = AccessResponse(invoke_id, date_time, specification, answers)
    else:
        body, at = axdr.decode(data, at, end, _alert_shape(code))
        record = DataNotification(invoke_id, date_time, body)
    if at != end:
        raise DecodeError("end expected, %d octets left" % (end - at), at, "content")
    return record  # type: ignore[no-any-return]


def skip(data: bytes, offset: int, end: int) -> None:
    """Checks the payload in `data[offset:end]` as `decode` does, building nothing."""
    tag = data[offset] if offset < end else 0
    if tag not in b"\xd9\xda\x0f":
        raise DecodeError("D9, DA or 0F expected", offset, "content")
    at = _header(data, offset, end, tag)
    if tag == NOTIFICATION:
        at = axdr.skip(data, at, end)
    else:
        specified = -1
        if tag == REQUEST or _is_specified(data, at, end):
            if tag == RESPONSE:
                at += 1
            specified = _count(data, at, end, _SPECIFICATION_SIZE, "specifications")
            at = after_length(data, at)
            for _ in range(specified):
                _check_specification(data, at, end)
                choice = data[at]
                at += _SPECIFICATION_SIZE
                if choice > 3:
                    at = axdr.skip(data, at + 1, end)
        else:
            at += 1
        count = _count(data, at, end, 1, "data")
        if specified >= 0:
            _check_counts(count, specified, at)
        at = axdr.skip_list(data, after_length(data, at), end, count)
        if tag == RESPONSE:
            _check_counts(_count(data, at, end, 2, "results"), count, at)
            at = after_length(data, at)
            for _ in range(count):
                _check_choice(data[at], at, 3)
                at += 2
    if at != end:
        raise DecodeError("end expected, %d octets left" % (end - at), at, "content")


def _header(data: bytes, at: int, end: int, tag: int) -> int:
    """Where tag, long-invoke-id and date-time end."""
    if at >= end or data[at] != tag:
        found = "%02X" % data[at] if at < end else "nothing"
        raise DecodeError("%02X expected, found %s" % (tag, found), at, "content")
    if end - at < 5:
        raise DecodeError("4 octets expected, %d left" % (end - at - 1), at + 1, "invoke_id")
    at += 5
    size = length(data, at, end, "date_time")
    if size != 0 and size != 12:
        raise DecodeError("00 or 0C expected, found %02X" % data[at], at, "date_time")
    at += 1
    if size > end - at:
        raise DecodeError("12 octets expected, %d left" % (end - at), at, "date_time")
    if size:
        check_date_time(data, at, "date_time")
    return at + size


def _count(data: bytes, at: int, end: int, size: int, field: str) -> int:
    """A list's count at `at`, of entries of at least `size` octets."""
    count = length(data, at, end, field)
    left = end - after_length(data, at)
    if count * size > left:
        raise DecodeError("%d entries expected, %d octets left" % (count, left), at, field)
    return count


def _check_counts(count: int, wanted: int, at: int) -> None:
    if count != wanted:
        raise DecodeError("%d entries expected, found %d" % (wanted, count), at, "content")


def _check_choice(choice: int, at: int, most: int) -> None:
    if not 1 <= choice <= most:
        raise DecodeError("a choice from 1 to %d expected, found %02X" % (most, choice), at, "")


def _check_specification(data: bytes, at: int, end: int) -> None:
    if at >= end:
        raise DecodeError("a specification expected, 0 octets left", end, "specifications")
    _check_choice(data[at], at, 5)
    size = _SPECIFICATION_SIZE if data[at] < 4 else _SPECIFICATION_SIZE + 1
    if end - at < size:
        raise DecodeError("%d octets expected, %d left" % (size, end - at), at, "specifications")


def _is_specified(data: bytes, at: int, end: int) -> bool:
    """Whether a response repeats what was asked for."""
    if at >= end:
        raise DecodeError("00 or 01 expected, 0 octets left", end, "specifications")
    if data[at] > 1:
        raise DecodeError("00 or 01 expected, found %02X" % data[at], at, "specifications")
    return data[at] == 1


def _request(data: bytes, at: int, end: int, code: int) -> "tuple[list[RequestItem], int]":
    plan = _plan(code)
    octets = plan.octets
    if octets and data[at : at + len(octets)] == octets and at + len(octets) <= end:
        heads = plan.heads
        shapes = plan.shapes
        at += len(octets)
    else:
        heads, entries, at = _specifications(data, at, end, plan)
        shapes = tuple([entry[3] for entry in entries])
    count = _count(data, at, end, 1, "data")
    _check_counts(count, len(heads), at)
    fields, at = axdr.decode_list(data, after_length(data, at), end, shapes)
    return [head + (field,) for head, field in zip(heads, fields)], at  # noqa: B905


def _specifications(
    data: bytes, at: int, end: int, plan: "_Plan"
) -> "tuple[list[Specification], list[tuple[Any, ...]], int]":
    """What is asked for, and the entries of the plan for it."""
    count = _count(data, at, end, _SPECIFICATION_SIZE, "specifications")
    at = after_length(data, at)
    heads: list[Specification] = []
    entries = []
    next_entry = 0
    for _ in range(count):
        _check_specification(data, at, end)
        octets = data[at : at + _SPECIFICATION_SIZE]
        entry = None
        for index in range(next_entry, len(plan.entries)):
            if plan.entries[index][0] == octets:
                entry = plan.entries[index]
                next_entry = index + 1
                break
        if entry is None:
            entry = _entry(octets)
        at += _SPECIFICATION_SIZE
        selection = None
        if octets[0] > 3:
            selector = data[at]
            field, at = axdr.decode(data, at + 1, end, _SELECTIONS.get(selector, _NOTHING))
            parts = [("access_selector", "unsigned", selector, None), field]
            selection = ("selection", "access-selection", parts, None)
        heads.append(entry[1] + (selection,))
        entries.append(entry)
    return heads, entries, at


def _response(
    data: bytes, at: int, end: int, code: int
) -> "tuple[list[Specification] | None, list[ResponseItem], int]":
    plan = _plan(code)
    entries: Any = plan.entries
    specification = None
    if _is_specified(data, at, end):
        specification, entries, at = _specifications(data, at + 1, end, plan)
    else:
        at += 1
    count = _count(data, at, end, 1, "data")
    at = after_length(data, at)
    if specification is not None:
        _check_counts(count, len(specification), at - 1)
    elif count != len(entries):
        entries = _aligned(data, at, end, count, entries)
    names = plan.names if entries is plan.entries else [entry[1][0] for entry in entries]
    shapes = plan.answers if entries is plan.entries else tuple([entry[4] for entry in entries])
    fields, at = axdr.decode_list(data, at, end, shapes)
    _check_counts(_count(data, at, end, 2, "results"), count, at)
    at = after_length(data, at)
    items: list[ResponseItem] = []
    for name, field in zip(names, fields):  # noqa: B905 - a board's zip has no strict
        choice = data[at]
        if choice > 3 or not choice:
            _check_choice(choice, at, 3)
        items.append((name, CHOICES[choice], data[at + 1], field))
        at += 2
    return specification, items, at


def decode_plaintext(octets: bytes, code: int, index: int = 0) -> "Field":
    """The field that an encrypted block of the use case holds: item `index`, or an alert's body.

    Names are those of the attributes that the request protects. Raises DecodeError where the
    plaintext is not one data item, offsets counted from its start.
    """
    template = cosem.template(code)
    protects: Any = ()
    if template is not None:
        requests = template.requests
        protects = requests[index].protects if index < len(requests) else template.protects
    inside = tuple([cosem.shape(one.layout) for one in protects])
    shape = ("protected_attributes", None, inside or None)
    field, at = axdr.decode(octets, 0, len(octets), shape)
    if at != len(octets):
        raise DecodeError("end expected, %d octets left" % (len(octets) - at), at, "plaintext")
    return field


def encode(record: "AccessRequest | AccessResponse | DataNotification") -> bytes:
    """The octets of a payload; EncodeError where it has none."""
    name = type(record).__name__
    if not 0 <= record.invoke_id <= 0xFFFFFFFF:
        raise EncodeError("4 octets expected", "invoke_id")
    if len(record.date_time) not in (0, 12):
        raise EncodeError("0 or 12 octets expected", "date_time")
    out = bytearray()
    out.append(REQUEST if name == "AccessRequest" else 0x0F if name[0] == "D" else RESPONSE)
    out += record.invoke_id.to_bytes(4, "big")
    out.append(len(record.date_time))
    out += record.date_time
    if isinstance(record, DataNotification):
        write(out, (record.body,))
        return bytes(out)
    if isinstance(record, AccessRequest):
        _write_specifications(out, record.items)
    elif record.specification is None:
        out.append(0)
    else:
        if len(record.specification) != len(record.items):
            raise EncodeError("as many specifications as items expected", "specification")
        out.append(1)
        _write_specifications(out, record.specification)
    out += length_octets(len(record.items))
    write(out, [item[-1] for item in record.items])
    if isinstance(record, AccessResponse):
        out += length_octets(len(record.items))
        for label, choice, result, _ in record.items:
            if choice not in CHOICES[1:4]:
                raise EncodeError("get, set or action expected", label or "choice")
            if not 0 <= result <= 0xFF:
                raise EncodeError("a result from 0 to 255 expected", label or "result")
            out.append(CHOICES.index(choice))
            out.append(result)
    return bytes(out)


def _write_specifications(out: bytearray, items: "list[Any]") -> None:
    out += length_octets(len(items))
    for item in items:
        name, choice, class_id, obis, index, selection = item[:6]
        if choice not in CHOICES[1:]:
            raise EncodeError("one of %s expected" % ", ".join(CHOICES[1:]), name or "choice")
        if not 0 <= class_id <= 0xFFFF or len(obis) != 6 or not -0x80 <= index <= 0x7F:
            raise EncodeError("class, OBIS code and index expected", name or "")
        number = CHOICES.index(choice)
        out.append(number)
        out.append(class_id >> 8)
        out.append(class_id & 0xFF)
        out += obis
        out.append(index & 0xFF)
        if (number > 3) != (selection is not None):
            raise EncodeError("a selection goes with a choice that has one", name or "")
        if selection is not None:
            parts = selection[2]
            if type(parts) is not list or len(parts) != 2 or parts[0][1] != "unsigned":
                raise EncodeError("a selector and its parameters expected", "selection")
            if type(parts[0][2]) is not int or not 0 <= parts[0][2] <= 0xFF:
                raise EncodeError("an octet expected", "access_selector")
            out.append(parts[0][2])
            write(out, parts[1:])


# What the selectors of class 7, attribute 2 are given: DLMS UA 1000-1, class 7
_SELECTIONS: "dict[int, Shape]" = {
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


class _Plan:
    """What to expect of a use case's messages.

    `entries` has (octets of the specification, head of an item, optional, shape of the data,
    shape of the answer); where the request is always the same, `octets` is its list of
    specifications, with `heads` and `shapes`.
    """

    __slots__ = ("entries", "octets", "heads", "shapes", "names", "answers")

    def __init__(self, entries: "tuple[tuple[Any, ...], ...]") -> None:
        self.entries = entries
        self.octets = b""
        self.heads = [entry[1] + (None,) for entry in entries]
        self.shapes = tuple([entry[3] for entry in entries])
        self.names = [entry[1][0] for entry in entries]
        self.answers = tuple([entry[4] for entry in entries])
        if entries and not [True for entry in entries if entry[0][0] > 3 or entry[2]]:
            octets = b"".join([entry[0] for entry in entries])
            self.octets = length_octets(len(entries)) + octets


_plans: "dict[int, _Plan]" = {}
_alerts: "dict[int, Shape]" = {}


def _plan(code: int) -> _Plan:
    plan = _plans.get(code)
    if plan is None:
        template = cosem.template(code)
        requests = () if template is None else template.requests
        plan = _Plan(tuple([_planned(one.object, one.choice, one.optional) for one in requests]))
        if len(_plans) >= _KEPT:
            _plans.clear()
        if requests:
            _plans[code] = plan
    return plan


def _planned(target: "cosem.Object", choice: str, optional: bool) -> "tuple[Any, ...]":
    number = CHOICES.index(choice)
    octets = bytes((number, target.class_id >> 8, target.class_id & 0xFF)) + target.obis
    octets += bytes((target.index,))
    head = (target.title, choice, target.class_id, target.obis, target.index)
    empty = (target.name, None, None)
    shape = cosem.shape(target.layout)
    if choice == "action":
        answer = empty if target.answer is None else cosem.shape(target.answer)
        return octets, head, optional, shape, answer
    if choice[:3] == "set":
        return octets, head, optional, shape, empty
    return octets, head, optional, empty, shape


def _entry(octets: bytes) -> "tuple[Any, ...]":
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
    return octets, (title, choice, class_id, obis, index), False, shape, shape


def _alert_shape(code: int) -> "Shape":
    shape = _alerts.get(code)
    if shape is None:
        template = cosem.template(code)
        if template is None or template.alert is None:
            return _ALERT
        shape = cosem.shape(template.alert)
        if len(_alerts) >= _KEPT:
            _alerts.clear()
        _alerts[code] = shape
    return shape


_ALERT: "Shape" = ("body", None, None)


def _aligned(
    data: bytes, at: int, end: int, count: int, entries: "tuple[tuple[Any, ...], ...]"
) -> "list[tuple[Any, ...]]":
    """Entries for a response with fewer (or more) data than the template has.

    Only optional entries are left out, and the order stays; where more than one order is
    possible, an item has the name that all of them have in common.
    """
    nothing = (b"", (None,), False, _NOTHING, _NOTHING)
    left_out = len(entries) - count
    choices = _choices(data, at, end, count)
    if left_out < 0 or len(choices) != count:
        return [nothing] * count

    def fits(item: int, entry: int) -> bool:
        return choices[item] == (1 if entries[entry][0][0] == 4 else entries[entry][0][0])

    # starts[i]: the entries that item i can be, with all before it in their places
    starts: list[list[int]] = []
    before = [-1]
    for item in range(count):
        found = []
        for entry in range(item, item + left_out + 1):
            for last in before:
                between = range(last + 1, entry)
                if (
                    last < entry
                    and fits(item, entry)
                    and not [True for one in between if not entries[one][2]]
                ):
                    found.append(entry)
                    break
        starts.append(found)
        before = found
    after = [len(entries)]
    chosen = []
    for item in range(count - 1, -1, -1):
        found = []
        for entry in starts[item]:
            for following in after:
                between = range(entry + 1, following)
                if entry < following and not [True for one in between if not entries[one][2]]:
                    found.append(entry)
                    break
        after = found
        chosen.append(_common([entries[entry] for entry in found]) if found else nothing)
    chosen.reverse()
    return chosen


def _choices(data: bytes, at: int, end: int, count: int) -> "list[int]":
    """The choices in the list of results, which follows the data."""
    at = axdr.skip_list(data, at, end, count)
    results = _count(data, at, end, 2, "results")
    at = after_length(data, at)
    return [data[at + 2 * index] for index in range(results)]


def _common(entries: "list[tuple[Any, ...]]") -> "tuple[Any, ...]":
    """One entry, or what several have in common."""
    first = entries[0]
    if len(entries) == 1:
        return first
    titles = [entry[1][0] for entry in entries]
    members = [entry[4][0] for entry in entries]
    shapes = [entry[4] for entry in entries]
    title = None
    numbered = [_unnumbered(one) for one in titles]
    if not [True for one in numbered if one != numbered[0]]:
        title = numbered[0]
    elif not [True for one in members if one != members[0]]:
        title = members[0]
    same = not [True for one in shapes if one != shapes[0]]
    return first[0], (title,), False, _NOTHING, shapes[0] if same else _NOTHING


def _unnumbered(title: str) -> str:
    """`AuxiliaryController[n]` for `AuxiliaryController[3]`."""
    start = title.find("[")
    stop = title.find("]")
    return title if start < 0 else title[: start + 1] + "n" + title[stop:]
