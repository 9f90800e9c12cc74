"""An exception where nobody expects it: told, set aside, and the device goes on."""

import pytest
from conftest import MISSING, reference_paths
from senders import EUIS, Bench

from gbcs import clock, link, message
from gbcs.cosem.cosem import name_of
from gbcs_device.account import account
from gbcs_device.base import load, logs
from gbcs_device.base.store import MemoryMedium, PowerCut, Store, StoreFull
from gbcs_device.board import loop, remote
from gbcs_device.devices import kinds
from gbcs_device.messages import failures, future_dated
from gbcs_device.messages.trust_anchors import OwnKeys

pytestmark = pytest.mark.skipif(not reference_paths(), reason=MISSING)
HOUR_MS = 3_600_000
ERRORS = (
    ValueError("planted"), TypeError("planted"), KeyError("planted"), IndexError("planted"),
    OverflowError("planted"), AttributeError("planted"), ZeroDivisionError("planted"),
    RecursionError("planted"), RuntimeError("planted"), MemoryError(), StoreFull("planted"),
    OSError(28, "planted"), AssertionError(),
)  # fmt: skip
CODES = {
    MemoryError: failures.RAM,
    StoreFull: logs.MEMORY_ERROR,
    OSError: logs.MEMORY_ERROR,
}
# A command that a kind answers: code, sender, form
GOOD = {
    "ESME": (0x0027, "Supplier", "MAC"),  # ECS17b
    "GSME": (0x0074, "Supplier", "MAC"),  # GCS13a
    "CHF": (0x00FE, "Access Control Broker", "MAC"),  # CCS07
    "GPF": (0x0074, "Supplier", "MAC"),
    "PPMID": (0x0129, "Access Control Broker", "MAC"),  # CS08
    "SAPC": (0x0059, "Supplier", "MAC"),  # ECS52
    "HCALCS": (0x0129, "Access Control Broker", "MAC"),
}


@pytest.fixture(scope="module")
def bench():
    return Bench()


class Scene:
    """A device whose store is there after a restart; `send` gives the answer to a good command."""

    def __init__(self, bench, kind):
        self.bench = bench
        self.kind = kind
        self.medium = MemoryMedium()
        store = Store(self.medium)
        store.write(bench._stores[kind, False])
        self.now = bench.now
        self.counter = 60_000
        self.restart()

    def restart(self):
        store = Store(self.medium)
        own = OwnKeys(self.bench.crypto, store, self.bench.random.randbytes)
        self.device = kinds.make(self.kind, EUIS[self.kind], store, self.bench.crypto, own)

    def command(self):
        """A good command, never the same twice."""
        code, sender, form = GOOD[self.kind]
        self.counter += 1
        content = self.bench.content(code, self.kind, self.counter)
        composed = message.compose(
            message.COMMAND, self.counter, self.bench.eui(sender), EUIS[self.kind], code, content
        )
        return self.bench._protected(composed, sender, "MAC" in form, False)

    def send(self):
        return self.device.receive(self.command(), self.now)

    def told(self):
        """The codes in the event log."""
        return [one.code for one in logs.entries(self.device.store.get(logs.EVENT) or b"")]

    def held(self):
        """What the store has but for logs and the alerts' counter."""
        names = [one for one in self.device.store.names() if one[:4] not in ("log/", "own/")]
        return {name: self.device.store.get(name) for name in names}

    def keep(self, at, number):
        """Something is kept for a moment: the activation of a calendar, well-formed."""
        key = (20, bytes((0, 0, 13, 0, number, 255)), 10)
        said = b"\x00\x8b" + bytes(8) + key[0].to_bytes(2, "big") + key[1] + bytes((key[2],))
        octets = at.to_bytes(8, "big") + self.bench.eui("Supplier") + bytes((number,))
        name = "later/A/" + name_of(*key)[2:]
        self.device.store.write({name: octets + clock.date_time(at) + said})
        return name


def raising(error):
    def planted(*arguments, **named):
        raise error

    return planted


def codes(device):
    """Message code and, of a generic alert, the alert's code."""
    found = []
    for octets in device.outbox:
        m = message.decode(octets)
        body = m.content[6:] if m.content[:1] == b"\x0f" else m.content
        found.append((m.code, int.from_bytes(body[3:5], "big")))
    return found


@pytest.mark.parametrize(
    "error",
    [error for error in ERRORS if not isinstance(error, StoreFull)],  # which is a refusal
    ids=lambda error: type(error).__name__,
)
def test_a_handler_that_fails_is_told_and_the_next_command_is_answered(bench, error):
    scene = Scene(bench, "ESME")
    server_of = dict(scene.device.servers)
    before = scene.held()

    def begun(command):
        command.changes["a/0001/000000000000/02"] = b"\x00"
        command.device.alert(0x1000, bench.eui("Supplier"), lambda counter: b"\x00", True)
        raise error

    scene.device.servers["DLMS"] = begun
    assert scene.send() is None
    assert scene.held() == before
    assert scene.device.outbox == []
    assert scene.told() == [CODES.get(type(error), failures.PROGRAM_EXECUTION)]
    assert scene.device.errors == [failures.text_of(error)]
    scene.device.servers = server_of
    assert scene.send() is not None
    scene.restart()
    assert scene.send() is not None
    kept = failures.last(scene.device.store)
    assert kept == (scene.now // 1000, failures.text_of(error))


def test_a_store_that_is_full_is_no_error_of_ours_and_told(bench):
    scene = Scene(bench, "ESME")
    before = scene.held()
    servers = scene.device.servers
    scene.device.servers = dict.fromkeys(servers, raising(StoreFull("planted")))
    assert scene.send() is None
    assert scene.held() == before
    assert scene.device.errors == []
    assert [code for _, code in scene.device.security_log()] == [logs.MEMORY_ERROR]
    scene.device.servers = servers
    assert scene.send() is not None


@pytest.mark.parametrize("kind", sorted(GOOD))
@pytest.mark.parametrize("where", ["server", "settle", "sign", "secret", "write", "log", "after"])
def test_wherever_a_device_of_any_kind_fails_it_goes_on(bench, kind, where, monkeypatch):
    scene = Scene(bench, kind)
    device = scene.device
    error = ValueError("planted")
    with monkeypatch.context() as patch:
        if where == "server":
            device.servers = dict.fromkeys(device.servers, raising(error))
        elif where == "settle":
            patch.setattr(device, "_settle", raising(error))
        elif where == "sign":
            patch.setattr(device.anchors.own, "sign", raising(error))
            patch.setattr(device, "_answer", raising(error))
        elif where == "secret":
            patch.setattr(device.anchors, "secret", raising(error))
        elif where == "write":
            patch.setattr(device.store, "write", raising(error))
        elif where == "log":
            patch.setattr(logs, "added", raising(error))
            patch.setattr(device, "_carried_out", raising(error))
        else:
            carried_out = device._carried_out

            def followed(command, waiting):
                command.after.append(raising(error))
                return carried_out(command, waiting)

            patch.setattr(device, "_carried_out", followed)
        answer = scene.send()
        assert (answer is not None) == (where == "after")  # the batch was written before
        assert device.errors == ["ValueError: planted"]
    scene.restart()
    assert scene.send() is not None
    assert scene.device.errors == []


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_what_was_kept_and_fails_is_set_aside_and_the_rest_is_done(bench, error, monkeypatch):
    scene = Scene(bench, "ESME")
    at = scene.now + HOUR_MS
    names = [scene.keep(at, number) for number in range(3)]
    carry_out = future_dated.carry_out

    def planted(command, name, octets, moment):
        if name == names[1]:
            raise error
        return carry_out(command, name, octets, moment)

    monkeypatch.setattr(future_dated, "carry_out", planted)
    scene.device.handle_timer(at)
    assert scene.device.store.names("later/") == []
    assert sorted(code for code, _ in codes(scene.device)) == [0x00CC, 0x00CC, 0x1000]
    assert (0x1000, logs.FUTURE_DATED_FAILURE) in codes(scene.device)
    assert scene.told() == [CODES.get(type(error), failures.PROGRAM_EXECUTION)]
    scene.restart()
    assert scene.device.next_timer() is None or scene.device.next_timer() > at
    scene.device.handle_timer(at)
    assert scene.device.outbox == []
    assert scene.send() is not None


@pytest.mark.parametrize(
    "octets", [b"", b"\x00", bytes(8), bytes(16), bytes(17), bytes(40), b"\x00" * 17 + b"\xdf\x09"]
)
@pytest.mark.parametrize("name", ["later/0100", "later/A/x", "later/C/0700/01", "later/x"])
def test_what_was_kept_in_no_form_is_set_aside(bench, name, octets):
    scene = Scene(bench, "GSME")
    scene.device.store.write({name: octets})
    assert scene.device.next_timer() <= scene.now
    scene.device.handle_timer(scene.now)
    scene.restart()
    assert scene.device.store.names("later/") == []
    assert scene.send() is not None


def test_what_was_kept_is_not_tried_for_ever_where_the_store_cannot_be_written(bench, monkeypatch):
    scene = Scene(bench, "ESME")
    at = scene.now + HOUR_MS
    scene.keep(at, 0)
    monkeypatch.setattr(scene.device.store, "write", raising(OSError(5)))
    scene.device.handle_timer(at)
    assert scene.device.next_timer() > at
    assert scene.device.outbox == []
    monkeypatch.undo()
    scene.device.handle_timer(scene.device.next_timer())
    assert scene.device.store.names("later/") == []


@pytest.mark.parametrize("kind", ["ESME", "GSME", "SAPC"])
@pytest.mark.parametrize("function", ["advance", "next_event", "_brought"])
def test_an_account_that_fails_does_not_stop_the_meter(bench, kind, function, monkeypatch):
    scene = Scene(bench, kind)
    scene.device.store.write(dict(load.started(scene.now, {load.IMPORT: 100})))
    monkeypatch.setattr(account, function, raising(ZeroDivisionError("planted")))
    now, calls = scene.now, 0
    while now < scene.now + 5 * HOUR_MS:  # as whoever keeps the time does it
        at = scene.device.next_timer()
        now = max(now, now + HOUR_MS if at is None else at)
        scene.device.handle_timer(now)
        calls += 1
    assert calls < 10
    assert scene.device.errors == ["ZeroDivisionError: planted"] * min(calls, 4)
    assert failures.PROGRAM_EXECUTION in scene.told()
    monkeypatch.undo()
    scene.now = now
    assert scene.send() is not None
    scene.device.handle_timer(scene.device.next_timer())
    assert account.figures(scene.device, now) is not None


def test_the_power_itself_is_no_exception_to_be_caught(bench):
    scene = Scene(bench, "ESME")
    scene.medium.cut_after = 5
    with pytest.raises(PowerCut):
        scene.device.receive(scene.command()[:-1] + b"\x00", scene.now)  # which the log tells
    scene = Scene(bench, "ESME")
    scene.keep(scene.now, 0)
    scene.medium.cut_after = 5
    with pytest.raises(PowerCut):
        scene.device.handle_timer(scene.now)


def test_a_harness_sees_what_a_device_has_caught(bench):
    scene = Scene(bench, "ESME")
    seen = []
    scene.device.on_error = seen.append
    error = ValueError("planted")
    scene.device.servers["DLMS"] = raising(error)
    for _ in range(6):
        scene.send()
    assert seen == [error] * 6
    assert scene.device.errors == ["ValueError: planted"] * 4
    assert scene.told() == [failures.PROGRAM_EXECUTION] * 6


# What a board runs


class Station:
    """A station that fails where `fails` says."""

    def __init__(self, fails):
        self.fails = fails
        self.phase = "off"
        self.is_awake = False
        self.handled = 0
        self.out = []

    def next_timer(self):
        if self.fails == "next timer":
            raise KeyError("planted")

    def handle_timer(self, now):
        if self.fails == "timer":
            raise IndexError("planted")

    def receive(self, frame, now):
        if self.fails == "frame":
            raise TypeError("planted")


@pytest.mark.parametrize("fails", ["next timer", "timer", "frame"])
@pytest.mark.parametrize("again", [False, True])
def test_a_station_that_fails_begins_anew_and_is_served(bench, fails, again, monkeypatch):
    one = remote.Server(bench.crypto, bench.random.randbytes)
    stations = [Station(fails if again else ""), Station(fails)]

    def make():
        one.station = stations.pop() if stations else None

    monkeypatch.setattr(one, "_make", make)
    make()
    number = 0
    answers = []

    def request(operation):
        nonlocal number
        number += 1
        return number.to_bytes(8, "big") + bytes((operation,)) + bytes(8)

    operations = [remote.HELLO, remote.FRAME, remote.TIMER, remote.HELLO]
    stream = [link.encode(link.seal(request(one))) for one in operations] + [b""]
    loop.serve(lambda: stream.pop(0), answers.append, one)
    assert len(answers) == len(operations)
    assert "planted" in one.error


def test_a_loop_goes_on_where_memory_does_not_do_for_an_answer(bench):
    class Short:
        """A server that has no memory for the first answer."""

        errors = ()

        def __init__(self):
            self.left = 1
            self.kept = []

        def handle(self, request):
            self.left -= 1
            if self.left >= 0:
                raise MemoryError
            return request

        def noted(self, error):
            self.kept.append(error)

    stream = [link.encode(link.seal(b"one"))] * 3 + [b""]
    answers = []
    short = Short()
    loop.serve(lambda: stream.pop(0), answers.append, short)
    assert len(answers) == 2
    assert len(short.kept) == 1
