"""A meter's tariff as the Price cluster publishes it: the payloads of its commands.

Money is millipence: five decimals of a pound, as in all of GBCS.

Source: Smart Energy 1.4, D.4.2.4. In reference messages (GCS01a) a tariff has no label, tier block
mode FF, and thresholds in watt-hours by a divisor of 1000.
"""

import struct

from gbcs import clock
from gbcs.compat import TYPE_CHECKING, const

if TYPE_CHECKING:
    from gbcs_device.account.tariff import Terms
    from gbcs_device.base.figures import Figures
    from gbcs_device.interfaces import Source

PUBLISH_PRICE = const(0x00)
PUBLISH_CONVERSION_FACTOR = const(0x02)
PUBLISH_CALORIFIC_VALUE = const(0x03)
PUBLISH_TARIFF = const(0x04)
PUBLISH_MATRIX = const(0x05)
PUBLISH_THRESHOLDS = const(0x06)

_PROVIDER = const(0)
_KWH = const(0)
_POUND = const(826)
_DECIMALS = const(0x50)
_UNTIL_CHANGED = const(0xFFFF)
_NONE = const(0xFF)
_NONE32 = const(0xFFFFFFFF)
_MORE_TIERS = const(15)  # in a nibble: the number stands at the end
_SCHEMES = (0x00, 0x10, 0x20)  # time of use, blocks, both
_TARIFF_ID = const(1)
_LONGEST_LABEL = const(12)
_LONGEST_TARIFF_LABEL = const(24)


def published(source: "Source", command: int, now: int) -> "list[bytes]":
    """The payloads in force now; none where there is no tariff."""
    if command == PUBLISH_PRICE:
        figures = source.figures(now)
        if figures is None:
            return []
        return [price(figures, tiers_of(source.terms()), source.since(now), now)]
    terms = source.terms()
    if terms is None:
        return []
    if command == PUBLISH_TARIFF:
        return [_tariff(terms, source.since(now))]
    if command == PUBLISH_MATRIX:
        return [_matrix(terms, source.since(now))]
    if command == PUBLISH_THRESHOLDS:
        return [_thresholds(terms, source.since(now))] if blocks_of(terms) else []
    return []


def price(figures: "Figures", tiers: int, since: int, now: int) -> bytes:
    """PublishPrice: the price of a kilowatt-hour in force, since a second since 2000."""
    label = figures.label[:_LONGEST_LABEL]
    tier = min(figures.tier, _MORE_TIERS)
    out = struct.pack("<IB", _PROVIDER, len(label)) + label
    out += struct.pack(
        "<IIBHBBIHI",
        since,
        clock.seconds(now),
        _KWH,
        _POUND,
        _DECIMALS | tier,
        min(tiers, _MORE_TIERS) << 4 | tier,
        since,
        _UNTIL_CHANGED,
        _unsigned(figures.price_mp),
    )
    out += struct.pack("<BIBIBBBB", _NONE, _NONE32, _NONE, _NONE32, _NONE, _NONE, _NONE, 0)
    if tiers >= _MORE_TIERS:
        out += bytes((_NONE, _NONE, tiers, figures.tier, figures.tier))
    return out


def tiers_of(terms: "Terms | None") -> int:
    """The number of tiers: the highest that the calendar names, else the tier that is charged by.

    0 without time of use, as with gas.
    """
    if terms is None:
        return 0
    most = terms.default_tier
    if terms.calendar is not None:
        for day in terms.calendar.days:
            for _, tier in terms.calendar.days[day]:
                most = max(most, plain(tier))
    return most


def blocks_of(terms: "Terms | None") -> int:
    """How many thresholds the tier with most of them has."""
    if terms is None:
        return 0
    return max([0] + [len(limits) for limits in terms.thresholds.values()])


def plain(tier: int) -> int:
    """A tier's number on the HAN; those with blocks stand a hundred higher in the meter."""
    return tier - 100 if tier > 100 else tier


def price_of(terms: "Terms | None", tier: int, block: int) -> "int | None":
    """The price of a tier (from 1; 0 without time of use) and a block (from 0)."""
    if terms is None:
        return None
    price = terms.prices.get((tier, block))
    return terms.prices.get((tier + 100, block)) if price is None else price


def thresholds_of(terms: "Terms | None", tier: int) -> "list[int]":
    """Where the blocks of a tier end, in watt-hours."""
    if terms is None:
        return []
    limits = terms.thresholds.get(tier)
    return terms.thresholds.get(tier + 100, []) if limits is None else limits


def _unsigned(mp: "int | None") -> int:
    """The nearest amount that four unsigned octets hold."""
    return min(max(mp or 0, 0), _NONE32 - 1)


def _head(since: int) -> bytes:
    """The head of a matrix and of thresholds: provider, event, start, tariff, one command."""
    return struct.pack("<IIIIBB", _PROVIDER, since, since, _TARIFF_ID, 0, 1)


def _tariff(terms: "Terms", since: int) -> bytes:
    tiers, blocks = tiers_of(terms), blocks_of(terms)
    scheme = _SCHEMES[0 if not blocks else 2 if tiers else 1]
    out = struct.pack("<IIIIB", _PROVIDER, since, _TARIFF_ID, since, scheme)
    label = terms.label[:_LONGEST_TARIFF_LABEL]
    out += bytes((len(label),)) + label
    out += struct.pack(
        "<BBBHBIB", tiers, blocks, _KWH, _POUND, _DECIMALS, _unsigned(terms.standing_mp), _NONE
    )
    return out + b"\x01\x00\x00\xe8\x03\x00"  # thresholds times 1, by 1000


def _matrix(terms: "Terms", since: int) -> bytes:
    """By tier where there are no blocks, else by tier and block in a nibble each."""
    tiers, blocks = tiers_of(terms), blocks_of(terms)
    out = _head(since)
    if not blocks:
        out += b"\x01"
        for tier in range(1, tiers + 1) if tiers else (0,):
            out += struct.pack("<BI", tier, _unsigned(price_of(terms, tier, 0)))
        return out
    out += b"\x00"
    for tier in range(1, min(tiers, _MORE_TIERS) + 1) if tiers else (0,):
        for block in range(len(thresholds_of(terms, tier)) + 1):
            price = _unsigned(price_of(terms, tier, block))
            out += struct.pack("<BI", tier << 4 | block, price)
    return out


def _thresholds(terms: "Terms", since: int) -> bytes:
    tiers = tiers_of(terms)
    out = _head(since) + b"\x00"
    for tier in range(1, min(tiers, _MORE_TIERS) + 1) if tiers else (0,):
        limits = thresholds_of(terms, tier)
        out += bytes((tier << 4 | len(limits),))
        for limit in limits:
            out += limit.to_bytes(6, "little")
    return out
