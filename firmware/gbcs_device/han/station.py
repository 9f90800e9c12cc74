"""The part of a device on the air that all kinds share: radio, counters, descriptors, ZCL frames.

A station is sans-I/O: frames in by `receive`, frames out in `out`, time by `next_timer` and
`handle_timer`; milliseconds since 2000-01-01 UTC. `store` keeps the frame counters, so that after
a restart no counter is used again and no frame from before is accepted again.

A board's stack holds few calls of functions. So whatever a frame brings about is put off: what it
says (a command, a message that is complete), what became of a frame that was sent, the making of
frames. `receive` and `handle_timer` do it, one after another, when the calls that led to it have
returned, before they return themselves. What any other call of a station brings about is due at
its `next_timer`.

Sources: ZigBee 05-3474-21, 2.4 and 4.3; Smart Energy 5.4.6 (which clusters need a link key).
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError
from gbcs.zcl import types
from gbcs.zcl.codes import (
    DEFAULT_RESPONSE,
    FAILURE,
    FROM_SERVER,
    KEEP_ALIVE,
    KEY_ESTABLISHMENT,
    NO_DEFAULT,
    READ,
    READ_RESPONSE,
    REPORT,
    SPECIFIC,
    SUCCESS,
    TIME,
)
from gbcs.zigbee import aps, commands, nwk
from gbcs.zigbee.apslayer import BY_LINK_KEY, ApsLayer

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    from gbcs.interfaces import Crypto
    from gbcs.zigbee import mac
    from gbcs_device.interfaces import OnDelivery, Random, Store

# What a frame may have changed
NOTHING, RADIO, ANYTHING = 0, 1, 2

_LIMIT = "station/counter"  # no frame counter up to this one is used again
_PEERS = "station/peers"  # EUI-64, NWK counter, APS counter of who was heard: 16 octets each
_MARGIN = const(1024)
_NONE = const(0xFFFFFFFF)
_PROBE_MS = const(2000)
_STRANGER_MS = const(8000)
_MOST_READ = const(1500)  # octets of an answer

# Clusters that need no link key: Smart Energy 5.4.6, Table 5-12
_IN_CLEAR = (0x0000, 0x0003, TIME, KEY_ESTABLISHMENT)
_UNSUPPORTED_COMMAND = const(0x81)
_UNSUPPORTED_ATTRIBUTE = const(0x86)
_DESCRIPTOR_TAIL = b"\x00\x00\x52\xdc\x05"  # no manufacturer, 82 octets a frame, 1500 in all


class Station:
    """A radio and the descriptors that it answers with.

    `endpoints` maps an endpoint to (device id, server clusters, client clusters). A subclass
    gives `link_key`, `transport_keys`, `proved`, `is_welcome` and takes commands of clusters.
    """

    node_type = 1  # of the node descriptor: 0 coordinator, 1 router, 2 end device
    capability = 0x8E
    server_mask = 0x2A00  # revision 21

    def __init__(self, eui: bytes, store: "Store", crypto: "Crypto", random: "Random") -> None:
        self.eui = eui
        self.store = store
        self.crypto = crypto
        self.random = random
        self.endpoints: dict[int, tuple[int, tuple[int, ...], tuple[int, ...]]] = {}
        self.is_awake = True
        self.aps = ApsLayer(eui, crypto, random, self)
        self.nwk = self.aps.nwk
        self.out = self.nwk.mac.out  # to transmit, in order; whoever transmits them takes them out
        self.nwk.associated = self.from_mac_command
        self._calls = self.nwk.mac.calls
        self._limit = int.from_bytes(store.get(_LIMIT) or b"", "big")
        self._counter = self._limit
        self._timers: dict[str, tuple[int, Callable[[int], None]]] = {}
        self._sequence = random(1)[0]

    # The air

    def receive(self, octets: bytes, now: int) -> int:
        """One frame from the air, without its FCS. A radio that is off hears nothing.

        What may have changed: NOTHING, the RADIO alone, whose timers are those of `radio_timer`,
        or ANYTHING.
        """
        if not self.is_awake:
            return NOTHING
        is_mine = self.nwk.mac.receive(octets, now)
        if self.run(now):
            return ANYTHING
        return RADIO if is_mine or self.out else NOTHING

    def put_off(self, call: "Callable[..., None]", *arguments: "Any") -> None:
        """Calls `call(*arguments, now)` when the present calls have returned; equal ones once."""
        entry = (call, arguments)
        if entry not in self._calls:
            self._calls.append(entry)

    def run(self, now: int) -> bool:
        """Does what was put off, until nothing is left, and makes the frames that are due.

        Whether anything was put off.
        """
        calls = self._calls
        transmit = self.nwk.mac.transmit
        transmit(now)
        if not calls:
            return False
        while calls:
            call, arguments = calls.pop(0)
            try:
                call(*arguments, now)
            except DecodeError:
                self.nwk.drop("a command of another form")
            transmit(now)
        return True

    def stop(self) -> None:
        """Drops all that was to be done."""
        self._timers = {}
        self._calls.clear()
        self.aps.forget()
        self.nwk.mac.forget()

    def next_timer(self) -> "int | None":
        """When `handle_timer` is to be called, or None."""
        return self.radio_timer()

    def radio_timer(self) -> "int | None":
        """The same for the radio alone, without the device that the station is of."""
        earliest = self.aps.next_timer()
        if self._calls:
            earliest = 0
        for at, _ in self._timers.values():
            if earliest is None or at < earliest:
                earliest = at
        return earliest

    def handle_timer(self, now: int) -> None:
        """Runs the timers that are due."""
        self.serve(now)
        self.aps.handle_timer(now)
        self.run(now)
        for name in list(self._timers):
            due = self._timers.get(name)
            if due is not None and now >= due[0]:
                del self._timers[name]
                due[1](now)
                self.run(now)

    def serve(self, now: int) -> None:
        """Does what is due of the device that the station is of."""

    def at(self, name: str, when: int, call: "Callable[[int], None]") -> None:
        """Calls `call(now)` once `when` has come; a later call of this name replaces it."""
        self._timers[name] = (when, call)

    def cancel(self, *names: str) -> None:
        """Drops the calls of these names."""
        for name in names:
            self._timers.pop(name, None)

    def number(self) -> int:
        """The next ZCL or ZDO sequence number."""
        self._sequence = self._sequence + 1 & 0xFF
        return self._sequence

    # Counters

    def counter(self) -> int:
        """The next outgoing frame counter, never used before."""
        self._counter += 1
        if self._counter >= self._limit:
            self._limit = self._counter + _MARGIN
            self.store.write({_LIMIT: self._limit.to_bytes(4, "big")})
        return self._counter

    def frame_counter(self) -> int:
        """No frame counter above this one has been used."""
        return self._limit

    def peers(self) -> "dict[str, bytes | None]":
        """The changes of the store that keep the counters of peers, for use after a restart."""
        out = b""
        incoming = self.aps.incoming  # of others than these nothing is worth keeping
        for eui in incoming:
            heard = self.nwk.incoming.get(eui, 0)
            out += eui + heard.to_bytes(4, "big") + incoming[eui][1].to_bytes(4, "big")
        return {_PEERS: out or None}

    def load_peers(self) -> None:
        """Restores the counters of peers from the store; the keys must be there already."""
        octets = self.store.get(_PEERS) or b""
        for at in range(0, len(octets), 16):
            eui = octets[at : at + 8]
            heard = int.from_bytes(octets[at + 8 : at + 12], "big")
            self.nwk.incoming[eui] = max(heard, self.nwk.incoming.get(eui, 0))
            counter = int.from_bytes(octets[at + 12 : at + 16], "big")
            key = self.link_key(eui)
            if key is not None and counter != _NONE and eui not in self.aps.incoming:
                self.aps.incoming[eui] = (key, counter)

    # What a subclass knows

    def link_key(self, eui: bytes) -> "bytes | None":
        """The link key agreed on with a device."""
        return None

    def transport_keys(self, eui: bytes) -> "list[bytes]":
        """Link keys under which a device might send keys."""
        return []

    def awaits_proof(self, eui: bytes) -> bool:
        """Whether `proved` is to be called when a frame of a device opens under its link key."""
        return False

    def proved(self, eui: bytes, now: int) -> None:
        """Called when a frame of a device has opened under its link key."""

    def is_welcome(self, eui: bytes) -> bool:
        """Whether frames of a device that has the network key are accepted."""
        return True

    def doubted(self, eui: bytes, now: int) -> None:
        """Probes a device in whose name an attacker may have sent, under the link key.

        Its answer sets its counter and address right here, and this station's there. A device
        without a link key can prove nothing: after a while its counter begins anew.
        """
        if self.link_key(eui) is not None:
            name = "probe " + eui.hex()
            if name not in self._timers:
                self.at(name, now + _PROBE_MS, lambda at: self.probe(eui, at))
        elif "stranger" not in self._timers:
            self.at("stranger", now + _STRANGER_MS, lambda at: self._begin_anew(eui))

    def _begin_anew(self, eui: bytes) -> None:
        if self.link_key(eui) is None:
            self.nwk.incoming.pop(eui, None)

    def undelivered(self, destination: int, now: int) -> None:
        """Called when a frame under a link key to this short address was not acknowledged."""

    def probe(self, eui: bytes, now: int) -> None:
        """Reads an attribute of a device under the link key; any answer will do."""
        self.read(eui, (1, 1), KEEP_ALIVE, (0x0000,), now)

    def from_mac_command(self, frame: "mac.Frame", now: int) -> None:
        """A beacon or a command of the MAC."""

    def from_nwk_command(
        self, frame: nwk.Frame, payload: bytes, sender: "bytes | None", is_secured: bool, now: int
    ) -> None:
        """A command of the network layer."""

    def from_aps_command(
        self, identifier: int, payload: bytes, sender: "bytes | None",
        link_key: "bytes | None", how: int, now: int,
    ) -> None:  # fmt: skip
        """A command of the application support layer."""

    def attribute(
        self, cluster: int, identifier: int, now: int, endpoint: int = 0
    ) -> "bytes | None":
        """An attribute of an endpoint, its type first; None where the endpoint has none such."""
        return None

    def from_zdo(self, cluster: int, payload: bytes, sender: bytes, now: int) -> None:
        """A response of the device profile, or an announcement."""

    def from_attributes(
        self, cluster: int, values: "dict[int, bytes]", endpoint: int, sender: bytes,
        command: int, now: int,
    ) -> None:  # fmt: skip
        """Attributes that were read or reported, each its type and octets; b"" where it failed."""

    def from_default(
        self, cluster: int, command: int, status: int, sequence: int, sender: bytes, now: int
    ) -> None:
        """A default response: the status of a command, by its sequence number."""

    def from_cluster(
        self, cluster: int, control: int, command: int, payload: bytes, frame: aps.Frame,
        sequence: int, sender: bytes, now: int,
    ) -> bool:  # fmt: skip
        """A command of a cluster; False where it is not known."""
        return False

    # ZDO

    def zdo(
        self, short: int, cluster: int, values: "dict[str, Any]", now: int,
        on_delivery: "OnDelivery | None" = None,
    ) -> None:  # fmt: skip
        """Sends a command of the device profile; its sequence is added."""
        values.setdefault("sequence", self.number())
        payload = commands.encode(commands.ZDO, cluster, values)
        self.aps.send(short, (0, 0), cluster, payload, now, None, aps.ZDO, on_delivery)

    def _from_zdo(self, frame: aps.Frame, payload: bytes, sender: bytes, now: int) -> None:
        cluster = frame.cluster or 0
        if cluster & commands.RESPONSE or cluster == commands.DEVICE_ANNCE:
            self.from_zdo(cluster, payload, sender, now)
            return
        asked = commands.values(commands.ZDO, cluster, payload)
        answer = self._about(cluster, asked)
        short = self.nwk.address_of(sender)
        if answer is None or short is None:
            return
        answer["sequence"] = asked["sequence"]
        if "short_address" in asked:
            answer["short_address"] = self.nwk.short
        answer.setdefault("status", SUCCESS)
        self.zdo(short, cluster | commands.RESPONSE, answer, now)

    def _about(self, cluster: int, asked: "dict[str, Any]") -> "dict[str, Any] | None":
        """The answer to a request for a descriptor; None for another request."""
        if cluster == commands.NODE_DESC_REQ:
            mask = self.server_mask.to_bytes(2, "little")
            head = bytes((self.node_type, 0x40, self.capability))
            return {"node_descriptor": head + _DESCRIPTOR_TAIL + mask + b"\xdc\x05\x00"}
        if cluster == commands.ACTIVE_EP_REQ:
            return {"count": len(self.endpoints), "endpoints": sorted(self.endpoints)}
        if cluster == commands.SIMPLE_DESC_REQ:
            descriptor = self.endpoints.get(asked["endpoint"])
            if descriptor is None:
                return {"status": 0x83, "length": 0}  # not active
            device, servers, clients = descriptor
            return {
                "length": 8 + 2 * (len(servers) + len(clients)),
                "endpoint": asked["endpoint"],
                "profile": aps.SMART_ENERGY,
                "device_id": device,
                "device_version": 0,
                "in_count": len(servers),
                "in_clusters": servers,
                "out_count": len(clients),
                "out_clusters": clients,
            }
        if cluster == commands.MATCH_DESC_REQ:
            matching = []
            for endpoint in sorted(self.endpoints):
                _, servers, clients = self.endpoints[endpoint]
                if any(server in servers for server in asked["in_clusters"]) or any(
                    client in clients for client in asked["out_clusters"]
                ):
                    matching.append(endpoint)
            if asked["profile"] != aps.SMART_ENERGY:
                matching = []
            return {"count": len(matching), "endpoints": matching}
        return None

    def find(
        self, short: int, cluster: int, now: int, on_delivery: "OnDelivery | None" = None
    ) -> None:
        """Asks a device which of its endpoints serves a cluster."""
        self.zdo(
            short,
            commands.MATCH_DESC_REQ,
            {
                "short_address": short,
                "profile": aps.SMART_ENERGY,
                "in_count": 1,
                "in_clusters": [cluster],
                "out_count": 0,
                "out_clusters": [],
            },
            now,
            on_delivery,
        )

    # ZCL

    def zcl(
        self, to: bytes, endpoints: "tuple[int, int]", cluster: int, control: int, command: int,
        payload: bytes, now: int, sequence: "int | None" = None,
        on_delivery: "OnDelivery | None" = None,
    ) -> bool:  # fmt: skip
        """Sends a ZCL frame to (destination, source) endpoints, under the link key where needed.

        False where there is no such key, or no address.
        """
        short = self.nwk.address_of(to)
        key = None if cluster in _IN_CLEAR else self.link_key(to)
        if short is None or (key is None and cluster not in _IN_CLEAR):
            return False
        number = self.number() if sequence is None else sequence
        frame = bytes((control, number, command)) + payload
        self.aps.send(short, endpoints, cluster, frame, now, key, aps.SMART_ENERGY, on_delivery)
        return True

    def from_aps(
        self, frame: aps.Frame, payload: bytes, sender: bytes, how: int, now: int
    ) -> None:
        """Data for one of the endpoints."""
        if frame.profile == aps.ZDO:
            self._from_zdo(frame, payload, sender, now)
        elif frame.profile == aps.SMART_ENERGY and len(payload) >= 3:
            self._from_zcl(frame, payload, sender, how, now)

    def _from_zcl(
        self, frame: aps.Frame, payload: bytes, sender: bytes, how: int, now: int
    ) -> None:
        """Checks a ZCL frame, and puts off what it asks for."""
        control, sequence, command = payload[0], payload[1], payload[2]
        cluster = frame.cluster or 0
        if control & 0x04 or control & 0x03 > SPECIFIC:
            return  # nothing of manufacturers
        if how != BY_LINK_KEY and cluster not in _IN_CLEAR:
            self.nwk.drop("a cluster that needs a link key")
            self.default_response(frame, sender, control, sequence, command, FAILURE, now, False)
            return
        body = payload[3:]
        if control & SPECIFIC:
            self.put_off(self._from_command, control, command, body, frame, sequence, sender)
        elif command == READ:
            self.put_off(self._read, frame, sender, control, sequence, body)
        elif command == DEFAULT_RESPONSE and len(body) == 2:
            self.put_off(self.from_default, cluster, body[0], body[1], sequence, sender)
        elif command in (READ_RESPONSE, REPORT):
            values = _attributes(body, command == READ_RESPONSE)
            endpoint = frame.destination_endpoint or 0
            self.put_off(self.from_attributes, cluster, values, endpoint, sender, command)

    def _from_command(
        self, control: int, command: int, payload: bytes, frame: aps.Frame, sequence: int,
        sender: bytes, now: int,
    ) -> None:  # fmt: skip
        cluster = frame.cluster or 0
        if not self.from_cluster(cluster, control, command, payload, frame, sequence, sender, now):
            self.default_response(
                frame, sender, control, sequence, command, _UNSUPPORTED_COMMAND, now
            )

    def default_response(
        self, frame: aps.Frame, sender: bytes, control: int, sequence: int, command: int,
        status: int, now: int, has_link_key: bool = True,
    ) -> None:  # fmt: skip
        """Sends a default response; under the network key alone without a link key."""
        short = self.nwk.address_of(sender)
        if control & SPECIFIC == 0 and command in (READ_RESPONSE, REPORT, DEFAULT_RESPONSE):
            return
        if short is None:
            return
        answer = bytes((control & FROM_SERVER ^ FROM_SERVER | NO_DEFAULT, sequence))
        answer += bytes((DEFAULT_RESPONSE, command, status))
        key = self.link_key(sender) if has_link_key else None
        self.aps.send(short, _back(frame), frame.cluster or 0, answer, now, key)

    def _read(
        self, frame: aps.Frame, sender: bytes, control: int, sequence: int, body: bytes, now: int
    ) -> None:
        if len(body) & 1:
            raise DecodeError("identifiers of two octets expected", 3, "attributes")
        endpoint = frame.destination_endpoint or 0
        out = b""
        for at in range(0, len(body), 2):
            if len(out) > _MOST_READ:
                break  # as many as there is room for
            identifier = body[at] | body[at + 1] << 8
            value = self.attribute(frame.cluster or 0, identifier, now, endpoint)
            out += body[at : at + 2]
            out += bytes((_UNSUPPORTED_ATTRIBUTE,)) if value is None else b"\x00" + value
        self.zcl(
            sender, _back(frame), frame.cluster or 0,
            control & FROM_SERVER ^ FROM_SERVER | NO_DEFAULT, READ_RESPONSE, out, now, sequence,
        )  # fmt: skip

    def read(
        self, to: bytes, endpoints: "tuple[int, int]", cluster: int,
        identifiers: "tuple[int, ...]", now: int, on_delivery: "OnDelivery | None" = None,
    ) -> bool:  # fmt: skip
        """Asks for attributes of a server."""
        body = b"".join(
            [bytes((identifier & 0xFF, identifier >> 8)) for identifier in identifiers]
        )
        return self.zcl(to, endpoints, cluster, 0, READ, body, now, None, on_delivery)


def _back(frame: aps.Frame) -> "tuple[int, int]":
    """The endpoints of an answer."""
    return frame.source_endpoint or 0, frame.destination_endpoint or 0


def _attributes(body: bytes, has_status: bool) -> "dict[int, bytes]":
    """Identifiers, and type and octets of each value; DecodeError."""
    values: dict[int, bytes] = {}
    at = 0
    end = len(body)
    while at < end:
        if end - at < 3:
            raise DecodeError("an attribute expected", at, "attributes")
        identifier = body[at] | body[at + 1] << 8
        at += 2
        if has_status:
            at += 1
            if body[at - 1] != SUCCESS:
                values[identifier] = b""
                continue
        start = at
        at = types.skip_typed(body, at, end, "value")
        values[identifier] = body[start:at]
    return values
