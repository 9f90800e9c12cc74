"""Named octets that survive a restart, and a power cut at any moment.

A batch of changes is whole or not there. Two banks take turns: each begins with everything that
was held when it was begun, and goes on with a record a batch; when it is full, or its last record
was torn by a cut, the other is begun with what is held then. A bank counts once its first record
is whole, and of two the one that was begun last.

    bank      "GS" 01, sequence number (4), CRC-32 (4), records
    record    length (3), the complement of its octets' sum (1), entries, CRC-32 of the entries (4)
    entry     length of the name (1), name, length (3; FFFFFF where removed), octets

A record of which octets are missing at the end was torn, and is dropped. Octets that are there and
wrong are not: StoreDamaged says where.

A medium is anything with `opened(bank)`, a stream that reads from its beginning, `size(bank)`,
`append(bank, octets)` and `erase(bank)`, for the banks 0 and 1; what was appended is there when
`append` returns.
"""

from binascii import crc32
from io import BytesIO

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import GbcsError

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

_MAGIC = b"GS\x01"
_HEADER = const(11)
_REMOVED = const(0xFFFFFF)
_ONES = const(0xFFFFFFFF)
LIMIT = const(32768)  # octets of a bank


class StoreDamaged(GbcsError):
    """What is kept has been changed: `bank` and `offset` say where."""

    def __init__(self, what: str, bank: int, offset: int) -> None:
        super().__init__(what, bank, offset)
        self.what = what
        self.bank = bank
        self.offset = offset

    def __str__(self) -> str:
        return "bank %d, offset %d: %s" % (self.bank, self.offset, self.what)


class StoreFull(GbcsError):
    """A batch does not fit a bank with all that is held; nothing was changed."""


class PowerCut(Exception):
    """Raised by a medium that a test makes fail."""


class Store:
    """Everything is in memory too, so reading costs nothing. `limit` is the size of a bank."""

    def __init__(self, medium: "Any", limit: int = LIMIT) -> None:
        """Reads what is there; StoreDamaged where that has been changed."""
        self.writes = 0  # batches since it was opened: who remembers what it held can tell
        self._medium = medium
        self._limit = limit
        self._held: dict[str, bytes] = {}
        self._bank = 1  # so that the first to be begun is 0
        self._sequence = 0
        self._size = limit + 1  # begin a bank before anything is written
        banks = [(_sequence(medium, bank), bank) for bank in (0, 1)]
        for sequence, bank in sorted(banks, reverse=True):
            held: dict[str, bytes] = {}
            if sequence >= 0:
                end, records, is_torn = _replay(medium, bank, held)
                if records:
                    self._held, self._bank, self._sequence = held, bank, sequence
                    self._size = limit + 1 if is_torn else end
                    return
        if min(medium.size(0), medium.size(1)) > _HEADER:
            raise StoreDamaged("one whole bank expected", 0, 0)

    def get(self, name: str) -> "bytes | None":
        """The octets under a name, or None."""
        return self._held.get(name)

    def names(self, prefix: str = "") -> "list[str]":
        """The names that begin so, in order."""
        return sorted([name for name in self._held if name.startswith(prefix)])

    def write(self, changes: "dict[str, bytes | None]") -> None:
        """All of these changes or, if the power goes, none; None removes.

        Raises StoreFull, ValueError for a name or octets that are too long; and whatever the
        medium raises: what is held is then as it was, here and on the medium.
        """
        changes = {name: changes[name] for name in changes if changes[name] != self.get(name)}
        if not changes:
            return
        record = _record(changes)
        after = dict(self._held)
        for name in changes:
            octets = changes[name]
            if octets is None:
                after.pop(name, None)
            else:
                after[name] = octets
        if self._size + len(record) > self._limit:
            self._begin(after)
        else:
            size = self._size
            self._size = self._limit + 1  # until the record is whole, the bank ends torn
            self._medium.append(self._bank, record)
            self._size = size + len(record)
        self._held = after
        self.writes += 1

    def _begin(self, held: "dict[str, bytes]") -> None:
        """Begins the other bank, entry by entry: a heap may be in small pieces."""
        length = 0
        for name in held:
            length += 4 + len(name.encode()) + len(held[name])
        size = _HEADER + length + 8
        if size > self._limit:
            raise StoreFull("%d octets do not fit a bank of %d" % (size, self._limit))
        bank = 1 - self._bank
        head = _MAGIC + (self._sequence + 1).to_bytes(4, "big")
        self._medium.erase(bank)
        self._medium.append(bank, head + _check(head) + _length(length))
        crc = 0
        for name in held:
            octets = _entry(name, held[name])
            crc = crc32(octets, crc)
            self._medium.append(bank, octets)
        self._medium.append(bank, (crc & 0xFFFFFFFF).to_bytes(4, "big"))
        self._bank = bank
        self._sequence += 1
        self._size = size


def _check(octets: bytes) -> bytes:
    return (crc32(octets) & 0xFFFFFFFF).to_bytes(4, "big")


def _record(entries: "dict[str, Any]") -> bytes:
    body = b"".join([_entry(name, entries[name]) for name in entries])
    return _length(len(body)) + body + _check(body)


def _length(size: int) -> bytes:
    length = size.to_bytes(3, "big")
    return length + bytes((~sum(length) & 0xFF,))


def _entry(name: str, octets: "bytes | None") -> bytes:
    key = name.encode()
    if not 0 < len(key) < 256 or (octets is not None and len(octets) > 0xFFFF):
        raise ValueError("a name of 1 to 255 octets and at most 65,535 octets under it")
    size = _REMOVED if octets is None else len(octets)
    return bytes((len(key),)) + key + size.to_bytes(3, "big") + (octets or b"")


def _sequence(medium: "Any", bank: int) -> int:
    """The sequence number of a bank; -1 for one that is empty or was torn at its beginning."""
    stream = medium.opened(bank)
    octets = stream.read(_HEADER)
    stream.close()
    if len(octets) < _HEADER:
        return -1
    if octets[:3] != _MAGIC or octets[7:] != _check(octets[:7]):
        raise StoreDamaged("the header of a bank expected", bank, 0)
    return int.from_bytes(octets[3:7], "big")


class _Torn(Exception):
    """Octets are missing at the end."""


class _Record:
    """A record, read piece by piece: a heap may be in small ones."""

    def __init__(self, stream: "Any", bank: int, at: int) -> None:
        self._stream = stream
        self._bank = bank
        self._at = at
        self._crc = 0
        head = stream.read(4)
        if not head:
            raise EOFError
        if len(head) < 4:
            raise _Torn
        self.size = self._left = int.from_bytes(head[:3], "big")
        if head[3] != ~sum(head[:3]) & 0xFF:
            raise StoreDamaged("the length of a record expected", bank, at)

    def _take(self, count: int) -> bytes:
        octets: bytes = self._stream.read(min(count, self._left))
        if len(octets) < min(count, self._left):
            raise _Torn
        if len(octets) < count:
            raise StoreDamaged("another record expected", self._bank, self._at)
        self._left -= count
        self._crc = crc32(octets, self._crc)
        return octets

    def changes(self) -> "dict[str, bytes | None]":
        """Its entries, once all of it is there and right."""
        found: dict[bytes, bytes | None] = {}
        while self._left:
            name = self._take(self._take(1)[0])
            size = int.from_bytes(self._take(3), "big")
            found[name] = None if size == _REMOVED else self._take(size)
        check = self._stream.read(4)
        if len(check) < 4:
            raise _Torn
        if int.from_bytes(check, "big") != self._crc & _ONES:
            raise StoreDamaged("another record expected", self._bank, self._at)
        return {str(name, "utf-8"): found[name] for name in found}


def _replay(medium: "Any", bank: int, held: "dict[str, bytes]") -> "tuple[int, int, bool]":
    """Makes the changes of all whole records: where these end, their number, is one torn."""
    stream = medium.opened(bank)
    at = _HEADER
    records = 0
    is_torn = False
    try:
        stream.read(_HEADER)
        while True:
            record = _Record(stream, bank, at)
            changes = record.changes()
            for name in changes:
                octets = changes[name]
                if octets is None:
                    held.pop(name, None)
                else:
                    held[name] = octets
            at += record.size + 8
            records += 1
    except EOFError:
        pass
    except _Torn:
        is_torn = True
    finally:
        stream.close()
    return at, records, is_torn


class MemoryMedium:
    """Two banks in memory. With `cut_after`, power goes after so many octets more are written."""

    def __init__(self, cut_after: "int | None" = None) -> None:
        self.banks = [bytearray(), bytearray()]
        self.cut_after = cut_after

    def opened(self, bank: int) -> "Any":
        """What a bank holds, as a stream."""
        return BytesIO(self.banks[bank])

    def size(self, bank: int) -> int:
        """Octets in a bank."""
        return len(self.banks[bank])

    def append(self, bank: int, octets: bytes) -> None:
        """Adds octets to a bank; PowerCut, with those before it written."""
        if self.cut_after is not None and len(octets) > self.cut_after:
            self.banks[bank] += octets[: self.cut_after]
            raise PowerCut("power is gone")
        self.banks[bank] += octets
        if self.cut_after is not None:
            self.cut_after -= len(octets)

    def erase(self, bank: int) -> None:
        """Empties a bank; this counts as one octet."""
        if self.cut_after is not None:
            if not self.cut_after:
                raise PowerCut("power is gone")
            self.cut_after -= 1
        self.banks[bank] = bytearray()


class FileMedium:
    """Two files in a folder that exists: `store.0` and `store.1`."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def _path(self, bank: int) -> str:
        return "%s/store.%d" % (self._folder, bank)

    def opened(self, bank: int) -> "Any":
        """What a bank holds, as a stream."""
        try:
            return open(self._path(bank), "rb")
        except OSError:  # not begun yet
            return BytesIO(b"")

    def size(self, bank: int) -> int:
        """Octets in a bank."""
        import os

        try:
            return os.stat(self._path(bank))[6]
        except OSError:
            return 0

    def append(self, bank: int, octets: bytes) -> None:
        """Adds octets to a bank, and sees to it that they are on the disk or flash."""
        self._written(self._path(bank), "ab", octets)

    def erase(self, bank: int) -> None:
        """Empties a bank."""
        self._written(self._path(bank), "wb", b"")

    def _written(self, path: str, mode: str, octets: bytes) -> None:
        with open(path, mode) as file:
            file.write(octets)
            file.flush()
            _synchronise(file)


def _synchronise(file: "Any") -> None:
    import os

    if hasattr(os, "fsync"):
        os.fsync(file.fileno())
    elif hasattr(os, "sync"):
        os.sync()
