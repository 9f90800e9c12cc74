"""Peers that nobody wants, for `gbcs device run`, and an honest one that is measured among them.

    python -m tests.greedy tcp PORT COUNT SECONDS
    python -m tests.greedy udp PORT COUNT SECONDS

is the attack, a process of its own, so that what it costs is not taken for the honest peer's
waiting. It prints how many octets it got rid of.
"""

import contextlib
import os
import random
import re
import resource
import socket
import subprocess
import sys
import time

from gbcs.link import encode, seal
from gbcs_device.board import remote
from gbcs_host.han.remote import RemoteStation
from gbcs_host.lab.lab import IHD, Lab
from gbcs_host.links import open_link

METER = bytes.fromhex("00DB1234567890A0")
FEW_FILES = 64
_RECONNECTS = 0.05  # seconds between two connections of one attacker


def request(number: int, operation: int, now: int = 0, body: bytes = b"") -> bytes:
    """A request to gbcs_device.board.remote, with its checksum."""
    head = number.to_bytes(8, "big") + bytes((operation,)) + now.to_bytes(8, "big")
    return seal(head + body)


class Served:
    """`gbcs device run` in a process of its own, with few files; what it says is in `lines`."""

    def __init__(self, kind: str, files: int = FEW_FILES, *words: str) -> None:
        command = [sys.executable, "-m", "gbcs_host.cli", "device", "run", *words]
        self.process = subprocess.Popen(
            [*command, "--link", "%s:127.0.0.1:0" % kind],
            stderr=subprocess.PIPE,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)),
        )
        first = self.process.stderr.readline().decode()
        self.name = re.search(r"at (\S+)", first)[1]
        self.port = int(self.name.rpartition(":")[2])
        self.said = first
        os.set_blocking(self.process.stderr.fileno(), False)

    def rss_kb(self) -> int:
        """Memory of the process, in 1,024 octets."""
        with open("/proc/%d/status" % self.process.pid) as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])

    def files(self) -> int:
        """How many files it has open."""
        return len(os.listdir("/proc/%d/fd" % self.process.pid))

    def listen(self) -> str:
        """All that it said on standard error until now."""
        self.said += (self.process.stderr.read() or b"").decode()
        return self.said

    def says(self, text: str, within_s: float = 10.0) -> bool:
        """Whether it says that, sooner or later."""
        deadline = time.monotonic() + within_s
        while text not in self.listen() and time.monotonic() < deadline:
            time.sleep(0.02)
        return text in self.said

    def end(self, number: int) -> int:
        """Its status, once it was sent a signal."""
        self.process.send_signal(number)
        status = self.process.wait(10)
        self.listen()
        return status

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()


class Honest:
    """One who has a meter there, and asks for it again and again."""

    def __init__(self, name: str, store) -> None:
        self.link = open_link(name)
        self.latencies: list[float] = []
        self.begun = time.perf_counter()
        self.station = RemoteStation(self.link, METER, "ESME", store)
        self.station.power_on(1)
        self.joining_s = time.perf_counter() - self.begun
        self.now = 1

    def ask(self, seconds: float, pause_s: float = 0.01) -> None:
        """Asks for so long, and looks at the answers; LinkError where there are none."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.now += 10
            begun = time.perf_counter()
            self.station.handle_timer(self.now)
            assert self.station.identity()[:8] == METER
            self.latencies.append((time.perf_counter() - begun) / 2)
            time.sleep(pause_s)

    def worst_ms(self, share: float = 1.0) -> float:
        """The longest of that share of the requests, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextlib.contextmanager
def attack(kind: str, port: int, count: int, seconds: float):
    """The attack in a process of its own; it is over at the end of the with statement."""
    words = [kind, str(port), str(count), str(seconds)]
    with subprocess.Popen([sys.executable, "-m", "tests.greedy", *words]) as process:
        try:
            yield process
        finally:
            process.terminate()


# What greedy peers send: (octets to begin with, octets again and again or None, whether it reads)


def _display() -> "list[bytes]":
    """Requests that make an IHD, and switch it on."""
    lab = Lab(1, radio=True)
    lab.make(IHD, METER)
    store = lab.han.stations[METER].store
    entries = b"".join(remote.entry(name, store.get(name)) for name in store.names())
    return [
        request(2, remote.WRITE, 0, entries),
        request(3, remote.BEGIN, 0, METER + b"IHD"),
        request(4, remote.POWER_ON, 1),
    ]


def _streams() -> "dict[str, tuple[bytes, bytes | None, bool]]":
    hello = encode(request(1, remote.HELLO))
    entry = remote.entry("x", bytes(60000))
    many = b"".join(
        encode(request(n, remote.WRITE, 0, remote.entry("%d" % n, bytes(900))))
        for n in range(2, 200)
    )
    begin = b"".join(encode(one) for one in _display())
    noise = random.Random(7).randbytes(65536)
    return {
        "silent": (b"", None, False),
        "slow": (b"", b"a", False),  # one octet at a time: see `_tcp`
        "noise": (b"", noise, False),
        "no frame ends": (b"\x7e", b"a" * 65536, False),
        "deaf": (hello + begin, encode(request(5, remote.VIEW, 1)) * 8, False),
        "writes": (hello, many, True),
        "large writes": (hello, encode(request(2, remote.WRITE, 0, entry)), True),
        "clock": (
            hello + begin,
            encode(request(5, remote.TIMER, 1 << 63)) + encode(request(6, remote.TIMER, 1 << 41)),
            True,
        ),
        "hello": (hello, hello, True),
        "flags": (b"", b"\x7e" * 65536, False),
        "connects": (hello, None, True),
    }


class _Attacker:
    def __init__(self, port: int, name: str, stream: "tuple[bytes, bytes | None, bool]") -> None:
        self.port, self.name = port, name
        self.first, self.again, self.reads = stream
        self.socket: socket.socket | None = None
        self.left = b""
        self.at = 0.0
        self.sent = 0

    def connect(self) -> None:
        self.close()
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(("127.0.0.1", self.port))
        self.left = self.first
        self.at = time.monotonic()

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def step(self, now: float) -> None:
        if self.socket is None:
            if now - self.at > _RECONNECTS:
                self.connect()
            return
        try:
            if self.reads:
                with contextlib.suppress(BlockingIOError):
                    if not self.socket.recv(1 << 16):
                        raise ConnectionResetError
            if not self.left and self.name == "connects":
                self.close()
                return
            if not self.left and self.again is not None:
                self.left = self.again
            if self.left:
                size = 1 if self.name == "slow" else len(self.left)
                with contextlib.suppress(BlockingIOError):
                    done = self.socket.send(self.left[:size])
                    self.left = self.left[done:]
                    self.sent += done
        except OSError:
            self.close()
            self.at = now


def _tcp(port: int, count: int, seconds: float) -> int:
    streams = _streams()
    names = list(streams)
    chosen = [names[number % len(names)] for number in range(count)]
    attackers = [_Attacker(port, name, streams[name]) for name in chosen]
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        for one in attackers:
            one.step(now)
        time.sleep(0.001)
    return sum(one.sent for one in attackers)


def _udp(port: int, count: int, seconds: float) -> int:
    """Each of `count` source ports in turn sends all of it, and waits for no answer."""
    number = random.Random(8)
    datagrams = [
        seal(request(1, remote.HELLO)),
        *[seal(one) for one in _display()],
        seal(request(5, remote.WRITE, 0, remote.entry("x", bytes(30000)))),
        seal(request(6, remote.TIMER, 1 << 63)),
        seal(request(7, remote.TIMER, 1 << 41)),
        number.randbytes(20),
        number.randbytes(65000),
        b"",
        seal(b""),
        seal(request(8, remote.INSPECT))[:-1],
    ]
    where = ("127.0.0.1", port)
    sockets: list[socket.socket] = []
    with contextlib.suppress(OSError):  # as many as there are files for
        for _ in range(count):
            sockets.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            sockets[-1].setblocking(False)
            sockets[-1].bind(("127.0.0.1", 0))
    end = time.monotonic() + seconds
    sent = at = 0
    while time.monotonic() < end:
        at += 1
        one = sockets[at % len(sockets)]
        for datagram in datagrams if at % 7 else datagrams[:1]:
            with contextlib.suppress(OSError):
                sent += one.sendto(datagram, where)
        if at % 20 == 0:
            time.sleep(0.001)
    return sent


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    kind, port, count, seconds = sys.argv[1:]
    attackers = {"tcp": _tcp, "udp": _udp}[kind]
    print(attackers(int(port), int(count), float(seconds)), flush=True)
