"""A meter as a source of what displays read: its account, and the objects in its store."""

from gbcs import clock
from gbcs.compat import TYPE_CHECKING
from gbcs.zcl.codes import CALENDAR, PRICE
from gbcs_device.base import load
from gbcs_device.clusters import attributes

if TYPE_CHECKING:
    from gbcs_device.account.tariff import Terms
    from gbcs_device.base.figures import Figures
    from gbcs_device.messages.device import Device


class MeterSource:
    """A meter as `clusters.attributes` and the commands of the served clusters ask it.

    Figures are made once a moment; `forget` when something was done to the meter.
    """

    def __init__(self, device: "Device", fuel: int) -> None:
        self.device = device
        self.fuel = fuel
        self.kind = device.kind
        self._figures: Figures | None = None
        self._at = -1
        self._terms: Terms | None = None
        self._price: tuple[int, int, int, int] | None = None
        self._since = 0
        self.writes = 0  # how often displays have changed something

    @property
    def has_account(self) -> bool:
        """Whether the meter has an account; a twin has none."""
        return self.device.store.get(load.SINCE) is not None

    def get(self, name: str) -> "bytes | None":
        """The octets that the store has under a name, or None."""
        return self.device.store.get(name)

    def write(self, changes: "dict[str, bytes | None]") -> None:
        """Writes the changes that an action makes."""
        self.device.store.write(changes)
        self.writes += 1
        self.forget()

    def figures(self, now: int) -> "Figures | None":
        """The account's figures; `now` in milliseconds since 2000. None where it has none."""
        if self._figures is None or self._at != now:
            if not self.has_account:
                return None
            from gbcs_device.account import account

            self._figures = account.figures(self.device, now)
            self._at = now
        return self._figures

    def terms(self) -> "Terms | None":
        """Prices, thresholds and calendar (account.tariff.Terms); None without an account."""
        if self._terms is None and self.has_account:
            from gbcs_device.account import account

            self._terms = account.terms_of(self.device)
        return self._terms

    def since(self, now: int) -> int:
        """Since when the price is what it is, seconds since 2000, as far as this was seen."""
        figures = self.figures(now)
        price = None
        if figures is not None:
            price = (figures.price_mp, figures.standing_mp, figures.tier, figures.block)
        if price != self._price:
            self._price = price
            self._since = clock.seconds(now)
        return self._since

    def message_number(self, now: int) -> int:
        """The number of the message that stands, 0 for none."""
        from gbcs_device.clusters import messaging

        return messaging.number(self)

    def confirmed(self, number: int, now: int) -> None:
        """Keeps that a display has acknowledged the message, and tells the supplier."""
        from gbcs_device.clusters import messaging

        if (self.get(messaging.CONFIRMED) or b"")[:4] != number.to_bytes(4, "big"):  # once
            self.write(messaging.acknowledged(self.device, number, now))

    def forget(self) -> None:
        """Forgets the figures, which an action on the meter may have changed."""
        self._figures = None
        self._terms = None

    def attribute(self, cluster: int, identifier: int, now: int) -> "bytes | None":
        """Type and octets of an attribute that is served, or None."""
        return attributes.attribute(cluster, identifier, self.fuel, self, now)

    def published(self, cluster: int, command: int, now: int) -> "list[bytes]":
        """The payloads of a server's command that stand now."""
        if cluster == PRICE:
            from gbcs_device.clusters import price as servedprice

            return servedprice.published(self, command, now)
        if cluster == CALENDAR:
            from gbcs_device.clusters import calendar

            return calendar.published(self, command, now)
        from gbcs_device.clusters import messaging

        return messaging.published(self, cluster, command, now)
