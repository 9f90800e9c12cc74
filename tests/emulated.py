"""The emulated board as a board: QEMU's Cortex-M3 on a pseudo-terminal, our firmware in it."""

import contextlib
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools" / "micropython"))
import build_board  # noqa: E402
import build_unix  # noqa: E402
import fetch  # noqa: E402
import qemu  # noqa: E402

__all__ = (
    "NEEDED",
    "ROOT",
    "board",
    "build_board",
    "build_unix",
    "fetch",
    "firmware",
    "had",
    "qemu",
    "unix_port",
)

NEEDED = "GBCS_NEED_MICROPYTHON"  # set in CI, where nothing is skipped


def had(make, *arguments):
    """What a function of tools/micropython makes; skips, in CI fails, where that cannot be had."""
    try:
        return make(*arguments)
    except fetch.Unavailable as error:
        if os.environ.get(NEEDED):
            pytest.fail(str(error))
        pytest.skip(str(error))


def firmware(heap_kb=128, is_stock=False):
    """The path of the board's firmware."""
    had(qemu.available)
    return had(build_board.firmware, heap_kb, is_stock)


def unix_port():
    """The path of the unix port, our modules frozen in."""
    return had(build_unix.micropython)


@contextlib.contextmanager
def board(heap_kb=128, is_stock=False, flash=None):
    """The name of the serial port of a board that was switched on."""
    one = qemu.SerialBoard(firmware(heap_kb, is_stock), flash)
    try:
        yield one.port
    finally:
        one.cut()
