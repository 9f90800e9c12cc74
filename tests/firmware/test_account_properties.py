"""Whatever the load, the tariff and the way time passes: nothing is lost, and nothing depends on
how often one looks.
"""

import pytest
from home import ESME, GSME
from hypothesis import given, settings
from hypothesis import strategies as st

from gbcs import clock
from gbcs.crypto import openssl
from gbcs_device.account import account
from gbcs_device.account import state as states
from gbcs_device.account.tariff import Calendar
from gbcs_device.base import load
from gbcs_device.base.figures import OFF, ON
from gbcs_device.base.store import MemoryMedium, PowerCut, Store
from gbcs_device.devices import kinds
from gbcs_device.messages.trust_anchors import HandedSecrets

BEGUN = clock.from_generalized("20260105090000Z")
DAY_MS = 86_400_000
PREPAYMENT = bytes.fromhex("020216021602")


def meter(kind, rates, data, profile=None, cut_after=None):
    """A meter with this load, and these objects."""
    medium = MemoryMedium(cut_after)
    store = Store(medium)
    store.write(load.started(BEGUN, rates, profile))
    store.write(data)
    own = HandedSecrets({}, lambda octets: bytes(64))
    eui = ESME if kind == "ESME" else GSME
    return kinds.make(kind, eui, store, openssl, own), medium


def price(mp):
    """The price of tier 1 and the standing charge of an ESME, each a charge of 10^-5 pounds."""
    head = bytes.fromhex("0203 0202 0F00 0FFB 0203 120000 0906000000000000 0F00 0101 0202")
    return {
        "a/0071/0000131400FF/05": head + b"\x09\x01\x01\x10" + mp.to_bytes(2, "big"),
        "a/0071/0000131404FF/05": head + b"\x09\x00\x10" + (mp // 2).to_bytes(2, "big"),
    }


GAS = {
    "z/0700/0302": bytes.fromhex("23788F0100"),
    "z/0700/0303": b"\x18\x50",
    "z/0700/0304": bytes.fromhex("238B010000"),
    "z/0700/0306": b"\x18\x10",
    "z/0700/0617": b"\x18\x50",
}


def all_of(found):
    """Everything that figures say."""
    said = []
    for name in found.__slots__:
        value = getattr(found, name)
        if name in ("debts", "top_ups"):
            value = [[getattr(one, slot) for slot in one.__slots__] for one in value]
        said.append((name, value))
    return said


watts = st.integers(0, 20_000)
prices = st.integers(0, 32_767)
profiles = st.none() | st.binary(min_size=48, max_size=48)
splits = st.lists(st.integers(1, 5 * DAY_MS), max_size=12)


@settings(max_examples=60, deadline=None)
@given(watts, prices, profiles, splits, st.integers(-(10**6), 10**6), st.booleans())
def test_looking_on_the_way_changes_nothing(power, mp, profile, times, credit, prepays):
    data = price(mp)
    data["a/0070/0000130A01FF/09"] = b"\x05" + (200_000).to_bytes(4, "big")
    if prepays:
        data["a/006F/0000130000FF/02"] = PREPAYMENT
    whole, _ = meter("ESME", {load.IMPORT: power}, data, profile)
    often, _ = meter("ESME", {load.IMPORT: power}, data, profile)
    for device in (whole, often):
        first = account.Account(device)
        first.adjust(credit)
        changes = {}
        first.changes(changes)
        device.store.write(changes)
    end = BEGUN + 5 * DAY_MS
    for at in sorted(times):
        often.store.write(account.advance(often, BEGUN + at))
    assert all_of(account.figures(whole, end)) == all_of(account.figures(often, end))
    often.store.write(account.advance(often, end))
    whole.store.write(account.advance(whole, end))
    assert often.store.get(states.STATE) == whole.store.get(states.STATE)
    assert often.outbox == whole.outbox


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 6000), st.integers(0, 50_000), splits)
def test_looking_at_a_gas_meter_changes_nothing(litres, mp, times):
    data = {**GAS, "z/0700/0400": b"\x23" + mp.to_bytes(4, "little")}
    whole, _ = meter("GSME", {load.GAS: litres}, data)
    often, _ = meter("GSME", {load.GAS: litres}, data)
    for at in sorted(times):
        often.store.write(account.advance(often, BEGUN + at))
    end = BEGUN + 5 * DAY_MS
    found = account.figures(often, end)
    assert all_of(account.figures(whole, end)) == all_of(found)
    # 5 days, by hand: joules are litres * 39,500 * 1.02264
    joules_100k = litres * 120 * 39_500 * 102_264
    assert found.import_wh == joules_100k // (100_000 * 3600)
    assert found.bill_mp == joules_100k * mp // (100_000 * 3600 * 1000)


@settings(max_examples=60, deadline=None)
@given(watts, prices, st.integers(1, 60))
def test_no_millipence_and_no_watt_hour_is_lost(power, mp, days):
    device, _ = meter("ESME", {load.IMPORT: power}, price(mp))
    found = account.figures(device, BEGUN + days * DAY_MS)
    used = power * 24 * days
    assert found.import_wh == used
    assert found.bill_mp == used * mp // 1000 + days * (mp // 2)
    if days <= 8:
        assert sum(cost for _, cost in found.days) == found.bill_mp
        assert sum(energy for energy, _ in found.days) == used
    assert sum(cost for _, cost in found.months) == found.bill_mp
    assert sum(energy for energy, _ in found.months) == used


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 20_000), st.integers(1, 32_767), st.integers(1, 10**6))
def test_credit_is_used_to_the_last_millipence_and_no_further(power, mp, credit):
    device, _ = meter("ESME", {load.IMPORT: power}, {**price(mp), **NO_STANDING})
    first = account.Account(device)
    first.adjust(credit)
    changes = {}
    first.changes(changes)
    device.store.write({**changes, "a/006F/0000130000FF/02": PREPAYMENT})
    found = None
    while device.next_timer() is not None:
        at = device.next_timer()
        if at > BEGUN + 30 * DAY_MS:
            break
        before = account.figures(device, at - 1)
        assert before.balance_mp >= 0
        device.handle_timer(at)
        found = account.figures(device, at)
        if found.supply == OFF:
            break
    # the millisecond in which credit ends may use a few millipence more
    last = power * mp // 3_600_000_000 + 1
    assert found is not None
    if found.supply == OFF:
        assert -last <= found.balance_mp <= 0
        assert before.supply == ON
        assert account.figures(device, at + 10 * DAY_MS).balance_mp == found.balance_mp
    else:
        assert found.balance_mp > 0


NO_STANDING = {"a/0071/0000131404FF/05": None}


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 3000), st.integers(1, 20))
def test_a_power_cut_at_any_octet_leaves_an_account_that_goes_on(octets, steps):
    data = {**price(20_000), "a/006F/0000130000FF/02": PREPAYMENT}
    device, medium = meter("ESME", {load.IMPORT: 2000}, data)
    sound, _ = meter("ESME", {load.IMPORT: 2000}, data)
    for one in (device, sound):
        first = account.Account(one)
        first.adjust(500_000)
        changes = {}
        first.changes(changes)
        one.store.write(changes)
    medium.cut_after = octets
    step = 7 * 3_600_000
    for number in range(1, steps + 1):
        try:
            device.handle_timer(BEGUN + number * step)
        except PowerCut:
            medium.cut_after = None
            own = HandedSecrets({}, lambda octets: bytes(64))
            device = kinds.make("ESME", ESME, Store(medium), openssl, own)
            device.handle_timer(BEGUN + number * step)
    end = BEGUN + 20 * step
    assert all_of(account.figures(device, end)) == all_of(account.figures(sound, end))


def test_a_state_comes_back_as_it_was_kept():
    state = states.State(BEGUN)
    for number, (name, size) in enumerate(states.NUMBERS):
        setattr(state, name, (1 << 8 * size) - 1 - number)
    for name in states.MONEY:
        setattr(state, name, -123_456_789)
    state.registers = {(1, 0): 5, (108, 3): 0xFFFFFFFF}
    state.days = [(1, -2), (3, 4)]
    state.months = [(5, 6)]
    again = states.read(state.changes(), 0)
    for name in state.__slots__:
        assert getattr(again, name) == getattr(state, name), name


@pytest.mark.parametrize("text", ["20260105000000Z", "20280229120000Z", "20251228235959Z"])
def test_a_calendar_says_until_when(text):
    calendar = Calendar()
    calendar.days = {1: [(0, 1), (420, 2)], 2: [(60, 3)]}
    calendar.weeks = {"w": (1, 1, 1, 1, 1, 2, 2)}
    calendar.seasons = [((None, 1, 1, None), "w")]
    at = clock.from_generalized(text)
    value, until = calendar.at(at)
    assert until > at
    assert all(calendar.at(at + part * (until - at) // 7)[0] == value for part in range(7))
    assert calendar.at(until)[0] != value or until % DAY_MS == 0


# Data items whose outer type is right: arrays and structures of anything
items = st.recursive(
    st.one_of(
        st.integers(0, 255).map(lambda value: bytes((17, value))),
        st.integers(-128, 127).map(lambda value: bytes((15, value & 0xFF))),
        st.integers(-(2**15), 2**15 - 1).map(lambda value: b"\x10" + (value & 0xFFFF).to_bytes(2)),
        st.integers(0, 2**32 - 1).map(lambda value: b"\x06" + value.to_bytes(4)),
        st.binary(max_size=12).map(lambda octets: bytes((9, len(octets))) + octets),
        st.binary(max_size=3).map(lambda octets: bytes((4, 8 * len(octets))) + octets),
        st.booleans().map(lambda value: bytes((3, value))),
    ),
    lambda inner: st.tuples(st.sampled_from((1, 2)), st.lists(inner, max_size=10)).map(
        lambda pair: bytes((pair[0], len(pair[1]))) + b"".join(pair[1])
    ),
    max_leaves=30,
)
READ = (
    "a/006F/0000130000FF/02", "a/006F/0000130000FF/0B", "a/0071/0000131400FF/05",
    "a/0071/0000131404FF/05", "a/0071/0000131401FF/05", "a/0071/0000131401FF/08",
    "a/0014/00000D0000FF/03", "a/0014/00000D0000FF/04", "a/0014/00000D0000FF/05",
    "a/000B/00000B0000FF/02", "a/000A/00000C0001FF/02", "a/000B/00000B0002FF/02",
    "a/0016/00000F0100FF/04", "a/0015/0000100001FF/02", "a/0015/000010000BFF/02",
    "a/0070/0000130A01FF/09", "a/0070/0000130A01FF/0A",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(READ), items, max_size=6))
def test_objects_of_any_form_break_no_account(data):
    device, _ = meter("ESME", {load.IMPORT: 1000}, data)
    end = BEGUN + 3 * DAY_MS
    assert account.figures(device, end).import_wh >= 0
    device.handle_timer(end)
    assert device.next_timer() > end


@st.composite
def schedules(draw):
    """Calendars of the right form with any content."""

    def octets(size):
        return bytes((9, size)) + draw(st.binary(min_size=size, max_size=size))

    def byte():
        return bytes((17, draw(st.integers(0, 4))))

    def array(make):
        count = draw(st.integers(0, 3))
        return bytes((1, count)) + b"".join(make() for _ in range(count))

    selector = b"\x12\x00"

    def entry():
        scripts = (b"\0\0", b"\0\2", b"\0e", b"\0\xff", b"\2\1")
        return b"\x02\x03" + octets(4) + octets(6) + b"\x12" + draw(st.sampled_from(scripts))

    def bits():
        return b"\x04\x08" + draw(st.binary(min_size=1, max_size=1))

    return {
        READ[8]: array(lambda: b"\x02\x02" + byte() + array(entry)),
        READ[7]: array(lambda: b"\x02\x08" + octets(1) + b"".join(byte() for _ in range(7))),
        READ[6]: array(lambda: b"\x02\x03" + octets(3) + octets(12) + octets(1)),
        READ[9]: array(lambda: b"\x02\x03" + selector + b"\x01" + octets(5) + byte()),
        READ[11]: array(lambda: b"\x02\x03" + selector + b"\x01" + octets(5) + byte()),
        READ[10]: array(
            lambda: b"\x02\x0a" + selector + b"\x01" + b"\x03\x01" + octets(6) + selector
            + bytes((draw(st.integers(32, 33)),)) + octets(4) + b"\x12\xff\xff" + bits() + bits()
            + octets(5) + octets(5)
        ),
        READ[12]: array(lambda: b"\x02\x02" + octets(4) + octets(5)),
    }  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(schedules())
def test_calendars_of_any_content_say_something(data):
    device, _ = meter("ESME", {load.IMPORT: 1000}, {**data, READ[0]: PREPAYMENT})
    terms = account.Account(device).terms
    for hour in range(0, 24 * 8, 5):
        at = BEGUN + hour * 3_600_000
        for _, until in (terms.tier(at), terms.friendly_period(at)):
            assert until > at
    assert account.figures(device, BEGUN + 3 * DAY_MS).supply in (OFF, ON)
