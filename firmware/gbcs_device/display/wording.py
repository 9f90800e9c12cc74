"""Figures as text: money, energy, power, prices, dates, and text broken into lines.

Money comes in millipence and is shown to the nearest penny, half a penny away from zero; amounts
below zero have a minus sign, unless they round to zero. Energy and power are rounded in the same
way. A value that is not known is `UNKNOWN`.
"""

from gbcs import clock
from gbcs.compat import TYPE_CHECKING
from gbcs_device.display.frame import BLANK, width_of

if TYPE_CHECKING:
    from collections.abc import Callable

UNKNOWN = "--"
TOO_LARGE = "####"
_DAY_S = 86400
_WEEKDAYS = ("Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri")  # 1 January 2000 was a Saturday
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


def decimal(number: int, places: int, shown: int, sign: str = "") -> str:
    """A number with `places` decimals, rounded to `shown`; `sign` stands behind a minus."""
    step = 10 ** (places - shown)
    size = (abs(number) + step // 2) // step
    text = "%d" % (size // 10**shown)
    if shown:
        rest = "%d" % (size % 10**shown)
        text += "." + "0" * (shown - len(rest)) + rest
    return ("-" if number < 0 and size else "") + sign + text


def money(millipence: "int | None", sign: str = "£") -> str:
    """Pounds and pence, such as "-£1.20"."""
    return UNKNOWN if millipence is None else decimal(millipence, 5, 2, sign)


def price(millipence: "int | None") -> str:
    """Pence, with as many decimals as it has, two at least, such as "24.503"."""
    if millipence is None:
        return UNKNOWN
    return decimal(millipence, 3, 3 if millipence % 10 else 2)


def hourly(millipence: "int | None") -> str:
    """Money that is due each hour: pence below a pound."""
    if millipence is not None and abs(millipence) < 99500:
        return decimal(millipence, 3, 0) + "p"
    return money(millipence)


def energy(watt_hours: "int | None", shown: int = 3) -> str:
    """Kilowatt-hours, or cubic metres of litres, to the watt-hour unless told."""
    return UNKNOWN if watt_hours is None else decimal(watt_hours, 3, shown)


def power(watts: "int | None") -> str:
    """Kilowatts, to ten watts below 10 kW, to a hundred below 100 kW, else whole."""
    if watts is None:
        return UNKNOWN
    size = abs(watts)
    return decimal(watts, 3, 2 if size < 9995 else 1 if size < 99950 else 0)


def fitting(texts: "tuple[str, ...]", width: int, measure: "Callable[[str], int]") -> str:
    """The first of the texts that is not wider than `width` points; TOO_LARGE where none is."""
    for text in texts:
        if measure(text) <= width:
            return text
    return TOO_LARGE


def money_within(
    millipence: "int | None",
    width: int,
    sign: str = "£",
    measure: "Callable[[str], int]" = width_of,
) -> str:
    """Pounds and pence; whole pounds where they need more points."""
    if millipence is None:
        return UNKNOWN
    return fitting((money(millipence, sign), decimal(millipence, 5, 0, sign)), width, measure)


def energy_within(
    watt_hours: "int | None", width: int, measure: "Callable[[str], int]" = width_of
) -> str:
    """To the watt-hour, or to what fits."""
    return fitting(
        (energy(watt_hours), energy(watt_hours, 2), energy(watt_hours, 1), energy(watt_hours, 0)),
        width,
        measure,
    )


def time_of_day(time: "int | None", offset_s: int) -> str:
    """Hours and minutes of local time; `time` is seconds since 2000 UTC."""
    if time is None:
        return "--:--"
    minutes = (time + offset_s) % _DAY_S // 60
    return "%02d:%02d" % (minutes // 60, minutes % 60)


def date(time: int, offset_s: int) -> str:
    """Weekday, day, month and year of local time."""
    local = max(time + offset_s, 0)
    text = clock.generalized(local * 1000)
    month = 3 * int(text[4:6])
    return "%s %d %s %s" % (
        _WEEKDAYS[local // _DAY_S % 7], int(text[6:8]), _MONTHS[month - 3 : month], text[:4]
    )  # fmt: skip


def zone(offset_s: int) -> str:
    """What Great Britain calls local time; elsewhere hours and minutes ahead of UTC."""
    if offset_s in (0, 3600):
        return "BST" if offset_s else "GMT"
    minutes = abs(offset_s) // 60
    return "%s%02d:%02d" % ("-" if offset_s < 0 else "+", minutes // 60, minutes % 60)


def lines(text: str, width: int) -> "list[str]":
    """Text broken between words, or within those that are too long, into lines of `width`."""
    lines: list[str] = []
    line = ""
    used = 0
    for word in text.split():
        size = width_of(word)
        if line and used + BLANK + size <= width:
            line += " " + word
            used += BLANK + size
            continue
        if line:
            lines.append(line)
        while size > width:
            count = len(word) - 1
            while count > 1 and width_of(word[:count]) > width:
                count -= 1
            lines.append(word[:count])
            word = word[count:]
            size = width_of(word)
        line, used = word, size
    if line:
        lines.append(line)
    return lines
