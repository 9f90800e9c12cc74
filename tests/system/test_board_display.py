"""An IHD and a PPMID on emulated boards, of 128 KB of heap, in a household that is here."""

import pytest

from gbcs_host.boards import board
from gbcs_host.lab.lab import CHF, ESME, GSME, IHD, PPMID, Lab
from gbcs_host.links import open_link
from tests import emulated
from tests.firmware.home import POUND
from tests.system.test_household_devices import DISPLAY, GAS, HUB, INTERFACE, METER, Prepaid

pytest.importorskip("serial")


class Boarded(Prepaid):
    """The gas meter sleeps, and boards take their time: they come when it has been told all."""

    def __init__(self, open_device):
        lab = self.lab = Lab(14, radio=True, open_device=open_device)
        for kind, eui in ((CHF, HUB), (ESME, METER), (GSME, GAS)):
            lab.make(kind, eui)
        self._join(METER, GAS)
        self.esme, self.gsme = lab.han.meters[METER], lab.han.meters[GAS]
        self.set_up(POUND, POUND)
        lab.make(IHD, DISPLAY)
        lab.make(PPMID, INTERFACE)
        assert lab.tell(GAS, INTERFACE).is_success
        self._join(DISPLAY, INTERFACE)
        told = ((METER, DISPLAY), (METER, INTERFACE), (INTERFACE, METER), (INTERFACE, GAS))
        for whom, of in told:
            assert lab.tell(whom, of).is_success
        lab.pass_time(60)

    def _join(self, *euis):
        for eui in euis:
            assert self.lab.add_to_hub(HUB, eui).is_success
            assert self.lab.join(eui, HUB)


def test_displays_on_boards_show_and_top_up():
    with emulated.board() as one, emulated.board() as other:
        ports = {IHD: one, PPMID: other}
        for port in ports.values():
            board.start(port)
        links = {kind: open_link("serial:" + port) for kind, port in ports.items()}
        home = Boarded(links.get)
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
            about = board.about(port)
            assert about["device"].startswith(kind)
            assert int(about["heap_free"]) > 20_000
