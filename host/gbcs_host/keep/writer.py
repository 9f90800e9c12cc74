"""The rows of an object and of all that it refers to."""

import functools
import random
import types
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gbcs_host.keep.graph import CannotKeep, Forms, Row, attributes
from gbcs_host.keep.names import WITHIN, code_of, constants, is_ours, name_of, named, path_to

_PLAIN = (type(None), bool, int, float, str)


class Writer:
    """Gives the rows of an object; those in `outside` are left out: null stands for them."""

    def __init__(self, forms: Forms, outside: "Sequence[Any]") -> None:
        self._forms = forms
        self._outside = {id(thing) for thing in outside}
        self._held: list[Any] = [*outside]  # so that their ids stay theirs
        self._constants = constants()
        # What each is of and whose attribute it was, or the row and ""
        self._rows: list[tuple[Any, str]] = []
        self._numbers: dict[Any, int] = {}
        self._alike: dict[str, int] = {}  # rows that are made at once, by their text

    def rows(self, root: Any) -> "Iterator[Row]":
        """The rows. Raises CannotKeep."""
        self._value(root, name_of(type(root)))
        number = 0
        while number < len(self._rows):
            thing, whose = self._rows[number]
            yield self._row(thing, whose) if whose else thing
            number += 1

    def _value(self, thing: Any, whose: str) -> Any:
        kind = type(thing)
        if kind in _PLAIN:
            return thing
        if id(thing) in self._outside:
            return None
        key: Any = id(thing)
        if kind is bytes:
            key = thing
        elif kind is types.MethodType:
            key = (id(thing.__self__), thing.__name__)  # a new object each time
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = self._numbered(thing, kind, whose)
        return [number]

    def _numbered(self, thing: Any, kind: type, whose: str) -> int:
        """The number of a row; what cannot change and is made alike has one."""
        row: Row | None = None
        if kind is tuple and id(thing) not in self._constants:
            row = self._sequence(thing, whose)
        elif kind in self._forms.made:
            name, take = self._forms.made[kind]
            row = ["made", name, self._made(take(thing), name)]
        if row is None:
            self._rows.append((thing, whose))
            return len(self._rows) - 1
        alike = repr(row)
        number = self._alike.get(alike)
        if number is None:
            number = self._alike[alike] = len(self._rows)
            self._rows.append((row, ""))
        return number

    def _made(self, thing: Any, whose: str) -> Any:
        """The value of what was made for this row alone."""
        self._held.append(thing)
        return self._value(thing, whose)

    def _row(self, thing: Any, whose: str) -> Row:
        kind = type(thing)
        if kind is bytes:
            return ["octets", thing.hex()]
        constant = self._constants.get(id(thing))
        if constant is not None:
            return ["constant", constant]
        writer = _WRITERS.get(kind)
        if writer is not None:
            row: Row = writer(self, thing, whose)
            return row
        if not is_ours(kind.__module__) or kind in self._forms.refused:
            raise CannotKeep("%s refers to a %s.%s, which is not kept"
                             % (whose, kind.__module__, kind.__qualname__))  # fmt: skip
        if isinstance(thing, tuple):
            return ["named", name_of(kind), *[self._value(item, whose) for item in thing]]
        return self._object(thing, kind)

    def _object(self, thing: Any, kind: type) -> Row:
        name = name_of(kind)
        state = self._forms.state(kind)
        values = attributes(thing) if state is None else state[0](thing)
        passed = self._forms.passing_on.get(name)
        row: Row = ["object", name]
        for attribute, value in values.items():
            if attribute == passed:
                value = [call for call in value if self._may_call(call)]
            is_new = state is not None or attribute == passed
            at = "%s.%s" % (name, attribute)
            row += (attribute, (self._made if is_new else self._value)(value, at))
        return row

    def _may_call(self, call: Any) -> bool:
        if isinstance(call, functools.partial):
            call = call.func
        if isinstance(call, types.MethodType):
            call = call.__func__
        return isinstance(call, types.FunctionType) and self._forms.may_call(call)

    def _sequence(self, thing: Any, whose: str) -> Row:
        return [type(thing).__name__, *[self._value(item, whose) for item in thing]]

    def _set(self, thing: Any, whose: str) -> Row:
        ordered = sorted(thing, key=repr)  # the order of a set is another in another process
        return [type(thing).__name__, *[self._value(item, whose) for item in ordered]]

    def _array(self, thing: Any, whose: str) -> Row:
        return ["array", thing.hex()]

    def _deque(self, thing: Any, whose: str) -> Row:
        return ["deque", thing.maxlen, *[self._value(item, whose) for item in thing]]

    def _dict(self, thing: Any, whose: str) -> Row:
        row: Row = ["dict"]
        for key, value in thing.items():
            row += (self._value(key, whose), self._value(value, whose))
        return row

    def _function(self, thing: Any, whose: str) -> Row:
        if not self._may_call(thing):
            raise CannotKeep("%s refers to the function %s" % (whose, name_of(thing)))
        name = name_of(thing)
        outer, _, inner = name.partition(WITHIN)
        if not inner and named(name) is thing:
            return ["function", name]
        if not inner or thing.__kwdefaults__:
            raise CannotKeep("%s refers to the function %s, which has no name" % (whose, name))
        path = path_to(thing.__code__, code_of(named(outer)))
        if not path:  # the outer name is another's by now
            raise CannotKeep("%s refers to the function %s, which has no name" % (whose, name))
        cells = [self._value(cell, name) for cell in thing.__closure__ or ()]
        return ["closure", outer, path, self._value(thing.__defaults__, name), *cells]

    def _cell(self, thing: Any, whose: str) -> Row:
        try:
            return ["cell", self._value(thing.cell_contents, whose)]
        except ValueError:  # not set yet
            return ["cell"]

    def _method(self, thing: Any, whose: str) -> Row:
        if not self._may_call(thing):
            raise CannotKeep("%s refers to the method %s" % (whose, name_of(thing)))
        return ["method", self._value(thing.__self__, whose), thing.__name__]

    def _partial(self, thing: Any, whose: str) -> Row:
        if thing.keywords:
            raise CannotKeep("%s refers to a function with keywords" % whose)
        return ["partial", *[self._value(part, whose) for part in (thing.func, *thing.args)]]

    def _module(self, thing: Any, whose: str) -> Row:
        if not is_ours(thing.__name__):
            raise CannotKeep("%s refers to the module %s" % (whose, thing.__name__))
        return ["module", thing.__name__]

    def _random(self, thing: Any, whose: str) -> Row:
        version, words, spare = thing.getstate()
        return ["random", version, spare, *words]


_WRITERS: "dict[type, Callable[[Writer, Any, str], Row]]" = {
    list: Writer._sequence,
    set: Writer._set,
    frozenset: Writer._set,
    bytearray: Writer._array,
    deque: Writer._deque,
    dict: Writer._dict,
    types.FunctionType: Writer._function,
    types.CellType: Writer._cell,
    types.MethodType: Writer._method,
    functools.partial: Writer._partial,
    types.ModuleType: Writer._module,
    random.Random: Writer._random,
}
