"""A page as text: one line that can be read out, of the very words that are drawn.

The page is drawn once more to a frame that notes what is written where. What stands on one row
belongs together, and so do lines of text, nine rows apart; what follows stands behind a semicolon.
"""

from gbcs_device.base.view import View
from gbcs_device.display import glyphs
from gbcs_device.display.frame import HEIGHT, LARGE_HEIGHT, SMALL_HEIGHT, WIDTH, Frame
from gbcs_device.display.navigation import Pages

_BREAK = "\n"  # what follows is something else
_PITCH = 9  # rows from a line of text to the next
_ICONS = {glyphs.BOLT: "Electricity", glyphs.FLAME: "Gas", glyphs.ENVELOPE: "(a message waits)"}


class Noting(Frame):
    """A frame that notes all that is written, from above; see `line`."""

    __slots__ = ("noted",)

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[tuple[int, int, str]] = []  # the first row, the one below the last, what

    def clear(self) -> None:
        """Nothing is written."""
        self.noted = []
        super().clear()

    def text(self, x: int, y: int, text: str) -> int:
        """Small letters."""
        self.noted.append((y, y + SMALL_HEIGHT, text))
        return super().text(x, y, text)

    def large(self, x: int, y: int, figure: str, gap: int = 2) -> int:
        """Large figures."""
        self.noted.append((y, y + LARGE_HEIGHT, figure))
        return super().large(x, y, figure, gap)

    def icon(self, x: int, y: int, icon: bytes) -> None:
        """An icon: those of the header say something."""
        if y == 0:
            self.noted.append((0, SMALL_HEIGHT, _ICONS[icon]))
        super().icon(x, y, icon)

    def erase(self, x: int, y: int, width: int, height: int) -> None:
        """What was written there is gone, where the whole width is erased."""
        if width == WIDTH:
            self.noted = [note for note in self.noted if not y <= note[0] < y + height]
            self.noted.append((0, 0, _BREAK))
        super().erase(x, y, width, height)

    def line(self) -> str:
        """All of it."""
        words = ""
        top = bottom = 0
        for first, end, text in self.noted:
            if text == _BREAK:
                top = bottom = -HEIGHT
            elif text:
                is_near = first < bottom or first - top == _PITCH
                words += (" " if is_near else "; ") + text
                top, bottom = first, max(end, bottom if is_near else 0)
        return words[2:]


def read(pages: Pages, seen: View) -> str:
    """The page that is shown, as one line."""
    frame = Noting()
    pages.draw(frame, seen)
    return frame.line()
