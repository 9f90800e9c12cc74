"""A meter: a GBCS device that joins a HAN."""

from gbcs_device.device import Device
from gbcs_device.member import Member


class Meter(Member, Device):
    """An ESME or GSME."""
