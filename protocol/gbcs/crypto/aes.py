"""AES-128, one block at a time: the port's own where it has one, else tables of ours.

`encryptor(key)` gives a function from 16 octets to 16 octets; a key of another size is a
ValueError. Where cryptolib is missing, a board with an emitter has it from `gcm_viper`, CPython
from `aes_wide`, any other board from `aes_octets`.
Source: FIPS 197.
"""

from gbcs.compat import MICROPYTHON, TYPE_CHECKING, VIPER

if TYPE_CHECKING:
    from collections.abc import Callable


def _choose() -> "Callable[[bytes], Callable[[bytes], bytes]]":
    if not MICROPYTHON:
        from gbcs.crypto.aes_wide import encryptor

        return encryptor
    try:
        from cryptolib import aes  # type: ignore[import-not-found]

        def of_port(key: bytes) -> "Callable[[bytes], bytes]":
            if len(key) != 16:
                raise ValueError("a key of 16 octets expected")
            return aes(key, 1).encrypt  # 1 is ECB

        return of_port
    except ImportError:
        pass
    if VIPER:
        try:
            from gbcs.crypto.gcm_viper import encryptor as emitted

            return emitted
        except (ImportError, SyntaxError, ValueError):  # not here, or not for this emitter
            pass
    from gbcs.crypto.aes_octets import encryptor

    return encryptor


encryptor = _choose()
