"""What a meter is on a HAN: the install code it joins by, the network it belongs to, leaving it.

A meter that belongs to no network joins, by itself, whichever hub knows its install code. One
that does looks for that network alone and proves itself by its link key, also to another hub that
was given the key's hash (trust centre swap-out). `leave` makes the latter the former.

Sources: ZigBee Smart Energy 5.4 (keys), SECMP0013 impact assessment, 2.6.1 and 2.6.2.
"""

from gbcs import installcode
from gbcs.compat import TYPE_CHECKING
from gbcs_device.device import Device

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

INSTALL_CODE = "install_code"
_LINK_KEY = "han/link_key"
_NETWORK = "han/extended_pan_id"
_HUB = "han/hub"


class Meter(Device):
    """An ESME or GSME."""

    def install_key(self) -> "bytes | None":
        """The key made of its install code, 16 octets; None where it was given no code."""
        code = self.store.get(INSTALL_CODE)
        return None if code is None else installcode.link_key(code, self.crypto)

    def link_key(self) -> "bytes | None":
        """The link key agreed on with its hub, or None."""
        return self.store.get(_LINK_KEY)

    def network(self) -> "bytes | None":
        """The extended PAN id of the network it belongs to, or None."""
        return self.store.get(_NETWORK)

    def hub(self) -> "bytes | None":
        """The EUI-64 of the hub it last agreed on a key with, or None."""
        return self.store.get(_HUB)

    def joined(self, extended_pan_id: bytes, hub: bytes, link_key: bytes) -> None:
        """The meter and a hub have agreed on a link key."""
        changes: dict[str, Any] = {_NETWORK: extended_pan_id, _HUB: hub, _LINK_KEY: link_key}
        self.store.write(changes)
