"""The back end over pyca/cryptography: as little as can stand between a message and OpenSSL."""

from hashlib import sha256 as _sha256

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gbcs.compat import same
from gbcs.crypto import mmo
from gbcs.crypto.domain import scalar, uncompressed
from gbcs.errors import BadBlock, BadKey

NAME = "openssl"

_CURVE = SECP256R1()
_EXCHANGE = ECDH()
_VERIFYING = ECDSA(SHA256())
try:
    _SIGNING = ECDSA(SHA256(), deterministic_signing=True)
except (TypeError, UnsupportedAlgorithm):  # cryptography before 43, OpenSSL before 3.2
    _SIGNING = _VERIFYING
_ECB = ECB()
_SEQUENCE = tuple(bytes((0x30, length)) for length in range(73))


class PublicKey:
    """A point of P-256; `octets` is 04 || x || y."""

    __slots__ = ("key", "octets", "verify")

    def __init__(self, octets: bytes, key: EllipticCurvePublicKey) -> None:
        self.octets = octets
        self.key = key
        self.verify = key.verify


class PrivateKey:
    """A private key and its public half."""

    __slots__ = ("key", "public")

    def __init__(self, key: EllipticCurvePrivateKey) -> None:
        self.key = key
        public = key.public_key()
        octets = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = PublicKey(octets, public)


def sha256(data: bytes) -> bytes:
    """The digest, 32 octets."""
    return _sha256(data).digest()


def public_key(octets: bytes) -> PublicKey:
    """The key of 04 || x || y or x || y; BadKey where that is no point of P-256."""
    octets = uncompressed(octets)
    try:
        return PublicKey(octets, EllipticCurvePublicKey.from_encoded_point(_CURVE, octets))
    except ValueError:
        raise BadKey("not a point of P-256") from None


def private_key(octets: bytes) -> PrivateKey:
    """The key of 32 octets; BadKey where they are not a number from 1 to n - 1."""
    return PrivateKey(derive_private_key(scalar(octets), _CURVE))


def sign(private: PrivateKey, data: bytes, blind: bytes = b"") -> bytes:
    """r || s, 64 octets, with the nonce of RFC 6979 where OpenSSL has that, else a random one."""
    der = private.key.sign(data, _SIGNING)  # 30 length 02 length r 02 length s
    middle = 4 + der[3]
    r = int.from_bytes(der[4:middle], "big")
    s = int.from_bytes(der[middle + 2 :], "big")
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _short(number: bytes) -> bytes:
    """The DER INTEGER of 32 octets of which the first is zero."""
    number = number.lstrip(b"\x00")
    if not number or number[0] > 127:
        number = b"\x00" + number
    return bytes((2, len(number))) + number


def verify(public: PublicKey, data: bytes, signature: bytes) -> bool:
    """Whether the signature is the key's over `data`; False for octets that are none."""
    if len(signature) != 64:
        return False
    r = signature[:32]
    s = signature[32:]
    # By hand: encode_dss_signature takes three times as long
    first = r[0]
    r = _short(r) if not first else b"\x02\x20" + r if first < 128 else b"\x02\x21\x00" + r
    first = s[0]
    s = _short(s) if not first else b"\x02\x20" + s if first < 128 else b"\x02\x21\x00" + s
    r += s
    try:
        public.verify(_SEQUENCE[len(r)] + r, data, _VERIFYING)
    except InvalidSignature:
        return False
    return True


def agree(private: PrivateKey, public: PublicKey, blind: bytes = b"") -> bytes:
    """The x coordinate of the shared point, 32 octets. Source: SP 800-56A 5.7.1.2."""
    return private.key.exchange(_EXCHANGE, public.key)


def gmac(key: bytes, iv: bytes, aad: bytes) -> bytes:
    """The tag over `aad` alone, 16 octets."""
    return AESGCM(key).encrypt(iv, b"", aad)


def seal(key: bytes, iv: bytes, aad: bytes, plaintext: bytes) -> bytes:
    """The ciphertext, as long as the plaintext, then the tag of 16 octets."""
    return AESGCM(key).encrypt(iv, plaintext, aad)


def unseal(key: bytes, iv: bytes, aad: bytes, ciphertext: bytes, tag: bytes) -> bytes:
    """The plaintext; BadBlock where the tag, of 4 to 16 octets, is not that of these octets.

    AESGCM, much the fastest way, opens tags of 16 octets only. So the ciphertext is encrypted,
    which decrypts it, and that again, which gives the tag to compare.
    """
    cipher = AESGCM(key)
    plaintext = cipher.encrypt(iv, ciphertext, b"")[:-16]
    computed = cipher.encrypt(iv, plaintext, aad)[len(plaintext) :]
    if not 4 <= len(tag) <= 16 or not same(computed[: len(tag)], tag):
        raise BadBlock("the tag is not the one these octets give")
    return plaintext


def ccm_seal(key: bytes, nonce: bytes, aad: bytes, plaintext: bytes, tag_length: int = 4) -> bytes:
    """The ciphertext, as long as the plaintext, then the tag of 4, 6, … 16 octets."""
    if len(nonce) != 13:
        raise ValueError("a nonce of 13 octets expected")
    return AESCCM(key, tag_length).encrypt(nonce, plaintext, aad)


def ccm_unseal(key: bytes, nonce: bytes, aad: bytes, ciphertext: bytes, tag: bytes) -> bytes:
    """The plaintext; BadBlock where the tag, of 4, 6, … 16 octets, is not that of these octets."""
    size = len(tag)
    if not 4 <= size <= 16 or size & 1:
        raise BadBlock("a tag of 4 to 16 octets expected")
    try:
        return AESCCM(key, size).decrypt(nonce, ciphertext + tag, aad)
    except InvalidTag:
        raise BadBlock("the tag is not the one these octets give") from None


def aes_block(key: bytes, block: bytes) -> bytes:
    """One block encrypted with AES-128."""
    if len(key) != 16 or len(block) != 16:
        raise ValueError("a key and a block of 16 octets expected")
    return Cipher(AES(key), _ECB).encryptor().update(block)


def aes_mmo(data: bytes) -> bytes:
    """The hash of ZigBee, 16 octets."""
    return mmo.aes_mmo(aes_block, data)


def hmac_mmo(key: bytes, data: bytes) -> bytes:
    """HMAC with the hash of ZigBee, 16 octets."""
    return mmo.hmac_mmo(aes_block, key, data)
