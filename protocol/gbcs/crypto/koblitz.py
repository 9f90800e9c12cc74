"""The Koblitz curves of ZigBee's key establishment, sect163k1 and sect283k1, in big integers.

The curve is y^2 + xy = x^3 + ax^2 + 1. Squaring both coordinates takes a point to a multiple of
it, the same for all points of the subgroup of order n. So k times a point is summed by the digits
of k to that base (gbcs.crypto.tauadic): no doublings, some additions of affine points, and
squares. It holds in that subgroup only, and `point` makes sure that every point is in it.

A point is (x, y), elements of the field (gbcs.crypto.binaryfield), and never infinity; inside, it
is (X, Y, Z) for the affine (X/Z, Y/Z^2), and infinity has Z = 0.

None of this takes a constant time.

Sources: SEC 1 2.3.3, 2.3.4; SEC 2 3.2.1, 3.4.1; Hankerson, Menezes and Vanstone, "Guide to
elliptic curve cryptography", 3.2.3, 3.4, 3.6.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.crypto import chosen, tauadic
from gbcs.errors import BadKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    Point = tuple[int, int]
    Projective = tuple[int, int, int]
    Random = Callable[[int], bytes]

_NEGATIVE = const(127)  # digits above it
_PLAIN = const(2)  # the width whose only digits are 1 and -1
_WIDTH = const(4)  # of the digits for a point met once: 4 multiples

Field = chosen.binary_field()


class Curve:
    """A curve: `order` n of its subgroup, `cofactor`, `size` of a field element in octets."""

    __slots__ = (
        "_base",
        "_modulus",
        "_multiples",
        "a",
        "base",
        "cofactor",
        "field",
        "mu",
        "order",
        "order_bits",
        "size",
    )

    def __init__(self, field: "Any", a: int, cofactor: int, order: int, base: str) -> None:
        self.field = field
        self.size = field.size
        self.a = a
        self.mu = 1 if a else -1
        self.cofactor = cofactor
        self.order = order
        self.order_bits = len(bin(order)) - 2
        self.base = bytes.fromhex(base)
        self._base: Point | None = None
        self._multiples: dict[int, Point] = {}
        self._modulus = tauadic.annihilator(field.degree, self.mu)

    # Octets

    def point(self, octets: bytes) -> "Point":
        """The point of 02 or 03 || x, 1 + `size` octets; BadKey unless in the subgroup.

        Source: SEC 1 2.3.4, 3.2.2.1; Hankerson et al. 3.6 (a point is halved where it can be).
        """
        if len(octets) != self.size + 1:
            raise BadKey("a point of %d octets expected, found %d" % (self.size + 1, len(octets)))
        field = self.field
        if octets[0] & 0xFE != 2:
            raise BadKey("a compressed point begins 02 or 03, found %02x" % octets[0])
        number = int.from_bytes(octets[1:], "big")
        if not 0 < number < 1 << field.degree:  # 0 has a point, of order 2
            raise BadKey("an element of the field expected")
        x = field.element(octets[1:])
        right = x ^ self.a ^ field.square(field.inverse(x))
        if field.trace(right):
            raise BadKey("not a point of the curve")
        z = field.half_trace(right)
        if (z ^ octets[0]) & 1:
            z ^= 1
        y = field.multiply(x, z)
        if not self._is_in_subgroup(x, y):
            raise BadKey("not a point of the subgroup of prime order")
        return x, y

    def octets(self, point: "Point") -> bytes:
        """02 or 03 || x of a point, 1 + `size` octets. Source: SEC 1 2.3.3."""
        x, y = point
        sign = self.field.multiply(y, self.field.inverse(x)) & 1
        return bytes((2 | sign,)) + self.field.octets(x)

    def scalar(self, octets: bytes) -> int:
        """The number of a private key of `size` octets; BadKey where not from 1 to n - 1."""
        if len(octets) != self.size:
            raise BadKey("a private key of %d octets expected" % self.size)
        number = int.from_bytes(octets, "big")
        if not 0 < number < self.order:
            raise BadKey("a private key is a number from 1 to n - 1")
        return number

    def random_scalar(self, random: "Random") -> int:
        """A number from 1 to n - 1; `random(count)` gives so many random octets.

        `size` octets modulo n: both orders are so near to a power of two, and so much shorter,
        that no number is likelier than another by more than one in 2^80.
        """
        number = int.from_bytes(random(self.size), "big") % self.order
        if not number:
            raise ValueError("random octets expected")
        return number

    # Multiples

    def base_multiply(self, k: int) -> "Point":
        """The point kG, for k from 1 to n - 1."""
        if self._base is None:
            self._base = self.point(self.base)
        digits = self._digits(k, chosen.KOBLITZ_BASE_WIDTH)
        if not self._multiples:
            wanted = list(range(1, 1 << chosen.KOBLITZ_BASE_WIDTH - 1, 2))
            self._multiples = self._table(self._base, wanted, chosen.KOBLITZ_BASE_WIDTH)
        multiple = self._affine(self._sum([(digits, self._multiples)]))
        if multiple is None:
            raise ValueError("k from 1 to n - 1 expected")
        return multiple

    def combine(self, *parts: "tuple[int, Point]") -> "Point | None":
        """The sum of k times point over the parts, for any numbers k; None for infinity."""
        summands = []
        for k, point in parts:
            digits = self._digits(k, _WIDTH)
            wanted = sorted({min(digit, 256 - digit) for digit in digits if digit})
            summands.append((digits, self._table(point, wanted, _WIDTH)))
        return self._affine(self._sum(summands))

    # Inside

    def _is_in_subgroup(self, x: int, y: int) -> bool:
        # A point is twice another where its x has the trace of a. Of cofactor 4 the group's even
        # part is cyclic, so the other must be twice a third; its x^2 is y + x(l + 1)
        field = self.field
        if field.trace(x) != self.a:
            return False
        if self.cofactor == 2:
            return True
        half = field.half_trace(x ^ self.a)
        return field.trace(y ^ field.multiply(x, half ^ 1)) == self.a

    def _digits(self, k: int, width: int) -> bytearray:
        small = tauadic.remainder(k, self._modulus, self.order, self.mu)
        return tauadic.digits(small, width, self.mu)

    def _table(self, point: "Point", wanted: "list[int]", width: int) -> "dict[int, Point]":
        """Digit to its multiple of the point, for the positive digits `wanted`."""
        single = {1: point}
        meanings = tauadic.residues(width, self.mu)
        others = [digit for digit in wanted if digit != 1]
        points = []
        for digit in others:
            plain = tauadic.digits(meanings[digit], _PLAIN, self.mu)
            points.append(self._sum([(plain, single)]))
        table = dict(zip(others, self._all_affine(points)))
        table[1] = point
        return table

    def _sum(self, parts: "list[tuple[bytearray, dict[int, Point]]]") -> "Projective":
        """The sum, from the highest digit on, of what the digits choose from their tables."""
        square = self.field.square
        X, Y, Z = 1, 0, 0
        for place in range(max([len(digits) for digits, _ in parts]) - 1, -1, -1):
            if Z:
                X, Y, Z = square(X), square(Y), square(Z)
            for digits, table in parts:
                digit = digits[place] if place < len(digits) else 0
                if digit > _NEGATIVE:
                    x, y = table[256 - digit]
                    X, Y, Z = self._add(X, Y, Z, x, x ^ y)
                elif digit:
                    x, y = table[digit]
                    X, Y, Z = self._add(X, Y, Z, x, y)
        return X, Y, Z

    def _add(self, X: int, Y: int, Z: int, x: int, y: int) -> "Projective":
        """The point plus the affine one: 8 products and 5 squares."""
        if not Z:
            return x, y, 1
        multiply, square = self.field.multiply, self.field.square
        zz = square(Z)
        a = multiply(y, zz) ^ Y
        b = multiply(x, Z) ^ X
        if not b:
            return (1, 0, 0) if a else self._double(x, y)
        c = multiply(Z, b)
        e = multiply(a, c)
        z = square(c)
        d = multiply(square(b), c ^ zz if self.a else c)
        X = square(a) ^ d ^ e
        f = X ^ multiply(x, z)
        return X, multiply(e ^ z, f) ^ multiply(x ^ y, square(z)), z

    def _double(self, x: int, y: int) -> "Projective":
        """Twice an affine point, whose x is not 0."""
        multiply, square = self.field.multiply, self.field.square
        z = square(x)
        X = square(z) ^ 1
        return X, z ^ multiply(X, square(y) ^ 1 ^ (z if self.a else 0)), z

    def _affine(self, point: "Projective") -> "Point | None":
        return self._all_affine([point])[0] if point[2] else None

    def _all_affine(self, points: "list[Projective]") -> "list[Point]":
        """The points as (x, y), with one inversion for all. None of them is infinity."""
        multiply, square = self.field.multiply, self.field.square
        products = [1]
        for _, _, Z in points:
            products.append(multiply(products[-1], Z))
        rest = self.field.inverse(products.pop())
        affine_points = []
        while products:
            X, Y, Z = points[len(products) - 1]
            inverse = multiply(rest, products.pop())
            rest = multiply(rest, Z)
            affine_points.append((multiply(X, inverse), multiply(Y, square(inverse))))
        affine_points.reverse()
        return affine_points


def sect163k1() -> Curve:
    """A new Curve object of sect163k1. Source: SEC 2 3.2.1."""
    return Curve(
        Field(163, (3, 6, 7), (0, 157)),
        1,
        2,
        0x4000000000000000000020108A2E0CC0D99F8A5EF,
        "0302FE13C0537BBC11ACAA07D793DE4E6D5E5C94EEE8",
    )


def sect283k1() -> Curve:
    """A new Curve object of sect283k1. Source: SEC 2 3.4.1."""
    return Curve(
        Field(283, (5, 7, 12), (0, 271)),
        0,
        4,
        0x1FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE9AE2ED07577265DFF7F94451E061E163C61,
        "020503213F78CA44883F1A3B8162F188E553CD265F23C1567A16876913B0C2AC2458492836",
    )
