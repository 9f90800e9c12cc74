"""Runs the tests of this folder on MicroPython: plain functions `test_*`, a fresh start a file.

    run.py [--unix] [--board] [--heap KB] [--quick] [NAME...]

--unix: the unix port, the core imported from source (whole devices and networks: frozen), in a
heap of 128 KB unless told. Its peak is the smallest heap in which a file passes, in steps of 8 KB,
with what the compiler needs for every module (a 64-bit port: a board needs about half); --quick
does not look for it.
--board: the emulated Cortex-M3, the core frozen in, the tests compiled beforehand. The heap that
is in use after a file, all garbage collected, is printed for both. The last line has the counts.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tools" / "micropython"))
import build_unix  # noqa: E402
import fetch  # noqa: E402
import qemu  # noqa: E402

STEP_KB = 8
# Of a 64-bit port's heap their source takes too much
FROZEN = ("test_device_", "test_display", "test_zigbee_")
SHARED = ("device_cases",)  # modules that tests import
# KB on the unix port: a hub and a meter share the heap, a meter and a display
LARGER = {"test_device_han": 192, "test_device_ihd": 176}

# What runs on MicroPython. Garbage is collected between tests, for what counts is what they need,
# and early, so that what the compiler leaves does not break the heap into small pieces
RUNNER = """
import gc, sys
gc.threshold(8192)
def run(name):
    module = __import__(name)
    for test in sorted(dir(module)):
        if test.startswith("test_"):
            gc.collect()
            try:
                getattr(module, test)()
                print("passed", test)
            except Exception as error:
                sys.print_exception(error, sys.stdout)
                print("failed", test)
    gc.collect()
    print("in use", gc.mem_alloc())
run("%s")
"""


class Result:
    """What became of one file: the printed text, and the counts taken from it."""

    def __init__(self, name: str, text: str, ended: bool = True) -> None:
        self.name = name
        self.text = text
        self.passed = len(re.findall(r"^passed \w+$", text, re.M))
        self.failed = len(re.findall(r"^failed \w+$", text, re.M))
        used = re.search(r"^in use (\d+)$", text, re.M)
        if not ended or used is None:  # the file did not get to its end
            self.failed += 1
        self.used = int(used[1]) if used else 0
        self.peak_kb = 0

    def line(self) -> str:
        """One line for people."""
        tests = "%d passed" % self.passed
        if self.failed:
            tests += ", %d FAILED" % self.failed
        line = "%-30s %-22s in use after it %5.1f KB" % (self.name, tests, self.used / 1024)
        return line + (", peak %4d KB" % self.peak_kb if self.peak_kb else "")


def names() -> "list[str]":
    """The modules of tests, in order."""
    return sorted(path.stem for path in HERE.glob("test_*.py"))


def on_unix(name: str, heap_kb: int = 128) -> Result:
    """Runs one file on the unix port; fetch.Unavailable where that cannot be had."""
    if heap_kb == 128:
        heap_kb = LARGER.get(name, heap_kb)
    path = [str(ROOT / "protocol"), str(ROOT / "firmware"), str(HERE)]
    if name.startswith(FROZEN):
        path = [".frozen", str(HERE)]
        command = [build_unix.micropython()]
    else:
        command = [fetch.MICROPYTHON if fetch.MICROPYTHON.exists() else fetch.runtime()]
    try:
        done = subprocess.run(
            [*command, "-X", "heapsize=%dk" % heap_kb, "-c", RUNNER % name],
            env={**os.environ, "MICROPYPATH": ":".join(path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(name, "no end within 300 seconds\n", False)
    return Result(name, done.stdout.decode("utf-8", "replace"), done.returncode == 0)


def on_board(name: str, heap_kb: int = 128) -> Result:
    """Runs one file on the emulated board; fetch.Unavailable where that cannot be had."""
    files = {one + ".mpy": qemu.compiled(HERE / (one + ".py")) for one in (name, *SHARED)}
    try:
        with qemu.Board(heap_kb, files) as board:
            return Result(name, board.run(RUNNER % name, timeout=300))
    except qemu.BoardError as error:
        return Result(name, "%s\n" % error, False)


def on_unix_with_peak(name: str, heap_kb: int) -> Result:
    """The same, and the smallest heap in which the file passes."""
    result = on_unix(name, heap_kb)
    low, high = 0, heap_kb
    while high - low > STEP_KB and not result.failed:
        middle = (low + high) // 2 // STEP_KB * STEP_KB
        if on_unix(name, middle).failed:
            low = middle
        else:
            high = middle
    result.peak_kb = high
    return result


def _report(where: str, run: "Callable[[str], Result]", wanted: "list[str]") -> "list[Result]":
    print(where)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = []
        for result in pool.map(run, wanted):
            print("  " + result.line(), flush=True)
            if result.failed:
                print(result.text)
            results.append(result)
    return results


def main() -> int:
    """What a person calls."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--unix", action="store_true", help="on the unix port")
    parser.add_argument("--board", action="store_true", help="on the emulated Cortex-M3")
    parser.add_argument("--heap", type=int, default=128, metavar="KB")
    parser.add_argument("--quick", action="store_true", help="do not look for the heap's peak")
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    wanted = [pathlib.Path(name).stem for name in arguments.names] or names()
    results = []
    try:
        if arguments.board:
            qemu.build_board.firmware(arguments.heap)
            results += _report(
                "emulated Cortex-M3, heap of %d KB" % arguments.heap,
                lambda name: on_board(name, arguments.heap),
                wanted,
            )
        if arguments.unix or not arguments.board:
            fetch.runtime()
            if any(name.startswith(FROZEN) for name in wanted):
                build_unix.micropython()
            run = on_unix if arguments.quick else on_unix_with_peak
            results += _report(
                "unix port, heap of %d KB" % arguments.heap,
                lambda name: run(name, arguments.heap),
                wanted,
            )
    except fetch.Unavailable as error:
        print(error, file=sys.stderr)
        return 1
    failed = sum(result.failed for result in results)
    print("%d passed, %d failed" % (sum(result.passed for result in results), failed))
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
