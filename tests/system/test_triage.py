"""The SECMP0013 triage, played as a user plays it."""

import json
import re

import pytest

from gbcs import message
from gbcs_host import cli
from gbcs_host.scenarios import play


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Exit status, steps, report and capture of one run."""
    folder = tmp_path_factory.mktemp("triage")
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = cli.main(
            ["run", "triage", "--json", "--seed", "3", "--html", str(folder / "r.html"),
             "--messages", str(folder / "c.hex")]
        )  # fmt: skip
    steps = [json.loads(line) for line in out.getvalue().splitlines()]
    return status, steps, (folder / "r.html").read_text(), (folder / "c.hex").read_text()


def test_all_steps_hold(played):
    status, steps, _, _ = played
    assert [one["step"] for one in steps if not one["holds"]] == []
    assert status == 0
    assert {one["part"] for one in steps} == {
        "Quality check", "Returned meter", "What must fail"}  # fmt: skip
    assert len(steps) == 39


def test_the_messages_of_a_step_are_real_ones(played):
    _, steps, _, capture = played
    octets = [bytes.fromhex(line) for line in capture.split()]
    sent = [one for step in steps for one in step["messages"]]
    assert sum(one["answer"] is not None for one in sent) + len(sent) == len(octets)
    kinds = [message.decode(one).kind for one in octets]
    assert kinds.count("command") == len(sent)
    assert "response" in kinds


def test_the_same_seed_plays_the_same(played, capsys):
    _, steps, _, _ = played
    assert cli.main(["run", "triage", "--json", "--seed", "3"]) == 0
    again = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert again == steps


def test_the_report_stands_alone(played):
    _, steps, report, _ = played
    assert "all steps hold" in report
    assert not re.search(r"<script|https?://|src=", report)
    for step in steps:
        assert "<h3>%s " % step["step"] in report
    assert report.count("device logs before and after") > 5


def test_a_scenario_of_ones_own_is_played(tmp_path, capsys):
    mine = tmp_path / "mine.py"
    mine.write_text(
        "TITLE = 'mine'\n"
        "def play(p):\n"
        "    p.part('One')\n"
        "    with p.step('good') as step:\n"
        "        step.check(True, 'so it is')\n"
        "    with p.step('bad') as step:\n"
        "        raise KeyError('nothing there')\n"
        "    with p.step('empty'):\n"
        "        pass\n"
    )
    assert cli.main(["run", str(mine)]) == 1
    printed = capsys.readouterr()
    assert "ok    good" in printed.out
    assert "NOT SO: KeyError: 'nothing there' (mine.py:7)" in printed.out
    assert "1 of 3 steps hold" in printed.err


def test_what_there_is_is_listed_and_what_is_not_is_refused(capsys):
    assert cli.main(["run", "--list"]) == 0
    assert "triage" in capsys.readouterr().out
    assert cli.main(["run", "nothing"]) == 2
    assert cli.main(["run"]) == 2
    with pytest.raises(play.UnknownScenario):
        play.find("nothing")
    with pytest.raises(FileNotFoundError):
        play.find("nothing.py")


def test_a_file_that_is_no_scenario_is_refused(tmp_path, capsys):
    (tmp_path / "empty.py").write_text("")
    assert cli.main(["run", str(tmp_path / "empty.py")]) == 2
    assert "play(p)" in capsys.readouterr().err
