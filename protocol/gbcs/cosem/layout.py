"""Layouts of COSEM data: from the text of the generated tables to tuples, and to shapes.

A layout is a tuple (name, type, size, constant, hint, children, twin-element only): `size` the
largest of a string, (least, most) of an array, else None; `children` of a structure or array,
else (). Its text is one of

    u16 i8 o12 b7 v22 t e f n      unsigned, signed, octet-, bit-, visible-, utf8-string (largest
                                   size), enum, boolean, null-data; =constant and @hint may follow
    {name:LAYOUT;name:LAYOUT}      a structure; a name with ? is there on twin-element meters only
    [0..16 LAYOUT                  an array with so many elements; bounds may be missing
"""

from gbcs.compat import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.axdr.types import Shape

    Layout = tuple[Any, ...]

_TYPES = {
    "u8": "unsigned",
    "u16": "long-unsigned",
    "u32": "double-long-unsigned",
    "i8": "integer",
    "i16": "long",
    "i32": "double-long",
    "o": "octet-string",
    "v": "visible-string",
    "t": "utf8-string",
    "b": "bit-string",
    "e": "enum",
    "f": "boolean",
    "n": "null-data",
}


def parse(text: str, at: int, name: "str | None", twin: bool = False) -> "tuple[Layout, int]":
    """The layout that the text at `at` says, and where it ends."""
    children = []
    if text[at] == "{":
        while text[at] != "}":
            at += 1
            colon = text.find(":", at)
            optional = text[colon - 1] == "?"
            part = text[at : colon - 1] if optional else text[at:colon]
            child, at = parse(text, colon + 1, part, optional)
            children.append(child)
        return (name, "structure", None, None, None, tuple(children), twin), at + 1
    if text[at] == "[":
        at += 1
        bounds = None
        if text[at].isdigit():
            stop = text.find(" ", at)
            low, _, high = text[at:stop].partition("..")
            bounds = (int(low), int(high))
            at = stop + 1
        child, at = parse(text, at, None)
        return (name, "array", bounds, None, None, (child,), twin), at
    stop = at
    while stop < len(text) and text[stop] not in "=@;}> ":
        stop += 1
    word = text[at:stop]
    kind = _TYPES.get(word)
    size = None
    if kind is None:
        kind = _TYPES[word[0]]
        size = int(word[1:])
    constant = hint = None
    if stop < len(text) and text[stop] == "=":
        at = stop + 1
        while stop < len(text) and text[stop] not in "@;}> ":
            stop += 1
        constant = _constant(text[at:stop], kind, size)
    if stop < len(text) and text[stop] == "@":
        at = stop + 1
        while stop < len(text) and text[stop] not in ";}>":
            stop += 1
        hint = text[at:stop]
    return (name, kind, size, constant, hint, (), twin), stop


def _constant(text: str, kind: str, size: "int | None") -> "int | bytes | bool | str":
    if kind == "octet-string":
        return bytes.fromhex(text[2:])
    if kind == "bit-string":
        return text[2:][:size]
    number = int(text[2:], 16) if text[:2] == "0x" else int(text)
    return number != 0 if kind == "boolean" else number


def shape(layout: "Layout") -> "Shape":
    """Names and hints of a layout, as `axdr.decode` takes them."""
    name, _, _, _, hint, children, _ = layout
    if not children:
        return name, hint, None
    inside = tuple([shape(child) for child in children])
    short = tuple([inside[i] for i in range(len(inside)) if not children[i][6]])
    if len(short) < len(inside):
        return name, hint, {len(inside): inside, len(short): short}
    return name, hint, inside
