"""Times as messages have them. `now` is milliseconds since 2000-01-01 00:00 UTC, everywhere."""

from gbcs.compat import const

_DAY_S = const(86400)
_MAX_SECONDS = 0xFFFFFFFF
_MAX_MS = 252_455_615_999_000  # the last second of the year 9999
_NOT_SPECIFIED = const(0x8000)
_MONTHS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
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
    most = _MONTHS[month] - _MONTHS[month - 1] if month < 12 else 31
    if month == 2 and _leap(year):
        most += 1
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
