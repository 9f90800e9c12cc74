"""What the far end of a link wants of who opened it, and strangers of who captures.

A device elsewhere may answer anything: that ends in a LinkError, which commands say in a sentence.
"""

import contextlib
import os
import random
import socket
import subprocess
import sys
import time

import pytest

from gbcs.link import encode, seal, unseal
from gbcs_device.base.store import PowerCut
from gbcs_device.board import remote as server
from gbcs_host import cli
from gbcs_host.capture import pcapng, zep
from gbcs_host.han import remote
from gbcs_host.han.remote import BadAnswer, RemoteMeter, RemoteStation
from gbcs_host.links import Link, LinkError

LONG = os.environ.get("GBCS_LONG") == "1"
METER = bytes.fromhex("00DB1234567890A0")
FRAME = bytes.fromhex("03 08 01 FF FF FF FF 07".replace(" ", ""))
WAIT_S = 10.0


class Answering(Link):
    """A link whose far end answers a request at once with what `answer(request)` makes."""

    def __init__(self, answer):
        super().__init__("tcp:far:1")
        self.answer = answer
        self.sent = []

    def send(self, datagram):
        self.sent.append(datagram)

    def receive(self, timeout_s):
        return self.answer(unseal(self.sent[-1]))

    def close(self):
        pass


def answered(request, body, status=server.OK, phase=0, timer=server.NO_TIMER):
    return seal(request[:8] + bytes((status, phase, 1)) + bytes(4) + timer + body)


def station(answer, kind="PPMID"):
    """A station whose far end greets, and then answers so."""

    def first(request):
        if request[8] == server.HELLO:
            return answered(request, bytes((server.VERSION,)))
        return answer(request)

    return RemoteStation(Answering(first), METER, kind)


def everything(one):
    """All that a laboratory asks a device for."""
    meter = RemoteMeter(one)
    return (
        lambda: one.receive(FRAME, 1), lambda: one.handle_timer(1), lambda: one.power_on(1),
        one.power_off, lambda: one.restart(1), lambda: one.message(b"x", 1), one.inspect,
        one.identity, lambda: one.shown(1), lambda: one.confirm(1, 1), one.heard,
        lambda: one.top_up(0, b"1", 1), lambda: one.deliver(b"x", 1), meter.is_joined,
        meter.has_install_code, meter.network, meter.hashed_key, meter.security_log,
        meter.problem, lambda: one.problem, lambda: remote.identify(one._link),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(2000 if LONG else 200))
def test_any_answer_is_taken_or_is_a_link_error(seed):
    chance = random.Random(seed)

    def answer(request):
        status = chance.choice((server.OK, server.OK, server.POWER_CUT, server.REFUSED, 7, 255))
        body = chance.randbytes(chance.choice((0, 1, 2, 8, 18, 30, 36, 40, 200)))
        phase = chance.choice((*range(8), 8, 255))
        return answered(request, body, status, phase, chance.randbytes(8))

    one = station(answer)
    for ask in everything(one):
        with contextlib.suppress(LinkError, PowerCut):
            ask()


@pytest.mark.parametrize("size", [0, 1, 17, 35, 36, 37, 41])
def test_an_answer_that_is_too_short_is_a_bad_answer(size):
    body = bytes(34) + b"\xff\xff" + bytes(6)
    one = station(lambda request: answered(request, body[:size]))
    with pytest.raises(BadAnswer, match="tcp:far:1"):
        RemoteMeter(one).security_log()


def test_a_frame_that_is_not_whole_is_a_bad_answer():
    for body in (b"\x09abc", b"\x00", b"\x03abc\xff"):
        one = station(lambda request, body=body: answered(request, body))
        with pytest.raises(BadAnswer):
            one.handle_timer(1)


def test_a_phase_that_there_is_not_is_a_bad_answer():
    one = station(lambda request: answered(request, b"", phase=99))
    with pytest.raises(BadAnswer):
        one.inspect()


def test_a_device_that_has_ever_more_to_do_at_one_moment_is_given_up(monkeypatch):
    monkeypatch.setattr(remote, "_MOST_CALLS", 50)
    one = station(lambda request: answered(request, b"", timer=bytes(8)))
    for _ in range(50):
        one.handle_timer(7)
    with pytest.raises(BadAnswer, match="in the future"):
        one.handle_timer(7)
    for now in range(100, 200):
        one.handle_timer(now)


def test_noise_instead_of_an_answer_does_not_keep_a_request_from_being_sent_again(monkeypatch):
    monkeypatch.setattr(remote, "_GIVE_UP_S", 1.0)

    def noise(request):
        time.sleep(0.01)
        return seal(b"noise" * 10)

    one = station(noise)
    with pytest.raises(LinkError, match="no answer"):
        one.inspect()
    assert one.repeats >= 2


def test_a_version_of_another_form_is_said():
    for body in (b"", b"\x63", b"\x02\x02"):
        with pytest.raises(LinkError, match="version 2 expected"):
            RemoteStation(Answering(lambda request, body=body: answered(request, body)), METER, "")


class _Capturing:
    """`gbcs capture` in a process of its own."""

    def __init__(self, name, path, *words):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gbcs_host.cli", "capture", name, str(path), *words],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.port = int(self.process.stderr.readline().split()[2].rpartition(":")[2])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()


def test_strangers_keep_no_sender_from_being_captured(tmp_path):
    path = tmp_path / "x.pcapng"
    noise = random.Random(1)
    with (
        _Capturing("tcp:127.0.0.1:0", path, "--count", "5") as one,
        contextlib.ExitStack() as all_,
    ):
        where = ("127.0.0.1", one.port)
        for number in range(40):
            port = all_.enter_context(socket.create_connection(where, WAIT_S))
            if number % 2:
                port.sendall(noise.randbytes(2000) + encode(noise.randbytes(50)))
        with socket.create_connection(where, WAIT_S) as sender:
            for number in range(5):
                sender.sendall(encode(zep.encode(FRAME, 1_000_000 * number, number)))
            assert one.process.wait(WAIT_S) == 0
        assert "Traceback" not in one.process.stderr.read()
    with open(path, "rb") as file:
        assert [packet.frame for packet in pcapng.read(file)] == [FRAME] * 5


@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_a_capture_that_is_told_to_end_leaves_what_it_had(kind, tmp_path):
    path = tmp_path / "x.pcapng"
    datagram = zep.encode(FRAME, 0, 1)
    with _Capturing(kind + ":127.0.0.1:0", path) as one:
        before = path.stat().st_size
        if kind == "udp":
            port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            port.connect(("127.0.0.1", one.port))
        else:
            port = socket.create_connection(("127.0.0.1", one.port), WAIT_S)
        with port:
            for other in (b"", b"EX", bytes(65000), datagram[:-1], b"EX\x02\x01" + bytes(200)):
                port.send(other)
            port.send(datagram if kind == "udp" else b"\x7e" + encode(datagram))
            deadline = time.monotonic() + WAIT_S
            while path.stat().st_size == before and time.monotonic() < deadline:
                time.sleep(0.05)
            one.process.terminate()
            assert one.process.wait(WAIT_S) == 0
        assert "1 frames" in one.process.stderr.read()
    with open(path, "rb") as file:
        assert [packet.frame for packet in pcapng.read(file)] == [FRAME]


@pytest.mark.parametrize("name", ["udp:127.0.0.1:99999", "udp:x", "udp:127.0.0.1:\u0665", "x:1"])
def test_a_name_of_no_link_is_wrong_usage(name, tmp_path, capsys):
    assert cli.main(["capture", name, str(tmp_path / "x")]) == 2
    assert capsys.readouterr().err
