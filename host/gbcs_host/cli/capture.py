"""`gbcs capture`: writes frames of a sniffer or of `gbcs run --monitor` to a pcapng file."""

import argparse
import contextlib
import sys
import time
from collections.abc import Callable
from typing import Any

from gbcs_host.capture import pcapng, zep
from gbcs_host.cli import EnvironmentProblem, UsageError
from gbcs_host.han.serving import Tally, told_to_end
from gbcs_host.links import BadName, Link, LinkError
from gbcs_host.links.crowd import Peer, TcpCrowd
from gbcs_host.links.tcp import TcpListener

HELP = "Write the ZEP frames of a sniffer, or of `gbcs run --monitor`, to a pcapng file."
_SLICE_S = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `gbcs capture` to a parser."""
    parser.add_argument("link", metavar="LINK", help="udp:HOST:17754, tcp:HOST:PORT, serial:PORT")
    parser.add_argument("file", metavar="FILE.pcapng", help="where to write")
    parser.add_argument(
        "--seconds", type=float, metavar="S", help="for how long; by default until interrupted"
    )
    parser.add_argument(
        "--count", type=int, metavar="N", help="the number of frames after which to end"
    )


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when frames were captured, 1 when none came before the end."""
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
    heard = Heard(pcapng.Writer(file), args.count, args.seconds)
    with file, source, told_to_end() as told:
        _tell("capturing at %s into %s" % (source.name, args.file))
        try:
            _listen(source, heard, told.is_set)
        except LinkError as error:
            _tell(str(error))
        except KeyboardInterrupt:  # a second signal
            pass
    _tell("%d frames, %d datagrams of another kind" % (heard.frames, heard.others))
    return 0 if heard.frames else 1


class Heard:
    """Writes frames and counts them; knows when the limit of frames or seconds is reached."""

    def __init__(
        self, writer: pcapng.Writer, count: "int | None", seconds: "float | None"
    ) -> None:
        self.frames = self.others = 0
        self._writer = writer
        self._count = count
        self._end = None if seconds is None else time.monotonic() + seconds
        self._senders: set[Peer] = set()
        self._had_senders = False

    def take(self, datagram: bytes) -> bool:
        """Writes the frame in a datagram; False for no frame, or once the limit is reached."""
        decoded = None if self.is_enough() else zep.decode(datagram)
        if decoded is None:
            self.others += not self.is_enough()
            return False
        self._writer.write(decoded[1], decoded[0])
        self.frames += 1
        return True

    def take_from(self, peer: Peer, datagram: bytes) -> "tuple[bool, None]":
        """As `take`, for a peer of a crowd: one that sends frames keeps its place."""
        is_frame = self.take(datagram)
        if is_frame:
            peer.has_device = self._had_senders = True
            self._senders.add(peer)
        return is_frame, None

    def left(self, peer: Peer) -> None:
        """Notes that a sender has gone."""
        self._senders.discard(peer)

    def is_enough(self) -> bool:
        """Whether a limit of frames or seconds is reached, or all senders of frames have gone."""
        if self.frames == self._count or (self._had_senders and not self._senders):
            return True
        return self._end is not None and not time.monotonic() < self._end


def _listen(source: Any, heard: Heard, is_told: "Callable[[], bool]") -> None:
    def is_over() -> bool:
        return heard.is_enough() or is_told()

    if isinstance(source, TcpListener):
        tally = Tally(_tell)
        TcpCrowd(source, heard.take_from, tally.drop, heard.left, asks=False).run(is_over)
        return
    link: Link | None = source if isinstance(source, Link) else None
    while not is_over():
        if link is None:
            link = source.accept(_SLICE_S)
            continue
        datagram = link.receive(_SLICE_S)
        if datagram is not None:
            heard.take(datagram)


def _tell(text: str) -> None:
    """Prints a line to standard error; a closed standard error does not end the capture."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)
