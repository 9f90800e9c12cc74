"""The network layer of one radio: network keys, counters, who is who. A star: nothing is routed.

Each secured frame must have a counter above the last that came from its sender under that key.
Frames that are not secured are for those who have no key yet, and for who comes back; the layer
above is told, and takes only those.

Whoever holds the network key can send in anybody's name, with any counter and any address. So
nothing that is learned here outweighs what came under a link key: a frame whose counter is not
above the last is handed on as stale, and where the layer above opens it under a link key, it calls
`proved`. The counter then begins anew there, and the address is that frame's. What is under a link
key has a counter of its own against replay.

Source: ZigBee 05-3474-21, 3.6 and 4.3.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import BadBlock, DecodeError
from gbcs.zigbee import mac, nwk, security
from gbcs.zigbee.maclayer import MacLayer

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.interfaces import Crypto
    from gbcs.zigbee.maclayer import Confirm, Make

_MAX_SENDERS = const(64)
_NEVER_SENT = const(0xFFFFFFFF)
_ORDINARY = const(16)  # how far back what was sent twice or overtaken may be


class NwkLayer:
    """`upper` gets `from_nwk(frame, payload, sender, is_secured, now, is_stale)`; sender an EUI-64
    or None.

    `counter()` of the upper layer gives the next outgoing frame counter, `is_welcome(eui)` says
    whether a sender who knows the network key is listened to, `is_proved(eui)` whether one has
    had a link key, and `doubted(eui, now)` is called when somebody may have sent in its name.
    `dropped` counts what was refused, by reason. Where `learns` is False, addresses are those
    that `set_address` was told, and no frame changes them.
    """

    def __init__(self, eui: bytes, crypto: "Crypto", random: "Any", upper: "Any") -> None:
        self.eui = eui
        self.crypto = crypto
        self.mac = MacLayer(eui, random, self)
        self.keys: dict[int, bytes] = {}
        self.key_sequence = 0
        self.extended_pan_id = bytes(8)
        self.incoming: dict[bytes, int] = {}
        self.dropped: dict[str, int] = {}
        self.sleepers: set[int] = set()  # short addresses of children that sleep
        self.associated: Any = None  # called with each MAC command and beacon
        self.learns = True
        self._addresses: dict[bytes, int] = {}
        self._euis: dict[int, bytes] = {}
        self._last_key = b""
        self._sequence = random(1)[0]
        self._upper = upper

    @property
    def short(self) -> int:
        """The own short address; FFFF without one."""
        return self.mac.short

    def address_of(self, eui: bytes) -> "int | None":
        """The short address of a device, where it is known."""
        return self._addresses.get(eui)

    def set_address(self, eui: bytes, short: int) -> None:
        """Notes the short address of a device; another device that had it has none then."""
        old = self._addresses.get(eui)
        if old == short:
            return
        if old is not None:
            self._euis.pop(old, None)
        previous = self._euis.get(short)
        if previous is not None:
            self._addresses.pop(previous, None)
        self._addresses[eui] = short
        self._euis[short] = eui

    def _learn(self, eui: bytes, short: int, is_proved: bool) -> None:
        """Where a frame came from. The coordinator is where it is, and so is a device that was
        heard under a link key, until it is heard elsewhere under one.
        """
        known = self._addresses.get(eui)
        if known == short or known == nwk.COORDINATOR or not self.learns:
            return
        if not 0 < short < nwk.FIRST_RESERVED or short == self.mac.short:
            return
        if not is_proved:
            holder = self._euis.get(short)
            if holder is not None and holder != eui and self._upper.is_proved(holder):
                return
            if eui in self._addresses and self._upper.is_proved(eui):
                return
        self.set_address(eui, short)

    def proved(self, eui: bytes, frame: "Any") -> None:
        """A frame of a device was opened under its link key: its counter and address are right."""
        auxiliary = frame.auxiliary
        if auxiliary is not None and auxiliary.source == eui:
            self.incoming[eui] = auxiliary.counter
            self._learn(eui, frame.source, True)

    def is_known(self, short: int) -> bool:
        """Whether somebody is there who was let in, or has been heard under a link key."""
        eui = self._euis.get(short)
        return eui is not None and (not self.learns or self._upper.is_proved(eui))

    def forget(self, eui: bytes) -> None:
        """A device is not known any more; its counter is, so that nothing can be replayed."""
        short = self._addresses.pop(eui, None)
        if short is not None:
            self._euis.pop(short, None)
            self.sleepers.discard(short)

    def addresses(self) -> "list[tuple[bytes, int]]":
        """EUI-64 and short address of all who are known."""
        return sorted(self._addresses.items())

    def use_key(self, key: bytes, sequence: int) -> None:
        """The network key from now on. Counters of senders begin anew under another key."""
        if key != self._last_key:
            self.incoming = {}
        self._last_key = key
        self.keys = {sequence: key}
        self.key_sequence = sequence

    def hold_key(self, key: bytes, sequence: int) -> None:
        """Another network key, for when it is switched to; the last one counts."""
        self.keys = {self.key_sequence: self.keys[self.key_sequence], sequence: key}

    def switch_key(self, sequence: int) -> bool:
        """Uses the key that was held for this; False where there is none."""
        key = self.keys.get(sequence)
        if key is None or sequence == self.key_sequence:
            return False
        self.use_key(key, sequence)
        return True

    def leave(self) -> None:
        """Belongs to no network. The counters under its key are kept: it may come back."""
        self.mac.forget()
        self.mac.pan = self.mac.short = mac.BROADCAST
        self.keys = {}
        self.sleepers = set()
        self._addresses = {}
        self._euis = {}

    # To the air

    def send(
        self,
        kind: int,
        destination: int,
        payload: "Any",
        now: int,
        confirm: "Confirm | None" = None,
        secured: bool = True,
        names: "tuple[bytes | None, bool]" = (None, False),
        source: "int | None" = None,
        radius: int = 30,
        is_clear: bool = False,
        note: "Confirm | None" = None,
    ) -> None:
        """Sends a payload, or what the function `payload()` gives when its turn comes.

        `names` are the destination's EUI-64 or None, and whether the own is sent. It `is_clear`
        where anybody may have caused it. `confirm` and `note` are as of the MAC.
        """
        self._sequence = self._sequence + 1 & 0xFF
        number = self._sequence

        def make(sequence: int) -> mac.Frame:
            octets = payload if isinstance(payload, bytes) else payload()
            frame = nwk.frame(
                kind,
                destination,
                self.mac.short if source is None else source,
                number,
                octets,
                names[0],
                self.eui if names[1] else None,
                radius,
            )
            hop = mac.BROADCAST if destination >= nwk.ROUTERS else destination
            return mac.data(
                sequence, self.mac.pan, hop, frame.source, self._secured(frame, secured)
            )

        if destination in self.sleepers:
            self.mac.send_when_asked(destination, make, now, confirm, is_clear, note)
        else:
            share = destination if self._is_expected(destination) else nwk.NO_ADDRESS
            self.mac.send(make, now, confirm, share, is_clear, note)

    def _is_expected(self, short: int) -> bool:
        """Whether a destination has a share of its own of what is sent; strangers have one."""
        return short == nwk.COORDINATOR or short >= nwk.ROUTERS or self.is_known(short)

    def _secured(self, frame: nwk.Frame, secured: bool) -> bytes:
        if not secured:
            frame.control &= 0xFF3F  # nothing is routed before there is a key
            return nwk.encode(frame)
        frame.control |= nwk.SECURITY
        auxiliary = security.auxiliary(
            security.NETWORK_KEY, self._upper.counter(), self.eui, self.key_sequence
        )
        key = self.keys.get(self.key_sequence, bytes(16))
        return security.seal(
            nwk.header(frame), auxiliary, frame.payload, key, self.eui, self.crypto
        )

    def send_mac(
        self, make: "Make", now: int, confirm: "Confirm | None" = None, child: "Any" = None
    ) -> None:
        """Sends a MAC command, at once or when a child asks."""
        if child is None:
            self.mac.send(make, now, confirm)
        else:
            self.mac.send_when_asked(child, make, now, confirm)

    # From the air

    def from_mac(self, frame: mac.Frame, now: int) -> None:
        """A frame of the MAC."""
        if frame.kind != mac.DATA:
            if self.associated is not None:
                self.mac.calls.append((self.associated, (frame,)))
            return
        try:
            packet = nwk.decode(frame.payload)
        except DecodeError:
            self.drop("not a ZigBee frame")
            return
        to = packet.destination
        if to != self.mac.short and to < nwk.ROUTERS:
            return
        auxiliary = packet.auxiliary
        if auxiliary is None:
            sender = packet.source64 or self._euis.get(packet.source)
            self._upper.from_nwk(packet, packet.payload, sender, False, now, False)
            return
        sender = auxiliary.source
        payload = self._opened(packet, auxiliary, now)
        if payload is None or sender is None:
            return
        last = self.incoming.get(sender)
        if last is None or auxiliary.counter > last:
            self.incoming[sender] = auxiliary.counter
            if packet.source == frame.source:
                self._learn(sender, packet.source, False)
            self._upper.from_nwk(packet, payload, sender, True, now, False)
            return
        if sender not in self._addresses:  # so that it can be asked
            self._learn(sender, packet.source, False)
        self._upper.from_nwk(packet, payload, sender, True, now, True)
        behind = self.incoming.get(sender, 0) - auxiliary.counter
        if behind > 0:  # it was not under a link key
            self.drop("NWK counter used before")
            if behind > _ORDINARY:
                self._upper.doubted(sender, now)

    def _opened(
        self, packet: nwk.Frame, auxiliary: security.Auxiliary, now: int
    ) -> "bytes | None":
        """The payload of a secured frame from a sender who is listened to; None where dropped."""
        sender = auxiliary.source
        if sender is None or auxiliary.key != security.NETWORK_KEY:
            self.drop("NWK security of another form")
            return None
        if packet.source >= nwk.FIRST_RESERVED:
            self.drop("no address of a device")
            return None
        if sender == self.eui:
            return None
        key = self.keys.get(auxiliary.key_sequence or 0)
        if key is None:
            self.drop("no such network key")
            self._upper.doubted(sender, now)  # it may use another by now
            return None
        last = self.incoming.get(sender)
        if auxiliary.counter == last or auxiliary.counter == _NEVER_SENT:
            self.drop("NWK counter used before")
            return None
        if not self._upper.is_welcome(sender):
            self.drop("not whitelisted")
            return None
        if last is None and not self._has_room():
            self.drop("too many senders")
            return None
        head = nwk.header(packet)
        try:
            return security.unseal(head, auxiliary, packet.payload, key, sender, self.crypto)
        except BadBlock:
            self.drop("wrong NWK MIC")
            return None

    def _has_room(self) -> bool:
        """Whether one more sender can be counted: a stranger gives way."""
        if len(self.incoming) < _MAX_SENDERS:
            return True
        for eui in self.incoming:
            if not self._upper.is_proved(eui):
                del self.incoming[eui]
                self.forget(eui)
                return True
        return False

    def drop(self, why: str) -> None:
        """Counts a frame that was refused."""
        self.dropped[why] = self.dropped.get(why, 0) + 1
