"""`tcp:HOST:PORT`: frames of gbcs.link on a TCP connection."""

import contextlib
import socket
import threading
from collections import deque

from gbcs.link import Framing, encode
from gbcs_host.links import address
from gbcs_host.links.link import SEND_TIMEOUT_S, Deadline, Link, LinkError, LinkGone, Listener

CONNECT_TIMEOUT_S = 5.0
BACKLOG = 1024  # connections that the system keeps until they are accepted
_CHUNK = 1 << 16  # octets read at a time


class TcpLink(Link):
    """One end of a connection.

    The socket is non-blocking and `address.wait` does the waiting, since a timeout of the socket
    would apply to all threads.
    """

    def __init__(self, name: str, port: socket.socket) -> None:
        super().__init__(name)
        self.framing = Framing()
        self._port = port
        self._ready: deque[bytes] = deque()
        self._sending = threading.Lock()  # a frame goes out in one piece
        port.setblocking(False)
        port.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, datagram: bytes) -> None:
        """Sends one frame. Raises LinkError where the peer reads nothing, LinkGone."""
        self.check(datagram)
        left = memoryview(encode(datagram))
        with self._sending:
            deadline = Deadline(SEND_TIMEOUT_S)
            while left:
                try:
                    if not address.wait(self._port, deadline.left_s(), to_send=True):
                        raise LinkError(
                            self.name, "the other side takes nothing for %g s" % SEND_TIMEOUT_S
                        )
                    left = left[self._port.send(left) :]
                except BlockingIOError:
                    continue
                except OSError as error:
                    raise self._failed(error) from None

    def receive(self, timeout_s: "float | None") -> "bytes | None":
        """The next frame's datagram, or None after `timeout_s` seconds. LinkError, LinkGone."""
        deadline = Deadline(timeout_s)
        while not self._ready:
            try:
                if not address.wait(self._port, deadline.left_s()):
                    return None
                octets = self._port.recv(_CHUNK)
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._failed(error) from None
            if not octets:
                raise self._failed(None)
            self._ready.extend(self.framing.receive(octets))
        return self._ready.popleft()

    def close(self) -> None:
        """Closes the connection and wakes threads that wait for it."""
        with contextlib.suppress(OSError):
            self._port.shutdown(socket.SHUT_RDWR)
        self._port.close()

    def _failed(self, error: "OSError | None") -> LinkError:
        if self._port.fileno() < 0:
            return LinkError(self.name, "is closed, an open link expected")
        if error is None:
            return LinkGone(self.name, "the other side has closed")
        return LinkGone(self.name, "the connection is lost: %s" % (error.strerror or error))


class TcpListener(Listener):
    """Accepts connections at a port."""

    def __init__(self, port: socket.socket) -> None:
        super().__init__(address.written("tcp", port.getsockname()))
        self._port = port
        port.setblocking(False)

    @property
    def socket(self) -> socket.socket:
        """The listening socket, for callers that accept connections themselves: `links.crowd`."""
        return self._port

    def accept(self, timeout_s: "float | None") -> "Link | None":
        """The link of the next connection, or None after `timeout_s` seconds. LinkError."""
        deadline = Deadline(timeout_s)
        while True:
            try:
                if not address.wait(self._port, deadline.left_s()):
                    return None
                port, peer = self._port.accept()
            except (BlockingIOError, ConnectionAbortedError):  # the peer has gone again
                continue
            except OSError as error:
                problem = "takes no more links: %s" % (error.strerror or error)
                if self._port.fileno() < 0:
                    problem = "is closed, an open listener expected"
                raise LinkError(self.name, problem) from None
            return TcpLink(address.written("tcp", peer), port)

    def close(self) -> None:
        """Closes the port; accepted connections stay open."""
        with contextlib.suppress(OSError):
            self._port.shutdown(socket.SHUT_RDWR)
        self._port.close()


def open_tcp(name: str, where: str) -> Link:
    """A link to `HOST:PORT`, at the first address of the host that answers.

    Raises BadName, and LinkError where none answers within `CONNECT_TIMEOUT_S`.
    """
    host, number = address.split(name, where)
    try:
        port = socket.create_connection((host, number), CONNECT_TIMEOUT_S)
    except TimeoutError:
        raise LinkError(name, "no answer within %g s" % CONNECT_TIMEOUT_S) from None
    except ConnectionRefusedError:
        raise LinkError(name, "refused, a listener at this port expected") from None
    except (OSError, UnicodeError) as error:
        raise LinkError(name, "cannot be reached: %s" % error) from None
    return TcpLink(name, port)


def listen_tcp(name: str, where: str) -> Listener:
    """A listener at `HOST:PORT`; for port 0 the system picks a free port.

    Raises BadName, LinkError.
    """
    family, bound = address.resolve(name, where, socket.SOCK_STREAM)
    port = socket.socket(family, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_REUSEADDR"):  # a port that was just closed can be bound again
            port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port.bind(bound)
        port.listen(BACKLOG)
    except OSError as error:
        port.close()
        raise LinkError(name, "cannot be listened on: %s" % (error.strerror or error)) from None
    return TcpListener(port)
