"""The emulated devices: reference responses reproduced, the triage, a street of meters."""

import gc
import importlib.util
import io
import os
import pathlib
import subprocess
import sys
import time
import tracemalloc
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from gbcs_host import cli
from gbcs_host.decode.keystore import KeyStore
from gbcs_host.lab.lab import CHF, ESME, GSME, Lab
from gbcs_host.verify import coverage

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools" / "micropython"))
import build_unix  # noqa: E402
import fetch  # noqa: E402

SHARED = pathlib.Path(os.environ.get("GBCS_SHARED", "../shared"))
STREET = 500
_PER_HUB = 8  # of each kind: a device log holds sixteen
Row = tuple[str, str, str, bool]

_TIMED = """
import gc, time
gc.threshold(8192)
for name in ("test_device_esme", "test_device_gsme"):
    module = __import__(name)
    for case in sorted(dir(module)):
        if type(getattr(module, case)).__name__ == "Case":
            one = getattr(module, case)
            device = module.device(one)
            gc.collect()
            start = time.ticks_us()
            device.receive(one.command, one.now)
            print(case, (time.ticks_us() - start) / 1000)
"""


def run() -> "list[Row]":
    """The rows."""
    return [*_coverage(), _triage(), *_street(), *_unix_port()]


def _coverage() -> "list[Row]":
    folder = SHARED / "rtds"
    if not folder.is_dir():
        return [("reference pairs", "not at hand (GBCS_SHARED)", "", True)]
    pairs = coverage.pairs(str(folder / "messages"))
    coverage.Coverage(KeyStore.load(str(folder / "keystore"))).run(pairs)
    same = sum(pair.outcome in coverage.OUTCOMES[:2] for pair in pairs)
    row = "%d of %d (%.1f %%)" % (same, len(pairs), 100 * same / len(pairs))
    return [("reference pairs reproduced, as far as can be", row, ">= 95 %", same >= 0.95 * len(pairs))]  # fmt: skip  # noqa: E501


def _triage() -> Row:
    begun = time.perf_counter()
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as said:
        status = cli.main(["run", "triage"])
    seconds = time.perf_counter() - begun
    steps = said.getvalue().strip().split(",")[0]
    return ("SECMP0013 triage", "%s, %.1f s" % (steps, seconds), "all, <= 10 s", not status and seconds <= 10)  # fmt: skip  # noqa: E501


def _street() -> "list[Row]":
    """Hubs with eight ESMEs and eight GSMEs each; every meter read once."""
    lab = Lab(1)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    meters = []
    for number in range(0, STREET, _PER_HUB):
        hub = bytes.fromhex("00DB12340002%04X" % number)
        lab.make(CHF, hub)
        for each in range(number, min(number + _PER_HUB, STREET)):
            for kind, prefix in ((ESME, "0000"), (GSME, "0001")):
                eui = bytes.fromhex("00DB1234%s%04X" % (prefix, each))
                lab.make(kind, eui)
                meters.append((kind, eui, hub))
    memory = (tracemalloc.get_traced_memory()[0] - before) / len(meters)
    tracemalloc.stop()
    joined = sum(
        lab.add_to_hub(hub, eui).is_success and bool(lab.join(eui, hub)) for _, eui, hub in meters
    )
    begun = time.perf_counter()
    read = sum(
        lab.read("ECS17b" if kind == ESME else "GCS13a", eui).is_success for kind, eui, _ in meters
    )
    rate = len(meters) / (time.perf_counter() - begun)
    whole = read == joined == len(meters)
    return [
        ("%d ESMEs and GSMEs each, joined and read once" % STREET, "%d" % read, "all", whole),
        ("the same: commands, answers verified", "%d/s" % rate, "", whole),
        ("the same: memory of a meter and its keys", "%.1f KB" % (memory / 1024), "", whole),
    ]


def _dual() -> "Any":
    """tests/dual/run.py."""
    spec = importlib.util.spec_from_file_location("dual_run", ROOT / "tests" / "dual" / "run.py")
    if spec is None or spec.loader is None:
        raise ImportError("tests/dual/run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _unix_port() -> "list[Row]":
    try:
        port = build_unix.micropython()
    except fetch.Unavailable as error:
        return [("devices on the unix port", str(error).splitlines()[0], "there", False)]
    done = subprocess.run(
        [str(port), "-X", "heapsize=128k", "-c", _TIMED],
        env={**os.environ, "MICROPYPATH": ".frozen:%s" % (ROOT / "tests" / "dual")},
        capture_output=True,
        text=True,
        check=False,
    )
    rows: list[Row] = []
    for name in ("test_device_esme", "test_device_gsme"):
        result = _dual().on_unix_with_peak(name, 128)
        row = "%d passed, %d failed, peak %d KB" % (result.passed, result.failed, result.peak_kb)
        figure = "unix port, 128 KB: %s" % name
        rows.append((figure, row, "all pass", bool(result.passed) and not result.failed))
    for line in done.stdout.splitlines():
        name, _, milliseconds = line.rpartition(" ")
        rows.append(("unix port, 128 KB: %s answered" % name, "%.1f ms" % float(milliseconds), "", True))  # fmt: skip  # noqa: E501
    if done.returncode or not rows:
        rows.append(("unix port, 128 KB", done.stderr.strip()[-60:], "runs", False))
    return rows
