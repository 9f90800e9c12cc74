"""The devices that CS03 has joined with this one: its own device log, and the keys of an entry.

The hub's device log decides who may be on the HAN. Who may read or act on a meter is decided by
the meter's own log, which the supplier alone changes (gbcs_device.usecases.device_log).

Sources: GBCS 13.4 to 13.6; device types (gbcs_device.base.kind_rows) as in reference messages.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs_device.base.kind_rows import ESME_TYPE, GSME_TYPE, HCALCS_TYPE, PPMID_TYPE, TYPE_2

if TYPE_CHECKING:
    from gbcs_device.interfaces import Readable

__all__ = (
    "DEVICE_LOG",
    "ENTRY",
    "ESME_TYPE",
    "GSME_TYPE",
    "LINK_KEY",
    "PPMID_TYPE",
    "READERS",
    "TYPE_2",
    "device_type",
    "entries",
)

DEVICE_LOG = "devices"  # EUI-64 and type, nine octets each
LINK_KEY = "han/partner/"  # and an EUI-64: the link key that the trust centre gave for it
ENTRY = 9
READERS = (HCALCS_TYPE, PPMID_TYPE, TYPE_2)  # who may read an ESME; a PPMID alone may act on it


def entries(log: bytes) -> "list[tuple[bytes, int]]":
    """EUI-64 and device type of each entry."""
    return [(log[at : at + 8], log[at + 8]) for at in range(0, len(log), ENTRY)]


def device_type(store: "Readable", eui: bytes) -> "int | None":
    """The type that a device's own log has for another; None where the log does not have it.

    `store` is the device's, `eui` eight octets.
    """
    log = store.get(DEVICE_LOG) or b""
    for at in range(0, len(log), ENTRY):
        if log[at : at + 8] == eui:
            kind: int = log[at + 8]
            return kind
    return None
