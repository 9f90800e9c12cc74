"""The interface of every kind of link: `Link`, `Listener`, and their exceptions.

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

SEND_TIMEOUT_S = 10.0  # after which sending to a peer that reads nothing fails
MAX_QUEUED = 1024  # datagrams that wait to be received; more are lost


class LinkError(Exception):
    """The link `name` failed; `problem` says how: what was expected, or found."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name, problem)
        self.name = name
        self.problem = problem

    def __str__(self) -> str:
        return "'%s': %s" % (self.name, self.problem)


class BadName(LinkError):
    """Text that is no name of a link: wrong usage, not a failure of a link."""


class LinkGone(LinkError):
    """The peer has closed the link or has gone."""


class Link:
    """One end of a link; `name` says where the other end is."""

    limit = MAX_DATAGRAM  # octets of a datagram

    def __init__(self, name: str) -> None:
        self.name = name

    def send(self, datagram: bytes) -> None:
        """Sends one datagram; it may be lost on the way.

        Raises LinkError for one longer than `limit`, LinkGone where the peer has gone.
        """
        raise NotImplementedError

    def receive(self, timeout_s: "float | None") -> "bytes | None":
        """The next datagram; None where none comes within `timeout_s` seconds (None: no limit).

        Raises LinkGone when the peer has closed and all that it sent was received.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Closes the link; a second call does nothing."""
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
    """Accepts links; `name` is the name by which peers open them."""

    def __init__(self, name: str) -> None:
        self.name = name

    def accept(self, timeout_s: "float | None") -> "Link | None":
        """The next link; None where none comes within `timeout_s` seconds (None: no limit).

        Raises LinkError once the listener is closed.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Accepts no more links; accepted links stay open."""
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
    """A point in time `timeout_s` seconds from now; for None, one that never comes."""

    def __init__(self, timeout_s: "float | None") -> None:
        self._at = None if timeout_s is None else time.monotonic() + timeout_s

    def left_s(self) -> "float | None":
        """Seconds until the deadline, 0 once it has passed; None where it never comes."""
        return None if self._at is None else max(0.0, self._at - time.monotonic())


class Inbox(Generic[T]):
    """A bounded queue of items from another thread, which that thread can end."""

    def __init__(self) -> None:
        self._items: queue.SimpleQueue[T | None] = queue.SimpleQueue()
        self._is_ended = threading.Event()

    def put(self, item: T) -> None:
        """Adds an item; it is lost where `MAX_QUEUED` items wait already."""
        if self._items.qsize() < MAX_QUEUED:
            self._items.put(item)

    def end(self) -> None:
        """Ends the queue and wakes threads that wait in `get`."""
        self._is_ended.set()
        self._items.put(None)

    def get(self, timeout_s: "float | None") -> "T | None":
        """The next item; None after `timeout_s` seconds. Raises EOFError once ended and empty."""
        try:
            item = self._items.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if item is None:
            self._items.put(None)  # for the next call
            raise EOFError
        return item

    @property
    def is_ended(self) -> bool:
        """Whether the queue was ended."""
        return self._is_ended.is_set()
