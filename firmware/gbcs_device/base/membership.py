"""A device's place on a HAN: the install code it joins by, the network it belongs to, leaving it.

A device that belongs to no network joins, by itself, whichever hub knows its install code. One
that does looks for that network alone and proves itself by its link key, also to another hub that
was given the key's hash (trust centre swap-out). `left` makes the latter the former.

Sources: ZigBee Smart Energy 5.4 (keys), SECMP0013 impact assessment, 2.6.1 and 2.6.2.
"""

from gbcs import installcode
from gbcs.compat import TYPE_CHECKING

if TYPE_CHECKING:
    from gbcs.interfaces import Crypto
    from gbcs_device.interfaces import Store

INSTALL_CODE = "install_code"
_LINK_KEY = "han/link_key"
_NETWORK = "han/extended_pan_id"
_HUB = "han/hub"


class Member:
    """Membership of a HAN, of meters, PPMIDs and IHDs; their `store` and `crypto` are used."""

    store: "Store"
    crypto: "Crypto"

    def install_key(self) -> "bytes | None":
        """The key made of its install code, 16 octets; None where it was given no code.

        Source: ZigBee Smart Energy 5.4.8.1 (install codes and their keys).
        """
        code = self.store.get(INSTALL_CODE)
        return None if code is None else installcode.link_key(code, self.crypto)

    def link_key(self) -> "bytes | None":
        """The link key agreed on with its hub, or None."""
        return self.store.get(_LINK_KEY)

    def is_joined(self) -> bool:
        """Whether the device is on a HAN."""
        return self.link_key() is not None

    def network(self) -> "bytes | None":
        """The extended PAN id of the network it belongs to, or None.

        Source: ZigBee Smart Energy 5.4.2.2.3.6, Table 5-10 (it identifies the network).
        """
        return self.store.get(_NETWORK)

    def hashed_key(self) -> "bytes | None":
        """The AES-MMO hash of its link key, as a device log has it."""
        key = self.link_key()
        return None if key is None else self.crypto.aes_mmo(key)

    def has_install_code(self) -> bool:
        """Whether the store has an install code, by which the device could join."""
        return self.store.get(INSTALL_CODE) is not None

    def hub(self) -> "bytes | None":
        """The EUI-64 of the trust centre it last agreed on a key with, or None."""
        return self.store.get(_HUB)

    def agreed(
        self, extended_pan_id: bytes, hub: bytes, link_key: bytes
    ) -> "dict[str, bytes | None]":
        """The changes of the store when a link key was agreed on with a trust centre."""
        return {_NETWORK: extended_pan_id, _HUB: hub, _LINK_KEY: link_key}

    def left(self) -> "dict[str, bytes | None]":
        """The changes of the store when it leaves: the install code alone stays."""
        return dict.fromkeys(self.store.names("han/"))
