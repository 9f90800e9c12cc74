"""ZCL frames: header, profile-wide commands, and commands of clusters, as named fields.

`decode_frame`, `encode_frame` and `skip_frame` take a frame as it is on the air; a GBZ component
has the same header and payload in a wrapper of its own, and calls `decode_payload`.

Where `clusters` knows a command, its fields must fill the payload to the last octet. Of an unknown
cluster, command or manufacturer nothing is known, and the payload is one field of octets.

Source: ZigBee Cluster Library 07-5123, 2.3 and 2.4. Direction is bit 3 of the frame control.
"""

import struct

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError, EncodeError
from gbcs.record import Record
from gbcs.zcl import clusters, profile
from gbcs.zcl.encoder import encode_fields, encode_value
from gbcs.zcl.reader import read
from gbcs.zcl.types import short

if TYPE_CHECKING:
    from gbcs.zcl.types import Field

# Bits of the frame control
CLUSTER_SPECIFIC = 0x01
MANUFACTURER_SPECIFIC = 0x04
TO_CLIENT = 0x08
NO_DEFAULT_RESPONSE = 0x10
_PLAIN_BITS = const(0x19)  # all that may be set but the manufacturer

# Profile-wide commands that a device itself sends or answers
READ_ATTRIBUTES = 0x00
READ_ATTRIBUTES_RESPONSE = 0x01
REPORT_ATTRIBUTES = 0x0A
DEFAULT_RESPONSE = 0x0B


class Frame(Record):
    """A ZCL frame; `manufacturer` is a code or None, `fields` the payload."""

    __slots__ = ("frame_control", "manufacturer", "sequence", "command", "fields")

    def __init__(
        self,
        frame_control: int,
        manufacturer: "int | None",
        sequence: int,
        command: int,
        fields: "list[Field]",
    ) -> None:
        self.frame_control = frame_control
        self.manufacturer = manufacturer
        self.sequence = sequence
        self.command = command
        self.fields = fields


def decode_frame(data: bytes, offset: int, end: int, cluster: int) -> Frame:
    """The frame in `data[offset:end]` of a cluster, its fields named; DecodeError otherwise."""
    control, manufacturer, at = _header(data, offset, end)
    command = data[at - 1]
    if not control & CLUSTER_SPECIFIC:
        fields = profile.decode(data, at, end, cluster, control & TO_CLIENT, command)
    elif manufacturer is None:
        fields = decode_payload(data, at, end, cluster, control, command)[1]
    else:
        fields = _octets(data, at, end)
    return Frame(control, manufacturer, data[at - 2], command, fields)


def encode_frame(frame: Frame) -> bytes:
    """The octets of a frame; EncodeError where a field has none."""
    control = frame.frame_control
    head = bytes((_octet(control, "frame_control"),))
    if (frame.manufacturer is not None) != bool(control & MANUFACTURER_SPECIFIC):
        raise EncodeError("a manufacturer code expected exactly where its bit is set", "frame")
    if frame.manufacturer is not None:
        head += encode_value("uint16", frame.manufacturer, "manufacturer")
    head += bytes((_octet(frame.sequence, "sequence"), _octet(frame.command, "command")))
    return head + encode_fields(frame.fields)


def skip_frame(data: bytes, offset: int, end: int, cluster: int) -> None:
    """Checks a frame as `decode_frame` does, and builds nothing."""
    control, manufacturer, at = _header(data, offset, end)
    if manufacturer is None or not control & CLUSTER_SPECIFIC:
        skip_payload(data, at, end, cluster, control, data[at - 1])


def _octet(value: int, field: str) -> int:
    if not isinstance(value, int) or not 0 <= value < 256:
        raise EncodeError("a number of one octet expected", field)
    return value


def _header(data: bytes, at: int, end: int) -> "tuple[int, int | None, int]":
    """Frame control, manufacturer code, and where the payload begins."""
    if end - at >= 3 and not data[at] & ~_PLAIN_BITS:
        return data[at], None, at + 3
    if at >= end:
        raise short(1, at, end, "frame_control")
    control = data[at]
    if control & ~(_PLAIN_BITS | MANUFACTURER_SPECIFIC):
        raise DecodeError("a known frame control expected, found %02X" % control, at, "zcl_header")
    size = 5 if control & MANUFACTURER_SPECIFIC else 3
    if size > end - at:
        raise short(size, at, end, "zcl_header")
    return control, data[at + 1] | data[at + 2] << 8, at + size


def command_name(cluster: int, frame_control: int, command: int) -> str:
    """The standard's name of a command, or `command_XX`."""
    if frame_control & CLUSTER_SPECIFIC:
        name = clusters.command_name(cluster, frame_control & TO_CLIENT, command)
        return name or "command_%02X" % command
    return profile.command_name(command)


def decode_payload(
    data: bytes, at: int, end: int, cluster: int, frame_control: int, command: int
) -> "tuple[str, list[Field]]":
    """The name of a command, and the fields of its payload `data[at:end]`.

    Raises DecodeError where the payload is not one of this command.
    """
    if not frame_control & CLUSTER_SPECIFIC:
        return profile.command_name(command), profile.decode(
            data, at, end, cluster, frame_control & TO_CLIENT, command
        )
    name, layout, run = clusters.command(cluster, frame_control & TO_CLIENT, command)
    if run is not None and run[1] == end - at:  # most commands, and all there is to do for them
        values: tuple[object, ...] | list[object] = struct.unpack_from(run[2], data, at)
        if run[6]:
            values = fixed = list(values)
            for index, fix in run[6]:
                fixed[index] = fix(fixed[index])
        return name, list(zip(run[3], run[4], values, run[5]))
    if layout is None:
        return name, _octets(data, at, end)
    fields: list[Field] = []
    at = read(layout, data, at, end, fields, {})
    if at != end:
        raise DecodeError("end expected, %d octets left" % (end - at), at, "payload")
    return name, fields


def skip_payload(
    data: bytes, at: int, end: int, cluster: int, frame_control: int, command: int
) -> None:
    """Checks a payload as `decode_payload` does, and builds nothing that stays."""
    if not frame_control & CLUSTER_SPECIFIC:
        profile.skip(data, at, end, cluster, frame_control & TO_CLIENT, command)
        return
    layout = clusters.command(cluster, frame_control & TO_CLIENT, command)[1]
    if layout is not None:
        at = read(layout, data, at, end, None, {})
        if at != end:
            raise DecodeError("end expected, %d octets left" % (end - at), at, "payload")


def _octets(data: bytes, at: int, end: int) -> "list[Field]":
    return [("payload", "octets", bytes(data[at:end]), None)] if at < end else []
