"""Objects and all that they refer to, as rows of plain data, and the same objects made of rows.

A row is a list: its form, then values. A value is null, a boolean, a number or text, which stand
for themselves, or a list of one number: the row of an object. Row 0 is the object that was asked
for. Objects that were the same are the same again, circles included.

    ["object", CLASS, NAME, value, ...]   an instance, its attributes by name
    ["list", value, ...]                  also tuple, set, frozenset
    ["deque", most, value, ...]
    ["dict", key, value, ...]
    ["octets", TEXT]                      bytes in hexadecimal; "array" for a bytearray
    ["named", CLASS, value, ...]          an instance of a class that is a tuple
    ["method", value, NAME]               of an object
    ["function", NAME]                    also module and constant, by their names
    ["closure", NAME, PATH, defaults, cell, ...]  a function within another, by its code
    ["cell", value]                       a variable of a closure
    ["partial", function, argument, ...]
    ["random", value, ...]                the state of a random.Random
    ["made", NAME, value]                 what a form (gbcs_host.keep.forms) makes of a value
    ["outside", NAME]                     what whoever makes the objects has to give

Reading rows runs nothing that they name: classes are those of the rooms in ROOMS, their instances
are filled without a call of theirs, and functions and methods are those that a Forms has alone.
"""

import functools
import importlib
import random
import sys
import types
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

Row = list[Any]
_PLAIN = (type(None), bool, int, float, str)
ROOMS = (
    "gbcs", "gbcs_device.base", "gbcs_device.messages", "gbcs_device.account",
    "gbcs_device.clusters", "gbcs_device.usecases", "gbcs_device.han", "gbcs_device.display",
    "gbcs_device.devices", "gbcs_host.decode", "gbcs_host.han", "gbcs_host.lab",
    "gbcs_host.links.faults",
)  # fmt: skip
_MISSING = object()
_WITHIN = ".<locals>."


class CannotKeep(Exception):
    """Something refers to what a file cannot hold; the text says what and where."""


class BadRow(Exception):
    """A row that no writer makes; the text has its number and what is wrong."""


class Forms:
    """What is kept otherwise than by its attributes.

    `callables` are the functions and methods that may be referred to: "module:name", or the name
    of a room, all of which may be. In an attribute of `passing_on`, by class name, others are left
    out. Instances of `refused` are not kept. `made` has, by class, a name and what gives the value
    to keep, plain or octets; `make` has, by that name, what makes an object of the value. `states`
    has, by class, what gives the attributes to keep, and what fills a new object by them.
    """

    def __init__(
        self,
        callables: "frozenset[str]",
        passing_on: "dict[str, str]",
        refused: "tuple[type, ...]",
        made: "dict[type, tuple[str, Callable[[Any], Any]]]",
        make: "dict[str, Callable[[Any], Any]]",
        states: "dict[type, tuple[Callable[[Any], dict[str, Any]], Callable[[Any, Any], None]]]",
    ) -> None:
        self.passing_on = passing_on
        self.refused = refused
        self.made = made
        self.make = make
        self.states = states
        self._callables = callables

    def may_call(self, function: Any) -> bool:
        """Whether a function of a module may be referred to."""
        room = function.__module__
        while room:
            if room in self._callables:
                return True
            room = room.rpartition(".")[0]
        return name_of(function) in self._callables

    def state(self, kind: type) -> Any:
        """The pair of functions for a class or the nearest of its bases, or None."""
        for base in kind.__mro__:
            if base in self.states:
                return self.states[base]
        return None


def name_of(thing: Any) -> str:
    """The name of a class or function: module and qualified name."""
    return "%s:%s" % (thing.__module__, thing.__qualname__)


@functools.cache
def _is_ours(module: str) -> bool:
    return any(module == room or module.startswith(room + ".") for room in ROOMS)


@functools.cache
def slots_of(kind: type) -> "tuple[str, ...]":
    """The names of all slots of a class, those of its bases first."""
    names: list[str] = []
    for base in reversed(kind.__mro__):
        slots = base.__dict__.get("__slots__", ())
        names += (slots,) if isinstance(slots, str) else slots
    return tuple(name for name in names if name not in ("__dict__", "__weakref__"))


def attributes(thing: Any) -> "dict[str, Any]":
    """What an object has in its slots and its dictionary, by name."""
    out: dict[str, Any] = {}
    for name in slots_of(type(thing)):
        value = getattr(thing, name, _MISSING)
        if value is not _MISSING:
            out[name] = value
    out.update(getattr(thing, "__dict__", {}))
    if isinstance(thing, BaseException):
        out["args"] = thing.args
    return out


def fill(thing: Any, values: "dict[str, Any]") -> None:
    """Gives an object these attributes, without a call of its class. Raises AttributeError."""
    slots = slots_of(type(thing))
    for name, value in values.items():
        if name in slots or (name == "args" and isinstance(thing, BaseException)):
            object.__setattr__(thing, name, value)
        else:
            thing.__dict__[name] = value


def _module(name: str) -> Any:
    if not _is_ours(name):
        raise BadRow("a module of ours expected, found %.80r" % name)
    return importlib.import_module(name)


def _named(name: str) -> Any:
    """What a module of ours, or a class of it, has by "module:name". Raises BadRow, LookupError."""
    module, _, path = name.partition(":")
    thing = _module(module)
    for part in path.split("."):
        if part.startswith("__"):
            raise BadRow("a name of ours expected, found %.80r" % name)
        thing = vars(thing)[part]
    return thing


def _code_of(function: Any) -> Any:
    if isinstance(function, property):
        function = function.fget
    elif isinstance(function, (classmethod, staticmethod)):
        function = function.__func__
    return function.__code__


def _within(code: Any) -> "Iterator[tuple[str, Any]]":
    """The functions in the code of another, each with its name and which of that name it is."""
    count: dict[str, int] = {}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            number = count[constant.co_name] = count.get(constant.co_name, -1) + 1
            yield "%s.%d" % (constant.co_name, number), constant


def _path_to(code: Any, outer: Any) -> str:
    """Where the code of a function is within that of another; "" where it is not."""
    for name, inner in _within(outer):
        if inner is code:
            return name
        path = _path_to(code, inner)
        if path:
            return name + "/" + path
    return ""


def _code_at(path: str, code: Any) -> Any:
    """The code at a path that `_path_to` gives. Raises KeyError."""
    for name in path.split("/"):
        code = dict(_within(code))[name]
    return code


def _constants() -> "dict[int, str]":
    """The names of the tables and objects that modules of ours hold, by id."""
    out: dict[int, str] = {}
    for module in sorted(name for name in sys.modules if _is_ours(name)):
        for name, value in vars(sys.modules[module]).items():
            kind = type(value)
            is_table = kind in (tuple, list, dict, set, frozenset) and len(value) > 0
            if not name.startswith("__") and (is_table or _is_ours(kind.__module__)):
                out.setdefault(id(value), "%s:%s" % (module, name))
    return out


class Writer:
    """Gives the rows of an object. `outside` are those that are not kept, by name."""

    def __init__(self, forms: Forms, outside: "dict[str, Any]") -> None:
        self._forms = forms
        self._outside = outside
        self._constants = _constants()
        # What each is of and whose attribute it was, or the row and ""
        self._rows: list[tuple[Any, str]] = []
        self._numbers: dict[Any, int] = {}
        self._alike: dict[str, int] = {}  # rows that are made at once, by their text
        self._held: list[Any] = []  # values made on the way, so that their ids stay theirs

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
        for name, other in self._outside.items():
            if other is thing or (kind is types.MethodType and other == thing):
                return ["outside", name]
        constant = self._constants.get(id(thing))
        if constant is not None:
            return ["constant", constant]
        writer = _WRITERS.get(kind)
        if writer is not None:
            row: Row = writer(self, thing, whose)
            return row
        if not _is_ours(kind.__module__) or kind in self._forms.refused:
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
        outer, _, inner = name.partition(_WITHIN)
        if not inner and _named(name) is thing:
            return ["function", name]
        if not inner or thing.__kwdefaults__:
            raise CannotKeep("%s refers to the function %s, which has no name" % (whose, name))
        path = _path_to(thing.__code__, _code_of(_named(outer)))
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
        if not _is_ours(thing.__name__):
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


class Reader:
    """Makes the objects of rows. `outside` gives what was not kept, by name; None for others."""

    def __init__(self, forms: Forms, rows: "list[Row]", outside: "dict[str, Any]") -> None:
        self._forms = forms
        self._rows = rows
        self._outside = outside
        self._made: list[Any] = [_MISSING] * len(rows)
        self._begun: set[int] = set()
        self._at = 0  # the row in hand, for errors

    def root(self) -> Any:
        """The object of row 0. Raises BadRow."""
        try:
            return self._read()
        except BadRow as error:
            raise BadRow("row %d: %s" % (self._at, error)) from None
        except RecursionError:
            raise BadRow("row %d: too many rows within one another" % self._at) from None
        except (AttributeError, ImportError, LookupError, TypeError, ValueError) as error:
            raise BadRow("row %d: %s" % (self._at, error)) from None

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
        return made

    def _fill(self, number: int, row: Row, later: "list[Any]") -> None:
        form, thing = row[0], self._made[number]
        if form == "object":
            values = dict(zip(row[2::2], self._values(row, 3)[::2], strict=True))
            state = self._forms.state(type(thing))
            if state is None:
                fill(thing, values)
            else:
                later.append((number, state[1], thing, values))
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
        kind = _named(name)
        if not isinstance(kind, type) or kind in self._forms.refused:
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
        return self._callable(_named(row[1]))

    def _closure(self, row: Row) -> Any:
        outer = _named(row[1])
        code = _code_at(row[2], _code_of(outer))
        module = sys.modules[row[1].partition(":")[0]]
        defaults, *cells = self._values(row, 3)
        function = types.FunctionType(
            code, vars(module), code.co_name, defaults, tuple(cells) if cells else None
        )
        function.__qualname__ = "%s%s%s" % (row[1].partition(":")[2], _WITHIN, code.co_name)
        function.__module__ = module.__name__
        return self._callable(function)

    def _method(self, row: Row) -> Any:
        thing = self._value(row[1])
        return types.MethodType(self._callable(getattr(type(thing), row[2])), thing)

    def _module_itself(self, row: Row) -> Any:
        return _module(row[1])

    def _constant(self, row: Row) -> Any:
        constant = _named(row[1])
        if callable(constant) or isinstance(constant, types.ModuleType):
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

    def _from_outside(self, row: Row) -> Any:
        return self._outside.get(row[1])


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
    "outside": Reader._from_outside,
}
