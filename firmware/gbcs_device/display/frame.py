"""A picture of 128 by 64 points, one bit each, and functions that draw on it.

An octet is eight points of a column, the uppermost in its lowest bit; 128 octets are a page of
eight rows. This is MicroPython's MONO_VLSB, and the memory of an SSD1306 or SH1106. Points outside
the picture are not drawn. Coordinates are points from the upper left corner.

Source: MicroPython documentation, framebuf (MONO_VLSB).
"""

from gbcs.compat import const
from gbcs_device.display import glyphs

WIDTH = 128
HEIGHT = 64
SMALL_HEIGHT = 8
LARGE_HEIGHT = 16
BLANK = 5  # points from a small letter to the next beyond a blank
_UNKNOWN = const(98)  # the last glyph of the small ones
_MORE = const(95)  # where those beyond ASCII begin


def _index(letter: str) -> int:
    """The place of a letter among the small glyphs."""
    code = ord(letter)
    if 32 <= code < 127:
        return code - 32
    place = glyphs.SMALL_MORE.find(letter)
    return _UNKNOWN if place < 0 else _MORE + place


def width_of(text: str) -> int:
    """Points from the first column to the last of small letters; a column is between two."""
    width = 0
    for letter in text:
        width += glyphs.SMALL_WIDTHS[_index(letter)] + 1
    return width - 1 if width else 0


def large_width_of(figure: str) -> int:
    """The same of large figures; two columns are between two of them."""
    width = 0
    for letter in figure:
        width += glyphs.LARGE_WIDTHS[glyphs.LARGE_NAMES.index(letter)] + 2
    return width - 2


def shortened(text: str, width: int) -> str:
    """The text, or as much of its beginning as fits `width` points with three dots behind."""
    if width_of(text) <= width:
        return text
    while text and width_of(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


class Frame:
    """The picture: `buffer` has 1,024 octets."""

    __slots__ = ("buffer",)

    def __init__(self) -> None:
        self.buffer = bytearray(WIDTH * HEIGHT // 8)

    def clear(self) -> None:
        """Makes all points dark."""
        for index in range(len(self.buffer)):
            self.buffer[index] = 0

    def column(self, x: int, y: int, bits: int) -> None:
        """Lights points of one column downwards from `y`, the lowest bit first."""
        if not 0 <= x < WIDTH:
            return
        bits <<= y & 7
        at = (y >> 3) * WIDTH + x
        while bits and at < WIDTH * HEIGHT // 8:
            self.buffer[at] |= bits & 0xFF
            bits >>= 8
            at += WIDTH

    def columns(self, x: int, y: int, octets: bytes, at: int, count: int, size: int) -> None:
        """`count` columns of one or two octets each, the lower first, from octets[at]."""
        for place in range(x, x + count):
            bits = octets[at]
            if size == 2:
                bits |= octets[at + 1] << 8
            if bits:
                self.column(place, y, bits)
            at += size

    def text(self, x: int, y: int, text: str) -> int:
        """Small letters; gives where the next would begin."""
        for letter in text:
            index = _index(letter)
            width = glyphs.SMALL_WIDTHS[index]
            self.columns(x, y, glyphs.SMALL, index * 5, width, 1)
            x += width + 1
        return x

    def large(self, x: int, y: int, figure: str, gap: int = 2) -> int:
        """Large figures, of glyphs.LARGE_NAMES alone; gives where the next would begin."""
        for letter in figure:
            index = glyphs.LARGE_NAMES.index(letter)
            width = glyphs.LARGE_WIDTHS[index]
            self.columns(x, y, glyphs.LARGE, index * 18, width, 2)
            x += width + gap
        return x

    def right(self, x: int, y: int, text: str) -> None:
        """Small letters that end before `x`."""
        self.text(x - width_of(text), y, text)

    def centred(self, x: int, y: int, text: str) -> None:
        """Small letters, `x` in their middle."""
        self.text(x - width_of(text) // 2, y, text)

    def icon(self, x: int, y: int, icon: bytes) -> None:
        """One of the icons of glyphs."""
        size = icon[0]
        self.columns(x, y, icon, 1, (len(icon) - 1) // size, size)

    def bar(self, x: int, y: int, width: int, height: int) -> None:
        """A filled rectangle."""
        for place in range(x, x + width):
            self.column(place, y, (1 << height) - 1)

    def box(self, x: int, y: int, width: int, height: int) -> None:
        """The outline of a rectangle."""
        for place in range(x, x + width):
            inside = x < place < x + width - 1
            self.column(place, y, 1 | 1 << height - 1 if inside else (1 << height) - 1)

    def invert(self, x: int, y: int, width: int, height: int) -> None:
        """Inverts the points in a rectangle."""
        for row in range(y >> 3, (y + height + 7) >> 3):
            bits = ((1 << height) - 1 << y) >> (row << 3) & 0xFF
            for at in range(row * WIDTH + x, row * WIDTH + x + width):
                self.buffer[at] ^= bits

    def erase(self, x: int, y: int, width: int, height: int) -> None:
        """Makes all points in a rectangle dark."""
        self.bar(x, y, width, height)
        self.invert(x, y, width, height)
