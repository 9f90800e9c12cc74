"""Writes the generated blocks of the documents: options, modules, use cases, the lab's methods.

A block stands in a page between `<!-- generated: NAME ARGUMENT -->` and
`<!-- end of generated -->`; what stands around it is written by hand. `--check` writes nothing and
exits 1 where a block is stale. Blocks that are made of reference messages are left as they are
where GBCS_SHARED has none.
"""

import argparse
import ast
import functools
import importlib
import os
import pathlib
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any

ROOT = pathlib.Path(__file__).parent.parent
PACKAGES = {"gbcs": "protocol", "gbcs_device": "firmware", "gbcs_host": "host"}
_BLOCK = re.compile(
    r"(<!-- generated: (?P<call>[^>]*?) -->\n).*?(<!-- end of generated -->)", re.DOTALL
)
_PREFIXES = (".venv", ".cache", "build", "site", "typings")


def pages() -> "list[pathlib.Path]":
    """Every Markdown file of the repository, in order."""
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.md"))
    return sorted(ROOT / path for path in found if not path.parts[0].startswith(_PREFIXES))


def table(head: "tuple[str, ...]", rows: "Iterable[tuple[str, ...]]") -> "list[str]":
    """The lines of a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return ["| %s |" % " | ".join(cell.replace("|", "\\|") for cell in row) for row in lines]


# Commands


def commands() -> "list[str]":
    """A table of the commands, each with a link to its page."""
    from gbcs_host import cli

    rows = (("[`gbcs %s`](%s.md)" % (name, name), text) for name, text in cli.COMMANDS)
    return table(("command", "what it does"), rows)


def options(name: str) -> "list[str]":
    """What `gbcs NAME --help` says, as tables; a table for each of its subcommands too."""
    module = importlib.import_module("gbcs_host.cli." + name)
    parser = argparse.ArgumentParser("gbcs " + name, description=module.HELP)
    module.add_arguments(parser)
    lines = [module.HELP, "", *_usage(parser)]
    for title, text, inner in _subparsers(parser):
        lines += ["", "### " + title, "", text[:1].upper() + text[1:] + ".", "", *_usage(inner)]
    return lines


def _subparsers(
    parser: argparse.ArgumentParser,
) -> "list[tuple[str, str, argparse.ArgumentParser]]":
    """Prog, help text and parser of each subcommand."""
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            texts = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, inner in action.choices.items():
                found.append((inner.prog.split(" {")[0], texts.get(name, ""), inner))
    return found


def _usage(parser: argparse.ArgumentParser) -> "list[str]":
    """A usage line, and a table of arguments; made of the parser, for Pythons wrap differently."""
    usage, rows = [parser.prog], []
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        name = _spelling(action)
        usage.append(name if action.required else "[%s]" % name)
        if not isinstance(action, argparse._SubParsersAction):
            rows.append(("`%s`" % name.removesuffix(" ..."), _help(action)))
    lines = ["```text", " ".join(usage), "```"]
    return lines + ["", *table(("argument", "meaning"), rows)] if rows else lines


def _spelling(action: argparse.Action) -> str:
    """How an argument is typed: `--seed N`, `FILE ...`, `{run,show}`."""
    value = action.metavar or (
        "{%s}" % ",".join(map(str, action.choices)) if action.choices else action.dest.upper()
    )
    if not action.option_strings:
        more = " ..." if action.nargs in ("+", "*") else ""
        more = " ..." if isinstance(action, argparse._SubParsersAction) else more
        return "%s%s" % (value, more)
    return action.option_strings[-1] + ("" if action.nargs == 0 else " %s" % value)


def _help(action: argparse.Action) -> str:
    """What the argument means, its default where that says something."""
    text = (action.help or "").replace("%%", "%")
    default = action.default
    if action.nargs == 0 or default in (None, [], "", argparse.SUPPRESS):
        return text
    if isinstance(default, str) and os.sep in default:  # depends on GBCS_SHARED
        return text
    return "%s (default: `%s`)" % (text, default) if text else "default: `%s`" % default


def file(name: str) -> "list[str]":
    """A file of the repository, as a block."""
    return ["```python", *(ROOT / name).read_text().splitlines(), "```"]


# Modules


def modules(package: str) -> "list[str]":
    """A line for each module of a package: its name, and the first line of its docstring."""
    lines: list[str] = []
    for folder, name in _folders(package):
        files = [path for path in sorted(folder.glob("*.py*")) if path.stem != "__init__"]
        head, tail = name.split("."), ""
        if len(head) > 1:
            tail = first_line(folder / "__init__.py")
        if files:
            lines += ["### `%s`" % name, "", *([tail, ""] if tail else [])]
            rows = (("`%s.%s`" % (name, path.stem), first_line(path)) for path in files)
            lines += [*table(("module", "what it is for"), rows), ""]
    return lines[:-1]


def _folders(package: str) -> "list[tuple[pathlib.Path, str]]":
    """The folders of a package and their dotted names, itself first."""
    base = ROOT / PACKAGES[package]
    inits = sorted((base / package).rglob("__init__.py"))
    return [(path.parent, ".".join(path.parent.relative_to(base).parts)) for path in inits]


def module_names(package: str) -> "list[str]":
    """The dotted names of all modules below a package."""
    names = []
    for folder, name in _folders(package):
        files = sorted(folder.glob("*.py*"))
        names += ["%s.%s" % (name, path.stem) for path in files if path.stem != "__init__"]
    return names


def resolve(name: str) -> bool:
    """Whether there is a module, or a public name in one, of this dotted name."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        base = ROOT / PACKAGES[parts[0]] / pathlib.Path(*parts[:end])
        if base.is_dir() and (base / "__init__.py").exists() and end == len(parts):
            return True
        files = [base.with_suffix(suffix) for suffix in (".py", ".pyi")] + [base / "__init__.py"]
        for file in files:
            if file.exists():
                return _has(ast.parse(file.read_text()).body, parts[end:])
    return False


def _has(body: "list[ast.stmt]", names: "list[str]") -> bool:
    """Whether a name, and the name in it, is bound in these statements."""
    if not names:
        return True
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == names[0]:
            inside = node.body if isinstance(node, ast.ClassDef) else []
            return _has(inside, names[1:])
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if names[0] in [one.id for one in targets if isinstance(one, ast.Name)]:
            return True
        if isinstance(node, ast.ImportFrom) and names[0] in [one.name for one in node.names]:
            return True
    return False


def first_line(path: pathlib.Path) -> str:
    """The first paragraph of a docstring, without what it says of its generator and columns."""
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    line = text.split("\n\n")[0].replace("\n", " ")
    return line.split(": code|form|")[0]


# Python interfaces


def methods(where: str) -> "list[str]":
    """The public methods of classes in a module: `MODULE CLASS,CLASS`."""
    name, classes = where.split()
    path = pathlib.Path(importlib.import_module(name).__file__ or "")
    tree = {node.name: node for node in ast.parse(path.read_text()).body if _is_class(node)}
    lines: list[str] = []
    for one in classes.split(","):
        node = tree[one]
        rows = [
            ("`%s`" % _signature(item), _sentence(item))
            for item in node.body
            if isinstance(item, ast.FunctionDef) and (item.name[0] != "_")
        ]
        heading = ["#### `%s`" % one, "", (ast.get_docstring(node) or "").split("\n\n")[0], ""]
        lines += [*heading, *table(("method", "what it does"), rows), ""]
    return lines[:-1]


def functions(name: str) -> "list[str]":
    """The public functions of a module."""
    path = pathlib.Path(importlib.import_module(name).__file__ or "")
    rows = [
        ("`%s`" % _signature(item), _sentence(item))
        for item in ast.parse(path.read_text()).body
        if isinstance(item, ast.FunctionDef) and item.name[0] != "_"
    ]
    return table(("function", "what it does"), rows)


def _is_class(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef)


def _signature(item: ast.FunctionDef) -> str:
    """Name and arguments; without arguments where it is a property."""
    if any(isinstance(one, ast.Name) and one.id == "property" for one in item.decorator_list):
        return item.name
    arguments = [one.arg for one in item.args.args if one.arg != "self"]
    defaults = item.args.defaults
    for at, default in enumerate(defaults, len(arguments) - len(defaults)):
        arguments[at] += "=" + ast.unparse(default)
    if item.args.kwarg is not None:
        arguments.append("**" + item.args.kwarg.arg)
    return "%s(%s)" % (item.name, ", ".join(arguments))


def _sentence(item: ast.FunctionDef) -> str:
    return (ast.get_docstring(item) or "").split("\n\n")[0].replace("\n", " ")


# Use cases


def _shared(*names: str) -> pathlib.Path:
    return pathlib.Path(os.environ.get("GBCS_SHARED", ROOT / ".." / "shared"), *names)


@functools.cache
def _replayed() -> "dict[str, Any]":
    """What `gbcs coverage --json` says of the reference messages; Missing without them."""
    from gbcs_host.decode.keystore import KeyStore
    from gbcs_host.verify import coverage

    folder = _shared("rtds", "messages")
    if not folder.is_dir():
        raise Missing("reference messages")
    pairs = coverage.pairs(str(folder))
    coverage.Coverage(KeyStore.load(str(_shared("rtds", "keystore")))).run(pairs)
    return coverage.summary(pairs)


def use_cases() -> "list[str]":
    """A line for each command of the registry: who carries it out, and how far that is proved."""
    from gbcs import usecases
    from gbcs_device.devices import kinds
    from gbcs_host.verify import coverage

    pairs = _replayed()["by_use_case"]
    rows: dict[str, tuple[str, ...]] = {}
    for case in usecases.all_cases():
        if case.code is None or not case.roles or case.name in rows:
            continue  # no message, an alert, or a further variant of the same
        emulated = [kind for kind in case.roles if kinds.is_known(kind)]
        rows[case.name] = (
            "0x%04X" % case.code,
            case.name,
            case.title,
            case.form or "",
            ", ".join(emulated) or "none",
            "signed" if case.is_critical else "",
            "yes" if case.future_dated else "",
            _proof(pairs.get(case.name), coverage.SAME),
        )
    head = ("code", "use case", "title", "payload", "devices", "critical", "future dated", "pairs")
    return table(head, (rows[name] for name in sorted(rows, key=lambda name: rows[name][0])))


def _proof(row: "dict[str, int] | None", same: "tuple[str, ...]") -> str:
    """How many reference pairs there are, and how many are reproduced where not all are."""
    if row is None:
        return ""
    count = sum(row[outcome] for outcome in same)
    return "%d" % count if count == row["pairs"] else "%d of %d" % (count, row["pairs"])


def totals() -> "list[str]":
    """A line for each kind of device: how many use cases it has, how many pairs are the same."""
    from gbcs import usecases
    from gbcs_device.devices import kinds
    from gbcs_host.verify import coverage

    found = _replayed()
    names: dict[str, set[str]] = {}
    for case in usecases.all_cases():
        if case.code is not None:
            for kind in case.roles:
                names.setdefault(kind, set()).add(case.name)
    rows = []
    for kind in (kind for kind in names if kinds.is_known(kind)):
        row = found["by_device"].get(kind)
        counts = ["%d" % row[one] if row else "0" for one in ("pairs", *coverage.SAME)]
        rows.append((kind, "%d" % len(names[kind]), *counts))
    counts = ["%d" % found[one] for one in ("pairs", *coverage.SAME)]
    everything = len({name for kind in names for name in names[kind]})
    rows.append(("all", "%d" % everything, *counts))
    head = ("device", "use cases", "pairs", "identical", "up to signature", "up to MAC")
    return table(head, rows)


def transcripts() -> "list[str]":
    """How many commands and scripts of each page tests run, and why they do not run the others."""
    from tests.transcripts import summary

    found = summary()
    rows = [(name, "%d" % run, "%d" % left, "; ".join(why)) for name, run, left, why in found]
    total = [sum(row[column] for row in found) for column in (1, 2)]
    rows.append(("all", "%d" % total[0], "%d" % total[1], ""))
    return table(("page", "run", "not run", "because it"), rows)


class Missing(Exception):
    """What a block is made of is not at hand."""


GENERATORS: "dict[str, Callable[..., list[str]]]" = {
    "commands": commands,
    "file": file,
    "options": options,
    "modules": modules,
    "methods": methods,
    "functions": functions,
    "use cases": use_cases,
    "totals": totals,
    "transcripts": transcripts,
}


def generated(text: str) -> str:
    """A page with its blocks made anew; KeyError for a block that no generator makes."""

    def block(match: "re.Match[str]") -> str:
        call = match["call"]
        name = max((one for one in GENERATORS if call.startswith(one)), key=len)
        argument = call[len(name) :].strip()
        try:
            lines = GENERATORS[name](*([argument] if argument else []))
        except Missing:
            return match[0]
        return match[1] + "\n" + "\n".join(line.rstrip() for line in lines) + "\n\n" + match[3]

    return _BLOCK.sub(block, text)


def main(arguments: "list[str]") -> int:
    """Writes every page anew; with `--check` names the stale ones, and gives 1 for any."""
    if "--tree" in arguments:  # another tree, which has no documents
        return 0
    sys.path[:0] = [str(ROOT)] + [str(ROOT / folder) for folder in PACKAGES.values()]
    stale = []
    for path in pages():
        text = path.read_text()
        fresh = generated(text)
        if fresh != text:
            stale.append(path.relative_to(ROOT))
            if "--check" not in arguments:
                path.write_text(fresh)
    for path in stale:
        print("%s: %s" % (path, "stale: make gen" if "--check" in arguments else "written"))
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
