"""A device must not say that it did what it did not do, or give more than was asked for."""

import pytest
from conftest import MISSING, reference_paths
from senders import Bench, authority_rows, right_form

from gbcs import clock, message, payload, usecases
from gbcs.cosem import cosem
from gbcs.cosem.cosem import name_of
from gbcs.gbz import template
from gbcs.zcl import clusters
from gbcs_device.base import logs
from gbcs_device.devices import kinds
from gbcs_device.messages import component, cosem_server, gbz_server
from gbcs_host.lab import supply
from tests.firmware.home import ESME, Home

pytestmark = pytest.mark.skipif(not reference_paths(), reason=MISSING)
READ_LOG = 0x0048  # ECS35a
RESET_DEMAND = 0x005A  # ECS57
PROTECTED = 30  # the class whose methods read
# Methods and commands that no kind of device here carries out: there are no auxiliary controllers,
# and no samples are taken
NOT_DONE = {("ECS47", "ESME"), ("ECS47a", "ESME"), ("ECS47a", "SAPC"), ("ECS47e", "ESME"),
            ("ECS47e", "SAPC"), ("GCS31", "GSME")}  # fmt: skip
# What these devices refuse for a reason: no such device listed, no such token, no emergency credit
NOT_NOW = {("CCS02", "CHF"), ("CS01a", "ESME"), ("ECS09", "ESME"), ("GCS06", "GSME"),
           ("PCS02", "GSME")}  # fmt: skip


@pytest.fixture(scope="module")
def bench():
    return Bench()


def received(bench, device, code, content=None):
    form = right_form(authority_rows()[code], device.kind, "Supplier")
    octets = bench.message(code, device.kind, "Supplier", form, None, None, content)
    return device.receive(octets, bench.now)


def does_something(case):
    """Whether a use case's template has a method, or a cluster's command that does not ask."""
    if case.form == "DLMS":
        requests = cosem.requests(case.code)
        return any(one.choice == "action" and one.object.class_id != PROTECTED for one in requests)
    return case.form == "GBZ" and any(
        one.side == "command" and one.frame_control & 1
        and not asks(one.cluster, one.frame_control & 8, one.command)
        for one in template.find(case.code)
    )  # fmt: skip


def asks(cluster, direction, command):
    return (clusters.command_name(cluster, direction, command) or "").startswith("Get")


DOING = [
    (case, kind)
    for case in usecases.all_cases()
    if case.code is not None and does_something(case)
    for kind in case.roles
]


def results(answer):
    """Of each method, or component that answers, whether it says that it was carried out."""
    m = message.decode(answer)
    if payload.use_case(m).form == "DLMS":
        items = payload.decode(m).items
        return [result == 0 for _, choice, result, _ in items if choice == "action"]
    parts = component.parts_of(m.octets, m.content_start, m.content_end)
    return [bool(one.frame_control & 1) or one.payload[1] == 0 for one in parts]


def answered(bench, case, kind, has_handlers):
    """What a device answers a use case's command, with what it has to carry out, or without."""
    device = bench.device(kind)
    if not has_handlers:
        device.servers = {"DLMS": cosem_server.answer, "GBZ": gbz_server.answer}
        device.objects = kinds.no_objects
    row = authority_rows()[case.code]
    sender = bench.right_sender(row, kind)
    octets = bench.message(case.code, kind, sender, right_form(row, kind, sender))
    answer = device.receive(octets, bench.now)
    assert answer is not None
    assert not device.errors
    return results(answer)


@pytest.mark.parametrize(
    ("case", "kind"), DOING, ids=[f"{one.name}-{kind}" for one, kind in DOING]
)
def test_nothing_is_answered_success_that_nobody_carries_out(bench, case, kind):
    """Methods and commands without a handler were, on every kind of device."""
    assert not any(answered(bench, case, kind, has_handlers=False))


@pytest.mark.parametrize(
    ("case", "kind"), DOING, ids=[f"{one.name}-{kind}" for one, kind in DOING]
)
def test_what_no_device_here_does_is_refused(bench, case, kind):
    """And the rest is carried out, where there is no other reason."""
    done = answered(bench, case, kind, has_handlers=True)
    refused = (case.name, kind) in NOT_DONE | NOT_NOW
    assert done == [not refused] * len(done)


def test_a_log_of_auxiliary_controllers_that_was_cleared_is_empty(bench):
    """ECS15c."""
    device = bench.device("ESME")
    name = name_of(7, bytes.fromhex("0011636202FF"), 2)
    device.store.write({name: bytes.fromhex("1302020612") + b"\x00"})
    assert results(received(bench, device, 0x00C1)) == [True]
    assert device.store.get(name) is None


def test_an_event_log_of_a_gas_proxy_that_was_cleared_has_no_entries(bench):
    """CS11."""
    device = bench.device("GPF")
    device.store.write(logs.added(device.store, logs.EVENT, 5, logs.CLOCK_ADJUSTED))
    assert results(received(bench, device, 0x0015)) == [True]
    assert not logs.entries(device.store.get(logs.EVENT) or b"")


def test_maximum_demand_that_was_reset_is_zero_since_now(bench):
    """ECS57: value, time of capture and of the last reset."""
    device = bench.device("ESME")
    maximum, reset = bytes.fromhex("0100010600FF"), bytes.fromhex("00005E2C0501")
    device.store.write({name_of(4, maximum, 2): b"\x06\x00\x00\x10\x00"})
    row = authority_rows()[RESET_DEMAND]
    sender = bench.right_sender(row, "ESME")
    octets = bench.message(RESET_DEMAND, "ESME", sender, right_form(row, "ESME", sender))
    assert all(results(device.receive(octets, bench.now)))
    now = b"\x09\x0c" + clock.date_time(bench.now)
    get = device.store.get
    assert get(name_of(4, maximum, 2)) is None  # which reads as zero
    assert get(name_of(4, maximum, 5)) == get(name_of(1, reset, 2)) == now


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


@pytest.mark.parametrize(
    ("place", "other"),
    [(6, 2), (13, 0x63), (16, 3), (19, 1)],
    ids=["class", "object", "attribute", "element"],
)
def test_a_range_of_something_else_than_time_gives_nothing(bench, place, other):
    """It was taken as one of time, whatever it was of."""
    device = bench.device("ESME")
    device.store.write(logs.added(device.store, logs.EVENT, 5, logs.CLOCK_ADJUSTED))
    content = bytearray(bench.contents[READ_LOG])
    at = content.index(bytes.fromhex("0204020412000109"))
    assert content[at + place] != other
    content[at + place] = other
    assert message.decode(received(bench, device, READ_LOG, bytes(content))).content[-1] == 12


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
