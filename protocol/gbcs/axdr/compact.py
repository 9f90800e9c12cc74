"""DLMS compact arrays: what one element is stands once, then the elements without tags.

The field's type says it: `compact-array of structure { double-long-unsigned, array(48) of
long }`; its value is a list of fields, the elements. What the octets must be is in `skipping`.

Source: DLMS UA 1000-2, 9.5 (TypeDescription).
"""

import struct

from gbcs.axdr import types
from gbcs.axdr.skipping import NOTHING, compact_header, shape_inside
from gbcs.axdr.types import SIZES
from gbcs.axdr.values import fixed, variable
from gbcs.clock import WHEN, good_times, is_time
from gbcs.compat import TYPE_CHECKING
from gbcs.errors import DecodeError

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.axdr.skipping import Tree
    from gbcs.axdr.types import Field, Shape

PREFIX = "compact-array of "
_LETTERS = "-----iI--------bhBH-qQB"  # of `struct`, by tag; only numbers as they are


def _text(tree: "Tree") -> str:
    tag, count, inside = tree
    if tag == 1:
        return "array(%d) of %s" % (count, _text(inside))
    if tag == 2:
        return "structure { %s }" % ", ".join([_text(part) for part in inside])
    return types.name_of(tag)


def read(data: bytes, at: int, end: int, inside: "Any") -> "tuple[str, list[Field], int]":
    """Type and elements of the compact array whose tag is at `at`, and where it ends."""
    tree, at, stop = compact_header(data, at, end, "")
    shape = NOTHING if inside is None or len(inside) != 1 else inside[0]
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
        inside = (NOTHING,) * tree[1]
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
        field, at = _element(part, data, at, end, shape_inside(inside, tag, index, count))
        value.append(field)
    return (name, "structure" if tag == 2 else "array", value, hint), at
