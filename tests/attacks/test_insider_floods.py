"""Everything that an insider can send, by seed: then ten minutes, and everybody is reached."""

import os
import random

import pytest

from gbcs_device.han.joining import JOINED
from gbcs_device.messages.device import Device
from gbcs_host.han import hostile, insider
from gbcs_host.lab.lab import ESME
from tests.attacks.insider_scene import (
    DEVICES,
    DISPLAY,
    GAS,
    HUB,
    INTERFACE,
    METER,
    RECOVERY_S,
    Scene,
)

LONG = os.environ.get("GBCS_LONG") == "1"
FRAMES = 6_000 if LONG else 800  # of each seed
SEEDS = range(1, 10) if LONG else (1,)


def attacked(scene, seed, happens=lambda source: None):
    """The household under attack, then ten minutes of peace."""
    lab = scene.lab
    source = random.Random(seed)
    pause_ms = source.choice((50, 2000, 20_000))
    foe = insider.Insider(scene.hub, scene.stations(), FRAMES, seed, lab.now, pause_ms)
    lab.han.air.put(foe, HUB)
    while foe.sent < FRAMES:
        lab.pass_time(source.choice((1, 30, 60)))
        assert max(hostile.size(each) for each in [scene.hub, *scene.stations()]) < 1500
        happens(source)
        foe.knows(scene.hub, scene.stations())
    lab.han.air.take(foe)
    silent = lab.now
    lab.pass_time(RECOVERY_S)
    return silent


def assert_everybody_is_reached(scene, since):
    """Who has read a fuel has done so since then."""
    assert set(scene.hub.children) == set(DEVICES)
    for eui in DEVICES:
        assert scene.station(eui).phase == JOINED
        assert scene.station(eui).nwk.short == scene.hub.children[eui].short
    for eui in (DISPLAY, INTERFACE):
        assert all(source.heard > since for source in scene.station(eui)._sources)
    assert {METER, INTERFACE} <= set(scene.hub.tunnels)
    for eui in (METER, GAS):
        assert scene.read(eui)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_an_insider_sends_everybody_is_reached_again(seed, monkeypatch):
    scene = Scene(20 + seed)
    executed = []
    receive = Device.receive

    def counted(self, octets, now):
        executed.append(octets)
        return receive(self, octets, now)

    monkeypatch.setattr(Device, "receive", counted)
    writes = [scene.station(eui).source.writes for eui in (METER, GAS)]
    silent = attacked(scene, seed)
    assert not executed
    assert not scene.lab.han.unasked()
    assert writes == [scene.station(eui).source.writes for eui in (METER, GAS)]
    assert scene.holds_its_keys()
    assert_everybody_is_reached(scene, silent)


@pytest.mark.parametrize("seed", SEEDS)
def test_also_where_power_goes_and_the_network_key_changes_meanwhile(seed):
    scene = Scene(40 + seed)
    lab = scene.lab

    def happens(source):
        kind = source.randrange(8)
        if kind == 0:
            lab.restart(source.choice(DEVICES))
        elif kind == 1:
            lab.restart(HUB)
        elif kind == 2:
            scene.hub.change_network_key(lab.now)
            lab.han.air.touch(scene.hub)
        elif kind == 3:
            eui = source.choice(DEVICES)
            lab.han.switch_off(eui)
            lab.pass_time(source.choice((1, 100)))
            lab.han.switch_on(eui, HUB)

    silent = attacked(scene, seed, happens)
    del scene.keys["network"]
    found = insider.secrets(scene.hub, scene.stations())
    assert {name: found[name] for name in scene.keys} == scene.keys
    assert_everybody_is_reached(scene, silent)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_meter_joins_once_the_attacker_is_silent(seed):
    scene = Scene(60 + seed)
    lab = scene.lab
    other = bytes.fromhex("00DB1234567890A9")
    lab.make(ESME, other)
    assert lab.add_to_hub(HUB, other).is_success
    devices = [*scene.stations(), scene.station(other)]
    foe = insider.Insider(scene.hub, devices, FRAMES // 3, seed, lab.now, 100)
    lab.han.air.put(foe, HUB)
    lab.join(other, HUB)
    while foe.sent < foe.count:
        lab.pass_time(1)
    lab.han.air.take(foe)
    if scene.hub.link_key(other) is None:
        lab.pass_time(120)
        assert lab.remove_from_hub(HUB, other).is_success
        assert lab.add_to_hub(HUB, other).is_success
        done = lab.join(other, HUB)
        assert done, done.why
    lab.pass_time(RECOVERY_S)
    assert scene.holds_its_keys() or other in scene.hub.children
    assert scene.station(other).phase == JOINED
    assert lab.read("ECS17b", other).is_success
