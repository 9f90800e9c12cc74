"""The page of queues and tables has the bounds that the code has."""

import importlib
import pathlib
import re

import pytest

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "reference" / "queues.md"
ROWS = re.findall(r"^\| (.+?) \| .+? \| (\d+) \| `([\w.]+)` \|", PAGE.read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    ("bound", "name"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_a_bound_of_the_page_is_that_of_the_code(bound, name):
    module, _, constant = name.rpartition(".")
    assert getattr(importlib.import_module(module), constant) == int(bound)


def test_the_page_has_rows():
    assert len(ROWS) > 30
