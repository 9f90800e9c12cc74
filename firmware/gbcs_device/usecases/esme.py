"""Objects of an ESME that are more than data: its clock, logs, half hours and load switch.

Registers and money are in gbcs_device.account.esme.

Sources: DLMS UA 1000-1 (classes 1, 3, 7, 8); GBCS 9.1 (clock), 20 (objects of the ESME).
"""

from gbcs import clock
from gbcs.axdr import axdr
from gbcs.compat import TYPE_CHECKING, const
from gbcs.cosem.cosem import name_of
from gbcs.octets import length_octets
from gbcs_device.base import load, logs
from gbcs_device.messages.cosem_server import OTHER_REASON, TYPE_UNMATCHED, ItemFailed

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.interfaces import Table
    from gbcs_device.messages.cosem_server import Item
    from gbcs_device.messages.device import Command

_CLOCK = (8, b"\x00\x00\x01\x00\x00\xff")
_PROFILE = (7, b"\x00\x00\x63\x01\x00\xff", 2)
_MOST_PERIODS = const(1000)
_SWITCH_STATE = (70, b"\x00\x00\x60\x03\x0a\xff", 3)
_SWITCH = {51: 1, 52: 0, 54: 2}  # scripts, and the state: enabled, disabled, armed
_EVENT_LOG = b"\x00\x00\x63\x62\x00\xff"
_SECURITY_LOG = b"\x00\x00\x63\x62\x01\xff"
# So begins a selection by range, in all 32 of the reference messages: a structure of four, the
# first of which is by what it restricts: class 1, 0-0:94.44.100.255, attribute 2, all of it
_BY_TIME = bytes.fromhex("0204020412000109 0600005E2C64FF0F02120000")
_RELIABLE = const(0)
_UNRELIABLE = const(1)
_STATUS = "clock/status"
_NOT_SPECIFIED = b"\xff" * 8  # of a date-time, as far as the seconds


def _time(command: "Command", item: "Item") -> bytes:
    return b"\x09\x0c" + clock.date_time(command.now)


def _time_status(command: "Command", item: "Item") -> bytes:
    return b"\x11" + (command.get(_STATUS) or b"\x00")


def preset_time(command: "Command", item: "Item") -> bytes:
    """ECS70: the interval in which the hub's time is accepted, for `adjust_to_preset`.

    An end that is not specified is open, as in the command that is made of the template.
    """
    # a structure of three date-times: the time itself not said, start, end
    start = _bound(item.octets[item.start + 18 : item.start + 30])
    end = _bound(item.octets[item.start + 32 : item.start + 44])
    command.work["interval"] = (start, end)
    return b"\x00"


def _bound(octets: bytes) -> "int | None":
    """Milliseconds since 2000, None where none is specified; ItemFailed for no date-time."""
    moment = clock.from_date_time(octets)
    if moment is None and octets[:8] != _NOT_SPECIFIED:
        raise ItemFailed(OTHER_REASON)
    return moment


def adjust_to_preset(command: "Command", item: "Item") -> bytes:
    """ECS70: accepts the hub's time in the interval; else the clock is unreliable."""
    start, end = command.work.get("interval", (0, -1))
    inside = (start is None or start <= command.now) and (end is None or command.now <= end)
    command.changes[_STATUS] = bytes((_RELIABLE if inside else _UNRELIABLE,))
    command.log(logs.EVENT, logs.CLOCK_ADJUSTED)
    return b"\x00"


def buffer(command: "Command", item: "Item") -> bytes:
    """A log as a compact array: data that were seeded, else the entries in the range asked for."""
    start, end = _range(item)
    seeded = command.get(name_of(item.class_id, item.obis, item.index))
    if seeded is not None:
        return seeded
    log, with_other = (logs.SECURITY, False) if item.obis == _SECURITY_LOG else (logs.EVENT, True)
    octets = b""
    for entry in logs.entries(command.get(log) or b""):
        if start <= entry.time <= end:
            octets += entry.time.to_bytes(4, "big") + entry.code.to_bytes(2, "big")
            if with_other:
                octets += length_octets(len(entry.other)) + entry.other
    described = b"\x13\x02\x03\x06\x12\x09" if with_other else b"\x13\x02\x02\x06\x12"
    return described + length_octets(len(octets)) + octets


def clear(command: "Command", item: "Item") -> bytes:
    """ECS15a: the event log has no entries any more."""
    command.changes[logs.EVENT] = command.changes[name_of(item.class_id, item.obis, 2)] = None
    return b"\x00"


def clear_auxiliary(command: "Command", item: "Item") -> bytes:
    """ECS15c: nor has the log of the auxiliary controllers."""
    command.changes[name_of(item.class_id, item.obis, 2)] = None
    return b"\x00"


def reset_register(command: "Command", item: "Item") -> bytes:
    """ECS28b, ECS29a, b, e, f: a counter begins at zero, which it is where nothing stands."""
    command.changes[name_of(item.class_id, item.obis, 2)] = None
    return b"\x00"


def reset_demand(command: "Command", item: "Item") -> bytes:
    """ECS57: a maximum demand is zero, captured and last reset now."""
    now = b"\x09\x0c" + clock.date_time(command.now)
    command.changes[name_of(item.class_id, item.obis, 5)] = now
    command.changes[name_of(1, _RESET_TIMES[item.obis], 2)] = now
    return reset_register(command, item)


def _range(item: "Item") -> "tuple[int, int]":
    """The first and last second that a selection asks for; everything where there is none."""
    if item.selection is None:
        return 0, 0xFFFFFFFF
    selector, at, stop = item.selection
    if selector != 1 or item.octets[at : at + len(_BY_TIME)] != _BY_TIME:
        raise ItemFailed(TYPE_UNMATCHED)
    start, end, columns = [part[2] for part in axdr.decode(item.octets, at, stop)[0][2][1:]]
    if type(start) is not int or type(end) is not int or columns != []:  # which is all of them
        raise ItemFailed(TYPE_UNMATCHED)
    return start, end


def half_hours(command: "Command", item: "Item") -> bytes:
    """ECS22b: data that were seeded, else the energy used in each half hour asked for.

    At most the last _MOST_PERIODS half hours: a message holds no more.
    Source: SMETS2 5.7.5.27 (profile data log).
    """
    seeded = command.get(name_of(*_PROFILE))
    if seeded is not None:
        return seeded
    start, end = _restricted(item)
    last = command.now if end is None else min(command.now, end)
    off = _off_times(command)
    periods = load.periods(command, load.IMPORT, start or 0, last, _MOST_PERIODS, off)
    octets = b"".join([_unsigned(at) + _unsigned(used) for at, used in periods])
    return b"\x13\x02\x02\x06\x06" + length_octets(len(octets)) + octets


def _unsigned(value: int) -> bytes:
    """Four octets; a larger number becomes the largest that they hold."""
    return min(value, 0xFFFFFFFF).to_bytes(4, "big")


def _off_times(command: "Command") -> "list[tuple[int, int]]":
    """When the supply was off, as far as a meter's account remembers it."""
    if command.get(load.SINCE) is None:
        return []
    from gbcs_device.account import account

    return account.of(command).off_times()


def _restricted(item: "Item") -> "tuple[int | None, int | None]":
    """The range of date-times in the object list of a protected read, milliseconds since 2000."""
    field = axdr.decode(item.octets, item.start, item.end)[0]
    try:
        restriction = field[2][0][2][0][2][4][2]
        if restriction[0][2] != 1:
            return None, None
        start, end = [bound[2] for bound in restriction[1][2]]
        return _bound(start), _bound(end)
    except (TypeError, ValueError, IndexError):  # of another form
        raise ItemFailed(TYPE_UNMATCHED) from None


def switch_load(command: "Command", item: "Item") -> bytes:
    """ECS42, ECS43, ECS44: the script that closes, opens or arms the load switch.

    Of a meter with an account, closed or armed where there is credit.
    """
    state = _SWITCH.get(item.octets[item.start + 1] << 8 | item.octets[item.start + 2])
    if item.octets[item.start] != 18 or state is None:
        raise ItemFailed(TYPE_UNMATCHED)
    account = command.device.account
    if account is None:
        command.changes[name_of(*_SWITCH_STATE)] = b"\x16" + bytes((state,))
        return b"\x00"
    from gbcs_device.base.figures import LOAD_SWITCH

    if not account.switch(command, LOAD_SWITCH.index(state)):
        raise ItemFailed(OTHER_REASON)
    return b"\x00"


def note_message(command: "Command", item: "Item") -> bytes:
    """ECS10: displays tell this message from the one before by its number."""
    import gbcs_device.clusters.attribute_rows  # noqa: F401 - before `attributes`, which imports it
    from gbcs_device.clusters import attributes, messaging

    return messaging.noted(command, attributes.text(item.data))


# Maximum demand registers, and the object that says when each was reset
_RESET_TIMES = {
    b"\x01\x00\x01\x06\x00\xff": b"\x00\x00\x5e\x2c\x05\x01",
    b"\x01\x00\x01\x06\x01\xff": b"\x00\x00\x5e\x2c\x05\x00",
    b"\x01\x00\x02\x06\x00\xff": b"\x00\x00\x5e\x2c\x05\x02",
}
LOGS = {  # a CHF has these too
    (7, _EVENT_LOG, 2): buffer,
    (7, _SECURITY_LOG, 2): buffer,
}
LIVE = {
    (7, _EVENT_LOG, 2): buffer,
    (7, _SECURITY_LOG, 2): buffer,
    (_CLOCK[0], _CLOCK[1], 2): _time,
    _PROFILE: half_hours,
    (_CLOCK[0], _CLOCK[1], 4): _time_status,
}
ACTIONS = {
    ("A", 1, b"\x00\x02\x60\x0d\x01\xff", 2): note_message,
    ("M", 3, b"\x00\x00\x5e\x2c\x2a\xff", 1): reset_register,
    ("M", 3, b"\x01\x00\x20\x20\x00\x04", 1): reset_register,
    ("M", 3, b"\x01\x00\x20\x24\x00\x04", 1): reset_register,
    ("M", 3, b"\x01\x00\x34\x20\x00\x04", 1): reset_register,
    ("M", 3, b"\x01\x00\x34\x24\x00\x04", 1): reset_register,
    ("M", 3, b"\x01\x00\x48\x20\x00\x04", 1): reset_register,
    ("M", 3, b"\x01\x00\x48\x24\x00\x04", 1): reset_register,
    ("M", 4, b"\x01\x00\x01\x06\x00\xff", 1): reset_demand,
    ("M", 4, b"\x01\x00\x01\x06\x01\xff", 1): reset_demand,
    ("M", 4, b"\x01\x00\x02\x06\x00\xff", 1): reset_demand,
    ("M", 7, _EVENT_LOG, 1): clear,
    ("M", 7, b"\x00\x11\x63\x62\x02\xff", 1): clear_auxiliary,
    ("M", 9, b"\x00\x00\x0a\x00\x6a\xff", 1): switch_load,
    ("M", _CLOCK[0], _CLOCK[1], 5): preset_time,
    ("M", _CLOCK[0], _CLOCK[1], 4): adjust_to_preset,
}


def objects(has_account: bool) -> "tuple[Table[Any], Table[Any]]":
    """What an ESME's objects give when they are read, and do when they are told to."""
    if not has_account:
        return LIVE, ACTIONS
    from gbcs_device.account import esme as account
    from gbcs_device.base.joined import Joined

    return Joined(LIVE, account.LIVE), Joined(ACTIONS, account.ACTIONS)
