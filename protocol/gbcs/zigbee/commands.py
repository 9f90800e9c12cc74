"""The commands of NWK, APS and ZDO as named fields: tables in the language of `gbcs.zcl.layout`.

`decode(table, identifier, data, at, end)` gives the command's name and fields, `encode(table,
identifier, values)` the octets of a payload from a mapping of names to values. A command's own
identifier is not part of its payload here. A key transported is in these fields: they are for
those who may see it.

Sources: ZigBee 05-3474-21, 2.4 (ZDO), 3.4 (NWK), 4.4 (APS).
"""

from gbcs.compat import TYPE_CHECKING, ZIGBEE_LAYOUTS_KEPT
from gbcs.errors import DecodeError, EncodeError
from gbcs.zcl.encoder import encode_value
from gbcs.zcl.layout import (
    CASE,
    GROUPS,
    LIST,
    OCTETS,
    OPTIONAL,
    RUN,
    STRING,
    compile_layout,
    line_of,
)
from gbcs.zcl.reader import read

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.zcl.types import Field

NWK = """
04 Leave options:map8
05 RouteRecord relays:uint8 relay_list:uint16*relays
06 RejoinRequest capability:map8
07 RejoinResponse short_address:uint16 status:enum8
08 LinkStatus options:uint8 entries:octets
0A NetworkUpdate options:map8 extended_pan_id:EUI64 update_id:uint8 update:octets
0B EndDeviceTimeoutRequest timeout:enum8 configuration:map8
0C EndDeviceTimeoutResponse status:enum8 parent_information:map8
"""

APS = """
05 TransportKey key_type:enum8 key:key128 ?key_type=1(key_sequence:uint8
    destination:EUI64 source:EUI64) ?key_type=3(partner:EUI64 initiator:bool)
    ?key_type=4(destination:EUI64 source:EUI64)
06 UpdateDevice device:EUI64 short_address:uint16 status:enum8
07 RemoveDevice target:EUI64
08 RequestKey key_type:enum8 ?key_type=2(partner:EUI64)
09 SwitchKey key_sequence:uint8
0E Tunnel destination:EUI64 command:octets
0F VerifyKey key_type:enum8 source:EUI64 hash:key128
10 ConfirmKey status:enum8 key_type:enum8 destination:EUI64
"""

ZDO = """
0000 NwkAddrReq sequence:uint8 eui64:EUI64 request_type:enum8 start_index:uint8
0001 IeeeAddrReq sequence:uint8 short_address:uint16 request_type:enum8 start_index:uint8
0002 NodeDescReq sequence:uint8 short_address:uint16
0004 SimpleDescReq sequence:uint8 short_address:uint16 endpoint:uint8
0005 ActiveEpReq sequence:uint8 short_address:uint16
0006 MatchDescReq sequence:uint8 short_address:uint16 profile:uint16
    in_count:uint8 in_clusters:clusterId*in_count out_count:uint8 out_clusters:clusterId*out_count
0013 DeviceAnnce sequence:uint8 short_address:uint16 eui64:EUI64 capability:map8
0021 BindReq sequence:uint8 source:EUI64 source_endpoint:uint8 cluster:clusterId
    address_mode:enum8 destination:EUI64 destination_endpoint:uint8
0022 UnbindReq sequence:uint8 source:EUI64 source_endpoint:uint8 cluster:clusterId
    address_mode:enum8 destination:EUI64 destination_endpoint:uint8
0034 MgmtLeaveReq sequence:uint8 eui64:EUI64 flags:map8
0036 MgmtPermitJoiningReq sequence:uint8 duration:uint8:unit:s tc_significance:uint8
8000 NwkAddrRsp sequence:uint8 status:enum8 eui64:EUI64 short_address:uint16 ?(rest:octets)
8001 IeeeAddrRsp sequence:uint8 status:enum8 eui64:EUI64 short_address:uint16 ?(rest:octets)
8002 NodeDescRsp sequence:uint8 status:enum8 short_address:uint16 ?(node_descriptor:octets)
8004 SimpleDescRsp sequence:uint8 status:enum8 short_address:uint16 length:uint8
    ?(endpoint:uint8 profile:uint16 device_id:uint16 device_version:uint8
    in_count:uint8 in_clusters:clusterId*in_count out_count:uint8 out_clusters:clusterId*out_count)
8005 ActiveEpRsp sequence:uint8 status:enum8 short_address:uint16 ?(count:uint8
    endpoints:uint8*count)
8006 MatchDescRsp sequence:uint8 status:enum8 short_address:uint16 count:uint8
    endpoints:uint8*count
8021 BindRsp sequence:uint8 status:enum8
8022 UnbindRsp sequence:uint8 status:enum8
8034 MgmtLeaveRsp sequence:uint8 status:enum8
8036 MgmtPermitJoiningRsp sequence:uint8 status:enum8
"""

# APS commands: what a transported key is
NETWORK = 1
APPLICATION_LINK = 3
TC_LINK = 4

# Update-Device: status
SECURED_REJOIN = 0
UNSECURED_JOIN = 1
LEFT = 2
TC_REJOIN = 3

# ZDO clusters
NODE_DESC_REQ = 0x0002
SIMPLE_DESC_REQ = 0x0004
ACTIVE_EP_REQ = 0x0005
MATCH_DESC_REQ = 0x0006
DEVICE_ANNCE = 0x0013
MGMT_LEAVE_REQ = 0x0034
RESPONSE = 0x8000

_layouts: "dict[str, tuple]" = {}


def _find(table: str, identifier: int) -> "tuple[str, tuple] | None":
    """Name and layout of a command."""
    start = "\n%04X " % identifier if table is ZDO else "\n%02X " % identifier
    line = line_of(table, start[:-1])
    if not line:
        return None
    name, _, fields = line.partition(" ")
    layout = _layouts.get(name)
    if layout is None:
        if len(_layouts) >= ZIGBEE_LAYOUTS_KEPT:
            _layouts.clear()
        layout = _layouts[name] = compile_layout(fields)
    return name, layout


def name_of(table: str, identifier: int) -> str:
    """The name of a command, or `command_XX`."""
    command = _find(table, identifier)
    return "command_%02X" % identifier if command is None else command[0]


def decode(
    table: str, identifier: int, data: bytes, at: int = 0, end: "int | None" = None
) -> "tuple[str, list[Field]]":
    """The name and the fields of a command's payload `data[at:end]`; DecodeError.

    Of an unknown command the payload is one field of octets.
    """
    if end is None:
        end = len(data)
    command = _find(table, identifier)
    if command is None:
        payload: list[Field] = [("payload", "octets", bytes(data[at:end]), None)]
        return "command_%02X" % identifier, payload if at < end else []
    fields: list[Field] = []
    at = read(command[1], data, at, end, fields, {})
    if at != end:
        raise DecodeError("end expected, %d octets left" % (end - at), at, command[0])
    return command[0], fields


def values(table: str, identifier: int, data: bytes, at: int = 0) -> "dict[str, Any]":
    """The fields of a payload by name, lists as lists of plain values; DecodeError."""
    named: dict[str, Any] = {}
    for name, kind, value, _ in decode(table, identifier, data, at)[1]:
        named[name or ""] = [element[2] for element in value] if kind == "list" else value  # type: ignore[attr-defined]
    return named


def encode(table: str, identifier: int, given: "dict[str, Any]") -> bytes:
    """The payload of a command, from values by name; EncodeError where one is missing or wrong."""
    command = _find(table, identifier)
    if command is None:
        raise EncodeError("no command has this identifier", "%02X" % identifier)
    out: list[bytes] = []
    _write(command[1], given, out)
    return b"".join(out)


def _write(layout: tuple, given: "dict[str, Any]", out: "list[bytes]") -> None:
    """Follows a layout; of its steps those that these tables use."""
    for step in layout:
        op = step[0]
        if op == RUN:
            for name, kind in zip(step[3], step[4]):
                out.append(encode_value(kind, _given(given, name), name))
        elif op in (STRING, OCTETS):
            out.append(bytes(_given(given, step[1])))
        elif op == LIST:
            for element in _given(given, step[1]):
                out.append(encode_value(step[2][1], element, step[1]))
        elif op == CASE:
            if given.get(step[1]) in step[2]:
                _write(step[3], given, out)
        elif op == OPTIONAL:
            first = step[1][0]
            name = first[3][0] if first[0] == RUN else first[1]
            if name in given:
                _write(step[1], given, out)
        elif op == GROUPS:
            raise EncodeError("no table here has groups", step[1])


def _given(given: "dict[str, Any]", name: str) -> "Any":
    if name not in given:
        raise EncodeError("a value expected", name)
    return given[name]
