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

Reading rows runs nothing that they name: classes are those of the rooms in gbcs_host.keep.names,
their instances are filled without a call of theirs, and functions and methods are those alone
that a Forms has. What a lab does later is another matter: whoever lets time pass in it runs its
objects, of which the rows say what they refer to.
"""

import functools
from collections.abc import Callable
from typing import Any

from gbcs_host.keep.names import name_of

Row = list[Any]
_MISSING = object()


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


@functools.cache
def slots_of(kind: Any) -> "tuple[str, ...]":
    """The names of all slots of a class, those of its bases first."""
    names: list[str] = []
    for base in reversed(kind.__mro__):
        slots = base.__dict__.get("__slots__", ())
        names += (slots,) if isinstance(slots, str) else slots
    return tuple(name for name in names if name not in ("__dict__", "__weakref__"))


def attributes(thing: Any) -> "dict[str, Any]":
    """What an object has in its slots and its dictionary, by name."""
    out: dict[str, Any] = {}
    kind: Any = type(thing)
    for name in slots_of(kind):
        value = getattr(thing, name, _MISSING)
        if value is not _MISSING:
            out[name] = value
    out.update(getattr(thing, "__dict__", {}))
    if isinstance(thing, BaseException):
        out["args"] = thing.args
    return out


def fill(thing: Any, values: "dict[str, Any]") -> None:
    """Gives an object these attributes, without a call of its class. Raises AttributeError."""
    kind: Any = type(thing)
    slots = slots_of(kind)
    for name, value in values.items():
        if name in slots or (name == "args" and isinstance(thing, BaseException)):
            object.__setattr__(thing, name, value)
        else:
            thing.__dict__[name] = value
