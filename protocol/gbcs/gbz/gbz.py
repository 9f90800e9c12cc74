"""GBZ payloads: ZCL commands of the GSME and the GPF in components, and their alerts.

Headers are big-endian, as all of GBCS; a component's ZCL payload is little-endian, as on the air.
An encrypted payload stays an octet string, the block, until `decode_plaintext` is given what it
holds. A response may have a ZCL default response in place of any component, so the commands found
need not be those of the use case's template.

Source: GBCS 7.2.9 and 7.2.10. The layout holds to the last octet for 354 reference messages.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError, EncodeError
from gbcs.record import Record
from gbcs.zcl import zcl
from gbcs.zcl.encoder import encode_fields, encode_value
from gbcs.zcl.types import short

if TYPE_CHECKING:
    from gbcs.gbz.template import Expected
    from gbcs.zcl.types import Field

PROFILE = 0x0109  # Smart Energy

# Bits of a component's control octet
LAST = 0x01
ENCRYPTED = 0x02
FROM_DATE_TIME = 0x10

_FRAME_CONTROL = const(0x19)  # what a GBZ frame control may have set: never a manufacturer code
_BLOCK_LEAST = const(17)  # security control, invocation counter, tag
_BLOCK_HEADER = b"\x31\x00\x00\x00\x00"


class Gbz(Record):
    """The payload of a command or response: the `profile` and its `components`."""

    __slots__ = ("profile", "components")

    def __init__(self, profile: int, components: "list[Component]") -> None:
        self.profile = profile
        self.components = components


class GbzAlert(Record):
    """The payload of an alert: `code`, `time` (seconds since 2000) and what the code calls for.

    `count` is the number of components it declares, 0 or 1; `body` is a list of fields, or None
    where a `component` takes its place.
    """

    __slots__ = ("profile", "count", "code", "time", "body", "component")

    def __init__(
        self,
        profile: int,
        count: int,
        code: int,
        time: int,
        body: "list[Field] | None",
        component: "Component | None",
    ) -> None:
        self.profile = profile
        self.count = count
        self.code = code
        self.time = time
        self.body = body
        self.component = component


class Component(Record):
    """One ZCL command in its wrapper.

    `from_date_time` is seconds since 2000 or None; `additional_header` and `frame_counter` are
    None where nothing is encrypted. `name` is the standard's name of the command. Of `fields`
    (the ZCL payload) and `block` (`31 00000000`, ciphertext, tag) one is there, the other None.
    """

    __slots__ = (
        "control",
        "cluster",
        "additional_header",
        "frame_counter",
        "from_date_time",
        "frame_control",
        "sequence",
        "command",
        "name",
        "fields",
        "block",
    )  # fmt: skip

    def __init__(
        self,
        control: int,
        cluster: int,
        additional_header: "int | None",
        frame_counter: "int | None",
        from_date_time: "int | None",
        frame_control: int,
        sequence: int,
        command: int,
        name: str,
        fields: "list[Field] | None",
        block: "bytes | None",
    ) -> None:
        self.control = control
        self.cluster = cluster
        self.additional_header = additional_header
        self.frame_counter = frame_counter
        self.from_date_time = from_date_time
        self.frame_control = frame_control
        self.sequence = sequence
        self.command = command
        self.name = name
        self.fields = fields
        self.block = block


def decode(data: bytes, offset: int, end: int, code: int, kind: str) -> "Gbz | GbzAlert":
    """The payload `data[offset:end]` of a message with this message code and kind.

    `kind` is "command", "precommand", "response" or "alert". Raises DecodeError.
    """
    if kind == "alert":
        return _decode_alert(data, offset, end, code)
    count, at = _head(data, offset, end)
    components = []
    for left in range(count - 1, -1, -1):
        if end - at > 7 and data[at] == (left == 0) and not data[at + 5] & ~_FRAME_CONTROL:
            stop = at + 5 + (data[at + 3] << 8 | data[at + 4])
            if at + 8 <= stop <= end:  # as nearly all are, without a call
                cluster = data[at + 1] << 8 | data[at + 2]
                control = data[at + 5]
                command = data[at + 7]
                name, fields = zcl.decode_payload(data, at + 8, stop, cluster, control, command)
                component = Component(
                    data[at],
                    cluster,
                    None,
                    None,
                    None,
                    control,
                    data[at + 6],
                    command,
                    name,
                    fields,
                    None,
                )
                components.append(component)
                at = stop
                continue
        component, at = _decode_component(data, at, end, left == 0)
        components.append(component)
    if at != end:
        raise DecodeError("end expected, %d octets left" % (end - at), at, "components")
    return Gbz(PROFILE, components)


def encode(record: "Gbz | GbzAlert") -> bytes:
    """The octets of a payload; EncodeError where there are none."""
    if isinstance(record, GbzAlert):
        return _encode_alert(record)
    count = len(record.components)
    if not 0 < count < 256:
        raise EncodeError("1 to 255 components expected, found %d" % count, "components")
    out = [_number(record.profile, 2, "profile") + _number(count, 1, "components")]
    for index, component in enumerate(record.components, 1):
        out.append(_encode_component(component, index == count))
    return b"".join(out)


def skip(data: bytes, offset: int, end: int) -> None:
    """Checks the payload of a command or response to its last octet, and builds nothing of it."""
    count, at = _head(data, offset, end)
    for left in range(count - 1, -1, -1):
        at = _skip_component(data, at, end, left == 0)
    if at != end:
        raise DecodeError("end expected, %d octets left" % (end - at), at, "components")


def decode_plaintext(octets: bytes, component: Component) -> "list[Field]":
    """The fields of the ZCL payload that the block of `component` held.

    Offsets of a DecodeError count from the start of the plaintext.
    """
    return zcl.decode_payload(
        octets,
        0,
        len(octets),
        component.cluster,
        component.frame_control,
        component.command,
    )[1]


def template(message_code: int) -> "tuple[Expected, ...]":
    """What the use case with this message code is expected to send and to answer."""
    from gbcs.gbz import template as gbztemplate

    return gbztemplate.find(message_code)


def _head(data: bytes, at: int, end: int) -> "tuple[int, int]":
    """The number of components, and where the first begins."""
    if end - at < 3:
        raise short(3, at, end, "profile")
    _profile(data, at)
    if not data[at + 2]:
        raise DecodeError("at least one component expected", at + 2, "components")
    return data[at + 2], at + 3


def _profile(data: bytes, at: int) -> None:
    if data[at] != 1 or data[at + 1] != 9:
        raise DecodeError(
            "0109 expected, found %02X%02X" % (data[at], data[at + 1]), at, "profile"
        )


def _open(data: bytes, at: int, end: int, last: bool) -> "tuple[int, int]":
    """Checks what stands before a component's ZCL header: where that is, and the end."""
    if end - at < 8:
        raise short(8, at, end, "component")
    control = data[at]
    if control & ~0x13 or control & 0x12 == 0x12:
        raise DecodeError("a known control octet expected, found %02X" % control, at, "control")
    if control & LAST != last:
        raise DecodeError("bit 0 expected on the last component and only there", at, "control")
    size = data[at + 3] << 8 | data[at + 4]
    stop = at + 5 + size
    if stop > end:
        raise DecodeError("%d octets declared, %d left" % (size, end - at - 5), at + 3, "length")
    at += 5
    if control != LAST and control:
        at += 2 if control & ENCRYPTED else 4 if control & FROM_DATE_TIME else 0
    if stop - at < 3:
        raise short(3, at, stop, "zcl_header")
    if data[at] & ~_FRAME_CONTROL:
        raise DecodeError(
            "a known frame control expected, found %02X" % data[at], at, "zcl_header"
        )
    if control & ENCRYPTED:
        if data[at - 2]:
            raise DecodeError(
                "00 expected, found %02X" % data[at - 2], at - 2, "additional_header"
            )
        if stop - at < 5 + _BLOCK_LEAST:
            raise short(5 + _BLOCK_LEAST, at, stop, "block")
        size = data[at + 3] << 8 | data[at + 4]
        if size != stop - at - 5:
            raise DecodeError(
                "%d octets declared, %d left" % (size, stop - at - 5), at + 3, "block_length"
            )
        if data[at + 5 : at + 10] != _BLOCK_HEADER:
            raise DecodeError("3100000000 expected", at + 5, "block")
    return at, stop


def _decode_component(data: bytes, start: int, end: int, last: bool) -> "tuple[Component, int]":
    at, stop = _open(data, start, end, last)
    control = data[start]
    cluster = data[start + 1] << 8 | data[start + 2]
    frame_control = data[at]
    command = data[at + 2]
    additional = counter = from_date_time = fields = block = None
    if control & ENCRYPTED:
        additional = data[at - 2]
        counter = data[at - 1]
        block = bytes(data[at + 5 : stop])
        name = zcl.command_name(cluster, frame_control, command)
    else:
        if control & FROM_DATE_TIME:
            from_date_time = int.from_bytes(data[at - 4 : at], "big")
        name, fields = zcl.decode_payload(data, at + 3, stop, cluster, frame_control, command)
    return Component(
        control,
        cluster,
        additional,
        counter,
        from_date_time,
        frame_control,
        data[at + 1],
        command,
        name,
        fields,
        block,
    ), stop


def _skip_component(data: bytes, start: int, end: int, last: bool) -> int:
    at, stop = _open(data, start, end, last)
    if not data[start] & ENCRYPTED:
        cluster = data[start + 1] << 8 | data[start + 2]
        zcl.skip_payload(data, at + 3, stop, cluster, data[at], data[at + 2])
    return stop


def _encode_component(component: Component, last: bool) -> bytes:
    control = component.control
    encrypted = component.block is not None
    dated = component.from_date_time is not None
    wanted = last * LAST + encrypted * ENCRYPTED + dated * FROM_DATE_TIME
    if control != wanted or (encrypted and dated):
        raise EncodeError("%02X expected, found %r" % (wanted, control), "control")
    if (component.fields is None) != encrypted:
        raise EncodeError("fields or a block expected", "component")
    header = (
        _number(component.frame_control, 1, "frame_control")
        + _number(component.sequence, 1, "sequence")
        + _number(component.command, 1, "command")
    )
    if component.frame_control & ~_FRAME_CONTROL:
        raise EncodeError("a known frame control expected", "frame_control")
    if encrypted:
        block = encode_value("octets", component.block, "block")
        if len(block) < _BLOCK_LEAST or block[:5] != _BLOCK_HEADER or component.additional_header:
            raise EncodeError("an encrypted block expected", "block")
        content = (
            _number(component.additional_header, 1, "additional_header")
            + _number(component.frame_counter, 1, "frame_counter")
            + header
            + _number(len(block), 2, "block")
            + block
        )
    else:
        content = header + encode_fields(component.fields or ())
        if dated:
            content = _number(component.from_date_time, 4, "from_date_time") + content
    return (
        _number(control, 1, "control")
        + _number(component.cluster, 2, "cluster")
        + _number(len(content), 2, "length")
        + content
    )


def _number(value: "int | None", size: int, field: str) -> bytes:
    if not isinstance(value, int) or not 0 <= value < 1 << 8 * size:
        raise EncodeError("a number of %d octets expected" % size, field)
    return value.to_bytes(size, "big")


def skip_alert(data: bytes, offset: int, end: int, code: int) -> None:
    """Checks the payload of an alert as `decode` does."""
    _decode_alert(data, offset, end, code)


def _decode_alert(data: bytes, at: int, end: int, message_code: int) -> GbzAlert:
    from gbcs.gbz import alerts

    if end - at < 9:
        raise short(9, at, end, "alert")
    _profile(data, at)
    count = data[at + 2]
    if count > 1:
        raise DecodeError("0 or 1 components expected, found %d" % count, at + 2, "components")
    code = data[at + 3] << 8 | data[at + 4]
    time = int.from_bytes(data[at + 5 : at + 9], "big")
    at += 9
    form = alerts.body_of(code, message_code) if count else alerts.NOTHING
    component = body = None
    if form == alerts.COMPONENT and at < end:
        component, at = _decode_component(data, at, end, True)
    else:
        body, at = alerts.decode_body(form, data, at, end)
    if at != end:
        raise DecodeError("end expected, %d octets left" % (end - at), at, "alert")
    return GbzAlert(PROFILE, count, code, time, body, component)


def _encode_alert(alert: GbzAlert) -> bytes:
    out = (
        _number(alert.profile, 2, "profile")
        + _number(alert.count, 1, "components")
        + _number(alert.code, 2, "code")
        + _number(alert.time, 4, "time")
    )
    if alert.component is not None:
        return out + _encode_component(alert.component, True)
    return out + encode_fields(alert.body or ())
