"""How a record of the store begins, and what says that one is damaged.

See gbcs_device.base.store for the layout of banks, records and entries.
"""

from binascii import crc32

from gbcs.compat import const
from gbcs.errors import GbcsError

HEAD = const(6)  # octets of the head of a record
OLD_HEAD = const(4)  # of version 01
_ONES = const(0xFFFFFFFF)


class StoreDamaged(GbcsError):
    """What is kept has been changed: `bank` and `offset` say where."""

    def __init__(self, expected: str, bank: int, offset: int) -> None:
        super().__init__(expected, bank, offset)
        self.what = expected
        self.bank = bank
        self.offset = offset

    def __str__(self) -> str:
        return "bank %d, offset %d: %s" % (self.bank, self.offset, self.what)


def check_of(octets: bytes) -> bytes:
    return (crc32(octets) & _ONES).to_bytes(4, "big")


def length_of(size: int) -> bytes:
    length = size.to_bytes(3, "big")
    return length + check_of(length)[1:]


def head_of(size: int, head: int) -> bytes:
    """The head of a record of so many octets, itself `head` octets: 6, of version 01 4."""
    octets = length_of(size)
    return octets if head == HEAD else octets[:3] + bytes((~sum(octets[:3]) & 0xFF,))
