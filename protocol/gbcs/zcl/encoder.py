"""ZCL values to octets: what `types` reads, and the types of ours that it lists."""

import struct

from gbcs.compat import TYPE_CHECKING
from gbcs.errors import EncodeError
from gbcs.zcl.types import ARRAY, LONG_STRING, MAX_DEPTH, STRING, STRUCTURE, by_name, reverse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal  # noqa: TID251

    from gbcs.zcl.types import Field

_WHOLE = (int, bool)  # on a board bool is no int


def encode_fields(fields: "Sequence[Field]", depth: int = 0) -> bytes:
    """The octets of fields, one after another; EncodeError where a value is not of its type."""
    if depth > 2 * MAX_DEPTH:
        raise EncodeError("at most %d levels expected" % (2 * MAX_DEPTH))
    out = []
    for name, kind, value, _ in fields:
        out.append(encode_value(kind, value, name or "", depth))
    return b"".join(out)


def encode_value(kind: str, value: "Any", name: str, depth: int = 0) -> bytes:
    """The octets of one value of the type called `kind`."""
    row = by_name(kind)
    if row is not None:
        return _encode(row, value, name, depth)
    word, _, rest = kind.partition(" ")
    if word == "typed" and rest:
        row = by_name(rest.partition(" ")[0])
        if row is not None:
            return bytes((row[0],)) + encode_value(rest, value, name, depth)
    if kind == "group" or kind == "list":
        return encode_fields(_checked(value, list, "fields", name), depth + 1)
    if kind == "octets":
        return bytes(_checked(value, (bytes, bytearray), "octets", name))
    if kind == "uint16be" or kind == "uint64be":
        return _number(value, 2 if kind == "uint16be" else 8, name, "big")
    row = by_name(word)
    if row is not None and row[4] == ARRAY:
        return _encode_array(row, rest, value, name, depth)
    raise EncodeError("no ZCL type is called '%s'" % kind, name)


def _checked(value: "Any", kind: "type | tuple[type, ...]", expected: str, name: str) -> "Any":
    if not isinstance(value, kind):
        raise EncodeError("%s expected, found %s" % (expected, type(value).__name__), name)
    return value


def _number(
    value: "Any", size: int, name: str, order: "Literal['little', 'big']" = "little"
) -> bytes:
    _checked(value, _WHOLE, "a number", name)
    if not 0 <= value < 1 << 8 * size:
        raise EncodeError("a number of %d octets expected, found %d" % (size, value), name)
    return int(value).to_bytes(size, order)


def _encode(row: tuple, value: "Any", name: str, depth: int) -> bytes:
    kind, size, code, then = row[1:5]
    if then in (STRING, LONG_STRING):
        most = 0xFF if then == STRING else 0xFFFF
        if value is None:
            return _number(most, size, name)
        _checked(value, (bytes, bytearray), "octets or nothing", name)
        if len(value) >= most:
            raise EncodeError("fewer than %d octets expected, found %d" % (most, len(value)), name)
        return _number(len(value), size, name) + value
    if then == "n":
        if value is not None:
            raise EncodeError("nothing expected", name)
        return b""
    if then == STRUCTURE:
        if value is None:
            return b"\xff\xff"
        for child in _checked(value, list, "typed fields", name):
            if child[1][:6] != "typed ":
                raise EncodeError("typed fields expected", name)
        return _count(value, name) + encode_fields(value, depth + 1)
    if then == ARRAY:
        raise EncodeError("'%s' and the type of its elements expected" % kind, name)
    if then == "i" or (code and code in "bhiq"):
        _checked(value, _WHOLE, "a number", name)
        half = 1 << 8 * size - 1
        if not -half <= value < half:
            raise EncodeError("a number of %d octets expected, found %d" % (size, value), name)
        return (value + 2 * half if value < 0 else value).to_bytes(size, "little")
    if then == "f" and not isinstance(value, (bytes, bytearray)):
        _checked(value, (float, int, bool), "a number", name)
        try:
            return struct.pack("<f" if size == 4 else "<d", value)
        except (OverflowError, ValueError):
            raise EncodeError("a number of this size expected", name) from None
    if code[-1] == "s" and then != "u":
        _checked(value, (bytes, bytearray), "octets", name)
        if len(value) != size:
            raise EncodeError("%d octets expected, found %d" % (size, len(value)), name)
        return reverse(value) if then == "e" else bytes(value)
    return _number(value, size, name)


def _count(value: list, name: str) -> bytes:
    if len(value) >= 0xFFFF:
        raise EncodeError("fewer than 65,535 elements expected", name)
    return len(value).to_bytes(2, "little")


def _encode_array(row: tuple, element: str, value: "Any", name: str, depth: int) -> bytes:
    element_row = by_name(element)
    if element_row is None:
        raise EncodeError("no ZCL type is called '%s'" % element, name)
    head = bytes((element_row[0],))
    if value is None:
        return head + b"\xff\xff"
    for child in _checked(value, list, "elements", name):
        if child[1].partition(" ")[0] != element:
            raise EncodeError("elements of type %s expected" % element, name)
    return head + _count(value, name) + encode_fields(value, depth + 1)
