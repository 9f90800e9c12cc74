"""pcapng files of IEEE 802.15.4 frames: a writer, and a reader for files of other tools too.

The reader takes pcapng and pcap files in either octet order, with times in microseconds or
nanoseconds, of link type 195 (frames have a check sequence), 230 (they have none) or 283 (TAP:
tags in front of each frame say which check sequence it has).

Sources: draft-ietf-opsawg-pcapng 4.1 (section header block), 4.2 (interface description block),
4.3 (enhanced packet block), 4.4 (simple packet block); draft-ietf-opsawg-pcap; the link types
LINKTYPE_IEEE802_15_4_WITHFCS, _NOFCS and _TAP of tcpdump.org; IEEE 802.15.4-2006, 7.2.1.9 (FCS).
"""

import struct
import zlib
from collections.abc import Iterator
from typing import IO

from gbcs_host.han.air import fcs

WITH_FCS, WITHOUT_FCS, TAP = 195, 230, 283
_SECTION = 0x0A0D0D0A
_ORDER = 0x1A2B3C4D
_INTERFACE, _SIMPLE, _ENHANCED = 1, 3, 6
_RESOLUTION, _OFFSET, _COMMENT = 9, 14, 1
_NO_CHECK, _CRC16, _CRC32 = 0, 1, 2  # values of the FCS type tag of a TAP header
_PCAP = {
    b"\xa1\xb2\xc3\xd4": (">", 1_000_000),
    b"\xd4\xc3\xb2\xa1": ("<", 1_000_000),
    b"\xa1\xb2\x3c\x4d": (">", 1_000_000_000),
    b"\x4d\x3c\xb2\xa1": ("<", 1_000_000_000),
}
_LONGEST = 1 << 20
MAGICS = (b"\x0a\x0d\x0d\x0a", *_PCAP)


class BadCapture(Exception):
    """A file that is no capture or is damaged; the text says what was expected and where."""

    def __init__(self, problem: str, offset: int) -> None:
        super().__init__("%s at offset %d" % (problem, offset))
        self.offset = offset


class Packet:
    """A captured frame without its check sequence; `us` is microseconds since 1970.

    `is_whole` is False for a frame that had a check sequence which is wrong.
    """

    __slots__ = ("frame", "is_whole", "us")

    def __init__(self, us: int, frame: bytes, is_whole: bool) -> None:
        self.us = us
        self.frame = frame
        self.is_whole = is_whole


def _block(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


class Writer:
    """Writes frames with their check sequence (link type 195), times in microseconds."""

    def __init__(self, stream: "IO[bytes]") -> None:
        self._stream = stream
        section = struct.pack("<IHHq", _ORDER, 1, 0, -1)
        resolution = _option(_RESOLUTION, b"\x06") + _option(0, b"")
        interface = struct.pack("<HHI", WITH_FCS, 0, 127) + resolution
        stream.write(_block(_SECTION, section) + _block(_INTERFACE, interface))
        stream.flush()

    def write(self, frame: bytes, us: int, comment: str = "") -> None:
        """Writes a frame without its check sequence; `us` is microseconds since 1970."""
        octets = frame + fcs(frame)
        head = struct.pack("<IIIII", 0, us >> 32, us & 0xFFFFFFFF, len(octets), len(octets))
        body = head + octets + bytes(-len(octets) % 4)
        if comment:
            body += _option(_COMMENT, comment.encode()) + _option(0, b"")
        self._stream.write(_block(_ENHANCED, body))
        self._stream.flush()


def read(stream: "IO[bytes]") -> Iterator[Packet]:
    """The packets in order. Raises BadCapture at the place where the file is damaged."""
    magic = stream.read(4)
    if magic == MAGICS[0]:
        yield from _read_pcapng(stream)
    elif magic in _PCAP:
        yield from _read_pcap(stream, *_PCAP[magic])
    else:
        raise BadCapture(
            "a pcapng or pcap file expected, found octets %s" % (magic.hex().upper() or "none"), 0
        )


def _packet(us: int, link: int, octets: bytes, offset: int) -> Packet:
    kind = {WITH_FCS: _CRC16, WITHOUT_FCS: _NO_CHECK}.get(link)
    if link == TAP:
        kind, octets = _untapped(octets, offset)
    if kind == _NO_CHECK:
        return Packet(us, octets, True)
    if kind == _CRC16:
        return Packet(us, octets[:-2], fcs(octets[:-2]) == octets[-2:])
    if kind == _CRC32:
        check = zlib.crc32(octets[:-4]).to_bytes(4, "little")
        return Packet(us, octets[:-4], check == octets[-4:])
    raise BadCapture("link type 195, 230 or 283 expected, found %d" % link, offset)


def _untapped(octets: bytes, offset: int) -> "tuple[int, bytes]":
    """The kind of check sequence and the frame behind a TAP header; none where no tag says it."""
    size = int.from_bytes(octets[2:4], "little")
    if len(octets) < 4 or octets[0] != 0 or not 4 <= size <= len(octets):
        raise BadCapture("a TAP header expected, found %s" % octets[:4].hex().upper(), offset)
    kind = _NO_CHECK
    at = 4
    while at + 4 < size:
        tag, length = struct.unpack_from("<HH", octets, at)
        if tag == 0 and length:
            kind = octets[at + 4]
        at += 4 + (length + 3 & ~3)
    if kind > _CRC32:
        raise BadCapture("a kind of check sequence of 0 to 2 expected, found %d" % kind, offset)
    return kind, octets[size:]


class _Stream:
    """A stream that is read in turn, with the offset of the next octet."""

    def __init__(self, stream: "IO[bytes]", offset: int) -> None:
        self._stream = stream
        self.offset = offset

    def take(self, count: int, name: str) -> bytes:
        if count > _LONGEST:
            raise BadCapture(
                "%s: at most %d octets expected, found %d" % (name, _LONGEST, count), self.offset
            )
        octets = self._stream.read(count)
        if len(octets) < count:
            raise BadCapture(
                "%s: %d octets more expected, found %d" % (name, count, len(octets)), self.offset
            )
        self.offset += count
        return octets

    def next_four(self) -> bytes:
        """The next four octets; b"" where the file ends."""
        octets = self._stream.read(4)
        if octets and len(octets) < 4:
            raise BadCapture("a block expected, found %d octets" % len(octets), self.offset)
        self.offset += len(octets)
        return octets


def _read_pcap(stream: "IO[bytes]", order: str, resolution: int) -> Iterator[Packet]:
    source = _Stream(stream, 4)
    link = struct.unpack_from(order + "I", source.take(20, "header"), 16)[0] & 0x0FFFFFFF
    while True:
        head = source.next_four()
        if not head:
            return
        start = source.offset
        seconds = struct.unpack(order + "I", head)[0]
        part, size, _ = struct.unpack(order + "III", source.take(12, "packet header"))
        octets = source.take(size, "packet")
        yield _packet(seconds * 1_000_000 + part * 1_000_000 // resolution, link, octets, start)


def _read_pcapng(stream: "IO[bytes]") -> Iterator[Packet]:
    source = _Stream(stream, 4)
    order = "<"
    interfaces: list[_Interface] = []
    head: bytes = MAGICS[0]
    while head:
        start = source.offset - 4
        size_octets = source.take(4, "block length")
        if head == MAGICS[0]:
            mark = source.take(4, "byte-order magic")
            order = "<" if mark == struct.pack("<I", _ORDER) else ">"
            if mark != struct.pack(order + "I", _ORDER):
                raise BadCapture(
                    "a byte-order magic expected, found %s" % mark.hex().upper(), source.offset - 4
                )
            interfaces = []
            rest = 12
        else:
            rest = 8
        size = struct.unpack(order + "I", size_octets)[0]
        if size < rest + 4 or size % 4:
            raise BadCapture("a block length expected, found %d" % size, start)
        body = source.take(size - rest, "block")
        if body[-4:] != size_octets:
            raise BadCapture(
                "the block's length %d again expected, found %d"
                % (size, struct.unpack(order + "I", body[-4:])[0]),
                source.offset - 4,
            )
        body = body[:-4]
        kind = struct.unpack(order + "I", head)[0]
        if kind == _INTERFACE and len(body) >= 8:
            interfaces.append(_Interface(body, order))
        elif kind in (_ENHANCED, _SIMPLE):
            yield _captured(kind, body, order, interfaces, start)
        head = source.next_four()


class _Interface:
    """An interface: its link type, ticks a second, and the seconds added to its times."""

    def __init__(self, body: bytes, order: str) -> None:
        self.link, _, self.longest = struct.unpack_from(order + "HHI", body)
        self.ticks = 1_000_000
        self.offset_s = 0
        at = 8
        while at + 4 <= len(body):
            code, length = struct.unpack_from(order + "HH", body, at)
            value = body[at + 4 : at + 4 + length]
            if code == _RESOLUTION and len(value) == 1:
                power = value[0] & 0x7F
                self.ticks = 1 << power if value[0] & 0x80 else 10**power
            elif code == _OFFSET and len(value) == 8:
                self.offset_s = struct.unpack(order + "q", value)[0]
            at += 4 + (length + 3 & ~3)

    def us(self, ticks: int) -> int:
        """Microseconds since 1970."""
        return self.offset_s * 1_000_000 + ticks * 1_000_000 // self.ticks


def _captured(
    kind: int, body: bytes, order: str, interfaces: "list[_Interface]", offset: int
) -> Packet:
    number = ticks = 0
    at = 20 if kind == _ENHANCED else 4
    if len(body) < at:
        raise BadCapture(
            "a packet header of %d octets expected, found %d" % (at, len(body)), offset
        )
    if kind == _ENHANCED:
        number, high, low, size, _ = struct.unpack_from(order + "IIIII", body)
        ticks = high << 32 | low
    if number >= len(interfaces):
        raise BadCapture(
            "one of %d interfaces expected, found number %d" % (len(interfaces), number), offset
        )
    interface = interfaces[number]
    if kind == _SIMPLE:  # it has the original length alone, and padding behind the packet
        size = struct.unpack_from(order + "I", body)[0]
        size = min(size, interface.longest or size)
    if at + size > len(body):
        raise BadCapture(
            "a packet of %d octets expected, found %d" % (size, len(body) - at), offset
        )
    return _packet(interface.us(ticks), interface.link, body[at : at + size], offset)
