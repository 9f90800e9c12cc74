"""What the layout of a use case's template says of the data of an attribute or a method.

`octets_of` gives what an object holds before it was written: zero, empty, or the constant.

`fits` tells whether data that are set, or given to a method, are of the layout: types, the number
of elements and the largest size of a string; what a device keeps, and counts by, is of its layout
throughout. A constant that is all there is tells one use case from another (ECS42 enables, ECS43
disables); those in structures are settings. All data of the reference requests fit.

Layouts are those of gbcs.cosem.layout.
"""

from gbcs.axdr.types import NAMES, SIZES
from gbcs.clock import WHEN, check_when
from gbcs.compat import TYPE_CHECKING
from gbcs.octets import after_length, length, length_octets

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.cosem.layout import Layout

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


def fits(layout: "Layout", data: bytes, at: int, end: int) -> bool:
    """Whether the checked A-XDR item `data[at:end]` is of a layout.

    Raises DecodeError where the layout says that an octet string is a date or a time, and it has
    the size of one, and is none.
    """
    if layout[3] is not None and data[at:end] != octets_of(layout):
        return False
    return _end(layout, data, at, end) == end


def _end(layout: "Layout", data: bytes, at: int, end: int) -> int:
    """Where the item at `at` ends; -1 where it is not of the layout."""
    name, kind, size, _, hint, children, _ = layout
    tag = data[at]
    if tag >= len(NAMES) or NAMES[tag] != kind:
        return -1
    if SIZES[tag]:
        return at + SIZES[tag]
    count = length(data, at + 1, end, "")
    start = after_length(data, at + 1)
    if tag > 2:
        stop = start + (count + 7 >> 3 if tag == 4 else count)
        if hint in WHEN:
            check_when(hint, data, start, count, name or "")
        return stop if size is None or count <= size else -1
    if tag == 1:
        if size is not None and not size[0] <= count <= size[1]:
            return -1
        for _ in range(count):
            start = _end(children[0], data, start, end)
            if start < 0:
                break
        return start
    if count != len(children):
        children = tuple([child for child in children if not child[6]])
        if count != len(children):
            return -1
    for child in children:
        start = _end(child, data, start, end)
        if start < 0:
            break
    return start
