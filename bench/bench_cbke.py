"""Key establishment in plain Python: its curves, and one side of suite 2, on both Pythons.

One side is what a party reckons in a whole session: the partner's certificate, an ephemeral key,
the shared key and the confirmations. The session of both is timed, and halved.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools" / "micropython"))
import fetch  # noqa: E402

Row = tuple[str, str, str, bool]

# The same on both Pythons; prints a name and milliseconds, the least of some rounds
_PROGRAM = """
import time
from gbcs.crypto import portable
from gbcs.crypto.koblitz import sect163k1, sect283k1
from gbcs.zigbee import cbke, implicit
if hasattr(time, "ticks_us"):
    def now(): return time.ticks_us() / 1000
else:
    def now(): return time.perf_counter() * 1000
def shown(name, call):
    call()
    best = None
    for _ in range(%d):
        start = now()
        call()
        took = now() - start
        if best is None or took < best:
            best = took
    print(name, best)
state = [b"k"]
def random(count):
    state[0] = portable.sha256(state[0])
    return (state[0] + state[0])[:count]
for curve in (sect163k1(), sect283k1()):
    k = curve.order * 5 // 7
    point = curve.base_multiply(k)
    shown("sect%%dk1" %% curve.field.degree, lambda: curve.combine((k, point)))
    shown("sect%%dk1 base" %% curve.field.degree, lambda: curve.base_multiply(k))
u, v = bytes(8), b"\\x01" * 8
ca = implicit.Authority(2, b"\\x00" + b"\\x5a" * 35, b"\\x02" * 8, portable)
of_u = cbke.Credentials(2, *(ca.issue(u, random) + (ca.public,)))
of_v = cbke.Credentials(2, *(ca.issue(v, random) + (ca.public,)))
def session():
    one = cbke.Initiator(of_u, u, v, random, portable)
    other = cbke.Responder([of_v], v, u, random, portable)
    said = one.start()
    while said is not None:
        said = other.receive(*said)
        said = one.receive(*said)
    if one.link_key is None or one.link_key != other.link_key:
        raise ValueError(one.why + other.why)
shown("session", session)
"""
_TARGETS = (
    # printed           figure                                  ms on the host  on the unix port
    ("sect163k1",      "sect163k1, a point times a number",     5.0,            40.0),
    ("sect163k1 base", "sect163k1, the base times a number",    4.0,            30.0),
    ("sect283k1",      "sect283k1, a point times a number",     10.0,           120.0),
    ("sect283k1 base", "sect283k1, the base times a number",    8.0,            100.0),
    ("session",        "suite 2, one side",                     50.0,           500.0),
)  # fmt: skip


def _measured(command: "list[str]", rounds: int) -> "dict[str, float]":
    done = subprocess.run(
        [*command, "-c", _PROGRAM % rounds],
        env={"PYTHONPATH": str(ROOT / "protocol"), "MICROPYPATH": str(ROOT / "protocol")},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    lines = re.findall(r"^(.+) ([\d.e-]+)$", done.stdout, re.M)
    return {name: float(number) / (2 if name == "session" else 1) for name, number in lines}


def run() -> "list[Row]":
    """The rows; one that says why where there is no MicroPython."""
    rows = []
    here = _measured([sys.executable], 30)
    for name, figure, target, _ in _TARGETS:
        measured = "%.1f ms" % here[name]
        rows.append((figure, measured, "<= %.0f ms" % target, here[name] <= target))
    try:
        micropython = str(fetch.MICROPYTHON if fetch.MICROPYTHON.exists() else fetch.runtime())
    except fetch.Unavailable as error:
        why = str(error).splitlines()[0]
        return [*rows, ("key establishment on the unix port", why, "measured", False)]
    there = _measured([micropython, "-X", "heapsize=256k"], 5)
    for name, figure, _, target in _TARGETS:
        measured = "%.0f ms" % there[name]
        holds = there[name] <= target
        rows.append((figure + ", unix port", measured, "<= %.0f ms" % target, holds))
    return rows
