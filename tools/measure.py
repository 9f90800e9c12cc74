"""Figures of the source: names, `Any`, docstrings, sources, long functions, which Python runs.

`python -m tools.measure` prints them with their targets and ends with 1 where one is missed;
`--list FIGURE` prints where each occurrence stands. Generated modules are left out.
"""

import argparse
import ast
import pathlib
import re
import sys
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).parent.parent
ROOMS = ("protocol", "firmware", "host")
VAGUE = frozenset(
    ("done", "found", "held", "made", "one", "other", "said", "some", "these", "thing", "what")
)
_SOURCE = re.compile(
    r"GBCS|SECMP0013|SMETS|CHTS|DUIS|RTDS|Smart Energy|ZigBee|Green Book|Blue Book|IEC 6|IEEE 8|"
    r"NIST|FIPS|SEC ?[14]\b|RFC ?\d|X\.\d{3}|ISO/IEC|DLMS UA|MicroPython documentation|Table \d"
)
_LONGEST = 60
_KINDS = frozenset(("ESME", "GSME", "CHF", "GPF", "PPMID", "IHD", "HCALCS", "SAPC"))


class Module:
    """A module of ours: its path, text and tree."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.text = path.read_text()
        self.tree = ast.parse(self.text)

    def at(self, node: ast.AST) -> str:
        """Where a node stands, as editors read it."""
        return "%s:%d" % (self.path.relative_to(ROOT), getattr(node, "lineno", 1))


def modules(room: str) -> "list[Module]":
    """The modules of one of `ROOMS` that people write."""
    paths = sorted((ROOT / room).rglob("*.py"))
    every = [Module(path) for path in paths if "__pycache__" not in path.parts]
    return [module for module in every if "Generated" not in module.text[:200]]


def bound_names(module: Module) -> "Iterator[tuple[str, ast.AST]]":
    """Each name that is bound in functions and modules: variables, parameters."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node
        elif isinstance(node, ast.arg):
            yield node.arg, node
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name, node


def functions(module: Module) -> "list[ast.FunctionDef]":
    """Each function and method."""
    return [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef)]


def parameters(module: Module) -> "list[ast.arg]":
    """Each annotated parameter."""
    every = []
    for function in functions(module):
        arguments = function.args
        every += arguments.posonlyargs + arguments.args + arguments.kwonlyargs
    return [one for one in every if one.annotation is not None]


def is_any(annotation: "ast.expr | None") -> bool:
    """Whether an annotation says nothing: Any, alone or in place of a whole type."""
    return annotation is not None and ast.unparse(annotation).strip("\"'") == "Any"


def public_functions(module: Module) -> "list[ast.FunctionDef]":
    """Functions and methods of modules and classes whose names are public."""
    public = []
    scopes: list[ast.AST] = [module.tree]
    while scopes:
        for node in ast.iter_child_nodes(scopes.pop()):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                scopes.append(node)
            elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                public.append(node)
    return public


def measured_reason(module: Module, function: ast.FunctionDef) -> bool:
    """Whether a long function says why it is one."""
    text = ast.get_docstring(function) or ""
    first = module.text.splitlines()[function.lineno - 2 : function.lineno]
    return "inline" in text.lower() or "inline" in " ".join(first).lower()


def asks_which_python(module: Module) -> bool:
    """Whether a module uses `MICROPYTHON` or `VIPER`, or asks `sys` itself."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and node.id in ("MICROPYTHON", "VIPER"):
            return True
        if isinstance(node, ast.Attribute) and node.attr == "implementation":
            return True
    return False


def _compares_kind(node: ast.Compare) -> bool:
    """Whether something is compared with the name of a kind of device."""
    constants = [
        part.value
        for side in (node.left, *node.comparators)
        for part in ast.walk(side)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    return any(text.upper() in _KINDS for text in constants)


def occurrences(figure: str, room: str) -> "tuple[list[str], int]":
    """Where a figure's occurrences stand, and of how many candidates."""
    found: list[str] = []
    total = 0
    for module in modules(room):
        if figure == "vague":
            for name, node in bound_names(module):
                total += 1
                if name in VAGUE:
                    found.append("%s %s" % (module.at(node), name))
        elif figure == "any":
            for argument in parameters(module):
                total += 1
                if is_any(argument.annotation):
                    found.append("%s %s" % (module.at(argument), argument.arg))
        elif figure == "undocumented":
            for function in public_functions(module):
                total += 1
                if ast.get_docstring(function) is None:
                    found.append("%s %s" % (module.at(function), function.name))
        elif figure == "sources":
            total += module.text.count("\n")
            for number, line in enumerate(module.text.splitlines(), 1):
                if _SOURCE.search(line):
                    found.append(
                        "%s:%d %s" % (module.path.relative_to(ROOT), number, line.strip())
                    )
        elif figure == "long":
            for function in functions(module):
                total += 1
                length = (function.end_lineno or 0) - function.lineno + 1
                if length > _LONGEST and not measured_reason(module, function):
                    found.append("%s %s: %d lines" % (module.at(function), function.name, length))
        elif figure == "python":
            total += 1
            if module.path.name != "compat.py" and asks_which_python(module):
                found.append(str(module.path.relative_to(ROOT)))
        elif figure == "kind":
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Compare):
                    total += 1
                    if _compares_kind(node):
                        found.append("%s %s" % (module.at(node), ast.unparse(node)))
    return found, total


def _percent(room: str, figure: str) -> float:
    found, total = occurrences(figure, room)
    return 100 * len(found) / max(1, total)


def rows() -> "list[tuple[str, str, str, bool]]":
    """Figure, measured, target, and whether it is met."""
    table = []
    for room in ROOMS:
        share = _percent(room, "vague")
        table.append(("vague names, %s" % room, "%.1f %%" % share, "< 2 %", share < 2))
    share = _percent("firmware", "any")
    table.append(("Any among parameters, firmware", "%.1f %%" % share, "< 3 %", share < 3))
    for room in ROOMS:
        share = 100 - _percent(room, "undocumented")
        table.append(
            ("public functions documented, %s" % room, "%.0f %%" % share, "95 %", share >= 95)
        )
    for room in ("firmware", "host"):
        found, lines = occurrences("sources", room)
        per = 1000 * len(found) / max(1, lines)
        table.append(("sources per 1,000 lines, %s" % room, "%.1f" % per, ">= 5", per >= 5))
    for figure, words, most in (
        ("python", "modules that ask which Python runs", 3),
        ("long", "functions over 60 lines without a reason", 0),
        ("kind", "comparisons of a kind with a constant", 0),
    ):
        count = sum(len(occurrences(figure, room)[0]) for room in ROOMS)
        table.append((words, str(count), "<= %d" % most, count <= most))
    return table


def main() -> int:
    """Prints the figures, or where one's occurrences stand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--list",
        choices=("vague", "any", "undocumented", "sources", "long", "python", "kind"),
    )
    figure = parser.parse_args().list
    if figure:
        for room in ROOMS:
            print("\n".join(occurrences(figure, room)[0]))
        return 0
    table = rows()
    for words, measured, target, _ in table:
        print("%-44s %10s   %s" % (words, measured, target))
    return 0 if all(row[3] for row in table) else 1


if __name__ == "__main__":
    sys.exit(main())
