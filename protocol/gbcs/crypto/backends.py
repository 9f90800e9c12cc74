"""Which back end there is: see gbcs.crypto."""

from gbcs.compat import MICROPYTHON, TYPE_CHECKING

if TYPE_CHECKING:
    from gbcs.interfaces import Crypto


def default() -> "Crypto":
    """The fastest back end there is: openssl where `cryptography` is installed, else portable."""
    if not MICROPYTHON:
        try:
            from gbcs.crypto import openssl

            return openssl
        except ImportError:
            pass
    from gbcs.crypto import portable

    return portable
