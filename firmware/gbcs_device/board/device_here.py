"""The one device of this board: its server, where its store is, what is connected.

What it holds is kept in files where the board has a file system of its own, else until the next
reset; on a PC in the folder that `keep_in` names.
"""

import gc
import os
import sys

from gbcs.compat import TYPE_CHECKING, const
from gbcs.crypto import portable
from gbcs_device.base.store import FileMedium, MemoryMedium
from gbcs_device.board.folder import FOLDER
from gbcs_device.board.pins import Pins
from gbcs_device.board.remote import Server

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

_PCS = ("linux", "darwin", "win32")  # whose file system is not ours
_BANK = const(16384)  # octets, read at once when the board is switched on
_GARBAGE = const(8192)  # collected after so many octets: a heap in larger pieces

_folder = [] if sys.platform in _PCS else [FOLDER]
_server: "list[Server]" = []
_pins: "list[Pins]" = []


def is_pc() -> bool:
    """Whether this is MicroPython's port for a PC."""
    return sys.platform in _PCS


def keep_in(folder: str) -> None:
    """Sets the folder of the device's store; called before any other function."""
    _folder[:] = [folder]
    _server.clear()


def _medium() -> "Any":
    if _folder:
        above, _, name = _folder[0].rpartition("/")
        try:
            if name not in os.listdir(above or "/"):
                os.mkdir(_folder[0])
            return FileMedium(_folder[0])
        except OSError:
            pass  # no file system
    return MemoryMedium()


def is_kept() -> bool:
    """Whether the store survives a reset."""
    return not isinstance(_medium(), MemoryMedium)


class _Drbg:
    """Octets from a hash where the port has no random source: for emulated boards alone."""

    def __init__(self, seed: bytes) -> None:
        self._state = portable.sha256(seed)

    def __call__(self, count: int) -> bytes:
        out = b""
        while len(out) < count:
            self._state = portable.sha256(self._state)
            out += portable.sha256(self._state + b"out")
        return out[:count]


def used() -> int:
    """Octets of the heap in use, garbage included."""
    measured: int = gc.mem_alloc()  # type: ignore[attr-defined]
    return measured


def server() -> Server:
    """The device's server."""
    if not _server:
        gc.threshold(_GARBAGE)  # type: ignore[attr-defined]
        random: Any = getattr(os, "urandom", None) or _Drbg(b"emulated")
        _server.append(Server(portable, random, _medium(), _BANK, used=used))
    return _server[0]


def device() -> "Any":
    """The emulated device; None before one was provisioned."""
    station = server().station
    return None if station is None else station.device


def pins() -> Pins:
    """The hardware of this board."""
    if not _pins:
        try:
            import board  # type: ignore[import-not-found]
        except ImportError:
            board = None
        _pins.append(Pins(board))
    return _pins[0]
