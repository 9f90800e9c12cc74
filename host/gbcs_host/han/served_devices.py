"""Devices served on a link: each who opens it gets one of their own."""

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
_SLICE_S = 0.2  # how soon it is seen that it is over
_AWAY_S = 30.0  # a display that was not driven for so long may be left for another


class Person:
    """Who is at a display that is served: sees what it shows, and presses its buttons.

    The link drives the display meanwhile, in another thread. What a button makes it send goes out
    with the next request.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: Server | None = None
        self._driven_at = -_AWAY_S
        self._address = ""

    def sits_at(self, server: Server, address: str = "") -> "Callable[[bytes], bytes | None]":
        """This display from now on; what is to handle its requests meanwhile.

        Where another address drives the display that the person sits at, it has to leave it first.
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
        """What the display shows; a View of nothing before there is one."""
        with self._lock:
            server = self._server
            if server is None or server.station is None:
                return View()
            found: View = server.station.shown(server.now)
            return found

    def want(self, intent: "tuple[str | int, ...]") -> bool:
        """Does what gbcs_device.display.navigation says that a person wants; False in vain."""
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
    """Takes whoever comes, until it is over or the listener closed; devices are of these kinds.

    A person, where there is one, sits at a device that came. `tell` gets lines about peers that
    had to go, and one about everything at the end. LinkError where the listener's port fails.
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
    """One device, until the other side is gone."""
    server = Server(default(), os.urandom, allowed=allowed)
    handle = server.handle if person is None else person.sits_at(server)
    try:
        remote.serve(link, handle)
    except LinkError as error:  # that is how it ends
        tell("%s has gone: %s" % (link.name, error.what))
    except Exception as error:  # whatever it is, the next one is served
        tell("%s led to an error of ours: %s" % (link.name, type(error).__name__))
    finally:
        link.close()


@contextlib.contextmanager
def serving(name: str, person: "Person | None" = None) -> "Iterator[Listener]":
    """Serves a link in the background; BadName, LinkError."""
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
