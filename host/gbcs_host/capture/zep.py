"""ZEP version 2, in which sniffers send IEEE 802.15.4 frames, one a datagram, to UDP port 17754.

    "EX", version 2, type 1 (data), channel (1), device (2), mode (1: 1 says a check sequence
    follows the frame), link quality (1), NTP time (8), sequence (4), reserved (10), length (1)

Numbers are big-endian. Sources: the ZigBee Encapsulation Protocol as Wireshark reads it; RFC 5905,
6 (NTP timestamps: seconds since 1900 and a fraction of 32 bits).
"""

import socket
import struct
from typing import Any

from gbcs_host.han.air import fcs
from gbcs_host.links import Link, LinkError, address, listen, open_link

PORT = 17754
_HEAD = struct.Struct(">2sBBBHBBQI10xB")
_NTP_S = 2_208_988_800  # from 1900 to 1970
_ERA = 1 << 32  # NTP seconds restart at 0 in 2036; times before 1970 do not occur
_CHANNEL = 11
_DATA = 1


def encode(frame: bytes, us: int, sequence: int) -> bytes:
    """The datagram of a frame without check sequence; `us` is microseconds since 1970."""
    octets = frame + fcs(frame)
    seconds, part = divmod(us, 1_000_000)
    time = (seconds + _NTP_S) % _ERA << 32 | (part << 32) // 1_000_000
    head = _HEAD.pack(
        b"EX", 2, _DATA, _CHANNEL, 1, 1, 255, time, sequence & 0xFFFFFFFF, len(octets)
    )
    return head + octets


def decode(datagram: bytes) -> "tuple[int, bytes] | None":
    """Microseconds since 1970 and the frame without check sequence; None for no frame of ZEP."""
    if len(datagram) < _HEAD.size:
        return None
    mark, version, kind, _, _, _, _, time, _, length = _HEAD.unpack_from(datagram)
    octets = datagram[_HEAD.size :]
    if mark != b"EX" or version != 2 or kind != _DATA or length != len(octets) or length < 3:
        return None
    frame = octets[:-2]
    if fcs(frame) != octets[-2:]:
        return None
    seconds = ((time >> 32) - _NTP_S) % _ERA
    us = seconds * 1_000_000 + ((time & 0xFFFFFFFF) * 1_000_000 + (1 << 31) >> 32)
    return us, frame


class _Plain(Link):
    """UDP as sniffers use it: no checksum of gbcs.link, datagrams of any sender are taken."""

    def __init__(self, name: str, own: bool) -> None:
        super().__init__(name)
        family, self._to = address.resolve(name, name.partition(":")[2], socket.SOCK_DGRAM)
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            if own:
                self._socket.bind(self._to)
                self.name = address.written("udp", self._socket.getsockname())
        except OSError as error:
            self._socket.close()
            raise LinkError(name, "cannot be bound: %s" % (error.strerror or error)) from None

    def send(self, datagram: bytes) -> None:
        self._socket.sendto(datagram, self._to)

    def receive(self, timeout_s: "float | None") -> "bytes | None":
        self._socket.settimeout(timeout_s)
        try:
            return self._socket.recv(65535)
        except (TimeoutError, BlockingIOError, ConnectionError):  # Windows: a peer has gone
            return None
        except OSError as error:
            raise LinkError(self.name, "nothing can be received: %s" % error) from None

    def close(self) -> None:
        self._socket.close()


def sender(name: str) -> Link:
    """A link that sends ZEP datagrams to a capture. Raises LinkError, BadName."""
    return _Plain(name, False) if name.startswith("udp:") else open_link(name)


def receiver(name: str) -> Any:
    """The receiving side of a capture: a Link over `udp:`, a Listener over any other kind.

    Raises LinkError, BadName.
    """
    return _Plain(name, True) if name.startswith("udp:") else listen(name)
