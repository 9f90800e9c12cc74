"""The next timers of devices in one heap: the earliest of many is had as fast as of a few.

A device's next timer changes only when it is called or when its store is written. So it is asked
once, and again after `changed(eui)`; whoever calls a device or writes its store says so. What the
heap has of a device that has changed since is passed over when it comes up.
"""

import heapq
from collections.abc import Callable, Container

Clock = Callable[[bytes], "int | None"]


class Schedule:
    """The next timers of devices, by EUI-64. `next_timer(eui)` asks one: milliseconds or None.

    A device in `dead` is not due; it is again once it is no longer there.
    """

    def __init__(self, next_timer: Clock, dead: "Container[bytes]") -> None:
        self._next_timer = next_timer
        self._dead = dead
        self._changed: set[bytes] = set()
        self._due: dict[bytes, int] = {}
        self._heap: list[tuple[int, bytes]] = []
        self._waiting: set[bytes] = set()  # dead devices that were due

    def changed(self, eui: bytes) -> None:
        """Says that a device was called, or that its store was written."""
        self._changed.add(eui)

    def pop(self, end: int) -> "tuple[int, bytes] | None":
        """When the next device is due until `end`, and its EUI-64; None where none is.

        Of those due at the same moment it is the first by EUI-64. It is asked again at the next
        call.
        """
        self._ask()
        heap, due = self._heap, self._due
        while heap and heap[0][0] <= end:
            at, eui = heapq.heappop(heap)
            if due.get(eui) != at:
                continue
            del due[eui]
            if eui in self._dead:
                self._waiting.add(eui)
                continue
            self._changed.add(eui)
            return at, eui
        return None

    def _ask(self) -> None:
        if self._waiting:
            back = {eui for eui in self._waiting if eui not in self._dead}
            self._waiting -= back
            self._changed |= back
        heap, due = self._heap, self._due
        for eui in self._changed:
            at = self._next_timer(eui)
            if at is None:
                due.pop(eui, None)
            elif due.get(eui) != at:
                due[eui] = at
                heapq.heappush(heap, (at, eui))
        self._changed.clear()
        if len(heap) > 2 * len(due) + 64:  # most of it is out of date
            self._heap = [(at, eui) for eui, at in due.items()]
            heapq.heapify(self._heap)
