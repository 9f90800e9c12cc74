"""Credentials of key establishment, in a device's store."""

from gbcs.compat import TYPE_CHECKING
from gbcs.zigbee import cbke

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

_NAME = "own/cbke/"
_SIZES = {1: (48, 21), 2: (74, 36)}  # of certificate and private key, by suite


def kept(
    suite: int, certificate: bytes, private: bytes, ca_public: bytes
) -> "dict[str, bytes | None]":
    """What to write: a certificate, its private key and the authority's public key, octets."""
    return {_NAME + str(suite): certificate + private + ca_public}


def load(store: "Any") -> "list[Any]":
    """What the store has, suite 2 first."""
    found = []
    for suite in (2, 1):
        octets = store.get(_NAME + str(suite))
        if octets is not None:
            first, second = _SIZES[suite]
            end = first + second
            found.append(cbke.Credentials(suite, octets[:first], octets[first:end], octets[end:]))
    return found
