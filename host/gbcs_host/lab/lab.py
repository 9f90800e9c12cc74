"""A lab: remote parties, an inventory, hubs and meters, a clock that only the lab moves.

Service requests are methods of the lab. Each composes the commands that the DCC would, delivers
them, and updates the inventory by the responses. `exchanges` has the last EXCHANGES_KEPT commands
with their answers, `alerts` the last ALERTS_KEPT that nobody has fetched, `commands` is how many
commands there were; who wants all of them observes (gbcs_host.han.events).

Sources: GBCS 13.3 (roles), 4.3.2.5 (trust anchor cells), 20 (objects); CHTS 4.6 (device logs);
ZigBee Smart Energy 5.4.8.1 (install codes); service requests 8.1.1, 8.9, 8.11, 8.15, 8.16 as in
the SECMP0013 impact assessment, 3.2.
"""

import base64
import functools
import random
from collections import deque
from collections.abc import Callable
from typing import Any

from gbcs import clock, devicelogfields, installcode, payload, usecases
from gbcs.axdr import axdr
from gbcs.dlms import dlms
from gbcs.errors import GbcsError
from gbcs.zigbee import implicit
from gbcs_device.base import kind_rows, load, membership, names
from gbcs_device.devices import kinds
from gbcs_device.han import credentials
from gbcs_device.messages import failures
from gbcs_device.messages.trust_anchors import NETWORK_OPERATOR, SUPPLIER, OwnKeys, cell_of
from gbcs_device.usecases import chf as hubs
from gbcs_host.han.events import ExchangeOver, JoinOver
from gbcs_host.han.han import Han, Joining
from gbcs_host.han.pending import PendingAnswer, PendingJoin
from gbcs_host.han.remote import RemoteStation, identify
from gbcs_host.han.zigbee import ZigbeeHan
from gbcs_host.lab import compose, supply
from gbcs_host.lab.clockwork import Clockwork
from gbcs_host.lab.displays import Displays
from gbcs_host.lab.exchanges import Exchange
from gbcs_host.lab.gas_proxies import GasProxies
from gbcs_host.lab.inventory import Inventory
from gbcs_host.lab.media import LabStore, WatchedMedium
from gbcs_host.lab.parties import Parties, RemoteParty, UnexpectedResponse
from gbcs_host.lab.pki import Pki
from gbcs_host.links import Link

ESME, GSME, CHF, PPMID, IHD = "ESME", "GSME", "CHF", "PPMID", "IHD"
_LOG_CLASS = 104
_LOG = bytes.fromhex("00001E0300FF")
_HISTORIC_LOG = bytes.fromhex("00001E0301FF")
_NULL: Any = (None, "null-data", None, None)
JOIN_TIMEOUT_S = 120
EXCHANGES_KEPT = 256  # of about 4 KiB
ALERTS_KEPT = 1024
_HAN_ISSUER = bytes.fromhex("00DB1234567890FF")
_UNIX_S = 946_684_800  # from 1970 to 2000
_FIRMWARE = bytes.fromhex("00010203")
_LOADS = {  # W, W, l/h, by what is metered
    kind_rows.NOTHING: {},
    kind_rows.ELECTRICITY: {load.IMPORT: 460, load.EXPORT: 120},
    kind_rows.GAS: {load.GAS: 800},
}


# The prices of a new meter, in millipence; its mode is credit
_PRICE_MP, _STANDING_MP = 24_500, 53_000  # a kilowatt-hour of electricity, a day
_EMERGENCY_MP, _EMERGENCY_THRESHOLD_MP, _LOW_CREDIT_MP = 500_000, 100_000, 200_000
_GAS_TERMS = (
    # cluster, attribute, type and value: ZigBee Smart Energy D.4 and D.7
    (0x0700, 0x0301, "234C770000"),  # standing charge: 30.54 p
    (0x0700, 0x0400, "23701A0000"),  # price: 6.768 p
    (0x0700, 0x0302, "23788F0100"),  # conversion factor: 1.02264
    (0x0700, 0x0303, "1850"),
    (0x0700, 0x0304, "238B010000"),  # calorific value: 39.5 MJ/m3
    (0x0700, 0x0305, "3001"),
    (0x0700, 0x0306, "1810"),
    (0x0700, 0x0610, "410A4C616220746172696666"),  # label: Lab tariff
    (0x0700, 0x0616, "213A03"),  # pounds, of which 5 digits are given
    (0x0700, 0x0617, "1850"),
    (0x0705, 0x0000, "19940C"),  # credit mode
    (0x0705, 0x0010, "2320A10700"),  # emergency credit: limit, threshold
    (0x0705, 0x0011, "23A0860100"),
    (0x0705, 0x0031, "23400D0300"),  # low credit
    (0x0705, 0x0040, "2B00000000"),  # cut-off
)


def _electricity_terms() -> "dict[str, bytes]":
    """The objects of an ESME with the same prices: DLMS UA 1000-1 4.6 (classes 111 to 113)."""

    def charge(scale: int, index: bytes, amount: int) -> bytes:
        return axdr.encode(supply.charges(scale, [(index, amount)]))

    def double_long(value: int) -> bytes:
        return b"\x05" + value.to_bytes(4, "big")

    rows = (
        (113, "0000131400FF", 5, charge(-5, b"\x01", _PRICE_MP)),
        (113, "0000131404FF", 5, charge(-4, b"", _STANDING_MP // 10)),
        (111, "0000130000FF", 2, bytes.fromhex("020216011602")),
        (111, "0000130000FF", 16, double_long(_LOW_CREDIT_MP)),
        (112, "0000130A01FF", 9, double_long(_EMERGENCY_MP)),
        (112, "0000130A01FF", 10, double_long(_EMERGENCY_THRESHOLD_MP)),
        (21, "0000100001FF", 2, b"\x01\x01" + double_long(0)),
    )
    return {
        names.name_of(class_id, bytes.fromhex(obis), index): octets
        for class_id, obis, index, octets in rows
    }


def _registers(count: int) -> bytes:
    """The octets of a structure of one array of `count` registers of zero."""
    return b"\x02\x01\x01" + bytes((count,)) + b"\x06\x00\x00\x00\x00" * count


@functools.cache
def _data(fuel: int) -> "dict[str, bytes]":
    """The registers and versions of a new meter, octets by name of the store."""
    if fuel == kind_rows.ELECTRICITY:
        imported = bytes.fromhex("020406000000C802020F00161E060000000A02020F001620")
        power = bytes.fromhex("0202060000000002020F00161B")
        return {
            names.name_of(1, bytes.fromhex("00005E2C220A"), 2): imported,
            names.name_of(1, bytes.fromhex("00005E2C2214"), 2): power,
            names.name_of(1, bytes.fromhex("00005E2C2201"), 2): _registers(48),
            names.name_of(1, bytes.fromhex("00005E2C2202"), 2): _registers(64),
            names.name_of(3, bytes.fromhex("0100020800FF"), 2): bytes.fromhex("060000000A"),
            names.name_of(1, bytes.fromhex("0000000201FF"), 2): b"\x09\x04" + _FIRMWARE,
            **_electricity_terms(),
        }
    if fuel == kind_rows.GAS:
        return {
            names.attribute_name(0x0702, 0x0000): b"\x25" + (12_345).to_bytes(6, "little"),
            names.attribute_name(0x0702, 0x0206): b"\x41\x04" + _FIRMWARE,
            **{
                names.attribute_name(cluster, identifier): bytes.fromhex(octets)
                for cluster, identifier, octets in _GAS_TERMS
            },
        }
    return {}


class NotOurs(Exception):
    """There is no device, or one whose keys this lab does not have."""


class Lab(Displays, GasProxies, Clockwork):
    """A lab whose keys and random numbers derive from `seed`; `url` is the inventory's database.

    With `radio`, devices exchange ZigBee frames; `watch`, `reveal` and `faults` are those of
    ZigbeeHan, and `open_device(kind)` gives the link at which a device is emulated, or None for
    this process.
    """

    def __init__(
        self,
        seed: int = 1,
        url: str = "sqlite://",
        radio: bool = False,
        watch: Any = None,
        reveal: Any = None,
        faults: Any = None,
        open_device: "Callable[[str], Link | None] | None" = None,
    ) -> None:
        Clockwork.__init__(self)
        Displays.__init__(self)
        GasProxies.__init__(self)
        self.random = random.Random(seed)
        start = clock.from_generalized("20260105090000Z")
        self.pki = Pki(seed)
        self.parties = Parties(self.pki)
        self.inventory = Inventory(url, self.observers)
        self.han: Any = Han(start, self.random.randbytes, self.observers)
        self.authority: Any = None
        if radio:
            self.han = ZigbeeHan(
                start, self.random.randbytes, watch, reveal, faults, self.observers
            )
            private = b"\x00" + self.random.randbytes(35)  # below n of sect283k1
            crypto = self.parties.keys.crypto
            self.authority = implicit.Authority(implicit.SUITE_2, private, _HAN_ISSUER, crypto)
        self.exchanges: deque[Exchange] = deque(maxlen=EXCHANGES_KEPT)
        self.alerts: deque[bytes] = deque(maxlen=ALERTS_KEPT)
        self.commands = 0
        self.media: dict[bytes, WatchedMedium] = {}
        self.codes: dict[bytes, bytes] = {}
        self._filled: dict[tuple[str, bool], list[dict[str, bytes | None]]] = {}
        self._models: dict[str, WatchedMedium] = {}  # the first of each kind
        self._kinds: dict[bytes, str] = {}
        self._open_device = open_device

    # What there is

    def make(
        self, kind: str, eui: bytes, code: "bytes | None" = None, out_of_the_box: bool = False
    ) -> Any:
        """Makes a new device with credentials and an install code, pending in the inventory.

        `code` is the install code, 16 octets, random unless given. The trust anchor cells hold
        the certificates of the device's users, or, `out_of_the_box`, the broker's. Raises
        UnknownKind for a kind that the lab cannot add.
        """
        row = kind_rows.find(kind)
        if not row.is_hub and not row.can_join:
            raise kind_rows.UnknownKind(kind, kind_rows.on_a_han())
        self.media[eui] = WatchedMedium(eui, self.han.touch)
        self._kinds[eui] = kind
        store = LabStore(self.media[eui])
        changes: dict[str, bytes | None] = {}
        for use in ("ds", "ka") if row.takes_messages else ():
            issued = self.pki.device(eui, use)
            changes["own/" + use] = issued.private
            changes["own/certificate/" + use] = issued.certificate
        if row.can_join:
            code = code or self.random.randbytes(16)
            self.codes[eui] = code
            changes[membership.INSTALL_CODE] = installcode.complete(code)
        changes["firmware/version"] = _FIRMWARE
        if row.is_hub:
            changes[hubs.GPF] = (int.from_bytes(eui, "big") + 1).to_bytes(8, "big")
        if self.authority is not None:
            changes.update(self._han_credentials(changes.get(hubs.GPF) or eui))
        changes.update(_data(row.fuel))
        changes.update(load.started(self.now, _LOADS[row.fuel]))
        store.write(changes)
        device = self._device(kind, eui, store)
        self._provision(device, out_of_the_box)
        model = self._models.setdefault(kind, self.media[eui])
        self.media[eui].pack(model)
        self.inventory.add(eui, kind, self.now, self.codes.get(eui, b""))
        link = None if self._open_device is None or row.is_hub else self._open_device(kind)
        if link is not None:
            return self.han.add_remote(RemoteStation(link, eui, kind, store))
        self.han.add(device)
        return device

    def adopt(self, link: Link, code: bytes) -> Any:
        """Takes the device at the far end of a link into the lab without provisioning it.

        `code` is its install code. Raises LinkError where nothing answers, NotOurs where there is
        no device, or one that was provisioned with another seed.
        """
        reasons: list[str] = []
        identity = identify(link, reasons.append)
        if identity is None:
            raise NotOurs("a device expected, found none: %s" % reasons[0])
        name = identity.eui.hex().upper()
        if identity.kind not in kind_rows.joining():
            raise NotOurs(
                "a kind that joins a hub expected, %s is of kind %r" % (name, identity.kind)
            )
        if kind_rows.find(identity.kind).takes_messages:  # else it has no certificate
            if identity.certificate != self.pki.device(identity.eui, "ds").certificate:
                raise NotOurs(
                    "a device of seed %d expected, %s was provisioned with another seed"
                    % (self.pki.seed, name)
                )
            self.pki.device(identity.eui, "ka")
        self._kinds[identity.eui] = identity.kind
        self.codes[identity.eui] = code
        for party in self.parties:
            party.counter = max(party.counter, identity.last_counter)
        self.inventory.add(identity.eui, identity.kind, self.now, code)
        return self.han.add_remote(RemoteStation(link, identity.eui, identity.kind))

    def take_over(self, hub: bytes, device: bytes, meter_points: str = "") -> Exchange:
        """CCS03: a hub takes over the device from the hub that it has joined; the exchange."""
        meter = self.han.meters[device]
        entry = (device, meter.hashed_key())
        return self._restored(hub, device, meter.network(), entry, meter_points)

    def _han_credentials(self, eui: bytes) -> "dict[str, bytes | None]":
        """Store entries of a new implicit certificate of the lab's authority: SEC 4 2.4."""
        since = self.now // 1000 + _UNIX_S
        certificate, private = self.authority.issue(eui, self.random.randbytes, since)
        return credentials.kept(implicit.SUITE_2, certificate, private, self.authority.public)

    def cut_power(self, eui: bytes, octets: "int | None") -> None:
        """Cuts a device's power after its store has written so many more octets; None: no cut."""
        station = self.han.stations.get(eui)
        if isinstance(station, RemoteStation):
            station.cut_after(octets)
        else:
            self.media[eui].cut_after = octets

    def restart(self, eui: bytes) -> Any:
        """Restarts a device from its store, as after a power cut; the new device.

        Raises StoreDamaged where the store cannot be repaired.
        """
        if isinstance(self.han.stations.get(eui), RemoteStation):
            return self.han.restart(eui)
        self.media[eui].cut_after = None
        store = LabStore(self.media[eui])
        device = self._device(self._kinds[eui], eui, store)
        self.han.add(device)
        if store.damage:
            failures.tell_damage(device, self.now)
        return device

    def _device(self, kind: str, eui: bytes, store: Any) -> Any:
        crypto = self.parties.keys.crypto
        has_keys = kind_rows.find(kind).takes_messages
        own = OwnKeys(crypto, store, self.random.randbytes) if has_keys else None
        return kinds.make(kind, eui, store, crypto, own)

    def _cells(
        self, kind: str, out_of_the_box: bool = False
    ) -> "list[tuple[int, str, bool, Any]]":
        """Role, use, whether for prepayment, and content of each trust anchor cell of a kind.

        `out_of_the_box` the cells of the supplier and the network operator hold the broker's
        certificates, until they are handed over.
        """
        if not kind_rows.find(kind).cells:  # no GBCS device
            return []
        cells = [(0, "ds", False, cell_of(self.pki.root.parsed))]
        broker = self.parties["access control broker"].eui
        for party in self.parties:
            is_new = out_of_the_box and party.role in (SUPPLIER, NETWORK_OPERATOR)
            for use in ("ds", "ka", "pp-ka"):
                certificate = self.parties.keys.certificate(party.eui, use)
                if is_new and certificate is not None:
                    certificate = self.parties.keys.certificate(broker, use[-2:])
                if certificate is not None and kinds.has_cell(kind, party.role, use[-2:]):
                    cell = cell_of(certificate)
                    cells.append((party.role, use[-2:], use == "pp-ka", cell))
        return cells

    def _provision(self, device: Any, out_of_the_box: bool = False) -> None:
        """Fills the trust anchor cells of a new device; devices of a kind share the octets."""
        key = (device.kind, out_of_the_box)
        cells = self._filled.get(key)
        if cells is None:
            cells = self._filled[key] = [
                device.anchors.filled(role, use, cell, prepayment)
                for role, use, prepayment, cell in self._cells(*key)
            ]
        for changes in cells:
            device.store.write(changes)

    # Messages

    def send(
        self, use_case: str, party: "RemoteParty | str", device: bytes, record: Any,
        hub: "bytes | None" = None, **how: Any,
    ) -> Exchange:  # fmt: skip
        """Composes a command and delivers it; `how` goes to `Parties.command`."""
        return self._finished(self.start(use_case, party, device, record, hub, **how))

    def start(
        self, use_case: str, party: "RemoteParty | str", device: bytes, record: Any,
        hub: "bytes | None" = None, **how: Any,
    ) -> PendingAnswer:  # fmt: skip
        """Composes a command and sends it, as `send`; it is answered as time passes."""
        who = self.parties[party] if isinstance(party, str) else party
        case = compose.case_of(use_case)
        octets = self.parties.command_for(case, who, device, record, **how)
        return self.start_carrying(use_case, octets, device, hub)

    def carry(
        self, use_case: str, octets: bytes, device: bytes, hub: "bytes | None" = None
    ) -> Exchange:
        """Delivers the octets of a command, by `hub` or the device's hub in the inventory."""
        return self._finished(self.start_carrying(use_case, octets, device, hub))

    def start_carrying(
        self, use_case: str, octets: bytes, device: bytes, hub: "bytes | None" = None
    ) -> PendingAnswer:
        """Sends the octets of a command, as `carry`; it is answered as time passes."""
        proxy = self.proxies.get(device)
        if hub is None and proxy is None:
            hub = device if device in self.han.hubs else self._hub_of(device)
        if proxy is None and hub is not None:
            pending: PendingAnswer = self.han.start(self.han.hubs[hub], octets, device)
        else:
            pending = PendingAnswer(octets, device)
            pending.end_with(None if proxy is None else self._ask_proxy(proxy, octets))
        pending.when_over(lambda ended: self._exchanged(use_case, ended, hub))
        return pending

    def _finished(self, pending: PendingAnswer) -> Exchange:
        """The exchange of a command, once it is over and a second later."""
        self.wait(pending)
        self.pass_time(1)
        exchange: Exchange = pending.exchange
        return exchange

    def _exchanged(self, use_case: str, pending: PendingAnswer, hub: "bytes | None") -> None:
        """Makes an exchange of a command that is over."""
        verdict = None
        if pending.answer is not None:
            try:
                verdict = self.parties.read(pending.answer)
            except UnexpectedResponse:
                verdict = None
        exchange = Exchange(use_case, pending.octets, pending.answer, verdict, self.now)
        pending.exchange = exchange
        self.exchanges.append(exchange)
        self.commands += 1
        device = pending.recipient
        self._collect(device, hub)
        if self.observers.wants(ExchangeOver):
            self.observers.tell(ExchangeOver(self.now, device, exchange))

    def _hub_of(self, device: bytes) -> "bytes | None":
        return self.inventory.row(device).hub

    def _collect(self, *euis: "bytes | None") -> None:
        """Adds the new alerts of these devices to `alerts`."""
        for octets in self.han.unasked(*euis):
            if not self._passed_on(octets):
                self.alerts.append(octets)

    def alerts_of(self, device: bytes) -> "list[Any]":
        """The verdicts on the alerts of a device that have come since the last call."""
        self._collect(device)
        mine: list[bytes] = []
        others: list[bytes] = []
        for octets in self.alerts:
            (mine if _originator(octets) == device else others).append(octets)
        self.alerts.clear()
        self.alerts += others
        return [self.parties.read(octets) for octets in mine]

    # Service requests

    def add_to_hub(self, hub: bytes, device: bytes, meter_points: str = "") -> Exchange:
        """8.11 (add): sends CCS01 and updates the inventory."""
        exchange = self.list_on_hub(hub, device)
        if exchange.is_success:
            self.inventory.added(device, hub, self.now, meter_points)
        return exchange

    def list_on_hub(self, hub: bytes, device: bytes) -> Exchange:
        """CCS01: the hub lists the device, with its install code, and opens joining."""
        row = kind_rows.find(self._kinds[device])
        if row.registered_type is None:
            raise kind_rows.UnknownKind(row.name, kind_rows.joining())
        code = self.codes[device]
        register = devicelogfields.registration_field(device, code, row.registered_type)
        items: list[Any] = [
            (None, "action", _LOG_CLASS, _LOG, 1, None, register),
            (None, "set", _LOG_CLASS, _LOG, 3, None,
             (None, "long-unsigned", JOIN_TIMEOUT_S, None)),
            (None, "set", _LOG_CLASS, _LOG, 2, None, (None, "boolean", True, None)),
        ]  # fmt: skip
        return self._to_hub("CCS01", hub, items)

    def read(
        self, use_case: str, device: bytes, values: "dict[str, Any] | None" = None,
        party: str = "supplier",
    ) -> Exchange:  # fmt: skip
        """Sends a use case of a meter, composed of its template with `values` by name.

        ECS70 has an interval of a minute around the lab's time, unless `values` give another.
        """
        return self._finished(self.start_reading(use_case, device, values, party))

    def start_reading(
        self, use_case: str, device: bytes, values: "dict[str, Any] | None" = None,
        party: str = "supplier",
    ) -> PendingAnswer:  # fmt: skip
        """Sends a use case of a meter, as `read`; it is answered as time passes."""
        who = self.parties[party]
        if use_case == "ECS70":
            values = {**self._interval(), **(values or {})}
        if compose.case_of(use_case).form == payload.GBZ:
            record: Any = compose.gbz_command(use_case, values)
        else:
            record = compose.access_request(use_case, who.counter + 1, values, who.eui, device)
        return self.start(use_case, who, device, record)

    def _interval(self) -> "dict[str, Any]":
        """The values of ECS70 for an interval of a minute around the lab's time."""
        half_ms = 30_000
        return {
            "validity_interval_start": clock.date_time(self.now - half_ms),
            "validity_interval_end": clock.date_time(self.now + half_ms),
        }

    def remove_from_hub(self, hub: bytes, device: bytes) -> Exchange:
        """8.11 (remove): sends CCS02 and updates the inventory."""
        field = devicelogfields.removal_field(device)
        exchange = self._to_hub("CCS02", hub, [(None, "action", _LOG_CLASS, _LOG, 2, None, field)])
        if exchange.is_success:
            self.inventory.removed(device, self.now)
        return exchange

    def read_logs(self, hub: bytes) -> "tuple[Exchange, list[Any]]":
        """8.9: sends CCS07; the exchange, and the current and the historic log."""
        items: list[Any] = [
            (None, "action", _LOG_CLASS, obis, 4, None, _NULL) for obis in (_LOG, _HISTORIC_LOG)
        ]
        exchange = self._to_hub("CCS07", hub, items)
        logs = []
        if exchange.is_success:
            logs = [devicelogfields.read_backup(item[3]) for item in exchange.payload.items]
        return exchange, logs

    def restore(self, hub: bytes, device: bytes, log: str, meter_points: str) -> Exchange:
        """8.16: sends CCS03 with one entry of a device log and updates the inventory.

        `log` is what `encoded_log` gives. Raises ValueError where it is damaged or has no entry of
        the device.
        """
        pan, entry = extract(log, device)
        return self._restored(hub, device, pan, entry, meter_points)

    def _restored(
        self, hub: bytes, device: bytes, pan: bytes, entry: "tuple[bytes, bytes]", points: str
    ) -> Exchange:
        field = devicelogfields.restore_field(pan, [entry])
        exchange = self._to_hub("CCS03", hub, [(None, "action", _LOG_CLASS, _LOG, 5, None, field)])
        if exchange.is_success:
            self.inventory.restored(device, hub, self.now, points)
        return exchange

    def disconnect(self, device: bytes, party: str = "supplier", **how: Any) -> Exchange:
        """8.15: sends the draft CS02f and updates the inventory."""
        record = payload.Asn1("DisconnectFromHanCommand", (None, "NULL", None, None))
        exchange = self.send(usecases.DRAFT_NAME, party, device, record, **how)
        if exchange.is_success:
            self.inventory.disconnected(device, self.now)
        else:
            why = "no answer" if exchange.answer is None else "the meter says no"
            self.inventory.disconnect_failed(device, self.now, why)
        return exchange

    def _to_hub(self, use_case: str, hub: bytes, items: "list[Any]") -> Exchange:
        broker = self.parties["access control broker"]
        counter = (broker.counter + 1) & 0xFFFFFF
        record = dlms.AccessRequest(0x20000000 | counter, b"", items)
        supplier = self.parties["supplier"]
        return self.send(use_case, broker, hub, record, on_behalf_of=supplier)

    def join(self, device: bytes, hub: bytes) -> Joining:
        """Switches a device on near a hub; the result of its attempt to join."""
        pending = self.start_joining(device, hub)
        self.wait(pending)
        self.pass_time(1)
        joining: Joining = pending.joining
        return joining

    def start_joining(self, device: bytes, hub: bytes) -> PendingJoin:
        """Switches a device on near a hub, as `join`; it joins as time passes."""
        meter = self.han.meters[device]
        pending: PendingJoin = self.han.start_joining(meter, self.han.hubs[hub])
        pending.when_over(self._join_over)
        return pending

    def _join_over(self, pending: PendingJoin) -> None:
        device, hub, joining = pending.meter, pending.hub, pending.joining
        if joining and self.inventory.row(device).hub == hub:
            self.inventory.joined(device, self.now)
        self._collect(device, hub)
        self.observers.tell(JoinOver(self.now, device, hub, joining))


def _originator(octets: bytes) -> bytes:
    start = octets.index(b"\xdf\x09")
    return octets[start + 12 : start + 20]


def encoded_log(exchange: Exchange, historic: bool = False) -> str:
    """A device log in a response to CCS07, as base64 of its DLMS octets: the input of 8.16."""

    return base64.b64encode(axdr.encode(exchange.payload.items[int(historic)][3])).decode()


def extract(log: str, device: bytes) -> "tuple[bytes, tuple[bytes, bytes]]":
    """The extended PAN id and the entry of a device in an encoded log. Raises ValueError."""

    try:
        octets = base64.b64decode(log, validate=True)
        field, end = axdr.decode(octets, 0, len(octets))
        backup = devicelogfields.read_backup(field)
    except (ValueError, GbcsError) as error:
        raise ValueError("the device log is damaged: %s" % error) from None
    if end != len(octets):
        raise ValueError(
            "the device log is damaged: no octets behind it expected, found %d"
            % (len(octets) - end)
        )
    for mac, hashed in backup.devices:
        if mac == device:
            return backup.extended_pan_id, (mac, hashed)
    raise ValueError(
        "an entry of %s expected, the device log has %d entries, none of it"
        % (device.hex(), len(backup.devices))
    )
