"""What a newcomer types wrongly is told by what was expected, with the status of its kind."""

import io
import json
import subprocess
import sys
import threading

import pytest

from gbcs_host.cli import main
from gbcs_host.han import served_devices
from gbcs_host.lab.inventory import Inventory
from gbcs_host.links import listen

FIRST = "docs/examples/first.py"
ECS14 = (
    "DD000000000000481100000000DF090100000000000003E80890B3D51F3001000008"
    "00DB1234567890A00002002314D9200003E8000102000100005E2C030102010900004A23B545F6CA24D1DC19D676"
)
TOKEN = ["utrn", "make", "--supplier", "90B3D51F30010000", "--device", "00DB1234567890A0"]


def outcome(words, capsys):
    """The exit status, and what stands on standard error."""
    return main(words), capsys.readouterr().err


# Files


@pytest.mark.parametrize(
    "words",
    [
        ["decode", "nofile.hex"],
        ["decode", "no/file"],
        ["decode", "nofile.pcapng", "--frames"],
        ["deliver", "nofile.hex"],
        ["encode", "nofile.json"],
        ["run", "nofile.py"],
    ],
)
def test_a_file_that_is_not_there_has_status_3(words, capsys):
    status, text = outcome(words, capsys)
    assert status == 3
    assert words[1] in text
    assert "no such file" in text.lower()


def test_a_name_that_is_read_as_base64_says_so(capsys):
    assert main(["decode", "messages"]) == 1
    assert "messages (read as base64; no file of that name)" in capsys.readouterr().out


def test_base64_of_a_message_is_named_as_it_is(capsys):
    assert main(["decode", "--json", "3QAA"]) == 1
    assert json.loads(capsys.readouterr().out)["source"] == "3QAA"


def test_a_key_store_without_keys_is_told(tmp_path, capsys):
    status, text = outcome(["decode", "--keystore", str(tmp_path), ECS14], capsys)
    assert status == 0
    assert "no certificates and no keys found in '%s'" % tmp_path in text


def test_keys_of_a_capture_are_refused_where_there_is_none(capsys):
    status, text = outcome(["decode", "--keys", "nofile", ECS14], capsys)
    assert status == 2
    assert "--keys: a capture expected" in text


# JSON


@pytest.fixture
def message(capsys):
    assert main(["decode", "--json", "--quiet", ECS14]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"counter": 1000', '"counter": true', "line 1: counter: a number"),
        ('"index": 2', '"index": true', "payload.items.0.index: a number"),
        ('"octets": ""', '"value": false', "payload.items.0.data.value: a number"),
        ('"counter": 1000', '"counter": 1, "counter": 1000', "counter: one member of this name"),
        ('"counter": 1000', '"counter": NaN', "a number expected, found NaN"),
        ('{"source"', '{"source":\n\n', "line 1: no JSON at character 11"),
    ],
)
def test_encode_refuses_json_that_says_something_else(
    message, old, new, told, capsys, monkeypatch
):
    assert old in message
    monkeypatch.setattr(sys, "stdin", io.StringIO(message.replace(old, new)))
    assert main(["encode", "-"]) == 1
    printed = capsys.readouterr()
    assert told in printed.err
    assert not printed.out


# Tokens


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--pounds", "1", "--counter", "abc"], "a number of 64 bits"),
        (["--pounds", "1", "--counter", "0x10000000000000000"], "a number of 64 bits"),
        (["--pounds", "9999", "--counter", "1"], "--pounds: 0 to 8191 expected, found 9999"),
        (["--pence", "-1", "--counter", "1"], "--pence: 0 to 8191 expected, found -1"),
    ],
)
def test_a_token_says_which_argument_is_wrong(words, told, capsys):
    status, text = outcome([*TOKEN, *words], capsys)
    assert status == 2
    assert told in text


def test_a_token_says_which_file_is_missing(tmp_path, capsys):
    words = [*TOKEN, "--pounds", "1", "--counter", "1", "--keystore", str(tmp_path)]
    status, text = outcome(words, capsys)
    assert status == 3
    assert "lacks 90b3d51f30010000-pp-ka.key and 00db1234567890a0-ka.pem" in text


# Scenarios


def test_a_device_that_the_scenario_never_makes_has_status_2(capsys):
    status, text = outcome(["run", FIRST, "--device", "gsme=inproc:"], capsys)
    assert status == 2
    assert "--device gsme: the scenario made no GSME" in text


def test_a_link_that_the_scenario_never_needs_has_status_2(tmp_path, capsys):
    scenario = tmp_path / "hub.py"
    scenario.write_text(
        "TITLE = 'A hub'\ndef play(p):\n    p.lab.make('CHF', bytes(8))\n    p.part('x')\n"
        "    with p.step('y') as step:\n        step.check(True, 'z')\n"
    )
    status, text = outcome(["run", str(scenario), "--link", "inproc:"], capsys)
    assert status == 2
    assert "the scenario made no device for it" in text


def test_a_device_that_nobody_serves_is_told_how_to_serve_it(capsys):
    status, text = outcome(["run", FIRST, "--device", "esme=tcp:127.0.0.1:9"], capsys)
    assert status == 3
    assert "`gbcs device run esme --link tcp:127.0.0.1:9` would serve it" in text


def test_a_display_that_nobody_serves_is_told_how_to_serve_it(capsys):
    status, text = outcome(["deliver", ECS14, "--device", "ppmid=tcp:127.0.0.1:9"], capsys)
    assert status == 3
    assert "`gbcs device run ppmid --link tcp:127.0.0.1:9` would serve it" in text


def test_a_device_of_another_kind_says_what_it_serves(capsys):
    with listen("inproc:one-kind") as listener:
        over = threading.Event()
        arguments = (listener, ("ESME",), None, over.is_set)
        thread = threading.Thread(target=served_devices.serve, args=arguments)
        thread.start()
        words = ["deliver", ECS14, "--device", "ppmid=" + listener.name]
        status, text = outcome(words, capsys)
        over.set()
        thread.join()
    assert status == 3
    assert "ESME is served here, PPMID asked for" in text


def test_a_step_without_a_check_says_so(tmp_path, capsys):
    scenario = tmp_path / "empty.py"
    scenario.write_text(
        "TITLE = 'x'\ndef play(p):\n    p.part('x')\n    with p.step('y'):\n        pass\n"
    )
    report = tmp_path / "report.html"
    assert main(["run", str(scenario), "--html", str(report)]) == 1
    assert "- no check in this step" in capsys.readouterr().out
    assert "no check in this step" in report.read_text()


def test_a_scenario_that_is_no_python_names_its_own_line(tmp_path, capsys):
    scenario = tmp_path / "syntax.py"
    scenario.write_text("\ndef play(:")
    status, text = outcome(["run", str(scenario)], capsys)
    assert status == 2
    assert "(syntax.py:2)" in text
    assert "frozen" not in text
    assert "--list" not in text


def test_a_database_that_is_no_url_is_told_what_one_is(capsys):
    status, text = outcome(["run", FIRST, "--database", "foo"], capsys)
    assert status == 2
    assert "a URL such as sqlite:///lab.db expected, found 'foo'" in text


def test_a_database_with_devices_is_named_where_a_scenario_fails(tmp_path, capsys):
    url = "sqlite:///%s" % (tmp_path / "lab.db")
    Inventory(url).add(bytes.fromhex("00DB1234567890B2"), "CHF", 0)
    status, text = outcome(["run", FIRST, "--database", url], capsys)
    assert status == 1
    assert "use another database, or delete it" in text


def test_a_reader_that_goes_ends_a_run_as_it_should():
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "gbcs_host.cli", "run", FIRST],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 0
    assert b"between steps" not in process.stderr.read()
    process.stderr.close()


# Boards


def test_a_board_that_is_none_is_wrong_usage(capsys):
    status, text = outcome(["board", "build", "FOO"], capsys)
    assert status == 2
    assert "RPI_PICO" in text


def test_a_copy_without_the_folder_of_boards_says_how_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("gbcs_host.boards.firmware.ROOT", tmp_path)
    status, text = outcome(["board", "build", "RPI_PICO"], capsys)
    assert status == 3
    assert "pip install --editable" in text


def test_a_prompt_without_mpremote_says_how_to_install(capsys, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    status, text = outcome(["board", "repl", "/dev/no-such-port"], capsys)
    assert status == 3
    assert "pip install --editable '.[board]'" in text


def test_a_list_without_ports_says_so(capsys, monkeypatch):
    monkeypatch.setattr("serial.tools.list_ports.comports", list)
    status, text = outcome(["board", "list"], capsys)
    assert status == 0
    assert "no serial port" in text
