"""ECDSA with P-256 and SHA-256 over a group module, and the nonces of RFC 6979."""

from hashlib import sha256

from gbcs.compat import TYPE_CHECKING, inverse
from gbcs.crypto.domain import N, P

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from gbcs.crypto.keys import PrivateKey, PublicKey

_INNER = int.from_bytes(b"\x36" * 64, "big")
_OUTER = int.from_bytes(b"\x5c" * 64, "big")


def _hmac(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA-256 with a key of 32 octets."""
    number = int.from_bytes(key, "big") << 256
    inner = sha256((number ^ _INNER).to_bytes(64, "big") + data).digest()
    return sha256((number ^ _OUTER).to_bytes(64, "big") + inner).digest()


def nonces(number: int, e: int) -> "Iterator[int]":
    """The k to try, in order, for private key `number` and digest `e`. Source: RFC 6979 3.2."""
    seed = number.to_bytes(32, "big") + (e % N).to_bytes(32, "big")
    v = b"\x01" * 32
    key = _hmac(bytes(32), v + b"\x00" + seed)
    v = _hmac(key, v)
    key = _hmac(key, v + b"\x01" + seed)
    v = _hmac(key, v)
    while True:
        v = _hmac(key, v)
        k = int.from_bytes(v, "big")
        if 0 < k < N:
            yield k
        key = _hmac(key, v + b"\x00")
        v = _hmac(key, v)


def factor(blind: bytes) -> int:
    """The number from 1 to p - 1 that random octets stand for; 1 for none."""
    return 1 + int.from_bytes(blind[:32], "big") % (P - 1) if blind else 1


def sign(private: "PrivateKey", data: bytes, blind: bytes, curve: "ModuleType") -> bytes:
    """r || s, 64 octets; the same octets give the same signature. Source: FIPS 186-5 6.4.1."""
    e = int.from_bytes(sha256(data).digest(), "big")
    number = private.number
    mask = factor(blind)
    inverse_mask = mask % N or 1  # the same for the inverse, which is not to be zero
    tries = nonces(number, e)
    while True:
        k = next(tries)
        r: int = curve.base_multiply(k, mask)[0] % N
        s = inverse(k * inverse_mask % N, N) * inverse_mask * (e + r * number) % N
        if r and s:
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify(public: "PublicKey", data: bytes, signature: bytes, curve: "ModuleType") -> bool:
    """Whether `signature` is r || s, made by the key over `data`. Source: FIPS 186-5 6.4.2."""
    if len(signature) != 64:
        return False
    r = int.from_bytes(signature[:32], "big")
    s = int.from_bytes(signature[32:], "big")
    if not (0 < r < N and 0 < s < N):
        return False
    w = inverse(s, N)
    e = int.from_bytes(sha256(data).digest(), "big")
    holds: bool = curve.verify_sum(e * w % N, r * w % N, public, r)
    return holds
