"""What comes from elsewhere is shown in a terminal and in a report, and does nothing there."""

import html.parser
import io
import json
import sys

import pytest

from gbcs import message
from gbcs_host import cli
from gbcs_host.decode import examine, tree
from gbcs_host.lab.exchanges import Exchange
from gbcs_host.lab.lab import Lab
from gbcs_host.lab.pki import Pki
from gbcs_host.scenarios import report
from gbcs_host.scenarios.play import Play
from gbcs_host.visible import Screen, styled, visible, visible_lines

SUPPLIER, METER = bytes.fromhex("90B3D51F30010000"), bytes.fromhex("00DB1234567890A0")
ECS14 = bytes.fromhex("D9200003E8000102000100005E2C030102010900")
HIDDEN = [chr(code) for code in (*range(32), *range(0x7F, 0xA0))]
HIDDEN += list("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
HIDDEN += ["\u2028", "\u2029", "\ufeff", "\udc80"]
EVIL = "\x1b]0;title\x07\x1b[2J\x9b31m\u202eevil\x7f\r\n<script>alert('\"&')</script>"
PLAIN = "Grün £10 Ωμέγα 電 \\ \U0001f600"


@pytest.mark.parametrize("character", HIDDEN)
def test_a_control_character_is_shown_as_an_escape(character):
    assert visible("a%sb" % character) == "a\\u%04xb" % ord(character)


def test_other_text_stays_as_it_is():
    assert visible(PLAIN) == PLAIN
    assert visible_lines("a\tb\nc") == "a\tb\nc"
    assert visible("a\nb") == "a\\u000ab"
    assert visible_lines(EVIL).count("\n") == 1


def test_an_escape_means_the_same_inside_json(capsys):
    text = json.dumps({"name": "".join(HIDDEN)})
    stream = io.StringIO()
    Screen(stream).write(text)
    assert json.loads(stream.getvalue())["name"] == "".join(HIDDEN)
    assert not set(stream.getvalue()) & set(HIDDEN)


def test_a_screen_writes_what_its_encoding_lacks_as_escapes():
    octets = io.BytesIO()
    stream = io.TextIOWrapper(octets, encoding="ascii")
    screen = Screen(stream)
    print("£ \x1b \udcff", file=screen)
    styled(screen, "\x1b[1m")
    screen.flush()
    assert octets.getvalue() == b"\\xa3 \\u001b \\udcff\n\x1b[1m"


def test_a_screen_without_a_stream_takes_everything():
    screen = Screen(None)
    assert screen.write("x") == 1
    screen.flush()
    assert not screen.isatty()
    with pytest.raises(OSError, match="closed"):
        screen.fileno()


def certified():
    """A message with a certificate whose name is meant for a terminal."""
    pki = Pki(1)
    name = EVIL.replace("\u202e", "")
    certificate = pki.organisation(SUPPLIER, 2, "ds", name).certificate
    composed = message.compose(
        message.COMMAND, 7, SUPPLIER, METER, 0x0023, ECS14, b"", SUPPLIER, 7, None, certificate
    )
    return message.finish(composed, bytes(64))


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_name_in_a_certificate_reaches_no_terminal_as_it_is(words, capsys):
    cli.main(["decode", *words, certified().hex()])
    out = capsys.readouterr().out
    assert "alert(" in out
    assert not set(out) & set(HIDDEN) - {"\n"}
    if words:
        assert "\x1b]0;title\x07" in json.dumps(json.loads(out), ensure_ascii=False).replace(
            "\\u001b", "\x1b"
        ).replace("\\u0007", "\x07")
    else:
        assert "\\u001b]0;title\\u0007" in out


def test_a_tree_in_colour_has_no_escapes_but_its_own():
    found = examine.examine(certified(), "file\x1b[31m\nforged: mac valid")
    text = tree.draw(found, colour=True)
    plain = text
    for code in ("32", "1;31", "33", "2", "1"):
        plain = plain.replace("\x1b[%sm" % code, "")
    assert "\x1b" not in plain.replace("\x1b[0m", "")
    assert "\nforged" not in text


@pytest.mark.parametrize(
    "words",
    [
        ["\x1b[31m"],
        ["decode", "no\x1b[31m\u202efile"],
        ["decode", "--\x1b[31m"],
        ["encode", "no\x1b[31mfile"],
        ["run", "no\x1b[31mfile"],
        ["run", "triage", "--seed", "\x1b[31m"],
        ["run", "triage", "--faults", "\x1b[31m"],
        ["run", "triage", "--link", "\x1b[31m"],
        ["device", "run", "--link", "tcp:\x1b[31m:5"],
        ["device", "show", "ihd", "--page", "\x1b[31m"],
        ["device", "show", "ihd", "--view", "\x1b[31m"],
        ["capture", "udp:\x1b[31m:5", "x"],
        ["capture", "\x1b[31m", "x"],
        ["usecase", "\x1b[31m"],
        ["utrn", "check", "\x1b[31m"],
        ["installcode", "\x1b[31m"],
        ["deliver", "\x1b[31m"],
        ["board", "build", "\x1b[31m"],
        ["coverage", "--rtds", "\x1b[31m"],
    ],
)
def test_what_was_typed_comes_back_visible(words, capsys):
    assert cli.main(words) in (1, 2, 3)
    said = capsys.readouterr()
    assert not set(said.out + said.err) & set(HIDDEN) - {"\n"}
    assert "Traceback" not in said.err


def test_streams_are_as_before_once_a_command_has_ended(capsys):
    before = sys.stdout, sys.stderr
    cli.main(["usecase", "CCS07"])
    assert (sys.stdout, sys.stderr) == before


class _Tags(html.parser.HTMLParser):
    """The tags of a document, their attributes' names, and its text."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags = set()
        self.attributes = set()
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data


def _evil_play():
    lab = Lab(1)
    played = Play(lab, lambda step: None)
    evil = EVIL + "' onload='x' \" onerror=\"x"
    played.part(evil)
    with played.step(evil, proves=evil) as step:
        step.check(True, evil)
        step.check(False, evil)
        step.note(evil)
        step.note("base64 for 8.16: " + evil)
        step.show(evil, b"picture")
    with played.step("raises") as step:
        raise ValueError(evil)
    step = played.steps[0]
    step.number = evil
    step.logs.append((b"\x01" * 8, evil, evil))
    one = Exchange.__new__(Exchange)
    for name in getattr(Exchange, "__slots__", ()):
        setattr(one, name, None)
    one.use_case, one.command, one.answer, one.verdict = evil, certified(), certified(), None
    step.exchanges.append(one)
    devices = [
        {"eui": evil, "device_type": evil, "status": evil, "hub": evil, "meter_points": [evil]}
    ]
    lab.inventory.devices = lambda: devices
    return evil, played


def test_a_report_shows_every_field_as_text():
    evil, played = _evil_play()
    text = report.write(evil, played, 1)
    assert not set(text) & set(HIDDEN) - {"\n"}
    found = _Tags()
    found.feed(text)
    assert "script" not in found.tags
    assert not {name for name in found.attributes if name.startswith("on")}
    assert found.attributes <= {"lang", "charset", "class", "width", "alt", "src"}
    assert found.text.count("alert('\"&')") >= 15
    assert found.text.count(visible(evil)) >= 12


def test_a_step_is_printed_in_lines_of_its_own(tmp_path, capsys):
    path = tmp_path / "evil.py"
    path.write_text(
        "TITLE = 'x'\n"
        "def play(p):\n"
        "    with p.step(%r, proves=%r) as step:\n"
        "        step.check(True, %r)\n" % ((EVIL,) * 3)
    )
    assert cli.main(["run", str(path), "--direct"]) == 0
    out = capsys.readouterr().out
    assert not set(out) & set(HIDDEN) - {"\n"}
    assert not [line for line in out.splitlines() if line.startswith("<script>")]
