"""Commands of a GSME that are more than data: its logs, its supply, its meter point.

Sources: ZigBee Smart Energy D.3 (metering), D.11 (events), D.8 (device management); GBCS 20.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.base import logs
from gbcs_device.base.names import answer_name, attribute_name
from gbcs_device.messages.component import FAILURE, NOT_FOUND, ComponentFailed

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.interfaces import Table
    from gbcs_device.messages.component import Part
    from gbcs_device.messages.device import Command

_METERING = const(0x0702)
_EVENTS = const(0x0709)
_MANAGEMENT = const(0x0708)
_MESSAGING = const(0x0703)
_PRICE = const(0x0700)
_PUBLISH_EVENT_LOG = const(0x01)
_SUPPLY_STATUS = const(0x0014)
_SITE_ID = const(0x0307)

_GSME_EVENTS = const(6)
_GSME_SECURITY = const(7)
_SECURITY_LOGS = (4, 7)
_GENERAL_LOG = b"\x03"
_MOST_EVENTS = const(15)  # a nibble says how many


def get_event_log(command: "Command", part: "Part") -> "list[tuple[int, bytes]] | None":
    """CS10a, CS10b: the entries of the event or security log in the time asked for."""
    payload = part.payload
    if command.get(answer_name(part.cluster, part.command, payload)) is not None:
        return None  # a twin has what its original answered
    log_id = payload[0] & 0x0F
    name = logs.SECURITY if log_id in _SECURITY_LOGS else logs.EVENT
    start = int.from_bytes(payload[3:7], "little")
    end = int.from_bytes(payload[7:11], "little")
    offset = payload[12] | payload[13] << 8
    entries = [
        entry for entry in logs.entries(command.get(name) or b"") if start <= entry.time <= end
    ]
    if not entries[offset:]:
        raise ComponentFailed(NOT_FOUND)
    shown = entries[offset : offset + _MOST_EVENTS]
    out = len(entries).to_bytes(2, "little") + b"\x00\x01" + bytes((len(shown) << 4,))
    number = _GSME_SECURITY if name == logs.SECURITY else _GSME_EVENTS
    for entry in shown:
        out += bytes((number, entry.code & 0xFF, entry.code >> 8)) + entry.time.to_bytes(
            4, "little"
        )
        out += bytes((len(entry.other),)) + entry.other
    return [(_PUBLISH_EVENT_LOG, out)]


def clear_event_log(command: "Command", part: "Part") -> None:
    """CS11: the event log has no entries any more; no other log can be cleared."""
    if part.payload != _GENERAL_LOG:
        raise ComponentFailed(FAILURE)
    command.changes[logs.EVENT] = None


def change_supply(command: "Command", part: "Part") -> None:
    """GCS32, GCS39: the supply is as proposed; with an account, armed where there is credit."""
    account = command.device.account
    if account is None:
        command.changes[attribute_name(_METERING, _SUPPLY_STATUS)] = b"\x30" + part.payload[16:17]
    elif not account.switch(command, part.payload[16]):
        raise ComponentFailed(FAILURE)


def update_site_id(command: "Command", part: "Part") -> None:
    """GCS41: sets the meter point number."""
    command.changes[attribute_name(_METERING, _SITE_ID)] = b"\x41" + part.payload[12:]


def keep(command: "Command", part: "Part") -> None:
    """What it says stands in the store as it came: the server keeps what is carried out."""


def set_supply_status(command: "Command", part: "Part") -> None:
    """GCS24: what tampering and a battery at its end do with the supply."""
    for at, identifier in ((4, 0x0607), (5, 0x0608)):
        name = attribute_name(_METERING, identifier)
        command.changes[name] = b"\x30" + part.payload[at : at + 1]


def set_uncontrolled_flow(command: "Command", part: "Part") -> None:
    """GCS24: the threshold of uncontrolled flow, its unit and scale, two periods."""
    at = 8
    for identifier, kind, size in _UNCONTROLLED_FLOW:
        name = attribute_name(_METERING, identifier)
        command.changes[name] = bytes((kind,)) + part.payload[at : at + size]
        at += size


# Attribute, type and octets of the fields of SetUncontrolledFlowThreshold
_UNCONTROLLED_FLOW = (
    (0x0B10, 0x21, 2),
    (0x0B11, 0x30, 1),
    (0x0B12, 0x21, 2),
    (0x0B13, 0x21, 2),
    (0x0B14, 0x20, 1),
    (0x0B15, 0x21, 2),
)

PROXY_ACTIONS = {  # those of a GPF
    (_EVENTS, 0x00, 0x01): clear_event_log,
    (_MANAGEMENT, 0x08, 0x00): keep,
}
ACTIONS = {
    # cluster, direction, command
    (_EVENTS, 0x00, 0x00): get_event_log,
    (_EVENTS, 0x00, 0x01): clear_event_log,
    (_METERING, 0x00, 0x0B): change_supply,
    (_METERING, 0x00, 0x0D): set_supply_status,
    (_METERING, 0x00, 0x0E): set_uncontrolled_flow,
    (_MANAGEMENT, 0x08, 0x03): update_site_id,
    # What a display is told, or who reads: supplier, PIN, events, CIN, message, billing period
    (_MANAGEMENT, 0x08, 0x01): keep,
    (_MANAGEMENT, 0x08, 0x02): keep,
    (_MANAGEMENT, 0x08, 0x04): keep,
    (_MANAGEMENT, 0x08, 0x06): keep,
    (_MESSAGING, 0x08, 0x00): keep,
    (_PRICE, 0x08, 0x09): keep,
}


def objects(has_account: bool) -> "tuple[Table[Any], Table[Any]]":
    """What a GSME's attributes give when they are read, and its clusters do when told to."""
    if not has_account:
        return {}, ACTIONS
    from gbcs_device.account import gsme as account
    from gbcs_device.base.joined import Joined

    return account.LIVE, Joined(ACTIONS, account.ACTIONS)


def proxy_objects(has_account: bool) -> "tuple[Table[Any], Table[Any]]":
    """The same of a GPF."""
    return {}, PROXY_ACTIONS
