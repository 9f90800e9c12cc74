"""What happens in a lab, told to whoever has asked for it, at the moment it happens.

    stop = events.observe(print, events.MessageSent, events.MessageReceived)
    ...
    stop()

An observer is called in the middle of things: it may start commands, and may not let time pass. An
exception of it is raised to whoever lets time pass. Events that nobody has asked for are not made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gbcs import message
from gbcs.errors import DecodeError
from gbcs.message import Message


@dataclass(frozen=True, slots=True)
class FrameSent:
    """A frame is on the air from `us`, microseconds since 2000; no check sequence.

    `sender` is the EUI-64 of the station, or None for a frame that comes from none.
    """

    us: int
    sender: "bytes | None"
    octets: bytes


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A message was handed to a hub at `at`, milliseconds since 2000; EUI-64s, b"" if unknown.

    `sender` is the originator that the message names, `recipient` who it was sent to.
    """

    at: int
    sender: bytes
    recipient: bytes
    octets: bytes


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A message of a device has come, no alert; `recipient` is who it names."""

    at: int
    sender: bytes
    recipient: bytes
    octets: bytes


@dataclass(frozen=True, slots=True)
class AlertReceived:
    """An alert of a device has come; without radio it is told of when the device raises it."""

    at: int
    sender: bytes
    recipient: bytes
    octets: bytes


@dataclass(frozen=True, slots=True)
class ExchangeOver:
    """A command was answered, refused or given up: an Exchange of gbcs_host.lab.lab."""

    at: int
    device: bytes
    exchange: Any


@dataclass(frozen=True, slots=True)
class JoinOver:
    """An attempt to join has ended: a Joining of gbcs_host.han.han."""

    at: int
    device: bytes
    hub: bytes
    joining: Any


@dataclass(frozen=True, slots=True)
class InventoryChanged:
    """An event of the inventory; `before` and `after` are statuses."""

    at: int
    device: bytes
    event: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DisplayChanged:
    """A display shows something else: a View of gbcs_device.base.view.

    It is told at the end of each call that lets time pass, not at the moment.
    """

    at: int
    device: bytes
    view: Any


Observer = Callable[[Any], None]


class Observers:
    """Who has asked for which events. `is_telling` while an observer is called."""

    def __init__(self) -> None:
        self._by_kind: dict[type, tuple[Observer, ...]] = {}
        self.is_telling = False

    def observe(self, observer: Observer, *kinds: type) -> "Callable[[], None]":
        """Calls `observer(event)` for each event of these classes, until the result is called."""
        if not kinds:
            raise ValueError("one class of events at least expected")
        for kind in kinds:
            self._by_kind[kind] = (*self._by_kind.get(kind, ()), observer)

        def stop() -> None:
            for kind in kinds:
                observers = list(self._by_kind.get(kind, ()))
                if observer in observers:
                    observers.remove(observer)
                self._by_kind[kind] = tuple(observers)

        return stop

    def wants(self, kind: type) -> bool:
        """Whether anybody has asked for events of this class."""
        return bool(self._by_kind.get(kind))

    def tell(self, event: Any) -> None:
        """Calls the observers of an event, in the order in which they have asked."""
        was_telling, self.is_telling = self.is_telling, True
        try:
            for observer in self._by_kind.get(type(event), ()):
                observer(event)
        finally:
            self.is_telling = was_telling

    def sent(self, at: int, octets: bytes, recipient: bytes) -> None:
        """Tells of a message that was handed to a hub."""
        if self.wants(MessageSent):
            m = _decoded(octets)
            sender = b"" if m is None else m.originator
            self.tell(MessageSent(at, sender, recipient, octets))

    def received(self, at: int, octets: bytes, sender: bytes) -> None:
        """Tells of a message that a device has sent."""
        if not self.wants(MessageReceived) and not self.wants(AlertReceived):
            return
        m = _decoded(octets)
        kind = AlertReceived if m is not None and m.kind == "alert" else MessageReceived
        self.tell(kind(at, sender, b"" if m is None else m.recipient, octets))


def _decoded(octets: bytes) -> "Message | None":
    try:
        return message.decode(octets)
    except DecodeError:
        return None
