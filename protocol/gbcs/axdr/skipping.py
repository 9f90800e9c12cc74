"""DLMS data in A-XDR walked without building anything: where they end, all octets checked.

`skip` finds what is wrong where `axdr.decode`, which reads with few checks, stops. Compact arrays
are walked here too: what one element is stands once, then the elements without tags. A type
without octets (null-data, an empty structure) is refused inside: a few octets would stand for any
number of elements.

Source: DLMS UA 1000-2, 9.5 (the types Data and TypeDescription); IEC 61334-6. Lengths are in their
shortest form in all 641 reference payloads, and no others are let through.
"""

from gbcs.axdr.types import MAX_DEPTH, SIZES, UNKNOWN
from gbcs.clock import WHEN, check_date, check_date_time, check_time, check_when
from gbcs.compat import TYPE_CHECKING
from gbcs.errors import DecodeError
from gbcs.octets import after_length, length

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.axdr.types import Shape

    Tree = tuple[int, int, Any]  # tag, number of elements, what these are

NOTHING: "Shape" = (None, None, None)


def skip(data: bytes, offset: int, end: int, shape: "Shape" = NOTHING, field: str = "") -> int:
    """Where the element at `offset` ends, all of it checked as by `decode`; nothing is built.

    Inlined: structures do not nest calls, for which a board's C stack is short; with a call for
    each, answering ECS17b takes an emulated board 22 % more instructions.
    """
    at = offset
    around: list[Any] = []  # of each level around this one: its five variables
    count = left = 1
    inside: Any = (shape,)  # the shapes of this level's elements
    is_alike = False  # whether one shape is that of all
    while True:
        while not left:
            if not around:
                return at
            field, is_alike, inside, count = around.pop(), around.pop(), around.pop(), around.pop()
            left = around.pop()
        element = NOTHING
        if inside is not None:
            if len(inside) == count:
                element = inside[count - left]
            elif is_alike and inside:
                element = inside[0]
        left -= 1
        name = field if element[0] is None else element[0]
        if at >= end:
            raise DecodeError("the tag of a type expected, 0 octets left", end, name)
        tag = data[at]
        size = SIZES[tag]
        at += 1
        if size:
            if size == UNKNOWN:
                raise DecodeError("the tag of a type expected, found %02X" % tag, at - 1, name)
            if size - 1 > end - at:
                raise DecodeError("%d octets expected, %d left" % (size - 1, end - at), at, name)
            check_fixed(tag, data, at, name)
            at += size - 1
        elif tag > 2:
            if tag == 19:
                at = _skip_compact(data, at - 1, end, element[2], name)
                continue
            stop = skip_variable(tag, data, at, end, name)
            if tag == 9 and element[1] in WHEN:
                start = after_length(data, at)
                check_when(element[1], data, start, stop - start, name)
            at = stop
        else:
            if len(around) == 5 * MAX_DEPTH:
                raise DecodeError("at most %d levels expected" % MAX_DEPTH, at - 1, name)
            number = length(data, at, end, name)
            start = at
            at = after_length(data, at)
            if number > end - at:
                raise DecodeError(
                    "%d elements expected, %d octets left" % (number, end - at), start, name
                )
            for value in (left, count, inside, is_alike, field):
                around.append(value)
            left = count = number
            inside = element[2]
            if inside.__class__ is dict:
                inside = inside.get(count)
            is_alike = tag == 1
            field = name


def skip_list(data: bytes, offset: int, end: int, count: int) -> int:
    """Where `count` elements one after another end."""
    for _ in range(count):
        offset = skip(data, offset, end)
    return offset


def check_fixed(tag: int, data: bytes, at: int, field: str) -> None:
    """Raises DecodeError where the octets of a fixed size are none of the type."""
    if tag == 25:
        check_date_time(data, at, field)
    elif tag == 26:
        check_date(data, at, field)
    elif tag == 27:
        check_time(data, at, field)


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


def _describe(data: bytes, at: int, end: int, depth: int, field: str) -> "tuple[Tree, int]":
    """What one element is, and where its description ends."""
    if at >= end:
        raise DecodeError("the tag of a type expected, 0 octets left", end, field)
    tag = data[at]
    size = SIZES[tag]
    if size == UNKNOWN or size == 1 or tag == 19:
        raise DecodeError("the tag of a type with octets expected, found %02X" % tag, at, field)
    if tag == 0 or tag > 2:
        return (tag, 0, None), at + 1
    if not depth:
        raise DecodeError("at most %d levels expected" % MAX_DEPTH, at, field)
    start = at + 1
    if tag == 1:
        if end - start < 2:
            raise DecodeError("2 octets expected, %d left" % (end - start), start, field)
        count = data[start] << 8 | data[start + 1]
        inside, at = _describe(data, start + 2, end, depth - 1, field)
        tree: Tree = (tag, count, inside)
    else:
        count = length(data, start, end, field)
        at = after_length(data, start)
        if count > end - at:
            raise DecodeError(
                "%d elements expected, %d octets left" % (count, end - at), start, field
            )
        parts = []
        for _ in range(count):
            inside, at = _describe(data, at, end, depth - 1, field)
            parts.append(inside)
        tree = (tag, count, parts)
    if not count:
        raise DecodeError("at least 1 element expected", start, field)
    return tree, at


def compact_header(data: bytes, at: int, end: int, field: str) -> "tuple[Tree, int, int]":
    """What an element is, where the elements begin and where they end."""
    tree, at = _describe(data, at + 1, end, MAX_DEPTH, field)
    size = length(data, at, end, field)
    start = after_length(data, at)
    if size > end - start:
        raise DecodeError("%d octets expected, %d left" % (size, end - start), start, field)
    return tree, start, start + size


def _skip_compact(data: bytes, at: int, end: int, inside: "Any", field: str) -> int:
    """Where the compact array whose tag is at `at` ends, its elements checked."""
    tree, at, stop = compact_header(data, at, end, field)
    shape = NOTHING if inside is None or len(inside) != 1 else inside[0]
    while at < stop:
        at = _skip_element(tree, data, at, stop, shape, field)
    return stop


def _skip_element(tree: "Tree", data: bytes, at: int, end: int, shape: "Shape", field: str) -> int:
    tag, count, parts = tree
    name, hint, inside = shape
    if name is not None:
        field = name
    if tag > 2:
        size = SIZES[tag]
        if not size:
            stop = skip_variable(tag, data, at, end, field)
            if tag == 9 and hint in WHEN:
                start = after_length(data, at)
                check_when(hint, data, start, stop - start, field)
            return stop
        if size - 1 > end - at:
            raise DecodeError("%d octets expected, %d left" % (size - 1, end - at), at, field)
        check_fixed(tag, data, at, field)
        return at + size - 1
    for index in range(count):
        element = shape_inside(inside, tag, index, count)
        at = _skip_element(parts[index] if tag == 2 else parts, data, at, end, element, field)
    return at


def shape_inside(inside: "Any", tag: int, index: int, count: int) -> "Shape":
    """The shape of one of `count` elements."""
    if inside.__class__ is dict:
        inside = inside.get(count)
    known = 0 if inside is None else len(inside)
    if known == count:
        return inside[index]
    return inside[0] if known and tag == 1 else NOTHING
