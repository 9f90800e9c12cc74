"""The hash of ZigBee and its HMAC, over a back end's AES block.

Sources: ZigBee 05-3474 annex B.1.4, B.6.
"""

from gbcs.compat import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def padding(length: int) -> bytes:
    """What follows so many octets: a one bit, zeros, and their length in bits.

    The length has 2 octets; from 2^16 bits on 4, and two zeros. Source: annex B.6.
    """
    bits = 8 * length
    tail = bits.to_bytes(2, "big") if bits < 1 << 16 else bits.to_bytes(4, "big") + b"\x00\x00"
    return b"\x80" + bytes(-(length + 1 + len(tail)) % 16) + tail


def aes_mmo(aes_block: "Callable[[bytes, bytes], bytes]", data: bytes) -> bytes:
    """Matyas-Meyer-Oseas: each block encrypted under the last hash, and added to it; 16 octets."""
    whole = len(data) & ~15
    state = bytes(16)
    for at in range(0, whole, 16):
        block = bytes(data[at : at + 16])
        state = xor(aes_block(state, block), block)
    rest = bytes(data[whole:]) + padding(len(data))
    for at in range(0, len(rest), 16):
        block = rest[at : at + 16]
        state = xor(aes_block(state, block), block)
    return state


def hmac_mmo(aes_block: "Callable[[bytes, bytes], bytes]", key: bytes, data: bytes) -> bytes:
    """HMAC with that hash; the key is one block, 16 octets."""
    if len(key) != 16:
        raise ValueError("a key of 16 octets expected")
    inner = aes_mmo(aes_block, xor(key, b"\x36" * 16) + data)
    return aes_mmo(aes_block, xor(key, b"\x5c" * 16) + inner)


def xor(left: bytes, right: bytes) -> bytes:
    """Two strings of the same length added bit by bit."""
    number = int.from_bytes(left, "big") ^ int.from_bytes(right, "big")
    return number.to_bytes(len(left), "big")
