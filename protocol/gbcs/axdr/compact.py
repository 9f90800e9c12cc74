"""DLMS compact arrays: what one element is stands once, then the elements without tags.

The field's type says it: `compact-array of structure { double-long-unsigned, array(48) of
long }`; its value is a list of fields, the elements. A type without octets (null-data, an empty
structure) is refused inside: a few octets would stand for any number of elements.

Source: DLMS UA 1000-2, 9.5 (TypeDescription).
"""

import struct

from gbcs.axdr import types
from gbcs.axdr.types import MAX_DEPTH, SIZES, UNKNOWN
from gbcs.axdr.values import check_fixed, fixed, skip_variable, variable
from gbcs.compat import TYPE_CHECKING
from gbcs.datetimes import WHEN, check_when, good_times, is_time
from gbcs.errors import DecodeError
from gbcs.octets import after_length, length

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.axdr.types import Field, Shape

    Tree = tuple[int, int, Any]  # tag, number of elements, what these are

PREFIX = "compact-array of "
_NOTHING: "Shape" = (None, None, None)
_LETTERS = "-----iI--------bhBH-qQB"  # of `struct`, by tag; only numbers as they are


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


def _text(tree: "Tree") -> str:
    tag, count, inside = tree
    if tag == 1:
        return "array(%d) of %s" % (count, _text(inside))
    if tag == 2:
        return "structure { %s }" % ", ".join([_text(part) for part in inside])
    return types.name_of(tag)


def _header(data: bytes, at: int, end: int, field: str) -> "tuple[Tree, int, int]":
    """What an element is, where the elements begin and where they end."""
    tree, at = _describe(data, at + 1, end, MAX_DEPTH, field)
    size = length(data, at, end, field)
    start = after_length(data, at)
    if size > end - start:
        raise DecodeError("%d octets expected, %d left" % (size, end - start), start, field)
    return tree, start, start + size


def read(data: bytes, at: int, end: int, inside: "Any") -> "tuple[str, list[Field], int]":
    """Type and elements of the compact array whose tag is at `at`, and where it ends."""
    tree, at, stop = _header(data, at, end, "")
    shape = _NOTHING if inside is None or len(inside) != 1 else inside[0]
    kind = PREFIX + _text(tree)
    elements: list[Field] = []
    if tree[0] == 2:
        run = "".join([_LETTERS[part[0]] for part in tree[2] if part[0] < 23])
        if len(run) == tree[1] and run.find("-") < 0:
            return kind, _runs(tree, ">" + run, data, at, stop, shape), stop
    while at < stop:
        field, at = _element(tree, data, at, stop, shape)
        elements.append(field)
    return kind, elements, stop


def _runs(
    tree: "Tree", code: str, data: bytes, at: int, stop: int, shape: "Shape"
) -> "list[Field]":
    """The elements where each is a structure of numbers, by `struct`."""
    size = struct.calcsize(code)
    if (stop - at) % size:
        raise DecodeError("elements of %d octets expected" % size, at, "")
    name, hint, inside = shape
    if inside.__class__ is dict:
        inside = inside.get(tree[1])
    if inside is None or len(inside) != tree[1]:
        inside = (_NOTHING,) * tree[1]
    names = [member[0] for member in inside]
    kinds = [types.NAMES[part[0]] for part in tree[2]]
    hints = [member[1] for member in inside]
    unpack = struct.unpack_from
    elements: list[Field] = []
    for start in range(at, stop, size):
        values = unpack(code, data, start)
        fields = list(zip(names, kinds, values, hints))
        elements.append((name, "structure", fields, hint))
    return elements


def _element(tree: "Tree", data: bytes, at: int, end: int, shape: "Shape") -> "tuple[Field, int]":
    tag, count, parts = tree
    name, hint, inside = shape
    if tag > 2:
        size = SIZES[tag]
        if size:
            stop = at + size - 1
            if stop > end:
                raise DecodeError("octets expected", at, "")
            return (name, types.NAMES[tag], fixed(tag, data, at, stop), hint), stop
        value, at = variable(tag, data, at, end, "")
        if tag == 9 and hint in WHEN and value not in good_times and not is_time(hint, value):
            raise DecodeError("%s expected" % hint, at, "")
        return (name, types.NAMES[tag], value, hint), at
    if inside.__class__ is dict:
        inside = inside.get(count)
    known = 0 if inside is None else len(inside)
    value = []
    letter = _LETTERS[parts[0]] if tag == 1 and known < 2 and parts[0] < 23 else "-"
    if letter != "-":  # numbers, all at once
        code = ">%d%s" % (count, letter)
        stop = at + struct.calcsize(code)
        if stop > end:
            raise DecodeError("octets expected", at, "")
        label, element_hint = inside[0][:2] if known else (None, None)
        kind = types.NAMES[parts[0]]
        value = [
            (label, kind, number, element_hint) for number in struct.unpack_from(code, data, at)
        ]
        return (name, "array", value, hint), stop
    for index in range(count):
        part = parts[index] if tag == 2 else parts
        field, at = _element(part, data, at, end, _inside(inside, tag, index, count))
        value.append(field)
    return (name, "structure" if tag == 2 else "array", value, hint), at


def skip(data: bytes, at: int, end: int, inside: "Any", field: str) -> int:
    """Where the compact array whose tag is at `at` ends, its elements checked."""
    tree, at, stop = _header(data, at, end, field)
    shape = _NOTHING if inside is None or len(inside) != 1 else inside[0]
    while at < stop:
        at = _skip(tree, data, at, stop, shape, field)
    return stop


def _skip(tree: "Tree", data: bytes, at: int, end: int, shape: "Shape", field: str) -> int:
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
        element = _inside(inside, tag, index, count)
        at = _skip(parts[index] if tag == 2 else parts, data, at, end, element, field)
    return at


def _inside(inside: "Any", tag: int, index: int, count: int) -> "Shape":
    """The shape of one of `count` elements."""
    if inside.__class__ is dict:
        inside = inside.get(count)
    known = 0 if inside is None else len(inside)
    if known == count:
        return inside[index]
    return inside[0] if known and tag == 1 else _NOTHING
