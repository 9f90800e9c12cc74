"""A board's buttons: which one was pressed, from levels that are sampled.

A board with four buttons has UP, DOWN, OK and FUEL. With a single one a press is DOWN, half a
second OK, two seconds FUEL: enough to read and to confirm everything. A level counts once it has
been the same for 30 ms, so that a contact that bounces is one press; sample it about every ten
milliseconds. `now` is milliseconds of any clock that does not go back.
"""

from gbcs.compat import const
from gbcs_device.display.navigation import DOWN, FUEL, OK, UP

_BOUNCE_MS = const(30)
_OK_MS = const(500)
_FUEL_MS = const(2000)
_ORDER = (UP, DOWN, OK, FUEL)


class Keys:
    """`count` buttons: four in the order UP, DOWN, OK, FUEL, or one; ValueError for others."""

    __slots__ = ("_is_single", "_level", "_pressed_at", "_since", "_steady")

    def __init__(self, count: int) -> None:
        if count not in (1, len(_ORDER)):
            raise ValueError("one button or four expected, found %d" % count)
        self._is_single = count == 1
        self._level = self._steady = 0
        self._since = self._pressed_at = 0

    def look(self, level: int, now: int) -> "int | None":
        """The button that was pressed, or None. `level` has a bit a button, one where it is down.

        Four buttons say so when they go down, a single one when it is let go.
        """
        if level != self._level:
            self._level = level
            self._since = now
            return None
        if level == self._steady or now - self._since < _BOUNCE_MS:
            return None
        pressed = level & ~self._steady
        self._steady = level
        if not self._is_single:
            for place in range(len(_ORDER)):
                if pressed >> place & 1:
                    return _ORDER[place]
            return None
        if pressed:
            self._pressed_at = self._since
            return None
        pressed_ms = self._since - self._pressed_at
        return FUEL if pressed_ms >= _FUEL_MS else OK if pressed_ms >= _OK_MS else DOWN
