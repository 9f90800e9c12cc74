"""`inproc:NAME`: links with both ends in this process; datagrams go through queues in memory."""

import contextlib
import threading

from gbcs_host.links.link import BadName, Inbox, Link, LinkError, LinkGone, Listener

_listeners: "dict[str, InprocListener]" = {}
_lock = threading.Lock()


class InprocLink(Link):
    """One end of a link: it receives from its own inbox and sends into its peer's."""

    def __init__(self, name: str, own: "Inbox[bytes]", peer: "Inbox[bytes]") -> None:
        super().__init__(name)
        self._own = own
        self._peer = peer
        self._is_closed = False

    def send(self, datagram: bytes) -> None:
        """Puts a copy into the peer's inbox. Raises LinkError, LinkGone."""
        self.check(datagram)
        if self._is_closed:
            raise LinkError(self.name, "is closed, an open link expected")
        if self._own.is_ended:
            raise LinkGone(self.name, "the other side has closed")
        self._peer.put(bytes(datagram))

    def receive(self, timeout_s: "float | None") -> "bytes | None":
        """The next datagram, or None after `timeout_s` seconds. Raises LinkError, LinkGone."""
        if self._is_closed:
            raise LinkError(self.name, "is closed, an open link expected")
        try:
            return self._own.get(timeout_s)
        except EOFError:
            if self._is_closed:
                raise LinkError(self.name, "was closed while receiving") from None
            raise LinkGone(self.name, "the other side has closed") from None

    def close(self) -> None:
        """Ends both inboxes, so that both ends stop waiting."""
        if not self._is_closed:
            self._is_closed = True
            self._peer.end()
            self._own.end()


class InprocListener(Listener):
    """Accepts the links that are opened by its name in this process."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._waiting: Inbox[Link] = Inbox()

    def connect(self) -> Link:
        """The opener's end of a new link; `accept` gives the other end."""
        ours: Inbox[bytes] = Inbox()
        theirs: Inbox[bytes] = Inbox()
        self._waiting.put(InprocLink(self.name, ours, theirs))
        return InprocLink(self.name, theirs, ours)

    def accept(self, timeout_s: "float | None") -> "Link | None":
        """The next link, or None after `timeout_s` seconds. Raises LinkError once closed."""
        try:
            return self._waiting.get(timeout_s)
        except EOFError:
            raise LinkError(self.name, "is closed, an open listener expected") from None

    def close(self) -> None:
        """Frees the name and closes the links that were not accepted."""
        with _lock:
            if _listeners.get(self.name) is self:
                del _listeners[self.name]
        self._waiting.end()
        with contextlib.suppress(EOFError):
            while (link := self._waiting.get(0)) is not None:  # no caller will accept them
                link.close()


def open_inproc(name: str, address: str) -> Link:
    """A link to the listener of this name. Raises BadName, LinkError where there is none."""
    _check(name, address)
    with _lock:
        if name not in _listeners:
            raise LinkError(name, "refused, a listener of this name in this process expected")
        return _listeners[name].connect()


def listen_inproc(name: str, address: str) -> Listener:
    """A listener of this name. Raises BadName, LinkError where the name is in use."""
    _check(name, address)
    with _lock:
        if name in _listeners:
            raise LinkError(name, "in use, a name without a listener expected")
        return _listeners.setdefault(name, InprocListener(name))


def _check(name: str, address: str) -> None:
    if not address:
        raise BadName(name, "inproc:NAME expected")
