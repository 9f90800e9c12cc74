"""A hub, both meters, an IHD and a PPMID on one HAN: what displays show against the meters."""

import pytest

from gbcs import message, payload
from gbcs_device.account import account
from gbcs_device.base import load, partners, view
from gbcs_device.base.figures import ARMED, OFF, ON
from gbcs_host.lab import compose
from gbcs_host.lab.lab import CHF, ESME, GSME, IHD, PPMID, Lab
from gbcs_host.lab.supply import AT_ONCE, charges
from tests.firmware.home import POUND, Home

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
            assert exchange.is_success, exchange.use_case
    return lab


@pytest.fixture(scope="module")
def lab():
    return household()


def test_the_joins_are_in_the_devices_logs_and_keys(lab):
    meters = lab.han.meters
    log = {
        eui: partners.entries(meters[eui].store.get("devices")) for eui in meters if eui != DISPLAY
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


# Prepayment at the PPMID


class Prepaid(Home):
    """The household with both meters in prepayment mode, as the tests of accounts set them."""

    def __init__(self, electricity_mp, gas_mp, make=household):
        self.lab = make(seed=14)
        self.esme, self.gsme = self.lab.han.meters[METER], self.lab.han.meters[GAS]
        self.set_up(electricity_mp, gas_mp)
        self.lab.pass_time(120)

    def set_up(self, electricity_mp, gas_mp):
        self.prepay(electricity_mp)
        values = {"credit_adjustment_value": gas_mp}
        assert self.lab.read("GCS40a", GAS, values).is_success
        values = {"proposed_payment_control_configuration": 0x0897, "cut_off_value": -1}
        assert self.lab.read("GCS03", GAS, values).answer is not None

    def seen(self, fuel, eui=INTERFACE):
        return self.lab.view(eui).fuels[fuel]

    def notice(self):
        return self.lab.view(INTERFACE).notice

    def gas_answers(self):
        """Waits until the gas meter, which sleeps, has answered."""
        begun = self.lab.now
        pending = self.lab.han.stations[INTERFACE].device
        while pending._pending and self.lab.now - begun < 2 * 3_600_000:
            self.lab.pass_time(10)
        self.lab.pass_time(10)
        return self.notice()


def test_a_top_up_of_the_electricity_meter_by_the_ppmid():
    home = Prepaid(POUND, POUND)
    before = home.figures(home.esme).balance_mp
    assert home.seen(0).is_prepayment
    assert abs(home.seen(0).balance_mp - before) < 1000
    digits = home.token(METER, 1, 7)
    assert home.lab.top_up(INTERFACE, 0, digits)
    home.lab.pass_time(3)
    assert home.notice() == "Top-up accepted: £7.00"
    after = home.figures(home.esme)
    assert abs(after.balance_mp - before - 7 * POUND) < 1000
    assert (after.top_ups[0].digits, after.top_ups[0].origin) == (digits, 2)
    assert abs(home.seen(0).balance_mp - after.balance_mp) < 100
    assert home.lab.top_up(INTERFACE, 0, digits)
    home.lab.pass_time(3)
    assert home.notice() == "Code used before"
    mistyped = digits[:-1] + (b"0" if digits[-1:] != b"0" else b"1")
    assert home.lab.top_up(INTERFACE, 0, mistyped)
    home.lab.pass_time(3)
    assert home.notice() == "Code not valid"
    with pytest.raises(ValueError, match="20 digits"):
        home.lab.top_up(INTERFACE, 0, digits[:-1])
    home.lab.pass_time(60)
    assert abs(home.seen(0, DISPLAY).balance_mp - home.figures(home.esme).balance_mp) < 1000


def test_a_top_up_of_the_gas_meter_by_the_ppmid():
    home = Prepaid(POUND, 3 * POUND)
    before = home.figures(home.gsme).balance_mp
    digits = home.token(GAS, 1, 9)
    assert home.lab.top_up(INTERFACE, 1, digits)
    home.lab.pass_time(3)
    assert home.notice() == "Sent: up to an hour"
    assert home.lab.han.stations[HUB].waiting(GAS) == 1
    assert home.gas_answers() == "Top-up accepted: £9.00"
    found = home.figures(home.gsme)
    assert (found.top_ups[0].digits, found.top_ups[0].origin) == (digits, 2)
    assert found.balance_mp > before + 8 * POUND
    home.lab.pass_time(1800)
    shown = home.seen(1).balance_mp
    assert shown > before + 7 * POUND
    assert abs(shown - home.figures(home.gsme).balance_mp) < 40_000  # reported half an hour ago
    assert home.lab.top_up(INTERFACE, 1, digits)
    assert home.gas_answers() == "Code used before"


def test_credit_runs_out_emergency_credit_arms_and_the_ppmid_enables():
    home = Prepaid(0, POUND)
    assert home.figures(home.esme).supply == OFF
    assert (home.seen(0).supply, home.seen(0).emergency) == (OFF, view.AVAILABLE)
    assert home.lab.enable(INTERFACE, 0)
    home.lab.pass_time(3)
    assert home.notice() == "Supply not armed"
    assert home.figures(home.esme).supply == OFF
    assert home.lab.emergency(INTERFACE, 0)
    home.lab.pass_time(3)
    assert home.notice() == "Emergency credit on"
    assert home.figures(home.esme).supply == ARMED
    assert (home.seen(0).supply, home.seen(0).emergency) == (ARMED, view.IN_USE)
    assert home.lab.enable(INTERFACE, 0)
    home.lab.pass_time(3)
    assert home.notice() == "Supply is on"
    assert home.figures(home.esme).supply == ON
    home.lab.pass_time(1200)
    assert (home.seen(0).supply, home.seen(0).emergency) == (ON, view.IN_USE)
    assert abs(home.seen(0).emergency_mp - home.figures(home.esme).emergency_mp) < 200


def test_emergency_credit_of_the_gas_meter_by_the_ppmid():
    home = Prepaid(POUND, 0)
    home.lab.pass_time(4000)
    assert home.figures(home.gsme).supply == OFF
    assert home.lab.emergency(INTERFACE, 1)
    assert home.gas_answers() == "Emergency credit on"
    assert home.figures(home.gsme).supply == ARMED
    assert not home.lab.enable(INTERFACE, 1)
    assert home.notice() == "Enable at gas meter"
    home.lab.pass_time(2400)
    assert (home.seen(1).supply, home.seen(1).emergency) == (ARMED, view.IN_USE)


# The control software of the PPMID


def test_a_ppmid_delivers_a_message_to_the_hub_which_passes_it_to_the_wan(lab):
    interface = lab.han.meters[INTERFACE]
    supplier = lab.parties["supplier"].eui
    composed = message.compose(message.ALERT, 900, INTERFACE, supplier, 0x1000, b"\x01\x02")
    octets = message.finish(composed, bytes(64))
    done = lab.deliver(INTERFACE, octets)
    assert (done.was_sent, done.to_wan, done.waits_for, done.answers) == (True, True, None, [])
    command = interface.emergency(GAS)
    done = lab.deliver(INTERFACE, command)
    assert (done.was_sent, done.to_wan, done.waits_for) == (True, False, GAS)


def test_a_device_of_the_han_answers_what_the_ppmid_delivers(lab):
    octets = lab.parties.command(lab.parties["supplier"], METER, 0x0090, b"", False)
    before = lab.han.stations[METER].handled
    done = lab.deliver(INTERFACE, octets)  # a replayed or forged command of a remote party
    assert (done.was_sent, done.to_wan) == (True, False)
    assert lab.han.stations[METER].handled == before + 1


@pytest.mark.parametrize("octets", [b"\x00", b"nonsense", bytes(200), b"\xdf\x09\x01" + bytes(30)])
def test_the_hub_survives_whatever_a_ppmid_delivers(lab, octets):
    done = lab.deliver(INTERFACE, octets)
    assert done.was_sent
    assert done.answers == []
    record = payload.Asn1("ReadFirmwareVersionCommand", (None, "NULL", None, None))
    assert lab.send("CS08", "access control broker", INTERFACE, record).is_success
    assert lab.view(INTERFACE).is_joined


def test_a_ppmid_that_is_off_delivers_nothing():
    lab = household(15)
    station = lab.han.stations[INTERFACE]
    station.power_off()
    assert not lab.deliver(INTERFACE, b"nothing").was_sent


# What a supplier sets


def test_a_price_that_is_set_and_a_message_that_is_sent_appear(lab):
    supplier = lab.parties["supplier"]
    record = compose.access_request(
        "ECS01b", supplier.counter + 1, {"unit_charge_activation_time": AT_ONCE},
        supplier.eui, METER,
    )  # fmt: skip
    now = (None, "octet-string", AT_ONCE, None)
    changes = {0: charges(-4, [(b"", 6000)]), 1: charges(-5, [(b"\x01", 30_000)]), 2: now, 3: now}
    for number, one in changes.items():
        record.items[number] = (*record.items[number][:-1], one)
    assert lab.send("ECS01b", supplier, METER, record).is_success
    assert lab.read("ECS10", METER, {"value": b"Prices have changed"}).is_success
    lab.pass_time(15)
    for eui in (DISPLAY, INTERFACE):
        fuel = lab.view(eui).fuels[0]
        assert (fuel.price_mp, fuel.standing_mp) == (30_000, 60_000)
        assert fuel.cost_now_mp == 13_800
        (message,) = [one for one in lab.view(eui).messages if one.fuel == 0]
        assert message.text == "Prices have changed"
    assert message.needs_confirmation
    assert lab.confirm(DISPLAY, message.number)
    lab.pass_time(5)
    (shown,) = [one for one in lab.view(DISPLAY).messages if one.fuel == 0]
    assert shown.is_confirmed


def test_a_meter_that_is_off_is_not_connected_and_comes_back(lab):
    lab.han.switch_off(METER)
    lab.pass_time(90)
    for eui in (DISPLAY, INTERFACE):
        assert [one.is_connected for one in lab.view(eui).fuels] == [False, True]
    lab.han.switch_on(METER, HUB)
    lab.pass_time(120)
    for eui in (DISPLAY, INTERFACE):
        assert [one.is_connected for one in lab.view(eui).fuels] == [True, True]
