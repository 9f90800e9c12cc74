"""Named octets that survive a restart, a power cut at any moment, and a bit that turns.

A batch of changes is whole or not there. Two banks take turns: each begins with everything that
was held when it was begun, and goes on with a record a batch; when it is full, or its last record
was torn by a cut, the other is begun with what is held then. A bank counts once its first record
is whole, and of two the one that was begun last.

    bank      "GS" 02, sequence number (4), CRC-32 (4), records
    record    length (3), the last octets of its CRC-32 (3), entries, CRC-32 of the entries (4)
    entry     length of the name (1), name, length (3), octets
              FFFFFF for the length: the name is removed
              01 and a length (2): so many (2) go from the front of what is held, the rest is added

A record of which octets are missing at the end was torn, and is dropped. Octets that are there and
wrong are not: one wrong bit, or a wrong length, is put right (store_repair), `damage`
says where, and the next batch begins a bank without it. Whatever is wrong beyond that raises
StoreDamaged: an older state has older counters, so the store never goes back to one.

Banks of version 01 are read: the length of their records has one octet to check it, the
complement of its octets' sum. The next batch begins a bank of this version.

A medium is anything with `opened(bank)`, a stream that reads from its beginning, `size(bank)`,
`append(bank, octets)` and `erase(bank)`, for the banks 0 and 1; what was appended is there when
`append` returns.
"""

from binascii import crc32
from io import BytesIO

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import GbcsError
from gbcs_device.base.store_format import (
    HEAD,
    OLD_HEAD,
    StoreDamaged,
    check_of,
    head_of,
    length_of,
)

if TYPE_CHECKING:
    from typing import IO  # noqa: TID251

    from gbcs_device.interfaces import Medium, Stream

_MAGIC = b"GS\x02"
_OLD_MAGIC = b"GS\x01"
_HEADER = const(11)
_REMOVED = const(0xFFFFFF)
_ADDED = const(0x010000)
_LONGEST = const(0xFFFF)
_SAMPLE = const(16)  # octets that tell whether new octets are old ones with others added
_PIECE = const(256)
_ONES = const(0xFFFFFFFF)
_NO_ENTRY = const(2)  # ENOENT: the file is not there
LIMIT = const(32768)  # octets of a bank
NO_ROOM = "no room"  # in the work of a command whose changes do not fit: all its items fail
LONGEST_VALUE = const(4608)  # octets that a command may put under one name
# What a device cannot do without may take the last fifth of a bank too, by the names' first parts;
# what a command changes may take three quarters, so that what goes with it fits
_NEEDED = (
    "account", "cell", "count", "device", "devices", "han", "log", "own", "station", "top-up",
)  # fmt: skip

# What every message changes, and no figure of a device depends on
_OF_MESSAGES = ("count/", "log/", "own/", "station/")


class StoreFull(GbcsError):
    """A batch does not fit a bank with all that is held; nothing was changed."""


class PowerCut(Exception):
    """Raised by a medium that a test makes fail."""


class Store:
    """Named octets on a medium. All are in memory too; `limit` is the size of a bank in octets.

    `damage` says what was put right when it was opened, "" for nothing.
    """

    def __init__(self, medium: "Medium", limit: int = LIMIT) -> None:
        """Reads what is there; StoreDamaged where that has been changed."""
        self.writes = 0  # batches since it was opened
        self.data_writes = 0  # those of more than counters and logs: who remembers data can tell
        self._medium = medium
        self._limit = limit
        self._held: dict[str, bytes] = {}
        self._length = 0  # octets of the entries that are held
        self._loose: list[str] = []  # names that the medium has otherwise
        self._bank = 1  # so that the first to be begun is 0
        self._sequence = 0
        self._size = limit + 1  # begin a bank before anything is written
        faults: list[str] = []
        try:
            self._read(faults)
        except OSError:
            raise StoreDamaged("octets that can be read expected", 0, 0) from None
        self.damage = "; ".join(faults)
        self._is_damaged = bool(faults)
        if faults:
            self._size = limit + 1

    def _read(self, faults: "list[str]") -> None:
        medium = self._medium
        banks = sorted([_header(medium, bank, faults) for bank in (0, 1)], reverse=True)
        for sequence, bank, head in banks:
            entries: dict[str, bytes] = {}
            if sequence < 0:
                continue
            end, records, is_torn = _replay(medium, bank, head, entries, faults)
            if not records:
                continue
            self._held, self._bank, self._sequence = entries, bank, sequence
            self._length = sum([_size(name, entries[name]) for name in entries])
            if not is_torn and head == HEAD:
                self._size = end
            _, older_bank, older_head = banks[1]
            if bank != older_bank and older_head:  # does it decay, too? nothing of it is needed
                try:
                    _replay(medium, older_bank, older_head, None, faults)
                except StoreDamaged as error:
                    faults.append("%s, nothing of it is needed" % error)
            return
        if banks[0][0] > 1 or min(medium.size(0), medium.size(1)) > _HEADER:
            raise StoreDamaged("one whole bank expected", banks[0][1], 0)

    def get(self, name: str) -> "bytes | None":
        """The octets under a name, or None."""
        return self._held.get(name)

    def names(self, prefix: str = "") -> "list[str]":
        """The names that begin so, in order."""
        return sorted([name for name in self._held if name.startswith(prefix)])

    def has_room(self, changes: "dict[str, bytes | None]") -> bool:
        """Whether a command may make these changes: no value too long, no reserve used up."""
        for name in changes:
            if len(changes[name] or b"") > LONGEST_VALUE:
                return False
        return self._grown(changes, self._limit * 3 // 4) >= 0

    def _grown(self, changes: "dict[str, bytes | None]", shared: int) -> int:
        """Octets of the entries that are held after these changes; -1 where they do not fit.

        Where anything grows that is not needed, `shared` is the limit.
        """
        length = self._length
        limit = self._limit - _HEADER - HEAD - 4
        for name in changes:
            old, new = self.get(name), changes[name]
            if old is not None:
                length -= _size(name, old)
            if new is not None:
                length += _size(name, new)
                if len(new) > len(old or b"") and name.split("/")[0] not in _NEEDED:
                    limit = shared
                if len(new) > _LONGEST:
                    return -1
        return length if length <= max(limit, self._length) else -1

    def write(self, changes: "dict[str, bytes | None]") -> None:
        """Makes all of these changes or, if the power goes, none; None removes a name.

        Raises StoreFull, ValueError for a name that is empty or too long; and whatever the medium
        raises: what is held is then as it was, here and on the medium.
        """
        changes = {
            name: changes[name]
            for name in changes
            if changes[name] != self.get(name) or name in self._loose
        }
        if not changes:
            return
        length = self._grown(changes, self._limit * 4 // 5)
        if length < 0:
            raise StoreFull("no room beside the %d octets that are held" % self._length)
        body = b""
        for name in changes:
            old = None if name in self._loose else self._held.get(name)
            body += _entry(name, changes[name], old)
        record = length_of(len(body)) + body + check_of(body)
        after = dict(self._held)
        for name in changes:
            octets = changes[name]
            if octets is None:
                after.pop(name, None)
            else:
                after[name] = octets
        is_begun = self._size + len(record) > self._limit
        if is_begun:
            self._begin(after, length)
            self._loose.clear()
        else:
            size = self._size
            self._size = self._limit + 1  # until the record is whole, the bank ends torn
            self._medium.append(self._bank, record)
            self._size = size + len(record)
            self._loose = [name for name in self._loose if name not in changes]
        self._held = after
        self._length = length
        self.writes += 1
        for name in changes:
            if not name.startswith(_OF_MESSAGES):
                self.data_writes += 1
                break
        if is_begun and self._is_damaged:
            self._is_damaged = False
            self._medium.erase(1 - self._bank)

    def hold(self, name: str, octets: bytes) -> None:
        """Holds octets that a power cut may take.

        They are written with the next batch that has this name, or that begins a bank.
        """
        length = self._grown({name: octets}, self._limit * 4 // 5)
        if length >= 0:
            self._length = length
            self._held[name] = octets
            if name not in self._loose:
                self._loose.append(name)

    def _begin(self, entries: "dict[str, bytes]", length: int) -> None:
        """Begins the other bank, entry by entry: a heap may be in small pieces."""
        bank = 1 - self._bank
        head = _MAGIC + (self._sequence + 1).to_bytes(4, "big")
        self._medium.erase(bank)
        self._medium.append(bank, head + check_of(head) + length_of(length))
        crc = 0
        for name in entries:
            octets = _entry(name, entries[name])
            crc = crc32(octets, crc)
            self._medium.append(bank, octets)
        self._medium.append(bank, (crc & _ONES).to_bytes(4, "big"))
        self._bank = bank
        self._sequence += 1
        self._size = _HEADER + HEAD + length + 4


def _size(name: str, octets: bytes) -> int:
    return 4 + len(name.encode()) + len(octets)


def _entry(name: str, octets: "bytes | None", old: "bytes | None" = None) -> bytes:
    """An entry; where `old` is what is held, only what is added to it, if that will do."""
    key = name.encode()
    if not 0 < len(key) < 256:
        raise ValueError("a name of 1 to 255 octets expected, found %d" % len(key))
    size = _REMOVED if octets is None else len(octets)
    if octets and old:
        gone = _gone(old, octets)
        if gone >= 0:
            octets = gone.to_bytes(2, "big") + octets[len(old) - gone :]
            size = _ADDED + len(octets)
    return bytes((len(key),)) + key + size.to_bytes(3, "big") + (octets or b"")


def _gone(old: bytes, new: bytes) -> int:
    """How many octets go from the front of `old` for the rest to begin `new`; -1: it does not."""
    sample = new[:_SAMPLE]
    at = old.find(sample)
    for _ in range(4):
        if at < 0 or len(sample) < _SAMPLE:
            return -1
        if new.startswith(old[at:]):
            return at
        at = old.find(sample, at + 1)
    return -1


def _header(medium: "Medium", bank: int, faults: "list[str]") -> "tuple[int, int, int]":
    """Sequence number of a bank, -1 if empty or torn; the bank; the size of records' heads."""
    stream = medium.opened(bank)
    octets = stream.read(_HEADER)
    stream.close()
    if len(octets) < _HEADER:
        return -1, bank, 0
    if octets[7:] != check_of(octets[:7]):
        from gbcs_device.base import store_repair

        octets = store_repair.header(octets)
        faults.append(store_repair.note(bank, 0))
    if octets[:3] not in (_MAGIC, _OLD_MAGIC):
        raise StoreDamaged("the header of a bank expected", bank, 0)
    head = HEAD if octets[:3] == _MAGIC else OLD_HEAD
    return int.from_bytes(octets[3:7], "big"), bank, head


class _Torn(Exception):
    """Octets are missing at the end."""


class _Record:
    """A record, read piece by piece: a heap may be in small ones."""

    def __init__(self, stream: "Stream", bank: int, at: int, head: int, end: int) -> None:
        self._stream = stream
        self._bank = bank
        self._at = at
        self._crc = 0
        octets = stream.read(head)
        if not octets:
            raise EOFError
        if len(octets) < head:
            raise _Torn
        self.size = self._left = int.from_bytes(octets[:3], "big")
        if octets != head_of(self.size, head):
            raise StoreDamaged("the length of a record expected", bank, at)
        if at + head + self.size + 4 > end:
            raise _Torn

    def _take(self, count: int) -> bytes:
        octets = self._stream.read(min(count, self._left))

        if len(octets) < count:
            raise self._damaged()
        self._left -= count
        self._crc = crc32(octets, self._crc)
        return octets

    def _damaged(self) -> StoreDamaged:
        return StoreDamaged("another record expected", self._bank, self._at)

    def _end(self) -> None:
        if int.from_bytes(self._stream.read(4), "big") != self._crc & _ONES:
            raise self._damaged()

    def skip(self) -> None:
        """Passes it over, once all of it is there and right."""
        while self._left:
            self._take(min(self._left, _PIECE))
        self._end()

    def make(self, entries: "dict[str, bytes]") -> None:
        """Makes its changes, once all of it is there and right."""
        changes: dict[bytes, tuple[int, bytes] | None] = {}
        while self._left:
            key = self._take(self._take(1)[0])
            size = int.from_bytes(self._take(3), "big")
            if size == _REMOVED:
                changes[key] = None
            elif size > _ADDED + 1:
                gone = int.from_bytes(self._take(2), "big")
                changes[key] = (gone, self._take(size - _ADDED - 2))
            else:
                changes[key] = (-1, self._take(size))
        self._end()
        for key in changes:
            name, change = str(key, "utf-8"), changes[key]
            if change is None:
                entries.pop(name, None)
            elif change[0] < 0:
                entries[name] = change[1]
            elif name in entries:
                entries[name] = entries[name][change[0] :] + change[1]
            else:
                raise self._damaged()


def _replay(
    medium: "Medium", bank: int, head: int, entries: "dict[str, bytes] | None", faults: "list[str]"
) -> "tuple[int, int, bool]":
    """Makes the changes of all whole records: where these end, their number, is one torn.

    Without `entries` they are passed over.
    """
    stream = medium.opened(bank)
    end = medium.size(bank)
    at = _HEADER
    records = 0
    is_torn = is_mended = False
    stream.read(_HEADER)
    try:
        while True:
            try:
                record = _Record(stream, bank, at, head, end)
                if entries is None:
                    record.skip()
                else:
                    record.make(entries)
            except StoreDamaged as error:
                if is_mended:
                    raise
                from gbcs_device.base import store_repair

                stream.close()
                stream = store_repair.opened(medium, error, head)
                faults.append(store_repair.note(bank, at))
                is_mended = True
                continue
            is_mended = False
            at += head + record.size + 4
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

    def opened(self, bank: int) -> "Stream":
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

    def opened(self, bank: int) -> "Stream":
        """What a bank holds, as a stream."""
        try:
            return open(self._path(bank), "rb")
        except OSError as error:
            if error.args[0] != _NO_ENTRY:
                raise
            return BytesIO(b"")  # not begun yet

    def size(self, bank: int) -> int:
        """Octets in a bank."""
        import os

        try:
            return os.stat(self._path(bank))[6]
        except OSError as error:
            if error.args[0] != _NO_ENTRY:
                raise
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


def _synchronise(file: "IO[bytes]") -> None:
    import os

    if hasattr(os, "fsync"):
        os.fsync(file.fileno())
    elif hasattr(os, "sync"):
        os.sync()
