"""The triage where the air loses, doubles, delays and damages: nothing is done twice."""

import collections

import pytest

from gbcs_device.messages.device import Device
from gbcs_host.han.events import MessageSent
from gbcs_host.lab.lab import Lab
from gbcs_host.links.faults import Faults
from gbcs_host.scenarios import play

FAULTS = "loss=5%%,duplication=5%%,jitter=100ms,bit-errors=1%%,seed=%d"


@pytest.mark.parametrize("seed", range(1, 21))
def test_the_triage_holds_and_no_command_is_done_twice(seed, monkeypatch):
    taken = collections.Counter()
    receive = Device.receive

    def counted(self, octets, now):
        if self.kind != "CHF":  # whose commands do not come by the air
            taken[self.eui, bytes(octets)] += 1
        return receive(self, octets, now)

    monkeypatch.setattr(Device, "receive", counted)
    lab = Lab(seed, radio=True, faults=Faults.parse(FAULTS % seed))
    carried = set()
    lab.observe(lambda event: carried.add(event.octets), MessageSent)
    played = play.Play(lab, lambda step: None)
    play.find("triage").play(played)
    why = {one.number: [text for text, held in one.checks if not held] for one in played.steps}
    assert played.holds, {number: texts for number, texts in why.items() if texts}
    assert lab.han.air.damaged > 10
    assert max(taken.values()) == 1
    by_hand = 1  # "CS02f for another meter" is handed over without a hub
    assert sum(octets not in carried for _, octets in taken) <= by_hand


def test_an_outage_is_survived():
    lab = Lab(2, radio=True, faults=Faults.parse("disconnect=1%,outage=2s,seed=4"))
    played = play.Play(lab, lambda step: None)
    scenario = play.find("triage")
    for hub in (scenario._QA_HUB, scenario._OTHER_HUB):
        lab.make("CHF", hub)
    scenario.quality_check(played)
    assert played.holds


def test_the_same_seed_meets_the_same_faults():
    def frames():
        heard = []
        lab = Lab(
            3, radio=True, faults=Faults.parse(FAULTS % 9), watch=lambda *one: heard.append(one)
        )
        played = play.Play(lab, lambda step: None)
        scenario = play.find("triage")
        for hub in (scenario._QA_HUB, scenario._OTHER_HUB):
            lab.make("CHF", hub)
        scenario.quality_check(played)
        return heard

    assert frames() == frames()
