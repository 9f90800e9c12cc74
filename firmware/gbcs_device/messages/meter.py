"""A meter: a GBCS device that joins a HAN."""

from gbcs_device.base.membership import Member
from gbcs_device.messages.device import Device


class Meter(Member, Device):
    """An ESME or GSME."""
