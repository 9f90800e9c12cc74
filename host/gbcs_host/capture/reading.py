"""Captures as a source of messages, and as lines for people, one a frame."""

import datetime
import os
from collections.abc import Iterator
from typing import Any

from gbcs.crypto import backends
from gbcs_host.capture import keys, pcapng
from gbcs_host.capture.dissector import Dissected, Dissector
from gbcs_host.visible import visible


def is_capture(path: str) -> bool:
    """Whether a file begins as pcapng or pcap files do."""
    try:
        with open(path, "rb") as file:
            return file.read(4) in pcapng.MAGICS
    except OSError:
        return False


class Reading:
    """One capture being read: `dissector` counts, `wrong` are frames with a wrong check sequence.

    `keys_path` names a file of keys; without one, the one beside the capture is taken, where it
    is there. Raises BadCapture, BadKeyFile, OSError.
    """

    def __init__(self, path: str, keys_path: "str | None" = None) -> None:
        self.path = path
        self.wrong = 0
        beside = path + ".keys"
        if keys_path is None and os.path.exists(beside):
            keys_path = beside
        known: list[tuple[bytes, str]] = []
        if keys_path is not None:
            with open(keys_path, encoding="utf-8") as file:
                known = keys.read(file)
        self.dissector = Dissector(known, backends.default())

    def frames(self) -> Iterator[Dissected]:
        """Each frame; where the file is damaged, those before, then BadCapture."""
        with open(self.path, "rb") as file:
            for packet in pcapng.read(file):
                if packet.is_whole:
                    yield self.dissector.take(packet.us, packet.frame)
                else:
                    self.wrong += 1

    def messages(self) -> "Iterator[tuple[str, bytes]]":
        """Pairs of the file's name with the number of the frame that ended it, and a message."""
        for frame in self.frames():
            for heard in frame.messages:
                yield "%s:%d" % (self.path, heard.number), heard.octets

    def summary(self) -> str:
        """What the frames were."""
        words = ["%d frames" % (self.dissector.frames + self.wrong)]
        for count, condition in (
            (self.dissector.locked, "that no key opens"),
            (self.dissector.damaged, "that are damaged"),
            (self.wrong, "with a wrong check sequence"),
        ):
            if count:
                words.append("%d %s" % (count, condition))
        return ", ".join(words)


def line(frame: Dissected) -> str:
    """A frame in a line: number, time, from, to, what it is, and what is wrong with it."""
    when = datetime.datetime.fromtimestamp(frame.us / 1e6, datetime.UTC)
    words = visible("; ".join(frame.layers + frame.problems))
    stamp = when.strftime("%H:%M:%S.%f")
    return "%6d  %s  %s > %s  %s" % (
        frame.number, stamp, _address(frame.source), _address(frame.destination), words
    )  # fmt: skip


def _address(address: Any) -> str:
    if isinstance(address, bytes):
        return address.hex().upper()
    return "%-16s" % ("" if address is None else "%04X" % address)
