"""Keys of a capture, as Wireshark's table `zigbee_pc_keys` has them: three quoted fields a line.

    "66b6900981e1ee3ca4206b6b861c02bb","Normal","install code's key 00DB1234567890A0"

"Normal" keys are in the order of transmission, "Reverse" the other way about.
"""

import csv
from typing import IO

_SIZE = 16


class BadKeyFile(Exception):
    """What is no such file; it says in which line, and what was expected."""


class KeyFile:
    """Writes each key once, as soon as it is known."""

    def __init__(self, stream: "IO[str]") -> None:
        self._stream = stream
        self._known: set[bytes] = set()

    @property
    def count(self) -> int:
        """How many keys were written."""
        return len(self._known)

    def add(self, key: bytes, label: str) -> None:
        """A key of 16 octets, and a name for it without quotes."""
        if key not in self._known:
            self._known.add(key)
            self._stream.write('"%s","Normal","%s"\n' % (key.hex(), label.replace('"', "'")))
            self._stream.flush()


def read(lines: "IO[str]") -> "list[tuple[bytes, str]]":
    """Keys and labels of a file, or of plain lines of hex; BadKeyFile."""
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
            raise BadKeyFile("key %d: 32 hexadecimal digits expected" % number)
        if len(row) > 1 and row[1].strip() == "Reverse":
            key = key[::-1]
        pairs.append((key, row[2].strip() if len(row) > 2 else "key %d" % number))
    return pairs
