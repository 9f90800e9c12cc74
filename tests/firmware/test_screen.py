"""A board's own display: what is drawn when, what buttons do, a display that is not there."""

import types

import pytest

from gbcs_device.base.view import Message
from gbcs_device.board.screen import Screen
from gbcs_device.display.frame import Frame
from gbcs_device.display.navigation import Pages
from gbcs_host.display import sample

DOWN, OK = 2, 4  # bits of the level


class Oled:
    def __init__(self):
        self.shown = []
        self.is_broken = False

    def show(self, octets):
        if self.is_broken:
            raise OSError(19)
        self.shown.append(bytes(octets))


class Station:
    def __init__(self, kind):
        self.device = types.SimpleNamespace(kind=kind)
        self.view = sample.credit() if kind == "IHD" else sample.prepayment()
        self.done = []

    def shown(self, now):
        return self.view

    def confirm(self, number, now):
        self.done.append(("confirm", number, now))
        return True

    def emergency(self, fuel, now):
        self.done.append(("emergency", fuel, now))
        return True


def page(view, name, is_ppmid=False):
    frame, pages = Frame(), Pages(is_ppmid)
    pages.turn_to(name)
    pages.draw(frame, view)
    return bytes(frame.buffer)


def press(screen, station, bit, ticks):
    """Down for a tenth of a second, then up; when it was let go."""
    for at in range(ticks, ticks + 100, 10):
        screen.look(station, bit, at, 7)
    for at in range(ticks + 100, ticks + 200, 10):
        screen.look(station, 0, at, 7)
    return ticks + 200


@pytest.fixture
def ihd():
    return Screen(Oled(), 4, False), Station("IHD")


def test_a_page_is_drawn_at_once_and_then_twice_a_second(ihd):
    screen, station = ihd
    for ticks in range(0, 2000, 10):
        screen.look(station, 0, ticks, 7)
    assert len(screen._oled.shown) == 4
    assert set(screen._oled.shown) == {page(station.view, "overview")}


def test_a_button_turns_the_page_without_delay(ihd):
    screen, station = ihd
    screen.look(station, 0, 0, 7)
    for ticks in range(10, 60, 10):
        screen.look(station, DOWN, ticks, 7)
    assert screen._oled.shown[-1] == page(station.view, "today")


def test_ok_confirms_a_message(ihd):
    screen, station = ihd
    station.view.messages = [Message(77, 0, "Read me", 1, True)]
    screen.pages.turn_to("message")
    press(screen, station, OK, 0)
    assert station.done == [("confirm", 77, 7)]


def test_a_ppmid_activates_emergency_credit():
    screen, station = Screen(Oled(), 4, True), Station("PPMID")
    screen.pages.turn_to("emergency")
    at = press(screen, station, OK, 0)
    press(screen, station, OK, at)  # where it asks whether that is meant
    assert ("emergency", 0, 7) in station.done


def test_a_display_that_is_not_there_is_tried_again(ihd):
    screen, station = ihd
    screen._oled.is_broken = True
    screen.look(station, 0, 0, 7)
    assert not screen.is_there
    screen._oled.is_broken = False
    screen.look(station, 0, 600, 7)
    assert screen.is_there
    assert screen._oled.shown == [page(station.view, "overview")]
