"""Whatever a command is given, it ends in a sentence and a status: no traceback, and no secret."""

import io
import os
import socket
import subprocess
import sys

import pytest

from gbcs_host import cli

ECS14 = (
    "DD000000000000481100000000DF090100000000000003E80890B3D51F3001000008"
    "00DB1234567890A00002002314D9200003E8000102000100005E2C030102010900004A23B545F6CA24D1DC19D676"
)
SECRET = "5ec2e75ec2e75ec2e75ec2e75ec2e75e"
FILES = {
    "empty": b"",
    "binary": bytes(range(256)) * 12,
    "deep": b"[" * 200_000,
    "octets.json": b"\xff\xfe{}\n",
    "lines.json": b'{}\n[]\n1\n"x"\nnull\n{"octets": 5}\n{"kind": ["x"]}\n'
    b'{"kind": "command", "counter": 1, "originator": 5, "recipient": "", "message_code": "1"}\n',
    "long.hex": b"DD" * 100_000,
    "bad.pcapng": b"\x0a\x0d\x0d\x0a" + bytes(range(200)),
    "bad.pcap": b"\xd4\xc3\xb2\xa1" + bytes(range(200)),
    "exits.py": b"raise SystemExit(7)",
    "syntax.py": b"def x(:",
    "raises.py": b"TITLE = 'x'\ndef play(p): raise ValueError('boom')",
    "wrong.py": b"TITLE = 5\nplay = 3",
    "imports.py": b"import nothing_of_that_name",
}
PLACES = ("folder", "loop", "missing", "-", "/dev/null", "/proc/self/mem", "a\x1bb", "x\0y")

WRITTEN = ("folder", "missing/deeper", "empty", *PLACES)
LONG = os.environ.get("GBCS_LONG") == "1"


@pytest.fixture
def inputs(tmp_path, monkeypatch):
    """A folder of wrong files, where we are."""
    for name, octets in FILES.items():
        (tmp_path / name).write_bytes(octets)
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\x00zz\n")))


def ends_well(words, capsys):
    """The status and what was said, which are fit for a person."""
    status = cli.main(words)
    said = capsys.readouterr()
    text = said.out + said.err
    assert status in (0, 1, 2, 3)
    assert "Traceback" not in text
    assert not [character for character in text if ord(character) < 32 and character not in "\n\t"]
    return status, said.err


@pytest.mark.parametrize("where", [*FILES, *PLACES])
def test_any_file_where_one_is_read(where, inputs, capsys):
    for words in (
        ["decode", where],
        ["decode", "--json", where],
        ["decode", "--frames", where],
        ["decode", "--keystore", where, ECS14],
        ["decode", "--keys", where, "bad.pcapng"],
        ["encode", where],
        ["device", "show", "ihd", "--view", where],
        ["coverage", "--rtds", where],
        ["coverage", "--rtds", "folder", "--keystore", where],
    ):
        ends_well(words, capsys)


@pytest.mark.parametrize("where", WRITTEN if LONG else WRITTEN[:3])
def test_any_place_where_something_is_written(where, inputs, capsys):
    for words in (
        ["--direct", "--html", where + "/x"],
        ["--direct", "--messages", where + "/x"],
        ["--direct", "--keystore", where],
        ["--capture", where + "/x"],
        ["--direct", "--database", where],
        ["--direct", "--database", "sqlite:///" + where],
    ):
        status, _ = ends_well(["run", "raises.py", *words], capsys)
        assert status
    ends_well(["device", "show", "ihd", "--png", where + "/x"], capsys)


@pytest.mark.parametrize("name", ["exits", "syntax", "raises", "wrong", "imports"])
def test_a_scenario_that_is_none_is_said(name, inputs, capsys):
    status, err = ends_well(["run", name + ".py", "--direct"], capsys)
    assert status == (1 if name == "raises" else 2)
    assert name == "wrong" or name + ".py" in err


@pytest.mark.parametrize(
    "link",
    [
        "", "tcp", "tcp:", "tcp::1", "udp:256.1.1.1:5", "udp:[::1]:x", "udp:::1", "udp:h:99999",
        "udp:127.0.0.1:\u0665", "serial:", "serial:/nowhere", "serial:/dev/null", "inproc:",
        "tcp:.a..:5", "udp:.a..:5", "tcp:%s:5" % ("a" * 300), "http://x:1", "tcp:\x1b:1",
    ],
)  # fmt: skip
def test_any_name_of_a_link(link, inputs, capsys):
    for words in (
        ["device", "run", "--link", link],
        ["device", "run", "ihd", "--link", link or "x"],
        ["capture", link, "out", "--seconds", "0"],
        ["run", "raises.py", "--monitor", link],
        ["run", "raises.py", "--link", link or "x"],
        ["run", "raises.py", "--device", "esme=" + link],
        ["deliver", ECS14, "--device", "ppmid=" + link],
    ):
        if not link.startswith("inproc"):
            status, _ = ends_well(words, capsys)
            assert status


def test_a_port_that_is_in_use_is_said(inputs, capsys):
    for kind, form in (("tcp", socket.SOCK_STREAM), ("udp", socket.SOCK_DGRAM)):
        with socket.socket(type=form) as port:
            port.bind(("127.0.0.1", 0))
            if kind == "tcp":
                port.listen()
            name = "%s:127.0.0.1:%d" % (kind, port.getsockname()[1])
            for words in (["device", "run", "--link", name], ["capture", name, "out"]):
                status, err = ends_well(words, capsys)
                assert status == 3
                assert "in use" in err


@pytest.mark.parametrize(
    "words",
    [
        ["utrn", "make", "--pounds", "1", "--supplier", "0" * 16, "--device", "0" * 16,
         "--counter", "1", "--secret", SECRET + "z"],
        ["utrn", "make", "--pounds", "1", "--supplier", "0" * 16, "--device", "0" * 16,
         "--counter", "1", "--secret", SECRET],
        ["utrn", "make", "--pounds", "9999999", "--supplier", "0" * 16, "--device", "0" * 16,
         "--counter", "1", "--secret", 2 * SECRET],
        ["installcode", SECRET + "0"],
        ["installcode", SECRET + "zz"],
        ["installcode", SECRET + "0000"],
        ["board", "provision", "esme", "/nowhere", "--install-code", SECRET + "0"],
        ["board", "provision", "esme", "/nowhere", "--install-code", SECRET[1:] + "z"],
    ],
)  # fmt: skip
def test_a_secret_is_not_in_what_is_said_of_it(words, inputs, capsys):
    status, err = ends_well(words, capsys)
    assert status in (2, 3)
    assert SECRET[1:9] not in err.lower()


def test_a_key_file_that_is_damaged_is_said_without_its_key(tmp_path, capsys):
    lines = tmp_path / "x.keys"
    lines.write_text('"%s0","Normal","x"\n' % SECRET)
    (tmp_path / "x").write_bytes(FILES["bad.pcapng"])
    status, err = ends_well(["decode", "--keys", str(lines), str(tmp_path / "x")], capsys)
    assert status == 2
    assert SECRET not in err


@pytest.mark.skipif(os.name != "posix", reason="the shell's redirections")
@pytest.mark.parametrize(
    ("redirection", "status"),
    [("| head -c 10", 0), (">&-", 0), ("> /dev/full", 3), ("2>&-", 0), ("<&-", 0)],
)
def test_a_stream_that_is_closed_or_full_is_no_traceback(redirection, status):
    command = "set -o pipefail; '%s' -m gbcs_host.cli usecase --list %s"
    done = subprocess.run(
        ["bash", "-c", command % (sys.executable, redirection)], capture_output=True, check=False
    )
    assert done.returncode == status
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="the shell's redirections")
def test_standard_input_that_is_closed_is_said():
    command = "'%s' -m gbcs_host.cli decode - <&-" % sys.executable
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
