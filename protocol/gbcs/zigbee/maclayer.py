"""The MAC of one radio: whom a frame is for, acknowledgements, repeats, what waits for sleepers.

Frames leave one at a time: the next when the last was acknowledged, or was repeated in vain. What
a child that sleeps is to get waits until it asks. `out` holds frames for the air, in order;
whoever carries them takes them out.

A frame to be sent is a function `make(sequence)` that gives it when its turn comes, so that what
waited long has no older security counter than what overtook it. `transmit` makes it: the caller
calls that once the stack of calls that led to `send` has unwound, since a board's is small. For
the same reason `confirm` is not called at once: `calls` collects functions and their arguments,
without the time, which the caller appends. `note` is the same for a layer that only takes it down,
and is called at once.

Each destination has a share of the queue, and another for what is sent because of frames that
anybody may have sent: who has others answered in vain delays nobody else for long.

Source: IEEE 802.15.4-2006, 7.5.6.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError
from gbcs.zigbee import mac
from gbcs.zigbee.fairqueue import FairQueue

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    from gbcs.zigbee.mac import Address, Frame

    Make = Callable[[int], "Frame"]
    Confirm = Callable[[bool, int], None]

ACK_WAIT_MS = 300  # the standard's 0.9 ms is for the air alone; links have delays
RETRIES = const(3)
PERSISTENCE_MS = const(7680)  # how long a frame waits for a child to ask for it
MAX_WAITING = const(32)
_MAX_QUEUED = const(64)
_MAX_CHILDREN = const(32)  # that have an address: as many as a hub lists, and has listed
_MAX_STRANGERS = const(32)  # that have none yet
_MAX_CLEAR = const(4)  # for one child, of what anybody may have caused


class _Sending:
    """A frame on its way: octets once made, tries, and when to try again."""

    __slots__ = ("deadline", "confirm", "is_clear", "make", "note", "octets", "sequence", "tries")

    def __init__(
        self,
        make: "Make",
        confirm: "Confirm | None",
        is_clear: bool,
        note: "Confirm | None" = None,
    ) -> None:
        self.make = make
        self.confirm = confirm
        self.note = note
        self.is_clear = is_clear
        self.octets = b""
        self.sequence = 0
        self.tries = 0
        self.deadline = 0


class MacLayer:
    """`upper` gets `from_mac(frame, now)` for each frame that is for this radio, ACKs apart."""

    def __init__(self, eui: bytes, random: "Any", upper: "Any") -> None:
        self.eui = eui
        self.pan = mac.BROADCAST
        self.short = mac.BROADCAST
        self.out: list[bytes] = []
        self.calls: list[tuple[Callable[..., None], tuple[Any, ...]]] = []
        self.ack_wait_ms = ACK_WAIT_MS
        self.repeats = 0  # for diagnosis: frames sent again, and given up
        self.lost = 0
        self._sequence = random(1)[0]
        self._upper = upper
        self._queue = FairQueue(_MAX_QUEUED)
        self._since = 0  # when the first frame of the queue might have left
        self._current: _Sending | None = None
        self._waiting: dict[Address, list[tuple[_Sending, int]]] = {}

    def send(
        self, make: "Make", now: int, confirm: "Confirm | None" = None,
        destination: "Address" = None, is_clear: bool = False, note: "Confirm | None" = None,
    ) -> None:  # fmt: skip
        """Sends a frame when its turn comes; it `is_clear` where anybody may have caused it.

        `confirm(acknowledged, now)` says what became of it, and so does `note`.
        """
        self._queued(destination, _Sending(make, confirm, is_clear, note), now)

    def _queued(self, destination: "Address", sending: _Sending, now: int) -> None:
        if not self._queue.items:
            self._since = now
        without_place = self._queue.put((destination, sending.is_clear), sending)
        if without_place is not None:
            self._give_up(without_place, now)

    def send_when_asked(
        self, child: "Address", make: "Make", now: int, confirm: "Confirm | None" = None,
        is_clear: bool = False, note: "Confirm | None" = None,
    ) -> None:  # fmt: skip
        """Keeps a frame until a child that sleeps asks for it.

        A child has at most 32, and four of what anybody may have caused.
        """
        sending = _Sending(make, confirm, is_clear, note)
        if not self._has_place(child):
            self._give_up(sending, now)
            return
        waiting = self._waiting.setdefault(child, [])
        if is_clear and len([True for each, _ in waiting if each.is_clear]) >= _MAX_CLEAR:
            self._give_up(sending, now)
            return
        waiting.append((sending, now + PERSISTENCE_MS))
        if len(waiting) > MAX_WAITING:
            self._give_up(waiting.pop(0)[0], now)

    def _has_place(self, child: "Address") -> bool:
        """Whether frames are kept for a child; strangers take no place of one with an address."""
        if child in self._waiting:
            return True
        if isinstance(child, int):
            return len(self._waiting) - self.strangers() < _MAX_CHILDREN
        return self.strangers() < _MAX_STRANGERS

    def strangers(self) -> int:
        """How many children without an address, named by EUI-64, frames are kept for."""
        return len([True for child in self._waiting if not isinstance(child, int)])

    def is_waiting(self, child: "Address") -> bool:
        """Whether anything waits for a child."""
        return bool(self._waiting.get(child))

    def is_idle(self) -> bool:
        """Whether nothing is being sent."""
        return self._current is None and not self._queue.items

    def forget(self) -> None:
        """Drops all that was to be sent."""
        self._queue.clear()
        self._current = None
        self._waiting = {}

    def receive(self, octets: bytes, now: int) -> bool:
        """One frame from the air; False for what is damaged or for others, and passed over."""
        if len(octets) < 3:
            return False
        first = octets[0]
        if first & 0x0F == mac.ACK and len(octets) == 3 and not octets[1]:  # every other frame
            return self._acknowledged(octets[2], now)
        if first & 0x40 and octets[1] & 0x0C == 0x08:
            short = octets[5] | octets[6] << 8 if len(octets) > 6 else -1
            if short != self.short and short != mac.BROADCAST:
                return False  # most of the traffic of others: not worth decoding
        try:
            frame = mac.decode(octets)
        except DecodeError:
            return False
        kind = first & 7
        if kind == mac.ACK:
            return self._acknowledged(frame.sequence, now)
        pan = frame.destination_pan
        if pan != self.pan and pan is not None and pan != mac.BROADCAST:
            return False
        to = frame.destination
        if to != self.short and to is not None and to != mac.BROADCAST and to != self.eui:
            return False
        if to == mac.BROADCAST and self.short == mac.BROADCAST and kind == mac.DATA:
            return False
        if frame.control & mac.ACK_REQUEST and to != mac.BROADCAST:
            asks = kind == mac.COMMAND and frame.payload[:1] == b"\x04"
            is_pending = asks and self.is_waiting(frame.source)
            self.out.append(mac.ack(frame.sequence, is_pending))
            if asks:
                self._release(frame.source, now)
                return True
        self._upper.from_mac(frame, now)
        return True

    def _release(self, child: "Address", now: int) -> None:
        waiting = self._waiting.get(child)
        if waiting:
            self._queued(child, waiting.pop(0)[0], now)

    def _acknowledged(self, sequence: int, now: int) -> bool:
        current = self._current
        if current is None or current.sequence != sequence or not current.octets[0] & 0x20:
            return False
        self._current = None
        self._since = now
        self._confirm(current, True, now)
        return True

    def transmit(self, now: int) -> None:
        """Makes the frame whose turn it is, and what needs no acknowledgement before it."""
        while self._current is None and self._queue.items:
            sending = self._queue.take()
            self._sequence = self._sequence + 1 & 0xFF
            sending.sequence = self._sequence
            frame = sending.make(sending.sequence)
            sending.octets = mac.encode(frame)
            if frame.control & mac.ACK_REQUEST:
                self._current = sending
                sending.deadline = now + self.ack_wait_ms
            self.out.append(sending.octets)
            if self._current is None:
                self._confirm(sending, True, now)

    def _give_up(self, sending: _Sending, now: int) -> None:
        self.lost += 1
        self._confirm(sending, False, now)

    def _confirm(self, sending: _Sending, is_acknowledged: bool, now: int) -> None:
        if sending.note is not None:
            sending.note(is_acknowledged, now)
        if sending.confirm is not None:
            self.calls.append((sending.confirm, (is_acknowledged,)))

    def next_timer(self) -> "int | None":
        """When `handle_timer` and `transmit` are to be called, or None."""
        earliest = None
        if self._current is not None:
            earliest = self._current.deadline
        elif self._queue.items:
            earliest = self._since
        for waiting in self._waiting.values():
            if waiting and (earliest is None or waiting[0][1] < earliest):
                earliest = waiting[0][1]
        return earliest

    def handle_timer(self, now: int) -> None:
        """Repeats what was not acknowledged, and drops what nobody asked for."""
        current = self._current
        if current is not None and now >= current.deadline:
            current.tries += 1
            if current.tries > RETRIES:
                self._current = None
                self._since = now
                self._give_up(current, now)
            else:
                self.repeats += 1
                current.deadline = now + self.ack_wait_ms
                self.out.append(current.octets)
        for child in list(self._waiting):
            waiting = self._waiting[child]
            while waiting and now >= waiting[0][1]:
                self._give_up(waiting.pop(0)[0], now)
            if not waiting:
                del self._waiting[child]
