"""The one place where a lab is run: calls from any thread, time at a pace of its own.

A lab is no object for several threads. An owner has it alone: it takes calls into a queue and, in
turns, carries them out and lets time pass, in one thread (`run`) or on an asyncio loop
(`run_async`). Whoever calls gets a Future, which `asyncio.wrap_future` makes one to await.

    owner = Owner(lab, speed=10)
    threading.Thread(target=owner.run, args=(is_over,)).start()
    exchange = owner.command(lambda lab: lab.start_reading("ECS17b", METER)).result().exchange

A call may do anything with the lab but let time pass; observers are called in the owner's thread.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from gbcs_host.han.pending import Pending
from gbcs_host.lab.lab import Lab

_SLICE_MS = 200  # of the lab's time, that passes at once
_TURN_S = 0.01  # after so long, calls that wait come before time that is due
_PAUSE_S = 0.005
_MOST_LATE_MS = 60_000


class Closed(Exception):
    """The owner has ended before the call was carried out or what it began was over."""


class Owner:
    """Runs a lab, `speed` seconds of which pass in one of `clock`, which gives seconds.

    A lab that cannot keep up is late; what it is late by beyond a minute does not pass at all.
    """

    def __init__(
        self, lab: Lab, speed: float = 1.0, clock: "Callable[[], float]" = time.monotonic
    ) -> None:
        self._lab = lab
        self._speed = speed
        self._clock = clock
        self._calls: queue.SimpleQueue[tuple[Callable[[Lab], Any], Future[Any]]] = (
            queue.SimpleQueue()
        )
        self._begun: set[Future[Any]] = set()  # of what is not over
        self._called = threading.Event()
        self._lock = threading.Lock()
        self._is_closed = False
        self._last = clock()
        self._due_ms = 0.0

    # From any thread

    def call(self, function: "Callable[[Lab], Any]") -> "Future[Any]":
        """Has `function(lab)` called by the owner; the future of its result. Raises Closed."""
        future: Future[Any] = Future()
        with self._lock:
            if self._is_closed:
                raise Closed("an owner that runs expected")
            self._calls.put((function, future))
        self._called.set()
        return future

    def command(self, start: "Callable[[Lab], Pending]") -> "Future[Any]":
        """Has something begun by `start(lab)`; the future of its Pending, done once it is over."""
        future: Future[Any] = Future()

        def begin(lab: Lab) -> None:
            self._begun.add(future)
            start(lab).when_over(finish)

        def finish(pending: Pending) -> None:
            self._begun.discard(future)
            if future.set_running_or_notify_cancel():
                future.set_result(pending)

        def failed(called: "Future[Any]") -> None:
            error = called.exception()
            if error is not None and not future.done():
                self._begun.discard(future)
                future.set_exception(error)

        self.call(begin).add_done_callback(failed)
        return future

    # In the owner's thread

    def turn(self) -> None:
        """Carries out the calls that wait, and lets the time that is due pass, for a while.

        Whatever a device or an observer raises while time passes is raised.
        """
        self._carry_out()
        now = self._clock()
        self._due_ms += (now - self._last) * self._speed * 1000
        self._due_ms = min(self._due_ms, _MOST_LATE_MS)
        self._last = now
        end = time.monotonic() + _TURN_S
        while self._due_ms >= 1 and time.monotonic() < end:
            passed = min(int(self._due_ms), _SLICE_MS)
            self._due_ms -= passed
            self._lab.pass_time(passed / 1000)

    def run(self, is_over: "Callable[[], bool]") -> None:
        """Takes turns until `is_over()`, then closes."""
        try:
            while not is_over():
                self.turn()
                self._called.wait(_PAUSE_S)
                self._called.clear()
        finally:
            self._close()

    async def run_async(self, is_over: "Callable[[], bool]") -> None:
        """Takes turns on an asyncio loop until `is_over()`, then closes."""
        try:
            while not is_over():
                self.turn()
                await asyncio.sleep(_PAUSE_S)
        finally:
            self._close()

    def _carry_out(self) -> None:
        for _ in range(self._calls.qsize()):  # those that come meanwhile are for the next turn
            function, future = self._calls.get_nowait()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = function(self._lab)
            except Exception as error:  # it is the caller's
                future.set_exception(error)
            else:
                future.set_result(result)

    def _close(self) -> None:
        """Takes no more calls; those that wait, and what is not over, end with Closed."""
        with self._lock:
            self._is_closed = True
        left = [*self._begun]
        self._begun.clear()
        while not self._calls.empty():
            left.append(self._calls.get_nowait()[1])
        for future in left:
            if not future.done():
                future.set_exception(Closed("the owner has ended"))
