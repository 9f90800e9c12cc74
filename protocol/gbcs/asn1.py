"""ASN.1 payloads of GBCS as named fields, each checked against the type its use case has.

`decode` walks the octets once, along rows that are made of the text in gbcs.asn1_schema when a
type is first met. Every optional, repeated, tagged and sized thing is as the type says, or there
is a DecodeError; names stand at every leaf, inside certificates too. What comes out is written
back by `gbcs.der.encode`, octet for octet, without any of the tables here.

An array's elements have no names; a CHOICE shows as the alternative that is there.
"""

from gbcs import asn1_schema, der, dervalues
from gbcs.compat import const
from gbcs.der import LONG, header
from gbcs.dervalues import is_time, read_integer
from gbcs.errors import DecodeError

# What a row's element is, and so what its `arg` is.
_INTEGER = const(0)
_SEQUENCE = const(1)  # the rows inside
_OCTETS = const(2)  # the size, 0 for any
_BITS = const(3)  # whether named bits: no 0 at the end
_ARRAY = const(4)  # SEQUENCE OF: the one row that holds for every element
_OID = const(5)
_ENUMERATED = const(6)  # the numbers there are, as octets
_TIME = const(7)  # GeneralizedTime
_VALUE = const(8)  # the number of its universal type
_SET = const(9)  # SET OF: as _ARRAY
_CERTIFICATE = const(10)
_DEFAULT = const(11)  # as _VALUE, and 0 or False may not stand
_ANY = const(12)  # the NAMES that name it, or ""
_CHOICE = const(13)  # the rows of the alternatives
_OPEN = const(14)  # the field that chooses, the OPEN type, what it is inside of

_PLAIN = const(0)  # certificates are shown
_CLOSED = const(1)  # they are not
_STRICT = const(2)  # inside of one: all lengths are short

# A row: tag, kind, name, type, hint, arg, whether it may be missing.

_oids = dervalues.oids
_KEY_USAGES = {
    b"\x07\x80": "1",
    b"\x03\x08": "00001",
    b"\x02\x04": "000001",
}  # nearly all there are


def decode(type_name: str, data: bytes, offset: int, end: int, certificates: bool = True) -> tuple:
    """The element of the type `type_name` that fills `data[offset:end]`, as a field.

    With `certificates` false each certificate stays one field of the type "ANY": its octets, of
    which only the outline is checked. Raises DecodeError; KeyError, our bug, for an unknown type.
    """
    rows = _roots.get(type_name)
    if rows is None:
        row = _row(None, type_name)
        if row[1] != _CHOICE:
            row = _renamed(row, _snake(type_name))
        rows = _roots[type_name] = (row,)
    return _sequence(rows, data, offset, end, _PLAIN if certificates else _CLOSED)[0]


_KINDS = ("code", "command", "response", "alert")


def payload_type(code: int, kind: str) -> "str | None":
    """The type of the payload of a "command", "response" or "alert", by message code."""
    for row in asn1_schema.PAYLOADS:
        if row[0] == code:
            return row[_KINDS.index(kind)]
    return None


def _sequence(rows: tuple, data: bytes, offset: int, end: int, mode: int) -> list:
    """The fields in `data[offset:end]`, one a row."""
    fields: list = []
    at = offset
    for tag, kind, name, typ, hint, arg, optional in rows:
        start = at + 2
        if start > end or data[at] != tag:
            if optional and kind < _ANY and at != end - 1:
                continue
            if kind == _ANY and start <= end:
                pass
            elif kind == _CHOICE and start <= end:
                tag, kind, name, typ, hint, arg = _chosen(arg, data[at], at, typ, name)
            elif optional and at != end - 1:
                continue
            else:
                raise _missing(typ, data, at, end, name)
        size = data[at + 1]
        stop = start + size
        if size > 127 or stop > end:
            if size == 0x82 and start + 2 <= end:  # most of them, without a call
                size = data[start] << 8 | data[start + 1]
                start += 2
                stop = start + size
            if size < 0x100 or stop > end:
                strict = mode == _STRICT or kind == _CERTIFICATE
                _, start, stop = header(data, at, end, name or "", strict)
                size = stop - start
                if size < 0x100 and start - at == 4:
                    typ += LONG
        if kind == _INTEGER:
            if size == 1:
                value = data[start]
                if value > 127:
                    value -= 256
            else:
                value = read_integer(data, start, stop, name or "")
        elif kind == _SEQUENCE:
            value = _sequence(arg, data, start, stop, mode)
        elif kind == _OCTETS:
            value = data[start:stop]
            if arg and size != arg:
                raise DecodeError("%d octets expected, found %d" % (arg, size), start, name or "")
        elif kind == _BITS:
            value = _KEY_USAGES.get(data[start:stop])
            if value is None:
                value = dervalues.read_bits(data, start, stop, name or "")
                if arg and (type(value) is bytes or value[-1:] == "0"):
                    raise DecodeError("named bits without a last 0 expected", start, name or "")
        elif kind == _ARRAY:
            value = _array(arg, data, start, stop, mode)
        elif kind == _OID:
            value = _oids.get(data[start:stop])
            if value is None:
                value = dervalues.read_oid(data, start, stop, name or "")
        elif kind == _TIME:
            value = data[start:stop]
            if not is_time(value):
                raise DecodeError("a time YYYYMMDDHHMMSSZ expected", start, name or "")
            value = str(value, "utf-8")
        elif kind == _VALUE:
            value = dervalues.read(arg, data, start, stop, name or "")
        elif kind == _ENUMERATED:
            value = data[start] if size == 1 else 0xFF
            if value not in arg:
                raise DecodeError("one of %s expected" % hint[5:], start, name or "")
        elif kind == _SET:
            value = _array(arg, data, start, stop, mode)
            if len(value) > 1:
                der.check_order(data, start, stop, name or "")
        elif kind == _CERTIFICATE:
            if mode == _CLOSED:
                _outline(data, start, stop)
                typ = "ANY"
                value = data[at:stop]
            else:
                value = _sequence(_certificate(), data, start, stop, _STRICT)
        elif kind == _DEFAULT:
            value = dervalues.read(arg, data, start, stop, name or "")
            if not value:
                raise DecodeError("nothing expected, as for the default", at, name or "")
        elif kind == _ANY:
            if arg:
                name, hint = _named(arg, fields[0][2])
            _, typ, value, _ = der.decode(data, at, stop, (name, hint, None), mode == _STRICT)
        else:
            value = _opened(arg, data, start, stop, mode, fields, name or "")
        fields.append((name, typ, value, hint))
        at = stop
    if at != end:
        raise DecodeError("end expected, %d octets left" % (end - at), at, "")
    return fields


def _array(rows: tuple, data: bytes, offset: int, end: int, mode: int) -> list:
    """The fields in `data[offset:end]`, any number, each of the one row."""
    fields: list = []
    tag, kind, name, typ, hint, arg, _ = rows[0]
    at = offset
    while at < end:
        start = at + 2
        if start > end:
            raise _missing(typ, data, at, end, name)
        size = data[at + 1]
        stop = start + size
        long = typ
        if size > 127 or stop > end:
            if size == 0x82 and start + 2 <= end:
                size = data[start] << 8 | data[start + 1]
                start += 2
                stop = start + size
            if size < 0x100 or stop > end:
                strict = mode == _STRICT or kind == _CERTIFICATE
                _, start, stop = header(data, at, end, "", strict)
                size = stop - start
                if size < 0x100 and start - at == 4:
                    long += LONG
        if kind == _SEQUENCE and data[at] == tag:
            fields.append((name, long, _sequence(arg, data, start, stop, mode), hint))
        elif kind == _INTEGER and size == 1 and data[at] == tag and data[start] < 128:
            fields.append((name, typ, data[start], hint))
        else:
            fields += _sequence(rows, data, at, stop, mode)
        at = stop
    return fields


def _chosen(rows: tuple, tag: int, offset: int, typ: str, name: "str | None") -> tuple:
    """What the alternative of a CHOICE that begins with `tag` is."""
    for row in rows:
        if row[0] == tag:
            return row[:6]
    raise DecodeError("%s expected, found %02X" % (typ, tag), offset, name or "")


def _missing(typ: str, data: bytes, at: int, end: int, name: "str | None") -> DecodeError:
    if at >= end:
        return DecodeError("%s expected, 0 octets left" % typ, end, name or "")
    if at == end - 1:
        return DecodeError("a tag and a length expected, 1 octet left", at, name or "")
    return DecodeError("%s expected, found %02X" % (typ, data[at]), at, name or "")


def _opened(
    arg: tuple, data: bytes, start: int, stop: int, mode: int, fields: list, label: str
) -> "list | str | bytes":
    """What stands in an OPEN type: fields, or as it comes where its identifier is not known."""
    index, table, inside = arg
    chooser = fields[index][2]
    rows = _open(table, chooser if type(chooser) is str else chooser[0][2])
    if inside == 4:
        return data[start:stop] if rows is None else _sequence(rows, data, start, stop, mode)
    if inside == 3:
        if rows is not None and start < stop and data[start] == 0:
            try:
                return _sequence(rows, data, start + 1, stop, mode)
            except DecodeError:
                pass  # two reference certificates sign with a 00 too many: octets, then
        return dervalues.read_bits(data, start, stop, label)
    if rows is None:
        found = der.elements(data, start, stop, mode == _STRICT)
        if inside == 0xA0 and len(found) != 1:
            raise DecodeError("1 element expected, found %d" % len(found), start, label)
    elif inside == 0xA0:
        found = _sequence(rows, data, start, stop, mode)
    else:
        found = _array(rows, data, start, stop, mode)
    if inside == 0x31 and len(found) > 1:
        der.check_order(data, start, stop, label)
    return found


def _outline(data: bytes, start: int, stop: int) -> None:
    """What a certificate is made of, without what is in it."""
    if start + 4 < stop and data[start + 1] == 0x82 and data[start + 2] and data[start] == 0x30:
        at = start + 4 + (data[start + 2] << 8 | data[start + 3])
        if at + 12 < stop and data[at] == 0x30 and data[at + 1] == 10:
            at += 12
            if at + 2 < stop and data[at] == 3 and at + 2 + data[at + 1] == stop < at + 0x82:
                return  # as nearly all do
    for tag in b"\x30\x30\x03":
        found, _, after = header(data, start, stop, "certificate", True)
        if found != tag:
            raise DecodeError("%02X expected, found %02X" % (tag, found), start, "certificate")
        start = after
    if start != stop:
        raise DecodeError("end expected, %d octets left" % (stop - start), start, "certificate")


# From here on: rows made of the text, once each.

_roots: "dict[str, tuple]" = {}
_types: "dict[str, tuple]" = {}  # tag, kind, type, hint, arg
_opens: "dict[str, dict[str, tuple]]" = {}
_names: "dict[str, tuple]" = {}
_BASES = {
    "INTEGER": (0x02, _INTEGER, "INTEGER", None, None),
    "BOOLEAN": (0x01, _VALUE, "BOOLEAN", None, 1),
    "BITS": (0x03, _BITS, "BIT STRING", None, False),
    "OCTETS": (0x04, _OCTETS, "OCTET STRING", None, 0),
    "NULL": (0x05, _VALUE, "NULL", None, 5),
    "OID": (0x06, _OID, "OBJECT IDENTIFIER", asn1_schema.OIDS, None),
    "IA5": (0x16, _VALUE, "IA5String", None, 22),
    "UTC": (0x17, _VALUE, "UTCTime", None, 23),
    "TIME": (0x18, _TIME, "GeneralizedTime", "generalized-time", None),
    "ANY": (-1, _ANY, "ANY", None, ""),
    "Certificate": (0x30, _CERTIFICATE, "SEQUENCE", None, None),
}
_INSIDES = {
    "O": (0x04, "OCTET STRING"),
    "B": (0x03, "BIT STRING"),
    "E": (0xA0, "[0]"),
    "S": (0x31, "SET OF"),
}


def _line(name: str) -> str:
    """What stands after a type's name."""
    text = asn1_schema.TYPES
    start = text.find("\n" + name + " ")
    if start < 0:
        raise KeyError(name)
    start += len(name) + 2
    return text[start : text.find("\n", start)]


def _type(spec: str) -> tuple:
    """Tag, kind, type, hint and arg of a type as it stands after a field's name."""
    found = _BASES.get(spec) or _types.get(spec)
    if found is None:
        if spec[0] == "*":
            found = (0x30, _ARRAY, "SEQUENCE OF", None, (_row(None, spec[1:]),))
        elif spec[0] == "%":
            found = (0x31, _SET, "SET OF", None, (_row(None, spec[1:]),))
        elif spec[1:2] == "@":
            tag, typ = _INSIDES[spec[0]]
            found = (tag, _OPEN, typ, None, (int(spec[2]), spec[3:], tag))
        elif spec[:4] == "ANY@":
            found = (-1, _ANY, "ANY", None, spec[4:])
        else:
            found = _named_type(_line(spec))
        _types[spec] = found
    return found


def _named_type(line: str) -> tuple:
    words = line.split(" ")
    base = words[0]
    rest = words[1] if len(words) > 1 else ""
    if base == "SEQUENCE":
        return 0x30, _SEQUENCE, base, None, tuple([_member(word) for word in words[1:]])
    if base == "CHOICE":
        return -1, _CHOICE, "one of " + line[7:], None, tuple([_member(w) for w in words[1:]])
    if base == "ENUMERATED":
        numbers = bytes([int(pair.split("=")[0]) for pair in rest.split(",")])
        return 0x0A, _ENUMERATED, base, "enum:" + rest, numbers
    tag, kind, typ, hint, arg = _type(base)
    if rest:
        if kind == _OCTETS:
            arg = int(rest)
            hint = words[2] if len(words) > 2 else None
        elif kind == _BITS:
            hint = "bits:" + rest
            arg = True
        else:
            hint = rest if rest.startswith("names:") else "enum:" + rest
    return tag, kind, typ, hint, arg


def _member(word: str) -> tuple:
    colon = word.find(":")
    return _row(word[:colon], word[colon + 1 :])


def _row(name: "str | None", spec: str) -> tuple:
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
    if kind == _CHOICE and name is not None:
        arg = tuple([_renamed(row, name) for row in arg])
    if optional and default:
        kind = _DEFAULT
        arg = tag
    if explicit:
        arg = ((tag, kind, name, typ, hint, arg, False),)
        return 0xA0 | context, _SEQUENCE, name, "[%d]" % context, None, arg, optional
    if context >= 0:
        tag = 0x80 | tag & 0x20 | context
        typ = "[%d] %s" % (context, typ)
    return tag, kind, name, typ, hint, arg, optional


def _renamed(row: tuple, name: str) -> tuple:
    tag, kind, _, typ, hint, arg, optional = row
    return tag, kind, name, typ, hint, arg, optional


def _certificate() -> tuple:
    return _type("CertificateBody")[4]


def _open(table: str, identifier: str) -> "tuple | None":
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


def _named(table: str, identifier: str) -> tuple:
    """The name and hint that the NAMES `table` has for an identifier."""
    found = _names.get(identifier)
    if found is None:
        word = _word(table, identifier)
        if word is None:
            return "value", None
        slash = word.find("/")
        found = (word, None) if slash < 0 else (word[:slash], word[slash + 1 :])
        _names[identifier] = found
    return found


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
