"""A View as octets, for a link: its slots in their order, each value behind a tag.

    0 None   1 False   2 True   3 number (8, with 2^63 added)   4 text, its length (2)
    5 list, its count (1)   6 Fuel   7 Message

Every number is big-endian. Both ends have the same slots: the protocol of the link has a version.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError
from gbcs.octets import Reader
from gbcs_device.base.view import Fuel, Message, View

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    # A slot holds one of these
    Value = bool | int | str | list[Any] | tuple[Any, ...] | Fuel | Message | None

_NUMBER = const(3)
_TEXT = const(4)
_LIST = const(5)
_FUEL = const(6)
_MESSAGE = const(7)
_PLAIN = (None, False, True)
_HALF = 1 << 63


def encode_view(seen: View) -> bytes:
    """The octets of a View."""
    out = bytearray()
    _put_slots(out, seen)
    return bytes(out)


def decode_view(octets: bytes) -> View:
    """The View that octets encode; DecodeError."""
    reader = Reader(octets)
    seen = View()
    _take_slots(reader, seen, 0)
    if reader.left():
        raise DecodeError(
            "the end expected, %d octets left" % reader.left(), reader.offset, "view"
        )
    return seen


def _put_slots(out: bytearray, record: "View | Fuel | Message") -> None:
    for name in record.__slots__:
        _put(out, getattr(record, name))


def _put(out: bytearray, value: "Value") -> None:
    if value is None or value is False or value is True:
        out.append(_PLAIN.index(value))
    elif isinstance(value, int):
        out.append(_NUMBER)
        out += (value + _HALF).to_bytes(8, "big")
    elif isinstance(value, str):
        octets = value.encode()
        out.append(_TEXT)
        out += len(octets).to_bytes(2, "big") + octets
    elif isinstance(value, (list, tuple)):
        out += bytes((_LIST, len(value)))
        for item in value:
            _put(out, item)
    else:
        out.append(_FUEL if isinstance(value, Fuel) else _MESSAGE)
        _put_slots(out, value)


def _take_slots(reader: Reader, record: "View | Fuel | Message", depth: int) -> None:
    for name in record.__slots__:
        start = reader.offset
        value: Any = _take(reader, depth)
        initial = getattr(record, name)
        if not _fits(name, initial, value):
            raise DecodeError("what a display shows there expected", start, name)
        setattr(record, name, tuple(value) if name == "fuels" else value)


def _fits(name: str, initial: "Any", value: "Any") -> bool:
    """Whether a value is of the type that a field has: of its initial value, or a number."""
    if name == "fuels":
        return isinstance(value, list) and [type(item) for item in value] == [Fuel, Fuel]
    if name == "messages":
        return isinstance(value, list) and all(isinstance(item, Message) for item in value)
    if isinstance(initial, list):
        is_whole = isinstance(value, list) and len(value) == len(initial)
        return is_whole and all(_fits("", None, item) for item in value)
    if initial is None:
        return value is None or isinstance(value, (int, bool))  # two classes on a board
    return isinstance(value, type(initial))


def _take(reader: Reader, depth: int) -> "Value":
    tag = reader.octet("tag")
    if tag < len(_PLAIN):
        return _PLAIN[tag]
    if tag == _NUMBER:
        return int.from_bytes(reader.take(8, "number"), "big") - _HALF
    if tag == _TEXT:
        size = int.from_bytes(reader.take(2, "length"), "big")
        try:
            return str(reader.take(size, "text"), "utf-8")
        except UnicodeError:
            raise DecodeError("UTF-8 expected", reader.offset - size, "text") from None
    if tag == _LIST and depth in (0, 2):  # of a View, or of what is in its lists
        return [_take(reader, depth + 1) for _ in range(reader.octet("count"))]
    if tag in (_FUEL, _MESSAGE) and depth == 1:
        record = Fuel() if tag == _FUEL else Message(0, 0, "", 0, False)
        _take_slots(reader, record, depth + 1)
        return record
    raise DecodeError("a known tag expected, found %d" % tag, reader.offset - 1, "view")
