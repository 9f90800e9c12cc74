"""Certificates and key files on both Pythons: what pyca/cryptography 50 made is read."""

from gbcs.asn1 import x509
from gbcs.errors import BadCertificate, DecodeError

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


def test_the_certificate_reader_takes_what_a_device_acts_on():
    c = x509.read(bytes.fromhex(CERTIFICATE))
    assert c.entity_id == bytes.fromhex("00db1234567890a0")
    assert c.serial == 0x0123456789ABCDEF0123456789ABCDEF
    assert (c.issuer, c.subject, c.role) == ("OU=07, CN=T1", "", None)
    assert (c.not_before, c.not_after) == ("20160406000000Z", "99991231235959Z")
    assert (c.is_signing, c.is_agreement, c.is_issuing) == (True, False, False)
    assert c.subject_key_id == bytes(range(8))
    assert c.authority_key_id == bytes(range(8, 16))
    assert c.public_key[:2] == b"\x04\x10"
    assert len(c.public_key) == 65
    assert len(c.signature) == 64
    assert c == x509.read(c.octets)


def test_damaged_certificates_raise_typed_errors():
    octets = bytearray(bytes.fromhex(CERTIFICATE))
    refused = 0
    for at in range(0, len(octets), 3):
        for change in (1, 0x80, 0xFF):
            octets[at] ^= change
            try:
                x509.read(bytes(octets))
            except (BadCertificate, DecodeError):
                refused += 1
            octets[at] ^= change
    assert refused > 150


def test_key_files_are_read():
    # RFC 5915 in RFC 5958, the private key 0B; the same made by cryptography 50
    text = b"""-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAuhRANCAAQ+0RO3iDtMWQY4N52wwhzaFnQu0CVQ
SL9DM5HTdLwh0ZCZIJrMxMiiJMhDr6T0xooJDQTaXpiJ2uL47vzoKjdA
-----END PRIVATE KEY-----
"""
    assert x509.read_private_key(text) == bytes(31) + b"\x0b"
    assert x509.read_private_key(x509.unpem(text)) == bytes(31) + b"\x0b"
