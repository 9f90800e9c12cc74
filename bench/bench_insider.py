"""An insider who holds the network key of a household: what its frames took, and for how long.

A hub, both meters, an IHD and a PPMID; frames in bursts, in everybody's name, while displays read
and the gas meter wakes. After the last frame it is watched for ten simulated minutes who is
reached: short addresses agree, tunnels are open, displays have read both fuels since, both meters
are read.
"""

import time
from typing import Any

from gbcs_device.han.joining import JOINED
from gbcs_device.messages.device import Device
from gbcs_host.han import hostile, insider
from gbcs_host.lab.lab import CHF, ESME, GSME, IHD, PPMID, Lab

HUB, METER, GAS, DISPLAY, INTERFACE = [
    bytes.fromhex("00DB1234567890" + last) for last in ("B2", "A0", "A1", "A4", "A5")
]
KINDS = ((ESME, METER), (GSME, GAS), (IHD, DISPLAY), (PPMID, INTERFACE))
DEVICES = [eui for _, eui in KINDS]
JOINS = ((METER, INTERFACE), (GAS, INTERFACE), (METER, DISPLAY))
FRAMES = 50_000
BURSTS = ((1, 50), (2, 2_000), (3, 20_000), (4, 4_000), (5, 4_000))  # seed, longest pause in ms
RECOVERY_S = 600
LOOK_S = 10
Row = tuple[str, str, str, bool]


def run() -> "list[Row]":
    """The rows."""
    begun = time.perf_counter()
    keys = executed = sent = size = lost = 0
    slowest = 0
    for seed, pause_ms in BURSTS:
        lab, messages = _household(seed), []
        stations = [lab.han.stations[eui] for eui in DEVICES]
        hub = lab.han.stations[HUB]
        before = insider.secrets(hub, stations)
        writes = [station.source.writes for station in stations[:2]]
        count = FRAMES // len(BURSTS)
        foe = insider.Insider(hub, stations, count, seed, lab.now, pause_ms)
        receive = Device.receive

        def counted(self, octets, now, seen=messages, take=receive):  # type: ignore[no-untyped-def]
            seen.append(octets)
            return take(self, octets, now)

        Device.receive = counted  # type: ignore[method-assign]
        try:
            lab.han.air.put(foe, HUB)
            while foe.sent < count:
                lab.pass_time(30)
                size = max(size, *(hostile.size(each) for each in [hub, *stations]))
            lab.han.air.take(foe)
            took, silent = 0, lab.now
            for passed in range(LOOK_S, RECOVERY_S + 1, LOOK_S):
                lab.pass_time(LOOK_S)
                if not _are_there(lab, silent):
                    took = passed + LOOK_S
        finally:
            Device.receive = receive  # type: ignore[method-assign]
        executed += len(messages) + len(lab.han.unasked())
        executed += [station.source.writes for station in stations[:2]] != writes
        after = insider.secrets(hub, stations)
        keys += sum(before[name] != after[name] for name in before)
        sent += foe.sent
        slowest = max(slowest, took)
        for eui, use_case in ((METER, "ECS17b"), (GAS, "GCS13a")):
            lost += not lab.read(use_case, eui).is_success
        lost += not _are_there(lab, silent)
    seconds = time.perf_counter() - begun
    return [
        ("frames of an insider with the network key", "%d" % sent, ">= 50000", sent >= 50_000),
        ("  keys, logs, certificates changed", "%d" % keys, "0", not keys),
        ("  messages or commands executed", "%d" % executed, "0", not executed),
        ("  devices not reached ten minutes later", "%d" % lost, "0", not lost),
        (
            "  the last device is back after",
            "%d s" % max(slowest, LOOK_S),
            "<= %d s" % RECOVERY_S,
            slowest <= RECOVERY_S,
        ),
        ("  remembered by one station at most", "%d" % size, "< 1500", size < 1500),
        ("  all of it took", "%.0f s" % seconds, "", True),
    ]


def _household(seed: int) -> Lab:
    lab = Lab(seed, radio=True)
    lab.make(CHF, HUB)
    for kind, eui in KINDS:
        lab.make(kind, eui)
        lab.add_to_hub(HUB, eui)
        lab.join(eui, HUB)
    for each, other in JOINS:
        lab.introduce(each, other)
    lab.pass_time(60)
    return lab


def _are_there(lab: Lab, since: int) -> bool:
    """Whether everybody is on the network, and displays have read both fuels since then."""
    hub = lab.han.stations[HUB]
    stations = [lab.han.stations[eui] for eui in DEVICES]
    return (
        all(each.phase == JOINED and each.eui in hub.children for each in stations)
        and all(each.nwk.short == hub.children[each.eui].short for each in stations)
        and METER in hub.tunnels
        and INTERFACE in hub.tunnels
        and all((each.heard or 0) > since for eui in DEVICES[2:] for each in _sources(lab, eui))
    )


def _sources(lab: Lab, eui: bytes) -> "list[Any]":
    """Where a display has its figures from, and when it heard from there."""
    return list(lab.han.stations[eui]._sources)
