"""Many peers at one port, whoever they are: one thread, bounded memory, fair turns.

Nobody is refused because others are there: when all places are taken the peer goes that is missed
least, of the address that has most of them:

    1  who has sent nothing that counts, the longest here first
    2  who sends without waiting for answers
    3  who has been quiet for long, for the time that it is here
    4  who has no device, the longest here first
    5  who came last

Who has just come is looked at before it goes, has `GRACE_S` to say something and `PATIENCE_S` to
make a device, if it goes on speaking (`SHORT_S`). Half of the places are for such, and half of
these for those that have yet to say something: where these are taken, others wait until one has
had its time. A peer is dropped too when it shows that it is none of ours (`MAX_NOISE`, `FIRST_S`),
never waits (`MAX_AHEAD`), or takes no answers (`SEND_TIMEOUT_S`). Every drop is told, with its
reason.

Time is shared as `links.turns` has it, and what a turn takes counts `BACKLOG` times for a peer
that has sent more meanwhile: the protocols here ask, and wait for the answer.
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

MAX_PEERS = 512  # with a place of their own; fewer where the system allows fewer files
MAX_DEVICES = 256  # of these, who may have one
MAX_GREETED = 8192  # UDP addresses of whom no more is kept than that they said hello
FIRST_S = 30.0  # by then something that counts has come
MAX_NOISE = 1 << 18  # octets in a row of which nothing counts
MAX_AHEAD = 64  # requests that wait while the one before them has no answer; repeats are some
GRACE_S, SHORT_S, PATIENCE_S = 0.2, 4.0, 10.0
QUIET_S = (0.5, 60.0)  # between these, a quarter of the time that a peer is here

ROOM = "its place was needed"
SILENT = "it sent no request for %d s" % FIRST_S
NOISE = "it sent %d octets without a request" % MAX_NOISE
AHEAD = "it sends requests without waiting for answers"
DEAF = "it takes no answers"
BROKEN = "its connection is lost"

BACKLOG = 32
_CHUNK = 1 << 12  # octets of one peer read in a turn
_DRAINING_S = 0.002  # for what has come to a UDP port, between two turns
_LOOKED_AT = 64  # of each rank, the longest here, when a place is needed
_ROUND = 128  # peers that wait for a turn; then nobody else gets a place
_GREEDY = 2  # see `Peer.ahead`; more is not for want of an answer
_WAITING = 8  # datagrams of a UDP peer without a socket of its own; more are lost
_HEAD = 17  # octets by which two requests differ
_LONGEST = 1 << 16  # octets of a datagram
_GREETING = 2048  # octets of a datagram of who has no place; longer ones are cut off, and lost
_OWN_BUFFER = 1 << 16  # octets that the system keeps for a UDP peer
_ACCEPTED = 4  # connections between two turns
_RESERVED = 12  # files that the process needs for other things
_SLICE_S = 0.1  # how soon it is seen that it is over
_PAUSE_S = 0.02  # no connections are taken, while there is no room for any
_NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Peer(Share):
    """One peer. Who takes its datagrams sets `has_device`, and may keep its own in `place`."""

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
        self.last = b""  # the datagram before
        self.ahead = 0  # turns after which another request waited, less those where none did
        self.place: Any = None
        self.noise = 0  # octets since something counted
        self.ready: deque[bytes] = deque()
        self.port: socket.socket | None = None
        self.framing: Framing | None = None
        self.out = b""
        self.stuck_since = 0.0

    @property
    def rank(self) -> int:
        """What it has proved: nothing, that it speaks the protocol, that it uses a device."""
        return self.is_known + self.has_device

    @property
    def is_greedy(self) -> bool:
        """Whether it sends without waiting for answers."""
        return self.ahead > _GREEDY

    def is_judged(self, now: float) -> bool:
        """Whether it had its chance."""
        if not self.is_known:
            return self.is_seen or (not self.is_queued and now - self.since > GRACE_S)
        if self.has_device or self.is_greedy:
            return True
        return now - self.heard > SHORT_S or now - self.since > PATIENCE_S

    def dispensable(self, now: float) -> "tuple[float, float]":
        """The peer for which this is least goes first: see the module's text."""
        if not self.is_known:
            return (1, self.since)
        if self.is_greedy:
            return (2, -self.ahead)
        quiet = (now - self.heard) / min(QUIET_S[1], max(QUIET_S[0], (now - self.since) / 4))
        if quiet > 1:
            return (3, -quiet)
        return (5, -self.since) if self.has_device else (4, self.since)

    def step(self, has_more: bool) -> None:
        """A request was answered, and another one waits already, or not."""
        self.ahead = self.ahead + 1 if has_more else max(0, self.ahead - 1)

    def is_repeated(self, datagram: bytes) -> bool:
        """Whether it is the one before once more, as is sent when no answer comes."""
        is_same = datagram == self.last
        self.last = datagram
        return is_same


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
        self.limit = self._most = limit
        self.most_devices = min(MAX_DEVICES, limit)
        self.peers: tuple[dict[Peer, None], ...] = ({}, {}, {})  # by rank, who came first first
        self.turns = Turns()
        self.is_closed = False
        self._take = take
        self._dropped = dropped
        self._left = left
        self._selector = selectors.DefaultSelector()
        self._looked = self._full_until = 0.0

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
            for peer in self.all():
                self.let_go(peer)
            self._selector.close()

    def all(self) -> "list[Peer]":
        """Everybody who has a place."""
        return [peer for rank_peers in self.peers for peer in rank_peers]

    def let_go(self, peer: Peer) -> None:
        """A peer has gone by itself."""
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
        """A peer has to go."""
        if not peer.is_gone:
            self.let_go(peer)
            self._dropped(peer.name, why)

    def _admit(self, peer: Peer) -> None:
        """A new peer gets a place."""
        self.peers[peer.rank][peer] = None
        self.turns.join(peer)

    def _make_room(self) -> bool:
        """Whether there is a place, if need be that of the peer which is missed least."""
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
        """Drops one of these peers, of the address that has most; False where there are none."""
        if not candidates:
            return False
        most = max({peer.group for peer in candidates}, key=self.turns.members)
        members = [peer for peer in candidates if peer.group == most]
        self.drop(min(members, key=lambda peer: peer.dispensable(now)), ROOM)
        return True

    def _ask(self, peer: Peer) -> None:
        """A peer wants a turn."""
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
        """The answer to one datagram."""
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
        """One turn of a peer; whether it wants another."""
        raise NotImplementedError

    def _close(self, peer: Peer) -> None:
        """What a peer has of the system is given back."""


class TcpCrowd(Crowd):
    """Connections of a TCP listener, which stays the caller's to close.

    Where peers do not ask but only tell (`asks` False), none is dropped for telling much.
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
                    continue  # it has gone again
                self.limit = max(1, len(self.all()) - 1)
                self._pause()
                return
            self.limit = min(self.limit + 1, self._most)  # files are to be had again
            self._welcome(port, where)

    def _pause(self) -> None:
        """No connections for a moment; the system keeps some meanwhile."""
        self._paused_until = time.monotonic() + _PAUSE_S
        self._selector.unregister(self._port)

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
        if len(peer.ready) > self._most_ahead:
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
    """The senders of a UDP listener's datagrams; the listener stays the caller's to close.

    A sender gets a place with its first request after `greet` has answered one: whoever was
    dropped has to begin anew, and cannot go on in the middle. Nobody can be told that it was
    dropped: `stranger` answers what comes without a greeting. With the place comes a socket that
    the system gives this sender's datagrams to, so that no flood of others takes their room.
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
            self._turn()  # who is known comes first
            self._drain()

    def _drain(self) -> None:
        """Takes what has come for everybody together."""
        end = time.monotonic() + _DRAINING_S
        while time.monotonic() < end:
            try:
                octets, where = self._port.recvfrom(_GREETING)
            except BlockingIOError:
                return
            except OSError:  # closed, or Windows tells of a peer that has gone, or cuts off
                self.is_closed = self._port.fileno() < 0
                return
            self._hand_on(octets, where)

    def _hand_on(self, octets: bytes, where: "address.Address") -> None:
        """A datagram of one who has no socket of its own."""
        peer = self._known.get(where)
        if peer is None:
            peer = self._newcomer(octets, where)
        if peer is not None and len(peer.ready) < _WAITING:
            peer.ready.append(octets)
            self._ask(peer)

    def _newcomer(self, octets: bytes, where: "address.Address") -> "Peer | None":
        """Who is known from now on; None for who has yet to say hello, and is answered."""
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
        """A new peer, if there is a place for it."""
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
        if answer is not None:
            self._send(answer, peer.port or self._port, peer.where)
        if peer.is_gone:
            return False
        following = self._following(peer)
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
        self._hand_on(octets, where)  # it came between two calls of the system
        return None

    def _following(self, peer: Peer) -> "bytes | None":
        """How the next datagram begins, where one waits."""
        if peer.ready:
            return peer.ready[0][:_HEAD]
        if peer.port is None:
            return None
        try:
            return peer.port.recv(_HEAD, socket.MSG_PEEK)
        except OSError:
            return None

    def _send(self, answer: bytes, port: socket.socket, where: "address.Address") -> None:
        """What the system does not take is lost, as on the way."""
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
    """A socket at the same port that gets what `where` sends; None where the system has none.

    The port is shared while the socket is bound, and not longer: nobody else may listen there.
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
