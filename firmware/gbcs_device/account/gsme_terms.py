"""The terms of a GSME's account, as its ZCL attributes and calendars say them.

Sources: ZigBee Smart Energy D.4 (price), D.7 (prepayment); GBZ templates of GCS01a, GCS03 to
GCS05, GCS23.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.account import gsme_calendar
from gbcs_device.account.tariff import Terms
from gbcs_device.base.names import attribute_name

if TYPE_CHECKING:
    from gbcs_device.interfaces import Lookup

PRICE = const(0x0700)
METERING = const(0x0702)
PREPAYMENT = const(0x0705)
_LITRE_UNITS = const(360_000_000)  # hundredths of a litre an hour, milliseconds, in a litre
_JOULES = const(3600)  # in a watt-hour
_PARTS = const(1_000_000)  # of the conversion factor
_WEEK_S = const(604_800)
_CONFIGURATION = const(0x0000)
_PREPAYMENT_BIT = const(0x0002)
_SUSPENDS_DISABLED_BIT = const(0x0400)
_RECOVERS_EMERGENCY_BIT = const(0x0800)
_FREQUENCIES = {0: 3600, 1: 86400}
_INT32 = const(0x2B)

_NUMBERS = (
    # attribute, of the terms
    (0x0010, "emergency_limit_mp"),
    (0x0011, "emergency_threshold_mp"),
    (0x0021, "max_balance_mp"),
    (0x0022, "max_credit_mp"),
    (0x0031, "low_credit_mp"),
    (0x0040, "cut_off_mp"),
    (0x0006, "cap_mp"),
    (0x0239, "proportion"),
)


def number(get: "Lookup", cluster: int, identifier: int, default: int = 0) -> int:
    """The number that an attribute holds."""
    octets = get(attribute_name(cluster, identifier))
    if octets is None:
        return default
    value = int.from_bytes(octets[1:], "little")
    if octets[0] == _INT32 and value >> 31:
        value -= 1 << 32
    return value


def _digits(get: "Lookup", identifier: int) -> int:
    return number(get, PRICE, identifier) >> 4


def _scaled(value: int, digits: int, wanted: int) -> int:
    """A number with so many digits after the point, with another number of them."""
    return (
        value * 10 ** (wanted - digits) if digits <= wanted else value // 10 ** (digits - wanted)
    )


def terms(get: "Lookup") -> Terms:
    """The terms that the attributes say; `get(name)` gives an attribute's octets."""
    terms = Terms(_LITRE_UNITS * _JOULES * _PARTS)
    terms.calorific_value = number(get, PRICE, 0x0304)
    terms.calorific_digits = _digits(get, 0x0306)
    terms.conversion_factor = number(get, PRICE, 0x0302)
    terms.conversion_digits = _digits(get, 0x0303)
    joules = _scaled(terms.calorific_value, terms.calorific_digits, 3)  # MJ/m3 are J/ml
    terms.factor = joules * _scaled(terms.conversion_factor, terms.conversion_digits, 6)
    digits = _digits(get, 0x0617)
    terms.standing_mp = _scaled(number(get, PRICE, 0x0301), digits, 5)
    octets = get(attribute_name(PRICE, 0x0610))
    terms.label = b"" if octets is None else octets[2:]
    for tier in range(5):
        for block in range(4):
            price = number(get, PRICE, 0x0400 + 16 * tier + block)
            if price:
                terms.prices[tier, block] = _scaled(price, digits, 5)
    terms.default_tier = 0 if (0, 0) in terms.prices else 1
    count = number(get, PRICE, 0x0612)
    divisor = number(get, PRICE, 0x0203) or 1
    for block in range(min(count, 3)):
        limit = number(get, PRICE, 0x0100 + block) * number(get, PRICE, 0x0202, 1)
        terms.thresholds.setdefault(0, []).append(limit * 1000 // divisor)
    start, unit = number(get, PRICE, 0x0200), number(get, PRICE, 0x0204) & 15
    if unit:
        terms.block_reset = (unit, start * 1000, number(get, PRICE, 0x0201) or 1)
    for identifier, name in _NUMBERS:
        setattr(terms, name, number(get, PREPAYMENT, identifier))
    terms.cap_period_s = _WEEK_S
    terms.debts = [
        (
            number(get, PREPAYMENT, 0x0217 + place),
            _FREQUENCIES.get(number(get, PREPAYMENT, 0x0216 + place, 0xFF), 0),
        )
        for place in (0x00, 0x10)
    ]
    configuration = number(get, PREPAYMENT, _CONFIGURATION)
    terms.is_prepayment = bool(configuration & _PREPAYMENT_BIT)
    terms.suspends_disabled = bool(configuration & _SUSPENDS_DISABLED_BIT)
    terms.suspends_emergency = not configuration & _RECOVERS_EMERGENCY_BIT
    terms.calendar = gsme_calendar.read(get, gsme_calendar.DELIVERED)
    terms.non_disablement = gsme_calendar.read(get, gsme_calendar.FRIENDLY)
    return terms


def readings(get: "Lookup") -> "tuple[int, int, int]":
    """No energy, and the index in litres when the account began."""
    return 0, 0, number(get, METERING, 0x0000)
