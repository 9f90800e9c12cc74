"""A lab that is run in one place: calls from many threads, on an asyncio loop, at its own pace."""

import asyncio
import threading

import pytest

from gbcs_host.han import events
from gbcs_host.lab.lab import CHF, ESME, GSME, Lab
from gbcs_host.lab.owner import Closed, Owner

HUB, METER, GAS = [bytes.fromhex("00DB1234567890" + last) for last in ("B2", "A0", "A1")]


def reading(use_case, device):
    """What an owner is to begin: a read."""
    return lambda lab: lab.start_reading(use_case, device)


@pytest.fixture
def lab():
    lab = Lab(1, radio=True)
    lab.make(CHF, HUB)
    for kind, eui in ((ESME, METER), (GSME, GAS)):
        lab.make(kind, eui)
        assert lab.add_to_hub(HUB, eui).is_success
        assert lab.join(eui, HUB)
    return lab


class Clock:
    """Seconds that the test owns."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_time_passes_at_its_pace(lab):
    clock = Clock()
    owner = Owner(lab, speed=10, clock=clock)
    begun = lab.now
    owner.turn()
    assert lab.now == begun
    for _ in range(20):
        clock.now += 0.0123
        owner.turn()
    while owner._due_ms >= 1:
        owner.turn()
    assert lab.now == begun + 2460


def test_a_lab_that_is_late_forgets_what_is_beyond_a_minute(lab):
    clock = Clock()
    owner = Owner(lab, clock=clock)
    begun = lab.now
    clock.now += 86_400
    owner.turn()
    while owner._due_ms >= 1:
        owner.turn()
    assert lab.now == begun + 60_000


def test_what_a_call_raises_is_its_callers(lab):
    owner = Owner(lab)
    called, begun = owner.call(lambda lab: 1 // 0), owner.command(lambda lab: lab.nothing)
    fine = owner.call(lambda lab: lab.now)
    owner.turn()
    assert isinstance(called.exception(0), ZeroDivisionError)
    assert isinstance(begun.exception(0), AttributeError)
    assert fine.result(0)


def test_many_threads_call_and_one_runs_the_lab(lab):
    owner = Owner(lab, speed=2000)
    is_over = threading.Event()
    threads = set()
    lab.observe(
        lambda event: threads.add(threading.get_ident()), events.MessageSent, events.FrameSent
    )
    runner = threading.Thread(target=owner.run, args=(is_over.is_set,))
    runner.start()
    exchanges = []

    def ask():
        for use_case, device in (("ECS17b", METER), ("GCS13a", GAS), ("ECS52", METER)):
            pending = owner.command(reading(use_case, device)).result(60)
            exchanges.append(pending.exchange)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(120)
    is_over.set()
    runner.join(30)
    assert len(exchanges) == 12
    assert all(exchange.is_success for exchange in exchanges)
    assert threads == {runner.ident}


def test_an_asyncio_loop_runs_the_lab_and_others(lab):
    owner = Owner(lab, speed=50)
    is_over = False
    beats = 0

    async def beat():
        nonlocal beats
        while not is_over:
            beats += 1
            await asyncio.sleep(0.005)

    async def ask():
        nonlocal is_over
        reads = [
            asyncio.wrap_future(owner.command(reading(name, METER)))
            for name in ("ECS17b", "ECS52")
        ]
        pendings = await asyncio.wait_for(asyncio.gather(*reads), 60)
        is_over = True
        return [pending.exchange.is_success for pending in pendings]

    async def everything():
        return (await asyncio.gather(ask(), beat(), owner.run_async(lambda: is_over)))[0]

    assert asyncio.run(everything()) == [True, True]
    assert beats > 1


def test_what_is_left_when_the_owner_ends_is_closed(lab):
    owner = Owner(lab)
    begun = owner.command(reading("GCS13a", GAS))
    owner.turn()
    waiting = owner.call(lambda lab: lab.now)
    owner.run(lambda: True)
    for future in (begun, waiting):
        assert isinstance(future.exception(0), Closed)
    with pytest.raises(Closed):
        owner.call(lambda lab: lab.now)


def test_a_fault_while_time_passes_ends_the_run_and_all_that_waits(lab):
    def fails(event):
        raise ZeroDivisionError

    lab.observe(fails, events.MessageReceived)
    owner = Owner(lab, speed=100)
    begun = owner.command(reading("ECS17b", METER))
    with pytest.raises(ZeroDivisionError):
        owner.run(lambda: False)
    assert isinstance(begun.exception(0), Closed)
