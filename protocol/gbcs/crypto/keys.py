"""Keys of the portable back end: checked once, when they are made."""

from gbcs.compat import TYPE_CHECKING
from gbcs.crypto.domain import B, P, scalar, uncompressed
from gbcs.errors import BadKey

if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any  # noqa: TID251


class PublicKey:
    """A point of P-256; `octets` is 04 || x || y. The rest belongs to the arithmetic."""

    __slots__ = ("octets", "table", "used")

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.table: Any = None
        self.used = False


class PrivateKey:
    """A private key; its public half is reckoned when first asked for."""

    __slots__ = ("_curve", "_public", "number")

    def __init__(self, number: int, curve: "ModuleType") -> None:
        self.number = number
        self._curve = curve
        self._public: PublicKey | None = None

    @property
    def public(self) -> PublicKey:
        """The key that others hold."""
        if self._public is None:
            x, y = self._curve.base_multiply(self.number)
            self._public = PublicKey(b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big"))
        return self._public


def public_key(octets: bytes) -> PublicKey:
    """The key of 04 || x || y or x || y; BadKey where that is no point of P-256.

    Every point of the curve but infinity has the group's prime order. Source: SEC 1 3.2.2.1.
    """
    octets = uncompressed(octets)
    x = int.from_bytes(octets[1:33], "big")
    y = int.from_bytes(octets[33:], "big")
    if x >= P or y >= P or (y * y - (x * x - 3) * x - B) % P:
        raise BadKey("not a point of P-256")
    return PublicKey(octets)


def private_key(octets: bytes, curve: "ModuleType") -> PrivateKey:
    """The key of 32 octets; BadKey where they are not a number from 1 to n - 1."""
    return PrivateKey(scalar(octets), curve)
