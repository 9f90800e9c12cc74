"""How a generator is run: where its facts are, where its modules go, whether they are fresh."""

import argparse
import pathlib
import sys
from collections.abc import Callable, Iterable

from tools import fact_tables

ROOT = pathlib.Path(__file__).resolve().parents[1]

Modules = dict[str, str]  # texts by their paths in the tree


def main(
    arguments: list[str], make: Callable[[pathlib.Path], Modules], pieces: Iterable[str] = ()
) -> int:
    """Writes the modules that `make` makes of a folder of facts, or with --check compares them.

    `pieces` are patterns of paths: what fits one and is not made is removed. 0 where all is
    written or fresh, 1 where a module is stale or a fact cannot be read.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true", help="only compare; 1 if one is stale")
    parser.add_argument("--facts", type=pathlib.Path, default=fact_tables.FOLDER, metavar="FOLDER")
    parser.add_argument("--tree", type=pathlib.Path, default=ROOT, metavar="FOLDER")
    options = parser.parse_args(arguments)
    try:
        modules = make(options.facts)
    except fact_tables.FactError as error:
        print(error, file=sys.stderr)
        return 1
    stale = [path for path, text in modules.items() if not is_fresh(options.tree / path, text)]
    for pattern in pieces:
        present = sorted(path.relative_to(options.tree) for path in options.tree.glob(pattern))
        stale += [path.as_posix() for path in present if path.as_posix() not in modules]
    for path in stale:
        if options.check:
            print("%s is stale: make gen" % path, file=sys.stderr)
        elif path in modules:
            (options.tree / path).write_text(modules[path], encoding="utf-8")
        else:
            (options.tree / path).unlink()
    return 1 if stale and options.check else 0


def is_fresh(path: pathlib.Path, text: str) -> bool:
    """Whether a file is there and has this text."""
    return path.is_file() and path.read_text(encoding="utf-8") == text
