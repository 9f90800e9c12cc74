"""A meter's attempt to join a hub on the air: it is switched on, and looked at as time passes."""

from typing import Any

from gbcs_device.base import kind_rows
from gbcs_device.han.joining import JOINED, RESTING
from gbcs_host.han.han import Joining
from gbcs_host.han.pending import PendingJoin

JOIN_MS = 180_000


class Attempt:
    """An attempt under way, of a meter (its `station`) at a hub (its station `centre`)."""

    def __init__(
        self, pending: PendingJoin, meter: Any, hub: Any, station: Any, centre: Any
    ) -> None:
        self.pending = pending
        self._meter = meter
        self._hub = hub
        self._station = station
        self._centre = centre
        self._problem: str | None = None  # the first

    def is_decided(self, now: int) -> bool:
        """Whether the meter has joined, or rests and will not be let in however often it tries."""
        station = self._station
        if station.phase == RESTING:  # it tries again in a minute
            if self._problem is None:
                self._problem = station.problem
            can_help = self._meter.is_joined() or self._hub.log.is_joining(now)
            return not can_help or bool(self._hindrance())
        return station.phase == JOINED and self._is_served()

    def joining(self) -> Joining:
        """The result, as far as it has come."""
        if self._station.phase == JOINED and self._is_served():
            return Joining(self._centre.let_in.get(self._meter.eui, ""), "")
        why = self._hindrance() or self._problem or self._station.problem
        return Joining("", why or "no tunnel was opened")

    def _is_served(self) -> bool:
        """Who takes no messages has no tunnel: its link key is all that is agreed on."""
        eui = self._meter.eui
        if not kind_rows.find(self._meter.kind).takes_messages:
            return self._centre.link_key(eui) is not None
        return eui in self._centre.tunnels

    def _hindrance(self) -> str:
        """Why a meter cannot join, however often it tries; "" where it may."""
        meter = self._meter
        if meter.is_joined() and meter.network() != self._hub.log.extended_pan_id:
            return "the meter looks for network %s" % meter.network().hex().upper()
        refused: str = self._centre.refused.get(meter.eui, "")
        return refused
