"""Home area networks on the air: hubs and meters as ZigBee stations, messages through tunnels.

It has the methods of `han.Han`, which has no radio and no frames. Each hub has a place of its own;
a meter has no place until it is switched on near a hub. Long messages are sent in blocks, which
the head end behind the hub splits and assembles.

Sources: GBCS 7.2.11 (blocks), 10.2.2 (tunnels); ZigBee Smart Energy 5.4.2.2.3 (rejoining).
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from gbcs import message
from gbcs.blocks.exchange import BlockExchange
from gbcs.errors import DecodeError
from gbcs_device.base import kind_rows
from gbcs_device.devices import stations
from gbcs_device.han.credentials import load
from gbcs_device.han.hub import HubStation
from gbcs_device.han.meter import WAKE_S
from gbcs_device.usecases import chf as hubs
from gbcs_host.han.air import Air
from gbcs_host.han.attempts import JOIN_MS, Attempt
from gbcs_host.han.events import Observers
from gbcs_host.han.han import Joining
from gbcs_host.han.pending import Pending, PendingAnswer, PendingJoin
from gbcs_host.han.remote import RemoteMeter, RemoteStation

_ANSWER_MS = 120_000
_LONG_MS = 3_600_000


class ZigbeeHan:
    """Hubs and meters, and the air between them. `random(n)` gives `n` octets.

    `watch(octets, us)` is called for every frame, `reveal(label, eui, key)` for every key, as
    captures need them; `faults` is as in `Air`; `observers` are told of frames, messages and
    alerts. A device in `dead` answers nothing.
    """

    def __init__(
        self,
        now: int,
        random: Any,
        watch: "Callable[[bytes, int], None] | None" = None,
        reveal: "Callable[[str, bytes, bytes], None] | None" = None,
        faults: Any = None,
        observers: "Observers | None" = None,
    ) -> None:
        self.hubs: dict[bytes, Any] = {}
        self.meters: dict[bytes, Any] = {}
        self.stations: dict[bytes, Any] = {}
        self.dead: set[bytes] = set()
        self._observers = Observers() if observers is None else observers
        self.air = Air(now, watch, faults, self._after, self._observers)
        self._random = random
        self.reveal = reveal
        self._places: dict[bytes, bytes] = {}  # where a meter is: the EUI-64 of a hub
        self._exchanges: dict[bytes, BlockExchange] = {}
        self._heard: list[tuple[bytes, bytes, bytes]] = []  # by which hub, from whom, octets
        self._timed: dict[bytes, tuple[bytes, BlockExchange]] = {}  # that wait for blocks
        self._open: dict[bytes, deque[tuple[bytes, PendingAnswer]]] = {}  # by recipient
        self._attempts: dict[bytes, Attempt] = {}  # to join, by meter
        self._waiting: dict[bytes, int] = {}  # alerts in the outboxes of hubs
        self._unasked: list[bytes] = []
        self._changed: dict[bytes, None] = {}  # whose stores were written

    @property
    def now(self) -> int:
        """Milliseconds since 2000."""
        return self.air.now

    def pass_time(self, milliseconds: int, stop: "Callable[[], bool] | None" = None) -> None:
        """Lets time pass, or until `stop()`, for all stations and all that is under way."""
        changed, self._changed = self._changed, {}
        for eui in changed:
            if eui in self.stations:
                self.air.touch(self.stations[eui])
        self._run(self.now + milliseconds, stop)

    def touch(self, eui: bytes) -> None:
        """Asks a device for its next timer again, after a caller has changed it."""
        self._changed[eui] = None

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
            station.reveal = self.reveal
        else:
            self.meters[device.eui] = device
            station = stations.make(device, self._random, credentials[0])
            if self.reveal is not None:
                self.reveal("install code's key", device.eui, device.install_key())
        self.stations[device.eui] = station
        if is_hub:
            self._places[device.eui] = device.eui
            was_on = True
        self._exchanges.pop(device.eui, None)
        if was_on:
            self.switch_on(device.eui, self._places[device.eui])

    def capture(self, watch: Any, reveal: Any) -> None:
        """Calls these from now on, `reveal` at once for the keys in use; None: nobody."""
        self.air.watch = watch
        self.reveal = reveal
        for eui in self.hubs:
            self.stations[eui].reveal = reveal
        if reveal is not None:
            for key in self._keys_in_use():
                reveal(*key)

    def _keys_in_use(self) -> "Iterator[tuple[str, bytes, bytes]]":
        """The keys in use, as `reveal` is called with them: of networks, links, install codes."""
        for station in self.stations.values():
            if not isinstance(station, HubStation):
                yield "install code's key", station.eui, self.meters[station.eui].install_key()
                continue
            for key in station.nwk.keys.values():
                yield "network key", station.nwk.extended_pan_id, key
            for eui in station.children:
                link_key = station.link_key(eui)
                if link_key is not None:
                    yield "link key", eui, link_key

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

    def is_on(self, eui: bytes) -> bool:
        """Whether a device is switched on near a hub."""
        return eui in self._places

    def hub_near(self, eui: bytes) -> Any:
        """The station of the hub at a device's place. Raises KeyError for one that is off."""
        return self.stations[self._places[eui]]

    # Joining

    def attempt(self, meter: Any, hub: Any, now: int) -> Joining:
        """Switches a meter on near a hub; the result of joining within three minutes."""
        pending = self.start_joining(meter, hub)
        self.run(pending)
        joining: Joining = pending.joining
        return joining

    def start_joining(self, meter: Any, hub: Any) -> PendingJoin:
        """Switches a meter on near a hub, where it tries to join as time passes."""
        eui = meter.eui
        pending = PendingJoin(eui, hub.eui)
        if eui in self.dead:
            pending.end_with(Joining("", "the meter does not answer"))
            return pending
        if eui in self._attempts:
            self._end_attempt(eui, Joining("", "the meter was switched on again"))
        centre = self.stations[hub.eui]
        centre.refused.pop(eui, None)
        centre.let_in.pop(eui, None)
        self.switch_on(eui, hub.eui)
        pending.deadline = self.now + JOIN_MS
        self._attempts[eui] = Attempt(pending, meter, hub, self.stations[eui], centre)
        return pending

    def _end_attempt(self, eui: bytes, joining: "Joining | None" = None) -> None:
        attempt = self._attempts.pop(eui)
        attempt.pending.end_with(attempt.joining() if joining is None else joining)

    # Messages

    def deliver(self, hub: Any, octets: bytes, recipient: bytes, now: int) -> "bytes | None":
        """Carries a message to the hub itself, or through it to a meter; the answer, or None.

        A message that is not answered in time is withdrawn, so that it is not carried out later.
        """
        pending = self.start(hub, octets, recipient)
        self.run(pending)
        return pending.answer

    def start(self, hub: Any, octets: bytes, recipient: bytes) -> PendingAnswer:
        """Hands a hub a message for itself or for a meter, which answers as time passes.

        Of several messages for one device the hub is handed the next when the one before is over.
        From then on a GSME has an hour to answer, since it sleeps; any other device two minutes.
        """
        pending = PendingAnswer(octets, recipient)
        if hub.eui in self.dead:
            pending.end()
            return pending
        if recipient == hub.eui:
            centre = self.stations[hub.eui]
            self._observers.sent(self.now, octets, recipient)
            answer: bytes | None = centre.receive_command(octets, self.now)
            self.air.touch(centre)
            if answer is not None:
                self._observers.received(self.now, answer, recipient)
            self._tell_alerts(hub)
            pending.end_with(answer)
            return pending
        self._open.setdefault(recipient, deque()).append((hub.eui, pending))
        try:
            self._hand_over(recipient)
        except BaseException:  # a power cut
            pending.abandon()
            self.give_up(pending)
            raise
        return pending

    def run(self, pending: Pending) -> None:
        """Lets time pass until this is over. Where a device raises, it is given up."""
        try:
            while not pending.is_over:
                self._run(self.now + _LONG_MS, lambda: pending.is_over)
        except BaseException:  # a power cut
            pending.abandon()
            self.give_up(pending)
            raise

    def give_up(self, pending: Any) -> None:
        """Ends this without an answer, and withdraws its message."""
        for eui, queue in list(self._open.items()):
            for entry in queue:
                if entry[1] is not pending:
                    continue
                if entry is queue[0] and pending.deadline is not None:
                    self._withdraw(eui)
                else:
                    queue.remove(entry)
                    pending.end()
                return
        for eui, attempt in list(self._attempts.items()):
            if attempt.pending is pending:  # the meter may not even answer a question
                self._end_attempt(eui, Joining("", "it was given up"))

    def under_way(self) -> "list[Pending]":
        """What has been begun and is not over, by device."""
        messages = [entry[1] for queue in self._open.values() for entry in queue]
        return [*messages, *[attempt.pending for attempt in self._attempts.values()]]

    def _hand_over(self, recipient: bytes) -> None:
        """Hands the hub the first message for a device, unless it has it already."""
        while queue := self._open.get(recipient):
            hub, pending = queue[0]
            if pending.deadline is not None:
                return
            station = self.stations.get(recipient)
            is_sleepy = station is not None and station.is_sleepy
            wait = 2 * WAKE_S * 1000 + _ANSWER_MS if is_sleepy else _ANSWER_MS
            pending.deadline = self.now + wait
            self._observers.sent(self.now, pending.octets, recipient)
            self._exchange(recipient).send(pending.octets, self.now)
            if self._push(hub, recipient):
                return
            self._exchanges.pop(recipient, None)
            self._end_first(recipient, None)

    def _end_first(self, recipient: bytes, answer: "bytes | None") -> None:
        queue = self._open[recipient]
        _, pending = queue.popleft()
        if not queue:
            del self._open[recipient]
        pending.end_with(answer)

    def _go_on(self, recipient: bytes, answer: "bytes | None") -> None:
        """Ends the first message for a device; hands over the next, whatever callbacks raise."""
        try:
            self._end_first(recipient, answer)
        finally:
            self._hand_over(recipient)

    def _withdraw(self, recipient: bytes) -> None:
        """Ends the first message for a device, which is not to get it any more."""
        hub, _ = self._open[recipient][0]
        self.stations[hub].withdraw(recipient)
        self._exchanges.pop(recipient, None)
        self._timed.pop(recipient, None)
        self._go_on(recipient, None)

    def _exchange(self, eui: bytes) -> BlockExchange:
        exchange = self._exchanges.get(eui)
        if exchange is None:
            exchange = self._exchanges[eui] = BlockExchange()
        return exchange

    def _push(self, hub: bytes, eui: bytes) -> bool:
        """Hands the hub the blocks for a device; False where the hub refuses one."""
        centre = self.stations[hub]
        exchange = self._exchange(eui)
        while True:
            octets = exchange.next(self.now)
            if octets is None:
                self.air.touch(centre)
                return True
            if not centre.deliver(octets, eui, self.now):
                return False

    # Time

    def _run(self, end: int, stop: "Callable[[], bool] | None" = None) -> None:
        """Lets time pass until `end`, or until `stop()`, and moves on what is under way."""
        while True:
            due = self._next_due(end)
            is_roused = self.air.run(max(due, self.now), self._is_roused)
            self._move_on()
            if stop is not None and stop():
                return
            if not is_roused and self.now >= end:
                return

    def _next_due(self, end: int) -> int:
        """When something under way is due, or `end` where that is before."""
        for _, exchange in self._timed.values():
            due = exchange.next_timer()
            if due is not None and due < end:
                end = due
        for queue in self._open.values():
            due = queue[0][1].deadline
            if due is not None and due < end:
                end = due
        for attempt in self._attempts.values():
            due = attempt.pending.deadline
            if due is not None and due < end:
                end = due
        return end

    def _is_roused(self) -> bool:
        """Whether a hub has something for the WAN, or an attempt to join is decided."""
        if self._heard:
            return True
        if not self._attempts:
            return False
        now = self.now
        return any(attempt.is_decided(now) for attempt in self._attempts.values())

    def _move_on(self) -> None:
        """Takes what hubs have for the WAN, and ends what is answered, decided or due."""
        self._sort()
        now = self.now
        for eui, (hub, exchange) in list(self._timed.items()):
            due = exchange.next_timer()
            if due is not None and due <= now:
                exchange.handle_timer(now)
                self._note_timer(hub, eui, exchange)
                self._push(hub, eui)
        for eui, queue in list(self._open.items()):
            deadline = queue[0][1].deadline if queue else None
            if deadline is not None and deadline <= now:
                self._withdraw(eui)
        for eui, attempt in list(self._attempts.items()):
            deadline = attempt.pending.deadline
            if attempt.is_decided(now) or (deadline is not None and deadline <= now):
                self._end_attempt(eui)

    def _after(self, station: Any) -> None:
        """Takes the octets that a hub has for the WAN."""
        is_hub = isinstance(station, HubStation)
        if is_hub:
            hub = station.hub
            if station.upstream:
                self._heard += [(hub.eui, eui, octets) for eui, octets in station.upstream]
                station.upstream.clear()
            self._tell_alerts(hub)
        if self._changed:
            eui = station.hub.eui if is_hub else getattr(station, "eui", b"")  # of an attacker
            if eui in self._changed:
                del self._changed[eui]
                if not self.air.is_asked:
                    self.air.touch(station)

    def _tell_alerts(self, hub: Any) -> None:
        """Tells of the hub's own alerts that came since it was last asked."""
        waiting = len(hub.outbox)
        if waiting != self._waiting.get(hub.eui, 0):
            for octets in hub.outbox[self._waiting.get(hub.eui, 0) :]:
                self._observers.received(self.now, octets, hub.eui)
            self._waiting[hub.eui] = waiting

    def _sort(self) -> None:
        """Takes received blocks one after another, those that come meanwhile at the next call.

        A callback may raise; what is left then is taken at the next call.
        """
        heard, self._heard = self._heard, []
        try:
            while heard:
                self._take(*heard.pop(0))
        finally:
            self._heard[:0] = heard

    def _take(self, hub: bytes, eui: bytes, piece: bytes) -> None:
        """Assembles a received block; an awaited answer ends its command, others are kept."""
        exchange = self._exchange(eui)
        whole = exchange.receive(piece, self.now)
        self._note_timer(hub, eui, exchange)
        self._push(hub, eui)
        if whole is None:
            return
        self._observers.received(self.now, whole, eui)
        answered = _answered(whole)
        queue = None if answered is None else self._open.get(answered[0])
        if answered is None or not queue or queue[0][1].mark != answered:
            self._unasked.append(whole)
            return
        self._go_on(answered[0], whole)

    def _note_timer(self, hub: bytes, eui: bytes, exchange: BlockExchange) -> None:
        if exchange.next_timer() is None:
            self._timed.pop(eui, None)
        else:
            self._timed[eui] = (hub, exchange)

    def unasked(self, *euis: "bytes | None") -> "list[bytes]":
        """The alerts of devices and late answers, which are removed."""
        self._sort()
        out, self._unasked = self._unasked, []
        for eui in euis:
            device = self.hubs.get(eui or b"")
            if device is not None:
                out += device.outbox
                device.outbox.clear()
                self._waiting.pop(device.eui, None)
        return out


def _answered(octets: bytes) -> "tuple[bytes, int] | None":
    """The `mark` of the command that a response answers; None for any other message."""
    try:
        m = message.decode(octets)
    except DecodeError:
        return None
    return (m.originator, m.counter) if m.kind == "response" else None
