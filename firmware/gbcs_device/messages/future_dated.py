"""Commands kept for their date: when the next is due, its outcome and its alert.

    later/XXXX        a whole command (CS02b, CS02g, CS06), by its message code
    later/A/...       an activation date of a COSEM object: its passive values become active
    later/C/...       a command of a cluster

Each holds the moment (8 octets), whom to tell (8), a number that keeps the order (1), the rest.
Setting another date, or the one that cancels, replaces it. The alert that follows has code 8F66
where it succeeded, 8F67 where not.

Sources: GBCS 9.2 (future dating), 16.2; layouts as in reference alerts 0x00CA to 0x00CD, 0x0124.
"""

from gbcs import clock, message, payload
from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.base import logs
from gbcs_device.base.names import kept_name

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.interfaces import PayloadOf, Store
    from gbcs_device.messages.component import Part
    from gbcs_device.messages.device import Command

_KEPT = "later/"
_HEAD = const(17)
_DLMS_ALERT = const(0x00CC)
_GBZ_ALERT = const(0x00CD)
_CALENDAR = const(0x0707)
_CALENDAR_TYPE = const(16)  # where calendars and special days have it

# Class and attribute of an activation date: passive attributes and the active ones they become
ACTIVATIONS = {
    (20, 10): ((6, 2), (7, 3), (8, 4), (9, 5)),
    (113, 7): ((6, 5),),
    (9000, 6): ((4, 2),),
    (111, 13): (),
}
_NEVER = b"\xff" * 8  # of a date-time, as far as the seconds
_PREPAYMENT = const(0x0705)
_TARIFF_INFORMATION = (0x0700, 0x04)
_LAST, _LAST_BUT_ONE = 0xFFFFFFFF, 0xFFFFFFFE  # moments of a cluster's command that are no date
_TIMES = ("implementation_date_time", "start_time", "start_date_time", "implementation_time")


class BadDate(Exception):
    """A date that is no moment: parts of it are not specified, or no calendar has it."""


def next_timer(store: "Store") -> "int | None":
    """When the first kept command is due, milliseconds since 2000; None for never."""
    times = [int.from_bytes((store.get(name) or b"")[:8], "big") for name in store.names(_KEPT)]
    return min(times) if times else None


def due(store: "Store", now: int) -> "list[tuple[int, bytes, str]]":
    """The kept commands that are due, in order: the moment, a number (one octet), the name."""
    due_entries = []
    for name in store.names(_KEPT):
        octets = store.get(name) or b""
        at = int.from_bytes(octets[:8], "big")
        if at <= now:
            due_entries.append((at, octets[16:17], name))
    return sorted(due_entries)


def _keep(command: "Command", name: str, at: int, rest: bytes) -> None:
    order = command.work.get("kept", 0)
    command.work["kept"] = order + 1
    head = at.to_bytes(8, "big") + command.m.originator + bytes((order & 0xFF,))
    command.changes[name] = head + rest


def keep_command(command: "Command", at: int) -> None:
    """Keeps a whole command; a later one of the same use case replaces it."""
    _keep(command, "%s%04X" % (_KEPT, command.m.code), at, command.m.octets)


def cancel_command(command: "Command") -> None:
    """Drops the kept command of this command's use case."""
    command.changes["%s%04X" % (_KEPT, command.m.code)] = None


def activate(command: "Command", key: "tuple[int, bytes, int]", data: bytes) -> None:
    """An activation date is set: zeros are now, all FF never, a date is kept.

    Raises BadDate for anything else; what was kept stays then.
    """
    from gbcs.cosem.cosem import name_of  # a GSME does without

    name = _KEPT + name_of(*key).replace("a/", "A/")
    date = data[2:14]
    if date[:9] == bytes(9):
        command.changes[name] = None
        _become_active(command, key)
        return
    if date[:8] == _NEVER:
        command.changes[name] = None
        return
    at = clock.from_date_time(date)
    if at is None:
        raise BadDate
    command.changes[name] = None
    m = command.m
    reference = m.code.to_bytes(2, "big") + m.counter.to_bytes(8, "big")
    reference += key[0].to_bytes(2, "big") + key[1] + bytes((key[2],))
    _keep(command, name, at, date + reference)


def is_date(data: bytes) -> bool:
    """Whether `activate` can do something with an activation date."""
    date = data[2:14]
    return date[:9] == bytes(9) or date[:8] == _NEVER or clock.from_date_time(date) is not None


def _become_active(command: "Command", key: "tuple[int, bytes, int]") -> None:
    from gbcs.cosem.cosem import name_of

    for passive, active in ACTIVATIONS[key[0], key[2]]:
        octets = command.get(name_of(key[0], key[1], passive))
        if octets is not None:
            command.changes[name_of(key[0], key[1], active)] = octets
    from gbcs_device.messages import activation

    activation.moved(command, key[1])


def keep_part(command: "Command", part: "Part") -> bool:
    """Keeps a cluster's command for later, or drops the kept one; whether it was either.

    Raises ComponentFailed for a moment that cancels other commands only: what was kept stays.
    """
    moment = part.from_date_time
    if moment is None:
        for name, kind, value, _ in part.fields():
            if kind == "UTC" and name in _TIMES:
                moment = value
                break
    if not moment:
        return False
    name = "%sC/%04X/%02X" % (_KEPT, part.cluster, part.command)
    if part.cluster == _CALENDAR:  # each type of calendar has its own date
        name += "/%02X" % part.payload[_CALENDAR_TYPE]
    if moment in (_LAST, _LAST_BUT_ONE):
        if moment != _cancel_of(part):
            from gbcs_device.messages.component import INVALID_VALUE, ComponentFailed

            raise ComponentFailed(INVALID_VALUE)
        command.changes[name] = None
        return True
    if moment * 1000 <= command.now:
        return False
    m = command.m
    reference = m.code.to_bytes(2, "big") + m.counter.to_bytes(8, "big")
    reference += part.cluster.to_bytes(2, "big") + bytes((part.frame_control, part.command))
    _keep(command, name, moment * 1000, reference + part.payload)
    return True


def _cancel_of(part: "Part") -> int:
    """The moment that cancels a cluster's command, as all reference commands have it."""
    if part.cluster == _PREPAYMENT or (part.cluster, part.command) == _TARIFF_INFORMATION:
        return _LAST
    return _LAST_BUT_ONE


def carry_out(command: "Command", name: str, octets: bytes, at: int) -> "tuple[int, PayloadOf]":
    """Carries out what is due: the alert's message code, and its payload by the counter."""
    if name[:8] == "later/A/":
        return _activated(command, octets[_HEAD:])
    if name[:8] == "later/C/":
        return _part_done(command, octets[_HEAD:], at)
    return command.device.due(command, at)


def _activated(command: "Command", rest: bytes) -> "tuple[int, PayloadOf]":
    date, reference = rest[:12], rest[12:]
    key = (reference[10] << 8 | reference[11], reference[12:18], reference[18])
    _become_active(command, key)
    body = b"\x02\x03\x12" + logs.FUTURE_DATED_SUCCESS.to_bytes(2, "big") + b"\x09\x0c" + date
    body += b"\x09" + bytes((len(reference),)) + reference
    return _DLMS_ALERT, lambda counter: payload.notification(counter, body)


def _part_done(command: "Command", rest: bytes, at: int) -> "tuple[int, PayloadOf]":
    from gbcs_device.messages.component import ComponentFailed, Part

    reference, payload = rest[:14], rest[14:]
    header = b"\x01" + reference[10:12] + (3 + len(payload)).to_bytes(2, "big")
    octets = header + bytes((reference[12], 0, reference[13])) + payload
    part = Part(0, octets, 0, len(octets))
    code = logs.FUTURE_DATED_SUCCESS
    device = command.device
    actions = device.objects(device.account is not None)[1]
    handler = actions.get((part.cluster, reference[12] & 8, part.command))
    try:
        if handler is not None:
            handler(command, part)
        command.changes[kept_name(part.cluster, part.command)] = payload
    except ComponentFailed:
        code = logs.FUTURE_DATED_FAILURE
    content = b"\x01\x09\x01" + code.to_bytes(2, "big") + clock.seconds(at).to_bytes(4, "big")
    content += b"\x0e" + reference
    return _GBZ_ALERT, lambda counter: content


def command_of(name: str, octets: bytes) -> "Any":
    """The Message that was kept whole; None where only a component or a date was kept."""
    if name[6:8] in ("A/", "C/"):
        return None
    return message.decode(octets[_HEAD:])
