"""Keys as they stand in certificates and files: SubjectPublicKeyInfo, PKCS#8, PEM.

On P-256 and not compressed, as GBCS has them. That a point is on the curve, or a private key in
range, is for the back end to check. No message holds a key.

Sources: RFC 5480, RFC 5958, RFC 5915, RFC 7468. Holds for the keys of the reference key store.
"""

import binascii

from gbcs.asn1 import der
from gbcs.errors import BadCertificate, BadKey, DecodeError

_EC_PUBLIC_KEY = b"\x2a\x86\x48\xce\x3d\x02\x01"
_PRIME256V1 = b"\x2a\x86\x48\xce\x3d\x03\x01\x07"


def take(data: bytes, at: int, end: int, tag: int, field: str) -> "tuple[int, int]":
    """Where the contents of the element at `at` start and stop; it must have this tag."""
    actual, start, stop = der.header(data, at, end, field, True)
    if actual != tag:
        raise DecodeError("%02X expected, found %02X" % (tag, actual), at, field)
    return start, stop


def finish(at: int, end: int, field: str) -> None:
    if at != end:
        raise DecodeError("end expected, %d octets left" % (end - at), at, field)


def public_key(data: bytes, at: int, end: int) -> bytes:
    """The point in a SubjectPublicKeyInfo's contents."""
    start, stop = take(data, at, end, 0x30, "algorithm")
    if not _is_p256(data, start, stop):
        raise BadCertificate("a public key on P-256 expected")
    start, at = take(data, stop, end, 0x03, "subject_public_key")
    finish(at, end, "subject_public_key_info")
    if at - start != 66 or data[start] != 0 or data[start + 1] != 4:
        raise BadCertificate("a point of 65 octets, 04 first, expected")
    return data[start + 1 : at]


def _is_p256(data: bytes, at: int, end: int) -> bool:
    start, at = take(data, at, end, 0x06, "algorithm")
    if data[start:at] != _EC_PUBLIC_KEY or at == end or data[at] != 0x06:
        return False
    start, at = take(data, at, end, 0x06, "parameters")
    finish(at, end, "algorithm")
    return data[start:at] == _PRIME256V1


def read_public_key(data: bytes) -> bytes:
    """The point, 65 octets, of a SubjectPublicKeyInfo, DER or PEM; DecodeError, BadCertificate."""
    data = _binary(data)
    start, stop = take(data, 0, len(data), 0x30, "subject_public_key_info")
    finish(stop, len(data), "subject_public_key_info")
    return public_key(data, start, stop)


def read_private_key(data: bytes) -> bytes:
    """The private key, 32 octets, in a PKCS#8 file, DER or PEM; DecodeError, or BadKey.

    That it is in range is for the back end to check.
    """
    data = _binary(data)
    at, end = take(data, 0, len(data), 0x30, "private_key_info")
    finish(end, len(data), "private_key_info")
    start, at = take(data, at, end, 0x02, "version")
    if data[start:at] not in (b"\x00", b"\x01"):
        raise BadKey("a private key of version 0 or 1 expected")
    start, at = take(data, at, end, 0x30, "private_key_algorithm")
    if not _is_p256(data, start, at):
        raise BadKey("a private key on P-256 expected")
    start, at = take(data, at, end, 0x04, "private_key")
    at, end = take(data, start, at, 0x30, "private_key")
    start, at = take(data, at, end, 0x02, "version")
    start, stop = take(data, at, end, 0x04, "private_key")
    if data[at - 1 : at] != b"\x01" or stop - start != 32:
        raise BadKey("a private key of 32 octets expected")
    return data[start:stop]


def _binary(data: bytes) -> bytes:
    return unpem(data) if data.lstrip()[:5] == b"-----" else data


_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def unpem(data: bytes) -> bytes:
    """The octets inside the first PEM block of `data`; DecodeError where there is none."""
    begin = data.find(b"-----BEGIN ")
    start = data.find(b"\n", begin)
    stop = data.find(b"-----END ", begin)
    if begin < 0 or not begin < start < stop:
        raise DecodeError("-----BEGIN and -----END lines expected", 0, "pem")
    text = b"".join(data[start:stop].split())
    body = text.rstrip(b"=")
    if len(text) % 4 or len(text) - len(body) > 2:
        raise DecodeError("base64 in groups of four expected", start, "pem")
    for octet in body:
        if octet not in _BASE64:
            raise DecodeError("base64 expected, found %02X" % octet, start, "pem")
    return binascii.a2b_base64(text)
