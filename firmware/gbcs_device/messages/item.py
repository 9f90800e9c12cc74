"""An item of an access request, and its failure.

Source: DLMS UA 1000-2, 9.3.14 (access service), 9.5 (results).
"""

from gbcs.compat import const

SUCCESS = const(0)
READ_WRITE_DENIED = const(3)
OBJECT_UNAVAILABLE = const(11)
TYPE_UNMATCHED = const(12)
OTHER_REASON = const(250)


class ItemFailed(Exception):
    """An item that fails; `result` is its result in the answer."""

    def __init__(self, result: int) -> None:
        super().__init__(result)
        self.result = result


class Item:
    """An item of a request: choice, object, and where its data stand in the message."""

    __slots__ = ("choice", "class_id", "obis", "index", "selection", "start", "end", "octets")

    def __init__(self, octets: bytes, at: int) -> None:
        self.octets = octets
        self.choice = octets[at]
        self.class_id = octets[at + 1] << 8 | octets[at + 2]
        self.obis = octets[at + 3 : at + 9]
        self.index = octets[at + 9]
        self.selection: tuple[int, int, int] | None = None  # selector, where its data stand
        self.start = 0
        self.end = 0

    @property
    def data(self) -> bytes:
        """The item's data, one A-XDR item."""
        return self.octets[self.start : self.end]
