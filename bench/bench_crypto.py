"""Plain Python cryptography against its peers, and what stands between a message and OpenSSL.

Peers: PyPI `ecdsa` without gmpy2, whose known key is precomputed; `tlslite-ng` without C. Every
ratio is the peer's time over ours, the median of interleaved rounds in one process.
"""

import hashlib
import statistics
import time
from collections.abc import Callable

import ecdsa  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from tlslite.utils import python_aesgcm  # type: ignore[import-untyped]

from gbcs.crypto import openssl, p256_wide, portable
from gbcs.protect import message_key

ROUNDS = 7
SLICE = 0.03  # seconds a round gives to each side

Row = tuple[str, str, str, bool]
Call = Callable[[], object]


def _timed(call: Call, count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - start) / count


def _count(call: Call) -> int:
    call()
    return max(1, int(SLICE / max(_timed(call, 1), 1e-7)))


def compare(ours: Call, theirs: Call) -> tuple[float, float, float]:
    """Seconds of ours and of theirs, and theirs over ours: medians of interleaved rounds."""
    counts = _count(ours), _count(theirs)
    rounds = [(_timed(ours, counts[0]), _timed(theirs, counts[1])) for _ in range(ROUNDS)]
    ratio = statistics.median(their / our for our, their in rounds)
    mine, peer = (statistics.median(side) for side in zip(*rounds, strict=True))
    return mine, peer, ratio


def _faster(what: str, ours: Call, theirs: Call, target: float, unit: float = 1e3) -> Row:
    mine, peer, ratio = compare(ours, theirs)
    name = {1e3: "ms", 1e6: "us"}[unit]
    measured = "%.2fx (%.3g against %.3g %s)" % (ratio, mine * unit, peer * unit, name)
    return (what, measured, ">= %.1fx" % target, ratio >= target)


def _overhead(what: str, ours: Call, raw: Call, target: float) -> Row:
    mine, peer, ratio = compare(ours, raw)
    measured = "%.2fx (%.3g over %.3g us)" % (1 / ratio, mine * 1e6, peer * 1e6)
    return (what, measured, "<= %.2fx" % target, 1 / ratio <= target)


def _public_key_rows() -> list[Row]:
    data = bytes(range(256)) + bytes(44)
    secret = hashlib.sha256(b"one").digest()
    other = hashlib.sha256(b"other").digest()
    ours, mate = portable.private_key(secret), portable.private_key(other)
    octets = ours.public.octets
    known = portable.public_key(octets)
    p256_wide.prepare(known)
    signature = portable.sign(ours, data)

    def numbers(key: bytes) -> ecdsa.SigningKey:
        return ecdsa.SigningKey.from_string(key, ecdsa.NIST256p, hashlib.sha256)

    theirs, their_mate = numbers(secret), numbers(other)
    precomputed = numbers(secret).verifying_key
    precomputed.precompute()

    def sign() -> object:
        return theirs.sign_deterministic(data, hashfunc=hashlib.sha256)

    def verify_new() -> object:
        key = ecdsa.VerifyingKey.from_string(octets, ecdsa.NIST256p, hashlib.sha256)
        return key.verify(signature, data, hashfunc=hashlib.sha256)

    def agree_new() -> object:
        exchange = ecdsa.ECDH(ecdsa.NIST256p, their_mate)
        exchange.load_received_public_key_bytes(octets)
        return exchange.generate_sharedsecret_bytes()

    if ecdsa.ellipticcurve.GMPY:
        raise ValueError("ecdsa runs on gmpy2: the comparison is with plain Python")
    if sign() != signature or agree_new() != portable.agree(mate, known):
        raise ValueError("the peer has other results")
    new = portable.public_key
    return [
        _faster("P-256 sign, against ecdsa", lambda: portable.sign(ours, data), sign, 2.0),
        _faster(
            "P-256 verify, known key, against ecdsa precomputed",
            lambda: portable.verify(known, data, signature),
            lambda: precomputed.verify(signature, data, hashfunc=hashlib.sha256),
            2.0,
        ),
        _faster(
            "P-256 verify, new key, against ecdsa",
            lambda: portable.verify(new(octets), data, signature),
            verify_new,
            1.3,
        ),
        _faster(
            "P-256 ECDH, new peer, against ecdsa",
            lambda: portable.agree(mate, new(octets)),
            agree_new,
            1.3,
        ),
    ]


def _gmac_row(size: int, target: float) -> Row:
    key, iv, aad = bytes(range(16)), bytes(12), bytes(size)

    def theirs() -> bytearray:
        cipher = python_aesgcm.new(bytearray(key))
        sealed: bytearray = cipher.seal(bytearray(iv), bytearray(), bytearray(aad))
        return sealed

    if bytes(theirs()) != portable.gmac(key, iv, aad):
        raise ValueError("the peer has other results")
    what = "GMAC of %d octets with key set-up, against tlslite-ng" % size
    return _faster(what, lambda: portable.gmac(key, iv, aad), theirs, target, 1e6)


def _openssl_rows() -> list[Row]:
    data, key, iv = bytes(300), bytes(range(16)), bytes(12)
    secret = hashlib.sha256(b"one").digest()
    ours = openssl.private_key(secret)
    public = ours.public
    signature = openssl.sign(ours, data)
    raw = ec.derive_private_key(int.from_bytes(secret), ec.SECP256R1())
    raw_public = raw.public_key()
    algorithm = ec.ECDSA(SHA256())
    der = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    exchange = ec.ECDH()
    z, eui, counter = bytes(32), bytes(8), bytes(8)
    info = bytes(77)
    return [
        _overhead(
            "openssl verify, over the raw operation",
            lambda: openssl.verify(public, data, signature),
            lambda: raw_public.verify(der, data, algorithm),
            1.05,
        ),
        _overhead(
            "openssl sign, over the raw operation",
            lambda: openssl.sign(ours, data),
            lambda: raw.sign(data, algorithm),
            1.25,
        ),
        _overhead(
            "openssl agree, over the raw operation",
            lambda: openssl.agree(ours, public),
            lambda: raw.exchange(exchange, raw_public),
            1.05,
        ),
        _overhead(
            "openssl gmac of 300 octets, over the raw operation",
            lambda: openssl.gmac(key, iv, data),
            lambda: AESGCM(key).encrypt(iv, b"", data),
            1.25,
        ),
        _overhead(
            "message key, over SHA-256 of as many octets",
            lambda: message_key(z, eui, 1, counter, eui),
            lambda: hashlib.sha256(info).digest(),
            2.0,
        ),
    ]


def run() -> list[Row]:
    """The rows of this module."""
    return [*_public_key_rows(), _gmac_row(300, 4.0), _gmac_row(1300, 3.0), *_openssl_rows()]
