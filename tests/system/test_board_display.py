"""An IHD and a PPMID on emulated boards, of 128 KB of heap, in a household that is here."""

import pytest

from gbcs_host import boards
from gbcs_host.lab import IHD, PPMID
from gbcs_host.links import open_link
from tests import emulated
from tests.firmware.home import POUND
from tests.system.test_household_devices import (
    DISPLAY,
    GAS,
    HUB,
    INTERFACE,
    METER,
    Prepaid,
    household,
)

pytest.importorskip("serial")


def test_displays_on_boards_show_top_up_and_deliver():
    with emulated.board() as one, emulated.board() as other:
        ports = {IHD: one, PPMID: other}
        for port in ports.values():
            boards.start(port)
        links = {kind: open_link("serial:" + port) for kind, port in ports.items()}
        home = Prepaid(POUND, POUND, lambda **how: household(open_device=links.get, **how))
        for eui in (DISPLAY, INTERFACE):
            seen = home.lab.view(eui)
            assert seen.is_joined
            assert [fuel.is_connected for fuel in seen.fuels] == [True, True]
            assert seen.fuels[0].power_w == 460
            assert seen.fuels[0].is_prepayment
            assert abs(seen.fuels[0].balance_mp - home.figures(home.esme).balance_mp) < 1000
        assert home.lab.top_up(INTERFACE, 0, home.token(METER, 1, 7))
        home.lab.pass_time(3)
        assert home.notice() == "Top-up accepted: £7.00"
        assert home.lab.top_up(INTERFACE, 1, home.token(GAS, 1, 9))
        home.lab.pass_time(3)
        assert home.notice() == "Sent: up to an hour"
        assert home.lab.han.stations[HUB].waiting(GAS) == 1
        for link in links.values():
            link.close()
        for kind, port in ports.items():
            about = boards.about(port)
            print(kind, about["heap_free"])
            assert about["device"].startswith(kind)
            assert int(about["heap_free"]) > 20_000
