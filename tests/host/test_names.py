"""What names promise: a question gives bool, and an action is no question."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[2]
SOURCES = [
    path
    for folder in ("protocol/gbcs", "firmware/gbcs_device", "host/gbcs_host")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_named_as_a_question_gives_bool(path):
    for node in functions(ast.parse(path.read_text())):
        if node.name.lstrip("_").startswith(("is_", "has_")):
            returned = "" if node.returns is None else ast.unparse(node.returns).strip("'\"")
            assert returned == "bool", "%s, line %d" % (node.name, node.lineno)
