"""Binary fields GF(2^m) in big integers, fast where Python has nothing but those.

An element is an int with one octet for each coefficient, the lowest first, each 0 or 1. So the
integer product of two elements holds in each octet how many products of coefficients fell there,
and the lowest bit of that is the coefficient of their product without carries. An octet counts
to 255, so of two elements that are longer one is cut in two. Sums are `^`.

No time is constant here: that is not to be had from big integers.

Sources: SP 800-186 annex on binary curves (polynomials); SEC 1 2.3.4.
"""

from binascii import hexlify

from gbcs.compat import TYPE_CHECKING, const
from gbcs.crypto.binarypowers import Powers

if TYPE_CHECKING:
    from collections.abc import Callable

_COUNT = const(255)  # products that one octet can count


class Field(Powers):
    """GF(2^degree) over the polynomial of x^degree, the powers `terms`, and 1.

    `multiply(a, b)` and `square(a)` are functions, made for this polynomial; `size` is the number
    of octets of an element in keys and points; `traced` are the powers whose trace is 1.
    """

    __slots__ = ("_ascii", "degree", "multiply", "one", "ones", "size", "square", "traced")

    def __init__(self, degree: int, terms: "tuple[int, ...]", traced: "tuple[int, ...]") -> None:
        self.degree = degree
        self.size = (degree + 7) // 8
        self.one = 1
        self.ones = int.from_bytes(b"\x01" * degree, "little")
        self._ascii = int.from_bytes(b"0" * degree, "little")
        self.traced = traced
        self.multiply, self.square = _arithmetic(degree, terms)

    def element(self, octets: bytes) -> int:
        """The element of `size` octets, most significant first, below 2^degree."""
        digits = bin(int.from_bytes(octets, "big"))[2:]
        return int.from_bytes(digits.encode(), "big") & self.ones  # "0" and "1" end in that bit

    def octets(self, a: int) -> bytes:
        """The `size` octets of an element, most significant first."""
        digits = (a | self._ascii).to_bytes(self.degree, "big")
        return int(digits, 2).to_bytes(self.size, "big")

    def trace(self, a: int) -> int:
        """The sum of a, a^2, a^4, ...: 0 or 1."""
        total = 0
        for power in self.traced:
            total ^= a >> 8 * power
        return total & 1


def _arithmetic(
    degree: int, terms: "tuple[int, ...]"
) -> "tuple[Callable[[int, int], int], Callable[[int], int]]":
    top = 8 * degree
    low = (1 << top) - 1
    parity = int.from_bytes(b"\x01" * (2 * degree), "little")
    tail = 1
    for power in terms:
        tail |= 1 << 8 * power
    counted = 8 * _COUNT
    first = (1 << counted) - 1

    def short(a: int, b: int) -> int:
        product = a * b & parity
        product = (product & low) + (product >> top) * tail
        return (product & low) + (product >> top) * tail & parity

    def long(a: int, b: int) -> int:
        product = ((a & first) * b ^ (a >> counted) * b << counted) & parity
        product = (product & low) + (product >> top) * tail
        return (product & low) + (product >> top) * tail & parity

    def square(a: int) -> int:
        spread = hexlify(a.to_bytes(degree, "big"))  # a 0 before each digit, and none has a letter
        product = int.from_bytes(spread, "big") & parity
        product = (product & low) + (product >> top) * tail
        return (product & low) + (product >> top) * tail & parity

    return (short if degree <= _COUNT else long), square
