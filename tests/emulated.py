"""The emulated board as a board: QEMU's Cortex-M3 on a pseudo-terminal, our firmware in it."""

import contextlib
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools" / "micropython"))
import build_board  # noqa: E402
import build_unix  # noqa: E402
import fetch  # noqa: E402
import qemu  # noqa: E402

__all__ = ("NEEDED", "ROOT", "Board", "board", "build_board", "build_unix", "fetch", "firmware")

NEEDED = "GBCS_NEED_MICROPYTHON"  # set in CI, where nothing is skipped


_MACHINE = ["qemu-system-arm", "-nographic", "-monitor", "none", "-semihosting"]


class Board:
    """A board that was switched on: `port` has the prompt, `link` the HAN link."""

    def __init__(self, firmware, flash=None):
        """`flash` is a file that keeps what the board writes."""
        machine = "mps2-an385"
        backing = []
        if flash is not None:
            machine += ",memory-backend=psram"
            where = "memory-backend-file,id=psram,size=16M,share=on,mem-path=%s" % flash
            backing = ["-object", where]
        self._process = subprocess.Popen(
            [*_MACHINE, "-machine", machine, *backing, "-kernel", str(firmware)]
            + ["-serial", "pty", "-serial", "pty"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.port, self.link = [
            re.search(r"/dev/pts/\d+", self._process.stdout.readline())[0] for _ in range(2)
        ]

    def cut(self):
        """Its power is gone, at once."""
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


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
    one = Board(firmware(heap_kb, is_stock), flash)
    try:
        yield one.port
    finally:
        one.cut()
