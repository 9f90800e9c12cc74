"""ASN.1 payloads of GBCS as named fields, each checked against the type its use case has.

`decode` walks the octets once, along rows that gbcs.asn1.rows makes of the text in
gbcs.asn1.schema when a type is first met. Every optional, repeated, tagged and sized thing is as
the type says, or there is a DecodeError; names stand at every leaf, inside certificates too. What
comes out is written back by `der.encode`, octet for octet, without any of the tables here.

An array's elements have no names; a CHOICE shows as the alternative that is there.
"""

from gbcs.asn1 import der, schema, values
from gbcs.asn1.der import LONG, header
from gbcs.asn1.rows import (
    ANY,
    ARRAY,
    BITS,
    CERTIFICATE,
    CHOICE,
    DEFAULT,
    ENUMERATED,
    INTEGER,
    OCTETS,
    OID,
    SEQUENCE,
    SET,
    TIME,
    VALUE,
    attribute,
    certificate_rows,
    forget,
    open_rows,
    root,
)
from gbcs.asn1.values import is_time, read_integer
from gbcs.compat import CERTIFICATES_KEPT, TYPE_CHECKING, const
from gbcs.errors import DecodeError

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.asn1.der import Field
    from gbcs.asn1.rows import Row, Rows

_PLAIN = const(0)  # certificates are shown
_CLOSED = const(1)  # they are not
_STRICT = const(2)  # inside of one: all lengths are short
_CHECKED = const(3)  # they are checked after the rest, and not kept

# The same few certificates stand in message after message, and are the larger part of them. What
# one decodes to is kept by its octets, and the fields of it are shared: nobody may change them
_certificates: "dict[bytes, list[Field]]" = {}
_unchecked: "list[tuple[int, int]]" = []  # where certificates begin and end that `skip` has met


def forget_certificates() -> None:
    """Drops what certificates decoded to, so that the next one of each is read anew."""
    _certificates.clear()


_oids = values.oids
_KEY_USAGES = {der.KEY_USAGES[bits]: bits for bits in der.KEY_USAGES}


def decode(
    type_name: str, data: bytes, offset: int, end: int, certificates: bool = True
) -> "Field":
    """The element of the type `type_name` that fills `data[offset:end]`, as a field.

    With `certificates` false each certificate stays one field of the type "ANY": its octets, of
    which only the outline is checked. Raises DecodeError; KeyError, our bug, for an unknown type.
    """
    mode = _PLAIN if certificates else _CLOSED
    try:
        return _sequence(root(type_name), data, offset, end, mode)[0]
    except MemoryError:  # a board's; the rows made so far can be made again
        forget()
        return _sequence(root(type_name), data, offset, end, mode)[0]


def skip(type_name: str, data: bytes, offset: int, end: int) -> None:
    """Checks what `decode` does, certificates too, and keeps nothing. Raises DecodeError.

    Certificates come last: a board's C stack is short for them within what holds them.
    """
    _unchecked.clear()
    _sequence(root(type_name), data, offset, end, _CHECKED)
    for start, stop in _unchecked:
        _sequence(certificate_rows(), data, start, stop, _STRICT)


DISCONNECT_FROM_HAN = ("DisconnectFromHanCommand", "DisconnectFromHanResponse", None)
provisional: "dict[int, tuple[str | None, ...]]" = {}  # as PAYLOADS, for codes not yet assigned
_KINDS = ("command", "response", "alert")


def payload_type(code: int, kind: str) -> "str | None":
    """The type of the payload of a "command", "response" or "alert", by message code.

    None where there is none. SECMP0013's draft CS02f has the types DISCONNECT_FROM_HAN under
    whichever code `provisional` gives it.
    """
    for row in schema.PAYLOADS:
        if row[0] == code:
            return row[1:][_KINDS.index(kind)]
    if code in provisional:
        return provisional[code][_KINDS.index(kind)]
    return None


def _sequence(rows: "Rows", data: bytes, offset: int, end: int, mode: int) -> "list[Field]":
    """The fields in `data[offset:end]`, one a row.

    Inlined: with four kinds of leaves in functions of their own, the reference messages take 2 %
    more instructions from octets to fields, all codecs and headers counted.
    """
    fields: list[Field] = []
    value: Any
    at = offset
    for tag, kind, name, typ, hint, arg in rows:
        start = at + 2
        if start > end:
            if tag > 0xFF and at == end:
                continue
            raise _missing(typ, data, at, end, name)
        if data[at] != tag:
            if kind == CHOICE:
                tag, kind, name, typ, hint, arg = _chosen(arg, data[at], at, typ, name)
            elif data[at] != tag & 0xFF and kind != ANY:
                if tag > 0xFF:
                    continue
                raise _missing(typ, data, at, end, name)
        size = data[at + 1]
        stop = start + size
        if size > 127 or stop > end:
            if size == 0x82 and start + 2 <= end:  # most of them, without a call
                size = data[start] << 8 | data[start + 1]
                start += 2
                stop = start + size
            if size < 0x100 or stop > end:
                strict = mode == _STRICT or kind == CERTIFICATE
                _, start, stop = header(data, at, end, name or "", strict)
                size = stop - start
                if size < 0x100 and start - at == 4:
                    typ += LONG
        if kind == INTEGER:
            if size == 1:
                value = data[start]
                if value > 127:
                    value -= 256
            else:
                value = read_integer(data, start, stop, name or "")
        elif kind == SEQUENCE:
            value = _sequence(arg, data, start, stop, mode)
        elif kind == OCTETS:
            value = data[start:stop]
            if arg and size != arg:
                raise DecodeError("%d octets expected, found %d" % (arg, size), start, name or "")
        elif kind == BITS:
            value = _KEY_USAGES.get(data[start:stop])
            if value is None:
                value = values.read_bits(data, start, stop, name or "")
                if arg and (type(value) is bytes or value[-1:] == "0"):
                    raise DecodeError("named bits without a last 0 expected", start, name or "")
        elif kind == ARRAY:
            value = _array(arg, data, start, stop, mode)
        elif kind == OID:
            value = _oids.get(data[start:stop])
            if value is None:
                value = values.read_oid(data, start, stop, name or "")
        elif kind == TIME:
            value = data[start:stop]
            if not is_time(value):
                raise DecodeError("a time YYYYMMDDHHMMSSZ expected", start, name or "")
            value = str(value, "utf-8")
        elif kind == VALUE:
            value = values.read(arg, data, start, stop, name or "")
        elif kind == ENUMERATED:
            value = data[start] if size == 1 else 0xFF
            if value not in arg:
                raise DecodeError("one of %s expected" % hint[5:], start, name or "")
        elif kind == SET:
            value = _array(arg, data, start, stop, mode)
            if len(value) > 1:
                der.check_order(data, start, stop, name or "")
        elif kind == CERTIFICATE:
            if mode == _CLOSED:
                _outline(data, start, stop)
                typ = "ANY"
                value = data[at:stop]
            elif mode == _CHECKED:
                if data[at:stop] not in _certificates:
                    _unchecked.append((start, stop))
                value = None
            else:
                whole = data[at:stop]
                value = _certificates.get(whole)
                if value is None:
                    value = _sequence(certificate_rows(), data, start, stop, _STRICT)
                    if CERTIFICATES_KEPT:
                        if len(_certificates) >= CERTIFICATES_KEPT:
                            _certificates.clear()
                        _certificates[whole] = value
        elif kind == DEFAULT:
            value = values.read(arg, data, start, stop, name or "")
            if not value:
                raise DecodeError("nothing expected, as for the default", at, name or "")
        elif kind == ANY:
            if arg:
                name, hint = attribute(arg, fields[0][2])
            _, typ, value, _ = der.decode(data, at, stop, (name, hint, None), mode == _STRICT)
            if typ == "OBJECT IDENTIFIER":
                hint = schema.OIDS
        else:  # OPEN
            value = _opened(arg, data, start, stop, mode, fields, name or "")
        fields.append((name, typ, value, hint))
        at = stop
    if at != end:
        raise DecodeError("end expected, %d octets left" % (end - at), at, "")
    return fields


def _array(rows: "Rows", data: bytes, offset: int, end: int, mode: int) -> "list[Field]":
    """The fields in `data[offset:end]`, any number, each of the one row."""
    fields: list[Field] = []
    tag, kind, name, typ, hint, arg = rows[0]
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
                strict = mode == _STRICT or kind == CERTIFICATE
                _, start, stop = header(data, at, end, "", strict)
                size = stop - start
                if size < 0x100 and start - at == 4:
                    long += LONG
        if kind == SEQUENCE and data[at] == tag:
            fields.append((name, long, _sequence(arg, data, start, stop, mode), hint))
        elif kind == INTEGER and size == 1 and data[at] == tag and data[start] < 128:
            fields.append((name, typ, data[start], hint))
        else:
            fields += _sequence(rows, data, at, stop, mode)
        at = stop
    return fields


def _chosen(rows: "Rows", tag: int, offset: int, typ: str, name: "str | None") -> "Row":
    """What the alternative of a CHOICE that begins with `tag` is."""
    for row in rows:
        if row[0] == tag:
            return row
    raise DecodeError("%s expected, found %02X" % (typ, tag), offset, name or "")


def _missing(typ: str, data: bytes, at: int, end: int, name: "str | None") -> DecodeError:
    if at >= end:
        return DecodeError("%s expected, 0 octets left" % typ, end, name or "")
    if at == end - 1:
        return DecodeError("a tag and a length expected, 1 octet left", at, name or "")
    return DecodeError("%s expected, found %02X" % (typ, data[at]), at, name or "")


def _opened(
    arg: "Row", data: bytes, start: int, stop: int, mode: int, fields: "list[Field]", label: str
) -> "list[Field] | str | bytes":
    """What stands in an OPEN type: fields, or as it comes where its identifier is not known."""
    index, table, inside = arg
    chooser = fields[index][2]
    rows = open_rows(table, chooser if type(chooser) is str else chooser[0][2])
    if inside == 4:
        return data[start:stop] if rows is None else _sequence(rows, data, start, stop, mode)
    if inside == 3:
        if rows is not None and start < stop and data[start] == 0:
            try:
                return _sequence(rows, data, start + 1, stop, mode)
            except DecodeError:
                pass  # two reference certificates sign with a 00 too many: octets, then
        return values.read_bits(data, start, stop, label)
    if rows is None:
        contents = der.elements(data, start, stop, mode == _STRICT)
        if inside == 0xA0 and len(contents) != 1:
            raise DecodeError("1 element expected, found %d" % len(contents), start, label)
    elif inside == 0xA0:
        contents = _sequence(rows, data, start, stop, mode)
    else:
        contents = _array(rows, data, start, stop, mode)
    if inside == 0x31 and len(contents) > 1:
        der.check_order(data, start, stop, label)
    return contents


def _outline(data: bytes, start: int, stop: int) -> None:
    """What a certificate is made of, without what is in it."""
    if start + 4 < stop and data[start + 1] == 0x82 and data[start + 2] and data[start] == 0x30:
        at = start + 4 + (data[start + 2] << 8 | data[start + 3])
        if at + 12 < stop and data[at] == 0x30 and data[at + 1] == 10:
            at += 12
            if at + 2 < stop and data[at] == 3 and at + 2 + data[at + 1] == stop < at + 0x82:
                return  # as nearly all do
    for tag in b"\x30\x30\x03":
        actual, _, after = header(data, start, stop, "certificate", True)
        if actual != tag:
            raise DecodeError("%02X expected, found %02X" % (tag, actual), start, "certificate")
        start = after
    if start != stop:
        raise DecodeError("end expected, %d octets left" % (stop - start), start, "certificate")
