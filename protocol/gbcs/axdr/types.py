"""What DLMS data types are called, how long they are, and what their octets must be.

Source: IEC 62056-5-3 (DLMS UA 1000-2, Green Book), 9.5, the type Data; A-XDR is IEC 61334-6.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs.errors import DecodeError

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    Field = tuple[str | None, str, Any, str | None]
    Shape = tuple[str | None, str | None, Any]

MAX_DEPTH = 10  # structures in arrays in structures; reference messages have six

UNKNOWN = 0xFF  # a size: no type has this tag
VARIABLE = 0  # a size: the length follows

NAMES = (
    "null-data",
    "array",
    "structure",
    "boolean",
    "bit-string",
    "double-long",
    "double-long-unsigned",
    "",
    "",
    "octet-string",
    "visible-string",
    "",
    "utf8-string",
    "bcd",
    "",
    "integer",
    "long",
    "unsigned",
    "long-unsigned",
    "compact-array",
    "long64",
    "long64-unsigned",
    "enum",
    "float32",
    "float64",
    "date-time",
    "date",
    "time",
)  # by tag
DONT_CARE = 0xFF

_SIZES = (
    b"\x01\x00\x00\x02\x00\x05\x05\xff\xff\x00\x00\xff\x00\x02\xff\x02\x03\x02\x03\x00"
    b"\x09\x09\x02\x05\x09\x0d\x06\x05"
)
SIZES = _SIZES + b"\xff" * (255 - len(_SIZES)) + b"\x01"  # by tag: octets with the tag

BLOCK = b"\x31\x00\x00\x00\x00"  # how an encrypted block begins: GBCS 8.5
BLOCK_SIZE = 17  # of an empty one: with its tag of 12 octets


def tag_of(kind: str) -> int:
    """The tag of a type by its name; -1 where no type has that name."""
    if kind == "dont-care":
        return DONT_CARE
    for tag in range(len(NAMES)):
        if NAMES[tag] == kind and kind:
            return tag
    return -1


def name_of(tag: int) -> str:
    """The name of the type that has `tag`."""
    return "dont-care" if tag == DONT_CARE else NAMES[tag]


def length(data: bytes, at: int, end: int, field: str) -> int:
    """The number in BER at `at`, in its shortest form, of at most two octets after the first.

    `after_length` says where it ends: two functions, so that neither takes heap on a board.
    """
    if at >= end:
        raise DecodeError("a length octet expected, 0 octets left", at, field)
    value = data[at]
    if value < 0x80:
        return value
    if value == 0x81 or value == 0x82:
        width = value - 0x80
        if end - at - 1 < width:
            raise DecodeError("%d octets expected, %d left" % (width, end - at - 1), at + 1, field)
        value = data[at + 1]
        if width == 2:
            value = value << 8 | data[at + 2]
        if value >= (0x80 if width == 1 else 0x100):
            return value
    raise DecodeError("a length in its shortest form expected, found %02X" % data[at], at, field)


def after_length(data: bytes, at: int) -> int:
    """Where the length at `at` ends."""
    first = data[at]
    return at + 1 if first < 0x80 else at + first - 0x7F


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
