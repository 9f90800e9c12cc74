"""What of an ESME is not plain data: its clock, its logs, its registers that count.

Registers are advanced when they are read, by a load that is data too: `load/import` and
`load/export` hold watts, `load/since` the moment up to which the registers have counted.

Sources: DLMS UA 1000-1 (classes 1, 3, 7, 8); GBCS 9.1 (clock), 20 (objects of the ESME).
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs_device import clock, logs

if TYPE_CHECKING:
    from gbcs_device.cosemserver import Item
    from gbcs_device.device import Command

_CLOCK = (8, b"\x00\x00\x01\x00\x00\xff")
_RELIABLE = const(0)
_UNRELIABLE = const(1)
_STATUS = "clock/status"


def _time(command: "Command") -> bytes:
    return b"\x09\x0c" + clock.date_time(command.now)


def _time_status(command: "Command") -> bytes:
    return b"\x11" + (command.get(_STATUS) or b"\x00")


def preset_time(command: "Command", item: "Item") -> bytes:
    """ECS70: between which times the hub's is taken; kept until it is."""
    # a structure of three date-times: the time itself not said, start, end
    start = clock.from_date_time(item.octets[item.start + 18 : item.start + 30])
    end = clock.from_date_time(item.octets[item.start + 32 : item.start + 44])
    command.work["interval"] = (start, end)
    return b"\x00"


def adjust_to_preset(command: "Command", item: "Item") -> bytes:
    """ECS70: the hub's time is taken where it is in the interval, else it is not reliable."""
    start, end = command.work.get("interval", (None, None))
    inside = (start is None or start <= command.now) and (end is None or command.now <= end)
    command.changes[_STATUS] = bytes((_RELIABLE if inside else _UNRELIABLE,))
    command.log(logs.EVENT, logs.CLOCK_ADJUSTED)
    return b"\x00"


LIVE = {
    (_CLOCK[0], _CLOCK[1], 2): _time,
    (_CLOCK[0], _CLOCK[1], 4): _time_status,
}
ACTIONS = {
    ("M", _CLOCK[0], _CLOCK[1], 5): preset_time,
    ("M", _CLOCK[0], _CLOCK[1], 4): adjust_to_preset,
}
