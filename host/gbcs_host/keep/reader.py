"""The objects that rows (gbcs_host.keep.graph) describe, made anew."""

import functools
import random
import sys
import types
from collections import deque
from collections.abc import Callable
from typing import Any

from gbcs_host.keep.graph import BadRow, Forms, Row, fill
from gbcs_host.keep.names import (
    WITHIN,
    BadName,
    code_at,
    code_of,
    is_constant,
    is_ours,
    method_of,
    module_of,
    named,
)

_MISSING = object()
_LARGEST = 1 << 20
_DEEPEST = 100
_UNCHANGING = ("tuple", "frozenset", "named", "partial", "method", "closure")


class Reader:
    """Makes the objects of rows."""

    def __init__(self, forms: Forms, rows: "list[Row]") -> None:
        self._forms = forms
        self._rows = rows
        self._made: list[Any] = [_MISSING] * len(rows)
        self._begun: set[int] = set()
        self._measures: dict[int, tuple[int, int]] = {}  # of tuples: all their parts, and depth
        self._at = 0  # the row in hand, for errors

    def root(self) -> Any:
        """The object of row 0. Raises BadRow."""
        try:
            return self._read()
        except (BadRow, BadName) as error:
            raise BadRow("row %d: %s" % (self._at, error)) from None
        except RecursionError:
            raise BadRow("row %d: too many rows within one another" % self._at) from None
        except Exception as error:  # what rows say is handed on to many a function
            text = "what a writer makes expected, found what gives %s: %s"
            raise BadRow(
                "row %d: " % self._at + text % (type(error).__name__, str(error)[:200])
            ) from None

    def _read(self) -> Any:
        rows, made = self._rows, self._made
        for number, row in enumerate(rows):  # what may be part of a circle, still empty
            self._at = number
            made[number] = self._shell(row)
        for number in range(len(rows)):
            self._at = number
            self._made_of(number)
        later: list[tuple[int, Any, Any, dict[str, Any]]] = []
        for number, row in enumerate(rows):
            self._at = number
            self._fill(number, row, later)
        for number, give, thing, values in later:
            self._at = number
            give(thing, values)
        return made[0]

    def _shell(self, row: Row) -> Any:
        form = row[0]
        if form == "object":
            kind = self._class(row[1])
            return kind.__new__(kind) if issubclass(kind, BaseException) else object.__new__(kind)
        if form == "deque":
            return deque(maxlen=row[1])
        empty = _EMPTY.get(form)
        return _MISSING if empty is None else empty()

    def _value(self, value: Any) -> Any:
        if type(value) is not list:
            return value
        (number,) = value
        if type(number) is not int or number < 0:
            raise BadRow("the number of a row expected, found %.40r" % (number,))
        return self._made_of(number)

    def _values(self, row: Row, start: int) -> "list[Any]":
        return [self._value(value) for value in row[start:]]

    def _made_of(self, number: int) -> Any:
        made = self._made[number]
        if made is not _MISSING:
            return made
        if number in self._begun:
            raise BadRow("row %d is within itself" % number)
        self._begun.add(number)
        row = self._rows[number]
        reader = _READERS.get(row[0])
        if reader is None:
            raise BadRow("a form of rows expected, found %.40r" % (row[0],))
        made = self._made[number] = reader(self, row)
        if row[0] in _UNCHANGING:
            self._measure(number, row)
        return made

    def _measure(self, number: int, row: Row) -> None:
        """Refuses what is too deep or too large to be compared: BadRow."""
        size, depth = 1, 0
        for value in row[1:]:
            if type(value) is list:
                inner_size, inner_depth = self._measures.get(value[0], (1, 0))
                size += inner_size
                depth = max(depth, inner_depth)
        if size > _LARGEST or depth >= _DEEPEST:
            raise BadRow("a value of %d parts within %d others expected" % (_LARGEST, _DEEPEST))
        self._measures[number] = (size, depth + 1)

    def _fill(self, number: int, row: Row, later: "list[Any]") -> None:
        form, thing = row[0], self._made[number]
        if form == "object":
            held = [self._value(value) for value in row[3::2]]
            attributes = dict(zip(row[2::2], held, strict=True))
            state = self._forms.state(type(thing))
            if state is None:
                fill(thing, attributes)
            else:
                later.append((number, state[1], thing, attributes))
        elif form == "list":
            thing.extend(self._values(row, 1))
        elif form == "set":
            thing.update(self._values(row, 1))
        elif form == "deque":
            thing.extend(self._values(row, 2))
        elif form == "dict":
            values = self._values(row, 1)
            thing.update(zip(values[::2], values[1::2], strict=True))
        elif form == "cell":
            for value in row[1:]:
                thing.cell_contents = self._value(value)
        elif form == "array":
            thing.extend(bytes.fromhex(row[1]))

    def _class(self, name: str) -> type:
        kind = named(name)
        is_kept = isinstance(kind, type) and is_ours(kind.__module__)
        if not is_kept or kind in self._forms.refused:
            raise BadRow("a class that is kept expected, found %.80r" % name)
        return kind

    def _octets(self, row: Row) -> bytes:
        return bytes.fromhex(row[1])

    def _tuple(self, row: Row) -> "tuple[Any, ...]":
        return tuple(self._values(row, 1))

    def _frozenset(self, row: Row) -> "frozenset[Any]":
        return frozenset(self._values(row, 1))

    def _named_tuple(self, row: Row) -> Any:
        kind = self._class(row[1])
        if not issubclass(kind, tuple):
            raise BadRow("a class of tuples expected, found %.80r" % row[1])
        return tuple.__new__(kind, self._values(row, 2))

    def _callable(self, function: Any) -> "types.FunctionType":
        if not isinstance(function, types.FunctionType) or not self._forms.may_call(function):
            raise BadRow("a function that may be kept expected, found %.80r" % (function,))
        return function

    def _function(self, row: Row) -> Any:
        return self._callable(named(row[1]))

    def _closure(self, row: Row) -> Any:
        outer = named(row[1])
        code = code_at(row[2], code_of(outer))
        module = sys.modules[row[1].partition(":")[0]]
        defaults, *cells = self._values(row, 3)
        function = types.FunctionType(
            code, vars(module), code.co_name, defaults, tuple(cells) if cells else None
        )
        function.__qualname__ = "%s%s%s" % (row[1].partition(":")[2], WITHIN, code.co_name)
        function.__module__ = module.__name__
        return self._callable(function)

    def _method(self, row: Row) -> Any:
        thing = self._value(row[1])
        return types.MethodType(self._callable(method_of(type(thing), row[2])), thing)

    def _module_itself(self, row: Row) -> Any:
        return module_of(row[1])

    def _constant(self, row: Row) -> Any:
        constant = named(row[1])
        if "." in row[1].partition(":")[2] or not is_constant(constant):
            raise BadRow("a constant expected, found %.80r" % row[1])
        return constant

    def _partial(self, row: Row) -> Any:
        function, *arguments = self._values(row, 1)
        if not isinstance(function, (types.FunctionType, types.MethodType)):
            raise BadRow("a function expected, found a %s" % type(function).__name__)
        return functools.partial(function, *arguments)

    def _random(self, row: Row) -> random.Random:
        made = random.Random()
        made.setstate((row[1], tuple(row[3:]), row[2]))
        return made

    def _made_by_form(self, row: Row) -> Any:
        return self._forms.make[row[1]](self._value(row[2]))


_EMPTY: "dict[str, Callable[[], Any]]" = {
    "list": list,
    "set": set,
    "dict": dict,
    "array": bytearray,
    "cell": types.CellType,
}
_READERS: "dict[str, Callable[[Reader, Row], Any]]" = {
    "octets": Reader._octets,
    "tuple": Reader._tuple,
    "frozenset": Reader._frozenset,
    "named": Reader._named_tuple,
    "function": Reader._function,
    "closure": Reader._closure,
    "method": Reader._method,
    "module": Reader._module_itself,
    "constant": Reader._constant,
    "partial": Reader._partial,
    "random": Reader._random,
    "made": Reader._made_by_form,
}
