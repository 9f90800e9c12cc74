"""Certificates of the GBCS profile, and the key files that go with them.

`read` walks the octets once and keeps what a device acts on, without the tree that gbcs.asn1.asn1
builds. The profile is X.509 version 3 with ECDSA and SHA-256 on P-256, the public key not
compressed; anything else is a BadCertificate, octets that are no DER a DecodeError. Nothing here
checks dates: who has a clock compares. A point is not checked to be on the curve: the back end
does that when it takes the key.

Sources: RFC 5280, RFC 4108 (hardwareModuleName), RFC 5480; the profile is what the certificates
of the reference key store have in common, 416, of which two write the s of their signature with
a 00 too many. Key files are read by gbcs.asn1.keyfile, and by these names here.
"""

from gbcs.asn1 import values
from gbcs.asn1.der import header
from gbcs.asn1.keyfile import finish, public_key, read_private_key, read_public_key, take, unpem
from gbcs.compat import TYPE_CHECKING
from gbcs.errors import BadCertificate, BadSignature, DecodeError
from gbcs.record import Record

if TYPE_CHECKING:
    from gbcs.interfaces import Crypto

# Object identifiers, as their contents octets.
_ECDSA_SHA256 = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"  # the whole algorithm
_HARDWARE_MODULE_NAME = b"\x2b\x06\x01\x05\x05\x07\x08\x04"
_UNIT = b"\x55\x04\x0b"
_UNIQUE_IDENTIFIER = b"\x55\x04\x2d"
_ATTRIBUTES = {b"\x55\x04\x03": "CN", b"\x55\x04\x0a": "O", _UNIT: "OU", b"\x55\x04\x06": "C"}
_EXTENSIONS = b"\x55\x1d"  # before one octet more:
_SUBJECT_KEY_ID = 14
_KEY_USAGE = 15
_ALTERNATIVE_NAME = 17
_BASIC_CONSTRAINTS = 19
_POLICIES = 32
_AUTHORITY_KEY_ID = 35


__all__ = ("Certificate", "read", "read_private_key", "read_public_key", "unpem", "verify")


class Certificate(Record):
    """What a certificate says.

    `octets` are all of it, `tbs_start` and `tbs_end` bound what is signed, `signature` is r || s,
    64 octets. `issuer` and `subject` are for people: "OU=07, CN=Z1". `entity_id` is the EUI-64 of
    the subject, or None (an issuing authority); `role` the RemotePartyRole of an organisation,
    None for a device. `not_before` and `not_after` are "YYYYMMDDHHMMSSZ", which compare as text.
    `public_key` is the point, 65 octets. `key_usage` is a str of bits as in the certificate.
    """

    __slots__ = (
        "octets",
        "tbs_start",
        "tbs_end",
        "serial",
        "issuer",
        "not_before",
        "not_after",
        "subject",
        "entity_id",
        "role",
        "public_key",
        "key_usage",
        "subject_key_id",
        "authority_key_id",
        "signature",
    )  # fmt: skip

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.tbs_start = 0
        self.tbs_end = 0
        self.serial = 0
        self.issuer = ""
        self.not_before = ""
        self.not_after = ""
        self.subject = ""
        self.entity_id: bytes | None = None
        self.role: int | None = None
        self.public_key = b""
        self.key_usage = ""
        self.subject_key_id: bytes | None = None
        self.authority_key_id: bytes | None = None
        self.signature = b""

    @property
    def is_signing(self) -> bool:
        """Whether the key is for digital signatures of messages."""
        return self.key_usage[:1] == "1"

    @property
    def is_agreement(self) -> bool:
        """Whether the key is for key agreement."""
        return self.key_usage[4:5] == "1"

    @property
    def is_issuing(self) -> bool:
        """Whether the key is for signing certificates."""
        return self.key_usage[5:6] == "1"


def read(octets: bytes) -> Certificate:
    """The certificate that fills `octets`; DecodeError or BadCertificate."""
    c = Certificate(octets)
    start, stop = take(octets, 0, len(octets), 0x30, "certificate")
    finish(stop, len(octets), "certificate")
    at, c.tbs_end = take(octets, start, stop, 0x30, "tbs_certificate")
    c.tbs_start = start
    _read_signed(c, octets, at, c.tbs_end)
    at = _algorithm(octets, c.tbs_end, stop, "signature_algorithm")
    start, at = take(octets, at, stop, 0x03, "signature_value")
    finish(at, stop, "certificate")
    c.signature = _signature(octets, start, at)
    return c


def verify(certificate: Certificate, key: "object", crypto: "Crypto") -> None:
    """Raises BadSignature where `key`, the issuer's public key, did not sign the certificate.

    `key` is as `crypto.public_key` gives it; `crypto` is a back end of gbcs.crypto.
    """
    signed = certificate.octets[certificate.tbs_start : certificate.tbs_end]
    if not crypto.verify(key, signed, certificate.signature):
        raise BadSignature("the certificate's signature is not the issuer's")


def _read_signed(c: Certificate, data: bytes, at: int, end: int) -> None:
    start, at = take(data, at, end, 0xA0, "version")
    if data[start:at] != b"\x02\x01\x02":
        raise BadCertificate("version 3 expected")
    start, at = take(data, at, end, 0x02, "serial_number")
    c.serial = values.read_integer(data, start, at, "serial_number")
    at = _algorithm(data, at, end, "signature")
    start, at = take(data, at, end, 0x30, "issuer")
    c.issuer = _name(data, start, at, None)
    start, at = take(data, at, end, 0x30, "validity")
    c.not_before, start = _time(data, start, at, "not_before")
    c.not_after, start = _time(data, start, at, "not_after")
    finish(start, at, "validity")
    start, at = take(data, at, end, 0x30, "subject")
    c.subject = _name(data, start, at, c)
    start, at = take(data, at, end, 0x30, "subject_public_key_info")
    c.public_key = public_key(data, start, at)
    start, at = take(data, at, end, 0xA3, "extensions")
    finish(at, end, "tbs_certificate")
    inner, stop = take(data, start, at, 0x30, "extensions")
    finish(stop, at, "extensions")
    seen = []
    while inner < stop:
        start, inner = take(data, inner, stop, 0x30, "extension")
        seen.append(_extension(c, data, start, inner))
        if seen.count(seen[-1]) > 1:
            raise BadCertificate("no extension twice expected")
    if not c.key_usage:
        raise BadCertificate("a key usage expected")


def _extension(c: Certificate, data: bytes, at: int, end: int) -> bytes:
    """Takes what an extension says into `c`; its identifier."""
    start, at = take(data, at, end, 0x06, "extn_id")
    identifier = data[start:at]
    values.read_oid(data, start, at, "extn_id")
    critical = at < end and data[at] == 0x01
    if critical:
        start, at = take(data, at, end, 0x01, "critical")
        if data[start:at] != b"\xff":
            raise DecodeError("FF expected", start, "critical")
    start, stop = take(data, at, end, 0x04, "extn_value")
    finish(stop, end, "extension")
    kind = identifier[2] if len(identifier) == 3 and identifier[:2] == _EXTENSIONS else 0
    if kind == _KEY_USAGE:
        start, at = take(data, start, stop, 0x03, "key_usage")
        finish(at, stop, "key_usage")
        usage = values.read_bits(data, start, at, "key_usage")
        c.key_usage = usage if isinstance(usage, str) else ""
    elif kind == _SUBJECT_KEY_ID:
        start, at = take(data, start, stop, 0x04, "subject_key_id")
        finish(at, stop, "subject_key_id")
        c.subject_key_id = data[start:at]
    elif kind == _AUTHORITY_KEY_ID:
        start, at = take(data, start, stop, 0x30, "authority_key_id")
        finish(at, stop, "authority_key_id")
        if start < at and data[start] == 0x80:
            start, at = take(data, start, at, 0x80, "authority_key_id")
            c.authority_key_id = data[start:at]
    elif kind == _ALTERNATIVE_NAME:
        c.entity_id = _hardware_serial(data, start, stop) or c.entity_id
    elif critical and kind != _BASIC_CONSTRAINTS and kind != _POLICIES:
        raise BadCertificate("no critical extension outside the profile expected")
    return identifier


def _hardware_serial(data: bytes, at: int, end: int) -> "bytes | None":
    """The EUI-64 in a subjectAltName that holds a hardwareModuleName."""
    start, at = take(data, at, end, 0x30, "subject_alt_name")
    finish(at, end, "subject_alt_name")
    while start < at:
        tag, name, stop = header(data, start, at, "general_name", True)
        start = stop
        if tag == 0xA0:
            oid, name = take(data, name, stop, 0x06, "type_id")
            if data[oid:name] == _HARDWARE_MODULE_NAME:
                name, stop = take(data, name, stop, 0xA0, "value")
                name, stop = take(data, name, stop, 0x30, "hardware_module_name")
                name = take(data, name, stop, 0x06, "hw_type")[1]
                name, after = take(data, name, stop, 0x04, "hw_serial_num")
                finish(after, stop, "hardware_module_name")
                if after - name != 8:
                    raise BadCertificate("an EUI-64 as hardware serial number expected")
                return data[name:after]
    return None


def _name(data: bytes, at: int, end: int, c: "Certificate | None") -> str:
    """A name for people; the subject's role and identifier go into `c`."""
    parts = []
    while at < end:
        start, at = take(data, at, end, 0x31, "name")
        start, stop = take(data, start, at, 0x30, "name")
        finish(stop, at, "name")
        start, value = take(data, start, stop, 0x06, "attribute_type")
        oid = data[start:value]
        tag, value, after = header(data, value, stop, "attribute_value", True)
        finish(after, stop, "name")
        if oid == _UNIQUE_IDENTIFIER:
            if tag != 0x03 or after - value != 9 or data[value] != 0:
                raise BadCertificate("an EUI-64 as unique identifier expected")
            if c is not None:
                c.entity_id = data[value + 1 : after]
            continue
        text = values.read(tag, data, value, after, "attribute_value")
        if not isinstance(text, str):
            raise BadCertificate("a name of printable characters expected")
        if oid == _UNIT and c is not None:
            c.role = _role(text)
        parts.append("%s=%s" % (_ATTRIBUTES.get(oid, oid.hex()), text))
    return ", ".join(parts)


def _role(text: str) -> "int | None":
    """The RemotePartyRole that an organisational unit of two hexadecimal digits names."""
    if len(text) != 2 or [c for c in text if c not in "0123456789ABCDEFabcdef"]:
        return None
    return int(text, 16)


def _time(data: bytes, at: int, end: int, field: str) -> "tuple[str, int]":
    tag, start, stop = header(data, at, end, field, True)
    if tag != 0x17 and tag != 0x18:
        raise DecodeError("17 or 18 expected, found %02X" % tag, at, field)
    text = str(values.read(tag, data, start, stop, field))
    if tag == 0x17:
        text = ("19" if text >= "5" else "20") + text  # RFC 5280, 4.1.2.5.1
    return text, stop


def _algorithm(data: bytes, at: int, end: int, field: str) -> int:
    stop = take(data, at, end, 0x30, field)[1]
    if data[at:stop] != _ECDSA_SHA256:
        raise BadCertificate("ecdsa-with-SHA256 expected as %s" % field)
    return stop


def _signature(data: bytes, at: int, end: int) -> bytes:
    """r || s of the Ecdsa-Sig-Value in a BIT STRING's contents."""
    if at == end or data[at] != 0:
        raise DecodeError("00, no unused bits, expected", at, "signature_value")
    at, stop = take(data, at + 1, end, 0x30, "signature_value")
    finish(stop, end, "signature_value")
    signature = b""
    for field in ("r", "s"):
        start, at = take(data, at, stop, 0x02, field)
        if not 0 < at - start <= 33:
            raise DecodeError("1 to 33 octets expected, found %d" % (at - start), start, field)
        value = int.from_bytes(data[start:at], "big")
        if data[start] > 0x7F or not 0 < value < 1 << 256:
            raise BadCertificate("%s of 256 bits, positive, expected" % field)
        signature += value.to_bytes(32, "big")
    finish(at, stop, "signature_value")
    return signature
