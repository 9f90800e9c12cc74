"""A device's place on a HAN: the install code it joins by, the network it belongs to, leaving it.

A device that belongs to no network joins, by itself, whichever hub knows its install code. One
that does looks for that network alone and proves itself by its link key, also to another hub that
was given the key's hash (trust centre swap-out). `left` makes the latter the former.

Sources: ZigBee Smart Energy 5.4 (keys), SECMP0013 impact assessment, 2.6.1 and 2.6.2.
"""

from gbcs import installcode
from gbcs.compat import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

INSTALL_CODE = "install_code"
_LINK_KEY = "han/link_key"
_NETWORK = "han/extended_pan_id"
_HUB = "han/hub"


class Member:
    """What a meter, a PPMID and an IHD have in common; `store` and `crypto` are the device's."""

    store: "Any"
    crypto: "Any"

    def install_key(self) -> "bytes | None":
        """The key made of its install code, 16 octets; None where it was given no code."""
        code = self.store.get(INSTALL_CODE)
        return None if code is None else installcode.link_key(code, self.crypto)

    def link_key(self) -> "bytes | None":
        """The link key agreed on with its hub, or None."""
        key: bytes | None = self.store.get(_LINK_KEY)
        return key

    def is_joined(self) -> bool:
        """Whether the device is on a HAN."""
        return self.link_key() is not None

    def network(self) -> "bytes | None":
        """The extended PAN id of the network it belongs to, or None."""
        network: bytes | None = self.store.get(_NETWORK)
        return network

    def hashed_key(self) -> "bytes | None":
        """The AES-MMO hash of its link key, as a device log has it."""
        key = self.link_key()
        hashed: bytes | None = None if key is None else self.crypto.aes_mmo(key)
        return hashed

    def has_install_code(self) -> bool:
        """Whether it could join by it."""
        return self.store.get(INSTALL_CODE) is not None

    def hub(self) -> "bytes | None":
        """The EUI-64 of the trust centre it last agreed on a key with, or None."""
        hub: bytes | None = self.store.get(_HUB)
        return hub

    def agreed(
        self, extended_pan_id: bytes, hub: bytes, link_key: bytes
    ) -> "dict[str, bytes | None]":
        """What to keep when the device and a trust centre have agreed on a link key."""
        return {_NETWORK: extended_pan_id, _HUB: hub, _LINK_KEY: link_key}

    def left(self) -> "dict[str, bytes | None]":
        """What to keep when it leaves: of the HAN nothing, but for the install code."""
        return dict.fromkeys(self.store.names("han/"))
