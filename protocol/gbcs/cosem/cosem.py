"""The table of COSEM objects that GBCS use cases touch, and what their messages ask for.

The table is text, in modules of a few thousand characters, so that frozen it takes no heap and
else only for a piece at a time; what is asked for is read from it. An object's line is

    number|class|OBIS|A2|access|layout|SMETS name      A an attribute, M a method, and its index

access: g get, r get with selection, s set, a action. A layout is text as in `layout`; `*5` as
written once in LAYOUTS; and LAYOUT>LAYOUT what a method is given, and what it answers.

A template's line is `code use-case` and what an access request asks for, `s12` for setting object
12 (`?` may be left out, `(94)` the attributes that a protected read is about), or `!LAYOUT`, the
body of an alert.

Source: the COSEM mapping table of GBCS (its section 20), class and attribute names DLMS UA 1000-1.
"""

import gc
import sys

from gbcs.compat import KEEPS_TABLES, TEMPLATES_KEPT, TYPE_CHECKING
from gbcs.cosem.layout import parse
from gbcs.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any  # noqa: TID251

    from gbcs.cosem.layout import Layout

_CHOICES = {"g": "get", "s": "set", "a": "action", "r": "get-with-selection"}

_resident = ""  # on a board, the one table in memory


def name_of(class_id: int, obis: bytes, index: int) -> str:
    """The name of an attribute in stores, such as "a/0003/0100020800FF/02"."""
    return "a/%04X/%s/%02X" % (class_id, "".join(["%02X" % octet for octet in obis]), index)


class Object(Record):
    """An attribute or method of a COSEM object.

    `kind` is "A" or "M"; `access` letters of g, r, s, a; `name` the attribute's or method's in
    its class; `smets` the SMETS or CHTS object, or "".
    """

    __slots__ = (
        "class_id",
        "obis",
        "kind",
        "index",
        "access",
        "name",
        "smets",
        "_text",
        "_layouts",
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
        text: str,
    ) -> None:
        self.class_id = class_id
        self.obis = obis
        self.kind = kind
        self.index = index
        self.access = access
        self.name = name
        self.smets = smets
        self._text = text
        self._layouts: tuple[Layout, Layout | None] | None = None

    def _values(self) -> tuple:  # whether the layouts were asked for makes no difference
        return (self.class_id, self.obis, self.kind, self.index, self.access, self._text)

    def __hash__(self) -> int:
        return hash((self.class_id, self.obis, self.kind, self.index))

    @property
    def layout(self) -> "Layout":
        """As `layout` has it; made when it is asked for, since a board takes long."""
        return self._parsed()[0]

    @property
    def answer(self) -> "Layout | None":
        """The layout of what a method answers, or None."""
        return self._parsed()[1]

    def _parsed(self) -> "tuple[Layout, Layout | None]":
        if self._layouts is None:
            text = self._text
            layout, at = parse(text, 0, self.name)
            answer = parse(text, at + 1, self.name)[0] if at < len(text) else None
            self._layouts = (layout, answer)
        return self._layouts

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


def obis_text(octets: bytes) -> str:
    """`0-0:30.3.0.255` of six octets."""
    return "%d-%d:%d.%d.%d.%d" % tuple(octets)


def obis_octets(text: str) -> bytes:
    """Six octets of `0-0:30.3.0.255`; ValueError where it is not of that form."""
    parts = text.replace("-", ".", 1).replace(":", ".", 1).split(".")
    if len(parts) != 6:
        raise ValueError("six numbers expected in '%s'" % text)
    return bytes([int(part) for part in parts])


_templates: "dict[int, tuple[Request, ...]]" = {}  # on a board, none


def requests(code: int) -> "Iterator[Request]":
    """The requests of a template, one by one: of a long one, all do not fit a small heap."""
    if not TEMPLATES_KEPT:
        return _requests(code)
    kept = _templates.get(code)
    if kept is None:
        kept = tuple(_requests(code))
        if kept and len(_templates) < TEMPLATES_KEPT:
            _templates[code] = kept
    return iter(kept)


def _requests(code: int) -> "Iterator[Request]":
    words = template_line(code).split(" ")[1:]
    if words and words[0][0] != "!":
        for word in words:
            start = word.find("(")
            objects_in = _protected(word[start:]) if start >= 0 else ()
            word = word[:start] if start >= 0 else word
            optional = word[-1] == "?"
            target = _numbered(int(word[1:-1] if optional else word[1:]))
            yield Request(_CHOICES[word[0]], target, optional, objects_in)


def alert(code: int) -> "Layout | None":
    """The layout of an alert's body; None where no alert has this code."""
    line = template_line(code)
    start = line.find("!")
    return None if start < 0 else parse(line, start + 1, "body")[0]


def protected(code: int, index: int = 0) -> "tuple[Object, ...]":
    """The objects that an encrypted block holds: of the request `index`, or of an alert."""
    line = template_line(code)
    if line.find("!") >= 0:
        start = line.rfind("(")
        return _protected(line[start:]) if start >= 0 and line[-1] == ")" else ()
    words = line.split(" ")[1:]
    start = words[index].find("(") if index < len(words) else -1
    return _protected(words[index][start:]) if start >= 0 else ()


def template_line(code: int) -> str:
    """The line of a template, without its code; "" where there is none."""
    start = "%04X " % code
    return _line(table("templates").TEMPLATES, start) or _line(table("alerts").TEMPLATES, start)


def find(class_id: int, obis: "bytes | str", index: int, kind: str = "A") -> "Object | None":
    """The first row for an attribute ("A") or method ("M"); None where there is none."""
    if not isinstance(obis, str):
        obis = obis_text(obis)
    key = "|%d|%s|%s%d|" % (class_id, obis, kind, index)
    for piece in range(len(starts())):
        for text in piece_of(piece):
            at = text.find(key)
            if at >= 0:
                return object_of(text[text.rfind("\n", 0, at) + 1 : text.find("\n", at)])
    return None


def class_name(class_id: int) -> "str | None":
    """The name of a COSEM class, `Activity calendar`; None where it is not known."""
    return _line(table("classes").CLASSES, "%d " % class_id).split("|")[0] or None


def member_name(class_id: int, index: int, kind: str = "A") -> "str | None":
    """The name of an attribute or method of a class; None where it is not known."""
    for member in _line(table("classes").CLASSES, "%d " % class_id).split("|")[1:]:
        place, _, name = member.partition("=")
        if place == "%s%d" % (kind, index):
            return name
    return None


def _line(texts: "tuple[str, ...]", start: str) -> str:
    """What follows `start` in the line that begins with it; "" where none does."""
    start = "\n" + start
    for text in texts:
        at = text.find(start)
        if at >= 0:
            at += len(start)
            return text[at : text.find("\n", at)]
    return ""


def table(name: str) -> "Any":
    """The module of the generated tables with this name.

    On a board, only that of the classes and one more are in memory.
    """
    global _resident
    if not KEEPS_TABLES and _resident != name and name != "classes":
        if _resident:
            sys.modules.pop("gbcs.cosem." + _resident, None)
            setattr(sys.modules["gbcs.cosem"], _resident, None)
        _resident = name
        gc.collect()  # now, so that the texts stand together
    if name == "objects_0":
        import gbcs.cosem.objects_0
    elif name == "objects_1":
        import gbcs.cosem.objects_1
    elif name == "objects_2":
        import gbcs.cosem.objects_2
    elif name == "objects_3":
        import gbcs.cosem.objects_3
    elif name == "objects_4":
        import gbcs.cosem.objects_4
    elif name == "objects_5":
        import gbcs.cosem.objects_5
    elif name == "objects_6":
        import gbcs.cosem.objects_6
    elif name == "objects_7":
        import gbcs.cosem.objects_7
    elif name == "classes":
        import gbcs.cosem.classes
    elif name == "templates":
        import gbcs.cosem.templates
    elif name == "alerts":
        import gbcs.cosem.alerts  # noqa: F401
    return sys.modules["gbcs.cosem." + name]


def piece_of(number: int) -> "tuple[str, ...]":
    return table("objects_%d" % number).OBJECTS


def starts() -> "list[str]":
    return table("classes").STARTS.split(" ")


def _numbered(number: int) -> Object:
    """The row with this number."""
    piece = -1
    for start in starts():
        if int(start) > number:
            break
        piece += 1
    return object_of("%d|%s" % (number, _line(piece_of(piece), "%d|" % number)))


def object_of(line: str) -> Object:
    _, class_id, obis, member, access, text, smets = line.split("|")
    number = int(class_id)
    kind = member[0]
    index = int(member[1:])
    name = member_name(number, index, kind) or ""
    if text[0] == "*":
        text = _line(table("classes").LAYOUTS, text[1:] + " ")
    return Object(number, obis_octets(obis), kind, index, access, name, smets, text)


def _protected(text: str) -> "tuple[Object, ...]":
    """The objects of `(119,120)`."""
    return tuple([_numbered(int(number)) for number in text[1:-1].split(",")])
