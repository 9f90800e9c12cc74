"""Classes, functions, modules and constants of ours by name, and the names of these.

A name is "module:qualified name". A function within another is found by where its code is: its
name, and which of that name it is, as in "sent.0" or "<lambda>.1".
"""

import functools
import importlib
import sys
import types
from collections.abc import Iterator
from typing import Any

# Whose names a file may have: these do what is asked of them in memory alone
ROOMS = (
    "gbcs", "gbcs_device.base", "gbcs_device.messages", "gbcs_device.account",
    "gbcs_device.clusters", "gbcs_device.usecases", "gbcs_device.han", "gbcs_device.display",
    "gbcs_device.devices", "gbcs_host.decode", "gbcs_host.han", "gbcs_host.lab",
    "gbcs_host.links.faults",
)  # fmt: skip
WITHIN = ".<locals>."


class BadName(Exception):
    """A name of nothing that a file may have."""


def name_of(thing: Any) -> str:
    """The name of a class or function: module and qualified name."""
    return "%s:%s" % (thing.__module__, thing.__qualname__)


@functools.cache
def is_ours(module: str) -> bool:
    """Whether a module is in one of the rooms."""
    return any(module == room or module.startswith(room + ".") for room in ROOMS)


def module_of(name: str) -> Any:
    """A module of ours. Raises BadName, ImportError."""
    if not is_ours(name):
        raise BadName("a module of ours expected, found %.80r" % name)
    return importlib.import_module(name)


def named(name: str) -> Any:
    """What a module or a class of ours has by a name. Raises BadName, LookupError, ImportError."""
    module, _, path = name.partition(":")
    thing = module_of(module)
    for number, part in enumerate(path.split(".")):
        # What a module of ours has imported may be anybody's, and lead anywhere
        is_foreign = number and isinstance(thing, types.ModuleType)
        if part.startswith("__") or is_foreign:
            raise BadName("a name of ours expected, found %.80r" % name)
        thing = vars(thing)[part]
    return thing


def method_of(kind: type, name: str) -> Any:
    """The function that a class has by this name. Raises LookupError."""
    for base in kind.__mro__:
        if name in vars(base):
            return vars(base)[name]
    raise LookupError("%s has no %.40s" % (kind.__name__, name))


def code_of(function: Any) -> Any:
    """The code of a function, a method or what gives a property. Raises AttributeError."""
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


def path_to(code: Any, outer: Any) -> str:
    """Where the code of a function is within that of another; "" where it is not."""
    for name, inner in _within(outer):
        if inner is code:
            return name
        path = path_to(code, inner)
        if path:
            return name + "/" + path
    return ""


def code_at(path: str, code: Any) -> Any:
    """The code at a path that `path_to` gives. Raises KeyError."""
    for name in path.split("/"):
        code = dict(_within(code))[name]
    return code


def constants() -> "dict[int, str]":
    """The names of the tables and objects that modules of ours hold, by id."""
    out: dict[int, str] = {}
    for module in sorted(name for name in sys.modules if is_ours(name)):
        for name, value in vars(sys.modules[module]).items():
            kind = type(value)
            is_table = kind in (tuple, list, dict, set, frozenset) and len(value) > 0
            if not name.startswith("__") and (is_table or is_ours(kind.__module__)):
                out.setdefault(id(value), "%s:%s" % (module, name))
    return out
