"""A hub, both meters, an IHD and a PPMID on one HAN: what displays show against the meters."""

import pytest

from gbcs_device import account, joining, load
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


# A month


class Registers:
    """The meters' registers at the moments at which their figures were given away."""

    def __init__(self, lab):
        self.lab = lab
        self.electricity = {}  # by cluster and attribute
        self.gas = None
        self.esme, self.gsme = lab.han.meters[METER], lab.han.meters[GAS]
        esme, gsme = lab.han.stations[METER], lab.han.stations[GAS]
        self._attribute, self._report = esme.attribute, gsme._report
        esme.attribute, gsme._report = self._read, self._reported

    def _read(self, cluster, identifier, now, endpoint=0):
        self.electricity[cluster, identifier] = account.figures(self.esme, now)
        return self._attribute(cluster, identifier, now, endpoint)

    def _reported(self, now):
        self.gas = account.figures(self.gsme, now)
        self._report(now)


def periods(found, place):
    """Today, yesterday, this week, this month of energy (0) or cost (1)."""
    days = [*found.days, (None, None)]
    return [days[0][place], days[1][place], found.weeks[0][place], found.months[0][place]]


def profile(seed):
    """Hundredths of the rate in each half hour: a night, a morning, an evening."""
    return bytes((37 * half_hour * seed + 11) % 180 + 5 for half_hour in range(48))


def test_for_a_month_the_display_is_at_the_meters_registers():
    lab = household(12)
    registers = Registers(lab)
    for eui, rates, seed in ((METER, {load.IMPORT: 733}, 3), (GAS, {load.GAS: 911}, 5)):
        device = lab.han.meters[eui]
        device.store.write(account.set_load(device, rates, lab.now, profile(seed)))
    lab.han.switch_off(INTERFACE)
    steps = 0
    last = None
    for _ in range(31 * 4):
        lab.han.switch_off(DISPLAY)
        lab.pass_time(6 * 3600 - 45)
        lab.han.switch_on(DISPLAY, HUB)
        lab.pass_time(45)
        seen = lab.view(DISPLAY)
        shown, gas = seen.fuels
        assert shown.is_connected
        assert gas.is_connected
        at = registers.electricity
        assert shown.reading == at[0x0702, 0x0000].import_wh
        assert shown.power_w == at[0x0702, 0x0400].power_w
        assert shown.used_wh == periods(at[0x0702, 0x0440], 0)
        assert shown.cost_mp == periods(at[0x0705, 0x0540], 1)
        assert shown.bill_mp == at[0x0702, 0x0A00].bill_mp
        assert gas.reading == registers.gas.litres
        assert gas.used_wh == periods(registers.gas, 0)
        assert gas.cost_mp == periods(registers.gas, 1)
        assert gas.bill_mp == registers.gas.bill_mp
        if last is not None:
            assert shown.reading > last
        last = shown.reading
        steps += 1
    assert steps == 124
