"""Fair turns among peers: the time that their requests take is shared, not the number of requests.

Start-time fair queueing on three levels: addresses share the time; the classes of an address, each
the peers of one rank, share its part; and the peers of a class share the part of the class. The
next turn goes to the member that has used least of its share. A peer that sends a request now
and then therefore waits for the current turn only, however many peers always send or connect
anew. The module does no I/O and has no clock: the caller passes the time that a turn took.

Source: P. Goyal, H. Vin, H. Cheng, "Start-time Fair Queueing", IEEE/ACM ToN 5 (1997).
"""

import heapq
from typing import Any

LEAST_S = 20e-6  # the least time that a turn counts for
NEW_S = 0.005  # time charged to a new peer, so that a stream of new peers delays no other peer


class Share:
    """A member that takes turns: `finish` is the virtual time at which its last turn ended."""

    __slots__ = ("finish", "head_start", "is_queued", "tag")

    def __init__(self) -> None:
        self.finish = 0.0
        self.head_start = 0.0  # virtual time by which its next turn is put back
        self.tag = 0.0
        self.is_queued = False


class _Queue:
    """Shares in the order of their tags; time in which a share was not queued is not credited."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Any]] = []
        self._clock = 0.0
        self._count = 0

    def __len__(self) -> int:
        return len(self._heap)

    def put(self, share: Share) -> None:
        share.tag = max(share.finish, self._clock + share.head_start)
        share.head_start = 0.0
        share.is_queued = True
        self._count += 1
        heapq.heappush(self._heap, (share.tag, self._count, share))

    def take(self) -> Any:
        self._clock, _, share = heapq.heappop(self._heap)
        share.is_queued = False
        return share


class _Shared(Share):
    """A share that passes its turns to the members of a queue of its own."""

    __slots__ = ("queue",)

    def __init__(self) -> None:
        super().__init__()
        self.queue = _Queue()


class _Group(_Shared):
    """The peers of an address, by class."""

    __slots__ = ("classes", "members")

    def __init__(self) -> None:
        super().__init__()
        self.classes: dict[int, _Shared] = {}
        self.members = 0


class Turns:
    """The peers that want a turn.

    A peer is a Share with a `group`, the address it counts for, a `rank`, the class it is of when
    it asks for a turn, and `is_gone`.
    """

    def __init__(self) -> None:
        self._groups: dict[Any, _Group] = {}
        self._queue = _Queue()
        self._waiting = 0
        self._path: tuple[_Group, _Shared] | None = None

    def __len__(self) -> int:
        return self._waiting

    def join(self, peer: Any) -> None:
        """Adds a peer, which waits for no turn yet."""
        self._groups.setdefault(peer.group, _Group()).members += 1
        self.move(peer)

    def move(self, peer: Any) -> None:
        """Notes that a peer, which waits for no turn, has another rank from now on."""
        peer.finish, peer.head_start = 0.0, NEW_S

    def leave(self, peer: Any) -> None:
        """Removes a peer, which gets no more turns."""
        self._groups[peer.group].members -= 1
        self._tidy(peer.group)

    def members(self, group: Any) -> int:
        """The number of peers of an address."""
        known = self._groups.get(group)
        return 0 if known is None else known.members

    def put(self, peer: Any) -> None:
        """Queues a peer for a turn, unless it is queued already."""
        if peer.is_queued:
            return
        group = self._groups[peer.group]
        peer_class = group.classes.setdefault(peer.rank, _Shared())
        peer_class.queue.put(peer)
        self._waiting += 1
        if not peer_class.is_queued:
            group.queue.put(peer_class)
        if not group.is_queued:
            self._queue.put(group)

    def take(self) -> Any:
        """The peer whose turn it is, or None. The caller must call `charge` after the turn."""
        while self._waiting:
            self._waiting -= 1
            group = self._queue.take()
            peer_class = group.queue.take()
            peer = peer_class.queue.take()
            self._path = (group, peer_class)
            if not peer.is_gone:
                return peer
            self.charge(peer, 0, least=0)
        return None

    def charge(self, peer: Any, seconds: float, weight: float = 1, least: float = LEAST_S) -> None:
        """Charges the time that a turn took; it counts `weight` times for the peer alone.

        Raises ValueError where no turn was taken.
        """
        if self._path is None:
            raise ValueError("a turn that was taken expected, found none")
        cost = max(seconds, least)
        group, peer_class = self._path
        self._path = None
        peer.finish = peer.tag + cost * weight
        for share in (peer_class, group):
            share.finish = share.tag + cost
        if len(peer_class.queue) and not peer_class.is_queued:
            group.queue.put(peer_class)
        if len(group.queue) and not group.is_queued:
            self._queue.put(group)
        self._tidy(peer.group)

    def _tidy(self, name: Any) -> None:
        """Removes the group of an address that has no peers left."""
        group = self._groups.get(name)
        if group is not None and not group.members and not len(group.queue):
            del self._groups[name]
