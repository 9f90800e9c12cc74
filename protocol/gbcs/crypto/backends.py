"""Which back end there is: see gbcs.crypto."""

from gbcs.compat import MAY_HAVE_OPENSSL, TYPE_CHECKING

if TYPE_CHECKING:
    from gbcs.interfaces import Crypto


def default() -> "Crypto":
    """The fastest back end there is: openssl where `cryptography` is installed, else portable."""
    if MAY_HAVE_OPENSSL:
        try:
            from gbcs.crypto import openssl

            return openssl
        except ImportError:
            pass
    from gbcs.crypto import portable

    return portable
