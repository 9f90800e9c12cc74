"""Commands that were kept for their date: when the next is due, and what is done and said then.

Each is one entry of the store, under its message code: the moment, and the command's octets as
they were accepted. The alert that follows has code 8F66 where it succeeded, 8F67 where not.

Sources: GBCS 9.2 (future dating), 16.2; layouts as in the reference alerts 0x00CA, 0x00CB, 0x0124.
"""

from gbcs import asn1, der, message
from gbcs.compat import TYPE_CHECKING
from gbcs_device import clock, logs
from gbcs_device.asn1server import integer, sequence, values

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.message import Message
    from gbcs_device.device import Command

_KEPT = "later/"
_FIRMWARE = 0x0012
_ALERTS = {_FIRMWARE: 0x00CA, 0x0125: 0x0124, 0x0126: 0x0124}  # others 0x00CB
_UPDATE_ALERT = 0x00CB


def next_timer(store: "Any") -> "int | None":
    """When the first of them is due, milliseconds since 2000; None for never."""
    times = [int.from_bytes(store.get(name)[:8], "big") for name in store.names(_KEPT)]
    return min(times) if times else None


def due(store: "Any", now: int) -> "list[tuple[int, Message]]":
    """Those that are due, in the order of their dates: the moment and the command."""
    found = []
    for name in store.names(_KEPT):
        octets = store.get(name)
        at = int.from_bytes(octets[:8], "big")
        if at <= now:
            found.append((at, message.decode(octets[8:])))
    return sorted(found, key=lambda one: one[0])


def carry_out(command: "Command", at: int) -> "tuple[int, bytes]":
    """Runs a command that is due: the code of the alert, and the alert's payload."""
    m = command.m
    name = asn1.payload_type(m.code, "command") or ""
    field = asn1.decode(name, m.octets, m.content_start, m.content_end, False)
    execution = (None, "GeneralizedTime", clock.generalized(at), None)
    if m.code == _FIRMWARE:
        from gbcs_device import upkeep

        outcome = upkeep.activate(command, values(field)["manufacturer_image_hash"])
        code = _code(outcome[0][2] == 0)
        record = sequence(integer(code), execution, integer(m.counter), sequence(*outcome))
    else:
        from gbcs_device import credentials

        found = credentials.carry_out(command, field)
        code = _code(all(one[2][1][2] == 0 for one in found[2][3][2]))
        record = sequence(integer(code), execution, found, credentials=True)
    return _ALERTS.get(m.code, _UPDATE_ALERT), der.encode(record)


def _code(succeeded: bool) -> int:
    return logs.FUTURE_DATED_SUCCESS if succeeded else logs.FUTURE_DATED_FAILURE
