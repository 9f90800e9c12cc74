"""The table of COSEM objects that GBCS use cases touch, and what their messages ask for.

The table is text, in modules of a few thousand characters, so that frozen it takes no heap and
else only for a piece at a time; what is asked for is read from it. An object's line is

    number|class|OBIS|A2|access|layout|SMETS name      A an attribute, M a method, and its index

access: g get, r get with selection, s set, a action. A layout is one of

    u16 i8 o12 b7 v22 t e f n      unsigned, signed, octet-, bit-, visible-, utf8-string (largest
                                   size), enum, boolean, null-data; =constant and @hint may follow
    {name:LAYOUT;name:LAYOUT}      a structure; a name with ? is there on twin-element meters only
    [0..16 LAYOUT                  an array with so many elements; bounds may be missing
    *5                             as written once in LAYOUTS
    LAYOUT>LAYOUT                  what a method is given, and what it answers

A template's line is `code use-case` and what an access request asks for, `s12` for setting object
12 (`?` may be left out, `(94)` the attributes that a protected read is about), or `!LAYOUT`, the
body of an alert.

Source: the COSEM mapping table of GBCS (its section 20), class and attribute names DLMS UA 1000-1.
"""

import sys

from gbcs import cosem_templates
from gbcs.compat import MICROPYTHON, TYPE_CHECKING
from gbcs.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any  # noqa: TID251

    from gbcs.axdrtypes import Shape

    Layout = tuple[Any, ...]

KEPT = 1 if MICROPYTHON else 1024  # templates in memory

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
_CHOICES = {"g": "get", "s": "set", "a": "action", "r": "get-with-selection"}

_templates: "dict[int, Template]" = {}
_resident = ""  # on a board, the one piece in memory


class Object(Record):
    """An attribute or method of a COSEM object.

    `kind` is "A" or "M"; `access` letters of g, r, s, a; `name` the attribute's or method's in
    its class; `smets` the SMETS or CHTS object, or "". `layout` is a tuple (name, type, size,
    constant, hint, children, twin-element only): `size` the largest of a string, (least, most)
    of an array, else None; `children` of a structure or array, else (). `answer` is the layout
    of what a method answers, or None.
    """

    __slots__ = (
        "class_id",
        "obis",
        "kind",
        "index",
        "access",
        "name",
        "smets",
        "layout",
        "answer",
    )

    def __init__(
        self,
        class_id: int,
        obis: bytes,
        kind: str,
        index: int,
        access: str,
        name: str,
        smets: str,
        layout: "Layout",
        answer: "Layout | None",
    ) -> None:
        self.class_id = class_id
        self.obis = obis
        self.kind = kind
        self.index = index
        self.access = access
        self.name = name
        self.smets = smets
        self.layout = layout
        self.answer = answer

    @property
    def title(self) -> str:
        """`DeviceLog(CHF).join_timeout`: the SMETS object, or the OBIS code, and the name."""
        return "%s.%s" % (self.smets or obis_text(self.obis), self.name)


class Request(Record):
    """What an access request asks of one object; `protects` are the Objects read through it."""

    __slots__ = ("choice", "object", "optional", "protects")

    def __init__(
        self, choice: str, target: Object, optional: bool, protects: "tuple[Object, ...]"
    ) -> None:
        self.choice = choice
        self.object = target
        self.optional = optional
        self.protects = protects


class Template(Record):
    """A use case's messages: what its request asks for, or the layout of its alert's body."""

    __slots__ = ("code", "use_case", "requests", "alert", "protects")

    def __init__(
        self,
        code: int,
        use_case: str,
        requests: "tuple[Request, ...]",
        alert: "Layout | None",
        protects: "tuple[Object, ...]",
    ) -> None:
        self.code = code
        self.use_case = use_case
        self.requests = requests
        self.alert = alert
        self.protects = protects


def obis_text(octets: bytes) -> str:
    """`0-0:30.3.0.255` of six octets."""
    return "%d-%d:%d.%d.%d.%d" % tuple(octets)


def obis_octets(text: str) -> bytes:
    """Six octets of `0-0:30.3.0.255`; ValueError where it is not of that form."""
    parts = text.replace("-", ".", 1).replace(":", ".", 1).split(".")
    if len(parts) != 6:
        raise ValueError("six numbers expected in '%s'" % text)
    return bytes([int(part) for part in parts])


def template(code: int) -> "Template | None":
    """The template of the use case with this message code; None where there is none."""
    found = _templates.get(code)
    if found is None:
        line = _line(cosem_templates.TEMPLATES, "%04X " % code)
        if not line:
            return None
        found = _template(code, line)
        if len(_templates) >= KEPT:
            _templates.clear()
        _templates[code] = found
    return found


def codes() -> "Iterator[int]":
    """The message codes that have a template, in order."""
    for line in cosem_templates.TEMPLATES.strip().split("\n"):
        yield int(line[:4], 16)


def objects() -> "Iterator[Object]":
    """Every row of the table; an object used in two ways has two."""
    for piece in range(len(cosem_templates.STARTS.split(" "))):
        for line in _piece(piece).strip().split("\n"):
            yield _object(line)


def find(class_id: int, obis: "bytes | str", index: int, kind: str = "A") -> "Object | None":
    """The first row for an attribute ("A") or method ("M"); None where there is none."""
    if not isinstance(obis, str):
        obis = obis_text(obis)
    key = "|%d|%s|%s%d|" % (class_id, obis, kind, index)
    for piece in range(len(cosem_templates.STARTS.split(" "))):
        text = _piece(piece)
        at = text.find(key)
        if at >= 0:
            return _object(text[text.rfind("\n", 0, at) + 1 : text.find("\n", at)])
    return None


def class_name(class_id: int) -> "str | None":
    """The name of a COSEM class, `Activity calendar`; None where it is not known."""
    return _line(cosem_templates.CLASSES, "%d " % class_id).split("|")[0] or None


def member_name(class_id: int, index: int, kind: str = "A") -> "str | None":
    """The name of an attribute or method of a class; None where it is not known."""
    for member in _line(cosem_templates.CLASSES, "%d " % class_id).split("|")[1:]:
        place, _, name = member.partition("=")
        if place == "%s%d" % (kind, index):
            return name
    return None


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


def _line(text: str, start: str) -> str:
    """What follows `start` in the line of `text` that begins with it; "" where none does."""
    at = text.find("\n" + start)
    if at < 0:
        return ""
    at += len(start) + 1
    return text[at : text.find("\n", at)]


def _piece(number: int) -> str:
    global _resident
    name = "cosem_objects_%d" % number
    if MICROPYTHON and _resident != name:
        if _resident:
            sys.modules.pop("gbcs." + _resident, None)
            setattr(sys.modules["gbcs"], _resident, None)
        _resident = name
    return getattr(__import__("gbcs." + name), name).OBJECTS  # type: ignore[no-any-return]


def _numbered(number: int) -> Object:
    """The row with this number."""
    piece = -1
    for start in cosem_templates.STARTS.split(" "):
        if int(start) > number:
            break
        piece += 1
    return _object("%d|%s" % (number, _line(_piece(piece), "%d|" % number)))


def _object(line: str) -> Object:
    _, class_id, obis, member, access, text, smets = line.split("|")
    number = int(class_id)
    kind = member[0]
    index = int(member[1:])
    name = member_name(number, index, kind) or ""
    if text[0] == "*":
        text = _line(cosem_templates.LAYOUTS, text[1:] + " ")
    layout, at = _layout(text, 0, name)
    answer = None
    if at < len(text):
        answer = _layout(text, at + 1, name)[0]
    return Object(number, obis_octets(obis), kind, index, access, name, smets, layout, answer)


def _template(code: int, line: str) -> Template:
    use_case, _, rest = line.partition(" ")
    protects: tuple[Object, ...] = ()
    if rest[0] == "!":
        body, at = _layout(rest, 1, "body")
        if at < len(rest):
            protects = _protected(rest[at + 1 :])
        return Template(code, use_case, (), body, protects)
    requests = []
    for word in rest.split(" "):
        start = word.find("(")
        if start >= 0:
            protects = _protected(word[start:])
            word = word[:start]
        optional = word[-1] == "?"
        target = _numbered(int(word[1:-1] if optional else word[1:]))
        requests.append(Request(_CHOICES[word[0]], target, optional, protects))
        protects = ()
    return Template(code, use_case, tuple(requests), None, ())


def _protected(text: str) -> "tuple[Object, ...]":
    """The objects of `(119,120)`."""
    return tuple([_numbered(int(number)) for number in text[1:-1].split(",")])


def _layout(text: str, at: int, name: "str | None", twin: bool = False) -> "tuple[Layout, int]":
    """The layout that the text at `at` says, and where it ends."""
    children = []
    if text[at] == "{":
        while text[at] != "}":
            at += 1
            colon = text.find(":", at)
            optional = text[colon - 1] == "?"
            part = text[at : colon - 1] if optional else text[at:colon]
            child, at = _layout(text, colon + 1, part, optional)
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
        child, at = _layout(text, at, None)
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
