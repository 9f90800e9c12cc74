"""Sending a long message in blocks: what to send next, and what an acknowledgement changes.

    sender = Sender(octets, window=6)
    while octets := sender.next(now): link.send(octets)
    sender.receive(blocks.decode(link.receive()), now)

Source: DLMS UA 1000-2, 9.4.6.13.
"""

from gbcs import message
from gbcs.blocks import blocks
from gbcs.blocks.blocks import (
    LARGEST_WINDOW,
    LONGEST_DATA,
    MOST_BLOCKS,
    RETRIES,
    TIMEOUT_MS,
    Block,
    Conflict,
    TimedOut,
    TooLong,
)


class Sender:
    """Sends one message of any length in blocks.

    `octets` is the whole message, MAC and all; DecodeError where it is none, TooLong where it
    needs more than 63 blocks of `size` octets. `window` is 0 for no acknowledgements, or how many
    blocks go before one is awaited; after `timeout_ms` without one the last block is repeated,
    `retries` times.
    """

    def __init__(
        self,
        octets: bytes,
        window: int = 0,
        timeout_ms: int = TIMEOUT_MS,
        retries: int = RETRIES,
        size: int = LONGEST_DATA,
    ) -> None:
        if not 0 <= window <= LARGEST_WINDOW or not 1 <= size <= LONGEST_DATA:
            raise ValueError("a window of 0 to 63 and blocks of 1 to 1149 octets expected")
        self._message = message.decode(octets)
        self._octets = octets
        self._size = size
        self.count = (len(octets) + size - 1) // size
        if self.count > MOST_BLOCKS:
            raise TooLong("at most %d blocks expected, found %d" % (MOST_BLOCKS, self.count))
        self._window = window
        self._timeout = timeout_ms
        self._retries = self._left = retries
        self._acknowledged = 0
        self._sent = 0  # the highest number that has gone
        self._next = 1
        self._end = min(window or self.count, self.count)
        self._deadline: int | None = None

    @property
    def is_done(self) -> bool:
        """Whether all is acknowledged, or sent where no acknowledgement is awaited.

        What was sent without a window can still be asked for again.
        """
        return self._acknowledged == self.count or (
            not self._window and self._next > self._end and self._sent == self.count
        )

    def next(self, now: int) -> "bytes | None":
        """The octets of the next block to send; None where it is the other side's turn."""
        number = self._next
        if number > self._end:
            return None
        m = self._message
        start = (number - 1) * self._size
        block = Block(
            m.cra,
            m.counter,
            m.originator,
            m.recipient,
            m.code,
            number,
            0,
            self._octets[start : start + self._size],
            number == self.count,
            number != self._end,
            self._window,
        )
        self._next = number + 1
        if number > self._sent:
            self._sent = number
        if number == self._end and self._window:
            self._deadline = now + self._timeout
        return blocks.encode(block)

    def receive(self, block: Block, now: int) -> None:
        """Takes an acknowledgement; Conflict for a block that is none, or not of this message."""
        m = self._message
        if (block.cra, block.counter, block.code) != (m.cra, m.counter, m.code) or (
            block.originator,
            block.recipient,
        ) != (m.recipient, m.originator):
            raise Conflict("an acknowledgement of this message expected", block.number)
        if not block.is_acknowledgement:
            raise Conflict("an acknowledgement expected, found data", block.number)
        last = block.acknowledged
        if last > self._sent:
            raise Conflict("%d acknowledged, %d sent" % (last, self._sent), block.number)
        if last < self._acknowledged or self._acknowledged == self.count:
            return  # overtaken by another
        if last > self._acknowledged:
            self._acknowledged = last
            self._left = self._retries
        if last == self.count:
            self._next = self._end + 1
            self._deadline = None
        elif (
            self._next > self._end
        ):  # within a window what is missing will be asked for at its end
            size = min(self._window or self.count, block.window or self.count)
            self._next = last + 1
            self._end = min(last + size, self.count)
            self._deadline = None

    def next_timer(self) -> "int | None":
        """When `handle_timer` is to be called, or None."""
        return self._deadline

    def handle_timer(self, now: int) -> None:
        """Repeats the last block, to be told what has come; TimedOut after the last try."""
        if self._deadline is None or now < self._deadline:
            return
        self._deadline = None
        if not self._left:
            raise TimedOut("no acknowledgement after %d tries" % (self._retries + 1), self._end)
        self._left -= 1
        self._next = self._end
