"""Credentials of key establishment, in a device's store."""

from gbcs.compat import TYPE_CHECKING
from gbcs.zigbee import cbke

if TYPE_CHECKING:
    from gbcs_device.interfaces import Readable

_NAME = "own/cbke/"
_SIZES = {1: (48, 21), 2: (74, 36)}  # of certificate and private key, by suite


def kept(
    suite: int, certificate: bytes, private: bytes, ca_public: bytes
) -> "dict[str, bytes | None]":
    """The changes of the store that keep a certificate, its private key and its CA's public key.

    All are octets; their sizes are those of the suite.
    """
    return {_NAME + str(suite): certificate + private + ca_public}


def load(store: "Readable") -> "list[cbke.Credentials]":
    """The credentials that the store has, suite 2 first."""
    credentials = []
    for suite in (2, 1):
        octets = store.get(_NAME + str(suite))
        if octets is not None:
            first, second = _SIZES[suite]
            end = first + second
            credentials.append(
                cbke.Credentials(suite, octets[:first], octets[first:end], octets[end:])
            )
    return credentials
