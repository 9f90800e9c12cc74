"""Tokens are taken once, and only as the supplier made them; power cuts change nothing of that."""

import contextlib
import itertools
import random

import pytest
from home import ESME, GSME, POUND, Home

from gbcs import utrn
from gbcs_device.account import account
from gbcs_device.base.store import PowerCut

ACCEPTED, INVALID, DUPLICATE, MAXIMUM, TOO_LARGE, ARMED = 0, 1, 2, 4, 6, 0x12


@pytest.fixture(scope="module")
def home():
    return Home()


@pytest.fixture
def fresh():
    return Home()


def mistyped(digits):
    """Every single-digit change, and every swap of unequal neighbours."""
    text = digits.decode()
    for at, digit in itertools.product(range(20), "0123456789"):
        if text[at] != digit:
            yield text[:at] + digit + text[at + 1 :]
    for at in range(19):
        if text[at] != text[at + 1]:
            yield text[:at] + text[at + 1] + text[at] + text[at + 2 :]


@pytest.mark.parametrize("eui", [ESME, GSME])
def test_a_thousand_mistyped_tokens_are_refused(home, eui):
    device = home.lab.han.meters[eui]
    before = home.figures(device).balance_mp
    tried = 0
    for number in range(1, 8):
        for text in mistyped(home.token(eui, number, 10 * number)):
            assert home.key_in(device, text.encode()) == (INVALID, 0)
            tried += 1
    assert tried >= 1000
    assert home.figures(device).balance_mp >= before - 10
    assert home.figures(device).top_ups == []


def test_what_is_no_token_is_refused(home):
    for digits in (b"", b"1" * 19, b"7" * 21, b"abcdefghij0123456789", bytes(range(200, 220))):
        assert home.key_in(home.esme, digits) == (INVALID, 0)


def test_a_token_is_taken_once(fresh):
    digits = fresh.token(ESME, 3, 10)
    assert fresh.key_in(fresh.esme, digits) == (ACCEPTED, 10 * POUND)
    assert fresh.key_in(fresh.esme, digits) == (DUPLICATE, 0)
    fresh.lab.restart(ESME)
    device = fresh.lab.han.meters[ESME]
    assert fresh.key_in(device, digits) == (DUPLICATE, 0)
    codes = [code for _, code in device.security_log()]
    assert codes == [0x8F51, 0x8F51]


def test_the_token_of_another_meter_or_supplier_is_refused(fresh):
    assert fresh.key_in(fresh.esme, fresh.token(GSME, 3, 10)) == (INVALID, 0)
    assert [code for _, code in fresh.esme.security_log()] == [0x8F63]
    keys, supplier = fresh.lab.parties.keys, fresh.lab.parties["supplier"].eui
    secret = bytes(range(32))
    digits = utrn.make(secret, supplier, ESME, 4 << 32, 10, 1, keys.crypto).encode()
    assert fresh.key_in(fresh.esme, digits) == (INVALID, 0)


def test_tokens_may_come_out_of_order_but_not_too_old(fresh):
    device = fresh.esme
    for number in (10, 8, 9):
        assert fresh.key_in(device, fresh.token(ESME, number, 1)) == (ACCEPTED, POUND)
    assert fresh.key_in(device, fresh.token(ESME, 8, 1)) == (DUPLICATE, 0)
    for number in range(11, 108):  # 100 are remembered
        assert fresh.key_in(device, fresh.token(ESME, number, 1)) == (ACCEPTED, POUND)
    for number in (1, 5, 7, 8, 107):
        assert fresh.key_in(device, fresh.token(ESME, number, 1)) == (DUPLICATE, 0)
    assert fresh.key_in(device, fresh.token(ESME, 108, 1)) == (ACCEPTED, POUND)
    assert len(device.store.get("account/counters")) == 400


def test_the_counter_of_a_typed_token_is_completed_from_those_before(fresh):
    for number in (1000, 2020, 2060, 1100, 1900, 3000):
        assert fresh.key_in(fresh.esme, fresh.token(ESME, number, 1)) == (ACCEPTED, POUND), number


def test_too_much_is_refused(fresh):
    limit = (5 * POUND).to_bytes(4, "big")
    fresh.esme.store.write(
        {"a/2328/00005E2C020A/02": b"\x05" + limit, "a/2328/00005E2C0214/02": b"\x05" + limit}
    )
    assert fresh.key_in(fresh.esme, fresh.token(ESME, 1, 501, utrn.PENCE)) == (TOO_LARGE, 0)
    assert fresh.key_in(fresh.esme, fresh.token(ESME, 2, 5)) == (ACCEPTED, 5 * POUND)
    assert fresh.key_in(fresh.esme, fresh.token(ESME, 3, 1)) == (MAXIMUM, 0)
    assert [code for _, code in fresh.esme.security_log()] == [0x8F5B, 0x8F47]
    # what was refused was not taken: it may be entered when there is room
    assert fresh.command("ECS04a", {"update_amount": -5 * POUND}).is_success
    assert fresh.key_in(fresh.esme, fresh.token(ESME, 3, 1)) == (ACCEPTED, POUND)


def test_a_supplier_sends_a_token_by_cs01a(fresh):
    fresh.prepay(0)
    digits = fresh.token(ESME, 7, 12)

    def done():
        return fresh.lab.read("CS01a", ESME, {"enter": digits})

    supplier = fresh.lab.parties["supplier"]
    counter, supplier.counter = supplier.counter, (7 << 32) - 1
    assert done().is_success
    found = fresh.figures(fresh.esme)
    assert (found.top_ups[0].amount_mp, found.top_ups[0].origin) == (12 * POUND, 0)
    supplier.counter = (7 << 32) - 1
    assert done().payload.items[0][2] == 250  # other-reason: a duplicate
    supplier.counter = counter
    assert fresh.command("ECS82").is_success  # its other commands go on from where they were
    assert 0x810E not in fresh.alerts(ESME)  # it was not added locally


def test_a_power_cut_loses_no_token_and_takes_none_twice():
    for octets in range(0, 900, 17):
        home = Home()
        digits = home.token(ESME, 1, 10)
        home.lab.cut_power(ESME, octets)
        with contextlib.suppress(PowerCut):
            home.key_in(home.esme, digits)
        home.lab.restart(ESME)
        device = home.lab.han.meters[ESME]
        before = home.figures(device)
        result, _ = home.key_in(device, digits)
        if before.top_ups:
            assert (result, before.balance_mp >= 10 * POUND - 20) == (DUPLICATE, True)
        else:
            assert (result, before.balance_mp <= 0) == (ACCEPTED, True)
        found = home.figures(device)
        assert len(found.top_ups) == 1
        assert 10 * POUND - 20 <= found.balance_mp <= 10 * POUND


def test_damaged_tokens_never_raise(home):
    source = random.Random(5)
    for _ in range(500):
        digits = bytes(source.randrange(256) for _ in range(source.randrange(24)))
        assert home.key_in(home.gsme, digits) == (INVALID, 0)
        result = account.top_up(home.gsme, b"7" + bytes(source.choices(b"0123456789", k=19)), 2,
                                home.lab.now)  # fmt: skip
        assert result[0] == INVALID
