"""The tables in tools/facts, as the generators read them and `import_facts` writes them.

A file begins with lines that start with #, what it tabulates and whence it is. Then come the names
of the columns and a row a line, cells apart by |, sorted by the first column; rows that share it
stand in the order of their message. An empty cell: not known, or not applicable.
"""

import pathlib
from collections.abc import Iterable

FOLDER = pathlib.Path(__file__).parent / "facts"

Row = dict[str, str]  # cells by the names of their columns


class FactError(Exception):
    """A table that cannot be read: the file, the line and the reason."""


class Table:
    """One file: `head` its first lines, `columns` their names, `rows` the cells by these names."""

    def __init__(self, head: list[str], columns: list[str], rows: list[Row]) -> None:
        self.head = head
        self.columns = columns
        self.rows = rows

    def key(self, row: Row) -> str:
        """The cell that rows are sorted by."""
        return row[self.columns[0]]

    def with_rows(self, rows: Iterable[Row]) -> "Table":
        """The same table with other rows, which it sorts."""
        return Table(self.head, self.columns, sorted(rows, key=self.key))

    def text(self) -> str:
        """The file; FactError where a cell holds what separates cells or lines."""
        lines = [*self.head, "|".join(self.columns)]
        for row in self.rows:
            cells = [row[name] for name in self.columns]
            if any("|" in cell or "\n" in cell or cell != cell.strip() for cell in cells):
                raise FactError("a cell with a separator, or blanks at its ends: %r" % cells)
            lines.append("|".join(cells))
        return "".join(line + "\n" for line in lines)


def load(folder: pathlib.Path, name: str) -> Table:
    """The table NAME.txt of a folder.

    FactError where it is missing, lacks its head, has a row with another number of cells than it
    has columns, or is not sorted.
    """
    path = folder / (name + ".txt")
    if not path.is_file():
        raise FactError("%s: no such table of facts" % path)
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    if not head or lines[: len(head)] != head or len(lines) == len(head):
        raise FactError("%s: lines with # first, then the names of the columns, expected" % path)
    columns = lines[len(head)].split("|")
    table = Table(head, columns, [])
    last = ""
    for number, line in enumerate(lines[len(head) + 1 :], len(head) + 2):
        cells = line.split("|")
        if len(cells) != len(columns):
            raise FactError(
                "%s:%d: %d cells found, %d expected" % (path, number, len(cells), len(columns))
            )
        if cells[0] < last:
            raise FactError(
                "%s:%d: %s after %s: rows are sorted by the first column"
                % (path, number, cells[0], last)
            )
        last = cells[0]
        table.rows.append(dict(zip(columns, cells, strict=True)))
    return table


def rows(folder: pathlib.Path, name: str) -> list[Row]:
    """The rows of the table NAME.txt of a folder; FactError as `load` raises it."""
    return load(folder, name).rows


def by_key(folder: pathlib.Path, name: str, column: str) -> dict[str, list[Row]]:
    """The rows of a table by the cell of a column; FactError as `load` raises it."""
    groups: dict[str, list[Row]] = {}
    for row in rows(folder, name):
        groups.setdefault(row[column], []).append(row)
    return groups


def words(cell: str) -> list[str]:
    """What a cell lists, apart by commas."""
    return [word for word in cell.split(",") if word]
