"""`gbcs installcode`: the CRC of an install code, and the link key made of it."""

import argparse
import json

from gbcs import installcode
from gbcs.crypto import backends
from gbcs_host.cli import UsageError

HELP = "The CRC of a ZigBee install code, and the link key that is derived from it."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `gbcs installcode`."""
    parser.add_argument("code", help="6, 8, 12 or 16 octets in hex, with or without the CRC")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Exit status 0, or 2 where it is no install code."""
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
