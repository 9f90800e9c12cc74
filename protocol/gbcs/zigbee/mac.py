"""IEEE 802.15.4 frames: beacons, data, acknowledgements and commands, without their FCS.

A PAN id or short address is an int, an EUI-64 eight octets, most significant first; None where
the frame has none. MAC security is not used in ZigBee, and a frame that has it is refused.

Source: IEEE 802.15.4-2006, 7.2; ZigBee 05-3474-21, 3.6.7 (beacon payload).
"""

from struct import pack, unpack_from

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError, EncodeError
from gbcs.octets import Reader
from gbcs.record import Record

if TYPE_CHECKING:
    Address = int | bytes | None

BEACON = 0
DATA = 1
ACK = 2
COMMAND = 3

# The first octet of a command's payload
ASSOCIATION_REQUEST = 0x01
ASSOCIATION_RESPONSE = 0x02
DATA_REQUEST = 0x04
BEACON_REQUEST = 0x07

BROADCAST = 0xFFFF
LARGEST = 125  # octets of a frame; 127 with its FCS

# Bits of the frame control
SECURITY = const(0x0008)
PENDING = 0x0010
ACK_REQUEST = 0x0020
_SAME_PAN = const(0x0040)
_FORM = const(0xEC4C)  # all bits but the kind of a known one, PENDING, ACK_REQUEST, the version
_ALL_SHORT = const(0x8840)  # two short addresses in one PAN
_SHORT = const(2)
_LONG = const(3)

# Association: status of a response
SUCCESS = 0x00
PAN_AT_CAPACITY = 0x01
PAN_ACCESS_DENIED = 0x02

# Capability information
MAINS_POWERED_ROUTER = 0x8E
SLEEPY_END_DEVICE = 0x80
RECEIVES_WHEN_IDLE = 0x08


class Frame(Record):
    """A frame; `source_pan` is that of the destination where the frame says it once."""

    __slots__ = (
        "control",
        "sequence",
        "destination_pan",
        "destination",
        "source_pan",
        "source",
        "payload",
    )

    def __init__(
        self,
        control: int,
        sequence: int,
        destination_pan: "int | None" = None,
        destination: "Address" = None,
        source_pan: "int | None" = None,
        source: "Address" = None,
        payload: bytes = b"",
    ) -> None:
        self.control = control
        self.sequence = sequence
        self.destination_pan = destination_pan
        self.destination = destination
        self.source_pan = source_pan
        self.source = source
        self.payload = payload

    @property
    def kind(self) -> int:
        """BEACON, DATA, ACK or COMMAND."""
        return self.control & 7


def decode(octets: bytes) -> Frame:
    """The frame in these octets, its FCS taken off; DecodeError."""
    if len(octets) >= 9:
        control, sequence, pan, to, by = unpack_from("<HBHHH", octets)
        if control & _FORM == _ALL_SHORT:  # nearly every frame
            return Frame(control, sequence, pan, to, pan, by, bytes(octets[9:]))
    reader = Reader(octets)
    control = little(reader, 2, "frame_control")
    if control & SECURITY or control & 7 > COMMAND or control >> 12 & 3 > 1:
        raise DecodeError("a ZigBee frame control expected, found %04X" % control, 0, "mac")
    sequence = reader.octet("sequence")
    destination_pan = source_pan = None
    destination = source = None
    mode = control >> 10 & 3
    if mode:
        destination_pan = little(reader, 2, "destination_pan")
        destination = _address(reader, mode, "destination")
    mode = control >> 14
    if mode:
        source_pan = destination_pan if control & _SAME_PAN else little(reader, 2, "source_pan")
        source = _address(reader, mode, "source")
    payload = reader.take(reader.left(), "payload")
    return Frame(control, sequence, destination_pan, destination, source_pan, source, payload)


def encode(frame: Frame) -> bytes:
    """The octets of a frame, which its `control` lays out; EncodeError where that does not fit."""
    control, pan, to, by = frame.control, frame.destination_pan, frame.destination, frame.source
    if (
        control & _FORM == _ALL_SHORT
        and isinstance(pan, int)
        and isinstance(to, int)
        and isinstance(by, int)
    ):
        out = pack("<HBHHH", control, frame.sequence, pan, to, by)
    else:
        out = bytes((control & 0xFF, control >> 8, frame.sequence))
        mode = control >> 10 & 3
        if mode:
            out += _pan(pan) + _octets(to, mode)
        mode = control >> 14
        if mode:
            if not control & _SAME_PAN:
                out += _pan(frame.source_pan)
            out += _octets(by, mode)
    out += frame.payload
    if len(out) > LARGEST:
        raise EncodeError("at most %d octets expected, found %d" % (LARGEST, len(out)), "mac")
    return out


def little(reader: Reader, size: int, field: str) -> int:
    """The next octets as an unsigned number, least significant first."""
    start = reader.offset
    stop = start + size
    if stop > reader.end:
        reader.take(size, field)  # raises what says so
    reader.offset = stop
    return int.from_bytes(reader.data[start:stop], "little")


def reverse(eui: bytes) -> bytes:
    """An EUI-64 as it goes on the air, or back."""
    return int.from_bytes(eui, "big").to_bytes(8, "little")


def _address(reader: Reader, mode: int, field: str) -> "Address":
    if mode == _SHORT:
        return little(reader, 2, field)
    if mode == _LONG:
        return reverse(reader.take(8, field))
    raise DecodeError("a known addressing mode expected", reader.offset, field)


def _octets(address: "Address", mode: int) -> bytes:
    if mode == _SHORT and isinstance(address, int):
        return address.to_bytes(2, "little")
    if mode == _LONG and isinstance(address, bytes) and len(address) == 8:
        return reverse(address)
    raise EncodeError("an address of the mode in the frame control expected", "mac")


def _pan(pan: "int | None") -> bytes:
    if pan is None:
        raise EncodeError("a PAN id expected", "mac")
    return pan.to_bytes(2, "little")


def fcs(octets: bytes) -> bytes:
    """The frame check sequence of a frame, two octets: CRC-16 of ITU-T, from zero."""
    crc = 0
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ 0x8408 if crc & 1 else crc >> 1
    return crc.to_bytes(2, "little")


# What ZigBee sends


def beacon_request(sequence: int) -> Frame:
    """Asks coordinators and routers within reach for a beacon."""
    return Frame(0x0803, sequence, BROADCAST, BROADCAST, None, None, bytes((BEACON_REQUEST,)))


def beacon(sequence: int, pan: int, source: int, payload: "Beacon") -> Frame:
    """The answer of a coordinator or router."""
    return Frame(0x8000, sequence, None, None, pan, source, encode_beacon(payload))


def association_request(
    sequence: int, pan: int, parent: int, eui: bytes, capability: int
) -> Frame:
    """May I have a short address?"""
    payload = bytes((ASSOCIATION_REQUEST, capability))
    return Frame(0xC823, sequence, pan, parent, BROADCAST, eui, payload)


def association_response(
    sequence: int, pan: int, eui: bytes, parent: bytes, short: int, status: int
) -> Frame:
    """The short address, FFFF unless status is SUCCESS; sent when the device asks for data."""
    payload = bytes((ASSOCIATION_RESPONSE, short & 0xFF, short >> 8, status))
    return Frame(0xCC63, sequence, pan, eui, pan, parent, payload)


def data_request(sequence: int, pan: int, parent: int, source: "int | bytes") -> Frame:
    """Is there anything for me? `source` is a short address, or an EUI-64 before there is one."""
    control = 0x8863 if isinstance(source, int) else 0xC863
    return Frame(control, sequence, pan, parent, pan, source, bytes((DATA_REQUEST,)))


def data(sequence: int, pan: int, destination: int, source: int, payload: bytes) -> Frame:
    """A NWK frame to a neighbour, who acknowledges it, or to all."""
    control = 0x8841 if destination == BROADCAST else 0x8861
    return Frame(control, sequence, pan, destination, pan, source, payload)


def ack(sequence: int, is_pending: bool = False) -> bytes:
    """The octets that say that the frame of this number has come.

    There is more for its sender where `is_pending`.
    """
    return bytes((ACK | PENDING if is_pending else ACK, 0, sequence))


class Beacon(Record):
    """What a beacon says: `superframe` is the MAC's 16 bits, `stack` the 16 bits of ZigBee."""

    __slots__ = ("superframe", "stack", "extended_pan_id", "tx_offset", "update_id")

    def __init__(
        self,
        superframe: int,
        stack: int,
        extended_pan_id: bytes,
        tx_offset: int = 0xFFFFFF,
        update_id: int = 0,
    ) -> None:
        self.superframe = superframe
        self.stack = stack
        self.extended_pan_id = extended_pan_id
        self.tx_offset = tx_offset
        self.update_id = update_id

    @property
    def permits_joining(self) -> bool:
        """Whether association is open."""
        return bool(self.superframe & PERMIT_JOINING)


PERMIT_JOINING = 0x8000
COORDINATOR_SUPERFRAME = 0x4FFF  # no superframes, a PAN coordinator
PRO_STACK = 0x8422  # profile 2, version 2, room for routers and end devices, depth 0


def decode_beacon(payload: bytes) -> Beacon:
    """The payload of a beacon of a ZigBee network; DecodeError where it is of another."""
    reader = Reader(payload)
    superframe = little(reader, 2, "superframe")
    reader.expect(b"\x00\x00", "gts_and_pending")
    reader.expect(b"\x00", "protocol_id")
    stack = little(reader, 2, "stack")
    pan = reverse(reader.take(8, "extended_pan_id"))
    offset = little(reader, 3, "tx_offset")
    update = reader.octet("update_id")
    reader.finish("beacon")
    return Beacon(superframe, stack, pan, offset, update)


def encode_beacon(beacon: Beacon) -> bytes:
    """The payload of a beacon."""
    return (
        beacon.superframe.to_bytes(2, "little")
        + b"\x00\x00\x00"
        + beacon.stack.to_bytes(2, "little")
        + reverse(beacon.extended_pan_id)
        + beacon.tx_offset.to_bytes(3, "little")
        + bytes((beacon.update_id,))
    )
