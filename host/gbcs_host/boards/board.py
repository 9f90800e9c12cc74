"""A board on a serial port: scripts run at its REPL, and its device started.

In raw mode (Ctrl-A) MicroPython takes a script and answers `OK`, the script's output, Ctrl-D, the
traceback, Ctrl-D.

Source: MicroPython documentation, "The MicroPython Interactive Interpreter Mode".
"""

import time
from collections.abc import Callable
from typing import Any

from gbcs_host.han.remote import answers
from gbcs_host.links import Link, LinkError, open_link

BAUD = 115_200
# The threshold makes MicroPython collect garbage early, so that the heap stays in large pieces
START = "import gc\ngc.threshold(8192)\nfrom gbcs_device.board.app import *\nrun(True)\n"
_HELLO_S = 2.0
_PROMPT = b"raw REPL; CTRL-B to exit\r\n>"


class BoardError(Exception):
    """The board raised an exception, whose traceback is the text, or it did not answer."""


class Repl:
    """The raw prompt of a board; close it, or use it in a with statement.

    The constructor interrupts the program that runs. It raises LinkError where the port cannot be
    opened, BoardError where no prompt comes within `timeout_s` seconds.
    """

    def __init__(self, port: str, baud: int = BAUD, timeout_s: float = 5.0) -> None:
        import serial  # type: ignore[import-untyped,import-not-found,unused-ignore]

        self.port = port
        self._rest = b""
        try:
            self._serial: Any = serial.Serial(port, baud, timeout=0.1, exclusive=True)
        except (OSError, ValueError) as error:
            raise LinkError("serial:" + port, "cannot be opened: %s" % error) from None
        try:
            self._enter(timeout_s)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Repl":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _enter(self, timeout_s: float) -> None:
        self._serial.reset_input_buffer()
        self._write(b"\r\x03\x03")  # a running program ends
        time.sleep(0.1)
        self._write(b"\r\x01")
        self._until(_PROMPT, timeout_s)

    def _until(self, end: bytes, timeout_s: float) -> bytes:
        limit = time.monotonic() + timeout_s
        while end not in self._rest:
            self._rest += self._read()
            if time.monotonic() > limit:
                words = self._rest[-200:].decode("utf-8", "replace").strip()
                raise BoardError(
                    "%s: a MicroPython prompt expected, found %s"
                    % (self.port, "'%s'" % words if words else "no answer")
                )
        octets, _, self._rest = self._rest.partition(end)
        return octets

    def run(self, script: str, timeout_s: float = 10.0) -> str:
        """The text that a script prints; BoardError with the traceback of one that fails."""
        self._write(script.encode() + b"\x04")
        self._until(b"OK", timeout_s)
        printed = self._until(b"\x04", timeout_s)
        error = self._until(b"\x04>", timeout_s)
        if error:
            raise BoardError(error.decode("utf-8", "replace").strip())
        return printed.decode("utf-8", "replace").replace("\r\n", "\n")

    def start(self, script: str = START, timeout_s: float = 5.0) -> None:
        """Starts a script that does not end, unless given the device's; returns once it runs."""
        self._write(script.encode() + b"\x04")
        self._until(b"OK", timeout_s)

    def reset(self) -> None:
        """Resets the interpreter (a soft reset), which runs the firmware's `main.py`, if any."""
        self._write(b"\x02\x04")
        time.sleep(0.5)

    def _write(self, octets: bytes) -> None:
        try:
            self._serial.write(octets)
        except OSError as error:
            raise LinkError("serial:" + self.port, "the board is gone: %s" % error) from None

    def _read(self) -> bytes:
        try:
            octets: bytes = self._serial.read(max(1, self._serial.in_waiting))
        except OSError as error:
            raise LinkError("serial:" + self.port, "the board is gone: %s" % error) from None
        return octets

    def close(self) -> None:
        """Closes the port; the program on the board keeps running."""
        self._serial.close()


def start(port: str) -> None:
    """Starts the device of the board on this port. Raises BoardError, LinkError."""
    with Repl(port) as repl:
        repl.start()


def opened(name: str, watch: "Callable[[str], None] | None" = None) -> Link:
    """An open link to a device; a board that shows a prompt has its device started first.

    `watch` gets a line of text when a device is started. Raises LinkError, BoardError.
    """
    link = open_link(name)
    if not name.startswith("serial:") or answers(link, _HELLO_S):
        return link
    link.close()
    port = name.partition(":")[2].partition("@")[0]
    if watch is not None:
        watch("%s: no device answers; it is started" % port)
    start(port)
    return open_link(name)


def about(port: str) -> "dict[str, str]":
    """Board, versions, memory, the state of its store and the device's identity, by name.

    Raises BoardError, LinkError.
    """
    with Repl(port) as repl:
        printed = repl.run(_ABOUT)
    return dict(line.split("=", 1) for line in printed.splitlines() if "=" in line)


_ABOUT = """
import sys, gc, os
gc.collect()
print("board=" + sys.implementation._machine)
print("micropython=" + ".".join([str(part) for part in sys.implementation.version[:3]]))
print("heap_free=%d" % gc.mem_free())
print("heap_used=%d" % gc.mem_alloc())
try:
    files = os.statvfs("/")
    print("files_free=%d" % (files[0] * files[3]))
except (AttributeError, OSError):
    print("files_free=0")
try:
    import gbcs
    print("gbcs=" + gbcs.__version__)
    import gbcs_device.board.app  # loads what is deep, while the C stack is empty
    from gbcs_device.board import device_here as onboard
    print("store=" + (onboard.server().damaged or "whole"))
    device = onboard.device()
    if device is not None:
        print("device=%s %s" % (device.kind, "".join(["%02X" % octet for octet in device.eui])))
        print("han=" + onboard.server().station.phase)
        print("heap_peak=%d" % onboard.server().peak)
except ImportError:
    print("gbcs=not there")
"""
