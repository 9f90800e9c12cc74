"""What was begun and takes time: it is over once time has passed, by an answer or without one."""

import functools
from collections.abc import Callable
from typing import Any

from gbcs import message
from gbcs.errors import DecodeError


class Pending:
    """Something begun. `deadline` is when it is given up, milliseconds since 2000.

    `deadline` is None while others are before it, or where it was over at once.
    """

    def __init__(self) -> None:
        self.is_over = False
        self.deadline: int | None = None
        self._calls: list[Callable[[Any], None]] = []

    def when_over(self, call: "Callable[[Any], None]") -> None:
        """Calls `call(self)` once it is over, at once where it is."""
        if self.is_over:
            call(self)
        else:
            self._calls.append(call)

    def abandon(self) -> None:
        """Makes it over, and calls nobody."""
        self.is_over = True
        self._calls.clear()

    def end(self) -> None:
        """Makes it over, and calls whoever waits for that; a second time nothing.

        All are called; the first exception of theirs is raised then.
        """
        if self.is_over:
            return
        self.is_over = True
        calls, self._calls = self._calls, []
        first: Exception | None = None
        for call in calls:
            try:
                call(self)
            except Exception as error:
                first = first or error
        if first is not None:
            raise first


class PendingAnswer(Pending):
    """A message that was handed over for a device; `answer`, octets, or None for none.

    `exchange` is the Exchange (gbcs_host.lab.exchanges) that a lab makes of it once it is over.
    """

    def __init__(self, octets: bytes, recipient: bytes) -> None:
        super().__init__()
        self.octets = octets
        self.recipient = recipient
        self.exchange: Any = None
        self.answer: bytes | None = None

    @functools.cached_property
    def mark(self) -> "tuple[bytes, int] | None":
        """The originator and counter that the answer will have.

        None for octets that are no message, which nobody answers.
        """
        try:
            m = message.decode(self.octets)
        except DecodeError:
            return None
        return m.recipient, m.counter

    def end_with(self, answer: "bytes | None") -> None:
        """Makes it over by this answer, or None where none came."""
        self.answer = answer
        self.end()


class PendingJoin(Pending):
    """A meter that tries to join a hub; `joining` is a Joining once it is over."""

    def __init__(self, meter: bytes, hub: bytes) -> None:
        super().__init__()
        self.meter = meter
        self.hub = hub
        self.joining: Any = None

    def end_with(self, joining: Any) -> None:
        """Makes it over by this result."""
        self.joining = joining
        self.end()
