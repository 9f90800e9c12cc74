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

A medium is anything with `read(bank) -> bytes`, `append(bank, octets)` and `erase(bank)`, for the
banks 0 and 1; what was appended is there when `append` returns.
"""

from binascii import crc32

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import GbcsError

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

_MAGIC = b"GS\x01"
_HEADER = const(11)
_REMOVED = const(0xFFFFFF)
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
        best = -1
        seen = 0
        for bank in (0, 1):
            octets = medium.read(bank)
            seen += len(octets) > _HEADER
            sequence = _sequence(octets, bank)
            if sequence > best:
                held: dict[str, bytes] = {}
                end, records = _replay(octets, bank, held)
                if records:
                    best = sequence
                    self._held, self._bank, self._sequence = held, bank, sequence
                    self._size = end if end == len(octets) else limit + 1
        if best < 0 and seen == 2:
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


def _sequence(octets: bytes, bank: int) -> int:
    """The sequence number of a bank; -1 for one that is empty or was torn at its beginning."""
    if len(octets) < _HEADER:
        return -1
    if octets[:3] != _MAGIC or octets[7:_HEADER] != _check(octets[:7]):
        raise StoreDamaged("the header of a bank expected", bank, 0)
    return int.from_bytes(octets[3:7], "big")


def _replay(octets: bytes, bank: int, held: "dict[str, bytes]") -> "tuple[int, int]":
    """Makes the changes of all records that are whole: where these end, and how many they are."""
    at = _HEADER
    records = 0
    while len(octets) - at >= 4:
        size = int.from_bytes(octets[at : at + 3], "big")
        if octets[at + 3] != ~sum(octets[at : at + 3]) & 0xFF:
            raise StoreDamaged("the length of a record expected", bank, at)
        stop = at + 4 + size
        if stop + 4 > len(octets):
            break
        if octets[stop : stop + 4] != _check(octets[at + 4 : stop]):
            raise StoreDamaged("another record expected", bank, at)
        _apply(octets, at + 4, stop, held)
        at = stop + 4
        records += 1
    return at, records


def _apply(octets: bytes, at: int, stop: int, held: "dict[str, bytes]") -> None:
    while at < stop:
        start = at + 1 + octets[at]
        name = str(octets[at + 1 : start], "utf-8")
        size = int.from_bytes(octets[start : start + 3], "big")
        at = start + 3
        if size == _REMOVED:
            held.pop(name, None)
        else:
            held[name] = octets[at : at + size]
            at += size


class MemoryMedium:
    """Two banks in memory. With `cut_after`, power goes after so many octets more are written."""

    def __init__(self, cut_after: "int | None" = None) -> None:
        self.banks = [bytearray(), bytearray()]
        self.cut_after = cut_after

    def read(self, bank: int) -> bytes:
        """All that a bank holds."""
        return bytes(self.banks[bank])

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

    def read(self, bank: int) -> bytes:
        """All that a bank holds."""
        try:
            with open(self._path(bank), "rb") as file:
                return file.read()
        except OSError:
            return b""

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
