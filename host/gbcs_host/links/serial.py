"""`serial:PORT[@baud]`: frames of gbcs.link on a serial port, for boards (needs pyserial).

A serial line has no connections: `listen` opens the port as `open_link` does, and an answer is the
only sign that the peer runs. The port is opened exclusively, with 8 data bits, no parity and one
stop bit.
"""

import contextlib
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from gbcs.link import Framing, encode
from gbcs_host.links.link import (
    SEND_TIMEOUT_S,
    BadName,
    Deadline,
    Link,
    LinkError,
    LinkGone,
    Listener,
)

if TYPE_CHECKING:
    import serial  # type: ignore[import-untyped,import-not-found,unused-ignore]

BAUD = 115200
_SLICE_S = 0.02  # the longest that a read waits for its first octet


class SerialLink(Link):
    """A link over an open serial port. `framing.dropped` counts octets that were no frame."""

    def __init__(self, name: str, port: "serial.Serial") -> None:
        super().__init__(name)
        self.framing = Framing()
        self._port = port
        self._ready: deque[bytes] = deque()
        self._sending = threading.Lock()  # a frame goes out in one piece

    @property
    def is_open(self) -> bool:
        """Whether the port is open."""
        return bool(self._port.is_open)

    def send(self, datagram: bytes) -> None:
        """Writes one frame. Raises LinkError, LinkGone where the port has gone."""
        self.check(datagram)
        octets = encode(datagram)
        with self._sending:
            try:
                self._port.write(octets)
            except (OSError, TypeError) as error:
                raise self._failed(error) from None

    def receive(self, timeout_s: "float | None") -> "bytes | None":
        """The next frame's datagram, or None after `timeout_s` seconds.

        Raises LinkError once closed, LinkGone where the port has gone.
        """
        deadline = Deadline(timeout_s)
        while not self._ready:
            left_s = deadline.left_s()
            try:
                waiting = self._port.in_waiting
                if not waiting and left_s == 0:
                    return None
                octets = self._port.read(max(1, waiting))
            except (OSError, TypeError) as error:
                raise self._failed(error) from None
            self._ready.extend(self.framing.receive(octets))
        return self._ready.popleft()

    def close(self) -> None:
        """Closes the port."""
        self._port.close()

    def _failed(self, error: Exception) -> LinkError:
        """The LinkError for an exception of pyserial; a port closed meanwhile raises TypeError."""
        if not self._port.is_open:
            return LinkError(self.name, "is closed, an open link expected")
        if type(error).__name__ == "SerialTimeoutException":
            return LinkError(self.name, "the other side takes nothing for %g s" % SEND_TIMEOUT_S)
        return LinkGone(self.name, "the port is gone: %s" % error)


class SerialListener(Listener):
    """Accepts one link at a time: the port, which is opened again after the link was closed."""

    def __init__(self, name: str, link: SerialLink) -> None:
        super().__init__(name)
        self._link = link
        self._is_taken = False
        self._is_closed = False

    def accept(self, timeout_s: "float | None") -> "Link | None":
        """The port's link, or None after `timeout_s` seconds in which it could not be opened."""
        deadline = Deadline(timeout_s)
        while self._is_taken:
            if self._is_closed:
                raise LinkError(self.name, "is closed, an open listener expected")
            if not self._link.is_open:
                with contextlib.suppress(LinkError):
                    self._link = open_serial(self.name, self.name.partition(":")[2])
                    break
            left_s = deadline.left_s()
            if left_s == 0:
                return None
            time.sleep(_SLICE_S if left_s is None else min(_SLICE_S, left_s))
        self._is_taken = True
        return self._link

    def close(self) -> None:
        """Closes the port, unless its link was accepted and is the caller's to close."""
        self._is_closed = True
        if not self._is_taken:
            self._link.close()


def open_serial(name: str, where: str) -> SerialLink:
    """A link over the port in `PORT[@BAUD]`, opened exclusively; 115,200 baud by default.

    Raises BadName, LinkError where the port cannot be opened or pyserial is missing.
    """
    device, at, baud = where.rpartition("@")
    if not at:
        device, baud = where, str(BAUD)
    if not device:
        raise BadName(name, "serial:PORT or serial:PORT@BAUD expected")
    if not (baud.isascii() and baud.isdigit() and len(baud) < 9 and int(baud)):
        raise BadName(name, "a number of baud expected after @, found '%s'" % baud)
    try:
        import serial
    except ImportError:
        raise LinkError(name, "pyserial expected: pip install pyserial") from None
    try:
        port = serial.Serial(
            device, int(baud), timeout=_SLICE_S, write_timeout=SEND_TIMEOUT_S, exclusive=True
        )
    except (OSError, ValueError) as error:
        raise LinkError(name, "cannot be opened: %s" % error) from None
    return SerialLink(name, port)


def listen_serial(name: str, where: str) -> Listener:
    """A listener at the port in `PORT[@BAUD]`, opened at once. Raises as `open_serial`."""
    return SerialListener(name, open_serial(name, where))
