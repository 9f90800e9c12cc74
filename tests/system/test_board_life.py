"""A board's own life: started by itself, cut off, deployed on, built; asked at its prompt."""

import os
import random
import subprocess
import time

import pytest

from gbcs.link import seal
from gbcs_device.board import remote
from gbcs_host import cli
from gbcs_host.boards import board as boards
from gbcs_host.boards import firmware
from gbcs_host.han.remote import answers
from gbcs_host.lab.lab import CHF, ESME, Lab
from gbcs_host.links import LinkError, open_link
from tests import emulated

HUB, OTHER, METER = [bytes.fromhex("00DB1234567890" + one) for one in ("B2", "C2", "A0")]
serial = pytest.importorskip("serial")
pytest.importorskip("mpremote")


def ask(port, script):
    """What a script prints at the prompt of a running board."""
    with boards.Repl(port) as repl:
        return repl.run("from gbcs_device.board.app import *\n" + script)


def test_a_bare_board_is_tried_with_one_command_and_again_after_a_reset(capsys):
    with emulated.board() as port:
        for how, by in (("install code", "install code key"), ("key's hash", "hashed link key")):
            begun = time.perf_counter()
            assert cli.main(["board", "try", "esme", port]) == 0
            assert time.perf_counter() - begun < 60
            said = capsys.readouterr().out
            assert "a hub lists it by its %s: yes" % how in said
            assert "it joins by its " + by in said
            assert said.count("answered") == 3
            assert cli.main(["board", "reset", port]) == 0
        assert cli.main(["board", "try", "esme", port, "--seed", "2"]) == 1
        assert "provisioned with another seed" in capsys.readouterr().err


def test_what_a_board_is_asked_it_answers_and_shows_no_key(capsys):
    with emulated.board() as port, open_started(port) as link:
        lab = Lab(8, radio=True, open_device=lambda kind: link)
        joined(lab)
        assert lab.read("ECS52", METER).is_success
        link.close()
        keys = [
            lab.han.hubs[HUB].log.find(METER).link_key,
            lab.codes[METER],
            lab.pki.device(METER, "ds").private,
            lab.pki.device(METER, "ka").private,
        ]
        said = ask(
            port,
            "state()\nobjects()\nshow('0.0.0.2.1.255')\nmessages()\ncounters()\nnames()\n"
            "log()\nhelp_device()\nvalue('own/ds')\nvalue('han/link_key')",
        )
        assert "ESME 00DB1234567890A0" in said
        assert "0.0.0.2.1.255 2" in said
        assert "octet-string 00010203" in said
        assert "command ECS52" in said
        assert "response ECS52" in said
        assert said.count("secret") == 2
        for key in keys:
            assert key.hex().upper() not in said.upper()
        assert cli.main(["board", "log", port, "--messages"]) == 0
        assert "FirmwareVersion.value" in capsys.readouterr().out
        ask(port, "fault('0.0.0.2.1.255')\nalert(0x8F12)")
        lab.han.stations[METER]._link = boards.opened("serial:" + port)
        assert not lab.read("ECS52", METER).is_success
        (alert,) = lab.alerts_of(METER)
        assert alert.is_clean
        assert alert.payload.body[2][0][2] == 0x8F12
        lab.han.stations[METER].close()
        ask(port, "fault('0.0.0.2.1.255', 2, None)")
        lab.han.stations[METER]._link = boards.opened("serial:" + port)
        assert lab.read("ECS52", METER).is_success
        lab.han.stations[METER].close()


def open_started(port):
    return boards.opened("serial:" + port)


def joined(lab, hub=HUB):
    lab.make(CHF, hub)
    lab.make(ESME, METER)
    assert lab.add_to_hub(hub, METER).is_success
    assert lab.join(METER, hub)


def test_it_starts_by_itself_on_a_link_of_its_own_and_the_prompt_stays_free(tmp_path):
    flash = tmp_path / "flash"
    image = emulated.firmware()
    board = emulated.qemu.SerialBoard(image, flash)
    try:
        with open_started(board.port) as link:
            lab = Lab(8, radio=True, open_device=lambda kind: link)
            joined(lab)
        board.cut()
        board = emulated.qemu.SerialBoard(image, flash)
        with open_link("serial:" + board.link) as link:
            assert answers(link, 20)
            lab.han.stations[METER]._link = link
            lab.han.stations[METER].restart(lab.now)
            assert lab.join(METER, HUB).by == "link key"
            assert lab.read("ECS17b", METER).is_success
            said = ask(board.port, "state()")  # Ctrl-C on the other port ends it
            assert "han joined" in said
            with boards.Repl(board.port) as repl:
                repl.start("from gbcs_device.board.app import *\nrun()\n")
            assert lab.read("ECS17b", METER).is_success
    finally:
        board.cut()


def test_power_that_goes_in_the_midst_of_writing_leaves_a_meter_that_answers(tmp_path):
    """Its power is cut at random moments of a run of commands that all write."""
    flash = tmp_path / "flash"
    image = emulated.firmware()
    board = emulated.qemu.SerialBoard(image, flash)
    moments = random.Random(5)
    lab = Lab(8, radio=True)
    cuts = 0
    try:
        with open_started(board.port) as link:
            lab._open_device = lambda kind: link
            joined(lab)
        for _ in range(4):
            link = boards.opened("serial:" + board.port)
            station = lab.han.stations[METER]
            station._link = link
            station.restart(lab.now)
            assert lab.join(METER, HUB).by == "link key"
            assert lab.read("ECS17b", METER).is_success
            end = time.perf_counter() + moments.uniform(0.05, 0.6)
            while time.perf_counter() < end:
                station._sequence += 1
                head = station._sequence.to_bytes(8, "big") + bytes((remote.SET,)) + bytes(8)
                link.send(
                    seal(head + remote.entry("test/value", b"%020d" % station._sequence * 10))
                )
                link.receive(0.05)
            board.cut()  # it is somewhere in what was sent
            cuts += 1
            link.close()
            board = emulated.qemu.SerialBoard(image, flash)
        with open_started(board.port) as link:
            station._link = link
            station.restart(lab.now)
            assert lab.join(METER, HUB).by == "link key"
            assert lab.read("ECS17b", METER).is_success
            said = "state()\nlog()"
        assert cuts == 4
        assert "ESME 00DB1234567890A0" in ask(board.port, said)
    finally:
        board.cut()


def test_a_stock_board_is_deployed_on(capsys, monkeypatch):
    monkeypatch.setenv("MPY_CROSS", str(emulated.fetch.MPY_CROSS))
    with emulated.board(firmware.DEPLOY_HEAP_KB + 16, is_stock=True) as port:
        command = ["board", "deploy", port, "--board", "QEMU_MPS2"]
        assert cli.main(command) == 0
        count = int(capsys.readouterr().out.split()[0])
        assert count == len(firmware.modules(True)) + 2
        assert cli.main(command) == 0
        assert capsys.readouterr().out.startswith("0 files")
        with boards.Repl(port) as repl:
            repl.run("with open('/lib/gbcs/link.mpy', 'wb') as file: file.write(b'half')")
            repl.reset()
        assert cli.main(command) == 0
        assert capsys.readouterr().out.startswith("1 files")
        with boards.Repl(port) as repl:
            repl.reset()  # main.py is there, and says so
        assert cli.main(["board", "try", "gsme", port]) == 0
        assert cli.main(["run", "triage", "--device", "esme=serial:" + port]) == 0
        assert "39 of 39 steps hold" in capsys.readouterr().err


def test_a_board_that_is_too_small_is_not_deployed_on(capsys, monkeypatch):
    monkeypatch.setenv("MPY_CROSS", str(emulated.fetch.MPY_CROSS))
    with emulated.board(128) as port:
        assert cli.main(["board", "deploy", port, "--board", "QEMU_MPS2"]) == 3
        said = capsys.readouterr().err
        assert "heap of 12" in said
        assert "next step: gbcs board build QEMU_MPS2" in said


def test_a_firmware_is_built_with_the_source_of_micropython(capsys, tmp_path, monkeypatch):
    emulated.firmware()
    monkeypatch.setenv("MICROPY_DIR", str(emulated.fetch.SOURCE))
    for name, value in emulated.fetch.build_environment().items():
        monkeypatch.setenv(name, value)
    words = ["board", "build", "QEMU_MPS2", "--folder", str(tmp_path / "build")]
    for variable in emulated.build_board.make_variables():
        words += ["--make", variable]
    assert cli.main(words) == 0
    image = capsys.readouterr().out.splitlines()[-1]
    board = emulated.qemu.SerialBoard(image)
    try:
        assert boards.about(board.port)["gbcs"]
    finally:
        board.cut()


def test_unplugging_is_said():
    board = emulated.qemu.SerialBoard(emulated.firmware())
    try:
        with open_started(board.port) as link:
            lab = Lab(8, radio=True, open_device=lambda kind: link)
            joined(lab)
            board.cut()
            with pytest.raises(LinkError, match=r"pts.*(gone|no answer)"):
                lab.read("ECS17b", METER)
    finally:
        board.cut()


def test_noise_with_every_octet_does_not_stop_a_board():
    with emulated.board() as port:
        with open_started(port) as link:
            lab = Lab(8, radio=True, open_device=lambda kind: link)
            joined(lab)
        noise = random.Random(9)
        with serial.Serial(port, 115200, timeout=0.2) as line:
            for _ in range(40):
                line.write(noise.randbytes(100))
                line.read(4000)
        with open_link("serial:" + port) as again:
            lab.han.stations[METER]._link = again
            assert lab.read("ECS17b", METER).is_success


def test_the_unix_port_keeps_its_device_in_a_folder(tmp_path, capsys):
    port = emulated.unix_port()
    lab = Lab(8, radio=True)
    for number in range(2):
        script = "from gbcs_device.board import app; app.listen(%d, folder='%s')"
        process = subprocess.Popen(
            [str(port), "-X", "heapsize=256k", "-c", script % (40100 + number, tmp_path)],
            env={**os.environ, "MICROPYPATH": ".frozen"}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert process.stdout.readline().startswith("listening")
            with open_link("tcp:127.0.0.1:%d" % (40100 + number)) as link:
                if number:
                    station = lab.han.stations[METER]
                    station._link = link
                    station.restart(lab.now)
                    assert lab.join(METER, HUB).by == "link key"
                else:
                    lab._open_device = lambda kind, link=link: link
                    joined(lab)
                assert lab.read("ECS17b", METER).is_success
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def test_a_wrong_bit_in_its_files_is_told_and_more_damage_stops_the_device(tmp_path):
    port = emulated.unix_port()
    files = [tmp_path / "store.0", tmp_path / "store.1"]
    lab = Lab(8, radio=True)
    script = "from gbcs_device.board import app; app.listen(%d, folder='%s')"
    spoken = []
    for number, mask in enumerate((0, 0x10, 0xFF)):
        if number:
            name = max(
                (one for one in files if one.exists()), key=lambda one: one.read_bytes()[:7]
            )
            octets = bytearray(name.read_bytes())
            octets[-30] ^= mask
            name.write_bytes(octets)
        process = subprocess.Popen(
            [str(port), "-X", "heapsize=256k", "-c", script % (40110 + number, tmp_path)],
            env={**os.environ, "MICROPYPATH": ".frozen"}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert process.stdout.readline().startswith("listening")
            spoken.append(process.stdout.readline() if number else "")
            with open_link("tcp:127.0.0.1:%d" % (40110 + number)) as link:
                if not number:
                    lab._open_device = lambda kind, link=link: link
                    joined(lab)
                    assert lab.read("ECS70", METER).is_success
                elif number == 1:
                    station = lab.han.stations[METER]
                    station._link = link
                    station.restart(lab.now)
                    assert lab.join(METER, HUB).by == "link key"
                    assert not lab.carry("ECS70", lab.exchanges[-1].command, METER).answer
                    assert lab.read("ECS70", METER).is_success
                else:
                    station._link = link
                    with pytest.raises(LinkError, match="store damaged, provision it anew: bank"):
                        station.restart(lab.now)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
    assert spoken[1].endswith(": put right\n")
    assert spoken[2].startswith("store damaged, provision it anew: bank ")


def test_what_is_wrong_with_the_store_of_a_board_is_told_by_info(tmp_path, capsys):
    wrong = """
import os
from gbcs_device.board.folder import FOLDER
name = FOLDER + "/store.0"
with open(name, "rb") as file:
    octets = bytearray(file.read())
octets[200] ^= %d
with open(name, "wb") as file:
    file.write(octets)
"""
    flash = tmp_path / "flash"
    with emulated.board(flash=flash) as port:
        with open_started(port) as link:
            joined(Lab(8, radio=True, open_device=lambda kind: link))
        with boards.Repl(port) as repl:
            assert "store=whole" in repl.run(boards._ABOUT)
            repl.run(wrong % 0x20)
    for mask, told in ((0x55, "bank 0, offset 11: put right"), (0, "damaged, provision it anew")):
        with emulated.board(flash=flash) as port:
            assert cli.main(["board", "info", port]) == 0
            assert told in capsys.readouterr().out
            with boards.Repl(port) as repl:
                repl.run(wrong % mask)
