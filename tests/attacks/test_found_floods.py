"""Who may only read wants to wear a meter out, and its log emptied of what stood there."""

from gbcs.zcl.codes import MESSAGING, SPECIFIC
from gbcs_device.base import logs
from gbcs_host.lab.lab import IHD
from tests.display import GPF_ENDPOINT, HUB, METER, Home

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
