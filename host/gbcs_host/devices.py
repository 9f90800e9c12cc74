"""Devices served on a link: each who opens it gets one of their own, in a thread of its own."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator

from gbcs.crypto import default
from gbcs_device.pressing import want
from gbcs_device.server import Server
from gbcs_device.view import View
from gbcs_host import remote
from gbcs_host.links import Link, LinkError, Listener, listen

KINDS = ("ESME", "GSME", "PPMID", "IHD")


class Person:
    """Who is at a display that is served: sees what it shows, and presses its buttons.

    The link drives the display meanwhile, in another thread. What a button makes it send goes out
    with the next request.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: Server | None = None

    def sits_at(self, server: Server) -> "Callable[[bytes], bytes | None]":
        """This display from now on; what is to handle its requests meanwhile."""

        def handle(request: bytes) -> "bytes | None":
            with self._lock:
                return server.handle(request)

        self._server = server
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
    listener: Listener, allowed: "tuple[str, ...]" = KINDS, person: "Person | None" = None
) -> None:
    """Takes whoever comes, until the listener is closed; devices are of the `allowed` kinds.

    A person, where there is one, sits at the device that came last.
    """
    while True:
        try:
            link = listener.accept(None)
        except LinkError:
            return
        if link is not None:
            threading.Thread(target=_one, args=(link, allowed, person), daemon=True).start()


def _one(link: Link, allowed: "tuple[str, ...]", person: "Person | None") -> None:
    """One device, until the other side is gone."""
    server = Server(default(), os.urandom, allowed=allowed)
    handle = server.handle if person is None else person.sits_at(server)
    try:
        remote.serve(link, handle)
    except LinkError:  # that is how it ends
        link.close()


@contextlib.contextmanager
def serving(name: str, person: "Person | None" = None) -> "Iterator[Listener]":
    """Serves a link in the background; BadName, LinkError."""
    listener = listen(name)
    threading.Thread(target=serve, args=(listener, KINDS, person), daemon=True).start()
    try:
        yield listener
    finally:
        listener.close()
