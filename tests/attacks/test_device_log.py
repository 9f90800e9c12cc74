"""Whoever a meter's own device log does not have wants to read it, top it up, switch it.

The hub's log lets all of these devices on the network; the meter's log is the supplier's.
"""

import pytest

from gbcs import payload
from gbcs.asn1 import asn1
from gbcs.zcl.codes import METERING, NOT_AUTHORISED, PREPAYMENT, PRICE, SPECIFIC
from gbcs_device.base import partners
from gbcs_device.messages.trust_anchors import device_key_name
from gbcs_host.lab import supply
from gbcs_host.lab.lab import CHF, ESME, GSME, IHD, PPMID, Lab
from tests.display import DISPLAY, GAS, HUB, METER, Home

REGISTER = (METERING, 0x0300)
ACTS = {
    "LocalChangeSupply": (METERING, 0x0C, "02"),
    "SelectAvailableEmergencyCredit": (PREPAYMENT, 0x00, "0000000002"),
    "ConsumerTopUp": (PREPAYMENT, 0x04, ""),
}
ROGUE = bytes.fromhex("00DB1234567890AE")
KEY = bytes(range(16))


def topped_up(home):
    """The octets of a ConsumerTopUp with a token that the meter would take."""
    return "0214" + supply.token(home.lab, METER, 1, 5).encode().hex()


def armed(home):
    """A meter out of credit, whose emergency credit is there to be selected."""
    for done in supply.electricity_prepaid(home.lab, METER, 0):
        assert done.is_success
    home.lab.pass_time(60)
    return home


def held(home):
    """What of the meter a display might change."""
    store = home.esme.store
    return {name: store.get(name) for name in store.names("account/")}


def act(home, name):
    """Tries it, with a key or without; what the meter says to that."""
    cluster, command, octets = ACTS[name]
    octets = octets or topped_up(home)
    home.display.defaults = []
    home.display.heard = []
    sent = home.display.zcl(
        METER, (1, 1), cluster, SPECIFIC, command, bytes.fromhex(octets), home.lab.now
    )
    home.let_go()
    return sent, home.display.defaults, home.display.heard


def has_key(home):
    return home.esme.link_key(DISPLAY) is not None


def give_key(home):
    """Both have a key, whatever the log says: as after a fault, or from an older firmware."""
    for one, other in ((home.esme, DISPLAY), (home.display, METER)):
        one.store.write({partners.LINK_KEY + other.hex(): KEY})


def unjoined(home):
    assert home.lab.part(METER, DISPLAY).is_success
    return home


# Only the hub lists it


@pytest.mark.parametrize("kind", [IHD, PPMID])
def test_a_device_that_only_the_hub_lists_wants_a_key_with_the_meter(kind):
    home = Home(kind=kind)
    for _ in range(3):
        home.request_key()
    assert not has_key(home)
    assert home.esme.nwk.dropped["a key with a device that is not joined with this one"] == 3


@pytest.mark.parametrize("kind", [IHD, PPMID])
def test_a_device_that_only_the_hub_lists_wants_to_read(kind):
    home = Home(kind=kind)
    home.request_key()
    assert home.electricity(*REGISTER) == [None]
    assert home.ask(METER, 1, PRICE, 0x00, "01") == []


@pytest.mark.parametrize("name", ACTS)
def test_a_device_that_only_the_hub_lists_wants_to_act_with_a_key_that_it_has(name):
    home = armed(Home())
    give_key(home)
    before = held(home)
    cluster, command, _ = ACTS[name]
    assert act(home, name) == (True, [(cluster, command, NOT_AUTHORISED)], [])
    assert home.electricity(*REGISTER) == [None]
    assert home.display.defaults[-1] == (METERING, 0x00, NOT_AUTHORISED)
    assert held(home) == before


def test_a_device_that_only_the_hub_lists_wants_to_be_told_what_changes():
    home = Home()
    give_key(home)
    home.ask(METER, 1, PRICE, 0x00, "01")
    assert home.lab.read("ECS10", METER, {"value": b"Private"}).is_success
    home.let_go(5)
    assert home.display.heard == []


# It may read


@pytest.mark.parametrize("name", ACTS)
def test_an_ihd_that_may_read_wants_to_act(name):
    home = armed(Home(kind=IHD).ask_for_a_key())
    before = held(home)
    cluster, command, _ = ACTS[name]
    assert act(home, name) == (True, [(cluster, command, NOT_AUTHORISED)], [])
    assert held(home) == before
    assert home.electricity(*REGISTER) == ["3000"]


@pytest.fixture(scope="module")
def given():
    home = armed(Home())
    give_key(home)
    return home


@pytest.mark.parametrize("kind", [0, 1, 2, 3, 4, 6, 7, 255])
@pytest.mark.parametrize("name", ACTS)
def test_whatever_is_listed_and_is_no_ppmid_wants_to_act(given, name, kind):
    home = given
    home.esme.store.write({partners.DEVICE_LOG: DISPLAY + bytes((kind,))})
    before = held(home)
    cluster, command, _ = ACTS[name]
    assert act(home, name) == (True, [(cluster, command, NOT_AUTHORISED)], [])
    assert held(home) == before
    assert home.electricity(*REGISTER) == (["3000"] if kind in (4, 6) else [None])


def test_the_hub_wants_to_act_on_the_meter():
    home = armed(Home())
    before = held(home)
    for name, (cluster, command, octets) in ACTS.items():
        payload_octets = bytes.fromhex(octets or topped_up(home))
        home.hub.zcl(METER, (1, 1), cluster, SPECIFIC, command, payload_octets, home.lab.now)
        home.lab.han.air.touch(home.hub)
        home.lab.pass_time(1)
        assert held(home) == before, name
    assert home.esme.nwk.dropped["a device that is not joined with the meter"] == 3


# It was joined


@pytest.mark.parametrize("name", ACTS)
def test_a_ppmid_that_was_unjoined_wants_to_act(name):
    home = unjoined(armed(Home().ask_for_a_key()))
    before = held(home)
    assert act(home, name) == (True, [], [])  # the meter cannot even read it
    assert held(home) == before


def test_a_display_that_was_unjoined_wants_to_read_with_its_old_key_or_a_new_one():
    home = Home(kind=IHD).ask_for_a_key()
    assert home.electricity(*REGISTER) == ["3000"]
    unjoined(home)
    assert not has_key(home)
    assert home.esme.store.names(partners.LINK_KEY) == []
    assert home.electricity(*REGISTER) == [None]
    home.request_key()
    assert not has_key(home)
    assert home.electricity(*REGISTER) == [None]
    home.let_go(10)  # it has given up
    home.ask_for_a_key()  # the supplier has joined it again
    assert home.electricity(*REGISTER) == ["3000"]


def test_a_display_that_was_unjoined_wants_to_be_told_what_changes():
    home = Home(kind=IHD).ask_for_a_key()
    home.ask(METER, 1, PRICE, 0x00, "01")
    unjoined(home)
    home.display.heard = []
    assert home.lab.read("ECS10", METER, {"value": b"Private"}).is_success
    home.let_go(5)
    assert home.display.heard == []


# The gas meter, and a false meter


def test_a_display_wants_a_key_with_the_gas_meter():
    home = Home()
    home.display.nwk.set_address(GAS, home.hub.children[GAS].short)
    home.display.request_partner_key(GAS, home.lab.now)
    home.let_go(2000)
    gas = home.lab.han.stations[GAS]
    assert gas.link_key(DISPLAY) is None
    assert gas.store.names(partners.LINK_KEY) == []


def test_a_device_that_serves_prices_wants_the_top_ups_of_a_ppmid():
    lab = Lab(5, radio=True)
    for kind, eui in ((CHF, HUB), (ESME, METER), (ESME, ROGUE), (PPMID, DISPLAY)):
        lab.make(kind, eui)
    assert lab.add_to_hub(HUB, ROGUE).is_success
    assert lab.join(ROGUE, HUB)
    assert lab.add_to_hub(HUB, DISPLAY).is_success
    assert lab.join(DISPLAY, HUB)
    for exchange in lab.introduce(METER, DISPLAY)[1:]:  # the true one is not there yet
        assert exchange.is_success
    lab.pass_time(60)
    assert not lab.view(DISPLAY).fuels[0].is_connected
    assert not lab.top_up(DISPLAY, 0, "12345678901234567890")
    assert lab.han.stations[DISPLAY].link_key(ROGUE) is None
    assert lab.add_to_hub(HUB, METER).is_success
    assert lab.join(METER, HUB)
    assert lab.tell(METER, DISPLAY).is_success
    lab.pass_time(60)
    assert lab.view(DISPLAY).fuels[0].is_connected


# The log itself


@pytest.fixture(scope="module")
def lab():
    made = Lab(5)
    made.make(CHF, HUB)
    for kind, eui in ((ESME, METER), (GSME, GAS), (PPMID, DISPLAY)):
        made.make(kind, eui)
        assert made.add_to_hub(HUB, eui).is_success
        assert made.join(eui, HUB)
    return made


def entered(lab, use_case, whom, method, eui, kind, certificate=None):
    """The result of CS03."""
    fields = [
        (None, "INTEGER", method, None),
        (None, "OCTET STRING", eui, None),
        (None, "INTEGER", kind, None),
    ]
    if certificate is not None:
        fields.append(asn1.decode("Certificate", certificate, 0, len(certificate)))
    record = payload.Asn1("JoinDeviceCommand", (None, "SEQUENCE", fields, None))
    return lab.send(use_case, "supplier", whom, record).payload.field[2]


OTHER_TYPES = [-(2**70), -1, 7, 128, 255, 256, 2**32, 2**70]


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_a_device_of_an_unknown_type_wants_into_the_log(lab, kind):
    for use_case, whom, method in (("CS03A1", METER, 0), ("CS03B", METER, 2), ("CS03B", GAS, 2)):
        assert entered(lab, use_case, whom, method, ROGUE, kind) == 2  # invalidMethod
    certificate = lab.pki.device(ROGUE, "ka").certificate
    assert entered(lab, "CS03C", GAS, 3, ROGUE, kind, certificate) == 2
    for meter in (METER, GAS):
        assert partners.device_type(lab.han.meters[meter].store, ROGUE) is None


@pytest.mark.parametrize(
    ("use_case", "whom", "method", "kind"),
    [
        ("CS03B", METER, 2, 5),  # a PPMID acts: it must have agreed on a key
        ("CS03B", GAS, 2, 5),
        ("CS03A1", METER, 0, 6),
        ("CS03B", METER, 2, 0),
        ("CS03B", METER, 2, 1),
    ],
)
def test_a_device_wants_into_the_log_by_a_method_that_is_not_its_own(
    lab, use_case, whom, method, kind
):
    assert entered(lab, use_case, whom, method, ROGUE, kind) == 2
    assert partners.device_type(lab.han.meters[whom].store, ROGUE) is None


def test_an_ihd_in_the_log_wants_to_become_a_ppmid(lab):
    ihd = bytes.fromhex("00DB1234567890AD")
    assert entered(lab, "CS03B", METER, 2, ihd, partners.TYPE_2) == 0
    assert entered(lab, "CS03A1", METER, 0, ihd, partners.PPMID_TYPE) == 3  # incompatible
    assert partners.device_type(lab.han.meters[METER].store, ihd) == partners.TYPE_2


def test_a_certificate_whose_point_is_off_the_curve_wants_to_be_kept(lab):
    octets = bytearray(lab.pki.device(DISPLAY, "ka").certificate)
    at = octets.index(lab.pki.device(DISPLAY, "ka").parsed.public_key)
    octets[at + 64] ^= 1
    gas = lab.han.meters[GAS]
    assert entered(lab, "CS03C", GAS, 3, DISPLAY, 5, bytes(octets)) == 11
    assert gas.store.get(device_key_name(DISPLAY)) is None
    assert partners.device_type(gas.store, DISPLAY) is None


def test_octets_of_a_ppmid_taken_before_it_was_unjoined_want_to_be_taken_again(lab):
    gas, interface = lab.han.meters[GAS], lab.han.meters[DISPLAY]
    for exchange in lab.introduce(GAS, DISPLAY):
        assert exchange.is_success
    octets = interface.emergency(GAS)
    assert gas.receive(octets, lab.now) is not None
    assert lab.part(GAS, DISPLAY).is_success
    assert lab.tell(GAS, DISPLAY).is_success
    assert gas.receive(octets, lab.now) is None
    assert gas.receive(interface.emergency(GAS), lab.now) is not None


def test_a_log_that_is_full_takes_no_more(lab):
    gas = lab.han.meters[GAS]
    before = gas.store.get(partners.DEVICE_LOG)
    gas.store.write({partners.DEVICE_LOG: b"".join(bytes(7) + bytes((n, 6)) for n in range(16))})
    assert entered(lab, "CS03B", GAS, 2, ROGUE, 6) == 4
    assert entered(lab, "CS03B", GAS, 2, bytes(8), 6) == 0  # it is there
    gas.store.write({partners.DEVICE_LOG: before})
