"""What the documents show and say is so: transcripts, links, names, generated blocks."""

import pathlib
import re

import pytest

from tests import transcripts
from tests.conftest import SHARED, reference_paths
from tools import gen_docs
from tools.gen_docs import ROOT, pages

_LINK = re.compile(r"(?<!`)\[[^\]\n]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.*?) *$", re.MULTILINE)
_FENCED = re.compile(r"^ *```.*?^ *```$", re.DOTALL | re.MULTILINE)
_DOTTED = re.compile(r"`((?:gbcs|gbcs_device|gbcs_host)(?:\.\w+)+)(?:\(\))?`")
RUN = [path for path in pages() if any(not one.reason for one in transcripts.blocks(path))]


def names(path: pathlib.Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", RUN, ids=names)
def test_what_a_page_shows_is_what_is_printed(path, tmp_path):
    problems = transcripts.run(path, tmp_path, bool(reference_paths()))
    assert not problems, "\n\n".join(problems)


def test_a_block_that_is_not_run_says_why():
    for path in pages():
        for block in transcripts.blocks(path):
            assert block.reason or block.kind != "console" or block.commands(), path
            assert not block.reason or len(block.reason) > 10, path


def test_generated_blocks_are_fresh():
    stale = [names(path) for path in pages() if gen_docs.generated(path.read_text()) != path.read_text()]
    assert not stale, "make gen"


def _anchors(path: pathlib.Path) -> "set[str]":
    titles = _HEADING.findall(_FENCED.sub("", path.read_text()))
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", pages(), ids=names)
def test_links_lead_somewhere(path):
    for link in _LINK.findall(_FENCED.sub("", path.read_text())):
        if link.startswith(("https:", "http:", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link
        if (ROOT / "docs") in path.parents:  # the site has nothing else
            assert (ROOT / "docs") in target.parents, link


@pytest.mark.parametrize("path", pages(), ids=names)
def test_modules_and_names_that_a_page_mentions_exist(path):
    for name in set(_DOTTED.findall(_FENCED.sub("", path.read_text()))):
        assert gen_docs.resolve(name), name


def test_every_page_of_the_site_is_in_its_navigation():
    site = (ROOT / "mkdocs.yml").read_text()
    for path in (ROOT / "docs").rglob("*.md"):
        assert str(path.relative_to(ROOT / "docs")) in site, path


@pytest.mark.parametrize("package", gen_docs.PACKAGES)
def test_every_module_has_one_line_in_the_architecture(package):
    listed = [
        name
        for path in (ROOT / "docs" / "architecture").glob("*.md")
        for name in re.findall(r"^\| `([\w.]+)` \|", path.read_text(), re.MULTILINE)
    ]
    found = sorted(name for name in listed if name.split(".")[0] == package)
    assert found == sorted(gen_docs.module_names(package))


def test_every_command_has_a_page_with_its_options():
    from gbcs_host import cli

    for name, _ in cli.COMMANDS:
        text = (ROOT / "docs" / "commands" / (name + ".md")).read_text()
        assert "<!-- generated: options %s -->" % name in text
        assert "$ gbcs %s" % name in text
