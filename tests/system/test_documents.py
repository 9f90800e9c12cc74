"""What the documents show and say is so: transcripts, links, names, generated blocks."""

import pathlib
import re

import pytest

import gbcs
from tests import transcripts
from tests.conftest import reference_paths
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


def test_an_example_that_a_reader_kept_is_not_made_twice(tmp_path):
    page, module = tmp_path / "page.md", tmp_path / "tools" / "rows.txt"
    module.parent.mkdir()
    module.write_text("a\nb\n")
    page.write_text('```diff title="tools/rows.txt"\n a\n+new\n```\n')
    (block,) = transcripts.blocks(page)
    for _ in range(2):
        transcripts.change(tmp_path, block)
        assert module.read_text() == "a\nnew\nb\n"


def test_a_block_that_is_not_run_says_why():
    for path in pages():
        for block in transcripts.blocks(path):
            assert block.reason or block.kind != "console" or block.commands(), path
            assert not block.reason or len(block.reason) > 10, path


def test_generated_blocks_are_fresh():
    texts = {names(path): path.read_text() for path in pages()}
    stale = [name for name, text in texts.items() if gen_docs.generated(text) != text]
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


def test_the_version_is_that_of_the_pages():
    assert "\n## %s - " % gbcs.__version__ in (ROOT / "CHANGELOG.md").read_text()
    assert "gbcs-lab %s\n" % gbcs.__version__ in (ROOT / "docs/getting-started.md").read_text()


def test_every_page_of_the_site_is_in_its_navigation():
    site = (ROOT / "mkdocs.yml").read_text()
    for path in (ROOT / "docs").rglob("*.md"):
        assert str(path.relative_to(ROOT / "docs")) in site, path


@pytest.mark.parametrize("package", gen_docs.PACKAGES)
def test_every_module_has_one_line_in_the_architecture(package):
    listed = [
        name
        for path in (ROOT / "docs" / "architecture").glob("*.md")
        for name in re.findall(r"^\| `(\w+\.[\w.]+)` \|", path.read_text(), re.MULTILINE)
    ]
    found = sorted(name for name in listed if name.split(".")[0] == package)
    assert found == sorted(gen_docs.module_names(package))


def test_every_command_has_a_page_with_its_options():
    from gbcs_host import cli

    for name, _ in cli.COMMANDS:
        text = (ROOT / "docs" / "commands" / (name + ".md")).read_text()
        assert "<!-- generated: options %s -->" % name in text
        assert "$ gbcs %s" % name in text


_ROW = re.compile(r"^\| (.+) \| ([^|]+) \|$", re.MULTILINE)
_SPAN = re.compile(r"`([^`]+)`")
_GENERAL = {  # that readers of the code know without a glossary
    "API", "BER", "CA", "CLI", "FCS", "GB", "GF", "HMAC", "HTML", "HTTP", "I2C", "ID", "IO", "IV",
    "JSON", "LED", "OK", "OS", "PC", "PKI", "PNG", "QEMU", "REPL", "SHA", "TCP", "UART", "UDP",
    "URL", "XML",
}  # fmt: skip


def _words() -> "set[str]":
    """All identifiers in the packages, and the words that they consist of, in lower case."""
    found = set()
    for folder in gen_docs.PACKAGES.values():
        for path in (ROOT / folder).rglob("*.py"):
            for name in re.findall(r"[A-Za-z_]\w+", path.read_text() + " " + path.stem):
                found.add(name.lower())
                found.update(name.lower().split("_"))
    return found


def test_the_words_of_the_glossary_are_used_in_names():
    words = _words()
    rows = _ROW.findall((ROOT / "docs" / "glossary.md").read_text())
    names = [name for _, cells in rows for name in _SPAN.findall(cells)]
    assert len(names) > 60
    missing = [name for name in names if name not in words]
    assert not missing


def test_abbreviations_in_first_lines_of_modules_are_in_the_glossary():
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    missing = set()
    for folder in gen_docs.PACKAGES.values():
        for path in (ROOT / folder).rglob("*.py"):
            line = re.sub(r"`[^`]*`", "", gen_docs.first_line(path))
            for word in re.findall(r"\b[A-Z][A-Z0-9]{1,5}\b", line):
                is_use_case = re.fullmatch(r"[EGCP]?C?S\d+[A-Z]?", word)
                if word not in glossary and word not in _GENERAL and not is_use_case:
                    missing.add("%s: %s" % (path.name, word))
    assert not missing


def test_every_field_of_the_json_of_a_message_is_in_its_page(shared, key_store):
    from gbcs_host.decode import examine, sources

    page = (ROOT / "docs" / "reference" / "json.md").read_text()
    documented = set(_SPAN.findall(page))
    found = set()
    for path in reference_paths()[::7]:
        for _, octets in sources.messages(str(path)):
            record = examine.examine(octets, "", key_store)
            found |= set(record) | set(record.get("payload", ()))
            for part in record.get("payload", {}).get("components", ()):
                found |= set(part)
            for item in record.get("payload", {}).get("items", ()):
                found |= set(item)
    found |= set(examine.examine(b"\xdd\x00"))
    assert found <= documented


def test_every_operation_of_the_link_protocol_is_in_its_page():
    import gbcs_device.board.remote

    page = (ROOT / "docs" / "reference" / "link-protocol.md").read_text()
    for name, number in re.findall(r"^\| (\d+) \| `(\w+)` \|", page, re.MULTILINE):
        assert getattr(gbcs_device.board.remote, number) == int(name), number
    operations = re.findall(r"^\| (\d+) \| `", page, re.MULTILINE)
    assert [int(number) for number in operations] == list(
        range(gbcs_device.board.remote.HEARD + 1)
    )
    assert "protocol, %d |" % gbcs_device.board.remote.VERSION in page


def test_what_a_store_holds_has_a_row_in_its_page():
    from gbcs_device.base.store import Store
    from gbcs_host.lab.home import Home

    page = (ROOT / "docs" / "reference" / "store.md").read_text()
    cells = re.findall(r"^\| (`.*?) \| ", page, re.MULTILINE)
    names = [name for cell in cells for name in _SPAN.findall(cell)] + ["count/device/EUI"]
    patterns = [re.compile(re.sub(r"\b[A-Z]+\b", "[^/]+", name)) for name in names]
    lab = Home("PPMID", 1, 1).lab
    held = {name for medium in lab.media.values() for name in Store(medium).names()}
    assert len(held) > 60
    assert not [name for name in held if not any(one.fullmatch(name) for one in patterns)]


def test_what_is_run_of_the_documents_is_most_of_it():
    rows = transcripts.summary()
    run, left = sum(row[1] for row in rows), sum(row[2] for row in rows)
    assert run > 100
    assert left < run / 4
