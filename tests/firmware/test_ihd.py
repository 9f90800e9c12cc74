"""An IHD on the air, before a meter that answers by a script: what it reads, and shows."""

import contextlib
import itertools
import random

import pytest

from gbcs.errors import DecodeError
from gbcs_device.base import view
from gbcs_device.base.figures import ON
from gbcs_device.base.view import Fuel, Message, View
from gbcs_device.display import navigation, view_octets
from gbcs_device.display.frame import Frame
from gbcs_device.han import polling
from gbcs_host.lab.lab import CHF, ESME, IHD, Lab

HUB = bytes.fromhex("00DB1234567890B2")
METER = bytes.fromhex("00DB1234567890A0")
DISPLAY = bytes.fromhex("00DB1234567890A4")
PRICE, METERING, MESSAGING, PREPAYMENT = 0x0700, 0x0702, 0x0703, 0x0705
TO_CLIENT = 0x19  # a command of the cluster, from the server, no default response


def uint(kind, size, value):
    return bytes((kind,)) + value.to_bytes(size, "little", signed=kind in (0x2A, 0x2B))


def electricity():
    """A meter in prepayment mode: 12,345.678 kWh, 460 W, £12.34567 of credit, £3 of debt."""
    return {
        (METERING, 0x0000): uint(0x25, 6, 12_345_678),
        (METERING, 0x0014): b"\x30\x02",
        (METERING, 0x0207): b"\x30\x01",
        (METERING, 0x0300): b"\x30\x00",
        (METERING, 0x0301): uint(0x22, 3, 1),
        (METERING, 0x0302): uint(0x22, 3, 1000),
        (METERING, 0x0400): uint(0x2A, 3, 460),
        (METERING, 0x0401): uint(0x22, 3, 4140),
        (METERING, 0x0403): uint(0x22, 3, 11_040),
        (METERING, 0x0430): uint(0x22, 3, 15_180),
        (METERING, 0x0440): uint(0x23, 4, 55_200),
        (PRICE, 0x0301): uint(0x23, 4, 54_794),
        (PRICE, 0x0610): b"\x41\x08Standard",
        (PRICE, 0x0617): b"\x18\x50",
        (PREPAYMENT, 0x0000): b"\x19\x97\x0c",
        (PREPAYMENT, 0x0001): uint(0x2B, 4, 1_234_567),
        (PREPAYMENT, 0x0002): uint(0x2B, 4, 500_000),
        (PREPAYMENT, 0x0003): b"\x18\x0d",
        (PREPAYMENT, 0x0005): uint(0x2B, 4, 300_000),
        (PREPAYMENT, 0x0502): b"\x30\x01",
        (PREPAYMENT, 0x051C): uint(0x25, 6, 174_000),
        (PREPAYMENT, 0x051E): uint(0x25, 6, 370_000),
        (PREPAYMENT, 0x0530): uint(0x25, 6, 544_000),
        (PREPAYMENT, 0x0540): uint(0x25, 6, 2_000_001),
    }  # fmt: skip


# PublishPrice: 28.5 p/kWh in millipence, tier 1, at once, until changed
PUBLISH_PRICE = bytes.fromhex(
    "00000000 08 5374616E64617264 01000000 00000000 00 3A03 51 11 00000000 FFFF 546F0000"
)


class Script:
    """Answers in place of a meter: attributes as they stand here, commands noted."""

    def __init__(self, lab, meter):
        self.lab = lab
        self.station = lab.han.stations[meter]
        self.values = electricity()
        self.heard = []
        self.answers = {(PRICE, 0x00): (0x00, PUBLISH_PRICE)}
        one, servers, clients = self.station.endpoints[1]
        servers = tuple(dict.fromkeys((*servers, PRICE, METERING, MESSAGING, PREPAYMENT)))
        self.station.endpoints = {1: (one, servers, clients)}
        self.station.attribute = lambda cluster, identifier, now, endpoint=0: self.values.get(
            (cluster, identifier)
        )
        self.station.from_cluster = self._command
        self._rest = type(self.station).from_cluster

    def _command(self, cluster, control, command, payload, one, sequence, sender, now):
        if sender != DISPLAY:
            args = (cluster, control, command, payload, one, sequence, sender, now)
            return self._rest(self.station, *args)
        self.heard.append((cluster, command, payload))
        answer = self.answers.get((cluster, command))
        if answer is None:
            return False
        ends = (one.source_endpoint, one.destination_endpoint)
        self.station.zcl(sender, ends, cluster, TO_CLIENT, *answer, now, sequence)
        return True

    def publish(self, cluster, command, payload):
        assert self.station.zcl(
            DISPLAY, (1, 1), cluster, TO_CLIENT, command, payload, self.lab.now
        )
        self.lab.han.air.touch(self.station)
        self.lab.pass_time(1)


@pytest.fixture
def script():
    lab = Lab(5, radio=True)
    for kind, eui in ((CHF, HUB), (ESME, METER), (IHD, DISPLAY)):
        lab.make(kind, eui)
    assert lab.add_to_hub(HUB, METER).is_success
    assert lab.join(METER, HUB)
    found = Script(lab, METER)
    assert lab.tell(METER, DISPLAY).is_success
    assert lab.add_to_hub(HUB, DISPLAY).is_success
    assert lab.join(DISPLAY, HUB)
    lab.pass_time(30)
    return found


def shown(script):
    return script.lab.han.stations[DISPLAY].shown(script.lab.now)


def test_it_joins_gets_a_key_and_reads(script):
    station = script.lab.han.stations[DISPLAY]
    key = station.link_key(METER)
    assert len(key) == 16
    assert key == script.station.link_key(DISPLAY)
    assert key not in (station.link_key(station.trust_centre), station.device.install_key())
    found = shown(script)
    fuel = found.fuels[0]
    assert found.is_joined
    assert found.signal == 5
    assert fuel.is_connected
    assert (fuel.power_w, fuel.level, fuel.reading) == (460, view.MEDIUM, 12_345_678)
    assert fuel.used_wh == [4140, 11_040, 15_180, 55_200]
    assert fuel.cost_mp == [174_000, 370_000, 544_000, 2_000_001]
    assert (fuel.price_mp, fuel.standing_mp, fuel.tariff) == (28_500, 54_794, "Standard")
    assert fuel.cost_now_mp == 13_110  # 0.460 kW at 28.5 p
    assert fuel.is_prepayment
    assert (fuel.balance_mp, fuel.debt_mp, fuel.emergency_mp) == (1_234_567, 300_000, 500_000)
    assert fuel.emergency == view.AVAILABLE
    assert fuel.supply == ON
    assert not found.fuels[1].is_prepayment


def test_power_is_read_every_ten_seconds(script):
    times = []
    values = script.values
    script.station.attribute = lambda cluster, identifier, now, endpoint=0: (
        (times.append(now) if identifier == 0x0400 else None) or values.get((cluster, identifier))
    )
    script.lab.pass_time(600)
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert len(times) >= 55
    assert max(gaps) <= 12_000


def test_it_says_when_the_meter_is_not_heard_and_finds_it_again(script):
    lab = script.lab
    lab.han.switch_off(METER)
    lab.pass_time(75)
    assert not shown(script).fuels[0].is_connected
    assert shown(script).is_joined
    assert shown(script).signal < 5
    lab.han.switch_on(METER, HUB)
    lab.pass_time(120)
    assert shown(script).fuels[0].is_connected


def test_a_meter_that_lost_its_keys_is_given_another(script):
    script.station.store.write({"han/partner/" + DISPLAY.hex(): None})
    script.lab.pass_time(120)
    assert shown(script).fuels[0].is_connected
    assert script.station.link_key(DISPLAY) is not None


def test_its_figures_come_back_after_a_power_cut(script):
    lab = script.lab
    lab.restart(DISPLAY)
    assert shown(script).fuels[0].power_w is None
    assert not shown(script).is_joined
    lab.pass_time(30)
    assert shown(script).fuels[0].power_w == 460


def test_figures_that_are_not_there_in_the_mode_are_gone(script):
    for identifier in (0x0001, 0x0002, 0x0003, 0x0005):
        del script.values[PREPAYMENT, identifier]
    script.values[PREPAYMENT, 0x0000] = b"\x19\x94\x0c"
    script.values[METERING, 0x0A00] = uint(0x23, 4, 4321)
    script.values[METERING, 0x0A04] = b"\x18\x20"  # pence
    script.lab.pass_time(120)
    fuel = shown(script).fuels[0]
    assert fuel.is_prepayment is False
    assert (fuel.balance_mp, fuel.debt_mp, fuel.emergency_mp) == (None, None, None)
    assert fuel.emergency == view.NOT_OFFERED
    assert fuel.bill_mp == 4_321_000


def test_a_price_that_is_published_is_shown_at_once(script):
    script.publish(PRICE, 0x00, PUBLISH_PRICE[:-4] + (31_234).to_bytes(4, "little"))
    fuel = shown(script).fuels[0]
    assert fuel.price_mp == 31_234
    assert fuel.cost_now_mp == 14_367


def test_a_price_to_come_is_asked_for_when_it_begins(script):
    begins = script.lab.now // 1000 + 40
    later = PUBLISH_PRICE[:-10] + begins.to_bytes(4, "little") + b"\xff\xff"
    script.publish(PRICE, 0x00, later + (31_234).to_bytes(4, "little"))
    assert shown(script).fuels[0].price_mp == 28_500
    script.answers[PRICE, 0x00] = (0x00, PUBLISH_PRICE[:-4] + (31_234).to_bytes(4, "little"))
    script.lab.pass_time(45)
    assert shown(script).fuels[0].price_mp == 31_234


def message(number, control, start, minutes, text):
    octets = number.to_bytes(4, "little") + bytes((control,)) + start.to_bytes(4, "little")
    return octets + minutes.to_bytes(2, "little") + bytes((len(text),)) + text


def test_a_message_is_shown_confirmed_and_cancelled(script):
    station = script.lab.han.stations[DISPLAY]
    script.publish(MESSAGING, 0x00, message(7, 0x80, 0, 0xFFFF, b"Your tariff changes"))
    (found,) = shown(script).messages
    assert (found.number, found.fuel, found.text) == (7, 0, "Your tariff changes")
    assert found.needs_confirmation
    assert not found.is_confirmed
    assert station.confirm(7, script.lab.now)
    assert not station.confirm(7, script.lab.now)
    confirmed_at = script.lab.now // 1000
    script.lab.han.air.touch(station)
    script.lab.pass_time(1)
    confirmation = (7).to_bytes(4, "little") + confirmed_at.to_bytes(4, "little")
    assert (MESSAGING, 0x01, confirmation) in script.heard
    assert shown(script).messages[0].is_confirmed
    script.publish(MESSAGING, 0x01, (7).to_bytes(4, "little") + b"\x00")
    assert shown(script).messages == []


def test_a_message_has_its_time(script):
    begins = script.lab.now // 1000 + 60
    script.publish(MESSAGING, 0x00, message(8, 0x00, begins, 2, b"Soon"))
    assert shown(script).messages == []
    script.lab.pass_time(65)
    assert [one.text for one in shown(script).messages] == ["Soon"]
    script.lab.pass_time(120)
    assert shown(script).messages == []


def test_a_supply_state_that_is_published_is_shown_at_once(script):
    script.publish(METERING, 0x0C, bytes(12) + b"\x01")
    assert shown(script).fuels[0].supply == 1


def test_figures_of_another_scale_are_reckoned(script):
    script.values[METERING, 0x0301] = uint(0x22, 3, 5)
    script.values[METERING, 0x0302] = uint(0x22, 3, 100)
    script.values[PRICE, 0x0617] = b"\x18\x40"  # ten thousandths of a pound
    script.lab.restart(DISPLAY)
    script.lab.pass_time(60)
    fuel = shown(script).fuels[0]
    assert fuel.used_wh[0] == 4140 * 50
    assert fuel.standing_mp == 547_940


def test_whatever_a_meter_says_can_be_shown(script):
    station, now = script.lab.han.stations[DISPLAY], script.lab.now
    source = random.Random(4)
    kinds = (0x10, 0x18, 0x20, 0x21, 0x22, 0x23, 0x25, 0x27, 0x28, 0x2A, 0x2B, 0x30, 0x41, 0xE2)
    rows = [row for row in (*polling.READS, *polling.ASKS) if row[0] == 0]
    frame = Frame()
    for _ in range(3000):
        row = source.choice(rows)
        ends = source.choice((b"\x00", b"\xff", None))
        if len(row) == 4:
            values = {}
            for identifier in row[3]:
                octets = source.randbytes(8) if ends is None else ends * 8
                kind = bytes((source.choice(kinds),))
                values[identifier] = source.choice((b"", kind + octets[: source.randrange(9)]))
            station.from_attributes(row[1], values, 1, METER, 0x01, now)
        else:
            size = source.randrange(60)
            octets = source.randbytes(size) if ends is None else ends * size
            command = source.randrange(16)
            with contextlib.suppress(DecodeError):
                station.published(0, row[1], command, octets, now)
        seen = station.shown(now)
        again = view_octets.decode_view(view_octets.encode_view(seen))
        page = source.choice(navigation.PPMID)
        pages = navigation.Pages(True)
        pages.name = page
        pages.draw(frame, again)


def test_octets_of_a_view_give_a_view_or_a_decode_error():
    chance = random.Random(3)
    full = View()
    full.messages.append(Message(1, 0, "Text", 5, True))
    octets = view_octets.encode_view(full)
    for _ in range(5000):
        damaged = bytearray(octets)
        for _ in range(chance.randint(1, 3)):
            damaged[chance.randrange(len(damaged))] = chance.choice((*range(8), 128, 255))
        with contextlib.suppress(DecodeError):
            seen = view_octets.decode_view(bytes(damaged))
            assert [type(fuel) for fuel in seen.fuels] == [Fuel, Fuel]
            assert all(type(entry) is Message for entry in seen.messages)
            assert type(seen.notice) is str
            assert all(len(fuel.used_wh) == 4 for fuel in seen.fuels)


@pytest.mark.parametrize("tag", range(8))
def test_values_in_one_another_without_end_are_a_decode_error(tag):
    for octets in (bytes((tag,)) * 60_000, bytes((6, 1, 7)) * 20_000, bytes((tag, 1)) * 30_000):
        with pytest.raises(DecodeError):
            view_octets.decode_view(octets)


@pytest.mark.parametrize("octets", [b"", b"\x00", bytes(12), b"\xff" * 13])
def test_publications_that_are_cut_short_are_dropped(script, octets):
    before = shown(script).fuels[0].price_mp
    for cluster, command in ((PRICE, 0x00), (MESSAGING, 0x00), (MESSAGING, 0x01)):
        script.publish(cluster, command, octets)
    script.lab.pass_time(30)
    assert shown(script).fuels[0].is_connected
    assert shown(script).fuels[0].price_mp == before
