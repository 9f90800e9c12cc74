"""Commands of the served clusters: what asks is answered, what does is done; by octets."""

import random

import pytest

from gbcs.errors import DecodeError
from gbcs.zcl import zcl
from gbcs.zcl.codes import CALENDAR, MANAGEMENT, MESSAGING, METERING, PREPAYMENT, PRICE
from gbcs_device.account.tariff import Calendar, Terms
from gbcs_device.base.figures import Figures, TopUp
from gbcs_device.clusters import commands
from gbcs_device.clusters.meter import MeterSource
from gbcs_host.lab.lab import CHF, ESME, Lab

HUB = bytes.fromhex("00DB1234567890B2")
METER = bytes.fromhex("00DB1234567890A0")
NOW = 771_751_936_000  # 0x2E000000 seconds: the time of the example frame


class Source(MeterSource):
    """A meter whose figures and terms a test gives."""

    has_account = True

    def __init__(self, device, made, terms):
        super().__init__(device, 1)
        self.made = made
        self.said = terms

    def figures(self, now):
        return self.made

    def terms(self):
        return self.said

    def since(self, now):
        return 0x2E000000


@pytest.fixture
def lab():
    found = Lab(5)
    found.make(CHF, HUB)
    found.make(ESME, METER)
    assert found.add_to_hub(HUB, METER).is_success
    assert found.join(METER, HUB)
    return found


def made(lab, terms=None):
    found = Figures(NOW // 1000)
    found.price_mp = 28_340
    found.tier = 1
    found.label = b"Standard"
    return Source(lab.han.meters[METER], found, terms or Terms(1))


def ask(source, cluster, command, payload="", now=NOW):
    status, answers = commands.answered(source, cluster, command, bytes.fromhex(payload), now)
    return status, [(identifier, octets.hex()) for identifier, octets in answers]


def test_the_price_in_force(lab):
    terms = Terms(1)
    terms.default_tier = 1
    status, answers = ask(made(lab, terms), PRICE, 0x00, "01")
    assert status == 0
    # The example frame of the facts, but for provider, event and register tier, which are ours
    assert answers == [
        (
            0x00,
            "00000000" "085374616e64617264" "0000002e" "0000002e" "00" "3a03" "51" "11"
            "0000002e" "ffff" "b46e0000" "ff" "ffffffff" "ff" "ffffffff" "ff" "ff" "ff" "00",
        )
    ]  # fmt: skip


def test_a_tariff_of_blocks_is_published_as_in_the_reference_message(lab):
    """GCS01a's command, but for event and start: those are when the price was first seen."""
    terms = Terms(1)
    terms.standing_mp = 54_794
    terms.thresholds = {0: [1_000_000, 2_000_000, 3_000_000]}
    terms.prices = {(0, 0): 9_600, (0, 1): 10_200, (0, 2): 10_750, (0, 3): 11_000}
    source = made(lab, terms)
    assert ask(source, PRICE, 0x06, "00" * 10)[1] == [
        (
            0x04,
            "00000000" "0000002e" "01000000" "0000002e" "10" "00" "00" "03" "00" "3a03" "50"
            "0ad60000" "ff" "010000" "e80300",
        )
    ]  # fmt: skip
    assert ask(source, PRICE, 0x07, "01000000")[1] == [
        (
            0x05,
            "00000000" "0000002e" "0000002e" "01000000" "00" "01" "00"
            "00" "80250000" "01" "d8270000" "02" "fe290000" "03" "f82a0000",
        )
    ]  # fmt: skip
    assert ask(source, PRICE, 0x08, "01000000")[1] == [
        (
            0x06,
            "00000000" "0000002e" "0000002e" "01000000" "00" "01" "00"
            "03" "40420f000000" "80841e000000" "c0c62d000000",
        )
    ]  # fmt: skip


def time_of_use():
    terms = Terms(1)
    terms.label = b"Two rates"
    terms.prices = {(1, 0): 30_000, (2, 0): 10_000}
    calendar = terms.calendar = Calendar()
    calendar.days = {1: [(0, 2), (420, 1)], 2: [(0, 1)]}
    calendar.weeks = {b"\x01": (1, 1, 1, 1, 1, 2, 2)}
    calendar.seasons = [((None, 3, 20, None), b"\x01")]
    calendar.special = [((2026, 12, 25, None), 2)]
    return terms


def test_a_tariff_by_time_of_use(lab):
    source = made(lab, time_of_use())
    (tariff,) = ask(source, PRICE, 0x06, "00" * 10)[1]
    assert tariff[1][32:34] == "00"  # the scheme
    assert tariff[1][34:54] == "09" + b"Two rates".hex()
    assert tariff[1][54:58] == "0200"
    (matrix,) = ask(source, PRICE, 0x07, "01000000")[1]
    assert matrix[1][36:] == "0101307500000210270000"
    assert ask(source, PRICE, 0x08, "01000000") == (0x8B, [])


def test_the_calendar(lab):
    source = made(lab, time_of_use())
    head = "000000000000002e0000002e"
    asked = "00000000000000000100ffffffff"
    assert ask(source, CALENDAR, 0x00, asked)[1] == [(0x00, head + "0000002e000000010102")]
    assert ask(source, CALENDAR, 0x00, asked[:18] + "03ffffffff") == (0x8B, [])
    days = [
        (0x01, head + "0102000100000002a40101"),
        (0x01, head + "0201000100000001"),
    ]
    assert ask(source, CALENDAR, 0x01, "000000000000002e0100")[1] == days
    assert ask(source, CALENDAR, 0x01, "000000000000002e0101")[1] == days[:1]
    assert ask(source, CALENDAR, 0x01, "000000000000002e0200")[1] == days[1:]
    assert ask(source, CALENDAR, 0x01, "000000000100002e0100") == (0x8B, [])
    assert ask(source, CALENDAR, 0x02, "000000000000002e0100")[1] == [
        (0x02, head + "0101010101010202")
    ]
    assert ask(source, CALENDAR, 0x03, "000000000000002e")[1] == [(0x03, head + "0001ff0314ff01")]
    assert ask(source, CALENDAR, 0x04, "000000000000000000000000002e")[1] == [
        (0x04, head + "0000002e000100017e0c19ff02")
    ]


def test_every_answer_is_a_command_that_zcl_knows(lab):
    source = made(lab, time_of_use())
    source.made.is_prepayment = True
    source.made.top_ups = [TopUp(820_000_000, 1_000_000, 2, b"7394165688095080448")]
    asked = [
        (PRICE, 0x00, "01"), (PRICE, 0x01, "0000000001"), (PRICE, 0x06, "00" * 10),
        (PRICE, 0x07, "00" * 4), (CALENDAR, 0x00, "000000000000000001000000000000"),
        (CALENDAR, 0x01, "000000000000002e0100"), (CALENDAR, 0x02, "000000000000002e0100"),
        (CALENDAR, 0x03, "000000000000002e"), (CALENDAR, 0x04, "000000000000000000000000002e"),
        (PREPAYMENT, 0x08, "0000000000"),
    ]  # fmt: skip
    for cluster, command, payload in asked:
        status, answers = ask(source, cluster, command, payload)
        assert status == 0
        assert answers, (cluster, command)
        for identifier, octets in answers:
            data = bytes.fromhex(octets)
            name, fields = zcl.decode_payload(data, 0, len(data), cluster, 0x09, identifier)
            assert fields[0][1] != "octets", name


def test_what_the_clusters_cannot_say_is_said_as_nearly_as_they_can(lab):
    terms = time_of_use()
    terms.standing_mp = -5
    terms.prices = {(1, 0): -1, (2, 0): 1 << 40}
    terms.label = b"x" * 300
    terms.calendar.special = [((1066, 10, 14, None), 2), ((9999, 1, 1, None), 2)]
    source = made(lab, terms)
    source.made.price_mp = -7
    assert ask(source, PRICE, 0x00, "01")[1][0][1].endswith("ffff00000000" + "ff" * 13 + "00")
    (tariff,) = ask(source, PRICE, 0x06, "00" * 10)[1]
    assert tariff[1].endswith("18" + "78" * 24 + "0200003a035000000000ff010000e80300")
    assert ask(source, PRICE, 0x07, "00" * 4)[1][0][1].endswith("010000000002feffffff")
    (special,) = ask(source, CALENDAR, 0x04, "000000000000000000000000002e")[1]
    assert special[1].endswith("000a0eff02fe0101ff02")


def test_the_log_of_top_ups(lab):
    source = made(lab)
    source.made.is_prepayment = True
    source.made.top_ups = [
        TopUp(820_000_000, 1_000_000, 2, b"11111111111111111111"),
        TopUp(810_000_000, 500_000, 0, b"22222222222222222222"),
    ]
    newer = "14" + "31" * 20 + "40420f00" + "0035e030"
    older = "14" + "32" * 20 + "20a10700" + "809e4730"
    assert ask(source, PREPAYMENT, 0x08, "0000000000")[1] == [(0x05, "0001" + newer + older)]
    assert ask(source, PREPAYMENT, 0x08, "ffffffff01")[1] == [(0x05, "0001" + newer)]
    assert ask(source, PREPAYMENT, 0x08, "0034e03000")[1] == [(0x05, "0001" + older)]
    assert ask(source, PREPAYMENT, 0x08, "0100000000") == (0x8B, [])
    source.made.is_prepayment = False
    assert ask(source, PREPAYMENT, 0x08, "0000000000") == (0x8B, [])


def test_the_log_of_what_top_ups_paid_of_a_debt(lab):
    source = MeterSource(lab.han.meters[METER], 1)
    assert ask(source, PREPAYMENT, 0x0A, "0000000000ff") == (0x8B, [])
    newest, older = (820_000_000, 25_000, 75_000), (810_000_000, 50_000, 100_000)
    octets = b"".join(number.to_bytes(4, "big") for one in (newest, older) for number in one)
    lab.han.meters[METER].store.write({"account/payments": octets})
    rows = ["0035e030a861000002f8240100", "809e473050c3000002a0860100"]
    assert ask(source, PREPAYMENT, 0x0A, "0000000000ff")[1] == [(0x06, "0001" + "".join(rows))]
    assert ask(source, PREPAYMENT, 0x0A, "000000000102")[1] == [(0x06, "0001" + rows[0])]
    assert ask(source, PREPAYMENT, 0x0A, "0034e03000ff")[1] == [(0x06, "0001" + rows[1])]
    assert ask(source, PREPAYMENT, 0x0A, "000000000000") == (0x8B, [])


def test_a_message_is_shown_acknowledged_and_taken_back(lab):
    source = MeterSource(lab.han.meters[METER], 1)
    assert ask(source, MESSAGING, 0x00) == (0x8B, [])
    number = (lab.now // 1000).to_bytes(4, "little").hex()
    assert lab.read("ECS10", METER, {"value": b"Hello"}).is_success
    shown = number + "8000000000ffff05" + b"Hello".hex()
    assert ask(source, MESSAGING, 0x00) == (0, [(0x00, shown)])
    lab.alerts_of(METER)
    assert ask(source, MESSAGING, 0x01, "0100000000000000") == (0x8B, [])
    assert lab.alerts_of(METER) == []
    assert ask(source, MESSAGING, 0x01, number + "00000000", lab.now) == (0, [])
    (alert,) = lab.alerts_of(METER)
    assert alert.message.code == 0x1001
    assert alert.payload.body[2][0][2] == 0x81A6
    assert ask(source, MESSAGING, 0x00)[1] == [(0x00, shown[:8] + "00" + shown[10:])]
    again = (lab.now // 1000).to_bytes(4, "little").hex()
    assert lab.read("ECS10", METER, {"value": b"Hello"}).is_success  # the same, but another
    assert ask(source, MESSAGING, 0x00)[1] == [(0x00, again + shown[8:])]
    assert lab.read("ECS10", METER, {"value": b""}).is_success
    assert ask(source, MESSAGING, 0x00) == (0x8B, [])
    assert ask(source, MESSAGING, 0x02, "00000000")[1][0][0] == 0x01


def test_the_meter_point(lab):
    source = MeterSource(lab.han.meters[METER], 1)
    assert ask(source, MANAGEMENT, 0x03) == (0x8B, [])
    lab.han.meters[METER].store.write({"a/0001/00005E2C220B/02": b"\x09\x0d1312345678111"})
    assert ask(source, MANAGEMENT, 0x03)[1] == [(0x03, "00" * 12 + "0d" + b"1312345678111".hex())]


def test_what_is_of_another_form_or_not_known(lab):
    source = made(lab)
    with pytest.raises(DecodeError):
        ask(source, PRICE, 0x06, "00")
    with pytest.raises(DecodeError):
        ask(source, PREPAYMENT, 0x04, "0214")
    with pytest.raises(DecodeError):
        ask(source, MESSAGING, 0x01, "00")
    assert ask(source, PRICE, 0x77) == (0x81, [])
    assert ask(source, METERING, 0x00, "00") == (0x81, [])
    assert ask(source, METERING, 0x0C, "01") == (0x87, [])  # a display arms nothing


def test_whatever_a_display_asks_is_answered_or_dropped(lab):
    source = made(lab, time_of_use())
    dice = random.Random(1)
    statuses = set()
    for _ in range(4000):
        cluster = dice.choice((PRICE, METERING, MESSAGING, PREPAYMENT, CALENDAR, MANAGEMENT))
        payload = dice.randbytes(dice.randrange(24)).hex()
        try:
            statuses.add(ask(source, cluster, dice.randrange(16), payload)[0])
        except DecodeError:
            statuses.add(None)
    assert statuses <= {None, 0x00, 0x01, 0x81, 0x87, 0x8B}
    assert {None, 0x00, 0x81, 0x8B} <= statuses
