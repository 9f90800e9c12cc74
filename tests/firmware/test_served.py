"""Attributes that meters serve to displays: their types, their octets, in which mode they are."""

import pytest

from gbcs.zcl import clusters, types
from gbcs_device.account import account
from gbcs_device.account.tariff import Calendar, Terms
from gbcs_device.base.figures import EMERGENCY_AVAILABLE, OFF, Debt, Figures, TopUp
from gbcs_device.clusters import attributes, report, time
from gbcs_device.clusters.meter import MeterSource
from gbcs_host.lab.lab import ESME, GSME, Lab

METER = bytes.fromhex("00DB1234567890A0")
NOW = 820_454_400_000  # 2026-01-01


def figures():
    found = Figures(NOW // 1000)
    found.import_wh = 12_345_678
    found.export_wh = 10
    found.litres = 123_456
    found.power_w = -250
    found.price_mp = 28_340
    found.standing_mp = 54_794
    found.label = b"Standard"
    found.days = [(1500, 42_510), (2_000, 56_680)]
    found.weeks = [(3_500, 99_190), (7_000, 198_380)]
    found.months = [(3_500, 99_190)]
    found.bill_mp = 1_234_567
    return found


def prepaid():
    found = figures()
    found.is_prepayment = True
    found.balance_mp = -250_000
    found.emergency_limit_mp = 500_000
    found.emergency_mp = 250_000
    found.accumulated_mp = 30_000
    found.low_credit_mp = 200_000
    found.credit_status = EMERGENCY_AVAILABLE
    found.supply = OFF
    found.debts = [
        Debt(b"", 1_000_000, 50_000, "day"),
        Debt(b"", 0, 0, ""),
        Debt(b"", 70_000, 0, "", 2_500),
    ]
    found.top_ups = [TopUp(820_000_000, 1_000_000, 2, b"73941656880950804485")]
    return found


class Source:
    """A meter as `served` asks it, by hand."""

    kind = "ESME"

    def __init__(self, made, terms=None, **held):
        self.made = made
        self.held = held
        self._terms = terms or Terms(1)

    def figures(self, now):
        return self.made

    def terms(self):
        return self._terms

    def get(self, name):
        return self.held.get(name)


def read(source, cluster, identifier, fuel=attributes.ELECTRICITY):
    value = attributes.attribute(cluster, identifier, fuel, source, NOW)
    return None if value is None else value.hex()


@pytest.mark.parametrize(
    ("cluster", "identifier", "octets"),
    [
        # ids as in the table of the cluster; types and little-endian values written by hand
        (0x0702, 0x0000, "254e61bc000000"),  # 12,345.678 kWh
        (0x0702, 0x0001, "250a0000000000"),
        (0x0702, 0x0014, "3002"),
        (0x0702, 0x0300, "3000"),
        (0x0702, 0x0301, "22010000"),
        (0x0702, 0x0302, "22e80300"),
        (0x0702, 0x0306, "1800"),
        (0x0702, 0x0400, "2a06ffff"),  # 250 W fed in
        (0x0702, 0x0401, "22dc0500"),
        (0x0702, 0x0403, "22d00700"),
        (0x0702, 0x0430, "22ac0d00"),
        (0x0702, 0x0432, "22581b00"),
        (0x0702, 0x0440, "23ac0d0000"),
        (0x0702, 0x0A00, "2387d61200"),
        (0x0702, 0x0A04, "1850"),
        (0x0700, 0x0301, "230ad60000"),  # 54.794 p, as in the reference message GCS01a
        (0x0700, 0x0400, "23b46e0000"),  # 28.34 p
        (0x0700, 0x0610, "41085374616e64617264"),
        (0x0700, 0x0616, "213a03"),
        (0x0700, 0x0617, "1850"),
        (0x0705, 0x0000, "19940c"),
        (0x0705, 0x0502, "3001"),
        (0x0705, 0x0503, "213a03"),
        (0x0705, 0x051C, "250ea600000000"),
        (0x0705, 0x051E, "2568dd00000000"),
        (0x0705, 0x0530, "25768301000000"),
    ],
)
def test_an_electricity_meter_in_credit_mode(cluster, identifier, octets):
    assert read(Source(figures()), cluster, identifier) == octets


@pytest.mark.parametrize(
    ("cluster", "identifier", "octets"),
    [
        (0x0705, 0x0000, "19970c"),  # as a reference message reads it
        (0x0705, 0x0001, "2b702ffcff"),
        (0x0705, 0x0002, "2b90d00300"),
        (0x0705, 0x0003, "1808"),
        (0x0705, 0x0005, "2b30750000"),
        (0x0705, 0x0010, "2320a10700"),
        (0x0705, 0x0031, "23400d0300"),
        (0x0705, 0x0100, "e20035e030"),
        (0x0705, 0x0101, "2b40420f00"),
        (0x0705, 0x0102, "3002"),
        (0x0705, 0x0103, "4114" + b"73941656880950804485".hex()),
        (0x0705, 0x0211, "2340420f00"),
        (0x0705, 0x0212, "3000"),
        (0x0705, 0x0216, "3001"),  # a day
        (0x0705, 0x0217, "2350c30000"),
        (0x0705, 0x0231, "2370110100"),
        (0x0705, 0x0232, "3001"),
        (0x0705, 0x0239, "21c409"),  # 25 % of each top-up
        (0x0702, 0x0014, "3000"),
    ],
)
def test_a_meter_in_prepayment_mode(cluster, identifier, octets):
    assert read(Source(prepaid()), cluster, identifier) == octets


@pytest.mark.parametrize(
    ("cluster", "identifier", "octets"),
    [
        (0x0702, 0x0000, "2540e201000000"),  # 123.456 m3
        (0x0702, 0x0300, "3001"),
        (0x0702, 0x0306, "1880"),  # mirrored gas
        (0x0702, 0x0312, "3000"),
        (0x0702, 0x0C01, "22dc0500"),
        (0x0702, 0x0C40, "23ac0d0000"),
        (0x0705, 0x051C, "250ea600000000"),
    ],
)
def test_a_gas_meter(cluster, identifier, octets):
    assert read(Source(figures()), cluster, identifier, attributes.GAS) == octets


def test_each_mode_has_its_own_attributes():
    paid_late, paid_first = Source(figures()), Source(prepaid())
    for identifier in (0x0001, 0x0002, 0x0003, 0x0005, 0x0010, 0x0031, 0x0040, 0x0100, 0x0211):
        assert read(paid_late, 0x0705, identifier) is None
        assert read(paid_first, 0x0705, identifier) is not None
    for identifier in (0x0A00, 0x0A01, 0x0A04):
        assert read(paid_late, 0x0702, identifier) is not None
        assert read(paid_first, 0x0702, identifier) is None


def test_what_is_not_there_yet_has_no_value():
    source = Source(figures())
    assert read(source, 0x0702, 0x0420) is None  # the day before yesterday
    assert read(source, 0x0705, 0x0542) is None
    assert read(source, 0x0702, 0x0402) is None  # of what is fed in there is no history
    assert read(source, 0x0702, 0x7777) is None
    assert read(source, 0x0705, 0x0110) is None


@pytest.mark.parametrize("power", [(499, 0), (500, 1), (1499, 1), (1500, 2), (-250, 0)])
def test_power_is_low_medium_or_high(power):
    made = figures()
    made.power_w, level = power
    assert read(Source(made), 0x0702, 0x0207) == "30%02x" % level


def test_the_levels_of_power_are_those_that_were_set():
    name = "a/0015/0000100000FF/02"
    source = Source(figures(), **{name: bytes.fromhex("010206000008fc06000011f8")})  # ECS34
    source.made.power_w = 2300
    assert read(source, 0x0708, 0x0400) == "23fc080000"
    assert read(source, 0x0708, 0x0401) == "23f8110000"
    assert read(source, 0x0702, 0x0207) == "3001"


def tiered():
    terms = Terms(1)
    terms.calendar = Calendar()
    terms.calendar.days = {1: [(0, 2), (420, 1)], 2: [(0, 17)]}
    terms.prices = {(1, 0): 30_000, (2, 0): 10_000, (17, 0): 5_000, (101, 0): 1, (101, 1): 2}
    terms.thresholds = {101: [10_000, 20_000]}
    return terms


def test_prices_stand_by_tier_and_block():
    made = figures()
    made.tier, made.price_mp = 2, 10_000
    source = Source(made, tiered())
    assert read(source, 0x0700, 0x0410) == "2330750000"
    assert read(source, 0x0700, 0x0420) == "2310270000"
    assert read(source, 0x0700, 0x0411) == "2302000000"  # the second block of the first tier
    assert read(source, 0x0700, 0x0510) == "2388130000"  # PriceTier17
    assert read(source, 0x0700, 0x0430) is None
    assert read(source, 0x0700, 0x0110) == "25102700000000"
    assert read(source, 0x0700, 0x0611) == "2011"
    assert read(source, 0x0700, 0x0612) == "2002"


def test_every_row_has_the_type_of_the_cluster_s_table():
    for cluster, first, step, count, _, _, kind, _, _ in attributes.ROWS:
        for identifier in (first, first + step * (count - 1)):
            name, said, _ = clusters.attribute(cluster, identifier)
            assert said is not None, "%04X %04X" % (cluster, identifier)
            assert types.by_name(said)[0] == kind, name


def test_no_attribute_stands_twice():
    for fuel in (attributes.ELECTRICITY, attributes.GAS):
        seen = set()
        for cluster, first, step, count, fuels, _, _, _, _ in attributes.ROWS:
            if fuels & fuel:
                mine = {(cluster, first + step * number) for number in range(count)}
                assert not mine & seen
                seen |= mine


@pytest.mark.parametrize("kind", [ESME, GSME])
def test_a_meter_of_the_lab_gives_every_attribute_a_value_that_zcl_takes(kind):
    lab = Lab(3)
    meter = lab.make(kind, METER)
    source = MeterSource(meter, attributes.ELECTRICITY if kind == ESME else attributes.GAS)
    found = 0
    for cluster, first, step, count, _, _, _, _, _ in attributes.ROWS:
        for number in range(count):
            value = source.attribute(cluster, first + step * number, lab.now)
            if value is not None:
                assert types.skip_typed(value, 0, len(value), "") == len(value)
                found += 1
    assert found > 30


def test_a_twin_has_no_account_and_serves_constants_alone():
    lab = Lab(3)
    meter = lab.make(ESME, METER)
    meter.store.write({"load/since": None})
    assert not account.exists(meter)
    source = MeterSource(meter, attributes.ELECTRICITY)
    assert source.attribute(0x0702, 0x0000, lab.now) is None
    assert source.attribute(0x0702, 0x0301, lab.now) == b"\x22\x01\x00\x00"


def test_a_mirror_is_told_everything_once_then_what_has_changed():
    source = Source(prepaid())
    source.kind = "GSME"

    def attribute(cluster, identifier, now):
        return attributes.attribute(cluster, identifier, attributes.GAS, source, now)

    told = {}
    first = report.frames(source, attribute, told, NOW)
    assert {cluster for cluster, _ in first} == {0x0700, 0x0702, 0x0705}
    assert all(len(body) <= 70 for _, body in first)
    assert report.frames(source, attribute, told, NOW) == []
    source.made.balance_mp = 5
    source.made.litres += 1
    assert report.frames(source, attribute, told, NOW) == [
        (0x0702, bytes.fromhex("00002541e201000000")),
        (0x0705, bytes.fromhex("01002b05000000")),
    ]


@pytest.mark.parametrize(
    ("now", "local"),
    [
        # 2026: summer time from 29 March 01:00 UTC to 25 October 01:00 UTC
        (828_061_199, 828_061_199),
        (828_061_200, 828_064_800),
        (846_205_199, 846_208_799),
        (846_205_200, 846_205_200),
    ],
)
def test_local_time_has_summer_time(now, local):
    assert time.attribute(0x0000, now * 1000) == b"\xe2" + now.to_bytes(4, "little")
    assert time.attribute(0x0007, now * 1000) == b"\x23" + local.to_bytes(4, "little")
    assert time.attribute(0x0003, now * 1000) == b"\x23" + (828_061_200).to_bytes(4, "little")
    assert time.attribute(0x0004, now * 1000) == b"\x23" + (846_205_200).to_bytes(4, "little")
    assert time.attribute(0x0005, now * 1000) == b"\x2b\x10\x0e\x00\x00"
