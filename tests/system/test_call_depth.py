"""How deep the calls of a station go, of which a board's C stack of 8 KB holds few.

Counted are calls of Python functions of protocol and firmware, from the station's `receive` or
`handle_timer`, which counts as one, down to where the device or its account begins: those rooms
have their own share.
"""

import sys

import pytest

from gbcs_device.messages.device import Device
from tests.system.test_household_devices import DISPLAY, GAS, HUB, INTERFACE, METER, household

MOST_TO_DEVICE = 4
MOST = 16
_ROOMS = ("/protocol/gbcs/", "/firmware/gbcs_device/")
_OF_THE_DEVICE = ("/gbcs_device/messages/", "/gbcs_device/account/", "/gbcs_device/usecases/")
_ENTRIES = ("receive", "handle_timer", "deliver", "receive_command")


class Depths:
    """Notes the deepest calls while it is entered, as names, the outermost first."""

    def __init__(self):
        self.deepest = ()
        self.to_device = ()
        self._calls = []
        self._base = None
        self._kinds = {}

    def __enter__(self):
        sys.setprofile(self._profile)
        return self

    def __exit__(self, *error):
        sys.setprofile(None)

    def _kind(self, code):
        """0 for a frame that is not counted, 1 for one of a station, 2 for one of its device."""
        kind = self._kinds.get(code)
        if kind is None:
            name = code.co_filename
            kind = int(any(room in name for room in _ROOMS))
            if kind and any(room in name for room in _OF_THE_DEVICE):
                kind = 2
            self._kinds[code] = kind
        return kind

    def _profile(self, frame, event, argument):
        code = frame.f_code
        calls = self._calls
        if event == "call":
            if self._base is None:
                if code.co_name not in _ENTRIES or "/gbcs_device/han/" not in code.co_filename:
                    return
                self._base = frame
                calls.clear()
            calls.append(code)
            kinds = [self._kind(each) for each in calls]
            if kinds[-1] == 0 or 2 in kinds[:-1]:
                return
            counted = [each for each, kind in zip(calls, kinds, strict=True) if kind]
            if kinds[-1] == 1 and len(counted) > len(self.deepest):
                self.deepest = tuple(each.co_qualname for each in counted)
            if code is Device.receive.__code__ and len(counted) > len(self.to_device):
                self.to_device = tuple(each.co_qualname for each in counted)
        elif event == "return" and self._base is not None:
            if frame is self._base:
                self._base = None
            elif calls:
                calls.pop()


@pytest.fixture(scope="module")
def depths():
    """A household is set up, and for a while meters are read, and displays follow them."""
    with Depths() as noted:
        lab = household()
        lab.pass_time(2400)
        for code, eui in (("ECS17b", METER), ("ECS70", METER), ("GCS13a", GAS)):
            assert lab.read(code, eui).is_success
        assert lab.emergency(INTERFACE, 1)
        lab.han.switch_off(DISPLAY)
        lab.han.switch_on(DISPLAY, HUB)
        lab.pass_time(2400)
    return noted


def test_a_device_gets_its_message_at_the_top(depths):
    assert depths.to_device[-1] == "Device.receive"
    assert len(depths.to_device) <= MOST_TO_DEVICE, depths.to_device


def test_whatever_a_station_does_itself_is_shallow(depths):
    """Joining, key establishment, tunnels, mirrors, publications, reports."""
    assert len(depths.deepest) <= MOST, depths.deepest
