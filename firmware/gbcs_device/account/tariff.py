"""The charges of a meter and their times: calendars, prices, the terms of an account.

A calendar gives a number (a tier, or whether disablement is suspended) for each minute of UTC:
special days before seasons, seasons to weeks, weeks to days, days to switching times. The objects
that these are read from are named in `account.esme` and `account.gsme`.
"""

from gbcs import clock
from gbcs.compat import TYPE_CHECKING, const

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    # year, month, day, weekday from Monday = 1; None where any will do
    Date = tuple[int | None, ...]

DAY_MS = const(86_400_000)
DAYS = const(1)
WEEKS = const(2)
MONTHS = const(3)
_MINUTE_MS = const(60_000)


def _matches(date: "Date", today: "Date") -> bool:
    for index in range(len(date)):
        if date[index] is not None and date[index] != today[index]:
            return False
    return True


def _began(date: "Date", today: "tuple[int, ...]") -> "tuple[int, int, int] | None":
    """The last time that this date came, up to today; None where it is still to come."""
    year, month, day = date[0], date[1] or 1, date[2] or 1
    if year is None:
        year = today[0] if (month, day) <= today[1:3] else today[0] - 1
    moment = (year, month, day)
    return moment if moment <= today[:3] else None


class Calendar:
    """Seasons, weeks, days and special days.

    `seasons` are pairs (date, week), `weeks` maps a week to the seven days from Monday, `days` a
    day to pairs (minute, value) in order, `special` are pairs (date, day). Without days it has no
    value.
    """

    def __init__(self) -> None:
        self.seasons: list[tuple[Date, object]] = []
        self.weeks: dict[object, tuple[int, ...]] = {}
        self.days: dict[int, list[tuple[int, int]]] = {}
        self.special: list[tuple[Date, int]] = []

    def _schedule(self, number: int) -> "list[tuple[int, int]]":
        """The switching times of a day, `number` of days since 2000."""
        today = clock.date(number * DAY_MS)
        for date, day in self.special:
            if _matches(date, today):
                return self.days.get(day, [])
        week, last = None, None
        for date, name in self.seasons:
            began = _began(date, today)
            if began is not None and (last is None or began > last):
                week, last = name, began
        if last is None and self.seasons:
            week = self.seasons[0][1]
        ids = self.weeks.get(week)
        if ids is None:  # one day does for every day
            return self.days[min(self.days)] if self.days else []
        return self.days.get(ids[today[3] - 1], [])

    def at(self, now: int) -> "tuple[int, int]":
        """The value at a moment (milliseconds since 2000), and until when at least it holds.

        What a day says until its first switching time the day before has said.
        """
        number = now // DAY_MS
        return _value(self._schedule, number, now % DAY_MS // _MINUTE_MS, 0)


def _value(
    schedule: "Callable[[int], list[tuple[int, int]]]", number: int, minute: int, default: int
) -> "tuple[int, int]":
    """As `Calendar.at`, of whatever gives the switching times of a day."""
    in_force = None
    until = (number + 1) * DAY_MS
    for start, value in schedule(number):
        if start > minute:
            until = number * DAY_MS + start * _MINUTE_MS
            break
        in_force = value
    days = 0
    while in_force is None and days < 7:
        days += 1
        earlier = schedule(number - days)
        if earlier:
            in_force = earlier[-1][1]
    return default if in_force is None else in_force, until


class Schedule:
    """Entries that switch something on and off.

    `entries` are (value, minute, weekdays, special days, begin, end): weekdays and special days as
    strings of 0 and 1, begin and end dates. `special` are pairs (date, day). On a special day
    only the entries that name it count.
    """

    def __init__(self) -> None:
        self.entries: list[tuple[int, int, str, str, Date, Date]] = []
        self.special: list[tuple[Date, int]] = []

    def _schedule(self, number: int) -> "list[tuple[int, int]]":
        today = clock.date(number * DAY_MS)
        day = 0
        for date, number_of_day in self.special:
            if _matches(date, today):
                day = number_of_day
        switchings = []
        for value, minute, weekdays, special, begin, end in self.entries:
            runs = special[day - 1 : day] if day else weekdays[today[3] - 1 : today[3]]
            if runs == "1" and _is_within(begin, end, today):
                switchings.append((minute, value))
        return sorted(switchings)

    def at(self, now: int) -> "tuple[int, int]":
        """The value at a moment, and until when at least it holds; 0 without an entry."""
        number = now // DAY_MS
        return _value(self._schedule, number, now % DAY_MS // _MINUTE_MS, 0)


def _is_within(begin: "Date", end: "Date", today: "tuple[int, ...]") -> bool:
    """Whether a date lies between two, both included; without a year they come every year."""
    first, last, now = (begin[1] or 1, begin[2] or 1), (end[1] or 12, end[2] or 31), today[1:3]
    if begin[0] is None and end[0] is None and first > last:  # over the turn of the year
        return now >= first or now <= last
    from_year, to_year = begin[0] or today[0], end[0] or today[0]
    return (from_year,) + first <= today[:3] <= (to_year,) + last


class Terms:
    """The terms of an account. Money is millipence, energy watt-hours, periods seconds.

    `prices` maps (tier, block) to what a kilowatt-hour costs; `thresholds` a tier to where its
    blocks end; blocks count from 0. `units` is how fine energy is counted: so many make a
    watt-hour; `factor` of them pass for each hundredth of the load and millisecond. `debts` are
    pairs (what is taken, each period).
    """

    __slots__ = (
        "block_reset",
        "calendar",
        "cap_mp",
        "cap_period_s",
        "calorific_digits",
        "calorific_value",
        "conversion_digits",
        "conversion_factor",
        "cut_off_mp",
        "debts",
        "default_tier",
        "emergency_limit_mp",
        "emergency_threshold_mp",
        "factor",
        "is_prepayment",
        "label",
        "low_credit_mp",
        "max_balance_mp",
        "max_credit_mp",
        "non_disablement",
        "prices",
        "proportion",
        "standing_mp",
        "suspends_disabled",
        "suspends_emergency",
        "thresholds",
        "units",
    )

    def __init__(self, units: int) -> None:
        self.units = units
        self.factor = 1
        self.label = b""
        self.calendar: Calendar | None = None
        self.default_tier = 0  # where there is no calendar
        self.prices: dict[tuple[int, int], int] = {}
        self.thresholds: dict[int, list[int]] = {}
        # (None, date), or (DAYS ... MONTHS, start in milliseconds, how many)
        self.block_reset: tuple[Any, ...] | None = None
        self.standing_mp = 0
        self.is_prepayment = False
        self.cut_off_mp = 0
        self.low_credit_mp = 0
        self.emergency_limit_mp = self.emergency_threshold_mp = 0
        self.max_credit_mp = self.max_balance_mp = 0  # 0: none
        self.debts: list[tuple[int, int]] = [(0, 0), (0, 0)]
        self.proportion = 0  # of a top-up, hundredths of a per cent
        self.cap_mp = self.cap_period_s = 0  # of what is taken of top-ups; 0: none
        self.suspends_emergency = self.suspends_disabled = False
        self.non_disablement: Calendar | Schedule | None = None
        self.calorific_value = self.calorific_digits = 0
        self.conversion_factor = self.conversion_digits = 0

    def tier(self, now: int) -> "tuple[int, int]":
        """The tier at a moment and until when it holds, a day's end at the latest."""
        if self.calendar is None:
            return self.default_tier, (now // DAY_MS + 1) * DAY_MS
        value, until = self.calendar.at(now)
        return value or self.default_tier, until

    def friendly_period(self, now: int) -> "tuple[bool, int]":
        """Whether supply is not disabled for want of credit, and until when that holds."""
        if self.non_disablement is None:
            return False, (now // DAY_MS + 1) * DAY_MS
        value, until = self.non_disablement.at(now)
        return value != 0, until

    def block(self, tier: int, used_wh: int) -> "tuple[int, int | None]":
        """The block of a counter, from 0, and where it ends, None where it does not."""
        limits = self.thresholds.get(tier, ())
        for index in range(len(limits)):
            if used_wh < limits[index]:
                return index, limits[index]
        return len(limits), None

    def price(self, tier: int, block: int) -> int:
        """The price of a kilowatt-hour; where a block has no price, that of the first."""
        price = self.prices.get((tier, block))
        return self.prices.get((tier, 0), 0) if price is None else price

    def resets_blocks(self, now: int) -> bool:
        """Whether a block period ends with the day that ends now."""
        rule = self.block_reset
        if rule is None:
            return False
        year, month, day, _ = today = clock.date(now)
        if rule[0] is None:
            return _matches(rule[1], today)
        unit, start, count = rule
        if now < start:
            return False
        if unit == MONTHS:
            first = clock.date(start)
            months = (year - first[0]) * 12 + month - first[1]
            return day == first[2] and months % count == 0
        days = (now - start // DAY_MS * DAY_MS) // DAY_MS
        return days % (count * (7 if unit == WEEKS else 1)) == 0
