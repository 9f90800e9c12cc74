"""The hub as coordinator and trust centre: forms the network, lets devices in, agrees on keys.

The CHF's device log says which devices may join, and under which key: a device that is not listed
gets no network key, and its frames are dropped should it know one. A network is formed anew, with
another PAN id and network key, when CCS03 gives the hub another extended PAN id.

Every device has the network key, so no frame under it alone removes a device from the network or
changes what is known of it: a device keeps the address that it was given, whether it sleeps is
settled when it first acknowledges a frame under its link key, and its leaving counts under that
key alone.

The EUI-64 on the HAN is the GPF's. What a restart needs is kept in the CHF's store.

Sources: ZigBee 05-3474-21, 3.6.1 and 4.6.3; Smart Energy 5.4; GBCS CCS01, CCS02, CCS03, CS14.
"""

from gbcs import devicelog
from gbcs.compat import TYPE_CHECKING, const
from gbcs.devicelog import LogRefused
from gbcs.errors import DecodeError
from gbcs.zcl.codes import FROM_SERVER, KEY_ESTABLISHMENT, NO_DEFAULT, SPECIFIC
from gbcs.zigbee import aps, cbke, commands, mac, nwk, security
from gbcs.zigbee.apslayer import BY_LINK_KEY
from gbcs_device.han.station import Station

if TYPE_CHECKING:
    from collections.abc import Callable

    from gbcs_device.interfaces import Random
    from gbcs_device.usecases.chf import Hub

_NETWORK = "station/network"  # extended PAN id (8), PAN id (2), key sequence (1), network key (16)
_CHILDREN = "station/children"  # EUI-64 (8), short address (2), capability (1), mirror (1) each
_INITIATE = const(0)
_SESSION_MS = const(60000)
_FIRST_SHORT = const(0x0001)
_LAST_SHORT = const(0xFFF7)
_MAX_REFUSED = const(64)
_MAX_STRANGERS = const(16)  # that are told at a time that they may not associate
_APPLICATION = const(2)  # of Request-Key
_MOST_OCTETS = const(0x20000)  # to and from all devices of a HAN: a hub is no small board
_SWITCH_MS = const(3000)
_PAIR_KEYS = const(120)  # of sixteen devices: none takes another's place
_PAIR_KEY_MS = const(3600000)


class Child:
    """A device that has a short address: `mirror` is the endpoint of its mirror, or 0."""

    __slots__ = ("capability", "mirror", "short")

    def __init__(self, short: int, capability: int, mirror: int = 0) -> None:
        self.short = short
        self.capability = capability
        self.mirror = mirror

    @property
    def is_sleepy(self) -> bool:
        """Whether its receiver is off when it has nothing to do."""
        return not self.capability & mac.RECEIVES_WHEN_IDLE


class TrustCentre(Station):
    """The hub as coordinator and trust centre.

    `let_in` has the key under which each device got the network key, `refused` why a device got
    none. `hub` is the CHF, `eui` the GPF's EUI-64, `credentials` those of key establishment, one
    for each suite.
    """

    node_type = 0
    capability = 0x8F
    server_mask = 0x2A41  # revision 21, primary trust centre, network manager

    def __init__(
        self, hub: "Hub", eui: bytes, random: "Random", credentials: "list[cbke.Credentials]"
    ) -> None:
        super().__init__(eui, hub.store, hub.crypto, random)
        self.nwk.learns = False
        self.aps.most_octets = _MOST_OCTETS
        self.hub = hub
        self.credentials = credentials
        self.children: dict[bytes, Child] = {}
        self.let_in: dict[bytes, str] = {}
        self.refused: dict[bytes, str] = {}
        # Called with the name of a key, an EUI-64 and the key, for captures
        self.reveal: Callable[[str, bytes, bytes], None] | None = None
        self._proved: set[bytes] = set()
        self._sessions: dict[bytes, tuple[cbke.Responder, int]] = {}
        self._pair_keys: dict[bytes, tuple[bytes, int]] = {}  # a partner link key, until when

    # The network

    def power_on(self, now: int) -> None:
        """Starts the network that the store has, or forms one."""
        self.is_awake = True
        octets = self.store.get(_NETWORK)
        if octets is None or octets[:8] != self.hub.log.extended_pan_id:
            self._form()
            return
        self._start(octets)
        octets = self.store.get(_CHILDREN) or b""
        for at in range(0, len(octets), 12):
            child = Child(octets[at + 8] << 8 | octets[at + 9], octets[at + 10], octets[at + 11])
            self._place(octets[at : at + 8], child)
        self.load_peers()

    def power_off(self) -> None:
        """Nothing is sent or heard."""
        self.is_awake = False
        self._sessions = {}
        self.stop()

    def _start(self, octets: bytes) -> None:
        self.nwk.leave()
        self.aps.forget()
        self.nwk.extended_pan_id = octets[:8]
        self.nwk.mac.pan = octets[8] << 8 | octets[9]
        self.nwk.mac.short = nwk.COORDINATOR
        self.nwk.use_key(octets[11:27], octets[10])
        self.children = {}
        if self.reveal is not None:
            self.reveal("network key", octets[:8], octets[11:27])

    def _form(self) -> None:
        """Forms a network with a random PAN id and network key."""
        pan = self.random(2)
        while pan in (b"\xff\xff", b"\xff\xfe"):
            pan = self.random(2)
        octets = self.hub.log.extended_pan_id + pan + b"\x00" + self.random(16)
        self.store.write({_NETWORK: octets, _CHILDREN: None})
        self._start(octets)
        self.let_in = {}
        self._proved = set()
        self._sessions = {}

    def refresh(self, now: int) -> None:
        """Follows changes of the device log: forms another network, removes devices."""
        if self.nwk.extended_pan_id != self.hub.log.extended_pan_id:
            self._form()
        for eui in list(self.children):
            if self.hub.log.find(eui) is None:
                self.forget(eui)

    def _place(self, eui: bytes, child: Child) -> None:
        self.children[eui] = child
        self.nwk.set_address(eui, child.short)
        if child.is_sleepy:
            self.nwk.sleepers.add(child.short)
        else:
            self.nwk.sleepers.discard(child.short)

    def keep_children(self) -> None:
        """Writes the children to the store."""
        out = b""
        for eui, child in self.children.items():
            out += eui + bytes(
                (child.short >> 8, child.short & 0xFF, child.capability, child.mirror)
            )
        if out != (self.store.get(_CHILDREN) or b""):
            self.store.write({_CHILDREN: out or None})

    def forget(self, eui: bytes) -> None:
        """Removes a device from the network; its link key stays in the device log."""
        self.nwk.forget(eui)
        self.aps.unknow(eui)
        self._proved.discard(eui)
        self.let_in.pop(eui, None)
        self._sessions.pop(eui, None)
        if self.children.pop(eui, None) is not None:
            self.keep_children()

    def came(self, eui: bytes, now: int) -> None:
        """Called when a device is on the network with a link key; earlier tunnels are void."""

    def order_to_leave(self, eui: bytes, now: int) -> bool:
        """Tells a device to leave, under its link key; False where it has none or is not here."""
        child = self.children.get(eui)
        key = self.link_key(eui)
        if child is None or key is None:
            return False
        payload = commands.encode(commands.APS, aps.REMOVE_DEVICE, {"target": eui})
        self.aps.send_command(child.short, aps.REMOVE_DEVICE, payload, now, key)
        return True

    # Keys

    def link_key(self, eui: bytes) -> "bytes | None":
        """The link key with a device; that of the historic log where it has come back by it."""
        entry = self.hub.log.find(eui)
        if entry is None:
            return None
        if entry.link_key is None and self.let_in.get(eui) == devicelog.HISTORIC_KEY:
            old = self.hub.log.find_historic(eui)
            return None if old is None else old.link_key
        return entry.link_key

    def awaits_proof(self, eui: bytes) -> bool:
        """Whether a device has not proved yet that it has the link key."""
        return eui not in self._proved

    def proved(self, eui: bytes, now: int) -> None:
        """Notes that a device has proved that it has the link key."""
        if eui in self._proved:
            return
        if self.let_in.get(eui) == devicelog.HISTORIC_KEY:
            try:
                self.hub.returned(eui, now)
            except LogRefused:
                return
        self._proved.add(eui)

    def is_welcome(self, eui: bytes) -> bool:
        """Whether the log lists a device, and it has joined."""
        return eui in self.children and self.hub.log.find(eui) is not None

    def _refuse(self, eui: bytes, why: str) -> None:
        if eui not in self.refused and len(self.refused) >= _MAX_REFUSED:
            for old in list(self.refused):  # the hub's own devices are worth more than strangers
                if self.hub.log.find(old) is None:
                    del self.refused[old]
        self.refused[eui] = why

    # Beacons and association

    def from_mac_command(self, frame: mac.Frame, now: int) -> None:
        """Handles beacon and association requests."""
        if frame.kind != mac.COMMAND or not frame.payload:
            return
        if frame.payload[0] == mac.BEACON_REQUEST:
            superframe = mac.COORDINATOR_SUPERFRAME
            if self.hub.log.is_joining(now):
                superframe |= mac.PERMIT_JOINING
            beacon = mac.Beacon(superframe, mac.PRO_STACK, self.nwk.extended_pan_id)
            pan = self.nwk.mac.pan
            self.nwk.send_mac(lambda number: mac.beacon(number, pan, 0, beacon), now)
        elif frame.payload[0] == mac.ASSOCIATION_REQUEST and len(frame.payload) == 2:
            eui = frame.source
            if isinstance(eui, bytes) and not self.nwk.mac.is_waiting(eui):
                self._associate(eui, frame.payload[1], now)

    def _associate(self, eui: bytes, capability: int, now: int) -> None:
        log = self.hub.log
        keys = dict(log.keys(eui, now))
        key = keys.get(devicelog.INSTALL_CODE_KEY)
        short = mac.BROADCAST
        status = mac.PAN_ACCESS_DENIED
        if log.find(eui) is None:
            self._refuse(eui, "the hub's device log does not list the meter")
        elif key is None:
            self._refuse(eui, "the hub does not take the install code's key now")
        else:
            short = self._admit(eui, capability, now)
            status = mac.SUCCESS
            self.let_in[eui] = devicelog.INSTALL_CODE_KEY
        if status != mac.SUCCESS and self.nwk.mac.strangers() >= _MAX_STRANGERS:
            return
        pan = self.nwk.mac.pan

        def response(number: int) -> mac.Frame:
            return mac.association_response(number, pan, eui, self.eui, short, status)

        def sent(delivered: bool, at: int) -> None:
            # Where only the acknowledgement was lost, the device waits for its key
            if key is not None and status == mac.SUCCESS:
                self._send_network_key(eui, key, at)

        self.nwk.send_mac(response, now, sent, eui)

    def _admit(self, eui: bytes, capability: int, now: int, is_new: bool = True) -> int:
        """Gives a device a short address; the one it had, unless it is new."""
        old = self.children.get(eui)
        if old is not None and not is_new:
            short = old.short
        else:
            used = [child.short for child in self.children.values()]
            short = 0
            while not _FIRST_SHORT <= short <= _LAST_SHORT or short in used:
                octets = self.random(2)
                short = octets[0] << 8 | octets[1]
        self._proved.discard(eui)
        if old is not None:
            self.aps.give_up(old.short)
            if old.short != short:
                self.nwk.forget(eui)
        self._place(eui, Child(short, self._capability(eui, capability), old.mirror if old else 0))
        self.keep_children()
        return short

    def _capability(self, eui: bytes, claimed: int) -> int:
        """The capability of a device: that which is settled, else that which it claims."""
        old = self.children.get(eui)
        return old.capability if old is not None and self.aps.is_settled(eui) else claimed

    def _claimed(self, eui: bytes, child: Child, claimed: int) -> None:
        """Takes the capability that a device with an address claims."""
        capability = self._capability(eui, claimed)
        if child.capability != capability:
            child.capability = capability
            self._place(eui, child)
            self.keep_children()

    def change_network_key(self, now: int) -> None:
        """Sends another network key to all, then switches to it; sleepers rejoin later."""
        key = self.random(16)
        sequence = self.nwk.key_sequence + 1 & 0xFF
        for eui, child in self.children.items():
            link_key = self.link_key(eui)
            if link_key is not None:
                payload = self._network_key(eui, key, sequence)
                use = security.KEY_TRANSPORT_KEY
                self.aps.send_command(child.short, aps.TRANSPORT_KEY, payload, now, link_key, use)
        self.nwk.hold_key(key, sequence)
        self.at("switch", now + _SWITCH_MS, lambda at: self._switch(sequence, at))

    def _switch(self, sequence: int, now: int) -> None:
        order = bytes((sequence,))
        self.aps.send_command(nwk.RECEIVERS_ON, aps.SWITCH_KEY, order, now)

        def switched(at: int) -> None:
            if self.nwk.switch_key(sequence):
                octets = self.store.get(_NETWORK) or bytes(10)
                key = self.nwk.keys[sequence]
                self.store.write({_NETWORK: octets[:10] + order + key})
                if self.reveal is not None:
                    self.reveal("network key", self.nwk.extended_pan_id, key)

        self.at("switched", now + _SWITCH_MS, switched)

    def from_aps_command(
        self, identifier: int, payload: bytes, sender: "bytes | None",
        link_key: "bytes | None", how: int, now: int,
    ) -> None:  # fmt: skip
        """Takes a request for a partner link key, which both devices get; or a leave.

        Source: Smart Energy 5.4.7.4 (partner link keys).
        """
        if how != BY_LINK_KEY or sender is None:
            return
        try:
            values = commands.values(commands.APS, identifier, payload)
        except DecodeError:
            self.nwk.drop("a command of another form")
            return
        if identifier == aps.UPDATE_DEVICE:
            if values["device"] == sender and values["status"] == commands.LEFT:
                self.forget(sender)
            return
        if identifier != aps.REQUEST_KEY:
            return
        partner = values.get("partner")
        if values["key_type"] != _APPLICATION or partner is None or partner == sender:
            return  # trust centre link keys come of key establishment alone
        keys = [(eui, self.link_key(eui)) for eui in (sender, partner)]
        if any(key is None or eui not in self.children for eui, key in keys):
            return
        partner_key = self._pair_key(sender, partner, now)
        for eui, key in keys:
            peer = partner if eui == sender else sender
            values = {
                "key_type": commands.APPLICATION_LINK,
                "key": partner_key,
                "partner": peer,
                "initiator": int(eui == sender),
            }
            body = commands.encode(commands.APS, aps.TRANSPORT_KEY, values)
            short = self.children[eui].short
            use = security.KEY_LOAD_KEY
            self.aps.send_command(short, aps.TRANSPORT_KEY, body, now, key, use)
        if self.reveal is not None:
            self.reveal("partner link key", sender, partner_key)

    def _pair_key(self, eui: bytes, other: bytes, now: int) -> bytes:
        """A key for two devices: within an hour the same, since either writes one that is new."""
        pair = min(eui, other) + max(eui, other)
        made, until = self._pair_keys.get(pair, (b"", 0))
        if not until - _PAIR_KEY_MS <= now < until:
            self._pair_keys.pop(pair, None)
            if len(self._pair_keys) >= _PAIR_KEYS:
                del self._pair_keys[min(self._pair_keys, key=lambda one: self._pair_keys[one][1])]
            made = self.random(16)
            self._pair_keys[pair] = (made, now + _PAIR_KEY_MS)
        return made

    def _network_key(self, eui: bytes, key: bytes, sequence: int) -> bytes:
        return commands.encode(
            commands.APS,
            aps.TRANSPORT_KEY,
            {
                "key_type": commands.NETWORK,
                "key": key,
                "key_sequence": sequence,
                "destination": eui,
                "source": self.eui,
            },
        )

    def _send_network_key(self, eui: bytes, key: bytes, now: int, tries: int = 3) -> None:
        child = self.children.get(eui)
        if child is None:
            return
        if self.reveal is not None:
            self.reveal(self.let_in.get(eui, ""), eui, key)
        sequence = self.nwk.key_sequence
        payload = self._network_key(eui, self.nwk.keys[sequence], sequence)

        def sent(delivered: bool, at: int) -> None:
            if not delivered and tries > 1:
                self._send_network_key(eui, key, at, tries - 1)

        use = security.KEY_TRANSPORT_KEY
        self.aps.send_command(child.short, aps.TRANSPORT_KEY, payload, now, key, use, False, sent)

    # Coming back, leaving

    def from_nwk_command(
        self, frame: nwk.Frame, payload: bytes, sender: "bytes | None", is_secured: bool, now: int
    ) -> None:
        """Takes requests to rejoin; a leave counts under the link key alone."""
        if not payload or sender is None:
            return
        try:
            values = commands.values(commands.NWK, payload[0], payload, 1)
        except DecodeError:
            self.nwk.drop("a command of another form")
            return
        if payload[0] == nwk.REJOIN_REQUEST and (is_secured or frame.source64 is not None):
            self._rejoin(sender, frame.source, values["capability"], is_secured, now)

    def _rejoin(self, eui: bytes, old: int, capability: int, is_secured: bool, now: int) -> None:
        log = self.hub.log
        if nwk.FIRST_RESERVED <= old < mac.BROADCAST or old == nwk.COORDINATOR:
            return
        key_name, key = "", b""
        for name, key_octets in log.keys(eui, now):
            if name != devicelog.INSTALL_CODE_KEY:
                key_name, key = name, key_octets
                break
        if not key_name:
            listed = log.find(eui) is not None
            self._refuse(
                eui,
                "the hub does not know the meter's link key"
                if listed
                else "the hub's device log does not list the meter",
            )
            return
        if is_secured and key_name != devicelog.LINK_KEY:
            return
        known = self.children.get(eui)
        if known is None or is_secured:
            short = self._admit(eui, capability, now, False)
        else:
            short = known.short  # anybody may have sent this: its announcement will tell more
            self._claimed(eui, known, capability)
        self.let_in[eui] = key_name
        body = bytes((nwk.REJOIN_RESPONSE, short & 0xFF, short >> 8, 0))

        def sent(delivered: bool, at: int) -> None:
            if is_secured:
                self.came(eui, at)
            else:
                self._send_network_key(eui, key, at)

        self.nwk.send(nwk.COMMAND, old, body, now, sent, is_secured, (eui, True), None, 1)

    def from_zdo(self, cluster: int, payload: bytes, sender: bytes, now: int) -> None:
        """Takes an announcement, which shows that the device has the network key."""
        if cluster != commands.DEVICE_ANNCE:
            return
        values = commands.values(commands.ZDO, cluster, payload)
        child = self.children.get(sender)
        if child is None or values["eui64"] != sender or values["short_address"] != child.short:
            return
        self._proved.discard(sender)
        self._claimed(sender, child, values["capability"])
        self.aps.give_up(child.short)
        if self.link_key(sender) is not None and self.let_in.get(sender) in (
            devicelog.LINK_KEY,
            devicelog.HISTORIC_KEY,
        ):
            self.came(sender, now)

    # Key establishment

    def attribute(
        self, cluster: int, identifier: int, now: int, endpoint: int = 0
    ) -> "bytes | None":
        """The suites of key establishment, a bit each: Smart Energy 5.4.8.2."""
        if cluster == KEY_ESTABLISHMENT and identifier == 0:
            suites = 0
            for credentials in self.credentials:
                suites |= credentials.suite
            return b"\x31" + suites.to_bytes(2, "little")
        return None

    def from_cluster(
        self, cluster: int, control: int, command: int, payload: bytes, frame: aps.Frame,
        sequence: int, sender: bytes, now: int,
    ) -> bool:  # fmt: skip
        """Takes a device's commands of key establishment."""
        if cluster != KEY_ESTABLISHMENT:
            return False
        if not control & FROM_SERVER:
            self.put_off(self._agree, command, payload, frame, sequence, sender)
        return True

    def _agree(
        self, command: int, payload: bytes, frame: aps.Frame, sequence: int, sender: bytes,
        now: int,
    ) -> None:  # fmt: skip
        """The next step of key establishment with a device."""
        session = self._session(command, sender, now)
        if session is None:
            return
        answer = session.receive(command, payload)
        if answer is not None:
            ends = (frame.source_endpoint or 0, frame.destination_endpoint or 0)
            self.zcl(
                sender, ends, KEY_ESTABLISHMENT, SPECIFIC | FROM_SERVER | NO_DEFAULT,
                answer[0], answer[1], now, sequence,
            )  # fmt: skip
        if session.failed is not None:
            self._refuse(sender, "key establishment failed: %s" % session.why)
            del self._sessions[sender]
        elif session.link_key is not None:
            del self._sessions[sender]
            self._agreed(sender, session.link_key, now)

    def _session(self, command: int, eui: bytes, now: int) -> "cbke.Responder | None":
        """The session of a device, made anew by an Initiate; None where it may have none.

        Each device that the log lists may have one.
        """
        for device in list(self._sessions):
            if now >= self._sessions[device][1]:
                del self._sessions[device]
        kept = self._sessions.get(eui)
        if command != _INITIATE:
            return None if kept is None else kept[0]
        expected = (devicelog.INSTALL_CODE_KEY, devicelog.HASHED_KEY, devicelog.HISTORIC_KEY)
        if self.let_in.get(eui) not in expected or eui in self._proved:
            self.nwk.drop("key establishment not expected")
            return None
        session = cbke.Responder(self.credentials, self.eui, eui, self.random, self.crypto)
        self._sessions[eui] = (session, now + _SESSION_MS)
        return session

    def _agreed(self, eui: bytes, link_key: bytes, now: int) -> None:
        try:
            self.hub.established(eui, link_key, now)
        except LogRefused:
            return
        if self.reveal is not None:
            self.reveal("link key", eui, link_key)
        self.refused.pop(eui, None)
        for pair in list(self._pair_keys):  # which are void with it
            if eui in (pair[:8], pair[8:]):
                del self._pair_keys[pair]
        self.store.write(self.peers())
        self.came(eui, now)
