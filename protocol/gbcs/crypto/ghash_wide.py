"""GHASH as `ghash` has it, faster, with a table of 256 multiples a key: for CPython."""

from gbcs.compat import TYPE_CHECKING
from gbcs.crypto.ghash import LOW, hashed, multiples

if TYPE_CHECKING:
    from gbcs.crypto.ghash import Table

# What the fold itself carries over x^128
_REST = [n << 115 ^ n << 120 ^ n << 121 ^ n << 122 for n in range(64)]


def _fold(y: int, data: bytes, t: "Table") -> int:
    number = int.from_bytes
    for at in range(0, len(data), 16):
        block = data[at : at + 16]
        y ^= number(block, "big") << 8 * (16 - len(block))
        a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q = y.to_bytes(16, "big")
        z = (t[a] << 8 ^ t[b]) << 16 ^ t[c] << 8 ^ t[d]
        z = z << 32 ^ (t[e] << 8 ^ t[f]) << 16 ^ t[g] << 8 ^ t[h]
        z = z << 32 ^ (t[i] << 8 ^ t[j]) << 16 ^ t[k] << 8 ^ t[m]
        z = z << 32 ^ (t[n] << 8 ^ t[o]) << 16 ^ t[p] << 8 ^ t[q]
        low = z & LOW
        low ^= low << 5 ^ low << 6 ^ low << 7
        y = z >> 127 ^ low >> 6 ^ _REST[low & 63]
    return y


def ghash(h: bytes, aad: bytes, text: bytes) -> bytes:
    """The hash of both, as `ghash.ghash`."""
    return hashed(_fold, multiples(h, 8), aad, text)
