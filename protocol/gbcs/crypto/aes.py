"""AES-128, one block at a time: the port's own where it has one, else tables of ours.

`encryptor(key)` gives a function from 16 octets to 16 octets; a key of another size is a
ValueError. Where cryptolib is missing, a board with an emitter has it from `gcm_viper`, CPython
from `aes_wide`, any other board from `aes_octets`.
Source: FIPS 197.
"""

from gbcs.compat import MICROPYTHON, TYPE_CHECKING
from gbcs.crypto import VIPER

if TYPE_CHECKING:
    from collections.abc import Callable

_port = None
if MICROPYTHON:
    try:
        from cryptolib import aes as _port
    except ImportError:
        _port = None


def _port_encryptor(key: bytes) -> "Callable[[bytes], bytes]":
    if len(key) != 16:
        raise ValueError("a key of 16 octets expected")
    return _port(key, 1).encrypt  # 1 is ECB


if _port:
    encryptor = _port_encryptor
elif not MICROPYTHON:
    from gbcs.crypto.aes_wide import encryptor as encryptor
elif VIPER:
    try:
        from gbcs.crypto.gcm_viper import encryptor as encryptor
    except (ImportError, SyntaxError, ValueError):  # not here, or not for this emitter
        from gbcs.crypto.aes_octets import encryptor as encryptor
else:
    from gbcs.crypto.aes_octets import encryptor as encryptor
