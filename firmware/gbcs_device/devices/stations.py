"""Which station a device of a kind has on the air."""

from gbcs.compat import TYPE_CHECKING
from gbcs_device.base.kind_rows import UnknownKind, find, joining

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.zigbee.cbke import Credentials
    from gbcs_device.interfaces import Random


def make(device: "Any", random: "Random", credentials: "Credentials") -> "Any":
    """The station of a meter or a display; what an import costs, only such a device pays.

    UnknownKind for a device that joins no hub.
    """
    row = find(device.kind)
    if not row.can_join:
        raise UnknownKind(device.kind, joining())
    return _STATIONS[row.station](device, random, credentials)


def _meter(device: "Any", random: "Random", credentials: "Credentials") -> "Any":
    from gbcs_device.han import meter

    return meter.MeterStation(device, random, credentials, find(device.kind).is_sleepy)


def _display(device: "Any", random: "Random", credentials: "Credentials") -> "Any":
    from gbcs_device.han import display

    return display.DisplayStation(device, random, credentials)


def _ppmid(device: "Any", random: "Random", credentials: "Credentials") -> "Any":
    from gbcs_device.han import ppmid

    return ppmid.PpmidStation(device, random, credentials)


_STATIONS = {"meter": _meter, "display": _display, "ppmid": _ppmid}
