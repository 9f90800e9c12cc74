"""Two tables as one: what all devices of a kind have, and what those with an account have too."""

from gbcs.compat import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.interfaces import Table


class Joined:
    """A table that has what the second has, else what the first has. Neither is copied."""

    __slots__ = ("first", "second")

    def __init__(self, first: "Table[Any]", second: "Table[Any]") -> None:
        self.first = first
        self.second = second

    def get(self, key: "Any") -> "Any":
        """What a table has for the key, or None."""
        entry = self.second.get(key)
        return self.first.get(key) if entry is None else entry
