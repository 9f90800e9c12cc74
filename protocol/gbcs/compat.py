"""What differs between CPython and MicroPython, and nothing else."""

import sys

TYPE_CHECKING = False  # mypy and pyright take this name as true wherever it stands

MICROPYTHON = sys.implementation.name == "micropython"


def const(value: "T") -> "T":  # noqa: F821 - MicroPython folds `X = const(1)` by this name
    """The value itself; MicroPython's compiler replaces `X = const(1)` by the number."""
    return value
