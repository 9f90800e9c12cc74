"""Whose turn it is among peers that want to be served: time is shared, not requests.

Start-time fair queueing on two levels: addresses share the time, and the peers of an address share
that address's part. Who has used less than its share comes next, so that a peer which asks now and
then waits for what is being done, not for those that always ask. No I/O, no clock: the time that a
turn took is told by the caller.

Source: P. Goyal, H. Vin, H. Cheng, "Start-time Fair Queueing", IEEE/ACM ToN 5 (1997).
"""

import heapq
from typing import Any

LEAST_S = 20e-6  # what any turn counts for


class Share:
    """Something that takes turns: `finish` is the virtual time at which its last one ended."""

    __slots__ = ("finish", "is_queued", "tag")

    def __init__(self) -> None:
        self.finish = 0.0
        self.tag = 0.0
        self.is_queued = False


class _Queue:
    """Shares in the order of their tags; who comes late is not paid for the time it was away."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Any]] = []
        self._clock = 0.0
        self._count = 0

    def __len__(self) -> int:
        return len(self._heap)

    def put(self, share: Share) -> None:
        share.tag = max(share.finish, self._clock)
        share.is_queued = True
        self._count += 1
        heapq.heappush(self._heap, (share.tag, self._count, share))

    def take(self) -> Any:
        self._clock, _, share = heapq.heappop(self._heap)
        share.is_queued = False
        return share


class _Group(Share):
    """The peers of an address."""

    __slots__ = ("members", "queue")

    def __init__(self) -> None:
        super().__init__()
        self.queue = _Queue()
        self.members = 0


class Turns:
    """The peers that want a turn. A peer is a Share with a `group`, the address it counts for."""

    def __init__(self) -> None:
        self._groups: dict[Any, _Group] = {}
        self._queue = _Queue()
        self._waiting = 0

    def __len__(self) -> int:
        return self._waiting

    def join(self, peer: Any) -> None:
        """A peer is there; it wants nothing yet."""
        self._groups.setdefault(peer.group, _Group()).members += 1

    def leave(self, peer: Any) -> None:
        """A peer has gone. Where it waits for a turn, `take` still gives it."""
        group = self._groups[peer.group]
        group.members -= 1
        if not group.members and not len(group.queue):
            del self._groups[peer.group]

    def members(self, group: Any) -> int:
        """How many peers an address has."""
        found = self._groups.get(group)
        return 0 if found is None else found.members

    def put(self, peer: Any) -> None:
        """A peer wants a turn; that it wants one already makes no difference."""
        if peer.is_queued:
            return
        group = self._groups[peer.group]
        group.queue.put(peer)
        self._waiting += 1
        if not group.is_queued:
            self._queue.put(group)

    def take(self) -> Any:
        """The peer whose turn it is, or None. `charge` must follow."""
        if not self._waiting:
            return None
        self._waiting -= 1
        return self._queue.take().queue.take()

    def charge(self, peer: Any, seconds: float, weight: float = 1) -> None:
        """What the turn took. A peer with more weight comes less often for the same time."""
        cost = max(seconds, LEAST_S)
        peer.finish = peer.tag + cost * weight
        group = self._groups.get(peer.group)
        if group is None:
            return
        group.finish = group.tag + cost
        if len(group.queue):
            self._queue.put(group)
        elif not group.members:
            del self._groups[peer.group]
