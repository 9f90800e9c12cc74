"""Twins answer what the real devices answered: every reference pair, but those that are known."""

import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gbcs import message, protect
from gbcs.asn1 import der
from gbcs_host import cli
from gbcs_host.verify import coverage
from gbcs_host.verify.known_pairs import KNOWN


@pytest.fixture(scope="module")
def replayed(shared, key_store):
    """All pairs, replayed."""
    found = coverage.pairs(str(shared / "rtds" / "messages"))
    coverage.Coverage(key_store).run(found)
    return found


def test_every_pair_is_reproduced_but_those_with_a_reason(replayed):
    different = {
        pair.name.split("/")[-1].removesuffix("_GBCS"): pair.why
        for pair in replayed
        if pair.outcome not in coverage.SAME
    }
    assert set(different) == {name for name, _, _ in KNOWN}, different
    assert coverage.summary(replayed)["worse"] == []
    assert len(replayed) > 400


def test_what_devices_say_to_one_another_is_the_same_up_to_the_mac(replayed):
    found = [pair for pair in replayed if pair.outcome == coverage.UP_TO_MAC]
    assert [pair.case.name for pair in found] == ["PCS01", "PCS02"]


def test_a_twin_is_not_told_the_answer(replayed, key_store):
    """Another command than the one it was made for is answered by the same device."""
    read = [pair for pair in replayed if pair.name.endswith("ECS17a_4.2_SUCCESS_GBCS")]
    single = [pair for pair in replayed if pair.name.endswith("ECS17c_4.16_SUCCESS_GBCS")]
    assert len(read) == len(single) == 1
    from gbcs_host.verify import twin

    asked = message.decode(read[0].command)
    device = coverage.Coverage(key_store).device("ESME", asked.recipient, (asked.originator,))
    for pair in (*read, *single):
        twin.load(device, pair.command, pair.response, key_store)
    now = twin.moment_of(asked, message.decode(read[0].response))
    assert device.receive(single[0].command, now) == single[0].response
    assert device.receive(read[0].command, now) == read[0].response


def test_the_command_prints_one_object(shared, capsys):
    folder = str(shared / "rtds" / "messages" / "4.2_ECS17a")
    keys = str(shared / "rtds" / "keystore")
    assert cli.main(["coverage", "--json", "--rtds", folder, "--keystore", keys]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["pairs"], found["identical"]) == (2, 2)
    assert found["by_use_case"]["ECS17a"]["identical"] == 2


def test_what_is_known_to_differ_is_expected_and_anything_else_is_worse(shared, capsys, tmp_path):
    keys = str(shared / "rtds" / "keystore")
    source = shared / "rtds" / "messages" / "6.2.10_GCS20r"
    assert cli.main(["coverage", "--rtds", str(source), "--keystore", keys]) == 0
    out, err = capsys.readouterr()
    assert "GCS20r_6.2.10_ERROR_GBCS: different" in out
    assert "known, the default response has the direction of a server's" in out
    assert err == "1 of 2 pairs the same (50.0 %), 1 known to differ: as expected\n"
    folder = tmp_path / "6.2.10_GCS20r"
    folder.mkdir()
    for path in source.iterdir():
        octets = bytearray.fromhex(path.read_text())
        if "SUCCESS_RESPONSE" in path.name:
            octets[-1] ^= 1  # another MAC than the key gives
        (folder / path.name).write_text(octets.hex())
    assert cli.main(["coverage", "--json", "--rtds", str(tmp_path), "--keystore", keys]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["worse"] == ["6.2.10_GCS20r/GCS20r_6.2.10_SUCCESS_GBCS"]
    assert found["expected"] == ["6.2.10_GCS20r/GCS20r_6.2.10_ERROR_GBCS"]


def test_an_exception_is_the_outcome_of_its_pair_alone(replayed, key_store, monkeypatch):
    pairs = [coverage.Pair(one.name, one.command, one.response) for one in replayed[:3]]
    loaded = coverage.twin.load

    def load(device, command, response, keys):
        if command == pairs[1].command:
            raise ZeroDivisionError("planted")
        loaded(device, command, response, keys)

    monkeypatch.setattr(coverage.twin, "load", load)
    coverage.Coverage(key_store).run(pairs)
    assert [one.outcome in coverage.SAME for one in pairs] == [True, False, True]
    assert (pairs[1].outcome, pairs[1].why) == (coverage.FAILED, "ZeroDivisionError: planted")
    assert coverage.summary(pairs)["failed"] == 1


@pytest.mark.parametrize("octets", [b"", b"\x00", b"nonsense", bytes(100), b"\xdf\x09\x01"])
def test_octets_that_are_no_message_are_the_outcome_of_their_pair(replayed, key_store, octets):
    whole = replayed[0]
    pairs = [coverage.Pair("a", octets, whole.response), coverage.Pair("b", whole.command, octets)]
    coverage.Coverage(key_store).run(pairs)
    assert [one.outcome for one in pairs] == [coverage.DIFFERENT] * 2
    assert all(one.why for one in pairs)


def test_a_use_case_of_any_zigbee_device_finds_a_kind_by_itself(replayed, key_store):
    """CS10a and CS10b alone, without the messages that tell what else the device has."""
    found = [one for one in replayed if one.case.name in ("CS10a", "CS10b")]
    assert len(found) >= 4
    assert {one.kind for one in found} <= {"GSME", "GPF"}
    for pair in found:
        alone = coverage.Pair(pair.name, pair.command, pair.response)
        coverage.Coverage(key_store).run([alone])
        assert alone.outcome in coverage.SAME, alone.why


@pytest.mark.parametrize("usage", ["1", "00001"])
def test_a_request_for_a_certificate_is_made_of_the_key_pair_of_the_response(key_store, usage):
    """CS02c, which no reference pair has: a request that another tool has signed."""
    device = bytes.fromhex("00DB1234567890A0")
    supplier = bytes.fromhex("90B3D51F30010000")
    asked = der.encode((None, "SEQUENCE", [(None, "BIT STRING", usage, None)], None))
    composed = message.compose(message.COMMAND, 1000, supplier, device, 0x000A, asked)
    private = key_store.private(supplier, "ds")
    signing = message.finish(composed, key_store.crypto.sign(private, composed[1:]))
    secret = key_store.secret(bytes.fromhex("90B3D51F30000002"), device)
    mac = protect.general_signing_mac(signing, secret, key_store.crypto)
    command = message.wrap(signing, mac)
    request = signing_request(device, usage)
    composed = message.compose(message.RESPONSE, 1000, device, supplier, 0x000A, request)
    pair = coverage.Pair("CS02c_6.17_SUCCESS_GBCS", command, message.finish(composed, bytes(64)))
    error = message.compose(message.RESPONSE, 1000, device, supplier, 0x000A, b"\x02\x01\x03")
    failed = coverage.Pair("CS02c_6.17_ERROR_GBCS", command, message.finish(error, bytes(64)))
    coverage.Coverage(key_store).run([pair, failed])
    assert (pair.outcome, pair.why) == (coverage.UP_TO_SIGNATURE, "")
    assert (failed.outcome, failed.why) == (coverage.UP_TO_SIGNATURE, "")


def signing_request(eui, usage):
    """A PKCS #10 request by the cryptography package: no name, key usage, hardware module name."""
    module = der.encode(
        (None, "SEQUENCE", [
            (None, "OBJECT IDENTIFIER", "1.2.826.0.1.8641679.1.2.2.1", None),
            (None, "OCTET STRING", eui, None),
        ], None)
    )  # fmt: skip
    name = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.5.5.7.8.4"), module)
    uses = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_cert_sign",
         "crl_sign", "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    uses.update(digital_signature=usage == "1", key_agreement=usage == "00001")
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    builder = builder.add_extension(x509.KeyUsage(**uses), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName([name]), critical=True)
    request = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return request.public_bytes(serialization.Encoding.DER)
