"""DER elements as fields: read with every check the encoding rules ask for, written back alike.

A field's type is the ASN.1 name of what is on the wire, and decides alone how it is written:
"INTEGER", "SEQUENCE OF"; "[3] INTEGER" under an implicit context tag; "[0]" for a context tag
around other elements (explicit, or of unknown type); "SEQUENCE ~82" where a length of 128 to 255
stands in the long form `82 00 nn`, as in 16 of the 154 reference payloads, always of a SEQUENCE
and never in a certificate; "ANY" for one whole element left as octets.

Values: int; bool; bytes; None; str for object identifiers (dotted), times and character strings;
a BIT STRING is bytes when it is of whole octets and longer than 32 bits, else a str of 0 and 1.
An OCTET STRING or BIT STRING with a list for its value holds the encoding of these fields.

Everything else that is not distinguished encoding is refused: ITU-T X.690, sections 8 to 11.
"""

from gbcs.asn1 import values
from gbcs.compat import TYPE_CHECKING
from gbcs.errors import DecodeError, EncodeError
from gbcs.octets import length_octets

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    Field = tuple[str | None, str, Any, str | None]
    Shape = tuple[Any, ...]

MAX_DEPTH = 16  # elements inside elements; the reference messages have 11 with certificates
LONG = " ~82"

# The tag octet of a type, from which context tags are made: text, which costs a board no heap
_TAGS = """
01 BOOLEAN
02 INTEGER
03 BIT STRING
04 OCTET STRING
05 NULL
06 OBJECT IDENTIFIER
0A ENUMERATED
0C UTF8String
12 NumericString
13 PrintableString
14 TeletexString
16 IA5String
17 UTCTime
18 GeneralizedTime
1A VisibleString
1C UniversalString
1E BMPString
30 SEQUENCE
30 SEQUENCE OF
31 SET OF
"""


def tag_of(kind: str) -> int:
    """The tag octet of a universal type; 0 where there is none of that name."""
    at = _TAGS.find(" %s\n" % kind)
    while at >= 0 and _TAGS[at - 3] != "\n":  # the last word of a longer name
        at = _TAGS.find(" %s\n" % kind, at + 1)
    return 0 if at < 0 else int(_TAGS[at - 2 : at], 16)


def _name_of(tag: int) -> str:
    """The type that a universal tag octet stands for; "" for none."""
    at = _TAGS.find("\n%02X " % tag)
    return "" if at < 0 else _TAGS[at + 4 : _TAGS.find("\n", at + 1)]


def header(
    data: bytes, offset: int, end: int, field: str = "", strict: bool = False
) -> "tuple[int, int, int]":
    """The tag octet at `offset`, and where the contents start and stop.

    `strict` refuses the long form of a SEQUENCE's length, which shows otherwise by four octets
    of header before less than 256 of contents.
    """
    if end - offset < 2:
        raise DecodeError(
            "a tag and a length expected, %d octets left" % (end - offset), offset, field
        )
    tag = data[offset]
    if tag & 0x5F > 0x1E:
        raise DecodeError(
            "a universal or context tag below 31 expected, found %02X" % tag, offset, field
        )
    size = data[offset + 1]
    start = offset + 2
    if size > 0x7F:
        width = size - 0x80
        if width != 1 and width != 2:
            raise DecodeError(
                "a length of at most two octets expected, found %02X" % size, offset + 1, field
            )
        if end - start < width:
            raise DecodeError("%d octets expected, %d left" % (width, end - start), start, field)
        if width == 1:
            size = data[start]
            shortest = size > 0x7F
        else:
            size = data[start] << 8 | data[start + 1]
            shortest = size > (0xFF if strict or tag != 0x30 else 0x7F)
        if not shortest:
            raise DecodeError("a length in its shortest form expected", offset + 1, field)
        start += width
    if size > end - start:
        raise DecodeError("%d octets expected, %d left" % (size, end - start), start, field)
    return tag, start, start + size


def decode(
    data: bytes, offset: int, end: int, shape: "Shape | None" = None, strict: bool = False
) -> "Field":
    """The one element that fills `data[offset:end]`, as a field, without any schema.

    `shape` gives names and hints where it fits what is there. Raises DecodeError.
    """
    field, stop = _element(data, offset, end, shape, strict, 1)
    if stop != end:
        raise DecodeError("end expected, %d octets left" % (end - stop), stop, field[0] or "")
    return field


def elements(data: bytes, offset: int, end: int, strict: bool = False) -> "list[Field]":
    """The elements that fill `data[offset:end]`, as fields without names."""
    fields = []
    while offset < end:
        field, offset = _element(data, offset, end, None, strict, 2)
        fields.append(field)
    return fields


def _element(
    data: bytes, offset: int, end: int, shape: "Shape | None", strict: bool, depth: int
) -> "tuple[Field, int]":
    name, hint, shapes = shape if shape else (None, None, None)
    label = name or ""
    tag, start, stop = header(data, offset, end, label, strict)
    kind = _type_of(tag, offset, label)
    if not tag & 0x20:
        number = 4 if tag & 0x80 else tag
        return (name, kind, values.read(number, data, start, stop, label), hint), stop
    if depth >= MAX_DEPTH:
        raise DecodeError("at most %d levels expected" % MAX_DEPTH, offset, label)
    if tag == 0x30 and start - offset == 4 and stop - start < 0x100:
        kind += LONG
    if tag == 0x31:
        check_order(data, start, stop, label)
    fields: list[Field] = []
    at = start
    while at < stop:
        inner = None
        if shapes and (len(shapes) == 1 or len(fields) < len(shapes)):
            inner = shapes[0 if len(shapes) == 1 else len(fields)]
        field, at = _element(data, at, stop, inner, strict, depth + 1)
        fields.append(field)
    return (name, kind, fields, hint), stop


def _type_of(tag: int, offset: int, field: str) -> str:
    if tag & 0x80:
        return ("[%d]" if tag & 0x20 else "[%d] OCTET STRING") % (tag & 0x1F)
    kind = _name_of(tag)
    if not kind:
        raise DecodeError("a known tag expected, found %02X" % tag, offset, field)
    return kind


def skip(data: bytes, offset: int, end: int, strict: bool = False) -> int:
    """Checks the element at `offset` as `decode` does, building nothing; where it ends."""
    ends: list[int] = []  # of the constructed elements around, innermost last
    while True:
        tag, start, stop = header(data, offset, end, "", strict)
        _type_of(tag, offset, "")
        if tag & 0x20:
            if len(ends) + 1 >= MAX_DEPTH:
                raise DecodeError("at most %d levels expected" % MAX_DEPTH, offset)
            if tag == 0x31:
                check_order(data, start, stop, "")
            ends.append(end)
            end = stop
            stop = start
        elif tag != 4 and tag < 0x80:
            values.read(tag, data, start, stop, "")
        offset = stop
        while offset == end and ends:
            end = ends.pop()
        if not ends:
            return offset


def check_order(data: bytes, start: int, end: int, field: str) -> None:
    """The elements of a SET OF stand in ascending order of their octets (X.690, 11.6)."""
    before = b""
    while start < end:
        stop = header(data, start, end, field)[2]
        element = data[start:stop]
        if element < before:
            raise DecodeError("the elements of a SET OF in order expected", start, field)
        before = element
        start = stop


# The bit strings that nearly every payload has: digital signature, key agreement, signing of
# certificates.
KEY_USAGES = {"1": b"\x07\x80", "00001": b"\x03\x08", "000001": b"\x02\x04"}

_OCTETS = bytes(range(128))
_HEADS: "dict[str, tuple[bytes, int, bool]]" = {}  # of the types that were written so far


def encode(field: "Field") -> bytes:
    """The octets of a field; EncodeError where it has no distinguished encoding."""
    return _contents((field,), 0)


def _contents(fields: "tuple[Field] | list[Field]", depth: int) -> bytes:
    if depth > MAX_DEPTH:
        raise EncodeError("at most %d levels expected" % MAX_DEPTH)
    parts = []
    for name, kind, value, _ in fields:
        head = _HEADS.get(kind)
        if head is None:
            head = _head(kind, name)
        tag, number, long = head
        if number == 4 and type(value) is bytes:
            body = value
        elif number == 2 and type(value) is int and 0 <= value < 0x80:
            parts.append(tag + b"\x01" + _OCTETS[value : value + 1])
            continue
        elif type(value) is list:
            body = _contents(value, depth + 1)
            if number == 3:
                body = b"\x00" + body
            elif number == 0x31:
                _in_order(body, name)
            elif number != 0x30 and number != 4:
                raise EncodeError("one value expected, found a list", name or "")
        elif number == 3 and type(value) is str and value in KEY_USAGES:
            body = KEY_USAGES[value]
        elif number == 0:
            parts.append(_any(value, name))
            continue
        else:
            body = values.write(number, value, name or "")
        size = len(body)
        if long:
            if not 0x80 <= size < 0x100:
                raise EncodeError("128 to 255 octets expected, found %d" % size, name or "")
            parts.append(tag + b"\x82\x00" + bytes((size,)))
        elif size < 0x80:
            parts.append(tag + _OCTETS[size : size + 1])
        else:
            parts.append(tag + length_octets(size))
        parts.append(body)
    return b"".join(parts)


def _head(kind: str, name: "str | None") -> "tuple[bytes, int, bool]":
    """The tag of a type, the universal one that its value goes by, whether its length is long."""
    if kind == "ANY":
        head = (b"", 0, False)
    else:
        long = kind.endswith(LONG)
        base = kind[: -len(LONG)] if long else kind
        context = -1
        if base.startswith("["):
            close = base.find("]")
            for number in range(31):
                if base[1:close] == str(number):
                    context = number
            base = "SEQUENCE" if base[close:] == "]" else base[close + 2 :]
            if context < 0 or kind[close : close + 2] not in ("]", "] "):
                base = ""
        tag = tag_of(base)
        if not tag or (long and (tag != 0x30 or context >= 0)):
            raise EncodeError("an ASN.1 type expected, found '%s'" % kind, name or "")
        octet = tag if context < 0 else 0x80 | tag & 0x20 | context
        head = (bytes((octet,)), 2 if tag == 10 else tag, long)  # ENUMERATED as INTEGER
    _HEADS[kind] = head
    return head


def _any(value: "object", name: "str | None") -> bytes:
    """One element that is octets already; its header is checked, and that nothing follows."""
    if type(value) is not bytes:
        raise EncodeError("octets expected", name or "")
    try:
        if header(value, 0, len(value))[2] == len(value):
            return value
    except DecodeError as error:
        raise EncodeError("one element expected: %s" % error, name or "") from None
    raise EncodeError("one element expected, octets follow it", name or "")


def _in_order(body: bytes, name: "str | None") -> None:
    try:
        check_order(body, 0, len(body), name or "")
    except DecodeError as error:
        raise EncodeError(error.what, name or "") from None
