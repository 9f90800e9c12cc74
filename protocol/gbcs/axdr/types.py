"""What DLMS data types are called, and how long they are.

Source: IEC 62056-5-3 (DLMS UA 1000-2, Green Book), 9.5, the type Data; A-XDR is IEC 61334-6.
"""

from gbcs.compat import TYPE_CHECKING

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
