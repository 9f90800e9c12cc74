"""Which implementation of cryptography fits this Python: functions that import it.

CPython takes those with large tables and wide integers, a board with an emitter of 32 bits those
in viper, any other board those that need little memory. `openssl` is chosen in `backends`.
"""

from gbcs.compat import MICROPYTHON, TYPE_CHECKING, VIPER

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any  # noqa: TID251

    Gmac = Callable[[bytes, bytes, bytes], bytes]

# Digits of numbers that multiply the base point of a Koblitz curve: 2^(width - 2) multiples of
# it are kept
KOBLITZ_BASE_WIDTH = 4 if MICROPYTHON else 6


def aes() -> "Callable[[bytes], Callable[[bytes], bytes]]":
    """The `encryptor` of AES-128, see `gbcs.crypto.aes`: the port's own where it has one."""
    if not MICROPYTHON:
        from gbcs.crypto.aes_wide import encryptor

        return encryptor
    try:
        from cryptolib import aes as cipher  # type: ignore[import-not-found]

        def of_port(key: bytes) -> "Callable[[bytes], bytes]":
            if len(key) != 16:
                raise ValueError("a key of 16 octets expected")
            return cipher(key, 1).encrypt  # 1 is ECB

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


def ghash(plain_gmac: "Gmac") -> "tuple[Gmac, Gmac]":
    """The functions `ghash` and `gmac` of `gbcs.crypto.gcm`; the latter given, but in viper."""
    if not MICROPYTHON:
        from gbcs.crypto.ghash_wide import ghash

        return ghash, plain_gmac
    if VIPER:
        try:
            from gbcs.crypto.gcm_viper import ghash, gmac

            return ghash, gmac
        except (ImportError, SyntaxError, ValueError):
            pass
    from gbcs.crypto.ghash import ghash

    return ghash, plain_gmac


def p256() -> "ModuleType":
    """The module with the group of P-256, see `gbcs.crypto.p256`."""
    if not MICROPYTHON:
        from gbcs.crypto import p256_wide

        return p256_wide
    if VIPER:
        try:
            from gbcs.crypto import p256_viper

            return p256_viper
        except (ImportError, SyntaxError, ValueError):
            pass
    from gbcs.crypto import p256 as little

    return little


def binary_field() -> "Any":
    """The class `Field` of binary fields, see `gbcs.crypto.binaryfield`."""
    if VIPER:
        try:
            from gbcs.crypto.binaryfield_viper import Field as Emitted

            return Emitted
        except (ImportError, SyntaxError, ValueError):
            pass
    from gbcs.crypto.binaryfield import Field

    return Field
