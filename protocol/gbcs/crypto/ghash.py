"""GHASH in big integers: one table a key, of 16 multiples on a board, of 256 on CPython.

The bits of GCM stand in reverse, the highest power of x lowest; so the product without carries of
two 128-bit numbers is, in 255 bits, the product in reverse too. It is built by shifting and adding
table entries, and reduced once a block, by x^128 = x^7 + x^2 + x + 1.
Source: SP 800-38D 6.3, 6.4.
"""

from gbcs.compat import MICROPYTHON

_LOW = (1 << 127) - 1


def _multiples(h: int, bits: int) -> "list[int]":
    """The products without carries of h and each number of so many bits."""
    found = [0]
    for bit in range(bits):
        term = h << bit
        found += [entry ^ term for entry in found]
    return found


if MICROPYTHON:
    _BITS = 4

    def _fold(y: int, data: bytes, t: "list[int]") -> int:
        for at in range(0, len(data), 16):
            block = bytes(data[at : at + 16])
            y ^= int.from_bytes(block, "big") << 8 * (16 - len(block))
            z = 0
            for octet in y.to_bytes(16, "big"):
                z = (z << 4 ^ t[octet >> 4]) << 4 ^ t[octet & 15]
            low = z & _LOW
            low ^= low << 5 ^ low << 6 ^ low << 7
            rest = low & 63  # what the fold itself carries over x^128
            rest ^= rest << 5 ^ rest << 6 ^ rest << 7
            y = z >> 127 ^ low >> 6 ^ rest << 115
        return y

else:
    _BITS = 8
    # What the fold itself carries over x^128
    _REST = [n << 115 ^ n << 120 ^ n << 121 ^ n << 122 for n in range(64)]

    def _fold(y: int, data: bytes, t: "list[int]") -> int:
        number = int.from_bytes
        for at in range(0, len(data), 16):
            block = data[at : at + 16]
            y ^= number(block, "big") << 8 * (16 - len(block))
            a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q = y.to_bytes(16, "big")
            z = (t[a] << 8 ^ t[b]) << 16 ^ t[c] << 8 ^ t[d]
            z = z << 32 ^ (t[e] << 8 ^ t[f]) << 16 ^ t[g] << 8 ^ t[h]
            z = z << 32 ^ (t[i] << 8 ^ t[j]) << 16 ^ t[k] << 8 ^ t[m]
            z = z << 32 ^ (t[n] << 8 ^ t[o]) << 16 ^ t[p] << 8 ^ t[q]
            low = z & _LOW
            low ^= low << 5 ^ low << 6 ^ low << 7
            y = z >> 127 ^ low >> 6 ^ _REST[low & 63]
        return y


def ghash(h: bytes, aad: bytes, text: bytes) -> bytes:
    """The hash of both, each filled up to whole blocks, and of their lengths; 16 octets.

    `h` is the encrypted block of zeros, 16 octets.
    """
    table = _multiples(int.from_bytes(h, "big"), _BITS)
    y = _fold(_fold(0, aad, table), text, table)
    lengths = (len(aad) << 67 | len(text) << 3).to_bytes(16, "big")
    return _fold(y, lengths, table).to_bytes(16, "big")
