"""Templates whole, and the table from end to end: what tools ask of `cosem`, and no device.

The table and its lines are those of `gbcs.cosem.cosem`.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs.cosem import cosem
from gbcs.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gbcs.cosem.cosem import Object, Request
    from gbcs.cosem.layout import Layout


class Template(Record):
    """A use case's messages: what its request asks for, or the layout of its alert's body."""

    __slots__ = ("code", "use_case", "requests", "alert", "protects")

    def __init__(
        self,
        code: int,
        use_case: str,
        requests: "tuple[Request, ...]",
        alert: "Layout | None",
        protects: "tuple[Object, ...]",
    ) -> None:
        self.code = code
        self.use_case = use_case
        self.requests = requests
        self.alert = alert
        self.protects = protects


def template(code: int) -> "Template | None":
    """The template of the use case with this message code; None where there is none."""
    line = cosem.template_line(code)
    if not line:
        return None
    use_case, _, rest = line.partition(" ")
    if rest[0] != "!":
        return Template(code, use_case, tuple(cosem.requests(code)), None, ())
    return Template(code, use_case, (), cosem.alert(code), cosem.protected(code))


def codes() -> "Iterator[int]":
    """The message codes that have a template: first of commands, then of alerts."""
    for name in ("templates", "alerts"):
        for text in cosem.table(name).TEMPLATES:
            for line in text.strip().split("\n"):
                yield int(line[:4], 16)


def objects() -> "Iterator[Object]":
    """Every row of the table; an object used in two ways has two."""
    for piece in range(len(cosem.starts())):
        for text in cosem.piece_of(piece):
            for line in text.strip().split("\n"):
                yield cosem.object_of(line)
