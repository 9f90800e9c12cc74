"""`gbcs run household`: every step, what tshark finds in it, and displays on emulated boards."""

import html.parser
import json

import pytest

from gbcs_host import cli
from gbcs_host.boards import board
from gbcs_host.lab.lab import Lab
from gbcs_host.scenarios import play
from tests import emulated, tshark
from tests.system.test_zigbee_tshark import FINDINGS

STEPS = 28


@pytest.fixture(scope="module")
def household(tmp_path_factory):
    """A folder with capture, keys and report of a run, and what it printed."""
    folder = tmp_path_factory.mktemp("household")
    words = ["run", "household", "--capture", str(folder / "h.pcapng")]
    assert cli.main([*words, "--html", str(folder / "h.html")]) == 0
    return folder


@pytest.mark.parametrize("seed", [2, 3])
def test_all_steps_hold_whatever_the_seed(seed, capsys):
    assert cli.main(["run", "household", "--seed", str(seed), "--json"]) == 0
    out, err = capsys.readouterr()
    assert "%d of %d steps hold" % (STEPS, STEPS) in err
    said = [line for row in out.splitlines() for line in json.loads(row)["displays"]]
    assert any("Top-up" in line or "Supply" in line for line in said)
    assert len(said) > 20


@pytest.mark.parametrize("finding", FINDINGS)
def test_tshark_finds_nothing_malformed_or_undecoded(household, finding):
    keys = (household / "h.pcapng.keys").read_text().splitlines()
    path = household / "h.pcapng"
    assert len(tshark.fields(path, keys, "frame.number")) > 20_000
    assert tshark.fields(path, keys, "frame.number", where=finding) == []


class Pictures(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.found.append(dict(attrs))


def test_the_report_carries_pictures_and_their_words(household):
    parser = Pictures()
    parser.feed((household / "h.html").read_text())
    assert len(parser.found) > 20
    for one in parser.found:
        assert one["src"].startswith("data:image/png;base64,iVBOR")
        assert one["alt"].startswith(("IHD: ", "PPMID: "))


def test_it_needs_the_radio(capsys):
    assert cli.main(["run", "household", "--direct"]) == 2
    assert "need the radio" in capsys.readouterr().err


def test_a_step_that_does_not_hold_is_said(monkeypatch):
    from gbcs_host.scenarios import household as scenario

    monkeypatch.setattr(scenario.supply, "electricity_price", lambda *_: NotDone())
    played = play.Play(Lab(1, radio=True), lambda step: None)
    scenario.install(played)
    assert played.holds
    scenario.news(played)
    assert not played.holds
    assert [step.number for step in played.steps if not step.holds] == ["2.1"]


class NotDone:
    is_success = False


def test_displays_on_boards_show_the_same(capsys):
    with emulated.board() as one, emulated.board() as other:
        words = ["run", "household", "--device", "ihd=serial:" + one]
        assert cli.main([*words, "--device", "ppmid=serial:" + other]) == 0
        assert "%d of %d steps hold" % (STEPS, STEPS) in capsys.readouterr().err
        for port in (one, other):
            assert int(board.about(port)["heap_peak"]) < 112 * 1024
