"""The rows that `asn1` reads payloads by, made from the text of `schema` when needed.

Those of one type take some hundred octets of heap, with certificates in it 15 KB, all together
60 KB (half of that on a 32-bit board); so a board keeps those of a few types. A row is a tuple:
tag (and 0x100 where the element may be missing), kind, field name, type, hint, arg. The kind says
what the element is, and so what arg is.
"""

from gbcs.asn1 import schema
from gbcs.compat import TYPE_CHECKING, TYPES_KEPT, const

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    Row = tuple[Any, ...]
    Rows = tuple[Row, ...]

INTEGER = const(0)
SEQUENCE = const(1)  # the rows inside
OCTETS = const(2)  # the size, 0 for any
BITS = const(3)  # whether named bits: no 0 at the end
ARRAY = const(4)  # SEQUENCE OF: the one row that holds for every element
OID = const(5)
ENUMERATED = const(6)  # the numbers there are, as octets
TIME = const(7)  # GeneralizedTime
VALUE = const(8)  # the number of its universal type
SET = const(9)  # SET OF: as ARRAY
CERTIFICATE = const(10)
DEFAULT = const(11)  # as VALUE, and 0 or False may not stand
ANY = const(12)  # the NAMES that name it, or ""
CHOICE = const(13)  # the rows of the alternatives
OPEN = const(14)  # the field that chooses, the OPEN type, what it is inside of

_roots: "dict[str, Rows]" = {}
_types: "dict[str, Row]" = {}  # tag, kind, type, hint, arg
_opens: "dict[str, dict[str, Rows]]" = {}
_names: "dict[str, tuple[str, str | None]]" = {}
_AUTHORITY_KEY_ID = "2.5.29.35"
_BASES = {
    "INTEGER": (0x02, INTEGER, "INTEGER", None, None),
    "BOOLEAN": (0x01, VALUE, "BOOLEAN", None, 1),
    "BITS": (0x03, BITS, "BIT STRING", None, False),
    "OCTETS": (0x04, OCTETS, "OCTET STRING", None, 0),
    "NULL": (0x05, VALUE, "NULL", None, 5),
    "OID": (0x06, OID, "OBJECT IDENTIFIER", schema.OIDS, None),
    "IA5": (0x16, VALUE, "IA5String", None, 22),
    "UTC": (0x17, VALUE, "UTCTime", None, 23),
    "TIME": (0x18, TIME, "GeneralizedTime", "generalized-time", None),
    "ANY": (0xFF, ANY, "ANY", None, ""),
    "Certificate": (0x30, CERTIFICATE, "SEQUENCE", None, None),
}
_INSIDES = {
    "O": (0x04, "OCTET STRING"),
    "B": (0x03, "BIT STRING"),
    "E": (0xA0, "[0]"),
    "S": (0x31, "SET OF"),
}


def root(type_name: str) -> "Rows":
    """The one row of a type by itself; KeyError, our bug, where the text does not have it."""
    rows = _roots.get(type_name)
    if rows is None:
        if len(_roots) >= TYPES_KEPT:
            forget()
        tag, kind, typ, hint, arg = _BASES.get(type_name) or _named_type(_line(type_name))
        row = (tag, kind, None if kind == CHOICE else _snake(type_name), typ, hint, arg)
        rows = _roots[type_name] = (row,)
    return rows


def forget() -> None:
    """Lets go of all rows made so far."""
    _roots.clear()
    _types.clear()
    _opens.clear()
    _names.clear()


def _line(name: str) -> str:
    """What stands after a type's name."""
    text = schema.TYPES
    start = text.find(b"\n%s " % name.encode())
    if start < 0:
        raise KeyError(name)
    start += len(name) + 2
    return text[start : text.find(b"\n", start)].decode()


def _type(spec: str) -> "Row":
    """Tag, kind, type, hint and arg of a type as it stands after a field's name."""
    row = _BASES.get(spec) or _types.get(spec)
    if row is None:
        if spec[0] == "*":
            row = (0x30, ARRAY, "SEQUENCE OF", None, (_row(None, spec[1:]),))
        elif spec[0] == "%":
            row = (0x31, SET, "SET OF", None, (_row(None, spec[1:]),))
        elif spec[1:2] == "@":
            tag, typ = _INSIDES[spec[0]]
            row = (tag, OPEN, typ, None, (int(spec[2]), spec[3:], tag))
        elif spec[:4] == "ANY@":
            row = (0xFF, ANY, "ANY", None, spec[4:])
        else:
            row = _named_type(_line(spec))
            if schema.TYPES.count(spec.encode()) > 2:  # its own line, and more than one use
                _types[spec] = row
    return row


def _named_type(line: str) -> "Row":
    words = line.split(" ")
    base = words[0]
    rest = words[1] if len(words) > 1 else ""
    if base == "SEQUENCE" or base == "CHOICE":
        rows = []
        for word in words[1:]:  # without further calls, for which a board's C stack is short
            colon = word.find(":")
            rows.append(_row(word[:colon], word[colon + 1 :]))
        if base == "SEQUENCE":
            return 0x30, SEQUENCE, base, None, tuple(rows)
        return -1, CHOICE, "one of " + line[7:], None, tuple(rows)
    if base == "ENUMERATED":
        numbers = bytes([int(pair.split("=")[0]) for pair in rest.split(",")])
        return 0x0A, ENUMERATED, base, "enum:" + rest, numbers
    tag, kind, typ, hint, arg = _type(base)
    if rest:
        if kind == OCTETS:
            arg = int(rest)
            hint = words[2] if len(words) > 2 else None
        elif kind == BITS:
            hint = "bits:" + rest
            arg = True
        else:
            hint = rest if rest.startswith("names:") else "enum:" + rest
    return tag, kind, typ, hint, arg


def _member(word: str) -> "Row":
    colon = word.find(":")
    return _row(word[:colon], word[colon + 1 :])


def _row(name: "str | None", spec: str) -> "Row":
    """The row of one field."""
    optional = spec[-1] == "?" or spec[-2:] == "=0"
    default = spec[-1] == "0"
    if optional:
        spec = spec[: -2 if default else -1]
    context = -1
    explicit = False
    if spec[0] == "[":
        context = int(spec[1])
        explicit = spec[3] == "!"
        spec = spec[4 if explicit else 3 :]
    tag, kind, typ, hint, arg = _type(spec)
    if kind == CHOICE and name is not None:
        arg = tuple([_renamed(row, name) for row in arg])
    if optional and default:
        kind = DEFAULT
        arg = tag
    if explicit:
        arg = ((tag, kind, name, typ, hint, arg),)
        tag, kind, typ, hint = 0xA0 | context, SEQUENCE, "[%d]" % context, None
    elif context >= 0:
        tag = 0x80 | tag & 0x20 | context
        typ = "[%d] %s" % (context, typ)
    return tag | 0x100 if optional else tag, kind, name, typ, hint, arg


def _renamed(row: "Row", name: str) -> "Row":
    tag, kind, _, typ, hint, arg = row
    return tag, kind, name, typ, hint, arg


def certificate_rows() -> "Rows":
    """The rows of what is inside a certificate."""
    rows = _roots.get("")
    if rows is None:
        rows = _roots[""] = _type("CertificateBody")[4]
        # The extension of most types: for it too, a board's C stack is short within a certificate
        open_rows("Extensions", _AUTHORITY_KEY_ID)
    return rows


def open_rows(table: str, identifier: str) -> "Rows | None":
    """The rows of what the OPEN type `table` has for an identifier."""
    known = _opens.get(table)
    if known is None:
        known = _opens[table] = {}
    rows = known.get(identifier)
    if rows is None:
        word = _word(table, identifier)
        if word is None:
            return None
        rows = known[identifier] = (_member(word),)
    return rows


def attribute(table: str, identifier: str) -> "tuple[str, str | None]":
    """The name and hint that the NAMES `table` has for an identifier."""
    name_and_hint = _names.get(identifier)
    if name_and_hint is None:
        word = _word(table, identifier)
        if word is None:
            return "value", None
        slash = word.find("/")
        name_and_hint = (word, None) if slash < 0 else (word[:slash], word[slash + 1 :])
        _names[identifier] = name_and_hint
    return name_and_hint


def _word(table: str, identifier: str) -> "str | None":
    line = _line(table) + " "
    start = line.find(" " + identifier + "=")
    if start < 0:
        return None
    return line[start + len(identifier) + 2 : line.find(" ", start + 1)]


def _snake(type_name: str) -> str:
    """The field name of a type: set_time_command of SetTimeCommand."""
    text = ""
    for letter in type_name:
        if "A" <= letter <= "Z":
            letter = ("_" if text else "") + letter.lower()
        text += letter
    return text
