"""The devices that a lab has, by EUI-64, for its methods: an error says what was expected."""

from typing import Any

from gbcs_device.base import kind_rows
from gbcs_device.base.kind_rows import Kind
from gbcs_host.han.remote import RemoteStation
from gbcs_host.lab.inventory import UnknownDevice


class Known:
    """Devices of gbcs_host.lab.lab.Lab. All raise UnknownDevice where there is no such device."""

    han: Any
    _kinds: "dict[bytes, str]"

    def kind_of(self, eui: bytes) -> Kind:
        """The row of a device's kind."""
        kind = self._kinds.get(eui) if isinstance(eui, bytes) else None
        if kind is None:
            raise UnknownDevice("a device of the lab expected, %s is none" % _name(eui))
        return kind_rows.find(kind)

    def _hub(self, eui: bytes) -> Any:
        self._expect(eui, self.kind_of(eui).is_hub, "a hub")
        return self.han.hubs[eui]

    def _meter(self, eui: bytes) -> Any:
        """A device that joins a hub."""
        self._expect(eui, self.kind_of(eui).can_join, "a device that joins a hub")
        return self.han.meters[eui]

    def _takes_messages(self, eui: bytes) -> None:
        """Refuses a device that takes no GBCS messages."""
        self._expect(eui, self.kind_of(eui).takes_messages, "a device that takes messages")

    def _ppmid(self, eui: bytes) -> Any:
        """The station of a display at which a person tops up and switches."""
        station = self._display(eui)
        is_elsewhere = isinstance(station, RemoteStation)  # which answers itself
        self._expect(eui, is_elsewhere or self.kind_of(eui).can_act, "a PPMID")
        return station

    def _display(self, eui: bytes) -> Any:
        """The station of a display."""
        self._expect(eui, self.kind_of(eui).has_display, "a display")
        station = self.han.stations.get(eui)
        if station is None:
            raise UnknownDevice("a lab with radio expected: a display shows nothing without")
        return station

    def _expect(self, eui: bytes, is_so: bool, expected: str) -> None:
        if not is_so:
            kind = self.kind_of(eui).name
            raise UnknownDevice("%s expected, %s is of kind %s" % (expected, _name(eui), kind))


def _name(eui: bytes) -> str:
    return eui.hex().upper() if isinstance(eui, bytes) else repr(eui)
