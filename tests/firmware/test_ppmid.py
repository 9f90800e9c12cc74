"""A PPMID as a GBCS device: its joins, its own commands to a gas meter, and what it refuses."""

import pytest

from gbcs import clock, message, payload, protect, utrn
from gbcs.asn1 import asn1
from gbcs.crypto.backends import default
from gbcs_device.base import partners
from gbcs_device.devices import kinds
from gbcs_device.messages.trust_anchors import HandedSecrets, device_key_name
from gbcs_device.usecases import maintenance, ppmid
from gbcs_host.lab.lab import CHF, ESME, GSME, PPMID, Lab
from gbcs_host.verify.coverage import Memory

HUB = bytes.fromhex("00DB1234567890B2")
METER = bytes.fromhex("00DB1234567890A0")
GAS = bytes.fromhex("00DB1234567890A1")
INTERFACE = bytes.fromhex("00DB1234567890A4")
DIGITS = b"74941656880950804485"  # of the reference message
AUTHENTICATION_FAILED = 0x8F3D


@pytest.fixture
def lab():
    found = Lab(11)
    for kind, eui in ((CHF, HUB), (ESME, METER), (GSME, GAS), (PPMID, INTERFACE)):
        found.make(kind, eui)
        if kind != CHF:
            assert found.add_to_hub(HUB, eui).is_success
            assert found.join(eui, HUB)
    return found


def joined(lab):
    for exchange in lab.introduce(GAS, INTERFACE):
        assert exchange.is_success
    return lab.han.meters[GAS], lab.han.meters[INTERFACE]


def token(lab, number, pounds):
    keys, supplier = lab.parties.keys, lab.parties["supplier"].eui
    public = keys.crypto.public_key(keys.certificate(GAS, "ka").public_key)
    secret = keys.crypto.agree(keys.private(supplier, "pp-ka"), public)
    return utrn.make(secret, supplier, GAS, number << 32, pounds, 1, keys.crypto).encode()


@pytest.fixture
def sample(shared):
    """The octets of a reference message of PCS01 or PCS02."""
    folder = shared / "rtds" / "messages"

    def read(name):
        path = folder / ("NA_" + name[:5]) / (name + "_GBCS.HEX")
        return bytes.fromhex(path.read_text())

    return read


class Concluded(list):
    def __call__(self, outcome, now):
        self.append(outcome)


def alone():
    """The reference PPMID, with a secret of our making, since nobody has its key."""
    store = Memory()
    own = HandedSecrets({GAS: b"\x5a" * 32}, None)
    device = kinds.make("PPMID", INTERFACE, store, default(), own)
    store[device_key_name(GAS)] = b"\x04" + bytes(64)
    store["own/counter"] = (9999).to_bytes(8, "big")
    device.concluded = Concluded()
    return device


@pytest.mark.parametrize("name", ["PCS01", "PCS02"])
def test_its_commands_are_the_reference_messages_up_to_the_mac(name, sample):
    device = alone()
    made = device.top_up(GAS, DIGITS) if name == "PCS01" else device.emergency(GAS)
    wanted = sample(name + "_NA_SUCCESS_COMMAND")
    if name == "PCS01":
        digits = message.decode(wanted).content[-20:]
        made = alone().top_up(GAS, digits)
    assert made[:-12] == wanted[:-12]


@pytest.mark.parametrize(
    ("name", "result", "amount", "balance"),
    [("PCS01", 0x00, 2_025_000, 4_525_000), ("PCS02", 0x00, 0, 0)],
)
def test_the_reference_answers_are_understood(name, result, amount, balance, sample):
    device = alone()
    if name == "PCS01":
        device.top_up(GAS, DIGITS)
    else:
        device.emergency(GAS)
    octets = sample(name + "_NA_SUCCESS_RESPONSE")
    assert device.receive(octets, 0) is None
    assert device.concluded == []  # the MAC is under the real devices' keys
    signing = octets[13:-12]
    mac = protect.general_signing_mac(signing, b"\x5a" * 32, device.crypto)
    device.receive(message.wrap(signing, mac), 0)
    (outcome,) = device.concluded
    assert (outcome.result, outcome.amount_mp, outcome.balance_mp) == (result, amount, balance)
    device.receive(message.wrap(signing, mac), 0)
    assert len(device.concluded) == 1


def test_a_top_up_reaches_the_gas_meter_and_its_answer_comes_back(lab):
    gas, interface = joined(lab)
    interface.concluded = Concluded()
    command = interface.top_up(GAS, token(lab, 1, 12))
    answer = gas.receive(command, lab.now)
    assert interface.receive(answer, lab.now) is None
    (outcome,) = interface.concluded
    assert outcome.code == ppmid.PCS01
    assert outcome.result in ppmid.ACCEPTED
    assert outcome.amount_mp == 1_200_000


def test_a_second_use_of_a_token_is_refused_and_told(lab):
    gas, interface = joined(lab)
    interface.concluded = Concluded()
    digits = token(lab, 1, 12)
    for _ in range(2):
        interface.receive(gas.receive(interface.top_up(GAS, digits), lab.now), lab.now)
    first, second = interface.concluded
    assert first.result in ppmid.ACCEPTED
    assert second.result == 0x02


def test_a_replayed_command_is_refused(lab):
    gas, interface = joined(lab)
    command = interface.emergency(GAS)
    assert gas.receive(command, lab.now) is not None
    assert gas.receive(command, lab.now) is None
    assert gas.receive(interface.emergency(GAS), lab.now) is not None


def test_each_flipped_bit_is_refused(lab):
    gas, interface = joined(lab)
    command = interface.emergency(GAS)
    for at in range(len(command)):
        octets = bytearray(command)
        octets[at] ^= 1 << at % 8
        assert gas.receive(bytes(octets), lab.now) is None, at
    assert gas.receive(command, lab.now) is not None


def test_who_is_not_joined_with_the_meter_is_refused(lab):
    gas = lab.han.meters[GAS]
    interface = lab.han.meters[INTERFACE]
    interface.store.write({device_key_name(GAS): lab.pki.device(GAS, "ka").parsed.public_key})
    assert gas.receive(interface.emergency(GAS), lab.now) is None
    assert gas.security_log()[-1][1] == AUTHENTICATION_FAILED


def test_after_the_unjoin_it_is_refused(lab):
    gas, interface = joined(lab)
    assert gas.receive(interface.emergency(GAS), lab.now) is not None
    assert lab.part(GAS, INTERFACE).is_success
    assert gas.receive(interface.emergency(GAS), lab.now) is None
    assert gas.store.get(device_key_name(INTERFACE)) is None
    assert partners.entries(gas.store.get("devices")) == []


def test_an_answer_of_another_command_changes_nothing(lab):
    gas, interface = joined(lab)
    interface.concluded = Concluded()
    answer = gas.receive(interface.emergency(GAS), lab.now)
    other = gas.receive(interface.emergency(GAS), lab.now)
    octets = bytearray(other)
    octets[-1] ^= 1
    interface.receive(bytes(octets), lab.now)
    assert interface.concluded == []
    interface.receive(answer, lab.now)
    interface.receive(answer, lab.now)
    assert len(interface.concluded) == 1


def test_a_remote_party_cannot_send_what_devices_send_one_another(lab):
    gas, interface = joined(lab)
    content = message.decode(interface.emergency(GAS)).content
    supplier = lab.parties["supplier"]
    octets = lab.parties.command(supplier, GAS, 0x0090, content, False)
    assert gas.receive(octets, lab.now) is None


def test_its_firmware_alert_is_the_reference_message_up_to_the_signature(shared):
    folder = shared / "rtds" / "messages" / "NA_CS09"
    wanted = bytes.fromhex((folder / "CS09_NA_8F8B_ALERT_GBCS.HEX").read_text())
    device = alone()
    device.anchors.own.sign = lambda octets: bytes(64)
    broker = bytes.fromhex("90B3D51F30000002")
    device.store["cell/4/ka"] = broker + b"\x04" + bytes(64)
    device.store["own/counter"] = (4999).to_bytes(8, "big")
    device.store[maintenance.IMAGE] = bytes(32) + bytes.fromhex("1234ABCD")
    assert device.activate(clock.from_generalized("20150101000000Z"))
    (alert,) = device.outbox
    assert alert[:-64] == wanted[:-64]
    assert device.store[maintenance.FIRMWARE_VERSION] == bytes.fromhex("1234ABCD")


def test_firmware_is_read_activated_and_told(lab):
    def version():
        record = payload.Asn1("ReadFirmwareVersionCommand", (None, "NULL", None, None))
        exchange = lab.send("CS08", "access control broker", INTERFACE, record)
        assert exchange.is_success
        return exchange.payload.field[2][0][2]

    interface = lab.han.meters[INTERFACE]
    assert version() == bytes.fromhex("00010203")
    assert not interface.activate(lab.now)
    interface.store.write({maintenance.IMAGE: bytes(32) + b"\x00\x02\x00\x00"})
    assert interface.activate(lab.now)
    assert version() == b"\x00\x02\x00\x00"
    verdicts = lab.alerts_of(INTERFACE)
    assert all(one.is_clean for one in verdicts)
    assert [one.payload.field[2][3][2] for one in verdicts] == [1, 0]


def test_a_certificate_of_another_device_gives_no_key(lab):
    stranger = bytes.fromhex("00DB1234567890AF")
    octets = lab.pki.device(stranger, "ka").certificate
    fields = [
        (None, "INTEGER", 3, None),
        (None, "OCTET STRING", INTERFACE, None),
        (None, "INTEGER", 5, None),
        asn1.decode("Certificate", octets, 0, len(octets)),
    ]
    record = payload.Asn1("JoinDeviceCommand", (None, "SEQUENCE", fields, None))
    assert lab.send("CS03C", "supplier", GAS, record).is_success
    assert lab.han.meters[GAS].store.get(device_key_name(INTERFACE)) is None
    assert lab.han.meters[GAS].store.get(device_key_name(stranger)) is None


def test_a_certificate_for_signatures_is_refused(lab):
    octets = lab.pki.device(INTERFACE, "ds").certificate
    fields = [
        (None, "INTEGER", 3, None),
        (None, "OCTET STRING", INTERFACE, None),
        (None, "INTEGER", 5, None),
        asn1.decode("Certificate", octets, 0, len(octets)),
    ]
    record = payload.Asn1("JoinDeviceCommand", (None, "SEQUENCE", fields, None))
    exchange = lab.send("CS03C", "supplier", GAS, record)
    assert exchange.payload.field[2] == 11  # invalidOrMissingCertificate
    assert partners.entries(lab.han.meters[GAS].store.get("devices") or b"") == []
