"""A lab's clock: time passes in as small slices as a caller likes, and everything moves on by it.

What takes time is begun by a method `start...` that gives a Pending (gbcs_host.han.pending); many
may be under way at once. `pass_time` moves them on, `wait` lets time pass until one of them is
over. Whoever wants to know what happens meanwhile observes (gbcs_host.han.events).
"""

import heapq
from collections.abc import Callable
from typing import Any

from gbcs_host.han.events import Observer, Observers
from gbcs_host.han.pending import Pending

_LONG_MS = 3_600_000
_MOST_S = 1 << 32


class Clockwork:
    """The methods of gbcs_host.lab.lab.Lab for time."""

    han: Any

    def __init__(self) -> None:
        self.observers = Observers()
        self._timers: list[tuple[int, int, Callable[[], None]]] = []
        self._timers_begun = 0
        self._is_passing = False

    @property
    def now(self) -> int:
        """Milliseconds since 2000."""
        now: int = self.han.now
        return now

    def observe(self, observer: Observer, *kinds: type) -> "Callable[[], None]":
        """Calls `observer(event)` for each event of these classes, until the result is called.

        The classes are those of gbcs_host.han.events.
        """
        return self.observers.observe(observer, *kinds)

    def pass_time(self, seconds: float) -> None:
        """Moves the clock; devices carry out what is due, and what was begun moves on.

        Raises ValueError for less than no time, and for more than 136 years.
        """
        if not 0 <= seconds < _MOST_S:
            raise ValueError("seconds from 0 to %d expected, found %s" % (_MOST_S, seconds))
        self._pass(self.now + int(seconds * 1000))

    def wait(self, pending: Pending) -> None:
        """Lets time pass until this is over. It is given up where a device raises, as PowerCut."""
        try:
            while not pending.is_over:
                self._pass(self.now + _LONG_MS, lambda: pending.is_over)
        except BaseException:
            pending.abandon()
            self.han.give_up(pending)
            raise

    def _after(self, milliseconds: int, call: "Callable[[], None]") -> int:
        """Has this called so much later; when that is."""
        at = self.now + milliseconds
        self._timers_begun += 1
        heapq.heappush(self._timers, (at, self._timers_begun, call))
        return at

    def _pass(self, end: int, stop: "Callable[[], bool] | None" = None) -> None:
        if self._is_passing:
            raise RuntimeError("no time passing while an observer is called expected")
        self._is_passing = True
        try:
            while True:
                timers = self._timers
                at = min(end, timers[0][0]) if timers else end
                self.han.pass_time(max(at - self.now, 0), stop)
                while timers and timers[0][0] <= self.now:
                    heapq.heappop(timers)[2]()
                if self.now >= end or (stop is not None and stop()):
                    break
            self._time_passed()
        finally:
            self._is_passing = False

    def _time_passed(self) -> None:
        """Called when time has passed."""
