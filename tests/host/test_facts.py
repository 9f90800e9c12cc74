"""The facts in tools/facts: readable, as the shared ones, and as the generated modules are."""

import importlib
import os
import pathlib
import subprocess
import sys

import pytest

from tools import fact_tables, gen, import_facts

ROOT = pathlib.Path(__file__).parents[2]
NAMES = (
    "alert_codes",
    "authority",
    "cosem_requests",
    "cosem_values",
    "gbz",
    "served",
    "use_cases",
)


def run(module, *arguments, shared="/nonexistent"):
    """A tool in a process of its own, with the shared facts in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "tools." + module, *arguments],
        cwd=ROOT,
        env={**os.environ, "GBCS_SHARED": str(shared)},
        check=False,
        capture_output=True,
        text=True,
    )


def changed(tmp_path, name, before, after):
    """A folder with a table in which a text is another."""
    text = (fact_tables.FOLDER / (name + ".txt")).read_text()
    assert before in text
    (tmp_path / (name + ".txt")).write_text(text.replace(before, after, 1))
    return tmp_path


def test_the_generated_modules_are_fresh_without_shared_facts(tmp_path):
    done = run("gen", "--check", shared=tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_facts_agree_with_the_shared_ones(shared):
    if not (shared / "gbcs" / "use_cases.json").is_file():
        pytest.skip(import_facts.NONE_AT_HAND)
    done = run("import_facts", "--check", shared=shared)
    assert done.returncode == 0, done.stderr


def test_a_fact_that_is_not_the_shared_one_is_reported_and_brought_up_to_it(shared, tmp_path):
    if not (shared / "gbcs" / "use_cases.json").is_file():
        pytest.skip(import_facts.NONE_AT_HAND)
    for path in fact_tables.FOLDER.glob("*.txt"):
        (tmp_path / path.name).write_text(path.read_text())
    changed(tmp_path, "cosem_requests", "ECS52|get|1|", "ECS52|get|3|")
    done = run("import_facts", "--check", "--facts", str(tmp_path), shared=shared)
    assert done.returncode == 1
    assert done.stderr == "%s differs from the shared facts\n" % (tmp_path / "cosem_requests.txt")
    assert run("import_facts", "--facts", str(tmp_path), shared=shared).returncode == 0
    for path in fact_tables.FOLDER.glob("*.txt"):
        assert (tmp_path / path.name).read_text() == path.read_text()


def test_an_import_without_shared_facts_says_so(tmp_path):
    done = run("import_facts", "--check", shared=tmp_path)
    assert done.returncode == 2
    assert done.stderr == import_facts.NONE_AT_HAND + "\n"


def test_the_folder_has_the_tables_that_are_read():
    assert sorted(path.stem for path in fact_tables.FOLDER.glob("*.txt")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_table_says_whence_it_is_and_is_written_as_it_is_read(name):
    table = fact_tables.load(fact_tables.FOLDER, name)
    assert any(line.startswith("# Source: ") for line in table.head)
    assert table.rows
    text = table.with_rows(table.rows).text()
    assert text == (fact_tables.FOLDER / (name + ".txt")).read_text()


@pytest.mark.parametrize("name", NAMES)
def test_no_row_stands_twice_where_rows_have_a_key(name):
    keys = {"alert_codes": ("code",), "authority": ("message_code",)}
    keys["use_cases"] = ("use_case", "message_code")
    if name in keys:
        rows = fact_tables.rows(fact_tables.FOLDER, name)
        assert len({tuple(row[column] for column in keys[name]) for row in rows}) == len(rows)


def test_an_import_keeps_rows_of_use_cases_that_the_shared_facts_do_not_have():
    columns = ["use_case", "title"]
    mine, theirs = {"use_case": "B", "title": "b"}, {"use_case": "A", "title": "a"}
    table = fact_tables.Table([], columns, [{"use_case": "A", "title": "old"}, mine])
    assert import_facts.merged(table, [theirs]).rows == [theirs, mine]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("|Over Current\n", "|Over|Current\n", "12: 3 cells found, 2 expected"),
        ("\n8010|", "\n8000|", "12: 8000 after 8009: rows are sorted by the first column"),
        ("# ", "", "lines with # first, then the names of the columns, expected"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(tmp_path, before, after, reason):
    folder = changed(tmp_path, "alert_codes", before, after)
    with pytest.raises(fact_tables.FactError) as caught:
        fact_tables.rows(folder, "alert_codes")
    assert str(caught.value).endswith(reason)


@pytest.mark.parametrize(
    ("generator", "name", "before", "after", "reason"),
    [
        ("gen_usecases", "use_cases", "|0026|", "|26|", "message code 26, four"),
        ("gen_usecases", "use_cases", "|0026|", "|0027|", "message code 0027 stands twice"),
        ("gen_usecases", "use_cases", "|supplierBySupplier|", "|by|", "no replacement mode by"),
        ("gen_usecases", "authority", "\n0026|", "\n0025A|", "0025A is no message code"),
        ("gen_cosem", "cosem_values", "|enum|", "|enumeration|", "no type enumeration"),
        ("gen_served", "served", "|SiteID|", "|Site|", "SiteID expected, found Site"),
        ("gen_served", "served", "|_site|", "|_sit|", "attributes.py expected, found _sit"),
        ("gen_served", "served", "|label|", "|labe|", "one of the Figures expected, found labe"),
        ("gen_served", "served", "|gas||litres", "|water||litres", "0702/0000: 'water'"),
        ("gen_cosem", "cosem_values", "ECS17a|", "ECS171|", "ECS17a: no values of class 3"),
        ("gen_cosem", "cosem_requests", "|action|104|", "|get|104|", "get of M1"),
        ("gen_gbz", "gbz", "GCS13a|", "GCS131|", "GCS131 is no use case"),
    ],
)
def test_a_fact_that_does_not_fit_is_named(tmp_path, generator, name, before, after, reason):
    for path in fact_tables.FOLDER.glob("*.txt"):
        (tmp_path / path.name).write_text(path.read_text())
    changed(tmp_path, name, before, after)
    module = importlib.import_module("tools." + generator)
    with pytest.raises(fact_tables.FactError, match=reason):
        module.modules(tmp_path)


def test_a_missing_table_is_named_and_nothing_is_written(tmp_path):
    done = run("gen_cosem", "--facts", str(tmp_path), "--tree", str(tmp_path))
    assert done.returncode == 1
    assert "cosem_requests.txt: no such table of facts" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_stale_piece_is_removed(tmp_path):
    module = importlib.import_module("tools.gen_cosem")
    piece = tmp_path / (module.TARGET % "objects_99")
    piece.parent.mkdir(parents=True)
    piece.write_text("")
    done = run("gen_cosem", "--check", "--tree", str(tmp_path))
    assert done.returncode == 1
    assert piece.name in done.stderr
    assert run("gen_cosem", "--tree", str(tmp_path)).returncode == 0
    assert not piece.exists()
    assert run("gen_cosem", "--check", "--tree", str(tmp_path)).returncode == 0


def test_each_generator_names_modules_that_are_in_the_tree():
    for name in [one for one in gen.GENERATORS if one != "gen_docs"]:  # which fills documents
        module = importlib.import_module("tools." + name)
        for path in module.modules(fact_tables.FOLDER):
            assert (ROOT / path).is_file(), path
