"""A lab: remote parties, an inventory, hubs and meters, a clock that only the lab moves.

Service requests are methods of the lab. Each composes the commands that the DCC would, delivers
them, and updates the inventory by the responses. `exchanges` has the last EXCHANGES_KEPT commands
with their answers, `alerts` the last ALERTS_KEPT that nobody has fetched, `commands` is how many
commands there were; who wants all of them observes (gbcs_host.han.events).

Sources: GBCS 13.3 (roles), 4.3.2.5 (trust anchor cells), 20 (objects); CHTS 4.6 (device logs);
ZigBee Smart Energy 5.4.8.1 (install codes); service requests 8.1.1, 8.9, 8.11, 8.15, 8.16 as in
the SECMP0013 impact assessment, 3.2.
"""

import functools
import random
from collections import deque
from collections.abc import Callable
from typing import Any

from gbcs import clock, installcode, payload
from gbcs.zigbee import implicit
from gbcs_device.base import kind_rows, load, membership
from gbcs_device.devices import kinds
from gbcs_device.han import credentials
from gbcs_device.messages import failures
from gbcs_device.messages.trust_anchors import NETWORK_OPERATOR, SUPPLIER, OwnKeys, cell_of
from gbcs_device.usecases import chf as hubs
from gbcs_host.han.events import ExchangeOver, JoinOver
from gbcs_host.han.han import Han, Joining
from gbcs_host.han.pending import Pending, PendingAnswer, PendingJoin
from gbcs_host.han.remote import RemoteStation, identify
from gbcs_host.han.zigbee import ZigbeeHan
from gbcs_host.keep import kept_file
from gbcs_host.keep.graph import CannotKeep
from gbcs_host.lab import compose, new_devices
from gbcs_host.lab.clockwork import Clockwork
from gbcs_host.lab.displays import Displays
from gbcs_host.lab.exchanges import Exchange
from gbcs_host.lab.gas_proxies import GasProxies
from gbcs_host.lab.inventory import Inventory, UnknownDevice
from gbcs_host.lab.media import LabStore, WatchedMedium
from gbcs_host.lab.parties import Parties, RemoteParty, UnexpectedResponse
from gbcs_host.lab.pki import Pki
from gbcs_host.lab.service_requests import ServiceRequests
from gbcs_host.links import Link
from gbcs_host.links.faults import Faults

ESME, GSME, CHF, PPMID, IHD = "ESME", "GSME", "CHF", "PPMID", "IHD"
EXCHANGES_KEPT = 256  # of about 4 KiB
ALERTS_KEPT = 1024
_HAN_ISSUER = bytes.fromhex("00DB1234567890FF")
_UNIX_S = 946_684_800  # from 1970 to 2000


class NotOurs(Exception):
    """There is no device, or one whose keys this lab does not have."""


class Lab(ServiceRequests, Displays, GasProxies, Clockwork):
    """A lab whose keys and random numbers derive from `seed`; `url` is the inventory's database.

    With `radio`, devices exchange ZigBee frames; `watch`, `reveal` and `faults` are those of
    ZigbeeHan, the last also as text (gbcs_host.links.faults). `open_device(kind)` gives the link
    at which a device is emulated, or None for this process. Raises ValueError for what needs radio
    without it, BadFaults.
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
        if not radio and (watch, reveal, faults) != (None, None, None):
            raise ValueError("radio=True expected with watch, reveal or faults")
        if isinstance(faults, str):
            faults = Faults.parse(faults)
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
        self._proxy_of: dict[bytes, bytes] = {}  # hubs by their gas proxies
        self._open_device = open_device

    # A file that it is kept in

    def save(self, path: str, overwrite: bool = False) -> None:
        """Keeps the lab in a file that only its owner may read: devices, keys, time, all there is.

        Commands and joins under way go on in a lab restored from it; observers do not go with it.
        Raises CannotKeep (gbcs_host.keep.graph) while time is passing, or where a device is at the
        far end of a link; WouldOverwrite, OSError.
        """
        for eui, station in self.han.stations.items():
            if isinstance(station, RemoteStation):
                raise CannotKeep(
                    "devices in this process expected, %s is at the far end of a link"
                    % eui.hex().upper()
                )
        if self._is_passing or self.observers.is_telling:
            raise CannotKeep("no time passing expected: an observer may not keep the lab")
        outside: list[Any] = [self._open_device]
        if isinstance(self.han, ZigbeeHan):
            outside += (self.han.air.watch, self.han.reveal)
        kept_file.write(path, self, self.now, outside, overwrite)

    @classmethod
    def restored(
        cls,
        path: str,
        url: str = "sqlite://",
        watch: Any = None,
        reveal: Any = None,
        open_device: "Callable[[str], Link | None] | None" = None,
    ) -> "Lab":
        """The lab that `save` has kept in a file; from here on it does what that would have done.

        The other arguments are those of the class. Keys that are in use are revealed again. Raises
        BadKeptLab (gbcs_host.keep.kept_file) for any other file, one of another version, or a
        damaged one; ValueError for a database that has devices; OSError.
        """
        lab: Lab = kept_file.read(path, cls)
        lab._open_device = open_device
        if url != "sqlite://":
            lab.inventory.move_to(url)
        if isinstance(lab.han, ZigbeeHan):
            lab.han.capture(watch, reveal)
        return lab

    def under_way(self) -> "list[Pending]":
        """What has been begun and is not over: commands, joins, deliveries of displays.

        Of a restored lab these are those that were under way when it was saved.
        """
        return [*self.han.under_way(), *self._deliveries]

    # What there is

    def make(
        self, kind: str, eui: bytes, code: "bytes | None" = None, out_of_the_box: bool = False
    ) -> Any:
        """Makes a new device with credentials and an install code, pending in the inventory.

        `code` is the install code, 16 octets, random unless given. The trust anchor cells hold
        the certificates of the device's users, or, `out_of_the_box`, the broker's. Raises
        UnknownKind for a kind that the lab cannot add, BadInstallCode, ValueError for an EUI-64
        that is in use.
        """
        if kind not in kind_rows.on_a_han():
            raise kind_rows.UnknownKind(kind, kind_rows.on_a_han())
        row = kind_rows.find(kind)
        proxy = self._proxy_of_new(eui, row.is_hub)
        if code:
            installcode.complete(code)  # raises before there is anything of the device
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
        changes["firmware/version"] = new_devices.FIRMWARE
        if proxy is not None:
            changes[hubs.GPF] = proxy
            self._proxy_of[proxy] = eui
        if self.authority is not None:
            changes.update(self._han_credentials(changes.get(hubs.GPF) or eui))
        changes.update(new_devices.data(row.fuel))
        changes.update(load.started(self.now, new_devices.LOADS[row.fuel]))
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

    def _proxy_of_new(self, eui: bytes, is_hub: bool = False) -> "bytes | None":
        """The EUI-64 of a new hub's gas proxy; None for another new device.

        Raises ValueError where a device, or a hub's gas proxy, has one of these already.
        """
        if not isinstance(eui, bytes) or len(eui) != 8:
            raise ValueError("an EUI-64 of 8 octets expected, found %r" % (eui,))
        if eui in self._kinds or self.inventory.has(eui):
            raise ValueError("a new device expected, %s is in the lab" % eui.hex())
        number = (int.from_bytes(eui, "big") + 1) % (1 << 64)
        proxy = number.to_bytes(8, "big") if is_hub else None
        if self.authority is None:  # without radio a gas proxy is on no air
            return proxy
        hub = self._proxy_of.get(eui)
        if hub is not None:
            raise ValueError(
                "an EUI-64 of its own expected, %s is that of the gas proxy of hub %s"
                % (eui.hex(), hub.hex())
            )
        if proxy is not None and proxy in self._kinds:
            raise ValueError(
                "an EUI-64 of its own expected for the gas proxy of hub %s, %s is a device's"
                % (eui.hex(), proxy.hex())
            )
        return proxy

    def adopt(self, link: Link, code: bytes) -> Any:
        """Takes the device at the far end of a link into the lab without provisioning it.

        `code` is its install code. Raises LinkError where nothing answers, NotOurs where there is
        no device, or one that was provisioned with another seed, ValueError for an EUI-64 that is
        in use.
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
        self._proxy_of_new(identity.eui)
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
            self._medium(eui).cut_after = octets

    def restart(self, eui: bytes) -> Any:
        """Restarts a device from its store, as after a power cut; the new device.

        Raises StoreDamaged where the store cannot be repaired.
        """
        if isinstance(self.han.stations.get(eui), RemoteStation):
            return self.han.restart(eui)
        medium = self._medium(eui)
        medium.cut_after = None
        store = LabStore(medium)
        device = self._device(self._kinds[eui], eui, store)
        self.han.add(device)
        if store.damage:
            failures.tell_damage(device, self.now)
        return device

    def _medium(self, eui: bytes) -> WatchedMedium:
        self.kind_of(eui)
        if eui not in self.media:  # a gas proxy is a part of its hub
            raise UnknownDevice("a device that has power of its own expected, found a gas proxy")
        return self.media[eui]

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
        self._takes_messages(device)
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
            pending: PendingAnswer = self.han.start(self._hub(hub), octets, device)
        else:
            pending = PendingAnswer(octets, device)
            pending.end_with(None if proxy is None else self._ask_proxy(proxy, octets))
        pending.when_over(functools.partial(self._exchanged, use_case, hub))
        return pending

    def _finished(self, pending: PendingAnswer) -> Exchange:
        """The exchange of a command, once it is over and a second later."""
        self.wait(pending)
        self.pass_time(1)
        exchange: Exchange = pending.exchange
        return exchange

    def _exchanged(self, use_case: str, hub: "bytes | None", pending: PendingAnswer) -> None:
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

    # Use cases by their templates, and joining

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
        self._takes_messages(device)
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

    def join(self, device: bytes, hub: bytes) -> Joining:
        """Switches a device on near a hub; the result of its attempt to join."""
        pending = self.start_joining(device, hub)
        self.wait(pending)
        self.pass_time(1)
        joining: Joining = pending.joining
        return joining

    def start_joining(self, device: bytes, hub: bytes) -> PendingJoin:
        """Switches a device on near a hub, as `join`; it joins as time passes."""
        meter = self._meter(device)
        pending: PendingJoin = self.han.start_joining(meter, self._hub(hub))
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
