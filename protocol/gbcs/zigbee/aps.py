"""APS frames: data, commands and acknowledgements, whole or in blocks.

`payload` is as it came: where `auxiliary` is there it is ciphertext and MIC. An extended header
is (kind, block, bitmap): kind 1 is the first block, whose `block` is how many there are, kind 2
one that follows, counted from 1; an acknowledgement has a bitmap, others None.

Source: ZigBee 05-3474-21, 2.2.5 and 4.4.
"""

from struct import pack, unpack_from

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError
from gbcs.record import Record
from gbcs.zigbee.security import Auxiliary, decode_auxiliary, encode_auxiliary

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    Extended = tuple[int, int, int | None]

DATA = 0
COMMAND = 1
ACK = 2

# Bits of the frame control
_DELIVERY = const(0x0C)
_BROADCAST = const(0x08)
_ACK_FORMAT = const(0x10)  # in an acknowledgement: of a command
SECURITY = 0x20
ACK_REQUEST = 0x40
EXTENDED = 0x80

FIRST_BLOCK = 1
NEXT_BLOCK = 2

ZDO = 0x0000
SMART_ENERGY = 0x0109

# Commands
TRANSPORT_KEY = 0x05
UPDATE_DEVICE = 0x06
REMOVE_DEVICE = 0x07
REQUEST_KEY = 0x08
SWITCH_KEY = 0x09
TUNNEL = 0x0E
VERIFY_KEY = 0x0F
CONFIRM_KEY = 0x10


class Frame(Record):
    """A frame. A command has neither endpoints nor cluster nor profile: they are None."""

    __slots__ = (
        "control",
        "destination_endpoint",
        "cluster",
        "profile",
        "source_endpoint",
        "counter",
        "extended",
        "auxiliary",
        "payload",
    )

    def __init__(
        self,
        control: int,
        destination_endpoint: "int | None",
        cluster: "int | None",
        profile: "int | None",
        source_endpoint: "int | None",
        counter: int,
        extended: "Extended | None" = None,
        auxiliary: "Auxiliary | None" = None,
        payload: bytes = b"",
    ) -> None:
        self.control = control
        self.destination_endpoint = destination_endpoint
        self.cluster = cluster
        self.profile = profile
        self.source_endpoint = source_endpoint
        self.counter = counter
        self.extended = extended
        self.auxiliary = auxiliary
        self.payload = payload

    @property
    def kind(self) -> int:
        """DATA, COMMAND or ACK."""
        return self.control & 3


def decode(octets: bytes) -> Frame:
    """The frame in the payload of a NWK data frame; DecodeError."""
    if not octets:
        raise DecodeError("1 octet expected, 0 left", 0, "aps")
    control = octets[0]
    kind = control & 3
    if kind > ACK or control & _DELIVERY not in (0, _BROADCAST):
        raise DecodeError("a known APS frame control expected, found %02X" % control, 0, "aps")
    destination = cluster = profile = source = extended = auxiliary = None
    has_endpoints = kind == DATA or (kind == ACK and not control & _ACK_FORMAT)
    at = 8 if has_endpoints else 2
    end = at
    if control & EXTENDED:
        end += 3 if kind == ACK else 2
    if end > len(octets):
        raise DecodeError("%d octets expected, %d left" % (end, len(octets)), 0, "aps")
    if has_endpoints:
        destination, cluster, profile, source = unpack_from("<BHHB", octets, 1)
    counter = octets[at - 1]
    if control & EXTENDED:
        place = octets[at]
        if place not in (FIRST_BLOCK, NEXT_BLOCK):
            raise DecodeError("1 or 2 expected, found %d" % place, at, "fragmentation")
        extended = (place, octets[at + 1], octets[at + 2] if kind == ACK else None)
    if control & SECURITY:
        auxiliary, end = decode_auxiliary(octets, end)
    return Frame(
        control, destination, cluster, profile, source, counter, extended, auxiliary,
        bytes(octets[end:]),
    )  # fmt: skip


def header(frame: "Any") -> bytes:
    """The octets of a frame before its auxiliary header."""
    if frame.cluster is None:
        head = bytes((frame.control, frame.counter))
    else:
        head = pack(
            "<BBHHBB", frame.control, frame.destination_endpoint, frame.cluster, frame.profile,
            frame.source_endpoint, frame.counter,
        )  # fmt: skip
    if frame.extended is not None:
        place, block, bitmap = frame.extended
        head += bytes((place, block) if bitmap is None else (place, block, bitmap))
    return head


def encode(frame: Frame) -> bytes:
    """The octets of a frame."""
    if frame.auxiliary is None:
        return header(frame) + frame.payload
    return header(frame) + encode_auxiliary(frame.auxiliary) + frame.payload


def data(
    destination_endpoint: int,
    cluster: int,
    profile: int,
    source_endpoint: int,
    counter: int,
    payload: bytes,
    control: int = 0,
) -> Frame:
    """A data frame to send, not secured yet; `control` has bits of the frame control."""
    return Frame(
        DATA | control, destination_endpoint, cluster, profile, source_endpoint, counter,
        None, None, payload,
    )  # fmt: skip


def acknowledgement(of: Frame) -> Frame:
    """That a data frame, or one block of it, has come."""
    extended = of.extended
    if extended is not None:
        place, block, _ = extended
        # the first block's number is 0; one block a window, so one bit of the bitmap
        extended = (FIRST_BLOCK, 0, 1) if place == FIRST_BLOCK else (NEXT_BLOCK, block, 1)
    if of.kind == COMMAND:
        return Frame(ACK | _ACK_FORMAT, None, None, None, None, of.counter)
    control = ACK | (EXTENDED if extended is not None else 0)
    return Frame(
        control, of.source_endpoint, of.cluster, of.profile, of.destination_endpoint, of.counter,
        extended,
    )  # fmt: skip
