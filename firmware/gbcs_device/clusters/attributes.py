"""Attributes that a meter serves on the HAN: what displays read, made of its figures and objects.

One table says where each comes from: an ESME answers it itself, a GSME reports it to its mirror,
and the GPF answers what was reported. Money is millipence, so trailing digits are 5 and the cost
scale is 10^-5; energy is kWh by a divisor of 1000, gas volume m3 by the same.

A meter in credit mode has no attributes of prepayment, one in prepayment mode no bill.

Source: Smart Energy 1.4, annex D (0700, 0702, 0705, 0708); ZCL 07-5123, 3.2 (0000).
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.zcl.codes import BASIC

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.base.figures import Figures
    from gbcs_device.clusters.meter import MeterSource
    from gbcs_device.interfaces import Source
ELECTRICITY = const(1)
GAS = const(2)
_BOTH = const(3)

# Types; each on a line, for only so they are folded into the rows below
_BITS8 = const(0x18)
_BITS16 = const(0x19)
_U8 = const(0x20)
_U16 = const(0x21)
_U24 = const(0x22)
_U32 = const(0x23)
_U48 = const(0x25)
_I24 = const(0x2A)
_I32 = const(0x2B)
_ENUM = const(0x30)
_OCTETS = const(0x41)
_TEXT = const(0x42)
_UTC = const(0xE2)

# Modes in which an attribute is there
_ALWAYS = const(0)
_CREDIT = const(1)
_PREPAID = const(2)

# Objects of the ESME
MPAN = "a/0001/00005E2C220B/02"
_SUPPLIER = "a/2328/0000600D01FF/02"
_CONTACT = "a/2328/0000600D00FF/02"
_POWER_LEVELS = "a/0015/0000100000FF/02"  # low to medium, medium to high: an array of two
_DEFAULT_LEVELS = (500, 1500)  # watts, where none were set

PREPAYMENT_CONFIGURATION = const(0x0000)
IS_PREPAYMENT = const(0x0002)  # of the payment control configuration
_PAID_FIRST = const(0x0C97)  # disconnection, prepayment, credit management, display; charges
_PAID_LATER = const(0x0C94)

ROWS = (
    # cluster, first, step, count, fuels, mode, type, what, from which place of a list
    # what: a number; a name of Figures; "list.column" of it; "_name" of a function below
    (0x0000, 0x0000, 1, 1, _BOTH, _ALWAYS, _U8, 3, 0),
    (0x0000, 0x0003, 1, 1, _BOTH, _ALWAYS, _U8, 1, 0),
    (0x0000, 0x0004, 1, 1, _BOTH, _ALWAYS, _TEXT, "_maker", 0),
    (0x0000, 0x0005, 1, 1, _BOTH, _ALWAYS, _TEXT, "_model", 0),
    (0x0000, 0x0007, 1, 1, 1, _ALWAYS, _ENUM, 1, 0),
    (0x0000, 0x0007, 1, 1, 2, _ALWAYS, _ENUM, 3, 0),
    (0x0700, 0x0100, 1, 143, 1, _ALWAYS, _U48, "_threshold", 0),
    (0x0700, 0x0202, 1, 1, _BOTH, _ALWAYS, _U24, 1, 0),
    (0x0700, 0x0203, 1, 1, _BOTH, _ALWAYS, _U24, 1000, 0),
    (0x0700, 0x0300, 1, 1, 1, _ALWAYS, _ENUM, 0, 0),
    (0x0700, 0x0300, 1, 1, 2, _ALWAYS, _ENUM, 1, 0),
    (0x0700, 0x0301, 1, 1, _BOTH, _ALWAYS, _U32, "standing_mp", 0),
    (0x0700, 0x0302, 1, 1, 2, _ALWAYS, _U32, "conversion_factor", 0),
    (0x0700, 0x0303, 1, 1, 2, _ALWAYS, _BITS8, "_factor_digits", 0),
    (0x0700, 0x0304, 1, 1, 2, _ALWAYS, _U32, "calorific_value", 0),
    (0x0700, 0x0305, 1, 1, 2, _ALWAYS, _ENUM, 1, 0),
    (0x0700, 0x0306, 1, 1, 2, _ALWAYS, _BITS8, "_calorific_digits", 0),
    (0x0700, 0x0400, 1, 304, _BOTH, _ALWAYS, _U32, "_price", 0),
    (0x0700, 0x0610, 1, 1, _BOTH, _ALWAYS, _OCTETS, "label", 0),
    (0x0700, 0x0611, 1, 1, 1, _ALWAYS, _U8, "_tiers", 0),
    (0x0700, 0x0612, 1, 1, 1, _ALWAYS, _U8, "_blocks", 0),
    (0x0700, 0x0615, 1, 1, _BOTH, _ALWAYS, _ENUM, 0, 0),
    (0x0700, 0x0616, 1, 1, _BOTH, _ALWAYS, _U16, 826, 0),
    (0x0700, 0x0617, 1, 1, _BOTH, _ALWAYS, _BITS8, 0x50, 0),
    (0x0702, 0x0000, 1, 1, 1, _ALWAYS, _U48, "import_wh", 0),
    (0x0702, 0x0000, 1, 1, 2, _ALWAYS, _U48, "litres", 0),
    (0x0702, 0x0001, 1, 1, 1, _ALWAYS, _U48, "export_wh", 0),
    (0x0702, 0x000E, 1, 1, _BOTH, _ALWAYS, _ENUM, "block", 0),
    (0x0702, 0x0014, 1, 1, _BOTH, _ALWAYS, _ENUM, "supply", 0),
    (0x0702, 0x0020, 1, 1, _BOTH, _ALWAYS, _ENUM, "tier", 0),
    (0x0702, 0x0200, 1, 1, _BOTH, _ALWAYS, _BITS8, 0, 0),
    (0x0702, 0x0207, 1, 1, 1, _ALWAYS, _ENUM, "_level", 0),
    (0x0702, 0x0300, 1, 1, 1, _ALWAYS, _ENUM, 0, 0),
    (0x0702, 0x0300, 1, 1, 2, _ALWAYS, _ENUM, 1, 0),
    (0x0702, 0x0301, 1, 1, _BOTH, _ALWAYS, _U24, 1, 0),
    (0x0702, 0x0302, 1, 1, _BOTH, _ALWAYS, _U24, 1000, 0),
    (0x0702, 0x0303, 1, 1, _BOTH, _ALWAYS, _BITS8, 0xBB, 0),  # 7 digits, 3 of them decimals
    (0x0702, 0x0304, 1, 1, 1, _ALWAYS, _BITS8, 0x9B, 0),
    (0x0702, 0x0305, 1, 1, _BOTH, _ALWAYS, _BITS8, 0xBB, 0),
    (0x0702, 0x0306, 1, 1, 1, _ALWAYS, _BITS8, 0, 0),
    (0x0702, 0x0306, 1, 1, 2, _ALWAYS, _BITS8, 128, 0),  # as a mirror has it: 127 and 1
    (0x0702, 0x0307, 1, 1, 1, _ALWAYS, _OCTETS, "_site", 0),
    (0x0702, 0x030F, 1, 1, _BOTH, _ALWAYS, _OCTETS, "label", 0),
    (0x0702, 0x0312, 1, 1, 2, _ALWAYS, _ENUM, 0, 0),
    (0x0702, 0x0314, 1, 1, 2, _ALWAYS, _BITS8, 0xBB, 0),
    (0x0702, 0x0400, 1, 1, 1, _ALWAYS, _I24, "power_w", 0),
    (0x0702, 0x0401, 2, 2, 1, _ALWAYS, _U24, "days.0", 0),
    (0x0702, 0x0420, 2, 7, 1, _ALWAYS, _U24, "days.0", 2),
    (0x0702, 0x0430, 2, 6, 1, _ALWAYS, _U24, "weeks.0", 0),
    (0x0702, 0x0440, 2, 14, 1, _ALWAYS, _U32, "months.0", 0),
    (0x0702, 0x0A00, 1, 1, _BOTH, _CREDIT, _U32, "bill_mp", 0),
    (0x0702, 0x0A01, 1, 1, 1, _CREDIT, _UTC, "time", 0),
    (0x0702, 0x0A04, 1, 1, _BOTH, _CREDIT, _BITS8, 0x50, 0),
    (0x0702, 0x0C01, 2, 2, 2, _ALWAYS, _U24, "days.0", 0),
    (0x0702, 0x0C20, 2, 7, 2, _ALWAYS, _U24, "days.0", 2),
    (0x0702, 0x0C30, 2, 6, 2, _ALWAYS, _U24, "weeks.0", 0),
    (0x0702, 0x0C40, 2, 14, 2, _ALWAYS, _U32, "months.0", 0),
    (0x0705, 0x0000, 1, 1, _BOTH, _ALWAYS, _BITS16, "_configuration", 0),
    (0x0705, 0x0001, 1, 1, _BOTH, _PREPAID, _I32, "balance_mp", 0),
    (0x0705, 0x0002, 1, 1, _BOTH, _PREPAID, _I32, "emergency_mp", 0),
    (0x0705, 0x0003, 1, 1, _BOTH, _PREPAID, _BITS8, "credit_status", 0),
    (0x0705, 0x0005, 1, 1, _BOTH, _PREPAID, _I32, "accumulated_mp", 0),
    (0x0705, 0x0010, 1, 1, _BOTH, _PREPAID, _U32, "emergency_limit_mp", 0),
    (0x0705, 0x0011, 1, 1, _BOTH, _PREPAID, _U32, "emergency_threshold_mp", 0),
    (0x0705, 0x0031, 1, 1, _BOTH, _PREPAID, _U32, "low_credit_mp", 0),
    (0x0705, 0x0040, 1, 1, _BOTH, _PREPAID, _I32, "cut_off_mp", 0),
    (0x0705, 0x0100, 16, 5, _BOTH, _PREPAID, _UTC, "top_ups.time", 0),
    (0x0705, 0x0101, 16, 5, _BOTH, _PREPAID, _I32, "top_ups.amount_mp", 0),
    (0x0705, 0x0102, 16, 5, _BOTH, _PREPAID, _ENUM, "top_ups.origin", 0),
    (0x0705, 0x0103, 16, 5, _BOTH, _PREPAID, _OCTETS, "top_ups.digits", 0),
    (0x0705, 0x0210, 16, 3, _BOTH, _PREPAID, _OCTETS, "debts.label", 0),
    (0x0705, 0x0211, 16, 3, _BOTH, _PREPAID, _U32, "debts.amount_mp", 0),
    (0x0705, 0x0212, 16, 3, _BOTH, _PREPAID, _ENUM, "_recovery", 0),
    (0x0705, 0x0216, 16, 3, _BOTH, _PREPAID, _ENUM, "_frequency", 0),
    (0x0705, 0x0217, 16, 3, _BOTH, _PREPAID, _U32, "debts.rate_mp", 0),
    (0x0705, 0x0219, 16, 3, _BOTH, _PREPAID, _U16, "debts.proportion", 0),
    (0x0705, 0x0500, 1, 1, _BOTH, _ALWAYS, _BITS8, 0xFD, 0),  # 5 decimals
    (0x0705, 0x0501, 1, 1, _BOTH, _ALWAYS, _ENUM, 0, 0),
    (0x0705, 0x0502, 1, 1, _BOTH, _ALWAYS, _ENUM, 1, 0),  # 10^-5
    (0x0705, 0x0503, 1, 1, _BOTH, _ALWAYS, _U16, 826, 0),
    (0x0705, 0x051C, 2, 2, _BOTH, _ALWAYS, _U48, "days.1", 0),
    (0x0705, 0x0520, 2, 7, _BOTH, _ALWAYS, _U48, "days.1", 2),
    (0x0705, 0x0530, 2, 6, _BOTH, _ALWAYS, _U48, "weeks.1", 0),
    (0x0705, 0x0540, 2, 14, _BOTH, _ALWAYS, _U48, "months.1", 0),
    (0x0708, 0x0100, 1, 1, 1, _ALWAYS, _U32, 0, 0),
    (0x0708, 0x0101, 1, 1, 1, _ALWAYS, _OCTETS, "_supplier", 0),
    (0x0708, 0x0102, 1, 1, 1, _ALWAYS, _OCTETS, "_contact", 0),
    (0x0708, 0x0400, 1, 2, 1, _ALWAYS, _U32, "_power_level", 0),
)  # fmt: skip


def attribute(
    cluster: int, identifier: int, fuel: int, source: "Source", now: int
) -> "bytes | None":
    """Type and octets of an attribute, of a meter of this fuel; None where it has none.

    `source` is as `clusters.meter.MeterSource`.
    """
    entry = row(cluster, identifier, fuel)
    if entry is None:
        return None
    content = entry[7]
    if type(content) is int and entry[5] == _ALWAYS:
        return encoded(entry[6], content)
    figures = source.figures(now)
    if cluster != BASIC and (figures is None or not is_there(entry[5], figures.is_prepayment)):
        return None
    if type(content) is int:
        return encoded(entry[6], content)
    value = _value(content, (identifier - entry[1]) // entry[2] + entry[8], figures, source)
    return None if value is None else encoded(entry[6], value)


def row(cluster: int, identifier: int, fuel: int) -> "Any":
    """The row of ROWS that an attribute has, or None."""
    for entry in ROWS:
        if entry[0] == cluster and entry[4] & fuel and entry[1] <= identifier:
            place = identifier - entry[1]
            if place % entry[2] == 0 and place // entry[2] < entry[3]:
                return entry
    return None


def is_there(mode: int, is_prepayment: bool) -> bool:
    """Whether a row's mode is the meter's."""
    return mode == _ALWAYS or (mode == _PREPAID) == is_prepayment


def _value(content: str, index: int, figures: "Figures | None", source: "Source") -> "Any":
    """What a row says, or None where there is no such thing."""
    if content[0] == "_":
        return globals()[content](index, figures, source)
    name, dot, column = content.partition(".")
    field = getattr(figures, name)
    if not dot:
        return field
    if index >= len(field):
        return None
    return field[index][int(column)] if column in "01" else getattr(field[index], column)


def encoded(kind: int, value: "Any") -> bytes:
    """A type and a value of it; what is too much or too little is the most or the least."""
    if kind in (_OCTETS, _TEXT):
        octets = value[:254]
        return bytes((kind, len(octets))) + octets
    size = 4 if kind == _UTC else 1 if kind == _ENUM else (kind & 7) + 1
    most = (1 << 8 * size) - 1
    least = 0
    if 0x28 <= kind < 0x30:
        most >>= 1
        least = -most
    value = max(least, min(most, int(value)))
    return bytes((kind,)) + (value & (1 << 8 * size) - 1).to_bytes(size, "little")


# What is made


def _maker(index: int, figures: "Figures", source: "Source") -> bytes:
    return b"gbcs-lab"


def _model(index: int, figures: "Figures", source: "Source") -> bytes:
    return bytes(source.kind.encode())


def _threshold(index: int, figures: "Figures", source: "Source") -> "int | None":
    """Where a block of a tier (from 1; 0 without time of use) ends."""
    from gbcs_device.clusters import price

    limits = price.thresholds_of(source.terms(), index >> 4)
    return limits[index & 15] if index & 15 < len(limits) else None


def _price(index: int, figures: "Figures", source: "Source") -> "int | None":
    """The price of a tier and a block; tiers from 16 on have none, and stand behind the others."""
    if index == price_place(figures):
        return figures.price_mp
    from gbcs_device.clusters import price

    if index >> 4 > 15:
        return price.price_of(source.terms(), index - 0xFF, 0)
    return price.price_of(source.terms(), index >> 4, index & 15)


def _tiers(index: int, figures: "Figures", source: "Source") -> int:
    from gbcs_device.clusters import price

    return price.tiers_of(source.terms())


def _blocks(index: int, figures: "Figures", source: "Source") -> int:
    from gbcs_device.clusters import price

    return price.blocks_of(source.terms())


def price_place(figures: "Figures") -> int:
    """Where the price in force stands among those from 0x0400 on."""
    if figures.tier > 15:  # these have no blocks
        return 0xFF + figures.tier
    return 16 * figures.tier + max(figures.block - 1, 0)


def _level(index: int, figures: "Figures", source: "MeterSource") -> int:
    """Whether the power now is low (0), medium (1) or high (2)."""
    low, high = _power_levels(source)
    return int(figures.power_w >= low) + int(figures.power_w >= high)


def _power_level(index: int, figures: "Figures", source: "MeterSource") -> int:
    return _power_levels(source)[index]


def _power_levels(source: "MeterSource") -> "tuple[int, int]":
    octets = source.get(_POWER_LEVELS)
    if octets is None or len(octets) != 12:
        return _DEFAULT_LEVELS
    return int.from_bytes(octets[3:7], "big"), int.from_bytes(octets[8:12], "big")


def _site(index: int, figures: "Figures", source: "MeterSource") -> "bytes | None":
    return text(source.get(MPAN))


def _supplier(index: int, figures: "Figures", source: "MeterSource") -> bytes:
    return text(source.get(_SUPPLIER)) or b""


def _contact(index: int, figures: "Figures", source: "MeterSource") -> bytes:
    return text(source.get(_CONTACT)) or b""


def text(octets: "bytes | None") -> "bytes | None":
    """What an A-XDR string of less than 128 octets holds."""
    if octets is None or len(octets) < 2 or octets[0] not in (9, 10, 12):
        return None
    return octets[2 : 2 + octets[1]]


def _factor_digits(index: int, figures: "Figures", source: "Source") -> int:
    return figures.conversion_digits << 4


def _calorific_digits(index: int, figures: "Figures", source: "Source") -> int:
    return figures.calorific_digits << 4


def _configuration(index: int, figures: "Figures", source: "Source") -> int:
    return _PAID_FIRST if figures.is_prepayment else _PAID_LATER


def _recovery(index: int, figures: "Figures", source: "Source") -> "int | None":
    """By time (0), or by a part of each top-up (1)."""
    if index >= len(figures.debts):
        return None
    return 0 if figures.debts[index].period or not figures.debts[index].proportion else 1


def _frequency(index: int, figures: "Figures", source: "Source") -> "int | None":
    if index >= len(figures.debts) or not figures.debts[index].period:
        return None
    return ("hour", "day").index(figures.debts[index].period)
