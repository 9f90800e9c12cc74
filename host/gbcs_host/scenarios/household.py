"""A household: meters installed and commissioned, a day of load, prices, messages, prepayment.

Each step is checked on the devices, in the messages, and on the displays of an IHD and a PPMID.

Sources: SEC Appendix R, Common Test Scenarios Document, IC01 and IC02 (installing and
commissioning); SECMP0013 impact assessment, 5.2.4 (the PPMID and its hub); SMETS2 5.5.7
(prepayment).
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from gbcs import clock, devicelog, message, payload, usecases
from gbcs_device.account import account
from gbcs_device.base.figures import ARMED, OFF, ON
from gbcs_device.base.view import AVAILABLE, IN_USE, MONTH, TODAY, WEEK, YESTERDAY
from gbcs_device.messages.trust_anchors import DS, SUPPLIER
from gbcs_host.display import shots
from gbcs_host.lab import compose, supply
from gbcs_host.lab.lab import CHF, ESME, GSME, IHD, PPMID
from gbcs_host.lab.parties import protected

NEEDS_RADIO = True
TITLE = "A household: install, commission, a day, prices, messages, prepayment"

_HUB = bytes.fromhex("00DB1234567890B2")
_ESME = bytes.fromhex("00DB1234567890A0")
_GSME = bytes.fromhex("00DB1234567890A1")
_IHD = bytes.fromhex("00DB1234567890A4")
_PPMID = bytes.fromhex("00DB1234567890A5")
_MPAN, _MPRN = "1200012345678", "7001234509"
_DEVICES = ((_ESME, ESME, _MPAN), (_GSME, GSME, _MPRN), (_IHD, IHD, ""), (_PPMID, PPMID, ""))
_METERS = ((_ESME, "ESME"), (_GSME, "GSME"))
_ELECTRICITY, _GAS = 0, 1
_POUND = 100_000
_PENNY = 1000
_CREDIT_MP = 5_000
_TOPPED_UP = "Accepted: now enable"
_HALF_HOUR_S, _DAY_S = 1800, 86400
_BACK_S = 45
_ACKNOWLEDGED = 0x81A6  # GBCS 16.2, as the two below
_UNAUTHORISED, _GENERIC_ALERT = 0x8F12, 0x1000
_LONGEST_S = 3 * _HALF_HOUR_S  # for the answer of a gas meter, which sleeps


def play(p: Any) -> None:
    """Plays all parts of the scenario."""
    install(p)
    a_day(p)
    news(p)
    electricity_runs_out(p)
    electricity_top_ups(p)
    gas_runs_out(p)
    control_software(p)


def install(p: Any) -> None:
    """IC02 and IC01, then the displays: devices join, are commissioned and joined with others."""
    p.part("Install and commission (IC02, IC01)")
    lab = p.lab
    lab.make(CHF, _HUB)
    with p.step("12.2 announces the devices", "step 1: the inventory knows them") as step:
        for eui, kind, _ in _DEVICES:
            lab.make(kind, eui)
            status = lab.inventory.device(eui)["status"]
            step.check(status == "pending", "inventory: the %s is %s" % (kind, status))
    with p.step("8.11 lists the meters at the hub", "step 2: CCS01; they join by it") as step:
        _list_and_join(step, lab, _DEVICES[:2])
    with p.step("8.1.1 commissions the meters", "step 3: their clocks are the hub's") as step:
        step.check(lab.read("ECS70", _ESME).is_success, "ECS70 answers success")
        exchange = lab.send("GCS28", "supplier", _GSME, _around(lab.now))
        step.check(exchange.is_success or _status(exchange) == 0, "GCS28 answers reliable")
        for eui, kind in _METERS:
            lab.inventory.commissioned(eui, lab.now)
            status = lab.inventory.device(eui)["status"]
            step.check(status == "commissioned", "inventory: the %s is %s" % (kind, status))
    with p.step("6.21 hands over the gas proxy", "IC01, step 4: CS02b, from the DCC") as step:
        proxy = lab.gas_proxy(_HUB)
        supplier = lab.parties["supplier"].eui
        anchors = lab.proxies[proxy].anchors
        step.check(anchors.cell(SUPPLIER, DS).eui != supplier, "it is under the DCC's control")
        _, statuses = lab.hand_over(proxy)
        step.check(statuses == [0, 0], "CS02b replaces both certificates")
        step.check(anchors.cell(SUPPLIER, DS).eui == supplier, "they are the supplier's")
    with p.step("8.7 joins devices", "step 5: meters and displays know one another") as step:
        for exchange in lab.introduce(_GSME, proxy):
            step.check(exchange.is_success, "%s answers success" % exchange.use_case)
        _list_and_join(step, lab, _DEVICES[2:])
        pairs = ((proxy, _IHD), (_ESME, _PPMID), (_GSME, _PPMID), (_ESME, _IHD))
        for first, second in pairs:
            for exchange in lab.introduce(first, second):
                step.check(exchange.is_success, "%s answers success" % exchange.use_case)
    with p.step("6.20.1 sets the meter points", "step 6: MPAN and MPRN are on the meters") as step:
        exchange = lab.read("ECS39a", _ESME, {"value": _MPAN.encode()})
        step.check(exchange.is_success, "ECS39a answers success")
        with _away(lab):  # until the gas meter wakes up
            exchange = lab.read("GCS41", _GSME, {"site_id": _MPRN.encode()})
            step.check(exchange.is_success, "GCS41 answers success")
            for use_case, eui, point in (("ECS40", _ESME, _MPAN), ("GCS46", _GSME, _MPRN)):
                exchange = lab.read(use_case, eui)
                is_read = exchange.is_success and point.encode().hex() in exchange.answer.hex()
                step.check(is_read, "%s reads %s" % (use_case, point))
    with p.step("both displays show both meters", "they found meter and GPF, and agreed on keys") as step:  # fmt: skip  # noqa: E501
        with _away(lab):
            lab.pass_time(_HALF_HOUR_S)
        _agree(step, lab)


def a_day(p: Any) -> None:
    """A day of load; each quarter of it, the displays are compared with the meters' registers.

    In between the displays are off: each rejoins by itself and shows the figures that it missed.
    """
    p.part("A day")
    lab = p.lab
    for hour in (18, 3, 9, 15):
        with p.step("at %d o'clock" % hour, "what is shown is what was metered") as step:
            with _away(lab):
                lab.pass_time((3600 * hour - lab.now // 1000) % _DAY_S)
            _agree(step, lab)


def news(p: Any) -> None:
    """New prices of both fuels, and messages for the displays."""
    p.part("Prices and messages")
    lab = p.lab
    with p.step("another price of electricity", "ECS01b: it is on the displays at once") as step:
        exchange = supply.electricity_price(lab, _ESME, 31_250, 60_100)
        step.check(exchange.is_success, "ECS01b answers success")
        lab.pass_time(5)
        for eui, name in ((_IHD, "IHD"), (_PPMID, "PPMID")):
            fuel = lab.view(eui).fuels[_ELECTRICITY]
            step.check(
                (fuel.price_mp, fuel.standing_mp) == (31_250, 60_100), "the %s shows it" % name
            )
        _show(step, lab, _IHD, "tariff")
    with p.step("another price of gas", "GCS01b, by the hub's GPF, for the meter sleeps") as step:
        with _away(lab):
            exchange = supply.gas_price(lab, _GSME, 7_320, 31_410, "Winter")
            step.check(exchange.is_success, "GCS01b answers success")
            lab.pass_time(60)
        fuel = lab.view(_IHD).fuels[_GAS]
        step.check(
            (fuel.price_mp, fuel.standing_mp, fuel.tariff) == (7_320, 31_410, "Winter"),
            "the IHD shows it",
        )
        _show(step, lab, _IHD, "tariff", _GAS)
    with p.step("a message", "ECS10: it appears, is acknowledged, and the supplier told") as step:
        text = "Planned work on Sunday from 9 to 11: your supply may be interrupted."
        step.check(
            supply.electricity_message(lab, _ESME, text).is_success, "ECS10 answers success"
        )
        lab.pass_time(5)
        messages = lab.view(_IHD).messages
        step.check([entry.text for entry in messages][-1:] == [text], "the IHD has it")
        _show(step, lab, _IHD, "message")
        lab.alerts_of(_ESME)
        step.check(messages and lab.confirm(_IHD, messages[-1].number), "the person presses OK")
        lab.pass_time(5)
        step.check(_ACKNOWLEDGED in _alerts(lab, _ESME), "alert %04X comes" % _ACKNOWLEDGED)
        step.check(all(entry.is_confirmed for entry in lab.view(_IHD).messages), "none is left")
    with p.step("a message for gas", "GCS07, which the GPF shows") as step:
        with _away(lab):
            exchange = supply.gas_message(lab, _GSME, "Your boiler service is due.", 0x1C3B4480)
            step.check(exchange.is_success, "GCS07 answers success")
        texts = [entry.text for entry in lab.view(_IHD).messages]
        step.check("Your boiler service is due." in texts, "the IHD has it")


def electricity_runs_out(p: Any) -> None:
    """Prepayment of electricity: credit runs out, emergency credit, tokens, arming, enabling."""
    p.part("Electricity is prepaid")
    lab = p.lab
    with p.step("a change to prepayment", "ECS04a and ECS03; the balance is shown") as step:
        for exchange in supply.electricity_prepaid(lab, _ESME, _CREDIT_MP - _balance(lab, _ESME)):
            step.check(exchange.is_success, "%s answers success" % exchange.use_case)
        lab.pass_time(30)
        fuel = lab.view(_PPMID).fuels[_ELECTRICITY]
        step.check(fuel.is_prepayment, "the PPMID shows prepayment")
        step.check(_near(fuel.balance_mp, _balance(lab, _ESME)), "and the meter's balance")
        _show(step, lab, _PPMID, "credit")
    with p.step("the credit is used", "the supply goes off, and everybody is told") as step:
        len(_alerts(lab, _ESME))
        step.check(
            _until(lab, lambda: _supply(lab, _ESME) == OFF, 3 * _DAY_S), "the supply is off"
        )
        lab.pass_time(60)
        codes = _alerts(lab, _ESME)
        step.check(codes, "alerts: %s" % " ".join("%04X" % code for code in codes))
        for eui, name in ((_IHD, "IHD"), (_PPMID, "PPMID")):
            fuel = lab.view(eui).fuels[_ELECTRICITY]
            step.check(fuel.supply == OFF, "the %s shows that it is off" % name)
            step.check(fuel.emergency == AVAILABLE, "and that there is emergency credit")
        register = account.figures(lab.han.meters[_ESME], lab.now).import_wh
        lab.pass_time(600)
        after = account.figures(lab.han.meters[_ESME], lab.now).import_wh
        step.check(after == register, "nothing is used for ten minutes")
        _show(step, lab, _IHD, "overview")
    with p.step("emergency credit at the PPMID", "PECS02 arms the supply; PECS03 enables it") as step:  # fmt: skip  # noqa: E501
        _press(step, lab, lab.emergency(_PPMID, _ELECTRICITY), "Emergency credit on")
        step.check(_supply(lab, _ESME) == ARMED, "the meter is armed")
        step.check(lab.view(_PPMID).fuels[_ELECTRICITY].emergency == IN_USE, "it is in use")
        _press(step, lab, lab.enable(_PPMID, _ELECTRICITY), "Supply is on")
        step.check(_supply(lab, _ESME) == ON, "the meter's supply is on")
        _show(step, lab, _PPMID, "credit")


def electricity_top_ups(p: Any) -> None:
    """Tokens for electricity, at the PPMID and over the WAN, and what is no token."""
    lab = p.lab
    first = supply.token(lab, _ESME, 3, 10)
    with p.step(
        "a top-up typed in at the PPMID", "PECS01: what was borrowed is paid back"
    ) as step:
        before = _balance(lab, _ESME)
        _press(step, lab, lab.top_up(_PPMID, _ELECTRICITY, first), "Top-up accepted: £10.00")
        added = _balance(lab, _ESME) - before
        step.check(0 < added <= 10 * _POUND, "the balance grows by %.2f pounds" % (added / _POUND))
        fuel = lab.view(_PPMID).fuels[_ELECTRICITY]
        step.check(_near(fuel.balance_mp, _balance(lab, _ESME)), "the PPMID shows it")
        lab.pass_time(60)
        fuel = lab.view(_IHD).fuels[_ELECTRICITY]
        step.check(_near(fuel.balance_mp, _balance(lab, _ESME)), "the IHD does")
        _show(step, lab, _PPMID, "credit")
    with p.step("what is no token", "used before, mistyped, older than others: no credit") as step:
        older, newer = supply.token(lab, _ESME, 2, 5), supply.token(lab, _ESME, 4, 5)
        before = _balance(lab, _ESME)
        _press(step, lab, lab.top_up(_PPMID, _ELECTRICITY, first), "Code used before")
        wrong = newer[:7] + str((int(newer[7]) + 1) % 10) + newer[8:]
        _press(step, lab, lab.top_up(_PPMID, _ELECTRICITY, wrong), "Code not valid")
        swapped = _swapped(newer)
        _press(step, lab, lab.top_up(_PPMID, _ELECTRICITY, swapped), "Code not valid")
        step.check(_balance(lab, _ESME) <= before, "the balance did not grow")
        _press(step, lab, lab.top_up(_PPMID, _ELECTRICITY, older), "Top-up accepted: £5.00")
        step.note("the second token, typed after the third, is taken: it had not been used")
    with p.step("a top-up sent by the supplier", "CS01a: the token comes over the WAN") as step:
        before = _balance(lab, _ESME)
        digits = supply.token(lab, _ESME, 5, 20)
        step.check(supply.top_up(lab, _ESME, digits, 5).is_success, "CS01a answers success")
        added = _balance(lab, _ESME) - before
        step.check(added > 19 * _POUND, "the balance grows by %.2f pounds" % (added / _POUND))
        lab.pass_time(60)
        fuel = lab.view(_IHD).fuels[_ELECTRICITY]
        step.check(_near(fuel.balance_mp, _balance(lab, _ESME)), "the IHD shows it")


def gas_runs_out(p: Any) -> None:
    """Prepayment of gas: the meter sleeps, so the PPMID's commands wait at the hub."""
    p.part("Gas is prepaid")
    lab = p.lab
    with p.step("a change to prepayment, and credit is used", "GCS40a, GCS03; the valve shuts") as step:  # fmt: skip  # noqa: E501
        with _away(lab):
            for exchange in supply.gas_prepaid(lab, _GSME, _CREDIT_MP):
                step.check(exchange.answer is not None, "%s is answered" % exchange.use_case)
            shut = _until(lab, lambda: _supply(lab, _GSME) == OFF, _DAY_S)
            step.check(shut, "the valve is shut")
            lab.pass_time(_HALF_HOUR_S)
        step.check(lab.view(_IHD).fuels[_GAS].supply == OFF, "the IHD shows it")
        _show(step, lab, _IHD, "credit", _GAS)
    with p.step("a top-up typed in at the PPMID", "PCS01 waits for the meter to wake up") as step:
        digits = supply.token(lab, _GSME, 1, 15)
        _press(step, lab, lab.top_up(_PPMID, _GAS, digits), "Sent: up to an hour")
        step.check(lab.han.stations[_HUB].waiting(_GSME) == 1, "it waits at the hub")
        with _away(lab, _IHD):
            _until(lab, lambda: lab.view(_PPMID).notice == _TOPPED_UP, _LONGEST_S, 5)
            notice = lab.view(_PPMID).notice
        step.check(notice == _TOPPED_UP, "the PPMID says: %s" % notice)
        step.check(_balance(lab, _GSME) == 15 * _POUND, "the meter has 15 pounds")
        step.check(_supply(lab, _GSME) == ARMED, "the valve is armed")
        with _away(lab):
            lab.pass_time(_HALF_HOUR_S)
        fuel = lab.view(_PPMID).fuels[_GAS]
        step.check((fuel.supply, fuel.balance_mp) == (ARMED, 15 * _POUND), "the PPMID shows both")
        _show(step, lab, _PPMID, "credit", _GAS)
    with p.step("the valve is opened at the meter", "gas is enabled where it is, for safety") as step:  # fmt: skip  # noqa: E501
        asked = lab.enable(_PPMID, _GAS)
        step.check(not asked, "the PPMID says: %s" % lab.view(_PPMID).notice)
        meter = lab.han.meters[_GSME]
        opened, changes = account.enable_supply(meter, lab.now)
        meter.store.write(changes)
        step.check(opened and _supply(lab, _GSME) == ON, "its button opens the valve")
        with _away(lab):
            lab.pass_time(_HALF_HOUR_S)
        step.check(lab.view(_IHD).fuels[_GAS].supply == ON, "the IHD shows it")


def control_software(p: Any) -> None:
    """SECMP0013 5.2.4: the PPMID's control software delivers messages to the hub."""
    p.part("The PPMID's control software (SECMP0013 5.2.4)")
    lab = p.lab
    with p.step("an alert for the supplier", "the hub passes it to the WAN as it is") as step:
        octets = _alert(lab)
        delivery = lab.deliver(_PPMID, octets)
        step.check(delivery.to_wan, "the octets are those that were sent")
        step.check(not delivery.answers, "nothing comes back")
        step.check(lab.parties.read(octets).is_clean, "its signature verifies")
    with p.step("a command for the gas meter", "the hub keeps it until the meter asks") as step:
        case = usecases.by_name("GCS13a")[0]
        asked = compose.gbz_command("GCS13a")
        delivery = lab.deliver(
            _PPMID, lab.parties.command_for(case, lab.parties["supplier"], _GSME, asked)
        )
        step.check(delivery.waits_for == _GSME, "it waits for the meter")
        step.check(not delivery.to_wan, "it does not go to the WAN")
    with p.step("a command of the ACB's that is replayed", "the meter does not take it") as step:
        octets = lab.read("ECS52", _ESME).command
        noted = len(lab.han.meters[_ESME].security_log())
        lab.read("ECS70", _ESME)
        replayed = lab.exchanges[-1].command
        delivery = lab.deliver(_PPMID, replayed)
        step.check(not delivery.to_wan, "the hub hands it to the meter")
        step.check(not delivery.answers, "which does not answer")
        step.check(len(lab.han.meters[_ESME].security_log()) > noted, "and notes it")
        delivery = lab.deliver(_PPMID, octets)
        step.check(not delivery.to_wan, "one that needs no counter goes to the meter too")
    with p.step("the PPMID is read", "CS08: what was delivered has not disturbed it") as step:
        record = payload.Asn1("ReadFirmwareVersionCommand", (None, "NULL", None, None))
        read = lab.send("CS08", "access control broker", _PPMID, record)
        step.check(read.is_success, "CS08 reads the PPMID's firmware version")


# What is checked


def _around(now: int) -> Any:
    """The payload of SetTimeCommand with an interval of an hour before and after `now`."""
    ends = [clock.generalized(now + shift) for shift in (-3_600_000, 3_600_000)]
    fields = [(None, "GeneralizedTime", end, None) for end in ends]
    return payload.Asn1("SetTimeCommand", (None, "SEQUENCE", fields, None))


def _status(exchange: Any) -> Any:
    record = exchange.payload
    return None if record is None else record.field[2][1][2]


def _agree(step: Any, lab: Any) -> None:
    """Checks that the displays show the meters' figures at the time of the last poll."""
    for place, (eui, kind) in enumerate(_METERS):
        register = account.figures(lab.han.meters[eui], lab.now)
        age_s = (_BACK_S, _HALF_HOUR_S + 2 * _BACK_S)[place]  # a gas meter sleeps
        since = lab.now - age_s * 1000
        earlier = account.figures(lab.han.meters[eui], since)
        for display, name in ((_IHD, "IHD"), (_PPMID, "PPMID")):
            fuel = lab.view(display).fuels[place]
            step.check(fuel.is_connected, "the %s has the %s" % (name, kind))
            used = [fuel.used_wh[period] for period in (TODAY, WEEK, MONTH)]
            low = [earlier.days[0][0], earlier.weeks[0][0], earlier.months[0][0]]
            high = [register.days[0][0], register.weeks[0][0], register.months[0][0]]
            within = all(wh is not None and a <= wh <= b for a, wh, b in zip(low, used, high, strict=True))  # fmt: skip  # noqa: E501
            step.check(within, "today, this week, this month: %s Wh" % used)
            if fuel.used_wh[YESTERDAY] is not None and len(register.days) > 1:
                shown = (fuel.used_wh[YESTERDAY], fuel.cost_mp[YESTERDAY])
                text = "yesterday: %d Wh, %.2f pounds" % (shown[0], shown[1] / _POUND)
                step.check(shown == register.days[1], text)
        _show(step, lab, _IHD, "overview", place)
        _show(step, lab, _IHD, "today", place)


def _near(shown: "int | None", metered: int) -> bool:
    """Whether two balances differ by a penny at most: the cost of half a minute of load."""
    return shown is not None and abs(shown - metered) <= _PENNY


def _balance(lab: Any, eui: bytes) -> int:
    balance_mp: int = account.figures(lab.han.meters[eui], lab.now).balance_mp
    return balance_mp


def _supply(lab: Any, eui: bytes) -> int:
    state: int = account.figures(lab.han.meters[eui], lab.now).supply
    return state


def _alerts(lab: Any, eui: bytes) -> "list[int]":
    """The alert codes of a device's new alerts whose signature or MAC is valid."""
    codes = []
    for alert in lab.alerts_of(eui):
        record = alert.payload
        if alert.is_clean:
            codes.append(record.code if hasattr(record, "code") else record.body[2][0][2])
    return codes


def _until(lab: Any, is_so: Any, seconds: int, every: int = 60) -> bool:
    """Lets at most `seconds` pass until `is_so()`, called every `every` seconds; whether it is."""
    end = lab.now + 1000 * seconds
    while not is_so():
        if lab.now >= end:
            return False
        lab.pass_time(every)
    return True


@contextlib.contextmanager
def _away(lab: Any, *euis: bytes) -> "Iterator[None]":
    """Switches displays off, both unless named; then on again, with time to rejoin."""
    euis = euis or (_IHD, _PPMID)
    for eui in euis:
        lab.han.switch_off(eui)
    yield
    for eui in euis:
        lab.han.switch_on(eui, _HUB)
    lab.pass_time(_BACK_S)


def _list_and_join(step: Any, lab: Any, devices: "tuple[tuple[bytes, str, str], ...]") -> None:
    for eui, kind, points in devices:
        exchange = lab.add_to_hub(_HUB, eui, points)
        step.check(exchange.is_success, "CCS01 answers success for the %s" % kind)
        status = lab.inventory.device(eui)["status"]
        step.check(status == "whitelisted", "inventory: the %s is %s" % (kind, status))
        by = lab.join(eui, _HUB).by
        step.check(by == devicelog.INSTALL_CODE_KEY, "the %s joins by its install code" % kind)


def _press(step: Any, lab: Any, was_taken: bool, notice: str) -> None:
    """Checks that an action at the PPMID was taken and leads to this notice."""
    lab.pass_time(3)
    shown = lab.view(_PPMID).notice
    step.check(was_taken and shown == notice, "the PPMID says: %s" % shown)


def _alert(lab: Any) -> bytes:
    """A generic alert (0x1000, GBCS 16.2) signed with the PPMID's key."""
    supplier = lab.parties["supplier"].eui
    told = (
        b"\x01\x09\x00" + _UNAUTHORISED.to_bytes(2, "big") + (lab.now // 1000).to_bytes(4, "big")
    )
    composed = message.compose(message.ALERT, 1 << 40, _PPMID, supplier, _GENERIC_ALERT, told)
    return protected(composed, lab.parties.keys, _PPMID, None)


def _swapped(digits: str) -> str:
    """The token with two neighbouring, different digits swapped."""
    place = next(n for n in range(8, 19) if digits[n] != digits[n + 1])
    return digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]


def _show(step: Any, lab: Any, eui: bytes, page: str, fuel: int = _ELECTRICITY) -> None:
    """Adds a page of a display to the report."""
    seen = lab.view(eui)
    is_ppmid = eui == _PPMID
    words = shots.text(seen, page, fuel, is_ppmid)
    name = "PPMID" if is_ppmid else "IHD"
    step.show("%s: %s" % (name, words), shots.picture(seen, page, fuel, is_ppmid))
