"""The value of an object before it was written: zero, empty, or the layout's constant.

Made of the layouts of the message templates (gbcs.cosem.layout) and of the types that GBZ
templates give for attributes, when such an object is read.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs.octets import length_octets
from gbcs.zcl import types

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

_NUMBERS = {  # A-XDR tag and octets
    "unsigned": (17, 1),
    "long-unsigned": (18, 2),
    "double-long-unsigned": (6, 4),
    "integer": (15, 1),
    "long": (16, 2),
    "double-long": (5, 4),
    "enum": (22, 1),
    "boolean": (3, 1),
}
_STRINGS = {"octet-string": 9, "visible-string": 10, "utf8-string": 12}
_NO_DATE = b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x80\x00\xff"


def octets_of(layout: "tuple[Any, ...]") -> bytes:
    """The A-XDR octets of an attribute with this layout; of a single-element meter."""
    _, kind, size, constant, hint, children, _ = layout
    if kind == "structure":
        parts = [octets_of(child) for child in children if not child[6]]
        return bytes((2, len(parts))) + b"".join(parts)
    if kind == "array":
        least = size[0] if size else 0
        return b"\x01" + length_octets(least) + octets_of(children[0]) * least
    if kind in _NUMBERS:
        tag, width = _NUMBERS[kind]
        number = int(constant or 0) & (1 << 8 * width) - 1
        if kind == "boolean":
            number = 0xFF if constant else 0
        return bytes((tag,)) + number.to_bytes(width, "big")
    if kind in _STRINGS:
        value: Any = constant or b""
        if hint == "date-time" and not value:
            value = _NO_DATE
        value = value if type(value) is bytes else value.encode()
        return bytes((_STRINGS[kind],)) + length_octets(len(value)) + value
    if kind == "bit-string":
        bits = constant or "0" * (size or 0)
        whole = bits + "0" * (-len(bits) & 7)
        octets = [int(whole[at : at + 8], 2) for at in range(0, len(whole), 8)]
        return b"\x04" + length_octets(len(bits)) + bytes(octets)
    return b"\x00"


def attribute_of(template: "list[Any]", cluster: int, identifier: int) -> "bytes | None":
    """Type and value of an attribute that a template's responses name; None where none does."""
    for expected in template:
        if expected.cluster == cluster and not expected.frame_control & 1:
            for name, kind in expected.constants:
                if name == identifier and kind is not None:
                    row = types.by_name(kind)
                    if row is not None:
                        return bytes((row[0],)) + (bytes(row[2]) if row[2] else b"\x00")
    return None
