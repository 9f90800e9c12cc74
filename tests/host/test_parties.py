"""Remote parties make the octets that reference commands have, and know what answers them."""

import pytest

from gbcs import message
from gbcs_host.lab.parties import Parties, UnexpectedResponse, protected
from gbcs_host.lab.pki import Pki

BROKER = bytes.fromhex("90B3D51F30000002")
METER = bytes.fromhex("00DB1234567890A0")


def test_reference_commands_are_made_again(references, key_store):
    made = signed = 0
    for reference in references:
        m = message.decode(reference.octets)
        if m.kind != "command" or m.mac is None or reference.name.startswith("PCS"):
            continue
        composed = m.octets[m.start : m.content_end]
        signer = m.originator if m.signature else None
        if signer is not None and key_store.private(signer, "ds") is None:
            continue
        octets = protected(composed, key_store, signer, BROKER)
        if signer is None:
            assert octets == reference.octets, reference.name
            made += 1
        else:
            again = message.decode(octets)
            assert octets[: again.end - 64] == reference.octets[: again.end - 64], reference.name
            public = key_store.signer(signer)
            assert key_store.crypto.verify(public, composed[1:], again.signature)
            signed += 1
    assert made > 200
    assert signed > 100


def test_counters_increase_and_a_response_must_answer_a_command():
    pki = Pki(1)
    parties = Parties(pki)
    pki.device(METER, "ka"), pki.device(METER, "ds")
    supplier = parties["supplier"]
    first, second = (
        message.decode(parties.command(supplier, METER, 0x0027, b"\xd9", False)) for _ in range(2)
    )
    assert second.counter == first.counter + 1
    answer = message.compose(
        message.RESPONSE, first.counter, METER, supplier.eui, first.code, b"\xda"
    )
    octets = protected(answer, pki.keystore(), METER, None)
    assert parties.read(octets).signature == "valid"
    with pytest.raises(UnexpectedResponse, match="counter %d" % first.counter):
        parties.read(octets)
