"""Media in memory that tell of each write, so that a device is asked for its next timer again."""

from collections.abc import Callable

from gbcs_device.base.store import MemoryMedium


class WatchedMedium(MemoryMedium):
    """Two banks in memory. `written(eui)` is called before each write of the device's store."""

    __slots__ = ("_eui", "_written")

    def __init__(self, eui: bytes, written: "Callable[[bytes], None]") -> None:
        super().__init__()
        self._eui = eui
        self._written = written

    def append(self, bank: int, octets: bytes) -> None:
        """Adds octets to a bank; PowerCut, with those before it written."""
        self._written(self._eui)
        super().append(bank, octets)
