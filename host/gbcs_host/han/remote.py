"""Devices at the far end of a link, as stations of the air: see gbcs_device.board.remote.

Each has a link of its own. A request whose answer does not come is sent again, so that a link may
lose datagrams, double or damage them; what comes is told apart by its sequence number.
"""

import functools
import struct
import time
from collections.abc import Callable
from typing import Any

from gbcs.errors import DecodeError
from gbcs.link import seal, unseal
from gbcs.zigbee import mac
from gbcs_device.base import kind_rows
from gbcs_device.base.store import PowerCut
from gbcs_device.base.view import View
from gbcs_device.board import remote
from gbcs_device.display import actions
from gbcs_device.display.view_octets import decode_view
from gbcs_device.han.joining import JOINED
from gbcs_host.links import Link, LinkError

_FIRST_WAIT_S = 0.1  # then the request is sent again, and each time after twice as long
_LONGEST_WAIT_S = 3.2  # a board reckons for seconds
_GIVE_UP_S = 30.0
_MOST_CALLS = 10_000  # of a timer at one moment
_WRITE = 1024  # octets of entries in one request
_NEVER = int.from_bytes(remote.NO_TIMER, "big")


class Refused(LinkError):
    """What the far end says no to."""


class BadAnswer(LinkError):
    """What the far end answered is no answer to what was asked."""

    def __init__(self, name: str, what: str = "an answer of another form expected") -> None:
        super().__init__(name, what)


def whole(read: "Callable[..., Any]") -> "Callable[..., Any]":
    """Makes that octets which are missing or wrong in an answer are a BadAnswer, not our error."""

    @functools.wraps(read)
    def checked(self: Any, *values: Any) -> Any:
        try:
            return read(self, *values)
        except (DecodeError, IndexError, struct.error, UnicodeDecodeError):
            raise BadAnswer(self.link_name) from None

    return checked


class RemoteStation:
    """A station elsewhere: `receive`, `out`, `next_timer`, `handle_timer` over a link.

    With a `store` the device is made anew of what that holds; without one it is the one that is
    there. Raises LinkError where nothing answers, PowerCut where the power of the device was cut.
    """

    def __init__(self, link: Link, eui: bytes, kind: str, store: Any = None) -> None:
        self.eui = eui
        self.kind = kind
        self.out: list[bytes] = []
        self.phase = remote.PHASES[0]
        self.is_awake = True
        self.handled = 0
        self.requests = 0
        self.repeats = 0
        self._link = link
        self._next: int | None = None
        self._short: int | None = None  # its short address, once it has used it
        self._awaited = -1  # the sequence number of the last frame that wants to be acknowledged
        self._sequence = time.time_ns() // 1000
        self._now = 0
        self._calls = (0, 0)  # the time of the last timer, and how often it was called then
        if self._ask(remote.HELLO) != bytes((remote.VERSION,)):
            raise LinkError(link.name, "version %d expected" % remote.VERSION)
        if store is not None:
            self._provision(store)

    def _provision(self, store: Any) -> None:
        """Makes the device anew of what a store holds."""
        self._ask(remote.ERASE)
        batch = b""
        for name in store.names():
            one = remote.entry(name, store.get(name))
            if batch and len(batch) + len(one) > _WRITE:
                self._ask(remote.WRITE, batch)
                batch = b""
            batch += one
        self._ask(remote.WRITE, batch)
        self._ask(remote.BEGIN, self.eui + self.kind.encode())

    # As a station

    @property
    def is_sleepy(self) -> bool:
        """Whether it wakes now and then alone."""
        return kind_rows.find(self.kind).is_sleepy

    def receive(self, octets: bytes, now: int) -> None:
        """One frame from the air; who sleeps hears nothing, and a radio filters addresses."""
        if self.is_awake and self._is_for_it(octets):
            self._air(remote.FRAME, octets, now)

    def _is_for_it(self, octets: bytes) -> bool:
        """As a radio does it, so that the link carries what the device would not drop."""
        try:
            frame = mac.decode(octets)
        except DecodeError:
            return True  # the device may tell what it is
        if frame.control & 7 == mac.ACK:
            return frame.sequence == self._awaited
        if self._short is None or not isinstance(frame.destination, int):
            return True  # while it joins, it may be called by an address that it has not used yet
        return frame.destination in (self._short, mac.BROADCAST)

    def next_timer(self) -> "int | None":
        """When `handle_timer` is to be called, or None."""
        return self._next

    @property
    def link_name(self) -> str:
        """Where the device is."""
        return self._link.name

    def handle_timer(self, now: int) -> None:
        """Does what is due. BadAnswer for a device that has ever more to do at one moment."""
        self._calls = (now, self._calls[1] + 1 if now == self._calls[0] else 1)
        if self._calls[1] > _MOST_CALLS:
            raise BadAnswer(self._link.name, "a timer in the future expected")
        self._air(remote.TIMER, b"", now)

    def power_on(self, now: int) -> None:
        """The device's power comes on."""
        self._short = None
        self._air(remote.POWER_ON, b"", now)

    def power_off(self) -> None:
        """Its power goes; nothing is cut."""
        self._air(remote.POWER_OFF, b"", self._now)

    def restart(self, now: int) -> None:
        """Its power comes back: what its store holds is all it knows."""
        self._short = None
        self._air(remote.RESTART, b"", now)

    def cut_after(self, octets: "int | None") -> None:
        """Power will go after so many octets more are written; None: it stays."""
        self._ask(remote.CUT, b"\xff" * 4 if octets is None else octets.to_bytes(4, "big"))

    def message(self, octets: bytes, now: int) -> "bytes | None":
        """A message that comes by another way than the HAN; the answer, or None."""
        self._now = now
        return self._ask(remote.RECEIVE, octets) or None

    def inspect(self) -> bytes:
        """See `gbcs_device.board.remote.inspected`."""
        return self._ask(remote.INSPECT)

    def identity(self) -> bytes:
        """See `gbcs_device.board.remote.identity`."""
        return self._ask(remote.IDENTITY)

    # A display

    @whole
    def shown(self, now: int) -> View:
        """What the display shows at a moment."""
        self._now = now
        return decode_view(self._ask(remote.VIEW))

    def confirm(self, message: int, now: int) -> bool:
        """The person has read a message."""
        return self._press(actions.CONFIRM, message.to_bytes(4, "big"), now)

    def top_up(self, fuel: int, digits: bytes, now: int) -> bool:
        """The person has typed a UTRN."""
        return self._press(actions.TOP_UP, bytes((fuel,)) + digits, now)

    def emergency(self, fuel: int, now: int) -> bool:
        """The person wants emergency credit."""
        return self._press(actions.EMERGENCY, bytes((fuel,)), now)

    def enable(self, fuel: int, now: int) -> bool:
        """The person wants supply."""
        return self._press(actions.ENABLE, bytes((fuel,)), now)

    def deliver(self, octets: bytes, now: int) -> bool:
        """The control software of a PPMID has a message for the hub."""
        return self._press(actions.DELIVER, octets, now)

    @whole
    def heard(self) -> "list[bytes]":
        """Messages that came to a PPMID since this was asked last."""
        octets = self._ask(remote.HEARD)
        found = []
        while octets:
            end = 2 + (octets[0] << 8 | octets[1])
            if end > len(octets):
                raise BadAnswer(self._link.name)
            found.append(octets[2:end])
            octets = octets[end:]
        return found

    def _press(self, action: int, body: bytes, now: int) -> bool:
        self._now = now
        answer = self._ask(remote.PRESS, bytes((action,)) + body)
        if not answer:
            raise BadAnswer(self._link.name)
        self._take_frames(answer[1:])
        return bool(answer[0])

    def write(self, changes: "dict[str, bytes]") -> None:
        """Puts entries in the store of the device."""
        self._ask(remote.SET, b"".join(remote.entry(*one) for one in changes.items()))

    def close(self) -> None:
        """Lets the link go."""
        self._link.close()

    @property
    def problem(self) -> str:
        """Why joining failed last."""
        return RemoteMeter(self).problem()

    def _air(self, operation: int, body: bytes, now: int) -> None:
        self._now = now
        self._take_frames(self._ask(operation, body))

    @whole
    def _take_frames(self, frames: bytes) -> None:
        at = 0
        while at < len(frames):
            end = at + 1 + frames[at]
            if end > len(frames):
                raise BadAnswer(self._link.name)
            self.out.append(frames[at + 1 : end])
            sent = mac.decode(self.out[-1])
            if sent.control & mac.ACK_REQUEST:
                self._awaited = sent.sequence
            if self.phase == JOINED and isinstance(sent.source, int):
                self._short = sent.source
            at = end

    # The link

    def _ask(self, operation: int, body: bytes = b"") -> bytes:
        """The body of the answer."""
        self._sequence += 1
        self.requests += 1
        number = self._sequence.to_bytes(8, "big")
        request = seal(number + bytes((operation,)) + self._now.to_bytes(8, "big") + body)
        begun = time.monotonic()
        wait = _FIRST_WAIT_S
        again = begun + wait  # what comes meanwhile, and is no answer, does not put it off
        self._link.send(request)
        while (now := time.monotonic()) - begun < _GIVE_UP_S:
            answer = self._link.receive(max(0.0, again - now)) if now < again else None
            if answer is None:
                self.repeats += 1
                wait = min(2 * wait, _LONGEST_WAIT_S)
                again = time.monotonic() + wait
                self._link.send(request)
                continue
            found = unseal(answer)  # a link may let damage through
            if found is None or len(found) < remote.ANSWER_HEAD:
                continue
            if found[:8] == number:
                return self._taken(found[8:])
        raise LinkError(self._link.name, "no answer for %d seconds" % _GIVE_UP_S)

    def _taken(self, answer: bytes) -> bytes:
        status, phase, flags = answer[:3]
        if phase >= len(remote.PHASES):
            raise BadAnswer(self._link.name)
        self.phase = remote.PHASES[phase]
        if self.phase != JOINED:
            self._short = None
        self.is_awake = bool(flags & remote.AWAKE)
        self.handled = int.from_bytes(answer[3:7], "big")
        at = int.from_bytes(answer[7:15], "big")
        self._next = None if at == _NEVER else at
        if status == remote.POWER_CUT:
            raise PowerCut("power is gone")
        if status != remote.OK:
            raise Refused(self._link.name, str(answer[15:], "utf-8", "replace"))
        return answer[15:]


class Identity:
    """Who is at the far end of a link; `last_counter` is the last one it accepted of a party.

    ValueError for octets that are no such thing.
    """

    __slots__ = ("certificate", "eui", "kind", "last_counter")

    def __init__(self, octets: bytes) -> None:
        self.eui = octets[:8]
        self.last_counter = int.from_bytes(octets[8:16], "big")
        end = 18 + int.from_bytes(octets[16:18], "big")
        if len(octets) < max(end, 18):
            raise ValueError("an identity expected, found %d octets" % len(octets))
        self.certificate = octets[18:end]
        self.kind = str(octets[end:], "utf-8")


def identify(link: Link, watch: "Callable[[str], None] | None" = None) -> "Identity | None":
    """Who is there; None for nobody, yet: `watch` is told why. LinkError where nothing answers."""
    station = RemoteStation(link, bytes(8), "")
    try:
        return Identity(station.identity())
    except Refused as error:
        if watch is not None:
            watch(str(error))
        return None
    except ValueError:
        raise BadAnswer(link.name) from None


def answers(link: Link, timeout_s: float) -> bool:
    """Whether a device server answers within this time."""
    number = bytes(8)  # below all that follow
    limit = time.monotonic() + timeout_s
    while time.monotonic() < limit:
        link.send(seal(number + bytes((remote.HELLO,)) + bytes(8)))
        answer = link.receive(min(timeout_s, 0.5))
        found = None if answer is None else unseal(answer)
        if found is not None and found[:8] == number:
            return True
    return False


class RemoteMeter:
    """What the laboratory knows of a meter at the far end of a link."""

    def __init__(self, station: RemoteStation) -> None:
        self.eui = station.eui
        self.kind = station.kind
        self.station = station

    @property
    def link_name(self) -> str:
        """Where the meter is."""
        return self.station.link_name

    @whole
    def is_joined(self) -> bool:
        """Whether it belongs to a HAN."""
        return bool(self.station.inspect()[0])

    @whole
    def has_install_code(self) -> bool:
        """Whether it could join by it."""
        return bool(self.station.inspect()[1])

    @whole
    def network(self) -> "bytes | None":
        """The extended PAN id of its network."""
        octets = self.station.inspect()
        return octets[2:10] if octets[0] else None

    @whole
    def hashed_key(self) -> "bytes | None":
        """The AES-MMO hash of its link key."""
        octets = self.station.inspect()
        return octets[18:34] if octets[0] else None

    @whole
    def security_log(self) -> "list[tuple[int, int]]":
        """Time (seconds since 2000) and code of each entry, oldest first."""
        octets = self.station.inspect()
        count = octets[34] << 8 | octets[35]
        parts = [octets[36 + 6 * index : 42 + 6 * index] for index in range(count)]
        return [(int.from_bytes(one[:4], "big"), one[4] << 8 | one[5]) for one in parts]

    @whole
    def problem(self) -> str:
        """Why joining failed last."""
        octets = self.station.inspect()
        return str(octets[36 + 6 * (octets[34] << 8 | octets[35]) :], "utf-8")

    def receive(self, octets: bytes, now: int) -> "bytes | None":
        """A message that comes by another way than the HAN."""
        return self.station.message(octets, now)


def serve(link: Link, handle: "Callable[[bytes], bytes | None]") -> None:
    """Answers requests that come over a link until it is gone; LinkError."""
    while True:
        sealed = link.receive(None)
        request = None if sealed is None else unseal(sealed)
        answer = None if request is None else handle(request)
        if answer is not None:
            link.send(seal(answer))
