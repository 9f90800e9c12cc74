"""`gbcs encode`: what `gbcs decode --json` printed, as octets again."""

import argparse
import json
import sys
from collections.abc import Iterator

from gbcs.errors import GbcsError
from gbcs_host import examine, fields
from gbcs_host.cli import EnvironmentProblem

HELP = "Turn JSON objects, as decode --json prints them, into hex, one message a line."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `gbcs encode`."""
    parser.add_argument("what", nargs="+", metavar="FILE", help="a file of JSON lines, or -")


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when every line was encoded, 1 when not."""
    failed = 0
    for name in args.what:
        for number, line in enumerate(_lines(name), 1):
            if not line.strip():
                continue
            try:
                print(examine.rebuild(json.loads(line)).hex().upper())
            except (ValueError, KeyError, TypeError, fields.FormError, GbcsError) as error:
                failed += 1
                missing = "'%s' is missing" % error.args[0] if type(error) is KeyError else error
                print("gbcs encode: %s line %d: %s" % (name, number, missing), file=sys.stderr)
    return 1 if failed else 0


def _lines(name: str) -> Iterator[str]:
    if name == "-":
        yield from sys.stdin
        return
    try:
        with open(name, encoding="utf-8") as file:
            yield from file
    except OSError as error:
        raise EnvironmentProblem("'%s' cannot be read: %s" % (name, error.strerror)) from None
