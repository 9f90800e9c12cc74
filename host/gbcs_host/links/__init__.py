"""Links: datagrams between the toolkit and devices, over several media, opened by name.

    inproc:NAME          in this process
    tcp:HOST:PORT        framed and checked by gbcs.link; IPv6 hosts in brackets
    udp:HOST:PORT        one datagram each
    serial:PORT[@BAUD]   a board; 115,200 baud unless told

`faults` adds loss, delay and damage to any link.
"""

from collections.abc import Callable

from gbcs_host.links.inproc import listen_inproc, open_inproc
from gbcs_host.links.link import BadName, Link, LinkError, LinkGone, Listener
from gbcs_host.links.serial import listen_serial, open_serial
from gbcs_host.links.tcp import listen_tcp, open_tcp
from gbcs_host.links.udp import listen_udp, open_udp

__all__ = ("BadName", "Link", "LinkError", "LinkGone", "Listener", "listen", "open_link")

_KINDS: "dict[str, tuple[Callable[[str, str], Link], Callable[[str, str], Listener]]]" = {
    # kind    to open one   to listen
    "inproc": (open_inproc, listen_inproc),
    "serial": (open_serial, listen_serial),
    "tcp":    (open_tcp,    listen_tcp),
    "udp":    (open_udp,    listen_udp),
}  # fmt: skip


def open_link(name: str) -> Link:
    """An open link of this name. Raises BadName for other text, LinkError where it fails."""
    kind, address = _split(name)
    return _KINDS[kind][0](name, address)


def listen(name: str) -> Listener:
    """An open listener of this name. Raises as `open_link` does."""
    kind, address = _split(name)
    return _KINDS[kind][1](name, address)


def _split(name: str) -> "tuple[str, str]":
    kind, colon, address = name.partition(":")
    if not colon or kind not in _KINDS:
        raise BadName(name, "inproc:NAME, serial:PORT, tcp:HOST:PORT or udp:HOST:PORT expected")
    return kind, address
