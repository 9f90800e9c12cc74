"""The Time cluster of a hub: UTC, and when Great Britain has summer time.

Source: ZigBee Cluster Library 07-5123, 3.12. Summer time is from 01:00 UTC of the last Sunday in
March to that of October.
"""

from gbcs import clock
from gbcs.compat import const

_HOUR_S = const(3600)
_DAY_S = const(86400)
_MASTER = const(0x03)  # and synchronised
_UTC = const(0xE2)
_BITS8 = const(0x18)
_U32 = const(0x23)
_I32 = const(0x2B)
_MONTHS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)  # days before each


def attribute(identifier: int, now: int) -> "bytes | None":
    """Type and octets of an attribute; `now` in milliseconds since 2000."""
    second = clock.seconds(now)
    if identifier == 0x0000:
        return _number(_UTC, second)
    if identifier == 0x0001:
        return bytes((_BITS8, _MASTER))
    if identifier == 0x0002:
        return _number(_I32, 0)
    start, end = summer(second)
    if identifier == 0x0003:
        return _number(_U32, start)
    if identifier == 0x0004:
        return _number(_U32, end)
    if identifier == 0x0005:
        return _number(_I32, _HOUR_S)
    if identifier == 0x0006:
        return _number(_U32, second)
    if identifier == 0x0007:
        return _number(_U32, second + (_HOUR_S if start <= second < end else 0))
    return None


def _number(kind: int, value: int) -> bytes:
    return bytes((kind,)) + min(value, 0xFFFFFFFF).to_bytes(4, "little")


def summer(second: int) -> "tuple[int, int]":
    """When summer time begins and ends in the year of a moment; all in seconds since 2000."""
    year = 2000 + second // (365 * _DAY_S + _DAY_S // 4)
    if second < _day(year, 1, 1) * _DAY_S:
        year -= 1
    elif second >= _day(year + 1, 1, 1) * _DAY_S:
        year += 1
    return _last_sunday(year, 3) * _DAY_S + _HOUR_S, _last_sunday(year, 10) * _DAY_S + _HOUR_S


def _last_sunday(year: int, month: int) -> int:
    """Days since 2000, of a month with 31 days. 2000 began on a Saturday."""
    day = _day(year, month, 31)
    return day - (day + 6) % 7


def _day(year: int, month: int, day: int) -> int:
    """Days since 2000 began, of a date up to 2099."""
    leaps = (year - 2000 + 3) // 4
    is_late = month > 2 and year % 4 == 0
    return (year - 2000) * 365 + leaps + _MONTHS[month - 1] + int(is_late) + day - 1
