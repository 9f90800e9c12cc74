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
from gbcs_device.pins import Pins
from gbcs_device.server import Server, inspected
from gbcs_device.serving import serve
from gbcs_device.store import BufferMedium, FileMedium, MemoryMedium

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

FOLDER = "/gbcs"
_PCS = ("linux", "darwin", "win32")  # whose file system is not ours
_BANK = const(16384)  # octets, read at once when the board is switched on
_GARBAGE = const(8192)  # collected after so many octets: a heap in larger pieces

_server: "list[Server]" = []
_pins: "list[Pins]" = []


def _medium() -> "Any":
    """Files, where a board's file system takes them; else memory, outside the heap if any."""
    if sys.platform not in _PCS:
        try:
            if FOLDER[1:] not in os.listdir("/"):
                os.mkdir(FOLDER)
            return FileMedium(FOLDER)
        except (OSError, AttributeError):
            pass
    memory = getattr(_board(), "memory", None)
    return MemoryMedium() if memory is None else BufferMedium(memory())


def _board() -> "Any":
    """The module of the firmware that says what the board has; None without one."""
    try:
        import board  # type: ignore[import-not-found]

        return board
    except ImportError:
        return None


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
        _server.append(Server(portable, random, _medium(), _BANK))
    return _server[0]


def device() -> "Any":
    """The emulated meter; None before one was provisioned."""
    station = server().station
    return None if station is None else station.device


def pins() -> Pins:
    """What is connected to this board."""
    if not _pins:
        _pins.append(Pins(_board()))
    return _pins[0]


def run() -> None:
    """Serves the device on its UART, else on this port, until Ctrl-C; see `board` of the firmware.

    Nothing is started while the board's button is held.
    """
    connected = pins()
    one = server()
    if connected.is_pressed():
        print("the button is held: nothing is started, run() does")
        return
    connected.watch()

    def write(octets: bytes) -> None:
        connected.write(octets)
        connected.feed()
        connected.show("" if one.station is None else one.station.phase)

    try:
        serve(connected.read, write, one)
    except KeyboardInterrupt:
        print("stopped; run() goes on, help_device() says what can be asked")


def listen(port: int, host: str = "0.0.0.0") -> None:
    """Serves the device over TCP, one laboratory at a time, until Ctrl-C."""
    import socket

    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(socket.getaddrinfo(host, port)[0][-1])
    door.listen(1)
    print("listening", port)
    while True:
        line = door.accept()[0]
        try:
            # MicroPython's sockets have `write`, which sends all
            serve(lambda line=line: line.recv(512), getattr(line, "write"), server())  # noqa: B009
        except OSError:
            pass  # it has gone
        except KeyboardInterrupt:
            return
        finally:
            line.close()


def state() -> None:
    """Who it is, where it stands on the HAN, what memory there is. No key is shown."""
    station = server().station
    print("requests %d" % server().requests)
    if server().damaged:
        print("store damaged: " + server().damaged)
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


def erase() -> int:
    """Takes identity, keys and all else off; how many octets are left, of which none is a key."""
    return server().erase()


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
        ("listen(PORT)", "the same over TCP"),
        ("state()", "identity, HAN, counters, memory"),
        ("log()", "the security log"),
        ("names('c/')", "what the store has: objects, logs, counters"),
        ("value(NAME)", "one of these, in hex"),
        ("device()", "the device itself: receive, store, outbox, faults"),
    ):
        print("%-16s %s" % (name, what))
