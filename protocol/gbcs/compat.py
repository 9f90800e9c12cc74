"""What differs between CPython and MicroPython, and nothing else.

Which Python runs is asked here, and in `gbcs.crypto.chosen` for the implementations of
cryptography. Every other module reads a policy: how much it keeps, how thoroughly it checks.
"""

import sys

TYPE_CHECKING = False  # mypy and pyright take this name as true wherever it stands

if TYPE_CHECKING:
    from typing import TypeVar  # noqa: TID251

    T = TypeVar("T")

MICROPYTHON = sys.implementation.name == "micropython"
# Viper's 32-bit pointers need a 32-bit port, and one that has an emitter (_mpy tells its kind)
VIPER = MICROPYTHON and sys.maxsize < 1 << 32 and getattr(sys.implementation, "_mpy", 0) >> 10 != 0

# Whether a generated table stays in memory after use, with what was read of it; else the next
# table takes its place
KEEPS_TABLES = not MICROPYTHON
# Whether what skips a payload checks it by its schema too; else whoever decodes it next does
SKIPS_BY_SCHEMA = not MICROPYTHON
# Whether long arrays of like structures are read by columns, with `gbcs.axdr.wide`
READS_COLUMNS = not MICROPYTHON
# Whether a package over OpenSSL can be there
MAY_HAVE_OPENSSL = not MICROPYTHON

# Whether the curves of key establishment stay in memory, with multiples of their base points
KEEPS_CURVES = not MICROPYTHON

# Whether the terms of a meter's account stay in memory until its data are written
KEEPS_TERMS = not MICROPYTHON

# How many of each are kept in memory, for whoever asks again
CERTIFICATES_KEPT = 0 if MICROPYTHON else 512  # decoded to fields
TYPES_KEPT = 2 if MICROPYTHON else 100  # of ASN.1, as rows
USE_CASES_KEPT = 1 if MICROPYTHON else 1024
TIMES_KEPT = 0 if MICROPYTHON else 4096  # octets of dates that were checked
TEMPLATES_KEPT = 0 if MICROPYTHON else 1024  # of access requests, as objects
PLANS_KEPT = 1 if MICROPYTHON else 1024  # of access requests and alerts, as shapes
ORDERS_KEPT = 1 if MICROPYTHON else 1024  # in which a plan's answers came
PROTECTED_KEPT = 4 if MICROPYTHON else 64  # shapes of encrypted blocks
ZCL_LAYOUTS_KEPT = 8 if MICROPYTHON else 1024  # of commands; four times as many of attributes
ZIGBEE_LAYOUTS_KEPT = 4 if MICROPYTHON else 64


def const(value: "T") -> "T":  # MicroPython folds `X = const(1)` by this name
    """The value itself; MicroPython's compiler replaces `X = const(1)` by the number."""
    return value


try:  # in C, and in a time that does not tell where they differ
    from _operator import _compare_digest

    same = _compare_digest
except ImportError:

    def same(left: bytes, right: bytes) -> bool:  # type: ignore[misc]
        """Whether these octets are equal, in a time that does not tell where they differ."""
        if len(left) != len(right):
            return False
        difference = 0
        for index in range(len(left)):
            difference |= left[index] ^ right[index]
        return difference == 0


if MICROPYTHON:

    def inverse(a: int, m: int) -> int:
        """1/a mod m, for a from 1 to m - 1 and m prime (`pow(a, -1, m)` is 0 on a board)."""
        high, low, before, now = m, a, 0, 1
        while low:
            quotient, rest = divmod(high, low)
            high = low
            low = rest
            before, now = now, before - quotient * now
        return before % m

else:

    def inverse(a: int, m: int) -> int:
        """1/a mod m, for a from 1 to m - 1 and m prime."""
        return pow(a, -1, m)
