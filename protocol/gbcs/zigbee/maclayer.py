"""The MAC of one radio: whom a frame is for, acknowledgements, repeats, what waits for sleepers.

Frames leave one at a time: the next when the last was acknowledged, or was repeated in vain. What
a child that sleeps is to get waits until it asks. `out` holds frames for the air, in order;
whoever carries them takes them out.

A frame to be sent is a function `make(sequence)` that gives it when its turn comes, so that what
waited long has no older security counter than what overtook it.

Source: IEEE 802.15.4-2006, 7.5.6.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError
from gbcs.zigbee import mac

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
_MAX_CHILDREN = const(32)


class _Sending:
    """A frame on its way: octets once made, tries, and when to try again."""

    __slots__ = ("deadline", "confirm", "make", "octets", "sequence", "tries")

    def __init__(self, make: "Make", confirm: "Confirm | None") -> None:
        self.make = make
        self.confirm = confirm
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
        self.ack_wait_ms = ACK_WAIT_MS
        self.repeats = 0  # for diagnosis: frames sent again, and given up
        self.lost = 0
        self._sequence = random(1)[0]
        self._upper = upper
        self._queue: list[_Sending] = []
        self._current: _Sending | None = None
        self._waiting: dict[Address, list[tuple[_Sending, int]]] = {}

    def send(self, make: "Make", now: int, confirm: "Confirm | None" = None) -> None:
        """Sends a frame when its turn comes.

        `confirm(acknowledged, now)` says what became of it.
        """
        sending = _Sending(make, confirm)
        if len(self._queue) >= _MAX_QUEUED:
            self._give_up(sending, now)
            return
        self._queue.append(sending)
        self._next(now)

    def send_when_asked(
        self, child: "Address", make: "Make", now: int, confirm: "Confirm | None" = None
    ) -> None:
        """Keeps a frame until a child that sleeps asks for it."""
        sending = _Sending(make, confirm)
        if child not in self._waiting and len(self._waiting) >= _MAX_CHILDREN:
            self._give_up(sending, now)
            return
        waiting = self._waiting.setdefault(child, [])
        waiting.append((sending, now + PERSISTENCE_MS))
        if len(waiting) > MAX_WAITING:
            self._give_up(waiting.pop(0)[0], now)

    def is_waiting(self, child: "Address") -> bool:
        """Whether anything waits for a child."""
        return bool(self._waiting.get(child))

    def is_idle(self) -> bool:
        """Whether nothing is being sent."""
        return self._current is None and not self._queue

    def forget(self) -> None:
        """Drops all that was to be sent."""
        self._queue = []
        self._current = None
        self._waiting = {}

    def receive(self, octets: bytes, now: int) -> None:
        """One frame from the air. Damaged ones and those for others are passed over."""
        if len(octets) < 3:
            return
        if octets[0] & 0x40 and octets[1] & 0x0C == 0x08 and not self._is_mine(octets):
            return  # most of the traffic of others: not worth decoding
        try:
            frame = mac.decode(octets)
        except DecodeError:
            return
        if frame.kind == mac.ACK:
            self._acknowledged(frame.sequence, now)
            return
        to = frame.destination
        if frame.destination_pan not in (None, self.pan, mac.BROADCAST):
            return
        if to is not None and to != mac.BROADCAST and to != self.eui and to != self.short:
            return
        if to == mac.BROADCAST and self.short == mac.BROADCAST and frame.kind == mac.DATA:
            return
        if frame.control & mac.ACK_REQUEST and to != mac.BROADCAST:
            asks = frame.kind == mac.COMMAND and frame.payload[:1] == b"\x04"
            is_pending = asks and self._has_any(frame.source)
            self.out.append(mac.encode(mac.ack(frame.sequence, is_pending)))
            if asks:
                self._release(frame.source, now)
                return
        self._upper.from_mac(frame, now)

    def _is_mine(self, octets: bytes) -> bool:
        to = octets[5] | octets[6] << 8 if len(octets) > 6 else -1
        return to == mac.BROADCAST or to == self.short

    def _has_any(self, child: "Address") -> bool:
        return bool(self._waiting.get(child))

    def _release(self, child: "Address", now: int) -> None:
        waiting = self._waiting.get(child)
        if waiting:
            self._queue.append(waiting.pop(0)[0])
            self._next(now)

    def _acknowledged(self, sequence: int, now: int) -> None:
        current = self._current
        if current is not None and current.sequence == sequence and current.octets[0] & 0x20:
            self._current = None
            if current.confirm is not None:
                current.confirm(True, now)
            self._next(now)

    def _next(self, now: int) -> None:
        """Sends what is first in the queue, and what needs no acknowledgement after it."""
        while self._current is None and self._queue:
            sending = self._queue.pop(0)
            self._sequence = self._sequence + 1 & 0xFF
            sending.sequence = self._sequence
            frame = sending.make(sending.sequence)
            sending.octets = mac.encode(frame)
            if frame.control & mac.ACK_REQUEST:
                self._current = sending
                sending.deadline = now + self.ack_wait_ms
            self.out.append(sending.octets)
            if self._current is None and sending.confirm is not None:
                sending.confirm(True, now)

    def _give_up(self, sending: _Sending, now: int) -> None:
        self.lost += 1
        if sending.confirm is not None:
            sending.confirm(False, now)

    def next_timer(self) -> "int | None":
        """When `handle_timer` is to be called, or None."""
        earliest = None if self._current is None else self._current.deadline
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
                self._give_up(current, now)
                self._next(now)
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
