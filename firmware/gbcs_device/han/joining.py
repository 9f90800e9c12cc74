"""How a device joins a HAN and returns to it: scan, association, rejoin, key establishment.

    RESTING -> SCANNING -> ASSOCIATING -> WAITING (for the network key) -> ESTABLISHING -> JOINED
                        -> REJOINING  ->                                               -> JOINED

A device without a network associates where joining is permitted, and gets the network key under
the key of its install code. A device with a network looks for its extended PAN id alone: it
rejoins with the network key it has, else without. Then it gets a new network key under its link
key (the trust centre has moved) or under the hash of that (the trust centre was swapped, and a new
link key is agreed on first). Nothing is kept before that: a power cut on the way leaves the device
as it was.

A device with a link key leaves only by its own CS02f, or by a Remove-Device of the trust centre
under that key. Every device has the network key, so a leave under it is no proof: the device asks
the trust centre under the link key, and rejoins where no answer comes. It asks the same after each
rejoin, whose answer an attacker may have sent.

Sources: ZigBee 05-3474-21, 3.6.1 and 4.6.3; Smart Energy 5.4.2.2.3 (swap-out), 5.4.7 and 5.5.5.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError
from gbcs.zcl.codes import (
    FROM_SERVER,
    KEEP_ALIVE,
    KEY_ESTABLISHMENT,
    NO_DEFAULT,
    READ_RESPONSE,
    SPECIFIC,
)
from gbcs.zigbee import aps, cbke, commands, mac, nwk
from gbcs.zigbee.apslayer import BY_KEY_OF_KEYS, BY_LINK_KEY
from gbcs_device.base.partners import LINK_KEY as _PARTNER
from gbcs_device.han.station import Station

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.interfaces import NetworkDevice, Random

RESTING = "resting"
SCANNING = "scanning"
ASSOCIATING = "associating"
REJOINING = "rejoining"
WAITING = "waiting for the network key"
ESTABLISHING = "establishing a link key"
JOINED = "joined"
OFF = "off"

_NETWORK = "han/network"  # PAN id (2), short address (2), key sequence (1), network key (16)
_MAX_PARTNERS = const(16)  # as many as a hub lists: none takes another's place
_APPLICATION = const(2)  # of Request-Key
COORDINATOR = const(0)
SCAN_MS = const(500)
_MAX_FOUND = const(16)
_SCANS = const(3)
_POLL_MS = const(200)
_POLLS = const(30)
_KEY_MS = const(8000)
_STEP_MS = const(12000)
_STEPS = const(2)  # tries of key establishment
RETRY_MS = const(60000)
_RETRIES = const(15)  # a minute apart, then an hour: Smart Energy 5.5.5
_REJOIN_MS = const(300000)  # the longest wait of a device that has a network
HOUR_MS = const(3600000)
_KEEP_ALIVE_MIN = const(10)  # until the trust centre says otherwise
_KEEP_ALIVE_JITTER_S = const(300)
_LOST_AFTER = const(3)  # keep-alives without an answer: Smart Energy 5.4.2.2.3


class Joiner(Station):
    """A device that joins: `phase` is its state, `problem` why the last attempt failed.

    `credentials` are those of key establishment (gbcs.zigbee.cbke). The store of `device` holds
    keys and network.
    """

    endpoint = 1

    def __init__(
        self,
        device: "NetworkDevice",
        random: "Random",
        credentials: "cbke.Credentials",
        is_sleepy: bool,
    ) -> None:
        super().__init__(device.eui, device.store, device.crypto, random)
        self.device = device
        self.credentials = credentials
        self.is_sleepy = is_sleepy
        self.capability = mac.SLEEPY_END_DEVICE if is_sleepy else mac.MAINS_POWERED_ROUTER
        self.node_type = 2 if is_sleepy else 1
        self.phase = OFF
        self.problem = ""
        self.trust_centre = bytes(8)
        self.keep_alive_min = _KEEP_ALIVE_MIN
        self.keep_alive_jitter_s = _KEEP_ALIVE_JITTER_S
        self._found: list[tuple[int, int, mac.Beacon]] = []
        self._scans = 0
        self._attempts = 0
        self._polls = 0
        self._old: tuple[int, int] = (mac.BROADCAST, mac.BROADCAST)
        self._establishment: cbke.Initiator | None = None
        self._steps = 0
        self._key_endpoint = 1
        self._missed = 0
        self._candidate = bytes(8)  # the network that is being tried

    # Power

    def power_on(self, now: int) -> None:
        """Starts: joins, or returns to the network that the store has."""
        self.is_awake = True
        self._attempts = 0
        self._load()
        self.scan(now)

    def power_off(self) -> None:
        """Nothing is sent or heard."""
        self.is_awake = False
        self.phase = OFF
        self.stop()
        self.nwk.leave()

    def _load(self) -> None:
        octets = self.store.get(_NETWORK)
        self.nwk.leave()
        if octets is None:
            return
        self._old = (octets[0] << 8 | octets[1], octets[2] << 8 | octets[3])
        self.nwk.use_key(octets[5:21], octets[4])
        self.trust_centre = self.device.hub() or bytes(8)
        self.nwk.set_address(self.trust_centre, COORDINATOR)
        self.load_peers()

    # Keys

    def link_key(self, eui: bytes) -> "bytes | None":
        """The link key with the trust centre, once agreed on, or with a partner."""
        if self.phase not in (JOINED, OFF):
            return None
        if eui == self.trust_centre:
            return self.device.link_key()
        return self.store.get(_PARTNER + eui.hex())

    def transport_keys(self, eui: bytes) -> "list[bytes]":
        """The link keys that may protect a Transport-Key now.

        Source: Smart Energy 5.4.2.2.3 (after a swap, the hash of the old link key).
        """
        if self.phase != WAITING and self.phase != JOINED:
            return []
        key = self.device.link_key()
        if key is None:
            key = self.device.install_key()
            return [] if key is None else [key]
        return [key, self.crypto.aes_mmo(key)] if self.phase == WAITING else [key]

    # Scanning

    def scan(self, now: int) -> None:
        """Asks for beacons on the channel."""
        self.phase = SCANNING
        self.cancel("retry", "keep alive", "missed", "poll", "key", "step")
        self.nwk.mac.forget()
        self.nwk.mac.pan = self.nwk.mac.short = mac.BROADCAST
        self._found = []
        self.nwk.send_mac(mac.beacon_request, now)
        self.at("scan", now + SCAN_MS, self._scanned)

    def _scanned(self, now: int) -> None:
        if self.device.is_joined():
            mine = self.device.network()
            self._found = [
                candidate for candidate in self._found if candidate[2].extended_pan_id == mine
            ]
            reason = "its network is not in reach"
        else:
            self._found = [candidate for candidate in self._found if candidate[2].permits_joining]
            reason = "no network that permits joining is in reach"
        if self._found:
            self._scans = 0
            self.try_next(now)
        elif self._scans + 1 < _SCANS:
            self._scans += 1
            self.scan(now)
        else:
            self._scans = 0
            self.rest(now, self.problem or reason)

    def rest(self, now: int, why: str) -> None:
        """Ends an attempt, and sets the time of the next."""
        self.phase = RESTING
        self.problem = why
        self.cancel("scan", "poll", "key", "step")
        self._attempts += 1
        wait = RETRY_MS
        if self._attempts > _RETRIES:
            wait = _REJOIN_MS if self.device.is_joined() else HOUR_MS
        self.at("retry", now + wait, self._retry)

    def _retry(self, now: int) -> None:
        self.problem = ""
        self._load()
        self.scan(now)

    def try_next(self, now: int) -> None:
        """Associates or rejoins with the next network of the scan."""
        self.cancel("poll", "key", "step")
        if not self._found:
            self._load()
            self.rest(now, self.problem)
            return
        pan, parent, beacon = self._found.pop(0)
        self._candidate = beacon.extended_pan_id
        self.nwk.mac.forget()
        self.aps.forget()
        self.nwk.mac.pan = pan
        self._polls = 0
        if self.device.is_joined():
            self.phase = REJOINING
            self.nwk.mac.short = self._old[1]
            self._rejoin(now, pan == self._old[0] and bool(self.nwk.keys), parent)
            return
        self.phase = ASSOCIATING
        self.nwk.mac.short = mac.BROADCAST

        def request(sequence: int) -> mac.Frame:
            return mac.association_request(sequence, pan, parent, self.eui, self.capability)

        self.nwk.send_mac(request, now)
        self.at("poll", now + _POLL_MS, self._poll)

    def _fail(self, now: int, why: str) -> None:
        self.problem = why
        self.try_next(now)

    def _poll(self, now: int) -> None:
        """Polls the parent for frames; a sleeper repeats this while it is awake."""
        if self.phase in (ASSOCIATING, REJOINING):
            self._polls += 1
            if self._polls > _POLLS:
                self._fail(now, "the hub does not answer")
                return
        if not self.is_awake:
            return
        source = self.eui if self.phase == ASSOCIATING else self.nwk.short
        if self.nwk.mac.is_idle():
            self.nwk.send_mac(
                lambda sequence: mac.data_request(sequence, self.nwk.mac.pan, COORDINATOR, source),
                now,
            )
        if self.is_sleepy or self.phase == ASSOCIATING:
            self.at("poll", now + _POLL_MS, self._poll)

    def from_mac_command(self, frame: mac.Frame, now: int) -> None:
        """Takes beacons, and the answer to an association."""
        if frame.kind == mac.BEACON and self.phase == SCANNING:
            if frame.source_pan is None or not isinstance(frame.source, int):
                return
            try:
                beacon = mac.decode_beacon(frame.payload)
            except DecodeError:
                return
            here = (frame.source_pan, frame.source, beacon)
            if here not in self._found and len(self._found) < _MAX_FOUND:
                self._found.append(here)
        elif (
            self.phase == ASSOCIATING
            and len(frame.payload) == 4
            and frame.payload[0] == mac.ASSOCIATION_RESPONSE
        ):
            self.cancel("poll")
            if frame.payload[3] != mac.SUCCESS:
                self._fail(now, "the hub refuses association")
                return
            self.nwk.mac.short = frame.payload[1] | frame.payload[2] << 8
            if isinstance(frame.source, bytes):
                self.trust_centre = frame.source
            self._await_key(now)

    def _await_key(self, now: int) -> None:
        self.phase = WAITING
        self.at("key", now + _KEY_MS, lambda at: self._fail(at, "no network key came"))
        if self.is_sleepy:
            self.at("poll", now + _POLL_MS, self._poll)

    # Rejoining

    def _rejoin(self, now: int, secured: bool, parent: int) -> None:
        self._secured_rejoin = secured
        body = bytes((nwk.REJOIN_REQUEST, self.capability))
        self.nwk.send(nwk.COMMAND, parent, body, now, None, secured, (None, True), self._old[1], 1)
        wait = _KEY_MS // 2
        self.at("key", now + wait, lambda at: self._no_rejoin(at, secured, parent))
        if self.is_sleepy:
            self.at("poll", now + _POLL_MS, self._poll)

    def _no_rejoin(self, now: int, secured: bool, parent: int) -> None:
        if secured:  # the network key may be another by now
            self._rejoin(now, False, parent)
        else:
            self._fail(now, "the hub does not take it back")

    def from_nwk_command(
        self, frame: nwk.Frame, payload: bytes, sender: "bytes | None", is_secured: bool, now: int
    ) -> None:
        """Takes the answer to a rejoin; a leave under the network key alone is not followed."""
        try:
            values = commands.values(commands.NWK, payload[0], payload, 1) if payload else {}
        except DecodeError:
            self.nwk.drop("a command of another form")
            return
        if not payload:
            return
        if payload[0] == nwk.REJOIN_RESPONSE and self.phase == REJOINING:
            if frame.destination64 != self.eui or values["status"] != 0:
                return
            if not 0 < values["short_address"] < nwk.FIRST_RESERVED:
                return
            if is_secured != self._secured_rejoin and not is_secured:
                return  # who can secure it does
            self.cancel("key", "poll")
            self.nwk.mac.short = values["short_address"]
            if is_secured:
                self.on_joined(now, {})
            else:
                self._await_key(now)
        elif payload[0] == nwk.LEAVE and is_secured and values["options"] & nwk.LEAVE_REQUEST:
            self.nwk.drop("a leave that needs the link key")
            self.doubted(self.trust_centre, now)

    # The network key

    def from_aps_command(
        self, identifier: int, payload: bytes, sender: "bytes | None",
        link_key: "bytes | None", how: int, now: int,
    ) -> None:  # fmt: skip
        """Takes keys, and the trust centre's order to leave."""
        try:
            values = commands.values(commands.APS, identifier, payload)
        except DecodeError:
            self.nwk.drop("a command of another form")
            return
        if identifier == aps.REMOVE_DEVICE and how == BY_LINK_KEY and self.phase == JOINED:
            if sender == self.trust_centre and values["target"] == self.eui:
                self.leave(now)
            return
        if self.phase == JOINED and sender == self.trust_centre:
            self._another_key(identifier, values, how, now)
            return
        if identifier != aps.TRANSPORT_KEY or how != BY_KEY_OF_KEYS or self.phase != WAITING:
            return
        if values["key_type"] != commands.NETWORK or sender is None or link_key is None:
            return
        if values["destination"] != self.eui:
            return
        self.cancel("key")
        self.trust_centre = sender
        self.nwk.use_key(values["key"], values["key_sequence"])
        self.nwk.set_address(sender, COORDINATOR)
        self.aps.broadcast(
            commands.DEVICE_ANNCE,
            commands.encode(
                commands.ZDO,
                commands.DEVICE_ANNCE,
                {
                    "sequence": self.number(),
                    "short_address": self.nwk.short,
                    "eui64": self.eui,
                    "capability": self.capability,
                },
            ),
            now,
        )
        if link_key == self.device.link_key():
            self.on_joined(now, {})
        else:
            self._steps = 0
            self._establish(now)

    def _another_key(self, identifier: int, values: "dict[str, Any]", how: int, now: int) -> None:
        """Takes keys while joined: a partner's, another network key, and the switch to it."""
        if identifier == aps.SWITCH_KEY:
            if self.nwk.switch_key(values["key_sequence"]):
                self._keep_network({})
                self.doubted(self.trust_centre, now)  # anybody may have said so
        elif identifier == aps.TRANSPORT_KEY and how == BY_KEY_OF_KEYS:
            if values["key_type"] == commands.APPLICATION_LINK:
                if not self.is_partner(values["partner"]):
                    self.nwk.drop("a key with a device that is not joined with this one")
                    return
                known = self.store.names(_PARTNER)
                name = _PARTNER + values["partner"].hex()
                if name in known or len(known) < _MAX_PARTNERS:
                    self.store.write({name: values["key"]})
            elif values["key_type"] == commands.NETWORK and values["destination"] == self.eui:
                self.nwk.hold_key(values["key"], values["key_sequence"])

    def is_partner(self, eui: bytes) -> bool:
        """Whether a link key with this device is taken from the trust centre."""
        return True

    def partners(self) -> "list[bytes]":
        """The EUI-64 of each device that the trust centre gave a key for."""
        start = len(_PARTNER)
        return [bytes.fromhex(name[start:]) for name in self.store.names(_PARTNER)]

    def request_partner_key(self, eui: bytes, now: int) -> None:
        """Asks the trust centre for a link key with another device.

        Source: Smart Energy 5.4.7.4 (partner link keys).
        """
        key = self.link_key(self.trust_centre)
        if key is not None:
            values = {"key_type": _APPLICATION, "partner": eui}
            payload = commands.encode(commands.APS, aps.REQUEST_KEY, values)
            self.aps.send_command(COORDINATOR, aps.REQUEST_KEY, payload, now, key)

    # Key establishment

    def _establish(self, now: int) -> None:
        """Asks for the trust centre's endpoint, then for its suites, then begins."""
        self.phase = ESTABLISHING
        self._establishment = None
        self._steps += 1
        self.at("step", now + _STEP_MS, self._not_established)
        self.find(COORDINATOR, KEY_ESTABLISHMENT, now)

    def _not_established(self, now: int) -> None:
        self._establishment = None
        if self._steps < _STEPS:
            self._establish(now)
        else:
            self._fail(now, self.problem or "key establishment did not end")

    def from_zdo(self, cluster: int, payload: bytes, sender: bytes, now: int) -> None:
        """Learns the endpoint at which the trust centre has key establishment."""
        if cluster != commands.MATCH_DESC_REQ | commands.RESPONSE or sender != self.trust_centre:
            return
        endpoints = commands.values(commands.ZDO, cluster, payload)["endpoints"]
        if self.phase == ESTABLISHING and endpoints and self._establishment is None:
            self._key_endpoint = endpoints[0]
            self.read(sender, (endpoints[0], self.endpoint), KEY_ESTABLISHMENT, (0x0000,), now)

    def from_attributes(
        self, cluster: int, values: "dict[int, bytes]", endpoint: int, sender: bytes,
        command: int, now: int,
    ) -> None:  # fmt: skip
        """Takes the suites of the trust centre, and its keep-alive times."""
        if sender != self.trust_centre or command != READ_RESPONSE:
            return
        first = values.get(0, b"")
        if cluster == KEY_ESTABLISHMENT and self.phase == ESTABLISHING:
            if self._establishment is not None:
                return
            if len(first) != 3 or not first[1] & self.credentials.suite:
                self._fail(now, "key establishment: the hub does not offer the suite")
            else:
                self._establishment = cbke.Initiator(
                    self.credentials, self.eui, sender, self.random, self.crypto
                )
                self._say(self._establishment.start(), now)
        elif cluster == KEEP_ALIVE:
            self._missed = 0
            self.cancel("missed")
            if len(first) == 2:
                self.keep_alive_min = first[1]
            second = values.get(1, b"")
            if len(second) == 3:
                self.keep_alive_jitter_s = second[1] | second[2] << 8

    def _say(self, command: "tuple[int, bytes] | None", now: int) -> None:
        if command is None:
            return
        self.at("step", now + _STEP_MS, self._not_established)
        self.zcl(
            self.trust_centre, (self._key_endpoint, self.endpoint), KEY_ESTABLISHMENT,
            SPECIFIC | NO_DEFAULT, command[0], command[1], now,
        )  # fmt: skip

    def from_cluster(
        self, cluster: int, control: int, command: int, payload: bytes, frame: aps.Frame,
        sequence: int, sender: bytes, now: int,
    ) -> bool:  # fmt: skip
        """Takes the trust centre's commands of key establishment."""
        if cluster != KEY_ESTABLISHMENT:
            return False
        if control & FROM_SERVER and sender == self.trust_centre:
            self.put_off(self._agree, command, payload)
        return True

    def _agree(self, command: int, payload: bytes, now: int) -> None:
        """The next step of key establishment."""
        session = self._establishment
        if session is None:
            return
        self._say(session.receive(command, payload), now)
        if session.failed is not None:
            self._establishment = None
            self.problem = "key establishment failed: %s" % session.why
            self.cancel("step")
            self.put_off(self._not_established)  # once the partner has been told
        elif session.link_key is not None:
            self._establishment = None
            self.cancel("step")
            partner = session.partner
            self.on_joined(now, self.device.agreed(self._candidate, partner, session.link_key))

    # On the network

    def on_joined(self, now: int, changes: "dict[str, bytes | None]") -> None:
        """Called when joined: writes network and keys in one batch."""
        if "han/link_key" in changes:  # with a new trust centre's key, partners' are void
            changes.update(dict.fromkeys(self.store.names(_PARTNER)))
        self._keep_network(changes)
        self._old = (self.nwk.mac.pan, self.nwk.short)
        self.phase = JOINED
        self.problem = ""
        self._attempts = 0
        self._missed = 0
        self._found = []
        self.stay_in_touch(now)
        self.doubted(self.trust_centre, now)

    def _keep_network(self, changes: "dict[str, bytes | None]") -> None:
        pan, short = self.nwk.mac.pan, self.nwk.short
        key = self.nwk.keys[self.nwk.key_sequence]
        changes[_NETWORK] = (
            bytes((pan >> 8, pan & 0xFF, short >> 8, short & 0xFF, self.nwk.key_sequence)) + key
        )
        changes.update(self.peers())
        self.store.write(changes)

    def stay_in_touch(self, now: int) -> None:
        """Sets the time of the next keep-alive."""
        jitter = int.from_bytes(self.random(2), "big") % (self.keep_alive_jitter_s + 1)
        wait = (self.keep_alive_min * 60 + jitter) * 1000
        self.at("keep alive", now + wait, self._keep_alive)

    def _keep_alive(self, now: int) -> None:
        self.at("missed", now + _STEP_MS, self.missed)
        ends = (self._key_endpoint, self.endpoint)
        self.read(self.trust_centre, ends, KEEP_ALIVE, (0x0000, 0x0001), now)
        self.stay_in_touch(now)

    def probe(self, eui: bytes, now: int) -> None:
        """Asks a device under the link key; the trust centre by a keep-alive."""
        if self.phase != JOINED or not self.is_awake:
            return
        if eui != self.trust_centre or self.is_sleepy:
            super().probe(eui, now)
        elif "missed" not in self._timers:  # it is not being asked yet
            self._keep_alive(now)

    def undelivered(self, destination: int, now: int) -> None:
        """Probes a trust centre that did not acknowledge: its network key may have changed."""
        if destination == COORDINATOR and not self.is_sleepy:
            self.doubted(self.trust_centre, now)

    def missed(self, now: int) -> None:
        """Counts an unanswered keep-alive: asks again in a minute, rejoins after the third."""
        self._missed += 1
        if self._missed >= _LOST_AFTER:
            self._missed = 0
            self.problem = "the trust centre does not answer"
            self._load()
            self.scan(now)
        elif not self.is_sleepy:
            self.at("keep alive", now + RETRY_MS, self._keep_alive)

    # Off the network

    def leave(self, now: int) -> None:
        """Leaves: tells the trust centre, forgets network and keys, joins by the install code.

        The trust centre is told under the link key; it trusts nothing else.
        """
        key = self.link_key(self.trust_centre)
        self.aps.forget()
        if key is not None:
            values = {"device": self.eui, "short_address": self.nwk.short, "status": commands.LEFT}
            payload = commands.encode(commands.APS, aps.UPDATE_DEVICE, values)
            self.aps.send_command(COORDINATOR, aps.UPDATE_DEVICE, payload, now, key)
        body = bytes((nwk.LEAVE, 0))
        self.nwk.send(nwk.COMMAND, nwk.RECEIVERS_ON, body, now, None, True, (None, True), None, 1)
        self.store.write(self.device.left())
        self.cancel("keep alive", "missed", "poll", "wake")
        self._attempts = 0
        self.at("retry", now + SCAN_MS, self._anew)
        self.phase = RESTING

    def _anew(self, now: int) -> None:
        self.nwk.leave()
        self.aps.incoming = {}
        self.trust_centre = bytes(8)
        self._retry(now)
