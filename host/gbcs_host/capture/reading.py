"""Captures read as GBCS messages, or as lines of text, one a frame."""

import datetime
import os
from collections.abc import Iterator
from typing import Any

from gbcs.crypto import backends
from gbcs_host.capture import keys, pcapng
from gbcs_host.capture.dissector import Dissected, Dissector
from gbcs_host.visible import visible


def is_capture(path: str) -> bool:
    """Whether a file begins as pcapng or pcap files do; False for one that cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(4) in pcapng.MAGICS
    except OSError:
        return False


class Reading:
    """One capture that is read: `dissector` counts frames, `wrong` those with a wrong FCS.

    `keys_path` names a file of keys; unless given, the file beside the capture (`.keys`) is read,
    if there is one. Raises BadKeyFile, OSError.
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
        """Each frame in order. Raises BadCapture where the file is damaged, OSError."""
        with open(self.path, "rb") as file:
            for packet in pcapng.read(file):
                if packet.is_whole:
                    yield self.dissector.take(packet.us, packet.frame)
                else:
                    self.wrong += 1

    def messages(self) -> "Iterator[tuple[str, bytes]]":
        """Pairs of `FILE:NUMBER`, the frame that completed a message, and the message's octets."""
        for frame in self.frames():
            for heard in frame.messages:
                yield "%s:%d" % (self.path, heard.number), heard.octets

    def summary(self) -> str:
        """The number of frames, and how many could not be opened or are damaged, as text."""
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
    """A frame as a line of text: number, UTC time, source, destination, layers and problems."""
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
