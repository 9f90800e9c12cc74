"""The outside of a GBCS message: MAC wrapper, general-signing header, other information.

`decode` finds where everything stands and copies only the small fixed fields; the payload stays
in the octets, between `content_start` and `content_end`. `compose` and `finish` go the other way:
first the octets that are signed, then the whole. Figures are of the 1,081 reference messages.

Sources: GBCS 7.2 (message structure); DLMS UA 1000-2 general-ciphering and general-signing.
"""

from struct import unpack_from

from gbcs.errors import DecodeError, EncodeError
from gbcs.octets import length_octets
from gbcs.record import Record

COMMAND = 1
RESPONSE = 2
ALERT = 3
CRA_NAMES = ("", "command", "response", "alert")  # the CRA octet, GBCS 7.2.7

SIGNATURE_SIZE = 64
MAC_SIZE = 12
MAX_SIZE = 0x10000  # two length octets reach no further

_WRAPPER = b"\xdd\x00\x00\x00\x00\x00\x00"  # tag, then six empty fields
_SECURITY = b"\x11\x00\x00\x00\x00"  # authentication only, invocation counter zero
_HEADER_FORMAT = ">BBBQB8sB8sB"
_FIXED = 30  # octets of general-signing up to the date-time's length


class Message(Record):
    """Where the parts of one message stand in its `octets`.

    `kind` is "precommand", "command", "response" or "alert"; `cra` its octet. `counter`, `code`,
    `party_counter` and `supplementary_counter` are ints; EUI-64s are eight octets. `date_time` is
    twelve octets (COSEM) or b"". `party` (the supplementary remote party), its counter, the
    supplementary originator counter and the party's key-agreement `certificate` are None where
    the other information has none. `signature` is 64 octets, b"" where the message says it has
    none, None in a pre-command. `mac` is 12 octets or None. `start` and `end` bound the
    general-signing part, which is what a MAC protects.
    """

    __slots__ = (
        "octets",
        "start",
        "end",
        "kind",
        "cra",
        "counter",
        "originator",
        "recipient",
        "date_time",
        "code",
        "party",
        "party_counter",
        "supplementary_counter",
        "certificate",
        "content_start",
        "content_end",
        "signature",
        "mac",
    )  # fmt: skip

    octets: bytes
    start: int
    end: int
    kind: str
    cra: int
    counter: int
    originator: bytes
    recipient: bytes
    date_time: bytes
    code: int
    party: "bytes | None"
    party_counter: "int | None"
    supplementary_counter: "int | None"
    certificate: "bytes | None"
    content_start: int
    content_end: int
    signature: "bytes | None"
    mac: "bytes | None"

    def __init__(self, octets: bytes) -> None:
        """What every message has is `decode`'s to fill in."""
        self.octets = octets
        self.date_time = b""
        self.party = self.party_counter = self.supplementary_counter = None
        self.certificate = self.signature = self.mac = None

    @property
    def content(self) -> bytes:
        """The payload's octets."""
        return self.octets[self.content_start : self.content_end]


def decode(octets: bytes) -> Message:
    """The parts of one message; DecodeError where the octets are not one, to the last octet.

    Inlined: with the MAC wrapper alone in a function of its own, the reference messages take 5 %
    more instructions.
    """
    m = Message(octets)
    end = len(octets)
    if end > MAX_SIZE + 16:
        raise DecodeError("at most 65,551 octets expected, found %d" % end, MAX_SIZE, "message")
    start = 0
    first = octets[0] if end else -1
    if first == 0xDD:
        if octets[:7] != _WRAPPER:
            raise _differs(octets, 0, _WRAPPER, "mac_wrapper")
        start = 9
        size = octets[8] if end > 8 else 0
        if size < 0x80 or octets[7] != 0x81:
            start, size = _length(octets, 7, end, "mac_wrapper_length")
        if start + size != end:
            raise DecodeError(
                "%d octets declared, %d follow" % (size, end - start), 7, "mac_wrapper_length"
            )
        if octets[start : start + 5] != _SECURITY:
            raise _differs(octets, start, _SECURITY, "security_header")
        start += 5
        end -= MAC_SIZE
        if end < start:
            raise DecodeError(
                "12 octets expected, %d left" % (end + MAC_SIZE - start), start, "mac"
            )
        m.mac = octets[end:]
    elif first != 0xDF:
        raise DecodeError(
            "DD or DF expected, found %s" % ("%02X" % first if end else "nothing"), 0, "message"
        )
    if end - start < _FIXED:
        _check_header(octets, start, end)
        raise DecodeError("a length octet expected, 0 octets left", end, "date_time")
    tag, nine, cra, m.counter, eight, m.originator, also_eight, m.recipient, size = unpack_from(
        _HEADER_FORMAT, octets, start
    )
    if tag != 0xDF or nine != 9 or eight != 8 or also_eight != 8:
        _check_header(octets, start, end)
    m.start = start
    m.end = end
    m.cra = cra
    if not 1 <= cra <= 3:
        raise DecodeError("01, 02 or 03 expected, found %02X" % cra, start + 2, "cra")
    at = start + _FIXED
    if size:
        if size != 12:
            raise DecodeError("00 or 0C expected, found %02X" % size, at - 1, "date_time")
        if end - at < 12:
            raise DecodeError("12 octets expected, %d left" % (end - at), at, "date_time")
        from gbcs.clock import check_date_time, good_times, is_time

        m.date_time = octets[at : at + 12]
        if m.date_time not in good_times and not is_time("date-time", m.date_time):
            check_date_time(octets, at, "date_time")
        at += 12
    if at + 3 < end and octets[at] == 2:  # as in most: the message code alone
        size = 2
        at += 1
    else:
        at, size = _length(octets, at, end, "other_information_length")
    if size != 2:
        _other_information(m, octets, at, size, end)
    elif end - at < 2:
        raise DecodeError("2 octets expected, %d left" % (end - at), at, "other_information")
    m.code = octets[at] << 8 | octets[at + 1]
    at += size
    if at < end and octets[at] < 0x80:
        size = octets[at]
        at += 1
    else:
        at, size = _length(octets, at, end, "content_length")
    m.content_start = at
    m.content_end = at = at + size
    if at > end:
        raise DecodeError(
            "%d octets expected, %d left" % (size, end - at + size), at - size, "content"
        )
    if at == end:
        if cra != COMMAND or m.mac is not None:
            raise DecodeError("a length octet expected, 0 octets left", at, "signature")
        m.kind = "precommand"
        return m
    m.kind = CRA_NAMES[cra]
    size = octets[at]
    if size != 0 and size != SIGNATURE_SIZE:
        raise DecodeError("00 or 40 expected, found %02X" % size, at, "signature")
    at += 1
    if end - at != size:
        raise DecodeError("%d octets expected, %d left" % (size, end - at), at, "signature")
    m.signature = octets[at:end]
    return m


def _length(octets: bytes, at: int, end: int, field: str) -> "tuple[int, int]":
    """A BER length at `at`: where what it counts begins, and how much. Shortest form only."""
    if at >= end:
        raise DecodeError("a length octet expected, 0 octets left", at, field)
    first = octets[at]
    if first < 0x80:
        return at + 1, first
    if first == 0x81 or first == 0x82:
        width = first - 0x80
        if end - at - 1 < width:
            raise DecodeError("%d octets expected, %d left" % (width, end - at - 1), at + 1, field)
        value = octets[at + 1] if width == 1 else octets[at + 1] << 8 | octets[at + 2]
        if value >= (0x80 if width == 1 else 0x100):
            return at + 1 + width, value
    raise DecodeError("a length in its shortest form expected, found %02X" % first, at, field)


def _other_information(m: Message, octets: bytes, at: int, size: int, end: int) -> None:
    """The four longer forms: with a party; its counter; the device's own; or a certificate."""
    if size > end - at:
        raise DecodeError(
            "%d octets expected, %d left" % (size, end - at), at, "other_information"
        )
    if size != 10 and size != 18 and size < 26:
        raise DecodeError(
            "2, 10, 18, 26 or more octets expected, found %d" % size, at, "other_information"
        )
    m.party = octets[at + 2 : at + 10]
    if size > 10:
        m.party_counter = int.from_bytes(octets[at + 10 : at + 18], "big")
    if size == 26:
        m.supplementary_counter = int.from_bytes(octets[at + 18 : at + 26], "big")
    elif size > 26:
        m.certificate = octets[at + 18 : at + size]
        if octets[at + 18] != 0x30:
            raise DecodeError("30, a certificate, expected", at + 18, "certificate")


_HEADER = (  # what stands at fixed offsets of general-signing: offset, the octet, field
    (0, 0xDF, "general_signing"),
    (1, 9, "transaction_id"),
    (11, 8, "originator"),
    (20, 8, "recipient"),
)


def _check_header(octets: bytes, start: int, end: int) -> None:
    for offset, octet, field in _HEADER:
        at = start + offset
        if at >= end:
            raise DecodeError("%02X expected, 0 octets left" % octet, end, field)
        if octets[at] != octet:
            raise DecodeError("%02X expected, found %02X" % (octet, octets[at]), at, field)


def _differs(octets: bytes, at: int, wanted: bytes, field: str) -> DecodeError:
    for octet in wanted:
        if at >= len(octets):
            return DecodeError("%02X expected, 0 octets left" % octet, at, field)
        if octets[at] != octet:
            return DecodeError("%02X expected, found %02X" % (octet, octets[at]), at, field)
        at += 1
    raise ValueError("nothing differs")


def compose(
    cra: int,
    counter: int,
    originator: bytes,
    recipient: bytes,
    code: int,
    content: bytes,
    date_time: bytes = b"",
    party: "bytes | None" = None,
    party_counter: "int | None" = None,
    supplementary_counter: "int | None" = None,
    certificate: "bytes | None" = None,
) -> bytes:
    """General-signing from `DF` to the end of the content: a pre-command, and what is signed.

    The parameters are as in Message. Raises EncodeError where they make no message.
    """
    if not 1 <= cra <= 3:
        raise EncodeError("1, 2 or 3 expected", "cra")
    if len(originator) != 8:
        raise EncodeError("8 octets expected", "originator")
    if len(recipient) != 8:
        raise EncodeError("8 octets expected", "recipient")
    if len(date_time) not in (0, 12):
        raise EncodeError("0 or 12 octets expected", "date_time")
    information = _number(code, 2, "message_code")
    if party is not None:
        if len(party) != 8:
            raise EncodeError("8 octets expected", "party")
        information += party
        if party_counter is not None:
            information += _number(party_counter, 8, "party_counter")
            if supplementary_counter is not None:
                if certificate is not None:
                    raise EncodeError("a certificate or a counter, not both", "other_information")
                information += _number(supplementary_counter, 8, "supplementary_counter")
            elif certificate is not None:
                if len(certificate) < 9:
                    raise EncodeError("a certificate expected", "certificate")
                information += certificate
    return b"".join(
        (
            b"\xdf\x09",
            bytes((cra,)),
            _number(counter, 8, "counter"),
            b"\x08",
            originator,
            b"\x08",
            recipient,
            bytes((len(date_time),)),
            date_time,
            length_octets(len(information)),
            information,
            length_octets(len(content)),
            content,
        )
    )


def finish(composed: bytes, signature: "bytes | None" = b"") -> bytes:
    """`composed` with its signature field: 64 octets, or b"" for none. Not yet MAC'd."""
    if signature is None:
        return composed
    if len(signature) not in (0, SIGNATURE_SIZE):
        raise EncodeError("0 or 64 octets expected", "signature")
    return composed + bytes((len(signature),)) + signature


def wrap(general_signing: bytes, mac: bytes) -> bytes:
    """The MAC wrapper around what `finish` gives."""
    if len(mac) != MAC_SIZE:
        raise EncodeError("12 octets expected", "mac")
    size = len(_SECURITY) + len(general_signing) + MAC_SIZE
    return _WRAPPER + length_octets(size) + _SECURITY + general_signing + mac


def encode(m: Message, content: "bytes | None" = None) -> bytes:
    """The octets of `m`, from its fields; `content` instead of its own where given."""
    octets = compose(
        m.cra,
        m.counter,
        m.originator,
        m.recipient,
        m.code,
        m.content if content is None else content,
        m.date_time,
        m.party,
        m.party_counter,
        m.supplementary_counter,
        m.certificate,
    )
    octets = finish(octets, m.signature)
    return octets if m.mac is None else wrap(octets, m.mac)


def _number(value: int, size: int, field: str) -> bytes:
    if not 0 <= value < 1 << 8 * size:
        raise EncodeError("%d octets expected, found %d" % (size, value), field)
    return value.to_bytes(size, "big")
