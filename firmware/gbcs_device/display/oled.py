"""Small displays of 128 by 64 points on I2C: SSD1306 and SH1106.

Both take the octets of `display.frame.Frame` as they are, in pages of eight rows; both are sent
whole pages, each with its address, so that what differs is a table: how the pump is switched on,
and that an SH1106 drives the middle of 132 columns. A page that the display has is not sent again.
Source: SSD1306 data sheet 8.1.5, 9, 10; SH1106 data sheet, "Commands". Both are tested against
a model of these alone, not on the real thing.
"""

from gbcs.compat import TYPE_CHECKING, const

if TYPE_CHECKING:
    from gbcs_device.interfaces import I2c

_PAGES = const(8)
_WIDTH = const(128)
_COMMANDS = const(0x00)  # control octets: what follows are commands, or data
_DATA = const(0x40)

_BEFORE = (
    b"\xae"  # off while it is set up
    b"\xd5\x80"  # clock: no division
    b"\xa8\x3f"  # 64 rows
    b"\xd3\x00\x40"  # no offset, first line 0
)
_AFTER = (
    b"\xa1\xc8"  # the connector above: columns and rows from the other end
    b"\xda\x12"  # rows are wired alternately
    b"\x81\x9f"  # contrast
    b"\xd9\xf1\xdb\x40"  # pre-charge, level of deselected lines
    b"\xa4\xa6"  # what memory has, not in reverse
)
_KINDS = {  # how the pump is switched on and memory addressed; the first column
    "SSD1306": (b"\x8d\x14\x20\x02", 0),
    "SH1106": (b"\xad\x8b", 2),
}
_ON = b"\xaf"


class Oled:
    """A display at an address of `i2c`, a machine.I2C or another object with its `writeto`."""

    def __init__(self, i2c: "I2c", kind: str, address: int = 0x3C) -> None:
        """ValueError for another kind than SSD1306 and SH1106. Nothing is sent yet."""
        if kind not in _KINDS:
            raise ValueError("SSD1306 or SH1106 expected, found " + kind)
        self._i2c = i2c
        self._address = address
        self._pump, self._column = _KINDS[kind]
        self._sent: bytearray | None = None
        self._line = bytearray(_WIDTH + 1)
        self._line[0] = _DATA

    def show(self, buffer: "bytes | bytearray") -> int:
        """Sends the pages of a frame that the display does not have; gives how many.

        OSError where it does not answer: the next call begins from the start.
        """
        sent = self._sent
        self._sent = None
        is_new = sent is None
        if sent is None:
            self._command(_BEFORE + self._pump + _AFTER)
            sent = bytearray(_PAGES * _WIDTH)
        count = 0
        old, new = memoryview(sent), memoryview(buffer)
        for page in range(_PAGES):
            at = page * _WIDTH
            if is_new or old[at : at + _WIDTH] != new[at : at + _WIDTH]:
                self._page(page, new[at : at + _WIDTH])
                old[at : at + _WIDTH] = new[at : at + _WIDTH]
                count += 1
        if is_new:
            self._command(_ON)
        self._sent = sent
        return count

    def switch_off(self) -> None:
        """Switches the display off until the next `show`. OSError where it does not answer."""
        self._sent = None
        self._command(b"\xae")

    def _page(self, page: int, octets: "memoryview") -> None:
        """One page: its number, the low and the high half of its first column, its octets."""
        low, high = self._column & 15, self._column >> 4
        self._command(bytes((0xB0 | page, low, 0x10 | high)))
        self._line[1:] = octets
        self._i2c.writeto(self._address, self._line)

    def _command(self, octets: bytes) -> None:
        self._i2c.writeto(self._address, bytes((_COMMANDS,)) + octets)
