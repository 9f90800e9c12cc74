"""A board's own display: pages drawn between the requests of the link, turned by its buttons.

A page is drawn at most twice a second, and sent where it differs from the last. A display that
does not answer is tried again; the device goes on without it.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.display.actions import want
from gbcs_device.display.frame import Frame
from gbcs_device.display.keys import Keys
from gbcs_device.display.navigation import Pages

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

_EVERY_MS = const(500)


class Screen:
    """`oled` shows a frame (display.oled); `buttons` is how many there are, one or four."""

    def __init__(self, oled: "Any", buttons: int, is_ppmid: bool) -> None:
        self.pages = Pages(is_ppmid)
        self._oled = oled
        self._keys = Keys(buttons)
        self._frame = Frame()
        self._drawn: int | None = None
        self.is_there = False  # whether the display answered last

    def look(self, station: "Any", level: int, ticks: int, now: int) -> None:
        """A moment between requests: `level` has a bit a button that is down.

        `ticks` are milliseconds of any clock that does not go back, `now` those of the device.
        """
        key = self._keys.look(level, ticks)
        if key is not None:
            self.pages.press(key, station.shown(now))
            while self.pages.intents:
                want(station, self.pages.intents.pop(0), now)
        elif self._drawn is not None and ticks - self._drawn < _EVERY_MS:
            return
        self._drawn = ticks
        self.pages.draw(self._frame, station.shown(now))
        try:
            self._oled.show(self._frame.buffer)
            self.is_there = True
        except OSError:
            self.is_there = False
