"""Publications of meters to displays: prices, messages, calendars, supply states.

Each function decodes the fields of a command's payload that a display needs; DecodeError where it
is too short. Source: Smart Energy 1.4, annex D (D.4 price, D.5 messaging, D.7, D.9).
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError
from gbcs_device.base.view import Message
from gbcs_device.han.polling import choice, millipence, text

if TYPE_CHECKING:
    from gbcs_device.base.view import Fuel

UNTIL_CHANGED = const(0xFFFF)
_CONFIRMATION = const(0x80)  # of the message control: confirmation required
_ENHANCED = const(0x20)  # ... and enhanced

# Result types of a ConsumerTopUpResponse, in words that fit a display's line
_TOP_UPS = (
    (0x00, "Top-up accepted"),
    (0x01, "Code not valid"),
    (0x02, "Code used before"),
    (0x03, "Code refused"),
    (0x04, "Too much credit"),
    (0x05, "Keypad is locked"),
    (0x06, "Top-up too large"),
    (0x10, "Accepted, supply on"),
    (0x11, "Accepted, supply off"),
    (0x12, "Accepted: now enable"),
)


def _little(payload: bytes, at: int, size: int, name: str) -> int:
    if at + size > len(payload):
        raise DecodeError("%d octets expected" % size, at, name)
    return int.from_bytes(payload[at : at + size], "little")


def price(payload: bytes) -> "tuple[int, int, int, str]":
    """PublishPrice: millipence a kWh, its start (0: now), its minutes, the rate's label."""
    at = 5 + _little(payload, 4, 1, "rate_label")
    digits = _little(payload, at + 11, 1, "price_trailing_digit") >> 4
    start = _little(payload, at + 13, 4, "start_time")
    minutes = _little(payload, at + 17, 2, "duration_in_minutes")
    amount = _little(payload, at + 19, 4, "price")
    return millipence(amount, digits), start, minutes, text(b"\x41" + payload[4:at])


def message(payload: bytes, fuel: int, time: int) -> Message:
    """DisplayMessage; `time`, seconds since 2000, is its beginning where it says now."""
    number = _little(payload, 0, 4, "message_id")
    control = _little(payload, 4, 1, "message_control")
    start = _little(payload, 5, 4, "start_time") or time
    minutes = _little(payload, 9, 2, "duration_in_minutes")
    size = _little(payload, 11, 1, "message")
    _little(payload, 12, size, "message")
    words = text(b"\x42" + payload[11 : 12 + size])
    shown = Message(number, fuel, words, start, bool(control & (_CONFIRMATION | _ENHANCED)))
    if minutes != UNTIL_CHANGED:
        shown.until = start + 60 * minutes
    return shown


def message_number(payload: bytes) -> int:
    """The id in a CancelMessage."""
    return _little(payload, 0, 4, "message_id")


def supply(payload: bytes) -> "int | None":
    """SupplyStatusResponse: off, armed or on; None for anything else."""
    return choice(_little(payload, 12, 1, "supply_status"))


def calendar(payload: bytes, fuel: "Fuel") -> None:
    """PublishCalendar: keeps the name of the calendar for delivered energy."""
    kind = _little(payload, 16, 1, "calendar_type")
    size = _little(payload, 18, 1, "calendar_name")
    _little(payload, 19, size, "calendar_name")
    if kind == 0:
        fuel.calendar = text(b"\x41" + payload[18 : 19 + size])


def top_up(payload: bytes) -> "tuple[int, int]":
    """ConsumerTopUpResponse: result type, value in millipence."""
    return _little(payload, 0, 1, "result_type"), _little(payload, 1, 4, "top_up_value")


def top_up_notice(result: int, amount_mp: int) -> str:
    """The notice of a top-up's result, as it fits a display's line."""
    for code, words in _TOP_UPS:
        if code == result:
            if result == 0:
                return "%s: £%d.%02d" % (words, amount_mp // 100000, amount_mp // 1000 % 100)
            return words
    return "Code refused"
