"""AES-128 over blocks as 128-bit integers, with sixteen tables of 256: for CPython.

A table a place: what the octet there becomes in SubBytes, ShiftRows and MixColumns, where it goes
in the block. A round is then sixteen entries and the round key, added.
Source: FIPS 197.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs.crypto.aes_octets import ROUNDS, doubled
from gbcs.crypto.sbox import SBOX

if TYPE_CHECKING:
    from collections.abc import Callable

_EACH_WORD = 1 | 1 << 32 | 1 << 64 | 1 << 96


def _tables() -> "list[list[int]]":
    rows = []
    for row in range(4):
        words = []
        for octet in SBOX:
            twice = doubled(octet)
            word = twice << 24 | octet << 16 | octet << 8 | twice ^ octet
            words.append((word >> 8 * row | word << 32 - 8 * row) & 0xFFFFFFFF)
        rows.append(words)
    tables = []
    for place in range(16):
        column = ((place >> 2) - place) % 4  # where ShiftRows brings it
        tables.append([word << 96 - 32 * column for word in rows[place & 3]])
    return tables


_T = _tables()


def _round_keys(key: bytes) -> "list[int]":
    sbox = SBOX
    k = int.from_bytes(key, "big")
    keys = [k]
    for constant in ROUNDS:
        word = k & 0xFFFFFFFF
        change = (
            (sbox[word >> 16 & 255] ^ constant) << 24
            | sbox[word >> 8 & 255] << 16
            | sbox[word & 255] << 8
            | sbox[word >> 24]
        )
        k ^= k >> 32  # each word is the sum of those before it, and of the change
        k ^= k >> 64 ^ change * _EACH_WORD
        keys.append(k)
    return keys


def encryptor(key: bytes) -> "Callable[[bytes], bytes]":
    """What encrypts 16 octets to 16 octets under `key`; ValueError where that has not 16."""
    if len(key) != 16:
        raise ValueError("a key of 16 octets expected")
    middle = _round_keys(key)
    last = middle.pop()
    first = middle.pop(0)

    def encrypt(block: bytes) -> bytes:
        if len(block) != 16:
            raise ValueError("a block of 16 octets expected")
        t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, ta, tb, tc, td, te, tf = _T
        z = int.from_bytes(block, "big") ^ first
        for k in middle:
            a, b, c, d, e, f, g, h, i, j, m, n, o, p, q, r = z.to_bytes(16, "big")
            z = t0[a] ^ t1[b] ^ t2[c] ^ t3[d] ^ t4[e] ^ t5[f] ^ t6[g] ^ t7[h] ^ k
            z ^= t8[i] ^ t9[j] ^ ta[m] ^ tb[n] ^ tc[o] ^ td[p] ^ te[q] ^ tf[r]
        shifted = (z.to_bytes(16, "big").translate(SBOX) * 5)[::5]  # ShiftRows: place 5i mod 16
        return (int.from_bytes(shifted, "big") ^ last).to_bytes(16, "big")

    return encrypt
