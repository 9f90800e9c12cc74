"""What displays read and are told, over the air: the clusters of ESME and GPF.

What a supplier sets by GBCS is what a display then reads.
"""

import pytest

from gbcs.zcl.codes import SPECIFIC
from gbcs_host.lab import supply
from gbcs_host.lab.supply import AT_ONCE, charges
from tests.display import GAS, GPF_ENDPOINT, HUB, METER, Home

PRICE, METERING, MESSAGING, PREPAYMENT, CALENDAR, MANAGEMENT = (
    0x0700, 0x0702, 0x0703, 0x0705, 0x0707, 0x0708,
)  # fmt: skip
PREPAID = 0x0897  # the payment control configuration of GCS03 in RTDS


@pytest.fixture
def home():
    return Home().ask_for_a_key()


def number(value):
    """An attribute's number, of "TTxxxxxx"."""
    octets = bytes.fromhex(value)
    found = int.from_bytes(octets[1:], "little")
    is_negative = 0x28 <= octets[0] < 0x30 and octets[-1] & 0x80
    return found - (1 << 8 * (len(octets) - 1)) if is_negative else found


def command(home, use_case, values=None, data=None, meter=METER):
    """A command of the supplier; `data` are fields for items, by their number."""
    if not data:
        return home.lab.read(use_case, meter, values)
    return supply.electricity(home.lab, meter, use_case, values, data)


def to_gas(home, use_case, *commands):
    """A command of clusters to the gas meter: (cluster, command, payload in hex), each."""
    said = [(cluster, one, 0x09, bytes.fromhex(octets)) for cluster, one, octets in commands]
    return supply.gas(home.lab, GAS, use_case, *said)


# Who gets answers


def test_without_a_partner_link_key_nothing_is_answered():
    home = Home()
    assert home.electricity(METERING, 0x0000) is None  # there is no key to ask with
    frame = bytes((0, 1, 0)) + b"\x00\x00"
    short = home.esme.nwk.short
    home.display.aps.send(short, (1, 1), METERING, frame, home.lab.now, None)
    home.let_go()
    assert home.display.values == {}
    assert home.esme.nwk.dropped["a cluster that needs a link key"] == 1
    home.ask_for_a_key()
    assert home.electricity(METERING, 0x0300) == ["3000"]


def test_the_clusters_are_announced(home):
    assert set(home.esme.endpoints[1][1]) >= {
        0x0000, PRICE, METERING, MESSAGING, PREPAYMENT, CALENDAR, MANAGEMENT,
    }  # fmt: skip
    assert set(home.hub.endpoints[GPF_ENDPOINT][1]) >= {
        PRICE, MESSAGING, PREPAYMENT, CALENDAR, MANAGEMENT,
    }  # fmt: skip
    assert METERING in home.hub.endpoints[home.mirror][1]


def test_basic_and_time_need_no_key():
    home = Home()
    maker, model = home.electricity(0x0000, 0x0004, 0x0005)
    assert bytes.fromhex(maker) == b"\x42\x08gbcs-lab"
    assert bytes.fromhex(model) == b"\x42\x04ESME"
    (model,) = home.read(home.hub.eui, 1, 0x0000, 0x0005)
    assert bytes.fromhex(model) == b"\x42\x03GPF"
    (time,) = home.read(home.hub.eui, 1, 0x000A, 0x0000)
    assert abs(number(time) - home.lab.now // 1000) <= 2


# Attributes: what is read is what the meter counts


def test_an_electricity_meter_is_read(home):
    home.lab.pass_time(3600)
    power, unit, multiplier, divisor = home.electricity(METERING, 0x0400, 0x0300, 0x0301, 0x0302)
    assert (number(power), unit, number(multiplier), number(divisor)) == (460, "3000", 1, 1000)
    register, day, week = home.electricity(METERING, 0x0000, 0x0401, 0x0430)
    assert (
        number(day) == number(week) == number(register) - 200
    )  # what it stood at, out of the box
    assert 460 <= number(day) <= 500
    (cost,) = home.electricity(PREPAYMENT, 0x051C)
    assert abs(number(cost) - number(day) * 24_500 / 1000) < 30
    assert home.electricity(PRICE, 0x0301, 0x0410) == ["2308cf0000", "23b45f0000"]
    assert home.electricity(PREPAYMENT, 0x0000, 0x0001) == ["19940c", ""]


def test_a_gas_meter_is_read_at_the_hub(home):
    home.lab.pass_time(2000)
    (volume,) = home.gas(METERING, 0x0000, endpoint=home.mirror)
    assert 12_345 + 400 <= number(volume) <= 12_345 + 410
    unit, kind, energy = home.gas(METERING, 0x0300, 0x0306, 0x0C01, endpoint=home.mirror)
    assert (unit, kind) == ("3001", "1880")
    # 39.5 MJ/m3, 1.02264
    assert abs(number(energy) - (number(volume) - 12_345) * 39.5 * 1.02264 / 3.6) < 15
    assert home.gas(PRICE, 0x0301, 0x0302, 0x0304, 0x0400) == [
        "234c770000", "23788f0100", "238b010000", "23701a0000",
    ]  # fmt: skip
    (cost,) = home.gas(PREPAYMENT, 0x051C)
    assert abs(number(cost) - number(energy) * 6_768 / 1000) < 10
    assert home.gas(PREPAYMENT, 0x0001, 0x0503) == ["", "213a03"]


# What is set is shown, within seconds


def test_another_price_is_told_and_read(home):
    home.ask(METER, 1, PRICE, 0x00, "01")
    home.display.heard = []
    data = {0: charges(-4, [(b"", 6000)]), 1: charges(-5, [(b"\x01", 30_000)])}
    fields = {2: (None, "octet-string", AT_ONCE, None), 3: (None, "octet-string", AT_ONCE, None)}
    assert command(home, "ECS01b", data=data | fields).is_success
    heard = {(cluster, identifier): payload for cluster, identifier, payload in home.display.heard}
    assert heard[PRICE, 0x00][44:60] == "ffff30750000ffff"
    assert heard[PRICE, 0x04].endswith("60ea0000ff010000e80300")
    assert heard[PRICE, 0x05].endswith("0130750000")
    assert home.electricity(PRICE, 0x0301, 0x0410) == ["2360ea0000", "2330750000"]


def test_a_message_is_told_acknowledged_and_taken_back(home):
    home.ask(METER, 1, MESSAGING, 0x00)
    assert home.display.defaults == [(MESSAGING, 0x00, 0x8B)]
    assert command(home, "ECS10", {"value": b"Power cut on Sunday"}).is_success
    ((cluster, identifier, shown),) = home.display.heard
    assert (cluster, identifier) == (MESSAGING, 0x00)
    assert bytes.fromhex(shown[22:]) == b"\x13Power cut on Sunday"
    assert shown[8:22] == "8000000000ffff"
    home.lab.alerts_of(METER)
    home.display.defaults = []
    home.ask(METER, 1, MESSAGING, 0x01, shown[:8] + "00000000")
    assert home.display.defaults == [(MESSAGING, 0x01, 0x00)]
    (alert,) = home.lab.alerts_of(METER)
    assert alert.is_clean
    assert alert.payload.body[2][0][2] == 0x81A6
    home.display.heard = []
    assert command(home, "ECS10", {"value": b""}).is_success
    assert home.display.heard == [(MESSAGING, 0x01, shown[:8] + "00")]


def prepay(home, credit_mp):
    for done in supply.electricity_prepaid(home.lab, METER, credit_mp):
        assert done.is_success


def test_credit_runs_out_and_the_display_is_told_that_the_supply_is_off(home):
    home.ask(METER, 1, PRICE, 0x00, "01")
    prepay(home, 20_000)
    status, balance = home.electricity(PREPAYMENT, 0x0000, 0x0001)
    assert status == "19970c"
    assert 0 < number(balance) < 20_000
    assert home.electricity(METERING, 0x0A00) == [""]
    home.display.heard = []
    home.lab.pass_time(2 * 3600)  # 0.82 kWh
    off = [payload for cluster, command, payload in home.display.heard if command == 0x0C]
    assert [one[-2:] for one in off] == ["00"]
    assert home.electricity(METERING, 0x0014) == ["3000"]
    assert home.electricity(PREPAYMENT, 0x0003)[0][-2:] in ("4c", "6c", "4e")
    home.display.defaults = []
    home.ask(METER, 1, PREPAYMENT, 0x00, "0000000002")
    assert home.display.defaults == [(PREPAYMENT, 0x00, 0x00)]
    (remaining,) = home.electricity(PREPAYMENT, 0x0002)
    assert number(remaining) == 500_000
    assert home.electricity(METERING, 0x0014) == ["3001"]  # armed
    heard = home.ask(METER, 1, METERING, 0x0C, "02")
    assert (METERING, 0x0C) in [one[:2] for one in heard]
    assert home.electricity(METERING, 0x0014) == ["3002"]


def test_a_token_is_taken_once(home):
    prepay(home, 1_000_000)
    digits = supply.token(home.lab, METER, 1, 5).encode()
    before = number(home.electricity(PREPAYMENT, 0x0001)[0])
    heard = home.ask(METER, 1, PREPAYMENT, 0x04, "0214" + digits.hex())
    answer = next(octets for _, identifier, octets in heard if identifier == 0x03)
    assert answer[:12] == "0020a1070002"
    balance = int.from_bytes(bytes.fromhex(answer[12:]), "little")
    assert 490_000 <= balance - before <= 500_000
    again = home.ask(METER, 1, PREPAYMENT, 0x04, "0214" + digits.hex())
    assert [one[2][:2] for one in again if one[1] == 0x03] == ["02"]
    assert home.electricity(PREPAYMENT, 0x0101, 0x0103) == [
        "2b20a10700", "4114" + digits.hex(),
    ]  # fmt: skip
    ((_, _, log),) = home.ask(METER, 1, PREPAYMENT, 0x08, "0000000000")
    assert log.startswith("000114" + digits.hex() + "20a10700")


# Gas, by way of the hub


TARIFF = (
    "00000000" "01000000" "01000000" "00000000" "00" "06" + b"Summer".hex() + "00" "00" "00"
    "3A03" "50" "10270000" "FF" "010000" "E80300"
)  # fmt: skip
MATRIX = "0000000001000000000000000100000000010100E02E0000"


def test_what_is_set_on_the_gas_meter_is_shown_at_the_hub(home):
    home.ask(home.hub.eui, GPF_ENDPOINT, PRICE, 0x00, "01")
    assert home.ask(home.hub.eui, GPF_ENDPOINT, PRICE, 0x06, "00" * 10) == []
    home.display.heard = []
    assert to_gas(home, "GCS01b", (PRICE, 0x04, TARIFF), (PRICE, 0x05, MATRIX)).is_success
    home.lab.pass_time(5)
    heard = {one[:2]: one[2] for one in home.display.heard}
    assert heard[PRICE, 0x04] == TARIFF.lower()  # as it passed through the hub
    assert heard[PRICE, 0x05] == MATRIX.lower()
    assert "e02e0000" in heard[PRICE, 0x00]  # as the meter reported before it slept again
    asked = home.ask(home.hub.eui, GPF_ENDPOINT, PRICE, 0x06, "00" * 10)
    assert asked == [(PRICE, 0x04, TARIFF.lower())]
    assert home.gas(PRICE, 0x0301, 0x0400) == ["2310270000", "23e02e0000"]
    assert home.gas(PRICE, 0x0610) == ["4106" + b"Summer".hex()]


def test_a_message_for_gas_is_told_and_survives_a_restart(home):
    home.ask(home.hub.eui, GPF_ENDPOINT, MESSAGING, 0x00)
    message = "80443B1C8000000000FFFF03" + b"Gas".hex()
    assert to_gas(home, "GCS07", (MESSAGING, 0x00, message)).is_success
    assert (MESSAGING, 0x00, message.lower()) in home.display.heard
    home.lab.restart(HUB)
    home.lab.pass_time(10)
    asked = home.ask(home.hub.eui, GPF_ENDPOINT, MESSAGING, 0x00)
    assert asked == [(MESSAGING, 0x00, message.lower())]
    home.display.defaults = []
    home.ask(home.hub.eui, GPF_ENDPOINT, MESSAGING, 0x01, "80443b1c01000000")
    assert home.display.defaults == [(MESSAGING, 0x01, 0x00)]
    assert home.hub.store.get("gpf/confirmed")[:4] == bytes.fromhex("1C3B4480")


def test_after_a_restart_the_mirror_is_filled_again(home):
    home.lab.pass_time(100)
    before = dict(home.hub.mirrors[GAS])
    assert len(before) > 20
    home.lab.restart(HUB)
    assert home.hub.mirrors[GAS] == {}
    home.lab.pass_time(1900)
    assert home.hub.mirrors[GAS].keys() == before.keys()


def test_what_the_gas_meter_refuses_is_not_shown(home):
    meter = home.lab.han.meters[GAS]
    meter.faults["C", MESSAGING, 8, 0x00] = 0x85
    message = "80443B1C0000000000FFFF03" + b"Gas".hex()
    assert not to_gas(home, "GCS07", (MESSAGING, 0x00, message)).is_success
    assert home.ask(home.hub.eui, GPF_ENDPOINT, MESSAGING, 0x00) == []


def test_the_supplier_of_gas(home):
    octets = (
        "00000000" "80443B1C" "00" "00000000" "00000000" "00180000"
        "04" + b"E-ON".hex() + "0D" + b"0333 202 4650".hex()
    )  # fmt: skip
    assert to_gas(home, "GCS44", (MANAGEMENT, 0x01, octets)).is_success
    assert home.gas(MANAGEMENT, 0x0101, 0x0102) == [
        "4104" + b"E-ON".hex(), "410d" + b"0333 202 4650".hex(),
    ]  # fmt: skip


def test_a_gas_meter_in_prepayment_mode(home):
    home.ask(home.hub.eui, GPF_ENDPOINT, PRICE, 0x00, "01")
    values = {"credit_adjustment_value": 500_000}
    assert home.lab.read("GCS40a", GAS, values).is_success
    values = {"proposed_payment_control_configuration": PREPAID, "cut_off_value": -1}
    assert home.lab.read("GCS03", GAS, values).is_success
    home.lab.pass_time(5)
    mode, balance = home.gas(PREPAYMENT, 0x0000, 0x0001)
    assert number(mode) & 2
    assert 0 < number(balance) <= 500_000
    assert home.gas(METERING, 0x0A00, endpoint=home.mirror) == [""]
    home.lab.pass_time(1800)
    assert number(home.gas(PREPAYMENT, 0x0001)[0]) < number(balance)


def test_a_display_that_has_gone_is_told_nothing_and_harms_nothing(home):
    home.ask(METER, 1, PRICE, 0x00, "01")
    home.lab.han.switch_off(home.display.eui)
    assert command(home, "ECS10", {"value": b"Anybody?"}).is_success
    home.lab.pass_time(60)
    assert home.lab.read("ECS17b", METER).is_success


def test_a_command_of_another_form_is_dropped(home):
    home.ask(METER, 1, PREPAYMENT, 0x04, "0214")
    assert home.esme.nwk.dropped["a command of another form"] == 1
    home.display.defaults = []
    ends = (1, 1)
    home.display.zcl(METER, ends, PRICE, SPECIFIC, 0x77, b"", home.lab.now)
    home.let_go()
    assert home.display.defaults == [(PRICE, 0x77, 0x81)]
