"""Faults of a link, described in text and drawn from a seed, so that a run can be repeated.

    loss=5%,duplication=5%,jitter=100ms,delay=20ms,reordering=2%,bit-errors=1%,disconnect=0.1%,seed=3

    loss          share of datagrams that never arrive
    duplication   share that arrive twice, each copy with its own delay and bit errors
    jitter        up to so much is added to the delay
    delay         time that every datagram takes
    reordering    share held back by 20 to 200 ms more, so that later ones overtake them
    bit-errors    share that arrive with one to three bits flipped
    disconnect    share that break the link: they and all others are lost until the outage ends
    outage        how long that is, 1s unless told
    seed          another number gives other faults, 0 unless told

`Faults` draws the faults and uses no clock, so that a simulator can apply them in virtual time.
`FaultyLink` applies them to any link, in real time.
"""

import dataclasses
import heapq
import random
import re
import threading
import time

from gbcs_host.links.link import Deadline, Link, LinkError, LinkGone

HELD_BACK_MS = (20, 200)  # added to the delay of a datagram that later ones overtake
OUTAGE_MS = 1000
_DECIMALS = 6  # of a share in percent

_NUMBER = re.compile(r"(\d{1,12}(?:\.\d{1,%d})?)(%%|ms|s|)\Z" % _DECIMALS, re.ASCII)
_FORMS = {"%": "a share such as 5%", "ms": "a time such as 20ms or 2s", "": "a whole number"}
_FAULTS = {  # name in text: (attribute, unit, default)
    "loss":        ("loss",        "%",  0),
    "duplication": ("duplication", "%",  0),
    "jitter":      ("jitter_ms",   "ms", 0),
    "delay":       ("delay_ms",    "ms", 0),
    "reordering":  ("reordering",  "%",  0),
    "bit-errors":  ("bit_errors",  "%",  0),
    "disconnect":  ("disconnect",  "%",  0),
    "outage":      ("outage_ms",   "ms", OUTAGE_MS),
    "seed":        ("seed",        "",   0),
}  # fmt: skip


class BadFaults(ValueError):
    """Text that describes no faults; the message says what was expected."""


@dataclasses.dataclass
class Faults:
    """The faults that a link adds to datagrams: shares in percent, times in milliseconds.

    `str` gives the text that `parse` reads. Each object has its own random numbers, which depend
    on the seed alone: the same datagrams in the same order meet the same faults.
    """

    loss: float = 0
    duplication: float = 0
    jitter_ms: int = 0
    delay_ms: int = 0
    reordering: float = 0
    bit_errors: float = 0
    disconnect: float = 0
    outage_ms: int = OUTAGE_MS
    seed: int = 0
    label: str = dataclasses.field(default="", compare=False)

    def __post_init__(self) -> None:
        for name, (attribute, unit, _) in _FAULTS.items():
            value = getattr(self, attribute)
            if unit == "%" and not 0 <= value <= 100:
                raise BadFaults("%s: 0%% to 100%% expected, found %s%%" % (name, value))
            if unit == "%":
                setattr(self, attribute, round(value, _DECIMALS))
            elif not 0 <= value < 10**12 or value != int(value):
                raise BadFaults("%s: a whole number from 0 expected, found %s" % (name, value))
            else:
                setattr(self, attribute, int(value))
        # outages have a generator of their own, so that they do not shift the other faults
        self._random = random.Random("%d/%s" % (self.seed, self.label))
        self._breaks = random.Random("%d/%s/breaks" % (self.seed, self.label))

    @classmethod
    def parse(cls, text: str) -> "Faults":
        """The faults in a text as above, in any order; "" has none. Raises BadFaults."""
        values: dict[str, float] = {}
        for word in text.split(",") if text.strip() else []:
            name, equals, value = word.strip().partition("=")
            if not equals or name not in _FAULTS:
                known = ", ".join(_FAULTS)
                raise BadFaults("NAME=VALUE expected, of %s; found '%s'" % (known, word.strip()))
            attribute, unit, _ = _FAULTS[name]
            if attribute in values:
                raise BadFaults("%s: expected once, found twice" % name)
            values[attribute] = _value(name, value, unit)
        return cls(**values)  # type: ignore[arg-type]  # whole numbers are checked there

    def __str__(self) -> str:
        words = []
        for name, (attribute, unit, default) in _FAULTS.items():
            value = getattr(self, attribute)
            if value != default:
                text = "%d" % value
                if value != int(value):
                    text = ("%.*f" % (_DECIMALS, value)).rstrip("0")
                words.append("%s=%s%s" % (name, text, unit))
        return ",".join(words)

    def fork(self, label: str) -> "Faults":
        """The same faults with random numbers of their own, for one direction or one link."""
        return dataclasses.replace(self, label="%s/%s" % (self.label, label))

    def plan(self, octets: bytes) -> "list[tuple[int, bytes]]":
        """The copies of the next datagram that arrive, each with its delay in milliseconds.

        The list is empty for a lost datagram. `is_breaking` draws outages.
        """
        if self._happens(self.loss):
            return []
        copies = 2 if self._happens(self.duplication) else 1
        return [self._copy(octets) for _ in range(copies)]

    def is_breaking(self) -> bool:
        """Draws whether the link breaks with the next datagram, for `outage_ms`."""
        return self._breaks.random() * 100 < self.disconnect

    def _copy(self, octets: bytes) -> "tuple[int, bytes]":
        delay_ms = self.delay_ms + self._random.randint(0, self.jitter_ms)
        if self._happens(self.reordering):
            delay_ms += self._random.randint(*HELD_BACK_MS)
        if not self._happens(self.bit_errors) or not octets:
            return delay_ms, bytes(octets)
        damaged = bytearray(octets)
        for bit in self._random.sample(range(8 * len(octets)), self._random.randint(1, 3)):
            damaged[bit // 8] ^= 1 << bit % 8
        return delay_ms, bytes(damaged)

    def _happens(self, share: float) -> bool:
        return self._random.random() * 100 < share


def _value(name: str, text: str, unit: str) -> float:
    """The number in `5%`, `20ms` or `2s` (then in ms), or `3`, as the unit wants it."""
    match = _NUMBER.match(text)
    if match is None or (match[2] != unit and (unit, match[2]) != ("ms", "s")):
        raise BadFaults("%s: %s expected, found '%s'" % (name, _FORMS[unit], text))
    if match[2] == "s":
        return round(float(match[1]) * 1000, _DECIMALS)
    return float(match[1])


class FaultyLink(Link):
    """Any link, with faults added to the datagrams sent and received, in real time.

    Each direction has random numbers of its own, so that the n-th datagram of a direction always
    meets the same faults; the end of an outage depends on the clock. The delay of a received
    datagram begins when `receive` takes it from the link. In an outage datagrams are lost and no
    exception is raised.
    """

    def __init__(self, link: Link, faults: Faults) -> None:
        super().__init__(link.name)
        self.limit = link.limit
        self.faults = faults
        self._link = link
        self._out = faults.fork("out")
        self._in = faults.fork("in")
        self._back_at = 0.0
        self._arriving: list[tuple[float, int, bytes]] = []  # a heap, the next to arrive first
        self._arrived = 0
        self._gone: LinkGone | None = None
        self._sender = _Sender(link)

    @property
    def is_disconnected(self) -> bool:
        """Whether there is an outage now."""
        return time.monotonic() < self._back_at

    def send(self, datagram: bytes) -> None:
        """Sends the copies that the faults leave, each after its delay.

        Raises LinkError for a datagram that is too long, or for an earlier one that failed.
        """
        self.check(datagram)
        for delay_ms, octets in self._plan(self._out, datagram):
            self._sender.send(octets, delay_ms)

    def receive(self, timeout_s: "float | None") -> "bytes | None":
        """The next datagram that arrives, after its delay; None after `timeout_s` seconds.

        Raises LinkGone once the link has gone and all delayed datagrams were returned.
        """
        deadline = Deadline(timeout_s)
        while True:
            now = time.monotonic()
            if self._arriving and self._arriving[0][0] <= now:
                return heapq.heappop(self._arriving)[2]
            if self._gone is not None and not self._arriving:
                gone, self._gone = self._gone, None  # over UDP a peer may come back
                raise gone
            left_s = deadline.left_s()
            wait_s = left_s
            if self._arriving:
                next_s = self._arriving[0][0] - now
                wait_s = next_s if left_s is None else min(left_s, next_s)
            octets = self._next(wait_s)
            if octets is None:
                if left_s is not None and deadline.left_s() == 0:
                    return None
                continue
            now = time.monotonic()
            for delay_ms, copy in self._plan(self._in, octets):
                self._arrived += 1
                heapq.heappush(self._arriving, (now + delay_ms / 1000, self._arrived, copy))

    def close(self) -> None:
        """Closes the link after all delayed datagrams were sent."""
        self._sender.close()
        self._link.close()

    def _plan(self, faults: Faults, octets: bytes) -> "list[tuple[int, bytes]]":
        # both are drawn for every datagram, so that an outage does not shift later faults
        plan = faults.plan(octets)
        if faults.is_breaking() and not self.is_disconnected:
            self._back_at = time.monotonic() + faults.outage_ms / 1000
        return [] if self.is_disconnected else plan

    def _next(self, wait_s: "float | None") -> "bytes | None":
        """The link's next datagram within that time; once the link has gone, the time passes."""
        if self._gone is None:
            try:
                return self._link.receive(wait_s)
            except LinkGone as error:
                self._gone = error
        elif wait_s:
            time.sleep(wait_s)
        return None


class _Sender:
    """Sends datagrams at once or, by a thread that starts when it is needed, after a delay."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._changed = threading.Condition()
        self._leaving: list[tuple[float, int, bytes]] = []  # a heap, the next to leave first
        self._left = 0
        self._thread: threading.Thread | None = None
        self._error: LinkError | None = None
        self._is_closed = False

    def send(self, octets: bytes, delay_ms: int) -> None:
        """Sends octets after a delay. Raises the error of an earlier one that failed since."""
        with self._changed:
            if self._error is not None:
                error, self._error = self._error, None
                raise error
            if delay_ms and not self._is_closed:
                self._left += 1
                entry = (time.monotonic() + delay_ms / 1000, self._left, octets)
                heapq.heappush(self._leaving, entry)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, daemon=True)
                    self._thread.start()
                self._changed.notify()
                return
        self._link.send(octets)

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._leaving or self._leaving[0][0] > time.monotonic():
                    if not self._leaving and self._is_closed:
                        return
                    self._changed.wait(
                        self._leaving[0][0] - time.monotonic() if self._leaving else None
                    )
                octets = heapq.heappop(self._leaving)[2]
            try:
                self._link.send(octets)
            except LinkError as error:
                with self._changed:
                    self._error = error
