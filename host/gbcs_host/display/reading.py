"""A page as one line of text, for a screen reader, of the words that are drawn.

The page is drawn again, to a frame that notes each text and its rows. Texts on the same row are
joined by a blank, and so are lines of text, which are nine rows apart; other texts are separated
by a semicolon.
"""

from gbcs_device.base.view import View
from gbcs_device.display import glyphs
from gbcs_device.display.frame import HEIGHT, LARGE_HEIGHT, SMALL_HEIGHT, WIDTH, Frame
from gbcs_device.display.navigation import Pages

_BREAK = "\n"  # separates the texts before and after an erased part
_PITCH = 9  # rows from a line of text to the next
_ICONS = {glyphs.BOLT: "Electricity", glyphs.FLAME: "Gas", glyphs.ENVELOPE: "(a message waits)"}


class Noting(Frame):
    """A frame that notes all texts in the order in which they are drawn; `line` joins them."""

    __slots__ = ("noted",)

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[tuple[int, int, str]] = []  # first row, row below the last, text

    def clear(self) -> None:
        """Clears the frame and the notes."""
        self.noted = []
        super().clear()

    def text(self, x: int, y: int, text: str) -> int:
        """Draws and notes text in small letters; the column behind it."""
        self.noted.append((y, y + SMALL_HEIGHT, text))
        return super().text(x, y, text)

    def large(self, x: int, y: int, figure: str, gap: int = 2) -> int:
        """Draws and notes large figures; the column behind them."""
        self.noted.append((y, y + LARGE_HEIGHT, figure))
        return super().large(x, y, figure, gap)

    def icon(self, x: int, y: int, icon: bytes) -> None:
        """Draws an icon; those of the header are noted by their meaning."""
        if y == 0:
            self.noted.append((0, SMALL_HEIGHT, _ICONS[icon]))
        super().icon(x, y, icon)

    def erase(self, x: int, y: int, width: int, height: int) -> None:
        """Erases a rectangle; one over the whole width also removes the notes of its rows."""
        if width == WIDTH:
            self.noted = [note for note in self.noted if not y <= note[0] < y + height]
            self.noted.append((0, 0, _BREAK))
        super().erase(x, y, width, height)

    def line(self) -> str:
        """All notes joined to one line of text."""
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
    """The page that `pages` shows of a view, as one line of text."""
    frame = Noting()
    pages.draw(frame, seen)
    return frame.line()
