"""Values of DLMS data types from their octets."""

import struct

from gbcs.axdr.skipping import check_fixed, skip_variable
from gbcs.compat import TYPE_CHECKING
from gbcs.octets import after_length, length

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

_from_bytes = int.from_bytes


def fixed(tag: int, data: bytes, start: int, stop: int) -> "Any":
    """The value of a type of fixed size in `data[start:stop]`."""
    if tag == 0 or tag == 0xFF:
        return None
    if tag == 3:
        value = data[start]
        return value == 0xFF if value in b"\x00\xff" else value
    octets = bytes(data[start:stop])
    if tag > 24:
        check_fixed(tag, data, start, "")
        return octets
    if tag == 13:
        return "%02X" % data[start]
    if tag == 23 or tag == 24:
        return _floating(octets)
    value = _from_bytes(octets, "big")
    if tag in b"\x05\x0f\x10\x14" and data[start] > 0x7F:
        value -= 1 << 8 * (stop - start)
    return value


def _floating(octets: bytes) -> "float | str":
    code = ">f" if len(octets) == 4 else ">d"
    value = struct.unpack(code, octets)[0]
    if value - value == 0 and struct.pack(code, value) == octets:
        return value
    return octets.hex()  # infinite, not a number, or more than this board's floats hold


def variable(tag: int, data: bytes, at: int, end: int, field: str) -> "tuple[Any, int]":
    """The value of a type with a length, which stands at `at`; and where it ends."""
    stop = skip_variable(tag, data, at, end, field)
    start = after_length(data, at)
    if tag == 4:
        count = length(data, at, end, field)
        # a 1 before all the bits keeps the zeros; MicroPython's str has no zfill
        value = 1 << 8 * (stop - start) | _from_bytes(data[start:stop], "big")
        return bin(value)[3 : 3 + count], stop
    octets = bytes(data[start:stop])
    return octets if tag == 9 else str(octets, "utf-8"), stop
