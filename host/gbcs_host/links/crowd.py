"""Untrusted peers at one port, served by one thread in fair turns and bounded memory.

A new peer is never refused. When all places are taken, a peer of the address with the most peers
is dropped, the first of this order:

    1  a peer that has sent no valid request; the one connected longest first
    2  a peer that sends requests without waiting for answers
    3  a peer that has been silent for long, in relation to the time since it connected
    4  a peer without a device; the one connected longest first
    5  the peer that connected last

A new peer is protected for a while: it has `GRACE_S` seconds to send a request and `PATIENCE_S`
to make a device, as long as its pauses are shorter than `SHORT_S`. Half of the places are for
peers without a device, and half of these for peers that have sent no request; when those places
are taken by protected peers, further peers wait. A peer is also dropped when it sends no valid
request (`MAX_NOISE`, `FIRST_S`), never waits for answers (`MAX_AHEAD`), or reads no answers
(`SEND_TIMEOUT_S`). `dropped` is called for every such peer, with the reason.

`links.turns` shares the time. A turn counts `BACKLOG` times for a peer that has sent another
request meanwhile, since the protocols here send a request and wait for its answer.
"""

import contextlib
import errno
import itertools
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

MAX_PEERS = 512  # that have a place; fewer where the system allows fewer open files
MAX_DEVICES = 256  # peers that may have a device
MAX_GREETED = 8192  # UDP addresses kept of peers that have sent no more than a greeting
FIRST_S = 30.0  # for the first valid request
MAX_NOISE = 1 << 18  # octets in a row without a valid request
MAX_AHEAD = 64  # requests sent before the answer to an earlier one; repeats are counted
GRACE_S, SHORT_S, PATIENCE_S = 0.2, 4.0, 10.0
QUIET_S = (0.5, 60.0)  # limits of the silence allowed: a quarter of the time since it connected

ROOM = "its place was needed"
SILENT = "it sent no request for %d s" % FIRST_S
NOISE = "it sent %d octets without a request" % MAX_NOISE
AHEAD = "it sends requests without waiting for answers"
DEAF = "it takes no answers"
BROKEN = "its connection is lost"

BACKLOG = 32
_CHUNK = 1 << 12  # octets of one peer read in a turn
_DRAINING_S = 0.002  # for datagrams at the shared UDP port, between two turns
_LOOKED_AT = 64  # peers of each rank, connected longest, among which one is dropped
_ROUND = 128  # peers that wait for a turn, at which no new peer gets a place
_GREEDY = 2  # see `Peer.ahead`; a repeat for a lost answer explains no more than that
_WAITING = 8  # datagrams queued of a UDP peer without a socket of its own; more are lost
_HEAD = 17  # octets by which two requests differ
_LONGEST = 1 << 16  # octets of a datagram
_GREETING = 2048  # octets of a datagram of a peer without a place; longer ones are lost
_OWN_BUFFER = 1 << 16  # octets of the receive buffer of a UDP peer's socket
_ACCEPTED = 4  # connections accepted between two turns
_RESERVED = 12  # open files that the process needs beside connections
_SLICE_S = 0.1  # between two calls of `is_over` while no peer sends
_PAUSE_S = 0.02  # without accepting, while there is no place
_NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Peer(Share):
    """One peer. The owner of `take` sets `has_device`, and may keep data of its own in `place`."""

    __slots__ = (
        "ahead", "framing", "group", "has_device", "heard", "is_gone", "is_known",
        "is_seen", "last", "name", "noise", "out", "place", "port", "ready", "since",
        "stuck_since", "where",
    )  # fmt: skip

    def __init__(self, kind: str, where: "address.Address", now: float) -> None:
        super().__init__()
        self.name = address.written(kind, where)
        self.where = where
        self.group = address.group(where)
        self.since = self.heard = now
        self.is_known = self.is_gone = self.has_device = False
        self.is_seen = False  # whether it had a turn
        self.last = b""  # the last datagram
        self.ahead = 0  # turns after which another request waited, less turns after which none did
        self.place: Any = None
        self.noise = 0  # octets since the last valid request
        self.ready: deque[bytes] = deque()
        self.port: socket.socket | None = None
        self.framing: Framing | None = None
        self.out = b""
        self.stuck_since = 0.0

    @property
    def rank(self) -> int:
        """0 before its first valid request, 1 after it, 2 once it has a device."""
        return self.is_known + self.has_device

    @property
    def is_greedy(self) -> bool:
        """Whether it sends without waiting for answers."""
        return self.ahead > _GREEDY

    def is_judged(self, now: float) -> bool:
        """Whether it is protected no more, and may be dropped for its place."""
        if not self.is_known:
            return self.is_seen or (not self.is_queued and now - self.since > GRACE_S)
        if self.has_device or self.is_greedy:
            return True
        return now - self.heard > SHORT_S or now - self.since > PATIENCE_S

    def dispensable(self, now: float) -> "tuple[float, float]":
        """The sort key by which peers are dropped, least first: see the module's docstring."""
        if not self.is_known:
            return (1, self.since)
        if self.is_greedy:
            return (2, -self.ahead)
        quiet = (now - self.heard) / min(QUIET_S[1], max(QUIET_S[0], (now - self.since) / 4))
        if quiet > 1:
            return (3, -quiet)
        return (5, -self.since) if self.has_device else (4, self.since)

    def step(self, has_more: bool) -> None:
        """Notes that a request was answered, and whether another one waits already."""
        self.ahead = self.ahead + 1 if has_more else max(0, self.ahead - 1)

    def is_repeated(self, datagram: bytes) -> bool:
        """Whether a datagram equals the last one, as when a peer repeats a request."""
        is_same = datagram == self.last
        self.last = datagram
        return is_same


# Takes a datagram of a peer: whether it is a valid request, and the answer to it, if any
Take = Callable[[Peer, bytes], "tuple[bool, bytes | None]"]


class Crowd:
    """The peers of a port. `take` is called for each datagram of theirs.

    `dropped(name, reason)` is called for every peer that is dropped, `left(peer)` for every peer
    that goes, dropped or not.
    """

    def __init__(
        self,
        take: Take,
        dropped: "Callable[[str, str], None]",
        left: "Callable[[Peer], None] | None" = None,
        limit: int = MAX_PEERS,
    ) -> None:
        self.limit = self._most = limit
        self.most_devices = min(MAX_DEVICES, limit)
        self.peers: tuple[dict[Peer, None], ...] = (
            {},
            {},
            {},
        )  # by rank, in the order of connecting
        self.turns = Turns()
        self.is_closed = False
        self._take = take
        self._dropped = dropped
        self._left = left
        self._selector = selectors.DefaultSelector()
        self._looked = self._full_until = 0.0

    def run(self, is_over: "Callable[[], bool]") -> None:
        """Serves peers until `is_over()` or until the listener is closed."""
        try:
            while not is_over() and not self.is_closed:
                self._wait(0 if len(self.turns) else _SLICE_S)
                self._turn()
                now = time.monotonic()
                if now - self._looked > 1:
                    self._looked = now
                    self._look(now)
        finally:
            for peer in self.all():
                self.let_go(peer)
            self._selector.close()

    def all(self) -> "list[Peer]":
        """All peers that have a place."""
        return [peer for rank_peers in self.peers for peer in rank_peers]

    def let_go(self, peer: Peer) -> None:
        """Removes a peer that has gone by itself."""
        if peer.is_gone:
            return
        peer.is_gone = True
        for rank_peers in self.peers:
            rank_peers.pop(peer, None)
        self.turns.leave(peer)
        peer.ready.clear()
        self._close(peer)
        if self._left is not None:
            self._left(peer)
        peer.place = None

    def drop(self, peer: Peer, why: str) -> None:
        """Removes a peer and calls `dropped` with the reason `why`."""
        if not peer.is_gone:
            self.let_go(peer)
            self._dropped(peer.name, why)

    def _admit(self, peer: Peer) -> None:
        """Gives a new peer a place."""
        self.peers[peer.rank][peer] = None
        self.turns.join(peer)

    def _make_room(self) -> bool:
        """Whether there is a place for a new peer, for which another peer may be dropped."""
        strange, known, at_work = (len(rank_peers) for rank_peers in self.peers)
        if strange + known + at_work < self.limit:
            return True
        now = time.monotonic()
        if now < self._full_until:
            return False
        candidates = list(itertools.islice(self.peers[0], _LOOKED_AT))
        if strange < known or strange + known < at_work:
            candidates += itertools.islice(self.peers[1], _LOOKED_AT)
        if strange + known < at_work:
            candidates += self.peers[2]
        if self._drop_least_missed([peer for peer in candidates if peer.is_judged(now)], now):
            return True
        self._full_until = now + _PAUSE_S
        return False

    def _drop_least_missed(self, candidates: "list[Peer]", now: float) -> bool:
        """Drops one of these peers, of the address with the most peers; False for no peers."""
        if not candidates:
            return False
        most = max({peer.group for peer in candidates}, key=self.turns.members)
        members = [peer for peer in candidates if peer.group == most]
        self.drop(min(members, key=lambda peer: peer.dispensable(now)), ROOM)
        return True

    def _ask(self, peer: Peer) -> None:
        """Queues a peer for a turn."""
        if not peer.is_gone:
            self.turns.put(peer)

    def _turn(self) -> None:
        peer = self.turns.take()
        if peer is None:
            return
        peer.is_seen = True
        begun = time.perf_counter()
        rank = peer.rank
        wants_more = self._serve(peer) and not peer.is_gone
        if peer.rank != rank and not peer.is_gone:
            del self.peers[rank][peer]
            self.peers[peer.rank][peer] = None
        took = time.perf_counter() - begun
        self.turns.charge(peer, took, BACKLOG if wants_more and peer.ahead else 1)
        if peer.rank != rank:
            self.turns.move(peer)
        if wants_more:
            self.turns.put(peer)
        if len(self.peers[2]) > self.most_devices:
            others = [candidate for candidate in self.peers[2] if candidate is not peer]
            self._drop_least_missed(others, time.monotonic())

    def _taken(self, peer: Peer, datagram: bytes) -> "bytes | None":
        """The answer to one datagram, or None; notes when it is a valid request."""
        counts, answer = self._take(peer, datagram)
        if counts:
            peer.is_known = True
            peer.heard = time.monotonic()
        return answer

    def _look(self, now: float) -> None:
        for peer in list(self.peers[0]):
            if now - peer.since > FIRST_S:
                self.drop(peer, SILENT)

    def _wait(self, timeout_s: float) -> None:
        raise NotImplementedError

    def _serve(self, peer: Peer) -> bool:
        """Serves one turn of a peer; whether it waits for another turn."""
        raise NotImplementedError

    def _close(self, peer: Peer) -> None:
        """Closes the socket of a peer, if it has one."""


class TcpCrowd(Crowd):
    """Serves the connections of a TCP listener, which the caller closes.

    With `asks` False peers send datagrams that have no answers, and `MAX_AHEAD` does not apply.
    """

    def __init__(
        self,
        listener: TcpListener,
        take: Take,
        dropped: "Callable[[str, str], None]",
        left: "Callable[[Peer], None] | None" = None,
        limit: int = MAX_PEERS,
        asks: bool = True,
    ) -> None:
        self._port = listener.socket
        super().__init__(take, dropped, left, min(limit, _files_left(self._port)))
        self._most_ahead = MAX_AHEAD if asks else _CHUNK
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
            else:
                self._ask(key.data)

    def _accept(self) -> None:
        for _ in range(_ACCEPTED):
            if not self._make_room():
                self._pause()
                return
            try:
                port, where = self._port.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if self._port.fileno() < 0:
                    self.is_closed = True
                    return
                if error.errno not in _NO_ROOM:
                    continue  # the peer has gone again
                self.limit = max(1, len(self.all()) - 1)
                self._pause()
                return
            self.limit = min(self.limit + 1, self._most)  # the system allows more open files again
            self._welcome(port, where)

    def _pause(self) -> None:
        """Accepts no connections for `_PAUSE_S`; the system's backlog keeps them meanwhile."""
        self._paused_until = time.monotonic() + _PAUSE_S
        self._selector.unregister(self._port)

    def _welcome(self, port: socket.socket, where: "address.Address") -> None:
        peer = Peer("tcp", where, time.monotonic())
        try:
            port.setblocking(False)
            port.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            port.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # shows lost connections
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
            datagram = peer.ready.popleft()
            is_repeated = peer.is_repeated(datagram)
            began = time.monotonic()
            answer = self._taken(peer, datagram)
            if peer.is_gone:
                return False
            if peer.heard >= began:
                peer.noise = 0
            elif peer.noise > MAX_NOISE:
                self.drop(peer, NOISE)
            if answer is not None:
                peer.out = encode(answer)
                self._flush(peer)
            if answer is not None and not is_repeated:
                peer.step(any(waiting != datagram for waiting in peer.ready))
        return bool(peer.ready) and not peer.out

    def _read(self, peer: Peer) -> bool:
        """Reads from a peer's connection; False where nothing came or the peer has gone."""
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
        if len(peer.ready) > self._most_ahead:
            self.drop(peer, AHEAD)
        elif peer.noise > MAX_NOISE and not peer.ready:
            self.drop(peer, NOISE)
        return not peer.is_gone

    def _flush(self, peer: Peer) -> None:
        """Sends as much of an answer as the socket takes; the peer's turns wait for the rest."""
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
                self._ask(peer)

    def _look(self, now: float) -> None:
        super()._look(now)
        for peer in self.all():
            if peer.out and now - peer.stuck_since > link.SEND_TIMEOUT_S:
                self.drop(peer, DEAF)

    def _close(self, peer: Peer) -> None:
        if peer.port is not None:
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(peer.port)
            peer.port.close()
        peer.out = b""


class UdpCrowd(Crowd):
    """Serves the senders of datagrams to a UDP listener, which the caller closes.

    `greet` answers a greeting, or returns None for any other datagram. A sender gets a place with
    its first request after a greeting, so a sender that was dropped has to begin with a greeting
    again. UDP cannot tell a sender that it was dropped: `stranger` answers its next request. A
    sender with a place has a socket of its own, whose buffer other senders cannot fill.
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
        self._port = listener.socket
        super().__init__(take, dropped, left, min(limit, _files_left(self._port)))
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
        is_for_all = False
        for key, _ in self._selector.select(timeout_s):
            if key.data is None:
                is_for_all = True
            else:
                self._ask(key.data)
        if is_for_all:
            self._turn()  # peers with a place come first
            self._drain()

    def _drain(self) -> None:
        """Takes datagrams from the shared port, for at most `_DRAINING_S` seconds."""
        end = time.monotonic() + _DRAINING_S
        while time.monotonic() < end:
            try:
                octets, where = self._port.recvfrom(_GREETING)
            except BlockingIOError:
                return
            except OSError:  # closed; or, on Windows, a peer that has gone or a datagram cut off
                self.is_closed = self._port.fileno() < 0
                return
            self._hand_on(octets, where)

    def _hand_on(self, octets: bytes, where: "address.Address") -> None:
        """Queues a datagram that came to the shared port."""
        peer = self._known.get(where)
        if peer is None:
            peer = self._newcomer(octets, where)
        if peer is not None and len(peer.ready) < _WAITING:
            peer.ready.append(octets)
            self._ask(peer)

    def _newcomer(self, octets: bytes, where: "address.Address") -> "Peer | None":
        """The new peer of a greeted sender; None for any other sender, who is answered."""
        datagram = unseal(octets)
        is_greeted = where in self._greeted
        if datagram is None:
            return self._known_now(where) if is_greeted and len(octets) == _GREETING else None
        answer = self._greet(datagram)
        if answer is not None:
            self._greeted[where] = None
            self._greeted.move_to_end(where)
            if len(self._greeted) > MAX_GREETED:
                self._greeted.popitem(last=False)
        elif is_greeted:
            return self._known_now(where)
        else:
            answer = self._stranger(datagram)
        if answer is not None:
            self._send(answer, self._port, where)
        return None

    def _known_now(self, where: "address.Address") -> "Peer | None":
        """A new peer with a place, or None where there is no place for it."""
        if len(self.turns) > _ROUND or not self._make_room():
            return None
        del self._greeted[where]
        peer = self._known[where] = Peer("udp", where, time.monotonic())
        self._admit(peer)
        port = _own(self._port, where)
        if port is not None:
            peer.port = port
            self._selector.register(port, selectors.EVENT_READ, peer)
        return peer

    def _serve(self, peer: Peer) -> bool:
        octets = self._next(peer)
        if octets is None:
            return False
        is_repeated = peer.is_repeated(octets)
        datagram = unseal(octets)
        answer = None if datagram is None else self._taken(peer, datagram)
        following = self._following(peer)  # before the answer, which a fast peer follows at once
        if answer is not None:
            self._send(answer, peer.port or self._port, peer.where)
        if peer.is_gone:
            return False
        if answer is not None and not is_repeated:
            peer.step(following is not None and following != octets[: len(following)])
        if peer.ahead > MAX_AHEAD:
            self.drop(peer, AHEAD)
        return following is not None

    def _next(self, peer: Peer) -> "bytes | None":
        if peer.ready:
            return peer.ready.popleft()
        if peer.port is None:
            return None
        try:
            octets, where = peer.port.recvfrom(_LONGEST)
        except BlockingIOError:
            return None
        except OSError:
            self.let_go(peer)
            return None
        if where == peer.where:
            return octets
        self._hand_on(octets, where)  # it came before the socket was connected
        return None

    def _following(self, peer: Peer) -> "bytes | None":
        """The first octets of the next datagram, or None where none waits."""
        if peer.ready:
            return peer.ready[0][:_HEAD]
        if peer.port is None:
            return None
        try:
            return peer.port.recv(_HEAD, socket.MSG_PEEK)
        except OSError:
            return None

    def _send(self, answer: bytes, port: socket.socket, where: "address.Address") -> None:
        """Sends an answer; one that the system does not take is lost."""
        if len(answer) <= MAX_UDP_DATAGRAM:
            with contextlib.suppress(OSError):
                port.sendto(seal(answer), where)

    def _close(self, peer: Peer) -> None:
        if self._known.get(peer.where) is peer:
            del self._known[peer.where]
        if peer.port is not None:
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(peer.port)
            peer.port.close()


def _own(listening: socket.socket, where: "address.Address") -> "socket.socket | None":
    """A socket at the same port, connected to `where`; None where the system refuses it.

    The port allows reuse only while the socket is bound, so no other process can listen there.
    """
    port = None
    try:
        port = socket.socket(listening.family, socket.SOCK_DGRAM)
        port.setblocking(False)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            port.bind(listening.getsockname())
        finally:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        port.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _OWN_BUFFER)
        port.connect(where)
    except OSError:
        if port is not None:
            port.close()
        return None
    return port


def _files_left(port: socket.socket) -> int:
    """How many connections the limit of open files allows. Raises LinkError for none."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return MAX_PEERS
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MAX_PEERS
    left: int = soft - port.fileno() - _RESERVED
    if left < 1:
        raise LinkError(
            "the limit of open files", "%d expected, found %d" % (soft + 1 - left, soft)
        )
    return left
