"""Prints each figure, what it should be, and whether it holds; exit status 1 where one does not.

A module `bench_NAME.py` offers `run()`, a list of rows (figure, measured, target, holds). Names
given as arguments choose modules.
"""

import importlib
import pathlib
import sys

WIDTHS = (58, 26, 22)


def main(chosen: "list[str]") -> int:
    """Runs the modules asked for, or all; prints rows as they come."""
    here = pathlib.Path(__file__).parent
    names = chosen or sorted(path.stem[6:] for path in here.glob("bench_*.py"))
    missed = 0
    print("%-*s %-*s %-*s" % (WIDTHS[0], "figure", WIDTHS[1], "measured", WIDTHS[2], "target"))
    for name in names:
        print("-- %s" % name, flush=True)
        for figure, measured, target, holds in importlib.import_module(
            "bench.bench_" + name
        ).run():
            mark = "ok" if holds else "MISSED"
            missed += not holds
            line = "%-*s %-*s %-*s %s"
            print(
                line % (WIDTHS[0], figure, WIDTHS[1], measured, WIDTHS[2], target, mark),
                flush=True,
            )
    print("%d figures missed" % missed if missed else "all figures hold")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
