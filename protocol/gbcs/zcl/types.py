"""ZCL data types: their table, and values from octets. The way back is `gbcs.zcl.encoder`.

Numbers are little-endian. Values that the ZCL calls invalid (all ones, the most negative) are
kept as the numbers they are; a string, array or structure of length FF or FFFF, which is none, is
None. An EUI-64 has its eight octets most significant first, as people write it; dates and times
of day stay four octets. A float is a float where that says all, else its octets.

Besides the ZCL's own, there are the types `group` (fields one after another) and `list` (elements
one after another), which have no octets of their own, `octets` (all that is left), `typed T` (an
octet that names the type T, then T), `array T`, `set T` and `bag T` (T is the elements' type), and
for GBZ alerts `uint16be` and `uint64be`.

Source: ZigBee Cluster Library 07-5123, 2.6.2 (table 2-10).
"""

import struct

from gbcs.compat import TYPE_CHECKING
from gbcs.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    Field = tuple[str | None, str, object, str | None]

MAX_DEPTH = 8  # arrays in structures in arrays, and groups in groups

# How the octets become a value: as `struct` gives them, or by one of these
PLAIN = ""
STRING, LONG_STRING, ARRAY, STRUCTURE = "1", "2", "a", "s"  # these have a length of their own

_TYPES = """
00 nodata 0 - n
08 data8 1 1s
09 data16 2 2s
0A data24 3 3s
0B data32 4 4s
0C data40 5 5s
0D data48 6 6s
0E data56 7 7s
0F data64 8 8s
10 bool 1 B b
18 map8 1 B
19 map16 2 H
1A map24 3 3s u
1B map32 4 I
1C map40 5 5s u
1D map48 6 6s u
1E map56 7 7s u
1F map64 8 Q
20 uint8 1 B
21 uint16 2 H
22 uint24 3 3s u
23 uint32 4 I
24 uint40 5 5s u
25 uint48 6 6s u
26 uint56 7 7s u
27 uint64 8 Q
28 int8 1 b
29 int16 2 h
2A int24 3 3s i
2B int32 4 i
2C int40 5 5s i
2D int48 6 6s i
2E int56 7 7s i
2F int64 8 q
30 enum8 1 B
31 enum16 2 H
38 semi 2 2s
39 float 4 4s f
3A double 8 8s f
41 octstr 1 - 1
42 string 1 - 1
43 octstr16 2 - 2
44 string16 2 - 2
48 array 3 - a
4C struct 2 - s
50 set 3 - a
51 bag 3 - a
E0 ToD 4 4s
E1 date 4 4s
E2 UTC 4 I
E8 clusterId 2 H
E9 attribId 2 H
EA bacOID 4 I
F0 EUI64 8 8s e
F1 key128 16 16s
"""  # identifier, name, size, struct letters, and what then makes a value of it
_HINTS = {"UTC": "utc", "EUI64": "eui64", "date": "zcl-date", "ToD": "zcl-time"}

_by_code: "dict[int, tuple]" = {}  # rows already asked for, with `typed NAME` added
_by_name: "dict[str, tuple]" = {}


def by_code(code: int) -> "tuple | None":
    """(id, name, size, letters, then, `typed NAME`, hint, struct format) of a type; None for none.

    `size` is the octets of a value, or at least of its length; `letters` its part in a longer
    struct format; `then` what makes a value of what struct gives.
    """
    row = _by_code.get(code)
    if row is None:
        at = _TYPES.find("\n%02X " % code)
        if at >= 0:
            row = _kept(_TYPES[at + 1 : _TYPES.find("\n", at + 1)])
    return row


def by_name(name: str) -> "tuple | None":
    """As `by_code`, by the type's name."""
    row = _by_name.get(name)
    if row is None and name:
        at = _TYPES.find(" %s " % name)
        if at >= 2 and _TYPES[at - 3] == "\n":
            row = _kept(_TYPES[at - 2 : _TYPES.find("\n", at)])
    return row


def _kept(line: str) -> tuple:
    """The row that a line of the table says, from now on kept."""
    parts = line.split(" ")
    code = int(parts[0], 16)
    name = parts[1]
    letters = "" if parts[3] == "-" else parts[3]
    then = parts[4] if len(parts) > 4 else PLAIN
    hint = _HINTS.get(name)
    row = (code, name, int(parts[2]), letters, then, "typed " + name, hint, "<" + letters)
    _by_code[code] = _by_name[name] = row
    return row


def is_analog(code: int) -> bool:
    """Whether reports of this type have a reportable change (table 2-10: numbers and times)."""
    return 0x20 <= code <= 0x2F or 0x38 <= code <= 0x3A or 0xE0 <= code <= 0xE2


def _unsigned(octets: bytes) -> int:
    return int.from_bytes(octets, "little")


def _signed(octets: bytes) -> int:
    value = int.from_bytes(octets, "little")
    return value - (1 << 8 * len(octets)) if octets[-1] & 0x80 else value


def _boolean(octet: int) -> "bool | int":
    return octet == 1 if octet < 2 else octet


def _nothing(value: object) -> None:
    return None


def reverse(octets: bytes) -> bytes:
    return bytes(reversed(octets))


def _floating(octets: bytes) -> "float | bytes":
    code = "<f" if len(octets) == 4 else "<d"
    value = struct.unpack(code, octets)[0]
    if value - value == 0 and struct.pack(code, value) == octets:
        return value
    return bytes(octets)  # infinite, not a number, or more than this board's floats hold


_FIXES: "dict[str, Callable[[Any], Any]]" = {
    "u": _unsigned,
    "i": _signed,
    "b": _boolean,
    "e": reverse,
    "f": _floating,
    "n": _nothing,
}


def fix(letter: str) -> "Callable[[Any], Any] | None":
    """The function that makes a value of what `struct` gave; None where it is one already."""
    return _FIXES.get(letter)


def short(size: int, at: int, end: int, field: str) -> DecodeError:
    """The error of octets that run out."""
    return DecodeError("%d octets expected, %d left" % (size, end - at), at, field)


def decode_value(
    row: tuple, data: bytes, at: int, end: int, field: str, depth: int = 0
) -> "tuple[object, int]":
    """The value of the type `row` at `at`, and where it ends."""
    size = row[2]
    then = row[4]
    if size > end - at:
        raise short(size, at, end, field)
    if then == PLAIN or then in _FIXES:
        if not size:
            return None, at
        value = struct.unpack_from(row[7], data, at)[0]
        return _FIXES[then](value) if then else value, at + size
    if then in (STRING, LONG_STRING):
        return _decode_string(data, at, end, size, field)
    if depth >= MAX_DEPTH:
        raise DecodeError("at most %d levels expected" % MAX_DEPTH, at, field)
    if then == ARRAY:
        return _decode_array(data, at, end, field, depth)
    count = data[at] | data[at + 1] << 8
    at += 2
    if count == 0xFFFF:
        return None, at
    if count > end - at:
        raise short(count, at, end, field)
    fields = []
    for _ in range(count):
        element, at = decode_typed(data, at, end, None, None, field, depth + 1)
        fields.append(element)
    return fields, at


def _decode_string(
    data: bytes, at: int, end: int, width: int, field: str
) -> "tuple[bytes | None, int]":
    size = data[at]
    if width == 2:
        size |= data[at + 1] << 8
    at += width
    if size == (0xFF if width == 1 else 0xFFFF):
        return None, at
    if size > end - at:
        raise short(size, at, end, field)
    return bytes(data[at : at + size]), at + size


def _decode_array(
    data: bytes, at: int, end: int, field: str, depth: int
) -> "tuple[list | None, int]":
    row = _known_type(data, at, field)
    count = data[at + 1] | data[at + 2] << 8
    if count == 0xFFFF:
        return None, at + 3
    if not row[2]:
        raise DecodeError("elements of a type with octets expected", at, field)
    at += 3
    if count * row[2] > end - at:
        raise short(count * row[2], at, end, field)
    elements = []
    for _ in range(count):
        start = at
        value, at = decode_value(row, data, at, end, field, depth + 1)
        elements.append((None, type_name(row, data, start), value, row[6]))
    return elements, at


def _known_type(data: bytes, at: int, field: str) -> tuple:
    row = by_code(data[at])
    if row is None:
        raise DecodeError("a data type expected, found %02X" % data[at], at, field)
    return row


def type_name(row: tuple, data: bytes, at: int) -> str:
    """The name of the type `row` for the value at `at`: an array's says what it holds."""
    if row[4] != ARRAY:
        return row[1]
    element = by_code(data[at])
    return "%s %s" % (row[1], element[1] if element else "")


def decode_typed(
    data: bytes,
    at: int,
    end: int,
    name: "str | None",
    hint: "str | None",
    field: str,
    depth: int = 0,
) -> "tuple[Field, int]":
    """A field of an octet that names a type, then a value of it; and where it ends."""
    if at >= end:
        raise short(1, at, end, field)
    row = _by_code.get(data[at]) or _known_type(data, at, field)
    at += 1
    if row[4] == ARRAY:
        value, stop = decode_value(row, data, at, end, field, depth)
        return (name, "typed " + type_name(row, data, at), value, hint), stop
    value, at = decode_value(row, data, at, end, field, depth)
    return (name, row[5], value, hint or row[6]), at


def skip_typed(data: bytes, at: int, end: int, field: str) -> int:
    """Where a type and a value of it end; checked as by `decode_typed`."""
    if at >= end:
        raise short(1, at, end, field)
    row = _known_type(data, at, field)
    at += 1
    if row[4] in _FIXES or row[4] == PLAIN:
        if row[2] > end - at:
            raise short(row[2], at, end, field)
        return at + row[2]
    return decode_value(row, data, at, end, field)[1]
