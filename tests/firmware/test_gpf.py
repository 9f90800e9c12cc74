"""What a GPF copies of commands that pass, and when; and whom a message is for."""

import pytest

from gbcs import message
from gbcs.blocks.parties import parties
from gbcs.blocks.sender import Sender
from gbcs_device.base.store import MemoryMedium, Store
from gbcs_device.clusters import commands
from gbcs_device.clusters.mirror import Gpf
from tests.conftest import MISSING, SHARED

NOW = 473_385_600_000  # 2015, when the reference commands were made
LATER_S = 948_013_200  # 2030-01-15 09:00, when some of them come into force
PRICE, MESSAGING, PREPAYMENT, CALENDAR = 0x0700, 0x0703, 0x0705, 0x0707


def reference(name):
    """The octets of a reference message, by folder and name."""
    path = SHARED / "rtds" / "messages" / (name + "_GBCS.HEX")
    if not path.exists():
        pytest.skip(MISSING)
    return bytes.fromhex(path.read_text().strip())


class Hub:
    """As much of a hub's station as a GPF asks."""

    def __init__(self):
        self.store = Store(MemoryMedium())
        self.reported = {}

    def mirror(self):
        return self.reported


@pytest.fixture
def gpf():
    return Gpf(Hub())


def passes(gpf, scenario, answer=None, now=NOW):
    """A reference command goes to the gas meter, its response comes back."""
    gpf.passed_to(reference(scenario + "_COMMAND"), now)
    return gpf.passed_from(reference((answer or scenario) + "_RESPONSE"), now)


def texts(gpf, cluster, command, now=NOW):
    return [one.hex() for one in gpf.published(cluster, command, now)]


def test_a_tariff_is_copied_when_the_meter_has_taken_it(gpf):
    assert passes(gpf, "1.1.1_GCS01a/GCS01a_1.1.1_IMMEDIATE_TOU_SUCCESS")
    (matrix,) = texts(gpf, PRICE, 0x05)
    # four tiers, as a person reads in the command: 9.6 p to 11 p
    assert matrix.endswith("01018025000002d827000003fe29000004f82a0000")
    assert len(texts(gpf, CALENDAR, 0x01)) == 4
    assert len(texts(gpf, CALENDAR, 0x02)) == 2
    assert gpf.attribute(PRICE, 0x0611, NOW) == b"\x20\x04"
    again = Gpf(gpf.station)  # after a restart
    assert texts(again, PRICE, 0x05) == [matrix]


def test_a_tariff_for_later_comes_into_force_in_its_time(gpf):
    assert passes(gpf, "1.1.1_GCS01a/GCS01a_1.1.1_FUTURE_DATED_BLOCK_SUCCESS")
    assert texts(gpf, PRICE, 0x04) == []
    assert gpf.next_timer() == LATER_S * 1000
    gpf.take_up(LATER_S * 1000 - 1000)
    assert texts(gpf, PRICE, 0x04) == []
    gpf.take_up(LATER_S * 1000)
    (tariff,) = texts(gpf, PRICE, 0x04)
    assert tariff.endswith("0ad60000ff010000e80300")  # standing charge: 54.794 p
    assert gpf.next_timer() is None


def test_a_tariff_for_later_is_cancelled(gpf):
    assert passes(gpf, "1.1.1_GCS01a/GCS01a_1.1.1_FUTURE_DATED_BLOCK_SUCCESS")
    assert passes(gpf, "1.1.1_GCS01a/GCS01a_1.1.1_CANCELLATION_BLOCK_SUCCESS")
    assert gpf.next_timer() is None
    assert texts(gpf, PRICE, 0x04, LATER_S * 1000) == []


def test_the_calendar_of_non_disablement_is_another_one(gpf):
    assert passes(gpf, "1.1.1_GCS01a/GCS01a_1.1.1_IMMEDIATE_TOU_SUCCESS")
    before = texts(gpf, CALENDAR, 0x01)
    assert passes(gpf, "2.1_GCS05/GCS05_2.1_IMMEDIATE_SUCCESS")
    after = texts(gpf, CALENDAR, 0x01)
    assert after[: len(before)] == before
    assert len(after) > len(before)


def test_what_was_refused_or_not_answered_is_not_copied(gpf):
    name = "3.1_GCS07/GCS07_3.1_"
    assert not passes(gpf, name + "ERROR")
    gpf.passed_to(reference(name + "SUCCESS_COMMAND"), NOW)
    assert texts(gpf, MESSAGING, 0x00) == []
    assert gpf.passed_from(reference(name + "SUCCESS_RESPONSE"), NOW)
    assert texts(gpf, MESSAGING, 0x00) == ["804a371c0000000000ffff05" + b"Reset".hex()]
    assert not gpf.passed_from(reference(name + "SUCCESS_RESPONSE"), NOW)


def test_a_command_in_blocks_is_put_together(gpf):
    whole = reference("1.1.1_GCS01a/GCS01a_1.1.1_IMMEDIATE_TOU_SUCCESS_COMMAND")
    sender = Sender(whole)
    while True:
        block = sender.next(NOW)
        if block is None:
            break
        gpf.passed_to(block, NOW)
    answer = reference("1.1.1_GCS01a/GCS01a_1.1.1_IMMEDIATE_TOU_SUCCESS_RESPONSE")
    assert gpf.passed_from(answer, NOW)


def test_a_message_is_shown_as_long_as_it_says(gpf):
    from gbcs_device.messages.component import packed

    shown = bytes.fromhex("010000000000e4371c0a00024869")  # ten minutes
    gpf.station.store.write({"gpf/copy/0703/00": packed([(0, shown)])})
    start = 0x1C37E400 * 1000
    assert texts(gpf, MESSAGING, 0x00, start + 599_000) == [shown.hex()]
    assert texts(gpf, MESSAGING, 0x00, start + 600_000) == []


def test_a_log_of_top_ups_is_not_found_before_the_first_report(gpf):
    assert commands.answered(gpf, PREPAYMENT, 0x08, bytes(5), NOW) == (commands.NOT_FOUND, [])


def test_octets_that_are_no_message_harm_nothing(gpf):
    for octets in (b"", b"\xdd\x09", b"\xdf" * 40, bytes(100)):
        gpf.passed_to(octets, NOW)
        assert not gpf.passed_from(octets, NOW)
        assert parties(octets) is None


@pytest.mark.parametrize(
    "name", ["NA_PCS01/PCS01_NA_SUCCESS", "1.1.1_GCS01a/GCS01a_1.1.1_IMMEDIATE_TOU_SUCCESS"]
)
def test_whom_a_message_is_for(name):
    command, response = reference(name + "_COMMAND"), reference(name + "_RESPONSE")
    assert parties(command)[1] == bytes.fromhex("00DB1234567890A1")
    assert parties(response)[1] == message.decode(command).originator
