"""Firmware of boards: what is frozen compiles for each processor; pins, commands and reasons."""

import os
import sys
import types

import pytest

from gbcs_device.board import pins
from gbcs_device.han.joining import JOINED, RESTING, SCANNING
from gbcs_host import cli
from gbcs_host.boards import firmware
from tests import emulated

BOARDS = [name for name, one in firmware.BOARDS.items() if one.port != "unix"]


@pytest.fixture(scope="module")
def mpy_cross():
    try:
        emulated.fetch.source()
    except emulated.fetch.Unavailable as error:
        if os.environ.get(emulated.NEEDED):
            pytest.fail(str(error))
        pytest.skip(str(error))
    return str(emulated.fetch.MPY_CROSS)


@pytest.mark.parametrize("processor", sorted({one.processor for one in firmware.BOARDS.values()}))
def test_all_that_is_frozen_compiles(processor, mpy_cross, monkeypatch, tmp_path):
    monkeypatch.setenv("MPY_CROSS", mpy_cross)
    has_viper = any(
        one.has_viper for one in firmware.BOARDS.values() if one.processor == processor
    )
    sources = firmware.modules(has_viper)
    assert len(sources) > 100
    folder = firmware.ROOT / "boards"
    sources += [folder / "main.py"]
    sources += [
        folder / name / "board.py"
        for name, one in firmware.BOARDS.items()
        if one.processor == processor and (folder / name / "board.py").exists()
    ]
    size = 0
    for source in sources:
        firmware.compile_module(source, tmp_path / "out.mpy", processor)
        size += (tmp_path / "out.mpy").stat().st_size
    assert 300_000 < size < 1_000_000


@pytest.mark.parametrize("name", firmware.BOARDS)
def test_each_board_has_its_folder(name):
    folder = firmware.ROOT / "boards" / name
    assert (folder / "manifest.py").is_file()
    if name not in ("UNIX", "QEMU_MPS2"):
        assert "Not tried on the real board yet" in (folder / "README.md").read_text()
        command = firmware.build_command(name, firmware.ROOT, firmware.ROOT / "build")
        assert "BOARD=" + name in command


def test_reasons_say_what_to_do_next(capsys, monkeypatch, tmp_path):
    monkeypatch.delenv("MICROPY_DIR", raising=False)
    assert cli.main(["board", "build", "RPI_PICO", "--folder", str(tmp_path / "b")]) == 3
    assert "next step" in capsys.readouterr().err
    assert cli.main(["board", "build", "ABACUS"]) == 2
    assert "RPI_PICO2" in capsys.readouterr().err
    assert cli.main(["board", "info", "/dev/no-such-port"]) == 3
    assert "next step: gbcs board list" in capsys.readouterr().err
    assert cli.main(["board", "flash", "QEMU_MPS2", str(tmp_path / "none")]) == 3
    assert cli.main(["board", "list"]) == 0
    assert "ESP32_GENERIC_C6" in capsys.readouterr().out


class Pin:
    IN, OUT, PULL_UP = 0, 1, 2

    def __init__(self, where, *_):
        self.where, self.state = where, 1

    def value(self, *state):
        if state:
            self.state = state[0]
        return self.state


class Uart:
    def __init__(self, number, baud, rxbuf, timeout, tx=None, rx=None):
        self.number, self.baud, self.tx, self.rx, self.sent = number, baud, tx, rx, b""

    def write(self, octets):
        self.sent += octets


class Timer:
    def __init__(self, number):
        self.number, self.period, self.callback = number, None, None

    def init(self, period, callback):
        self.period, self.callback = period, callback

    def deinit(self):
        self.callback = None


def test_pins_are_those_of_the_board(monkeypatch):
    fed = []
    wdt = types.SimpleNamespace(feed=lambda: fed.append(1))
    machine = types.SimpleNamespace(Pin=Pin, UART=Uart, Timer=Timer, WDT=lambda timeout: wdt)
    monkeypatch.setitem(sys.modules, "machine", machine)
    board = types.SimpleNamespace(UART=(1, 4, 5), LED=25, BUTTON=15, WATCHDOG_S=8)
    one = pins.Pins(board)
    one.begin(False)
    assert not one.is_shared
    one.write(b"x")
    assert one._uart.sent == b"x"
    assert (one._uart.tx.where, one._uart.rx.where) == (4, 5)
    assert not one.is_pressed()
    one.feed()
    assert fed
    one.rest()  # who is at the prompt is not thrown out by the watchdog
    assert one._keeper.period == 1000
    fed.clear()
    one._keeper.callback(None)
    assert fed
    one.begin(True)
    assert one._keeper is None
    assert one.is_shared
    lit = []
    for phase in (SCANNING, SCANNING, SCANNING, JOINED, JOINED, RESTING):
        one.show(phase)
        lit.append(bool(one._led.state))
    assert lit == [True, False, True, True, True, False]


def test_without_pins_the_link_is_the_standard_stream(monkeypatch):
    import io

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"ab")))
    one = pins.Pins(None)
    one.begin(False)
    assert one.is_shared
    assert one.read() + one.read() == b"ab"
    assert not one.is_pressed()
    one.feed()
    one.show(JOINED)
