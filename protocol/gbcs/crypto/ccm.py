"""AES-128-CCM*, with a nonce of 13 octets, as ZigBee has it on every layer.

Sources: ZigBee 05-3474-21 annex A; SP 800-38C 6.1, 6.2.
"""

from gbcs.compat import TYPE_CHECKING, same
from gbcs.crypto.aes import encryptor
from gbcs.crypto.mmo import xor
from gbcs.errors import BadBlock

if TYPE_CHECKING:
    from collections.abc import Callable

    Encrypt = Callable[[bytes], bytes]


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 16)


def _blocks(nonce: bytes, aad: bytes, plaintext: bytes, tag_length: int) -> bytes:
    """What the tag is made of: lengths and nonce, `aad`, the plaintext, each in whole blocks."""
    if len(nonce) != 13:
        raise ValueError("a nonce of 13 octets expected")
    flags = (0x40 if aad else 0) | (tag_length - 2) // 2 << 3 | 1
    first = bytes((flags,)) + nonce + len(plaintext).to_bytes(2, "big")
    if aad:
        first += _padded(len(aad).to_bytes(2, "big") + aad)
    return first + _padded(plaintext)


def _tag(encrypt: "Encrypt", nonce: bytes, aad: bytes, plaintext: bytes, length: int) -> bytes:
    blocks = _blocks(nonce, aad, plaintext, length)
    state = encrypt(blocks[:16])
    for at in range(16, len(blocks), 16):
        state = encrypt(xor(state, blocks[at : at + 16]))
    return xor(state[:length], encrypt(b"\x01" + nonce + b"\x00\x00")[:length])


def _counted(encrypt: "Encrypt", nonce: bytes, text: bytes) -> bytes:
    """`text` added to the encrypted counter blocks, from the second on."""
    head = b"\x01" + nonce
    count = (len(text) + 15) // 16
    stream = b"".join([encrypt(head + (1 + n).to_bytes(2, "big")) for n in range(count)])
    return xor(text, stream[: len(text)])


def seal(key: bytes, nonce: bytes, aad: bytes, plaintext: bytes, tag_length: int = 4) -> bytes:
    """The ciphertext, as long as the plaintext, then the tag of 4, 6, … 16 octets."""
    encrypt = encryptor(key)
    tag = _tag(encrypt, nonce, aad, plaintext, tag_length)
    return _counted(encrypt, nonce, plaintext) + tag


def unseal(key: bytes, nonce: bytes, aad: bytes, ciphertext: bytes, tag: bytes) -> bytes:
    """The plaintext; BadBlock where the tag, of 4, 6, … 16 octets, is not that of these octets."""
    if not 4 <= len(tag) <= 16 or len(tag) & 1:
        raise BadBlock("a tag of 4 to 16 octets expected")
    encrypt = encryptor(key)
    plaintext = _counted(encrypt, nonce, ciphertext)
    if not same(_tag(encrypt, nonce, aad, plaintext, len(tag)), tag):
        raise BadBlock("the tag is not the one these octets give")
    return plaintext
