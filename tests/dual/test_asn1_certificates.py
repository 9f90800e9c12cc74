"""ASN.1 payloads with certificates in them on both Pythons: read to the leaf, written alike.

The certificate, of the profile's form for the device 00-DB-12-34-56-78-90-A0, and the request were
made with cryptography 50, the payloads with asn1tools 0.167 from protocol/asn1, for this file.
"""

import gc

from gbcs.asn1 import asn1, der
from gbcs.errors import DecodeError

CERTIFICATE = (
    "308201ab30820151a00302010202100123456789abcdef0123456789abcdef300a06082a8648ce3d04030230"
    "1a310b3009060355040b0c023037310b300906035504030c0254313020170d3136303430363030303030305a"
    "180f39393939313233313233353935395a30003059301306072a8648ce3d020106082a8648ce3d0301070342"
    "000410a490523955cbc2c2d3452458fcdf97c4733469f187905f5cb67347f4244eb8725142ef53dc5f96cd9b"
    "28a7cdb01259e21aad08c2c137fe1689d6315d37a37fa3819030818d300e0603551d0f0101ff040403020780"
    "30110603551d0e040a0408000102030405060730350603551d110101ff042b3029a02706082b060105050708"
    "04a01b3019060d2a863a0001848fb90f01020201040800db1234567890a0301c0603551d200101ff04123010"
    "300e060c2a863a0001edee400102010430130603551d23040c300a800808090a0b0c0d0e0f300a06082a8648"
    "ce3d040302034800304502200f6585e3bb3b54eba6b89fcdddd1abbabd6fc1059460e1da3458c6c034afbd60"
    "022100cc725317f9cd16ec9f0ca9b35e1cccbe74deb0a0e3eeb3a2df285369a5fd30f9"
)
REQUEST = (
    "3082010d3081b4020100300d310b300906035504030c0244313059301306072a8648ce3d020106082a8648ce"
    "3d0301070342000410a490523955cbc2c2d3452458fcdf97c4733469f187905f5cb67347f4244eb8725142ef"
    "53dc5f96cd9b28a7cdb01259e21aad08c2c137fe1689d6315d37a37fa045304306092a864886f70d01090e31"
    "36303430320603551d11042b3029a02706082b06010505070804a01b3019060d2a863a0001848fb90f010202"
    "01040800db1234567890a0300a06082a8648ce3d040302034800304502207ce2fa16b8724c161aa9edb6af0d"
    "18fb1fbfb893a872799ffaaba12f8635dc02022100c78bcaf5cf6e2a723d24360222db4ed24297d0f744d47a"
    "54036bb845db5a354a"
)
PAYLOADS = (
    (
        "UpdateCredentialsCommand",
        "3082020c303702010880080001020304050607810101a20a02010203020308020101830203e9840100a5083006020100020100a6083006020103020105308201bc308201b8"
        + CERTIFICATE
        + "3007020102030207803000180f32303330303131353039303030305a",
    ),
    ("IssueCredentialsResponse", REQUEST),
    ("Certificate", CERTIFICATE),
    ("ProvideDeviceCertificateResponse", CERTIFICATE),
    ("JoinDeviceCommand", "308201bf020103040800db1234567890a0020101" + CERTIFICATE),
)


def octets_of(name, index=0):
    return [bytes.fromhex(text) for other, text in PAYLOADS if other == name][index]


def read(name, octets):
    return asn1.decode(name, octets, 0, len(octets))


def value(field, *path):
    for name in path:
        found = [child for child in field[2] if child[0] == name]
        field = found[0] if found else field[2][name]
    return field[2]


def refused(name, octets):
    """The offset at which it is refused, or None."""
    offset = None
    try:
        field = read(name, octets)
        asn1.forget()
        assert der.encode(field) == octets
    except DecodeError as error:
        offset = error.offset
    assert offset is None or 0 <= offset <= len(octets)
    return offset


def test_what_the_peer_wrote_is_read_and_written_alike():
    for name, text in PAYLOADS:
        octets = bytes.fromhex(text)
        field = read(name, octets)
        asn1.forget()  # as a board does that is short of memory
        assert der.encode(field) == octets, name
        assert der.skip(octets, 0, len(octets)) == len(octets)
        closed = asn1.decode(name, b"\xff" + octets + b"\xff", 1, 1 + len(octets), False)
        assert der.encode(closed) == octets, name


def test_certificates_are_read_to_the_leaf():
    field = read("Certificate", bytes.fromhex(CERTIFICATE))
    body = ("tbs_certificate", "extensions", "extensions")
    serial = value(field, *body, 2, "extn_value", "subject_alt_name", "other_name", "value")
    assert serial[0][2][1][2] == bytes.fromhex("00db1234567890a0")
    assert value(field, "tbs_certificate", "validity", "not_before") == "160406000000Z"
    assert [child[0] for child in value(field, "signature_value", "ecdsa_sig_value")] == ["r", "s"]


def test_payloads_cut_at_any_octet_are_refused():
    for name, text in PAYLOADS:
        octets = bytes.fromhex(text)
        for end in range(0, len(octets), 1 if len(octets) < 200 else 23):
            assert refused(name, octets[:end]) is not None


def test_any_octet_changed_is_refused_or_is_another_value():
    for name, text in PAYLOADS:
        octets = bytearray(bytes.fromhex(text))
        for at in range(0, len(octets), 1 if len(octets) < 120 else 13):
            gc.collect()  # trees of all sizes come and go: a small heap must not fall to pieces
            for change in (1, 0x20, 0x81, 0xFF):
                octets[at] ^= change
                refused(name, bytes(octets))
                octets[at] ^= change
