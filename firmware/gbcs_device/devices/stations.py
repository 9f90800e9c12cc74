"""Which station a device of a kind has on the air."""

from gbcs.compat import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251


def make(device: "Any", random: "Any", credentials: "Any") -> "Any":
    """The station of a meter or a display; what an import costs, only such a device pays."""
    if device.kind == "IHD":
        from gbcs_device.han import display

        return display.DisplayStation(device, random, credentials)
    if device.kind == "PPMID":
        from gbcs_device.han import ppmid

        return ppmid.PpmidStation(device, random, credentials)
    from gbcs_device.han import meter

    return meter.MeterStation(device, random, credentials, device.kind == "GSME")
