"""The next timers of many devices: who is due, who is asked again, and who is not."""

import pytest

from gbcs_host.han.schedule import Schedule

FIRST, SECOND, THIRD = b"1" * 8, b"2" * 8, b"3" * 8


class Devices:
    """Next timers by EUI-64, and who was asked for them."""

    def __init__(self):
        self.timers = {FIRST: 50, SECOND: 20, THIRD: None}
        self.dead = set()
        self.asked = []
        self.schedule = Schedule(self.next_timer, self.dead)
        for eui in self.timers:
            self.schedule.changed(eui)

    def next_timer(self, eui):
        self.asked.append(eui)
        return self.timers[eui]

    def due(self, end):
        """Who is due until then, in order; each has no timer afterwards."""
        order = []
        while (entry := self.schedule.pop(end)) is not None:
            order.append(entry)
            self.timers[entry[1]] = None
        return order


@pytest.fixture
def devices():
    return Devices()


def test_the_earliest_comes_first(devices):
    assert devices.due(100) == [(20, SECOND), (50, FIRST)]
    assert devices.due(10**6) == []


def test_nobody_is_due_before_its_time(devices):
    assert devices.due(19) == []
    assert devices.due(20) == [(20, SECOND)]


def test_of_two_at_one_moment_the_first_by_eui_comes_first(devices):
    devices.timers[THIRD] = devices.timers[SECOND] = 50
    devices.schedule.changed(THIRD)
    devices.schedule.changed(SECOND)
    assert [eui for _, eui in devices.due(50)] == [FIRST, SECOND, THIRD]


def test_only_who_has_changed_is_asked_again(devices):
    devices.due(30)
    devices.asked.clear()
    assert devices.schedule.pop(40) is None
    assert devices.asked == []
    devices.timers[THIRD] = 35
    assert devices.schedule.pop(40) is None
    devices.schedule.changed(THIRD)
    assert devices.schedule.pop(40) == (35, THIRD)
    assert devices.asked == [THIRD]


def test_a_timer_that_was_put_off_is_passed_over(devices):
    assert devices.schedule.pop(10) is None
    devices.timers[SECOND] = 70
    devices.schedule.changed(SECOND)
    assert devices.due(100) == [(50, FIRST), (70, SECOND)]


def test_the_dead_are_not_due_until_they_are_back(devices):
    devices.dead.add(SECOND)
    assert devices.due(100) == [(50, FIRST)]
    devices.dead.clear()
    assert devices.due(100) == [(20, SECOND)]


def test_a_device_that_changes_often_does_not_fill_the_heap(devices):
    for at in range(1000, 11_000):
        devices.timers[FIRST] = at
        devices.schedule.changed(FIRST)
        devices.schedule.pop(10)
    assert len(devices.schedule._heap) < 100
    assert devices.due(20_000) == [(20, SECOND), (10_999, FIRST)]
