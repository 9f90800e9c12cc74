"""Home area networks on the air: hubs and meters as ZigBee stations, messages through tunnels.

It has the methods of `han.Han`, which has no radio and no frames. Each hub has a place of its own;
a meter has no place until it is switched on near a hub. Long messages are sent in blocks, which
the head end behind the hub splits and assembles.

Sources: GBCS 7.2.11 (blocks), 10.2.2 (tunnels); ZigBee Smart Energy 5.4.2.2.3 (rejoining).
"""

from collections.abc import Callable
from typing import Any

from gbcs import message
from gbcs.blocks.exchange import BlockExchange
from gbcs.errors import DecodeError
from gbcs_device.base import kind_rows
from gbcs_device.devices import stations
from gbcs_device.han.credentials import load
from gbcs_device.han.hub import HubStation
from gbcs_device.han.joining import JOINED, RESTING
from gbcs_device.han.meter import WAKE_S
from gbcs_device.usecases import chf as hubs
from gbcs_host.han.air import Air
from gbcs_host.han.han import Joining
from gbcs_host.han.remote import RemoteMeter, RemoteStation

_JOIN_MS = 180_000
_ANSWER_MS = 120_000
_SLICE_MS = 1000


class ZigbeeHan:
    """Hubs and meters, and the air between them. `random(n)` gives `n` octets.

    `watch(octets, us)` is called for every frame, `reveal(label, eui, key)` for every key, as
    captures need them; `faults` is as in `Air`. A device in `dead` answers nothing.
    """

    def __init__(
        self,
        now: int,
        random: Any,
        watch: "Callable[[bytes, int], None] | None" = None,
        reveal: "Callable[[str, bytes, bytes], None] | None" = None,
        faults: Any = None,
    ) -> None:
        self.hubs: dict[bytes, Any] = {}
        self.meters: dict[bytes, Any] = {}
        self.stations: dict[bytes, Any] = {}
        self.dead: set[bytes] = set()
        self.carried: list[bytes] = []  # messages handed to a hub for a meter, and from one
        self.air = Air(now, watch, faults, self._after)
        self._random = random
        self._reveal = reveal
        self._places: dict[bytes, bytes] = {}  # where a meter is: the EUI-64 of a hub
        self._exchanges: dict[bytes, BlockExchange] = {}
        self._heard: list[tuple[bytes, bytes]] = []
        self._unasked: list[bytes] = []

    @property
    def now(self) -> int:
        """Milliseconds since 2000."""
        return self.air.now

    def pass_time(self, milliseconds: int) -> None:
        """Lets time pass for all stations."""
        self.air.run(self.now + milliseconds)

    def add(self, device: Any) -> None:
        """Adds a new device, or one that was restarted from its store."""
        old = self.stations.get(device.eui)
        was_on = old is not None and device.eui in self._places
        if old is not None:
            self.air.take(old)
        credentials = load(device.store)
        is_hub = kind_rows.find(device.kind).is_hub
        if is_hub:
            self.hubs[device.eui] = device
            gpf = device.store.get(hubs.GPF) or device.eui
            station: Any = HubStation(device, gpf, self._random, credentials)
            station.reveal = self._reveal
        else:
            self.meters[device.eui] = device
            station = stations.make(device, self._random, credentials[0])
            if self._reveal is not None:
                self._reveal("install code's key", device.eui, device.install_key())
        self.stations[device.eui] = station
        if is_hub:
            self._places[device.eui] = device.eui
            was_on = True
        self._exchanges.pop(device.eui, None)
        if was_on:
            self.switch_on(device.eui, self._places[device.eui])

    def add_remote(self, station: RemoteStation) -> RemoteMeter:
        """Adds a meter at the far end of a link."""
        self.stations[station.eui] = station
        meter = self.meters[station.eui] = RemoteMeter(station)
        return meter

    def restart(self, eui: bytes) -> Any:
        """Restarts a meter at the far end of a link from its store."""
        station = self.stations[eui]
        self.air.take(station)
        self._exchanges.pop(eui, None)
        station.restart(self.now)
        if eui in self._places:
            self.air.put(station, self._places[eui])
        return self.meters[eui]

    def switch_on(self, eui: bytes, hub: bytes) -> None:
        """Moves a device to the place of a hub and switches it on."""
        station = self.stations[eui]
        self._places[eui] = hub
        self.air.take(station)
        station.power_on(self.now)
        self.air.put(station, hub)

    def switch_off(self, eui: bytes) -> None:
        """Switches a device off; its store keeps its entries."""
        station = self.stations[eui]
        self.air.take(station)
        station.power_off()
        self._places.pop(eui, None)

    def hub_near(self, eui: bytes) -> Any:
        """The station of the hub at a device's place. Raises KeyError for one that is off."""
        return self.stations[self._places[eui]]

    # Joining

    def attempt(self, meter: Any, hub: Any, now: int) -> Joining:
        """Switches a meter on near a hub; the result of joining within three minutes."""
        if meter.eui in self.dead:
            return Joining("", "the meter does not answer")
        station = self.stations[meter.eui]
        centre = self.stations[hub.eui]
        centre.refused.pop(meter.eui, None)
        centre.let_in.pop(meter.eui, None)
        self.switch_on(meter.eui, hub.eui)

        problems: list[str] = []

        def is_served() -> bool:
            """Who takes no messages has no tunnel: its link key is all that is agreed on."""
            if not kind_rows.find(meter.kind).takes_messages:
                return centre.link_key(meter.eui) is not None
            return meter.eui in centre.tunnels

        def is_done() -> bool:
            if station.phase == RESTING:  # it tries again in a minute
                problems.append(station.problem)
                can_help = meter.is_joined() or hub.log.is_joining(self.now)
                return not can_help or bool(self._hindrance(meter, hub))
            return station.phase == JOINED and is_served()

        self.air.run(self.now + _JOIN_MS, is_done)
        if station.phase == JOINED and is_served():
            return Joining(centre.let_in.get(meter.eui, ""), "")
        why = self._hindrance(meter, hub) or "".join(problems[:1]) or station.problem
        return Joining("", why or "no tunnel was opened")

    def _hindrance(self, meter: Any, hub: Any) -> str:
        """Why a meter cannot join, however often it tries; "" where it may."""
        if meter.is_joined() and meter.network() != hub.log.extended_pan_id:
            return "the meter looks for network %s" % meter.network().hex().upper()
        refused: str = self.stations[hub.eui].refused.get(meter.eui, "")
        return refused

    # Messages

    def deliver(self, hub: Any, octets: bytes, recipient: bytes, now: int) -> "bytes | None":
        """Carries a message to the hub itself, or through it to a meter; the answer, or None.

        A GSME has an hour to answer, since it sleeps; any other device two minutes. A message not
        delivered by then is withdrawn, so that it is not carried out later.
        """
        if hub.eui in self.dead:
            return None
        centre = self.stations[hub.eui]
        if recipient == hub.eui:
            answer: bytes | None = centre.receive_command(octets, self.now)
            self.air.touch(centre)
            return answer
        try:
            return self._carry(centre, octets, recipient)
        except BaseException:  # a power cut
            self._give_up(centre, recipient)
            raise

    def _carry(self, centre: Any, octets: bytes, recipient: bytes) -> "bytes | None":
        mark = _mark(octets)
        exchange = self._exchange(recipient)
        self.carried.append(octets)
        exchange.send(octets, self.now)
        if not self._push(centre, recipient, exchange):
            self._exchanges.pop(recipient, None)
            return None
        station = self.stations.get(recipient)
        is_sleepy = station is not None and station.is_sleepy
        wait = 2 * WAKE_S * 1000 + _ANSWER_MS if is_sleepy else _ANSWER_MS
        end = self.now + wait
        while self.now < end:
            self.air.run(min(self.now + _SLICE_MS, end), lambda: bool(self._heard))
            due = exchange.next_timer()
            if due is not None and self.now >= due:
                exchange.handle_timer(self.now)
            answer = self._sort(mark)
            self._push(centre, recipient, exchange)
            if answer is not None:
                return answer
        self._give_up(centre, recipient)
        return None

    def _give_up(self, centre: Any, recipient: bytes) -> None:
        centre.withdraw(recipient)
        self._exchanges.pop(recipient, None)

    def _exchange(self, eui: bytes) -> BlockExchange:
        return self._exchanges.setdefault(eui, BlockExchange())

    def _push(self, centre: Any, eui: bytes, exchange: BlockExchange) -> bool:
        """Hands the hub the blocks for a device; False where the hub refuses one."""
        while True:
            octets = exchange.next(self.now)
            if octets is None:
                self.air.touch(centre)
                return True
            if not centre.deliver(octets, eui, self.now):
                return False

    def _after(self, station: Any) -> None:
        """Takes the octets that a hub has for the WAN."""
        if isinstance(station, HubStation) and station.upstream:
            self._heard += station.upstream
            station.upstream.clear()

    def _sort(self, mark: "tuple[bytes, int] | None") -> "bytes | None":
        """Assembles received blocks; the awaited answer, if it came; other messages are kept."""
        answer = None
        heard, self._heard = self._heard, []
        for eui, piece in heard:
            whole = self._exchange(eui).receive(piece, self.now)
            if whole is None:
                continue
            self.carried.append(whole)
            if answer is None and mark is not None and _answers(whole) == mark:
                answer = whole
            else:
                self._unasked.append(whole)
        return answer

    def unasked(self, *euis: "bytes | None") -> "list[bytes]":
        """The alerts of devices and late answers, which are removed."""
        self._sort(None)
        out, self._unasked = self._unasked, []
        for eui in euis:
            device = self.hubs.get(eui or b"")
            if device is not None:
                out += device.outbox
                device.outbox.clear()
        return out


def _mark(octets: bytes) -> "tuple[bytes, int] | None":
    """The originator and counter that the answer to a command has."""
    try:
        m = message.decode(octets)
    except DecodeError:
        return None
    return m.recipient, m.counter


def _answers(octets: bytes) -> "tuple[bytes, int] | None":
    try:
        m = message.decode(octets)
    except DecodeError:
        return None
    return (m.originator, m.counter) if m.kind == "response" else None
