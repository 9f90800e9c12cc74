"""What each kind of device is: which servers run its commands, with which objects of their own."""

from gbcs.compat import TYPE_CHECKING
from gbcs_device import cosemserver, zclserver
from gbcs_device.device import Device

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.device import Command

KINDS = ("ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC")


def is_known(kind: str) -> bool:
    """Whether there is an emulator of this kind."""
    return kind in KINDS


def make(kind: str, eui: bytes, store: "Any", crypto: "Any", own: "Any") -> Device:
    """A device of a kind, its data those in the store."""
    if kind not in KINDS:
        raise ValueError("a kind of device expected: %s" % ", ".join(KINDS))
    return Device(kind, eui, store, crypto, own, dict(_SERVERS))


def _dlms(command: "Command") -> bytes:
    return cosemserver.answer(command, {}, {})


def _gbz(command: "Command") -> bytes:
    return zclserver.answer(command, {}, {})


_SERVERS = {"DLMS": _dlms, "GBZ": _gbz}
