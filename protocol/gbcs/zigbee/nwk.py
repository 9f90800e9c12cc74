"""NWK frames: header, auxiliary header, payload.

`payload` is as it came: where `auxiliary` is there it is ciphertext and MIC, which
`gbcs.zigbee.security` opens. Commands are read by `gbcs.zigbee.commands`.

Source: ZigBee 05-3474-21, 3.3 and 3.4.
"""

from struct import pack, unpack_from

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError
from gbcs.octets import Reader
from gbcs.record import Record
from gbcs.zigbee.mac import reverse
from gbcs.zigbee.security import Auxiliary, decode_auxiliary, encode_auxiliary

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

DATA = 0
COMMAND = 1

# Bits of the frame control
_VERSION = const(0x0008)  # 2: ZigBee PRO
_DISCOVER_ROUTE = const(0x0040)
_MULTICAST = const(0x0100)
SECURITY = 0x0200
_SOURCE_ROUTE = const(0x0400)
_DESTINATION64 = const(0x0800)
_SOURCE64 = const(0x1000)

_FIXED = const(8)  # octets that each frame begins with

# Broadcast addresses
ALL = 0xFFFF
RECEIVERS_ON = 0xFFFD
ROUTERS = 0xFFFC
FIRST_RESERVED = 0xFFF8  # no device has an address from here on
COORDINATOR = 0x0000
NO_ADDRESS = 0xFFFE

# Commands
LEAVE = 0x04
REJOIN_REQUEST = 0x06
REJOIN_RESPONSE = 0x07

# Options of a leave
LEAVE_REQUEST = 0x40
LEAVE_REJOIN = 0x20


class Frame(Record):
    """A frame; `relays` are a source route's, with its two counts. What is not there is None."""

    __slots__ = (
        "control",
        "destination",
        "source",
        "radius",
        "sequence",
        "destination64",
        "source64",
        "relays",
        "auxiliary",
        "payload",
    )

    def __init__(
        self,
        control: int,
        destination: int,
        source: int,
        radius: int,
        sequence: int,
        destination64: "bytes | None" = None,
        source64: "bytes | None" = None,
        relays: "bytes | None" = None,
        auxiliary: "Auxiliary | None" = None,
        payload: bytes = b"",
    ) -> None:
        self.control = control
        self.destination = destination
        self.source = source
        self.radius = radius
        self.sequence = sequence
        self.destination64 = destination64
        self.source64 = source64
        self.relays = relays
        self.auxiliary = auxiliary
        self.payload = payload

    @property
    def kind(self) -> int:
        """DATA or COMMAND."""
        return self.control & 3


def frame(
    kind: int,
    destination: int,
    source: int,
    sequence: int,
    payload: bytes,
    destination64: "bytes | None" = None,
    source64: "bytes | None" = None,
    radius: int = 30,
) -> Frame:
    """A frame to send, not secured yet. Unicast data asks for a route, as deployed stacks do."""
    control = kind | _VERSION
    if kind == DATA and destination < ROUTERS:
        control |= _DISCOVER_ROUTE
    if destination64 is not None:
        control |= _DESTINATION64
    if source64 is not None:
        control |= _SOURCE64
    return Frame(
        control,
        destination,
        source,
        radius,
        sequence,
        destination64,
        source64,
        None,
        None,
        payload,
    )


def decode(octets: bytes) -> Frame:
    """The frame in the payload of a MAC data frame; DecodeError."""
    if len(octets) < _FIXED:
        raise DecodeError("%d octets expected, %d left" % (_FIXED, len(octets)), 0, "nwk")
    control, destination, source, radius, sequence = unpack_from("<HHHBB", octets)
    if control & 3 > COMMAND or control >> 2 & 15 != 2 or control & _MULTICAST or control & 0xC000:
        raise DecodeError("a ZigBee PRO frame control expected, found %04X" % control, 0, "nwk")
    at = _FIXED
    destination64 = source64 = relays = auxiliary = None
    if control & (_DESTINATION64 | _SOURCE64 | _SOURCE_ROUTE):  # of few frames
        reader = Reader(octets, at)
        if control & _DESTINATION64:
            destination64 = reverse(reader.take(8, "destination64"))
        if control & _SOURCE64:
            source64 = reverse(reader.take(8, "source64"))
        if control & _SOURCE_ROUTE:
            head = reader.take(2, "source_route")
            relays = head + reader.take(2 * head[0], "source_route")
        at = reader.offset
    if control & SECURITY:
        auxiliary, at = decode_auxiliary(octets, at)
    return Frame(
        control, destination, source, radius, sequence,
        destination64, source64, relays, auxiliary, bytes(octets[at:]),
    )  # fmt: skip


def header(frame: "Any") -> bytes:
    """The octets of a frame before its auxiliary header."""
    control = frame.control
    head = pack("<HHHBB", control, frame.destination, frame.source, frame.radius, frame.sequence)
    if control & (_DESTINATION64 | _SOURCE64 | _SOURCE_ROUTE):
        if control & _DESTINATION64:
            head += reverse(frame.destination64)
        if control & _SOURCE64:
            head += reverse(frame.source64)
        if control & _SOURCE_ROUTE:
            head += frame.relays
    return head


def encode(frame: Frame) -> bytes:
    """The octets of a frame."""
    if frame.auxiliary is None:
        return header(frame) + frame.payload
    return header(frame) + encode_auxiliary(frame.auxiliary) + frame.payload
