"""The file of a kept lab: compressed text (gzip), a line that says what it is, and a row a line.

    zcat home.lab | head

The first line is an object of JSON: "gbcs-lab" says "kept lab", "version" which gbcs-lab has
written it, "now" the lab's time (milliseconds since 2000), "rows" how many lines follow. Each of
those is a row of gbcs_host.keep.graph. A lab is restored by the version that has kept it: what
its objects hold may be another in the next.

The file holds private keys, so that only its owner may read it. To read one runs no code from it.
"""

import gzip
import json
import zlib
from collections.abc import Sequence
from typing import Any

import gbcs
from gbcs_host import keyfiles
from gbcs_host.keep.forms import FORMS
from gbcs_host.keep.graph import BadRow, Row
from gbcs_host.keep.reader import Reader
from gbcs_host.keep.writer import Writer

_WHAT = "kept lab"
_LEVEL = 6
_MOST_OCTETS = 1 << 30  # of text
_LONGEST_LINE = 1 << 24
_MOST_ROWS = 8_000_000


class BadKeptLab(Exception):
    """A file that is not, or no longer, what Lab.save writes; the text says why."""


def write(
    path: str, lab: Any, now: int, outside: "Sequence[Any]", overwrite: bool = False
) -> None:
    """Keeps a lab without what is in `outside`.

    Raises CannotKeep, WouldOverwrite, OSError; then no file is changed.
    """
    rows = list(Writer(FORMS, outside).rows(lab))
    header = {"gbcs-lab": _WHAT, "version": gbcs.__version__, "now": now, "rows": len(rows)}
    encode = json.JSONEncoder(separators=(",", ":")).encode
    text = "\n".join([encode(line) for line in (header, *rows)]) + "\n"
    octets = gzip.compress(text.encode(), _LEVEL, mtime=0)
    keyfiles.write(path, octets, overwrite=overwrite)


def read(path: str, kind: type) -> Any:
    """The lab of a file, an instance of `kind`. Raises BadKeptLab, OSError."""
    try:
        with gzip.open(path, "rb") as file:
            rows = _rows(file)
            lab = Reader(FORMS, rows).root()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadKeptLab("a whole file of Lab.save expected: %s" % error) from None
    except (MemoryError, ValueError, RecursionError):
        raise BadKeptLab("a file of Lab.save expected, found other text") from None
    except BadRow as error:
        raise BadKeptLab("a file of Lab.save expected: %s" % error) from None
    if not isinstance(lab, kind):
        raise BadKeptLab("a %s expected, found a %s" % (kind.__name__, type(lab).__name__))
    return lab


def _rows(file: Any) -> "list[Row]":
    left = _MOST_OCTETS
    header = json.loads(file.readline(4096))
    if not isinstance(header, dict) or header.get("gbcs-lab") != _WHAT:
        raise BadKeptLab("a file of Lab.save expected, found another")
    if header.get("version") != gbcs.__version__:
        raise BadKeptLab(
            "a lab kept by gbcs-lab %s expected, this one is by %.20s"
            % (gbcs.__version__, header.get("version"))
        )
    rows: list[Row] = []
    decode = json.JSONDecoder().decode
    while line := file.readline(min(left, _LONGEST_LINE)):
        left -= len(line)
        if not line.endswith(b"\n") or len(rows) >= _MOST_ROWS:
            raise BadKeptLab("at most %d rows of %d octets expected" % (_MOST_ROWS, _LONGEST_LINE))
        row = decode(line.decode())
        if not isinstance(row, list) or not row or not isinstance(row[0], str):
            raise BadKeptLab("row %d: a list that begins with its form expected" % len(rows))
        rows.append(row)
    if len(rows) != header.get("rows"):
        raise BadKeptLab("%s rows expected, found %d" % (header.get("rows"), len(rows)))
    return rows
