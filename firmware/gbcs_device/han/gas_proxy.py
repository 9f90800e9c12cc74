"""What a hub serves to displays: the gas meter's mirror, the GPF, the time.

A GSME reports to a mirror, an endpoint of its own; a complete report is answered with what waits
for the meter. Displays read the mirror and the GPF's endpoint, and are told what changes. What a
restart has taken of a mirror, the meter is asked for when it reports next.

Sources: GBCS 10.3; Smart Energy D.3.4 (mirrors), 5.4.2.2.3.3 (keep alive).
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.zcl.codes import (
    BASIC,
    CALENDAR,
    FROM_SERVER,
    KEEP_ALIVE,
    KEY_ESTABLISHMENT,
    MANAGEMENT,
    MESSAGING,
    METERING,
    NO_DEFAULT,
    PREPAYMENT,
    PRICE,
    REPORT,
    SERVED,
    SPECIFIC,
    TIME,
    TUNNELING,
)
from gbcs.zigbee import aps
from gbcs.zigbee.apslayer import BY_LINK_KEY
from gbcs_device.han import meter as ms
from gbcs_device.han.trust_centre import TrustCentre

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

ENDPOINT = const(1)
NEXT = "gpf/next/"  # of the store: what the GPF is to take up later
_FIRST_MIRROR = const(2)
GPF_ENDPOINT = const(32)  # mirrors, of sixteen devices at most, stand below
_ESI = const(0x0500)
_COMMUNICATIONS = const(0x0508)
_METERING_DEVICE = const(0x0501)
_MAX_ATTRIBUTES = const(192)
_GPF_SERVERS = (
    0x0000, PRICE, MESSAGING, PREPAYMENT, CALENDAR, MANAGEMENT,
)  # fmt: skip
_MIRRORED = (0x0000, METERING, PREPAYMENT)
_REPORTED = (METERING, PRICE, PREPAYMENT)
_KEEP_ALIVE_MIN = const(10)
_KEEP_ALIVE_JITTER_S = const(300)


class GpfStation(TrustCentre):
    """`mirrors` are what meters reported, type and octets by attribute, by EUI-64: attributes of
    Metering by identifier, others with the cluster before it.
    """

    def __init__(self, hub: "Any", eui: bytes, random: "Any", credentials: "list[Any]") -> None:
        super().__init__(hub, eui, random, credentials)
        self.mirrors: dict[bytes, dict[int, bytes]] = {}
        self._emptied: set[bytes] = set()  # whose mirror's content a restart has taken
        servers = (0x0000, TIME, KEEP_ALIVE, TUNNELING, KEY_ESTABLISHMENT)
        clients = (METERING, TUNNELING, KEY_ESTABLISHMENT)
        self.endpoints = {
            ENDPOINT: (_COMMUNICATIONS, servers, clients),
            GPF_ENDPOINT: (_ESI, _GPF_SERVERS, ()),
        }
        self._gpf: Any = None
        self._displays: Any = None

    @property
    def gpf(self) -> "Any":
        """What the hub knows of the gas meter: gbcs_device.clusters.mirror.Gpf."""
        if self._gpf is None:
            from gbcs_device.clusters.mirror import Gpf

            self._gpf = Gpf(self)
        return self._gpf

    def power_on(self, now: int) -> None:
        """Mirrors are where they were."""
        super().power_on(now)
        for eui, one in self.children.items():
            if one.mirror:
                self.endpoints[one.mirror] = (_METERING_DEVICE, _MIRRORED, ())
                self.mirrors[eui] = {}
                self._emptied.add(eui)
        self._gpf = None
        if self.store.names(NEXT):
            self.gpf.take_up(now)

    def power_off(self) -> None:
        """Who followed is not known any more."""
        super().power_off()
        self._displays = None

    def forget(self, eui: bytes) -> None:
        """Its mirror goes with it."""
        self.mirrors.pop(eui, None)
        one = self.children.get(eui)
        if one is not None:
            self.endpoints.pop(one.mirror, None)
        super().forget(eui)

    def waiting(self, eui: bytes) -> int:
        """How many messages wait for a device."""
        return 0

    def next_timer(self) -> "int | None":
        """When `handle_timer` is to be called, or None."""
        found = super().next_timer()
        at = None if self._gpf is None else self._gpf.next_timer()
        return at if found is None or (at is not None and at < found) else found

    def handle_timer(self, now: int) -> None:
        """Does what is due, of the GPF too."""
        due = None if self._gpf is None else self._gpf.next_timer()
        if due is not None and now >= due:
            self.gpf.take_up(now)
            self.follow(now)
        super().handle_timer(now)

    def from_cluster(
        self, cluster: int, control: int, command: int, payload: bytes, one: aps.Frame,
        sequence: int, sender: bytes, now: int,
    ) -> bool:  # fmt: skip
        """What a meter says to its mirror, what a display asks; the rest is the trust centre's."""
        if cluster == METERING and control & FROM_SERVER:
            ends = (one.source_endpoint or 0, one.destination_endpoint or 0)
            return self._from_meter(command, payload, ends, sequence, sender, now)
        if cluster in SERVED and not control & FROM_SERVER:
            from gbcs_device.clusters import commands

            return commands.respond(
                self, self.gpf, control, command, payload, one, sequence, sender, now
            )
        return super().from_cluster(cluster, control, command, payload, one, sequence, sender, now)

    # Mirrors

    def _from_meter(
        self, command: int, payload: bytes, ends: "tuple[int, int]", sequence: int, sender: bytes,
        now: int,
    ) -> bool:  # fmt: skip
        child = self.children.get(sender)
        if child is None:
            return False
        if command == ms.REQUEST_MIRROR:
            if not child.mirror:
                used = [one.mirror for one in self.children.values()]
                child.mirror = _FIRST_MIRROR
                while child.mirror in used:
                    child.mirror += 1
                self.keep_children()
            self.endpoints[child.mirror] = (_METERING_DEVICE, _MIRRORED, ())
            self.mirrors.setdefault(sender, {})
            answer = child.mirror.to_bytes(2, "little")
            self._to_meter(sender, ends, ms.MIRROR_RESPONSE, answer, now, sequence)
            return True
        return command == ms.CONFIGURE_MIRROR and len(payload) == 9

    def _to_meter(
        self, eui: bytes, ends: "tuple[int, int]", command: int, payload: bytes, now: int,
        sequence: "int | None" = None,
    ) -> None:  # fmt: skip
        control = SPECIFIC | NO_DEFAULT
        self.zcl(eui, ends, METERING, control, command, payload, now, sequence)

    def from_attributes(
        self, cluster: int, values: "dict[int, bytes]", endpoint: int, sender: bytes,
        command: int, now: int,
    ) -> None:  # fmt: skip
        """What a meter reports to its mirror; a complete report is answered with what waits."""
        mirror = self.mirrors.get(sender)
        child = self.children.get(sender)
        if command != REPORT or mirror is None or child is None or endpoint != child.mirror:
            return
        if cluster not in _REPORTED:
            return
        from gbcs_device.clusters import attributes

        complete = values.pop(ms.REPORTING_STATUS, b"")
        for identifier, value in values.items():
            key = identifier if cluster == METERING else cluster << 16 | identifier
            row = attributes.row(cluster, identifier, attributes.GAS)
            if row is not None and value[:1] != bytes((row[6],)):
                continue  # of another type than the standard's
            if key in mirror or len(mirror) < _MAX_ATTRIBUTES:
                mirror[key] = value
        if complete == ms.COMPLETE:
            flags = ms.MESSAGE_PENDING if self.waiting(sender) else 0
            if sender in self._emptied:  # it was told to a mirror that is gone
                self._emptied.discard(sender)
                flags |= ms.PUSH_ALL
            body = bytes((ms.SCHEME_B,)) + flags.to_bytes(4, "little") + bytes(16)
            ends = (ENDPOINT, child.mirror)
            self._to_meter(sender, ends, ms.MIRROR_REPORT_RESPONSE, body, now)
            self.follow(now)

    # Displays

    def mirror(self) -> "dict[int, bytes]":
        """What the gas meter reported; of several, the first that has a mirror."""
        for eui in sorted(self.mirrors):
            return self.mirrors[eui]
        return {}

    def from_aps(self, one: aps.Frame, payload: bytes, sender: bytes, how: int, now: int) -> None:
        """Who asks a served cluster follows the GPF from then on."""
        super().from_aps(one, payload, sender, how, now)
        if one.cluster in SERVED and how == BY_LINK_KEY and sender not in self.mirrors:
            if self._displays is None:
                from gbcs_device.clusters.subscribers import Displays

                self._displays = Displays(self, self.gpf, GPF_ENDPOINT)
            self._displays.heard(sender, one.source_endpoint or 0, now)

    def follow(self, now: int) -> None:
        """Something may have changed: displays are told."""
        if self._displays is not None:
            self._displays.follow(now)

    # What the hub serves

    def attribute(
        self, cluster: int, identifier: int, now: int, endpoint: int = 0
    ) -> "bytes | None":
        """Time, keep-alive times, what a meter reported to its mirror; the trust centre's."""
        if cluster == TIME:
            from gbcs_device.clusters import time

            return time.attribute(identifier, now)
        if cluster == KEEP_ALIVE:
            if identifier == 0:
                return bytes((0x20, _KEEP_ALIVE_MIN))
            return (
                b"\x21" + _KEEP_ALIVE_JITTER_S.to_bytes(2, "little") if identifier == 1 else None
            )
        if endpoint >= _FIRST_MIRROR or cluster == BASIC:
            return self.gpf.attribute(cluster, identifier, now)
        return super().attribute(cluster, identifier, now, endpoint)
