"""Meters on emulated boards: the same scenario, over real ZigBee frames on a serial line."""

import os
import socket
import subprocess
import sys
import time

import pytest

from gbcs_host import cli
from gbcs_host.boards import board
from gbcs_host.lab.lab import CHF, ESME, Lab
from gbcs_host.links import open_link
from tests import emulated
from tests.display import Home

HUB, METER = [bytes.fromhex("00DB1234567890" + one) for one in ("B2", "A0")]
MOST_STACK = 6144  # octets of C stack that the deepest message uses; an RP2040 has 7,936
serial = pytest.importorskip("serial")


def test_the_triage_with_esme_and_gsme_on_boards(capsys):
    with emulated.board() as one, emulated.board() as other:
        for port in (one, other):
            board.start(port)
        begun = time.perf_counter()
        status = cli.main(
            ["run", "triage", "--device", "esme=serial:" + one, "--device", "gsme=serial:" + other]
        )
        print("triage on two boards: %.0f s" % (time.perf_counter() - begun))
        assert status == 0
        assert "39 of 39 steps hold" in capsys.readouterr().err
        for port, kind in ((one, "ESME"), (other, "GSME")):
            about = board.about(port)
            assert about["device"].startswith(kind)
            assert int(about["heap_free"]) > 20_000
            with board.Repl(port) as repl:
                assert int(repl.run(emulated.qemu.STACK)) <= MOST_STACK


@pytest.fixture
def lab_with_board():
    """A lab whose ESME, joined, is on a board; and the board's port."""
    with emulated.board() as port:
        board.start(port)
        link = open_link("serial:" + port)
        lab = Lab(8, radio=True, open_device=lambda kind: link)
        lab.make(CHF, HUB)
        lab.make(ESME, METER)
        assert lab.add_to_hub(HUB, METER).is_success
        assert lab.join(METER, HUB)
        yield lab, port, link
        link.close()


def test_noise_and_an_interrupt_are_survived(lab_with_board):
    lab, port, link = lab_with_board
    assert lab.read("ECS17b", METER).is_success
    link.close()
    with serial.Serial(port, 115200, timeout=0.2) as line:
        for noise in (b"\x00" * 500, bytes(range(4, 256)) * 8, b"~~~~}}}}~", b"hello\r\n" * 50):
            line.write(noise)
            line.read(4000)
    again = open_link("serial:" + port)
    lab.han.stations[METER]._link = again
    assert lab.read("ECS17b", METER).is_success
    again.close()
    with board.Repl(port) as repl:  # Ctrl-C: the device is still there
        said = repl.run(
            "from gbcs_device.board import app\napp.state()\napp.log()\napp.help_device()"
        )
        assert "ESME 00DB1234567890A0" in said
        assert "han joined" in said
        key = lab.han.hubs[HUB].log.find(METER).link_key.hex().upper()
        assert key not in said
        assert repl.run("app.value('han/link_key')").strip() == "secret"
        repl.start()
    again = open_link("serial:" + port)
    lab.han.stations[METER]._link = again
    assert lab.read("ECS17b", METER).is_success
    assert lab.disconnect(METER).is_success
    again.close()


def test_a_display_reads_a_meter_on_a_board():
    with emulated.board() as port:
        board.start(port)
        link = open_link("serial:" + port)
        home = Home(8, open_device=lambda kind: link if kind == ESME else None).ask_for_a_key()
        assert home.electricity(0x0702, 0x0300, 0x0302) == ["3000", "22e80300"]
        assert home.electricity(0x0702, 0x0400) == ["2acc0100"]  # 460 W
        assert home.electricity(0x0705, 0x0000, 0x0001) == ["19940c", ""]
        assert home.electricity(0x0700, 0x0301, 0x0410) == ["2308cf0000", "23b45f0000"]
        ((cluster, command, price),) = home.ask(METER, 1, 0x0700, 0x00, "01")
        assert (cluster, command) == (0x0700, 0x00)
        assert "ffffb45f0000ff" in price
        assert home.lab.read("ECS10", METER, {"value": b"Hello"}).is_success
        assert [one[:2] for one in home.display.heard[1:]] == [(0x0703, 0x00)]
        link.close()
        assert int(board.about(port)["heap_free"]) > 18_000


def test_a_bare_board_becomes_an_answering_meter(capsys):
    begun = time.perf_counter()
    with emulated.board() as port:
        assert cli.main(["board", "provision", "esme", port, "--eui", METER.hex()]) == 0
        assert "install code" in capsys.readouterr().out
        with open_link("serial:" + port) as link:
            lab = Lab(8, radio=True, open_device=lambda kind: link)
            lab.make(CHF, HUB)
            lab.make(ESME, METER)
            assert lab.add_to_hub(HUB, METER).is_success
            assert lab.join(METER, HUB)
            assert lab.read("ECS17b", METER).is_success
        assert time.perf_counter() - begun < 60
        assert cli.main(["board", "log", port]) == 0
        assert "han joined" in capsys.readouterr().out
        assert cli.main(["board", "info", port]) == 0
        said = capsys.readouterr().out
        assert "ESME 00DB1234567890A0" in said
        assert "mps2" in said
        assert cli.main(["board", "erase", port]) == 0
        assert "nothing is left" in capsys.readouterr().out
        assert cli.main(["board", "info", port]) == 0
        assert "ESME" not in capsys.readouterr().out


def test_what_a_board_holds_survives_a_reset(lab_with_board, capsys):
    lab, port, link = lab_with_board
    link.close()
    assert cli.main(["board", "reset", port]) == 0
    capsys.readouterr()
    assert cli.main(["board", "info", port]) == 0
    said = capsys.readouterr().out
    assert "ESME 00DB1234567890A0" in said
    assert "han          off" in said
    board.start(port)
    with open_link("serial:" + port) as again:
        lab.han.stations[METER]._link = again
        assert lab.join(METER, HUB).by == "link key"
        assert lab.read("ECS17b", METER).is_success


def test_a_board_does_what_any_meter_must():
    with emulated.board() as port:
        board.start(port)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "tests/system/test_any_device.py",
             "--device", "esme=serial:" + port, "-p", "no:cacheprovider"],
            capture_output=True, text=True, timeout=400, check=False, cwd=emulated.ROOT,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-3000:]


def test_the_unix_port_is_a_board_too(capsys):
    port = emulated.unix_port()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    process = subprocess.Popen(
        [str(port), "-X", "heapsize=256k", "-c",
         "from gbcs_device.board import app; app.listen(%d)" % number],
        env={**os.environ, "MICROPYPATH": ".frozen"}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout.readline().startswith("listening")
        assert cli.main(["run", "triage", "--device", "esme=tcp:127.0.0.1:%d" % number]) == 0
        assert "39 of 39 steps hold" in capsys.readouterr().err
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_mpremote_reaches_the_board():
    pytest.importorskip("mpremote")
    with emulated.board() as port:
        script = "from gbcs_device.board import app; app.state()"
        done = subprocess.run(
            [sys.executable, "-m", "mpremote", "connect", port, "exec", script],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "heap" in done.stdout


def test_a_host_that_dies_leaves_a_board_that_answers(lab_with_board):
    lab, port, link = lab_with_board
    link.close()
    with serial.Serial(port, 115200) as line:
        line.write(b"~\x01\x02 half a request")
    about = board.about(port)
    assert about["device"] == "ESME 00DB1234567890A0"
    board.start(port)
    with open_link("serial:" + port) as again:
        lab.han.stations[METER]._link = again
        assert lab.read("ECS52", METER).is_success


def test_a_port_without_a_board_is_said():
    from gbcs_host.links import LinkError

    with pytest.raises(LinkError, match="cannot be opened"):
        board.start("/dev/no-such-port")
