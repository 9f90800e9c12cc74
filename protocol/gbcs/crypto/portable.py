"""The back end in plain Python, the same on a desk and on a board.

Timing depends on the keys, as in all arithmetic of Python integers; `blind` helps against who can
only watch from outside. The group comes from `p256` (little memory), `p256_wide` on CPython
(larger tables) or `p256_viper` where a board's emitter allows.
"""

from hashlib import sha256 as _sha256

from gbcs.crypto import ccm, chosen, ecdsa, keys, mmo
from gbcs.crypto.aes import encryptor
from gbcs.crypto.gcm import gmac, seal, unseal

__all__ = (
    "NAME",
    "aes_block",
    "aes_mmo",
    "agree",
    "ccm_seal",
    "ccm_unseal",
    "gmac",
    "hmac_mmo",
    "private_key",
    "public_key",
    "seal",
    "sha256",
    "sign",
    "unseal",
    "verify",
)

NAME = "portable"

public_key = keys.public_key
ccm_seal = ccm.seal
ccm_unseal = ccm.unseal
curve = chosen.p256()


def sha256(data: bytes) -> bytes:
    """The digest, 32 octets."""
    return _sha256(data).digest()


def private_key(octets: bytes) -> keys.PrivateKey:
    """The key of 32 octets; BadKey where they are not a number from 1 to n - 1."""
    return keys.private_key(octets, curve)


def sign(private: keys.PrivateKey, data: bytes, blind: bytes = b"") -> bytes:
    """r || s, 64 octets, with the nonce of RFC 6979."""
    return ecdsa.sign(private, data, blind, curve)


def verify(public: keys.PublicKey, data: bytes, signature: bytes) -> bool:
    """Whether the signature is the key's over `data`; False for octets that are none."""
    return ecdsa.verify(public, data, signature, curve)


def agree(private: keys.PrivateKey, public: keys.PublicKey, blind: bytes = b"") -> bytes:
    """The x coordinate of the shared point, 32 octets. Source: SP 800-56A 5.7.1.2."""
    x: int = curve.multiply(private.number, public, ecdsa.factor(blind))
    return x.to_bytes(32, "big")


def aes_block(key: bytes, block: bytes) -> bytes:
    """One block encrypted with AES-128."""
    if len(block) != 16:  # a port's own takes any number of blocks
        raise ValueError("a block of 16 octets expected")
    return encryptor(key)(block)


def aes_mmo(data: bytes) -> bytes:
    """The hash of ZigBee, 16 octets."""
    return mmo.aes_mmo(aes_block, data)


def hmac_mmo(key: bytes, data: bytes) -> bytes:
    """HMAC with the hash of ZigBee, 16 octets."""
    return mmo.hmac_mmo(aes_block, key, data)
