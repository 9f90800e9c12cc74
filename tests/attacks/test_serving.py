"""What greedy peers want of `gbcs device run`: that somebody else is not served, or that it ends.

It runs in a process of its own, with few files. GBCS_LONG=1 makes attacks longer.
"""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from gbcs.crypto.backends import default
from gbcs.link import MAX_DATAGRAM, Framing, encode, seal, unseal
from gbcs_device.base.store import LIMIT
from gbcs_device.board import remote
from gbcs_device.board.remote import Server
from gbcs_host import cli
from gbcs_host.han import serving
from gbcs_host.han.remote import Refused, RemoteStation
from gbcs_host.lab.lab import ESME, Lab
from gbcs_host.links import listen, open_link
from tests.greedy import METER, Honest, Served, attack, request

LONG = os.environ.get("GBCS_LONG") == "1"
ATTACK_S = 60 if LONG else 3
RSS_KB = 200 * 1024
GROWTH_KB = 64 * 1024
LONGEST_S = 10.0  # that an honest peer waits, on a machine that does other things too
KINDS = ("tcp", "udp")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and memory of Linux")
GREEDY = {"tcp": 200, "udp": 5000}


@pytest.fixture(scope="module")
def store():
    """What an ESME keeps."""
    lab = Lab(1, radio=True)
    lab.make(ESME, METER)
    return lab.han.stations[METER].store


def connection(served):
    return socket.create_connection(("127.0.0.1", served.port), 5)


def asked(port, number, operation, now=0, body=b""):
    """The status and body of the answer to one request on a TCP socket; None when it is closed."""
    framing = Framing()
    port.settimeout(LONGEST_S)
    try:
        port.sendall(encode(request(number, operation, now, body)))
        while octets := port.recv(1 << 16):
            for answer in framing.receive(octets):
                whole = unseal(answer)
                if whole[:8] == number.to_bytes(8, "big"):
                    return whole[8], whole[remote.ANSWER_HEAD :]
    except ConnectionError:
        pass
    return None


def a_newcomer_is_served(served, store):
    with open_link(served.name) as link:
        station = RemoteStation(link, METER, "ESME", store)
        assert station.identity()[:8] == METER


@pytest.mark.parametrize("kind", KINDS)
def test_an_honest_peer_is_served_throughout_an_attack_of_all_kinds(kind, store):
    with Served(kind) as served:
        before_kb = served.rss_kb()
        honest = Honest(served.name, store)
        with attack(kind, served.port, GREEDY[kind], ATTACK_S + 2) as attackers:
            honest.ask(1.5 + ATTACK_S)  # never silent: the attack begins meanwhile
            grown_kb = served.rss_kb() - before_kb
            assert attackers.poll() is None, "the attack was over too early"
            assert served.files() <= 64
        assert honest.worst_ms() < 1000 * LONGEST_S
        assert served.rss_kb() < RSS_KB
        assert grown_kb < GROWTH_KB
        a_newcomer_is_served(served, store)
        honest.ask(0.1)
        assert served.end(signal.SIGTERM) == 0
        assert "was dropped" in served.said
        assert "Traceback" not in served.said
        assert len(served.said.splitlines()) < 40 + 4 * ATTACK_S
        honest.link.close()


@pytest.mark.parametrize("first", [b"", b"\x7e", b"GET / HTTP/1.1\r\n\r\n", b"\x7eabc"])
def test_connections_that_say_nothing_keep_nobody_out(first, store):
    with Served("tcp") as served, contextlib.ExitStack() as stack:
        for _ in range(90):
            stack.enter_context(connection(served)).sendall(first)
        a_newcomer_is_served(served, store)
        assert served.process.poll() is None
        assert served.says("its place was needed")


def test_connections_with_a_device_each_keep_nobody_out(store):
    with Served("tcp") as served, contextlib.ExitStack() as stack:
        for _ in range(60):
            link = stack.enter_context(open_link(served.name))
            RemoteStation(link, METER, "ESME", store)
        a_newcomer_is_served(served, store)
        assert served.rss_kb() < RSS_KB


def test_source_ports_of_udp_keep_nobody_out(store):
    with Served("udp", 256) as served, contextlib.ExitStack() as stack:
        where = ("127.0.0.1", served.port)
        for _ in range(1100 if LONG else 150):
            port = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            for number, operation in enumerate((remote.HELLO, remote.ERASE), 1):
                port.sendto(seal(request(number, operation)), where)
        a_newcomer_is_served(served, store)


def test_a_greeting_alone_takes_no_place_over_udp(store):
    with Served("udp") as served:
        honest = Honest(served.name, store)
        for _ in range(2000):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
                port.sendto(seal(request(1, remote.HELLO)), ("127.0.0.1", served.port))
        honest.ask(0.2)
        a_newcomer_is_served(served, store)
        assert served.end(signal.SIGINT) == 0
        assert "was dropped" not in served.said
        honest.link.close()


def test_who_was_dropped_over_udp_cannot_go_on_in_the_middle():
    with Served("udp") as served, open_link(served.name) as link:
        link.send(request(7, remote.BEGIN, 0, METER + b"ESME"))
        answer = unseal(link.receive(LONGEST_S))
        assert answer[8] == remote.REFUSED
        assert b"HELLO" in answer[remote.ANSWER_HEAD :]


def test_what_is_written_before_a_device_is_made_is_limited(store):
    with Served("tcp") as served, connection(served) as port:
        asked(port, 1, remote.HELLO)
        taken = 0
        for number in range(2, 102):
            body = remote.entry("%d" % number, bytes(1000))
            status, text = asked(port, number, remote.WRITE, 0, body)
            taken += len(body) if status == remote.OK else 0
        assert taken <= LIMIT
        assert (status, text) == (remote.REFUSED, b"%d octets at most expected" % LIMIT)
        assert asked(port, 200, remote.ERASE)[0] == remote.OK
        assert asked(port, 201, remote.WRITE, 0, remote.entry("x", b"1"))[0] == remote.OK


def test_who_is_refused_again_and_again_is_dropped():
    with Served("tcp") as served, connection(served) as port:
        for number in range(1, serving.MAX_REFUSED + 10):
            if asked(port, number, remote.TIMER, 1) is None:
                break
        assert number == serving.MAX_REFUSED + 1
        assert served.says(serving.REFUSED)


def test_requests_sent_without_waiting_for_answers_are_not_all_taken():
    with Served("tcp") as served, connection(served) as port:
        octets = b"".join(encode(request(n, remote.HELLO)) for n in range(100))
        with contextlib.suppress(OSError):
            for _ in range(100):
                port.sendall(octets)
        assert served.says("it sends requests without waiting for answers")


def test_octets_without_a_request_are_not_read_for_ever():
    with Served("tcp") as served, connection(served) as port:
        noise = random.Random(3).randbytes(1 << 16)
        with pytest.raises(ConnectionError):
            port.sendall(noise * 200)
        assert served.says("octets without a request")


def test_the_longest_frame_is_taken_and_a_longer_one_is_dropped_alone():
    with Served("tcp") as served, connection(served) as port:
        octets = seal(b"a" * (MAX_DATAGRAM + 100))
        port.sendall(b"\x7e" + octets + b"\x7e")
        assert asked(port, 1, remote.HELLO) == (remote.OK, bytes((remote.VERSION,)))
        body = b"\x7e" * (MAX_DATAGRAM - remote.REQUEST_HEAD - 4)
        assert asked(port, 2, remote.RECEIVE, 0, body)[0] == remote.REFUSED


@pytest.mark.parametrize("now", [1 << 63, (1 << 64) - 1, (1 << 32) * 1000])
def test_a_clock_that_no_message_can_tell_is_refused(now, store):
    with Served("tcp") as served:
        honest = Honest(served.name, store)
        begun = time.monotonic()
        with pytest.raises(Refused, match="a clock below 2"):
            honest.station.handle_timer(now)
        assert time.monotonic() - begun < LONGEST_S
        honest.ask(0.05)
        honest.link.close()


def test_the_latest_clock_is_taken(store):
    with Served("tcp") as served:
        honest = Honest(served.name, store)
        honest.station.handle_timer(((1 << 32) - 1) * 1000)
        honest.link.close()


def test_a_request_that_takes_too_long_is_given_up(monkeypatch):
    def handle(self, octets):
        while octets[8] == remote.INSPECT:
            pass
        return octets[:8] + bytes(remote.ANSWER_HEAD - 8)

    monkeypatch.setattr(Server, "handle", handle)
    monkeypatch.setattr(serving, "LONGEST_S", 0.2)
    said, answers = [], []
    with listen("tcp:127.0.0.1:0") as listener:
        over = threading.Event()

        def peers():
            with open_link(listener.name) as greedy, open_link(listener.name) as honest:
                greedy.send(request(1, remote.INSPECT))
                honest.send(request(2, remote.HELLO))
                answers.append(honest.receive(LONGEST_S))
            over.set()

        thread = threading.Thread(target=peers)
        thread.start()
        serving.Service(listener, ("ESME",), said.append).run(over.is_set)
        thread.join()
    assert unseal(answers[0])[:8] == (2).to_bytes(8, "big")
    assert any("took longer" in line for line in said)
    assert signal.getsignal(signal.SIGVTALRM) == signal.SIG_DFL


def test_an_error_of_ours_costs_one_peer_and_no_other(monkeypatch):
    def handle(self, octets):
        raise RuntimeError("planted")

    monkeypatch.setattr(Server, "handle", handle)
    said = []
    with listen("tcp:127.0.0.1:0") as listener, open_link(listener.name) as link:
        link.send(request(1, remote.HELLO))
        service = serving.Service(listener, ("ESME",), said.append)
        service.run(lambda: bool(said))
    assert "RuntimeError" in said[0]
    assert "planted" not in said[0]


def test_a_store_that_makes_no_device_is_refused_and_forgotten(store):
    one = Server(default(), os.urandom)
    head = [(remote.HELLO, b""), (remote.BEGIN, METER + b"ESME"), (remote.INSPECT, b"")]
    answers = [
        unseal(seal(one.handle(unseal(request(number, operation, 0, body)))))
        for number, (operation, body) in enumerate(head, 1)
    ]
    assert [answer[8] for answer in answers] == [remote.OK, remote.REFUSED, remote.REFUSED]
    assert answers[2].endswith(b"no device runs")
    again = Server(default(), os.urandom, one._medium)
    assert again.station is None


@pytest.mark.parametrize("seed", range(2000 if LONG else 150))
def test_any_request_is_answered_and_any_store_survived(seed, store):
    chance = random.Random(seed)
    one = Server(default(), chance.randbytes)
    names = store.names()
    for number in range(1, 40):
        operation = chance.choice([*range(18), remote.WRITE, remote.BEGIN, remote.SET])
        body = chance.randbytes(chance.choice((0, 1, 4, 9, 40, 300)))
        if operation in (remote.WRITE, remote.SET) and chance.random() < 0.8:
            name = chance.choice(names)
            octets = bytearray(store.get(name))
            if octets and chance.random() < 0.5:
                octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)
            body = remote.entry(name, bytes(octets[: chance.choice((2, 1000))]))
        if operation == remote.BEGIN:
            body = METER + chance.choice((b"ESME", b"GSME", b"PPMID", b"IHD", b"\xff"))
        answer = one.handle(unseal(request(number, operation, chance.choice((0, 1, 9**12)), body)))
        assert answer[:8] == number.to_bytes(8, "big")
        assert len(answer) >= remote.ANSWER_HEAD


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("kind", KINDS)
def test_it_ends_when_told_to_with_status_0_and_says_so(kind, number):
    with Served(kind) as served:
        assert served.end(number) == 0
        assert "ended, as told" in served.said
        assert "Traceback" not in served.said


def test_it_goes_on_when_nobody_reads_what_it_says(store):
    with Served("tcp") as served:
        served.process.stderr.close()
        with contextlib.ExitStack() as stack:
            for _ in range(90):
                stack.enter_context(connection(served))
            a_newcomer_is_served(served, store)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(10) == 0


def test_a_link_that_cannot_be_had_has_status_3_and_a_wrong_one_2(capsys):
    with listen("tcp:127.0.0.1:0") as listener:
        assert cli.main(["device", "run", "--link", listener.name]) == 3
    for name in ("tcp:127.0.0.1", "nonsense", "udp:127.0.0.1:99999", "tcp:[::1:5"):
        assert cli.main(["device", "run", "--link", name]) == 2
    assert cli.main(["device", "run", "--link", "tcp:no.such.host.invalid:1"]) == 3
    assert "Traceback" not in capsys.readouterr().err


def test_a_limit_of_open_files_that_leaves_none_has_status_3():
    done = subprocess.run(
        [
            sys.executable, "-c",
            "import resource, sys; from gbcs_host import cli;"
            "from gbcs_host.han import served_devices as devices;"
            "resource.setrlimit(resource.RLIMIT_NOFILE, (10, 10));"
            "sys.exit(cli.main(['device', 'run', '--link', 'tcp:127.0.0.1:0']))",
        ],
        stderr=subprocess.PIPE, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert b"open files" in done.stderr
    assert b"Traceback" not in done.stderr
