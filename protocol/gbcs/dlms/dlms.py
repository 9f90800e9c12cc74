"""DLMS payloads: access requests, access responses and data notifications, with named fields.

`decode` takes names from the use case's template (`cosem`): a request's by class, OBIS code and
index; a response's, which does not repeat them, by order, and where optional entries were left
out by which order can be. What no template knows is named by class and index, or not at all.
Names decide nothing: `encode` writes what `decode` read, octet for octet.

Long-invoke-id and date-time are kept as they are; GBCS has the id 20 and the counter's low three
octets, and no date-time.

Sources: DLMS UA 1000-2, 9.5 (APDUs); GBCS 7.2.9, 8.5. Layouts hold for all 641 reference payloads.
"""

from gbcs.axdr import axdr, skipping
from gbcs.axdr.types import BLOCK, BLOCK_SIZE
from gbcs.clock import check_date_time
from gbcs.compat import PROTECTED_KEPT, TYPE_CHECKING
from gbcs.cosem import cosem
from gbcs.cosem.layout import shape as shape_of
from gbcs.dlms.plan import (
    CHOICES,
    NOTHING,
    SELECTIONS,
    SPECIFICATION_SIZE,
    Plan,
    alert_shape,
    entry_of,
    plan_of,
)
from gbcs.errors import DecodeError
from gbcs.octets import after_length, count_at, length
from gbcs.record import Record

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.axdr.types import Field

    # name, choice, class, OBIS code, index, selection, data
    RequestItem = tuple[str | None, str, int, bytes, int, Field | None, Field]
    # name, choice, result, data
    ResponseItem = tuple[str | None, str, int, Field]
    Specification = tuple[str | None, str, int, bytes, int, Field | None]

__all__ = (
    "AccessRequest",
    "AccessResponse",
    "DataNotification",
    "decode",
    "decode_plaintext",
    "encode",
    "encrypted_blocks",
    "skip",
)

REQUEST = 0xD9
RESPONSE = 0xDA
NOTIFICATION = 0x0F
_TAGS = {"command": REQUEST, "response": RESPONSE, "alert": NOTIFICATION}


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
        body, at = axdr.decode(data, at, end, alert_shape(code))
        record = DataNotification(invoke_id, date_time, body)
    if at != end:
        raise DecodeError("end expected, %d octets left" % (end - at), at, "content")
    return record


def skip(data: bytes, offset: int, end: int, code: "int | None" = None) -> None:
    """Checks the payload in `data[offset:end]` as `decode` does, building nothing.

    Which octet strings must be dates and times the message code tells: those of a request are
    checked where it is given.
    """
    tag = data[offset] if offset < end else 0
    if tag not in b"\xd9\xda\x0f":
        raise DecodeError("D9, DA or 0F expected", offset, "content")
    at = _header(data, offset, end, tag)
    start = at
    if tag == NOTIFICATION:
        at = skipping.skip(data, at, end)
    else:
        specified = -1
        if tag == REQUEST or _is_specified(data, at, end):
            if tag == RESPONSE:
                at += 1
            specified = count_at(data, at, end, SPECIFICATION_SIZE, "specifications")
            at = after_length(data, at)
            for _ in range(specified):
                _check_specification(data, at, end)
                choice = data[at]
                at += SPECIFICATION_SIZE
                if choice > 3:
                    at = skipping.skip(data, at + 1, end)
        else:
            at += 1
        count = count_at(data, at, end, 1, "data")
        if specified >= 0:
            _check_counts(count, specified, at)
        at = skipping.skip_list(data, after_length(data, at), end, count)
        if tag == RESPONSE:
            _check_counts(count_at(data, at, end, 2, "results"), count, at)
            at = after_length(data, at)
            for _ in range(count):
                _check_choice(data[at], at, 3)
                at += 2
    if at != end:
        raise DecodeError("end expected, %d octets left" % (end - at), at, "content")
    if tag == REQUEST and code is not None:
        from gbcs.dlms import dates

        if dates.may_be_any(data, start, end):
            dates.check(data, start, end, code)


def _header(data: bytes, at: int, end: int, tag: int) -> int:
    """Where tag, long-invoke-id and date-time end."""
    if at >= end or data[at] != tag:
        octet = "%02X" % data[at] if at < end else "nothing"
        raise DecodeError("%02X expected, found %s" % (tag, octet), at, "content")
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
    size = SPECIFICATION_SIZE if data[at] < 4 else SPECIFICATION_SIZE + 1
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
    plan = plan_of(code)
    octets = plan.octets
    if octets and data[at : at + len(octets)] == octets and at + len(octets) <= end:
        heads = plan.heads
        shapes = plan.shapes
        at += len(octets)
        size = len(heads) + 1
        if at + size == end and plan.asked and data[at:end] == plan.success[:size]:
            return plan.asked[:], end
    else:
        heads, entries, at = _specifications(data, at, end, plan)
        shapes = tuple([entry[3] for entry in entries])
    count = count_at(data, at, end, 1, "data")
    _check_counts(count, len(heads), at)
    fields, at = axdr.decode_list(data, after_length(data, at), end, shapes)
    return [head + (field,) for head, field in zip(heads, fields)], at


def _specifications(
    data: bytes, at: int, end: int, plan: "Plan"
) -> "tuple[list[Specification], list[tuple[Any, ...]], int]":
    """What is asked for, and the entries of the plan for it."""
    count = count_at(data, at, end, SPECIFICATION_SIZE, "specifications")
    at = after_length(data, at)
    heads: list[Specification] = []
    entries = []
    next_entry = 0
    for _ in range(count):
        _check_specification(data, at, end)
        octets = data[at : at + SPECIFICATION_SIZE]
        entry = None
        for index in range(next_entry, len(plan.entries)):
            if plan.entries[index][0] == octets:
                entry = plan.entries[index]
                next_entry = index + 1
                break
        if entry is None:
            entry = entry_of(octets)
        at += SPECIFICATION_SIZE
        selection = None
        if octets[0] > 3:
            selector = data[at]
            field, at = axdr.decode(data, at + 1, end, SELECTIONS.get(selector, NOTHING))
            parts = [("access_selector", "unsigned", selector, None), field]
            selection = ("selection", "access-selection", parts, None)
        head = entry[1]
        heads.append(head if selection is None else head[:5] + (selection,))
        entries.append(entry)
    return heads, entries, at


def _response(
    data: bytes, at: int, end: int, code: int
) -> "tuple[list[Specification] | None, list[ResponseItem], int]":
    plan = plan_of(code)
    entries: Any = plan.entries
    specification = None
    if _is_specified(data, at, end):
        specification, entries, at = _specifications(data, at + 1, end, plan)
    else:
        at += 1
        if plan.done and data[at:end] == plan.success:
            return None, plan.done[:], end
    count = count_at(data, at, end, 1, "data")
    at = after_length(data, at)
    if specification is not None:
        _check_counts(count, len(specification), at - 1)
    elif count != len(entries):
        from gbcs.dlms.align import aligned  # few leave anything out

        entries = aligned(data, at, end, count, plan)
    planned = entries is plan.entries
    shapes = plan.answers if planned else tuple([entry[4] for entry in entries])
    fields, at = axdr.decode_list(data, at, end, shapes)
    _check_counts(count_at(data, at, end, 2, "results"), count, at)
    at = after_length(data, at)
    items: list[ResponseItem] = []
    heads = plan.heads if planned else [entry[1] for entry in entries]
    for head, field in zip(heads, fields):
        choice = data[at]
        if choice > 3 or not choice:
            _check_choice(choice, at, 3)
        items.append((head[0], CHOICES[choice], data[at + 1], field))
        at += 2
    return specification, items, at


def encode(record: "Record") -> bytes:
    """The octets of a payload; EncodeError where it has none."""
    from gbcs.dlms import encoder  # who only reads does not pay for it

    return encoder.encode(record)


_protected_shapes: dict = {}


def decode_plaintext(octets: bytes, code: int, index: int = 0) -> "Field":
    """The field that an encrypted block of the use case holds: item `index`, or an alert's body.

    Names are those of the attributes that the request protects. Raises DecodeError where the
    plaintext is not one data item, offsets counted from its start.
    """
    shape = _protected_shapes.get((code, index))
    if shape is None:
        inside = tuple([shape_of(target.layout) for target in cosem.protected(code, index)])
        shape = ("protected_attributes", None, inside or None)
        if len(_protected_shapes) >= PROTECTED_KEPT:
            _protected_shapes.clear()
        _protected_shapes[code, index] = shape
    field, at = axdr.decode(octets, 0, len(octets), shape)
    if at != len(octets):
        raise DecodeError("end expected, %d octets left" % (len(octets) - at), at, "plaintext")
    return field


def encrypted_blocks(record: "Record") -> "list[tuple[int, str, bytes]]":
    """The encrypted blocks of a payload: item's number (0 in a notification), name, octets."""
    blocks: list[tuple[int, str, bytes]] = []
    if isinstance(record, DataNotification):
        _find_blocks(record.body, 0, "body", blocks)
    elif isinstance(record, AccessResponse):
        for index in range(len(record.items)):
            item = record.items[index]
            _find_blocks(item[3], index, item[0] or "item %d" % (index + 1), blocks)
    return blocks


def _find_blocks(
    field: "Field", index: int, name: str, blocks: "list[tuple[int, str, bytes]]"
) -> None:
    value = field[2]
    if type(value) is list:
        for child in value:
            _find_blocks(child, index, name, blocks)
    elif type(value) is bytes and len(value) >= BLOCK_SIZE and value[:5] == BLOCK:
        blocks.append((index, name, value))
