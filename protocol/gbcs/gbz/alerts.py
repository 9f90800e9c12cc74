"""What GBZ alerts say after their code and time, as fields; by message code, else by alert code.

Source: GBCS 7.2.10 and 16.2; the forms are those of 20 reference messages.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs.errors import DecodeError
from gbcs.zcl import clusters, zcl
from gbcs.zcl.types import short

if TYPE_CHECKING:
    from gbcs.zcl.types import Field

NOTHING = 0
FUTURE_DATED = 1  # of which command a future-dated one was, and of which message
IMAGE_HASH = 2
DETAIL = 3  # two octets
COMPONENT = 4

_BODY_OF_MESSAGE = {0x008B: COMPONENT, 0x00CD: FUTURE_DATED, 0x00CF: IMAGE_HASH, 0x00F2: DETAIL}
_BODY_OF_ALERT = {
    0x81A0: DETAIL,
    0x8F0A: COMPONENT,
    0x8F1C: IMAGE_HASH,
    0x8F66: FUTURE_DATED,
    0x8F67: FUTURE_DATED,
    0x8F72: IMAGE_HASH,
}


def body_of(alert: int, message_code: int) -> int:
    """What follows: one of the numbers above. A message code that has but one form decides."""
    return _BODY_OF_MESSAGE.get(message_code) or _BODY_OF_ALERT.get(alert, NOTHING)


def decode_body(form: int, data: bytes, at: int, end: int) -> "tuple[list[Field], int]":
    """The fields of such a body at `at`, and where they end. A COMPONENT is not read here."""
    if form == FUTURE_DATED:
        return _future_dated(data, at, end), at + 15
    if form == IMAGE_HASH:
        if end - at < 34:
            raise short(34, at, end, "image_hash")
        if data[at] != 9 or data[at + 1] != 32:
            raise DecodeError(
                "0920 expected, found %02X%02X" % (data[at], data[at + 1]), at, "image_hash"
            )
        image_hash = bytes(data[at + 2 : at + 34])
        return [("tag", "uint8", 9, None), ("image_hash", "octstr", image_hash, None)], at + 34
    if form == DETAIL:
        if end - at < 2:
            raise short(2, at, end, "meter_integrity_issue")
        issue = data[at] << 8 | data[at + 1]
        return [("meter_integrity_issue", "uint16be", issue, None)], at + 2
    return [], at


def _future_dated(data: bytes, at: int, end: int) -> "list[Field]":
    """The outcome of one future-dated ZCL command: 0E, then 14 octets that say which."""
    if end - at < 15:
        raise short(15, at, end, "future_dated")
    if data[at] != 14:
        raise DecodeError("0E expected, found %02X" % data[at], at, "future_dated")
    message_code = data[at + 1] << 8 | data[at + 2]
    cluster = data[at + 11] << 8 | data[at + 12]
    control = data[at + 13]
    command = data[at + 14]
    return [
        ("length", "uint8", 14, None),
        ("message_code", "uint16be", message_code, "names:message"),
        ("originator_counter", "uint64be", int.from_bytes(data[at + 3 : at + 11], "big"), None),
        ("cluster", "uint16be", cluster, "enum:%d=%s" % (cluster, clusters.cluster_name(cluster))),
        ("frame_control", "map8", control, None),
        (
            "command",
            "uint8",
            command,
            "enum:%d=%s" % (command, zcl.command_name(cluster, control, command)),
        ),
    ]
