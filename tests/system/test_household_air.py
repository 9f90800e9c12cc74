"""The household on the air: in Wireshark's eyes, and where the air loses and damages."""

import pytest

from gbcs_host.capture import Capture
from gbcs_host.lab.lab import Lab
from gbcs_host.links.faults import Faults
from tests import tshark
from tests.firmware.home import POUND
from tests.system.test_household_devices import DISPLAY, GAS, HUB, INTERFACE, METER, Prepaid
from tests.system.test_zigbee_tshark import FINDINGS

FAULTS = "loss=5%%,duplication=5%%,jitter=100ms,bit-errors=1%%,seed=%d"


@pytest.fixture(scope="module")
def captured(tmp_path_factory):
    """Path and keys of the capture, and the home."""
    from tests.system.test_household_devices import household

    path = tmp_path_factory.mktemp("tshark") / "household.pcapng"
    with Capture.create(str(path)) as capture:

        def make(**how):
            return household(watch=capture.watch, reveal=capture.reveal, **how)

        home = Prepaid(POUND, POUND, make)
        home.lab.top_up(INTERFACE, 0, home.token(METER, 1, 7))
        home.lab.pass_time(5)
        home.lab.top_up(INTERFACE, 1, home.token(GAS, 1, 9))
        home.lab.emergency(INTERFACE, 0)
        assert home.lab.read("ECS10", METER, {"value": b"Hello"}).is_success
        home.lab.pass_time(10)
        for message in home.lab.view(DISPLAY).messages:
            home.lab.confirm(DISPLAY, message.number)
        assert home.gas_answers() == "Top-up accepted: £9.00"
    return path, (path.parent / "household.pcapng.keys").read_text().splitlines(), home


@pytest.mark.parametrize("finding", FINDINGS)
def test_tshark_leaves_nothing(captured, finding):
    path, keys, _ = captured
    assert tshark.fields(path, keys, "frame.number", where=finding) == []


def test_tshark_sees_the_ppmid_s_commands_to_the_gas_meter(captured):
    path, keys, _ = captured
    head = "gbcs_message.grouping_header."
    names = [head + "cra_flag", head + "message_code"]
    found = tshark.fields(path, keys, *names, where="gbcs_message")
    codes = [(int(cra, 0), int(code, 0)) for cra, code in found]
    # to the hub and to the meter, and the answer the same way back
    assert codes.count((1, 0x009B)) == codes.count((2, 0x009B)) == 2


@pytest.mark.parametrize("seed", range(1, 4))
def test_a_top_up_counts_once_on_a_bad_day(seed):
    from tests.system.test_household_devices import household

    def make(**how):
        return household(faults=Faults.parse(FAULTS % seed), **how)

    home = Prepaid(POUND, 3 * POUND, make)
    before = home.figures(home.esme).balance_mp
    assert home.lab.top_up(INTERFACE, 0, home.token(METER, 1, 7))
    home.lab.pass_time(60)
    found = home.figures(home.esme)
    assert len(found.top_ups) == 1
    assert 6 * POUND < found.balance_mp - before <= 7 * POUND
    home.lab.top_up(INTERFACE, 1, home.token(GAS, 1, 9))
    assert "9.00" in home.gas_answers()
    assert len(home.figures(home.gsme).top_ups) == 1
    connected = 0
    for _ in range(60):
        home.lab.pass_time(20)
        connected += home.lab.view(DISPLAY).fuels[0].is_connected
    assert connected >= 57
    assert home.lab.han.air.damaged > 10


def test_displays_come_back_when_the_hub_does():
    home = Prepaid(POUND, POUND)
    lab: Lab = home.lab
    lab.han.switch_off(HUB)
    lab.pass_time(1200)
    assert not lab.view(DISPLAY).fuels[1].is_connected
    lab.han.switch_on(HUB, HUB)
    lab.pass_time(2400)
    for eui in (DISPLAY, INTERFACE):
        assert [fuel.is_connected for fuel in lab.view(eui).fuels] == [True, True]
    assert lab.top_up(INTERFACE, 1, home.token(GAS, 1, 2))
    assert home.gas_answers() == "Top-up accepted: £2.00"
