"""AES-128 over octets, with two tables of 256: for boards that have nothing better.

Source: FIPS 197; MixColumns as twice(a + b) + (a + b + c + d) + a.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs.crypto.sbox import SBOX

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = b"\x01\x02\x04\x08\x10\x20\x40\x80\x1b\x36"


def doubled(octet: int) -> int:
    """Twice an octet in the field of AES."""
    return octet << 1 ^ (0x11B if octet & 0x80 else 0)


_TWICE = bytes([doubled(octet) for octet in SBOX])


def expand(key: bytes) -> bytearray:
    """The eleven round keys, 176 octets; ValueError where `key` has not 16."""
    if len(key) != 16:
        raise ValueError("a key of 16 octets expected")
    sbox = SBOX
    keys = bytearray(176)
    keys[:16] = key
    for at in range(16, 176, 4):
        if at & 15:
            a, b, c, d = keys[at - 4], keys[at - 3], keys[at - 2], keys[at - 1]
        else:
            a = sbox[keys[at - 3]] ^ ROUNDS[(at >> 4) - 1]
            b, c, d = sbox[keys[at - 2]], sbox[keys[at - 1]], sbox[keys[at - 4]]
        keys[at] = keys[at - 16] ^ a
        keys[at + 1] = keys[at - 15] ^ b
        keys[at + 2] = keys[at - 14] ^ c
        keys[at + 3] = keys[at - 13] ^ d
    return keys


def encryptor(key: bytes) -> "Callable[[bytes], bytes]":
    """What encrypts 16 octets to 16 octets under `key`."""
    sbox = SBOX
    twice = _TWICE
    keys = expand(key)

    def encrypt(block: bytes) -> bytes:
        if len(block) != 16:
            raise ValueError("a block of 16 octets expected")
        state = bytearray(16)
        following = bytearray(16)
        for at in range(16):
            state[at] = block[at] ^ keys[at]
        for at in range(16, 160, 4):
            column = at & 15
            a = state[column]
            b = state[column + 5 & 15]
            c = state[column + 10 & 15]
            d = state[column + 15 & 15]
            sa, sb, sc, sd = sbox[a], sbox[b], sbox[c], sbox[d]
            every = sa ^ sb ^ sc ^ sd
            following[column] = twice[a] ^ twice[b] ^ every ^ sa ^ keys[at]
            following[column + 1] = twice[b] ^ twice[c] ^ every ^ sb ^ keys[at + 1]
            following[column + 2] = twice[c] ^ twice[d] ^ every ^ sc ^ keys[at + 2]
            following[column + 3] = twice[d] ^ twice[a] ^ every ^ sd ^ keys[at + 3]
            if column == 12:
                state, following = following, state
        for at in range(16):
            following[at] = sbox[state[5 * at & 15]] ^ keys[160 + at]
        return bytes(following)

    return encrypt
