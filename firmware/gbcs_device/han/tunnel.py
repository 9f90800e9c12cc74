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
    from gbcs.zigbee.cbke import Credentials
    from gbcs_device.interfaces import NetworkDevice, OnDelivery, Random

# Commands of the Tunneling cluster, both directions: Smart Energy D.6
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
NO_SUCH_TUNNEL, WRONG_DEVICE, DATA_OVERFLOW = 0, 1, 2  # of a TransferDataError
_MOST_HELD = const(0x2000)  # octets of blocks: the longest known command has 3,986


class TunnelServer(Joiner):
    """A device on the air that gets GBCS messages by a tunnel; `handled` counts them."""

    def __init__(
        self,
        device: "NetworkDevice",
        random: "Random",
        credentials: "Credentials",
        is_sleepy: bool,
    ) -> None:
        super().__init__(device, random, credentials, is_sleepy)
        self.tunnel: int | None = None
        self.messages = self._exchange()
        self.handled = 0
        self._hub_endpoint = 1
        self._is_leaving = False
        self._is_speaking = False  # a message is on its way to the hub
        self._last_key: bytes | None = None

    def power_on(self, now: int) -> None:
        """Begins without a tunnel: one from before the restart is void."""
        self.tunnel = None
        self.messages = self._exchange()
        self._is_leaving = False
        super().power_on(now)

    def on_joined(self, now: int, changes: "dict[str, bytes | None]") -> None:
        """Joined: the hub will ask for the tunnel."""
        super().on_joined(now, changes)
        self.tunnel = None
        self._is_speaking = False  # what was under way has been dropped

    # Time: the device's own timers are its station's too

    def next_timer(self) -> "int | None":
        """When `handle_timer` is to be called, or None."""
        earliest = super().next_timer()
        for at in (self.device.next_timer(), self.messages.next_timer()):
            if at is not None and (earliest is None or at < earliest):
                earliest = at
        return earliest

    def serve(self, now: int) -> None:
        """Runs the device's timers that are due, and those of its messages."""
        due = self.device.next_timer()
        if due is not None and now >= due:
            self.device.handle_timer(now)
            self.changed(False, now)
        due = self.messages.next_timer()
        if due is not None and now >= due:
            self.messages.handle_timer(now)
        self.put_off(self.speak)

    # The tunnel

    def from_cluster(
        self, cluster: int, control: int, command: int, payload: bytes, frame: aps.Frame,
        sequence: int, sender: bytes, now: int,
    ) -> bool:  # fmt: skip
        """Handles the hub's tunnel commands; `Joiner` handles the others."""
        if (
            cluster == TUNNELING
            and not control & FROM_SERVER
            and not self.is_sleepy
            and sender == self.trust_centre
            and self.phase == JOINED
        ):
            return self._as_server(command, payload, frame, sequence, now)
        return super().from_cluster(
            cluster, control, command, payload, frame, sequence, sender, now
        )

    def _as_server(
        self, command: int, payload: bytes, frame: aps.Frame, sequence: int, now: int
    ) -> bool:
        ends = (frame.source_endpoint or 0, frame.destination_endpoint or 0)
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
                self.put_off(self._message, payload[2:])
        elif command == CLOSE_TUNNEL:
            self.tunnel = None
        elif command == TRANSFER_ERROR and len(payload) == 3 and payload[2] != NO_SUCH_TUNNEL:
            self.not_taken(now)
        else:
            return command == TRANSFER_ERROR
        return True

    def _to_client(
        self, command: int, payload: bytes, now: int, sequence: "int | None" = None,
        on_delivery: "OnDelivery | None" = None,
    ) -> bool:  # fmt: skip
        return self.zcl(
            self.trust_centre, (self._hub_endpoint, self.endpoint), TUNNELING,
            SPECIFIC | FROM_SERVER | NO_DEFAULT, command, payload, now, sequence, on_delivery,
        )  # fmt: skip

    # Messages, either way

    def _message(self, octets: bytes, now: int) -> None:
        """Takes a message, or a block of one; the device gets each whole message."""
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
        self.put_off(self.speak)

    def not_taken(self, now: int) -> None:
        """Called when the hub has no room for a message of this device, or refuses it."""
        self.nwk.drop("a message that the hub did not take")

    def _exchange(self) -> BlockExchange:
        return BlockExchange(_MOST_HELD, self._is_party)

    def _is_party(self, eui: bytes) -> bool:
        """Whether an EUI-64 stands in one of the device's cells; a device of the HAN does not."""
        anchors = self.device.anchors
        return anchors is not None and bool(anchors.agreement_key(eui) or anchors.roles_of(eui))

    def changed(self, by_message: bool, now: int) -> None:
        """Called when the device has acted, by a message or by a timer."""

    def speak(self, now: int) -> None:
        """Sends what waits, one after another: a GSME in its own turn while it is awake."""
        if self.phase != JOINED or self.tunnel is None:
            return
        if not self._is_leaving:
            while self.device.outbox:
                self.messages.send(self.device.outbox.pop(0), now)
        if self.is_sleepy or self._is_speaking:
            return
        octets = self.messages.next(now)
        if octets is not None:
            octets = self.tunnel.to_bytes(2, "little") + octets
            self._is_speaking = self._to_client(SERVER_TRANSFER, octets, now, None, self._spoken)

    def _spoken(self, delivered: bool, now: int) -> None:
        """Called when a message was delivered, or not: the next one goes."""
        self._is_speaking = False
        self.speak(now)
        if self._is_leaving and not self._is_speaking:
            self.leave(now)

    def _said(self, delivered: bool, now: int) -> None:
        """Called when the answer to the command to leave was delivered, or not."""
        if self._is_leaving:
            self.leave(now)

    def link_key(self, eui: bytes) -> "bytes | None":
        """The link key with a device; the trust centre's stays in use until this one has left."""
        if eui != self.trust_centre:
            return super().link_key(eui)
        if not self._is_leaving:
            self._last_key = super().link_key(eui)
        return self._last_key

    def leave(self, now: int) -> None:
        """Leaves the network, and closes the tunnel."""
        self.tunnel = None
        self.messages = self._exchange()
        super().leave(now)
        self._is_leaving = False
