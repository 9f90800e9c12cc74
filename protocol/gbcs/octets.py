"""The bounds-checked cursor over received octets, and the BER lengths that all layers share.

The value codecs (axdr, der, zcl), which read tens of elements a message, index the buffer
themselves between checks of their own, and read a length with `length` and `after_length`;
everything else reads through `Reader`.
"""

from gbcs.errors import DecodeError, EncodeError


class Reader:
    """A cursor over `data[offset:end]`; every method moves it on, or raises DecodeError.

    `offset` is always an offset in `data`, so that errors point into the whole message.
    """

    __slots__ = ("data", "end", "offset")

    def __init__(self, data: bytes, offset: int = 0, end: int = -1) -> None:
        self.data = data
        self.offset = offset
        self.end = len(data) if end < 0 else end

    def left(self) -> int:
        """How many octets are unread."""
        return self.end - self.offset

    def take(self, count: int, field: str) -> bytes:
        """The next `count` octets, copied."""
        start = self.offset
        if count > self.end - start:
            raise DecodeError(
                "%d octets expected, %d left" % (count, self.end - start), start, field
            )
        self.offset = start + count
        return bytes(self.data[start : start + count])

    def octet(self, field: str) -> int:
        """The next octet."""
        start = self.offset
        if start >= self.end:
            raise DecodeError("1 octet expected, 0 left", start, field)
        self.offset = start + 1
        return self.data[start]

    def number(self, count: int, field: str) -> int:
        """The next `count` octets as an unsigned number, most significant first."""
        return int.from_bytes(self.take(count, field), "big")

    def expect(self, octets: bytes, field: str) -> None:
        """Moves over exactly these octets."""
        start = self.offset
        actual = self.take(len(octets), field)
        if actual != octets:
            raise DecodeError("%s expected, found %s" % (octets.hex(), actual.hex()), start, field)

    def length(self, field: str) -> int:
        """A BER length in its shortest form, of at most two octets after the first."""
        start = self.offset
        first = self.octet(field)
        if first < 0x80:
            return first
        if first == 0x81:
            value = self.octet(field)
            if value >= 0x80:
                return value
        elif first == 0x82:
            value = self.number(2, field)
            if value >= 0x100:
                return value
        raise DecodeError("a length in its shortest form expected", start, field)

    def finish(self, field: str) -> None:
        """Nothing may be left."""
        if self.offset != self.end:
            raise DecodeError(
                "end expected, %d octets left" % (self.end - self.offset), self.offset, field
            )


def length(data: bytes, at: int, end: int, field: str) -> int:
    """The number in BER at `at`, in its shortest form, of at most two octets after the first.

    `after_length` says where it ends: two functions, so that neither takes heap on a board.
    """
    if at >= end:
        raise DecodeError("a length octet expected, 0 octets left", at, field)
    value = data[at]
    if value < 0x80:
        return value
    if value == 0x81 or value == 0x82:
        width = value - 0x80
        if end - at - 1 < width:
            raise DecodeError("%d octets expected, %d left" % (width, end - at - 1), at + 1, field)
        value = data[at + 1]
        if width == 2:
            value = value << 8 | data[at + 2]
        if value >= (0x80 if width == 1 else 0x100):
            return value
    raise DecodeError("a length in its shortest form expected, found %02X" % data[at], at, field)


def after_length(data: bytes, at: int) -> int:
    """Where the length at `at` ends."""
    first = data[at]
    return at + 1 if first < 0x80 else at + first - 0x7F


def count_at(data: bytes, at: int, end: int, size: int, field: str) -> int:
    """A list's count at `at`, of entries of at least `size` octets."""
    count = length(data, at, end, field)
    left = end - after_length(data, at)
    if count * size > left:
        raise DecodeError("%d entries expected, %d octets left" % (count, left), at, field)
    return count


def length_octets(count: int) -> bytes:
    """The BER length in its shortest form: one octet below 0x80, else 81 nn or 82 nnnn."""
    if count < 0x80:
        return bytes((count,))
    if count < 0x100:
        return bytes((0x81, count))
    if count < 0x10000:
        return bytes((0x82, count >> 8, count & 0xFF))
    raise EncodeError("%d octets do not fit a two-octet length" % count)
