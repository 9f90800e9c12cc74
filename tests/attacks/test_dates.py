"""Dates at which nothing can be done: what was kept stays, and success is not answered."""

import pytest
import senders
from conftest import MISSING, reference_paths
from senders import Bench

from gbcs import clock, message, usecases

pytestmark = pytest.mark.skipif(not reference_paths(), reason=MISSING)
DAY_MS = 86_400_000
WHOLE = bytes.fromhex("07EA0701FF0A000000800000")  # 1 July 2026, ten o'clock UTC

IMPOSSIBLE = {
    "month 13": "07EA0D01FF0A000000800000",
    "month 0": "07EA0001FF0A000000800000",
    "31 February": "07EA021FFF0A000000800000",
    "29 February of 2027": "07EB021DFF0A000000800000",
    "31 April": "07EA041FFF0A000000800000",
    "day 0": "07EA0700FF0A000000800000",
    "hour 25": "07EA0701FF19000000800000",
    "minute 60": "07EA0701FF0A3C0000800000",
    "second 60": "07EA0701FF0A003C00800000",
    "any year": "FFFF0701FF0A000000800000",
    "any month": "07EAFF01FF0A000000800000",
    "any day": "07EA07FFFF0A000000800000",
    "last day of a month": "07EA07FEFF0A000000800000",
    "any hour": "07EA0701FFFF000000800000",
    "any minute": "07EA0701FF0AFF0000800000",
    "before 2000": "07CF0701FF0A000000800000",
    "15 hours from UTC": "07EA0701FF0A000000038400",
}


@pytest.fixture(scope="module")
def bench():
    return Bench()


def activation(bench, date, counter=50_000):
    """ECS01c of the reference set with another activation date, an ESME's."""
    code = usecases.by_name("ECS02")[0].code
    content = bytearray(bench.contents[code])
    at = content.rindex(b"\x09\x0c") + 2
    content[at : at + 12] = date
    return bench.message(
        code, "ESME", "Supplier", "both", None, None, bytes(content), counter=counter
    )


def results(answer):
    """The results of an access response, from its end: choice and result of each."""
    content = message.decode(answer).content
    return content[-1]


def test_a_date_is_kept_and_counts_from_utc_by_its_deviation(bench):
    due = clock.from_generalized("20260701100000Z")
    for deviation, minutes in (("8000", 0), ("0000", 0), ("FFC4", -60), ("003C", 60)):
        device = bench.device("ESME")
        date = WHOLE[:9] + bytes.fromhex(deviation) + b"\x00"
        assert results(device.receive(activation(bench, date), bench.now)) == 0
        kept = list(device.store.names("later/"))
        assert len(kept) == 1
        moment = int.from_bytes(device.store.get(kept[0])[:8], "big")
        assert moment == due + minutes * 60_000


@pytest.mark.parametrize("date", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_an_impossible_date_is_no_success_and_cancels_nothing(bench, date):
    device = bench.device("ESME")
    assert device.receive(activation(bench, WHOLE), bench.now)
    kept = {name: device.store.get(name) for name in device.store.names("later/")}
    assert kept
    answer = device.receive(activation(bench, bytes.fromhex(date), 50_001), bench.now)
    assert answer is None or results(answer) != 0
    assert {name: device.store.get(name) for name in device.store.names("later/")} == kept


def test_all_ones_cancel_and_zeros_are_now(bench):
    for date in (b"\xff" * 12, bytes(12), b"\xff" * 9 + b"\x80\x00\xff"):
        device = bench.device("ESME")
        assert device.receive(activation(bench, WHOLE), bench.now)
        assert results(device.receive(activation(bench, date, 50_001), bench.now)) == 0
        assert not device.store.names("later/")


def test_a_clock_interval_that_begins_on_no_day_is_refused(bench):
    code = usecases.by_name("ECS70")[0].code
    content = bench.contents[code]
    first = content.index(b"\x09\x0c", content.index(b"\x09\x0c") + 1) + 2
    for date in ("07EAFF01FF0A000000800000", "07EA0D01FF0A000000800000"):
        changed = content[:first] + bytes.fromhex(date) + content[first + 12 :]
        octets = bench.message(code, "ESME", "Supplier", "MAC", None, None, changed)
        device = bench.device("ESME")
        answer = device.receive(octets, bench.now)
        assert answer is None or results(answer) != 0
        assert device.store.get("clock/status") in (None, b"\x02")


@pytest.mark.parametrize("now", [-DAY_MS, -1, 0, 1 << 32, (1 << 32) * 1000, 1 << 63, 1 << 70])
def test_an_absurd_clock_stops_no_device(bench, now):
    for kind in senders.KINDS:
        device = bench.device(kind)
        good = bench.message(0x0082 if kind == "GSME" else 0x0027, kind, "Supplier", "MAC")
        bad = bytearray(good)
        bad[-1] ^= 1
        for octets in (bytes(bad), good):
            device.receive(octets, now)
        device.handle_timer(now)
        device.next_timer()
