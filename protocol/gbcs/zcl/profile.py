"""Profile-wide ZCL commands: reading, writing and reporting attributes, and default responses.

Fields of attributes are named by the attribute. What devices send each day is read by functions,
the rest by layouts.

Source: ZigBee Cluster Library 07-5123, 2.4.
"""

from gbcs.compat import TYPE_CHECKING, ZCL_LAYOUTS_KEPT
from gbcs.errors import DecodeError
from gbcs.zcl import clusters
from gbcs.zcl.layout import compile_layout, line_of
from gbcs.zcl.reader import read
from gbcs.zcl.types import decode_typed, short, skip_typed

if TYPE_CHECKING:
    from gbcs.zcl.types import Field

STATUS_HINT = "names:zcl_status"

_COMMANDS = """
00 ReadAttributes
01 ReadAttributesResponse
02 WriteAttributes
03 WriteAttributesUndivided
04 WriteAttributesResponse
05 WriteAttributesNoResponse
06 ConfigureReporting attributes*(direction:uint8 attribute_identifier:attribId
    ?direction=0(data_type:uint8 minimum_reporting_interval:uint16:unit:s
    maximum_reporting_interval:uint16:unit:s reportable_change:change:data_type)
    ?direction=1(timeout_period:uint16:unit:s))
07 ConfigureReportingResponse
08 ReadReportingConfiguration attributes*(direction:uint8 attribute_identifier:attribId)
09 ReadReportingConfigurationResponse attributes*(status:enum8:names:zcl_status direction:uint8
    attribute_identifier:attribId
    ?status=0(?direction=0(data_type:uint8 minimum_reporting_interval:uint16:unit:s
    maximum_reporting_interval:uint16:unit:s reportable_change:change:data_type)
    ?direction=1(timeout_period:uint16:unit:s)))
0A ReportAttributes
0B DefaultResponse
0C DiscoverAttributes start_attribute_identifier:attribId maximum_attribute_identifiers:uint8
0D DiscoverAttributesResponse discovery_complete:bool
    attributes*(attribute_identifier:attribId data_type:uint8)
0E ReadAttributesStructured attributes*(attribute_identifier:attribId selector:uint8
    indexes:uint16*selector&15)
0F WriteAttributesStructured attributes*(attribute_identifier:attribId selector:uint8
    indexes:uint16*selector&15 value:typed)
10 WriteAttributesStructuredResponse attributes*(status:enum8:names:zcl_status
    ?(attribute_identifier:attribId selector:uint8 indexes:uint16*selector&15))
11 DiscoverCommandsReceived start_command:uint8 maximum_commands:uint8
12 DiscoverCommandsReceivedResponse discovery_complete:bool commands:uint8*
13 DiscoverCommandsGenerated start_command:uint8 maximum_commands:uint8
14 DiscoverCommandsGeneratedResponse discovery_complete:bool commands:uint8*
15 DiscoverAttributesExtended start_attribute_identifier:attribId
    maximum_attribute_identifiers:uint8
16 DiscoverAttributesExtendedResponse discovery_complete:bool
    attributes*(attribute_identifier:attribId data_type:uint8 access_control:map8)
"""  # names, and fields where no function below reads them

_names: "dict[int, str]" = {}
_layouts: "dict[int, tuple]" = {}


def command_name(command: int) -> str:
    """The standard's name of a profile-wide command, or `command_XX`."""
    name = _names.get(command)
    if name is None:
        name = line_of(_COMMANDS, "\n%02X" % command).partition(" ")[0]
        if not name:
            return "command_%02X" % command
        _names[command] = name
    return name


def decode(
    data: bytes, at: int, end: int, cluster: int, to_client: int, command: int
) -> "list[Field]":
    """The fields of a profile-wide command's payload `data[at:end]`."""
    if command == 0x0B:  # three of four
        if end - at != 2:
            raise _not_default(at, end)
        answered = data[at]
        first = _answers.get(cluster << 9 | to_client << 5 | answered)
        if first is None:
            first = _answered(cluster, to_client, answered)
        return [first, ("status", "enum8", data[at + 1], STATUS_HINT)]
    reader = _READERS.get(command)
    if reader is not None:
        return reader(data, at, end, cluster, to_client, command)
    layout = _layouts.get(command)
    if layout is None:
        line = line_of(_COMMANDS, "\n%02X" % command)
        if not line:
            return [("payload", "octets", bytes(data[at:end]), None)] if at < end else []
        layout = _layouts[command] = compile_layout(line.partition(" ")[2])
    fields: list[Field] = []
    at = read(layout, data, at, end, fields, {})
    if at != end:
        raise DecodeError("end expected, %d octets left" % (end - at), at, "payload")
    return fields


def skip(data: bytes, at: int, end: int, cluster: int, to_client: int, command: int) -> None:
    """Checks a payload as `decode` does; for what devices send and are sent, it builds nothing."""
    if command == 0x00:
        if (end - at) % 2:
            raise short(2, end - 1, end, "attribute_identifier")
    elif command == 0x0B:
        if end - at != 2:
            raise _not_default(at, end)
    elif _READERS.get(command) is _read_values:
        while at < end:
            if end - at < 3:
                raise short(3, at, end, "attribute_identifier")
            start = at
            at += 3 if command == 0x01 else 2
            if command != 0x01 or not data[at - 1]:
                try:
                    at = skip_typed(data, at, end, "")
                except DecodeError as error:  # now it is worth knowing which attribute it was
                    name = _named(data, start, cluster, to_client, command)[0]
                    raise DecodeError(error.what, error.offset, name) from None
    else:
        decode(data, at, end, cluster, to_client, command)


def _read_attributes(
    data: bytes, at: int, end: int, cluster: int, to_client: int, command: int
) -> "list[Field]":
    fields: list[Field] = []
    client = to_client != 0
    while at < end:
        if end - at < 2:
            raise short(2, at, end, "attribute_identifier")
        identifier = data[at] | data[at + 1] << 8
        name = clusters.attribute(cluster, identifier, client)[0]
        fields.append((name, "attribId", identifier, None))
        at += 2
    return fields


def _read_values(
    data: bytes, at: int, end: int, cluster: int, to_client: int, command: int
) -> "list[Field]":
    """Read responses (with a status), writes and reports (without): a group an attribute."""
    answers = command == 0x01
    fields: list[Field] = []
    while at < end:
        if end - at < 3:
            raise short(3, at, end, "attribute_identifier")
        identifier = data[at] | data[at + 1] << 8
        name, _, hint = _named(data, at, cluster, to_client, command)
        group: list[Field] = [("attribute_identifier", "attribId", identifier, None)]
        at += 2
        status = 0
        if answers:
            status = data[at]
            at += 1
            group.append(("status", "enum8", status, STATUS_HINT))
        if not status:
            value, at = decode_typed(data, at, end, "value", hint, name)
            group.append(value)
        fields.append((name, "group", group, None))
    return fields


def _named(data: bytes, at: int, cluster: int, to_client: int, command: int) -> tuple:
    """Name, type and hint of the attribute whose identifier is at `at`.

    It is the server's where the server speaks of its own, and where a client writes.
    """
    client = (to_client == 0) == (command == 0x01 or command == 0x0A)
    return clusters.attribute(cluster, data[at] | data[at + 1] << 8, client)


def _read_statuses(
    data: bytes, at: int, end: int, cluster: int, to_client: int, command: int
) -> "list[Field]":
    """Responses to writing and to configuring reports: one status, or one for each that failed."""
    if end - at == 1:
        return [("status", "enum8", data[at], STATUS_HINT)]
    fields: list[Field] = []
    directed = command == 0x07
    size = 4 if directed else 3
    while at < end:
        if size > end - at:
            raise short(size, at, end, "status")
        group: list[Field] = [("status", "enum8", data[at], STATUS_HINT)]
        at += 1
        client = to_client == 0
        if directed:
            group.append(("direction", "uint8", data[at], None))
            at += 1
        identifier = data[at] | data[at + 1] << 8
        at += 2
        group.append(("attribute_identifier", "attribId", identifier, None))
        fields.append((clusters.attribute(cluster, identifier, client)[0], "group", group, None))
    return fields


def _not_default(at: int, end: int) -> DecodeError:
    if end - at < 2:
        return short(2, at, end, "command_identifier")
    return DecodeError("end expected, %d octets left" % (end - at - 2), at + 2, "payload")


_answers: "dict[int, Field]" = {}


def _answered(cluster: int, to_client: int, command: int) -> "Field":
    """The field that names the command which a default response in this direction answers.

    A profile-wide command may have been meant, of which the response says nothing; a command of
    the cluster is far likelier.
    """
    name = clusters.command_name(cluster, 0 if to_client else 8, command)
    hint = None if name is None else "enum:%d=%s" % (command, name)
    if len(_answers) >= ZCL_LAYOUTS_KEPT:
        _answers.clear()
    field = ("command_identifier", "uint8", command, hint)
    _answers[cluster << 9 | to_client << 5 | command] = field
    return field


_READERS = {
    0x00: _read_attributes,
    0x01: _read_values,
    0x02: _read_values,
    0x03: _read_values,
    0x04: _read_statuses,
    0x05: _read_values,
    0x07: _read_statuses,
    0x0A: _read_values,
}
