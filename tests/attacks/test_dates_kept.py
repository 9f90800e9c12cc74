"""A refused or another command must not change what a supplier has kept for its date."""

import pytest
from conftest import MISSING, reference_paths
from senders import Bench, authority_rows, right_form

from gbcs import clock, message
from gbcs_device.messages import cosem_server, future_dated
from gbcs_host.lab import supply
from gbcs_host.lab.compose import field
from tests.firmware.home import ESME, Home, code_of

pytestmark = pytest.mark.skipif(not reference_paths(), reason=MISSING)
TARIFF, NON_DISABLEMENT = 0x006B, 0x006F  # GCS01a, GCS05
PRICE = 0x00A3  # GCS01b
DATE = bytes.fromhex("07EA0701FF0A000000800000")
CANCELS = (b"\xff\xff\xff\xff", b"\xfe\xff\xff\xff")  # as both reference commands have them


def dated(bench, code, second):
    """The content of a reference command, which cancels, with a date instead."""
    content = bench.contents[code]
    for cancel in CANCELS:
        content = content.replace(cancel, second.to_bytes(4, "little"))
    return content


@pytest.mark.parametrize("cancels", [True, False])
def test_non_disablement_periods_want_to_cancel_the_tariff_that_is_kept(cancels):
    """GCS05 has a calendar of another type than GCS01a: it neither cancels nor replaces that."""
    bench = Bench()
    meter = bench.device("GSME")
    second = clock.seconds(bench.now) + 86400
    other = bench.contents[NON_DISABLEMENT] if cancels else None
    other = other or dated(bench, NON_DISABLEMENT, second + 86400)
    for code, content, counter in (
        (TARIFF, dated(bench, TARIFF, second), 60_000), (NON_DISABLEMENT, other, 60_001),
    ):  # fmt: skip
        octets = bench.message(code, "GSME", "Supplier", "both", None, None, content, counter)
        assert meter.receive(octets, bench.now)
    meter.handle_timer((second + 1) * 1000)
    assert meter.store.get("account/calendar/0")
    assert meter.store.get("account/special/0") is not None


@pytest.mark.parametrize(
    ("code", "name", "cancels"),
    [
        (NON_DISABLEMENT, "later/C/0705/03", CANCELS[0]),
        (NON_DISABLEMENT, "later/C/0707/00/03", CANCELS[1]),
        (PRICE, "later/C/0700/04", CANCELS[0]),
        (PRICE, "later/C/0700/05", CANCELS[1]),
        (TARIFF, "later/C/0700/06", CANCELS[1]),
        (TARIFF, "later/C/0707/00/00", CANCELS[1]),
    ],
)
def test_what_cancels_one_command_cancels_no_other(code, name, cancels):
    """FFFFFFFF in 0705 and for tariff information, FFFFFFFE elsewhere: either cancelled each."""
    bench = Bench()
    meter = bench.device("GSME")
    second = clock.seconds(bench.now) + 86400

    def sent(moment, counter):
        content = dated(bench, code, second).replace(second.to_bytes(4, "little"), moment)
        form = right_form(authority_rows()[code], "GSME", "Supplier")
        octets = bench.message(code, "GSME", "Supplier", form, None, None, content, counter)
        assert meter.receive(octets, bench.now)
        return meter.store.get(name)

    kept = sent(second.to_bytes(4, "little"), 60_000)
    assert kept
    wrong = CANCELS[1] if cancels == CANCELS[0] else CANCELS[0]
    assert sent(wrong, 60_001) == kept
    assert sent(cancels, 60_002) is None


def test_many_dates_at_one_moment_are_all_told():
    """Each activation date-time gives one alert; those from the seventeenth on were dropped."""
    bench = Bench()
    meter = bench.device("ESME")
    for counter, code in enumerate((0x0019, 0x001A, 0x001B, 0x001F, 0x0043, 0x0054), 60_000):
        content = bytearray(bench.contents[code])
        for item in cosem_server.items_of(bytes(content), 0, len(content)):
            if item.choice == 2 and (item.class_id, item.index) in future_dated.ACTIVATIONS:
                content[item.start + 2 : item.start + 14] = DATE
        octets = bench.message(
            code, "ESME", "Supplier", "both", None, None, bytes(content), counter
        )
        assert meter.receive(octets, bench.now)
    wanted = len(meter.store.names("later/"))
    assert wanted > 16
    meter.outbox.clear()
    meter.handle_timer(clock.from_date_time(DATE))
    assert not meter.store.names("later/")
    codes = [message.decode(alert).code for alert in meter.outbox]  # and what the account tells
    assert codes.count(0x00CC) == wanted


def priced(home, price, date):
    return supply.electricity(home.lab, ESME, "ECS01b", None, {
        0: supply.charges(-4, [(b"", 5300)]), 1: supply.charges(-5, [(b"\x01", price)]),
        2: field("octet-string", date), 3: field("octet-string", date)})  # fmt: skip


@pytest.mark.parametrize("year", [b"\xff\xff", b"\x07\xcf"], ids=["any year", "before 2000"])
def test_a_command_refused_for_its_date_wants_its_price_in_force_at_the_date_before(year):
    home = Home()
    date = clock.date_time(clock.from_generalized("20260106000000Z"))
    assert priced(home, 11_111, date).is_success
    assert not priced(home, 29_999, year + date[2:]).is_success
    home.until("20260106000100")
    assert home.figures(home.esme).price_mp == 11_111
    assert [code_of(one.payload) for one in home.lab.alerts_of(ESME)] == [0x8F66, 0x8F66]
