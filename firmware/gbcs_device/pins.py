"""What is connected to a board: the HAN link's UART, an LED, a button, a display, a watchdog.

`board` is a module of the firmware with UART, LED, BUTTON, DISPLAY and WATCHDOG_S; any of them may
be missing or None. Without a UART the link is the port that has the REPL.
"""

import sys

from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.joiner import JOINED, OFF, RESTING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

BAUD = const(115200)
_I2C_HZ = const(400000)
_POLL_MS = const(500)


class Pins:
    """`read`, `write` for gbcs_device.serving; `show(phase)` for the LED."""

    def __init__(self, board: "Any") -> None:
        self._board = board
        self._led = self._pin("LED", "OUT")
        self._is_lit = False
        self._watchdog: Any = None
        uart = getattr(board, "UART", None)
        if uart is None:
            stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
            self.read: Callable[[], bytes] = lambda: stdin.read(1)
            self.write: Callable[[bytes], Any] = stdout.write
        else:
            import machine  # type: ignore[import-not-found]

            self._uart = machine.UART(
                uart[0], BAUD, tx=machine.Pin(uart[1]), rx=machine.Pin(uart[2]), rxbuf=2048
            )
            self.read = self._from_uart
            self.write = self._uart.write

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

    def display(self) -> "Any":
        """The display that `board` names, an oled.Oled; None without one."""
        where = getattr(self._board, "DISPLAY", None)
        if where is None:
            return None
        import machine

        from gbcs_device.oled import Oled

        number, sda, scl, kind, address = where
        pins = {"sda": machine.Pin(sda), "scl": machine.Pin(scl), "freq": _I2C_HZ}
        # A port that cannot choose the pins of its I2C has None for its number
        i2c = machine.SoftI2C(**pins) if number is None else machine.I2C(number, **pins)
        return Oled(i2c, kind, address)

    def watch(self) -> None:
        """From now on the board begins anew where it does not come back to `read` in time."""
        seconds = getattr(self._board, "WATCHDOG_S", None)
        if seconds is not None:
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
