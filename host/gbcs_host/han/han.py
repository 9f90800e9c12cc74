"""A home area network without radio: meters join hubs by their keys, hubs carry messages.

It simulates which device has which key at which time, without frames; `gbcs_host.han.zigbee` has
the same methods and puts frames on the air. A meter without a network joins by the key of its
install code. A meter with a network rejoins only that one and proves its link key, of which the
hub has the key itself or its hash (trust centre swap-out).

Sources: GBCS CCS01; ZigBee Smart Energy 5.4.2.2.3; SECMP0013 impact assessment, 2.6.
"""

from typing import Any

from gbcs import devicelog
from gbcs.errors import GbcsError
from gbcs_device.base import kind_rows


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

    A device in `dead` answers nothing. `now` is milliseconds since 2000.
    """

    def __init__(self, now: int, random: Any) -> None:
        self.now = now
        self.hubs: dict[bytes, Any] = {}
        self.meters: dict[bytes, Any] = {}
        self.stations: dict[bytes, Any] = {}  # none without radio
        self.dead: set[bytes] = set()
        self._random = random

    def pass_time(self, milliseconds: int) -> None:
        """Moves the clock and calls the timers of devices that are due on the way."""
        end = self.now + milliseconds
        while True:
            devices = [*self.hubs.values(), *self.meters.values()]
            timers = [
                (at, device.eui, device)
                for device in devices
                if device.eui not in self.dead and (at := device.next_timer()) is not None
            ]
            at, _, device = min(timers, default=(end + 1, b"", None))
            if device is None or at > end:
                break
            self.now = max(self.now, at)
            device.handle_timer(self.now)
        self.now = end

    def add(self, device: Any) -> None:
        """A new device, or one that begins anew with what its store has."""
        where = self.hubs if kind_rows.find(device.kind).is_hub else self.meters
        where[device.eui] = device

    def unasked(self, *euis: "bytes | None") -> "list[bytes]":
        """The alerts that these devices have sent, which are removed from their outboxes."""
        out: list[bytes] = []
        for eui in euis:
            device = self.hubs.get(eui or b"") or self.meters.get(eui or b"")
            if device is not None:
                out += device.outbox
                device.outbox.clear()
        return out

    def attempt(self, meter: Any, hub: Any, now: int) -> Joining:
        """The meter tries to join the hub, or to rejoin it."""
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
        try:
            answer: bytes | None = device.receive(octets, now)
        except GbcsError:
            return None
        return answer
