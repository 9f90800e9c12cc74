"""`gbcs coverage`: which reference responses the emulated devices reproduce, by use case."""

import argparse
import json
import os
import sys
from typing import Any

from gbcs_host.cli import EnvironmentProblem
from gbcs_host.verify import coverage

HELP = "Replay reference commands to emulated devices, and compare their answers octet for octet."
_HEADINGS = {
    coverage.IDENTICAL: "identical",
    coverage.UP_TO_SIGNATURE: "to signature",
    coverage.UP_TO_MAC: "to MAC",
    coverage.DIFFERENT: "different",
    coverage.UNSUPPORTED: "unsupported",
    coverage.FAILED: "failed",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `gbcs coverage` to a parser."""
    shared = os.environ.get("GBCS_SHARED", os.path.join("..", "shared"))
    parser.add_argument(
        "--rtds",
        metavar="DIR",
        default=os.path.join(shared, "rtds", "messages"),
        help="folder with ..._COMMAND_... and ..._RESPONSE_... files, and those below it",
    )
    parser.add_argument(
        "--keystore",
        metavar="DIR",
        default=os.path.join(shared, "rtds", "keystore"),
        help="certificates of devices and remote parties, private keys of the latter",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when every pair is the same or known to differ, 1 when not."""
    from gbcs_host.decode.keystore import KeyStore

    for folder in (args.rtds, args.keystore):
        if not os.path.isdir(folder):
            raise EnvironmentProblem("there is no folder '%s'" % folder)
    pairs = coverage.pairs(args.rtds)
    coverage.Coverage(KeyStore.load(args.keystore)).run(pairs)
    summary = coverage.summary(pairs)
    if args.json:
        print(json.dumps(summary))
    else:
        _table(summary)
    return 0 if pairs and not summary["worse"] else 1


def _table(summary: "dict[str, Any]") -> None:
    print(
        "%-24s %6s %s"
        % (
            "use case, device",
            "pairs",
            " ".join("%12s" % heading for heading in _HEADINGS.values()),
        )
    )
    rows = [*summary["by_use_case_and_device"].items()]
    rows += [("all of " + name, row) for name, row in summary["by_device"].items()]
    rows.append(("total", summary))
    for name, row in rows:
        counts = " ".join("%12s" % (row[outcome] or "") for outcome in _HEADINGS)
        print("%-24s %6d %s" % (name, row["pairs"], counts))
    for row in summary["exceptions"]:
        text = "known, %s" % row["known"] if row["known"] else "not expected"
        print("%s: %s (%s): %s" % (row["pair"], row["outcome"], row["why"], text))
    if not summary["pairs"]:
        print("no pairs", file=sys.stderr)
        return
    same = sum(summary[outcome] for outcome in coverage.SAME)
    worse = len(summary["worse"])
    print(
        "%d of %d pairs the same (%.1f %%), %d known to differ: %s"
        % (
            same,
            summary["pairs"],
            100 * same / summary["pairs"],
            len(summary["expected"]),
            "%d not as expected" % worse if worse else "as expected",
        ),
        file=sys.stderr,
    )
