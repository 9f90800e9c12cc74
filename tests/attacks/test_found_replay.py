"""Octets that were carried out once want to be carried out again, after a floor of a counter."""

import pytest
from conftest import MISSING, reference_paths
from senders import Bench
from test_credentials import BY_TRANSCOS, SUPPLIER, SUPPLIER_BY_SUPPLIER, content

from gbcs_device.base import clock, logs
from gbcs_host.lab import supply
from tests.firmware.home import ESME, Home

pytestmark = pytest.mark.skipif(not reference_paths(), reason=MISSING)
SWITCH = 0x0050  # ECS42


@pytest.fixture(scope="module")
def bench():
    return Bench()


def floor_of_zero(bench, counter, **more):
    """A CS02b of the supplier: its certificate once more, its counter from 0 on."""
    octets = content(bench, 2, SUPPLIER, counter=counter, floor=0, **more)
    return bench.message(
        SUPPLIER_BY_SUPPLIER, "ESME", "Supplier", "both", None, None, octets, counter
    )


def test_what_a_party_sent_before_its_counter_went_back_is_not_carried_out_again(bench):
    meter = bench.device("ESME")
    switch = bench.message(SWITCH, "ESME", "Supplier", "both", counter=49_000)
    assert meter.receive(switch, bench.now)
    assert meter.receive(floor_of_zero(bench, 50_000), bench.now)
    again = bench._device("ESME", meter.store)  # after a restart
    assert again.receive(switch, bench.now) is None


def test_nor_what_it_sent_while_a_floor_was_kept_for_its_date(bench):
    meter = bench.device("ESME")
    assert meter.receive(floor_of_zero(bench, 50_000, date="20260602000000Z"), bench.now)
    switch = bench.message(SWITCH, "ESME", "Supplier", "both", counter=50_001)
    assert meter.receive(switch, bench.now)
    due = clock.from_generalized("20260602000000Z")
    meter.handle_timer(due)
    assert meter.receive(switch, due + 1000) is None


def test_nor_where_another_set_the_floor(bench):
    meter = bench.device("ESME")
    switch = bench.message(SWITCH, "ESME", "Supplier", "both", counter=49_000)
    assert meter.receive(switch, bench.now)
    octets = content(bench, 7, 5, others=[(SUPPLIER, 0)])
    assert meter.receive(
        bench.message(BY_TRANSCOS, "ESME", "Transitional CoS", "both", None, None, octets),
        bench.now,
    )
    assert meter.receive(switch, bench.now) is None


def test_nine_commands_that_set_floors_do_not_make_the_first_one_forgotten(bench):
    """Digests of the last eight are kept."""
    meter = bench.device("ESME")
    commands = [floor_of_zero(bench, 50_000 + number) for number in range(9)]
    for command in commands:
        assert meter.receive(command, bench.now)
    assert [meter.receive(command, bench.now) for command in commands] == [None] * 9


@pytest.mark.xfail(reason="not fixed: duplicates are not counted as refusals are", strict=True)
def test_a_token_sent_again_and_again_wears_no_flash_out():
    """Anybody on the way may do so: each was an entry of the security log, and a write."""
    home = Home()
    home.prepay(500_000)
    sent = []
    receive = home.esme.receive

    def seen(octets, now):
        sent.append(octets)
        return receive(octets, now)

    home.esme.receive = seen
    assert supply.top_up(home.lab, ESME, home.token(ESME, 3, 5).decode(), 3).is_success
    store = home.esme.store
    writes = store.writes
    for second in range(60):
        receive(sent[-1], home.lab.now + second * 1000)
    codes = [one.code for one in logs.entries(store.get(logs.SECURITY) or b"")]
    assert codes.count(0x8F51) <= 17
    assert store.writes - writes <= 40
