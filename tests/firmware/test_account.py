"""An ESME's account, by commands of its supplier: what it costs, credit, debt, the supply."""

import pytest
from home import DAY_S, ESME, HOUR_MP, HOUR_S, POUND, STANDING_MP, Home

from gbcs import clock
from gbcs_device.account import account
from gbcs_device.base import load
from gbcs_device.base.figures import (
    ARMED,
    CREDIT_EXHAUSTED,
    CREDIT_LOW,
    CREDIT_OK,
    EMERGENCY_AVAILABLE,
    EMERGENCY_ENABLED,
    EMERGENCY_IN_USE,
    EMERGENCY_SELECTED,
    OFF,
    ON,
)
from gbcs_host.lab.supply import AT_ONCE, charges

LOW, LOCAL, AVAILABLE, EXHAUSTED, ACTIVATED = 0x810D, 0x810E, 0x8119, 0x81AA, 0x81AB
BELOW, IS_ARMED = 0x8F0F, 0x8F32
ARMED_BY_TOKEN = 0x12


@pytest.fixture
def home():
    return Home()


def test_energy_and_standing_charge_are_billed_by_the_day(home):
    home.until("20260107060000")
    found = home.figures(home.esme)
    assert not found.is_prepayment
    assert found.import_wh == 200 + 45 * 460
    assert found.days == [
        (6 * 460, 6 * HOUR_MP + STANDING_MP),
        (24 * 460, 24 * HOUR_MP + STANDING_MP),
        (15 * 460, 15 * HOUR_MP),  # what is due at the beginning of a day was due before
    ]
    assert found.weeks == found.months == [(45 * 460, 45 * HOUR_MP + 2 * STANDING_MP)]
    assert found.bill_mp == 45 * HOUR_MP + 2 * STANDING_MP
    assert (found.price_mp, found.standing_mp, found.power_w) == (24_500, STANDING_MP, 460)
    assert (found.supply, found.credit_status) == (ON, CREDIT_OK)


def test_weeks_begin_on_monday_and_months_on_their_first_day(home):
    home.until("20260203000000")
    found = home.figures(home.esme)
    day = 24 * 460, 24 * HOUR_MP + STANDING_MP
    assert found.days[0] == (0, STANDING_MP)
    assert found.days[1:] == [day] * 8
    assert found.weeks[0] == (day[0], day[1] + STANDING_MP)  # Monday is over, Tuesday began
    assert found.weeks[1:4] == [(7 * day[0], 7 * day[1])] * 3
    assert found.weeks[4] == (7 * day[0] - 9 * 460, 7 * day[1] - 9 * HOUR_MP - STANDING_MP)
    assert found.months[0] == (2 * day[0], 2 * day[1] + STANDING_MP)
    assert found.months[1] == (26 * day[0] + 15 * 460, 26 * day[1] + 15 * HOUR_MP)


def test_a_price_with_a_date_counts_from_that_date(home):
    at = clock.date_time(clock.from_generalized("20260106120000Z"), 0xFF)
    values = {"unit_charge_activation_time": at}
    data = {0: charges(-4, [(b"", 6000)]), 1: charges(-5, [(b"\x01", 30_000)])}
    done = home.command("ECS01b", values, data=data | {2: date(at), 3: date(at)})
    assert done.is_success
    home.until("20260106115900")
    assert home.figures(home.esme).price_mp == 24_500
    home.until("20260107000000")
    found = home.figures(home.esme)
    assert (found.price_mp, found.standing_mp) == (30_000, 60_000)
    assert found.days[0] == (0, 60_000)
    assert found.days[1] == (24 * 460, 12 * HOUR_MP + 12 * 13_800 + STANDING_MP)
    assert home.alerts(ESME) == [0x8F66, 0x8F66]


def date(octets):
    return (None, "octet-string", octets, None)


def test_credit_runs_out_and_the_supply_is_disabled(home):
    home.prepay(3 * POUND + HOUR_MP)
    begun = home.lab.now
    assert home.figures(home.esme).supply == ON
    home.lab.pass_time(11 * HOUR_S)  # two pounds are the low credit threshold
    assert home.alerts(ESME) == [LOW]
    home.until("20260106000000")  # the standing charge; one pound that of emergency credit
    assert home.alerts(ESME) == [AVAILABLE]
    home.until("20260106120000")
    found = home.figures(home.esme)
    assert home.alerts(ESME) == [BELOW]
    assert (found.supply, found.balance_mp, found.power_w) == (OFF, 0, 0)
    assert found.credit_status == (
        CREDIT_LOW | EMERGENCY_ENABLED | EMERGENCY_AVAILABLE | CREDIT_EXHAUSTED
    )
    # what was paid for flowed: 311,270 less 53,000 of standing charge, at 24,500 a kilowatt-hour
    flowed_ms = (311_270 - 53_000) * 3_600_000_000 // (460 * 24_500)
    gone = begun + flowed_ms
    off = found.import_wh
    home.lab.pass_time(DAY_S)
    assert home.figures(home.esme).import_wh == off
    log = [(one.time, one.code) for one in entries(home.esme)]
    assert [code for _, code in log] == [LOW, AVAILABLE, BELOW]
    assert abs(log[2][0] * 1000 - gone) < 3000  # seconds, and those between the commands


def entries(device):
    from gbcs_device.base import logs

    return logs.entries(device.store.get(logs.EVENT))


def test_a_top_up_arms_and_the_consumer_enables(home):
    home.prepay(0)
    found = home.figures(home.esme)
    before = found.balance_mp  # a little was used between the commands
    assert (found.supply, abs(before) < 10) == (OFF, True)
    home.alerts(ESME)
    assert not enabled(home)
    assert home.key_in(home.esme, home.token(ESME, 1, 20)) == (ARMED_BY_TOKEN, 20 * POUND)
    assert home.alerts(ESME) == [LOCAL, IS_ARMED]
    found = home.figures(home.esme)
    assert (found.supply, found.balance_mp, found.power_w) == (ARMED, before + 20 * POUND, 0)
    assert (found.top_ups[0].amount_mp, found.top_ups[0].origin) == (20 * POUND, 2)
    home.lab.pass_time(HOUR_S)
    assert home.figures(home.esme).balance_mp == before + 20 * POUND
    assert enabled(home)
    home.lab.pass_time(HOUR_S)
    found = home.figures(home.esme)
    assert (found.supply, found.balance_mp) == (ON, before + 20 * POUND - HOUR_MP)
    assert found.credit_status == CREDIT_OK | EMERGENCY_ENABLED
    # what came over the HAN is in the log by its message code
    log = [(one.code, one.other.hex()) for one in entries(home.esme)]
    assert [one for one in log if one[1]] == [
        (0x8155, "0118"), (0x8154, "0116"), (0x8154, "0118")
    ]  # fmt: skip


def enabled(home):
    done, changes = account.enable_supply(home.esme, home.lab.now)
    home.esme.store.write(changes)
    return done


def selected(home):
    done, changes = account.select_emergency(home.esme, home.lab.now)
    home.esme.store.write(changes)
    return done


def test_emergency_credit_is_offered_used_and_repaid(home):
    home.prepay(5 * POUND)
    assert not selected(home)  # there is credit
    assert home.command("ECS04a", {"update_amount": -5 * POUND}).is_success
    assert home.figures(home.esme).supply == OFF
    home.alerts(ESME)
    assert selected(home)
    assert selected(home)  # it is active, as before
    assert home.alerts(ESME) == [ACTIVATED, IS_ARMED]
    assert enabled(home)
    before = home.figures(home.esme).balance_mp
    home.lab.pass_time(10 * HOUR_S)
    found = home.figures(home.esme)
    assert (found.balance_mp, found.emergency_mp) == (before, 5 * POUND - 10 * HOUR_MP)
    assert found.credit_status == (
        CREDIT_OK | EMERGENCY_ENABLED | EMERGENCY_SELECTED | EMERGENCY_IN_USE
    )
    assert home.key_in(home.esme, home.token(ESME, 1, 10)) == (0, 10 * POUND)
    found = home.figures(home.esme)
    assert found.emergency_mp == 5 * POUND
    assert found.balance_mp == before + 10 * POUND - 10 * HOUR_MP
    assert found.credit_status == CREDIT_OK | EMERGENCY_ENABLED


def test_emergency_credit_ends_too(home):
    home.prepay(0)
    assert selected(home)
    assert enabled(home)
    home.alerts(ESME)
    home.lab.pass_time(3 * DAY_S)
    found = home.figures(home.esme)
    assert (found.supply, found.emergency_mp) == (OFF, 0)
    assert home.alerts(ESME) == [LOW, EXHAUSTED, BELOW]
    assert found.accumulated_mp > 0  # standing charges since
    assert home.command("ECS09").payload.items[0][2] == 250  # other-reason


def test_what_falls_due_without_credit_is_paid_first_by_the_next_top_up(home):
    home.prepay(0)
    before = home.figures(home.esme).balance_mp
    home.until("20260108120000")
    found = home.figures(home.esme)
    assert (found.balance_mp, found.accumulated_mp) == (before, 3 * STANDING_MP)
    home.key_in(home.esme, home.token(ESME, 1, 10))
    found = home.figures(home.esme)
    assert (found.balance_mp, found.accumulated_mp) == (before + 10 * POUND - 3 * STANDING_MP, 0)


def test_debts_are_recovered_by_time_and_of_top_ups(home):
    data = {0: charges(-2, [(b"", 30)]), 1: charges(-2, [(b"", 5)])}
    data[5] = data[6] = (None, "integer", 0, None)
    amounts = {7: 50_000, 8: 60_000, 9: 20_000}
    for number, amount in amounts.items():
        data[number] = (None, "double-long", amount, None)
    data[2] = (None, "long-unsigned", 1000, None)
    data[3] = (None, "double-long-unsigned", 86_400, None)
    data[4] = (None, "double-long-unsigned", 3_600, None)
    assert home.command("ECS07", data=data).is_success
    home.prepay(20 * POUND)
    before = home.figures(home.esme)
    assert [one.amount_mp for one in before.debts] == [60_000, 20_000, 50_000]
    assert [(one.rate_mp, one.period) for one in before.debts] == [
        (30_000, "day"), (5_000, "hour"), (0, "")
    ]  # fmt: skip
    home.until("20260105120000")  # three hours: 10:00, 11:00, 12:00
    assert home.figures(home.esme).debts[1].amount_mp == 5_000
    home.until("20260107000000")
    found = home.figures(home.esme)
    assert [one.amount_mp for one in found.debts] == [0, 0, 50_000]
    assert home.alerts(ESME) == [0x81A8, 0x81A7]
    assert found.balance_mp < before.balance_mp - 38 * HOUR_MP - 2 * STANDING_MP - 80_000
    balance = found.balance_mp
    home.key_in(home.esme, home.token(ESME, 1, 3))  # a tenth of it
    found = home.figures(home.esme)
    assert (found.balance_mp, found.debts[2].amount_mp) == (balance + 270_000, 20_000)
    home.key_in(home.esme, home.token(ESME, 2, 3))  # no more than is owed
    assert home.figures(home.esme).balance_mp == balance + 550_000
    assert home.alerts(ESME) == [LOCAL, LOCAL, 0x81A9]


def test_the_mode_changes_at_its_date_and_back(home):
    at = clock.from_generalized("20260106000000Z")
    values = {"payment_mode": 2, "account_activation_time": clock.date_time(at, 0xFF)}
    values["activate_passive_value_time"] = AT_ONCE
    assert home.command("ECS04a", {"update_amount": 20 * POUND}).is_success
    assert home.command("ECS03", values).is_success
    assert not home.figures(home.esme).is_prepayment
    home.until("20260106000000")
    assert home.figures(home.esme).is_prepayment
    assert home.alerts(ESME) == [0x8F66]
    assert home.command("ECS04a", {"update_amount": -30 * POUND}).is_success
    assert home.figures(home.esme).supply == OFF
    assert home.command(
        "ECS02", {"payment_mode": 1, "account_activation_time": AT_ONCE}
    ).is_success
    assert home.figures(home.esme).supply == ARMED
    assert home.command("ECS42").is_success
    assert home.figures(home.esme).supply == ON


def test_the_switch_obeys_if_there_is_credit(home):
    assert home.command("ECS43").is_success
    assert home.figures(home.esme).supply == OFF
    assert home.command("ECS44").is_success
    assert home.figures(home.esme).supply == ARMED
    home.prepay(0)
    assert home.figures(home.esme).supply == OFF
    for use_case in ("ECS42", "ECS44"):
        assert home.command(use_case).payload.items[0][2] == 250
    home.key_in(home.esme, home.token(ESME, 1, 1))
    assert home.command("ECS42").is_success
    assert home.figures(home.esme).supply == ON


def test_a_supply_that_was_switched_off_is_not_armed_by_credit(home):
    home.prepay(5 * POUND)
    assert home.command("ECS43").is_success
    assert home.key_in(home.esme, home.token(ESME, 1, 1)) == (0, POUND)
    assert home.figures(home.esme).supply == OFF


def test_a_reset_clears_balance_and_debt_and_restores_emergency_credit(home):
    home.prepay(0)
    assert selected(home)
    assert enabled(home)
    home.lab.pass_time(DAY_S)
    assert home.command("ECS04b").is_success
    found = home.figures(home.esme)
    assert (found.balance_mp, found.accumulated_mp, found.emergency_mp) == (0, 0, 5 * POUND)
    assert found.supply == OFF


def test_reads_give_the_account(home):
    home.prepay(7 * POUND)
    home.until("20260105103000")
    found = home.figures(home.esme)
    (item,) = home.command("ECS82").payload.items
    assert item[3][2] == found.balance_mp
    (block,) = home.command("ECS19").verdict.opened
    values = [one[2] for one in block.fields[0][2][0][2]]
    later = home.figures(home.esme).balance_mp
    assert later <= values[0] <= found.balance_mp
    assert values[1:] == [5 * POUND, 0, 0, 0, 0]
    home.key_in(home.esme, home.token(ESME, 1, 20))
    buffer = home.command("ECS20d").payload.items[0][3]
    assert [one[2] for one in buffer[2][0][2]] == [home.lab.now // 1000 - 1, 20 * POUND]


def test_a_load_may_vary_over_the_day_and_stops_with_the_supply(home):
    profile = bytes([200] * 24 + [50] * 24)
    changes = account.set_load(home.esme, {load.IMPORT: 1000}, home.lab.now, profile)
    home.esme.store.write(changes)
    home.until("20260106000000")
    first = home.figures(home.esme).import_wh
    home.until("20260106110000")
    assert home.figures(home.esme).import_wh - first == 22_000
    assert home.command("ECS43").is_success
    home.until("20260107000000")
    (block,) = home.command("ECS22b").verdict.opened
    periods = {one[2][0][2]: one[2][1][2] for one in block.fields[0][2][0][2]}
    second = clock.from_generalized("20260106110000Z") // 1000
    assert (periods[second], periods[second + 1800], periods[second + 3600]) == (1000, 0, 0)
    total = sum(periods[at] for at in periods if at > second - 11 * HOUR_S)
    assert home.figures(home.esme).import_wh - first == total


def test_export_stops_with_the_supply(home):
    home.until("20260106000000")
    before = home.figures(home.esme).export_wh
    assert before == 10 + 15 * 120
    changes = account.set_load(home.esme, {load.EXPORT: 1200}, home.lab.now)
    home.esme.store.write(changes)
    assert home.figures(home.esme).export_wh == before
    home.lab.pass_time(HOUR_S)
    before += 1200
    assert home.figures(home.esme).export_wh == before
    home.command("ECS43")
    home.lab.pass_time(DAY_S)
    assert home.figures(home.esme).export_wh == before
    assert home.command("ECS42").is_success


def test_figures_write_nothing(home):
    home.prepay(POUND)
    held = {name: home.esme.store.get(name) for name in home.esme.store.names()}
    account.figures(home.esme, home.lab.now + 40 * DAY_S * 1000)
    assert {name: home.esme.store.get(name) for name in home.esme.store.names()} == held
    assert home.esme.outbox == []


def test_a_meter_without_a_load_has_no_account(home):
    home.esme.store.write({load.SINCE: None})
    assert account.advance(home.esme, home.lab.now) is None
    assert account.next_event(home.esme) is None
    with pytest.raises(ValueError, match="load"):
        account.figures(home.esme, home.lab.now)
