"""Access requests answered: get, set, action on COSEM objects whose data are octets in the store.

What an attribute holds is one A-XDR data item, as messages have it, under a name made of class,
OBIS code and index. A kind's tables `LIVE` name what is made afresh at each reading, `ACTIONS`
what a method or an attribute that is set does; every other attribute is plain data, every other
method object-unavailable, but where the store has what a twin's original answered. The first item
that fails ends a request: those after it are not carried out and answer other-reason, as in all
error responses of the reference messages.

A request asks for what its use case's template has, all of it and in its order; of another nothing
is carried out, and what the template does not have at all is answered read-write-denied. Nor is
anything of one that sets or gives other data than the template says: these are answered
type-unmatched.

Sources: DLMS UA 1000-2, 9.3.14 (access service); GBCS 7.2.9, 8.5 (protected attributes). All 251
reference requests are as their templates say.
"""

from gbcs.axdr import skipping
from gbcs.clock import is_time
from gbcs.compat import TYPE_CHECKING, const
from gbcs.cosem import cosem
from gbcs.cosem.cosem import name_of
from gbcs.cosem.layout import shape
from gbcs.dlms import dlms
from gbcs.errors import DecodeError, Refused
from gbcs.octets import after_length, length, length_octets
from gbcs_device.base.store import NO_ROOM
from gbcs_device.messages import future_dated
from gbcs_device.messages.layouts import fits, octets_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gbcs_device.interfaces import Table
    from gbcs_device.messages.device import Command

    # Give the octets of an attribute; carry out a method, or follow what was set
    Maker = Callable[[Command, "Item"], bytes | None]
    Handler = Callable[[Command, "Item"], bytes]

# Results of an item: DLMS UA 1000-2, 9.5
SUCCESS = const(0)
READ_WRITE_DENIED = const(3)
OBJECT_UNAVAILABLE = const(11)
TYPE_UNMATCHED = const(12)
OTHER_REASON = const(250)

_NULL = b"\x00"
_GET = const(1)
_SET = const(2)
_ACTION = const(3)
_CHOICES = ("", "get", "set", "action", "get-with-selection", "set-with-selection")
_MOST = const(0xF000)  # octets of data in an answer: more, with what is around, have no length
_PROTECTED_CLASS = const(30)  # data protection, whose method 1 reads attributes encrypted
_DATE_TIME = b"\x09\x0c"  # an octet string of so many octets
_ARRAY = const(1)  # tags
_STRUCTURE = const(2)
_INTEGER = const(15)
_LONG_UNSIGNED = const(18)
_OBIS = b"\x09\x06"  # an octet string of so many octets
_SHORT = const(0x7F)  # the largest length of one octet
_PROTECTED_SET = bytes.fromhex("0202")


class ItemFailed(Exception):
    """An item that fails; `result` is its result in the answer."""

    def __init__(self, result: int) -> None:
        super().__init__(result)
        self.result = result


class Item:
    """An item of a request: choice, object, and where its data stand in the message."""

    __slots__ = ("choice", "class_id", "obis", "index", "selection", "start", "end", "octets")

    def __init__(self, octets: bytes, at: int) -> None:
        self.octets = octets
        self.choice = octets[at]
        self.class_id = octets[at + 1] << 8 | octets[at + 2]
        self.obis = octets[at + 3 : at + 9]
        self.index = octets[at + 9]
        self.selection: tuple[int, int, int] | None = None  # selector, where its data stand
        self.start = 0
        self.end = 0

    @property
    def data(self) -> bytes:
        """The item's data, one A-XDR item."""
        return self.octets[self.start : self.end]


def answer(command: "Command") -> bytes:
    """The access response to a command.

    Of the device's objects, `live[class, obis, index](command, item)` gives an attribute's octets;
    `actions["M" or "A", class, obis, index]` is called with the command and the Item where a
    method is invoked or an attribute set: it gives the answer's octets, or raises ItemFailed.
    Raises DecodeError where the payload is no access request, its items are not those of the use
    case's template, or a date or a time is none.
    """
    m, device = command.m, command.device
    dlms.skip(m.octets, m.content_start, m.content_end)  # dates are checked as they are read
    live: Table[Maker]
    actions: Table[Handler]
    live, actions = device.objects(device.account is not None)
    items = items_of(m.octets, m.content_start, m.content_end)
    targets, protects = _targets(m.code, items)
    refused = _unfit(items, targets) if targets else _unknown(m.code, items)
    out = bytearray(m.octets[m.content_start : m.content_start + 5])
    out[0] = 0xDA
    out += b"\x00\x00" + length_octets(len(items))
    results = bytearray(length_octets(len(items)))
    failed = bool(refused) or NO_ROOM in command.work
    for number, item in enumerate(items):
        data, result = _NULL, refused.get(number, OTHER_REASON)
        if not failed:
            try:
                inside = protects.get(number, ())
                data = _carried_out(command, item, live, actions, targets[number], inside)
                result = SUCCESS
                if len(out) + len(data) > _MOST:
                    raise ItemFailed(OTHER_REASON)
            except ItemFailed as error:
                data, result = _NULL, error.result
                failed = True
        out += data
        results += bytes(
            (_GET if item.choice == 4 else _SET if item.choice == 5 else item.choice, result)
        )
    return bytes(out + results)


def items_of(octets: bytes, at: int, end: int) -> "list[Item]":
    """The items of an access request."""
    at += 5
    at = after_length(octets, at) + octets[at]
    count = length(octets, at, end, "specifications")
    at = after_length(octets, at)
    items = []
    for _ in range(count):
        item = Item(octets, at)
        at += 10
        if item.choice > 3:
            stop = skipping.skip(octets, at + 1, end)
            item.selection = (octets[at], at + 1, stop)
            at = stop
        items.append(item)
    at = after_length(octets, at)
    for item in items:
        item.start = at
        at = item.end = skipping.skip(octets, at, end)
    return items


def _targets(
    code: int, items: "list[Item]"
) -> "tuple[list[cosem.Object], dict[int, tuple[cosem.Object, ...]]]":
    """The object of each item, and those that a protected item reads, by its number.

    They are of the use case's template, of which optional ones may be left out. There are none
    where the items are not those of the template, in its order.
    """
    targets: list[cosem.Object] = []
    protects: dict[int, tuple[cosem.Object, ...]] = {}
    for request in cosem.requests(code):
        if len(targets) < len(items) and _is_of(items[len(targets)], request):
            if request.protects:
                protects[len(targets)] = request.protects
            targets.append(request.object)
        elif not request.optional:
            return [], {}
    return (targets, protects) if len(targets) == len(items) else ([], {})


def _unknown(code: int, items: "list[Item]") -> "dict[int, int]":
    """The results of the items that the template does not have, by their numbers.

    DecodeError where each one is there: there are too many or too few then, or in another order.
    """
    unknown = list(range(len(items)))
    for request in cosem.requests(code):
        unknown = [number for number in unknown if not _is_of(items[number], request)]
    if not unknown:
        raise DecodeError("the items of the use case expected", 0, "content")
    return dict.fromkeys(unknown, READ_WRITE_DENIED)


def _unfit(items: "list[Item]", targets: "list[cosem.Object]") -> "dict[int, int]":
    """The results of the items whose data do not fit the template, by their numbers.

    DecodeError where a date or a time is none.
    """
    unfit = {}
    for number, item in enumerate(items):
        target = targets[number]
        if _is_protected(item):  # object_list reads it
            if not _has_dates_only(item):  # the layout says which of them is none
                skipping.skip(item.octets, item.start, item.end, shape(target.layout))
        elif item.choice == _SET or item.choice == _ACTION:
            if not fits(target.layout, item.octets, item.start, item.end):
                unfit[number] = TYPE_UNMATCHED
            elif (
                item.choice == _SET
                and (item.class_id, item.index) in future_dated.ACTIVATIONS
                and not future_dated.is_date(item.data)
            ):  # nothing is carried out: what was kept keeps its values too
                unfit[number] = OTHER_REASON
    return unfit


def _is_protected(item: Item) -> bool:
    """Whether an item is a get_protected_attributes."""
    return item.choice == _ACTION and item.class_id == _PROTECTED_CLASS and item.index == 1


def _has_dates_only(item: Item) -> bool:
    """Whether whatever might be a date-time in an item's data is one.

    A layout is text, and reading it takes a board longer than all the rest of an answer.
    """
    octets, end = item.octets, item.end
    at = octets.find(_DATE_TIME, item.start, end)
    while at >= 0:
        if not is_time("date-time", octets[at + 2 : at + 14]):
            return False
        at = octets.find(_DATE_TIME, at + 1, end)
    return True


def _is_of(item: Item, request: "cosem.Request") -> bool:
    """Whether an item is that of an entry of the template."""
    target = request.object
    return (
        item.class_id == target.class_id
        and item.index == target.index & 0xFF
        and item.obis == target.obis
        and _CHOICES[item.choice] == request.choice
    )


def _carried_out(
    command: "Command",
    item: Item,
    live: "Table[Maker]",
    actions: "Table[Handler]",
    target: "cosem.Object",
    protects: "tuple[cosem.Object, ...]",
) -> bytes:
    kind = "M" if item.choice == _ACTION else "A"
    key = (item.class_id, item.obis, item.index)
    fault = command.device.faults.get((kind,) + key)
    if fault is not None:
        raise ItemFailed(fault)
    if item.choice == _ACTION:
        if _is_protected(item):
            return _protected(command, item, live, protects)
        handler = actions.get(("M",) + key)
        if handler is None:
            answered = command.get("m" + name_of(*key)[1:])
            if answered is None:
                raise ItemFailed(OBJECT_UNAVAILABLE)
            return answered
        return handler(command, item)
    if item.choice == _GET or item.choice == 4:
        return read(command, item, key, live, target)
    name = name_of(*key)
    if (item.class_id, item.index) in future_dated.ACTIVATIONS:
        try:
            future_dated.activate(command, key, item.data)
        except future_dated.BadDate:
            raise ItemFailed(OTHER_REASON) from None
    command.changes[name] = item.data
    handler = actions.get(("A",) + key)
    return _NULL if handler is None else handler(command, item)


def read(
    command: "Command",
    item: Item,
    key: "tuple[int, bytes, int]",
    live: "Table[Maker]",
    target: "cosem.Object",
) -> bytes:
    """The octets of an attribute; those of its default where nothing was ever written."""
    maker = live.get(key)
    octets = command.get(name_of(*key)) if maker is None else maker(command, item)
    return octets_of(target.layout) if octets is None else octets


def _protected(
    command: "Command",
    item: Item,
    live: "Table[Maker]",
    protects: "tuple[cosem.Object, ...]",
) -> bytes:
    """get_protected_attributes: the attributes asked for, as one encrypted structure."""
    octets = item.octets
    keys = object_list(octets, item.start, item.end)
    allowed = {(target.class_id, target.obis, target.index): target for target in protects}
    if len(keys) > len(allowed):
        raise ItemFailed(READ_WRITE_DENIED)
    plaintext = b"\x02" + length_octets(len(keys))
    for key in keys:
        if key not in allowed:
            raise ItemFailed(READ_WRITE_DENIED)
        fault = command.device.faults.get(("A",) + key)
        if fault is not None:
            raise ItemFailed(fault)
        plaintext += read(command, item, key, live, allowed[key])
    try:
        block = command.seal(plaintext)
    except Refused:
        raise ItemFailed(OTHER_REASON) from None
    sealed = b"\x09" + length_octets(len(block)) + block
    return (
        _PROTECTED_SET
        + parameters(command.m.counter, command.device.eui, command.m.originator)
        + sealed
    )


def parameters(counter: int, originator: bytes, recipient: bytes) -> bytes:
    """The protection parameters of a block: encrypting device, recipient and counter."""
    return b"".join((
        b"\x01\x01\x02\x02\x16\x02\x02\x05\x09\x09\x04",
        counter.to_bytes(8, "big"),
        b"\x09\x08", originator, b"\x09\x08", recipient,
        b"\x09\x00\x02\x02\x16\x02\x02\x02\x09\x01\x02\x09\x00",
    ))  # fmt: skip


def object_list(octets: bytes, at: int, end: int) -> "list[tuple[int, bytes, int]]":
    """Class, OBIS code and index of each attribute in an object list; ItemFailed for none.

    The octets are whole A-XDR data: a structure that begins with an array of structures, each of
    which begins with a long-unsigned, six octets and an integer.
    """
    keys = []
    if octets[at] != _STRUCTURE or not 0 < octets[at + 1] <= _SHORT or octets[at + 2] != _ARRAY:
        raise ItemFailed(TYPE_UNMATCHED)
    count = length(octets, at + 3, end, "object list")
    at = after_length(octets, at + 3)
    for _ in range(count):
        begin = at + 2
        if (
            octets[at] != _STRUCTURE
            or not 3 <= octets[at + 1] <= _SHORT
            or octets[begin] != _LONG_UNSIGNED
            or octets[begin + 3 : begin + 5] != _OBIS
            or octets[begin + 11] != _INTEGER
        ):
            raise ItemFailed(TYPE_UNMATCHED)
        keys.append((
            octets[begin + 1] << 8 | octets[begin + 2],
            octets[begin + 5 : begin + 11],
            octets[begin + 12],
        ))  # fmt: skip
        at = skipping.skip(octets, at, end)
    return keys
