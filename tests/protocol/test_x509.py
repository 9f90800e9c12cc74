"""Certificates and key files of the GBCS profile, against pyca/cryptography."""

import base64
import contextlib
import datetime

import pytest
from cryptography import x509 as peer
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, utils
from cryptography.x509.oid import NameOID

from gbcs.asn1 import x509
from gbcs.errors import BadCertificate, BadKey, BadSignature, DecodeError, GbcsError

DER = serialization.Encoding.DER
PEM = serialization.Encoding.PEM
UNIQUE_IDENTIFIER = peer.ObjectIdentifier("2.5.4.45")
HARDWARE_MODULE_NAME = peer.ObjectIdentifier("1.3.6.1.5.5.7.8.4")
EUI = bytes.fromhex("00DB1234567890A0")
ISSUER = ec.derive_private_key(7, ec.SECP256R1())
KEY = ec.derive_private_key(11, ec.SECP256R1())


class Crypto:
    """The part of a back end that verify needs, by the peer."""

    @staticmethod
    def verify(key, octets, signature):
        halves = [int.from_bytes(signature[at : at + 32], "big") for at in (0, 32)]
        try:
            key.verify(utils.encode_dss_signature(*halves), octets, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


def name(*attributes):
    oids = {"OU": NameOID.ORGANIZATIONAL_UNIT_NAME, "CN": NameOID.COMMON_NAME}
    return peer.Name([peer.NameAttribute(oids[key], text) for key, text in attributes])


def usage(word):
    words = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
        "key_cert_sign crl_sign encipher_only decipher_only"
    )
    return peer.KeyUsage(**{each: each == word for each in words.split()})


def builder(**changes):
    """A device's certificate, but for what is changed."""
    serial = b"\x30\x19\x06\x0d\x2a\x86\x3a\x00\x01\x84\x8f\xb9\x0f\x01\x02\x02\x01\x04\x08" + EUI
    what = {
        "subject": peer.Name([]),
        "key": KEY.public_key(),
        "usage": usage("digital_signature"),
        "serial": serial,
        "until": datetime.datetime(9999, 12, 31, 23, 59, 59),
        **changes,
    }
    made = (
        peer.CertificateBuilder()
        .issuer_name(name(("OU", "07"), ("CN", "T1")))
        .subject_name(what["subject"])
        .public_key(what["key"])
        .serial_number(0x0123456789ABCDEF)
        .not_valid_before(datetime.datetime(2016, 4, 6))
        .not_valid_after(what["until"])
    )
    if what["usage"]:
        made = made.add_extension(what["usage"], critical=True)
    if what["serial"]:
        other = peer.OtherName(HARDWARE_MODULE_NAME, what["serial"])
        made = made.add_extension(peer.SubjectAlternativeName([other]), critical=True)
    made = made.add_extension(peer.SubjectKeyIdentifier(b"subjectk"), critical=False)
    authority = peer.AuthorityKeyIdentifier(b"authorit", None, None)
    return made.add_extension(authority, critical=False)


def sign(made, key=ISSUER, algorithm=None):
    return made.sign(key, algorithm or hashes.SHA256()).public_bytes(DER)


def files(shared, suffix):
    return sorted((shared / "rtds" / "keystore").glob("*" + suffix))


def test_reference_certificates_say_what_the_peer_reads(shared):
    count = 0
    for path in files(shared, ".pem"):
        data = path.read_bytes()
        if b"BEGIN CERTIFICATE" not in data:
            continue
        count += 1
        octets = x509.unpem(data)
        ours = x509.read(octets)
        theirs = peer.load_pem_x509_certificate(data)
        assert octets == theirs.public_bytes(DER)
        assert ours.serial == theirs.serial_number
        assert ours.octets[ours.tbs_start : ours.tbs_end] == theirs.tbs_certificate_bytes
        assert ours.not_before == theirs.not_valid_before_utc.strftime("%Y%m%d%H%M%SZ")
        assert ours.not_after == theirs.not_valid_after_utc.strftime("%Y%m%d%H%M%SZ")
        point = theirs.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        assert ours.public_key == point
        extensions = theirs.extensions
        key_usage = extensions.get_extension_for_class(peer.KeyUsage).value
        assert ours.is_signing == key_usage.digital_signature
        assert ours.is_agreement == key_usage.key_agreement
        assert ours.is_issuing == key_usage.key_cert_sign
        subject_key_id = extensions.get_extension_for_class(peer.SubjectKeyIdentifier).value
        assert ours.subject_key_id == subject_key_id.digest
        with contextlib.suppress(peer.ExtensionNotFound):
            authority = extensions.get_extension_for_class(peer.AuthorityKeyIdentifier).value
            assert ours.authority_key_id == authority.key_identifier
        issuer = {"OU": NameOID.ORGANIZATIONAL_UNIT_NAME, "CN": NameOID.COMMON_NAME}
        for part in ours.issuer.split(", "):
            key, text = part.split("=")
            assert theirs.issuer.get_attributes_for_oid(issuer[key])[0].value == text
        roles = theirs.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
        assert ours.role == (int(roles[0].value, 16) if roles else None)
        identifiers = theirs.subject.get_attributes_for_oid(UNIQUE_IDENTIFIER)
        if identifiers:
            assert ours.entity_id == identifiers[0].value[-8:]
        else:
            names = extensions.get_extension_for_class(peer.SubjectAlternativeName).value
            assert ours.entity_id == names[0].value[-8:]
    assert count == 416


def test_reference_certificates_are_of_those_their_files_name(shared):
    other = []
    for path in files(shared, "s.pem") + files(shared, "a.pem"):
        data = path.read_bytes()
        if b"BEGIN CERTIFICATE" in data:
            certificate = x509.read(x509.unpem(data))
            if certificate.entity_id.hex() != path.name[:16]:
                other.append(path.name)
            assert certificate.is_signing == ("-ds" in path.name)
    assert other == ["90b3d51f30000007-ka.pem"]


def test_reference_private_keys_are_those_of_the_certificates(shared):
    count = 0
    for path in files(shared, ".key"):
        data = path.read_bytes()
        theirs = serialization.load_pem_private_key(data, None)
        secret = x509.read_private_key(data)
        assert int.from_bytes(secret, "big") == theirs.private_numbers().private_value
        assert x509.read_private_key(x509.unpem(data)) == secret
        count += 1
    assert count == 18


def test_a_public_key_alone_is_read(shared):
    data = (shared / "rtds" / "keystore" / "fffffffffffffffe-ka.pem").read_bytes()
    point = serialization.load_pem_public_key(data).public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    assert x509.read_public_key(data) == point
    with pytest.raises(DecodeError):
        x509.read(x509.unpem(data))


def test_a_device_certificate_is_read_and_verifies():
    c = x509.read(sign(builder()))
    assert (c.entity_id, c.role, c.serial) == (EUI, None, 0x0123456789ABCDEF)
    assert (c.issuer, c.subject) == ("OU=07, CN=T1", "")
    assert (c.subject_key_id, c.authority_key_id) == (b"subjectk", b"authorit")
    assert (c.key_usage, c.is_signing, c.is_agreement, c.is_issuing) == ("1", True, False, False)
    assert (c.not_before, c.not_after) == ("20160406000000Z", "99991231235959Z")
    x509.verify(c, ISSUER.public_key(), Crypto)
    with pytest.raises(BadSignature):
        x509.verify(c, KEY.public_key(), Crypto)


def test_an_issuing_authority_has_no_identifier():
    changes = {"serial": None, "usage": usage("key_cert_sign")}
    made = builder(subject=name(("OU", "07"), ("CN", "Z1")), **changes)
    made = made.add_extension(peer.BasicConstraints(True, None), critical=True)
    c = x509.read(sign(made))
    assert (c.entity_id, c.role, c.is_issuing) == (None, 7, True)
    assert c.subject == "OU=07, CN=Z1"


def test_a_year_of_two_digits_is_of_1950_to_2049():
    c = x509.read(sign(builder(until=datetime.datetime(2049, 1, 2))))
    assert c.not_after == "20490102000000Z"
    octets = c.octets.replace(b"160406000000Z", b"500406000000Z")
    assert x509.read(octets).not_before == "19500406000000Z"


@pytest.mark.parametrize(
    "changes",
    [
        {"key": ec.derive_private_key(7, ec.SECP384R1()).public_key()},
        {"key": ec.derive_private_key(7, ec.SECP256K1()).public_key()},
        {"key": rsa.generate_private_key(65537, 1024).public_key()},
        {"key": ed25519.Ed25519PrivateKey.generate().public_key()},
        {"usage": None},
        {"serial": b"\x30\x08\x06\x02\x2a\x03\x04\x02\x01\x02"},
    ],
    ids=["P-384", "secp256k1", "RSA", "Ed25519", "no key usage", "no EUI-64"],
)
def test_a_certificate_outside_the_profile_is_refused(changes):
    with pytest.raises(BadCertificate):
        x509.read(sign(builder(**changes)))


def test_a_certificate_signed_by_other_algorithms_is_refused():
    with pytest.raises(BadCertificate):
        x509.read(sign(builder(), ISSUER, hashes.SHA384()))
    with pytest.raises(BadCertificate):
        x509.read(sign(builder(), rsa.generate_private_key(65537, 1024)))


def test_an_unknown_critical_extension_is_refused_and_another_is_not():
    extension = peer.UnrecognizedExtension(peer.ObjectIdentifier("1.2.3"), b"\x05\x00")
    x509.read(sign(builder().add_extension(extension, critical=False)))
    with pytest.raises(BadCertificate):
        x509.read(sign(builder().add_extension(extension, critical=True)))


def test_a_compressed_point_is_refused():
    octets = sign(builder())
    at = octets.index(b"\x03\x42\x00\x04")
    assert x509.read(octets).public_key == octets[at + 3 : at + 68]
    with pytest.raises(BadCertificate):
        x509.read(octets[: at + 3] + b"\x02" + octets[at + 4 :])


def test_a_certificate_cut_or_with_more_behind_is_refused():
    octets = sign(builder())
    for end in range(len(octets)):
        with pytest.raises(DecodeError) as caught:
            x509.read(octets[:end])
        assert caught.value.offset <= end
    with pytest.raises(DecodeError) as caught:
        x509.read(octets + b"\x00")
    assert caught.value.offset == len(octets)


def test_any_octet_changed_is_refused_by_its_type_or_by_the_signature():
    octets = sign(builder())
    key = ISSUER.public_key()
    for at in range(len(octets)):
        for change in (1, 4, 0x20, 0x80, 0xFF):
            damaged = octets[:at] + bytes((octets[at] ^ change,)) + octets[at + 1 :]
            with pytest.raises(GbcsError):
                x509.verify(x509.read(damaged), key, Crypto)


def pkcs8(key, form=PEM):
    return key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def test_a_private_key_is_read_from_pem_and_from_der():
    for form in (PEM, DER):
        assert x509.read_private_key(pkcs8(KEY, form)) == (11).to_bytes(32, "big")


def test_private_keys_of_other_kinds_are_refused_without_telling_them():
    for key in (
        ec.derive_private_key(0x5EC2E7, ec.SECP384R1()),
        ed25519.Ed25519PrivateKey.generate(),
    ):
        with pytest.raises(BadKey) as caught:
            x509.read_private_key(pkcs8(key))
        assert "5ec2e7" not in str(caught.value).lower()


def test_a_private_key_cut_or_changed_raises_no_other_error():
    octets = pkcs8(KEY, DER)
    for end in range(len(octets)):
        with pytest.raises(GbcsError):
            x509.read_private_key(octets[:end])
    for at in range(len(octets)):
        damaged = octets[:at] + bytes((octets[at] ^ 0x41,)) + octets[at + 1 :]
        with contextlib.suppress(GbcsError):
            assert len(x509.read_private_key(damaged)) == 32


def test_pem_is_found_among_other_lines_and_with_any_line_ends():
    body = base64.encodebytes(b"\x30\x03\x02\x01\x05")
    text = b"subject=x\n-----BEGIN X-----\n" + body + b"-----END X-----\n-----BEGIN Y-----\n"
    assert x509.unpem(text) == b"\x30\x03\x02\x01\x05"
    assert x509.unpem(text.replace(b"\n", b"\r\n")) == b"\x30\x03\x02\x01\x05"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"-----BEGIN X-----",
        b"-----BEGIN X-----\nMAA=\n",
        b"-----END X-----\n-----BEGIN X-----\nMAA=\n",
        b"-----BEGIN X-----\nMAA\n-----END X-----",
        b"-----BEGIN X-----\nM===\n-----END X-----",
        b"-----BEGIN X-----\nMA=A\n-----END X-----",
        b"-----BEGIN X-----\nM*A=\n-----END X-----",
        b"-----BEGIN X-----\n\xff\xff\xff\xff\n-----END X-----",
    ],
)
def test_what_is_no_pem_raises_a_decode_error(text):
    with pytest.raises(DecodeError):
        x509.unpem(text)
