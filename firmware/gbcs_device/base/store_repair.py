"""A damaged bank of the store put right: one wrong bit, or a wrong length of a record.

The CRC-32 of octets and the one that was kept differ, after one wrong bit, by a value that no
other wrong bit gives: its place is found by that. Two wrong bits are told from one in up to 11,450
octets (CRC-32 has distance 4 there). A record whose length is wrong ends where the CRC-32 of its
octets stands.

Source: Koopman, 32-Bit Cyclic Redundancy Codes for Internet Applications, DSN 2002 (distances).
"""

from binascii import crc32

from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.base.store_format import StoreDamaged, head_of

if TYPE_CHECKING:
    from gbcs_device.interfaces import Medium, Stream

_HIGH = const(0xEDB8)  # the polynomial, reflected, in halves: small numbers
_LOW = const(0x8320)
_ONES = const(0xFFFFFFFF)
_PIECE = const(256)


def note(bank: int, at: int) -> str:
    """The line that tells people which place was put right."""
    return "bank %d, offset %d: put right" % (bank, at)


def header(octets: bytes) -> bytes:
    """The eleven octets of a header with its one wrong bit turned.

    Three zeros where more than one bit is wrong: no header begins so.
    """
    place = _place(crc32(octets[:7]) & _ONES ^ int.from_bytes(octets[7:], "big"), 7)
    return bytes(3) if place is None else _turned(octets, 0, *place)


def opened(medium: "Medium", error: StoreDamaged, head: int) -> "Stream":
    """The bank as a stream, from the record that the error names, which is right there.

    `head` is the size of a record's head. Raises the error where the record cannot be put right.
    """
    at = error.offset
    place = _place_of(_from(medium, error.bank, at), medium.size(error.bank) - at, head)
    if place is None:
        raise error
    return _Turned(_from(medium, error.bank, at), *place)


def _from(medium: "Medium", bank: int, at: int) -> "Stream":
    """A bank as a stream, from an offset."""
    stream = medium.opened(bank)
    while at:
        at -= len(stream.read(min(at, _PIECE)))
    return stream


def _place_of(stream: "Stream", size: int, head: int) -> "tuple[int, bytes] | None":
    """Where in the record at the beginning of a stream bits are to be turned, and which."""
    octets = stream.read(head)
    length = int.from_bytes(octets[:3], "big")
    if octets != head_of(length, head):
        actual = _length(stream)
        stream.close()
        if actual is None:
            return None
        right = head_of(actual, head)
        return 0, bytes([octets[i] ^ right[i] for i in range(head)])
    crc = 0
    left = length
    while left:
        piece = stream.read(min(left, _PIECE))
        crc = crc32(piece, crc)
        left -= len(piece)
    place = _place(crc & _ONES ^ int.from_bytes(stream.read(4), "big"), length)
    stream.close()
    return None if place is None else (head + place[0], place[1])


def _length(stream: "Stream") -> "int | None":
    """How many octets there are before their own CRC-32."""
    ahead = stream.read(4)
    crc = length = 0
    while len(ahead) == 4:
        if int.from_bytes(ahead, "big") == crc & _ONES:
            return length
        crc = crc32(ahead[:1], crc)
        ahead = ahead[1:] + stream.read(1)
        length += 1
    return None


def _place(difference: int, size: int) -> "tuple[int, bytes] | None":
    """The wrong bit of so many octets and the CRC-32 behind them, by how the CRC-32 differs."""
    if difference & difference - 1 == 0:  # one bit of the CRC-32 itself
        octets = difference.to_bytes(4, "big")
        for index in range(4):
            if octets[index]:
                return size + index, octets[index : index + 1]
        return None
    high, low = difference >> 16, difference & 0xFFFF
    reach_high, reach_low = 0, 1  # what a wrong bit becomes, the last bit of the octets first
    for back in range(8 * size):
        is_odd = reach_low & 1
        reach_low = reach_low >> 1 | (reach_high & 1) << 15
        reach_high >>= 1
        if is_odd:
            reach_high ^= _HIGH
            reach_low ^= _LOW
        if reach_low == low and reach_high == high:
            bit = 8 * size - 1 - back
            return bit >> 3, bytes((1 << (bit & 7),))
    return None


def _turned(octets: bytes, start: int, at: int, mask: bytes) -> bytes:
    """The octets that begin at `start`, those bits turned that the mask has from `at` on."""
    right = bytearray(octets)
    for index in range(len(mask)):
        place = at + index - start
        if 0 <= place < len(right):
            right[place] ^= mask[index]
    return bytes(right)


class _Turned:
    """A stream in which some bits are turned."""

    def __init__(self, stream: "Stream", at: int, mask: bytes) -> None:
        self._stream = stream
        self._start = 0
        self._at = at
        self._mask = mask

    def read(self, count: int) -> bytes:
        """The next octets, fewer at the end."""
        octets = _turned(self._stream.read(count), self._start, self._at, self._mask)
        self._start += len(octets)
        return octets

    def close(self) -> None:
        """Closes the stream below."""
        self._stream.close()
