"""`udp:HOST:PORT`: each datagram with its checksum in one UDP datagram of up to 65,000 octets.

UDP has no connections. The peer learns of a link with its first datagram, and never that the link
was closed. A port without a listener shows as LinkGone after a datagram was sent, and only if the
network reports it. Damaged datagrams are dropped.
"""

import contextlib
import socket
import threading

from gbcs.link import seal, unseal
from gbcs_host.links import address
from gbcs_host.links.link import (
    SEND_TIMEOUT_S,
    Deadline,
    Inbox,
    Link,
    LinkError,
    LinkGone,
    Listener,
)

MAX_UDP_DATAGRAM = 65000  # octets; UDP over IPv4 takes 65,507: RFC 768, RFC 791 3.1
MAX_PEERS = 1024  # of one listener; a further peer replaces the one silent longest
_CHUNK = 1 << 16
_SLICE_S = 0.2  # how soon a listener's thread notices that it is closed


class UdpLink(Link):
    """The end of a link that was opened, with a socket of its own."""

    limit = MAX_UDP_DATAGRAM

    def __init__(self, name: str, port: socket.socket) -> None:
        super().__init__(name)
        self.dropped = 0
        self._port = port
        port.setblocking(False)

    def send(self, datagram: bytes) -> None:
        """Sends one datagram. Raises LinkError, LinkGone."""
        self.check(datagram)
        octets = seal(datagram)
        deadline = Deadline(SEND_TIMEOUT_S)
        while True:
            try:
                if not address.wait(self._port, deadline.left_s(), to_send=True):
                    raise LinkError(self.name, "nothing can be sent for %g s" % SEND_TIMEOUT_S)
                self._port.send(octets)
                return
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._failed(error) from None

    def receive(self, timeout_s: "float | None") -> "bytes | None":
        """The next undamaged datagram, or None after `timeout_s` seconds. LinkError, LinkGone."""
        deadline = Deadline(timeout_s)
        while True:
            try:
                if not address.wait(self._port, deadline.left_s()):
                    return None
                datagram = unseal(self._port.recv(_CHUNK))
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._failed(error) from None
            if datagram is not None:
                return datagram
            self.dropped += 1

    def close(self) -> None:
        """Closes the socket and wakes threads that wait for it."""
        with contextlib.suppress(OSError):
            self._port.shutdown(socket.SHUT_RDWR)
        self._port.close()

    def _failed(self, error: OSError) -> LinkError:
        if self._port.fileno() < 0:
            return LinkError(self.name, "is closed, an open link expected")
        if isinstance(error, ConnectionRefusedError):
            return LinkGone(self.name, "refused, a listener at this port expected")
        return LinkError(self.name, "cannot be reached: %s" % (error.strerror or error))


class UdpPeer(Link):
    """The end of a link that was accepted: one peer of a listener, whose socket it shares."""

    limit = MAX_UDP_DATAGRAM

    def __init__(self, listener: "UdpListener", peer: address.Address) -> None:
        super().__init__(address.written("udp", peer))
        self.peer = peer
        self.inbox: Inbox[bytes] = Inbox()
        self._listener = listener

    def send(self, datagram: bytes) -> None:
        """Sends one datagram to the peer. Raises LinkError."""
        self.check(datagram)
        if self.inbox.is_ended:
            raise LinkError(self.name, "is closed, an open link expected")
        self._listener.send(seal(datagram), self)

    def receive(self, timeout_s: "float | None") -> "bytes | None":
        """The next datagram of the peer, or None after `timeout_s` seconds. Raises LinkError."""
        try:
            return self.inbox.get(timeout_s)
        except EOFError:
            raise LinkError(self.name, "is closed, an open link expected") from None

    def close(self) -> None:
        """Ends the link; the next datagram of this peer opens a new one."""
        self.inbox.end()
        self._listener.forget(self)


class UdpListener(Listener):
    """A port whose datagrams a thread puts into the inbox of the peer that sent each.

    The port is closed when the listener and all of its links are closed.
    """

    def __init__(self, port: socket.socket) -> None:
        super().__init__(address.written("udp", port.getsockname()))
        self.dropped = 0
        self._port = port
        self._peers: dict[address.Address, UdpPeer] = {}
        self._new: Inbox[UdpPeer] = Inbox()
        self._lock = threading.Lock()
        self._is_closed = False
        port.setblocking(False)
        self._thread: threading.Thread | None = None  # from the first `accept` on

    @property
    def socket(self) -> socket.socket:
        """The socket, for callers that receive themselves in place of `accept`: `links.crowd`."""
        return self._port

    def accept(self, timeout_s: "float | None") -> "Link | None":
        """The link of the next new peer, or None after `timeout_s` seconds. Raises LinkError."""
        with self._lock:
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
                self._thread.start()
        try:
            return self._new.get(timeout_s)
        except EOFError:
            raise LinkError(self.name, "is closed, an open listener expected") from None

    def close(self) -> None:
        """Accepts no more links, and closes those that were not accepted."""
        with self._lock:
            self._is_closed = True
        self._new.end()
        with contextlib.suppress(EOFError):
            while (peer := self._new.get(0)) is not None:  # no caller will accept them
                peer.close()
        self._release()

    def send(self, octets: bytes, peer: UdpPeer) -> None:
        """Sends octets to one peer; those that the system does not take are lost. LinkError."""
        try:
            if address.wait(self._port, SEND_TIMEOUT_S, to_send=True):
                self._port.sendto(octets, peer.peer)
        except (BlockingIOError, ConnectionRefusedError):
            pass
        except OSError as error:
            problem = "cannot be reached: %s" % (error.strerror or error)
            raise LinkError(peer.name, problem) from None

    def forget(self, peer: UdpPeer) -> None:
        """Removes a peer whose link was closed; its next datagram opens a new link."""
        with self._lock:
            if self._peers.get(peer.peer) is peer:
                del self._peers[peer.peer]
        self._release()

    def _release(self) -> None:
        with self._lock:
            if self._peers or not self._is_closed:
                return
        with contextlib.suppress(OSError):
            self._port.shutdown(socket.SHUT_RDWR)  # wakes the thread, on systems that do so
        self._port.close()
        if self._thread is not None:
            self._thread.join()  # while it waits, the system keeps the port

    def _run(self) -> None:
        while self._port.fileno() >= 0:
            try:
                if address.wait(self._port, _SLICE_S):
                    self._hand_on(*self._port.recvfrom(_CHUNK))
            except (BlockingIOError, ConnectionError):  # on Windows: a peer has gone
                continue
            except (OSError, ValueError):
                return  # closed meanwhile

    def _hand_on(self, octets: bytes, sender: address.Address) -> None:
        datagram = unseal(octets)
        with self._lock:
            peer = self._peers.get(sender)
            if datagram is None or (peer is None and self._is_closed):
                self.dropped += 1
                return
            if peer is None:
                if len(self._peers) >= MAX_PEERS:
                    self._peers.pop(next(iter(self._peers))).inbox.end()
                peer = UdpPeer(self, sender)
                self._new.put(peer)
            else:
                del self._peers[sender]
            self._peers[sender] = peer  # the last of them
        peer.inbox.put(datagram)


def open_udp(name: str, where: str) -> Link:
    """A link to `HOST:PORT`, whether or not there is a listener. Raises BadName, LinkError."""
    family, peer = address.resolve(name, where, socket.SOCK_DGRAM)
    port = socket.socket(family, socket.SOCK_DGRAM)
    try:
        port.connect(peer)
    except OSError as error:
        port.close()
        raise LinkError(name, "cannot be reached: %s" % (error.strerror or error)) from None
    return UdpLink(name, port)


def listen_udp(name: str, where: str) -> Listener:
    """A listener at `HOST:PORT`; for port 0 the system picks a free port.

    Raises BadName, LinkError.
    """
    family, bound = address.resolve(name, where, socket.SOCK_DGRAM)
    port = socket.socket(family, socket.SOCK_DGRAM)
    try:
        port.bind(bound)
    except OSError as error:
        port.close()
        raise LinkError(name, "cannot be listened on: %s" % (error.strerror or error)) from None
    return UdpListener(port)
