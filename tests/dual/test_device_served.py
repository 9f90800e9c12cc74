"""What meters serve to displays, on both Pythons: attributes, commands, what they are told."""

from gbcs.blocks.parties import parties
from gbcs.errors import DecodeError
from gbcs.zcl.codes import CALENDAR, MESSAGING, METERING, PREPAYMENT, PRICE
from gbcs_device.account.tariff import Calendar, Terms
from gbcs_device.base.figures import ARMED, Debt, Figures, TopUp
from gbcs_device.clusters import attributes, commands, report, time
from gbcs_device.clusters.subscribers import Displays

NOW = 771_751_936_000  # 0x2E000000 seconds
DISPLAY = bytes((0, 0xDB, 0, 0, 0, 0, 0, 0xA4))


class Source:
    """A meter with figures by hand."""

    kind = "ESME"
    has_account = False

    def __init__(self, is_prepayment):
        self.made = made = Figures(NOW // 1000)
        made.import_wh = 12_345_678
        made.power_w = -250
        made.price_mp = 28_340
        made.standing_mp = 54_794
        made.tier = 1
        made.label = b"Standard"
        made.days = [(1500, 42_510), (2_000, 56_680)]
        made.is_prepayment = is_prepayment
        made.balance_mp = -250_000
        made.debts = [Debt(b"", 1_000_000, 50_000, "day")]
        made.top_ups = [TopUp(820_000_000, 1_000_000, 2, b"73941656880950804485")]
        self.said = terms = Terms(1)
        terms.prices = {(1, 0): 28_340, (2, 0): 10_000}
        terms.standing_mp = 54_794
        calendar = terms.calendar = Calendar()
        calendar.days = {1: [(0, 2), (420, 1)]}
        calendar.weeks = {b"\x01": (1,) * 7}
        calendar.seasons = [((None, 1, 1, None), b"\x01")]
        self.message = b""

    def figures(self, now):
        return self.made

    def terms(self):
        return self.said

    def since(self, now):
        return 0x2E000000

    def get(self, name):
        return self.message if name == "a/0001/0002600D01FF/02" else None

    def attribute(self, cluster, identifier, now):
        return attributes.attribute(cluster, identifier, attributes.ELECTRICITY, self, now)

    def published(self, cluster, command, now):
        if cluster == PRICE:
            from gbcs_device.clusters import price

            return price.published(self, command, now)
        if cluster == CALENDAR:
            from gbcs_device.clusters import calendar as servedcalendar

            return servedcalendar.published(self, command, now)
        from gbcs_device.clusters import messaging

        return messaging.published(self, cluster, command, now)


def read(source, cluster, identifier):
    value = source.attribute(cluster, identifier, NOW)
    return None if value is None else "".join(["%02x" % octet for octet in value])


def ask(source, cluster, command, payload):
    status, answers = commands.answered(source, cluster, command, bytes.fromhex(payload), NOW)
    return status, [
        (identifier, "".join(["%02x" % octet for octet in octets]))
        for identifier, octets in answers
    ]


def test_attributes_of_both_modes():
    for is_prepayment in (False, True):
        source = Source(is_prepayment)
        assert read(source, 0x0702, 0x0000) == "254e61bc000000"
        assert read(source, 0x0702, 0x0400) == "2a06ffff"
        assert read(source, 0x0702, 0x0401) == "22dc0500"
        assert read(source, 0x0702, 0x0420) is None
        assert read(source, 0x0700, 0x0410) == "23b46e0000"
        assert read(source, 0x0700, 0x0611) == "2002"
        assert read(source, 0x0705, 0x051E) == "2568dd00000000"
        assert read(source, 0x0000, 0x0005) == "420445534d45"
        balance = "2b702ffcff" if is_prepayment else None
        assert read(source, 0x0705, 0x0001) == balance
        assert (read(source, 0x0702, 0x0A00) is None) == is_prepayment
        assert (read(source, 0x0705, 0x0217) == "2350c30000") == is_prepayment


def test_commands():
    source = Source(True)
    answers = ask(source, PRICE, 0x00, "01")[1]
    assert answers == [
        (
            0,
            "00000000085374616e646172640000002e0000002e003a035121"
            "0000002effffb46e0000ffffffffffffffffffffffffff00",
        )
    ]
    assert ask(source, PRICE, 0x06, "00" * 10)[1][0][0] == 4
    assert ask(source, PRICE, 0x07, "00" * 4)[1][0][1][36:] == "0101b46e00000210270000"
    assert ask(source, PRICE, 0x08, "00" * 4) == (0x8B, [])
    assert len(ask(source, CALENDAR, 0x00, "00" * 14)[1]) == 1
    assert len(ask(source, CALENDAR, 0x01, "000000000000002e0100")[1]) == 1
    answers = ask(source, PREPAYMENT, 0x08, "0000000000")[1]
    digits = "3733393431363536383830393530383034343835"
    assert answers == [(5, "000114" + digits + "40420f000035e030")]
    assert ask(source, PREPAYMENT, 0x00, "0000000002") == (0x81, [])
    try:
        ask(source, PRICE, 0x06, "00")
    except DecodeError:
        return
    raise AssertionError("a question that is cut short was answered")


class Station:
    def __init__(self):
        self.sent = []

    def zcl(self, to, ends, cluster, control, command, payload, now):
        self.sent.append((cluster, command))
        return True


def test_displays_are_told_what_has_changed():
    source, station = Source(True), Station()
    displays = Displays(station, source, 1)
    displays.follow(NOW)
    displays.heard(DISPLAY, 1, NOW)
    displays.follow(NOW)
    assert station.sent == []
    source.made.price_mp = 10_000
    displays.follow(NOW)
    assert station.sent == [(PRICE, 0)]
    source.made.supply = ARMED
    source.made.credit_status = 2
    displays.follow(NOW)
    assert station.sent[1:] == [(METERING, 0x0C), (PREPAYMENT, 0x0A)]
    source.message = b"\x09\x05Hello"
    displays.follow(NOW)
    assert station.sent[3:] == [(MESSAGING, 0)]


def test_a_mirror_is_told_what_has_changed():
    source = Source(True)

    def attribute(cluster, identifier, now):
        return attributes.attribute(cluster, identifier, attributes.GAS, source, now)

    told = {}
    frames = report.frames(source, attribute, told, NOW)
    assert len(frames) > 3
    assert report.frames(source, attribute, told, NOW) == []
    source.made.litres = 5
    assert report.frames(source, attribute, told, NOW) == [
        (METERING, bytes.fromhex("000025050000000000"))
    ]


def test_the_time_and_whom_a_message_is_for():
    assert time.attribute(0x0007, 828_061_200_000) == b"\x23" + (828_064_800).to_bytes(4, "little")
    head = bytes.fromhex("DF0901000000000000271008") + DISPLAY + b"\x08" + bytes(range(8))
    assert parties(head)[1] == bytes(range(8))
    wrapped = bytes.fromhex("DD00000000000081801100000000") + head
    assert parties(wrapped)[1] == bytes(range(8))
    for octets in (b"", head[:20], b"\xdd\x00" + head, wrapped[:12]):
        assert parties(octets) is None
