"""Value objects: `__slots__` in wire order, written `__init__`; the rest comes from here."""


class Record:
    """A value with named fields, the names in `__slots__`; compared and hashed by its fields."""

    __slots__: "tuple[str, ...]" = ()

    def _values(self) -> tuple:
        return tuple([getattr(self, name) for name in self.__slots__])

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self).__name__, repr(self)))

    def __repr__(self) -> str:
        parts: list[str] = []
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, (bytes, bytearray, memoryview)):
                value = "".join(["%02x" % octet for octet in bytes(value)])
            else:
                value = repr(value)
            parts.append(name + "=" + value)
        return type(self).__name__ + "(" + ", ".join(parts) + ")"
