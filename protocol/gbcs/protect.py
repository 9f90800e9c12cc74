"""Signatures, MACs and encrypted blocks of messages: which key, over which octets, and the checks.

Keys come from a `keys` object, on a board its trust anchors, on the host a key store:
`secret(eui, eui) -> 32 octets or None`, the shared secret of the two parties' key-agreement keys;
`broker() -> eui`, the Access Control Broker, which MACs the commands of every remote party; and,
of a key store, `signer(eui) -> public key or None`. `crypto` is a back end of gbcs.crypto.

Sources: GBCS 4.3, 6.2, 8.5; what the octets are holds for 472 signatures, 811 MACs, 63 blocks.
"""

from hashlib import sha256

from gbcs.compat import TYPE_CHECKING, same
from gbcs.errors import BadBlock, BadMac, BadSignature, UnknownKey
from gbcs.message import MAC_SIZE, Message

if TYPE_CHECKING:
    from gbcs.interfaces import Crypto, Keys, Secrets

ENCRYPTION = 4  # the CRA octet of an encryption key's derivation

BLOCK_HEADER = b"\x31\x00\x00\x00\x00"  # authenticated encryption, invocation counter zero
_MAC_HEADER = b"\x11\x00\x00\x00\x00\x00"  # six octets, though five stand on the wire
_IV_TAIL = b"\x00\x00\x00\x00"

_ONE = b"\x00\x00\x00\x01"  # the counter of the derivation's one step
# AlgorithmID: the DLMS name of AES-GCM-128, 2.16.756.5.8.3.0, without tag and length
_ALGORITHM = b"\x60\x85\x74\x06\x08\x03\x00"
_TRANSACTION = (b"", b"\x09\x01", b"\x09\x02", b"\x09\x03", b"\x09\x04")


def message_key(z: bytes, originator: bytes, cra: int, counter: bytes, recipient: bytes) -> bytes:
    """The AES-128 key for one message's MAC or encrypted blocks, 16 octets.

    `z` is the shared secret (32 octets), `originator`, `counter` and `recipient` 8 octets each;
    `cra` is 1, 2, 3 for the MAC of a command, response, alert, and 4 for encryption.
    Source: SP 800-56A 5.8.1, one step with SHA-256; other-info as in GBCS 4.3.3 (holds for 811
    RTDS messages).
    """
    transaction = _TRANSACTION[cra] if 0 < cra < 5 else bytes((9, cra))
    info = (_ONE, z, _ALGORITHM, originator, transaction, counter, recipient)
    return sha256(b"".join(info)).digest()[:16]


def signed_octets(m: Message) -> bytes:
    """What the signature is over: all after `DF` to the end of the content."""
    return m.octets[m.start + 1 : m.content_end]


def check_signature(m: Message, keys: "Keys", crypto: "Crypto") -> None:
    """Raises BadSignature, or UnknownKey where the originator's key is not held.

    `m` is a message that has a signature.
    """
    key = keys.signer(m.originator)
    if key is None:
        raise UnknownKey("no digital signature key of the originator is held")
    if not crypto.verify(key, signed_octets(m), m.signature):  # type: ignore[arg-type]
        raise BadSignature("the signature is not the originator's")


def general_signing_mac(signing: bytes, secret: bytes, crypto: "Crypto") -> bytes:
    """The MAC over a general-signing part, from `DF` to the end of the signature field."""
    originator = signing[12:20]
    key = message_key(secret, originator, signing[2], signing[3:11], signing[21:29])
    return crypto.gmac(key, originator + _IV_TAIL, _MAC_HEADER + signing)[:MAC_SIZE]


def check_mac(
    m: Message, keys: "Secrets", crypto: "Crypto", device_to_device: bool = False
) -> None:
    """Raises BadMac, or UnknownKey where no half of the key agreement is held.

    A remote party's command carries the broker's MAC. PCS01 and PCS02 go from device to device,
    and the MAC is then between these. `m` is a message that has a MAC.
    """
    if m.cra == 1 and not device_to_device:
        broker = keys.broker()
        secret = None if broker is None else keys.secret(m.recipient, broker)
    else:
        secret = keys.secret(m.originator, m.recipient)
    if secret is None:
        raise UnknownKey("no key agreement key for the MAC is held")
    signing = m.octets[m.start : m.end]
    key = message_key(secret, m.originator, m.cra, signing[3:11], m.recipient)
    tag = crypto.gmac(key, m.originator + _IV_TAIL, _MAC_HEADER + signing)
    if not same(tag[:MAC_SIZE], m.mac):  # type: ignore[arg-type]
        raise BadMac("the MAC is not the one these octets give")


def block_key(m: Message, keys: "Keys") -> bytes:
    """The AES-128 key of every encrypted block of `m`; UnknownKey where it cannot be had.

    The party reached through the broker, and the device's supplementary counter, stand in for
    the recipient and the counter where the message has them.
    """
    party = m.recipient if m.party is None else m.party
    secret = keys.secret(m.originator, party)
    if secret is None:
        raise UnknownKey("no key agreement key for the encrypted attributes is held")
    counter = m.counter if m.supplementary_counter is None else m.supplementary_counter
    return message_key(secret, m.originator, ENCRYPTION, counter.to_bytes(8, "big"), party)


def open_block(m: Message, block: bytes, key: bytes, crypto: "Crypto") -> bytes:
    """The plaintext of `31 00000000 ciphertext tag(12)`; BadBlock where it does not open."""
    if len(block) < 17 or block[:5] != BLOCK_HEADER:
        raise BadBlock("an encrypted block begins 3100000000 and has a tag of 12 octets")
    iv = m.originator + _IV_TAIL
    return crypto.unseal(key, iv, b"\x31", block[5:-MAC_SIZE], block[-MAC_SIZE:])


def seal_block(originator: bytes, plaintext: bytes, key: bytes, crypto: "Crypto") -> bytes:
    """An encrypted block of a message that `originator` sends."""
    sealed = crypto.seal(key, originator + _IV_TAIL, b"\x31", plaintext)
    return BLOCK_HEADER + sealed[: len(sealed) - 16 + MAC_SIZE]
