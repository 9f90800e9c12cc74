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

__all__ = ("NEEDED", "ROOT", "board", "build_unix", "fetch")

NEEDED = "GBCS_NEED_MICROPYTHON"  # set in CI, where nothing is skipped


@contextlib.contextmanager
def board(heap_kb=128):
    """The name of the serial port of a board that was switched on."""
    try:
        qemu.available()
        firmware = build_board.firmware(heap_kb)
    except fetch.Unavailable as error:
        if os.environ.get(NEEDED):
            pytest.fail(str(error))
        pytest.skip(str(error))
    command = ["qemu-system-arm", "-machine", "mps2-an385", "-nographic", "-monitor", "none"]
    process = subprocess.Popen(
        [*command, "-semihosting", "-kernel", str(firmware), "-serial", "pty"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        line = process.stdout.readline()
        yield re.search(r"/dev/pts/\d+", line)[0]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
