"""The test PKI: its certificates are of the profile, and an independent reader takes them."""

import contextlib
import datetime

import pytest
from cryptography import x509 as peer
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, Hash
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gbcs.asn1 import asn1, x509
from gbcs.crypto import openssl
from gbcs.errors import GbcsError
from gbcs_host.decode.keystore import KeyStore
from gbcs_host.lab.pki import Pki

SUPPLIER = bytes.fromhex("90B3D51F30010000")
BROKER = bytes.fromhex("90B3D51F30000002")
METER = bytes.fromhex("00DB1234567890A0")


def shape(field):
    """What a certificate is made of: types, object identifiers, flags, small numbers, bits."""
    _, kind, value, _ = field
    if isinstance(value, list):
        return (kind, *map(shape, value))
    is_fixed = kind in ("OBJECT IDENTIFIER", "BOOLEAN") or (isinstance(value, int) and value < 256)
    return (kind, value) if is_fixed or (kind == "BIT STRING" and len(value) < 8) else (kind,)


def shape_of(certificate):
    return shape(asn1.decode("Certificate", certificate, 0, len(certificate)))


def certificates_in(octets):
    """Every certificate that stands somewhere in a message."""
    for at in range(len(octets) - 4):
        if octets[at : at + 2] == b"\x30\x82":
            size = int.from_bytes(octets[at + 2 : at + 4], "big") + 4
            with contextlib.suppress(GbcsError):
                yield x509.read(octets[at : at + size])


@pytest.fixture(scope="module")
def pki():
    return Pki(1)


def test_a_chain_verifies_by_our_reader_and_by_another(pki):
    for issued, by in (
        (pki.organisation(SUPPLIER, 2, "ds"), pki.issuing),
        (pki.organisation(SUPPLIER, 2, "pp-ka"), pki.issuing),
        (pki.device(METER, "ka"), pki.device_issuing),
        (pki.issuing, pki.root),
        (pki.device_issuing, pki.root),
        (pki.root, pki.root),
    ):
        x509.verify(issued.parsed, openssl.public_key(by.public), openssl)
        theirs = peer.load_der_x509_certificate(issued.certificate)
        issuer = peer.load_der_x509_certificate(by.certificate)
        issuer.public_key().verify(theirs.signature, theirs.tbs_certificate_bytes, ECDSA(SHA256()))
        assert theirs.issuer == issuer.subject
        assert issued.parsed.authority_key_id == by.parsed.subject_key_id


def test_certificates_begin_now_and_end_after_ten_years_twenty_five_or_never(pki):
    for issued, year in (
        (pki.organisation(SUPPLIER, 2, "ds"), 2035),
        (pki.root, 2050),
        (pki.issuing, 2050),
        (pki.device(METER, "ka"), 9999),
    ):
        theirs = peer.load_der_x509_certificate(issued.certificate)
        assert theirs.not_valid_before_utc == datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        assert theirs.not_valid_after_utc == datetime.datetime(
            year, 12, 31, 23, 59, 59, tzinfo=datetime.UTC
        )


def test_certificates_are_laid_out_as_the_reference_key_store_has_them(key_store):
    pki = Pki(1)
    for mine, eui, use in (
        (pki.device(METER, "ds"), METER, "ds"),
        (pki.device(METER, "ka"), METER, "ka"),
        (pki.organisation(BROKER, 4, "ds"), BROKER, "ds"),
        (pki.organisation(BROKER, 4, "ka"), BROKER, "ka"),
        (pki.organisation(SUPPLIER, 2, "ka"), SUPPLIER, "ka"),
        (pki.organisation(SUPPLIER, 2, "pp-ka"), SUPPLIER, "pp-ka"),
        (pki.organisation(SUPPLIER, 2, "ds", "TEST SUPPLIER"), SUPPLIER, "ds"),
    ):
        theirs = key_store.certificate(eui, use)
        assert shape_of(mine.certificate) == shape_of(theirs.octets), (eui.hex(), use)
        assert mine.parsed.subject == theirs.subject.replace("GITTEST", "TEST ")
        assert (mine.parsed.issuer, mine.parsed.role) == (theirs.issuer, theirs.role)
        assert (mine.parsed.entity_id, mine.parsed.key_usage) == (eui, theirs.key_usage)


def test_the_issuing_authority_is_laid_out_as_in_reference_commands(references):
    pki = Pki(1, "20151029000000Z")
    reference = next(one for one in references if one.name.startswith("CS02bSupplierBySupplierHa"))
    (found,) = (one for one in certificates_in(reference.octets) if one.is_issuing)
    assert shape_of(found.octets) == shape_of(pki.issuing.certificate)
    assert (found.subject, found.issuer) == (pki.issuing.parsed.subject, "OU=00, CN=ZA")
    assert found.not_after == pki.issuing.parsed.not_after


def test_key_identifiers_are_the_last_sixty_bits_of_the_hash_of_the_key(pki):
    issued = pki.device(METER, "ds")
    digest = Hash(SHA1())
    digest.update(issued.public)
    wanted = int.from_bytes(digest.finalize()[-8:], "big") & (1 << 60) - 1 | 4 << 60
    assert issued.parsed.subject_key_id == wanted.to_bytes(8, "big")


def test_the_same_seed_gives_the_same_octets_and_another_others():
    assert Pki(7).device(METER, "ds").certificate == Pki(7).device(METER, "ds").certificate
    assert Pki(7).root.certificate == Pki(7).root.certificate
    assert Pki(7).device(METER, "ds").private != Pki(8).device(METER, "ds").private
    assert Pki(7).device(METER, "ds").parsed.serial != Pki(8).device(METER, "ds").parsed.serial


def test_the_order_in_which_certificates_are_asked_for_does_not_matter():
    one, other = Pki(7), Pki(7)
    one.device(METER, "ds")
    meter = one.device(METER, "ka"), one.organisation(BROKER, 4, "ka")
    broker = other.organisation(BROKER, 4, "ka"), other.device(METER, "ka")
    assert [issued.certificate for issued in meter] == [
        issued.certificate for issued in reversed(broker)
    ]


def test_a_party_has_one_certificate_of_each_use(pki):
    issued = pki.organisation(SUPPLIER, 2, "ka")
    assert pki.organisation(SUPPLIER, 2, "ka") is issued
    with pytest.raises(ValueError, match="as another subject"):
        pki.organisation(SUPPLIER, 3, "ka")
    with pytest.raises(ValueError, match="ds, ka or pp-ka expected"):
        pki.device(METER, "tls")
    with pytest.raises(ValueError, match="8 octets expected"):
        pki.device(b"\x01", "ds")


def test_what_is_written_is_read_as_a_key_store(tmp_path):
    pki = Pki(3)
    supplier = pki.organisation(SUPPLIER, 2, "ka")
    pki.organisation(SUPPLIER, 2, "pp-ka")
    pki.organisation(BROKER, 4, "ka")
    pki.device(METER, "ka")
    folder = tmp_path / "made" / "here"
    pki.write(str(folder))
    read, kept = KeyStore.load(str(folder)), pki.keystore()
    assert read.euis() == kept.euis() == sorted([SUPPLIER, BROKER, METER])
    assert read.secret(SUPPLIER, METER) == kept.secret(METER, SUPPLIER) is not None
    assert read.token_secret(SUPPLIER, METER) == kept.token_secret(SUPPLIER, METER) is not None
    assert read.broker() == kept.broker() == BROKER
    assert not read.problems
    theirs = load_pem_private_key((folder / "90b3d51f30010000-ka.key").read_bytes(), None)
    assert theirs.private_numbers().private_value == int.from_bytes(supplier.private, "big")
    certificate = (folder / "90b3d51f30010000-ka.pem").read_bytes()
    assert peer.load_pem_x509_certificate(certificate).public_key() == theirs.public_key()


def test_files_are_those_of_the_reference_key_store(tmp_path, shared):
    pki = Pki(3)
    pki.organisation(SUPPLIER, 2, "ka")
    pki.write(str(tmp_path))
    for name in ("90b3d51f30010000-ka.pem", "90b3d51f30010000-ka.key"):
        mine = (tmp_path / name).read_text().splitlines()
        theirs = (shared / "rtds" / "keystore" / name).read_text().splitlines()
        assert (mine[0], mine[-1], len(mine[1])) == (theirs[0], theirs[-1], len(theirs[1]))
        if name.endswith(".key"):
            assert len("".join(mine)) == len("".join(theirs))


def test_a_key_that_was_sought_before_it_was_issued_is_found_afterwards():
    pki = Pki(4)
    keys = pki.keystore()
    assert keys.broker() is keys.signer(METER) is keys.secret(METER, BROKER) is None
    assert keys.private(BROKER, "ka") is keys.public(BROKER, "ka") is None
    pki.device(METER, "ds")
    meter, broker = pki.device(METER, "ka"), pki.organisation(BROKER, 4, "ka")
    assert keys.broker() == BROKER
    assert keys.signer(METER).octets == pki.device(METER, "ds").public
    assert keys.public(BROKER, "ka").octets == broker.public
    assert keys.private(BROKER, "ka").public.octets == broker.public
    agreed = openssl.agree(openssl.private_key(meter.private), openssl.public_key(broker.public))
    assert keys.secret(METER, BROKER) == agreed
