"""An IHD and a PPMID on both Pythons: they read a meter and take what it publishes.

The meter is a station that answers by a table; all are on the network already. The PPMID tops up
the meter, and a gas meter's answer, made with its key, is checked.
"""

from gbcs import message, protect
from gbcs.crypto import portable
from gbcs_device.base import view
from gbcs_device.base.figures import ON
from gbcs_device.base.store import MemoryMedium, Store
from gbcs_device.devices import kinds, stations
from gbcs_device.display import actions, view_octets
from gbcs_device.display.actions import press
from gbcs_device.han.joining import JOINED
from gbcs_device.han.station import Station
from gbcs_device.messages.trust_anchors import HandedSecrets

HUB, METER, GAS, DISPLAY = [
    bytes((0, 0xDB, 0, 0, 0, 0, 0, last)) for last in (0xA3, 0xA0, 0xA1, 0xA4)
]
NETWORK_KEY, LINK_KEY, HUB_KEY = bytes(range(16)), bytes(range(16, 32)), bytes(range(32, 48))
SECRET = b"\x5a" * 32
NOW = 800000000000
PAN = 0xA1B2
SHORTS = {METER: 0x4A31, DISPLAY: 0x2C19}
PRICE, METERING, MESSAGING, PREPAYMENT = 0x0700, 0x0702, 0x0703, 0x0705

_state = [b"seed"]


def random(count):
    _state[0] = portable.sha256(_state[0])
    return (_state[0] + _state[0])[:count]


VALUES = {
    (METERING, 0x0000): b"\x25" + (12345678).to_bytes(6, "little"),
    (METERING, 0x0014): b"\x30\x02",
    (METERING, 0x0207): b"\x30\x01",
    (METERING, 0x0300): b"\x30\x00",
    (METERING, 0x0301): b"\x22\x01\x00\x00",
    (METERING, 0x0302): b"\x22\xe8\x03\x00",
    (METERING, 0x0400): b"\x2a\xcc\x01\x00",
    (METERING, 0x0401): b"\x22\x2c\x10\x00",
    (METERING, 0x0440): b"\x23\xa0\xd7\x00\x00",
    (PRICE, 0x0301): b"\x23\x0a\xd6\x00\x00",
    (PRICE, 0x0610): b"\x41\x08Standard",
    (PRICE, 0x0617): b"\x18\x50",
    (PREPAYMENT, 0x0000): b"\x19\x97\x0c",
    (PREPAYMENT, 0x0001): b"\x2b\x87\xd6\x12\x00",
    (PREPAYMENT, 0x0003): b"\x18\x01",
}
PUBLISH_PRICE = (
    bytes(4) + b"\x08Standard" + b"\x01\x00\x00\x00" + bytes(4) + b"\x00\x3a\x03\x51\x11"
    + bytes(4) + b"\xff\xff" + (28500).to_bytes(4, "little")
)  # fmt: skip
DISPLAY_MESSAGE = b"\x07\x00\x00\x00\x80" + bytes(4) + b"\xff\xff\x05Hello"


class Meter(Station):
    """It answers by the table, and keeps what it was told."""

    def __init__(self):
        super().__init__(METER, Store(MemoryMedium()), portable, random)
        self.endpoints = {1: (0x0500, (PRICE, METERING, MESSAGING, PREPAYMENT), ())}
        self.heard = []

    def link_key(self, eui):
        return LINK_KEY if eui == DISPLAY else None

    def attribute(self, cluster, identifier, now, endpoint=0):
        return VALUES.get((cluster, identifier))

    def from_cluster(self, cluster, control, command, payload, one, sequence, sender, now):
        answers = {
            (PRICE, 0): (0, PUBLISH_PRICE),
            (MESSAGING, 0): (0, DISPLAY_MESSAGE),
            (PREPAYMENT, 4): (3, b"\x00\x20\xa1\x07\x00\x02" + bytes(4)),
        }
        self.heard.append((cluster, command, payload))
        answer = answers.get((cluster, command))
        if answer is None:
            return False
        self.zcl(sender, (1, 1), cluster, 0x19, answer[0], answer[1], now, sequence)
        return True


def joined(one):
    one.nwk.use_key(NETWORK_KEY, 0)
    one.nwk.mac.pan, one.nwk.mac.short = PAN, SHORTS[one.eui]


def made(kind):
    store = Store(MemoryMedium())
    store.write(
        {
            "han/network": b"\xa1\xb2\x2c\x19\x00" + NETWORK_KEY,
            "han/link_key": HUB_KEY,
            "han/hub": HUB,
            "han/extended_pan_id": HUB,
            "han/partner/" + METER.hex(): LINK_KEY,
            "devices": GAS + b"\x00" + METER + b"\x01",
            "device/ka/" + GAS.hex(): b"\x04" + bytes(64),
        }
    )
    own = HandedSecrets({GAS: SECRET}, None)
    device = kinds.make(kind, DISPLAY, store, portable, own)
    station = stations.make(device, random, None)
    station.trust_centre = HUB
    joined(station)
    station.nwk.set_address(HUB, 0)
    station.on_joined(NOW, {})
    assert station.phase == JOINED
    meter = Meter()
    joined(meter)
    return station, meter


def run(station, meter, begin, seconds):
    """Frames reach the other at once; those for the hub nobody."""
    now, end = begin, begin + 1000 * seconds
    while True:
        while station.out or meter.out:
            for one, other in ((station, meter), (meter, station)):
                if one.out:
                    other.receive(one.out.pop(0), now)
        times = [at for at in (station.next_timer(), meter.next_timer()) if at is not None]
        if not times or min(times) > end:
            return end
        now = max(now, min(times))
        for one in (station, meter):
            at = one.next_timer()
            if at is not None and at <= now:
                one.handle_timer(now)


def test_an_ihd_reads_a_meter():
    station, meter = made("IHD")
    now = run(station, meter, NOW, 20)
    seen = station.shown(now)
    fuel = seen.fuels[0]
    assert fuel.is_connected
    assert not seen.fuels[1].is_connected
    assert (fuel.power_w, fuel.level, fuel.reading, fuel.supply) == (
        460,
        view.MEDIUM,
        12345678,
        ON,
    )
    assert fuel.used_wh == [4140, None, None, 55200]
    assert (fuel.price_mp, fuel.standing_mp, fuel.cost_now_mp) == (28500, 54794, 13110)
    assert (fuel.tariff, fuel.is_prepayment, fuel.balance_mp) == ("Standard", True, 1234567)
    assert [one.text for one in seen.messages] == ["Hello"]
    again = view_octets.decode_view(view_octets.encode_view(seen))
    assert view_octets.encode_view(again) == view_octets.encode_view(seen)
    assert again.fuels[0].cost_now_mp == 13110
    assert again.messages[0].text == "Hello"


def test_a_message_is_confirmed_once():
    station, meter = made("IHD")
    now = run(station, meter, NOW, 20)
    body = bytes((actions.CONFIRM,)) + (7).to_bytes(4, "big")
    assert press(station, body, now)
    assert not press(station, body, now)
    run(station, meter, now, 1)
    confirmation = b"\x07\x00\x00\x00" + (now // 1000).to_bytes(4, "little")
    assert (MESSAGING, 1, confirmation) in meter.heard


def test_an_ihd_has_no_top_up():
    station, _ = made("IHD")
    refused = 0
    for body in (b"", b"\x01\x00" + b"7" * 20, b"\x02\x00", b"\x04abc"):
        try:
            press(station, body, NOW)
        except ValueError:
            refused += 1
    assert refused == 4


def test_a_ppmid_tops_up_the_meter():
    station, meter = made("PPMID")
    now = run(station, meter, NOW, 20)
    digits = b"74941656880950804485"
    assert press(station, bytes((actions.TOP_UP, 0)) + digits, now)
    now = run(station, meter, now, 1)
    assert (PREPAYMENT, 4, b"\x02\x14" + digits) in meter.heard
    assert station.shown(now).notice == "Top-up accepted: £5.00"


def test_a_ppmid_checks_a_gas_meter_s_answer():
    station, _ = made("PPMID")
    command = message.decode(station.device.top_up(GAS, b"74941656880950804485"))
    content = b"\x01\x09\x01\x01\x07\x05\x00\x0d\x09\x00\x03\x02" + bytes(4) + b"\x02" + bytes(4)
    composed = message.compose(
        message.RESPONSE, command.counter, GAS, DISPLAY, command.code, content
    )
    signing = message.finish(composed)
    mac = protect.general_signing_mac(signing, SECRET, portable)
    wrong = bytes((mac[0] ^ 1,)) + mac[1:]
    station.device.receive(message.wrap(signing, wrong), NOW)
    assert station.shown(NOW).notice == ""
    station.device.receive(message.wrap(signing, mac), NOW)
    assert station.shown(NOW).notice == "Code used before"
