"""What every kind of link has: `Link`, `Listener`, and what goes wrong with them.

A link carries datagrams of up to 65,536 octets, in both directions, and may lose some. One thread
may send while another receives.
"""

import queue
import threading
import time
from types import TracebackType
from typing import Generic, Self, TypeVar

from gbcs.link import MAX_DATAGRAM

T = TypeVar("T")

SEND_TIMEOUT_S = 10.0  # the other side takes nothing: sending gives up
MAX_QUEUED = 1024  # datagrams that wait to be received; more are lost


class LinkError(Exception):
    """A link called `name` cannot do what was asked: `what` was expected, or found."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name, problem)
        self.name = name
        self.problem = problem

    def __str__(self) -> str:
        return "'%s': %s" % (self.name, self.problem)


class BadName(LinkError):
    """Text that names no link: wrong usage, not a failure."""


class LinkGone(LinkError):
    """The other side has closed the link, or is not there any more."""


class Link:
    """One end of a link; `name` says where the other end is."""

    limit = MAX_DATAGRAM  # octets of a datagram

    def __init__(self, name: str) -> None:
        self.name = name

    def send(self, datagram: bytes) -> None:
        """Sends one datagram; it may be lost on the way.

        Raises LinkError for one longer than `limit`, LinkGone where nobody is left to take it.
        """
        raise NotImplementedError

    def receive(self, timeout_s: "float | None") -> "bytes | None":
        """The next datagram; None if there is none within `timeout_s` seconds, None for ever.

        Raises LinkGone when the other side has closed and all that it sent was received.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Ends the link; a second time does nothing."""
        raise NotImplementedError

    def check(self, datagram: bytes) -> None:
        """Raises LinkError where the datagram is too long for this link."""
        if len(datagram) > self.limit:
            raise LinkError(
                self.name,
                "%d octets at most expected in a datagram, found %d" % (self.limit, len(datagram)),
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: "type[BaseException] | None",
        error: "BaseException | None",
        trace: "TracebackType | None",
    ) -> None:
        self.close()


class Listener:
    """Where links come in; `name` is what the other side opens."""

    def __init__(self, name: str) -> None:
        self.name = name

    def accept(self, timeout_s: "float | None") -> "Link | None":
        """The next link; None if there is none within `timeout_s` seconds, None for ever.

        Raises LinkError once the listener is closed.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Takes no more links; those that were accepted stay open."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: "type[BaseException] | None",
        error: "BaseException | None",
        trace: "TracebackType | None",
    ) -> None:
        self.close()


class Deadline:
    """A point in time `timeout_s` seconds from now; None: never."""

    def __init__(self, timeout_s: "float | None") -> None:
        self._at = None if timeout_s is None else time.monotonic() + timeout_s

    def left_s(self) -> "float | None":
        """Seconds until then, 0 when it has passed; None where it never comes."""
        return None if self._at is None else max(0.0, self._at - time.monotonic())


class Inbox(Generic[T]):
    """Items that another thread puts in, bounded, until it says that there will be no more."""

    def __init__(self) -> None:
        self._items: queue.SimpleQueue[T | None] = queue.SimpleQueue()
        self._is_ended = threading.Event()

    def put(self, item: T) -> None:
        """One more; lost where `MAX_QUEUED` wait already."""
        if self._items.qsize() < MAX_QUEUED:
            self._items.put(item)

    def end(self) -> None:
        """No more will come: wakes who waits."""
        self._is_ended.set()
        self._items.put(None)

    def get(self, timeout_s: "float | None") -> "T | None":
        """The next; None after the time. EOFError when there is none and will be none."""
        try:
            item = self._items.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if item is None:
            self._items.put(None)  # for who asks again
            raise EOFError
        return item

    @property
    def is_ended(self) -> bool:
        """Whether no more will come."""
        return self._is_ended.is_set()
