"""The supplier's message, its acknowledgement, and the meter point's identity.

ECS10 of GBCS sets a text and nothing else: a message's number is the second in which it came, and
an empty text takes the last message back. Messages ask to be acknowledged; an acknowledgement is
kept, logged and told to the supplier (alert 81A6).

Source: Smart Energy 1.4, D.5 (messaging), D.12 (device management); GBCS 16.2.
"""

import struct

from gbcs import clock
from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError
from gbcs.zcl.codes import MANAGEMENT, MESSAGING
from gbcs_device.clusters import attributes

if TYPE_CHECKING:
    from gbcs_device.clusters.meter import MeterSource
    from gbcs_device.interfaces import Source
    from gbcs_device.messages.device import Command, Device

TEXT = "a/0001/0002600D01FF/02"
NUMBER = "message/number"
CONFIRMED = "message/confirmed"  # number, seconds since 2000

DISPLAY = const(0x00)
CANCEL = const(0x01)
_SITE_ID = const(0x03)
_ASKS = const(0x80)
_UNTIL_CHANGED = const(0xFFFF)
_SUCCESS = const(0x00)
_NOT_FOUND = const(0x8B)
_ACKNOWLEDGED = const(0x81A6)


def noted(command: "Command", text: "bytes | None") -> bytes:
    """ECS10: numbers a new message; an empty text takes the last one back."""
    if not text:
        return b"\x00"
    mine = clock.seconds(command.now)
    before = command.get(NUMBER)
    if before is not None:
        mine = max(mine, int.from_bytes(before, "big") + 1)
    command.changes[NUMBER] = min(mine, 0xFFFFFFFF).to_bytes(4, "big")
    return b"\x00"


def published(source: "MeterSource", cluster: int, command: int, now: int) -> "list[bytes]":
    """The payload of the message in force, of its cancellation, or of the meter point."""
    if cluster == MESSAGING and command == DISPLAY:
        message = attributes.text(source.get(TEXT))
        if not message:
            return []
        identifier = source.get(NUMBER) or b"\x00\x00\x00\x00"
        control = 0 if (source.get(CONFIRMED) or b"")[:4] == identifier else _ASKS
        head = struct.pack("<IBIHB", number(source), control, 0, _UNTIL_CHANGED, len(message))
        return [head + message]
    if cluster == MESSAGING and command == CANCEL:
        last = number(source)
        return [] if attributes.text(source.get(TEXT)) or not last else [cancelled(last)]
    if cluster == MANAGEMENT and command == _SITE_ID:
        site = attributes.text(source.get(attributes.MPAN))
        if site:
            return [struct.pack("<IIIB", 0, 0, 0, len(site)) + site]
    return []


def cancelled(last: int) -> bytes:
    """CancelMessage."""
    return struct.pack("<IB", last, 0)


def number(source: "MeterSource") -> int:
    """The number of the last message, 0 for none."""
    return int.from_bytes(source.get(NUMBER) or b"", "big")


def confirm(source: "Source", payload: bytes, now: int) -> int:
    """MessageConfirmation: keeps it, and tells the supplier the first time."""
    if len(payload) < 8:
        raise DecodeError("8 octets expected, found %d" % len(payload), 0, "message_id")
    shown = int.from_bytes(payload[:4], "little")
    if not shown or shown != source.message_number(now):
        return _NOT_FOUND
    source.confirmed(shown, now)
    return _SUCCESS


def acknowledged(device: "Device", shown: int, now: int) -> "dict[str, bytes | None]":
    """The changes of a meter whose message was acknowledged; the alert stands in its outbox."""
    from gbcs_device.account import account_alerts

    changes: dict[str, bytes | None] = {
        CONFIRMED: shown.to_bytes(4, "big") + clock.seconds(now).to_bytes(4, "big")
    }
    account_alerts.tell(device, [(now, _ACKNOWLEDGED, b"")], changes)
    return changes
