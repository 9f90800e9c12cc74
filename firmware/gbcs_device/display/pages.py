"""The pages: each a function that draws its part of a `View`.

    y  0-8   header: fuel, title, a message that waits, the time, the signal; a rule at 9
      13-51  the page: a large figure, or lines ten points apart
      55-63  footer: what is to be known or done, and which page it is

A page of a fuel says so where its meter is not connected, and all but `info` where there is no
HAN. What does not fit is rounded (`wording`) or shortened.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.base import figures, view
from gbcs_device.display import glyphs, wording
from gbcs_device.display.frame import WIDTH, large_width_of, shortened, width_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gbcs_device.base.view import Fuel, Message, View
    from gbcs_device.display.frame import Frame
    from gbcs_device.display.navigation import Pages

ELECTRICITY = const(0)

_LEVELS = ("Low", "Medium", "High")
_SUPPLY = ("Off", "Armed", "On")
_EMERGENCY = ("Not offered", "Available", "Selected", "In use", "Used up")
_PERIODS = ((view.YESTERDAY, "Yesterday"), (view.WEEK, "This week"), (view.MONTH, "This month"))
_NAMES = ("Electricity", "Gas")

_FIRST = const(13)  # y of a page's first line, or of its large figure
_SECOND = const(33)  # the first below a large figure
_THIRD = const(43)
_FOOTER = const(56)
_SIGNAL_HEIGHTS = b"\x02\x03\x05\x06\x08"
MESSAGE_LINES = 5
_ROW = const(12)  # digits of a token in its first row


def draw(name: str, frame: "Frame", seen: "View", pages: "Pages") -> None:
    """The page `name`, one of PAGES, over whatever the frame had."""
    title, has_fuel, page = PAGES[name]
    frame.clear()
    fuel = seen.fuels[pages.fuel]
    if name == "credit" and not fuel.is_prepayment:
        title = "Bill"
    if name == "message" and len(seen.messages) > 1:
        title = "Message %d/%d" % (pages.message_place(seen) + 1, len(seen.messages))
    _header(frame, seen, title, pages.fuel if has_fuel else -1)
    if not seen.is_joined and name != "info":
        _unlinked(frame, "Not joined", "to your meters' network")
    elif has_fuel and not fuel.is_connected:
        _unlinked(frame, "No connection", "to the %s meter" % _NAMES[pages.fuel].lower())
    else:
        page(frame, seen, pages)
    _dots(frame, pages)
    if pages.notice(seen):
        _banner(frame, seen.notice)


def _header(frame: "Frame", seen: "View", title: str, fuel: int) -> None:
    x = 0
    if fuel >= 0:
        frame.icon(0, 0, glyphs.FLAME if fuel else glyphs.BOLT)
        x = 10
    right = WIDTH - 18
    time = wording.time_of_day(seen.time, seen.offset_s)
    waits = any(
        message.needs_confirmation and not message.is_confirmed for message in seen.messages
    )
    left = right - width_of(time) - 4
    if waits:
        left -= 11
    frame.text(x, 0, shortened(title, left - x - 3))
    frame.right(right, 0, time)
    if waits:
        frame.icon(left, 0, glyphs.ENVELOPE)
    for index in range(5):
        height = _SIGNAL_HEIGHTS[index] if index < seen.signal and seen.is_joined else 1
        frame.bar(WIDTH - 14 + 3 * index, 8 - height, 2, height)
    frame.bar(0, 9, WIDTH, 1)


def _dots(frame: "Frame", pages: "Pages") -> None:
    """Draws a dot a page, a larger one for the present page."""
    names = pages.names
    x = WIDTH - 4 * len(names) + 1
    for name in names:
        if name == pages.name:
            frame.bar(x, 58, 3, 3)
        else:
            frame.bar(x + 1, 59, 1, 1)
        x += 4


def _footer(frame: "Frame", pages: "Pages", text: str, is_urgent: bool = False) -> None:
    """Draws a line of status at the bottom; in reverse where it is urgent."""
    if text:
        text = shortened(text, WIDTH - 4 * len(pages.names) - 3)
        frame.text(1 if is_urgent else 0, _FOOTER, text)
        if is_urgent:
            frame.invert(0, _FOOTER - 1, width_of(text) + 2, 9)


def _action(frame: "Frame", text: str) -> None:
    """Draws the effect of the OK button at the bottom."""
    frame.text(2, _FOOTER, "OK")
    frame.invert(0, _FOOTER - 1, 15, 9)
    frame.text(19, _FOOTER, text)


def _unlinked(frame: "Frame", problem: str, where: str) -> None:
    frame.icon(54, 14, glyphs.AERIAL)
    frame.erase(67, 19, 13, 10)
    frame.icon(68, 19, glyphs.CROSS)
    frame.centred(WIDTH // 2, 33, problem)
    frame.centred(WIDTH // 2, 43, where)


def _banner(frame: "Frame", text: str) -> None:
    """Draws the outcome of the last action over the lower part of the page."""
    broken = wording.lines(text, WIDTH - 10)
    if len(broken) > 4:
        broken[3] = shortened(" ".join(broken[3:]), WIDTH - 10)
        del broken[4:]
    if not broken:
        return
    height = 9 * len(broken) + 3
    top = 64 - height
    frame.erase(0, top - 1, WIDTH, height + 1)
    frame.box(0, top, WIDTH, height)
    for index in range(len(broken)):
        frame.text(5, top + 2 + 9 * index, broken[index])


def _figure(frame: "Frame", text: str, unit: str, y: int = _FIRST) -> None:
    """A large figure and its unit."""
    frame.text(frame.large(0, y, text) + 1, y + 9, unit)


def _status(fuel: "Fuel") -> str:
    """The urgent state of a fuel in a word or two; "" where there is none."""
    if fuel.supply == figures.OFF:
        return "Supply off"
    if fuel.supply == figures.ARMED:
        return "Supply armed"
    if not fuel.is_prepayment:
        return ""
    if fuel.emergency == view.EXHAUSTED:
        return "No credit left"
    if fuel.emergency == view.IN_USE:
        return "Emergency credit"
    return "Low credit" if fuel.has_low_credit else ""


def _gauge(frame: "Frame", level: "int | None") -> None:
    """Low, medium, high: three steps, filled as far as it goes."""
    if level is None:
        return
    for index in range(3):
        height = 6 + 5 * index
        shape = frame.bar if index <= level else frame.box
        shape(97 + 10 * index, _FIRST + 16 - height, 8, height)
    frame.centred(111, _SECOND, _LEVELS[level])


def _credit_line(frame: "Frame", fuel: "Fuel", y: int, width: int) -> None:
    if fuel.is_prepayment:
        text = "Credit %s" % wording.money_within(fuel.balance_mp, width - 36)
    else:
        text = "Today %s" % wording.money_within(fuel.cost_mp[view.TODAY], width - 36)
    frame.text(0, y, text)


def _overview(frame: "Frame", seen: "View", pages: "Pages") -> None:
    fuel = seen.fuels[pages.fuel]
    if fuel.power_w is None and pages.fuel != ELECTRICITY:
        # A gas meter does not tell its power: today's energy is what can be said
        figure = wording.energy_within(fuel.used_wh[view.TODAY], 88, large_width_of)
        x = frame.large(0, _FIRST, figure) + 1
        frame.text(x, _FIRST, "kWh")
        frame.text(x, _FIRST + 9, "today")
        frame.text(0, _SECOND, "Cost %s" % wording.money_within(fuel.cost_mp[view.TODAY], 92))
        if fuel.is_prepayment:
            _credit_line(frame, fuel, _THIRD, WIDTH)
    else:
        figure = wording.fitting((wording.power(fuel.power_w),), 78, large_width_of)
        _figure(frame, figure, "kW")
        cost = wording.hourly(fuel.cost_now_mp)
        frame.text(0, _SECOND, wording.fitting((cost + " an hour", cost + "/h"), 88, width_of))
        _gauge(frame, fuel.level)
        _credit_line(frame, fuel, _THIRD, WIDTH)
    _footer(frame, pages, _status(fuel), True)


def _today(frame: "Frame", seen: "View", pages: "Pages") -> None:
    fuel = seen.fuels[pages.fuel]
    frame.large(0, _FIRST, wording.money_within(
        fuel.cost_mp[view.TODAY], WIDTH, measure=large_width_of))  # fmt: skip
    used = wording.energy_within(fuel.used_wh[view.TODAY], WIDTH - 50)
    frame.text(0, _SECOND, used + " kWh used")
    unit = " m³" if pages.fuel != ELECTRICITY else " kWh"
    reading = wording.energy_within(fuel.reading, WIDTH - 56)
    frame.text(0, _THIRD, "Meter " + reading + unit)
    _footer(frame, pages, _status(fuel), True)


def _history(frame: "Frame", seen: "View", pages: "Pages") -> None:
    fuel = seen.fuels[pages.fuel]
    frame.right(94, _FIRST, "kWh")
    frame.right(WIDTH, _FIRST, "£")
    y = 23
    for period, name in _PERIODS:
        frame.text(0, y, name)
        frame.right(94, y, wording.energy_within(fuel.used_wh[period], 43))
        frame.right(WIDTH, y, wording.money_within(fuel.cost_mp[period], 31, ""))
        y += 10
    _footer(frame, pages, _status(fuel), True)


def _tariff(frame: "Frame", seen: "View", pages: "Pages") -> None:
    fuel = seen.fuels[pages.fuel]
    frame.text(0, _FIRST, shortened(fuel.tariff or "Tariff without a name", WIDTH))
    price = wording.price(fuel.price_mp)
    x = frame.large(0, 24, wording.fitting((price,), WIDTH - 36, large_width_of)) + 1
    frame.text(x, 24, "pence")
    frame.text(x, 33, "a kWh")
    standing = wording.price(fuel.standing_mp)
    frame.text(0, _THIRD, wording.fitting(
        ("Standing %sp a day" % standing, "%sp a day" % standing), WIDTH, width_of))  # fmt: skip
    _footer(frame, pages, _status(fuel), True)


def _battery(frame: "Frame", fuel: "Fuel") -> None:
    """Credit as the charge of a battery: full, a quarter when it is low, empty."""
    frame.box(101, 15, 24, 13)
    frame.bar(125, 19, 2, 5)
    if fuel.balance_mp is not None and fuel.balance_mp > 0:
        frame.bar(103, 17, 5 if fuel.has_low_credit else 20, 9)


def _credit(frame: "Frame", seen: "View", pages: "Pages") -> None:
    fuel = seen.fuels[pages.fuel]
    supply = "" if fuel.supply is None else "Supply " + _SUPPLY[fuel.supply].lower()
    if not fuel.is_prepayment:
        is_bill = fuel.bill_mp is not None
        so_far = fuel.bill_mp if is_bill else fuel.cost_mp[view.MONTH]
        frame.large(0, _FIRST, wording.money_within(so_far, WIDTH, measure=large_width_of))
        frame.text(0, _SECOND, "bill so far" if is_bill else "this month so far")
        if fuel.debt_mp:
            frame.text(0, _THIRD, "Debt " + wording.money_within(fuel.debt_mp, 90))
        _footer(frame, pages, supply, fuel.supply != figures.ON)
        return
    figure = wording.money_within(fuel.balance_mp, 97, measure=large_width_of)
    frame.large(0, _FIRST, figure)
    _battery(frame, fuel)
    if fuel.debt_mp is not None:
        frame.text(0, _SECOND, "Debt " + wording.money_within(fuel.debt_mp, 90))
    state = _EMERGENCY[fuel.emergency].lower()
    if fuel.emergency not in (view.NOT_OFFERED, view.EXHAUSTED):
        state = "%s %s" % (wording.money_within(fuel.emergency_mp, 44), state)
    texts = ("Emergency credit " + state, "Emergency " + state, state)
    frame.text(0, _THIRD, wording.fitting(texts, WIDTH, width_of))
    status = _status(fuel)
    _footer(frame, pages, status or supply, bool(status))


def _top_up(frame: "Frame", seen: "View", pages: "Pages") -> None:
    fuel = seen.fuels[pages.fuel]
    if not fuel.is_prepayment:
        _words(frame, "This meter is not in prepayment mode.")
        return
    if not pages.is_entering:
        figure = wording.money_within(fuel.balance_mp, WIDTH, measure=large_width_of)
        frame.large(0, _FIRST, figure)
        frame.text(0, _SECOND, "credit now")
        frame.text(0, _THIRD, "Have the 20 digits ready.")
        _action(frame, "enter")
        return
    shown = pages.entry + pages.candidate
    for index in range(20):
        row, place = divmod(index, _ROW)
        x = 1 + 10 * place + place // 4 * 4
        y = _FIRST + 21 * row
        if index % 4 == 0:
            frame.large(x, y, shown[index : index + 4], 1)
        if index >= len(pages.entry):
            frame.bar(x, y + 17, 9, 3 if index == len(pages.entry) else 1)
    if len(pages.entry) == 20:
        _action(frame, "send")
    else:
        _footer(frame, pages, "%d to come" % (20 - len(pages.entry)))


def _words(frame: "Frame", text: str, y: int = _FIRST) -> None:
    """Lines of text."""
    for line in wording.lines(text, WIDTH):
        frame.text(0, y, line)
        y += 9


def _emergency(frame: "Frame", seen: "View", pages: "Pages") -> None:
    fuel = seen.fuels[pages.fuel]
    if not fuel.is_prepayment:
        _words(frame, "This meter is not in prepayment mode.")
        return
    if fuel.emergency == view.NOT_OFFERED:
        _words(frame, "Emergency credit is offered when credit is low.")
        return
    amount = wording.money_within(fuel.emergency_mp, WIDTH, measure=large_width_of)
    frame.large(0, _FIRST, amount)
    frame.text(0, _SECOND, "emergency credit")
    frame.text(0, _THIRD, _EMERGENCY[fuel.emergency].lower())
    if fuel.emergency == view.AVAILABLE:
        _action(frame, "activate")


def _supply(frame: "Frame", seen: "View", pages: "Pages") -> None:
    fuel = seen.fuels[pages.fuel]
    state = "not known" if fuel.supply is None else _SUPPLY[fuel.supply].lower()
    text = "%s: %s" % (_NAMES[pages.fuel], state)
    width = width_of(text) + 12
    left = (WIDTH - width) // 2
    frame.text(left + 6, 16, text)
    if fuel.supply == figures.ON:
        frame.invert(left, 13, width, 13)
    else:
        frame.box(left, 13, width, 13)
    if fuel.supply == figures.ARMED:
        _words(frame, "Switch appliances off first.", 31)
        _action(frame, "switch on")
    elif fuel.supply == figures.OFF:
        _words(frame, "It can be switched on once it is armed.", 31)


def _message(frame: "Frame", seen: "View", pages: "Pages") -> None:
    if not seen.messages:
        _words(frame, "No messages.")
        return
    message = seen.messages[pages.message_place(seen)]
    broken = wording.lines(message.text, WIDTH)
    first = min(pages.line, max(len(broken) - 1, 0))
    y = 11
    for line in broken[first : first + MESSAGE_LINES]:
        frame.text(0, y, line)
        y += 9
    if len(broken) > pages.line + MESSAGE_LINES:
        _action(frame, "more")
    elif message.needs_confirmation and not message.is_confirmed:
        _action(frame, "confirm")
    elif len(seen.messages) > 1:
        _action(frame, "next")
    elif message.needs_confirmation:
        _footer(frame, pages, "Confirmed")


def has_more(message: "Message", line: int) -> bool:
    """Whether text follows the lines on the page."""
    return len(wording.lines(message.text, WIDTH)) > line + MESSAGE_LINES


def _supplier(frame: "Frame", seen: "View", pages: "Pages") -> None:
    fuel = seen.fuels[pages.fuel]
    frame.text(0, _FIRST, shortened(fuel.supplier or "Supplier without a name", WIDTH))
    frame.text(0, 23, shortened(fuel.contact, WIDTH))
    if fuel.calendar:
        frame.text(0, _THIRD, shortened("Calendar " + fuel.calendar, WIDTH))
    _footer(frame, pages, _status(fuel), True)


def _info(frame: "Frame", seen: "View", pages: "Pages") -> None:
    if seen.time is None:
        date = "Time not known"
    else:
        zone = wording.zone(seen.offset_s)
        date = "%s %s" % (wording.date(seen.time, seen.offset_s), zone)
    frame.text(0, _FIRST, date)
    signal = "Signal %d of 5" % seen.signal if seen.is_joined else "Not joined"
    frame.text(0, 23, signal)
    y = 34
    for index in (0, 1):
        frame.icon(0, y - 1, glyphs.FLAME if index else glyphs.BOLT)
        is_heard = seen.is_joined and seen.fuels[index].is_connected
        state = "connected" if is_heard else "no connection"
        frame.text(11, y, "%s: %s" % (_NAMES[index], state))
        y += 10


# name: title, whether it is of one fuel, what draws it
PAGES: "dict[str, tuple[str, bool, Callable[[Frame, View, Pages], None]]]" = {
    "overview": ("Now", True, _overview),
    "today": ("Today", True, _today),
    "history": ("History", True, _history),
    "tariff": ("Tariff", True, _tariff),
    "credit": ("Credit", True, _credit),
    "top-up": ("Top-up", True, _top_up),
    "emergency": ("Emergency", True, _emergency),
    "supply": ("Supply", True, _supply),
    "message": ("Message", False, _message),
    "supplier": ("Supplier", True, _supplier),
    "info": ("Info", False, _info),
}
