"""A queue in which nobody is pushed out, or kept waiting for ever, by what others put into it.

Each item belongs to a share: a destination, a sender. The shares take turns, and within a share
the order is kept. Where the queue is full, the share with the most items loses its newest one.
"""

from gbcs.compat import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251


class FairQueue:
    """At most `limit` items. `items` are those that wait, for others to count only."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.items: list[tuple[int, Any, Any]] = []  # round, share, item
        self._round = 0
        self._served: list[Any] = []  # the shares that have had their turn in this round

    def put(self, share: "Any", item: "Any") -> "Any":
        """Adds an item; the item that has no place now, which may be this one, or None."""
        number = self._round + (share in self._served)
        for each in self.items:
            if each[1] == share and each[0] >= number:
                number = each[0] + 1
        self.items.append((number, share, item))
        if len(self.items) <= self._limit:
            return None
        return self.items.pop(self._fullest())[2]

    def _fullest(self) -> int:
        """The index of the newest item of the share with the most; of equals, the latest."""
        counts: dict[Any, int] = {}
        for each in self.items:
            counts[each[1]] = counts.get(each[1], 0) + 1
        index = len(self.items) - 1
        for at in range(index, -1, -1):
            if counts[self.items[at][1]] > counts[self.items[index][1]]:
                index = at
        return index

    def take(self) -> "Any":
        """Removes and gives the item whose turn it is; IndexError where there is none."""
        items = self.items
        index = 0
        for at in range(1, len(items)):
            if items[at][0] < items[index][0]:
                index = at
        number, share, item = items.pop(index)
        if not items:
            self.clear()
        else:
            if number != self._round:
                self._served = []
            self._round = number
            self._served.append(share)
        return item

    def clear(self) -> None:
        """Drops all items."""
        self.items = []
        self._served = []
        self._round = 0
