"""The terms of an ESME's account, as its COSEM objects say them.

What stands in an object is a data item of its type, but what is inside was checked by nobody: an
object of another form than its layout says nothing.

Sources: the COSEM mapping table of GBCS (its section 20); scales and codes as in the reference
commands ECS01a, ECS03, ECS07, ECS08a; DLMS UA 1000-1 4.6 (classes 111 to 113).
"""

from gbcs.axdr import axdr
from gbcs.compat import TYPE_CHECKING, const
from gbcs.cosem.cosem import name_of
from gbcs_device.account.tariff import Calendar, Schedule, Terms

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.interfaces import Lookup

UNITS = const(360_000_000)  # hundredths of a watt, milliseconds, in a watt-hour
_MP_SCALE = const(-5)  # millipence are pounds / 10^5
_SCALES = const(9)  # how far from it a price may be
_NO_THRESHOLD = const(0xFFFFFFFF)
_PREPAYMENT = const(2)
_POUND_MP = const(100_000)
_LEAST_PERIOD_S = const(3600)
_SUSPEND = const(32)  # the script that begins a non-disablement period
_BLOCK_TIERS = const(100)  # added to the number of a tier that has blocks, as scripts have it

ACCOUNT = b"\x00\x00\x13\x00\x00\xff"
EMERGENCY = b"\x00\x00\x13\x0a\x01\xff"
_ACCUMULATED = b"\x00\x00\x13\x0a\x02\xff"
CHARGES = b"\x00\x00\x13\x14"  # and the number of the charge, FF
_PRICES, _DEBT_1, _DEBT_2, _STANDING = 0, 1, 2, 4
IMPORT = (1, b"\x00\x00\x5e\x2c\x22\x0a", 2)  # a structure that begins with active import
EXPORT = (3, b"\x01\x00\x02\x08\x00\xff", 2)
_THRESHOLDS = b"\x00\x00\x10\x00"  # and 10 + the tier, FF

# Layouts: i an integer, b a boolean, s a bit string, o octets, a number so many octets; tuples
# are structures, lists are arrays of what is in them
_CHARGE = (("i", "i"), ("i", "o", "i"), [("o", "i")])
_SPECIAL = [("i", 5, "i")]
_DAYS = (20, b"\x00\x00\x0d\x00\x00\xff", 5), [("i", [(4, "o", "i")])]
_WEEKS = (20, b"\x00\x00\x0d\x00\x00\xff", 4), [("o",) + ("i",) * 7]
_SEASONS = (20, b"\x00\x00\x0d\x00\x00\xff", 3), [("o", 12, "o")]
_SPECIAL_DAYS = (11, b"\x00\x00\x0b\x00\x00\xff", 2), _SPECIAL
_NON_DISABLEMENT = (
    (10, b"\x00\x00\x0c\x00\x01\xff", 2),
    [("i", "b", "o", "i", 4, "i", "s", "s", 5, 5)],
)
_NON_DISABLEMENT_DAYS = (11, b"\x00\x00\x0b\x00\x02\xff", 2), _SPECIAL
_BLOCK_PERIOD = (22, b"\x00\x00\x0f\x01\x00\xff", 4), [(4, 5)]
_MODE = (111, ACCOUNT, 2), ("i", "i")
_COLLECTIONS = (111, ACCOUNT, 11), [("o", "o", "s")]
_CUT_OFF = (21, b"\x00\x00\x10\x00\x01\xff", 2), ["i"]

_NUMBERS = (
    # class, OBIS, index, of the terms, what its unit is in millipence or seconds
    ((111, ACCOUNT, 16), "low_credit_mp", 1),
    ((111, ACCOUNT, 18), "cap_mp", _POUND_MP),
    ((111, ACCOUNT, 19), "cap_period_s", 1),
    ((112, EMERGENCY, 9), "emergency_limit_mp", 1),
    ((112, EMERGENCY, 10), "emergency_threshold_mp", 1),
    ((9000, b"\x00\x00\x5e\x2c\x02\x0a", 2), "max_credit_mp", 1),
    ((9000, b"\x00\x00\x5e\x2c\x02\x14", 2), "max_balance_mp", 1),
    ((113, CHARGES + b"\x03\xff", 13), "proportion", 1),
)
_TIERS = tuple(range(1, 49)) + tuple(range(101, 109))  # as scripts have them
_TYPES = {"i": (int,), "b": (bool, int), "s": (str,), "o": (bytes,)}  # a true of 01 is an int


def _plain(field: "Any", layout: "Any") -> "Any":
    """The values of decoded data; ValueError where they have another layout.

    It does not call itself, for which a board's C stack is short.
    """
    whole: list[Any] = []
    waiting = [(field, layout, whole)]
    while waiting:
        (_, _, value, _), layout, out = waiting.pop()
        if type(layout) is list or type(layout) is tuple:
            is_array = type(layout) is list
            if type(value) is not list or not (is_array or len(value) == len(layout)):
                raise ValueError("an array or structure expected")
            inside: list[Any] = []
            out.append(inside)
            for at in range(len(value) - 1, -1, -1):
                waiting.append((value[at], layout[0 if is_array else at], inside))
            continue
        if type(layout) is int:
            if type(value) is not bytes or len(value) != layout:
                raise ValueError("octets expected")
        elif type(value) not in _TYPES[layout]:
            raise ValueError("another type expected")
        out.append(value)
    return whole[0]


def _value(get: "Lookup", key: "tuple[int, bytes, int]", layout: "Any") -> "Any":
    """The value of an attribute; None where it has none, or one of another layout."""
    octets = get(name_of(*key))
    if octets is None:
        return None
    try:
        return _plain(axdr.decode(octets, 0, len(octets))[0], layout)
    except ValueError:
        return None


def _charge(get: "Lookup", number: int) -> "list[tuple[bytes, int]]":
    """The prices of a charge object in force: pairs of index and millipence, none below zero."""
    charge = _value(get, (113, CHARGES + bytes((number, 0xFF)), 5), _CHARGE)
    if charge is None or not -_SCALES < charge[0][1] - _MP_SCALE < _SCALES:
        return []
    power = charge[0][1] - _MP_SCALE
    return [
        (index, max(amount * 10**power if power >= 0 else amount // 10**-power, 0))
        for index, amount in charge[2]
    ]


def _date(octets: bytes) -> "tuple[Any, ...]":
    """Year, month, day and weekday of a COSEM date; None for what it does not say."""
    year = octets[0] << 8 | octets[1]
    parts = [None if year == 0xFFFF else year]
    for octet in octets[2:5]:
        parts.append(None if octet > 31 else octet)
    return tuple(parts)


def terms(get: "Lookup") -> Terms:
    """The terms that the objects say; `get(name)` gives an object's octets."""
    terms = Terms(UNITS)
    terms.default_tier = 1
    mode = _value(get, *_MODE)
    terms.is_prepayment = mode is not None and mode[0] == _PREPAYMENT
    terms.cut_off_mp = (_value(get, *_CUT_OFF) or [0])[0]
    for key, name, factor in _NUMBERS:
        setattr(terms, name, max(_value(get, key, "i") or 0, 0) * factor)
    for index, amount in _charge(get, _PRICES):
        place = index[0] if index else 0
        if place >= 0xA0:
            terms.prices[_BLOCK_TIERS + (place & 15), (place >> 4) - 10] = amount
        elif amount and place:
            terms.prices[place, 0] = amount
    for _, amount in _charge(get, _STANDING):
        terms.standing_mp = amount
    terms.debts = []
    for number in (_DEBT_1, _DEBT_2):
        amounts = _charge(get, number)
        period = _value(get, (113, CHARGES + bytes((number, 0xFF)), 8), "i") or 0
        amount = amounts[0][1] if amounts else 0
        terms.debts.append((amount, max(period, _LEAST_PERIOD_S) if period > 0 else 0))
    for tier in range(1, 9):
        limits = _value(get, (21, _THRESHOLDS + bytes((10 + tier, 0xFF)), 2), ["i"]) or []
        limits = [limit for limit in limits if limit != _NO_THRESHOLD]
        if limits:
            terms.thresholds[_BLOCK_TIERS + tier] = limits
    _suspensions(terms, get)
    _calendars(terms, get)
    return terms


def _suspensions(terms: Terms, get: "Lookup") -> None:
    """Whether time debts are recovered of emergency credit, and without credit."""
    rows = _value(get, *_COLLECTIONS)
    if rows is None:
        return
    terms.suspends_disabled = terms.suspends_emergency = True
    for credit, charge, collection in rows:
        if charge == CHARGES + b"\x01\xff":
            if credit == _ACCUMULATED:
                terms.suspends_disabled = False
            elif credit == EMERGENCY:
                terms.suspends_emergency = collection[2:3] != "1"


def _minute(time: bytes) -> int:
    return time[0] * 60 + time[1]


def _special(get: "Lookup", key: "Any", layout: "Any") -> "list[tuple[Any, int]]":
    return [(_date(date), day) for _, date, day in _value(get, key, layout) or ()]


def _calendars(terms: Terms, get: "Lookup") -> None:
    days = _value(get, *_DAYS)
    if days:
        calendar = terms.calendar = Calendar()
        for day, entries in days:
            rows = [(_minute(start), script) for start, _, script in entries if script in _TIERS]
            calendar.days[day] = sorted(rows)
        for row in _value(get, *_WEEKS) or ():
            calendar.weeks[row[0]] = tuple(row[1:])
        for _, start, week in _value(get, *_SEASONS) or ():
            calendar.seasons.append((_date(start[:4] + b"\xff"), week))
        calendar.special = _special(get, *_SPECIAL_DAYS)
    entries = _value(get, *_NON_DISABLEMENT)
    if entries:
        schedule = terms.non_disablement = Schedule()
        for _, enabled, _, selector, start, _, weekdays, special, begin, end in entries:
            if enabled:
                row = (int(selector == _SUSPEND), _minute(start), weekdays, special)
                schedule.entries.append(row + (_date(begin), _date(end)))
        schedule.special = _special(get, *_NON_DISABLEMENT_DAYS)
    reset = _value(get, *_BLOCK_PERIOD)
    if reset:
        terms.block_reset = (None, _date(reset[0][1]))


def readings(get: "Lookup") -> "tuple[int, int, int]":
    """What the registers for import and export stood at when the account began, and 0."""
    imported, exported = get(name_of(*IMPORT)), get(name_of(*EXPORT))
    return (
        int.from_bytes(imported[3:7], "big") if imported else 0,
        int.from_bytes(exported[1:5], "big") if exported else 0,
        0,
    )
