"""Frames of a capture taken apart layer by layer, up to the GBCS messages in them.

Frames may come from any sniffer and any network. A layer that no key opens is reported, and the
layers above it are left out. A network or link key that is transported under a known key is used
from then on. A frame that was repeated on the air counts once. Memory is bounded, and no frame
raises an exception.

Sources: IEEE 802.15.4-2006, 7.2 (MAC); ZigBee 05-3474-21, 3.3 (NWK), 2.2.5 and 2.2.8.4.5 (APS and
its blocks), 4.5 (security); ZigBee Smart Energy D.6 (tunnels); GBCS 10.2.2 and 7.2.11.
"""

import collections
from typing import Any

from gbcs.blocks import blocks
from gbcs.blocks.blocks import TransferError
from gbcs.blocks.receiver import Receiver
from gbcs.errors import BadBlock, DecodeError
from gbcs.zcl import clusters, zcl
from gbcs.zigbee import aps, commands, mac, nwk, security

TUNNELING = 0x0704
_TRANSFERS = {0x00: 0x02, 0x08: 0x01}  # TransferData, by the direction bit: Smart Energy D.6
_GET, _GET_RESPONSE, _PUT = 1, 2, 3  # first octet of the data of a GSME: GBCS 10.2.2.3
_MAX_KEYS = 512
_MAX_ADDRESSES = 4096
_MAX_PARTS = 64
_MAX_RECEIVERS = 64
_SEEN = 1024
_SEEN_US = 10_000_000
_STALE_US = 60_000_000

REPEAT = "repeat"


class Heard:
    """A GBCS message: number and time of the frame that completed it, EUI-64 of who sent it."""

    __slots__ = ("number", "octets", "sender", "us")

    def __init__(self, number: int, us: int, sender: bytes, octets: bytes) -> None:
        self.number = number
        self.us = us
        self.sender = sender
        self.octets = octets


class Dissected:
    """One frame: `layers` in words, `problems` with it, `messages` that it completed.

    `source` and `destination` are EUI-64s, short addresses or None. `opened` are the labels of
    the keys that opened its layers; `zcl` is the cluster and the octets of a whole ZCL frame.
    `is_locked` is whether a layer was left that no key opens.
    """

    def __init__(self, number: int, us: int) -> None:
        self.number = number
        self.us = us
        self.source: mac.Address = None
        self.destination: mac.Address = None
        self.layers: list[str] = []
        self.problems: list[str] = []
        self.opened: list[str] = []
        self.messages: list[Heard] = []
        self.zcl: tuple[int, bytes] | None = None
        self.is_locked = False

    def lock(self, why: str) -> None:
        """Notes that a layer could not be decrypted, and the reason."""
        self.is_locked = True
        self.problems.append(why)


class Dissector:
    """Takes frames apart in the order of a capture, and remembers keys, addresses and fragments.

    `keys` are pairs of 16 octets and a label; `crypto` is a back end of gbcs.crypto. `frames`,
    `locked` and `damaged` count the frames taken, those not opened, those not decoded.
    """

    def __init__(self, keys: "list[tuple[bytes, str]]", crypto: Any) -> None:
        self.frames = 0
        self.locked = 0
        self.damaged = 0
        self._crypto = crypto
        self._keys: collections.OrderedDict[bytes, str] = collections.OrderedDict(keys)
        self._addresses: dict[tuple[int | None, int], bytes] = {}
        self._networks: dict[tuple[int | None, int], bytes] = {}  # key that opened, by PAN
        self._links: dict[bytes, bytes] = {}  # key that opened, by sender
        self._seen: collections.deque[Any] = collections.deque(maxlen=_SEEN)
        self._parts: collections.OrderedDict[Any, Any] = collections.OrderedDict()
        self._receivers: collections.OrderedDict[Any, Receiver] = collections.OrderedDict()

    def take(self, us: int, frame: bytes) -> Dissected:
        """Takes apart one frame without check sequence; `us` is microseconds since 1970."""
        self.frames += 1
        dissected = Dissected(self.frames, us)
        try:
            self._mac(frame, dissected)
        except (DecodeError, IndexError) as error:
            self.damaged += 1
            dissected.problems.append(str(error))
        self.locked += dissected.is_locked
        return dissected

    def learn(self, key: bytes, label: str) -> None:
        """Adds a key of 16 octets to those that are tried; of too many the oldest goes."""
        if len(key) == 16 and key not in self._keys:
            self._keys[key] = label
            if len(self._keys) > _MAX_KEYS:
                self._keys.popitem(last=False)

    def _note_address(self, pan: "int | None", short: Any, eui: "bytes | None") -> None:
        if eui is None or not isinstance(short, int) or short >= nwk.ROUTERS:
            return
        if len(self._addresses) >= _MAX_ADDRESSES:
            self._addresses.clear()
        self._addresses[pan, short] = eui

    def _was_seen(self, mark: Any, us: int) -> bool:
        for seen, when in self._seen:
            if seen == mark and abs(us - when) < _SEEN_US:
                return True
        self._seen.append((mark, us))
        return False

    # Layers

    def _mac(self, octets: bytes, dissected: Dissected) -> None:
        frame = mac.decode(octets)
        dissected.source, dissected.destination = frame.source, frame.destination
        if frame.kind == mac.ACK:
            dissected.layers.append("MAC ack %d" % frame.sequence)
        elif frame.kind == mac.BEACON:
            beacon = mac.decode_beacon(frame.payload)
            joining = "joining open" if beacon.permits_joining else "joining closed"
            text = "MAC beacon of PAN %04X, network %s, %s"
            pan = frame.source_pan or 0
            dissected.layers.append(text % (pan, beacon.extended_pan_id.hex().upper(), joining))
        elif frame.kind == mac.COMMAND:
            dissected.layers.append("MAC " + self._mac_command(frame))
        else:
            self._nwk(frame, dissected)

    def _mac_command(self, frame: mac.Frame) -> str:
        names = {
            mac.ASSOCIATION_REQUEST: "association request",
            mac.ASSOCIATION_RESPONSE: "association response",
            mac.DATA_REQUEST: "data request",
            mac.BEACON_REQUEST: "beacon request",
        }
        kind = frame.payload[0]
        if kind == mac.ASSOCIATION_RESPONSE and len(frame.payload) == 4:
            short = frame.payload[1] | frame.payload[2] << 8
            if isinstance(frame.destination, bytes):
                self._note_address(frame.destination_pan, short, frame.destination)
            if isinstance(frame.source, bytes):
                self._note_address(frame.source_pan or frame.destination_pan, 0, frame.source)
            return "%s %04X, status %d" % (names[kind], short, frame.payload[3])
        return names.get(kind, "command %02X" % kind)

    def _nwk(self, frame: mac.Frame, dissected: Dissected) -> None:
        nwk_frame = nwk.decode(frame.payload)
        pan = frame.destination_pan
        payload = nwk_frame.payload
        auxiliary = nwk_frame.auxiliary
        self._note_address(pan, nwk_frame.source, nwk_frame.source64)
        self._note_address(pan, nwk_frame.destination, nwk_frame.destination64)
        if auxiliary is not None:
            sender = auxiliary.source
            if sender is not None and nwk_frame.source == frame.source:
                self._note_address(pan, nwk_frame.source, sender)
        dissected.source = self._addresses.get((pan, nwk_frame.source), nwk_frame.source)
        dissected.destination = self._addresses.get(
            (pan, nwk_frame.destination), nwk_frame.destination
        )
        if auxiliary is not None:
            sender = auxiliary.source or self._addresses.get((pan, frame.source))  # type: ignore[arg-type]
            if sender is None:
                dissected.lock("NWK: the sender's EUI-64 is not known")
                return
            opened = self._open_nwk(nwk_frame, auxiliary, pan, sender, dissected)
            if opened is None:
                return
            payload = opened
            if self._was_seen(
                (sender, auxiliary.counter, nwk_frame.sequence, payload[:16]), dissected.us
            ):
                dissected.layers.append(REPEAT)
                return
        if nwk_frame.kind == nwk.COMMAND:
            self._nwk_command(nwk_frame, payload, pan, dissected)
        else:
            self._aps(nwk_frame, payload, pan, dissected)

    def _open_nwk(
        self, nwk_frame: nwk.Frame, auxiliary: security.Auxiliary, pan: "int | None",
        sender: bytes, dissected: Dissected,
    ) -> "bytes | None":  # fmt: skip
        mark = (pan, auxiliary.key_sequence or 0)
        head = nwk.header(nwk_frame)
        for key in self._ordered(self._networks.get(mark)):
            try:
                payload = security.unseal(
                    head, auxiliary, nwk_frame.payload, key, sender, self._crypto
                )
            except BadBlock:
                continue
            self._networks[mark] = key
            dissected.opened.append(self._keys[key])
            return payload
        dissected.lock("NWK: no key opens it")
        return None

    def _ordered(self, first: "bytes | None") -> "list[bytes]":
        """All keys; `first`, the key that opened the last such frame, before all others."""
        keys = list(self._keys)
        if first is not None and first in self._keys:
            keys.remove(first)
            keys.insert(0, first)
        return keys

    def _nwk_command(
        self, nwk_frame: nwk.Frame, payload: bytes, pan: "int | None", dissected: Dissected
    ) -> None:
        if not payload:
            dissected.problems.append("NWK: a command expected")
            return
        dissected.layers.append("NWK " + commands.name_of(commands.NWK, payload[0]))
        values = commands.values(commands.NWK, payload[0], payload, 1)
        if payload[0] == nwk.REJOIN_RESPONSE and values["status"] == 0:
            self._note_address(pan, values["short_address"], nwk_frame.destination64)

    def _aps(
        self, frame: nwk.Frame, payload: bytes, pan: "int | None", dissected: Dissected
    ) -> None:
        aps_frame = aps.decode(payload)
        body = aps_frame.payload
        sender = self._addresses.get((pan, frame.source))
        if aps_frame.auxiliary is not None:
            sender = aps_frame.auxiliary.source or sender
            if sender is None:
                dissected.lock("APS: the sender's EUI-64 is not known")
                return
            opened = self._open_aps(aps_frame, aps_frame.auxiliary, sender, dissected)
            if opened is None:
                return
            body = opened
        if aps_frame.kind == aps.ACK:
            dissected.layers.append("APS ack %d" % aps_frame.counter)
        elif aps_frame.kind == aps.COMMAND:
            self._aps_command(body, dissected)
        else:
            self._data(aps_frame, body, sender or bytes(8), frame, dissected)

    def _open_aps(
        self,
        aps_frame: aps.Frame,
        auxiliary: security.Auxiliary,
        sender: bytes,
        dissected: Dissected,
    ) -> "bytes | None":
        head = aps.header(aps_frame)
        for key in self._ordered(self._links.get(sender)):
            used = security.key_for(auxiliary.key, key, self._crypto)
            try:
                body = security.unseal(
                    head, auxiliary, aps_frame.payload, used, sender, self._crypto
                )
            except BadBlock:
                continue
            self._links[sender] = key
            dissected.opened.append(self._keys[key])
            return body
        dissected.layers.append("APS")
        dissected.lock("APS: no key opens it")
        return None

    def _aps_command(self, body: bytes, dissected: Dissected) -> None:
        if not body:
            dissected.problems.append("APS: a command expected")
            return
        dissected.layers.append("APS " + commands.name_of(commands.APS, body[0]))
        values = commands.values(commands.APS, body[0], body, 1)
        if body[0] == aps.TRANSPORT_KEY:
            key_kind = "network key" if values["key_type"] == commands.NETWORK else "link key"
            self.learn(values["key"], "transported " + key_kind)

    # Data

    def _data(
        self,
        aps_frame: aps.Frame,
        body: bytes,
        sender: bytes,
        frame: nwk.Frame,
        dissected: Dissected,
    ) -> None:
        cluster = aps_frame.cluster or 0
        block = 0 if aps_frame.extended is None else aps_frame.extended[:2]
        if self._was_seen((sender, aps_frame.counter, block, cluster, body), dissected.us):
            dissected.layers.append("APS " + REPEAT)
            return
        if aps_frame.extended is not None:
            dissected.layers.append("APS block")
            whole = self._assembled(aps_frame, body, sender, frame.destination, dissected.us)
            if whole is None:
                return
            body = whole
        if aps_frame.profile == aps.ZDO:
            dissected.layers.append("ZDO " + commands.name_of(commands.ZDO, cluster))
            commands.values(commands.ZDO, cluster, body)
            return
        self._zcl(cluster, body, sender, dissected)

    def _assembled(
        self, aps_frame: aps.Frame, body: bytes, sender: bytes, destination: int, us: int
    ) -> "bytes | None":
        kind, number, _ = aps_frame.extended or (0, 0, None)
        mark = (sender, destination, aps_frame.counter)
        if kind == aps.FIRST_BLOCK:
            self._parts[mark] = (number, {0: body}, us)
            if len(self._parts) > _MAX_PARTS:
                self._parts.popitem(last=False)
        elif mark in self._parts:
            self._parts[mark][1][number] = body
        else:
            return None
        total, parts, begun = self._parts[mark]
        if us - begun > _STALE_US:
            del self._parts[mark]
            return None
        if any(index not in parts for index in range(total)):
            return None
        del self._parts[mark]
        return b"".join(parts[index] for index in range(total))

    def _zcl(self, cluster: int, body: bytes, sender: bytes, dissected: Dissected) -> None:
        name = clusters.cluster_name(cluster)
        dissected.zcl = (cluster, body)
        if len(body) < 3:
            dissected.problems.append("ZCL: a header expected")
            return
        control, command = body[0], body[2]
        specific = control & zcl.CLUSTER_SPECIFIC
        plain = specific and not control & zcl.MANUFACTURER_SPECIFIC
        if cluster == TUNNELING and plain and command == _TRANSFERS[control & zcl.TO_CLIENT]:
            self._tunnel(body[5:], sender, dissected)
            return
        dissected.layers.append("%s %s" % (name, zcl.command_name(cluster, control, command)))
        zcl.decode_frame(body, 0, len(body), cluster)

    def _tunnel(self, data: bytes, sender: bytes, dissected: Dissected) -> None:
        label = "TransferData"
        first = data[:1]
        if first and first[0] in (_GET, _PUT):
            label = "GET" if first[0] == _GET else "PUT"
            data = data[1:]
        elif first and first[0] == _GET_RESPONSE:
            label = "GET-RESPONSE, %d more" % data[1] if len(data) > 1 else "GET-RESPONSE"
            data = data[2:]
        dissected.layers.append("Tunneling " + label)
        if not data:
            return
        whole = self._unblocked(data, sender, dissected)
        if whole is not None:
            dissected.messages.append(Heard(dissected.number, dissected.us, sender, whole))

    def _unblocked(self, data: bytes, sender: bytes, dissected: Dissected) -> "bytes | None":
        if not blocks.is_block(data):
            return data
        block = blocks.decode(data)
        dissected.layers.append("GBT block %d" % block.number)
        if block.is_acknowledgement:
            return None
        mark = (sender, block.originator, block.recipient, block.counter, block.cra)
        receiver = self._receivers.get(mark)
        if receiver is None or receiver.is_done:
            receiver = self._receivers[mark] = Receiver()
            if len(self._receivers) > _MAX_RECEIVERS:
                self._receivers.popitem(last=False)
        try:
            return receiver.receive(block, dissected.us // 1000)
        except TransferError as error:
            dissected.problems.append(str(error))
            return None
