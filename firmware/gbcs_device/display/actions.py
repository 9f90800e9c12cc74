"""What a display's person, and a PPMID's control software, do: as octets of the link's protocol.

Source: the operations VIEW, PRESS and HEARD of `board.remote`.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs_device.base import kind_rows
from gbcs_device.display.view_octets import encode_view

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

# What a person does at a display, and the control software at a PPMID
CONFIRM = 0  # a message's number (4)
TOP_UP = 1  # fuel (1), digits
EMERGENCY = 2  # fuel (1)
ENABLE = 3  # fuel (1)
DELIVER = 4  # a message for the hub


def view(station: "Any", now: int) -> bytes:
    """What the display shows at a moment."""
    return encode_view(station.shown(now))


def _can_act(station: "Any") -> bool:
    return kind_rows.find(station.device.kind).can_act


def heard(station: "Any") -> bytes:
    """The messages that came by the tunnel since this was asked last."""
    messages = station.heard() if _can_act(station) else []
    return b"".join([len(octets).to_bytes(2, "big") + octets for octets in messages])


def press(station: "Any", body: bytes, now: int) -> bool:
    """Whether it was taken; ValueError for what the display has no button for."""
    action = body[0] if body else -1
    if action == CONFIRM and len(body) == 5:
        return bool(station.confirm(int.from_bytes(body[1:], "big"), now))
    if not _can_act(station) or len(body) < 2:
        raise ValueError("a button of the display expected")
    if action == DELIVER:
        return bool(station.deliver(body[1:], now))
    fuel = body[1] & 1
    if action == TOP_UP:
        return bool(station.top_up(fuel, body[2:], now))
    if action == EMERGENCY:
        return bool(station.emergency(fuel, now))
    if action == ENABLE:
        return bool(station.enable(fuel, now))
    raise ValueError("a button of the display expected")


def want(station: "Any", intent: "tuple[Any, ...]", now: int) -> bool:
    """What gbcs_device.display.navigation says that a person wants is done; False in vain."""
    name, *values = intent
    if name == "confirm":
        return bool(station.confirm(values[0], now))
    if not _can_act(station):
        return False
    if name == "top-up":
        return bool(station.top_up(values[0], values[1].encode(), now))
    if name == "emergency":
        return bool(station.emergency(values[0], now))
    return name == "enable" and bool(station.enable(values[0], now))
