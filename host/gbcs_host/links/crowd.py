"""Many peers at one port, whoever they are: one thread, bounded memory, fair turns.

Nobody is refused because others are there: when all places are taken the peer goes that is missed
least, of the address that has most places. Never one that is in use while another is not:

    1  who has sent nothing that counts, the longest here first
    2  who has been quiet for longer than it may (`QUIET_S`), the longest first
    3  who has no device, the longest quiet first
    4  who came last

A peer is dropped too when it shows that it is none of ours (`MAX_NOISE`, `FIRST_S`), sends without
waiting (`MAX_AHEAD`), or takes no answers (`SEND_TIMEOUT_S`). Every drop is told, with its reason.
"""

import contextlib
import errno
import selectors
import socket
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

from gbcs.link import Framing, encode, seal, unseal
from gbcs_host.links import address, link
from gbcs_host.links.link import LinkError
from gbcs_host.links.tcp import TcpListener
from gbcs_host.links.turns import Share, Turns
from gbcs_host.links.udp import MAX_UDP_DATAGRAM, UdpListener

MAX_PEERS = 256  # with a place of their own; fewer where the system allows fewer files
MAX_GREETED = 8192  # UDP addresses of whom no more is kept than that they said hello
FIRST_S = 30.0  # by then something that counts has come
MAX_NOISE = 1 << 18  # octets in a row of which nothing counts
MAX_AHEAD = 64  # requests that wait while the one before them has no answer; repeats are some
QUIET_S = (2.0, 20.0)  # without and with a device; then another may have the place

ROOM = "its place was needed"
SILENT = "it sent no request for %d s" % FIRST_S
NOISE = "it sent %d octets without a request" % MAX_NOISE
AHEAD = "it sends requests without waiting for answers"
DEAF = "it takes no answers"
BROKEN = "its connection is lost"

_CHUNK = 1 << 14  # octets of one peer read in a turn
_DRAINED = 512  # datagrams taken from a UDP port between two turns
_WAITING = 8  # datagrams of one UDP peer that wait; more are lost, as on the way
_ACCEPTED = 16  # connections between two turns
_RESERVED = 12  # files that the process needs for other things
_SLICE_S = 0.1  # how soon it is seen that it is over
_PAUSE_S = 0.2  # no connections are taken, where the system has no room for any
_WITHOUT_DEVICE = 4  # weight of a turn: who has a device comes four times as often
_NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Peer(Share):
    """One peer. Who takes its datagrams sets `has_device`, and may keep its own in `place`."""

    __slots__ = (
        "framing", "group", "has_device", "heard", "is_gone", "is_known", "name", "noise", "out",
        "place", "port", "ready", "since", "stuck_since", "where",
    )  # fmt: skip

    def __init__(self, kind: str, where: "address.Address", now: float) -> None:
        super().__init__()
        self.name = address.written(kind, where)
        self.where = where
        self.group = address.group(where)
        self.since = self.heard = now
        self.is_known = self.is_gone = self.has_device = False
        self.place: Any = None
        self.noise = 0  # octets since something counted
        self.ready: deque[bytes] = deque()
        self.port: socket.socket | None = None
        self.framing: Framing | None = None
        self.out = b""
        self.stuck_since = 0.0

    def dispensable(self, now: float) -> "tuple[float, ...]":
        """The peer for which this is least goes first: see the module's text."""
        if not self.is_known:
            return (1, self.since)
        quiet = (now - self.heard) / QUIET_S[self.has_device]
        if quiet > 1:
            return (2, -quiet)
        return (4, -self.since) if self.has_device else (3, -quiet)


# What a datagram of a peer means: whether it counts as a request, and the answer to it, if any
Take = Callable[[Peer, bytes], "tuple[bool, bytes | None]"]


class Crowd:
    """The peers of a port. `take` gets their datagrams; `dropped` is told of who and why.

    `left` is told of every peer that goes, dropped or not.
    """

    def __init__(
        self,
        take: Take,
        dropped: "Callable[[str, str], None]",
        left: "Callable[[Peer], None] | None" = None,
        limit: int = MAX_PEERS,
    ) -> None:
        self.limit = limit
        self.peers: set[Peer] = set()
        self.turns = Turns()
        self.is_closed = False
        self._take = take
        self._dropped = dropped
        self._left = left
        self._selector = selectors.DefaultSelector()
        self._looked = 0.0

    def run(self, is_over: "Callable[[], bool]") -> None:
        """Serves until it is over, or the listener closed; LinkError where its port fails."""
        try:
            while not is_over() and not self.is_closed:
                self._wait(0 if len(self.turns) else _SLICE_S)
                self._turn()
                now = time.monotonic()
                if now - self._looked > 1:
                    self._looked = now
                    self._look(now)
        finally:
            for peer in list(self.peers):
                self.let_go(peer)
            self._selector.close()

    def let_go(self, peer: Peer) -> None:
        """A peer has gone by itself."""
        if peer.is_gone:
            return
        peer.is_gone = True
        self.peers.discard(peer)
        self.turns.leave(peer)
        peer.ready.clear()
        self._close(peer)
        if self._left is not None:
            self._left(peer)
        peer.place = None

    def drop(self, peer: Peer, why: str) -> None:
        """A peer has to go."""
        if not peer.is_gone:
            self.let_go(peer)
            self._dropped(peer.name, why)

    def _admit(self, peer: Peer) -> None:
        """A new peer gets a place; where none is left, another peer's."""
        while len(self.peers) >= max(1, self.limit) and self._make_room():
            pass
        self.peers.add(peer)
        self.turns.join(peer)

    def _make_room(self) -> bool:
        """Drops the peer that is missed least; False where there is none."""
        if not self.peers:
            return False
        now = time.monotonic()
        most = max(self.turns.members(group) for group in {peer.group for peer in self.peers})
        least = min(
            (peer for peer in self.peers if self.turns.members(peer.group) == most),
            key=lambda peer: peer.dispensable(now),
        )
        self.drop(least, ROOM)
        return True

    def _turn(self) -> None:
        peer = self.turns.take()
        if peer is None:
            return
        begun = time.perf_counter()
        wants_more = not peer.is_gone and self._serve(peer) and not peer.is_gone
        weight = 1 if peer.has_device else _WITHOUT_DEVICE
        self.turns.charge(peer, time.perf_counter() - begun, weight)
        if wants_more:
            self.turns.put(peer)

    def _taken(self, peer: Peer, datagram: bytes) -> "bytes | None":
        """The answer to one datagram."""
        counts, answer = self._take(peer, datagram)
        if counts:
            peer.is_known = True
            peer.heard = time.monotonic()
            peer.noise = 0
        elif peer.noise > MAX_NOISE:
            self.drop(peer, NOISE)
        return answer

    def _look(self, now: float) -> None:
        for peer in list(self.peers):
            if not peer.is_known and now - peer.since > FIRST_S:
                self.drop(peer, SILENT)

    def _wait(self, timeout_s: float) -> None:
        raise NotImplementedError

    def _serve(self, peer: Peer) -> bool:
        """One turn of a peer; whether it wants another."""
        raise NotImplementedError

    def _close(self, peer: Peer) -> None:
        """What a peer has of the system is given back."""


class TcpCrowd(Crowd):
    """Connections of a TCP listener, which stays the caller's to close."""

    def __init__(
        self,
        listener: TcpListener,
        take: Take,
        dropped: "Callable[[str, str], None]",
        left: "Callable[[Peer], None] | None" = None,
        limit: int = MAX_PEERS,
    ) -> None:
        self._port = listener.socket
        super().__init__(take, dropped, left, min(limit, _files_left(self._port)))
        self._selector.register(self._port, selectors.EVENT_READ)
        self._paused_until = 0.0

    def _wait(self, timeout_s: float) -> None:
        if self._port.fileno() < 0:
            self.is_closed = True
            return
        if self._paused_until and time.monotonic() >= self._paused_until:
            self._paused_until = 0.0
            self._selector.register(self._port, selectors.EVENT_READ)
        for key, events in self._selector.select(timeout_s):
            if key.data is None:
                self._accept()
            elif events & selectors.EVENT_WRITE:
                self._flush(key.data)
            elif not key.data.is_gone:
                self.turns.put(key.data)

    def _accept(self) -> None:
        for _ in range(_ACCEPTED):
            try:
                port, where = self._port.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if self._port.fileno() < 0:
                    self.is_closed = True
                    return
                if error.errno not in _NO_ROOM:
                    continue  # it has gone again
                if not self._make_room():
                    self._paused_until = time.monotonic() + _PAUSE_S
                    with contextlib.suppress(KeyError, ValueError):
                        self._selector.unregister(self._port)
                return
            self._welcome(port, where)

    def _welcome(self, port: socket.socket, where: "address.Address") -> None:
        peer = Peer("tcp", where, time.monotonic())
        try:
            port.setblocking(False)
            port.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            port.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # who has lost its line
            self._selector.register(port, selectors.EVENT_READ, peer)
        except (OSError, ValueError):
            port.close()
            return
        peer.port = port
        peer.framing = Framing()
        self._admit(peer)

    def _serve(self, peer: Peer) -> bool:
        if peer.out:
            return False
        if not peer.ready and not self._read(peer):
            return False
        if peer.ready:
            answer = self._taken(peer, peer.ready.popleft())
            if answer is not None and not peer.is_gone:
                peer.out = encode(answer)
                self._flush(peer)
        return bool(peer.ready) and not peer.out

    def _read(self, peer: Peer) -> bool:
        """Takes what has come; whether there may be a datagram."""
        port, framing = peer.port, peer.framing
        if port is None or framing is None:
            return False
        try:
            octets = port.recv(_CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            self.let_go(peer)
            return False
        if not octets:
            self.let_go(peer)
            return False
        peer.noise += len(octets)
        peer.ready.extend(framing.receive(octets))
        if len(peer.ready) > MAX_AHEAD:
            self.drop(peer, AHEAD)
        elif peer.noise > MAX_NOISE and not peer.ready:
            self.drop(peer, NOISE)
        return not peer.is_gone

    def _flush(self, peer: Peer) -> None:
        """Sends what the other side takes; the peer waits while something is left."""
        if peer.is_gone or peer.port is None:
            return
        had = len(peer.out)
        try:
            peer.out = peer.out[peer.port.send(peer.out) :]
        except BlockingIOError:
            pass
        except OSError:
            self.let_go(peer)
            return
        if len(peer.out) < had or not peer.stuck_since:
            peer.stuck_since = time.monotonic()
        self._selector.modify(
            peer.port, selectors.EVENT_WRITE if peer.out else selectors.EVENT_READ, peer
        )
        if not peer.out:
            peer.stuck_since = 0.0
            if peer.ready:
                self.turns.put(peer)

    def _look(self, now: float) -> None:
        super()._look(now)
        for peer in list(self.peers):
            if peer.out and now - peer.stuck_since > link.SEND_TIMEOUT_S:
                self.drop(peer, DEAF)

    def _close(self, peer: Peer) -> None:
        if peer.port is not None:
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(peer.port)
            peer.port.close()
        peer.out = b""


class UdpCrowd(Crowd):
    """The senders of a UDP listener's datagrams; the listener stays the caller's to close.

    A sender gets a place with its first request after `greet` has answered one: whoever was
    dropped has to begin anew, and cannot go on in the middle. Nobody can be told that it was
    dropped: `stranger` answers what comes without a greeting.
    """

    def __init__(
        self,
        listener: UdpListener,
        take: Take,
        dropped: "Callable[[str, str], None]",
        greet: "Callable[[bytes], bytes | None]",
        stranger: "Callable[[bytes], bytes | None]",
        left: "Callable[[Peer], None] | None" = None,
        limit: int = MAX_PEERS,
    ) -> None:
        super().__init__(take, dropped, left, limit)
        self._port = listener.socket
        self._greet = greet
        self._stranger = stranger
        self._greeted: OrderedDict[address.Address, None] = OrderedDict()
        self._known: dict[address.Address, Peer] = {}
        with contextlib.suppress(OSError):
            self._port.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._selector.register(self._port, selectors.EVENT_READ)

    def _wait(self, timeout_s: float) -> None:
        if self._port.fileno() < 0:
            self.is_closed = True
            return
        if not self._selector.select(timeout_s):
            return
        for _ in range(_DRAINED):
            try:
                octets, where = self._port.recvfrom(1 << 16)
            except BlockingIOError:
                return
            except OSError:  # Windows tells of a peer that has gone
                self.is_closed = self._port.fileno() < 0
                return
            datagram = unseal(octets)
            if datagram is not None:
                self._hand_on(datagram, where)

    def _hand_on(self, datagram: bytes, where: "address.Address") -> None:
        peer = self._known.get(where)
        if peer is None:
            answer = self._greet(datagram)
            if answer is not None:
                self._greeted[where] = None
                self._greeted.move_to_end(where)
                if len(self._greeted) > MAX_GREETED:
                    self._greeted.popitem(last=False)
                self._send(answer, where)
                return
            if where not in self._greeted:
                answer = self._stranger(datagram)
                if answer is not None:
                    self._send(answer, where)
                return
            del self._greeted[where]
            peer = self._known[where] = Peer("udp", where, time.monotonic())
            peer.is_known = True
            self._admit(peer)
        if len(peer.ready) < _WAITING:
            peer.ready.append(datagram)
            self.turns.put(peer)

    def _serve(self, peer: Peer) -> bool:
        if peer.ready:
            answer = self._taken(peer, peer.ready.popleft())
            if answer is not None:
                self._send(answer, peer.where)
        return bool(peer.ready)

    def _send(self, answer: bytes, where: "address.Address") -> None:
        """What the system does not take is lost, as on the way."""
        if len(answer) <= MAX_UDP_DATAGRAM:
            with contextlib.suppress(OSError):
                self._port.sendto(seal(answer), where)

    def _close(self, peer: Peer) -> None:
        if self._known.get(peer.where) is peer:
            del self._known[peer.where]


def crowd_of(listener: Any) -> "type[Crowd] | None":
    """The kind of crowd that comes to a listener; None where one peer at a time is served."""
    if isinstance(listener, TcpListener):
        return TcpCrowd
    return UdpCrowd if isinstance(listener, UdpListener) else None


def _files_left(port: socket.socket) -> int:
    """How many connections the system's limit of open files leaves room for."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return MAX_PEERS
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MAX_PEERS
    left: int = soft - port.fileno() - _RESERVED
    if left < 1:
        raise LinkError("the limit of open files", "%d more expected" % (1 - left))
    return left
