"""Hostile frames: none is acted on, none stops a station, none makes it grow."""

import pytest

from gbcs_host.han import hostile
from gbcs_host.lab.lab import CHF, ESME, GSME, Lab

HUB = bytes.fromhex("00DB1234567890B2")
METERS = {ESME: bytes.fromhex("00DB1234567890A0"), GSME: bytes.fromhex("00DB1234567890A1")}
COUNT = 25_000  # of each kind


@pytest.fixture(scope="module")
def scene():
    """A lab with a hub and two meters, and every frame that was on its air."""
    heard = []
    lab = Lab(5, radio=True, watch=lambda octets, us: heard.append(octets))
    lab.make(CHF, HUB)
    for kind, eui in METERS.items():
        lab.make(kind, eui)
        assert lab.add_to_hub(HUB, eui).is_success
        assert lab.join(eui, HUB)
    for use_case, kind in (("ECS17b", ESME), ("ECS10", ESME), ("GCS13a", GSME)):
        values = {"value": b"Hello"} if use_case == "ECS10" else None
        assert lab.read(use_case, METERS[kind], values).is_success
    lab.han.air.watch = None
    return lab, list(heard)


@pytest.mark.parametrize("kind", hostile.KINDS)
def test_no_hostile_frame_changes_anything(scene, kind):
    lab, heard = scene
    hub = lab.han.stations[HUB]
    meters = [lab.han.stations[eui] for eui in METERS.values()]
    gas = meters[1]
    gas.is_awake = True  # as in its half hour's minute
    before = hostile.state(hub, meters)
    command = lab.exchanges[-1].command
    now = lab.now

    def send(octets):
        for station in (hub, *meters):
            station.receive(octets, now)
            station.out.clear()

    refused = hostile.attack(kind, heard, hub, meters, COUNT, 11, command, send)
    assert hostile.state(hub, meters) == before
    assert not lab.han.unasked(HUB)
    assert max(hostile.size(one) for one in (hub, *meters)) < 500
    assert sum(refused.values()) > 1000, refused
    gas.is_awake = False
    for station in (hub, *meters):
        lab.han.air.touch(station)


def test_afterwards_the_network_works_as_before(scene):
    lab, _ = scene
    lab.pass_time(120)  # what the flood left to be repeated is given up
    assert lab.read("ECS17b", METERS[ESME]).is_success
    assert lab.read("GCS13a", METERS[GSME]).is_success
