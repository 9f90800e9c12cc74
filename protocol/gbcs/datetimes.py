"""COSEM dates and times: whether these octets can be one.

Source: IEC 62056-6-2 (DLMS UA 1000-1, Blue Book), 4.1.6.1; GBCS 9.2 for a date-time of zeros.
"""

from gbcs.compat import TIMES_KEPT
from gbcs.errors import DecodeError

_DAYS = b"\x1f\x1d\x1f\x1e\x1f\x1e\x1f\x1f\x1e\x1f\x1e\x1f"


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
    if month == 2 and year != 0xFFFF and (year & 3 or (not year % 100 and year % 400)):
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
