"""Meters in another process, and links that fail: the same laboratory."""

import os
import subprocess
import sys

import pytest

from gbcs.crypto.backends import default
from gbcs_device.base.store import PowerCut
from gbcs_device.board.remote import Server
from gbcs_device.messages.device import Device
from gbcs_host import cli
from gbcs_host.han import served_devices
from gbcs_host.lab.lab import CHF, ESME, GSME, Lab
from gbcs_host.links import LinkError, open_link
from gbcs_host.links.faults import Faults, FaultyLink

HUB, METER, GAS = [bytes.fromhex("00DB1234567890" + one) for one in ("B2", "A0", "A1")]


@pytest.fixture
def elsewhere():
    """The name of a link that another process serves."""
    command = [sys.executable, "-m", "gbcs_host.cli", "device", "run", "--link", "tcp:127.0.0.1:0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stderr.readline()
        assert line.startswith("devices are served at tcp:127.0.0.1:"), line
        yield line.split()[-1]
    finally:
        process.terminate()
        process.wait(10)
        process.stderr.close()


@pytest.fixture
def served(request):
    """The same in this process, by threads, on a link of the kind asked for."""
    with served_devices.serving(request.param) as listener:
        yield listener.name


def test_the_triage_runs_with_its_meters_in_another_process(elsewhere, capsys):
    assert cli.main(["run", "triage", "--link", elsewhere]) == 0
    assert "39 of 39 steps hold" in capsys.readouterr().err


def test_a_link_in_process_is_served_by_the_run_itself(capsys):
    assert cli.main(["run", "triage", "--link", "inproc:meters"]) == 0
    assert "39 of 39 steps hold" in capsys.readouterr().err


def a_day(lab):
    """Two meters join, are read, and leave."""
    lab.make(CHF, HUB)
    for kind, eui in ((ESME, METER), (GSME, GAS)):
        lab.make(kind, eui)
        assert lab.add_to_hub(HUB, eui).is_success
        assert lab.join(eui, HUB)
    assert lab.read("ECS17b", METER).is_success
    assert lab.read("GCS13a", GAS).is_success
    for eui in (METER, GAS):
        assert lab.disconnect(eui).is_success
        assert not lab.han.meters[eui].is_joined()
        assert lab.han.meters[eui].has_install_code()


@pytest.mark.parametrize(
    "served", ["inproc:day", "tcp:127.0.0.1:0", "udp:127.0.0.1:0"], indirect=True
)
def test_meters_are_the_same_over_any_link(served):
    a_day(Lab(6, radio=True, open_device=lambda kind: open_link(served)))


@pytest.mark.parametrize("served", ["udp:127.0.0.1:0", "tcp:127.0.0.1:0"], indirect=True)
def test_a_link_may_lose_double_delay_and_damage(served):
    links = []

    def faulty(kind):
        faults = Faults.parse(
            "loss=2%%,duplication=5%%,jitter=2ms,bit-errors=1%%,seed=%d" % len(links)
        )
        links.append(FaultyLink(open_link(served), faults))
        return links[-1]

    lab = Lab(6, radio=True, open_device=faulty)
    a_day(lab)
    assert sum(lab.han.stations[eui].repeats for eui in (METER, GAS)) > 5


@pytest.mark.parametrize("served", ["inproc:cut"], indirect=True)
def test_power_is_cut_elsewhere_too(served):
    lab = Lab(6, radio=True, open_device=lambda kind: open_link(served))
    lab.make(CHF, HUB)
    lab.make(ESME, METER)
    assert lab.add_to_hub(HUB, METER).is_success
    lab.cut_power(METER, 10)
    with pytest.raises(PowerCut):
        lab.join(METER, HUB)
    assert not lab.restart(METER).is_joined()
    assert lab.join(METER, HUB)


def test_a_link_that_nobody_serves_is_said(capsys):
    assert cli.main(["run", "triage", "--link", "tcp:127.0.0.1:9"]) == 3
    assert "gbcs device run" in capsys.readouterr().err
    assert cli.main(["run", "triage", "--link", "pigeon:1"]) == 2
    assert cli.main(["run", "triage", "--faults", "loss=many"]) == 2
    assert cli.main(["run", "triage", "--direct", "--faults", "loss=1%"]) == 2


def test_a_device_answers_nothing_but_whole_requests_in_turn():
    device = Server(default(), os.urandom)
    assert device.handle(b"") is None
    hello = bytes(7) + b"\x09\x00" + bytes(8)
    answer = device.handle(hello)
    assert answer[8] == 0
    assert device.handle(hello) == answer
    older = bytes(7) + b"\x08\x08" + bytes(8)
    assert device.handle(older) is None
    for operation in range(1, 256):
        request = operation.to_bytes(8, "big") + bytes(8)
        request = (100 + operation).to_bytes(8, "big") + bytes((operation,)) + bytes(8) + b"\x05x"
        answer = device.handle(request)
        assert answer[:8] == request[:8]


@pytest.mark.parametrize("served", ["inproc:broken"], indirect=True)
def test_whatever_goes_wrong_in_a_device_it_begins_anew(served, monkeypatch):
    lab = Lab(6, radio=True, open_device=lambda kind: open_link(served))
    lab.make(CHF, HUB)
    lab.make(ESME, METER)
    assert lab.add_to_hub(HUB, METER).is_success
    assert lab.join(METER, HUB)
    receive = Device.receive

    def broken(self, octets, now):
        raise MemoryError("of all kinds")

    monkeypatch.setattr(Device, "receive", lambda self, octets, now: (
        receive(self, octets, now) if self.kind == "CHF" else broken(self, octets, now)
    ))  # fmt: skip
    with pytest.raises(LinkError, match="MemoryError: of all kinds"):
        lab.read("ECS17b", METER)
    monkeypatch.undo()
    assert lab.join(METER, HUB).by == "link key"
    assert lab.read("ECS17b", METER).is_success


def test_a_damaged_store_is_noticed_and_the_last_good_bank_used():
    from gbcs_device.base.store import MemoryMedium, Store

    medium = MemoryMedium()
    lab = Lab(6, radio=True)
    lab.make(ESME, METER)
    store = Store(medium, 12000)
    held = lab.han.stations[METER].store
    store.write({name: held.get(name) for name in held.names()})
    store.write({"own/identity": METER + b"ESME"})
    while not (medium.banks[0] and medium.banks[1]):
        store.write({"filler": os.urandom(500)})
    good = Server(default(), os.urandom, medium, 12000)
    assert good.station is not None
    assert not good.damaged
    last = max((0, 1), key=lambda bank: bytes(medium.banks[bank][3:7]))
    medium.banks[last][40] ^= 1
    again = Server(default(), os.urandom, medium, 12000)
    assert again.station is not None
    assert again.station.eui == METER
    assert "bank %d" % last in again.damaged
