"""Times as messages have them: milliseconds to and from octets, and whether octets are a time.

`now` is milliseconds since 2000-01-01 00:00 UTC, everywhere; nothing here reads a clock.

Source: IEC 62056-6-2 (DLMS UA 1000-1, Blue Book), 4.1.6.1; GBCS 9.2 for a date-time of zeros.
"""

from gbcs.compat import TIMES_KEPT, const
from gbcs.errors import DecodeError

_DAY_S = const(86400)
_MAX_SECONDS = 0xFFFFFFFF
_MAX_MS = 252_455_615_999_000  # the last second of the year 9999
_NOT_SPECIFIED = const(0x8000)
_MONTHS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)  # days before, in most years
_DAYS = b"\x1f\x1d\x1f\x1e\x1f\x1e\x1f\x1f\x1e\x1f\x1e\x1f"  # at most, by month
NEVER = "99991231235959Z"  # GBCS: cancels what was to happen later


def seconds(now: int) -> int:
    """Seconds since 2000, as ZCL and GBZ count them in four octets; the nearest that there is."""
    return min(max(now // 1000, 0), _MAX_SECONDS)


def bounded(now: int) -> int:
    """The nearest moment that four octets of seconds have; further ones are not counted to."""
    return min(max(now, 0), _MAX_SECONDS * 1000)


def date_time(now: int, status: int = 0xFF) -> bytes:
    """Twelve octets: a COSEM date-time in UTC, its weekday and deviation not specified.

    Source: DLMS UA 1000-1 (Blue Book), 4.1.6.1.
    """
    year, month, day, second = _calendar(now)
    return bytes((year >> 8, year & 0xFF, month, day, 0xFF, second // 3600, second // 60 % 60,
                  second % 60, 0, 0x80, 0, status))  # fmt: skip


def generalized(now: int) -> str:
    """YYYYMMDDHHMMSSZ, as ASN.1 has times."""
    year, month, day, second = _calendar(now)
    return "%04d%02d%02d%02d%02d%02dZ" % (
        year, month, day, second // 3600, second // 60 % 60, second % 60)  # fmt: skip


def from_generalized(text: str) -> int:
    """Milliseconds since 2000 of a checked GeneralizedTime, to the second."""
    return _moment(int(text[:4]), int(text[4:6]), int(text[6:8]), 3600 * int(text[8:10])
                   + 60 * int(text[10:12]) + int(text[12:14]))  # fmt: skip


def from_date_time(octets: bytes) -> "int | None":
    """Milliseconds since 2000 of a COSEM date-time, which counts from UTC by its deviation.

    None where anything of it is not specified, is not in the calendar, or is before 2000.
    Source: DLMS UA 1000-1 (Blue Book), 4.1.6.1: UTC is local time plus the deviation.
    """
    if len(octets) != 12:
        return None
    year, month, day = octets[0] << 8 | octets[1], octets[2], octets[3]
    if not 2000 <= year <= 9999 or not 1 <= month <= 12:
        return None
    most = 28 if month == 2 and not _leap(year) else _DAYS[month - 1]
    if not 1 <= day <= most or octets[5] > 23 or octets[6] > 59 or octets[7] > 59:
        return None
    minutes = octets[9] << 8 | octets[10]
    if minutes == _NOT_SPECIFIED:
        minutes = 0
    elif minutes > 0x7FFF:
        minutes -= 0x10000
    second = 3600 * octets[5] + 60 * (octets[6] + minutes) + octets[7]
    at = _moment(year, month, day, second)
    return at if at >= 0 else None


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_before(year: int) -> int:
    """Days from 2000 to the first of January of a year."""
    years = year - 1
    return 365 * (year - 2000) + years // 4 - years // 100 + years // 400 - 484


def _moment(year: int, month: int, day: int, second: int) -> int:
    days = _days_before(year) + _MONTHS[month - 1] + day - 1
    if month > 2 and _leap(year):
        days += 1
    return (days * _DAY_S + second) * 1000


def _calendar(now: int) -> "tuple[int, int, int, int]":
    """Year, month, day, and the second of the day; the nearest between 2000 and 9999."""
    now = min(max(now, 0), _MAX_MS)
    days, second = divmod(now // 1000, _DAY_S)
    year = 2000 + days // 366
    while days >= _days_before(year + 1):
        year += 1
    day = days - _days_before(year)
    leap = 1 if _leap(year) else 0
    month = 12
    while month > 1 and day < _MONTHS[month - 1] + (leap if month > 2 else 0):
        month -= 1
    return year, month, day - _MONTHS[month - 1] - (leap if month > 2 else 0) + 1, second


def date(now: int) -> "tuple[int, int, int, int]":
    """Year, month, day, and the day of the week from Monday = 1 (2000 began on a Saturday)."""
    year, month, day, _ = _calendar(now)
    return year, month, day, (now // 1000 // _DAY_S + 5) % 7 + 1


# COSEM dates and times, checked


def check_date(data: bytes, at: int, field: str) -> None:
    """Five octets: year, month, day, weekday; FF for any, FD and FE for ends of summer time.

    Zero is let through: GBCS 9.2 activates now at a date-time of zeros.
    """
    year = data[at] << 8 | data[at + 1]
    month = data[at + 2]
    day = data[at + 3]
    if month > 12 and month < 0xFD:
        raise DecodeError("a month expected, found %02X" % month, at + 2, field)
    most = _DAYS[month - 1] if 1 <= month <= 12 else 31
    if month == 2 and year != 0xFFFF and not _leap(year):
        most = 28
    if day > most and day < 0xFD:
        raise DecodeError("a day of the month expected, found %02X" % day, at + 3, field)
    if data[at + 4] > 7 and data[at + 4] != 0xFF:
        raise DecodeError("a day of the week expected, found %02X" % data[at + 4], at + 4, field)


_TIME = ((23, "an hour"), (59, "a minute"), (59, "a second"), (99, "hundredths of a second"))


def check_time(data: bytes, at: int, field: str) -> None:
    """Four octets: hour, minute, second, hundredths; FF for any."""
    for most, unit in _TIME:
        if data[at] > most and data[at] != 0xFF:
            raise DecodeError("%s expected, found %02X" % (unit, data[at]), at, field)
        at += 1


def check_date_time(data: bytes, at: int, field: str) -> None:
    """Twelve octets: date, time, minutes from UTC (8000 for any), status."""
    check_date(data, at, field)
    check_time(data, at + 5, field)
    deviation = data[at + 9] << 8 | data[at + 10]
    if 840 < deviation < 0x10000 - 840 and deviation != 0x8000:
        raise DecodeError("minutes from UTC expected, found %04X" % deviation, at + 9, field)


WHEN = {"date-time": 12, "date": 5, "time": 4}  # hints of octet strings that are checked; sizes
good_times: "set[bytes]" = set()  # of those that were; on a board none are kept


def check_when(hint: str, data: bytes, at: int, size: int, field: str) -> None:
    """Checks an octet string that its shape calls a date-time, a date or a time.

    One of another size, as an empty one, says that there is none.
    """
    if size == WHEN[hint]:
        if size == 12:
            check_date_time(data, at, field)
        elif size == 5:
            check_date(data, at, field)
        else:
            check_time(data, at, field)


def is_time(hint: str, octets: bytes) -> bool:
    """Whether `check_when` lets these octets through; they are kept in `good_times` then."""
    try:
        check_when(hint, octets, 0, len(octets), "")
    except DecodeError:
        return False
    if TIMES_KEPT and len(octets) == WHEN[hint]:
        if len(good_times) >= TIMES_KEPT:
            good_times.clear()
        good_times.add(octets)
    return True
