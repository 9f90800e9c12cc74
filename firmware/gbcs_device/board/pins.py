"""The hardware of a board: the HAN link, an LED, a button, a display, a watchdog.

`board` is a module of the firmware with UART (number, TX, RX; or the number alone, where pins are
fixed) or a function `link`, with LED, BUTTON or BUTTONS (UP, DOWN, OK, FUEL), DISPLAY (I2C number,
or None for one that software makes of any pins; SDA, SCL; SSD1306 or SH1106; address), WATCHDOG_S
and TIMER (the number of a timer that is free, -1 unless told); any of them may be missing or None.
Without UART and `link` the HAN link is the port that has the prompt.
"""

import sys

from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.han.joining import JOINED, OFF, RESTING

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

BAUD = const(115200)
_I2C_HZ = const(400000)
_POLL_MS = const(500)
_LOOK_MS = const(10)  # where buttons are looked at
_CTRL_C = const(3)


class Pins:
    """`read`, `write` for gbcs_device.board.loop, once it has begun; `show(phase)` for the LED."""

    def __init__(self, board: "Any") -> None:
        self._board = board
        self._led = self._output(getattr(board, "LED", None))
        where = getattr(board, "BUTTONS", None) or (getattr(board, "BUTTON", None),)
        self._buttons = [self._input(pin) for pin in where if pin is not None]
        self._is_lit = False
        self._watchdog: Any = None
        self._keeper: Any = None
        self._link: Any = None
        self._uart: Any = None
        self.is_shared = True
        self.idle: Any = None  # called now and then while nothing comes from the link
        self.read: Any = None
        self.write: Any = None

    def begin(self, here: bool) -> None:
        """The link is the board's, or `here` the port with the prompt; the watchdog watches."""
        self.is_shared = here or not self.has_link
        if self.is_shared:
            _interrupt(-1)  # gbcs_device.board.loop tells a person's from noise
            stdin = sys.stdin.buffer
            self.read, self.write = lambda: stdin.read(1), sys.stdout.buffer.write
        elif hasattr(self._board, "link"):
            self._link = self._link or self._board.link()
            self.read, self.write = self._link.read, self._link.write
        else:
            self._uart = self._uart or self._opened(*self._board.UART)
            self.read, self.write = self._from_uart, self._uart.write
        self._watch()

    @property
    def has_link(self) -> bool:
        """Whether the board names a port for the HAN link alone."""
        return getattr(self._board, "UART", None) is not None or hasattr(self._board, "link")

    def rest(self) -> None:
        """The device is not served: Ctrl-C is the port's again, and the watchdog is kept calm."""
        _interrupt(_CTRL_C)
        if self._watchdog is not None and self._keeper is None:
            import machine  # type: ignore[import-not-found]

            self._keeper = machine.Timer(getattr(self._board, "TIMER", -1))
            self._keeper.init(period=1000, callback=lambda timer: self.feed())

    def _opened(self, number: int, *pins: "Any") -> "Any":
        import machine

        chosen = dict(zip(("tx", "rx"), [machine.Pin(pin) for pin in pins]))
        return machine.UART(number, BAUD, rxbuf=2048, timeout=0, **chosen)

    def _output(self, where: "Any") -> "Any":
        if where is None:
            return None
        import machine

        return machine.Pin(where, machine.Pin.OUT)

    def _input(self, where: "Any") -> "Any":
        import machine

        return machine.Pin(where, machine.Pin.IN, machine.Pin.PULL_UP)

    def is_pressed(self) -> bool:
        """Whether the button is held."""
        return bool(self.level() & 1)

    def level(self) -> int:
        """Which buttons are down, a bit each: those of BUTTONS, or the one of BUTTON."""
        level = 0
        for place in range(len(self._buttons)):
            if not self._buttons[place].value():
                level |= 1 << place
        return level

    @property
    def buttons(self) -> int:
        """The number of buttons; one where the board has none."""
        return max(1, len(self._buttons))

    @property
    def has_display(self) -> bool:
        """Whether the board names one."""
        return getattr(self._board, "DISPLAY", None) is not None

    def display(self) -> "Any":
        """The display that `board` names, an oled.Oled; None without one."""
        where = getattr(self._board, "DISPLAY", None)
        if where is None:
            return None
        import machine

        from gbcs_device.display.oled import Oled

        number, sda, scl, kind, address = where
        pins = {"sda": machine.Pin(sda), "scl": machine.Pin(scl), "freq": _I2C_HZ}
        i2c = machine.SoftI2C(**pins) if number is None else machine.I2C(number, **pins)
        return Oled(i2c, kind, address)

    def _watch(self) -> None:
        """From now on the board begins anew where it does not come back to `read` in time."""
        if self._keeper is not None:
            self._keeper.deinit()
            self._keeper = None
        seconds = getattr(self._board, "WATCHDOG_S", None)
        if seconds is not None and self._watchdog is None:
            import machine

            self._watchdog = machine.WDT(timeout=seconds * 1000)

    def feed(self) -> None:
        """The board is well."""
        if self._watchdog is not None:
            self._watchdog.feed()

    def _from_uart(self) -> bytes:
        import select

        poll = select.poll()
        poll.register(self._uart, select.POLLIN)
        while True:
            self.feed()
            if self.idle is not None:
                self.idle()
            if poll.poll(_POLL_MS if self.idle is None else _LOOK_MS):
                octets: bytes | None = self._uart.read()
                if octets:
                    return octets

    def show(self, phase: str) -> None:
        """On: joined; off: nothing to do; else it changes with each call."""
        if self._led is not None:
            self._is_lit = phase == JOINED or (phase not in (OFF, RESTING) and not self._is_lit)
            self._led.value(self._is_lit)


def _interrupt(octet: int) -> None:
    """Which octet of the port interrupts a program; -1: none."""
    try:
        from micropython import kbd_intr  # type: ignore[import-not-found]
    except ImportError:
        return
    kbd_intr(octet)
