"""The reports of a GSME to its mirror: first all that displays read of it, then the changes.

Source: Smart Energy 1.4, D.3.4 (mirrors); which attributes, gbcs_device.clusters.attributes says.
"""

from binascii import crc32

from gbcs.compat import TYPE_CHECKING, const
from gbcs.zcl.codes import BASIC, METERING, PRICE
from gbcs_device.clusters import attributes
from gbcs_device.clusters.attribute_rows import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gbcs_device.interfaces import AttributeOf, Source

_MOST_OCTETS = const(70)  # of a frame that needs no blocks
_MOST_ALIKE = const(16)  # of prices, of which there are more, that in force is reported
_STORED = (0x0201, 0x0205, 0x0307, 0x0308)  # of the meter: battery, meter point, serial number


def identifiers(source: "Source", now: int) -> "Iterator[tuple[int, int]]":
    """Clusters and identifiers that a gas meter may report; a mirror has the constants itself."""
    for cluster, first, step, count, fuels, _, _, value, _ in ROWS:
        if not fuels & attributes.GAS or cluster == BASIC or type(value) is int:
            continue
        if count > _MOST_ALIKE:
            figures = source.figures(now)
            if figures is not None:
                yield cluster, first + attributes.price_place(figures)
            continue
        for number in range(count):
            yield cluster, first + number * step
    for identifier in _STORED:
        yield METERING, identifier


def frames(
    source: "Source", attribute: "AttributeOf", told: "dict[int, int]", now: int
) -> "list[tuple[int, bytes]]":
    """Cluster and payload of each report; `told` is what the mirror knows, and is brought up.

    `attribute(cluster, identifier, now)` gives type and octets.
    """
    reports: list[tuple[int, bytes]] = []
    body = b""
    last = PRICE
    for cluster, identifier in identifiers(source, now):
        value = attribute(cluster, identifier, now)
        key = cluster << 16 | identifier
        if value is None:
            told.pop(key, None)
            continue
        mark = crc32(value) & 0x3FFFFFFF
        if told.get(key) == mark:
            continue
        told[key] = mark
        piece = identifier.to_bytes(2, "little") + value
        if body and (cluster != last or len(body) + len(piece) > _MOST_OCTETS):
            reports.append((last, body))
            body = b""
        last = cluster
        body += piece
    if body:
        reports.append((last, body))
    return reports
