"""DLMS compact arrays as octets, from the type that `gbcs.axdr.compact` writes out."""

from gbcs.axdr import types
from gbcs.axdr.types import MAX_DEPTH
from gbcs.compat import TYPE_CHECKING
from gbcs.errors import EncodeError
from gbcs.octets import length_octets

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    from gbcs.axdr.types import Field

    Tree = tuple[int, int, Any]  # tag, number of elements, what these are
    Content = Callable[[bytearray, int, Any, str], None]

PREFIX = "compact-array of "


def write(
    out: bytearray, kind: str, elements: "list[Field]", field: str, content: "Content"
) -> None:
    """Appends a compact array; EncodeError where an element is not as `kind` says.

    `content` appends a value that has a tag of its own (`encoder.content`).
    """
    tree, stop = _parse(kind, len(PREFIX))
    if stop != len(kind):
        raise EncodeError("the end of the type expected", field)
    out.append(19)
    _write_tree(out, tree)
    rows = bytearray()
    for element in elements:
        _write(rows, tree, element, field, content)
    out += length_octets(len(rows))
    out += rows


def _write_tree(out: bytearray, tree: "Tree") -> None:
    tag, count, parts = tree
    out.append(tag)
    if tag == 1:
        out.append(count >> 8)
        out.append(count & 0xFF)
        _write_tree(out, parts)
    elif tag == 2:
        out += length_octets(count)
        for part in parts:
            _write_tree(out, part)


def _write(out: bytearray, tree: "Tree", element: "Field", field: str, content: "Content") -> None:
    tag, count, parts = tree
    kind = types.NAMES[tag]
    if element[1] != kind:
        raise EncodeError("%s expected, found %s" % (kind, element[1]), element[0] or field)
    if tag > 2:
        content(out, tag, element[2], element[0] or field)
        return
    if type(element[2]) is not list or len(element[2]) != count:
        raise EncodeError("%d elements expected" % count, element[0] or field)
    for index in range(count):
        part = parts[index] if tag == 2 else parts
        _write(out, part, element[2][index], field, content)


def _parse(text: str, at: int, depth: int = MAX_DEPTH) -> "tuple[Tree, int]":
    """The tree that the text at `at` says, and where it ends; EncodeError where it says none."""
    if not depth and text[at : at + 6] in ("array(", "struct"):
        raise EncodeError("at most %d levels expected in a compact-array" % MAX_DEPTH)
    if text[at : at + 6] == "array(":
        stop = text.find(") of ", at)
        digits = text[at + 6 : stop]
        if stop < 0 or not digits.isdigit() or not 0 < int(digits) < 0x10000:
            raise EncodeError("array(1 to 65535) of a type expected in a compact-array")
        inside, after = _parse(text, stop + 5, depth - 1)
        return (1, int(digits), inside), after
    if text[at : at + 12] == "structure { ":
        parts = []
        at += 12
        while True:
            inside, at = _parse(text, at, depth - 1)
            parts.append(inside)
            if text[at : at + 2] == ", ":
                at += 2
            elif text[at : at + 2] == " }":
                return (2, len(parts), parts), at + 2
            else:
                raise EncodeError("', ' or ' }' expected in the type of a compact-array")
    stop = at
    while stop < len(text) and text[stop] not in ", }":
        stop += 1
    tag = types.tag_of(text[at:stop])
    if tag < 3 or tag == 19 or tag == 0xFF:
        raise EncodeError("a type with octets expected in a compact-array")
    return (tag, 0, None), stop
