"""`gbcs device run` under attack, with 64 files: what an honest peer waits, and memory."""

import pathlib
import signal
import sys
import time

from gbcs_host.lab.lab import ESME, Lab

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from tests.greedy import METER, Honest, Served, attack

_SECONDS = 10.0
_WARM_S = 1.5
_ATTACKS = (("tcp", 200, "connections"), ("udp", 5000, "source ports"))
_MEDIAN_MS, _WORST_MS, _JOIN_S, _RSS_MB = 250, 5000, 30, 200

Row = tuple[str, str, str, bool]


def run() -> "list[Row]":
    """The rows; the attack is another process, on the same machine."""
    lab = Lab(1, radio=True)
    lab.make(ESME, METER)
    store = lab.han.stations[METER].store
    rows: list[Row] = []
    for kind, count, what in _ATTACKS:
        rows += _attacked(kind, count, "%d greedy %s" % (count, what), store)
    return rows


def _attacked(kind: str, count: int, who: str, store: object) -> "list[Row]":
    with Served(kind) as served:
        honest = Honest(served.name, store)
        honest.ask(1.0)
        quiet_ms = honest.worst_ms(0.5)
        honest.latencies.clear()
        with attack(kind, served.port, count, 4 * _SECONDS):
            time.sleep(_WARM_S)
            honest.ask(_SECONDS)
            newcomer = Honest(served.name, store)
            rss_mb = served.rss_kb() / 1024
        median_ms, worst_ms = honest.worst_ms(0.5), honest.worst_ms()
        for one in (honest, newcomer):
            one.link.close()
        status = served.end(signal.SIGTERM)
    asked = "%d answers, median %.1f ms" % (2 * len(honest.latencies), median_ms)
    return [
        ("%s: honest peer" % who, asked, "all, %d ms" % _MEDIAN_MS, median_ms <= _MEDIAN_MS),
        (
            "%s: its longest wait" % who,
            "%.0f ms (alone %.1f)" % (worst_ms, quiet_ms),
            "%d ms" % _WORST_MS,
            worst_ms <= _WORST_MS,
        ),
        (
            "%s: another one comes" % who,
            "%.1f s" % newcomer.joining_s,
            "%d s" % _JOIN_S,
            newcomer.joining_s <= _JOIN_S,
        ),
        ("%s: memory" % who, "%.0f MB" % rss_mb, "%d MB" % _RSS_MB, rss_mb <= _RSS_MB),
        ("%s: status when told to end" % who, str(status), "0", status == 0),
    ]
