"""The whole reference set through the core: decoded, rebuilt, verified, and how fast."""

import hashlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from gbcs import message, payload
from gbcs.asn1 import asn1
from gbcs.crypto import openssl
from gbcs_host.decode import examine, verdict
from gbcs_host.decode.keystore import KeyStore

_ECDSA = ECDSA(SHA256())
SHARED = pathlib.Path(os.environ.get("GBCS_SHARED", "../shared"))


class _Recording:
    """The back end, and what it was asked: the OpenSSL operations that the set needs."""

    def __init__(self) -> None:
        self.operations: list[tuple] = []

    def __getattr__(self, name: str) -> "object":
        return getattr(openssl, name)

    def verify(self, public: "openssl.PublicKey", data: bytes, signature: bytes) -> bool:
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        signature_der = encode_dss_signature(r, s)
        self.operations.append((public.key.verify, signature_der, data, b""))
        return openssl.verify(public, data, signature)

    def gmac(self, key: bytes, iv: bytes, aad: bytes) -> bytes:
        self.operations.append((key, iv, b"", aad))
        return openssl.gmac(key, iv, aad)

    def unseal(self, key: bytes, iv: bytes, aad: bytes, ciphertext: bytes, tag: bytes) -> bytes:
        plaintext = openssl.unseal(key, iv, aad, ciphertext, tag)
        self.operations.append((key, iv, plaintext, aad))  # opening costs what sealing does
        return plaintext


def _raw(octets: "list[bytes]", keys: KeyStore) -> "Callable[[], None]":
    """The OpenSSL operations that the set needs, in its order, with everything else done before.

    ECDSA verifications, one AES-GCM a MAC and a block, one SHA-256 a derived key. Exchanges of
    keys, once a pair, are not in it, as they are not in the warm run.
    """
    asked = _Recording()
    keys.crypto = asked
    try:
        for _ in verdict.read_all([("", one) for one in octets], keys):
            pass
    finally:
        keys.crypto = openssl
    operations = asked.operations
    hashing, info = hashlib.sha256, bytes(76)  # as long as what a key is derived of

    def run() -> None:
        for key, one, other, aad in operations:
            if aad:
                hashing(info).digest()
                AESGCM(key).encrypt(one, other, aad)
            else:
                key(one, other, _ECDSA)

    return run


def _interleaved(*actions: "Callable[[], None]", rounds: int = 15) -> "list[list[float]]":
    """The seconds of each action, in rounds of all of them."""
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for action, found in zip(actions, times, strict=True):
            start = time.perf_counter()
            action()
            found.append(time.perf_counter() - start)
    return times


def run() -> "list[tuple[str, str, str, bool]]":
    """The rows of the reference set; none where it is not at hand."""
    folder = SHARED / "rtds"
    paths = sorted((folder / "messages").glob("*/*.HEX"))
    if not paths:
        return [("reference messages", "not at hand (GBCS_SHARED)", "", True)]
    octets = [bytes.fromhex(path.read_text().strip()) for path in paths]
    keys = KeyStore.load(str(folder / "keystore"))
    total = len(octets)
    verdicts = [verdict.read(one, keys) for one in octets]
    decoded = sum(one.error is None for one in verdicts)
    again = sum(
        examine.rebuild(json.loads(json.dumps(examine.to_json(one)))) == one.octets
        for one in verdicts
    )
    signed = [one for one in verdicts if one.message.signature]
    maced = [one for one in verdicts if one.message.mac is not None]
    good = sum(one.signature == "valid" for one in signed)
    fine = sum(one.mac == "valid" for one in maced)
    closed = sum(one.mac == "no key" for one in maced)
    blocks = sum(len(one.opened) for one in verdicts)
    opened = sum(block.fields is not None for one in verdicts for block in one.opened)
    rows = [
        ("decoded to the last octet", "%d of %d" % (decoded, total), "all", decoded == total),
        ("decode, JSON, encode: same octets", "%d of %d" % (again, total), "all", again == total),
        ("signatures valid", "%d of %d" % (good, len(signed)), "all", good == len(signed)),
        (
            "MACs valid (and no key: PCS01, PCS02)",
            "%d of %d (%d)" % (fine, len(maced), closed),
            "all but PCS",
            fine + closed == len(maced),
        ),
        ("blocks decrypted", "%d of %d" % (opened, blocks), "all", opened == blocks > 0),
    ]
    del verdicts, signed, maced  # a tree kept is one more for the garbage collector to walk
    raw = _raw(octets, keys)

    named = [("", one) for one in octets]

    def everything() -> None:
        for _ in verdict.read_all(named, keys):
            pass

    def plain() -> None:
        for one in octets:
            payload.decode(message.decode(one))

    def unseen() -> None:
        for one in octets:
            asn1.forget_certificates()
            payload.decode(message.decode(one))

    full, least = _interleaved(everything, raw)
    rate = total / statistics.median(full)
    ratio = statistics.median([one / other for one, other in zip(full, least, strict=True)])
    each, first = [statistics.median(found) / total * 1e6 for found in _interleaved(plain, unseen)]
    rows += [
        ("decoded, decrypted, verified, warm", "%d/s" % rate, ">= 20,000/s", rate >= 20_000),
        ("the same over the raw OpenSSL operations", "%.2f x" % ratio, "<= 1.6 x", ratio <= 1.6),
        ("header and named payload, no keys", "%.1f us a message" % each, "<= 20 us", each <= 20),
        ("the same, every certificate new", "%.1f us a message" % first, "<= 20 us", first <= 20),
    ]
    cost = _import_ms()
    rows.append(("import of the decoder without keys", "%.0f ms" % cost, "<= 40 ms", cost <= 40))
    return rows


def _import_ms() -> float:
    bare = "pass"
    decoder = "import gbcs.message, gbcs.payload, gbcs.dlms.dlms, gbcs.gbz.gbz, gbcs.asn1.asn1"

    def start(code: str) -> float:
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - begun

    costs = [start(decoder) - start(bare) for _ in range(9)]
    return statistics.median(costs) * 1000
