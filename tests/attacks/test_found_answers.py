"""A device must not say that it did what it did not do, or give more than was asked for."""

import pytest
from conftest import MISSING, reference_paths
from senders import Bench, authority_rows, right_form

from gbcs import message
from gbcs_device.base import logs
from gbcs_host.lab import supply
from tests.firmware.home import ESME, Home

pytestmark = pytest.mark.skipif(not reference_paths(), reason=MISSING)
READ_LOG = 0x0048  # ECS35a


@pytest.fixture(scope="module")
def bench():
    return Bench()


def received(bench, device, code, content=None):
    form = right_form(authority_rows()[code], device.kind, "Supplier")
    octets = bench.message(code, device.kind, "Supplier", form, None, None, content)
    return device.receive(octets, bench.now)


@pytest.mark.parametrize(("code", "kind"), [(0x0024, "ESME"), (0x0015, "GSME")])
def test_an_event_log_that_was_cleared_has_no_entries(bench, code, kind):
    """ECS15a, CS11: success was answered, and the log was as before."""
    device = bench.device(kind)
    device.store.write(logs.added(device.store, logs.EVENT, 5, logs.CLOCK_ADJUSTED))
    device.store.write(logs.added(device.store, logs.SECURITY, 5, logs.JOINING_FAILED))
    assert received(bench, device, code)
    assert not logs.entries(device.store.get(logs.EVENT) or b"")
    assert len(device.security_log()) == 1


@pytest.mark.parametrize("number", [0, 1, 2, 4, 7, 0x13])
def test_no_log_but_the_event_log_is_cleared(bench, number):
    """CS11: a security log cannot be cleared, which was answered by success."""
    device = bench.device("GSME")
    device.store.write(logs.added(device.store, logs.EVENT, 5, logs.CLOCK_ADJUSTED))
    answer = received(bench, device, 0x0015, bench.contents[0x0015][:-1] + bytes((number,)))
    assert answer is None or message.decode(answer).content[-1] != 0
    assert logs.entries(device.store.get(logs.EVENT))


@pytest.mark.parametrize("selector", [0, 2, 3, 255])
def test_a_selection_of_another_kind_than_a_range_gives_nothing(bench, selector):
    """Everything that the log has was given, whatever was asked for."""
    device = bench.device("ESME")
    device.store.write(logs.added(device.store, logs.EVENT, 5, logs.CLOCK_ADJUSTED))
    content = bench.contents[READ_LOG]
    at = content.index(bytes.fromhex("0000636200FF02")) + 7
    assert content[at] == 1
    content = content[:at] + bytes((selector,)) + content[at + 1 :]
    answer = received(bench, device, READ_LOG, content)
    assert answer is None or message.decode(answer).content[-1] != 0


def test_the_highest_counter_of_a_token_does_not_make_the_next_one_an_error():
    """What is above it has no place in a counter: an OverflowError for each token typed in."""
    home = Home()
    home.prepay(500_000)
    highest = (1 << 32) - 1
    digits = home.token(ESME, highest, 5).decode()
    assert supply.top_up(home.lab, ESME, digits, highest).is_success
    assert home.key_in(home.esme, home.token(ESME, highest, 5))[0] == 2  # duplicate
    assert home.key_in(home.esme, home.token(ESME, highest - 1, 5))[1] > 0
    assert home.key_in(home.esme, home.token(ESME, 7, 5))[0] == 1  # invalid, and no exception
