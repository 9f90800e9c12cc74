"""Links of every kind, opened by name: the same behaviour; and the faults put on them."""

import contextlib
import os
import socket
import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gbcs.link import encode, seal
from gbcs_host.links import BadName, LinkError, LinkGone, listen, open_link
from gbcs_host.links.faults import HELD_BACK_MS, BadFaults, Faults, FaultyLink

WAIT_S = 5.0
SOON_S = 0.05
NETWORK = ("tcp", "udp")
NAMES = {"inproc": "inproc:esme", "tcp": "tcp:127.0.0.1:0", "udp": "udp:127.0.0.1:0"}


@contextlib.contextmanager
def joined(kind):
    """Both ends of a link of that kind: the one opened, and the one accepted."""
    with listen(NAMES[kind]) as listener, open_link(listener.name) as one:
        one.send(b"hello")
        with listener.accept(WAIT_S) as other:
            assert other.receive(WAIT_S) == b"hello"
            yield one, other


def send_many(link, datagram):
    """TCP tells after some that nobody takes them."""
    for _ in range(500):
        link.send(datagram)
        time.sleep(0.001)


@pytest.fixture(params=NAMES)
def ends(request):
    with joined(request.param) as both:
        yield both


@pytest.fixture
def pty_link():
    """A serial link, and the other end of its line as a file descriptor."""
    pty = pytest.importorskip("pty")
    pytest.importorskip("serial")
    tty = pytest.importorskip("tty")
    line, port = pty.openpty()
    tty.setraw(port)
    with open_link("serial:%s@57600" % os.ttyname(port)) as link:
        yield link, line
    for file in (line, port):
        with contextlib.suppress(OSError):
            os.close(file)


def everything(link, quiet_s=0.5):
    """All datagrams until none has come for a while."""
    found = []
    while (datagram := link.receive(quiet_s)) is not None:
        found.append(datagram)
    return found


def test_datagrams_go_both_ways_in_order(ends):
    one, other = ends
    sent = [bytes([number]) * number for number in range(100)]
    for here, there in ((one, other), (other, one)):
        for datagram in sent:
            here.send(datagram)
        assert [there.receive(WAIT_S) for _ in sent] == sent


def test_nothing_within_the_time_is_none(ends):
    for end in ends:
        began = time.monotonic()
        assert end.receive(0) is None
        assert end.receive(SOON_S) is None
        assert SOON_S * 0.9 <= time.monotonic() - began < WAIT_S


def test_the_longest_datagram_arrives_and_a_longer_one_is_an_error(ends):
    one, other = ends
    datagram = bytes(range(256)) * 256
    datagram = datagram[: one.limit]
    sending = threading.Thread(target=one.send, args=(datagram,))
    sending.start()
    assert other.receive(WAIT_S) == datagram
    sending.join()
    assert one.limit == (65000 if one.name.startswith("udp") else 65536)
    with pytest.raises(LinkError, match=r"%d octets at most expected .* found" % one.limit):
        one.send(bytes(one.limit + 1))


def test_a_closed_link_says_so_and_may_be_closed_again(ends):
    for end in ends:
        end.close()
        end.close()
        with pytest.raises(LinkError, match="is closed") as caught:
            end.receive(WAIT_S)
        assert not isinstance(caught.value, LinkGone)
        with pytest.raises(LinkError, match="is closed"):
            end.send(b"more")


def test_closing_wakes_who_waits(ends):
    for end in ends:
        timer = threading.Timer(SOON_S, end.close)
        timer.start()
        with pytest.raises(LinkError):
            end.receive(WAIT_S)
        timer.join()


@pytest.mark.parametrize("kind", ["inproc", "tcp"])
def test_when_the_other_side_closes_what_it_sent_still_arrives(kind):
    for turned in (False, True):
        with joined(kind) as (one, other):
            here, there = (other, one) if turned else (one, other)
            here.send(b"last words")
            here.close()
            assert there.receive(WAIT_S) == b"last words"
            for _ in range(2):
                with pytest.raises(LinkGone, match="closed"):
                    there.receive(WAIT_S)
            with pytest.raises(LinkGone):
                send_many(there, b"anybody?")


def test_one_listener_takes_many_links():
    for name in NAMES.values():
        with listen(name) as listener, contextlib.ExitStack() as stack:
            assert listener.accept(0) is None
            links = [stack.enter_context(open_link(listener.name)) for _ in range(20)]
            for number, link in enumerate(links):
                link.send(bytes([number]))
            for _ in links:
                accepted = stack.enter_context(listener.accept(WAIT_S))
                accepted.send(b"you are %d" % accepted.receive(WAIT_S)[0])
            for number, link in enumerate(links):
                assert link.receive(WAIT_S) == b"you are %d" % number
            assert listener.accept(SOON_S) is None


def test_accepted_links_outlive_their_listener():
    for kind, name in NAMES.items():
        listener = listen(name)
        with open_link(listener.name) as one:
            one.send(b"1")
            with listener.accept(WAIT_S) as other:
                listener.close()
                with pytest.raises(LinkError, match="is closed"):
                    listener.accept(WAIT_S)
                assert other.receive(WAIT_S) == b"1"
                other.send(b"2")
                one.send(b"3")
                assert one.receive(WAIT_S) == b"2"
                assert other.receive(WAIT_S) == b"3"
        if kind != "inproc":
            listen(listener.name).close()  # the port is free again


@pytest.mark.parametrize("kind", NETWORK)
def test_the_listener_knows_the_port_it_got_and_accepted_links_their_peer(kind):
    with joined(kind) as (one, other):
        assert int(one.name.rpartition(":")[2]) > 0
        assert other.name.startswith("%s:127.0.0.1:" % kind)
        assert other.name != one.name


@pytest.mark.parametrize("kind", NETWORK)
def test_an_ipv6_host_stands_in_brackets(kind):
    try:
        listener = listen("%s:[::1]:0" % kind)
    except LinkError:
        pytest.skip("no IPv6 here")
    with listener, open_link(listener.name) as one:
        assert listener.name.startswith("%s:[::1]:" % kind)
        one.send(b"six")
        with listener.accept(WAIT_S) as other:
            assert other.receive(WAIT_S) == b"six"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "inproc:NAME, serial:PORT, tcp:HOST:PORT or udp:HOST:PORT expected"),
        ("esme", "inproc:NAME, serial:PORT"),
        ("http://localhost", "inproc:NAME, serial:PORT"),
        ("inproc:", "inproc:NAME expected"),
        ("tcp:localhost", "tcp:HOST:PORT expected"),
        ("udp::4059", "udp:HOST:PORT expected"),
        ("tcp:localhost:65536", "a port of 0 to 65535 expected, found '65536'"),
        ("tcp:localhost:x", "found 'x'"),
        ("tcp:localhost:", "found ''"),
        ("udp:localhost:-1", "found '-1'"),
        ("tcp:::1:4059", r"an IPv6 host in brackets expected, as in \[::1\]:4059"),
        ("serial:", "serial:PORT or serial:PORT@BAUD expected"),
        ("serial:/dev/ttyACM0@fast", "a number of baud expected after @, found 'fast'"),
        ("serial:/dev/ttyACM0@0", "a number of baud"),
    ],
)
def test_a_wrong_name_says_what_was_expected(name, expected):
    for function in (open_link, listen):
        with pytest.raises(BadName, match=expected) as caught:
            function(name)
        assert str(caught.value).startswith("'%s': " % name)
        assert isinstance(caught.value, LinkError)


def test_where_nobody_listens_is_an_error():
    with pytest.raises(LinkError, match="'inproc:nobody': refused, a listener of this name"):
        open_link("inproc:nobody")
    with listen("tcp:127.0.0.1:0") as listener:
        name = listener.name
    with pytest.raises(LinkError, match="refused, a listener at this port expected"):
        open_link(name)
    with listen("udp:127.0.0.1:0") as listener:
        name = listener.name
    with open_link(name) as link:
        link.send(b"anybody?")
        with pytest.raises(LinkGone, match="refused, a listener"):
            link.receive(WAIT_S)


def test_a_name_in_use_cannot_be_listened_on():
    for name in NAMES.values():
        with listen(name) as listener, pytest.raises(LinkError, match="in use"):
            listen(listener.name)


def test_noise_on_a_connection_loses_nothing_else():
    with listen("tcp:127.0.0.1:0") as listener:
        host, port = listener.name.split(":")[1:]
        peer = socket.create_connection((host, int(port)))
        with peer, listener.accept(WAIT_S) as link:
            for octets in (b"GET / HTTP/1.1\r\n", encode(b"one"), b"\x00~~\xff", encode(b"two")):
                peer.sendall(octets)
            assert [link.receive(WAIT_S) for _ in range(2)] == [b"one", b"two"]
            assert link.framing.dropped == 3
            assert link.receive(SOON_S) is None


def test_a_datagram_damaged_on_the_way_is_dropped():
    with listen("udp:127.0.0.1:0") as listener:
        host, port = listener.name.split(":")[1:]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.connect((host, int(port)))
            peer.send(b"not ours")
            peer.send(seal(b"ours"))
            with listener.accept(WAIT_S) as link:
                assert link.receive(WAIT_S) == b"ours"
                assert listener.dropped == 1
                link.send(b"answer")
                assert peer.recv(100) == seal(b"answer")


def test_a_peer_that_takes_nothing_does_not_stop_us_for_ever(monkeypatch):
    monkeypatch.setattr("gbcs_host.links.tcp.SEND_TIMEOUT_S", 0.1)
    with joined("tcp") as (one, _), pytest.raises(LinkError, match="takes nothing"):
        send_many(one, bytes(65536))


def test_a_serial_port_carries_frames_between_text(pty_link):
    link, line = pty_link
    os.write(line, b"MPY: soft reboot\r\n" + encode(b"\x03from the board~") + b">>> ")
    assert link.receive(WAIT_S) == b"\x03from the board~"
    assert link.receive(0) is None
    assert link.receive(SOON_S) is None
    os.write(line, encode(b"more"))
    assert link.receive(WAIT_S) == b"more"
    assert link.framing.dropped == 2
    link.send(bytes(range(256)))
    found = b""
    while len(found) < len(encode(bytes(range(256)))):
        found += os.read(line, 1000)
    assert found == encode(bytes(range(256)))


def test_a_serial_line_carries_the_longest_datagram(pty_link):
    link, line = pty_link
    datagram = bytes(range(256)) * 256
    octets = encode(datagram)

    def write():
        left = octets
        while left:
            left = left[os.write(line, left[:1024]) :]

    writing = threading.Thread(target=write)
    writing.start()
    assert link.receive(WAIT_S) == datagram
    writing.join()
    sending = threading.Thread(target=link.send, args=(datagram,))
    sending.start()
    found = b""
    while len(found) < len(octets):
        found += os.read(line, 65536)
    sending.join()
    assert found == octets


def test_a_serial_port_in_use_missing_or_gone_is_an_error(pty_link):
    link, line = pty_link
    with pytest.raises(LinkError, match=r"cannot be opened: .*lock"):
        open_link(link.name)
    with pytest.raises(LinkError, match=r"cannot be opened: .*No such file"):
        open_link("serial:/dev/no-such-port")
    os.close(line)
    with pytest.raises(LinkGone, match="the port is gone"):
        link.receive(WAIT_S)
    with pytest.raises(LinkGone):
        link.send(b"anybody?")
    link.close()
    with pytest.raises(LinkError, match="is closed"):
        link.receive(WAIT_S)


def test_listening_on_a_serial_port_is_opening_it(pty_link):
    link, line = pty_link
    link.close()
    with listen(link.name) as listener:
        with listener.accept(WAIT_S) as first:
            os.write(line, encode(b"1"))
            assert first.receive(WAIT_S) == b"1"
            assert listener.accept(SOON_S) is None
        with listener.accept(WAIT_S) as second:  # opened again
            os.write(line, encode(b"2"))
            assert second.receive(WAIT_S) == b"2"


def test_without_pyserial_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "serial", None)
    with pytest.raises(LinkError, match="pip install pyserial"):
        open_link("serial:/dev/ttyACM0")


TEXT = (
    "loss=5%,duplication=5%,jitter=100ms,delay=20ms,reordering=2%,bit-errors=1%,"
    "disconnect=0.1%,seed=3"
)


def test_the_text_of_faults_is_read_and_given_back():
    faults = Faults.parse(TEXT)
    assert faults == Faults(5, 5, 100, 20, 2, 1, 0.1, seed=3)
    assert str(faults) == TEXT
    assert str(Faults.parse(" outage=2.5s , loss=0.50% ")) == "loss=0.5%,outage=2500ms"
    assert Faults.parse("") == Faults()
    assert str(Faults()) == ""


SHARES = st.floats(0, 100)
TIMES = st.integers(0, 10**12 - 1)


@given(st.builds(Faults, SHARES, SHARES, TIMES, TIMES, SHARES, SHARES, SHARES, TIMES, TIMES))
def test_any_faults_come_back_from_their_text(faults):
    assert Faults.parse(str(faults)) == faults
    assert str(Faults.parse(str(faults))) == str(faults)


@given(st.text() | st.text("loss=%,.0123456789msdelay-\n"))
def test_any_text_is_faults_or_an_error(text):
    with contextlib.suppress(BadFaults):
        Faults.parse(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lost=5%", "NAME=VALUE expected, of loss, duplication, .*; found 'lost=5%'"),
        ("loss", "found 'loss'"),
        ("loss=5%,", "found ''"),
        ("loss=5", "loss: a share such as 5% expected, found '5'"),
        ("loss=-5%", "found '-5%'"),
        ("loss=nan%", "found 'nan%'"),
        ("loss=101%", "loss: 0% to 100% expected, found 101"),
        ("loss=1%,loss=2%", "loss: expected once"),
        ("delay=20", "delay: a time such as 20ms or 2s expected, found '20'"),
        ("delay=0.5ms", "delay: a whole number"),
        ("seed=3%", "seed: a whole number expected, found '3%'"),
        ("seed=3s", "seed: a whole number expected, found '3s'"),
        ("seed=0.5", "seed: a whole number"),
    ],
)
def test_a_wrong_text_says_what_was_expected(text, expected):
    with pytest.raises(ValueError, match=expected) as caught:
        Faults.parse(text)
    assert isinstance(caught.value, BadFaults)


def plans(text, count=20000):
    faults = Faults.parse(text)
    return [(faults.plan(bytes(20)), faults.is_breaking()) for _ in range(count)]


def test_faults_come_as_often_as_asked_for():
    found = plans(TEXT)
    count = len(found)
    arriving = [copy for plan, _ in found for copy in plan]
    damaged = [octets for _, octets in arriving if octets != bytes(20)]
    assert 0.04 < sum(not plan for plan, _ in found) / count < 0.06
    assert 0.04 < sum(len(plan) == 2 for plan, _ in found) / count < 0.06
    assert 0.007 < len(damaged) / len(arriving) < 0.013
    assert {octets_bits(octets) for octets in damaged} == {1, 2, 3}
    assert 5 < sum(breaking for _, breaking in found) < 40
    delays = [delay for delay, _ in arriving]
    assert min(delays) == 20
    assert 120 < max(delays) <= 120 + HELD_BACK_MS[1]
    assert 0.01 < sum(delay > 120 for delay in delays) / len(delays) < 0.02  # of 2 % some
    usual = [delay for delay in delays if delay <= 120]
    assert 68 < sum(usual) / len(usual) < 72


def octets_bits(octets):
    return sum(octet.bit_count() for octet in octets)


def test_the_same_seed_gives_the_same_faults_and_another_one_others():
    assert plans(TEXT, 2000) == plans(TEXT, 2000)
    assert plans(TEXT, 2000) != plans(TEXT.replace("seed=3", "seed=4"), 2000)
    one, other, same = (Faults.parse(TEXT).fork(label) for label in ("a", "b", "a"))
    found = [[faults.plan(bytes(20)) for _ in range(500)] for faults in (one, other, same)]
    assert found[0] == found[2] != found[1]


def test_without_faults_all_arrives_at_once():
    assert plans("seed=7", 100) == [([(0, bytes(20))], False)] * 100
    assert Faults.parse("bit-errors=100%").plan(b"") == [(0, b"")]
    assert Faults.parse("loss=100%").plan(b"x") == []


def numbered(count):
    return [number.to_bytes(4, "big") * 8 for number in range(count)]


def sent_through(kind, text, count):
    """What arrives of numbered datagrams, of those sent with faults and those received so."""
    arrived = []
    for is_sending in (True, False):
        with joined(kind) as (one, other):
            here = FaultyLink(one, Faults.parse(text)) if is_sending else one
            there = other if is_sending else FaultyLink(other, Faults.parse(text))
            for datagram in numbered(count):
                here.send(datagram)
                if kind == "udp":
                    time.sleep(0.0002)  # its queue is short
            arrived.append(everything(there))
            here.close()
    return arrived


@pytest.mark.parametrize("kind", NETWORK)
def test_loss_duplication_and_damage_reach_the_other_side_as_often_as_asked_for(kind):
    sent = set(numbered(600))
    for found in sent_through(kind, "loss=20%,duplication=10%,bit-errors=10%,seed=5", 600):
        whole = [datagram for datagram in found if datagram in sent]
        assert 0.80 < len(found) / (600 * 0.8 * 1.1) < 1.20
        assert 0.05 < 1 - len(whole) / len(found) < 0.16
        assert 0.04 < (len(whole) - len(set(whole))) / len(whole) < 0.16


@pytest.mark.parametrize("kind", NETWORK)
def test_the_same_seed_gives_the_same_faults_on_a_link(kind):
    text = "loss=20%,duplication=10%,bit-errors=10%,seed=5"
    assert sent_through(kind, text, 200) == sent_through(kind, text, 200)


@pytest.mark.parametrize("kind", NETWORK)
def test_delayed_datagrams_overtake_each_other_and_none_is_lost(kind):
    for found in sent_through(kind, "delay=50ms,jitter=100ms,seed=1", 100):
        assert sorted(found) == numbered(100)
        assert found != numbered(100)


def test_a_delay_is_kept_in_both_directions():
    for text, least_s in (("delay=100ms", 0.1), ("", 0)):
        with joined("inproc") as (one, other):
            faulty = FaultyLink(one, Faults.parse(text))
            began = time.monotonic()
            faulty.send(b"there")
            assert other.receive(WAIT_S) == b"there"
            other.send(b"back")
            assert faulty.receive(WAIT_S) == b"back"
            assert 2 * least_s <= time.monotonic() - began < 2 * least_s + 1
            other.send(b"again")
            assert faulty.receive(0) == (b"again" if not least_s else None)


def test_closing_waits_for_what_is_under_way():
    with joined("tcp") as (one, other):
        with FaultyLink(one, Faults.parse("delay=100ms")) as faulty:
            faulty.send(b"last words")
        assert other.receive(WAIT_S) == b"last words"
        with pytest.raises(LinkGone):
            other.receive(WAIT_S)


def test_what_arrived_before_the_other_side_closed_is_still_delayed_and_given_out():
    with joined("tcp") as (one, other):
        faulty = FaultyLink(other, Faults.parse("delay=50ms"))
        one.send(b"last words")
        one.close()
        assert faulty.receive(WAIT_S) == b"last words"
        for _ in range(2):
            with pytest.raises(LinkGone):
                faulty.receive(WAIT_S)


def test_an_outage_loses_all_in_both_directions_and_ends():
    with joined("tcp") as (one, other):
        faulty = FaultyLink(one, Faults.parse("disconnect=100%,outage=200ms"))
        faulty.send(b"lost")
        faulty.faults.disconnect = faulty._out.disconnect = faulty._in.disconnect = 0
        assert faulty.is_disconnected
        faulty.send(b"lost too")
        other.send(b"lost as well")
        assert faulty.receive(0.1) is None
        assert other.receive(SOON_S) is None
        time.sleep(0.2)
        assert not faulty.is_disconnected
        faulty.send(b"there")
        other.send(b"back")
        assert other.receive(WAIT_S) == b"there"
        assert faulty.receive(WAIT_S) == b"back"


def test_an_error_of_a_delayed_datagram_is_raised_by_the_next():
    with joined("inproc") as (one, other):
        faulty = FaultyLink(one, Faults.parse("delay=20ms"))
        faulty.send(b"too late")
        other.close()
        time.sleep(0.1)
        with pytest.raises(LinkGone):
            faulty.send(b"more")
