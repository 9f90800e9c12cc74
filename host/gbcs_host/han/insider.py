"""An attacker with the network key of a HAN, as any IHD has it; frames are drawn from a seed.

The attacker is a station: it receives every frame, and sends any frame that the network key
allows. Each layer of a frame has valid, invalid or stolen parts: addresses, frame counter, command
and values; a frame may also repeat or rewrap one that was received.

    MAC     beacons, association, data requests in a sleeper's name, acknowledgements
    NWK     every command, as hub or device, secured with any counter, or not
    APS     every command, keys under keys that the attacker makes up, acknowledgements, blocks
    ZDO     every request, response and announcement
    ZCL     every cluster that devices have; key establishment and tunnels in others' names

None of these frames may change the values that `secrets` returns.

Sources: IEEE 802.15.4-2006, 7.2 (MAC); ZigBee 05-3474-21, 3.4 (NWK commands), 4.4 (APS commands),
2.4 (ZDO), 2.2.8.4.5 (blocks); ZigBee Smart Energy annex C (key establishment), D.6 (tunnels).
"""

import collections
import random
from collections.abc import Iterator, Sequence
from typing import Any

from gbcs import message
from gbcs.errors import GbcsError
from gbcs.zigbee import aps, commands, mac, nwk, security

_CLUSTERS = (
    0x0000, 0x0003, 0x000A, 0x0025, 0x0700, 0x0702, 0x0703, 0x0704, 0x0705, 0x0707, 0x0708, 0x0800,
)  # fmt: skip
_NWK_COMMANDS = tuple(range(0x01, 0x0F))
_APS_COMMANDS = (
    aps.TRANSPORT_KEY, aps.UPDATE_DEVICE, aps.REMOVE_DEVICE, aps.REQUEST_KEY, aps.SWITCH_KEY,
    aps.TUNNEL, aps.VERIFY_KEY, aps.CONFIRM_KEY, 0x01, 0x02,
)  # fmt: skip
_ZDO_CLUSTERS = (
    0x0000, 0x0001, 0x0002, 0x0004, 0x0005, 0x0006, 0x0013, 0x0021, 0x0022, 0x0031, 0x0034,
    0x0036, 0x0038, 0x8000, 0x8001, 0x8002, 0x8004, 0x8005, 0x8006, 0x8021, 0x8034, 0x8036,
)  # fmt: skip
_ENDPOINTS = (0, 1, 1, 1, 2, 3, 32, 77, 255)
_STRANGER = bytes.fromhex("00DB12345678EEEE")
_WELL_KNOWN = b"ZigBeeAlliance09"
_REMEMBERED = 256
_KEPT = ("cell/", "own/", "count/", "device", "install_code")  # of a device's store


def forged(
    network: Any, sender: "tuple[bytes, int]", to: int, kind: int, payload: bytes, counter: int,
    eui64: "tuple[bytes | None, bool]" = (None, False),
) -> bytes:  # fmt: skip
    """A MAC frame under the network key in the name of `sender`, an EUI-64 and a short address.

    `network` is the NwkLayer of any station of the network; `to` the destination's short address;
    `kind` the NWK frame type. `eui64` is the destination's EUI-64 for the header, or None, and
    whether the header has the sender's.
    """
    frame = nwk.frame(kind, to, sender[1], counter & 0xFF, payload, eui64[0],
                      sender[0] if eui64[1] else None)  # fmt: skip
    frame.control |= nwk.SECURITY
    sequence = network.key_sequence
    auxiliary = security.auxiliary(security.NETWORK_KEY, counter, sender[0], sequence)
    key = network.keys[sequence]
    octets = security.seal(
        nwk.header(frame), auxiliary, frame.payload, key, sender[0], network.crypto
    )
    hop = mac.BROADCAST if to >= nwk.ROUTERS else to
    return mac.encode(mac.data(counter & 0xFF, network.mac.pan, hop, sender[1], octets))


class _Heard:
    """A frame that was received, with its NWK payload decrypted."""

    __slots__ = ("frame", "octets", "payload", "sender")

    def __init__(self, octets: bytes, frame: nwk.Frame, payload: bytes, sender: bytes) -> None:
        self.octets = octets
        self.frame = frame
        self.payload = payload
        self.sender = sender


class Insider:
    """A station that sends `count` hostile frames in bursts; `sent` counts them.

    `hub` and `devices` are the stations whose addresses and network key it uses. `now` is
    milliseconds since 2000; pauses between bursts are at most `pause_ms`.
    """

    def __init__(
        self, hub: Any, devices: Sequence[Any], count: int, seed: int, now: int,
        pause_ms: int = 4000,
    ) -> None:  # fmt: skip
        self.out: list[bytes] = []
        self.is_awake = True
        self.count = count
        self.sent = 0
        self._hub = hub
        self._devices = list(devices)
        self._random = random.Random(seed)
        self._crypto = hub.crypto
        self._heard: collections.deque[_Heard] = collections.deque(maxlen=_REMEMBERED)
        self._counters: dict[bytes, int] = {}
        self._due = now
        self._pause_ms = pause_ms

    def knows(self, hub: Any, devices: Sequence[Any]) -> None:
        """Replaces the known stations; a device that restarts is a new station."""
        self._hub = hub
        self._devices = list(devices)

    # A station

    def receive(self, octets: bytes, now: int) -> None:
        """Keeps a frame that it receives, and sometimes answers before its addressee does."""
        try:
            frame = mac.decode(octets)
            if frame.kind != mac.DATA:
                return
            nwk_frame = nwk.decode(frame.payload)
        except GbcsError:
            return
        auxiliary = nwk_frame.auxiliary
        if auxiliary is None or auxiliary.source is None:
            return
        key = self._hub.nwk.keys.get(auxiliary.key_sequence or 0)
        if key is None:
            return
        try:
            payload = security.unseal(
                nwk.header(nwk_frame),
                auxiliary,
                nwk_frame.payload,
                key,
                auxiliary.source,
                self._crypto,
            )
        except GbcsError:
            return
        self._heard.append(_Heard(octets, nwk_frame, payload, auxiliary.source))
        self._counters[auxiliary.source] = auxiliary.counter
        if self.sent < self.count and self._random.random() < 0.2:
            self._send(self._answer(self._heard[-1]))

    def next_timer(self) -> "int | None":
        """The time of its next burst, milliseconds since 2000, or None once it has ended."""
        return self._due if self.sent < self.count else None

    def handle_timer(self, now: int) -> None:
        """Sends a burst of frames where it is due, and schedules the next."""
        if now < self._due or self.sent >= self.count:
            return
        for _ in range(min(self._random.choice((1, 5, 20, 60)), self.count - self.sent)):
            self._send(self.frame())
        self._due = now + self._random.randrange(10, self._pause_ms)

    def _send(self, octets: bytes) -> None:
        self.sent += 1
        self.out.append(octets)

    # Frames

    def frames(self, count: int) -> Iterator[bytes]:
        """`count` frames, without sending them."""
        for _ in range(count):
            yield self.frame()

    def frame(self) -> bytes:
        """A hostile frame of any kind."""
        make = self._random.choices(
            (self._mac, self._command, self._aps_command, self._acknowledgement, self._block,
             self._zdo, self._zcl, self._again, self._wrapped_anew),
            (10, 20, 12, 6, 8, 16, 22, 4, 12),
        )[0]  # fmt: skip
        return make()

    def _names(self) -> "list[tuple[bytes, int]]":
        """Pairs of EUI-64 and short address of the hub and all devices."""
        known = self._hub.children
        return [(self._hub.eui, nwk.COORDINATOR)] + [
            (device.eui, known[device.eui].short if device.eui in known else device.nwk.short)
            for device in self._devices
        ]

    def _eui(self) -> bytes:
        source = self._random
        if source.random() < 0.1:
            return source.choice((_STRANGER, source.randbytes(8)))
        return source.choice(self._names())[0]

    def _short(self) -> int:
        source = self._random
        if source.random() < 0.15:
            return source.choice((0x6666, source.randrange(0x10000), 0xFFFD, 0xFFFF))
        return source.choice(self._names())[1]

    def _identity(self) -> "tuple[bytes, int]":
        """The sender named in a frame: often the hub, else one device, else a mixed pair."""
        source = self._random
        chance = source.random()
        if chance < 0.4:
            return self._names()[0]
        if chance < 0.8:
            return source.choice(self._names())
        return self._eui(), self._short()

    def _frame_counter(self, sender: bytes) -> int:
        source = self._random
        last = self._counters.get(sender, 1000)
        return source.choice(
            (last + 1, last + source.randrange(1, 64), last + source.randrange(1, 5000),
             last, source.randrange(1 << 32), 0, 0xFFFFFFFE, 0xFFFFFFFF)
        ) & 0xFFFFFFFF  # fmt: skip

    def _wrapped(
        self, kind: int, payload: bytes, sender: "tuple[bytes, int] | None" = None,
        to: "int | None" = None,
    ) -> bytes:  # fmt: skip
        """A NWK payload in a NWK and a MAC frame, mostly secured."""
        source = self._random
        eui, short = sender or self._identity()
        if to is None:
            to = self._short()
        hop = mac.BROADCAST if to >= nwk.ROUTERS else to
        names = self._names()
        to64 = next((name for name, at in names if at == to), None)
        with64 = to64 if source.random() < 0.5 else None
        frame = nwk.frame(
            kind, to, short, source.randrange(256), payload, with64,
            eui if source.random() < 0.6 else None, source.choice((0, 1, 30)),
        )  # fmt: skip
        network = self._hub.nwk
        if source.random() < 0.12:
            octets = nwk.encode(frame)
        else:
            frame.control |= nwk.SECURITY
            sequence = network.key_sequence
            key = network.keys[sequence]
            if source.random() < 0.03:
                sequence = source.randrange(256)
            auxiliary = security.auxiliary(
                security.NETWORK_KEY, self._frame_counter(eui), eui, sequence
            )
            octets = security.seal(
                nwk.header(frame), auxiliary, frame.payload, key, eui, self._crypto
            )
        pan = network.mac.pan if source.random() < 0.97 else source.randrange(0x10000)
        via = short if source.random() < 0.9 else self._short()
        head = mac.data(source.randrange(256), pan, hop, via, b"")
        return mac.encode(head) + octets[: mac.LARGEST - 9]

    # MAC

    def _mac(self) -> bytes:
        source = self._random
        network = self._hub.nwk
        pan, number = network.mac.pan, source.randrange(256)
        eui, short = source.choice(self._names()[1:])
        kind = source.randrange(8)
        if kind == 0:
            shown = mac.Beacon(
                source.choice((0x4FFF, 0xCFFF)), mac.PRO_STACK, network.extended_pan_id,
                update_id=source.randrange(256),
            )  # fmt: skip
            pan_id = source.choice((pan, source.randrange(0xFFFE)))
            return mac.encode(mac.beacon(number, pan_id, self._short(), shown))
        if kind == 1:
            capability = source.choice((0x80, 0x8E, 0x00))
            return mac.encode(
                mac.association_request(
                    number, pan, 0, source.choice((eui, _STRANGER)), capability
                )
            )
        if kind == 2:
            return mac.encode(
                mac.association_response(
                    number, pan, eui, self._hub.eui, self._short(), source.randrange(3)
                )
            )
        if kind in (3, 4):  # a hub sends a sleeper's frames to any sender of a data request
            return mac.encode(mac.data_request(number, pan, 0, source.choice((eui, short))))
        if kind == 5:
            return mac.ack(number, source.random() < 0.5)
        if kind == 6:
            return mac.encode(mac.beacon_request(number))
        command = source.choice((0x03, 0x05, 0x06, 0x08, 0x09))
        payload = bytes((command,)) + source.randbytes(source.randrange(8))
        return mac.encode(mac.Frame(0x8863, number, pan, short, pan, 0, payload))

    # NWK

    def _command(self) -> bytes:
        source = self._random
        command = source.choice(
            (nwk.LEAVE, nwk.REJOIN_REQUEST, nwk.REJOIN_RESPONSE, *_NWK_COMMANDS)
        )
        if command == nwk.LEAVE:
            body = bytes((source.choice((0x00, 0x20, 0x40, 0x60, 0x80, 0xC0, 0xE0)),))
        elif command == nwk.REJOIN_REQUEST:
            body = bytes((source.choice((0x80, 0x8E, 0x00, 0xFF)),))
        elif command == nwk.REJOIN_RESPONSE:
            body = self._short().to_bytes(2, "little") + bytes((source.choice((0, 0, 1, 2)),))
        elif command == 0x03:  # network status: address conflict, and others
            body = bytes((source.randrange(0x14),)) + self._short().to_bytes(2, "little")
        elif command in (0x09, 0x0A):  # a PAN id conflict, and the update that follows
            body = bytes((source.randrange(256),)) + mac.reverse(self._hub.nwk.extended_pan_id)
            body += source.randbytes(3)
        else:
            body = source.randbytes(source.randrange(12))
        return self._wrapped(nwk.COMMAND, bytes((command,)) + self._bent(body))

    # APS

    def _value(self, name: str) -> Any:
        """A value, valid or not, for a field of this name."""
        source = self._random
        if name in ("eui64", "destination", "source", "partner", "device", "target"):
            return self._eui()
        if name == "short_address":
            return self._short()
        if name in ("key", "hash"):
            return source.choice((source.randbytes(16), self._network_key(), _WELL_KNOWN))
        if name == "key_type":
            return source.choice((1, 2, 3, 4, 0))
        if name == "key_sequence":
            now: int = self._hub.nwk.key_sequence
            return source.choice((now, now + 1 & 0xFF, source.randrange(256)))
        if name == "initiator":
            return source.randrange(2)
        if name == "endpoints":
            return [source.choice(_ENDPOINTS) for _ in range(source.choice((0, 1, 1, 3)))]
        if name in ("in_clusters", "out_clusters"):
            return [source.choice(_CLUSTERS) for _ in range(source.choice((0, 1, 4)))]
        if name == "endpoint" or name.endswith("_endpoint"):
            return source.choice(_ENDPOINTS)
        if name == "capability":
            return source.choice((0x80, 0x8E, 0x00, 0xFF))
        if name in ("profile", "cluster"):
            return source.choice((*_CLUSTERS, aps.SMART_ENERGY, 0x0104))
        if name in ("command", "rest", "node_descriptor", "entries", "update"):
            return source.randbytes(source.randrange(14))
        if name in ("status", "duration", "flags", "address_mode", "length"):
            return source.choice((0, 0, 1, 3, 0x40, 0x80, 255))
        return source.randrange(256)

    def _fields(self, table: str, identifier: int) -> bytes:
        """The payload of a command with plausible values, sometimes shortened or lengthened."""
        given = _Values(self._value)
        try:
            octets = commands.encode(table, identifier, given)
        except GbcsError:
            octets = self._random.randbytes(self._random.randrange(20))
        return self._bent(octets)

    def _bent(self, octets: bytes) -> bytes:
        source = self._random
        chance = source.random()
        if chance < 0.08:
            return octets[: source.randrange(len(octets) + 1)]
        if chance < 0.12:
            return octets + source.randbytes(source.randrange(1, 9))
        if chance < 0.18 and octets:
            at = source.randrange(len(octets))
            return octets[:at] + source.randbytes(1) + octets[at + 1 :]
        return octets

    def _network_key(self) -> bytes:
        network = self._hub.nwk
        key: bytes = network.keys[network.key_sequence]
        return key

    def _aps_command(self) -> bytes:
        source = self._random
        identifier = source.choice(_APS_COMMANDS)
        body = bytes((identifier,)) + self._fields(commands.APS, identifier)
        sender = self._identity()
        control = aps.COMMAND | source.choice((0, 0, aps.ACK_REQUEST))
        if source.random() < 0.5:
            payload = bytes((control, source.randrange(256))) + body
        else:
            frame = aps.Frame(
                control | aps.SECURITY, None, None, None, None, source.randrange(256)
            )
            payload = self._sealed(frame, body, sender[0])
        return self._wrapped(nwk.DATA, payload, sender)

    def _sealed(self, frame: aps.Frame, body: bytes, sender: bytes) -> bytes:
        """An APS frame secured under a key that the attacker has, which is never the right one."""
        source = self._random
        use = source.choice(
            (security.DATA_KEY, security.KEY_TRANSPORT_KEY, security.KEY_LOAD_KEY, 1)
        )
        named = sender if source.random() < 0.6 else None
        auxiliary = security.auxiliary(use, self._frame_counter(sender), named)
        key = source.choice((source.randbytes(16), self._network_key(), _WELL_KNOWN))
        key = security.key_for(use, key, self._crypto)
        return security.seal(aps.header(frame), auxiliary, body, key, sender, self._crypto)

    def _data(self, cluster: int, profile: int, body: bytes, to: "int | None" = None) -> bytes:
        """APS data for an endpoint, without APS security or under a wrong key."""
        source = self._random
        sender = self._identity()
        control = source.choice((0, aps.ACK_REQUEST, aps.ACK_REQUEST, 0x08))
        zdo = profile == aps.ZDO
        ends = (0, 0) if zdo else (source.choice(_ENDPOINTS), source.choice(_ENDPOINTS))
        counter = source.randrange(256)
        frame = aps.data(ends[0], cluster, profile, ends[1], counter, body[:80], control)
        if source.random() < 0.8:
            return self._wrapped(nwk.DATA, aps.encode(frame), sender, to)
        frame.control |= aps.SECURITY
        return self._wrapped(nwk.DATA, self._sealed(frame, body[:60], sender[0]), sender, to)

    def _acknowledgement(self) -> bytes:
        """A false APS acknowledgement, of the last frame received or of any."""
        source = self._random
        if self._heard and source.random() < 0.7:
            acknowledgement = self._acknowledged(self._heard[-1])
            if acknowledgement is not None:
                return acknowledgement
        control = aps.ACK | source.choice((0, 0x10, aps.EXTENDED))
        frame = aps.Frame(
            control, source.choice(_ENDPOINTS), source.choice(_CLUSTERS), aps.SMART_ENERGY, 1,
            source.randrange(256),
        )  # fmt: skip
        if control & 0x10:
            frame.destination_endpoint = frame.cluster = frame.profile = None
        if control & aps.EXTENDED:
            frame.extended = (source.choice((1, 2)), source.randrange(40), source.randrange(2))
        return self._wrapped(nwk.DATA, aps.encode(frame))

    def _acknowledged(self, heard: _Heard) -> "bytes | None":
        if heard.frame.kind != nwk.DATA:
            return None
        try:
            frame = aps.decode(heard.payload)
        except GbcsError:
            return None
        if frame.kind == aps.ACK:
            return None
        name = next((eui for eui, at in self._names() if at == heard.frame.destination), None)
        if name is None:
            return None
        octets = aps.encode(aps.acknowledgement(frame))
        return self._wrapped(nwk.DATA, octets, (name, heard.frame.destination), heard.frame.source)

    def _block(self) -> bytes:
        """An APS block of a transfer of its own or of another station."""
        source = self._random
        counter = source.randrange(256)
        sender = self._identity()
        if self._heard and source.random() < 0.6:
            last = self._heard[-1]
            sender = (last.sender, last.frame.source)
            if len(last.payload) > 8:
                counter = last.payload[7]
        control = aps.EXTENDED | source.choice((0, aps.ACK_REQUEST))
        cluster = source.choice(_CLUSTERS)
        body = source.randbytes(61)
        if source.random() < 0.3:  # a read of many attributes, whose answer is long
            cluster = 0x0000
            body = b"\x00\x01\x00" + b"\x00\x00\x05\x00" * 14
        frame = aps.data(1, cluster, aps.SMART_ENERGY, 1, counter, body, control)
        first = source.random() < 0.4
        number = source.choice((0, 1, 2, 3, 39, 40, 255)) if first else source.randrange(6)
        frame.extended = (aps.FIRST_BLOCK if first else aps.NEXT_BLOCK, number, None)
        return self._wrapped(nwk.DATA, aps.encode(frame), sender)

    # ZDO and ZCL

    def _zdo(self) -> bytes:
        cluster = self._random.choice(_ZDO_CLUSTERS)
        to = nwk.RECEIVERS_ON if cluster == commands.DEVICE_ANNCE else None
        if self._random.random() < 0.2:
            to = None
        return self._data(cluster, aps.ZDO, self._fields(commands.ZDO, cluster), to)

    def _zcl(self) -> bytes:
        source = self._random
        cluster = source.choice((*_CLUSTERS, 0x0704, 0x0800, 0x0800))
        control = source.choice((0x00, 0x08, 0x10, 0x18, 0x01, 0x09, 0x11, 0x19))
        head = bytes((control, source.randrange(256)))
        if not control & 1:
            command = source.choice((0x00, 0x01, 0x02, 0x05, 0x0A, 0x0B, 0x0C, 0x0D))
            many = source.choice((1, 2, 8))
            body = b"".join(
                [
                    bytes((source.choice((0, 1, 2, 4, 5, 7)), source.choice((0, 0, 4, 0xFF))))
                    + (b"" if command == 0 else source.choice((b"\x00\x20\x01", b"\x30\x01", b"")))
                    for _ in range(many)
                ]
            )
        elif cluster == 0x0704:
            command = source.randrange(9)
            octets = self._message()
            body = source.choice(
                (b"\x06\xff\xff\x00\xdc\x05", b"\x01\x00" + octets, b"\x00\x00\x00\xdc\x05",
                 b"\x01\x00\x01", b"\x01\x00\x03" + octets, b"\x01\x00")
            )  # fmt: skip
        elif cluster == 0x0800:
            command = source.randrange(5)
            body = source.choice(
                (b"\x02\x00\x0a\x14" + source.randbytes(60), b"\x02" + source.randbytes(36),
                 source.randbytes(16), bytes((source.randrange(7), 10, 2, 0)), self._established())
            )  # fmt: skip
        else:
            command = source.randrange(0x10)
            body = source.randbytes(source.randrange(30))
        return self._data(cluster, aps.SMART_ENERGY, head + bytes((command,)) + self._bent(body))

    def _message(self) -> bytes:
        """The first octets of a GBCS message that no party has sent."""
        names = self._names()
        composed = message.compose(
            message.COMMAND,
            1 << 40,
            _STRANGER,
            self._random.choice(names)[0],
            0x0027,
            b"\x00" * 20,
        )
        return message.finish(composed)[:60]

    def _established(self) -> bytes:
        """The payload of the last frame of key establishment that was received, or none."""
        for heard in reversed(self._heard):
            if heard.payload[2:4] == b"\x00\x08" and len(heard.payload) > 24:
                return heard.payload[11:]
        return b""

    # What was heard

    def _again(self) -> bytes:
        """A frame that was received, unchanged."""
        if not self._heard:
            return self._mac()
        return self._random.choice(self._heard).octets

    def _wrapped_anew(self) -> bytes:
        """A received payload in a new frame, with another frame counter or another sender."""
        source = self._random
        if not self._heard:
            return self._mac()
        heard = source.choice(self._heard)
        sender = (heard.sender, heard.frame.source)
        if source.random() < 0.2:
            sender = self._identity()
        payload = heard.payload if source.random() < 0.7 else self._bent(heard.payload)
        to = heard.frame.destination if source.random() < 0.8 else None
        return self._wrapped(heard.frame.kind, payload, sender, to)

    def _answer(self, heard: _Heard) -> bytes:
        """The reaction to a received frame: an acknowledgement, a block, or a similar frame."""
        source = self._random
        acknowledgement = self._acknowledged(heard) if source.random() < 0.5 else None
        if acknowledgement is not None:
            return acknowledgement
        if source.random() < 0.5:
            return self._block()
        sender = (heard.sender, heard.frame.source)
        body = self._bent(heard.payload)
        return self._wrapped(heard.frame.kind, body, sender, heard.frame.destination)


class _Values(dict):
    """Values by name, made when they are read; counts fit their lists."""

    def __init__(self, make: Any) -> None:
        super().__init__()
        self._make = make
        self._lists = {
            "in_count": "in_clusters",
            "out_count": "out_clusters",
            "count": "endpoints",
        }

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Any:
        of = self._lists.get(name)
        self[name] = len(self[of]) if of is not None else self._make(name)
        return self[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of this name, which is made unless it was read before."""
        return self[name]


def secrets(hub: Any, devices: Sequence[Any]) -> "dict[str, Any]":
    """The link keys, device log and credentials, which no hostile frame may change."""
    snapshot: dict[str, Any] = {
        "log": [(entry.mac, entry.link_key, entry.hashed) for entry in hub.hub.log.entries],
        "network": dict(hub.nwk.keys),
        "extended PAN id": hub.nwk.extended_pan_id,
    }
    for station in devices:
        device = station.device
        names = [name for name in station.store.names("") if name.startswith(_KEPT)]
        snapshot[station.eui.hex()] = (
            device.link_key(),
            device.network(),
            device.hub(),
            {name: station.store.get(name) for name in names},
        )
    return snapshot
