"""A home area network without radio: meters join hubs by their keys, hubs carry messages.

It simulates which device has which key at which time, without frames; `gbcs_host.han.zigbee` has
the same methods and puts frames on the air. A meter without a network joins by the key of its
install code. A meter with a network rejoins only that one and proves its link key, of which the
hub has the key itself or its hash (trust centre swap-out).

Sources: GBCS CCS01; ZigBee Smart Energy 5.4.2.2.3; SECMP0013 impact assessment, 2.6.
"""

from collections.abc import Callable
from typing import Any

from gbcs import devicelog
from gbcs.errors import GbcsError
from gbcs_device.base import kind_rows
from gbcs_host.han.events import Observers
from gbcs_host.han.pending import Pending, PendingAnswer, PendingJoin
from gbcs_host.han.schedule import Schedule


class Joining:
    """The result of an attempt to join: `by`, the key that was accepted, or `why` none was.

    It is true where the meter joined.
    """

    __slots__ = ("by", "why")

    def __init__(self, by: str, why: str) -> None:
        self.by = by
        self.why = why

    def __bool__(self) -> bool:
        return bool(self.by)


class Han:
    """Hubs and meters within radio range. `random(n)` gives `n` octets for new link keys.

    `observers` are told of messages and alerts. A device in `dead` answers nothing. `now` is
    milliseconds since 2000.
    """

    def __init__(self, now: int, random: Any, observers: "Observers | None" = None) -> None:
        self.now = now
        self.hubs: dict[bytes, Any] = {}
        self.meters: dict[bytes, Any] = {}
        self.stations: dict[bytes, Any] = {}  # none without radio
        self.dead: set[bytes] = set()
        self._random = random
        self._observers = Observers() if observers is None else observers
        self._schedule = Schedule(self._next_timer, self.dead)

    def pass_time(self, milliseconds: int, stop: "Callable[[], bool] | None" = None) -> None:
        """Moves the clock and calls the timers of devices that are due on the way.

        `stop` is not asked: nothing is under way that could end.
        """
        end = self.now + milliseconds
        while (due := self._schedule.pop(end)) is not None:
            at, eui = due
            self.now = max(self.now, at)
            device = self.device(eui)
            if device is not None:
                waiting = len(device.outbox)
                device.handle_timer(self.now)
                self._tell_alerts(device, waiting)
        self.now = end

    def _next_timer(self, eui: bytes) -> "int | None":
        device = self.device(eui)
        at: int | None = None if device is None else device.next_timer()
        return at

    def device(self, eui: "bytes | None") -> Any:
        """The hub or meter of this EUI-64, or None."""
        return self.hubs.get(eui or b"") or self.meters.get(eui or b"")

    def add(self, device: Any) -> None:
        """A new device, or one that begins anew with what its store has."""
        where = self.hubs if kind_rows.find(device.kind).is_hub else self.meters
        where[device.eui] = device
        self.touch(device.eui)

    def touch(self, eui: bytes) -> None:
        """Asks a device for its next timer again, after a caller has called or changed it."""
        self._schedule.changed(eui)

    def unasked(self, *euis: "bytes | None") -> "list[bytes]":
        """The alerts that these devices have sent, which are removed from their outboxes."""
        out: list[bytes] = []
        for eui in euis:
            device = self.device(eui)
            if device is not None:
                out += device.outbox
                device.outbox.clear()
        return out

    def attempt(self, meter: Any, hub: Any, now: int) -> Joining:
        """The meter tries to join the hub, or to rejoin it."""
        waiting = len(hub.outbox)
        joining = self._attempted(meter, hub, now)
        self._tell_alerts(hub, waiting)
        return joining

    def _attempted(self, meter: Any, hub: Any, now: int) -> Joining:
        if meter.eui in self.dead:
            return Joining("", "the meter does not answer")
        known = dict(hub.log.keys(meter.eui, now))
        if meter.is_joined():
            return self._come_back(meter, hub, known, now)
        key = meter.install_key()
        if hub.log.find(meter.eui) is None:
            return Joining("", "the hub's device log does not list the meter")
        if key is None or known.get(devicelog.INSTALL_CODE_KEY) != key:
            return Joining("", "the hub does not take the install code's key now")
        self._agree(meter, hub, now)
        return Joining(devicelog.INSTALL_CODE_KEY, "")

    def _come_back(self, meter: Any, hub: Any, known: "dict[str, bytes]", now: int) -> Joining:
        if meter.network() != hub.log.extended_pan_id:
            return Joining("", "the meter looks for network %s" % meter.network().hex().upper())
        key = meter.link_key()
        if known.get(devicelog.LINK_KEY) == key:
            return Joining(devicelog.LINK_KEY, "")
        if known.get(devicelog.HISTORIC_KEY) == key:
            hub.returned(meter.eui, now)
            self.touch(hub.eui)
            return Joining(devicelog.HISTORIC_KEY, "")
        if known.get(devicelog.HASHED_KEY) == meter.crypto.aes_mmo(key):
            self._agree(meter, hub, now)
            return Joining(devicelog.HASHED_KEY, "")
        return Joining("", "the hub does not know the meter's link key")

    def _agree(self, meter: Any, hub: Any, now: int) -> None:
        """Key establishment: meter and hub get a new link key, and the hub logs its hash."""
        key = self._random(16)
        hub.established(meter.eui, key, now)
        meter.store.write(meter.agreed(hub.log.extended_pan_id, hub.eui, key))
        self.touch(hub.eui)
        self.touch(meter.eui)

    # What `gbcs_host.han.zigbee` begins, and is over as time passes, is over at once here

    def start_joining(self, meter: Any, hub: Any) -> PendingJoin:
        """The meter tries to join the hub."""
        pending = PendingJoin(meter.eui, hub.eui)
        pending.end_with(self.attempt(meter, hub, self.now))
        return pending

    def start(self, hub: Any, octets: bytes, recipient: bytes) -> PendingAnswer:
        """Hands a hub a message for itself or for a meter."""
        pending = PendingAnswer(octets, recipient)
        pending.end_with(self.deliver(hub, octets, recipient, self.now))
        return pending

    def under_way(self) -> "list[Pending]":
        """Nothing: all that is begun is over at once."""
        return []

    def run(self, pending: Pending) -> None:
        """Lets time pass until this is over, as everything is."""

    def give_up(self, pending: Pending) -> None:
        """Ends this without an answer; it is over."""

    def deliver(self, hub: Any, octets: bytes, recipient: bytes, now: int) -> "bytes | None":
        """Carries a message to the hub itself, or to a meter that shares its key and network.

        Gives the answer, or None where none came, for any reason.
        """
        if hub.eui in self.dead or recipient in self.dead:
            return None
        if recipient == hub.eui:
            return self._received(hub, octets, now)
        meter = self.meters.get(recipient)
        entry = hub.log.find(recipient)
        if meter is None or entry is None or entry.link_key is None:
            return None
        if meter.network() != hub.log.extended_pan_id or meter.link_key() != entry.link_key:
            return None
        return self._received(meter, octets, now)

    def _received(self, device: Any, octets: bytes, now: int) -> "bytes | None":
        self._observers.sent(now, octets, device.eui)
        self.touch(device.eui)
        waiting = len(device.outbox)
        try:
            answer: bytes | None = device.receive(octets, now)
        except GbcsError:
            answer = None
        if answer is not None:
            self._observers.received(now, answer, device.eui)
        self._tell_alerts(device, waiting)
        return answer

    def _tell_alerts(self, device: Any, waiting: int) -> None:
        """Tells of the alerts of a device behind so many that were waiting before."""
        for octets in device.outbox[waiting:]:
            self._observers.received(self.now, octets, device.eui)
