"""Datagrams on a stream of octets, sans-IO: frames that are found again after any noise.

    frame = 7E, escaped(datagram, checksum), 7E        escaped(x) = 7D, x ^ 20

A flag stands before and after each frame, so that text which a board prints on the same port, or
what noise leaves, is a stretch of its own and takes no frame with it. Escaped are the two octets
that mean something here, 03, at which MicroPython's prompt interrupts the program, and 11 and 13,
at which ports with software flow control stop.

The checksum is CRC-32: a CRC-16 would pass one damaged frame in 65,536, and `binascii` has the
longer one in C on both Pythons. It is that of "gbcs" and the datagram, for the checksum of nothing
is 00000000 and that of FFFFFFFF is FFFFFFFF: a line that hangs would send valid frames.

Frames are not numbered, acknowledged or sent again: a datagram may be lost.
Source: the octets 7E, 7D and 20 are those of RFC 1662, section 4.2.
"""

from binascii import crc32

from gbcs.compat import const

MAX_DATAGRAM = const(65536)  # octets

_CHECKSUM = const(4)  # octets, the most significant first
_FLAG = b"\x7e"
_ESCAPE = b"\x7d"
_FLIPPED = const(0x20)
_ESCAPED = b"\x7d\x7e\x03\x11\x13"  # the escape itself first
_START = crc32(b"gbcs")


def seal(datagram: bytes) -> bytes:
    """The datagram and its checksum of 4 octets, for links that keep datagrams apart (UDP)."""
    return bytes(datagram) + crc32(datagram, _START).to_bytes(4, "big")


def unseal(octets: "bytes | bytearray") -> "bytes | None":
    """The datagram before a checksum; None where the checksum is another one's."""
    end = len(octets) - _CHECKSUM
    if end < 0:
        return None
    datagram = bytes(octets[:end])
    if crc32(datagram, _START) != int.from_bytes(octets[end:], "big"):
        return None
    return datagram


def encode(datagram: bytes) -> bytes:
    """The frame of a datagram of 0 to 65,536 octets, flags included; ValueError for more.

    It is 6 octets longer than the datagram, and one more for each octet that is escaped.
    """
    if len(datagram) > MAX_DATAGRAM:
        raise ValueError("%d octets expected at most, found %d" % (MAX_DATAGRAM, len(datagram)))
    octets = seal(datagram)
    for octet in _ESCAPED:
        octets = octets.replace(bytes((octet,)), bytes((_ESCAPE[0], octet ^ _FLIPPED)))
    return _FLAG + octets + _FLAG


class Framing:
    """The receiving end of a stream: octets in, as they come, and datagrams out.

    Keeps at most `limit` octets and a checksum, whatever arrives, and never raises. `dropped`
    counts the stretches between flags that were no frame, `dropped_octets` what stood in them.
    """

    def __init__(self, limit: int = MAX_DATAGRAM) -> None:
        if not 0 <= limit <= MAX_DATAGRAM:
            raise ValueError("0 to %d octets expected, found %d" % (MAX_DATAGRAM, limit))
        self.limit = limit
        self.dropped = 0
        self.dropped_octets = 0
        self._held = bytearray()
        self._length = 0  # octets of this stretch as received, kept or not
        self._is_escaped = False  # the octet before was an escape
        self._is_too_long = False

    def receive(self, octets: bytes) -> "list[bytes]":
        """The datagrams that these octets complete, in order; often none."""
        octets = bytes(octets)  # a bytearray has fewer methods on a board
        datagrams: list[bytes] = []
        start = 0
        while True:
            end = octets.find(_FLAG, start)
            if end < 0:
                self._take(octets, start, len(octets))
                return datagrams
            self._take(octets, start, end)
            datagram = self._finish()
            if datagram is not None:
                datagrams.append(datagram)
            start = end + 1

    def _take(self, octets: bytes, start: int, end: int) -> None:
        """Holds `octets[start:end]`, which have no flag in them, without their escapes."""
        self._length += end - start
        while start < end:
            if self._is_escaped:
                self._is_escaped = False
                self._hold(bytes((octets[start] ^ _FLIPPED,)))
                start += 1
                continue
            escape = octets.find(_ESCAPE, start, end)
            stop = end if escape < 0 else escape
            self._hold(octets[start:stop])
            self._is_escaped = escape >= 0
            start = stop + 1

    def _hold(self, octets: bytes) -> None:
        if self._is_too_long or len(self._held) + len(octets) > self.limit + _CHECKSUM:
            self._is_too_long = True
            self._held = bytearray()
        else:
            self._held.extend(octets)

    def _finish(self) -> "bytes | None":
        """At a flag: the datagram before it, or None; then all begins anew."""
        if self._length == 0:  # between the flags of two frames
            return None
        is_whole = not self._is_too_long and not self._is_escaped
        datagram = unseal(self._held) if is_whole else None
        if datagram is None:
            self.dropped += 1
            self.dropped_octets += self._length
        self._held = bytearray()
        self._length = 0
        self._is_escaped = False
        self._is_too_long = False
        return datagram
