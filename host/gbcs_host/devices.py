"""Devices served on a link: each who opens it gets one of their own, in a thread of its own."""

import contextlib
import os
import threading
from collections.abc import Iterator

from gbcs.crypto import default
from gbcs_device.server import Server
from gbcs_host import remote
from gbcs_host.links import Link, LinkError, Listener, listen

KINDS = ("ESME", "GSME", "PPMID", "IHD")


def serve(listener: Listener, allowed: "tuple[str, ...]" = KINDS) -> None:
    """Takes whoever comes, until the listener is closed; devices are of the `allowed` kinds."""
    while True:
        try:
            link = listener.accept(None)
        except LinkError:
            return
        if link is not None:
            threading.Thread(target=_one, args=(link, allowed), daemon=True).start()


def _one(link: Link, allowed: "tuple[str, ...]") -> None:
    """One device, until the other side is gone."""
    try:
        remote.serve(link, Server(default(), os.urandom, allowed=allowed))
    except LinkError:  # that is how it ends
        link.close()


@contextlib.contextmanager
def serving(name: str) -> "Iterator[Listener]":
    """Serves a link in the background; BadName, LinkError."""
    listener = listen(name)
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    try:
        yield listener
    finally:
        listener.close()
