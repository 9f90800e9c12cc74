"""A hub's tunnels to the devices on its HAN, and the queues of messages for them.

A device that is awake serves a tunnel, which the hub asks for when the device is on. A GSME asks
for a tunnel itself, and fetches messages when the answer to its report says that some wait. A
message of a device goes to the recipient that it names, where the device log lists it; else to
`upstream`, towards the WAN.

Of each queue the WAN and every device have a share, and nobody takes another's: who has filled its
own is told so.

Sources: GBCS 10.2.2; Smart Energy D.6 (tunnelling).
"""

from gbcs.blocks.blocks import is_block
from gbcs.blocks.parties import parties
from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import GbcsError
from gbcs.zcl.codes import FROM_SERVER, NO_DEFAULT, SPECIFIC, TUNNELING
from gbcs.zigbee import aps, commands
from gbcs_device.han import meter as ms
from gbcs_device.han import tunnel as ts
from gbcs_device.han.gas_proxy import ENDPOINT, GpfStation

if TYPE_CHECKING:
    from gbcs.zigbee.cbke import Credentials
    from gbcs_device.interfaces import OnDelivery, Random
    from gbcs_device.usecases.chf import Hub

_MAX_QUEUED = const(64)  # messages of the WAN for a device, and of a device for the WAN: 63 blocks
_MAX_BETWEEN = const(16)  # messages of one device for another
_QUEUED_MS = const(86400000)  # a day
_SEEK_MS = const(5000)
_LONGEST_SEEK_MS = const(300000)
_MOST_SEEKS = const(8)  # that make the next wait longer
_IHD_TYPE = const(128)  # which has no tunnel


class HubStation(GpfStation):
    """A CHF with its GPF on the air.

    `tunnels` are (number, endpoint) by EUI-64.
    """

    def __init__(
        self, hub: "Hub", eui: bytes, random: "Random", credentials: "list[Credentials]"
    ) -> None:
        super().__init__(hub, eui, random, credentials)
        self.tunnels: dict[bytes, tuple[int, int]] = {}
        self.upstream: list[tuple[bytes, bytes]] = []
        # By recipient: message, since when, the device that sent it or None for the WAN
        self._queues: dict[bytes, list[tuple[bytes, int, bytes | None]]] = {}
        self._sent: dict[bytes, tuple[int, bytes, bytes | None]] = {}  # tunnel, message, sender
        self._last: dict[bytes, tuple[int, bytes, bytes | None]] = {}  # once it was acknowledged
        self._seeks: dict[bytes, int] = {}
        self._number = 0
        self._fetching: set[bytes] = set()  # who has asked for its tunnel, and fetches messages

    def power_on(self, now: int) -> None:
        """Starts, and asks each device for its tunnel."""
        super().power_on(now)
        for eui in self.children:
            self.came(eui, now)

    def power_off(self) -> None:
        """Stops, and drops tunnels and queued messages."""
        super().power_off()
        self.tunnels = {}
        self._queues = {}

    def forget(self, eui: bytes) -> None:
        """Removes a device with its tunnel and messages."""
        self.tunnels.pop(eui, None)
        self._queues.pop(eui, None)
        self._sent.pop(eui, None)
        self._last.pop(eui, None)
        self._seeks.pop(eui, None)
        self._fetching.discard(eui)
        super().forget(eui)

    def next_timer(self) -> "int | None":
        """When `handle_timer` is to be called, or None."""
        earliest = super().next_timer()
        at = self.hub.next_timer()
        return at if earliest is None or (at is not None and at < earliest) else earliest

    def serve(self, now: int) -> None:
        """Runs the CHF's timers that are due, and the GPF's."""
        due = self.hub.next_timer()
        if due is not None and now >= due:
            self.hub.handle_timer(now)
        super().serve(now)

    # From and to the WAN

    def receive_command(self, octets: bytes, now: int) -> "bytes | None":
        """A message for the CHF itself: its answer, or None."""
        try:
            answer = self.hub.receive(octets, now)
        except GbcsError:
            answer = None
        self.refresh(now)
        return answer

    def deliver(self, octets: bytes, eui: bytes, now: int) -> bool:
        """Takes a message of the WAN for a device of the HAN.

        False where the log lists no such device, or so many of the WAN's messages wait for it that
        there is no place for one more.
        """
        if self.hub.log.find(eui) is None or not self._queue(octets, eui, None, now):
            return False
        if eui in self.mirrors:
            self.gpf.passed_to(octets, now)
        return True

    def _queue(self, octets: bytes, eui: bytes, sender: "bytes | None", now: int) -> bool:
        """Queues a message of a device, or of the WAN; False where its share is full."""
        queue = self._queues.setdefault(eui, [])
        queue[:] = [waiting for waiting in queue if now - waiting[1] <= _QUEUED_MS]
        share = [True for waiting in queue if waiting[2] == sender]
        if len(share) >= (_MAX_QUEUED if sender is None else _MAX_BETWEEN):
            return False
        queue.append((octets, now, sender))
        if eui not in self.tunnels and self._seeks.get(eui, 0) > 1:
            self.came(eui, now)  # it is not waited until it would be asked next
        self._flush(eui, now)
        return True

    def withdraw(self, eui: bytes) -> None:
        """Drops the messages of the WAN that wait for a device."""
        queue = self._queues.get(eui, [])
        queue[:] = [waiting for waiting in queue if waiting[2] is not None]
        self._last.pop(eui, None)

    def waiting(self, eui: bytes) -> int:
        """How many messages wait for a device."""
        return len(self._queues.get(eui, ()))

    def _flush(self, eui: bytes, now: int) -> None:
        """Sends the messages for a device that is awake and has its tunnel, one after another.

        A message that was sent and not acknowledged is not sent again: the device may have run it.
        """
        child = self.children.get(eui)
        queue = self._queues.get(eui)
        tunnel = self.tunnels.get(eui)
        if child is None or child.is_sleepy or tunnel is None or not queue or eui in self._sent:
            return
        if eui in self._fetching:
            return
        octets, _, sender = queue[0]
        sent = (tunnel[0], octets, sender)

        def on_delivery(delivered: bool, at: int) -> None:
            if self._sent.get(eui) is sent:
                del self._sent[eui]
            if delivered:
                self._last[eui] = sent
                self._flush(eui, at)
            else:
                self.came(eui, at)  # whether it is still there shows when it is asked

        self._sent[eui] = sent
        if self._transfer(eui, ts.TRANSFER, octets, now, on_delivery):
            queue.pop(0)
        else:
            del self._sent[eui]

    def _transfer(
        self,
        eui: bytes,
        command: int,
        octets: bytes,
        now: int,
        on_delivery: "OnDelivery | None" = None,
    ) -> bool:
        number, endpoint = self.tunnels[eui]
        control = SPECIFIC | NO_DEFAULT
        if command == ts.SERVER_TRANSFER:
            control |= FROM_SERVER
        payload = number.to_bytes(2, "little") + octets
        return self.zcl(
            eui, (endpoint, ENDPOINT), TUNNELING, control, command, payload, now, None, on_delivery
        )

    # A tunnel that a meter serves

    def came(self, eui: bytes, now: int) -> None:
        """Called when a device is on the network: asks for the tunnel of one that is awake."""
        self.tunnels.pop(eui, None)
        self._last.pop(eui, None)
        self._seeks[eui] = 0
        child = self.children.get(eui)
        entry = self.hub.log.find(eui)
        if entry is None or entry.device_type == _IHD_TYPE:
            return
        if child is not None and not child.is_sleepy:
            self.at("seek " + eui.hex(), now + 200, lambda at: self._seek(eui, at))

    def _seek(self, eui: bytes, now: int) -> None:
        child = self.children.get(eui)
        if child is None or eui in self.tunnels or self.link_key(eui) is None:
            return
        self._seeks[eui] = min(self._seeks.get(eui, 0) + 1, _MOST_SEEKS)
        wait = min(_SEEK_MS << self._seeks[eui], _LONGEST_SEEK_MS)
        self.at("seek " + eui.hex(), now + wait, lambda at: self._seek(eui, at))
        self.find(child.short, TUNNELING, now)

    def from_zdo(self, cluster: int, payload: bytes, sender: bytes, now: int) -> None:
        """Learns which endpoint of a meter serves its tunnel, and asks for it."""
        super().from_zdo(cluster, payload, sender, now)
        if cluster == commands.MATCH_DESC_REQ | commands.RESPONSE:
            endpoints = commands.values(commands.ZDO, cluster, payload)["endpoints"]
            if endpoints and sender not in self.tunnels:
                asked = bytes((ts.GB_HRGP, 0xFF, 0xFF, 0)) + ts.MAX_TRANSFER.to_bytes(2, "little")
                self.zcl(
                    sender, (endpoints[0], ENDPOINT), TUNNELING, SPECIFIC | NO_DEFAULT,
                    ts.REQUEST_TUNNEL, asked, now,
                )  # fmt: skip

    def from_cluster(
        self, cluster: int, control: int, command: int, payload: bytes, frame: aps.Frame,
        sequence: int, sender: bytes, now: int,
    ) -> bool:  # fmt: skip
        """Handles tunnels; the GPF and the trust centre handle the others."""
        ends = (frame.source_endpoint or 0, frame.destination_endpoint or 0)
        if cluster == TUNNELING and control & FROM_SERVER:
            return self._from_server(command, payload, ends, sender, now)
        if cluster == TUNNELING:
            return self._from_client(command, payload, ends, sequence, sender, now)
        return super().from_cluster(
            cluster, control, command, payload, frame, sequence, sender, now
        )

    def _from_server(
        self, command: int, payload: bytes, ends: "tuple[int, int]", sender: bytes, now: int
    ) -> bool:
        """Takes a command of a meter that serves a tunnel."""
        if len(payload) < 2:
            return False
        number = payload[0] | payload[1] << 8
        mine = self.tunnels.get(sender)
        if command == ts.TUNNEL_RESPONSE and len(payload) == 5:
            if payload[2] == ts.TUNNEL_OK:
                self.tunnels[sender] = (number, ends[0])
                self._fetching.discard(sender)
                self.cancel("seek " + sender.hex())
                self._flush(sender, now)
        elif command == ts.SERVER_TRANSFER:
            if mine is not None and mine[0] == number:
                self.put_off(self._pass_on, sender, payload[2:])
            else:
                ends_back = (ends[0], ENDPOINT)
                self.zcl(
                    sender, ends_back, TUNNELING, SPECIFIC | NO_DEFAULT, ts.TRANSFER_ERROR,
                    payload[:2] + bytes((ts.NO_SUCH_TUNNEL,)), now,
                )  # fmt: skip
        elif command == ts.SERVER_TRANSFER_ERROR:
            sent = self._sent.pop(sender, None) or self._last.get(sender)
            if sent is not None and sent[0] == number:  # the meter has not seen it
                self._last.pop(sender, None)
                self._queues.setdefault(sender, []).insert(0, (sent[1], now, sent[2]))
                self.came(sender, now)
        elif command == ts.TUNNEL_CLOSED:
            self.came(sender, now)
        else:
            return False
        return True

    def _pass_on(self, eui: bytes, octets: bytes, now: int) -> None:
        """Passes a message of a device on, to another device or the WAN.

        The counters of its frames are kept first, so that none is replayed. A device gets no
        block in another's name from a third, who could end that other's transfer.
        """
        self.store.write(self.peers())
        named = parties(octets)
        if named is not None and named[1] != eui and self.hub.log.find(named[1]) is not None:
            if named[0] != eui and is_block(octets):
                self._refuse_message(eui, ts.WRONG_DEVICE, "a block in another's name", now)
            elif not self._queue(octets, named[1], eui, now):
                self._refuse_message(eui, ts.DATA_OVERFLOW, "too many messages", now)
            return
        if len([True for sender, _ in self.upstream if sender == eui]) < _MAX_QUEUED:
            self.upstream.append((eui, octets))
        else:
            self._refuse_message(eui, ts.DATA_OVERFLOW, "too many messages", now)
        if eui in self.mirrors and self.gpf.passed_from(octets, now):
            self.put_off(self.follow)

    def _refuse_message(self, eui: bytes, status: int, why: str, now: int) -> None:
        """Tells a device that its message was not taken: Smart Energy D.6, TransferDataError."""
        self.nwk.drop(why)
        tunnel = self.tunnels.get(eui)
        if tunnel is None:
            return
        control, command = SPECIFIC | NO_DEFAULT, ts.TRANSFER_ERROR
        if eui in self._fetching:
            control, command = control | FROM_SERVER, ts.SERVER_TRANSFER_ERROR
        payload = tunnel[0].to_bytes(2, "little") + bytes((status,))
        self.zcl(eui, (tunnel[1], ENDPOINT), TUNNELING, control, command, payload, now)

    # A tunnel that the hub serves

    def _from_client(
        self, command: int, payload: bytes, ends: "tuple[int, int]", sequence: int, sender: bytes,
        now: int,
    ) -> bool:  # fmt: skip
        """Takes a command of a GSME: it opens its tunnel, fetches a message, or sends one."""
        if command == ts.REQUEST_TUNNEL and len(payload) == 6:
            status = ts.TUNNEL_OK if payload[0] == ts.GB_HRGP else ts.TUNNEL_NO_PROTOCOL
            number = 0xFFFF
            if status == ts.TUNNEL_OK:
                self._number = number = self._number + 1 & 0x7FFF
                self.tunnels[sender] = (number, ends[0])
                self._fetching.add(sender)
            answer = number.to_bytes(2, "little") + bytes((status,))
            answer += ts.MAX_TRANSFER.to_bytes(2, "little")
            self._to_client(sender, ends, ts.TUNNEL_RESPONSE, answer, now, sequence)
            return True
        if command == ts.TRANSFER and len(payload) >= 3:
            mine = self.tunnels.get(sender)
            if mine is None or mine[0] != payload[0] | payload[1] << 8:
                error = payload[:2] + bytes((ts.NO_SUCH_TUNNEL,))
                self._to_client(sender, ends, ts.SERVER_TRANSFER_ERROR, error, now, sequence)
            elif payload[2] == ms.GET:
                self._fetched(sender, now)
            elif payload[2] == ms.PUT:
                self.put_off(self._pass_on, sender, payload[3:])
            return True
        if command == ts.CLOSE_TUNNEL:
            self.tunnels.pop(sender, None)
            return True
        return command == ts.TRANSFER_ERROR

    def _to_client(
        self, eui: bytes, ends: "tuple[int, int]", command: int, payload: bytes, now: int,
        sequence: int,
    ) -> None:  # fmt: skip
        control = SPECIFIC | FROM_SERVER | NO_DEFAULT
        self.zcl(eui, ends, TUNNELING, control, command, payload, now, sequence)

    def _fetched(self, eui: bytes, now: int) -> None:
        """Sends the next message, and the number of those that wait behind it."""
        queue = self._queues.get(eui, [])
        answer = bytes((ms.GET_RESPONSE, 0))
        if queue:
            octets = queue.pop(0)[0]
            answer = bytes((ms.GET_RESPONSE, min(len(queue), 255))) + octets
        self._transfer(eui, ts.SERVER_TRANSFER, answer, now)
