"""Changes that a meter publishes to displays unasked, so that they show them within seconds.

A display is a device that has asked something under a link key. Each is sent the changes since
the last look: a price, a tariff, a message or its cancellation, the supply, the state of credit.

Source: Smart Energy 1.4, annex D (published commands may come at any time).
"""

from binascii import crc32

from gbcs.compat import TYPE_CHECKING, const
from gbcs.zcl.codes import (
    FROM_SERVER,
    MESSAGING,
    METERING,
    NO_DEFAULT,
    PREPAYMENT,
    PRICE,
    REPORT,
    SPECIFIC,
)

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.interfaces import Responder, Source

_MAX_DISPLAYS = const(16)  # as many as a hub lists: none takes another's place
_DISPLAY = const(0x00)
_CANCEL = const(0x01)
_SUPPLY_STATUS = const(0x0C)
_TARIFF = (0x04, 0x05, 0x06)  # of the Price cluster
_CREDIT = (0x0000, 0x0001, 0x0002, 0x0003, 0x0005)  # of the Prepayment cluster

# Places in what was seen
_PRICE, _TARIFFS, _MESSAGE, _SUPPLY, _STATUS = 0, 1, 2, 3, 4


class Displays:
    """The displays that follow a source, on a station that serves it at `endpoint`."""

    def __init__(self, station: "Responder", source: "Source", endpoint: int) -> None:
        self.station = station
        self.source = source
        self.endpoint = endpoint
        self._known: dict[bytes, int] = {}
        self._seen: tuple[Any, ...] | None = None

    def heard(self, eui: bytes, endpoint: int, now: int) -> None:
        """A device has asked for something, from one of its endpoints."""
        if self._known.get(eui) != endpoint:
            if eui not in self._known and len(self._known) >= _MAX_DISPLAYS:
                self._known.pop(next(iter(self._known)))
            self._known[eui] = endpoint
        if self._seen is None:
            self._seen = _looked(self.source, now)

    def follow(self, now: int) -> None:
        """Publishes the changes since the last look, if there are any."""
        before = self._seen
        if not self._known or before is None:
            return
        self._seen = seen = _looked(self.source, now)
        if seen == before:
            return
        for cluster, control, command, payload in _news(self.source, before, seen, now):
            for eui in list(self._known):
                ends = (self._known[eui], self.endpoint)
                if not self.station.zcl(eui, ends, cluster, control, command, payload, now):
                    del self._known[eui]


def _looked(source: "Source", now: int) -> "tuple[Any, ...]":
    figures = source.figures(now)
    price = status = supply = None
    if figures is not None:
        price = (figures.price_mp, figures.standing_mp, figures.tier, figures.block, figures.label)
        supply = figures.supply
        newest = figures.top_ups[0].time if figures.top_ups else 0
        status = (figures.is_prepayment, figures.credit_status, newest)
    tariff = 0
    for command in _TARIFF:
        for payload in source.published(PRICE, command, now):
            tariff = crc32(payload, tariff)
    message = [(each[:4], crc32(each)) for each in source.published(MESSAGING, _DISPLAY, now)]
    return price, tariff, message, supply, status


def _news(
    source: "Source", before: "tuple[Any, ...]", seen: "tuple[Any, ...]", now: int
) -> "list[tuple[int, int, int, bytes]]":
    """Cluster, frame control, command and payload of each publication that is due."""
    wanted = []
    if seen[_TARIFFS] != before[_TARIFFS]:
        wanted += [(PRICE, command) for command in _TARIFF]
    if seen[_PRICE] != before[_PRICE]:
        wanted.append((PRICE, 0x00))
    if seen[_MESSAGE] != before[_MESSAGE]:
        wanted.append((MESSAGING, _DISPLAY if seen[_MESSAGE] else _CANCEL))
    control = SPECIFIC | FROM_SERVER | NO_DEFAULT
    news = [
        (cluster, control, command, payload)
        for cluster, command in wanted
        for payload in source.published(cluster, command, now)
    ]
    if seen[_SUPPLY] is not None and seen[_SUPPLY] != before[_SUPPLY]:
        from gbcs_device.clusters.prepayment import supply_status

        news.append((METERING, control, _SUPPLY_STATUS, supply_status(seen[_SUPPLY], now)))
    if seen[_STATUS] != before[_STATUS]:
        body = b""
        for identifier in _CREDIT:
            value = source.attribute(PREPAYMENT, identifier, now)
            if value is not None:
                body += identifier.to_bytes(2, "little") + value
        news.append((PREPAYMENT, FROM_SERVER | NO_DEFAULT, REPORT, body))
    return news
