"""GHASH in big integers, with a table of 16 multiples a key; `ghash_wide` has 256.

The bits of GCM stand in reverse, the highest power of x lowest; so the product without carries of
two 128-bit numbers is, in 255 bits, the product in reverse too. It is built by shifting and adding
table entries, and reduced once a block, by x^128 = x^7 + x^2 + x + 1.
Source: SP 800-38D 6.3, 6.4.
"""

from gbcs.compat import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Table = list[int]
    Fold = Callable[[int, bytes, Table], int]

LOW = (1 << 127) - 1


def multiples(h: bytes, bits: int) -> "Table":
    """The products without carries of the element `h` and each number of so many bits."""
    element = int.from_bytes(h, "big")
    products = [0]
    for bit in range(bits):
        term = element << bit
        products += [product ^ term for product in products]
    return products


def _fold(y: int, data: bytes, t: "Table") -> int:
    for at in range(0, len(data), 16):
        block = bytes(data[at : at + 16])
        y ^= int.from_bytes(block, "big") << 8 * (16 - len(block))
        z = 0
        for octet in y.to_bytes(16, "big"):
            z = (z << 4 ^ t[octet >> 4]) << 4 ^ t[octet & 15]
        low = z & LOW
        low ^= low << 5 ^ low << 6 ^ low << 7
        rest = low & 63  # what the fold itself carries over x^128
        rest ^= rest << 5 ^ rest << 6 ^ rest << 7
        y = z >> 127 ^ low >> 6 ^ rest << 115
    return y


def hashed(fold: "Fold", table: "Table", aad: bytes, text: bytes) -> bytes:
    """What `ghash` gives, with the function that takes whole blocks into the hash."""
    y = fold(fold(0, aad, table), text, table)
    lengths = (len(aad) << 67 | len(text) << 3).to_bytes(16, "big")
    return fold(y, lengths, table).to_bytes(16, "big")


def ghash(h: bytes, aad: bytes, text: bytes) -> bytes:
    """The hash of both, each filled up to whole blocks, and of their lengths; 16 octets.

    `h` is the encrypted block of zeros, 16 octets.
    """
    return hashed(_fold, multiples(h, 4), aad, text)
