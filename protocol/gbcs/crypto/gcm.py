"""AES-128-GCM with an IV of 12 octets.

A port's faster parts slot in from `gcm_viper`, where the port is a board with an emitter:

    encryptor(key) -> function                  from 16 octets to 16 octets, see `aes`
    ghash(h, aad, text) -> 16 octets            h is the encrypted block of zeros, see `ghash`
    gmac(key, iv, aad) -> 16 octets             the whole tag over nothing but aad

It imports none of `aes`, `ghash` and this. aad and text may be bytes, bytearray or memoryview.
`seal` and `unseal` are those of this module for every port.
Sources: SP 800-38D 7.1, 7.2.
"""

from gbcs.compat import TYPE_CHECKING, same
from gbcs.crypto import chosen
from gbcs.crypto.aes import encryptor
from gbcs.crypto.mmo import xor
from gbcs.errors import BadBlock

if TYPE_CHECKING:
    from collections.abc import Callable

_ZEROS = bytes(16)
_FIRST = b"\x00\x00\x00\x01"


def _gmac(key: bytes, iv: bytes, aad: bytes) -> bytes:
    """The tag over `aad` alone, 16 octets."""
    return _tag(encryptor(key), iv, aad, b"")


def _tag(encrypt: "Callable[[bytes], bytes]", iv: bytes, aad: bytes, ciphertext: bytes) -> bytes:
    if len(iv) != 12:
        raise ValueError("an IV of 12 octets expected")
    return xor(ghash(encrypt(_ZEROS), aad, ciphertext), encrypt(iv + _FIRST))


def _counted(encrypt: "Callable[[bytes], bytes]", iv: bytes, text: bytes) -> bytes:
    """`text` added to the encrypted counter blocks, from the second on."""
    count = (len(text) + 15) // 16
    stream = b"".join([encrypt(iv + (2 + n).to_bytes(4, "big")) for n in range(count)])
    return xor(text, stream[: len(text)])


def seal(key: bytes, iv: bytes, aad: bytes, plaintext: bytes) -> bytes:
    """The ciphertext, as long as the plaintext, then the tag of 16 octets."""
    encrypt = encryptor(key)
    ciphertext = _counted(encrypt, iv, plaintext)
    return ciphertext + _tag(encrypt, iv, aad, ciphertext)


def unseal(key: bytes, iv: bytes, aad: bytes, ciphertext: bytes, tag: bytes) -> bytes:
    """The plaintext; BadBlock where the tag, of 4 to 16 octets, is not that of these octets."""
    encrypt = encryptor(key)
    if not 4 <= len(tag) <= 16 or not same(_tag(encrypt, iv, aad, ciphertext)[: len(tag)], tag):
        raise BadBlock("the tag is not the one these octets give")
    return _counted(encrypt, iv, ciphertext)


ghash, gmac = chosen.ghash(_gmac)
