"""The path of every device: what is refused, what is logged, what is said, and that it goes on."""

import tracemalloc

import pytest

from gbcs import dlms, message, usecases
from gbcs_device import logs
from gbcs_host import damage
from gbcs_host.lab import CHF, ESME, GSME, Lab

HUB = bytes.fromhex("00DB1234567890A2")
METER = bytes.fromhex("00DB1234567890A0")


@pytest.fixture
def lab():
    found = Lab(11)
    found.make(CHF, HUB)
    found.make(ESME, METER)
    assert found.add_to_hub(HUB, METER).is_success
    assert found.join(METER, HUB)
    return found


def codes(device):
    return [code for _, code in device.security_log()]


def test_an_unsupported_command_is_answered_by_ecs100(lab):
    case = usecases.by_name("GCS46")[0]
    octets = lab.parties.command(
        lab.parties["supplier"], METER, case.code, bytes.fromhex("0109010107020003000000"), False
    )
    meter = lab.han.meters[METER]
    assert meter.receive(octets, lab.now) is None
    (alert,) = lab.alerts_of(METER)
    assert (alert.message.code, alert.signature, alert.error) == (0x0120, "valid", None)
    counter = message.decode(octets).counter
    assert alert.payload.body[2][2][2] == case.code.to_bytes(2, "big") + counter.to_bytes(8, "big")


def test_a_role_that_may_not_is_refused_logged_and_reported(lab):
    done = lab.read("ECS10", METER, {"value": b"x"}, party="network operator")
    assert done.answer is None
    meter = lab.han.meters[METER]
    assert codes(meter)[-1] == logs.UNAUTHORISED_ACCESS
    assert [one.message.code for one in lab.alerts_of(METER)] == [0x1000]


def test_a_wrong_mac_is_refused_logged_and_reported(lab):
    octets = bytearray(lab.parties.command(lab.parties["supplier"], METER, 0x0027, b"\xd9", False))
    octets[-1] ^= 1
    assert lab.carry("ECS17b", bytes(octets), METER).answer is None
    assert codes(lab.han.meters[METER])[-1] == logs.AUTHENTICATION_FAILED
    (alert,) = lab.alerts_of(METER)
    assert (alert.message.code, alert.signature) == (0x1000, "valid")


def test_a_counter_is_taken_once_also_after_a_restart(lab):
    done = lab.read("ECS70", METER)
    assert done.is_success
    assert lab.carry("ECS70", done.command, METER).answer is None
    lab.restart(METER)
    assert lab.carry("ECS70", done.command, METER).answer is None
    assert codes(lab.han.meters[METER])[-1] == logs.UNAUTHORISED_ACCESS


def test_a_use_case_reads_only_what_its_template_has(lab):
    item = (
        None,
        "get",
        1,
        bytes.fromhex("00005E2C220A"),
        2,
        None,
        (None, "null-data", None, None),
    )
    done = lab.send("ECS52", "supplier", METER, dlms.AccessRequest(0x20000001, b"", [item]))
    assert [one[2] for one in done.payload.items] == [3]


def test_a_flood_of_damaged_messages_changes_nothing_but_the_log(lab):
    lab.make(GSME, bytes.fromhex("00DB1234567890A1"))
    good = [lab.read(name, METER) for name in ("ECS17b", "ECS52", "ECS70")]
    assert all(one.is_success for one in good)
    meter = lab.han.meters[METER]

    def held():
        return {
            name: meter.store.get(name)
            for name in meter.store.names()
            if not name.startswith(("log/", "own/counter"))
        }

    before = held()
    seeds = [one.command for one in good]
    flood = list(damage.damaged(seeds, 3000, seed=4))
    for octets in flood[:500]:
        meter.receive(octets, lab.now)
    tracemalloc.start()
    start = tracemalloc.get_traced_memory()[0]
    for octets in flood[500:]:
        meter.receive(octets, lab.now)
    grown = tracemalloc.get_traced_memory()[0] - start
    tracemalloc.stop()
    assert held() == before
    assert grown < 200_000
    assert len(meter.outbox) < 20
    assert lab.read("ECS17b", METER).is_success
    assert lab.read("ECS70", METER).is_success
