"""A simulated home with hub, meters and one display, whose clock follows the real one.

The home is installed, and three days of load pass, when it is made. From then on a person uses the
display; `speed` is how many simulated seconds pass in a real one.
"""

import time
from collections.abc import Callable

from gbcs_device.account import account
from gbcs_device.base import kind_rows, load
from gbcs_device.base.view import View
from gbcs_device.display.actions import want
from gbcs_host.lab import supply
from gbcs_host.lab.lab import CHF, ESME, GSME, Lab

_HUB = bytes.fromhex("00DB1234567890B2")
_ESME = bytes.fromhex("00DB1234567890A0")
_GSME = bytes.fromhex("00DB1234567890A1")
_DISPLAY = bytes.fromhex("00DB1234567890A4")
_POUND = 100_000
_LIVED_IN_S = 3 * 86400 + 9 * 3600
_TOKENS = ((_ESME, 1, 10), (_ESME, 2, 20), (_GSME, 1, 15))
_MOST_S = 600.0  # of simulated time in one call of `view`, so that no call takes long
# Hundredths of the rate in each half hour: asleep, breakfast, a day, cooking, an evening
_PROFILE = bytes([30] * 13 + [180] * 4 + [70] * 16 + [250] * 5 + [150] * 8 + [60] * 2)


class Home:
    """A home with an IHD in credit mode, or with a PPMID in prepayment mode.

    `tokens` are the fuel, digits and pounds of UTRNs for it. `clock` gives seconds.
    """

    def __init__(
        self, kind: str, seed: int, speed: float, clock: "Callable[[], float]" = time.monotonic
    ) -> None:
        self.lab = lab = Lab(seed, radio=True)
        self._clock = clock
        self._speed = speed
        lab.make(CHF, _HUB)
        for device_kind, eui in ((ESME, _ESME), (GSME, _GSME), (kind, _DISPLAY)):
            lab.make(device_kind, eui)
            lab.add_to_hub(_HUB, eui)
            lab.join(eui, _HUB)
        lab.introduce(_ESME, _DISPLAY)
        for eui, rates in ((_ESME, {load.IMPORT: 620}), (_GSME, {load.GAS: 700})):
            device = lab.han.meters[eui]
            device.store.write(account.set_load(device, rates, lab.now, _PROFILE))
        lab.han.switch_off(_DISPLAY)
        lab.pass_time(_LIVED_IN_S)
        lab.han.switch_on(_DISPLAY, _HUB)
        supply.electricity_message(lab, _ESME, "Welcome home. Press OK to confirm this.")
        self.tokens: list[tuple[str, str, int]] = []  # fuel, digits, pounds
        if kind_rows.find(kind).can_act:
            self._prepay()
        lab.pass_time(60)
        self._last = clock()

    def _prepay(self) -> None:
        lab = self.lab
        lab.introduce(_GSME, _DISPLAY)
        balance = account.figures(lab.han.meters[_ESME], lab.now).balance_mp
        supply.electricity_prepaid(lab, _ESME, 5 * _POUND - balance)
        supply.gas_prepaid(lab, _GSME, 5 * _POUND)
        for eui, number, pounds in _TOKENS:
            fuel = "electricity" if eui == _ESME else "gas"
            self.tokens.append((fuel, supply.token(lab, eui, number, pounds), pounds))

    def view(self) -> View:
        """The view of the display, after the time since the last call has passed in the home."""
        now = self._clock()
        passed = min((now - self._last) * self._speed, _MOST_S)
        self._last = now
        self.lab.pass_time(passed)
        return self.lab.view(_DISPLAY)

    def want(self, intent: "tuple[str | int, ...]") -> bool:
        """Carries out an intent of gbcs_device.display.navigation; False where it cannot."""
        station = self.lab.han.stations[_DISPLAY]
        was_possible = want(station, intent, self.lab.now)
        self.lab.han.air.touch(station)
        self.lab.pass_time(0.5)
        return was_possible
