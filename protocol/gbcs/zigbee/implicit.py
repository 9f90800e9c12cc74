"""Implicit certificates (ECQV) of key establishment, suites 1 and 2, and a CA of the lab's own.

A certificate holds no public key and no signature but a point R, from which the holder's public
key is reconstructed: Q = eR + Q_CA, e being the hash of the whole certificate. Whether that is
true shows when the holder uses the private key; any R gives some Q.

Sources: SEC 4 2.4 to 2.6; ZigBee Smart Energy 07-5356, annex C.4 and C.5 (suite 1), C.6 (suite 2).
"""

from gbcs.compat import KEEPS_CURVES, TYPE_CHECKING
from gbcs.crypto import koblitz
from gbcs.errors import BadKey, DecodeError
from gbcs.octets import Reader
from gbcs.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from gbcs.crypto.koblitz import Curve, Point
    from gbcs.interfaces import Crypto

SUITE_1 = 1
SUITE_2 = 2

SIZES = {SUITE_1: 48, SUITE_2: 74}  # octets of a certificate

AGREEMENT = 0x08  # in the key usage
SIGNATURE = 0x80
FOR_EVER = 0xFFFFFFFF  # seconds of validity

_TYPE = b"\x00"  # implicit, no extensions
_CURVE = b"\x0d"  # sect283k1
_HASH = b"\x08"  # AES-MMO
_ATTRIBUTES = b"\x01\x09" + bytes(8)  # the profile of Smart Energy, no manufacturer


_kept: "dict[int, Curve]" = {}


def curve(suite: int) -> "Curve":
    """The curve of a suite. KeyError for a suite that is neither 1 nor 2.

    A board makes it anew each time (`gbcs.compat.KEEPS_CURVES`): it holds 1.3 KB and its tables as
    much again, and a meter needs it only when it joins.
    """
    kept = _kept.get(suite)
    if kept is not None:
        return kept
    made = {SUITE_1: koblitz.sect163k1, SUITE_2: koblitz.sect283k1}[suite]()
    if KEEPS_CURVES:
        _kept[suite] = made
    return made


class Certificate(Record):
    """A certificate; `subject` and `issuer` are EUI-64s, `point` is R, compressed.

    Suite 1 has `attributes`, 10 octets, and no serial, times and usage (None). Suite 2 has these:
    `valid_from` in seconds since 1970, `valid_s` for how many seconds, `serial` 8 octets.
    """

    __slots__ = (
        "suite",
        "subject",
        "issuer",
        "point",
        "attributes",
        "serial",
        "valid_from",
        "valid_s",
        "usage",
    )

    def __init__(
        self,
        suite: int,
        subject: bytes,
        issuer: bytes,
        point: bytes,
        attributes: bytes = b"",
        serial: "bytes | None" = None,
        valid_from: "int | None" = None,
        valid_s: "int | None" = None,
        usage: "int | None" = None,
    ) -> None:
        self.suite = suite
        self.subject = subject
        self.issuer = issuer
        self.point = point
        self.attributes = attributes
        self.serial = serial
        self.valid_from = valid_from
        self.valid_s = valid_s
        self.usage = usage

    @property
    def may_agree(self) -> bool:
        """Whether its key is for key agreement."""
        return self.usage is None or bool(self.usage & AGREEMENT)

    @property
    def valid_to(self) -> "int | None":
        """The last second of its validity since 1970; None where it is for ever."""
        if self.valid_from is None or self.valid_s is None or self.valid_s == FOR_EVER:
            return None
        return self.valid_from + self.valid_s


def read(octets: bytes) -> Certificate:
    """The certificate in 48 or 74 octets; DecodeError. Whether R is a point is not looked at."""
    reader = Reader(octets)
    if len(octets) == SIZES[SUITE_1]:
        point = reader.take(22, "point")
        subject = reader.take(8, "subject")
        issuer = reader.take(8, "issuer")
        return Certificate(SUITE_1, subject, issuer, point, reader.take(10, "attributes"))
    if len(octets) != SIZES[SUITE_2]:
        raise DecodeError("48 or 74 octets expected, found %d" % len(octets), 0, "certificate")
    reader.expect(_TYPE, "type")
    serial = reader.take(8, "serial")
    reader.expect(_CURVE, "curve")
    reader.expect(_HASH, "hash")
    issuer = reader.take(8, "issuer")
    valid_from = reader.number(5, "valid_from")
    valid_s = reader.number(4, "valid_s")
    subject = reader.take(8, "subject")
    usage = reader.octet("usage")
    point = reader.take(37, "point")
    return Certificate(
        SUITE_2, subject, issuer, point, b"", serial, valid_from, valid_s, usage
    )  # fmt: skip


def write(certificate: Certificate) -> bytes:
    """The octets of a certificate."""
    if (
        certificate.serial is None
        or certificate.valid_from is None
        or certificate.valid_s is None
        or certificate.usage is None
    ):  # suite 1 has none of them
        return (
            certificate.point + certificate.subject + certificate.issuer + certificate.attributes
        )
    return (
        _TYPE
        + certificate.serial
        + _CURVE
        + _HASH
        + certificate.issuer
        + certificate.valid_from.to_bytes(5, "big")
        + certificate.valid_s.to_bytes(4, "big")
        + certificate.subject
        + bytes((certificate.usage,))
        + certificate.point
    )


def public_key(certificate: bytes, ca_public: bytes, crypto: "Crypto") -> bytes:
    """The public key that a certificate stands for, compressed: 22 or 37 octets.

    `certificate` is its octets, `ca_public` the CA's public key, compressed. DecodeError for what
    is no certificate; BadKey where a point is not of the curve's subgroup of prime order (so that
    the cofactor does not matter), or where the sum is infinity.
    """
    used = curve(read(certificate).suite)
    return used.octets(public_point(certificate, used.point(ca_public), crypto))


def public_point(certificate: bytes, ca_public: "Point", crypto: "Crypto") -> "Point":
    """The same as a point, of the CA's point."""
    parsed = read(certificate)
    used = curve(parsed.suite)
    point = used.combine((_hash(certificate, crypto), used.point(parsed.point)), (1, ca_public))
    if point is None:
        raise BadKey("a certificate that gives a public key expected")
    return point


def _hash(certificate: bytes, crypto: "Crypto") -> int:
    # All 128 bits, which are fewer than those of n
    return int.from_bytes(crypto.aes_mmo(certificate), "big")


class Authority:
    """A certificate authority of one suite; `public` is its key, compressed.

    `private` has 21 or 36 octets, BadKey where they are no number from 1 to n - 1; `issuer` is
    the EUI-64 that its certificates name.
    """

    def __init__(self, suite: int, private: bytes, issuer: bytes, crypto: "Crypto") -> None:
        self.suite = suite
        self.issuer = issuer
        self._crypto = crypto
        self._curve: Curve = curve(suite)
        self._private = self._curve.scalar(private)
        self.public = self._curve.octets(self._curve.base_multiply(self._private))

    def issue(
        self,
        subject: bytes,
        random: "Callable[[int], bytes]",
        valid_from: int = 0,
        valid_s: int = FOR_EVER,
        usage: int = AGREEMENT | SIGNATURE,
    ) -> "tuple[bytes, bytes]":
        """A certificate for an EUI-64, and its private key of 21 or 36 octets.

        `random(count)` gives so many random octets; the last three are for suite 2 only.
        Source: SEC 4 2.4, 2.5, the request's share being nothing.
        """
        curve = self._curve
        number = curve.random_scalar(random)
        point = curve.octets(curve.base_multiply(number))
        if self.suite == SUITE_1:
            certificate = Certificate(SUITE_1, subject, self.issuer, point, _ATTRIBUTES)
        else:
            serial = random(8)
            certificate = Certificate(
                SUITE_2, subject, self.issuer, point, b"", serial, valid_from, valid_s, usage
            )  # fmt: skip
        octets = write(certificate)
        private = (_hash(octets, self._crypto) * number + self._private) % curve.order
        if not private:
            raise ValueError("the random source gives what no certificate can be made of")
        return octets, private.to_bytes(curve.size, "big")
