"""What a lab refuses says what was expected, by a typed error, before anything has changed."""

import pytest

from gbcs.installcode import BadInstallCode
from gbcs_device.base.kind_rows import UnknownKind
from gbcs_host.lab.compose import UnknownName
from gbcs_host.lab.inventory import UnknownDevice
from gbcs_host.lab.lab import CHF, ESME, Lab
from gbcs_host.lab.parties import UnknownParty
from gbcs_host.links.faults import BadFaults

HUB = bytes.fromhex("00DB1234567890B2")
METER = bytes.fromhex("00DB1234567890A0")
OTHER = bytes.fromhex("00DB1234567890C0")
NOBODY = bytes.fromhex("00DB12345678FFFF")


@pytest.fixture(scope="module", params=[False, True], ids=["without radio", "radio"])
def lab(request):
    made = Lab(1, radio=request.param)
    made.make(CHF, HUB)
    made.make(ESME, METER)
    made.add_to_hub(HUB, METER)
    made.join(METER, HUB)
    made.gas_proxy(HUB)
    return made


NO_DEVICE = (
    lambda lab: lab.read("ECS17b", NOBODY),
    lambda lab: lab.read("ECS70", b""),
    lambda lab: lab.start_reading("ECS17b", NOBODY),
    lambda lab: lab.send("ECS17b", "supplier", NOBODY, None),
    lambda lab: lab.carry("ECS17b", b"", NOBODY),
    lambda lab: lab.add_to_hub(NOBODY, METER),
    lambda lab: lab.add_to_hub(HUB, NOBODY),
    lambda lab: lab.join(NOBODY, HUB),
    lambda lab: lab.join(METER, NOBODY),
    lambda lab: lab.join(METER, METER),
    lambda lab: lab.join(HUB, HUB),
    lambda lab: lab.take_over(HUB, NOBODY),
    lambda lab: lab.disconnect(NOBODY),
    lambda lab: lab.read_logs(NOBODY),
    lambda lab: lab.restart(NOBODY),
    lambda lab: lab.restart(lab.gas_proxy(HUB)),
    lambda lab: lab.cut_power(NOBODY, 1),
    lambda lab: lab.gas_proxy(METER),
    lambda lab: lab.introduce(METER, NOBODY),
    lambda lab: lab.part(NOBODY, METER),
    lambda lab: lab.hand_over(METER),
    lambda lab: lab.hand_over(NOBODY),
    lambda lab: lab.read("ECS17b", bytearray(METER)),
    lambda lab: lab.start_adding(HUB, lab.gas_proxy(HUB)),
    lambda lab: lab.start_disconnecting(lab.gas_proxy(HUB)),
    lambda lab: lab.view(NOBODY),
    lambda lab: lab.view(METER),
    lambda lab: lab.top_up(METER, 0, "0" * 20),
    lambda lab: lab.emergency(NOBODY, 0),
    lambda lab: lab.deliver(METER, b""),
)


@pytest.mark.parametrize("call", NO_DEVICE)
def test_a_device_that_is_not_there_is_unknown(lab, call):
    with pytest.raises(UnknownDevice, match=r"expected|has no device"):
        call(lab)


def test_names_that_are_in_no_table_are_unknown(lab):
    with pytest.raises(UnknownName, match="use case expected, found 'ECS99'"):
        lab.read("ECS99", METER)
    with pytest.raises(UnknownParty, match=r"supplier, .* expected, found 'the queen'"):
        lab.read("ECS17b", METER, party="the queen")
    with pytest.raises(UnknownParty):
        lab.send("ECS17b", "the queen", METER, None)


@pytest.mark.parametrize("kind", ["GPF", "HCALCS", "XX"])
def test_a_kind_that_it_cannot_make_is_told_with_those_that_it_can(lab, kind):
    with pytest.raises(UnknownKind, match="of ESME, GSME, CHF, PPMID, IHD expected"):
        lab.make(kind, NOBODY)


def test_an_eui_64_is_used_once(lab):
    before = lab.read("ECS70", METER).is_success
    proxy = lab.gas_proxy(HUB)
    for eui in (METER, HUB):
        with pytest.raises(ValueError, match="a new device expected"):
            lab.make(ESME, eui)
    with pytest.raises(ValueError, match=r"is in the lab|gas proxy of hub"):
        lab.make(ESME, proxy)
    before_it = (int.from_bytes(METER, "big") - 1).to_bytes(8, "big")
    if lab.han.stations:
        with pytest.raises(ValueError, match="for the gas proxy of hub"):
            lab.make(CHF, before_it)
    else:  # without radio its gas proxy is made when it is asked for
        lab.make(CHF, before_it)
        with pytest.raises(ValueError, match=r"for the gas proxy, .* is of kind ESME"):
            lab.gas_proxy(before_it)
    for eui in ("00DB1234567890FF", b"12", None):
        with pytest.raises(ValueError, match="an EUI-64 of 8 octets expected, found"):
            lab.make(ESME, eui)
        with pytest.raises(ValueError, match="an EUI-64 of 8 octets expected, found"):
            lab.make(CHF, eui)
    assert lab.restart(METER).eui == METER
    lab.pass_time(60)  # it comes back to its hub
    assert lab.read("ECS70", METER).is_success == before


def test_a_device_with_a_bad_install_code_is_not_made(lab):
    with pytest.raises(BadInstallCode, match="found 3"):
        lab.make(ESME, OTHER, b"123")
    assert lab.make(ESME, OTHER, bytes(16)).eui == OTHER


def test_what_needs_radio_is_refused_without():
    for arguments in ({"faults": "loss=5%"}, {"watch": print}, {"reveal": print}):
        with pytest.raises(ValueError, match="radio=True expected"):
            Lab(1, **arguments)
    with pytest.raises(BadFaults):
        Lab(1, radio=True, faults="wind=5%")
    assert str(Lab(1, radio=True, faults="loss=5%").han.air.faults) == "loss=5%"


def test_time_does_not_go_back(lab):
    with pytest.raises(ValueError, match="seconds from 0 to 4294967296 expected, found -1"):
        lab.pass_time(-1)
    for seconds in (float("inf"), float("nan"), 1 << 40):
        with pytest.raises(ValueError, match="seconds from 0"):
            lab.pass_time(seconds)


def test_an_ihd_takes_no_messages_and_acts_on_nothing():
    lab = Lab(1, radio=True)
    lab.make(CHF, HUB)
    lab.make("IHD", METER)
    lab.make("PPMID", NOBODY)
    counters = [party.counter for party in lab.parties]
    for call in (
        lambda: lab.read("ECS17b", METER),
        lambda: lab.disconnect(METER),
        lambda: lab.top_up(METER, 0, "0" * 20),
        lambda: lab.emergency(METER, 0),
        lambda: lab.enable(METER, 0),
        lambda: lab.deliver(METER, b""),
        lambda: lab.deliver(NOBODY, b""),
    ):
        with pytest.raises(UnknownDevice, match=r"takes messages|PPMID|that is on"):
            call()
    assert counters == [party.counter for party in lab.parties]
