"""A hub and two meters on the air, on both Pythons: joining, messages, coming back, leaving.

What the devices do with messages is left out: a stub answers each with its octets turned round.
Each joining is followed by what both sides took: `took NAME N`, milliseconds, 0
where there is no clock.
"""

from gbcs import devicelog
from gbcs.crypto import portable
from gbcs.devicelog import DeviceLog
from gbcs.zigbee import cbke, implicit
from gbcs_device.base.store import MemoryMedium, Store
from gbcs_device.han.hub import HubStation
from gbcs_device.han.joining import JOINED
from gbcs_device.han.meter import MeterStation

HUB, METER, GAS = [bytes((0, 0xDB, 0, 0, 0, 0, 0, last)) for last in (0xA3, 0xA0, 0xA1)]
INSTALL_KEY = bytes(range(16))
AUTHORITY = bytes((2,)) * 8
NOW = 800000000000

_state = [b"seed"]


def random(count):
    _state[0] = portable.sha256(_state[0])
    return (_state[0] + _state[0] + _state[0])[:count]


def ticks():
    try:
        import time
    except ImportError:  # the emulated board has no clock
        return 0
    if hasattr(time, "ticks_ms"):
        return time.ticks_ms()
    return int(time.perf_counter() * 1000)


class Stub:
    """What a station asks of its device."""

    crypto = portable
    anchors = None

    def __init__(self, eui):
        self.eui = eui
        self.store = Store(MemoryMedium())
        self.outbox = []
        self.keys = {}

    def next_timer(self):
        return None


class MeterStub(Stub):
    kind = "GSME"  # without a load, so without an account

    def install_key(self):
        return INSTALL_KEY

    def link_key(self):
        return self.store.get("han/link_key")

    def network(self):
        return self.store.get("han/pan")

    def hub(self):
        return self.store.get("han/hub")

    def is_joined(self):
        return self.link_key() is not None

    def agreed(self, pan, hub, key):
        return {"han/pan": pan, "han/hub": hub, "han/link_key": key}

    def left(self):
        return dict.fromkeys(self.store.names("han/"))

    def receive(self, octets, now):
        if octets == b"leave":
            self.store.write(self.left())
        return bytes(reversed(octets))


class HubStub(Stub):
    def __init__(self, eui):
        super().__init__(eui)
        self.log = DeviceLog(eui)

    def established(self, eui, key, now):
        self.log.established(eui, key, self.crypto)

    def returned(self, eui, now):
        self.log.returned(eui, now)


_authority = []


def credentials(eui):
    if not _authority:
        private = b"\x00" + bytes((0x5A,)) * 35
        _authority.append(implicit.Authority(implicit.SUITE_2, private, AUTHORITY, portable))
    certificate, private = _authority[0].issue(eui, random)
    return cbke.Credentials(implicit.SUITE_2, certificate, private, _authority[0].public)


class Air:
    """Frames reach all others at once; time goes to whatever is next."""

    def __init__(self, stations):
        self.stations = stations
        self.now = NOW
        self.heard = []

    def run(self, until, stop=None):
        while True:
            moved = True
            while moved:
                moved = False
                for one in self.stations:
                    while one.out:
                        frame = one.out.pop(0)
                        moved = True
                        for other in self.stations:
                            if other is not one:
                                other.receive(frame, self.now)
            if stop is not None and stop():
                return True
            times = [one.next_timer() for one in self.stations]
            times = [at for at in times if at is not None]
            if not times or min(times) > until:
                self.now = until
                return False
            self.now = max(self.now, min(times))
            for one in self.stations:
                at = one.next_timer()
                if at is not None and at <= self.now:
                    one.handle_timer(self.now)


def scene(is_sleepy=False):
    eui = GAS if is_sleepy else METER
    hub = HubStation(HubStub(HUB), HUB, random, [credentials(HUB)])
    meter = MeterStation(MeterStub(eui), random, credentials(eui), is_sleepy)
    hub.power_on(NOW)
    hub.hub.log.register(eui, int(is_sleepy), INSTALL_KEY)
    hub.hub.log.open_joining(eui, 120, NOW)
    return hub, meter, Air([hub, meter])


def join(hub, meter, air):
    begun = ticks()
    meter.power_on(air.now)
    eui = meter.eui
    done = air.run(air.now + 60000, lambda: meter.phase == JOINED and eui in hub.tunnels)
    print("took", "join", ticks() - begun)
    return done


def say(hub, meter, air, octets):
    """The answer to a message."""
    assert hub.deliver(octets, meter.eui, air.now)
    air.run(air.now + 2000000, lambda: bool(hub.upstream))
    return hub.upstream.pop(0)[1]


def test_a_meter_joins_and_answers():
    hub, meter, air = scene()
    assert join(hub, meter, air)
    assert hub.let_in[METER] == devicelog.INSTALL_CODE_KEY
    assert hub.hub.log.find(METER).link_key == meter.device.link_key()
    assert say(hub, meter, air, b"hello") == b"olleh"
    long = bytes(range(200)) * 5
    assert say(hub, meter, air, long) == bytes(reversed(long))
    assert not hub.nwk.dropped
    assert not meter.nwk.dropped


def test_a_gas_meter_sleeps_and_answers():
    hub, meter, air = scene(True)
    assert join(hub, meter, air)
    air.run(air.now + 60000)
    assert not meter.is_awake
    assert say(hub, meter, air, b"hello") == b"olleh"


def test_it_comes_back_and_leaves():
    hub, meter, air = scene()
    assert join(hub, meter, air)
    air.run(air.now + 1000)
    key = meter.device.link_key()
    meter.power_off()
    assert join(hub, meter, air)
    assert meter.device.link_key() == key
    assert hub.let_in[METER] == devicelog.LINK_KEY
    assert say(hub, meter, air, b"leave") == b"evael"
    air.run(air.now + 400)
    assert not meter.device.is_joined()
    assert METER not in hub.children


def test_a_frame_that_is_heard_again_is_dropped():
    hub, meter, air = scene()
    heard = []
    deliver = hub.receive

    def receive(frame, now):
        heard.append(frame)
        deliver(frame, now)

    hub.receive = receive
    assert join(hub, meter, air)
    hub.receive = deliver
    for frame in heard:
        hub.receive(frame, air.now)
        hub.out.clear()
    assert hub.nwk.dropped["NWK counter used before"] > 5
    assert not hub.upstream
