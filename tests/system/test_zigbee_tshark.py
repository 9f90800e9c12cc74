"""A capture of the whole triage in tshark: everything opens, and the messages are ours."""

import pytest

from gbcs import message
from gbcs_host.capture import Capture
from gbcs_host.han.events import AlertReceived, ExchangeOver, MessageReceived, MessageSent
from gbcs_host.lab.lab import Lab
from gbcs_host.scenarios import play
from tests import tshark
from tests.display import Home

HEADER = (
    "cra_flag",
    "originator_counter",
    "business_originator_id",
    "business_target_id",
    "message_code",
)

FINDINGS = (
    "zbee_sec.encrypted_payload",
    "_ws.malformed",
    "_ws.expert.severity >= warning",
    # blocks of APS are data until the last; DLMS in a GBCS message is shown as such
    'frame.protocols contains "data" && !zbee_aps.block && !gbcs_message',
)


@pytest.fixture(scope="module")
def triage(tmp_path_factory):
    """Path and keys of the capture, the lab, messages and exchanges."""
    path = tmp_path_factory.mktemp("tshark") / "triage.pcapng"
    events = []
    with Capture.create(str(path)) as capture:
        lab = Lab(1, radio=True, watch=capture.watch, reveal=capture.reveal)
        lab.observe(events.append, MessageSent, MessageReceived, AlertReceived, ExchangeOver)
        played = play.Play(lab, lambda step: None)
        play.find("triage").play(played)
    assert played.holds
    return path, (path.parent / "triage.pcapng.keys").read_text().splitlines(), lab, events


def test_every_frame_is_there(triage):
    path, keys, lab, _ = triage
    assert len(tshark.fields(path, keys, "frame.number")) == lab.han.air.frames


@pytest.mark.parametrize("finding", FINDINGS)
def test_nothing_is_left(triage, finding):
    path, keys, _, _ = triage
    assert tshark.fields(path, keys, "frame.number", where=finding) == []


@pytest.fixture(scope="module")
def displayed(tmp_path_factory):
    """The same of a run in which a display reads all that there is, and is told things."""
    path = tmp_path_factory.mktemp("tshark") / "display.pcapng"
    with Capture.create(str(path)) as capture:
        home = Home(watch=capture.watch, reveal=capture.reveal)
        home.ask_for_a_key().ask_everything()
        assert home.lab.read("ECS10", home.esme.eui, {"value": b"Hello"}).is_success
        assert home.lab.read("ECS43", home.esme.eui).is_success
        home.lab.pass_time(1900)
    keys = (path.parent / "display.pcapng.keys").read_text().splitlines()
    return path, keys, home.lab.han.air.frames


@pytest.mark.parametrize("finding", FINDINGS)
def test_nothing_is_left_of_what_displays_read(displayed, finding):
    path, keys, frames = displayed
    assert len(tshark.fields(path, keys, "frame.number")) == frames
    assert tshark.fields(path, keys, "frame.number", where=finding) == []


def test_the_prices_and_messages_are_those_that_were_published(displayed):
    path, keys, _ = displayed
    price = "zbee_zcl_se.price."
    found = tshark.fields(
        path, keys, price + "price", price + "start_time",
        where=price + "cmd.srv_tx.id == 0x00",
    )  # fmt: skip
    assert {one[0] for one in found} == {"24500", "6768"}


def test_without_the_keys_the_same_filters_find_something(triage):
    path, _, _, _ = triage
    where = "zbee_sec.encrypted_payload"
    assert len(tshark.fields(path, [], "frame.number", where=where)) > 1000


def test_the_messages_are_those_that_were_carried(triage):
    path, keys, lab, events = triage
    names = ["gbcs_message.grouping_header." + name for name in HEADER]
    found = tshark.fields(path, keys, *names, where="gbcs_message")
    seen = set()
    for cra, counter, originator, target, code in found:
        seen.add(
            (
                int(cra, 0),
                int(counter, 0),
                bytes.fromhex(originator.replace(":", "")),
                bytes.fromhex(target.replace(":", "")),
                int(code, 0),
            )
        )
    carried = {}
    for event in events:
        if isinstance(event, ExchangeOver):
            continue
        if event.sender not in lab.han.hubs and event.recipient not in lab.han.hubs:
            m = message.decode(event.octets)
            carried[m.cra, m.counter, m.originator, m.recipient, m.code] = event.octets
    assert len(seen) == len(found)
    assert seen <= carried.keys()
    answered = set()
    for event in events:
        exchange = getattr(event, "exchange", None)
        if exchange is None:
            continue
        if exchange.answer is not None and exchange.command in carried.values():
            for octets in (exchange.command, exchange.answer):
                m = message.decode(octets)
                answered.add((m.cra, m.counter, m.originator, m.recipient, m.code))
    assert answered <= seen
    assert len(answered) > 40
