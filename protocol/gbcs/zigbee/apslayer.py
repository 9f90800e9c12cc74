"""The application support layer of one radio: link keys, acknowledgements, repeats, blocks.

To one destination one frame, or one block of a long one, is under way at a time; each time it is
sent it is secured anew, so that a repeat is no replay. What comes twice is acknowledged twice and
handed on once. A frame that does not open, or that the layer above has no key for, gets no
acknowledgement.

What is under the network key alone, anybody on the network may have sent, in any name. It shares
nothing with what is under a link key: neither the blocks of a transfer, nor the memory of what
came before, nor (once a device has been heard to secure its acknowledgements) those. It has less
room, and is not repeated to an address where nobody is.

No sender takes what another needs: each has one transfer in blocks and a memory of its own, and
strangers have a part of the destinations. What comes is not handed on at once, but put into the
`calls` of the MAC, from which the owner of the radio takes it once the layers have returned.

Sources: ZigBee 05-3474-21, 2.2.8.4 and 4.4; Smart Energy 5.3.8 (fragmentation: window 1).
"""

from binascii import crc32

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import BadBlock, DecodeError
from gbcs.zigbee import aps, nwk, security
from gbcs.zigbee.nwklayer import NwkLayer

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    from gbcs.interfaces import Crypto

    Confirm = Callable[[bool, int], None]

ACK_WAIT_MS = 1600
RETRIES = const(3)
INTERFRAME_MS = const(50)
SMALLEST_ROOM = const(73)  # octets that one secured frame can carry
ROOM = const(82)  # and one without APS security
BLOCK = const(61)  # octets of a block, with room for a source route
MAX_BLOCKS = const(40)
_REASSEMBLY_MS = const(15000)
_MAX_REASSEMBLIES = const(16)  # one a sender, and a hub lists so many
_MAX_CLEAR_REASSEMBLIES = const(2)  # without a link key
_MAX_CLEAR_BLOCKS = const(4)
_MAX_DESTINATIONS = const(32)
_MAX_STRANGERS = const(16)  # and destinations of which nothing is known
_MOST_OCTETS = const(0x1400)
_MAX_WAITING = const(16)
_MAX_CLEAR_WAITING = const(4)
_SEEN_MS = const(8000)
_MAX_SEEN = const(128)
_MAX_CLEAR_SEEN = const(32)
_MAX_SEEN_OF_ONE = const(8)

# How a frame was protected
BY_NOTHING = 0
BY_NETWORK_KEY = 1
BY_LINK_KEY = 2
BY_KEY_OF_KEYS = 3  # a key-transport or key-load key


class _Transfer:
    """Something on its way to one destination."""

    __slots__ = (
        "deadline", "destination", "confirm", "frame", "index", "key", "payload", "tries",
        "under_way",
    )  # fmt: skip

    def __init__(self, destination: int, frame: aps.Frame, payload: bytes, key: "bytes | None", confirm: "Confirm | None") -> None:  # fmt: skip  # noqa: E501
        self.destination = destination
        self.frame = frame
        self.payload = payload
        self.key = key
        self.confirm = confirm
        self.index = -1 if len(payload) <= (ROOM if key is None else SMALLEST_ROOM) else 0
        self.tries = 0
        self.deadline: int | None = None
        self.under_way = False

    def blocks(self) -> int:
        return (len(self.payload) + BLOCK - 1) // BLOCK


class ApsLayer:
    """`upper` is asked for keys, and gets what came.

    It offers `counter()`, the next outgoing frame counter; `is_welcome(eui)`; `link_key(eui)`,
    the key agreed on with a device, or None; `transport_keys(eui)`, link keys under which it
    might send keys; `awaits_proof(eui)` whether it wants to know that a frame of a device has
    opened under the link key, and `proved(eui, now)` when one has; and
    `from_aps(frame, payload, sender, how, now)`, `from_aps_command(identifier, payload, sender,
    link_key, how, now)` with the link key that opened it, `from_nwk_command(frame, payload,
    sender, is_secured, now)`; `doubted(eui, now)` when somebody may have sent in a device's name,
    `undelivered(destination, now)` when something under a link key was not acknowledged.
    """

    def __init__(self, eui: bytes, crypto: "Crypto", random: "Any", upper: "Any") -> None:
        self.eui = eui
        self.crypto = crypto
        self.nwk = NwkLayer(eui, crypto, random, self)
        self.incoming: dict[bytes, tuple[bytes, int]] = {}  # by EUI-64: under which key, counter
        # Of what is to be sent, and of blocks of what comes: a board has little memory
        self.most_octets = _MOST_OCTETS
        self._counter = random(1)[0]
        self._upper = upper
        self.counter = upper.counter  # what the network layer asks for as well
        self.is_welcome = upper.is_welcome
        self._outgoing: dict[int, list[_Transfer]] = {}
        # By EUI-64, counter, and whether it is under a link key
        self._blocks: dict[tuple[bytes, int, bool], tuple[int, dict[int, bytes], int]] = {}
        self._seen: list[tuple[bytes, int, int, int, int]] = []  # under a link key
        self._seen_clear: list[tuple[bytes, int, int, int, int]] = []
        self._securing: set[bytes] = set()  # who secures acknowledgements of what is secured

    def is_proved(self, eui: bytes) -> bool:
        """Whether a frame of a device has opened under its link key."""
        return eui in self.incoming

    def doubted(self, eui: bytes, now: int) -> None:
        """Somebody may have sent in this device's name."""
        self._upper.doubted(eui, now)

    def is_settled(self, eui: bytes) -> bool:
        """Whether a device has acknowledged, under its link key, what it was sent under it."""
        return eui in self._securing

    def unknow(self, eui: bytes) -> None:
        """Forgets what was heard of a device under its link key."""
        self.incoming.pop(eui, None)
        self._securing.discard(eui)

    def forget(self) -> None:
        """Drops what was under way."""
        self._outgoing = {}
        self._blocks = {}
        self._seen = []
        self._seen_clear = []

    def give_up(self, destination: int) -> None:
        """Drops what was to be sent to one device, and says so."""
        for transfer in self._outgoing.pop(destination, []):
            transfer.under_way = False
            self._confirm(transfer, False)

    # To the network

    def send(
        self,
        destination: int,
        endpoints: "tuple[int, int]",
        cluster: int,
        payload: bytes,
        now: int,
        key: "bytes | None" = None,
        profile: int = aps.SMART_ENERGY,
        confirm: "Confirm | None" = None,
    ) -> None:
        """Sends data, acknowledged, to (destination, source) endpoints; under `key` if given.

        `confirm(delivered, now)` says what became of it.
        """
        control = aps.ACK_REQUEST
        if key is not None:
            control |= aps.SECURITY
        frame = aps.data(
            endpoints[0], cluster, profile, endpoints[1], self._number(), b"", control
        )
        transfer = _Transfer(destination, frame, payload, key, confirm)
        if transfer.index == 0:
            frame.control |= aps.EXTENDED
        waiting = self._outgoing.get(destination)
        if waiting is None:
            if not self._has_place(destination):
                self._refuse(transfer)
                return
            waiting = self._outgoing[destination] = []
        elif len(waiting) >= _MAX_WAITING or (
            key is None
            and len([True for each in waiting if each.key is None]) >= _MAX_CLEAR_WAITING
        ):
            self._refuse(transfer)
            return
        if not self._has_room(destination, len(payload)):
            self._refuse(transfer)
            if not waiting:
                del self._outgoing[destination]
            return
        waiting.append(transfer)
        if len(waiting) == 1:
            self._transmit(transfer, now)

    def _has_place(self, destination: int) -> bool:
        """Whether one more destination can be sent to; strangers take no place of the others."""
        is_stranger = self._is_stranger(destination)
        alike = [True for short in self._outgoing if self._is_stranger(short) == is_stranger]
        return len(alike) < (_MAX_STRANGERS if is_stranger else _MAX_DESTINATIONS)

    def _has_room(self, destination: int, size: int) -> bool:
        """Whether so many octets more can wait; the destination with the most gives way."""
        sizes = {
            short: sum([len(each.payload) for each in waiting])
            for short, waiting in self._outgoing.items()
        }
        sizes[destination] += size
        while sum(sizes.values()) > self.most_octets:
            most = max(sizes.values())
            largest = [short for short in sizes if sizes[short] == most]
            if destination in largest or len(self._outgoing[largest[0]]) < 2:
                return False
            without_room = self._outgoing[largest[0]].pop()
            sizes[largest[0]] -= len(without_room.payload)
            self._refuse(without_room)
        return True

    def _is_stranger(self, destination: int) -> bool:
        return destination != nwk.COORDINATOR and not self.nwk.is_known(destination)

    def _refuse(self, transfer: _Transfer) -> None:
        self.nwk.drop("too much to send")
        self._confirm(transfer, False)

    def _confirm(self, transfer: _Transfer, is_delivered: bool) -> None:
        if transfer.confirm is not None:
            self.nwk.mac.calls.append((transfer.confirm, (is_delivered,)))

    def broadcast(self, cluster: int, payload: bytes, now: int) -> None:
        """Sends data of the device profile to all whose receivers are on."""
        frame = aps.data(0, cluster, aps.ZDO, 0, self._number(), payload, 0x08)
        self.nwk.send(
            nwk.DATA, nwk.RECEIVERS_ON, aps.encode(frame), now, names=(None, True), radius=30
        )

    def send_command(
        self,
        destination: int,
        identifier: int,
        payload: bytes,
        now: int,
        link_key: "bytes | None" = None,
        use: int = security.DATA_KEY,
        network_secured: bool = True,
        confirm: "Confirm | None" = None,
    ) -> None:
        """Sends an APS command, under what is made of a link key for this `use`, if given."""
        control = aps.COMMAND | (0 if link_key is None else aps.SECURITY)
        frame = aps.Frame(control, None, None, None, None, self._number())
        body = bytes((identifier,)) + payload

        def octets() -> bytes:
            if link_key is None:
                return aps.header(frame) + body
            source = None if use == security.DATA_KEY else self.eui
            auxiliary = security.auxiliary(use, self.counter(), source)
            key = security.key_for(use, link_key, self.crypto)
            return security.seal(aps.header(frame), auxiliary, body, key, self.eui, self.crypto)

        self.nwk.send(nwk.DATA, destination, octets, now, confirm, network_secured)

    def _number(self) -> int:
        self._counter = self._counter + 1 & 0xFF
        return self._counter

    def _transmit(self, transfer: _Transfer, now: int) -> None:
        """Sends the frame, or the block that is next, to be secured when its turn comes."""
        frame = transfer.frame
        body = transfer.payload
        if transfer.index >= 0:
            body = body[transfer.index * BLOCK : (transfer.index + 1) * BLOCK]
            if transfer.index == 0:
                frame.extended = (aps.FIRST_BLOCK, transfer.blocks(), None)
            else:
                frame.extended = (aps.NEXT_BLOCK, transfer.index, None)
        transfer.deadline = None
        transfer.under_way = True
        head = aps.header(frame)
        self.nwk.send(
            nwk.DATA,
            transfer.destination,
            lambda: self._secured(head, body, transfer.key),
            now,
            note=lambda sent, at: self._sent(transfer, sent, at),
        )

    def _secured(self, head: bytes, body: bytes, key: "bytes | None") -> bytes:
        if key is None:
            return head + body
        auxiliary = security.auxiliary(security.DATA_KEY, self.counter(), None)
        return security.seal(head, auxiliary, body, key, self.eui, self.crypto)

    def _sent(self, transfer: _Transfer, was_taken: bool, now: int) -> None:
        """The MAC is done with it, for better or worse: now the acknowledgement is waited for."""
        if transfer.under_way:
            transfer.deadline = now + ACK_WAIT_MS
            if (
                not was_taken
                and transfer.key is None
                and not self.nwk.is_known(transfer.destination)
            ):
                transfer.tries = RETRIES

    def _acknowledged(
        self, sender: "bytes | None", ack: aps.Frame, is_secured: bool, now: int
    ) -> None:
        short = None if sender is None else self.nwk.address_of(sender)
        waiting = self._outgoing.get(-1 if short is None else short)
        if not waiting or waiting[0].frame.counter != ack.counter or not waiting[0].under_way:
            return
        transfer = waiting[0]
        if transfer.key is not None and sender is not None:
            if is_secured:
                self._securing.add(sender)
            elif sender in self._securing:
                self.nwk.drop("an acknowledgement that needs a link key")
                return
        if transfer.index >= 0:
            if ack.extended is None or ack.extended[1] != transfer.index:
                return
            transfer.index += 1
            transfer.tries = 0
            if transfer.index < transfer.blocks():
                transfer.under_way = False
                transfer.deadline = now + INTERFRAME_MS
                return
        self._finish(transfer, True, now)

    def _finish(self, transfer: _Transfer, delivered: bool, now: int) -> None:
        transfer.under_way = False
        transfer.deadline = None
        waiting = self._outgoing.get(transfer.destination, [])
        if waiting and waiting[0] is transfer:
            waiting.pop(0)
            if waiting:
                self._transmit(waiting[0], now)
            else:
                self._outgoing.pop(transfer.destination, None)
        if not delivered and transfer.key is not None:
            self._upper.undelivered(transfer.destination, now)
        self._confirm(transfer, delivered)

    # From the network

    def from_nwk(
        self, frame: nwk.Frame, payload: bytes, sender: "bytes | None", is_secured: bool,
        now: int, is_stale: bool = False,
    ) -> None:  # fmt: skip
        """A NWK frame, opened. Of a stale one only what opens under a link key is taken."""
        if frame.kind == nwk.COMMAND:
            if is_stale:
                return
            self._hand_on(self._upper.from_nwk_command, frame, payload, sender, is_secured)
            return
        try:
            packet = aps.decode(payload)
        except DecodeError:
            self.nwk.drop("not an APS frame")
            return
        body = packet.payload
        how = BY_NETWORK_KEY if is_secured else BY_NOTHING
        link_key = None
        auxiliary = packet.auxiliary
        if auxiliary is not None:
            sender = auxiliary.source or sender
            if sender is None:
                self.nwk.drop("APS sender not known")
                return
            opened = self._open(packet, sender, now)
            if opened is None:
                return
            body, link_key = opened
            how = BY_LINK_KEY if auxiliary.key == security.DATA_KEY else BY_KEY_OF_KEYS
            self.nwk.proved(sender, frame)
        elif is_stale:
            return
        if not is_secured and how != BY_KEY_OF_KEYS:
            self.nwk.drop("not secured")
            return
        kind = packet.kind
        if kind == aps.COMMAND:
            if body:
                command = self._upper.from_aps_command
                self._hand_on(command, body[0], body[1:], sender, link_key, how)
        elif sender is None:
            self.nwk.drop("sender not known")
        elif kind == aps.ACK:
            self._acknowledged(sender, packet, how == BY_LINK_KEY, now)
        else:
            self._data(frame, packet, body, sender, link_key, how, now)

    def _hand_on(self, call: "Callable[..., None]", *arguments: "Any") -> None:
        """Puts what came where the owner of the radio takes it."""
        self.nwk.mac.calls.append((call, arguments))

    def _open(self, packet: aps.Frame, sender: bytes, now: int) -> "tuple[bytes, bytes] | None":
        """The payload, and the link key that it is under or that its key is made of."""
        auxiliary = packet.auxiliary
        use = security.NETWORK_KEY if auxiliary is None else auxiliary.key
        if auxiliary is None or use == security.NETWORK_KEY:
            self.nwk.drop("APS security of another form")
            return None
        if use == security.DATA_KEY:
            key = self._upper.link_key(sender)
            keys = [] if key is None else [key]
        else:
            keys = self._upper.transport_keys(sender)
        head = aps.header(packet)
        for key in keys:
            known = self.incoming.get(sender)
            if known is not None and known[0] == key and auxiliary.counter <= known[1]:
                self.nwk.drop("APS counter used before")
                return None
            try:
                body = security.unseal(
                    head,
                    auxiliary,
                    packet.payload,
                    security.key_for(use, key, self.crypto),
                    sender,
                    self.crypto,
                )
            except BadBlock:
                continue
            self.incoming[sender] = (key, auxiliary.counter)
            if use == security.DATA_KEY and self._upper.awaits_proof(sender):
                self._hand_on(self._upper.proved, sender)
            return body, key
        self.nwk.drop("wrong APS MIC" if keys else "no link key")
        return None

    def _data(
        self, frame: nwk.Frame, packet: aps.Frame, body: bytes, sender: bytes,
        key: "bytes | None", how: int, now: int,
    ) -> None:  # fmt: skip
        block = (
            0
            if packet.extended is None or packet.extended[0] == aps.FIRST_BLOCK
            else packet.extended[1]
        )
        checksum = crc32(body)
        mark = (sender, packet.counter, block, checksum)
        is_new = True
        before = self._seen if key is not None else self._seen_clear
        for seen in before:
            if seen[3] == checksum and seen[:4] == mark and now < seen[4]:
                is_new = False
        extended = packet.extended
        whole: bytes | None = body
        if is_new and extended is not None:
            parts = self._take_block(
                (sender, packet.counter, key is not None), extended, body, now
            )
            if parts is None:
                self.nwk.drop("a block that belongs to nothing")
                return
            whole = parts or None
        if packet.control & aps.ACK_REQUEST and frame.destination < nwk.ROUTERS:
            ack = aps.acknowledgement(packet)
            if key is not None:
                ack.control |= aps.SECURITY
            head = aps.header(ack)
            self.nwk.send(
                nwk.DATA, frame.source, lambda: self._secured(head, b"", key), now,
                is_clear=key is None,
            )  # fmt: skip
        if not is_new:
            return
        _remember(before, (sender, packet.counter, block, checksum, now + _SEEN_MS), key is None)
        if whole is not None:
            self._hand_on(self._upper.from_aps, packet, whole, sender, how)

    def _take_block(
        self, mark: "tuple[bytes, int, bool]", extended: "aps.Extended", body: bytes, now: int
    ) -> "bytes | None":
        """The whole payload once it is there, b"" until then; None where nothing was begun."""
        place, number, _ = extended
        if place == aps.FIRST_BLOCK:
            if not 1 < number <= (MAX_BLOCKS if mark[2] else _MAX_CLEAR_BLOCKS):
                return None
            for old in list(self._blocks):
                if now >= self._blocks[old][2]:
                    del self._blocks[old]
            for old in list(self._blocks):
                if mark[2] and old[2] and old[0] == mark[0]:  # a sender has one at a time
                    del self._blocks[old]
            alike = sum([old[2] == mark[2] and old != mark for old in self._blocks])
            if alike >= (_MAX_REASSEMBLIES if mark[2] else _MAX_CLEAR_REASSEMBLIES):
                return None
            self._blocks[mark] = (number, {0: body}, now + _REASSEMBLY_MS)
            self._keep_to_limit()
            return b""
        begun = self._blocks.get(mark)
        if begun is None or number >= begun[0]:
            return None
        total, parts, _ = begun
        parts[number] = body
        self._keep_to_limit()
        if mark not in self._blocks:
            return None
        if len(parts) < total:
            self._blocks[mark] = (total, parts, now + _REASSEMBLY_MS)
            return b""
        del self._blocks[mark]
        return b"".join([parts[index] for index in range(total)])

    def _keep_to_limit(self) -> None:
        """Of blocks with too many octets drops the largest transfer, none of the coordinator."""
        sizes = {
            mark: sum([len(body) for body in self._blocks[mark][1].values()])
            for mark in self._blocks
        }
        if sum(sizes.values()) > self.most_octets:
            others = [mark for mark in sizes if self.nwk.address_of(mark[0]) != nwk.COORDINATOR]
            largest = others[0]
            for mark in others:
                if sizes[mark] > sizes[largest]:
                    largest = mark
            self.nwk.drop("too many blocks")
            del self._blocks[largest]

    # Time

    def next_timer(self) -> "int | None":
        """When `handle_timer` is to be called, or None."""
        earliest = self.nwk.mac.next_timer()
        for waiting in self._outgoing.values():
            deadline = waiting[0].deadline
            if deadline is not None and (earliest is None or deadline < earliest):
                earliest = deadline
        return earliest

    def handle_timer(self, now: int) -> None:
        """Repeats, goes on with blocks, gives up."""
        self.nwk.mac.handle_timer(now)
        for destination in list(self._outgoing):
            waiting = self._outgoing.get(destination)
            if not waiting:
                continue
            transfer = waiting[0]
            if transfer.deadline is None or now < transfer.deadline:
                continue
            if transfer.under_way:
                transfer.tries += 1
                if transfer.tries > RETRIES:
                    self._finish(transfer, False, now)
                    continue
            self._transmit(transfer, now)


def _remember(
    before: "list[tuple[bytes, int, int, int, int]]",
    mark: "tuple[bytes, int, int, int, int]",
    is_clear: bool,
) -> None:
    """Adds to the memory of what came; a sender's oldest gives way first."""
    senders = [seen[0] for seen in before]
    if senders.count(mark[0]) >= _MAX_SEEN_OF_ONE:
        before.pop(senders.index(mark[0]))
    before.append(mark)
    if len(before) > (_MAX_CLEAR_SEEN if is_clear else _MAX_SEEN):
        before.pop(0)
