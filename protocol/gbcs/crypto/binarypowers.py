"""What is made of products and squares alone, however a binary field holds its elements.

Sources: Itoh and Tsujii 1988 (inverse); IEEE 1363 A.4.7 (half trace).
"""

from gbcs.compat import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Powers:
    """Of a field with `degree`, `multiply(a, b)` and `square(a)`."""

    __slots__ = ()

    if TYPE_CHECKING:
        degree: int
        multiply: Callable[[int, int], int]
        square: Callable[[int], int]

    def inverse(self, a: int) -> int:
        """1/a, which is a^(2^degree - 2); 0 for 0."""
        multiply, square = self.multiply, self.square
        power = a  # is always a^(2^count - 1)
        count = 1
        for digit in bin(self.degree - 1)[3:]:
            squared = power
            for _ in range(count):
                squared = square(squared)
            power = multiply(power, squared)
            count *= 2
            if digit == "1":
                power = multiply(square(power), a)
                count += 1
        return square(power)

    def half_trace(self, a: int) -> int:
        """A z with z^2 + z = a where the trace of a is 0; the other is z + 1."""
        square = self.square
        z = a
        for _ in range(self.degree // 2):
            z = square(square(z)) ^ a
        return z
