"""Devices served at a TCP or UDP port to untrusted peers, each with a device of its own.

`links.crowd` shares time and places among the peers. This module limits requests: one that
computes for longer than `LONGEST_S` is interrupted and its peer is dropped, where the system can
interrupt it (POSIX, in the main thread). `gbcs_device.board.remote` limits the data that a peer
may put into a device and the clock that it may set.
"""

import contextlib
import gc
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

from gbcs.crypto.backends import default
from gbcs.link import seal, unseal
from gbcs_device.board import remote
from gbcs_device.board.remote import Server
from gbcs_host.links.crowd import MAX_PEERS, Peer, TcpCrowd, UdpCrowd
from gbcs_host.links.tcp import TcpListener
from gbcs_host.links.udp import UdpListener

LONGEST_S = 2.0  # of computing, for one request
MAX_REFUSED = 256  # requests in a row that a device refuses
TOLD_S = 5.0  # between two lines of text about drops for the same reason

LATE = "a request took longer than %g s" % LONGEST_S
REFUSED = "%d requests in a row were refused" % MAX_REFUSED
BROKEN = "a request led to an error of ours"
_BEGIN_ANEW = b"this peer has no device here, or had to go: begin with HELLO"

Tell = Callable[[str], None]


class Tally:
    """Counts peers, requests and drops; `tell` gets a line of text about drops, at most every
    `TOLD_S` seconds for each reason.
    """

    def __init__(self, tell: Tell) -> None:
        self.requests = 0
        self.peers = 0
        self.dropped: dict[str, int] = {}
        self._tell = tell
        self._told_at: dict[str, float] = {}
        self._untold: dict[str, int] = {}

    def drop(self, name: str, why: str) -> None:
        """Counts a dropped peer, and reports it now or with later ones of the same reason."""
        self.dropped[why] = self.dropped.get(why, 0) + 1
        now = time.monotonic()
        if now - self._told_at.get(why, -TOLD_S) >= TOLD_S:
            self._told_at[why] = now
            others = self._untold.pop(why, 0)
            more = ", as were %d others" % others if others else ""
            self._tell("%s was dropped%s: %s" % (name, more, why))
        else:
            self._untold[why] = self._untold.get(why, 0) + 1

    def sum_up(self) -> str:
        """All counts in one line of text."""
        words = ["%d requests of %d peers answered" % (self.requests, self.peers)]
        words += ["%d dropped because %s" % (count, why) for why, count in self.dropped.items()]
        return "; ".join(words)


class _TooLong(BaseException):
    """Interrupts a request that takes too long; no handler of Exception catches it."""


class _Watch:
    """Interrupts requests that compute for too long, where the system can."""

    def __init__(self) -> None:
        self.is_able = (
            hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
        )
        self._before: Any = None
        self._is_on = False

    def __enter__(self) -> "_Watch":
        if self.is_able:
            self._before = signal.signal(signal.SIGVTALRM, self._raise)
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_able:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, self._before or signal.SIG_DFL)

    def _raise(self, number: int, frame: Any) -> None:
        if self._is_on:  # else the request has ended
            raise _TooLong

    def call(self, handle: "Callable[[bytes], bytes | None]", request: bytes) -> "bytes | None":
        """The result of `handle(request)`. Raises _TooLong."""
        if not self.is_able:
            return handle(request)
        self._is_on = True
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_S)
            return handle(request)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            self._is_on = False


class _Guest:
    """The server of a peer, and the number of its requests refused in a row."""

    __slots__ = ("handle", "refused", "server")

    def __init__(self, server: Server, handle: "Callable[[bytes], bytes | None]") -> None:
        self.server = server
        self.handle = handle
        self.refused = 0


class Service:
    """Serves the peers of a TCP or UDP listener.

    `allowed` are the kinds of devices that peers may make, `tell` gets lines of text about drops.
    `seat(server, address)`, if given, is called for each new device and returns the function that
    handles its requests from then on.
    """

    def __init__(
        self,
        listener: "TcpListener | UdpListener",
        allowed: "tuple[str, ...]",
        tell: Tell,
        seat: "Callable[[Server, str], Callable[[bytes], bytes | None]] | None" = None,
        limit: int = MAX_PEERS,
    ) -> None:
        self.tally = Tally(tell)
        self._allowed = allowed
        self._seat = seat
        self._watch = _Watch()
        self._lobby = self._server()  # answers greetings, and never has a device
        self.crowd: TcpCrowd | UdpCrowd
        if isinstance(listener, TcpListener):
            self.crowd = TcpCrowd(listener, self._take, self.tally.drop, limit=limit)
        else:
            self.crowd = UdpCrowd(
                listener, self._take, self.tally.drop, self._greet, self._stranger, limit=limit
            )

    def run(self, is_over: "Callable[[], bool]") -> None:
        """Serves until `is_over()` or until the listener is closed. Raises LinkError."""
        gc.collect()
        gc.freeze()  # collections that visit the objects of all modules would delay all peers
        with self._watch:
            self.crowd.run(is_over)

    def _server(self) -> Server:
        return Server(default(), os.urandom, allowed=self._allowed)

    def _greet(self, sealed: bytes) -> "bytes | None":
        """The answer to HELLO, which makes no device; None for any other request."""
        request = unseal(sealed)
        if request is None or len(request) < remote.REQUEST_HEAD or request[8] != remote.HELLO:
            return None
        self.tally.requests += 1
        answer = self._lobby.handle(request)
        return None if answer is None else seal(answer)

    def _stranger(self, sealed: bytes) -> "bytes | None":
        """The refusal of a request whose sender has not greeted, or was dropped since."""
        request = unseal(sealed)
        if request is None or len(request) < remote.REQUEST_HEAD:
            return None
        state = bytes(6) + remote.NO_TIMER
        return seal(request[:8] + bytes((remote.REFUSED,)) + state + _BEGIN_ANEW)

    def _take(self, peer: Peer, sealed: bytes) -> "tuple[bool, bytes | None]":
        request = unseal(sealed)
        if request is None or len(request) < remote.REQUEST_HEAD:
            return False, None
        guest = cast("_Guest | None", peer.place)
        if guest is None:
            server = self._server()
            guest = peer.place = _Guest(server, server.handle)
            self.tally.peers += 1
        try:
            answer = self._watch.call(guest.handle, request)
        except _TooLong:
            self.crowd.drop(peer, LATE)
            return True, None
        except Exception as error:  # a fault of ours; the other peers are still served
            self.crowd.drop(peer, "%s (%s)" % (BROKEN, type(error).__name__))
            return True, None
        if answer is None:
            return True, None
        self.tally.requests += 1
        had_device = peer.has_device
        peer.has_device = guest.server.station is not None
        if peer.has_device and not had_device and self._seat is not None:
            guest.handle = self._seat(guest.server, peer.group)
        guest.refused = guest.refused + 1 if answer[8] == remote.REFUSED else 0
        if guest.refused > MAX_REFUSED:
            self.crowd.drop(peer, REFUSED)
            return True, None
        return True, seal(answer)


@contextlib.contextmanager
def told_to_end() -> "Iterator[threading.Event]":
    """An event that SIGINT and SIGTERM set; a second signal raises KeyboardInterrupt.

    Outside of the main thread, signals are not handled. A SIGINT that is ignored stays ignored, as
    a shell ignores it for commands in the background.
    """
    told = threading.Event()
    before: dict[int, Any] = {}

    def end(number: int, frame: Any) -> None:
        if told.is_set():
            raise KeyboardInterrupt
        told.set()

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) != signal.SIG_IGN:
                before[number] = signal.signal(number, end)
    try:
        yield told
    finally:
        for known, handler in before.items():
            signal.signal(known, handler or signal.SIG_DFL)
