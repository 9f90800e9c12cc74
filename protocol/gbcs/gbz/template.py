"""What a GBZ use case is expected to send and to answer, a component at a time."""

from gbcs.gbz import templates
from gbcs.record import Record

_SIDES = {"c": "command", "r": "response", "a": "alert"}


class Expected(Record):
    """One component of a template.

    `side` is "command", "response" or "alert"; `least` and `most` say how often it comes (None for
    any number); `alternate` that it may come in place of the one before. `constants` are pairs: of
    an attribute's identifier and its type's name (None where only read), or of a field's name and
    its values: a tuple of those allowed, or a range. `decisive` are those of fields with other
    values of which it is another component.
    """

    __slots__ = (
        "side",
        "cluster",
        "frame_control",
        "command",
        "least",
        "most",
        "encrypted",
        "from_date_time",
        "alternate",
        "constants",
        "decisive",
    )  # fmt: skip

    def __init__(self, row: str) -> None:
        columns = row.split()
        self.side = _SIDES[columns[0]]
        self.cluster = int(columns[1], 16)
        self.frame_control = int(columns[2], 16)
        self.command = int(columns[3], 16)
        self.least = int(columns[4])
        self.most = None if columns[5] == "*" else int(columns[5])
        self.encrypted = "e" in columns[6]
        self.from_date_time = "d" in columns[6]
        self.alternate = "|" in columns[6]
        attributes = not self.frame_control & 1 and self.command < 2
        self.constants = tuple([_constant(word, attributes) for word in columns[7:]])
        self.decisive = tuple([_constant(word, False) for word in columns[7:] if "!" in word])


def find(message_code: int) -> "tuple[Expected, ...]":
    """The template of a use case, by its message code; nothing where it has none."""
    wanted = "%04X" % message_code
    start = "\n= %s " % wanted
    rows: list[str] = []
    pieces = templates.TEMPLATES  # sorted; each begins with a block's code
    for place, text in enumerate(pieces):
        if text[3:7] > wanted:
            break
        if place + 1 < len(pieces) and pieces[place + 1][3:7] < wanted:
            continue
        at = text.find(start)
        if at >= 0:
            end = text.find("\n= ", at + 1)
            for line in text[at : end if end > 0 else len(text)].split("\n")[2:]:
                if line[:1] == " ":
                    rows[-1] += line
                elif line:
                    rows.append(line)
    return tuple([Expected(row) for row in rows])


def _constant(word: str, attribute: bool) -> "tuple[int | str, object]":
    name, _, value = word.partition("!" if "!" in word else "=")
    if attribute:
        return int(name, 16), value or None
    least, dash, most = value.partition("-")
    if dash and least:
        return name, range(int(least), int(most) + 1)
    return name, tuple([int(number) for number in value.split("|")])
