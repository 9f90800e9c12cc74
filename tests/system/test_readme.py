"""What a stranger asks first is answered by the README alone."""

import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
ANSWERS = (
    # question                       what the answer names
    ("what is it", ("GB smart metering", "GBCS", "emulates", "MicroPython")),
    (
        "what runs on a board",
        ("| what runs on a board |", "`gbcs` and `gbcs_device`", "manifest.py"),
    ),
    ("what runs on a PC", ("| what runs on a PC |", "`gbcs_host`")),
    ("where is the handler of ECS17b", ("ECS17b", "gbcs usecase ECS17b", "`LIVE[IMPORT]`")),
    (
        "how do I test",
        ("| how to test |", "make test", "python -m pytest", "make test-micropython"),
    ),
    ("how do I talk to a device", ("| how to talk to a device |", "docs/reference/lab.md")),
)


@pytest.mark.parametrize("names", [names for _, names in ANSWERS], ids=[ask for ask, _ in ANSWERS])
def test_a_question_is_answered(names):
    for name in names:
        assert name in README, name


def test_the_map_has_every_folder():
    folders = [path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."]
    known = ("build", "dist", "run", "site", "typings", "__pycache__")
    for name in folders:
        assert name in known or name.endswith(".egg-info") or "| `%s/` |" % name in README, name


def test_every_folder_of_the_map_says_what_is_in_it_and_how_to_test_it():
    for name in ("protocol", "firmware", "host", "boards", "tests", "tools"):
        text = (ROOT / name / "README.md").read_text()
        assert "make " in text or "pytest" in text, name
