"""Devices at the far end of a link, as stations of the air: see gbcs_device.board.remote.

Each device has a link of its own. A request without an answer is repeated, so the link may lose,
double or damage datagrams; sequence numbers match answers to requests.
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
_LONGEST_WAIT_S = 3.2  # a board computes for seconds
_GIVE_UP_S = 30.0
_MOST_CALLS = 10_000  # of a timer at one moment
_WRITE = 1024  # octets of entries in one request
_NEVER = int.from_bytes(remote.NO_TIMER, "big")


class Refused(LinkError):
    """The far end refused a request; `problem` is its reason."""


class BadAnswer(LinkError):
    """The far end sent an answer that is malformed or does not fit the request."""

    def __init__(self, name: str, problem: str = "an answer of another form expected") -> None:
        super().__init__(name, problem)


def whole(read: "Callable[..., Any]") -> "Callable[..., Any]":
    """Wraps a method so that missing or wrong octets in an answer raise BadAnswer."""

    @functools.wraps(read)
    def checked(self: Any, *values: Any) -> Any:
        try:
            return read(self, *values)
        except (DecodeError, IndexError, struct.error, UnicodeDecodeError):
            raise BadAnswer(self.link_name) from None

    return checked


class RemoteStation:
    """A station elsewhere: `receive`, `out`, `next_timer`, `handle_timer` over a link.

    With a `store` the device is made of the store's entries; without one the existing device is
    used. Raises LinkError where nothing answers, PowerCut where the device's power was cut.
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
        self._awaited = -1  # sequence number of the last frame that requests an acknowledgement
        self._sequence = time.time_ns() // 1000
        self._now = 0
        self._calls = (0, 0)  # the time of the last timer, and how often it was called then
        version = self._ask(remote.HELLO)
        if version != bytes((remote.VERSION,)):
            raise LinkError(
                link.name,
                "version %d expected, found %s" % (remote.VERSION, version[:8].hex() or "none"),
            )
        if store is not None:
            self._provision(store)

    def _provision(self, store: Any) -> None:
        """Erases the device and makes a new one of the entries of a store."""
        self._ask(remote.ERASE)
        batch = b""
        for name in store.names():
            entry = remote.entry(name, store.get(name))
            if batch and len(batch) + len(entry) > _WRITE:
                self._ask(remote.WRITE, batch)
                batch = b""
            batch += entry
        self._ask(remote.WRITE, batch)
        self._ask(remote.BEGIN, self.eui + self.kind.encode())

    # As a station

    @property
    def is_sleepy(self) -> bool:
        """Whether it wakes now and then alone."""
        return kind_rows.find(self.kind).is_sleepy

    def receive(self, octets: bytes, now: int) -> None:
        """Sends the device a frame, unless it sleeps or its radio would filter the address."""
        if self.is_awake and self._is_for_it(octets):
            self._air(remote.FRAME, octets, now)

    def _is_for_it(self, octets: bytes) -> bool:
        """Whether a radio would pass the frame on; the link carries no others."""
        try:
            frame = mac.decode(octets)
        except DecodeError:
            return True  # the device decides
        if frame.control & 7 == mac.ACK:
            return frame.sequence == self._awaited
        if self._short is None or not isinstance(frame.destination, int):
            return True  # while it joins, it may have an address that it has not used yet
        return frame.destination in (self._short, mac.BROADCAST)

    def next_timer(self) -> "int | None":
        """The time at which `handle_timer` must be called, milliseconds since 2000, or None."""
        return self._next

    @property
    def link_name(self) -> str:
        """The name of the device's link."""
        return self._link.name

    def handle_timer(self, now: int) -> None:
        """Calls the device's timer. Raises BadAnswer where that stays due at the same moment."""
        self._calls = (now, self._calls[1] + 1 if now == self._calls[0] else 1)
        if self._calls[1] > _MOST_CALLS:
            raise BadAnswer(self._link.name, "a timer in the future expected")
        self._air(remote.TIMER, b"", now)

    def power_on(self, now: int) -> None:
        """Switches the device on."""
        self._short = None
        self._air(remote.POWER_ON, b"", now)

    def power_off(self) -> None:
        """Switches the device off between two writes of its store."""
        self._air(remote.POWER_OFF, b"", self._now)

    def restart(self, now: int) -> None:
        """Restarts the device from the entries of its store."""
        self._short = None
        self._air(remote.RESTART, b"", now)

    def cut_after(self, octets: "int | None") -> None:
        """Cuts the power after the store has written so many more octets; None: no cut."""
        self._ask(remote.CUT, b"\xff" * 4 if octets is None else octets.to_bytes(4, "big"))

    def message(self, octets: bytes, now: int) -> "bytes | None":
        """Hands the device a message without the HAN; the answer, or None."""
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
        """The view of the display at a time."""
        self._now = now
        return decode_view(self._ask(remote.VIEW))

    def confirm(self, message: int, now: int) -> bool:
        """Confirms a message, by its number, as the person does; whether that was possible."""
        return self._press(actions.CONFIRM, message.to_bytes(4, "big"), now)

    def top_up(self, fuel: int, digits: bytes, now: int) -> bool:
        """Enters a UTRN for a fuel, 0 electricity, 1 gas; whether that was possible."""
        return self._press(actions.TOP_UP, bytes((fuel,)) + digits, now)

    def emergency(self, fuel: int, now: int) -> bool:
        """Requests emergency credit for a fuel; whether that was possible."""
        return self._press(actions.EMERGENCY, bytes((fuel,)), now)

    def enable(self, fuel: int, now: int) -> bool:
        """Requests to enable the supply of a fuel; whether that was possible."""
        return self._press(actions.ENABLE, bytes((fuel,)), now)

    def deliver(self, octets: bytes, now: int) -> bool:
        """Has a PPMID's control software send a message to the hub; whether it was sent."""
        return self._press(actions.DELIVER, octets, now)

    @whole
    def heard(self) -> "list[bytes]":
        """The messages that a PPMID has received since the last call."""
        octets = self._ask(remote.HEARD)
        messages = []
        while octets:
            end = 2 + (octets[0] << 8 | octets[1])
            if end > len(octets):
                raise BadAnswer(self._link.name)
            messages.append(octets[2:end])
            octets = octets[end:]
        return messages

    def _press(self, action: int, body: bytes, now: int) -> bool:
        self._now = now
        answer = self._ask(remote.PRESS, bytes((action,)) + body)
        if not answer:
            raise BadAnswer(self._link.name)
        self._take_frames(answer[1:])
        return bool(answer[0])

    def write(self, changes: "dict[str, bytes]") -> None:
        """Writes entries, octets by name, to the store of the device."""
        self._ask(remote.SET, b"".join(remote.entry(*change) for change in changes.items()))

    def close(self) -> None:
        """Closes the link."""
        self._link.close()

    @property
    def problem(self) -> str:
        """The reason of the last attempt to join that failed, or ""."""
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
        again = begun + wait  # which datagrams that are no answer do not put off
        self._link.send(request)
        while (now := time.monotonic()) - begun < _GIVE_UP_S:
            answer = self._link.receive(max(0.0, again - now)) if now < again else None
            if answer is None:
                self.repeats += 1
                wait = min(2 * wait, _LONGEST_WAIT_S)
                again = time.monotonic() + wait
                self._link.send(request)
                continue
            opened = unseal(answer)  # a link may deliver damaged datagrams
            if opened is None or len(opened) < remote.ANSWER_HEAD:
                continue
            if opened[:8] == number:
                return self._taken(opened[8:])
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
    """The device at the far end of a link; `last_counter` is the last that it has accepted.

    Raises ValueError for octets that are no identity.
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
    """The identity of the device at a link; None, after `watch(reason)`, where there is none.

    Raises LinkError where nothing answers.
    """
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
    """Whether a device server answers within `timeout_s` seconds."""
    number = bytes(8)  # below all that follow
    limit = time.monotonic() + timeout_s
    while time.monotonic() < limit:
        link.send(seal(number + bytes((remote.HELLO,)) + bytes(8)))
        answer = link.receive(min(timeout_s, 0.5))
        opened = None if answer is None else unseal(answer)
        if opened is not None and opened[:8] == number:
            return True
    return False


class RemoteMeter:
    """A meter at the far end of a link, with the methods of a meter that the lab uses."""

    def __init__(self, station: RemoteStation) -> None:
        self.eui = station.eui
        self.kind = station.kind
        self.station = station

    @property
    def link_name(self) -> str:
        """The name of the meter's link."""
        return self.station.link_name

    @whole
    def is_joined(self) -> bool:
        """Whether the meter has joined a HAN."""
        return bool(self.station.inspect()[0])

    @whole
    def has_install_code(self) -> bool:
        """Whether the meter has an install code."""
        return bool(self.station.inspect()[1])

    @whole
    def network(self) -> "bytes | None":
        """The extended PAN id of its network, or None."""
        octets = self.station.inspect()
        return octets[2:10] if octets[0] else None

    @whole
    def hashed_key(self) -> "bytes | None":
        """The AES-MMO hash of its link key, or None: ZigBee Smart Energy 5.4.2.2.3."""
        octets = self.station.inspect()
        return octets[18:34] if octets[0] else None

    @whole
    def security_log(self) -> "list[tuple[int, int]]":
        """Time (seconds since 2000) and code of each entry, oldest first."""
        octets = self.station.inspect()
        count = octets[34] << 8 | octets[35]
        parts = [octets[36 + 6 * index : 42 + 6 * index] for index in range(count)]
        return [(int.from_bytes(entry[:4], "big"), entry[4] << 8 | entry[5]) for entry in parts]

    @whole
    def problem(self) -> str:
        """The reason of the last attempt to join that failed, or ""."""
        octets = self.station.inspect()
        return str(octets[36 + 6 * (octets[34] << 8 | octets[35]) :], "utf-8")

    def receive(self, octets: bytes, now: int) -> "bytes | None":
        """Hands the meter a message without the HAN; the answer, or None."""
        return self.station.message(octets, now)


def serve(link: Link, handle: "Callable[[bytes], bytes | None]") -> None:
    """Answers the requests of a link by `handle`, until LinkError is raised."""
    while True:
        sealed = link.receive(None)
        request = None if sealed is None else unseal(sealed)
        answer = None if request is None else handle(request)
        if answer is not None:
            link.send(seal(answer))
