"""What differs between CPython and MicroPython, and nothing else."""

import sys

__all__ = ("MICROPYTHON", "TYPE_CHECKING", "VIPER", "const", "same")

TYPE_CHECKING = False  # mypy and pyright take this name as true wherever it stands

if TYPE_CHECKING:
    from typing import TypeVar  # noqa: TID251

    T = TypeVar("T")

MICROPYTHON = sys.implementation.name == "micropython"
# Viper's 32-bit pointers need a 32-bit port, and one that has an emitter (_mpy tells its kind)
VIPER = MICROPYTHON and sys.maxsize < 1 << 32 and getattr(sys.implementation, "_mpy", 0) >> 10 != 0


def const(value: "T") -> "T":  # MicroPython folds `X = const(1)` by this name
    """The value itself; MicroPython's compiler replaces `X = const(1)` by the number."""
    return value


try:  # in C, and in a time that does not tell where they differ
    from _operator import _compare_digest as same
except ImportError:

    def same(one: bytes, other: bytes) -> bool:  # type: ignore[no-redef]
        """Whether these octets are equal, in a time that does not tell where they differ."""
        if len(one) != len(other):
            return False
        difference = 0
        for index in range(len(one)):
            difference |= one[index] ^ other[index]
        return difference == 0
