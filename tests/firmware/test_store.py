"""The store against a model, on files, and in a meter: cut, damaged, flooded, filled."""

import os

import pytest
from home import joined_lab
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gbcs import clock, usecases
from gbcs.crypto.backends import default
from gbcs_device.base import logs
from gbcs_device.base.store import FileMedium, MemoryMedium, PowerCut, Store
from gbcs_device.base.store_format import StoreDamaged
from gbcs_device.board import remote
from gbcs_device.board.remote import Server
from gbcs_host.lab.lab import ESME, GSME, Lab

LONG = os.environ.get("GBCS_LONG") == "1"
HUB, METER, GAS = [bytes.fromhex("00DB1234567890" + end) for end in ("B2", "A0", "A1")]
HOUR_MS = 3_600_000

_batches = st.lists(
    st.dictionaries(st.sampled_from("abcdef"), st.none() | st.binary(max_size=30), max_size=4),
    max_size=20,
)
_cuts = st.lists(st.integers(0, 120), max_size=20)
_unhurried = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def held(store):
    return {name: store.get(name) for name in store.names()}


@given(_batches, _cuts)
@_unhurried
def test_whatever_is_cut_a_batch_is_whole_or_not_there(batches, cuts):
    medium = MemoryMedium()
    store = Store(medium, 400)
    state = {}
    for index, batch in enumerate(batches):
        after = {name: octets for name, octets in {**state, **batch}.items() if octets is not None}
        medium.cut_after = cuts[index] if index < len(cuts) else None
        try:
            store.write(batch)
            state = after
        except PowerCut:
            medium.cut_after = None
            store = Store(medium, 400)
            assert held(store) in (state, after)
            state = held(store)
        assert held(store) == state
    medium.cut_after = None
    assert held(Store(medium, 400)) == state


@given(_batches, st.integers(0, 1), st.integers(0), st.integers(1, 255))
@_unhurried
def test_whatever_is_damaged_the_state_is_the_last_or_none(batches, bank, at, change):
    medium = MemoryMedium()
    store = Store(medium, 400)
    for batch in batches:
        store.write(batch)
    if not medium.banks[bank]:
        return
    medium.banks[bank][at % len(medium.banks[bank])] ^= change
    try:
        again = Store(medium, 400)
    except StoreDamaged:
        assert change & change - 1  # more than one bit
        return
    assert held(again) == held(store)
    assert again.damage


@given(st.lists(st.tuples(st.integers(0, 40), st.binary(max_size=40)), max_size=30))
@_unhurried
def test_octets_that_come_of_older_ones_are_kept_as_they_are(steps):
    medium = MemoryMedium()
    store = Store(medium, 1000)
    octets = b""
    for gone, added in steps:
        octets = (octets[gone:] + added)[-200:]
        store.write({"a": octets})
        assert held(Store(medium, 1000)) == held(store) == {"a": octets}


def test_files_keep_it(tmp_path):
    store = Store(FileMedium(str(tmp_path)), 120)
    for number in range(20):
        store.write({"n": bytes((number,)), "x%d" % (number % 3): bytes(number)})
    again = Store(FileMedium(str(tmp_path)), 120)
    assert held(again) == held(store)
    assert again.get("n") == bytes((19,))


def test_a_file_that_cannot_be_read_is_damage_not_an_empty_store(tmp_path):
    (tmp_path / "store.0").mkdir()
    with pytest.raises(StoreDamaged):
        Store(FileMedium(str(tmp_path)))


# A meter


@pytest.fixture
def lab():
    return joined_lab(11, HUB, (ESME, METER))


def counters(store):
    return {name: store.get(name) for name in store.names() if name.startswith(("count/", "own/"))}


def codes(device, log):
    return [entry.code for entry in logs.entries(device.store.get(log) or b"")]


def damages(octets, step):
    """Offsets and masks: one bit of every octet, or of each so many; in long tests every bit."""
    for at in range(0, len(octets), 1 if LONG else step):
        for bit in range(8) if LONG else (at % 8,):
            yield at, 1 << bit


def test_no_wrong_bit_makes_a_counter_go_back_and_each_is_told(lab):
    commands = [lab.read(name, METER) for name in ("ECS70", "ECS42", "ECS43")]
    assert all(one.is_success for one in commands)
    medium = lab.media[METER]
    before = Store(medium)
    banks = [bytes(bank) for bank in medium.banks]
    count = 0
    for bank in (0, 1):
        for at, mask in damages(banks[bank], 11):
            medium.banks = [bytearray(one) for one in banks]
            medium.banks[bank][at] ^= mask
            store = Store(medium)
            assert held(store) == held(before)
            assert "bank %d" % bank in store.damage
            count += 1
    print("%d wrong bits: each put right and told" % count)
    medium.banks = [bytearray(one) for one in banks]
    medium.banks[0][-9] ^= 0x20
    meter = lab.restart(METER)
    assert codes(meter, logs.EVENT)[-1] == logs.MEMORY_ERROR
    assert [one.message.code for one in lab.alerts_of(METER)][-1] == 0x1001
    for one in commands:
        assert lab.carry("ECS70", one.command, METER).answer is None
    lab.restart(METER)  # nothing is wrong any more
    assert codes(lab.han.meters[METER], logs.EVENT).count(logs.MEMORY_ERROR) == 1


def test_a_store_that_cannot_be_put_right_serves_nothing_until_it_is_provisioned_anew(lab):
    medium = MemoryMedium()
    store = Store(medium, 16384)
    store.write(held(Store(lab.media[METER])))
    store.write({"own/identity": METER + b"ESME", "count/2": bytes(8)})
    size = len(medium.banks[0])
    store.write({"count/2": b"\x01" * 8})
    medium.banks[0][size + 15] ^= 0xFF
    served = Server(default(), os.urandom, medium, 16384)

    def ask(number, operation, body=b""):
        request = number.to_bytes(8, "big") + bytes((operation,)) + bytes(8) + body
        answer = served.handle(request)
        return answer[8], answer[remote.ANSWER_HEAD :]

    assert ask(1, remote.HELLO)[0] == remote.OK
    for number, operation in enumerate((remote.IDENTITY, remote.RESTART, remote.POWER_ON), 2):
        status, words = ask(number, operation)
        assert status == remote.REFUSED
        assert b"store damaged, provision it anew: bank 0, offset %d" % size in words
    radio = Lab(6, radio=True)
    radio.make(ESME, METER)
    for name, octets in held(Store(radio.media[METER])).items():
        number += 1
        assert ask(number, remote.WRITE, remote.entry(name, octets))[0] == remote.OK
    assert ask(number + 1, remote.BEGIN, METER + b"ESME")[0] == remote.OK
    assert ask(number + 2, remote.IDENTITY)[0] == remote.OK
    assert not served.damaged


def test_a_served_device_tells_what_was_put_right_once():
    medium = MemoryMedium()
    store = Store(medium)
    radio = Lab(6, radio=True)
    radio.make(ESME, METER)
    store.write(held(Store(radio.media[METER])))
    store.write({"own/identity": METER + b"ESME"})
    medium.banks[0][100] ^= 1
    served = Server(default(), os.urandom, medium)
    assert served.damaged == "bank 0, offset 11: put right"
    for number in (1, 2):
        request = number.to_bytes(8, "big") + bytes((remote.IDENTITY,))
        request += radio.now.to_bytes(8, "big")
        assert served.handle(request)[8] == remote.OK
    found = logs.entries(served.station.device.store.get(logs.EVENT))
    assert [(one.time, one.code) for one in found[-1:]] == [
        (clock.seconds(radio.now), logs.MEMORY_ERROR)
    ]
    assert [one.code for one in found].count(logs.MEMORY_ERROR) == 1
    again = Server(default(), os.urandom, medium)
    assert again.station is not None
    assert not again.damaged


# Messages that are refused


def forged(lab):
    octets = bytearray(lab.parties.command(lab.parties["supplier"], METER, 0x0027, b"\xd9", False))
    octets[-1] ^= 1
    return bytes(octets)


def test_a_thousand_forged_messages_cost_no_more_than_a_few(lab):
    meter = lab.han.meters[METER]
    medium = lab.media[METER]
    size = len(medium.banks[0])
    octets = forged(lab)
    alerts = 0
    for number in range(1000):
        assert meter.receive(octets, lab.now + number) is None
        alerts += len(meter.outbox)
        meter.outbox.clear()
    assert alerts <= 17
    assert len(medium.banks[0]) - size < 2000
    assert not medium.banks[1]
    found = codes(meter, logs.SECURITY)
    assert found[-1] == logs.AUTHENTICATION_FAILED
    assert found.count(logs.MANY_REFUSED) == 1
    assert len(found) <= 20
    assert meter.receive(octets, lab.now + HOUR_MS + 1000) is None
    assert codes(meter, logs.SECURITY)[-1] == logs.AUTHENTICATION_FAILED
    assert codes(lab.restart(METER), logs.SECURITY) == codes(meter, logs.SECURITY)


def test_what_is_not_supported_is_answered_once_and_not_when_it_is_sent_again(lab):
    case = usecases.by_name("GCS46")[0]
    meter = lab.han.meters[METER]

    def command():
        content = bytes.fromhex("0109010107020003000000")
        return lab.parties.command(lab.parties["supplier"], METER, case.code, content, False)

    first, second = command(), command()
    answered = []
    for octets in (first, first, second, first, second):
        meter.receive(octets, lab.now)
        found = [one.message.code for one in lab.alerts_of(METER)]
        answered.append(0x0120 in found)
    assert answered == [True, False, True, False, False]
    assert codes(meter, logs.SECURITY)[-1] == logs.UNAUTHORISED_ACCESS


# A store that is full


def results(done):
    return [one[2] for one in done.payload.items]


def statuses(done):
    """Of the default responses that answer a GBZ command: the second octet."""
    return [one.fields[1][2] for one in done.payload.components]


def fill(store):
    """Fills a store as far as messages may; with how many values."""
    number = 0
    for size in (500, 1):
        while store.has_room({"c/%04X" % number: bytes(size)}):
            store.write({"c/%04X" % number: bytes(size)})
            number += 1
    return number


def test_a_value_that_is_too_long_is_answered_with_a_failure_and_changes_nothing(lab):
    meter = lab.han.meters[METER]
    assert results(lab.read("ECS10", METER, {"value": b"short"})) == [0]
    before = held(meter.store)
    assert results(lab.read("ECS10", METER, {"value": bytes(28000)})) == [12]  # no such message
    assert held(meter.store) == before
    assert results(lab.read("ECS10", METER, {"value": b"again"})) == [0]


def test_in_a_full_store_commands_fail_and_counters_and_logs_go_on(lab):
    meter = lab.han.meters[METER]
    assert fill(meter.store) > 40
    assert results(lab.read("ECS10", METER, {"value": b"x" * 100})) == [250]
    switched = lab.read("ECS43", METER)
    assert switched.is_success
    assert lab.carry("ECS43", switched.command, METER).answer is None  # it was counted
    for _ in range(200):
        meter.store.write(logs.added(meter.store, logs.EVENT, 1, 0x8154, bytes(40)))
    for number in range(40):
        meter.receive(forged(lab), lab.now + number)
    assert codes(meter, logs.SECURITY)[-1] == logs.AUTHENTICATION_FAILED
    assert held(Store(lab.media[METER])).keys() == held(meter.store).keys()
    meter.store.write(dict.fromkeys(meter.store.names("c/")))
    assert results(lab.read("ECS10", METER, {"value": b"x" * 100})) == [0]


def test_a_gas_meter_whose_store_is_full_answers_that_it_failed(lab):
    lab.make(GSME, GAS)
    lab.add_to_hub(HUB, GAS)
    assert lab.join(GAS, HUB)
    meter = lab.han.meters[GAS]
    assert fill(meter.store) > 40
    before = held(meter.store)
    done = lab.read("GCS41", GAS)
    assert statuses(done) == [1]
    assert meter.store.get("z/0702/0307") == before.get("z/0702/0307")
    after = held(meter.store)
    assert {name for name in after if after[name] != before.get(name)} == {"count/2"}
    meter.store.write(dict.fromkeys(meter.store.names("c/")))
    assert statuses(lab.read("GCS41", GAS)) == [0]


# Logs


@pytest.mark.parametrize(
    ("time", "kept"),
    [(-1, 0), (0, 0), (2**32 - 1, 2**32 - 1), (2**32, 2**32 - 1), (2**63, 2**32 - 1)],
)
def test_an_entry_of_any_time_is_kept(time, kept):
    store = Store(MemoryMedium())
    store.write(logs.added(store, logs.EVENT, time, 0x8154, b"beside"))
    (entry,) = logs.entries(store.get(logs.EVENT))
    assert (entry.time, entry.code, entry.other) == (kept, 0x8154, b"beside")


def test_a_clock_far_from_any_date_stops_no_device(lab):
    meter = lab.han.meters[METER]
    for now in (-(2**63), -1, 2**32 * 1000, 2**63):
        assert meter.receive(forged(lab), now) is None
        meter.outbox.clear()
    assert lab.read("ECS70", METER).is_success


def test_a_log_keeps_its_newest_entries_and_never_grows_beyond_its_room():
    store = Store(MemoryMedium())
    for number in range(250):
        store.write(logs.added(store, logs.EVENT, number, 0x8154))
    assert [one.time for one in logs.entries(store.get(logs.EVENT))] == list(range(150, 250))
    for number in range(250):
        store.write(logs.added(store, logs.EVENT, number, 0x8154, bytes(number)))
        assert len(store.get(logs.EVENT)) <= 1400
    last = logs.entries(store.get(logs.EVENT))[-1]
    assert (last.time, last.other) == (249, bytes(249))
