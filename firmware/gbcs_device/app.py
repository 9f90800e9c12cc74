"""What a board runs: `run()` serves its device on the port that also has the REPL.

Ctrl-C ends it, and the device can be looked at: `help_device()` says what can be asked. `run()`
goes on. What the device holds is kept in files where the board has a file system, else in memory
that a module `board` of the firmware gives, else until the next reset.
"""

import gc
import os
import sys

from gbcs.compat import TYPE_CHECKING, const
from gbcs.crypto import portable
from gbcs_device.logs import SECURITY, entries
from gbcs_device.server import Server, inspected
from gbcs_device.serving import serve
from gbcs_device.store import BufferMedium, FileMedium, MemoryMedium

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

FOLDER = "/gbcs"
_GARBAGE = const(8192)  # collected after so many octets: a heap in larger pieces

_server: "list[Server]" = []


def _medium() -> "Any":
    """Files, where a file system takes them; else memory, outside the heap if any."""
    try:
        if FOLDER[1:] not in os.listdir("/"):
            os.mkdir(FOLDER)
        return FileMedium(FOLDER)
    except (OSError, AttributeError):
        pass
    try:
        import board  # type: ignore[import-not-found]

        return BufferMedium(board.memory())
    except ImportError:
        return MemoryMedium()


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


def server() -> Server:
    """The device of this board."""
    if not _server:
        gc.threshold(_GARBAGE)  # type: ignore[attr-defined]
        random: Any = getattr(os, "urandom", None) or _Drbg(b"emulated")
        _server.append(Server(portable, random, _medium()))
    return _server[0]


def device() -> "Any":
    """The emulated meter; None before one was provisioned."""
    station = server().station
    return None if station is None else station.device


def run() -> None:
    """Serves the device on the standard stream until Ctrl-C."""
    stdin = sys.stdin.buffer
    stdout = sys.stdout.buffer
    try:
        serve(lambda: stdin.read(1), stdout.write, server())
    except KeyboardInterrupt:
        print("stopped; run() goes on, help_device() says what can be asked")


def state() -> None:
    """Who it is, where it stands on the HAN, what memory there is. No key is shown."""
    station = server().station
    print("requests %d" % server().requests)
    if station is not None:
        one = station.device
        print("%s %s" % (one.kind, _hex(one.eui)))
        print("han %s%s" % (station.phase, station.problem and ", " + station.problem))
        network = one.network()
        if network is not None:
            print("network %s, short address %04X" % (_hex(network), station.nwk.short))
        print("messages %d, frames dropped %s" % (station.handled, station.nwk.dropped))
    gc.collect()
    used, free = gc.mem_alloc(), gc.mem_free()  # type: ignore[attr-defined]
    print("heap %d used, %d free" % (used, free))


def log(last: int = 20) -> None:
    """The security log: seconds since 2000, and codes."""
    one = device()
    if one is not None:
        for entry in entries(one.store.get(SECURITY) or b"")[-last:]:
            print("%d %04X" % (entry.time, entry.code))


def names(prefix: str = "") -> None:
    """What its store has under names that begin so, and how large it is."""
    one = device()
    if one is not None:
        for name in one.store.names(prefix):
            print("%6d %s" % (len(one.store.get(name)), name))


def value(name: str) -> None:
    """A value of its store in hex; keys and credentials are not shown."""
    one = device()
    if name.startswith(("own/", "install", "han/", "station/")):
        print("secret")
    elif one is not None:
        found = one.store.get(name)
        print("none" if found is None else _hex(found))


def summary() -> bytes:
    """What a laboratory may know: see gbcs_device.server.inspected."""
    station = server().station
    return b"" if station is None else inspected(station.device, station)


def _hex(octets: bytes) -> str:
    return "".join(["%02X" % octet for octet in octets])


def help_device() -> None:
    """What can be asked."""
    for name, what in (
        ("run()", "serve the device on this port until Ctrl-C"),
        ("state()", "identity, HAN, counters, memory"),
        ("log()", "the security log"),
        ("names('c/')", "what the store has: objects, logs, counters"),
        ("value(NAME)", "one of these, in hex"),
        ("device()", "the device itself: receive, store, outbox, faults"),
    ):
        print("%-16s %s" % (name, what))
