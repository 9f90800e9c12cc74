"""Key establishment: how a device and its trust centre agree on a link key by their certificates.

    U: Initiator                          V: Responder
    start() -> Initiate, certificate  ->  checks it
               checks it              <-  Initiate, certificate
               Ephemeral data, QE_U   ->
               the key                <-  Ephemeral data, QE_V
               Confirm, MACU          ->  the key; checks MACU; has the link key
               has the link key       <-  Confirm, MACV

Sans-I/O: a command comes in as its number and payload, the answer goes out likewise. Nothing that
comes in raises; what is wrong is answered by Terminate, and `failed` and `why` tell. A command
that was answered already, and comes once more, gets the same answer. There is no clock here: the
caller gives up after a while, and a certificate's time of validity is not looked at (a device that
joins does not know the time).

Sources: ZigBee Smart Energy 07-5356, annex C; SEC 1 3.4 (MQV), 3.6.1 (key derivation); how
deployed stacks choose the status of Terminate.
"""

from gbcs.compat import TYPE_CHECKING, const, same
from gbcs.errors import BadKey, DecodeError, Refused
from gbcs.record import Record
from gbcs.zigbee import implicit

if TYPE_CHECKING:
    from collections.abc import Callable

    from gbcs.crypto.koblitz import Curve, Point
    from gbcs.interfaces import Crypto

    Said = tuple[int, bytes]
    Random = Callable[[int], bytes]

# Commands, of client and server alike
INITIATE = 0x00
EPHEMERAL_DATA = 0x01
CONFIRM_KEY = 0x02
TERMINATE = 0x03

# Status of Terminate
UNKNOWN_ISSUER = 1
BAD_KEY_CONFIRM = 2
BAD_MESSAGE = 3
NO_RESOURCES = 4
UNSUPPORTED_SUITE = 5
INVALID_CERTIFICATE = 6

_EPHEMERAL_S = const(10)  # what the partner is asked to wait for ephemeral data
_CONFIRM_S = const(20)  # and for the confirmation
_NO_TIME = const(0xFF)
_WAIT_S = const(10)  # before the partner tries again

_DONE = const(4)  # no command is expected any more


class Credentials:
    """What a party proves itself by: its certificate, private key, and the CA's public key.

    All are given as octets, and all of one suite; DecodeError or BadKey where they are not.
    """

    __slots__ = ("ca_public", "certificate", "issuer", "private", "suite")

    def __init__(self, suite: int, certificate: bytes, private: bytes, ca_public: bytes) -> None:
        parsed = implicit.read(certificate)
        if parsed.suite != suite:
            raise DecodeError("a certificate of suite %d expected" % suite, 0, "certificate")
        self.suite = suite
        self.certificate = certificate
        self.issuer = parsed.issuer
        curve = implicit.curve(suite)
        self.private = curve.scalar(private)
        self.ca_public = curve.point(ca_public)


class Secrets(Record):
    """What both sides reckon: the keys of `derive`, and both confirmations, 16 octets each."""

    __slots__ = ("mac_key", "link_key", "mac_u", "mac_v")

    def __init__(self, mac_key: bytes, link_key: bytes, mac_u: bytes, mac_v: bytes) -> None:
        self.mac_key = mac_key
        self.link_key = link_key
        self.mac_u = mac_u
        self.mac_v = mac_v


def agree(
    curve: "Curve",
    private: int,
    ephemeral: int,
    own: bytes,
    partner_public: "Point",
    partner: bytes,
) -> bytes:
    """Z, the x of the shared point, 21 or 36 octets; BadKey.

    `private` and `ephemeral` are our numbers, `own` the octets of our ephemeral point, `partner`
    of the other's, whose public key is `partner_public`. Source: SEC 1 3.4, with cofactor.
    """
    share = ephemeral + _half(curve, own) * private
    number = curve.cofactor * share % curve.order
    shared = curve.combine(
        (number, curve.point(partner)),
        (number * _half(curve, partner) % curve.order, partner_public),
    )
    if shared is None:
        raise BadKey("a shared point expected, found infinity")
    return curve.field.octets(shared[0])


def _half(curve: "Curve", point: bytes) -> int:
    # The lower half of x, and a bit above it
    bit = 1 << (curve.order_bits + 1) // 2
    return int.from_bytes(point[1:], "big") % bit + bit


def derive(z: bytes, crypto: "Crypto") -> "tuple[bytes, bytes]":
    """The key of the confirmations, and the link key. Source: SEC 1 3.6.1 with AES-MMO."""
    return crypto.aes_mmo(z + b"\x00\x00\x00\x01"), crypto.aes_mmo(z + b"\x00\x00\x00\x02")


def secrets(
    z: bytes, u: bytes, v: bytes, point_u: bytes, point_v: bytes, crypto: "Crypto"
) -> Secrets:
    """The keys of Z, and the confirmations of the initiator u and the responder v (EUI-64s)."""
    mac_key, link_key = derive(z, crypto)
    return Secrets(
        mac_key,
        link_key,
        crypto.hmac_mmo(mac_key, b"\x02" + u + v + point_u + point_v),
        crypto.hmac_mmo(mac_key, b"\x03" + v + u + point_v + point_u),
    )


class _Refusal(Refused):
    """Terminate with this status, for this reason."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(status, why)
        self.status = status
        self.why = why


class Session:
    """What initiator and responder have in common.

    `link_key` is None until it is established; `failed` is None, or the status of the Terminate
    that ended the session, ours or the partner's, and `why` says it in words.
    """

    def __init__(self, eui: bytes, partner: bytes, random: "Random", crypto: "Crypto") -> None:
        self.eui = eui
        self.partner = partner
        self.link_key: bytes | None = None
        self.failed: int | None = None
        self.why = ""
        self._random = random
        self._crypto = crypto
        self._credentials: Credentials | None = None
        self._expected = INITIATE
        self._last: Said | None = None
        self._answer: Said | None = None
        self._ephemeral = 0
        self._own = b""
        self._partner_public: Point | None = None
        self._secrets: Secrets | None = None

    def receive(self, command: int, payload: bytes) -> "Said | None":
        """The answer to a command of the partner; None where there is nothing to say.

        Once the link key is there nothing changes it, a late Terminate neither.
        """
        message = command, bytes(payload)
        if self.failed is not None:
            return None
        if message == self._last:
            return self._answer
        if self._expected == _DONE:
            return None
        if command == TERMINATE:
            self.failed = message[1][0] if len(message[1]) == 4 else BAD_MESSAGE
            self.why = "terminated by the partner, status %d" % self.failed
            return None
        try:
            if command != self._expected:
                raise _Refusal(BAD_MESSAGE, "command %d is not due" % command)
            answer = self._take(command, message[1])
        except _Refusal as error:
            self.failed = error.status
            self.why = error.why
            return TERMINATE, self._terminate(error.status)
        self._last = message
        self._answer = answer
        return answer

    def _take(self, command: int, payload: bytes) -> "Said | None":
        raise NotImplementedError

    def _suites(self) -> int:
        raise NotImplementedError

    def _terminate(self, status: int) -> bytes:
        return bytes((status, _WAIT_S)) + self._suites().to_bytes(2, "little")

    # The steps that both take

    def _initiate(self, credentials: Credentials) -> "Said":
        head = credentials.suite.to_bytes(2, "little") + bytes((_EPHEMERAL_S, _CONFIRM_S))
        return INITIATE, head + credentials.certificate

    def _check_initiate(self, payload: bytes, offered: "list[Credentials]") -> Credentials:
        """Our credentials of the suite asked for, the partner's public key being kept."""
        if len(payload) < 4:
            raise _Refusal(BAD_MESSAGE, "Initiate is too short")
        suite = payload[0] | payload[1] << 8
        if suite & (suite - 1):
            raise _Refusal(BAD_MESSAGE, "one suite expected")
        chosen = [candidate for candidate in offered if candidate.suite == suite]
        if not chosen:
            raise _Refusal(UNSUPPORTED_SUITE, "suite %d is not offered" % suite)
        credentials = chosen[0]
        if len(payload) != 4 + implicit.SIZES[suite]:
            raise _Refusal(BAD_MESSAGE, "Initiate has a wrong length")
        if _NO_TIME in payload[2:4]:
            raise _Refusal(BAD_MESSAGE, "times up to 254 seconds expected")
        self._check_certificate(payload[4:], credentials)
        self._credentials = credentials
        return credentials

    def _check_certificate(self, certificate: bytes, credentials: Credentials) -> None:
        wrong: DecodeError | BadKey
        try:
            parsed = implicit.read(certificate)
            if parsed.subject != self.partner:
                raise _Refusal(BAD_MESSAGE, "the certificate is another's")
            if parsed.issuer != credentials.issuer:
                raise _Refusal(UNKNOWN_ISSUER, "the certificate's issuer is unknown")
            if not parsed.may_agree:
                raise _Refusal(INVALID_CERTIFICATE, "the certificate is not for agreement")
            ca_public = credentials.ca_public
            self._partner_public = implicit.public_point(certificate, ca_public, self._crypto)
            return
        except (DecodeError, BadKey) as error:
            wrong = error
        raise _Refusal(INVALID_CERTIFICATE, "certificate: %s" % wrong)

    def _make_ephemeral(self, credentials: Credentials) -> bytes:
        curve = implicit.curve(credentials.suite)
        self._ephemeral = curve.random_scalar(self._random)
        self._own = curve.octets(curve.base_multiply(self._ephemeral))
        return self._own

    def _reckon(self, point: bytes) -> bytes:
        """Z with the partner's ephemeral point."""
        wrong: BadKey
        credentials = self._credentials
        if credentials is None or self._partner_public is None:
            raise ValueError("Initiate comes first")
        try:
            return agree(
                implicit.curve(credentials.suite),
                credentials.private,
                self._ephemeral,
                self._own,
                self._partner_public,
                point,
            )
        except BadKey as error:
            wrong = error
        raise _Refusal(BAD_MESSAGE, "ephemeral data: %s" % wrong)

    def _established(self, confirmation: bytes, wanted: bytes) -> None:
        if self._secrets is None or not same(confirmation, wanted):
            raise _Refusal(BAD_KEY_CONFIRM, "the partner has another key")
        self.link_key = self._secrets.link_key
        self._expected = _DONE


class Initiator(Session):
    """The side that asks, a device: `start`, then `receive` until there is a key or a failure.

    `eui` and `partner` are EUI-64s; `random(count)` gives so many random octets.
    """

    def __init__(
        self,
        credentials: Credentials,
        eui: bytes,
        partner: bytes,
        random: "Random",
        crypto: "Crypto",
    ) -> None:
        super().__init__(eui, partner, random, crypto)
        self._offered = credentials

    def start(self) -> "Said":
        """The first command."""
        return self._initiate(self._offered)

    def _suites(self) -> int:
        return self._offered.suite

    def _take(self, command: int, payload: bytes) -> "Said | None":
        if command == INITIATE:
            self._check_initiate(payload, [self._offered])
            self._expected = EPHEMERAL_DATA
            return EPHEMERAL_DATA, self._make_ephemeral(self._offered)
        if command == EPHEMERAL_DATA:
            z = self._reckon(payload)
            self._secrets = secrets(
                z, self.eui, self.partner, self._own, payload, self._crypto
            )  # fmt: skip
            self._expected = CONFIRM_KEY
            return CONFIRM_KEY, self._secrets.mac_u
        if self._secrets is not None:
            self._established(payload, self._secrets.mac_v)
        return None


class Responder(Session):
    """The side that is asked, a trust centre, with credentials of one suite or of both."""

    def __init__(
        self,
        credentials: "list[Credentials]",
        eui: bytes,
        partner: bytes,
        random: "Random",
        crypto: "Crypto",
    ) -> None:
        super().__init__(eui, partner, random, crypto)
        self._offered = credentials

    def _suites(self) -> int:
        suites = 0
        for credentials in self._offered:
            suites |= credentials.suite
        return suites

    def _take(self, command: int, payload: bytes) -> "Said | None":
        if command == INITIATE:
            credentials = self._check_initiate(payload, self._offered)
            self._expected = EPHEMERAL_DATA
            return self._initiate(credentials)
        if command == EPHEMERAL_DATA and self._credentials is not None:
            own = self._make_ephemeral(self._credentials)
            z = self._reckon(payload)
            self._secrets = secrets(z, self.partner, self.eui, payload, own, self._crypto)
            self._expected = CONFIRM_KEY
            return EPHEMERAL_DATA, own
        if self._secrets is None:
            return None
        self._established(payload, self._secrets.mac_u)
        return CONFIRM_KEY, self._secrets.mac_v
