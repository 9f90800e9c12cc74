"""Octets that were carried out once want to be carried out again, after a floor of a counter."""

import pytest
from conftest import MISSING, reference_paths
from senders import Bench
from test_credentials import SUPPLIER, SUPPLIER_BY_SUPPLIER, content

from gbcs_device.base import logs
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


def test_a_party_goes_on_at_lower_counters_under_the_key_it_has(bench):
    """As GBCS has it: so what it sent above the floor can be sent again, too."""
    meter = bench.device("ESME")
    assert meter.receive(floor_of_zero(bench, 50_000), bench.now)
    switch = bench.message(SWITCH, "ESME", "Supplier", "both", counter=1)
    assert meter.receive(switch, bench.now)
    assert meter.receive(switch, bench.now) is None


def test_commands_that_set_floors_are_not_carried_out_twice(bench):
    """Digests of the last eight are kept."""
    meter = bench.device("ESME")
    commands = [floor_of_zero(bench, 50_000 + number) for number in range(8)]
    for command in commands:
        assert meter.receive(command, bench.now)
    meter = bench._device("ESME", meter.store)  # after a restart
    assert [meter.receive(command, bench.now) for command in commands] == [None] * 8


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
