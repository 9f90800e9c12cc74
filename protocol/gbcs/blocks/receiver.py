"""Putting a long message together from its blocks, and asking for those that were lost.

    receiver = Receiver()
    message = receiver.receive(blocks.decode(link.receive()), now)
    while octets := receiver.next(): link.send(octets)

Source: DLMS UA 1000-2, 9.4.6.13.
"""

from gbcs.blocks import blocks
from gbcs.blocks.blocks import (
    LARGEST_WINDOW,
    MOST_BLOCKS,
    RETRIES,
    TIMEOUT_MS,
    Block,
    Conflict,
    TimedOut,
    TooLong,
    TransferError,
)
from gbcs.compat import const

MOST_OCTETS = const(0x10000)


class Receiver:
    """Puts one message together from its blocks, whatever their order.

    The first block says whose message it is. At most `limit` octets in 63 blocks are held.
    `window` is how many blocks it takes between two acknowledgements; it asks for what is
    missing after `timeout_ms` of silence, `retries` times.
    """

    def __init__(
        self,
        window: int = LARGEST_WINDOW,
        limit: int = MOST_OCTETS,
        timeout_ms: int = TIMEOUT_MS,
        retries: int = RETRIES,
    ) -> None:
        if not 1 <= window <= LARGEST_WINDOW:
            raise ValueError("a window of 1 to 63 expected")
        self._window = window
        self._limit = limit
        self._timeout = timeout_ms
        self._retries = self._left = retries
        self._first: Block | None = None  # its header, without the data
        self._held: dict[int, bytes] = {}
        self._size = 0
        self._count = 0  # how many blocks there are, once the last has come
        self._without_gap = 0
        self._due = False
        self._acknowledgements = 0
        self._over = False
        self._deadline: int | None = None

    @property
    def is_done(self) -> bool:
        """Whether the message has been given out whole."""
        return 0 < self._count == self._without_gap

    @property
    def held(self) -> int:
        """How many octets are held of a message that is not whole yet."""
        return self._size

    def receive(self, block: Block, now: int) -> "bytes | None":
        """Takes a block; the whole message with the block that completes it, else None.

        Raises Conflict for a block that is not of this message or contradicts one that is held,
        TooLong where the message grows over the limit, which ends the transfer.
        """
        if self._over:
            raise Conflict("the transfer is over", block.number)
        first = self._first
        number = block.number
        if block.is_acknowledgement:
            raise Conflict("data expected, found an acknowledgement", number)
        if first is not None and not _same_message(first, block):
            raise Conflict("a block of the message that is being received expected", number)
        if number > MOST_BLOCKS:
            raise self._end(TooLong("at most %d blocks expected" % MOST_BLOCKS, number))
        if self.is_done:
            if number > self._count:
                raise Conflict("the last block was %d" % self._count, number)
            self._due = block.window != 0 and not block.streaming
            return None
        self._agree(block)
        parts = self._held
        if number not in parts:
            if self._size + len(block.data) > self._limit:
                raise self._end(TooLong("at most %d octets expected" % self._limit, number))
            parts[number] = block.data
            self._size += len(block.data)
            self._left = self._retries
        if first is None:
            self._first = _header(block)
        if block.last:
            self._count = number
        while self._without_gap + 1 in parts:
            self._without_gap += 1
        self._deadline = now + self._timeout
        if not block.streaming:
            self._due = block.window != 0 or not self.is_done
        return self._whole() if self.is_done else None

    def _agree(self, block: Block) -> None:
        """Conflict where the block contradicts what is held."""
        number = block.number
        parts = self._held
        if self._count and number > self._count:
            raise Conflict("the last block was %d" % self._count, number)
        if block.last and (
            (self._count and number != self._count) or max(parts, default=0) > number
        ):
            raise Conflict("not the last: others follow it", number)
        if number in parts and (
            parts[number] != block.data or block.last != (number == self._count)
        ):
            raise Conflict("it came before, and was another", number)

    def _whole(self) -> bytes:
        parts = self._held
        message = b"".join([parts[number] for number in range(1, self._count + 1)])
        self._held = {}
        self._size = 0
        self._deadline = None
        return message

    def _end(self, error: TransferError) -> TransferError:
        """Lets go of everything."""
        self._over = True
        self._held = {}
        self._size = 0
        self._due = False
        self._deadline = None
        return error

    def next(self) -> "bytes | None":
        """The octets of an acknowledgement to send, or None."""
        first = self._first
        if not self._due or first is None:
            return None
        self._due = False
        self._acknowledgements += 1
        last = self._without_gap
        window = self._window
        later = [number for number in self._held if number > last]
        if later:
            window = min(window, min(later) - last - 1)
        return blocks.encode(
            Block(
                first.cra,
                first.counter,
                first.recipient,
                first.originator,
                first.code,
                self._acknowledgements & 0xFFFF,
                last,
                last=True,
                window=window,
            )
        )

    def next_timer(self) -> "int | None":
        """When `handle_timer` is to be called, or None."""
        return self._deadline

    def handle_timer(self, now: int) -> None:
        """Asks for what is missing; TimedOut, which ends the transfer, after the last try."""
        if self._deadline is None or now < self._deadline:
            return
        if not self._left:
            raise self._end(
                TimedOut(
                    "it did not come in %d tries" % (self._retries + 1), self._without_gap + 1
                )
            )
        self._left -= 1
        self._due = True
        self._deadline = now + self._timeout


def _same_message(first: Block, block: Block) -> bool:
    return (
        first.cra == block.cra
        and first.counter == block.counter
        and first.code == block.code
        and first.originator == block.originator
        and first.recipient == block.recipient
    )


def _header(block: Block) -> Block:
    return Block(
        block.cra, block.counter, block.originator, block.recipient, block.code, block.number
    )
