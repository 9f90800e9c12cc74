"""Attributes that a meter serves on the HAN: what displays read, made of its figures and objects.

One table (clusters.attribute_rows, made of served.txt of the facts) says where each comes from: an
ESME answers it itself, a GSME reports it to its mirror, and the GPF answers what was reported.
Money is millipence, so trailing digits are 5 and the cost scale is 10^-5; energy is kWh by a
divisor of 1000, gas volume m3 by the same.

A meter in credit mode has no attributes of prepayment, one in prepayment mode no bill.

Source: Smart Energy 1.4, annex D (0700, 0702, 0705, 0708); ZCL 07-5123, 3.2 (0000).
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.zcl.codes import BASIC
from gbcs_device.clusters.attribute_rows import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    from gbcs_device.base.figures import Figures
    from gbcs_device.clusters.meter import MeterSource
    from gbcs_device.interfaces import Source

ELECTRICITY = const(1)
GAS = const(2)

# Types that are not numbers of a size that they say
_ENUM = const(0x30)
_OCTETS = const(0x41)
_TEXT = const(0x42)
_UTC = const(0xE2)

# Modes in which an attribute is there
_ALWAYS = const(0)
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
        return _MADE[content](index, figures, source)
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


_MADE: "dict[str, Callable[..., Any]]" = {
    "_maker": _maker,
    "_model": _model,
    "_threshold": _threshold,
    "_price": _price,
    "_tiers": _tiers,
    "_blocks": _blocks,
    "_level": _level,
    "_power_level": _power_level,
    "_site": _site,
    "_supplier": _supplier,
    "_contact": _contact,
    "_factor_digits": _factor_digits,
    "_calorific_digits": _calorific_digits,
    "_configuration": _configuration,
    "_recovery": _recovery,
    "_frequency": _frequency,
}
