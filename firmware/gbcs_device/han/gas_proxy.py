"""The clusters that a hub serves to displays: the gas meter's mirror, the GPF, the time.

A GSME reports to a mirror, an endpoint of its own; the answer to a complete report says whether
messages wait for the meter. Displays read the mirror and the GPF's endpoint, and get changes
published. After a restart mirrors are empty: the next answer asks the meter to report everything.

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
    from gbcs.zigbee.cbke import Credentials
    from gbcs_device.clusters.mirror import Gpf
    from gbcs_device.clusters.subscribers import Displays
    from gbcs_device.interfaces import Random
    from gbcs_device.usecases.chf import Hub

ENDPOINT = const(1)
NEXT = "gpf/next/"  # of the store: what the GPF is to take up later
_FIRST_MIRROR = const(2)
GPF_ENDPOINT = const(32)  # mirrors, of sixteen devices at most, stand below
_ESI = const(0x0500)
_COMMUNICATIONS = const(0x0508)
_METERING_DEVICE = const(0x0501)
_MAX_ATTRIBUTES = const(192)
_LONGEST_VALUE = const(64)  # octets, its type included
_MIRROR_OWNERS = (1, None)  # numbers of CCS01: a GSME; a restored log may have none
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

    def __init__(
        self, hub: "Hub", eui: bytes, random: "Random", credentials: "list[Credentials]"
    ) -> None:
        super().__init__(hub, eui, random, credentials)
        self.mirrors: dict[bytes, dict[int, bytes]] = {}
        self._emptied: set[bytes] = set()  # whose mirror's content a restart has taken
        servers = (0x0000, TIME, KEEP_ALIVE, TUNNELING, KEY_ESTABLISHMENT)
        clients = (METERING, TUNNELING, KEY_ESTABLISHMENT)
        self.endpoints = {
            ENDPOINT: (_COMMUNICATIONS, servers, clients),
            GPF_ENDPOINT: (_ESI, _GPF_SERVERS, ()),
        }
        self._gpf: Gpf | None = None
        self._displays: Displays | None = None

    @property
    def gpf(self) -> "Gpf":
        """The GPF's knowledge of the gas meter."""
        if self._gpf is None:
            from gbcs_device.clusters.mirror import Gpf

            self._gpf = Gpf(self)
        return self._gpf

    def power_on(self, now: int) -> None:
        """Starts with each mirror at the endpoint that it had, and empty."""
        super().power_on(now)
        for eui, child in self.children.items():
            if child.mirror:
                self.endpoints[child.mirror] = (_METERING_DEVICE, _MIRRORED, ())
                self.mirrors[eui] = {}
                self._emptied.add(eui)
        self._gpf = None
        if self.store.names(NEXT):
            self.gpf.take_up(now)

    def power_off(self) -> None:
        """Stops, and forgets which displays followed."""
        super().power_off()
        self._displays = None

    def forget(self, eui: bytes) -> None:
        """Removes a device with its mirror."""
        self.mirrors.pop(eui, None)
        child = self.children.get(eui)
        if child is not None:
            self.endpoints.pop(child.mirror, None)
        super().forget(eui)

    def waiting(self, eui: bytes) -> int:
        """How many messages wait for a device."""
        return 0

    def next_timer(self) -> "int | None":
        """When `handle_timer` is to be called, or None."""
        earliest = super().next_timer()
        at = None if self._gpf is None else self._gpf.next_timer()
        return at if earliest is None or (at is not None and at < earliest) else earliest

    def serve(self, now: int) -> None:
        """Brings into force what the GPF has for now."""
        due = None if self._gpf is None else self._gpf.next_timer()
        if due is not None and now >= due:
            self.gpf.take_up(now)
            self.put_off(self.follow)

    def from_cluster(
        self, cluster: int, control: int, command: int, payload: bytes, frame: aps.Frame,
        sequence: int, sender: bytes, now: int,
    ) -> bool:  # fmt: skip
        """Handles a meter's mirror and a display's commands; the trust centre the others."""
        if cluster == METERING and control & FROM_SERVER:
            ends = (frame.source_endpoint or 0, frame.destination_endpoint or 0)
            return self._from_meter(command, payload, ends, sequence, sender, now)
        if cluster in SERVED and not control & FROM_SERVER:
            from gbcs_device.clusters import commands

            return commands.respond(
                self, self.gpf, control, command, payload, frame, sequence, sender, now
            )
        return super().from_cluster(
            cluster, control, command, payload, frame, sequence, sender, now
        )

    # Mirrors

    def _from_meter(
        self, command: int, payload: bytes, ends: "tuple[int, int]", sequence: int, sender: bytes,
        now: int,
    ) -> bool:  # fmt: skip
        child = self.children.get(sender)
        entry = self.hub.log.find(sender)
        if child is None or entry is None or entry.device_type not in _MIRROR_OWNERS:
            return False  # displays would be shown another's figures
        if command == ms.REQUEST_MIRROR:
            if not child.mirror:
                used = [meter.mirror for meter in self.children.values()]
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
        """Takes a meter's report to its mirror; a complete one is answered with the flags."""
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
            if len(value) > _LONGEST_VALUE:
                continue
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
            self.put_off(self.follow)

    # Displays

    def mirror(self) -> "dict[int, bytes]":
        """The attributes that the gas meter reported; of several meters, those of the first."""
        for eui in sorted(self.mirrors):
            return self.mirrors[eui]
        return {}

    def from_aps(
        self, frame: aps.Frame, payload: bytes, sender: bytes, how: int, now: int
    ) -> None:
        """Takes data; a display that asks a served cluster follows the GPF from then on."""
        super().from_aps(frame, payload, sender, how, now)
        if frame.cluster in SERVED and how == BY_LINK_KEY and sender not in self.mirrors:
            if self._displays is None:
                from gbcs_device.clusters.subscribers import Displays

                self._displays = Displays(self, self.gpf, GPF_ENDPOINT)
            self.put_off(self._displays.heard, sender, frame.source_endpoint or 0)

    def follow(self, now: int) -> None:
        """Publishes to displays what may have changed."""
        if self._displays is not None:
            self._displays.follow(now)

    # What the hub serves

    def attribute(
        self, cluster: int, identifier: int, now: int, endpoint: int = 0
    ) -> "bytes | None":
        """An attribute of Time, of Keep-Alive, of a mirror, or of the trust centre."""
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
