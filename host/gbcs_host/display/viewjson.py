"""A `View` as JSON and back, so that the content of a display can be stored, compared and drawn.

The members have the names of the view's slots. Levels, supply states and states of emergency
credit are words ("low", "armed", "in-use"); energy and cost are objects by period; an unknown
value is null.
"""

from typing import Any

from gbcs_device.base.view import Fuel, Message, View

FUELS = ("electricity", "gas")
PERIODS = ("today", "yesterday", "week", "month")
_WORDS = {
    "level": ("low", "medium", "high"),
    "supply": ("off", "armed", "on"),
    "emergency": ("not-offered", "available", "selected", "in-use", "exhausted"),
}
_BY_PERIOD = ("used_wh", "cost_mp")
_NEW = Fuel()  # its values show the types of the slots


class BadView(Exception):
    """JSON that is no view; the text says which member is wrong and what was expected."""


def to_json(seen: View) -> "dict[str, Any]":
    """The JSON object of a view."""
    return {
        "is_joined": seen.is_joined,
        "time": seen.time,
        "offset_s": seen.offset_s,
        "signal": seen.signal,
        "notice": seen.notice,
        "fuels": {name: _fuel_to_json(fuel) for name, fuel in zip(FUELS, seen.fuels)},
        "messages": [
            {name: getattr(message, name) for name in Message.__slots__}
            for message in seen.messages
        ],
    }


def from_json(node: Any) -> View:
    """The view of a JSON object; missing members have the values of a new View. Raises BadView."""
    members = ("is_joined", "time", "offset_s", "signal", "notice", "fuels", "messages")
    _check_object(node, "view", members)
    seen = View()
    seen.is_joined = _truth(node, "is_joined", seen.is_joined)
    seen.time = _number(node, "time", seen.time)
    if seen.time is not None and not 0 <= seen.time < 1 << 32:
        raise BadView("time: seconds since 2000 expected, found %d" % seen.time)
    seen.offset_s = _number(node, "offset_s", seen.offset_s) or 0
    seen.signal = _number(node, "signal", seen.signal) or 0
    if not 0 <= seen.signal <= 5:
        raise BadView("signal: 0 to 5 expected, found %d" % seen.signal)
    seen.notice = _text(node, "notice", seen.notice)
    fuels = node.get("fuels", {})
    _check_object(fuels, "fuels", FUELS)
    for name, fuel in zip(FUELS, seen.fuels):
        _fuel_from_json(fuel, fuels.get(name, {}), name)
    messages = node.get("messages", [])
    if not isinstance(messages, list):
        raise BadView("messages: a list expected, found %s" % type(messages).__name__)
    seen.messages = [_message_from_json(message) for message in messages]
    return seen


def _fuel_to_json(fuel: Fuel) -> "dict[str, Any]":
    node: dict[str, Any] = {}
    for name in Fuel.__slots__:
        value = getattr(fuel, name)
        if name in _WORDS and value is not None:
            value = _WORDS[name][value]
        elif name in _BY_PERIOD:
            value = dict(zip(PERIODS, value, strict=True))
        node[name] = value
    return node


def _fuel_from_json(fuel: Fuel, node: Any, where: str) -> None:
    _check_object(node, where, Fuel.__slots__)
    for name, value in node.items():
        if name in _WORDS:
            if value is None and name != "emergency":
                setattr(fuel, name, None)
            elif value in _WORDS[name]:
                setattr(fuel, name, _WORDS[name].index(value))
            else:
                raise BadView(
                    "%s: one of %s expected, found %.40r" % (name, ", ".join(_WORDS[name]), value)
                )
        elif name in _BY_PERIOD:
            _check_object(value, name, PERIODS)
            setattr(fuel, name, [_number(value, period, None) for period in PERIODS])
        elif name == "is_prepayment":
            fuel.is_prepayment = None if value is None else _truth(node, name, False)
        elif isinstance(getattr(_NEW, name), bool):
            setattr(fuel, name, _truth(node, name, False))
        elif isinstance(getattr(_NEW, name), str):
            setattr(fuel, name, _text(node, name, ""))
        else:
            setattr(fuel, name, _number(node, name, None))


def _message_from_json(node: Any) -> Message:
    _check_object(node, "messages", Message.__slots__)
    fuel = _number(node, "fuel", 0) or 0
    message = Message(
        _number(node, "number", 0) or 0,
        fuel,
        _text(node, "text", ""),
        _number(node, "at", 0) or 0,
        _truth(node, "needs_confirmation", False),
    )
    message.is_confirmed = _truth(node, "is_confirmed", False)
    message.until = _number(node, "until", None)
    if fuel not in (0, 1):
        raise BadView("fuel: 0 or 1 expected, found %d" % fuel)
    return message


def _check_object(node: Any, where: str, members: "tuple[str, ...]") -> None:
    if not isinstance(node, dict):
        raise BadView("%s: an object expected, found %s" % (where, type(node).__name__))
    for name in node:
        if name not in members:
            raise BadView(
                "%s: there is no member '%s'; one of %s expected"
                % (where, name, ", ".join(members))
            )


def _number(node: "dict[str, Any]", name: str, otherwise: "int | None") -> "int | None":
    value = node.get(name, otherwise)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise BadView("%s: a whole number or null expected, found %.40r" % (name, value))
    return value


def _truth(node: "dict[str, Any]", name: str, otherwise: bool) -> bool:
    value = node.get(name, otherwise)
    if not isinstance(value, bool):
        raise BadView("%s: true or false expected, found %.40r" % (name, value))
    return value


def _text(node: "dict[str, Any]", name: str, otherwise: str) -> str:
    value = node.get(name, otherwise)
    if not isinstance(value, str):
        raise BadView("%s: text expected, found %.40r" % (name, value))
    return value
