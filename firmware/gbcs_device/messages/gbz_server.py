"""GBZ components answered: attributes read, commands of clusters carried out.

A command carries the components of its use case's template, as often as that says, in its order,
with the attributes that it reads and the values that tell it from other use cases; another is
refused whole, and nothing of it carried out.

What an attribute holds is its data type and its value, as on the air, under a name made of cluster
and identifier. A command with an answer of its own takes it from the store, by what it asked; any
other that there is a handler for is kept, and answered by a default response; one that nothing
here carries out is not supported, but at a twin whose original took it. After a component that
fails by a hardware failure those behind it are not carried out, as in all error responses of the
reference messages; what is not found fails alone. Which answer a use case has, with which frame
control, and whether it is encrypted, its template says.

Sources: ZCL 07-5123 2.4 and 2.5; GBCS 7.2.9, 8.5, 10. All 116 reference commands are as their
templates say.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError
from gbcs.gbz import gbz
from gbcs.gbz import template as gbztemplate
from gbcs.gbz.gbz import ENCRYPTED, LAST
from gbcs.zcl import clusters, types
from gbcs_device.base.names import answer_name, attribute_name, kept_name
from gbcs_device.base.store import NO_ROOM
from gbcs_device.messages import future_dated
from gbcs_device.messages.component import (
    FAILURE,
    HARDWARE_FAILURE,
    KEPT,
    NOT_FOUND,
    SUCCESS,
    UNSUPPORTED_ATTRIBUTE,
    UNSUPPORTED_COMMAND,
    ComponentFailed,
    Part,
    parts_of,
    unpacked,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    from gbcs.gbz.template import Expected
    from gbcs_device.interfaces import Table
    from gbcs_device.messages.device import Command

    # Give type and value of an attribute; carry out a command: its answers, or None
    Maker = Callable[[Command, Part], bytes | None]
    Handler = Callable[[Command, Part], list[tuple[int, bytes]] | None]

_SPECIFIC = const(0x01)
_TO_CLIENT = const(0x08)
_READ_RESPONSE, _DEFAULT = 0x01, 0x0B
_NOT_CARRIED_OUT = const(0xFF)  # in place of the command that a default response answers


def answer(command: "Command") -> bytes:
    """The components that answer a command.

    Of the device's objects, `live[cluster, identifier](command, part)` gives an attribute's type
    and value; `actions[cluster, direction, command](command, part)` carries out a command: it
    gives the answer's payload, or None for a default response; or raises ComponentFailed. What is
    kept for its date, or cancelled, is answered by `actions[cluster, direction, command, KEPT]`
    where that is there.
    Raises DecodeError where the payload is none, or its components are not those of the use case's
    template.
    """
    m, device = command.m, command.device
    gbz.skip(m.octets, m.content_start, m.content_end)
    live: Table[Maker]
    actions: Table[Handler]
    live, actions = device.objects(device.account is not None)
    parts = parts_of(m.octets, m.content_start, m.content_end)
    expected = gbztemplate.find(m.code)
    if not _conform(parts, expected):
        raise DecodeError("the components of the use case expected", m.content_start, "content")
    template = [row for row in expected if row.side == "response"]
    out = bytearray(m.octets[m.content_start : m.content_start + 3])
    failed = NO_ROOM in command.work
    encrypted = count = last = 0
    for part in parts:
        direction = ~part.frame_control & _TO_CLIENT
        specific = 0
        if failed:
            answers = [(_DEFAULT, bytes((_NOT_CARRIED_OUT, FAILURE)))]
        else:
            try:
                specific, answers, failed = _carried_out(command, part, live, actions, template)
            except ComponentFailed as error:
                answers = [(_DEFAULT, bytes((part.command, error.status)))]
                failed = error.status == HARDWARE_FAILURE
        for identifier, content in answers:
            control, hide = _form(template, part.cluster, specific, identifier, direction)
            header = bytes((control, part.sequence, identifier))
            if hide:
                block = command.seal(content)
                header = bytes((0, encrypted)) + header
                content = len(block).to_bytes(2, "big") + block
                encrypted += 1
            content = header + content
            count += 1
            last = len(out)
            out += bytes((ENCRYPTED if hide else 0, part.cluster >> 8, part.cluster & 0xFF))
            out += len(content).to_bytes(2, "big") + content
    out[last] |= LAST
    out[2] = count
    return bytes(out)


def _conform(parts: "list[Part]", expected: "tuple[Expected, ...]") -> bool:
    """Whether the components are those of a template's command, none more and none less."""
    at = 0
    for row in expected:
        if row.side == "command":
            count = 0
            while at < len(parts) and count != row.most and _conforms(parts[at], row):
                at += 1
                count += 1
            if count < row.least:
                return False
    return at == len(parts)


def _conforms(part: Part, row: "Expected") -> bool:
    """Whether a component is one of a row of the template."""
    if (
        part.cluster != row.cluster
        or part.frame_control != row.frame_control
        or part.command != row.command
        or (part.from_date_time is not None) != row.from_date_time
    ):
        return False
    if not row.frame_control & _SPECIFIC:  # a read of these attributes
        asked = [int(name).to_bytes(2, "little") for name, _ in row.constants]
        return part.payload == b"".join(asked)
    if row.decisive:
        values = {field[0]: field[2] for field in part.fields()}
        allowed: Any
        for name, allowed in row.decisive:
            if values.get(name) not in allowed:
                return False
    return True


def _carried_out(
    command: "Command",
    part: Part,
    live: "Table[Maker]",
    actions: "Table[Handler]",
    template: "list[Expected]",
) -> "tuple[int, list[tuple[int, bytes]], bool]":
    """Whether the answers are cluster-specific (1), command and payload of each, any failure."""
    key = (part.cluster, part.frame_control & _TO_CLIENT, part.command)
    faults = command.device.faults
    fault = faults.get(("C",) + key, faults.get(("C",) + key + (part.payload,)))
    if fault is not None:
        raise ComponentFailed(fault)
    if not part.frame_control & _SPECIFIC:  # no template has another than reads
        content, failed = _read(command, part, live, template)
        return 0, [(_READ_RESPONSE, content)], failed
    handler = actions.get(key)
    kept = kept_name(part.cluster, part.command)
    if (
        handler is None
        and command.get(kept) is None
        and _answered(command, part) is None
        and not _asks(key)
    ):
        raise ComponentFailed(UNSUPPORTED_COMMAND)
    if command.case.future_dated and future_dated.keep_part(command, part):
        handler = actions.get(key + (KEPT,))
    answers = None if handler is None else handler(command, part)
    if answers is None:
        octets = _answered(command, part)
        answers = None if octets is None else unpacked(octets)
    if answers is not None:
        return _SPECIFIC, answers, False
    if _asks(key):
        raise ComponentFailed(NOT_FOUND)
    command.changes[kept] = part.payload
    return 0, [(_DEFAULT, bytes((part.command, SUCCESS)))], False


def _answered(command: "Command", part: Part) -> "bytes | None":
    """The answers that the store has to a cluster's command, packed, or None."""
    return command.get(answer_name(part.cluster, part.command, part.payload))


def _asks(key: "tuple[int, int, int]") -> bool:
    """Whether a cluster's command asks for something."""
    return (clusters.command_name(key[0], key[1], key[2]) or "")[:3] == "Get"


def _form(
    template: "list[Expected]", cluster: int, specific: int, command: int, direction: int
) -> "tuple[int, bool]":
    """The frame control of an answer, and whether it is encrypted."""
    for row in template:
        if row.cluster == cluster and row.command == command and row.frame_control & 1 == specific:
            return row.frame_control, row.encrypted
    for row in template:  # a default response goes the way of the answer it stands for
        if row.cluster == cluster:
            return specific | row.frame_control & _TO_CLIENT, False
    return specific | direction, False


def _read(
    command: "Command", part: Part, live: "Table[Maker]", template: "list[Expected]"
) -> "tuple[bytes, bool]":
    """A read attributes response, and whether an attribute failed by the hardware."""
    out = bytearray()
    failed = False
    for at in range(0, len(part.payload), 2):
        identifier = part.payload[at] | part.payload[at + 1] << 8
        out += part.payload[at : at + 2]
        fault = command.device.faults.get(("A", part.cluster, identifier))
        maker = live.get((part.cluster, identifier))
        value = (
            command.get(attribute_name(part.cluster, identifier))
            if maker is None
            else maker(command, part)
        )
        default = attribute_of(template, part.cluster, identifier)
        if fault is not None:
            out.append(fault)
            failed = failed or fault == HARDWARE_FAILURE
        elif value is None and default is None:
            out.append(UNSUPPORTED_ATTRIBUTE)
        else:
            out.append(SUCCESS)
            out += default or b"" if value is None else value
    return bytes(out), failed


def attribute_of(template: "list[Any]", cluster: int, identifier: int) -> "bytes | None":
    """Type and value of an attribute that a template's responses name; None where none does."""
    for expected in template:
        if expected.cluster == cluster and not expected.frame_control & 1:
            for name, kind in expected.constants:
                if name == identifier and kind is not None:
                    row = types.by_name(kind)
                    if row is not None:
                        return bytes((row[0],)) + (bytes(row[2]) if row[2] else b"\x00")
    return None
