"""The hash of ZigBee and its HMAC, over a back end's AES block.

Sources: ZigBee 05-3474 annex B.1.4, B.6.
"""

from gbcs.compat import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def padded(data: bytes) -> bytes:
    """`data`, one bit, zeros, its length in bits: 2 octets, or 4 and two zeros from 2^16 on."""
    bits = 8 * len(data)
    tail = bits.to_bytes(2, "big") if bits < 1 << 16 else bits.to_bytes(4, "big") + b"\x00\x00"
    return data + b"\x80" + bytes(-(len(data) + 1 + len(tail)) % 16) + tail


def aes_mmo(aes_block: "Callable[[bytes, bytes], bytes]", data: bytes) -> bytes:
    """Matyas-Meyer-Oseas: each block encrypted under the last hash, and added to it; 16 octets."""
    data = padded(bytes(data))
    state = bytes(16)
    for at in range(0, len(data), 16):
        block = data[at : at + 16]
        state = xor(aes_block(state, block), block)
    return state


def hmac_mmo(aes_block: "Callable[[bytes, bytes], bytes]", key: bytes, data: bytes) -> bytes:
    """HMAC with that hash; the key is one block, 16 octets."""
    if len(key) != 16:
        raise ValueError("a key of 16 octets expected")
    inner = aes_mmo(aes_block, xor(key, b"\x36" * 16) + data)
    return aes_mmo(aes_block, xor(key, b"\x5c" * 16) + inner)


def xor(one: bytes, other: bytes) -> bytes:
    """Two strings of the same length added bit by bit."""
    number = int.from_bytes(one, "big") ^ int.from_bytes(other, "big")
    return number.to_bytes(len(one), "big")
