"""`gbcs capture`: frames from a sniffer, or from a run elsewhere, into a pcapng file."""

import argparse
import sys
import time
from typing import Any

from gbcs_host.capture import pcapng, zep
from gbcs_host.cli import EnvironmentProblem, UsageError
from gbcs_host.links import BadName, Link, LinkError

HELP = "Write what a sniffer, or `gbcs run --monitor`, hands on as ZEP to a pcapng file."
_SLICE_S = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `gbcs capture`."""
    parser.add_argument("link", metavar="LINK", help="udp:HOST:17754, tcp:HOST:PORT, serial:PORT")
    parser.add_argument("file", metavar="FILE.pcapng", help="where to write")
    parser.add_argument("--seconds", type=float, metavar="S", help="how long; until interrupted")
    parser.add_argument("--count", type=int, metavar="N", help="how many frames at most")


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when frames came, 1 when none did."""
    try:
        source = zep.receiver(args.link)
    except BadName as error:
        raise UsageError(str(error)) from None
    except LinkError as error:
        raise EnvironmentProblem(str(error)) from None
    try:
        file = open(args.file, "wb")  # noqa: SIM115 closed below
    except OSError as error:
        source.close()
        why = error.strerror
        raise EnvironmentProblem("'%s' cannot be written: %s" % (args.file, why)) from None
    print("capturing at %s into %s" % (source.name, args.file), file=sys.stderr, flush=True)
    with file:
        frames, others = _frames(args, source, pcapng.Writer(file))
    source.close()
    print("%d frames, %d datagrams of another kind" % (frames, others), file=sys.stderr)
    return 0 if frames else 1


def _frames(args: argparse.Namespace, source: Any, writer: pcapng.Writer) -> "tuple[int, int]":
    end = None if args.seconds is None else time.monotonic() + args.seconds
    frames = others = 0
    link: Link | None = source if isinstance(source, Link) else None
    try:
        while (end is None or time.monotonic() < end) and frames != args.count:
            if link is None:
                link = source.accept(_SLICE_S)
                continue
            datagram = link.receive(_SLICE_S)
            found = None if datagram is None else zep.decode(datagram)
            if found is not None:
                writer.write(found[1], found[0])
                frames += 1
            elif datagram is not None:
                others += 1
    except (KeyboardInterrupt, LinkError):  # enough, or the other side has ended
        pass
    return frames, others
