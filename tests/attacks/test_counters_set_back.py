"""Octets that were carried out once want to be carried out again, after a floor of a counter."""

import pytest
from conftest import MISSING, reference_paths
from senders import Bench
from test_credentials import SUPPLIER, SUPPLIER_BY_SUPPLIER, content

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
