"""Files of ZigBee keys in the form of Wireshark's table `zigbee_pc_keys`: three fields a line.

    "66b6900981e1ee3ca4206b6b861c02bb","Normal","install code's key 00DB1234567890A0"

The octets of a "Normal" key are in the order of transmission, those of a "Reverse" key in the
opposite order. Source: Wireshark's preference table "Pre-configured Keys" of its ZigBee dissector.
"""

import csv
from typing import IO

_SIZE = 16


class BadKeyFile(Exception):
    """A file that is no table of keys; the text says which key is wrong, and what was expected."""


class KeyFile:
    """Writes keys to a stream, each once and at once."""

    def __init__(self, stream: "IO[str]") -> None:
        self._stream = stream
        self._known: set[bytes] = set()

    @property
    def count(self) -> int:
        """The number of keys written."""
        return len(self._known)

    def add(self, key: bytes, label: str) -> None:
        """Writes a key of 16 octets with its label, unless it was written before."""
        if key not in self._known:
            self._known.add(key)
            self._stream.write('"%s","Normal","%s"\n' % (key.hex(), label.replace('"', "'")))
            self._stream.flush()


def read(lines: "IO[str]") -> "list[tuple[bytes, str]]":
    """Pairs of key, 16 octets, and label from such a file, or from plain lines of hex digits.

    Raises BadKeyFile.
    """
    try:
        rows = list(
            csv.reader(line for line in lines if line.strip() and not line.startswith("#"))
        )
    except (UnicodeDecodeError, csv.Error):
        raise BadKeyFile("lines of text expected") from None
    pairs = []
    for number, row in enumerate(rows, 1):
        text = row[0].strip().replace(":", "")
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) != _SIZE:
            raise BadKeyFile(
                "key %d: 32 hexadecimal digits expected, found %d characters" % (number, len(text))
            )
        if len(row) > 1 and row[1].strip() == "Reverse":
            key = key[::-1]
        pairs.append((key, row[2].strip() if len(row) > 2 else "key %d" % number))
    return pairs
