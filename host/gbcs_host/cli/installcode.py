"""`gbcs installcode`: prints the CRC of an install code and the link key derived from it.

Source: ZigBee Smart Energy 5.4.8.1.
"""

import argparse
import json

from gbcs import installcode
from gbcs.crypto import backends
from gbcs_host.cli import UsageError

HELP = "The CRC of a ZigBee install code, and the link key that is derived from it."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `gbcs installcode` to a parser."""
    parser.add_argument("code", help="6, 8, 12 or 16 octets in hex, with or without the CRC")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Exit status 0, or 2 where the argument is no install code."""
    try:
        whole = installcode.complete(installcode.parse(args.code))
    except installcode.BadInstallCode as error:
        raise UsageError(str(error)) from None
    key = installcode.link_key(whole, backends.default())
    facts = {
        "code": whole[:-2].hex().upper(),
        "crc": whole[-2:].hex().upper(),
        "complete": whole.hex().upper(),
        "link_key": key.hex().upper(),
    }
    if args.json:
        print(json.dumps(facts))
    else:
        print("\n".join("%-9s %s" % pair for pair in facts.items()))
    return 0
