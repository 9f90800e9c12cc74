"""Time: what a read and a join cost among many devices, what is begun and answered later, memory.

Times are those of this process on its core, so others on the machine disturb little.
"""

import cProfile
import gc
import os
import pstats
import tempfile
import time
import tracemalloc
from collections.abc import Callable

from gbcs_host.lab.lab import CHF, ESME, GSME, Lab

HUB, METER, GAS = [bytes.fromhex("00DB1234567890" + last) for last in ("B2", "A0", "A1")]
FEW, MANY = 16, 10_000
MOST = 1.2  # times as much among many as among few
BATCHES, READS = 8, 160
NEW = 100  # meters whose memory is measured
SLICE_S = 0.2  # of a home's time, every 20 ms: ten times as fast as real time
Row = tuple[str, str, str, bool]

_PARTS = {  # all of the time within these functions
    ("messages/device.py", "receive"): "the meter runs the command",
    ("messages/device.py", "next_timer"): "devices are asked for their next timer",
    ("lab/compose.py", "access_request"): "the command is composed",
    ("lab/parties.py", "command_for"): "the command is protected",
    ("lab/parties.py", "read"): "the answer is verified",
}
_OWN = {  # the time of these files or folders, without what they call
    "han/air.py": "the air, the HAN, the clock",
    "han/zigbee.py": "the air, the HAN, the clock",
    "han/han.py": "the air, the HAN, the clock",
    "lab/clockwork.py": "the air, the HAN, the clock",
    "zigbee": "layers of ZigBee, without their cryptography",
}


def run() -> "list[Row]":
    """The rows."""
    return [*_among_many(), *_rates(), *_memory(), *_sleeping()]


class _Street:
    """A lab without radio, sixteen ESMEs to a hub."""

    def __init__(self) -> None:
        self.lab = Lab(1)
        self.meters: list[bytes] = []
        self.hub = b""

    def grow(self, count: int) -> float:
        """Adds so many meters; the seconds that one took to be added and to join."""
        seconds = 0.0
        for number in range(len(self.meters), len(self.meters) + count):
            if number % 16 == 0:
                self.hub = bytes.fromhex("00DB12340002%04X" % (number // 16))
                self.lab.make(CHF, self.hub)
            eui = bytes.fromhex("00DB12340000%04X" % number)
            self.lab.make(ESME, eui)
            self.meters.append(eui)
            begun = time.process_time()
            is_joined = self.lab.add_to_hub(self.hub, eui).is_success
            is_joined = bool(self.lab.join(eui, self.hub)) and is_joined
            seconds += time.process_time() - begun
            if not is_joined:
                raise RuntimeError("the meter joins expected")
        return seconds / count

    def read_s(self, batches: int) -> float:
        """The seconds of a read of the last sixteen meters."""
        meters = self.meters[-16:]
        return _best(
            lambda number: self.lab.read("ECS17b", meters[number % 16]).is_success, batches
        )


def _best(work: "Callable[[int], bool]", batches: int = BATCHES, count: int = READS) -> float:
    """The seconds of one of `count` calls, in the best of some batches."""
    times = []
    for _ in range(batches):
        begun = time.process_time()
        if not all(work(number) for number in range(count)):
            raise RuntimeError("a success expected")
        times.append((time.process_time() - begun) / count)
    return min(times)


def _among_many() -> "list[Row]":
    """A small street and a large one, measured in turns: the machine's pace may change."""
    small, street = _Street(), _Street()
    small.grow(FEW)
    street.grow(MANY - 16 * BATCHES)
    reads, joins = [], []
    for _ in range(BATCHES):
        reads.append((small.read_s(2), street.read_s(2)))
        joins.append((_Street().grow(FEW), street.grow(16)))
    few_read, many_read = [min(times) for times in zip(*reads, strict=True)]
    few_join, many_join = [min(times) for times in zip(*joins, strict=True)]
    rows = []
    for what, few, many in (("read", few_read, many_read), ("join", few_join, many_join)):
        measured = "%.2f, %.2f ms: x %.2f" % (1000 * few, 1000 * many, many / few)
        figure = "a %s among %d and among %d meters" % (what, FEW, len(street.meters))
        rows.append((figure, measured, "<= x %.1f" % MOST, many <= MOST * few))
    return [*rows, _kept(street)]


def _kept(street: _Street) -> Row:
    """The street is saved, restored, and both read the same."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "street.lab")
        begun = time.process_time()
        street.lab.save(path)
        saved = time.process_time()
        restored = Lab.restored(path)
        end = time.process_time()
        each = os.path.getsize(path) / len(street.meters) / 1024
    meter = street.meters[-1]
    answers = [lab.read("ECS17b", meter).answer for lab in (street.lab, restored)]
    measured = "%.1f s, %.1f s, %.1f KiB a meter" % (saved - begun, end - saved, each)
    figure = "%d meters are saved and restored, and read alike" % len(street.meters)
    return figure, measured, "", answers[0] is not None and answers[0] == answers[1]


def _home(radio: bool) -> Lab:
    lab = Lab(1, radio=radio)
    lab.make(CHF, HUB)
    for kind, eui in ((ESME, METER), (GSME, GAS)):
        lab.make(kind, eui)
        lab.add_to_hub(HUB, eui)
        lab.join(eui, HUB)
    lab.pass_time(60)
    return lab


def _rates() -> "list[Row]":
    rows: list[Row] = []
    for radio, least, goal in ((False, 1800, 2500), (True, 500, 700)):
        lab = _home(radio)

        def read(_: int, lab: Lab = lab) -> bool:
            return lab.read("ECS17b", METER).is_success

        rate = 1 / _best(read)
        how = "with" if radio else "without"
        figure = "reads of an ESME a second, verified, %s radio" % how
        target = ">= %d, goal %d" % (least, goal)
        rows.append((figure, "%d/s" % rate, target, rate >= least))
        rows += [
            ("  of that time: %s" % name, "%.0f %%" % share, "", True)
            for name, share in _shares(lab)
        ]
    return rows


def _shares(lab: Lab) -> "list[tuple[str, float]]":
    """Per cent of the time by where it goes."""
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(READS):
        lab.read("ECS17b", METER)
    profile.disable()
    stats = pstats.Stats(profile)
    total = stats.total_tt  # type: ignore[attr-defined]
    shares: dict[str, float] = {}
    for (path, _, name), (_, _, own, whole, _) in stats.stats.items():  # type: ignore[attr-defined]
        folder = path.split(os.sep)[-2:-1]
        place = "/".join([*folder, os.path.basename(path)])
        seconds = whole
        part = _PARTS.get((place, name))
        if part is None:
            seconds = own
            part = _OWN.get(place) or _OWN.get("".join(folder), "")
        if part:
            shares[part] = shares.get(part, 0) + seconds
    return sorted(((n, 100 * t / total) for n, t in shares.items()), key=lambda row: -row[1])


def _memory() -> "list[Row]":
    rows: list[Row] = []
    for radio in (False, True):
        for kind in (ESME, GSME):
            lab = Lab(1, radio=radio)
            euis = [bytes.fromhex("00DB12340000%04X" % number) for number in range(2 * NEW)]
            for eui in euis[:NEW]:
                lab.make(kind, eui)
            gc.collect()
            tracemalloc.start()
            for eui in euis[NEW:]:
                lab.make(kind, eui)
            gc.collect()
            each = tracemalloc.get_traced_memory()[0] / NEW / 1024
            tracemalloc.stop()
            figure = "memory of a new %s, %s radio" % (kind, "with" if radio else "without")
            rows.append((figure, "%.1f KiB" % each, "" if radio else "<= 12", radio or each <= 12))
    return rows


def _sleeping() -> "list[Row]":
    """A GSME is read while it sleeps, an ESME every ten seconds of the home's time meanwhile."""
    lab = _home(True)
    gas = lab.start_reading("GCS13a", GAS)
    reads = []
    begun, longest = lab.now, 0.0
    while not gas.is_over and lab.now - begun < 3_720_000:
        start = time.process_time()
        if (lab.now - begun) // 10_000 >= len(reads):
            reads.append(lab.start_reading("ECS17b", METER))
        lab.pass_time(SLICE_S)
        longest = max(longest, time.process_time() - start)
    lab.pass_time(5)
    answered = sum(pending.is_over and pending.exchange.is_success for pending in [gas, *reads])
    is_whole = answered == len(reads) + 1
    measured = "%d of %d, %.0f s" % (answered, len(reads) + 1, (lab.now - begun) / 1000)
    figure = "a sleeping GSME's read, an ESME's meanwhile: answered"
    return [
        (figure, measured, "all", is_whole),
        ("the same: the longest call", "%.1f ms" % (1000 * longest), "<= 20 ms", longest <= 0.02),
    ]
