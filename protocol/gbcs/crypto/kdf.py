"""The key of one message: the single-step key derivation of SP 800-56A with SHA-256."""

from hashlib import sha256

_ONE = b"\x00\x00\x00\x01"
# AlgorithmID: the DLMS name of AES-GCM-128, 2.16.756.5.8.3.0, without tag and length
_ALGORITHM = b"\x60\x85\x74\x06\x08\x03\x00"
_TRANSACTION = (b"", b"\x09\x01", b"\x09\x02", b"\x09\x03", b"\x09\x04")


def message_key(z: bytes, originator: bytes, cra: int, counter: bytes, recipient: bytes) -> bytes:
    """The AES-128 key for one message's MAC or encrypted blocks, 16 octets.

    `z` is the shared secret (32 octets), `originator`, `counter` and `recipient` 8 octets each;
    `cra` is 1, 2, 3 for the MAC of a command, response, alert, and 4 for encryption.
    Source: SP 800-56A 5.8.1; other-info as in GBCS 4.3.3 (holds for 811 RTDS messages).
    """
    transaction = _TRANSACTION[cra] if 0 < cra < 5 else bytes((9, cra))
    info = (_ONE, z, _ALGORITHM, originator, transaction, counter, recipient)
    return sha256(b"".join(info)).digest()[:16]
