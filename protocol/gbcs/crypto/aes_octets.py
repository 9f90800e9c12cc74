"""AES-128 over octets, with two tables of 256: for boards that have nothing better.

Source: FIPS 197; MixColumns as twice(a + b) + (a + b + c + d) + a.
"""

from gbcs.compat import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SBOX = (
    b"\x63\x7c\x77\x7b\xf2\x6b\x6f\xc5\x30\x01\x67\x2b\xfe\xd7\xab\x76"
    b"\xca\x82\xc9\x7d\xfa\x59\x47\xf0\xad\xd4\xa2\xaf\x9c\xa4\x72\xc0"
    b"\xb7\xfd\x93\x26\x36\x3f\xf7\xcc\x34\xa5\xe5\xf1\x71\xd8\x31\x15"
    b"\x04\xc7\x23\xc3\x18\x96\x05\x9a\x07\x12\x80\xe2\xeb\x27\xb2\x75"
    b"\x09\x83\x2c\x1a\x1b\x6e\x5a\xa0\x52\x3b\xd6\xb3\x29\xe3\x2f\x84"
    b"\x53\xd1\x00\xed\x20\xfc\xb1\x5b\x6a\xcb\xbe\x39\x4a\x4c\x58\xcf"
    b"\xd0\xef\xaa\xfb\x43\x4d\x33\x85\x45\xf9\x02\x7f\x50\x3c\x9f\xa8"
    b"\x51\xa3\x40\x8f\x92\x9d\x38\xf5\xbc\xb6\xda\x21\x10\xff\xf3\xd2"
    b"\xcd\x0c\x13\xec\x5f\x97\x44\x17\xc4\xa7\x7e\x3d\x64\x5d\x19\x73"
    b"\x60\x81\x4f\xdc\x22\x2a\x90\x88\x46\xee\xb8\x14\xde\x5e\x0b\xdb"
    b"\xe0\x32\x3a\x0a\x49\x06\x24\x5c\xc2\xd3\xac\x62\x91\x95\xe4\x79"
    b"\xe7\xc8\x37\x6d\x8d\xd5\x4e\xa9\x6c\x56\xf4\xea\x65\x7a\xae\x08"
    b"\xba\x78\x25\x2e\x1c\xa6\xb4\xc6\xe8\xdd\x74\x1f\x4b\xbd\x8b\x8a"
    b"\x70\x3e\xb5\x66\x48\x03\xf6\x0e\x61\x35\x57\xb9\x86\xc1\x1d\x9e"
    b"\xe1\xf8\x98\x11\x69\xd9\x8e\x94\x9b\x1e\x87\xe9\xce\x55\x28\xdf"
    b"\x8c\xa1\x89\x0d\xbf\xe6\x42\x68\x41\x99\x2d\x0f\xb0\x54\xbb\x16"
)
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
        other = bytearray(16)
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
            other[column] = twice[a] ^ twice[b] ^ every ^ sa ^ keys[at]
            other[column + 1] = twice[b] ^ twice[c] ^ every ^ sb ^ keys[at + 1]
            other[column + 2] = twice[c] ^ twice[d] ^ every ^ sc ^ keys[at + 2]
            other[column + 3] = twice[d] ^ twice[a] ^ every ^ sd ^ keys[at + 3]
            if column == 12:
                state, other = other, state
        for at in range(16):
            other[at] = sbox[state[5 * at & 15]] ^ keys[160 + at]
        return bytes(other)

    return encrypt
