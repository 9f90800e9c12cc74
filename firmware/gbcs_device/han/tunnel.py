"""A device that serves a tunnel: whole GBCS messages, either way, once the hub has opened it.

An ESME and a PPMID are awake, and the hub asks for their tunnel: messages come and go at any time.

Sources: Smart Energy D.6 (tunnelling); GBCS 10.2.2.
"""

from gbcs.blocks.exchange import BlockExchange
from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import GbcsError
from gbcs.zcl.codes import FROM_SERVER, NO_DEFAULT, SPECIFIC, TUNNELING
from gbcs.zigbee import aps
from gbcs_device.han.joining import JOINED, Joiner

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

# Tunnelling, both directions
REQUEST_TUNNEL = const(0x00)
TRANSFER = const(0x02)  # client to server
TRANSFER_ERROR = const(0x03)
TUNNEL_RESPONSE = const(0x00)
SERVER_TRANSFER = const(0x01)
SERVER_TRANSFER_ERROR = const(0x02)
CLOSE_TUNNEL = const(0x01)
TUNNEL_CLOSED = const(0x06)
GB_HRGP = const(6)  # the protocol of GBCS messages
MAX_TRANSFER = const(1500)
TUNNEL_OK, TUNNEL_BUSY, TUNNEL_NO_IDS, TUNNEL_NO_PROTOCOL = 0, 1, 2, 3
NO_SUCH_TUNNEL = const(0)


class TunnelServer(Joiner):
    """A device on the air that messages come to; `handled` counts those that it was given."""

    def __init__(self, device: "Any", random: "Any", credentials: "Any", is_sleepy: bool) -> None:
        super().__init__(device, random, credentials, is_sleepy)
        self.tunnel: int | None = None
        self.messages = BlockExchange()
        self.handled = 0
        self._hub_endpoint = 1
        self._is_leaving = False
        self._last_key: bytes | None = None

    def power_on(self, now: int) -> None:
        """Begins anew: the tunnel is of before."""
        self.tunnel = None
        self.messages = BlockExchange()
        self._is_leaving = False
        super().power_on(now)

    def on_joined(self, now: int, changes: "dict[str, bytes | None]") -> None:
        """Joined: the hub will ask for the tunnel."""
        super().on_joined(now, changes)
        self.tunnel = None

    # Time: the device's own timers are its station's too

    def next_timer(self) -> "int | None":
        """When `handle_timer` is to be called, or None."""
        found = super().next_timer()
        for at in (self.device.next_timer(), self.messages.next_timer()):
            if at is not None and (found is None or at < found):
                found = at
        return found

    def handle_timer(self, now: int) -> None:
        """Does what is due, of the device too."""
        due = self.device.next_timer()
        if due is not None and now >= due:
            self.device.handle_timer(now)
            self.changed(False, now)
        due = self.messages.next_timer()
        if due is not None and now >= due:
            self.messages.handle_timer(now)
        super().handle_timer(now)
        self.speak(now)

    # The tunnel

    def from_cluster(
        self, cluster: int, control: int, command: int, payload: bytes, one: aps.Frame,
        sequence: int, sender: bytes, now: int,
    ) -> bool:  # fmt: skip
        """The tunnel, as the hub uses it; the rest is `Joiner`'s."""
        if (
            cluster == TUNNELING
            and not control & FROM_SERVER
            and not self.is_sleepy
            and sender == self.trust_centre
            and self.phase == JOINED
        ):
            return self._as_server(command, payload, one, sequence, now)
        return super().from_cluster(cluster, control, command, payload, one, sequence, sender, now)

    def _as_server(
        self, command: int, payload: bytes, one: aps.Frame, sequence: int, now: int
    ) -> bool:
        ends = (one.source_endpoint or 0, one.destination_endpoint or 0)
        if command == REQUEST_TUNNEL and len(payload) == 6:
            status = TUNNEL_OK if payload[0] == GB_HRGP else TUNNEL_NO_PROTOCOL
            if status == TUNNEL_OK:
                self.tunnel = (self.tunnel or 0) + 1 & 0x7FFF
                self._hub_endpoint = ends[0]
            number = 0xFFFF if status else self.tunnel or 0
            answer = number.to_bytes(2, "little") + bytes((status,))
            self._to_client(
                TUNNEL_RESPONSE, answer + MAX_TRANSFER.to_bytes(2, "little"), now, sequence
            )
            self.speak(now)
        elif command == TRANSFER and len(payload) >= 2:
            number = payload[0] | payload[1] << 8
            if number != self.tunnel:
                self._to_client(SERVER_TRANSFER_ERROR, payload[:2] + b"\x00", now, sequence)
            else:
                self._message(payload[2:], now)
        elif command == CLOSE_TUNNEL:
            self.tunnel = None
        else:
            return command == TRANSFER_ERROR
        return True

    def _to_client(self, command: int, payload: bytes, now: int, sequence: "int | None" = None, done: "Any" = None) -> None:  # fmt: skip  # noqa: E501
        self.zcl(
            self.trust_centre, (self._hub_endpoint, self.endpoint), TUNNELING,
            SPECIFIC | FROM_SERVER | NO_DEFAULT, command, payload, now, sequence, done,
        )  # fmt: skip

    # Messages, either way

    def _message(self, octets: bytes, now: int) -> None:
        """A message of a remote party, or a block of one: what is whole goes to the device."""
        whole = self.messages.receive(octets, now)
        if whole is not None:
            self.handled += 1
            was_joined = self.device.is_joined()
            try:
                answer = self.device.receive(whole, now)
            except GbcsError:
                answer = None
            if answer is not None:
                self.messages.send(answer, now)
            self._is_leaving = was_joined and not self.device.is_joined()
            if not self._is_leaving:
                self.store.write(self.peers())
            self.changed(True, now)
        self.speak(now)

    def changed(self, by_message: bool, now: int) -> None:
        """The device has done something, by a message or by its time."""

    def speak(self, now: int) -> None:
        """An ESME says at once what it has to say; a GSME when it is awake and not asked."""
        if self.phase != JOINED or self.tunnel is None:
            return
        if not self._is_leaving:
            while self.device.outbox:
                self.messages.send(self.device.outbox.pop(0), now)
        if self.is_sleepy:
            return
        head = self.tunnel.to_bytes(2, "little")
        while True:
            octets = self.messages.next(now)
            if octets is None:
                break
            done = self._said if self._is_leaving and not self.messages.has_next() else None
            self._to_client(SERVER_TRANSFER, head + octets, now, None, done)

    def _said(self, delivered: bool, now: int) -> None:
        """The answer to the command to leave has gone."""
        if self._is_leaving:
            self.leave(now)

    def link_key(self, eui: bytes) -> "bytes | None":
        """The trust centre's; while it leaves, the one that the last it says goes under."""
        if eui != self.trust_centre:
            return super().link_key(eui)
        if not self._is_leaving:
            self._last_key = super().link_key(eui)
        return self._last_key

    def leave(self, now: int) -> None:
        """Off the network; the tunnel is gone."""
        self.tunnel = None
        self.messages = BlockExchange()
        super().leave(now)
        self._is_leaving = False
