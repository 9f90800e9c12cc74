"""Drawing a page: how long it takes, and what it takes of the heap, on both MicroPythons.

The view is a household's with a message to read. On the emulated Cortex-M3 time is counted in
instructions; the worst page is what is promised.
"""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools" / "micropython"))
import build_unix  # noqa: E402
import fetch  # noqa: E402
import qemu  # noqa: E402

Row = tuple[str, str, str, bool]

_HOUSEHOLD = """
import gc
gc.collect()
before = gc.mem_alloc()
from gbcs_device.base import view
from gbcs_device.display.frame import Frame
from gbcs_device.display.navigation import Pages
seen = view.View()
seen.is_joined, seen.time, seen.signal = True, 825961320, 4
for fuel in seen.fuels:
    fuel.is_connected = fuel.is_prepayment = fuel.has_low_credit = True
    fuel.supply, fuel.emergency, fuel.level, fuel.power_w = 2, 1, 1, 840
    fuel.balance_mp, fuel.debt_mp, fuel.emergency_mp = 163000, 4500000, 500000
    fuel.price_mp, fuel.standing_mp, fuel.cost_now_mp = 24503, 54794, 20582
    fuel.used_wh, fuel.reading = [6412, 9874, 26031, 35622], 12345678
    fuel.cost_mp = [211907, 296736, 802219, 1092021]
    fuel.tariff = "Pay As You Go"
seen.messages = [view.Message(1, 0, "Your new prices start on 1 April. " * 3, 0, True)]
frame = Frame()
pages = Pages(True)
pages.draw(frame, seen)
gc.collect()
print("resident", gc.mem_alloc() - before)
def draw():
    pages.draw(frame, seen)
"""
_BOARD = (
    qemu.COUNTER
    + _HOUSEHOLD
    + """
for name in pages.names:
    pages.turn_to(name)
    gc.collect()
    gc.disable()
    start = gc.mem_alloc()
    draw()
    print("garbage", gc.mem_alloc() - start)
    gc.enable()
    gc.collect()
    print(name, count(draw))
"""
)
_UNIX = (
    _HOUSEHOLD
    + """
import time
for name in pages.names:
    pages.turn_to(name)
    draw()
    best = 1 << 29
    for _ in range(20):
        start = time.ticks_us()
        draw()
        best = min(best, time.ticks_diff(time.ticks_us(), start))
    print(name, best)
"""
)
_NAMES = (
    "overview", "today", "history", "tariff", "credit", "top-up", "emergency", "supply",
    "message", "supplier", "info",
)  # fmt: skip
_RESIDENT_KB = 10
_GARBAGE_KB = 4
_INSTRUCTIONS = 6_000_000
_UNIX_MS = 5


def run() -> "list[Row]":
    """The rows; those that say why where there is no MicroPython or no emulated board."""
    rows: list[Row] = []
    for part, name in ((_on_unix, "unix port: a page"), (_on_board, "emulated Cortex-M3: a page")):
        try:
            rows += part()
        except fetch.Unavailable as error:
            rows.append((name, str(error).splitlines()[0], "there", False))
    return rows


def _figures(printed: str) -> "dict[str, float]":
    """The largest figure of each name."""
    found: dict[str, float] = {}
    for line in printed.splitlines():
        name, figure = line.split()
        found[name] = max(found.get(name, 0.0), float(figure))
    return found


def _on_unix() -> "list[Row]":
    done = subprocess.run(
        [build_unix.micropython(), "-X", "heapsize=128k", "-c", _UNIX],
        env={"MICROPYPATH": ".frozen"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = _figures(done.stdout)
    worst = max(_NAMES, key=lambda name: found[name])
    return [
        ("unix port: the overview drawn", "%.2f ms" % (found["overview"] / 1000), "", True),
        ("unix port: the slowest page, %s" % worst, "%.2f ms" % (found[worst] / 1000),
         "<= %d ms" % _UNIX_MS, found[worst] <= _UNIX_MS * 1000),
    ]  # fmt: skip


def _on_board() -> "list[Row]":
    qemu.available()
    with qemu.Board(128) as board:
        found = _figures(board.run(_BOARD))
    worst = max(_NAMES, key=lambda name: found[name])
    return [
        ("Cortex-M3: the overview drawn", "%.1f M instructions" % (found["overview"] / 1e6),
         "", True),
        ("Cortex-M3: the slowest page, %s" % worst, "%.1f M instructions" % (found[worst] / 1e6),
         "<= %.0f M" % (_INSTRUCTIONS / 1e6), found[worst] <= _INSTRUCTIONS),
        ("Cortex-M3: display, pages, view and frame in the heap",
         "%.1f KB" % (found["resident"] / 1024), "<= %d KB" % _RESIDENT_KB,
         found["resident"] <= _RESIDENT_KB * 1024),
        ("Cortex-M3: garbage of a page at most", "%.1f KB" % (found["garbage"] / 1024),
         "<= %d KB" % _GARBAGE_KB, found["garbage"] <= _GARBAGE_KB * 1024),
    ]  # fmt: skip
