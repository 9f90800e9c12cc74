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
    """The arguments of `gbcs coverage`."""
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
    """Exit status 0 when every pair is the same, but for those that are known; 1 when not."""
    from gbcs_host.decode.keystore import KeyStore

    for folder in (args.rtds, args.keystore):
        if not os.path.isdir(folder):
            raise EnvironmentProblem("there is no folder '%s'" % folder)
    pairs = coverage.pairs(args.rtds)
    coverage.Coverage(KeyStore.load(args.keystore)).run(pairs)
    found = coverage.summary(pairs)
    if args.json:
        print(json.dumps(found))
    else:
        _table(found)
    return 0 if pairs and not found["worse"] else 1


def _table(found: "dict[str, Any]") -> None:
    print(
        "%-24s %6s %s"
        % ("use case, device", "pairs", " ".join("%12s" % one for one in _HEADINGS.values()))
    )
    rows = [*found["by_use_case_and_device"].items()]
    rows += [("all of " + name, row) for name, row in found["by_device"].items()]
    rows.append(("total", found))
    for name, row in rows:
        counts = " ".join("%12s" % (row[one] or "") for one in _HEADINGS)
        print("%-24s %6d %s" % (name, row["pairs"], counts))
    for one in found["exceptions"]:
        text = "known, %s" % one["known"] if one["known"] else "not expected"
        print("%s: %s (%s): %s" % (one["pair"], one["outcome"], one["why"], text))
    if not found["pairs"]:
        print("no pairs", file=sys.stderr)
        return
    same = sum(found[one] for one in coverage.SAME)
    worse = len(found["worse"])
    print(
        "%d of %d pairs the same (%.1f %%), %d known to differ: %s"
        % (
            same,
            found["pairs"],
            100 * same / found["pairs"],
            len(found["expected"]),
            "%d not as expected" % worse if worse else "as expected",
        ),
        file=sys.stderr,
    )
