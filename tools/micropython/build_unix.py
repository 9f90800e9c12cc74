"""Builds MicroPython's unix port with our packages frozen in: a board's heap on a desk.

    build_unix.py     prints the path of what was built

The heap is given when it is started (-X heapsize=128k); frozen code takes none of it. What was
built is kept in .cache/unix under a digest of all that goes into it. A build takes ten seconds.
"""

import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import build_board
import fetch

BOARD = "UNIX"
CACHE = fetch.ROOT / ".cache" / "unix"
# What the devices do not need, and what the source does not bring along
_WITHOUT = ("PY_BTREE", "PY_FFI", "PY_SSL", "SSL_MBEDTLS", "PY_THREAD")


def micropython() -> pathlib.Path:
    """The path of the port, built where it is not there.

    Raises fetch.Unavailable, with the reason and the next step.
    """
    fetch.source()
    target = CACHE / build_board.digest_of(BOARD) / "micropython"
    if target.exists():
        return target
    for tool in ("make", "gcc"):
        if not shutil.which(tool):
            raise fetch.Unavailable("no %s on this machine; next step: install it" % tool)
    with fetch.alone("unix"):
        if not target.exists():
            _build(target)
    return target


def _build(target: pathlib.Path) -> None:
    fetch.say("building the unix port with our packages frozen in")
    build = CACHE / "build"
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)
    done = subprocess.run(
        [
            "make",
            "-s",
            "-j%d" % (os.cpu_count() or 1),
            "-C",
            str(fetch.SOURCE / "ports" / "unix"),
            "BUILD=%s" % build,
            "MICROPY_MPYCROSS=%s" % fetch.MPY_CROSS,
            "MICROPY_MPYCROSS_DEPENDENCY=%s" % fetch.MPY_CROSS,
            "FROZEN_MANIFEST=%s" % (build_board.BOARDS / BOARD / "manifest.py"),
            "MPY_LIB_DIR=%s" % build_board.library(),
            *("MICROPY_%s=0" % name for name in _WITHOUT),
        ],
        env=fetch.build_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise fetch.Unavailable("the unix port does not build:\n" + done.stdout[-3000:])
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(build / "micropython", str(target) + ".new")
    os.replace(str(target) + ".new", target)
    shutil.rmtree(build, ignore_errors=True)
    kept = sorted(CACHE.glob("*/micropython"), key=lambda path: path.stat().st_mtime)
    for old in kept[:-4]:
        shutil.rmtree(old.parent, ignore_errors=True)


def main() -> int:
    """What a person calls."""
    try:
        print(micropython())
    except fetch.Unavailable as error:
        fetch.say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
