"""Stores of a lab's devices: they tell of each write, and know what falls due without a search."""

import sys
import zlib
from collections.abc import Callable
from io import BytesIO

from gbcs_device.base.store import MemoryMedium, Store


class WatchedMedium(MemoryMedium):
    """Two banks in memory. `written(eui)` is called before each write of the device's store.

    A store is read again after a restart alone, so its beginning is held compressed: see `pack`.
    """

    def __init__(self, eui: bytes, written: "Callable[[bytes], None]") -> None:
        super().__init__()
        self._eui = eui
        self._written = written
        self._packed = b""  # the first octets of bank 0, before those in `banks`
        self._packed_size = 0
        self._model: bytes = b""

    def pack(self, model: "WatchedMedium") -> None:
        """Compresses what bank 0 holds, by the octets of another medium that holds much the same.

        A medium that is its own model only keeps its octets for those that follow.
        """
        octets = bytes(self.banks[0])
        if model is self:
            self._model = octets
        else:
            packer = zlib.compressobj(wbits=_RAW, zdict=model._model)
            self._packed = packer.compress(octets) + packer.flush()
            self._model = model._model
            self._packed_size = len(octets)
            self.banks[0] = bytearray()

    def opened(self, bank: int) -> BytesIO:
        """What a bank holds, as a stream."""
        begin = b""
        if bank == 0 and self._packed_size:
            begin = zlib.decompressobj(wbits=_RAW, zdict=self._model).decompress(self._packed)
        return BytesIO(begin + self.banks[bank])

    def size(self, bank: int) -> int:
        """Octets in a bank."""
        return len(self.banks[bank]) + (0 if bank else self._packed_size)

    def append(self, bank: int, octets: bytes) -> None:
        """Adds octets to a bank; PowerCut, with those before it written."""
        self._written(self._eui)
        super().append(bank, octets)

    def erase(self, bank: int) -> None:
        """Empties a bank; this counts as one octet."""
        super().erase(bank)
        if bank == 0:
            self._packed, self._packed_size = b"", 0


_RAW = -zlib.MAX_WBITS  # without a header and a check: a store has its own


class LabStore(Store):
    """A store that remembers the last names that it was asked for, until it is written.

    A device asks for the names of what it has kept for later whenever it is asked for its next
    timer, which on the air is after each frame. All stores share the octets of names.
    """

    _prefix = ""
    _writes = -1
    _names: "tuple[str, ...]" = ()

    def names(self, prefix: str = "") -> "list[str]":
        """The names that begin so, in order."""
        if self._writes != self.writes or self._prefix != prefix:
            self._names = tuple(super().names(prefix))
            self._prefix, self._writes = prefix, self.writes
        return list(self._names)

    def write(self, changes: "dict[str, bytes | None]") -> None:
        """Makes all of these changes or, if the power goes, none; None removes a name."""
        super().write({sys.intern(name): octets for name, octets in changes.items()})

    def hold(self, name: str, octets: bytes) -> None:
        """Holds octets that a power cut may take."""
        self._writes = -1
        super().hold(name, octets)
