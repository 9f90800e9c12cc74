"""Devices served at a link: each peer that opens the link gets a device of its own."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator

from gbcs.crypto.backends import default
from gbcs_device.base import kind_rows
from gbcs_device.base.view import View
from gbcs_device.board.remote import Server
from gbcs_device.display.actions import want
from gbcs_host.han import remote
from gbcs_host.han.serving import Service, Tell
from gbcs_host.links import Link, LinkError, Listener, listen
from gbcs_host.links.tcp import TcpListener
from gbcs_host.links.udp import UdpListener

KINDS = kind_rows.joining()
_SLICE_S = 0.2  # between two calls of `is_over`
_AWAY_S = 30.0  # without requests, after which the person may move to another display


class Person:
    """The user of a display that is served: reads its view and presses its buttons.

    Meanwhile the link drives the display, in another thread. The frames that a button leads to are
    sent with the answer to the next request.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: Server | None = None
        self._driven_at = -_AWAY_S
        self._address = ""

    def sits_at(self, server: Server, address: str = "") -> "Callable[[bytes], bytes | None]":
        """Puts the person at the display of a server; the function that handles its requests.

        While another address drives the person's present display, the person stays there.
        """
        is_new = True

        def handle(request: bytes) -> "bytes | None":
            nonlocal is_new
            with self._lock:
                now = time.monotonic()
                if is_new:
                    is_new = False
                    if now - self._driven_at > _AWAY_S or address == self._address:
                        self._server, self._address = server, address
                if self._server is server:
                    self._driven_at = now
                return server.handle(request)

        return handle

    def view(self) -> View:
        """The view of the display; an empty View before there is a display."""
        with self._lock:
            server = self._server
            if server is None or server.station is None:
                return View()
            shown: View = server.station.shown(server.now)
            return shown

    def want(self, intent: "tuple[str | int, ...]") -> bool:
        """Carries out an intent of gbcs_device.display.navigation; False where it cannot."""
        with self._lock:
            server = self._server
            if server is None or server.station is None:
                return False
            return want(server.station, intent, server.now)


def serve(
    listener: Listener,
    allowed: "tuple[str, ...]" = KINDS,
    person: "Person | None" = None,
    is_over: "Callable[[], bool]" = lambda: False,
    tell: Tell = lambda text: None,
) -> None:
    """Serves all peers until `is_over()` or until the listener is closed.

    `allowed` are the kinds of devices that peers may make. `person`, if given, is put at a device
    of a peer. `tell` gets lines of text about dropped peers, and a summary at the end. Raises
    LinkError where the listener's port fails.
    """
    seat = None if person is None else person.sits_at
    if isinstance(listener, (TcpListener, UdpListener)):
        service = Service(listener, allowed, tell, seat)
        try:
            service.run(is_over)
        finally:
            tell(service.tally.sum_up())
        return
    while not is_over():
        try:
            link = listener.accept(_SLICE_S)
        except LinkError:
            return
        if link is not None:
            threading.Thread(target=_one, args=(link, allowed, person, tell), daemon=True).start()


def _one(link: Link, allowed: "tuple[str, ...]", person: "Person | None", tell: Tell) -> None:
    """Serves one device until its peer has gone."""
    server = Server(default(), os.urandom, allowed=allowed)
    handle = server.handle if person is None else person.sits_at(server)
    try:
        remote.serve(link, handle)
    except LinkError as error:  # the peer has closed the link
        tell("%s has gone: %s" % (link.name, error.problem))
    except Exception as error:  # a fault of ours; the next peer is still served
        tell("%s led to an error of ours: %s" % (link.name, type(error).__name__))
    finally:
        link.close()


@contextlib.contextmanager
def serving(name: str, person: "Person | None" = None) -> "Iterator[Listener]":
    """Serves devices at a link of this name in a thread. Raises BadName, LinkError."""
    listener = listen(name)
    over = threading.Event()
    thread = threading.Thread(
        target=serve, args=(listener, KINDS, person, over.is_set), daemon=True
    )
    thread.start()
    try:
        yield listener
    finally:
        over.set()
        thread.join()
        listener.close()
