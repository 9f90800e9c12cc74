"""Well signed ASN.1 commands with anything inside want to stop a device, or make it lie.

Joins, device logs, certificates, firmware and clock: every field that the types allow, at its
limits. A device answers with a result of the use case, or refuses; it raises nothing.
"""

import os
import random

import pytest

from gbcs import clock, message, payload, protect, usecases
from gbcs.asn1 import der
from gbcs_device.base import logs, partners
from gbcs_device.messages.trust_anchors import device_key_name
from gbcs_device.usecases import maintenance
from gbcs_host.lab import compose
from gbcs_host.lab.lab import CHF, ESME, GSME, PPMID, Lab
from gbcs_host.lab.parties import protected

LONG = os.environ.get("GBCS_LONG") == "1"
ROUNDS = 4000 if LONG else 120
HUB, METER, GAS, INTERFACE, STRANGER = [
    bytes.fromhex("00DB1234567890" + last) for last in ("B2", "A0", "A1", "A5", "AF")
]
INTEGERS = (0, 1, 2, 3, 4, 5, 6, 7, 127, 128, 255, 256, 2**31, 2**63, 2**64, 2**70, -1, -(2**70))
TIMES = ("20000101000000Z", "20260105090100Z", "20991231235959Z", "99991231235959Z",
         "20240229120000Z", "00010101000000Z")  # fmt: skip
USAGES = ("1", "00001", "", "0", "01", "10001", "1111111", "000000001", "00000000000000001")


@pytest.fixture(scope="module")
def lab():
    made = Lab(5)
    made.make(CHF, HUB)
    for kind, eui in ((ESME, METER), (GSME, GAS), (PPMID, INTERFACE)):
        made.make(kind, eui)
        assert made.add_to_hub(HUB, eui).is_success
        assert made.join(eui, HUB)
    made.gas_proxy(HUB)
    return made


@pytest.fixture(scope="module")
def proxy(lab):
    return lab.gas_proxy(HUB)


def devices(lab):
    found = {eui: lab.han.meters[eui] for eui in (METER, GAS, INTERFACE)}
    return {**found, **lab.proxies}


def integer(value):
    return (None, "INTEGER", value, None)


def octets(value):
    return (None, "OCTET STRING", value, None)


def sequence(*fields):
    return (None, "SEQUENCE", list(fields), None)


def certificate(lab, dice):
    """Any that is there, or one with other octets: often of no curve, or no certificate at all."""
    whose, use = dice.choice((METER, GAS, INTERFACE, STRANGER)), dice.choice(("ds", "ka"))
    whole = bytearray(lab.pki.device(whose, use).certificate)
    for _ in range(dice.choice((0, 0, 1, 3))):
        whole[dice.randrange(4, len(whole))] = dice.randrange(256)
    return (None, "ANY", bytes(whole), None)


def anything(lab, dice):
    """Code and fields of one of the ASN.1 use cases."""
    other = dice.randbytes(dice.choice((0, 7, 8, 9, 300)))
    eui = octets(dice.choice((METER, INTERFACE, STRANGER, other)))
    moment = (None, "GeneralizedTime", dice.choice(TIMES), None)
    code = dice.choice(
        (0x0D, 0x0E, 0xAB, 0xAF, 0x0F, 0x10, 0x13, 0x8C, 0x12, 0x129, 0x7F, 0x0A, 0x0B, 0x0C)
    )
    if code in (0x0D, 0x0E, 0xAB, 0xAF):
        fields = [integer(dice.choice(INTEGERS)), eui, integer(dice.choice(INTEGERS))]
        if dice.random() < 0.5:
            fields = [integer(dice.randrange(4)), eui, integer(dice.randrange(8))]
        if dice.random() < 0.5:
            fields.append(certificate(lab, dice))
        return code, sequence(*fields)
    if code in (0x0F, 0x10):
        return code, eui
    if code in (0x13, 0x129):
        return code, (None, "NULL", None, None)
    if code == 0x8C:
        count = dice.choice((0, 1, 2, 16, 17, 40))
        entries = [sequence(eui, integer(dice.choice(INTEGERS))) for _ in range(count)]
        return code, sequence((None, "SEQUENCE OF", entries, None))
    if code == 0x12:
        image = dice.randbytes(dice.choice((0, 31, 32, 33)))
        fields = [octets(image), integer(dice.choice(INTEGERS))]
        return code, sequence(*fields, *([moment] if dice.random() < 0.5 else []))
    if code == 0x7F:
        return code, sequence(moment, (None, "GeneralizedTime", dice.choice(TIMES), None))
    if code == 0x0B:
        return code, certificate(lab, dice)
    return code, sequence((None, "BIT STRING", dice.choice(USAGES), None))


def test_any_fields_want_to_stop_a_device(lab):
    dice = random.Random(11)
    found = devices(lab)
    signed = (0x0D, 0xAB, 0xAF, 0x0F, 0x12, 0x0A, 0x0B, 0x0C)
    answered = 0
    for _ in range(ROUNDS):
        code, field = anything(lab, dice)
        content = der.encode(field)
        for eui, device in found.items():
            name = "access control broker" if eui not in (METER, GAS) else "supplier"
            command = lab.parties.command(
                lab.parties[name], eui, code, content, code in signed, None, None,
                lab.parties["supplier"] if eui == INTERFACE else None,
            )  # fmt: skip
            answered += device.receive(command, lab.now) is not None
            due = device.next_timer()
            if due is not None and dice.random() < 0.2:
                device.handle_timer(min(due, lab.now + 10**9))
            device.outbox.clear()
    assert answered > ROUNDS
    assert lab.read("ECS17b", METER).is_success
    assert lab.read("GCS13a", GAS).is_success


def sent(lab, eui, code, field, critical=True, party="supplier"):
    """The answer's field, by an independent reading of its octets; None for silence."""
    command = lab.parties.command(lab.parties[party], eui, code, der.encode(field), critical)
    device = devices(lab)[eui]
    answer = device.receive(command, lab.now)
    device.outbox.clear()
    if answer is None:
        return None
    content = message.decode(answer).content
    return der.decode(content, 0, len(content))


# Firmware


def activation(counter, moment=None, image=bytes(32)):
    fields = [octets(image), integer(counter)]
    if moment is not None:
        fields.append((None, "GeneralizedTime", moment, None))
    return sequence(*fields)


def test_an_activation_wants_its_outcome_told_under_the_counter_of_another(lab):
    supplier, meter = lab.parties["supplier"], devices(lab)[METER]
    image = bytes(range(32))
    meter.store.write({maintenance.IMAGE: image + b"\x00\x09\x00\x00"})
    running = meter.store.get(maintenance.FIRMWARE_VERSION)
    for moment in (None, "20280101000000Z", "99991231235959Z"):
        for other in (-1, 1, 1000, 2**63):
            counter = supplier.counter + 1 + other
            assert sent(lab, METER, 0x12, activation(counter, moment, image)) is None
    assert meter.store.get(maintenance.FIRMWARE_VERSION) == running
    assert meter.store.names("later/0012") == []
    assert meter.security_log()[-1][1] == logs.UNAUTHORISED_ACCESS
    assert sent(lab, METER, 0x12, activation(supplier.counter + 1, None, image)) is not None
    assert meter.store.get(maintenance.FIRMWARE_VERSION) == b"\x00\x09\x00\x00"


def test_an_image_that_is_not_held_wants_to_run_now_or_later(lab):
    supplier, meter = lab.parties["supplier"], devices(lab)[METER]
    running = meter.store.get(maintenance.FIRMWARE_VERSION)
    held = bytes(range(1, 33))
    for image, result in ((None, 1), (held + b"\x00\x0a\x00\x00", 2)):  # none at all, another
        meter.store.write({maintenance.IMAGE: image})
        field = activation(supplier.counter + 1)
        assert results(sent(lab, METER, 0x12, field)) == [result, running]
        at = lab.now + 60_000
        assert sent(lab, METER, 0x12, activation(supplier.counter + 1, clock.generalized(at)))
        meter.handle_timer(at)
        (alert,) = meter.outbox
        meter.outbox.clear()
        assert results_of_alert(alert) == [0x8F67, result, running]
        assert meter.store.get(maintenance.FIRMWARE_VERSION) == running


def results(field):
    return [one[2] for one in field[2]]


def results_of_alert(alert):
    content = message.decode(alert).content
    field = der.decode(content, 0, len(content))
    return [field[2][0][2], *results(field[2][3])]


# The GPF's log


def entry(eui, kind):
    return sequence(octets(eui), integer(kind))


def restored(lab, proxy, *entries):
    """GCS59: the result of each entry, and the log after it."""
    field = sequence((None, "SEQUENCE OF", [entry(*one) for one in entries], None))
    answer = sent(lab, proxy, 0x8C, field, False, "access control broker")
    log = partners.entries(devices(lab)[proxy].store.get(partners.DEVICE_LOG) or b"")
    return [one[2][1][2] for one in answer[2][0][2]], log


def test_a_backup_wants_more_into_the_gas_proxys_log_than_may_be_in_it(lab, proxy):
    a, b = bytes(7) + b"\x01", bytes(7) + b"\x02"
    assert restored(lab, proxy, (a, 5), (b, 6)) == ([0, 0], [(a, 5), (b, 6)])
    assert restored(lab, proxy, (a, 5), (a, 5)) == ([0, 0], [(a, 5)])  # it is in it once
    assert restored(lab, proxy, (a, 6), (a, 5)) == ([0, 3], [(a, 6)])  # incompatible
    types = (7, 255, 256, -1, 2**70, 1)
    unknown = [(bytes((n,)) + bytes(7), kind) for n, kind in enumerate(types)]
    assert restored(lab, proxy, *unknown) == ([2] * 6, [])
    for size in (0, 7, 9):
        field = sequence((None, "SEQUENCE OF", [entry(bytes(size), 5)], None))
        assert sent(lab, proxy, 0x8C, field, False, "access control broker") is None
    many = [(bytes((n,)) + bytes(7), 6) for n in range(20)]
    assert restored(lab, proxy, *many) == ([0] * 16 + [4] * 4, many[:16])
    assert restored(lab, proxy) == ([], [])


# Certificates


@pytest.mark.parametrize("at", [1, 33, 64])
def test_a_key_that_is_no_point_wants_to_become_the_ppmids(lab, at):
    """The join is refused, and a command of the PPMID later raises nothing."""
    gas, interface = devices(lab)[GAS], devices(lab)[INTERFACE]
    gas.store.write({partners.DEVICE_LOG: None, device_key_name(INTERFACE): None})
    issued = lab.pki.device(INTERFACE, "ka")
    whole = bytearray(issued.certificate)
    place = whole.index(issued.parsed.public_key) + at
    whole[place] ^= 1
    fields = [integer(3), octets(INTERFACE), integer(5), (None, "ANY", bytes(whole), None)]
    assert sent(lab, GAS, 0xAF, sequence(*fields))[2] == 11  # invalidOrMissingCertificate
    assert gas.store.get(device_key_name(INTERFACE)) is None
    interface.store.write({device_key_name(GAS): lab.pki.device(GAS, "ka").parsed.public_key})
    assert gas.receive(interface.emergency(GAS), lab.now) is None


def test_a_key_pair_cannot_be_had_by_any_usage_but_the_two(lab):
    meter = devices(lab)[METER]
    before = meter.store.names("own/new/")
    for usage in USAGES[2:]:
        field = sequence((None, "BIT STRING", usage, None))
        for code in (0x0A, 0x0C):
            answer = sent(lab, METER, code, field)
            assert answer is None or answer[2] == 1, usage  # invalidKeyUsage
    assert meter.store.names("own/new/") == before


def test_a_certificate_in_other_information_whose_key_is_no_point_wants_an_encrypted_answer(lab):
    """ECS21b of a party that the meter does not know: nothing is raised, nothing is answered."""
    meter, broker = devices(lab)[METER], lab.parties["access control broker"]
    party = bytes.fromhex("90B3D51F3FFFFF01")
    issued = lab.pki.organisation(party, 2, "ka", "STRANGER")
    for place in (None, 1, 33, 64):
        whole = bytearray(issued.certificate)
        if place is not None:
            whole[whole.index(issued.parsed.public_key) + place] ^= 1
        broker.counter += 1
        case = usecases.by_name("ECS21b")[0]
        content = lab_content(lab, case, broker)
        composed = message.compose(
            message.COMMAND, broker.counter, broker.eui, METER, case.code, content, b"",
            party, 1000, None, bytes(whole),
        )  # fmt: skip
        octets_ = protected(composed, lab.parties.keys, None, broker.eui)
        answer = meter.receive(octets_, lab.now)
        succeeded = answer is not None and protect.BLOCK_HEADER in answer
        assert succeeded == (place is None)
    assert lab.read("ECS17b", METER).is_success


def lab_content(lab, case, broker):
    record = compose.access_request(case.name, broker.counter, {}, broker.eui, METER)
    return payload.encode(record)


def test_a_kept_key_that_is_no_point_wants_to_stop_the_meter(lab):
    """However it came there: as a device's, as a party's for signatures and for agreement."""
    gas, supplier = devices(lab)[GAS], lab.parties["supplier"].eui
    interface = devices(lab)[INTERFACE]
    bad = b"\x04" + bytes(63) + b"\x07"
    name = "cell/2/ds"
    before = gas.store.get(name)
    interface.store.write({device_key_name(GAS): lab.pki.device(GAS, "ka").parsed.public_key})
    gas.store.write({device_key_name(INTERFACE): bad, partners.DEVICE_LOG: INTERFACE + b"\x05"})
    assert gas.receive(interface.emergency(GAS), lab.now) is None
    gas.store.write({device_key_name(INTERFACE): None, name: supplier + bad + bytes(8)})
    gas.anchors._signers.clear()
    assert sent(lab, GAS, 0x0F, octets(STRANGER)) is None
    gas.store.write({name: before})
    assert sent(lab, GAS, 0x0F, octets(STRANGER))[2] == 1  # notInDeviceLog
