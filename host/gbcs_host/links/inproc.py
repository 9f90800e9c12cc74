"""`inproc:NAME`: both ends in this process, whole datagrams handed over in memory."""

import contextlib
import threading

from gbcs_host.links.link import BadName, Inbox, Link, LinkError, LinkGone, Listener

_listeners: "dict[str, InprocListener]" = {}
_lock = threading.Lock()


class InprocLink(Link):
    """One end: it takes from its own inbox and puts into the other's."""

    def __init__(self, name: str, own: "Inbox[bytes]", peer: "Inbox[bytes]") -> None:
        super().__init__(name)
        self._own = own
        self._peer = peer
        self._is_closed = False

    def send(self, datagram: bytes) -> None:
        self.check(datagram)
        if self._is_closed:
            raise LinkError(self.name, "is closed, an open link expected")
        if self._own.is_ended:
            raise LinkGone(self.name, "the other side has closed")
        self._peer.put(bytes(datagram))

    def receive(self, timeout_s: "float | None") -> "bytes | None":
        if self._is_closed:
            raise LinkError(self.name, "is closed, an open link expected")
        try:
            return self._own.get(timeout_s)
        except EOFError:
            if self._is_closed:
                raise LinkError(self.name, "was closed while receiving") from None
            raise LinkGone(self.name, "the other side has closed") from None

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._peer.end()
            self._own.end()


class InprocListener(Listener):
    """Links that others in this process opened by its name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._waiting: Inbox[Link] = Inbox()

    def connect(self) -> Link:
        """The other side's end of a new link; ours waits to be accepted."""
        ours: Inbox[bytes] = Inbox()
        theirs: Inbox[bytes] = Inbox()
        self._waiting.put(InprocLink(self.name, ours, theirs))
        return InprocLink(self.name, theirs, ours)

    def accept(self, timeout_s: "float | None") -> "Link | None":
        try:
            return self._waiting.get(timeout_s)
        except EOFError:
            raise LinkError(self.name, "is closed, an open listener expected") from None

    def close(self) -> None:
        with _lock:
            if _listeners.get(self.name) is self:
                del _listeners[self.name]
        self._waiting.end()
        with contextlib.suppress(EOFError):
            while (link := self._waiting.get(0)) is not None:  # nobody will take them
                link.close()


def open_inproc(name: str, address: str) -> Link:
    """A link to who listens under this name."""
    _check(name, address)
    with _lock:
        if name not in _listeners:
            raise LinkError(name, "refused, a listener of this name in this process expected")
        return _listeners[name].connect()


def listen_inproc(name: str, address: str) -> Listener:
    """A listener under this name, which must be free."""
    _check(name, address)
    with _lock:
        if name in _listeners:
            raise LinkError(name, "in use, a name that nobody listens under expected")
        return _listeners.setdefault(name, InprocListener(name))


def _check(name: str, address: str) -> None:
    if not address:
        raise BadName(name, "inproc:NAME expected")
