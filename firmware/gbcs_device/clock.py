"""Times as messages have them. `now` is milliseconds since 2000-01-01 00:00 UTC, everywhere."""

from gbcs.compat import const

_DAY_S = const(86400)
_LAST_SECOND = const(0xFFFFFFFF)
_END = const(252455616000)  # 10000-01-01, seconds since 2000: no message has a year of five digits
_MONTHS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
NEVER = "99991231235959Z"  # GBCS: cancels what was to happen later


def seconds(now: int) -> int:
    """Seconds since 2000, as ZCL and GBZ count them: 0 to 2^32-1, also for what they cannot."""
    return min(max(now // 1000, 0), _LAST_SECOND)


def date_time(now: int, status: int = 0xFF) -> bytes:
    """Twelve octets: a COSEM date-time in UTC, its weekday and deviation not said."""
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
    """Milliseconds since 2000 of a COSEM date-time; None where anything of it is not said."""
    if len(octets) != 12 or 0xFF in octets[:2] + octets[2:4] + octets[5:8]:
        return None
    year = octets[0] << 8 | octets[1]
    if not 2000 <= year < 9999 or not 1 <= octets[2] <= 12 or not 1 <= octets[3] <= 31:
        return None
    return _moment(year, octets[2], octets[3], 3600 * octets[5] + 60 * octets[6] + octets[7])


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
    """Year, month, day, and the second of the day."""
    days, second = divmod(min(max(now // 1000, 0), _END - 1), _DAY_S)
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
