"""`gbcs device`: emulated devices in a process of their own, for a laboratory elsewhere."""

import argparse
import os
import sys
import threading

from gbcs.crypto import default
from gbcs_device.server import Server
from gbcs_host import remote
from gbcs_host.cli import EnvironmentProblem, UsageError
from gbcs_host.links import BadName, Link, LinkError, listen

HELP = "Emulate devices in this process, for a laboratory that reaches them by a link."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `gbcs device`."""
    parser.add_argument("what", choices=("run",), help="run: serve devices until interrupted")
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
        while True:
            link = listener.accept(None)
            if link is not None:
                threading.Thread(target=_serve, args=(link,), daemon=True).start()
    except KeyboardInterrupt:
        return 0
    finally:
        listener.close()


def _serve(link: Link) -> None:
    """One device, until the other side is gone."""
    try:
        remote.serve(link, Server(default(), os.urandom))
    except LinkError:  # that is how it ends
        link.close()
