"""Messages of any length to and from one other side: long ones go, and come, in blocks.

    exchange.send(octets, now)
    while piece := exchange.next(now): link.send(piece)
    whole = exchange.receive(link.receive(), now)

One long message is under way in each direction; others wait. What cannot be put together is
dropped after its time-outs.

Source: GBCS 7.2.11.
"""

from gbcs.blocks import blocks
from gbcs.blocks.blocks import LONGEST_WHOLE, Block, TransferError
from gbcs.blocks.receiver import Receiver
from gbcs.blocks.sender import Sender
from gbcs.compat import const
from gbcs.errors import DecodeError

_KEPT_MS = const(120000)  # how long blocks that were sent can be asked for again
MAX_WAITING = const(32)


class BlockExchange:
    """Both directions with one other side."""

    def __init__(self) -> None:
        self._out: list[bytes] = []
        self._sender: Sender | None = None
        self._kept_until = 0
        self._receiver: Receiver | None = None
        self._from: tuple[bytes, int, int, int] | None = None

    def send(self, octets: bytes, now: int) -> None:
        """Takes a message to send; of too many that wait the oldest is dropped."""
        self._out.append(octets)
        if len(self._out) > MAX_WAITING:
            self._out.pop(0)

    def next(self, now: int) -> "bytes | None":
        """The next message or block to send; None where nothing is to be sent."""
        receiver = self._receiver
        if receiver is not None:
            octets = receiver.next()
            if octets is not None:
                return octets
        sender = self._sender
        if sender is not None:
            octets = sender.next(now)
            if octets is not None:
                return octets
            if now > self._kept_until:
                self._sender = None
        if not self._out:
            return None
        octets = self._out.pop(0)
        if len(octets) <= LONGEST_WHOLE:
            return octets
        self._sender = Sender(octets)
        self._kept_until = now + _KEPT_MS
        return self._sender.next(now)

    def has_next(self) -> bool:
        """Whether whole messages wait to be sent."""
        return bool(self._out)

    def receive(self, octets: bytes, now: int) -> "bytes | None":
        """A whole message, at once or with its last block; None until then."""
        if not blocks.is_block(octets):
            return octets
        try:
            block = blocks.decode(octets)
        except DecodeError:
            return None
        try:
            if block.is_acknowledgement:
                if self._sender is not None:
                    self._sender.receive(block, now)
                return None
            return self._take(block, now)
        except TransferError:
            return None

    def _take(self, block: Block, now: int) -> "bytes | None":
        mark = (block.originator, block.counter, block.cra, block.code)
        receiver = self._receiver
        if receiver is None or mark != self._from:
            receiver = self._receiver = Receiver()
            self._from = mark
        return receiver.receive(block, now)

    def next_timer(self) -> "int | None":
        """When `handle_timer` is to be called, or None."""
        return None if self._receiver is None else self._receiver.next_timer()

    def handle_timer(self, now: int) -> None:
        """Asks for blocks that are missing, or gives up."""
        if self._receiver is not None:
            try:
                self._receiver.handle_timer(now)
            except TransferError:
                self._receiver = None
