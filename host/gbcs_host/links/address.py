"""Hosts and ports of links as text, and a wait for a socket.

Sources: RFC 3986 3.2.2 (IPv6 hosts in brackets), RFC 4291 2.5.4 and 2.5.5.2 (64 bits of network,
IPv4-mapped addresses).
"""

import ipaddress
import select
import socket

from gbcs_host.links.link import BadName, LinkError

Address = tuple  # what socket.getaddrinfo gives: (host, port) or (host, port, flow, scope)


def split(name: str, address: str) -> "tuple[str, int]":
    """The host and port in `HOST:PORT`, an IPv6 host in brackets. Raises BadName."""
    host, colon, port = address.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise BadName(name, "an IPv6 host in brackets expected, as in [::1]:4059")
    if not colon or not host:
        raise BadName(name, "%s:HOST:PORT expected" % name.partition(":")[0])
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 0xFFFF):
        raise BadName(name, "a port of 0 to 65535 expected, found '%s'" % port)
    return host, int(port)


def resolve(name: str, address: str, kind: socket.SocketKind) -> "tuple[int, Address]":
    """The address family of a host, and the address for connect or bind.

    Raises BadName, and LinkError for an unknown host.
    """
    host, port = split(name, address)
    try:
        addresses = socket.getaddrinfo(host, port, type=kind)
    except (OSError, UnicodeError, TypeError, ValueError) as error:
        raise LinkError(name, "a host that is known expected: %s" % error) from None
    return addresses[0][0], addresses[0][4]


def written(kind: str, address: Address) -> str:
    """The name of a link: `tcp:127.0.0.1:4059`, `udp:[::1]:4059`."""
    host, port = address[:2]
    return "%s:[%s]:%d" % (kind, host, port) if ":" in host else "%s:%s:%d" % (kind, host, port)


def group(address: Address) -> str:
    """The text that identifies a peer's site: an IPv4 address, or an IPv6 network of 64 bits."""
    try:
        host = ipaddress.ip_address(address[0].partition("%")[0])
    except ValueError:
        return str(address[0])
    if isinstance(host, ipaddress.IPv4Address):
        return str(host)
    if host.ipv4_mapped is not None:
        return str(host.ipv4_mapped)
    return str(ipaddress.ip_network((host, 64), strict=False))


def wait(port: socket.socket, timeout_s: "float | None", *, to_send: bool = False) -> bool:
    """Whether the socket can be read, or written, within `timeout_s` seconds; None: no limit.

    Raises OSError for a closed socket.
    """
    if port.fileno() < 0:
        raise OSError("closed")
    if not hasattr(select, "poll"):  # Windows, where select has no limit of 1024
        receivers, senders = ([], [port]) if to_send else ([port], [])
        return any(select.select(receivers, senders, [], timeout_s))
    poll = select.poll()
    try:
        poll.register(port, select.POLLOUT if to_send else select.POLLIN)
    except ValueError:  # closed meanwhile
        raise OSError("closed") from None
    return bool(poll.poll(None if timeout_s is None else timeout_s * 1000))
