"""Messages of any length to and from one other side: long ones go, and come, in blocks.

    exchange.send(octets, now)
    while piece := exchange.next(now): link.send(piece)
    whole = exchange.receive(link.receive(), now)

One long message is under way to the other side; others wait. From it one is under way of each
originator, since a hub passes on what several parties and devices send. What cannot be put
together is dropped after its time-outs.

Nobody's messages are lost by what is sent to, or comes from, somebody else. Of too many that wait,
the newest to the recipient that most are for is dropped; where the blocks that came hold too many
octets, the transfer with the most of them ends, of a party to be trusted the last. `refused`
counts both.

Source: GBCS 7.2.11.
"""

from gbcs.blocks import blocks
from gbcs.blocks.blocks import LONGEST_WHOLE, Block, TransferError
from gbcs.blocks.parties import parties
from gbcs.blocks.receiver import MOST_OCTETS, Receiver
from gbcs.blocks.sender import Sender
from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT_MS = const(120000)  # how long blocks that were sent can be asked for again
MAX_WAITING = const(32)
MAX_ORIGINATORS = const(24)  # sixteen devices of a hub's log, and the parties of the WAN


class _Incoming:
    """The transfer of one originator; `mark` says of which message."""

    __slots__ = ("mark", "originator", "receiver")

    def __init__(
        self, originator: bytes, mark: "tuple[int, int, int]", receiver: Receiver
    ) -> None:
        self.originator = originator
        self.mark = mark
        self.receiver = receiver


class BlockExchange:
    """Both directions with one other side; `limit` is how many octets of blocks are held.

    `is_party(originator)` says whether an EUI-64 is that of a party, whose transfers are ended
    only where there are no others.
    """

    def __init__(
        self, limit: int = MOST_OCTETS, is_party: "Callable[[bytes], bool] | None" = None
    ) -> None:
        self.refused = 0
        self._is_party = is_party
        self._limit = limit
        self._out: list[tuple[bytes, bytes]] = []  # recipient, message
        self._sender: Sender | None = None
        self._kept_until = 0
        self._incoming: list[_Incoming] = []  # the newest last

    def send(self, octets: bytes, now: int) -> None:
        """Takes a message to send."""
        named = parties(octets)
        self._out.append((b"" if named is None else named[1], octets))
        if len(self._out) > MAX_WAITING:
            self.refused += 1
            self._out.pop(self._fullest())

    def _fullest(self) -> int:
        """The index of the newest message to the recipient that most are for."""
        recipients = [recipient for recipient, _ in self._out]
        most = max([recipients.count(recipient) for recipient in recipients])
        index = len(recipients) - 1
        while recipients.count(recipients[index]) < most:
            index -= 1
        return index

    def next(self, now: int) -> "bytes | None":
        """The next message or block to send; None where nothing is to be sent."""
        for incoming in self._incoming:
            octets = incoming.receiver.next()
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
        octets = self._out.pop(0)[1]
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
        incoming = self._incoming_of(block)
        if incoming is None:
            self.refused += 1
            return None
        mark = (block.counter, block.cra, block.code)
        if incoming.mark != mark:  # another message of the same originator
            incoming.mark = mark
            incoming.receiver = Receiver(limit=self._limit)
        whole = incoming.receiver.receive(block, now)
        self._keep_to_limit()
        return whole

    def _incoming_of(self, block: Block) -> "_Incoming | None":
        """The transfer of a block's originator; None where there is no place for one more."""
        incoming = self._incoming
        for each in incoming:
            if each.originator == block.originator:
                return each
        if len(incoming) >= MAX_ORIGINATORS:
            over = [index for index in range(len(incoming)) if not incoming[index].receiver.held]
            if not over:
                return None
            incoming.pop(over[0])
        mark = (block.counter, block.cra, block.code)
        incoming.append(_Incoming(block.originator, mark, Receiver(limit=self._limit)))
        return incoming[-1]

    def _keep_to_limit(self) -> None:
        """Ends the newest transfer of those with the most octets, where all hold too many."""
        if sum([each.receiver.held for each in self._incoming]) <= self._limit:
            return
        self.refused += 1
        ended = self._incoming[0]
        for each in self._incoming:
            if self._is_first_to_end(each, ended):
                ended = each
        self._incoming.remove(ended)

    def _is_first_to_end(self, incoming: _Incoming, other: _Incoming) -> bool:
        """Whether a transfer ends rather than an older one."""
        if self._is_party is not None:
            is_party = self._is_party(incoming.originator)
            if is_party != self._is_party(other.originator):
                return not is_party and incoming.receiver.held > 0
        return incoming.receiver.held >= other.receiver.held

    def next_timer(self) -> "int | None":
        """When `handle_timer` is to be called, or None."""
        earliest = None
        for each in self._incoming:
            at = each.receiver.next_timer()
            if at is not None and (earliest is None or at < earliest):
                earliest = at
        return earliest

    def handle_timer(self, now: int) -> None:
        """Asks for blocks that are missing, or gives up."""
        for each in list(self._incoming):
            try:
                each.receiver.handle_timer(now)
            except TransferError:
                self._incoming.remove(each)
