"""A meter on the air: its tunnel, and the clusters that it serves to displays.

An ESME serves a tunnel (`tunnel`), and messages come and go at any time. A GSME asks the hub for a
tunnel, and sleeps: every half hour it reports to its mirror, learns whether messages wait, gets
them (GET), sends its own (PUT), and sleeps again. Displays read an ESME itself, under a partner
link key, and a GSME at its mirror. An ESME serves only devices of its own device log: a PPMID may
act, others read. A GSME serves only the GPF.

Sources: Smart Energy D.6 (tunnelling), D.3.4 (mirrors); GBCS 10.2.2, 10.3.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.zcl.codes import (
    BASIC,
    FROM_SERVER,
    KEY_ESTABLISHMENT,
    METERING,
    NO_DEFAULT,
    NOT_AUTHORISED,
    REPORT,
    SERVED,
    SPECIFIC,
    TUNNELING,
)
from gbcs.zigbee import aps, commands
from gbcs.zigbee.apslayer import BY_LINK_KEY
from gbcs_device.base.kind_rows import find
from gbcs_device.base.names import attribute_name
from gbcs_device.base.partners import PPMID_TYPE, READERS, device_type
from gbcs_device.han.joining import COORDINATOR, JOINED
from gbcs_device.han.tunnel import (
    GB_HRGP,
    MAX_TRANSFER,
    NO_SUCH_TUNNEL,
    REQUEST_TUNNEL,
    SERVER_TRANSFER,
    SERVER_TRANSFER_ERROR,
    TRANSFER,
    TUNNEL_OK,
    TUNNEL_RESPONSE,
    TunnelServer,
)

if TYPE_CHECKING:
    from gbcs.zigbee.cbke import Credentials
    from gbcs_device.clusters.meter import MeterSource
    from gbcs_device.clusters.subscribers import Displays
    from gbcs_device.interfaces import OnDelivery, Random
    from gbcs_device.messages.device import Meter

# The first octet of a GSME's data in the tunnel: GBCS 10.2.2.3
GET, GET_RESPONSE, PUT = 1, 2, 3

# Commands and values of mirrors: Smart Energy D.3.4
REQUEST_MIRROR = const(0x01)
CONFIGURE_MIRROR = const(0x08)
MIRROR_RESPONSE = const(0x01)
MIRROR_REPORT_RESPONSE = const(0x09)
NO_MIRROR = const(0xFFFF)
SCHEME_B = const(2)
MESSAGE_PENDING = 1 << 21  # of the functional notification flags
REPORTING_STATUS = const(0xFFFE)
COMPLETE = b"\x30\x01"
_REPORT_COMPLETE = b"\xfe\xff" + COMPLETE
PUSH_ALL = 0x7FC0  # of the functional notification flags: all historical and static data

WAKE_S = 1800
_AWAKE_MS = const(30000)  # the longest it stays awake for nothing
_AGAIN_MS = const(60000)  # after that it wakes again this soon
_MOST_AGAIN = const(5)  # times
_HALF_HOUR_MS = const(1800000)


class MeterStation(TunnelServer):
    """An ESME (`is_sleepy` False) or a GSME on the air. `wake_s` is how long a GSME sleeps."""

    device: "Meter"

    def __init__(
        self,
        device: "Meter",
        random: "Random",
        credentials: "Credentials",
        is_sleepy: bool,
        wake_s: int = WAKE_S,
    ) -> None:
        super().__init__(device, random, credentials, is_sleepy)
        servers: tuple[int, ...] = (0x0000, KEY_ESTABLISHMENT)
        clients: tuple[int, ...] = (0x000A, KEY_ESTABLISHMENT)
        if is_sleepy:
            servers += (METERING,)
            clients += (TUNNELING,)
        else:
            servers += (TUNNELING,) + SERVED
        self.endpoints = {self.endpoint: (0x0501, servers, clients)}
        self.wake_s = wake_s
        self.mirror: int | None = None
        self._step = ""
        self._remaining: int | None = (
            None  # messages to get before its own are sent; None: unknown
        )
        self._has_more = False  # messages wait at the hub beyond those
        self._source: MeterSource | None = None
        self._displays: Displays | None = None
        self._told: dict[int, int] = {}  # what the mirror knows: a mark by cluster and identifier
        self._reports: list[tuple[int, bytes]] = []
        self._is_changed = False
        self._vain = 0  # how often it has overslept, one time after another
        self._was_pushed = False  # all that there is, since it woke

    def power_on(self, now: int) -> None:
        """Begins without a mirror: one from before the restart is void."""
        self.mirror = None
        super().power_on(now)

    # Joined

    def on_joined(self, now: int, changes: "dict[str, bytes | None]") -> None:
        """Joined: an ESME is asked for its tunnel, a GSME asks for mirror and tunnel."""
        super().on_joined(now, changes)
        self.mirror = None
        if self.is_sleepy:
            self._begin(now)
        else:
            self._half_hour(now)

    # What displays read

    @property
    def source(self) -> "MeterSource":
        """The meter's figures and objects, as its clusters serve them."""
        if self._source is None:
            from gbcs_device.clusters.meter import MeterSource

            self._source = MeterSource(self.device, find(self.device.kind).fuel)
        return self._source

    @property
    def displays(self) -> "Displays":
        """The displays that have asked this meter."""
        if self._displays is None:
            from gbcs_device.clusters.subscribers import Displays

            self._displays = Displays(self, self.source, self.endpoint)
        return self._displays

    def _follow(self, now: int) -> None:
        """Publishes to displays what may have changed."""
        if self._source is not None:
            self._source.forget()
        if self._displays is not None and self.phase == JOINED:
            self._displays.follow(now)

    def changed(self, by_message: bool, now: int) -> None:
        """Updates displays after the device has acted; a GSME reports the changes of a message."""
        if by_message:
            self._is_changed = True
        if not self._is_leaving:
            self.put_off(self._follow)

    def _half_hour(self, now: int) -> None:
        """Updates displays each half hour, when a price may change by the calendar."""
        self.put_off(self._follow)
        self.at("half hour", (now // _HALF_HOUR_MS + 1) * _HALF_HOUR_MS + 1000, self._half_hour)

    def is_partner(self, eui: bytes) -> bool:
        """Whether the meter's own device log has the device as one that reads an ESME."""
        return not self.is_sleepy and device_type(self.store, eui) in READERS

    def from_aps(
        self, frame: aps.Frame, payload: bytes, sender: bytes, how: int, now: int
    ) -> None:
        """Checks the sender; a display that asks an ESME follows it from then on."""
        is_served = frame.cluster in SERVED and not self.is_sleepy
        if how != BY_LINK_KEY or (sender == self.trust_centre and not is_served):
            super().from_aps(frame, payload, sender, how, now)
        elif self.is_partner(sender):
            super().from_aps(frame, payload, sender, how, now)
            if is_served and self.phase == JOINED:
                self.put_off(self.displays.heard, sender, frame.source_endpoint or 0)
        else:
            self.nwk.drop("a device that is not joined with the meter")
            if len(payload) >= 3:
                self._refuse(payload[0], payload[2], frame, payload[1], sender, now)

    def _refuse(
        self, control: int, command: int, frame: aps.Frame, sequence: int, sender: bytes, now: int
    ) -> None:
        self.default_response(frame, sender, control, sequence, command, NOT_AUTHORISED, now)

    def from_cluster(
        self, cluster: int, control: int, command: int, payload: bytes, frame: aps.Frame,
        sequence: int, sender: bytes, now: int,
    ) -> bool:  # fmt: skip
        """Handles tunnel, mirror and served clusters; `TunnelServer` handles the others."""
        if sender == self.trust_centre and self.phase == JOINED:
            if cluster == TUNNELING and self.is_sleepy and control & FROM_SERVER:
                return self._as_client(command, payload, now)
            if cluster == METERING and self.is_sleepy and not control & FROM_SERVER:
                return self._from_mirror(command, payload, now)
        if cluster in SERVED and not self.is_sleepy and not control & FROM_SERVER:
            from gbcs_device.clusters import commands as servedcommands

            may_act = device_type(self.store, sender) == PPMID_TYPE
            if not may_act and servedcommands.acts(cluster, command):
                self._refuse(control, command, frame, sequence, sender, now)
                return True
            writes = self.source.writes
            known = servedcommands.respond(
                self, self.source, control, command, payload, frame, sequence, sender, now
            )
            if self.source.writes != writes:
                self.store.write(self.peers())  # what has done something is not done again
                self.speak(now)
                self.put_off(self._follow)
            return known
        return super().from_cluster(
            cluster, control, command, payload, frame, sequence, sender, now
        )

    def attribute(
        self, cluster: int, identifier: int, now: int, endpoint: int = 0
    ) -> "bytes | None":
        """A ZCL attribute of the meter: a served one, else as its store has it."""
        value: bytes | None = None
        if cluster != BASIC:
            value = self.source.attribute(cluster, identifier, now)
        if value is None:
            value = self.store.get(attribute_name(cluster, identifier))
        if value is None and cluster == BASIC:
            value = self.source.attribute(cluster, identifier, now)
        return value

    def leave(self, now: int) -> None:
        """Leaves the network, and forgets the mirror."""
        self.mirror = None
        self._displays = None
        self.cancel("sleep", "half hour")
        super().leave(now)

    # A GSME awake

    def _begin(self, now: int) -> None:
        """Wakes: asks for mirror and tunnel if they are missing, reports, then gets messages."""
        self.is_awake = True
        self._was_pushed = self._has_more = False
        self.at("poll", now, self._poll)
        self.at("sleep", now + _AWAKE_MS, self._overslept)
        if self.mirror is None:
            self._step = "mirror"
            self.find(COORDINATOR, TUNNELING, now)
        elif self.tunnel is None:
            self._request_tunnel(now)
        else:
            self._report(now)

    def from_zdo(self, cluster: int, payload: bytes, sender: bytes, now: int) -> None:
        """Where the hub has its tunnel server."""
        if self._step == "mirror" and self.phase == JOINED and sender == self.trust_centre:
            if cluster == commands.MATCH_DESC_REQ | commands.RESPONSE:
                endpoints = commands.values(commands.ZDO, cluster, payload)["endpoints"]
                if endpoints:
                    self._hub_endpoint = endpoints[0]
                    self._metering(self._hub_endpoint, REQUEST_MIRROR, b"", now)
        else:
            super().from_zdo(cluster, payload, sender, now)

    def _metering(self, endpoint: int, command: int, payload: bytes, now: int) -> None:
        self.zcl(
            self.trust_centre, (endpoint, self.endpoint), METERING,
            SPECIFIC | FROM_SERVER | NO_DEFAULT, command, payload, now,
        )  # fmt: skip

    def _from_mirror(self, command: int, payload: bytes, now: int) -> bool:
        if command == MIRROR_RESPONSE and len(payload) == 2:
            endpoint = payload[0] | payload[1] << 8
            if endpoint == NO_MIRROR:
                self._sleep(now)
            elif self._step == "mirror":
                self.mirror = endpoint
                self._told = {}
                setting = (0).to_bytes(4, "little") + self.wake_s.to_bytes(3, "little")
                self._metering(endpoint, CONFIGURE_MIRROR, setting + bytes((1, SCHEME_B)), now)
                self._request_tunnel(now)
            return True
        if command == MIRROR_REPORT_RESPONSE and len(payload) >= 5:
            if self._step == "report":
                flags = int.from_bytes(payload[1:5], "little")
                if flags & PUSH_ALL and not self._was_pushed:
                    self._was_pushed = True
                    self._told = {}
                    self._report(now)
                elif flags & MESSAGE_PENDING:
                    self._get(now)
                else:
                    self._put(now)
            return True
        return False

    def _request_tunnel(self, now: int) -> None:
        self._step = "tunnel"
        asked = bytes((GB_HRGP, 0xFF, 0xFF, 0)) + MAX_TRANSFER.to_bytes(2, "little")
        self._to_server(REQUEST_TUNNEL, asked, now)

    def _to_server(
        self, command: int, payload: bytes, now: int, on_delivery: "OnDelivery | None" = None
    ) -> None:
        self.zcl(
            self.trust_centre, (self._hub_endpoint, self.endpoint), TUNNELING,
            SPECIFIC | NO_DEFAULT, command, payload, now, None, on_delivery,
        )  # fmt: skip

    def _as_client(self, command: int, payload: bytes, now: int) -> bool:
        if command == TUNNEL_RESPONSE and len(payload) >= 3:
            if payload[2] == TUNNEL_OK:
                self.tunnel = payload[0] | payload[1] << 8
                self._report(now)
            else:
                self._sleep(now)  # it tries again when it wakes
            return True
        if command == SERVER_TRANSFER and len(payload) >= 2 and self.tunnel is not None:
            if payload[0] | payload[1] << 8 == self.tunnel:
                self._got(payload[2:], now)
            return True
        if command == SERVER_TRANSFER_ERROR and len(payload) == 3 and payload[2] != NO_SUCH_TUNNEL:
            self.not_taken(now)
            return True
        if command == SERVER_TRANSFER_ERROR:
            self.tunnel = None
            self._request_tunnel(now)
            return True
        return False

    def _report(self, now: int) -> None:
        """Sends the reports to the mirror, one frame after another; the last has the status."""
        self._step = "report"
        self.put_off(self._report_changes)

    def _report_changes(self, now: int) -> None:
        from gbcs_device.clusters import report

        self._is_changed = False
        self.source.forget()
        self._reports = report.frames(self.source, self.attribute, self._told, now)
        self._reports.append((METERING, _REPORT_COMPLETE))
        self._report_next(True, now)

    def _report_next(self, delivered: bool, now: int) -> None:
        if not delivered:
            self._told = {}  # it reports everything when it wakes
            self._reports = []
        if self._step != "report" or not self._reports:
            return
        cluster, body = self._reports.pop(0)
        self.zcl(
            self.trust_centre, (self.mirror or 1, self.endpoint), cluster,
            FROM_SERVER | NO_DEFAULT, REPORT, body, now, None, self._report_next,
        )  # fmt: skip

    def _get(self, now: int) -> None:
        """Gets the messages that wait now; its own have a turn before those that come later."""
        self._step = "get"
        self._remaining = None
        self._transfer(bytes((GET,)), now)

    def _transfer(self, octets: bytes, now: int, on_delivery: "OnDelivery | None" = None) -> None:
        if self.tunnel is not None:
            self._to_server(TRANSFER, self.tunnel.to_bytes(2, "little") + octets, now, on_delivery)

    def _got(self, octets: bytes, now: int) -> None:
        """A GET-RESPONSE: a message, and how many remain; or that there is none."""
        if self._step != "get" or len(octets) < 2 or octets[0] != GET_RESPONSE:
            return
        self.at("sleep", now + _AWAKE_MS, self._overslept)
        remaining = octets[1]
        self._has_more = remaining > 0
        if self._remaining is not None:
            remaining = min(self._remaining - 1, remaining)
        self._remaining = remaining
        if len(octets) > 2:
            self.put_off(self._message, octets[2:])
        self.put_off(self._get_next)

    def _get_next(self, now: int) -> None:
        if self._step != "get":
            return
        if self._remaining and not self._is_leaving:
            self._transfer(bytes((GET,)), now)
        else:
            self._put(now)

    def _put(self, now: int) -> None:
        """Sends the messages that wait, one after another; then the meter sleeps."""
        self._step = "put"
        self.speak(now)
        octets = self.messages.next(now)
        if octets is not None:
            self._transfer(bytes((PUT,)) + octets, now, self._was_put)
        elif self._is_leaving:
            self._said(True, now)
        elif self._has_more:
            self._get(now)
        elif self._is_changed:
            self._report(now)  # so that displays show what a message has done
        else:
            self._sleep(now)

    def _was_put(self, delivered: bool, now: int) -> None:
        if self._step == "put":
            self.at("sleep", now + _AWAKE_MS, self._overslept)
            self._put(now)

    def _overslept(self, now: int) -> None:
        """Ends a wake-up in which an answer did not come; the meter tries again soon."""
        if self._step in ("report", "get", "tunnel"):
            self.tunnel = None
        if self._step == "mirror" or self._step == "report":
            self.mirror = None
            self.missed(now)
        if self._is_leaving:
            self._said(False, now)
        elif self.phase == JOINED:
            self._vain += 1
            is_soon = self._vain <= _MOST_AGAIN and self.wake_s * 1000 > _AGAIN_MS
            self._sleep(now, _AGAIN_MS if is_soon else self.wake_s * 1000)

    def _sleep(self, now: int, wait_ms: "int | None" = None) -> None:
        """Sleeps until the next half hour, or less where an answer did not come."""
        if wait_ms is None:
            self._vain = self._missed = 0
            wait_ms = self.wake_s * 1000
        self._step = ""
        self.cancel("sleep", "poll")
        self.at("wake", now + wait_ms, self._wake)
        self.at("nap", now + 2000, self._nap)

    def _nap(self, now: int) -> None:
        """The radio goes off when the last acknowledgements have gone."""
        if self._step == "" and self.phase == JOINED:
            self.is_awake = False

    def _wake(self, now: int) -> None:
        if self.phase == JOINED:
            self._begin(now)

    def stay_in_touch(self, now: int) -> None:
        """A sleeper sees from its reports whether the trust centre is there."""
        if not self.is_sleepy:
            super().stay_in_touch(now)

    def scan(self, now: int) -> None:
        """A sleeper that scans is awake."""
        self.is_awake = True
        self.cancel("wake", "nap", "sleep")
        super().scan(now)
