"""General block transfer: one block of a long message, in octets and as a value.

    DD 09 CRA counter(8) 08 originator(8) 08 recipient(8) 00 02 code(2) 00 length
       security(1) invocation(4) | E0 control number(2) acknowledged(2) length data

A message of over 1,200 octets goes as blocks of at most 1,149 octets of its own octets, MAC and
all; a block without data acknowledges. How they are sent and put together is in `sender` and
`receiver`: neither has a clock or a link, times are milliseconds and passed in, and blocks
are asked for one at a time, so that a board never holds a window of them.

A sender with a window of 0 sends all blocks at once and waits for nothing; with one of 1 to 63 it
stops after so many until they are acknowledged. A receiver acknowledges at the end of a window
and asks for what is missing: the number acknowledged is the last without a gap before it, its
window the size of the gap, so that only lost blocks come again.

Sources: DLMS UA 1000-2, 9.3.5 and 9.4.6.13 (general-block-transfer); GBCS 7.2.11, of which the
layout is known (tshark reads such messages) and the true security octet is not: 00, as public
implementations have it, is written; any is read.
"""

from gbcs.compat import const
from gbcs.errors import DecodeError, EncodeError, GbcsError
from gbcs.octets import Reader, length_octets
from gbcs.record import Record

LONGEST_WHOLE = const(1200)  # a message of more octets is sent in blocks
LONGEST_DATA = const(1149)  # with the 51 octets before it, 1,200 again
LARGEST_WINDOW = const(63)  # six bits
MOST_BLOCKS = const(63)  # the templates' longest response has so many
TIMEOUT_MS = const(30000)
RETRIES = const(3)

_LAST = const(0x80)
_STREAMING = const(0x40)


class TransferError(GbcsError):
    """A transfer that cannot go on as it was meant to; `number` is the block's, or 0."""

    def __init__(self, what: str, number: int = 0) -> None:
        super().__init__(what, number)
        self.what = what
        self.number = number

    def __str__(self) -> str:
        return "block %d: %s" % (self.number, self.what) if self.number else self.what


class Conflict(TransferError):
    """A block that does not belong to what is held; it was not taken, and the transfer goes on."""


class TooLong(TransferError):
    """A message of more octets or blocks than are allowed; the transfer is over."""


class TimedOut(TransferError):
    """The other side has been silent for too long; the transfer is over."""


class Block(Record):
    """One block, or an acknowledgement where `data` is empty.

    `cra`, `counter`, `originator`, `recipient` (eight octets each) and `code` are those of the
    message that is sent in blocks; in an acknowledgement the two parties change places. `number`
    counts from 1; `acknowledged` is the last of the blocks received without a gap, 0 for none.
    `last` says that no block follows, `streaming` that the next follows without being asked for,
    `window` how many blocks the sender of this one takes at a time: 0 where it waits for no
    acknowledgement. `security` and `invocation` are the octet and the number before the block.
    """

    __slots__ = (
        "cra",
        "counter",
        "originator",
        "recipient",
        "code",
        "security",
        "invocation",
        "last",
        "streaming",
        "window",
        "number",
        "acknowledged",
        "data",
    )  # fmt: skip

    def __init__(
        self,
        cra: int,
        counter: int,
        originator: bytes,
        recipient: bytes,
        code: int,
        number: int,
        acknowledged: int = 0,
        data: bytes = b"",
        last: bool = False,
        streaming: bool = False,
        window: int = 0,
        security: int = 0,
        invocation: int = 0,
    ) -> None:
        self.cra = cra
        self.counter = counter
        self.originator = originator
        self.recipient = recipient
        self.code = code
        self.security = security
        self.invocation = invocation
        self.last = last
        self.streaming = streaming
        self.window = window
        self.number = number
        self.acknowledged = acknowledged
        self.data = data

    @property
    def is_acknowledgement(self) -> bool:
        """Whether it carries no part of a message."""
        return not self.data


def is_block(octets: bytes) -> bool:
    """Whether these octets begin as a block does; whole messages begin DD 00 or DF."""
    return octets[:2] == b"\xdd\x09"


def decode(octets: bytes) -> Block:
    """The block in `octets`, to the last of them; DecodeError where they are not one."""
    reader = Reader(octets)
    reader.expect(b"\xdd\x09", "transaction_id")
    cra = reader.octet("cra")
    if not 1 <= cra <= 3:
        raise DecodeError("01, 02 or 03 expected, found %02X" % cra, 2, "cra")
    counter = reader.number(8, "counter")
    reader.expect(b"\x08", "originator")
    originator = reader.take(8, "originator")
    reader.expect(b"\x08", "recipient")
    recipient = reader.take(8, "recipient")
    reader.expect(b"\x00", "date_time")
    reader.expect(b"\x02", "other_information")
    code = reader.number(2, "message_code")
    reader.expect(b"\x00", "key_info")
    _exactly(reader, "ciphered_service")
    security = reader.octet("security_control")
    invocation = reader.number(4, "invocation_counter")
    reader.expect(b"\xe0", "block")
    control = reader.octet("block_control")
    at = reader.offset
    number = reader.number(2, "block_number")
    acknowledged = reader.number(2, "block_number_acknowledged")
    size = _exactly(reader, "block_data")
    if size > LONGEST_DATA:
        raise DecodeError(
            "at most %d octets of data expected, found %d" % (LONGEST_DATA, size),
            reader.offset,
            "block_data",
        )
    if size and not number:
        raise DecodeError("a block number from 1 expected", at, "block_number")
    return Block(
        cra,
        counter,
        originator,
        recipient,
        code,
        number,
        acknowledged,
        reader.take(size, "block_data"),
        control & _LAST != 0,
        control & _STREAMING != 0,
        control & LARGEST_WINDOW,
        security,
        invocation,
    )


def encode(block: Block) -> bytes:
    """The octets of a block, at most 1,200; EncodeError where a field has no place in them."""
    if len(block.data) > LONGEST_DATA:
        raise EncodeError("at most %d octets expected" % LONGEST_DATA, "block_data")
    for value, largest, field in (
        (block.number, 0xFFFF, "block_number"),
        (block.acknowledged, 0xFFFF, "block_number_acknowledged"),
        (block.window, LARGEST_WINDOW, "window"),
        (block.code, 0xFFFF, "message_code"),
        (block.cra, 0xFF, "cra"),
        (block.security, 0xFF, "security_control"),
        (block.invocation, 0xFFFFFFFF, "invocation_counter"),
        (block.counter, 0xFFFFFFFFFFFFFFFF, "counter"),
    ):
        if not 0 <= value <= largest:
            raise EncodeError("0 to %d expected, found %d" % (largest, value), field)
    if len(block.originator) != 8 or len(block.recipient) != 8:
        raise EncodeError("an EUI-64 of eight octets expected", "originator or recipient")
    control = block.window
    if block.last:
        control |= _LAST
    if block.streaming:
        control |= _STREAMING
    inner = b"".join(
        (
            bytes((block.security,)),
            block.invocation.to_bytes(4, "big"),
            bytes((0xE0, control)),
            block.number.to_bytes(2, "big"),
            block.acknowledged.to_bytes(2, "big"),
            length_octets(len(block.data)),
            block.data,
        )
    )
    return b"".join(
        (
            bytes((0xDD, 9, block.cra)),
            block.counter.to_bytes(8, "big"),
            b"\x08" + block.originator,
            b"\x08" + block.recipient,
            b"\x00\x02",
            block.code.to_bytes(2, "big"),
            b"\x00",
            length_octets(len(inner)),
            inner,
        )
    )


def _exactly(reader: Reader, field: str) -> int:
    """A length that is that of all the octets left."""
    at = reader.offset
    size = reader.length(field)
    if size != reader.left():
        raise DecodeError("%d octets declared, %d follow" % (size, reader.left()), at, field)
    return size
