"""Hostile frames that an attacker within radio range of a HAN might send, drawn from a seed.

    replayed     frames of the network itself, heard before
    forged       the same with bits changed
    wrong key    frames with a listed device's address, secured with a key of the attacker's
    insider      frames of a device that has the network key, but is not in the device log
    malformed    octets changed, cut, grown and mixed, or mere noise

None of these frames may change the `state` of hub and meters. The module `insider` has an attacker
that has the network key and a place in the device log.

Sources: ZigBee 05-3474-21, 4.3 (NWK security: keys and frame counters), 4.4 (APS security).
"""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gbcs.zigbee import aps, commands, mac, nwk, security
from gbcs_host.verify import damage

KINDS = ("replayed", "forged", "wrong key", "insider", "malformed")
_KEY_ESTABLISHMENT, _METERING, _TUNNELING = 0x0800, 0x0702, 0x0704
_STRANGER = bytes.fromhex("00DB12345678EEEE")


def frames(
    kind: str, heard: Sequence[bytes], network: Any, targets: Sequence[tuple[bytes, int]],
    count: int, seed: int, message: bytes,
) -> Iterator[bytes]:  # fmt: skip
    """`count` frames of a kind of `KINDS`; the same seed gives the same frames.

    `heard` are frames of the network, `network` is the NwkLayer of its hub, `targets` are pairs of
    EUI-64 and short address of its devices, and `message` is a GBCS command to replay.
    """
    source = random.Random(seed)
    if kind == "malformed":
        yield from damage.damaged(heard, count, seed)
        return
    for number in range(count):
        if kind == "replayed":
            yield source.choice(heard)
        elif kind == "forged":
            yield _flipped(source.choice(heard), source)
        else:
            yield _secured(kind, network, targets, number, source, message)


def _flipped(octets: bytes, source: random.Random) -> bytes:
    changed = bytearray(octets)
    for _ in range(source.choice((1, 1, 2, 8))):
        changed[source.randrange(len(changed))] ^= 1 << source.randrange(8)
    return bytes(changed)


def _secured(
    kind: str, network: Any, targets: Sequence[tuple[bytes, int]], number: int,
    source: random.Random, message: bytes,
) -> bytes:  # fmt: skip
    """A MAC frame with a NWK frame in it that is secured with the keys of its sender."""
    sender, short = (_STRANGER, 0x6666) if kind == "insider" else source.choice(targets)
    key = network.keys[network.key_sequence] if kind == "insider" else source.randbytes(16)
    to = source.choice([address for _, address in targets] + [nwk.COORDINATOR, nwk.RECEIVERS_ON])
    counter = 0x7000_0000 + number  # above any that were used
    command, octets = _inside(sender, short, source, message, network.crypto)
    frame = nwk.frame(command, to, short, number & 0xFF, octets, None, sender)
    frame.control |= nwk.SECURITY
    auxiliary = security.auxiliary(security.NETWORK_KEY, counter, sender, network.key_sequence)
    sealed = security.seal(nwk.header(frame), auxiliary, octets, key, sender, network.crypto)
    hop = mac.BROADCAST if to >= nwk.ROUTERS else to
    return mac.encode(mac.data(number & 0xFF, network.mac.pan, hop, short, sealed))


def _inside(
    sender: bytes, short: int, source: random.Random, message: bytes, crypto: Any
) -> "tuple[int, bytes]":
    """A harmful command: the NWK frame type and the payload."""
    choice = source.randrange(8)
    if choice == 0:
        return nwk.COMMAND, bytes((nwk.LEAVE, source.choice((0, nwk.LEAVE_REQUEST))))
    if choice == 1:
        return nwk.COMMAND, bytes((nwk.REJOIN_REQUEST, 0x8E))
    if choice == 2:
        values = {"sequence": 1, "short_address": short, "eui64": sender, "capability": 0x8E}
        announced = commands.encode(commands.ZDO, commands.DEVICE_ANNCE, values)
        return nwk.DATA, aps.encode(aps.data(0, commands.DEVICE_ANNCE, aps.ZDO, 0, 1, announced))
    if choice == 3:
        key = {"key_type": commands.NETWORK, "key": bytes(16), "key_sequence": 1,
               "destination": sender, "source": sender}  # fmt: skip
        body = bytes((aps.TRANSPORT_KEY,)) + commands.encode(commands.APS, aps.TRANSPORT_KEY, key)
        return nwk.DATA, bytes((aps.COMMAND, 1)) + body
    cluster, zcl = source.choice(
        (
            (_TUNNELING, b"\x11\x01\x02\x01\x00" + message[:60]),
            (_TUNNELING, b"\x19\x01\x01\x01\x00" + message[:60]),
            (_TUNNELING, b"\x11\x01\x00\x06\xff\xff\x00\xdc\x05"),
            (_METERING, b"\x19\x01\x01"),
            (_KEY_ESTABLISHMENT, b"\x01\x01\x00\x02\x00\x0a\x14" + source.randbytes(60)),
        )
    )
    control = aps.ACK_REQUEST
    if choice < 6:
        frame = aps.data(1, cluster, aps.SMART_ENERGY, 1, source.randrange(256), zcl, control)
        return nwk.DATA, aps.encode(frame)
    frame = aps.data(
        1, cluster, aps.SMART_ENERGY, 1, source.randrange(256), b"", control | aps.SECURITY
    )
    auxiliary = security.auxiliary(security.DATA_KEY, 0x7000_0000, None)
    used = source.randbytes(16)
    return nwk.DATA, security.seal(aps.header(frame), auxiliary, zcl[:40], used, sender, crypto)


def state(hub: Any, meters: Sequence[Any]) -> "dict[str, Any]":
    """The state that frames must not change: device log, keys, tunnels, messages, stores."""
    snapshot: dict[str, Any] = {
        "log": [(entry.mac, entry.link_key, entry.hashed) for entry in hub.hub.log.entries],
        "network": (hub.nwk.mac.pan, dict(hub.nwk.keys)),
        "children": {eui: child.short for eui, child in hub.children.items()},
        "tunnels": dict(hub.tunnels),
        "waiting": len(hub.upstream),
    }
    for meter in meters:
        names = [name for name in meter.store.names("") if not name.startswith("station/")]
        snapshot[meter.eui.hex()] = (
            meter.phase,
            meter.handled,
            dict(meter.nwk.keys),
            meter.device.link_key(),
            {name: meter.store.get(name) for name in names},
        )
    return snapshot


def size(station: Any) -> int:
    """The number of entries in all dicts and lists of a station, which must stay bounded."""
    layers = (station.nwk, station.aps, station.nwk.mac, station)
    return sum(_count(value) for layer in layers for value in vars(layer).values())


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_count(item) for item in value.values())
    if isinstance(value, list):
        return len(value) + sum(_count(item) for item in value)
    return 0


def attack(
    kind: str, heard: Sequence[bytes], hub: Any, meters: Sequence[Any], count: int, seed: int,
    message: bytes, send: "Callable[[bytes], None]",
) -> "dict[str, Any]":  # fmt: skip
    """Sends frames of a kind by `send`; how many all stations dropped, by reason."""
    before = _dropped(hub, *meters)
    targets = [(meter.eui, meter.nwk.short) for meter in meters]
    for octets in frames(kind, heard, hub.nwk, targets, count, seed, message):
        send(octets)
    after = _dropped(hub, *meters)
    return {why: n - before.get(why, 0) for why, n in after.items() if n > before.get(why, 0)}


def _dropped(*stations: Any) -> "dict[str, int]":
    counts: dict[str, int] = {}
    for station in stations:
        for why, count in station.nwk.dropped.items():
            counts[why] = counts.get(why, 0) + count
    return counts
