"""A GSME's account: energy by calorific value, modes, tokens, debt, the valve, what reads give."""

import pytest
from home import DAY_S, GSME, HOUR_S, POUND, Home

from gbcs_device.account import account
from gbcs_device.base.figures import ARMED, OFF, ON
from gbcs_host.lab import compose, supply

PREPAYMENT, CREDIT = 0x0897, 0x0C94  # as in GCS03 and GCS02 of RTDS
GAS_STANDING_MP = 30_540
PRICE, PREPAY = 0x0700, 0x0705
NOT_CHANGED = -1


@pytest.fixture
def home():
    return Home()


def sent(home, use_case, *commands):
    """A GBZ command of the supplier: (cluster, command, direction, payload in hex), each."""
    said = [(*head, bytes.fromhex(payload)) for *head, payload in commands]
    return supply.gas(home.lab, GSME, use_case, *said)


def prepay(home, credit_mp):
    values = {"credit_adjustment_value": credit_mp}
    assert home.lab.read("GCS40a", GSME, values).is_success
    values = {"proposed_payment_control_configuration": PREPAYMENT, "cut_off_value": NOT_CHANGED}
    done = home.lab.read("GCS03", GSME, values)
    assert names(done) == ["ChangePaymentModeResponse"]
    return done


def names(done):
    return [one.name for one in done.payload.components]


def values(component):
    return {one[0]: one[2] for one in component.fields}


def test_gas_is_billed_by_its_energy(home):
    home.until("20260107060000")
    found = home.figures(home.gsme)
    # 800 l/h, 39.5 MJ/m3, 1.02264: 0.8 * 39.5 * 1.02264 / 3.6 = 8.97650666... kWh an hour
    assert found.litres == 12_345 + 45 * 800
    assert found.import_wh == 45 * 8_976_506_666 // 1_000_000
    used = [6, 24, 15]
    for (energy, cost), hours, standing in zip(found.days, used, (1, 1, 0), strict=True):
        assert abs(energy - hours * 8976.506667) < 1
        assert abs(cost - standing * GAS_STANDING_MP - hours * 8.976506667 * 6768) < 1
    assert sum(energy for energy, _ in found.days) == found.import_wh
    assert sum(cost for _, cost in found.days) == found.bill_mp
    assert found.bill_mp == 45 * 60_752_997_120 // 1_000_000 + 2 * GAS_STANDING_MP
    assert (found.calorific_value, found.calorific_digits) == (395, 1)
    assert (found.conversion_factor, found.conversion_digits) == (102_264, 5)


def test_another_calorific_value_counts_from_then_on(home):
    home.until("20260106000000")
    before = home.figures(home.gsme).import_wh
    done = sent(
        home,
        "GCS23",
        (PRICE, 0x02, 0x09, "0100000000000000788F010050"),
        (PRICE, 0x03, 0x09, "0100000000000000800100000110"),  # 38.4 MJ/m3
    )
    assert done.is_success
    second = home.figures(home.gsme)
    home.lab.pass_time(100 * HOUR_S)
    used = home.figures(home.gsme).import_wh - second.import_wh
    assert abs(used - 100 * 800 * 38.4 * 1.02264 / 3.6) < 1
    assert second.import_wh - before <= 3


def test_a_prepayment_meter_runs_out_and_is_topped_up_by_its_supplier(home):
    done = prepay(home, POUND)
    said = values(done.payload.components[0])
    assert (said["emergency_credit_limit"], said["emergency_credit_threshold"]) == (
        5 * POUND, POUND
    )  # fmt: skip
    home.lab.pass_time(2 * HOUR_S)  # 60,753 an hour
    found = home.figures(home.gsme)
    assert (found.supply, found.balance_mp, found.is_prepayment) == (OFF, 0, True)
    assert home.alerts(GSME) == [0x810D, 0x8119, 0x8F0F]
    index = found.litres
    digits = home.token(GSME, 1, 1250, 0)
    done = by_supplier(home, digits, 1 << 32)
    assert values(done.payload.components[0]) == {
        "result_type": 0x12,
        "top_up_value": 1_250_000,
        "source_of_top_up": 0,
        "credit_remaining": 1_250_000,
    }
    assert home.alerts(GSME) == [0x8F32]
    done = by_supplier(home, digits, (1 << 32) + 1)
    assert values(done.payload.components[0])["result_type"] == 1  # another counter's
    done, changes = account.enable_supply(home.gsme, home.lab.now)
    home.gsme.store.write(changes)
    assert done
    home.lab.pass_time(HOUR_S)
    found = home.figures(home.gsme)
    assert found.litres - index == 800
    assert abs(found.balance_mp - 1_250_000 + 60_753) <= 1


def by_supplier(home, digits, counter):
    """CS01b, its counter that of the token."""
    record = compose.gbz_command("CS01b", {"top_up_code": digits})
    supplier = home.lab.parties["supplier"]
    return home.lab.send("CS01b", supplier, GSME, record, counter=counter)


def test_a_token_of_the_supplier_leaves_its_other_commands_valid(home):
    prepay(home, 0)
    digits = home.token(GSME, 5, 10)
    assert values(by_supplier(home, digits, 5 << 32).payload.components[0])["result_type"] == 0x12
    assert values(by_supplier(home, digits, 5 << 32).payload.components[0])["result_type"] == 2
    assert home.lab.read("GCS60a", GSME).is_success


def test_a_mode_with_a_date_is_answered_and_kept(home):
    at = home.lab.now // 1000 + HOUR_S
    values = {"proposed_payment_control_configuration": PREPAYMENT, "cut_off_value": NOT_CHANGED}
    values["implementation_date_time"] = at
    assert names(home.lab.read("GCS03", GSME, values)) == ["ChangePaymentModeResponse"]
    assert not home.figures(home.gsme).is_prepayment
    home.lab.pass_time(HOUR_S)
    assert home.figures(home.gsme).is_prepayment
    assert home.alerts(GSME)[-1] == 0x8F66


def test_the_bill_and_the_balance_are_apart(home):
    home.until("20260106000000")
    bill = home.figures(home.gsme).bill_mp
    assert home.lab.read("GCS40c", GSME, {"credit_adjustment_value": POUND}).is_success
    home_bill = home.figures(home.gsme).bill_mp
    assert abs(home_bill - bill + POUND) < 100
    assert home.figures(home.gsme).balance_mp == 0
    assert home.lab.read("GCS40d", GSME, {"credit_adjustment_value": 0}).is_success
    assert home.figures(home.gsme).bill_mp < 100
    assert home.lab.read("GCS40a", GSME, {"credit_adjustment_value": 77}).is_success
    assert home.figures(home.gsme).balance_mp == 77
    assert home.lab.read("GCS40b", GSME, {"credit_adjustment_value": 0}).is_success
    assert home.figures(home.gsme).balance_mp == 0


def test_emergency_credit_is_activated_remotely_when_it_is_offered(home):
    assert home.lab.read("GCS06", GSME).payload.components[0].fields[1][2] == 1  # failure
    prepay(home, 0)
    for _ in range(2):
        assert home.lab.read("GCS06", GSME).is_success
    assert home.figures(home.gsme).supply == ARMED


def test_debts_of_a_gas_meter(home):
    begin = "0100000000"
    done = sent(
        home,
        "GCS04",
        (PREPAY, 0x02, 0x01, begin + "60EA0000" "00" "01" "00000000" "0000" "01" "307500000000"),
        (PREPAY, 0x02, 0x01, begin + "204E0000" "00" "03" "00000000" "0000" "00" "881300000000"),
        (PREPAY, 0x02, 0x01, begin + "50C30000" "01" "05" "00000000" "0000" "FF" "00000000E803"),
    )  # fmt: skip
    assert done.is_success
    prepay(home, 100 * POUND)
    found = home.figures(home.gsme)
    assert [(one.amount_mp, one.rate_mp, one.period) for one in found.debts] == [
        (60_000, 30_000, "day"), (20_000, 5_000, "hour"), (50_000, 0, "")
    ]  # fmt: skip
    assert found.debts[2].proportion == 1000
    home.until("20260106000000")
    found = home.figures(home.gsme)
    assert [one.amount_mp for one in found.debts] == [30_000, 0, 50_000]
    home.key_in(home.gsme, home.token(GSME, 1, 2))
    assert home.figures(home.gsme).debts[2].amount_mp == 30_000
    assert home.figures(home.gsme).balance_mp - found.balance_mp == 180_000


def test_a_frequency_that_gas_meters_do_not_have_is_refused(home):
    begin = "0100000000"
    done = sent(
        home,
        "GCS04",
        (PREPAY, 0x02, 0x01, begin + "60EA0000" "00" "01" "00000000" "0000" "02" "307500000000"),
        (PREPAY, 0x02, 0x01, begin + "204E0000" "00" "03" "00000000" "0000" "00" "881300000000"),
        (PREPAY, 0x02, 0x01, begin + "00000000" "01" "05" "00000000" "0000" "FF" "000000000000"),
    )  # fmt: skip
    assert [one.fields[1][2] for one in done.payload.components] == [0x85, 0, 0]
    assert [one.amount_mp for one in home.figures(home.gsme).debts[:2]] == [0, 20_000]


def test_the_valve_obeys_if_there_is_credit(home):
    assert home.lab.read("GCS32", GSME).is_success
    assert home.figures(home.gsme).supply == OFF
    assert home.lab.read("GCS39", GSME).is_success
    assert home.figures(home.gsme).supply == ARMED
    prepay(home, 0)
    assert home.lab.read("GCS39", GSME).payload.components[0].fields[1][2] == 1


def test_a_friendly_period_keeps_the_valve_open_until_it_ends(home):
    calendar = "000000000100000007000000"
    done = sent(
        home,
        "GCS05",
        (PREPAY, 0x03, 0x01, "01000000" "00000000" "20A10700" "A0860100"),
        (PREPAY, 0x0C, 0x01, "00000000" "01000000" "00000000" "FFFFFF7F"),
        (PREPAY, 0x09, 0x01, "00000000"),
        (PREPAY, 0x0B, 0x01, "00000000" "01000000" "00000000" "FFFFFF7F" "FFFFFF7F"),
        (0x0707, 0x00, 0x09, calendar + "00000000" "03" "00" "00" "01" "01" "01"),
        (0x0707, 0x01, 0x09, calendar + "01" "03" "00" "01" "03"
         "000001" "E00100" "380401"),  # until 08:00, from 18:00
        (0x0707, 0x02, 0x09, calendar + "01" "01010101010101"),
        (0x0707, 0x03, 0x09, calendar + "00" "01" "FF0101FF" "01"),
        (0x0707, 0x04, 0x09, calendar + "00000000" "03" "00" "00" "01"),
    )  # fmt: skip
    assert done.is_success
    prepay(home, 10 * 60_753)  # ten hours
    home.until("20260106075900")
    found = home.figures(home.gsme)
    assert found.supply == ON
    assert found.balance_mp < -10 * 60_753
    assert 0x8F83 in home.alerts(GSME)
    home.until("20260106080000")
    assert home.figures(home.gsme).supply == OFF


def test_tiers_follow_the_calendar_and_are_counted_apart(home):
    calendar = "000000000100000001000000"
    done = sent(
        home,
        "GCS01a",
        (0x0707, 0x00, 0x09, calendar + "00000000" "00" "00" "00" "01" "01" "01"),
        (0x0707, 0x01, 0x09, calendar + "01" "02" "00" "01" "00" "000001" "D00202"),  # 12:00
        (0x0707, 0x02, 0x09, calendar + "01" "01010101010101"),
        (0x0707, 0x03, 0x09, calendar + "00" "01" "FF0101FF" "01"),
        (0x0707, 0x04, 0x09, calendar + "00000000" "00" "00" "00" "01"),
        (PRICE, 0x04, 0x09, calendar + "00000000" "00" "03" "544F55" "02" "00" "00" "3A03" "50"
         "10270000" "FF" "010000" "E80300"),
        (PRICE, 0x05, 0x09, "00000000" "01000000" "00000000" "01000000" "00" "01" "01"
         "01" "E8030000" "02" "D0070000"),
    )  # fmt: skip
    assert done.is_success
    home.until("20260106000000")
    found = home.figures(home.gsme)
    assert (found.tier, found.price_mp, found.standing_mp) == (1, 1000, 10_000)
    assert found.label == b"TOU"
    home.lab.pass_time(DAY_S)
    found = home.figures(home.gsme)
    half = 12 * 8.976506667
    assert abs(found.days[1][1] - 10_000 - half * 1000 - half * 2000) <= 1
    (block, *_) = home.lab.read("GCS13c", GSME).verdict.opened
    registers = [one[2][-1][2] for one in block.fields[:2]]
    assert sum(registers) <= found.import_wh
    assert registers[0] - registers[1] == 0 or abs(registers[1] - registers[0]) < 30_000


def test_blocks_end_at_their_thresholds_and_begin_again_with_the_month(home):
    calendar = "000000000100000001000000"
    matrix = "00E803000001D0070000"
    done = sent(
        home,
        "GCS01a",
        (0x0707, 0x00, 0x09, calendar + "00000000" "00" "00" "00" "01" "01" "01"),
        (0x0707, 0x01, 0x09, calendar + "01" "01" "00" "01" "00" "000000"),
        (0x0707, 0x02, 0x09, calendar + "01" "01010101010101"),
        (0x0707, 0x03, 0x09, calendar + "00" "01" "FF0101FF" "01"),
        (0x0707, 0x04, 0x09, calendar + "00000000" "00" "00" "00" "01"),
        (PRICE, 0x04, 0x09, calendar + "00000000" "10" "00" "00" "01" "00" "3A03" "50"
         "00000000" "FF" "010000" "E80300"),
        (PRICE, 0x06, 0x09, "00000000" "01000000" "00000000" "01000000" "00" "01" "01"
         "01" "50C300000000"),  # 50,000 / 1000 kWh
        (PRICE, 0x05, 0x09, "00000000" "01000000" "00000000" "01000000" "00" "01" "00" + matrix),
    )  # fmt: skip
    assert done.is_success
    first = home.figures(home.gsme)
    assert (first.block, first.price_mp) == (1, 1000)
    home.lab.pass_time(10 * HOUR_S)
    found = home.figures(home.gsme)
    assert (found.block, found.price_mp) == (2, 2000)
    used = found.import_wh - first.import_wh
    already = first.import_wh
    expected = (50_000 - already) * 1000 / 1000 + (used + already - 50_000) * 2000 / 1000
    assert abs(found.bill_mp - first.bill_mp - expected) < 5


def test_reads_give_the_account(home):
    prepay(home, 20 * POUND)
    home.lab.pass_time(HOUR_S)
    found = home.figures(home.gsme)
    done = home.lab.read("GCS60a", GSME)
    bill, balance = [values_of(one)["value"] for one in done.payload.components]
    assert (bill, balance) == (found.bill_mp, found.balance_mp)
    taken = home.lab.now // 1000
    digits = home.token(GSME, 9, 3)
    home.key_in(home.gsme, digits)
    done = home.lab.read("GCS15e", GSME)
    (row,) = values(done.payload.components[0])["top_ups"]
    assert [one[2] for one in row[2]] == [digits, 3 * POUND, taken]
    assert home.lab.read("GCS15d", GSME).payload.components[0].fields[1][2] == 0x8B  # not found


def values_of(component):
    return {one[0]: one[2] for one in component.fields[0][2]}
