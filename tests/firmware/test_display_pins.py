"""A board's display is made of what its `board` names, whichever I2C it has."""

import sys
import types

import pytest

from gbcs_device.board.pins import Pins


class Bus:
    def __init__(self, *arguments, **options):
        self.made = (arguments, options)
        self.sent = []

    def writeto(self, address, octets):
        self.sent.append((address, bytes(octets)))


@pytest.fixture
def machine(monkeypatch):
    found = types.ModuleType("machine")
    found.Pin = lambda name: "pin %s" % name
    found.buses = []

    def bus(kind):
        def make(*arguments, **options):
            found.buses.append((kind, Bus(*arguments, **options)))
            return found.buses[-1][1]

        return make

    found.I2C, found.SoftI2C = bus("I2C"), bus("SoftI2C")
    monkeypatch.setitem(sys.modules, "machine", found)
    return found


@pytest.mark.parametrize(
    ("display", "kind", "arguments"),
    [
        ((0, 20, 21, "SSD1306", 0x3C), "I2C", (0,)),
        ((None, "B9", "B8", "SH1106", 0x3D), "SoftI2C", ()),
    ],
)
def test_a_display_is_made_as_the_board_says(machine, display, kind, arguments):
    board = types.SimpleNamespace(DISPLAY=display)
    Pins(board).display().show(bytes(1024))
    ((made, bus),) = machine.buses
    sda, scl = "pin %s" % display[1], "pin %s" % display[2]
    assert made == kind
    assert bus.made == (arguments, {"sda": sda, "scl": scl, "freq": 400_000})
    assert {address for address, _ in bus.sent} == {display[4]}
    pump = b"\x8d\x14" if display[3] == "SSD1306" else b"\xad\x8b"
    assert pump in bus.sent[0][1]


def test_a_board_may_have_no_display(machine):
    assert Pins(types.SimpleNamespace()).display() is None
    assert Pins(types.SimpleNamespace(DISPLAY=None)).display() is None
