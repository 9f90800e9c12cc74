"""The one door to the three payload forms: DLMS, GBZ and ASN.1.

A payload's first octets say its form (GBCS 7.2.9): `D9`, `DA`, `0F` an access request, an access
response, a data notification; `01 09` GBZ; else one ASN.1 element. The use case of the message
code must be of that form. The codecs are imported when the first payload of their form comes.
"""

from gbcs import usecases
from gbcs.compat import SKIPS_BY_SCHEMA, TYPE_CHECKING
from gbcs.errors import DecodeError, EncodeError
from gbcs.message import Message
from gbcs.record import Record

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

DLMS = "DLMS"
GBZ = "GBZ"
ASN1 = "ASN.1"

_KINDS = {"precommand": "command"}  # a pre-command's payload is its command's


def notification(counter: int, body: bytes) -> bytes:
    """A data notification with these A-XDR octets: the payload of an alert that is DLMS.

    GBCS gives its id the low three octets of the alert's counter.
    """
    return b"\x0f\x20" + (counter & 0xFFFFFF).to_bytes(3, "big") + b"\x00" + body


class Asn1(Record):
    """An ASN.1 payload: the name of its type, and the field it decodes to."""

    __slots__ = ("type_name", "field")

    def __init__(self, type_name: str, field: tuple) -> None:
        self.type_name = type_name
        self.field = field


def form(octets: bytes, start: int, end: int) -> str:
    """DLMS, GBZ or ASN1, by the first octets."""
    first = octets[start] if start < end else -1
    if first == 0xD9 or first == 0xDA or first == 0x0F:
        return DLMS
    if first == 1 and end - start > 1 and octets[start + 1] == 9:
        return GBZ
    if first == 0x30 or first == 2 or first == 4 or first == 5:
        return ASN1
    octet = "%02X" % first if first >= 0 else "nothing"
    raise DecodeError(
        "D9, DA, 0F (DLMS), 0109 (GBZ) or 30, 02, 04, 05 (ASN.1) expected, found " + octet,
        start,
        "content",
    )


def use_case(m: Message) -> "usecases.UseCase":
    """The registry's row for `m`; DecodeError at the message code where there is none.

    Two use cases may share a code (the generic alerts): the payload's form tells them apart.
    """
    case = usecases.find(m.code, form(m.octets, m.content_start, m.content_end))
    if case is None:
        of_another_form = usecases.find(m.code)
        if of_another_form is not None:
            raise DecodeError(
                "a payload of the form %s (%s) expected"
                % (of_another_form.form, of_another_form.name),
                m.content_start,
                "content",
            )
        raise DecodeError(
            "a known message code expected, found 0x%04X" % m.code, code_offset(m), "message_code"
        )
    return case


def code_offset(m: Message) -> int:
    """Where the message code stands in the octets of `m`."""
    at = m.start + (42 if m.date_time else 30)
    first = m.octets[at]  # the length of the other information
    return at + (first - 0x7F if first > 0x80 else 1)


_codecs: "dict[str | None, Any]" = {}


def _codec(which: "str | None") -> "Any":
    """The module of a form, kept: to import it at each payload takes as long as a short one."""
    codec: Any
    if which == DLMS:
        from gbcs.dlms import dlms as codec
    elif which == GBZ:
        from gbcs.gbz import gbz as codec
    else:
        from gbcs.asn1 import asn1 as codec
    _codecs[which] = codec
    return codec


def decode(m: Message, case: "usecases.UseCase | None" = None) -> Record:
    """The payload of `m`, named: a record of gbcs.dlms.dlms or gbcs.gbz.gbz, or an Asn1.

    Raises DecodeError where it is not what its use case has, to the last octet.
    """
    if case is None:
        case = use_case(m)
    kind = _KINDS.get(m.kind, m.kind)
    which = case.form
    codec = _codecs.get(which)
    if codec is None:
        codec = _codec(which)
    if which != ASN1:
        return codec.decode(m.octets, m.content_start, m.content_end, m.code, kind)
    asn1 = codec
    name = asn1.payload_type(m.code, kind)
    if name is None:
        raise DecodeError("no %s of this use case is known" % kind, m.content_start, "content")
    return Asn1(name, asn1.decode(name, m.octets, m.content_start, m.content_end))


def encode(record: "Any") -> bytes:
    """The octets of a payload, whatever its form; EncodeError where it has none."""
    name = type(record).__name__
    if name == "Asn1":
        from gbcs.asn1 import der

        return der.encode(record.field)
    if name in ("AccessRequest", "AccessResponse", "DataNotification"):
        from gbcs.dlms import dlms

        return dlms.encode(record)
    if name in ("Gbz", "GbzAlert"):
        from gbcs.gbz import gbz

        return gbz.encode(record)
    raise EncodeError("a payload expected, found " + name)


def skip(
    m: Message, case: "usecases.UseCase | None" = None, dates: bool = SKIPS_BY_SCHEMA
) -> None:
    """Walks the payload of `m` to its last octet without building it; DecodeError as `decode`.

    Which octet strings of an access request are dates its template says: without `dates` they are
    left to whoever reads that anyway.
    """
    if case is None:
        case = use_case(m)
    elif form(m.octets, m.content_start, m.content_end) != case.form:
        raise DecodeError(
            "a payload of the form %s (%s) expected" % (case.form, case.name),
            m.content_start,
            "content",
        )
    if case.form == DLMS:
        from gbcs.dlms import dlms

        dlms.skip(m.octets, m.content_start, m.content_end, m.code if dates else None)
    elif case.form == GBZ:
        from gbcs.gbz import gbz

        if m.kind == "alert":
            gbz.skip_alert(m.octets, m.content_start, m.content_end, m.code)
        else:
            gbz.skip(m.octets, m.content_start, m.content_end)
    else:
        _skip_asn1(m)


def _skip_asn1(m: Message) -> None:
    """By its schema; on a board, whose device decodes it by its schema next, as DER."""
    if not SKIPS_BY_SCHEMA:
        from gbcs.asn1 import der

        end = der.skip(m.octets, m.content_start, m.content_end)
        if end != m.content_end:
            raise DecodeError("end of content expected", end, "content")
        return
    from gbcs.asn1 import asn1

    kind = _KINDS.get(m.kind, m.kind)
    name = asn1.payload_type(m.code, kind)
    if name is None:
        raise DecodeError("no %s of this use case is known" % kind, m.content_start, "content")
    asn1.skip(name, m.octets, m.content_start, m.content_end)


def encrypted_blocks(record: "Any") -> "list[tuple[int, str, bytes]]":
    """The encrypted blocks of a payload: (index of the item or component, its name, the block)."""
    name = type(record).__name__
    if name == "Gbz":
        return [
            (index, component.name, component.block)
            for index, component in enumerate(record.components)
            if component.block is not None
        ]
    if name == "GbzAlert":
        component = record.component
        if component is None or component.block is None:
            return []
        return [(0, component.name, component.block)]
    if name == "Asn1":
        return []
    from gbcs.dlms import dlms

    return dlms.encrypted_blocks(record)


def decode_plaintext(m: Message, record: "Any", index: int, octets: bytes) -> "list[tuple]":
    """The fields of an opened block; offsets in errors are those of the plaintext."""
    name = type(record).__name__
    if name == "Gbz" or name == "GbzAlert":
        from gbcs.gbz import gbz

        component = record.components[index] if name == "Gbz" else record.component
        return gbz.decode_plaintext(octets, component)
    from gbcs.dlms import dlms

    return [dlms.decode_plaintext(octets, m.code, index)]
