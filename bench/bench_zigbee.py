"""The home area network: joining, frames through a hub, the air with faults, hostile frames."""

import cProfile
import os
import pathlib
import pstats
import subprocess
import sys
import time

from gbcs_host.han import hostile
from gbcs_host.lab.lab import CHF, ESME, GSME, Lab
from gbcs_host.links.faults import Faults
from gbcs_host.scenarios import play

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools" / "micropython"))
import build_unix  # noqa: E402
import fetch  # noqa: E402

HUB, METER, GAS = [bytes.fromhex("00DB1234567890" + one) for one in ("B2", "A0", "A1")]
SEEDS = 20
FAULTS = "loss=5%%,duplication=5%%,jitter=100ms,bit-errors=1%%,seed=%d"
HOSTILE = 25_000  # of each kind
READS = 150
Row = tuple[str, str, str, bool]

_JOINS = """
import test_device_han as t
for _ in range(4): t.test_a_meter_joins_and_answers()
"""


def run() -> "list[Row]":
    """The rows."""
    return [*_joining(), *_frames(), _faults(), *_hostile()]


def _lab(heard: "list[bytes]") -> Lab:
    lab = Lab(1, radio=True, watch=lambda octets, us: heard.append(octets))
    lab.make(CHF, HUB)
    for kind, eui in ((ESME, METER), (GSME, GAS)):
        lab.make(kind, eui)
        lab.add_to_hub(HUB, eui)
    return lab


def _joining() -> "list[Row]":
    lab = _lab([])
    times = []
    for eui in (METER, GAS):
        begun = time.perf_counter()
        joined = bool(lab.join(eui, HUB))
        times.append(time.perf_counter() - begun)
        if not joined:
            return [("joining", "fails", "works", False)]
    worst = max(times)
    rows = [("join with suite 2, host: hub and meter reckon", "%.0f ms" % (worst * 1000), "< 1 s", worst < 1)]  # fmt: skip  # noqa: E501
    try:
        port = build_unix.micropython()
    except fetch.Unavailable as error:
        return [*rows, ("join on the unix port", str(error).splitlines()[0], "there", False)]
    for heap in (192, 512):
        done = subprocess.run(
            [str(port), "-X", "heapsize=%dk" % heap, "-c", _JOINS],
            env={**os.environ, "MICROPYPATH": ".frozen:%s" % (ROOT / "tests" / "dual")},
            capture_output=True,
            text=True,
            check=False,
        )
        took = [int(line.split()[-1]) for line in done.stdout.splitlines() if "took" in line]
        what = "%d ms" % min(took) if took else done.stderr.strip()[-40:]
        rows.append(("the same, unix MicroPython, heap of %d KB" % heap, what, "", bool(took)))
    return rows


def _frames() -> "list[Row]":
    """Reads of one meter, one after another, through its hub."""
    lab = _lab([])
    lab.join(METER, HUB)
    air = lab.han.air
    frames, begun = air.frames, time.perf_counter()
    fine = sum(lab.read("ECS17b", METER).is_success for _ in range(READS))
    seconds = time.perf_counter() - begun
    rate = (air.frames - frames) / seconds
    rows = [
        ("frames through a hub, in process", "%d/s" % rate, "", fine == READS),
        ("the same: reads of a register, verified", "%d/s" % (READS / seconds), "", True),
    ]
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(READS):
        lab.read("ECS17b", METER)
    profile.disable()
    return rows + [
        ("  of that time: %s" % name, "%.0f %%" % share, "", True)
        for name, share in _where(profile)
    ]


def _where(profile: cProfile.Profile) -> "list[tuple[str, float]]":
    """Shares of the whole, by cumulated times of what is entered from outside."""
    stats = pstats.Stats(profile)
    total = stats.total_tt  # type: ignore[attr-defined]
    of: dict[str, float] = {}
    for (path, _, name), (_, _, own, all_, _) in stats.stats.items():  # type: ignore[attr-defined]
        file = os.path.basename(path)
        if name in ("ccm_seal", "ccm_unseal"):
            of["CCM* of NWK and APS"] = of.get("CCM* of NWK and APS", 0) + all_
        elif (file, name) == ("parties.py", "command_for"):
            of["the head end composes"] = all_
        elif (file, name) == ("verdict.py", "read"):
            of["the head end checks"] = all_
        elif (file, name) == ("device.py", "receive"):
            of["the meter runs the command"] = all_
        elif file in (
            "mac.py",
            "nwk.py",
            "aps.py",
            "maclayer.py",
            "nwklayer.py",
            "apslayer.py",
            "security.py",
        ):
            of["layers, their own"] = of.get("layers, their own", 0) + own
        elif file == "air.py":
            of["the air"] = of.get("the air", 0) + own
    of["all else: stations, the laboratory, its inventory"] = total - sum(of.values())
    return sorted(((n, 100 * t / total) for n, t in of.items()), key=lambda one: -one[1])


def _faults() -> Row:
    held = 0
    for seed in range(1, SEEDS + 1):
        lab = Lab(seed, radio=True, faults=Faults.parse(FAULTS % seed))
        played = play.Play(lab, lambda step: None)
        play.find("triage").play(played)
        held += played.holds
    row = "%d of %d seeds" % (held, SEEDS)
    return ("triage, 5 % loss, 5 % twice, 100 ms jitter, 1 % damage", row, "all", held == SEEDS)


def _hostile() -> "list[Row]":
    heard: list[bytes] = []
    lab = _lab(heard)
    for eui in (METER, GAS):
        lab.join(eui, HUB)
    lab.read("ECS17b", METER)
    lab.read("GCS13a", GAS)
    hub, meter, gas = [lab.han.stations[eui] for eui in (HUB, METER, GAS)]
    gas.is_awake = True
    before = hostile.state(hub, [meter, gas])
    rows: list[Row] = []
    for kind in hostile.KINDS:

        def send(octets: bytes) -> None:
            for station in (hub, meter, gas):
                station.receive(octets, lab.now)
                station.out.clear()

        hostile.attack(kind, heard, hub, [meter, gas], HOSTILE, 3, lab.exchanges[0].command, send)
        same = hostile.state(hub, [meter, gas]) == before
        size = max(hostile.size(one) for one in (hub, meter, gas))
        row = "0 accepted, %d remembered" % size if same else "something changed"
        rows.append(("%d hostile frames: %s" % (HOSTILE, kind), row, "0, bounded", same and size < 500))  # fmt: skip  # noqa: E501
    return rows
