"""Values of DLMS data types from their octets, and the checks of these octets."""

import struct

from gbcs.compat import TYPE_CHECKING
from gbcs.datetimes import check_date, check_date_time, check_time
from gbcs.errors import DecodeError
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


def check_fixed(tag: int, data: bytes, at: int, field: str) -> None:
    """Raises DecodeError where the octets of a fixed size are none of the type."""
    if tag == 25:
        check_date_time(data, at, field)
    elif tag == 26:
        check_date(data, at, field)
    elif tag == 27:
        check_time(data, at, field)


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


def skip_variable(tag: int, data: bytes, at: int, end: int, field: str) -> int:
    """Where a type with a length ends, its octets checked."""
    count = length(data, at, end, field)
    start = after_length(data, at)
    size = count + 7 >> 3 if tag == 4 else count
    if size > end - start:
        raise DecodeError("%d octets expected, %d left" % (size, end - start), start, field)
    stop = start + size
    if tag == 4:
        check_unused(data, count, stop, field)
    elif tag != 9:
        check_text(data, start, stop, tag == 10, field)
    return stop


def check_text(data: bytes, start: int, stop: int, ascii_only: bool, field: str) -> None:
    """Raises DecodeError at the first octet that is not ASCII, or not UTF-8 (RFC 3629)."""
    at = start
    while at < stop:
        first = data[at]
        if first < 0x80:
            at += 1
            continue
        if ascii_only:
            raise DecodeError("ASCII expected, found %02X" % first, at, field)
        size = 2 if 0xC2 <= first <= 0xDF else 3 if first >> 4 == 0xE else 4
        low = 0xA0 if first == 0xE0 else 0x90 if first == 0xF0 else 0x80
        high = 0x9F if first == 0xED else 0x8F if first == 0xF4 else 0xBF
        if not 0xC2 <= first <= 0xF4 or at + size > stop or not low <= data[at + 1] <= high:
            raise DecodeError("UTF-8 expected, found %02X" % first, at, field)
        for index in range(at + 2, at + size):
            if not 0x80 <= data[index] <= 0xBF:
                raise DecodeError("UTF-8 expected, found %02X" % first, at, field)
        at += size


def check_unused(data: bytes, count: int, stop: int, field: str) -> None:
    """The bits of the last octet that a bit-string of `count` bits does not use are zero."""
    unused = -count & 7
    if unused and data[stop - 1] & ((1 << unused) - 1):
        raise DecodeError(
            "%d unused bits, all 0, expected, found %02X" % (unused, data[stop - 1]),
            stop - 1,
            field,
        )
