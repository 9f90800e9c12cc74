"""The requests of a display: which attributes, how often, and their places in the View.

Electricity comes from the ESME, gas from the GPF and the mirror that it keeps of the gas meter;
the time is the hub's. A row of READS is one request, short enough that its answer needs no blocks
(73 octets). ASKS are the commands whose answers are publications. PLACES say what an attribute
becomes: a slot of a Fuel, scaled to watt-hours, litres or millipence by what the meter says of
its own figures.

Sources: Smart Energy 1.4, annex D; GBCS 10.2 and SMETS2 6.4 (what a display shows, how often).
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.zcl.codes import METERING, PREPAYMENT, PRICE, SERVED, TIME
from gbcs_device.base import figures, view

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.base.view import Fuel

    # A row of READS or ASKS
    Row = tuple[Any, ...]

ELECTRICITY, GAS = 0, 1
BOTH = (ELECTRICITY, GAS)

CLUSTERS = SERVED + (TIME,)

SILENT_S = (60, 900)  # without an answer so long, a fuel is not connected

READS = (
    # fuel, cluster, every so many seconds, attributes
    (0, 0x0702, 3600, (0x0300, 0x0301, 0x0302)),  # unit, multiplier, divisor
    (0, 0x0702, 10, (0x0400, 0x0000, 0x0014, 0x0207)),  # power, register, supply, level
    (0, 0x0705, 30, (0x0000, 0x0001, 0x0002, 0x0003, 0x0005)),  # mode, balance, emergency, debt
    (0, 0x0702, 60, (0x0401, 0x0403, 0x0430, 0x0440)),  # energy: today, yesterday, week, month
    (0, 0x0705, 60, (0x0502, 0x051C, 0x051E, 0x0530, 0x0540)),  # scale of costs; their costs
    (0, 0x0702, 60, (0x0A00, 0x0A04)),  # bill to date, its digits
    (0, 0x0700, 300, (0x0617, 0x0301, 0x0610)),  # digits, standing charge, label
    (0, 0x0708, 3600, (0x0101, 0x0102)),  # supplier's name, how to reach it
    (1, 0x000A, 900, (0x0000, 0x0002, 0x0003, 0x0004, 0x0005)),  # time, zone, summer time
    (1, 0x0702, 1800, (0x0300, 0x0301, 0x0302)),
    (1, 0x0702, 300, (0x0000, 0x0014)),
    (1, 0x0705, 300, (0x0000, 0x0001, 0x0002, 0x0003, 0x0005)),
    (1, 0x0702, 900, (0x0C01, 0x0C03, 0x0C30, 0x0C40)),  # the same in kWh
    (1, 0x0705, 900, (0x0502, 0x051C, 0x051E, 0x0530, 0x0540)),
    (1, 0x0702, 900, (0x0A00, 0x0A04)),
    (1, 0x0700, 900, (0x0617, 0x0301, 0x0610)),
)

ASKS = (
    # fuel, cluster, every so many seconds, command, its payload
    (0, 0x0700, 300, 0x00, b"\x01"),  # GetCurrentPrice: the receiver is on when idle
    (0, 0x0703, 900, 0x00, b""),  # GetLastMessage
    (0, 0x0707, 3600, 0x00, bytes(8) + b"\x01\x00\xff\xff\xff\xff"),  # GetCalendar: delivered
    (1, 0x0700, 900, 0x00, b"\x01"),
    (1, 0x0703, 900, 0x00, b""),
    (1, 0x0707, 3600, 0x00, bytes(8) + b"\x01\x00\xff\xff\xff\xff"),
)

# Forms of a value
CHOICE, ENERGY, MONEY, COST, BILL, TEXT = 0, 1, 2, 3, 4, 5
_CHOICES = const(3)  # of levels, of supply states
_MOST = const(1 << 53)  # more than any meter counts or is owed

PLACES = (
    # cluster, attribute, form, slot, place in it or None
    (0x0702, 0x0000, ENERGY, "reading", None),
    (0x0702, 0x0014, CHOICE, "supply", None),
    (0x0702, 0x0207, CHOICE, "level", None),
    (0x0702, 0x0400, ENERGY, "power_w", None),
    (0x0702, 0x0401, ENERGY, "used_wh", 0),
    (0x0702, 0x0403, ENERGY, "used_wh", 1),
    (0x0702, 0x0430, ENERGY, "used_wh", 2),
    (0x0702, 0x0440, ENERGY, "used_wh", 3),
    (0x0702, 0x0A00, BILL, "bill_mp", None),
    (0x0702, 0x0C01, ENERGY, "used_wh", 0),
    (0x0702, 0x0C03, ENERGY, "used_wh", 1),
    (0x0702, 0x0C30, ENERGY, "used_wh", 2),
    (0x0702, 0x0C40, ENERGY, "used_wh", 3),
    (0x0700, 0x0301, MONEY, "standing_mp", None),
    (0x0700, 0x0610, TEXT, "tariff", None),
    (0x0705, 0x0001, MONEY, "balance_mp", None),
    (0x0705, 0x0002, MONEY, "emergency_mp", None),
    (0x0705, 0x0005, MONEY, "debt_mp", None),
    (0x0705, 0x051C, COST, "cost_mp", 0),
    (0x0705, 0x051E, COST, "cost_mp", 1),
    (0x0705, 0x0530, COST, "cost_mp", 2),
    (0x0705, 0x0540, COST, "cost_mp", 3),
    (0x0708, 0x0101, TEXT, "supplier", None),
    (0x0708, 0x0102, TEXT, "contact", None),
)  # fmt: skip

_MODE = const(0x0000)  # of Prepayment: payment control configuration
_IS_PREPAYMENT = const(0x0002)
_CREDIT_STATUS = const(0x0003)
_MILLIPENCE = const(5)  # digits after the point of a pound


class Scale:
    """How a meter writes its figures: `multiplier` by `divisor` of a kWh or m3, and digits."""

    __slots__ = ("bill_digits", "cost_digits", "divisor", "multiplier", "price_digits")

    def __init__(self) -> None:
        self.multiplier = 1
        self.divisor = 1000
        self.price_digits = self.cost_digits = self.bill_digits = _MILLIPENCE


def number(value: bytes) -> "int | None":
    """A ZCL value as a number; None where it says that it is not valid."""
    if len(value) < 2:
        return None
    octets = value[1:]
    number = int.from_bytes(octets, "little")
    top = 1 << 8 * len(octets)
    if 0x28 <= value[0] <= 0x2F:
        return None if number == top >> 1 else number - top if number >= top >> 1 else number
    return None if number == top - 1 and value[0] >= 0x20 else number


def text(value: bytes) -> str:
    """An octet string as text; what is not ASCII is a question mark."""
    octets = value[2:]
    return "".join([chr(octet) if 0x20 <= octet < 0x7F else "?" for octet in octets])


def millipence(value: int, digits: int) -> int:
    """Money with so many digits after the point."""
    if digits > _MILLIPENCE:
        return value // 10 ** (digits - _MILLIPENCE)
    return int(value * 10 ** (_MILLIPENCE - digits))


def choice(value: int) -> "int | None":
    """A level or a supply state; None for what is neither."""
    return value if 0 <= value < _CHOICES else None


def take(fuel: "Fuel", scale: Scale, cluster: int, values: "dict[int, bytes]") -> None:
    """Puts attributes that were read into a Fuel; one that is not valid becomes None."""
    _rescale(scale, cluster, values)
    for row in PLACES:
        if row[0] == cluster and row[1] in values:
            _put(fuel, row[3], row[4], _converted(row[2], values[row[1]], scale))
    if cluster == PREPAYMENT:
        mode = number(values.get(_MODE, b""))
        if mode is not None:
            fuel.is_prepayment = bool(mode & _IS_PREPAYMENT)
        if _CREDIT_STATUS in values:
            _take_status(fuel, number(values[_CREDIT_STATUS]) or 0)
    if fuel.power_w is not None and fuel.price_mp is not None:
        fuel.cost_now_mp = max(0, fuel.power_w) * fuel.price_mp // 1000


def _take_status(fuel: "Fuel", bits: int) -> None:
    fuel.has_low_credit = bool(bits & figures.CREDIT_LOW)
    if bits & (figures.EMERGENCY_SELECTED | figures.EMERGENCY_IN_USE):
        in_use = bits & figures.EMERGENCY_IN_USE
        fuel.emergency = view.IN_USE if in_use else view.SELECTED
        if fuel.emergency_mp is not None and fuel.emergency_mp <= 0:
            fuel.emergency = view.EXHAUSTED
    else:
        available = bits & figures.EMERGENCY_AVAILABLE
        fuel.emergency = view.AVAILABLE if available else view.NOT_OFFERED


def _rescale(scale: Scale, cluster: int, values: "dict[int, bytes]") -> None:
    numbers = [
        number(values.get(identifier, b""))
        for identifier in (0x0301, 0x0302, 0x0A04, 0x0617, 0x0502)
    ]
    multiplier, divisor, bill, price, cost = numbers
    if cluster == METERING:
        scale.multiplier = multiplier or scale.multiplier
        scale.divisor = divisor or scale.divisor
        if bill is not None:
            scale.bill_digits = bill >> 4 & 0x0F
    elif cluster == PRICE and price is not None:
        scale.price_digits = price >> 4 & 0x0F
    elif cluster == PREPAYMENT and cost is not None:
        scale.cost_digits = 6 - (cost & 0x0F)  # 0 is a millionth


def _converted(form: int, value: bytes, scale: Scale) -> "int | str | None":
    if form == TEXT:
        return text(value)
    amount = number(value)
    if amount is None:
        return None
    if form == CHOICE:
        return choice(amount)
    if form == ENERGY:
        amount = amount * scale.multiplier * 1000 // scale.divisor
    elif form == MONEY:
        amount = millipence(amount, scale.price_digits)
    elif form == COST:
        amount = millipence(amount, scale.cost_digits)
    else:
        amount = millipence(amount, scale.bill_digits)
    return amount if -_MOST < amount < _MOST else None


def _put(fuel: "Fuel", slot: str, place: "int | None", value: "int | str | None") -> None:
    if place is None:
        setattr(fuel, slot, value)
    else:
        getattr(fuel, slot)[place] = value
