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

__all__ = ("NEEDED", "ROOT", "board", "build_board", "build_unix", "fetch", "firmware", "qemu")

NEEDED = "GBCS_NEED_MICROPYTHON"  # set in CI, where nothing is skipped


def firmware(heap_kb=128, is_stock=False):
    """The path of the board's firmware; skips, in CI fails, where there is none."""
    try:
        qemu.available()
        return build_board.firmware(heap_kb, is_stock)
    except fetch.Unavailable as error:
        if os.environ.get(NEEDED):
            pytest.fail(str(error))
        pytest.skip(str(error))


@contextlib.contextmanager
def board(heap_kb=128, is_stock=False, flash=None):
    """The name of the serial port of a board that was switched on."""
    one = qemu.SerialBoard(firmware(heap_kb, is_stock), flash)
    try:
        yield one.port
    finally:
        one.cut()
