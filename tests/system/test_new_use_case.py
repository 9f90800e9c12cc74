"""A new use case that only reads is a few rows of facts, and no line of firmware.

The rows go into a copy of tools/facts, the generators into a copy of the packages; in these, in a
process of its own, a lab has a meter on a HAN and reads the use case. Names and codes are not
those of docs/how-to/add-a-use-case.md, whose rows a reader may have added.
"""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from tools import fact_tables

ROOT = pathlib.Path(__file__).parents[2]
PACKAGES = ("protocol", "firmware", "host")

COSEM = {
    "use_cases": (
        "ECS17y|0F81||DLMS|Read Export and Firmware Version|ESME|SME.C.NC|no|no|4.9|no|yes"
        "|command:MAC,response:MAC||tables",
    ),
    "authority": ("0F81|ESME:Supplier|no|yes||a test",),
    "cosem_requests": (
        "ECS17y|get|3|1-0:2.8.0.255|A2||",
        "ECS17y|get|3|1-0:2.8.0.255|A3||",
        "ECS17y|get|1|0-0:0.2.1.255|A2||",
    ),
}
GBZ = {
    "use_cases": (
        "GCS38y|0F82||GBZ|Read Multiplier and Divisor|GSME|SME.C.NC|no|no|4.9|no|yes"
        "|command:MAC,response:MAC||tables",
    ),
    "authority": ("0F82|GSME:Supplier|no|yes||a test",),
    "gbz": (
        "GCS38y|command|0702|00|00|1|1||Read Attributes|0302;0301",
        "GCS38y|response|0702|18|01|1|1||Read Attributes Response|0302=22;0301=22",
    ),
}
READ = """
import sys
import gbcs, gbcs_device
from gbcs import usecases
from gbcs_host.lab.lab import CHF, Lab

kind, use_case, tree = sys.argv[1:]
assert all(module.__file__.startswith(tree) for module in (gbcs, gbcs_device))
hub, meter = bytes.fromhex("00DB1234567890B2"), bytes.fromhex("00DB1234567890A0")
lab = Lab(7)
lab.make(CHF, hub)
lab.make(kind, meter)
assert lab.add_to_hub(hub, meter).is_success
assert lab.join(meter, hub).by == "install code key"
done = lab.read(use_case, meter)
assert done.is_success
print(usecases.by_name(use_case)[0].title)
print(done.answer.hex())
refused = lab.read(use_case, meter, party="network operator")
assert refused.answer is None
"""


@pytest.fixture
def facts(tmp_path):
    """A copy of the facts, to which rows are added."""
    return shutil.copytree(fact_tables.FOLDER, tmp_path / "facts")


def add(facts, tables):
    for name, lines in tables.items():
        table = fact_tables.load(facts, name)
        rows = [dict(zip(table.columns, line.split("|"), strict=True)) for line in lines]
        (facts / (name + ".txt")).write_text(table.with_rows([*table.rows, *rows]).text())


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
    )


def generated_tree(facts, tree):
    """A copy of the packages with the modules that these facts give."""
    for name in PACKAGES:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tree / name, ignore=ignore)
    done = run("-m", "tools.gen", "--facts", facts, "--tree", tree)
    assert done.returncode == 0, done.stderr
    return tree


def read(tree, kind, use_case):
    """The lines that READ prints; its packages are those of the tree."""
    path = os.pathsep.join(str(tree / name) for name in PACKAGES)
    done = run("-c", READ, kind, use_case, str(tree), PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_new_use_case_that_reads_is_rows_of_facts_alone(facts, tmp_path):
    add(facts, COSEM)
    add(facts, GBZ)
    tree = generated_tree(facts, tmp_path / "tree")
    title, answer = read(tree, "ESME", "ECS17y")
    assert title == "Read Export and Firmware Version"
    # three results of success; scaler 0 and unit Wh, and the firmware version that a lab installs
    assert "02020f00161e" in answer
    assert "090400010203" in answer
    title, answer = read(tree, "GSME", "GCS38y")
    assert title == "Read Multiplier and Divisor"
    # attribute, status, type 22 (uint24): ZCL 2.5.2
    assert "02030022" in answer
    assert "01030022" in answer


def test_facts_without_the_values_of_an_object_name_it(facts, tmp_path):
    request = {"cosem_requests": ("ECS17y|get|3|1-0:99.8.0.255|A2||",)}
    add(facts, {**COSEM, **request})
    done = run("-m", "tools.gen_cosem", "--facts", facts, "--tree", tmp_path)
    assert done.returncode == 1
    assert done.stderr == "ECS17y: no values of class 3, 1-0:99.8.0.255, A2\n"
