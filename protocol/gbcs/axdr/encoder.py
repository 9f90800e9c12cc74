"""DLMS data fields as octets. The type alone decides how; names and hints count for nothing."""

import struct

from gbcs.axdr import skipping, types
from gbcs.axdr.types import MAX_DEPTH
from gbcs.compat import TYPE_CHECKING
from gbcs.errors import DecodeError, EncodeError
from gbcs.octets import length_octets

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.axdr.types import Field

_NUMBERS = {  # tag, octets, least, most
    "double-long": (5, 4, -0x80000000, 0x7FFFFFFF),
    "double-long-unsigned": (6, 4, 0, 0xFFFFFFFF),
    "integer": (15, 1, -0x80, 0x7F),
    "long": (16, 2, -0x8000, 0x7FFF),
    "unsigned": (17, 1, 0, 0xFF),
    "long-unsigned": (18, 2, 0, 0xFFFF),
    "long64": (20, 8, -0x8000000000000000, 0x7FFFFFFFFFFFFFFF),
    "long64-unsigned": (21, 8, 0, 0xFFFFFFFFFFFFFFFF),
    "enum": (22, 1, 0, 0xFF),
}


def encode(field: "Field") -> bytes:
    """The octets of a field; EncodeError where it has none."""
    out = bytearray()
    write(out, (field,))
    return bytes(out)


def write(
    out: bytearray, fields: "list[Field] | tuple[Field, ...]", depth: int = MAX_DEPTH
) -> None:
    """Appends the octets of fields one after another."""
    append = out.append
    for name, kind, value, _ in fields:
        number = _NUMBERS.get(kind)
        if number is not None:
            tag, size, least, most = number
            if type(value) is not int or not least <= value <= most:
                raise EncodeError("a number from %d to %d expected" % (least, most), name or "")
            append(tag)
            if size == 1:
                append(value & 0xFF)
            else:
                if value < 0:
                    value += 1 << 8 * size
                out += value.to_bytes(size, "big")
        elif kind == "octet-string" and type(value) is bytes and len(value) < 0x80:
            append(9)
            append(len(value))
            out += value
        elif kind == "structure" or kind == "array":
            if type(value) is not list or not depth:
                expected = "a list" if depth else "at most %d levels" % MAX_DEPTH
                raise EncodeError(expected + " expected", name or "")
            append(2 if kind == "structure" else 1)
            if len(value) < 0x80:
                append(len(value))
            else:
                out += length_octets(len(value))
            write(out, value, depth - 1)
        elif kind == "null-data" and value is None:
            append(0)
        elif kind[:14] == "compact-array ":
            from gbcs.axdr import compose

            if type(value) is not list:
                raise EncodeError("a list expected", name or "")
            compose.write(out, kind, value, name or "", content)
        else:
            tag = types.tag_of(kind)
            if tag < 0 or tag == 19:
                raise EncodeError("a DLMS type expected, found %s" % kind, name or "")
            append(tag)
            content(out, tag, value, name or "")


def content(out: bytearray, tag: int, value: "Any", name: str) -> None:
    """Appends a value without its tag: not of a structure or an array."""
    number = _NUMBERS.get(types.name_of(tag))
    if number is not None:
        _, size, least, most = number
        if type(value) is not int or not least <= value <= most:
            raise EncodeError("a number from %d to %d expected" % (least, most), name)
        out += (value + (1 << 8 * size) if value < 0 else value).to_bytes(size, "big")
    elif tag == 0 or tag == types.DONT_CARE:
        if value is not None:
            raise EncodeError("nothing expected", name)
    elif tag == 3:
        if value is True or value is False:
            out.append(0xFF if value else 0)
        elif type(value) is int and 0 < value < 0xFF:
            out.append(value)
        else:
            raise EncodeError("true or false expected", name)
    elif tag == 4:
        if type(value) is not str or value.strip("01"):
            raise EncodeError("0 and 1 expected", name)
        size = len(value) + 7 >> 3
        out += length_octets(len(value))
        out += (int("0" + value, 2) << 8 * size - len(value)).to_bytes(size, "big")
    elif tag == 9:
        octets = _octets(value, name)
        out += length_octets(len(octets))
        out += octets
    elif tag == 10 or tag == 12:
        if type(value) is not str:
            raise EncodeError("text expected", name)
        try:
            octets = value.encode("utf-8")
            skipping.check_text(octets, 0, len(octets), tag == 10, name)
        except (UnicodeError, DecodeError):
            raise EncodeError("%s text expected" % ("ASCII" if tag == 10 else "UTF-8"), name)  # noqa: B904 - a board has no causes
        out += length_octets(len(octets))
        out += octets
    elif tag == 13:
        out += _hex(value, 1, name)
    elif tag == 23 or tag == 24:
        size = 4 if tag == 23 else 8
        if type(value) is float:
            out += struct.pack(">f" if tag == 23 else ">d", value)
        else:
            out += _hex(value, size, name)
    elif 25 <= tag <= 27:
        octets = _octets(value, name)
        if len(octets) != types.SIZES[tag] - 1:
            raise EncodeError("%d octets expected" % (types.SIZES[tag] - 1), name)
        out += octets
    else:
        raise EncodeError("a DLMS type expected", name)


def _octets(value: "Any", name: str) -> bytes:
    if type(value) is bytes:
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    raise EncodeError("octets expected", name)


def _hex(value: "Any", size: int, name: str) -> bytes:
    if type(value) is str and len(value) == 2 * size:
        try:
            return bytes.fromhex(value)
        except ValueError:
            pass
    raise EncodeError("%d octets in hex expected" % size, name)
