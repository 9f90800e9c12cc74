"""Security of NWK and APS frames: auxiliary header, nonce, CCM*, and the keys made of a link key.

Both layers do the same: level 5 (encryption, a MIC of 4 octets) everywhere, and the level's bits
sent as zero and put back before anything is computed.

Source: ZigBee 05-3474-21, 4.5 and annex A; deployed practice for the level's bits.
"""

from struct import unpack_from

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import BadBlock, DecodeError
from gbcs.record import Record
from gbcs.zigbee.mac import reverse

if TYPE_CHECKING:
    from gbcs.interfaces import Crypto

LEVEL = const(5)
MIC = 4

# Which key, bits 3 and 4 of the security control
DATA_KEY = 0  # a link key itself
NETWORK_KEY = 1
KEY_TRANSPORT_KEY = 2
KEY_LOAD_KEY = 3

_EXTENDED_NONCE = const(0x20)
_SMALLEST = const(5)  # octets of an auxiliary header
_KINDS = {KEY_TRANSPORT_KEY: b"\x00", KEY_LOAD_KEY: b"\x02"}


class Auxiliary(Record):
    """The auxiliary header: `key` says which key, `source` is an EUI-64 or None."""

    __slots__ = ("control", "counter", "source", "key_sequence")

    def __init__(
        self,
        control: int,
        counter: int,
        source: "bytes | None" = None,
        key_sequence: "int | None" = None,
    ) -> None:
        self.control = control
        self.counter = counter
        self.source = source
        self.key_sequence = key_sequence

    @property
    def key(self) -> int:
        """DATA_KEY, NETWORK_KEY, KEY_TRANSPORT_KEY or KEY_LOAD_KEY."""
        return self.control >> 3 & 3


def auxiliary(key: int, counter: int, source: "bytes | None", key_sequence: int = 0) -> Auxiliary:
    """A header to send: with the sender's EUI-64 where given, the sequence for a network key."""
    control = key << 3 | (_EXTENDED_NONCE if source is not None else 0)
    return Auxiliary(control, counter, source, key_sequence if key == NETWORK_KEY else None)


def decode_auxiliary(octets: bytes, at: int) -> "tuple[Auxiliary, int]":
    """The header at this offset, and the offset of what follows it; DecodeError."""
    left = len(octets) - at
    if left < _SMALLEST:
        raise DecodeError("%d octets expected, %d left" % (_SMALLEST, left), at, "auxiliary")
    control, counter = unpack_from("<BI", octets, at)
    at += _SMALLEST
    source = sequence = None
    if control & _EXTENDED_NONCE:
        source = reverse(octets[at : at + 8])
        at += 8
    if control >> 3 & 3 == NETWORK_KEY:
        sequence = octets[at] if at < len(octets) else 0
        at += 1
    if at > len(octets):
        raise DecodeError("a whole header expected, %d octets left" % left, at, "auxiliary")
    return Auxiliary(control, counter, source, sequence), at


def encode_auxiliary(auxiliary: Auxiliary) -> bytes:
    """Its octets, as they are sent."""
    rest = _bound(b"", auxiliary, auxiliary.source or bytes(8))[2]
    return bytes((auxiliary.control,)) + rest


def _bound(header: bytes, auxiliary: Auxiliary, source: bytes) -> "tuple[bytes, bytes, bytes]":
    """Nonce, what is secured besides the payload, and the auxiliary header but its first octet."""
    eui = reverse(source)
    level = bytes((auxiliary.control & 0xF8 | LEVEL,))
    rest = counter = auxiliary.counter.to_bytes(4, "little")
    if auxiliary.source is not None:
        rest += eui
    if auxiliary.key_sequence is not None:
        rest += bytes((auxiliary.key_sequence,))
    return eui + counter + level, header + level + rest, rest


def seal(header: bytes, auxiliary: Auxiliary, payload: bytes, key: bytes, source: bytes, crypto: "Crypto") -> bytes:  # fmt: skip  # noqa: E501
    """A secured frame: headers, ciphertext, MIC; `source` is the sender's EUI-64.

    A header that has an EUI-64 has this one.
    """
    nonce, aad, rest = _bound(header, auxiliary, source)
    sealed = crypto.ccm_seal(key, nonce, aad, payload, MIC)
    return header + bytes((auxiliary.control,)) + rest + sealed


def unseal(header: bytes, auxiliary: Auxiliary, secured: bytes, key: bytes, source: bytes, crypto: "Crypto") -> bytes:  # fmt: skip  # noqa: E501
    """The payload of a secured frame, `secured` being ciphertext and MIC; BadBlock.

    `source` is the sender's EUI-64; a header that has one has this one.
    """
    if len(secured) < MIC:
        raise BadBlock("a MIC expected")
    nonce, aad, _ = _bound(header, auxiliary, source)
    return crypto.ccm_unseal(key, nonce, aad, secured[:-MIC], secured[-MIC:])


def key_for(use: int, link_key: bytes, crypto: "Crypto") -> bytes:
    """The key of an APS frame: the link key, or what is made of it to carry keys."""
    kind = _KINDS.get(use)
    return link_key if kind is None else crypto.hmac_mmo(link_key, kind)
