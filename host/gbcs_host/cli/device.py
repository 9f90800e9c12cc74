"""`gbcs device`: emulated devices in a process of their own, for a laboratory elsewhere."""

import argparse
import sys

from gbcs_host import devices
from gbcs_host.cli import EnvironmentProblem, UsageError
from gbcs_host.links import BadName, LinkError, listen

HELP = "Emulate devices in this process, for a laboratory that reaches them by a link."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `gbcs device`."""
    parser.add_argument("what", choices=("run",), help="run: serve devices until interrupted")
    parser.add_argument(
        "kind",
        nargs="?",
        choices=("esme", "gsme", "ppmid", "ihd"),
        help="which; any that is asked for unless told",
    )
    parser.add_argument(
        "--link", metavar="LINK", required=True, help="tcp:HOST:PORT, udp:HOST:PORT, serial:PORT"
    )


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when interrupted. Each who opens the link gets a device of their own."""
    try:
        listener = listen(args.link)
    except BadName as error:
        raise UsageError("--link: %s" % error) from None
    except LinkError as error:
        raise EnvironmentProblem(str(error)) from None
    print("devices are served at %s" % listener.name, file=sys.stderr, flush=True)
    try:
        devices.serve(listener, (args.kind.upper(),) if args.kind else devices.KINDS)
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()
    return 0
