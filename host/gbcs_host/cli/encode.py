"""`gbcs encode`: turns lines of `gbcs decode --json` back into octets."""

import argparse
import io
import json
import sys
from collections.abc import Iterator

from gbcs.errors import GbcsError
from gbcs_host.cli import EnvironmentProblem
from gbcs_host.decode import examine, jsontext

_WRONG = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, GbcsError)

HELP = "Turn JSON objects, as decode --json prints them, into hex, one message a line."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `gbcs encode` to a parser."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a file of JSON lines, or -")


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when every line was encoded, 1 when not."""
    failed = 0
    for name in args.files:
        for number, line in enumerate(_lines(name), 1):
            if not line.strip():
                continue
            try:
                print(examine.rebuild(jsontext.loads(line.rstrip())).hex().upper())
            except RecursionError:
                failed += 1
                _tell(name, number, "is nested too deeply")
            except json.JSONDecodeError as error:  # whose text has a line of its own
                failed += 1
                _tell(name, number, "no JSON at character %d: %s" % (error.pos + 1, error.msg))
            except _WRONG as error:
                failed += 1
                is_missing = type(error) is KeyError
                _tell(name, number, "'%s' is missing" % error.args[0] if is_missing else error)
    return 1 if failed else 0


def _tell(name: str, number: int, problem: object) -> None:
    print("gbcs encode: %s line %d: %s" % (name, number, problem), file=sys.stderr)


def _lines(name: str) -> Iterator[str]:
    if name == "-":
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        yield from sys.stdin
        return
    try:
        with open(name, encoding="utf-8", errors="replace") as file:
            yield from file
    except OSError as error:
        raise EnvironmentProblem("'%s' cannot be read: %s" % (name, error.strerror)) from None
