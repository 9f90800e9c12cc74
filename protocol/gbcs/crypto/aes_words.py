"""AES-128 over 32-bit words, with four tables of 256: for CPython, where integers have any size.

Source: FIPS 197; the tables join SubBytes and MixColumns.
"""

from struct import Struct

from gbcs.compat import TYPE_CHECKING
from gbcs.crypto.aes_octets import ROUNDS, SBOX, doubled

if TYPE_CHECKING:
    from collections.abc import Callable

_WORDS = Struct(">4I")


def _table(shift: int) -> "list[int]":
    found = []
    for octet in SBOX:
        twice = doubled(octet)
        word = twice << 24 | octet << 16 | octet << 8 | twice ^ octet
        found.append((word >> shift | word << (32 - shift)) & 0xFFFFFFFF)
    return found


_T0, _T1, _T2, _T3 = [_table(shift) for shift in (0, 8, 16, 24)]
_S0, _S1, _S2 = [[octet << shift for octet in SBOX] for shift in (24, 16, 8)]


def encryptor(key: bytes) -> "Callable[[bytes], bytes]":
    """What encrypts 16 octets to 16 octets under `key`; ValueError where that has not 16."""
    if len(key) != 16:
        raise ValueError("a key of 16 octets expected")
    sbox, s0, s1, s2 = SBOX, _S0, _S1, _S2
    a, b, c, d = first = _WORDS.unpack(key)
    middle = []
    for constant in ROUNDS:
        a ^= s0[d >> 16 & 255] ^ s1[d >> 8 & 255] ^ s2[d & 255] ^ sbox[d >> 24] ^ constant << 24
        b ^= a
        c ^= b
        d ^= c
        middle.append((a, b, c, d))
    last = middle.pop()

    def encrypt(block: bytes) -> bytes:
        if len(block) != 16:
            raise ValueError("a block of 16 octets expected")
        t0, t1, t2, t3 = _T0, _T1, _T2, _T3
        a, b, c, d = _WORDS.unpack(block)
        ka, kb, kc, kd = first
        a ^= ka
        b ^= kb
        c ^= kc
        d ^= kd
        for ka, kb, kc, kd in middle:
            a, b, c, d = (
                t0[a >> 24] ^ t1[b >> 16 & 255] ^ t2[c >> 8 & 255] ^ t3[d & 255] ^ ka,
                t0[b >> 24] ^ t1[c >> 16 & 255] ^ t2[d >> 8 & 255] ^ t3[a & 255] ^ kb,
                t0[c >> 24] ^ t1[d >> 16 & 255] ^ t2[a >> 8 & 255] ^ t3[b & 255] ^ kc,
                t0[d >> 24] ^ t1[a >> 16 & 255] ^ t2[b >> 8 & 255] ^ t3[c & 255] ^ kd,
            )
        ka, kb, kc, kd = last
        return _WORDS.pack(
            s0[a >> 24] ^ s1[b >> 16 & 255] ^ s2[c >> 8 & 255] ^ sbox[d & 255] ^ ka,
            s0[b >> 24] ^ s1[c >> 16 & 255] ^ s2[d >> 8 & 255] ^ sbox[a & 255] ^ kb,
            s0[c >> 24] ^ s1[d >> 16 & 255] ^ s2[a >> 8 & 255] ^ sbox[b & 255] ^ kc,
            s0[d >> 24] ^ s1[a >> 16 & 255] ^ s2[b >> 8 & 255] ^ sbox[c & 255] ^ kd,
        )

    return encrypt
