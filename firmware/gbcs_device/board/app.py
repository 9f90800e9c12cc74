"""What a board runs, and what can be asked at its prompt: `help_device()` says it.

`run()` serves the device on the HAN link of the board, else on the port that also has the prompt.
Ctrl-C ends it, and the device can be looked at; `run()` goes on.
"""

# What others import comes before them, while the C stack is empty: an import takes 0.8 KB of it
# isort: off
import gbcs.crypto.chosen
import gbcs.crypto.aes
import gbcs.crypto.binarypowers
import gbcs.crypto.koblitz
import gbcs.crypto.p256
import gbcs.crypto.portable
import gbcs.message
import gbcs.zcl.encoder
import gbcs.zigbee.cbke
import gbcs.zigbee.maclayer
import gbcs.zigbee.apslayer  # noqa: F401
import gbcs_device.base.store
import gbcs_device.devices.kinds
import gbcs_device.han.joining
import gbcs_device.board.remote  # noqa: F401

# isort: on
from gbcs.compat import TYPE_CHECKING
from gbcs_device.base import kind_rows
from gbcs_device.board.console import (
    alert,
    counters,
    fault,
    help_device,
    log,
    messages,
    names,
    objects,
    show,
    state,
    value,
)
from gbcs_device.board.device_here import device, is_pc, keep_in, pins, server
from gbcs_device.board.loop import serve

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

__all__ = (
    "alert",
    "counters",
    "device",
    "erase",
    "fault",
    "help_device",
    "keep_in",
    "listen",
    "log",
    "messages",
    "names",
    "objects",
    "run",
    "server",
    "show",
    "state",
    "value",
)

_STOPPED = "stopped; %s goes on, help_device() says what can be asked"


def run(here: bool = False) -> None:
    """Serves the device on the board's HAN link, or `here`, on this port, until Ctrl-C.

    Nothing is started while the board's button is held, nor on a PC, which has no HAN link: the
    terminal's Ctrl-C would be an octet of the link.
    """
    connected = pins()
    if not here and is_pc() and not connected.has_link:
        print("no HAN link here: listen(PORT) serves the device over TCP")
        return
    one = server()
    _tell_damage()
    if not here and connected.is_pressed():
        print("the button is held: nothing is started, run() does")
        return
    connected.begin(here)
    draw = _drawing(connected, one)
    connected.idle = draw

    def write(octets: bytes) -> None:
        connected.write(octets)
        connected.feed()
        connected.show("" if one.station is None else one.station.phase)
        if draw is not None:
            draw()

    try:
        while True:
            try:
                serve(connected.read, write, one, connected.is_shared)
                return
            except Exception as error:  # of a pin, a port, a display: the device goes on
                one.noted(error)
    except KeyboardInterrupt:
        print(_STOPPED % "run()")
    finally:
        connected.rest()


def _tell_damage() -> None:
    if server().damaged:
        print("store " + server().damaged)


def _drawing(connected: "Any", one: "Any") -> "Any":
    """What draws the pages of an IHD or PPMID; None where the board has no display.

    A meter never loads what draws.
    """
    if not connected.has_display:
        return None
    screens: dict[Any, Any] = {}  # of the station that it was made for

    def look() -> None:
        station = one.station
        if station is None:
            return
        kind = kind_rows.find(station.device.kind)
        if not kind.has_display:
            return
        if station not in screens:
            from gbcs_device.board.screen import Screen

            screens.clear()
            screens[station] = Screen(connected.display(), connected.buttons, kind.can_act)
        from time import ticks_ms  # type: ignore[attr-defined]

        screens[station].look(station, connected.level(), ticks_ms(), one.now)

    def draw() -> None:
        try:
            look()
        except Exception as error:  # a display that is not there is no reason to stop
            one.noted(error)

    return draw


def listen(port: int, host: str = "0.0.0.0", folder: str = "") -> None:
    """Serves the device over TCP, one laboratory at a time, until Ctrl-C.

    What it holds is kept in `folder`, where one is named.
    """
    import socket

    if folder:
        keep_in(folder)
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(socket.getaddrinfo(host, port)[0][-1])
    door.listen(1)
    server()  # makes the device: an interrupt of that would end in an exception
    try:
        print("listening", port)
        _tell_damage()
        while True:
            _serve_laboratory(door.accept()[0])
    except KeyboardInterrupt:
        print(_STOPPED % ("listen(%d)" % port))
    finally:
        door.close()


def _serve_laboratory(line: "Any") -> None:
    """Serves the peer of a connection until it has gone, or an exception that is no OSError."""
    try:
        # MicroPython's sockets have `write`, which sends all
        serve(lambda: line.recv(512), line.write, server())
    except OSError:
        pass  # it has gone
    finally:
        line.close()


def erase() -> int:
    """Takes identity, keys and all else off; how many octets are left, of which none is a key."""
    return server().erase()
