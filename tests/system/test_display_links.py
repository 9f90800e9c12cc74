"""Displays at the far end of a link: the same View, the same buttons; a person at the far end."""

import json

import pytest

from gbcs import message
from gbcs_device.board import remote
from gbcs_device.display.view_octets import encode_view
from gbcs_host import cli
from gbcs_host.han import served_devices
from gbcs_host.lab.lab import IHD, PPMID
from gbcs_host.links import LinkError, open_link
from tests.firmware.home import POUND
from tests.system.test_household_devices import DISPLAY, GAS, INTERFACE, METER, Prepaid, household


@pytest.fixture(params=["inproc:displays", "tcp:127.0.0.1:0"])
def far(request):
    """A household whose displays are served elsewhere, and a person at the one that came last."""
    links = []
    person = served_devices.Person()
    with served_devices.serving(request.param, person) as listener:

        def open_device(kind):
            if kind not in (IHD, PPMID):
                return None
            links.append(open_link(listener.name))
            return links[-1]

        yield lambda **how: household(open_device=open_device, **how), person
        for link in links:
            link.close()


def test_a_display_elsewhere_shows_what_one_here_does(far):
    make, _ = far
    there, here = make(seed=21), household(seed=21)
    for lab in (there, here):
        lab.pass_time(2400)
    for eui in (DISPLAY, INTERFACE):
        one, other = there.view(eui), here.view(eui)
        for fuel, same in zip(one.fuels, other.fuels, strict=True):
            assert fuel.is_connected
            for name in ("price_mp", "standing_mp", "tariff", "is_prepayment", "power_w", "level"):
                assert getattr(fuel, name) == getattr(same, name)
            assert abs(fuel.reading - same.reading) <= 3  # of moments a few seconds apart
        assert one.signal == 5


def test_buttons_of_a_ppmid_elsewhere(far):
    make, person = far
    home = Prepaid(POUND, POUND, make)
    assert home.lab.top_up(INTERFACE, 0, home.token(METER, 1, 7))
    home.lab.pass_time(3)
    assert home.notice() == "Top-up accepted: £7.00"
    assert person.view().notice == "Top-up accepted: £7.00"
    assert person.want(("top-up", 0, home.token(METER, 2, 3).decode()))
    home.lab.pass_time(15)
    assert home.notice() == "Top-up accepted: £3.00"
    assert not person.want(("confirm", 17))
    with pytest.raises(LinkError, match="20 digits"):
        home.lab.top_up(INTERFACE, 0, b"12")
    command = home.lab.parties.command(home.lab.parties["supplier"], GAS, 0x0090, b"", False)
    done = home.lab.deliver(INTERFACE, command)
    assert (done.was_sent, done.waits_for) == (True, GAS)


def test_an_ihd_elsewhere_has_no_buttons_of_a_ppmid(far):
    make, _ = far
    lab = make(seed=22)
    with pytest.raises(LinkError, match="button"):
        lab.enable(DISPLAY, 0)
    with pytest.raises(LinkError, match="button"):
        lab.han.stations[DISPLAY].deliver(b"octets", lab.now)


def test_a_meter_has_no_view(far):
    make, _ = far
    lab = make(seed=23)
    one = remote.Server(lab.parties.keys.crypto, lab.random.randbytes)
    store = lab.han.meters[METER].store
    for number, (operation, body) in enumerate(
        (
            (
                remote.WRITE,
                b"".join(remote.entry(name, store.get(name)) for name in store.names()),
            ),
            (remote.BEGIN, METER + b"ESME"),
            (remote.VIEW, b""),
        )
    ):
        request = (number + 1).to_bytes(8, "big") + bytes((operation,)) + bytes(8) + body
        answer = one.handle(request)
    assert answer[8] == remote.REFUSED


def test_a_view_that_is_damaged_is_refused(far):
    from gbcs.errors import DecodeError
    from gbcs_device.display.view_octets import decode_view

    make, _ = far
    octets = encode_view(make(seed=24).view(INTERFACE))
    for size in range(len(octets)):
        with pytest.raises(DecodeError):
            decode_view(octets[:size])
    with pytest.raises(DecodeError):
        decode_view(octets + b"\x00")


def test_the_command_delivers_what_it_is_given(capsys, tmp_path):
    composed = message.compose(message.ALERT, 7, INTERFACE, bytes(8), 0x1000, b"\x01")
    octets = message.finish(composed, bytes(64))
    (tmp_path / "alert.hex").write_text(octets.hex())
    assert cli.main(["deliver", "--json", str(tmp_path / "alert.hex")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["was_sent"], found["to_wan"], found["waits_for"]) == (True, True, None)
    assert found["message"] == octets.hex().upper()
    composed = message.compose(message.COMMAND, 7, INTERFACE, METER, 0x1000, b"\x01")
    forged = message.wrap(message.finish(composed), bytes(12)).hex()
    assert cli.main(["deliver", forged]) == 1
    assert "no device on the HAN answered" in capsys.readouterr().out
    assert cli.main(["deliver", "--device", "esme=tcp:127.0.0.1:1", forged]) == 2


def test_the_ppmid_of_the_command_may_be_elsewhere(capsys):
    composed = message.compose(message.COMMAND, 7, INTERFACE, GAS, 0x009B, b"\x01")
    octets = message.wrap(message.finish(composed), bytes(12)).hex()
    with served_devices.serving("tcp:127.0.0.1:0") as listener:
        assert cli.main(["deliver", octets, "--device", "ppmid=" + listener.name]) == 0
    assert "keeps them for 00DB1234567890A1" in capsys.readouterr().out
