"""How modules import one another: one way, in no circle, by statements that a tool can follow."""

import ast
import pathlib
import re
import tomllib

import pytest

ROOT = pathlib.Path(__file__).parents[2]
PACKAGES = {"gbcs": "protocol", "gbcs_device": "firmware", "gbcs_host": "host"}
# Of the core and the devices, what comes first imports none of those after it
ROOMS = (
    "gbcs", "gbcs_device.base", "gbcs_device.messages", "gbcs_device.account",
    "gbcs_device.clusters", "gbcs_device.usecases", "gbcs_device.han", "gbcs_device.display",
    "gbcs_device.devices", "gbcs_device.board",
)  # fmt: skip
# Where a name chooses a module at run time: commands, scenarios and kept labs, on a host alone
DYNAMIC = {"gbcs_host.cli", "gbcs_host.keep.names", "gbcs_host.scenarios.play"}


def modules():
    """Path by dotted name of every module of ours."""
    found = {}
    for package, folder in PACKAGES.items():
        for path in (ROOT / folder / package).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT / folder).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


def for_types(tree):
    """The statements that type checkers alone see."""
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
        for statement in node.body
        for inner in ast.walk(statement)
    }


def imports(names):
    """What each module imports, inside functions too."""
    graph = {}
    for name, path in names.items():
        tree = ast.parse(path.read_text())
        ignored = for_types(tree)
        imported = set()
        for node in ast.walk(tree):
            if node in ignored:
                continue
            if isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names)
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    whole = "%s.%s" % (node.module, alias.name)
                    imported.add(whole if whole in names else node.module)
        graph[name] = (imported & names.keys()) - {name}
    return graph


def circles(graph):
    """A way round for each module from which there is one (depth first)."""
    state, found = {}, []

    def visit(name, way):
        state[name] = "open"
        for other in sorted(graph[name]):
            if state.get(other) == "open":
                found.append([*way[way.index(other) :], other])
            elif other not in state:
                visit(other, [*way, other])
        state[name] = "closed"

    for name in sorted(graph):
        if name not in state:
            visit(name, [name])
    return found


def test_no_module_is_imported_in_a_circle():
    assert circles(imports(modules())) == []


def test_a_circle_would_be_seen():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == [["a", "b", "c", "a"]]


def room(name):
    """The room of a module of a device; the core is one."""
    parts = name.split(".")
    return "gbcs" if parts[0] == "gbcs" else ".".join(parts[:2])


def test_the_rooms_of_a_device_are_imported_one_way():
    wrong = [
        (name, other)
        for name, others in imports(modules()).items()
        if room(name) in ROOMS
        for other in others
        if room(other) in ROOMS and ROOMS.index(room(other)) > ROOMS.index(room(name))
    ]
    assert wrong == []


def test_every_module_is_chosen_by_a_statement():
    dynamic = {
        name
        for name, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("__import__", "importlib.import_module")
    }
    assert dynamic == DYNAMIC


def looked_up(tree):
    """Calls that take a function out of a module by a name that is made at run time."""
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in calls:
        function = ast.unparse(call.func)
        if function in ("globals", "eval", "exec"):
            yield ast.unparse(call)
        if function == "getattr" and not isinstance(call.args[1], ast.Constant):
            source = call.args[0]
            of_module = isinstance(source, ast.Name) and source.id in imported
            if of_module or isinstance(source, ast.Call):
                yield ast.unparse(call)


def test_no_function_is_looked_up_by_a_name():
    found = {
        name: list(looked_up(ast.parse(path.read_text()))) for name, path in modules().items()
    }
    assert {name: calls for name, calls in found.items() if calls} == {}


@pytest.mark.parametrize(
    "text", ["getattr(_module(name), function)", "import a\ngetattr(a, b)", "globals()[name](1)"]
)
def test_a_look_up_by_a_name_would_be_seen(text):
    assert list(looked_up(ast.parse(text)))


def test_imports_in_what_is_sent_to_boards_and_other_processes_are_there():
    names = modules()
    pattern = re.compile(r"from (gbcs\w*(?:\.\w+)*) import (\w+)|import (gbcs\w*(?:\.\w+)+)")
    missing = []
    for folder in ("host", "tests", "bench", "tools", "boards"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    for package, name, whole in pattern.findall(node.value):
                        wanted = whole or "%s.%s" % (package, name)
                        source = names.get(package)
                        is_there = wanted in names or (
                            source is not None
                            and source.name != "__init__.py"
                            and re.search(r"\b%s\b" % name, source.read_text())
                        )
                        if not is_there:
                            missing.append((str(path.relative_to(ROOT)), wanted))
    assert missing == []


def test_every_package_is_distributed():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    packages = [name for name, path in modules().items() if path.name == "__init__.py"]
    assert sorted(listed) == sorted(packages)
