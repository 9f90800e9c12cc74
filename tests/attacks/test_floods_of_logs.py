"""Who may only read, or keeps what others sent, wants to wear a meter out and empty its log."""

import pytest

from gbcs.zcl.codes import MESSAGING, SPECIFIC
from gbcs_device.base import logs
from gbcs_host.lab import compose, supply
from gbcs_host.lab.lab import IHD
from tests.display import DISPLAY, GPF_ENDPOINT, HUB, METER, Home
from tests.firmware import home as homes

_CONFIRM = 0x01


def confirmed(home, to, endpoint, number, times=40):
    for second in range(times):
        octets = number.to_bytes(4, "little") + second.to_bytes(4, "little")
        home.display.zcl(to, (endpoint, 1), MESSAGING, SPECIFIC, _CONFIRM, octets, home.lab.now)
        home.let_go()


def test_an_ihd_confirms_one_message_again_and_again():
    """Each confirmation was an entry of the log, an alert and two writes."""
    home = Home(kind=IHD).ask_for_a_key()
    assert home.lab.read("ECS10", METER, {"value": b"Hello"}).is_success
    home.let_go(5)
    store = home.esme.store
    writes, alerts = store.writes, len(home.lab.alerts_of(METER))
    confirmed(home, METER, 1, int.from_bytes(store.get("message/number"), "big"))
    assert len(home.lab.alerts_of(METER)) - alerts == 1
    assert store.writes - writes < 5
    codes = [one.code for one in logs.entries(store.get(logs.EVENT))]
    assert codes.count(0x81A6) == 1


def test_an_ihd_confirms_a_message_that_never_was():
    home = Home(kind=IHD).ask_for_a_key()
    stores = (home.esme.store, home.lab.han.hubs[HUB].store)
    writes = [store.writes for store in stores]
    confirmed(home, METER, 1, 0)
    confirmed(home, HUB, GPF_ENDPOINT, 0)
    assert [store.writes for store in stores] == writes
    assert not home.lab.alerts_of(METER)


def test_an_ihd_asks_for_a_key_again_and_again():
    """Each time the hub made another, which the meter wrote."""
    home = Home(kind=IHD).ask_for_a_key()
    key = home.display.link_key(METER)
    writes = home.esme.store.writes
    for _ in range(100):
        home.request_key()
    assert home.esme.store.writes - writes < 5
    assert home.display.link_key(METER) == home.esme.link_key(DISPLAY) == key
    home.lab.pass_time(3600)
    home.request_key()
    assert home.display.link_key(METER) == home.esme.link_key(DISPLAY) != key
    assert home.electricity(0x0702, 0x0000) != [None]


def codes(store, log):
    return [one.code for one in logs.entries(store.get(log) or b"")]


def account_of(store):
    return [store.get(name) for name in store.names("account/")]


@pytest.fixture
def prepaid():
    home = homes.Home()
    home.prepay(500_000)
    home.lab.pass_time(60)
    return home


def sent_by_the_supplier(home, meter, digits, number):
    """CS01a or CS01b; whether it was taken, and its octets."""
    receive = meter.receive
    sent = []

    def seen(octets, now):
        sent.append(octets)
        return receive(octets, now)

    meter.receive = seen
    if meter is home.esme:
        done = supply.top_up(home.lab, homes.ESME, digits.decode(), number).is_success
    else:
        supplier = home.lab.parties["supplier"]
        record = compose.gbz_command("CS01b", {"top_up_code": digits})
        exchange = home.lab.send("CS01b", supplier, homes.GSME, record, counter=number << 32)
        done = exchange.is_success
    meter.receive = receive
    return done, sent[-1]


@pytest.mark.parametrize("kind", ["esme", "gsme"])
def test_a_token_sent_again_and_again_wears_no_flash_out(prepaid, kind):
    """Anybody on the way may do so: each was an entry of the security log, and a write."""
    meter = getattr(prepaid, kind)
    digits = prepaid.token(meter.eui, 3, 5)
    done, octets = sent_by_the_supplier(prepaid, meter, digits, 3)
    assert done
    store = meter.store
    writes, account = store.writes, account_of(store)
    for second in range(60):
        assert meter.receive(octets, prepaid.lab.now + second * 1000)  # an answer that says so
    assert 16 <= codes(store, logs.SECURITY).count(0x8F51) <= 17
    assert store.writes - writes <= 20
    assert account_of(store) == account


@pytest.mark.parametrize("digits", [b"1" * 20, None], ids=["no token", "another meter's"])
def test_wrong_tokens_typed_in_at_a_ppmid_wear_no_flash_out(prepaid, digits):
    """Each was an entry of both logs, and the whole account written."""
    digits = digits or prepaid.token(homes.GSME, 3, 5)
    store = prepaid.esme.store
    writes, account = store.writes, account_of(store)
    for _ in range(60):
        assert prepaid.key_in(prepaid.esme, digits) == (1, 0)
    assert codes(store, logs.EVENT).count(0x8155) == 16
    assert codes(store, logs.SECURITY).count(0x8F60) == 1
    assert store.writes - writes <= 20
    assert account_of(store) == account


def test_what_a_ppmid_may_not_have_is_logged_a_few_times_an_hour(prepaid):
    """Emergency credit while there is other credit: the same."""
    store = prepaid.esme.store
    writes = store.writes
    for _ in range(60):
        done, changes = homes.account.select_emergency(prepaid.esme, prepaid.lab.now)
        store.write(changes)
        assert not done
    assert codes(store, logs.EVENT).count(0x8155) == 16
    assert store.writes - writes <= 20
