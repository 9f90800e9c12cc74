"""What is connected to a board: the HAN link, an LED, a button, a watchdog.

`board` is a module of the firmware with UART (number, TX, RX; or the number alone, where pins are
fixed) or a function `link`, with LED, BUTTON, WATCHDOG_S and TIMER (the number of a timer that is
free, -1 unless told); any of them may be missing or None. Without UART and `link` the HAN link is
the port that has the prompt.
"""

import sys

from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.joiner import JOINED, OFF, RESTING

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

BAUD = const(115200)
_POLL_MS = const(500)
_CTRL_C = const(3)


class Pins:
    """`read`, `write` for gbcs_device.serving, once it has begun; `show(phase)` for the LED."""

    def __init__(self, board: "Any") -> None:
        self._board = board
        self._led = self._pin("LED", "OUT")
        self._is_lit = False
        self._watchdog: Any = None
        self._keeper: Any = None
        self._link: Any = None
        self._uart: Any = None
        self.is_shared = True
        self.read: Any = None
        self.write: Any = None

    def begin(self, here: bool) -> None:
        """The link is the board's, or `here` the port with the prompt; the watchdog watches."""
        self.is_shared = here or (
            getattr(self._board, "UART", None) is None and not hasattr(self._board, "link")
        )
        if self.is_shared:
            _interrupt(-1)  # gbcs_device.serving tells a person's from noise
            stdin = sys.stdin.buffer
            self.read, self.write = lambda: stdin.read(1), sys.stdout.buffer.write
        elif hasattr(self._board, "link"):
            self._link = self._link or self._board.link()
            self.read, self.write = self._link.read, self._link.write
        else:
            self._uart = self._uart or self._opened(*self._board.UART)
            self.read, self.write = self._from_uart, self._uart.write
        self._watch()

    def rest(self) -> None:
        """The device is not served: Ctrl-C is the port's again, and the watchdog is kept calm."""
        _interrupt(_CTRL_C)
        if self._watchdog is not None and self._keeper is None:
            import machine  # type: ignore[import-not-found]

            self._keeper = machine.Timer(getattr(self._board, "TIMER", -1))
            self._keeper.init(period=1000, callback=lambda timer: self.feed())

    def _opened(self, number: int, *pins: "Any") -> "Any":
        import machine

        chosen = dict(zip(("tx", "rx"), [machine.Pin(one) for one in pins]))
        return machine.UART(number, BAUD, rxbuf=2048, timeout=0, **chosen)

    def _pin(self, what: str, direction: str) -> "Any":
        where = getattr(self._board, what, None)
        if where is None:
            return None
        import machine

        if direction == "IN":
            return machine.Pin(where, machine.Pin.IN, machine.Pin.PULL_UP)
        return machine.Pin(where, machine.Pin.OUT)

    def is_pressed(self) -> bool:
        """Whether the button is held."""
        button = self._pin("BUTTON", "IN")
        return button is not None and not button.value()

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
            if poll.poll(_POLL_MS):
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
