"""A hub, both meters, an IHD and a PPMID on one HAN: what displays show against the meters."""

import pytest

from gbcs_device import joining
from gbcs_host.lab import CHF, ESME, GSME, IHD, PPMID, Lab

HUB = bytes.fromhex("00DB1234567890B2")
METER = bytes.fromhex("00DB1234567890A0")
GAS = bytes.fromhex("00DB1234567890A1")
DISPLAY = bytes.fromhex("00DB1234567890A4")
INTERFACE = bytes.fromhex("00DB1234567890A5")
ELECTRICITY_FUEL, GAS_FUEL = 0, 1


def household(seed=9, **how):
    lab = Lab(seed, radio=True, **how)
    kinds = ((CHF, HUB), (ESME, METER), (GSME, GAS), (IHD, DISPLAY), (PPMID, INTERFACE))
    for kind, eui in kinds:
        lab.make(kind, eui)
    for eui in (METER, GAS, DISPLAY, INTERFACE):
        assert lab.add_to_hub(HUB, eui).is_success
        assert lab.join(eui, HUB), eui.hex()
    for one, other in ((METER, INTERFACE), (GAS, INTERFACE), (METER, DISPLAY)):
        for exchange in lab.introduce(one, other):
            assert exchange.is_success, exchange.what
    return lab


@pytest.fixture(scope="module")
def lab():
    return household()


def test_the_joins_are_in_the_devices_logs_and_keys(lab):
    meters = lab.han.meters
    log = {
        eui: joining.entries(meters[eui].store.get("devices")) for eui in meters if eui != DISPLAY
    }
    assert log[METER] == [(INTERFACE, 5), (DISPLAY, 6)]
    assert log[GAS] == [(INTERFACE, 5)]
    assert sorted(log[INTERFACE]) == [(METER, 1), (GAS, 0)]
    for one, other in ((GAS, INTERFACE), (INTERFACE, GAS)):
        certificate = lab.pki.device(other, "ka").parsed
        assert meters[one].store.get("device/ka/" + other.hex()) == certificate.public_key


def test_both_displays_show_both_fuels(lab):
    lab.pass_time(2400)
    for eui in (DISPLAY, INTERFACE):
        seen = lab.view(eui)
        assert seen.is_joined
        assert seen.signal == 5
        assert seen.time == lab.now // 1000
        for fuel in seen.fuels:
            assert fuel.is_connected
            assert fuel.is_prepayment is False
            assert None not in (fuel.reading, fuel.price_mp, fuel.standing_mp, fuel.bill_mp)
        electricity, gas = seen.fuels
        assert electricity.power_w == 460
        assert electricity.price_mp == 24_500
        assert electricity.cost_now_mp == 11_270
        assert gas.price_mp == 6_768
        assert gas.tariff == "Lab tariff"
