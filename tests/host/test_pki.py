"""The test PKI: its certificates are of the profile, and an independent reader takes them."""

import datetime

from cryptography import x509 as peer
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

from gbcs import asn1, x509
from gbcs.crypto import openssl
from gbcs_host.keystore import KeyStore
from gbcs_host.pki import Pki

SUPPLIER = bytes.fromhex("90B3D51F30010000")
METER = bytes.fromhex("00DB1234567890A0")


def test_a_chain_verifies_by_our_reader_and_by_another():
    pki = Pki(1)
    for issued, by in (
        (pki.organisation(SUPPLIER, 2, "ds"), pki.issuing),
        (pki.device(METER, "ka"), pki.device_issuing),
        (pki.issuing, pki.root),
        (pki.root, pki.root),
    ):
        x509.verify(issued.parsed, openssl.public_key(by.public), openssl)
        asn1.decode("Certificate", issued.certificate, 0, len(issued.certificate))
        theirs = peer.load_der_x509_certificate(issued.certificate)
        issuer = peer.load_der_x509_certificate(by.certificate)
        issuer.public_key().verify(theirs.signature, theirs.tbs_certificate_bytes, ECDSA(SHA256()))
        assert theirs.issuer == issuer.subject
        assert theirs.not_valid_before_utc == datetime.datetime(2015, 1, 1, tzinfo=datetime.UTC)


def test_parties_and_devices_are_named_as_the_profile_has_it():
    pki = Pki(1)
    party = pki.organisation(SUPPLIER, 2, "ds").parsed
    assert (party.entity_id, party.role, party.is_signing, party.is_agreement) == (
        SUPPLIER, 2, True, False)  # fmt: skip
    device = pki.device(METER, "ka").parsed
    assert (device.entity_id, device.role, device.is_signing, device.is_agreement) == (
        METER, None, False, True)  # fmt: skip
    assert pki.issuing.parsed.is_issuing
    assert party.authority_key_id == pki.issuing.parsed.subject_key_id
    assert len(party.subject_key_id) == 8


def test_the_same_seed_gives_the_same_octets_and_another_others():
    assert Pki(7).device(METER, "ds").certificate == Pki(7).device(METER, "ds").certificate
    assert Pki(7).device(METER, "ds").private != Pki(8).device(METER, "ds").private


def test_what_is_written_is_read_as_a_key_store(tmp_path):
    pki = Pki(3)
    pki.organisation(SUPPLIER, 2, "ka")
    pki.device(METER, "ka")
    pki.write(str(tmp_path))
    read, kept = KeyStore.load(str(tmp_path)), pki.keystore()
    assert read.euis() == kept.euis() == sorted([SUPPLIER, METER])
    assert read.secret(SUPPLIER, METER) == kept.secret(METER, SUPPLIER) is not None
    assert not read.problems
