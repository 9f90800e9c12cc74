"""A meter's switching calendar as the Calendar cluster publishes it.

Source: Smart Energy 1.4, D.9; the reference message GCS01a for how it is used here.
"""

import struct

from gbcs.compat import TYPE_CHECKING, const

if TYPE_CHECKING:
    from gbcs_device.account.tariff import Date
    from gbcs_device.interfaces import Source

_CALENDAR = const(0)
_DAY = const(1)
_WEEK = const(2)
_SEASONS = const(3)
_SPECIAL = const(4)
_PROVIDER = const(0)
_DELIVERED = const(0)
_ANY = const(0xFF)
_FIRST_YEAR = const(1900)


def published(source: "Source", command: int, now: int) -> "list[bytes]":
    """Payloads of a command; none where tiers do not change by a calendar."""
    terms = source.terms()
    calendar = None if terms is None else terms.calendar
    if calendar is None or not calendar.days:
        return []
    since = source.since(now)
    head = struct.pack("<III", _PROVIDER, since, since)
    weeks = [each[1] for each in calendar.seasons]  # a season has a week: they are numbered alike
    if command == _CALENDAR:
        out = head + struct.pack("<IBBB", since, _DELIVERED, 0, 0)
        return [out + bytes((len(calendar.seasons), len(weeks), len(calendar.days)))]
    if command == _DAY:
        return [_day(head, day, calendar.days[day]) for day in sorted(calendar.days)]
    if command == _WEEK:
        return [
            head + bytes((number + 1,)) + bytes(calendar.weeks[weeks[number]])
            for number in range(len(weeks))
            if weeks[number] in calendar.weeks
        ]
    if command == _SEASONS and calendar.seasons:
        out = head + b"\x00\x01"
        for number in range(len(calendar.seasons)):
            out += _date(calendar.seasons[number][0]) + bytes((number + 1,))
        return [out]
    if command == _SPECIAL and calendar.special:
        out = head + struct.pack("<IBBBB", since, _DELIVERED, len(calendar.special), 0, 1)
        for date, day in calendar.special:
            out += _date(date) + bytes((day,))
        return [out]
    return []


def _day(head: bytes, day: int, schedule: "list[tuple[int, int]]") -> bytes:
    from gbcs_device.clusters.price import plain

    out = head + bytes((day, len(schedule), 0, 1, _DELIVERED))
    for minute, tier in schedule:
        out += struct.pack("<HB", minute, plain(tier) & 0xFF)
    return out


def _date(date: "Date") -> bytes:
    """A ZCL date: years from 1900, month, day, day of the week; FF for any."""
    parts = [_ANY if part is None else part for part in date]
    if date[0] is not None:
        parts[0] = min(max(date[0] - _FIRST_YEAR, 0), _ANY - 1)
    while len(parts) < 4:
        parts.append(_ANY)
    return bytes(parts[:4])
