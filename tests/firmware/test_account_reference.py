"""Reference commands set the terms of an account: what they say is what it charges.

Expected values are read off the commands (`gbcs decode`), not made by the code under test.
"""

import pytest

from gbcs import clock, message
from gbcs_device.account import account
from gbcs_device.base import load
from gbcs_device.base.figures import OFF, ON
from gbcs_device.devices import kinds
from gbcs_host.verify import coverage

NOON = "20150101120000Z"  # a Thursday


class OwnSecrets:
    """The secrets that a device shares, by the other's public key: prepayment keys are others."""

    def __init__(self, key_store, eui):
        self._key_store = key_store
        self._eui = eui

    def secret(self, eui, public_key):
        for use in ("ka", "pp-ka"):
            certificate = self._key_store.certificate(eui, use)
            if certificate is not None and certificate.public_key == public_key:
                private = self._key_store.private(eui, use)
                own = self._key_store.certificate(self._eui, "ka").public_key
                crypto = self._key_store.crypto
                return crypto.agree(private, crypto.public_key(own))
        return None

    def sign(self, octets):
        crypto = self._key_store.crypto
        return crypto.sign(crypto.private_key(bytes(31) + b"\x01"), octets)


@pytest.fixture
def sent(shared, key_store):
    """A device with a load that was sent these commands; made(scenario, name, moment)."""
    made = {}

    def send(folder, name, moment="20150101000000Z"):
        where = shared / "rtds" / "messages" / folder
        path = where / (name + "_COMMAND_GBCS.HEX")
        octets = bytes.fromhex(path.read_text().strip())
        asked = message.decode(octets)
        now = clock.from_generalized(moment)
        device = made.get(asked.recipient)
        if device is None:
            kind = "ESME" if asked.recipient[-1] == 0xA0 else "GSME"
            twin = coverage.Coverage(key_store).device(kind, asked.recipient, (asked.originator,))
            rates = {load.IMPORT: 1000} if kind == "ESME" else {load.GAS: 1000}
            twin.store.write(load.started(now, rates))
            if kind == "GSME":  # 36 MJ/m3 uncorrected: a litre is 10 Wh
                twin.store.write(
                    {
                        "z/0700/0302": bytes.fromhex("2301000000"),
                        "z/0700/0303": b"\x18\x00",
                        "z/0700/0304": bytes.fromhex("2324000000"),
                        "z/0700/0306": b"\x18\x00",
                        "z/0705/0010": bytes.fromhex("2340420F00"),
                        "z/0705/0011": bytes.fromhex("23400D0300"),
                    }
                )
            own = OwnSecrets(key_store, asked.recipient)
            device = kinds.make(kind, asked.recipient, twin.store, key_store.crypto, own)
            made[asked.recipient] = device
        # reference commands of different use cases have the same counters
        device.store.write(dict.fromkeys(device.store.names("count/")))
        answer = device.receive(octets, now)
        assert answer is not None
        return device, message.decode(answer)

    return send


def at(device, text):
    return account.figures(device, clock.from_generalized(text))


def test_ecs01a_time_of_use(sent):
    device, _ = sent("1.1.1_ECS01a", "ECS01a_1.1.1_IMMEDIATE_TOU_SUCCESS")
    # winter: week 01, weekdays day 1 (tier 2 from midnight, 3 from 07:00), weekend day 3 (tier 1)
    for moment, tier, price in (
        ("20150101065959Z", 2, 3127),
        ("20150101070000Z", 3, 4744),
        ("20150103120000Z", 1, 2121),
        # summer from 29 March: day 2, tier 3 from 06:00, tier 2 from 23:00 to the next day's 06:00
        ("20150330055959Z", 1, 2121),  # after Sunday's
        ("20150330060000Z", 3, 4744),
        ("20150401010000Z", 2, 3127),
        ("20151225120000Z", 1, 2121),  # special days: Christmas, day 3; 1 May, day 2
        ("20150501000000Z", 2, 3127),
    ):
        found = at(device, moment)
        assert (found.tier, found.price_mp) == (tier, price), moment
        assert found.standing_mp == 20_000
    # 2 January: 7 hours of tier 2, 17 of tier 3, a kilowatt
    assert at(device, "20150103000000Z").days[1] == (24_000, 20_000 + 7 * 3127 + 17 * 4744)


def test_ecs01a_blocks_from_a_date(sent):
    device, _ = sent("1.1.1_ECS01a", "ECS01a_1.1.1_IMMEDIATE_TOU_SUCCESS")
    sent("1.1.1_ECS01a", "ECS01a_1.1.1_FUTURE_DATED_TOU_BLOCK_SUCCESS")
    due = clock.from_generalized("20300115090000Z")
    device.store.write(account.set_load(device, {load.IMPORT: 1000}, due - 1000))
    assert at(device, "20300115085959Z").price_mp == 4744
    device.handle_timer(due)
    # a Tuesday; from the start of summer 2015 on day 2: 101 from 06:00, of two blocks, to 10 kWh
    first = at(device, "20300115100000Z")
    assert (first.tier, first.block, first.price_mp) == (1, 1, 2289)
    assert first.standing_mp == 20_000
    second = at(device, "20300115200000Z")
    assert (second.tier, second.block, second.price_mp) == (1, 2, 3546)
    assert second.days[0][1] - first.days[0][1] == 9 * 2289 + 3546
    sent("1.7_ECS05", "ECS05_1.7_SUCCESS", "20300115210000Z")  # counting begins again
    assert at(device, "20300115210000Z").block == 1
    night = at(device, "20300115233000Z")
    assert (night.tier, night.block, night.price_mp) == (2, 1, 4002)


def test_ecs03_and_ecs08a(sent):
    device, _ = sent("2.1_ECS08a", "ECS08a_2.1_FUTURE_DATED_SUCCESS")
    due = clock.from_generalized("20300115090000Z")
    device.store.write(account.set_load(device, {load.IMPORT: 1000}, due - 1000))
    device.handle_timer(due)
    sent("1.6_ECS03", "ECS03_1.6_IMMEDIATE_SINGLE_SUCCESS", "20300115120000Z")
    found = at(device, "20300115120000Z")
    assert found.is_prepayment
    assert (found.emergency_limit_mp, found.emergency_threshold_mp) == (300_000, 100_000)
    assert (found.low_credit_mp, found.cut_off_mp) == (200_000, 556_677)
    assert found.supply == OFF
    terms = account.Account(device).terms
    assert (terms.max_balance_mp, terms.max_credit_mp) == (5_000_000, 1_000_000)
    assert (terms.cap_mp, terms.cap_period_s) == (30 * 100_000, 604_800)
    # time debts are taken of what was owed without credit, but not of emergency credit
    assert (terms.suspends_disabled, terms.suspends_emergency) == (False, True)
    # 29 April to 25 July: weekdays friendly until 07:30 and from 20:00, weekends 09:30 and 22:00;
    # 26 July to August: nothing but from 00:00 to 19:00 on special days 1, 2 and 5
    for moment, friendly in (
        ("20300501072959Z", True),
        ("20300501073000Z", False),
        ("20300501195959Z", False),
        ("20300501200000Z", True),
        ("20300504092900Z", True),
        ("20300504093000Z", False),
        ("20300504220000Z", True),
        ("20300729120000Z", True),
        ("20300729190000Z", False),
        ("20300730120000Z", False),
    ):
        assert terms.friendly_period(clock.from_generalized(moment))[0] == friendly, moment


def test_ecs07(sent):
    device, _ = sent("2.3_ECS07", "ECS07_2.3_SUCCESS")
    found = at(device, NOON)
    assert [(one.amount_mp, one.rate_mp, one.period) for one in found.debts] == [
        (30_000, 30_000, "day"), (15_000, 150_000, "day"), (50_000, 0, "")
    ]  # fmt: skip
    assert found.debts[2].proportion == 1000


def test_cs01a_as_the_reference_token_says(sent):
    device, answer = sent("2.2_CS01a", "CS01a_2.2_SUCCESS", NOON)
    assert answer.octets[answer.content_start : answer.content_end].hex()[-4:] == "0300"
    found = at(device, NOON)
    assert [one.amount_mp for one in found.top_ups] == [1_000_000]
    assert found.top_ups[0].digits == b"73946144332040217315"
    assert found.balance_mp == 1_000_000


def test_cs01b_is_answered_by_its_value(sent):
    _, answer = sent("2.2_CS01b", "CS01b_2.2_SUCCESS", NOON)
    octets = answer.octets[answer.content_start : answer.content_end]
    # accepted, 1,250,000, from the ESI, credit remaining
    assert octets[-10:].hex() == "00d012130000d0121300"


def test_gcs01a_time_of_use(sent):
    device, _ = sent("1.1.1_GCS01a", "GCS01a_1.1.1_IMMEDIATE_TOU_SUCCESS")
    for moment, tier, price in (
        ("20150101120000Z", 2, 10_200),  # a special day
        ("20150105120000Z", 3, 10_750),  # from 21 June 2014 on week 2, a weekday
        ("20150104120000Z", 4, 11_000),  # a Sunday
        ("20150320000000Z", 1, 9_600),  # from 20 March on week 1
        ("20150321000000Z", 2, 10_200),  # a Saturday
    ):
        found = at(device, moment)
        assert (found.tier, found.price_mp, found.standing_mp) == (tier, price, 22_465), moment
    # 5 January: a cubic metre an hour is 10 kWh
    assert at(device, "20150106000000Z").days[1] == (240_000, 22_465 + 240 * 10_750)


def test_gcs01a_blocks_from_a_date(sent):
    device, _ = sent("1.1.1_GCS01a", "GCS01a_1.1.1_IMMEDIATE_TOU_SUCCESS")
    sent("1.1.1_GCS01a", "GCS01a_1.1.1_FUTURE_DATED_BLOCK_SUCCESS")
    assert at(device, "20150105120000Z").price_mp == 10_750
    due = clock.from_generalized("20300115090000Z")
    device.store.write(account.set_load(device, {load.GAS: 1000}, due - 1000))
    device.handle_timer(due)
    first = at(device, "20300115100000Z")
    assert (first.tier, first.block, first.price_mp, first.standing_mp) == (0, 1, 9_600, 54_794)
    later = at(device, "20300120100000Z")  # past 1000 kWh
    assert (later.block, later.price_mp) == (2, 10_200)


def test_gcs25_begins_blocks_again_each_month(sent):
    device, _ = sent("1.1.1_GCS01a", "GCS01a_1.1.1_FUTURE_DATED_BLOCK_SUCCESS")
    sent("6.8_GCS25", "GCS25_6.8_SUCCESS")  # months from 1 February 2015
    due = clock.from_generalized("20300115090000Z")
    device.store.write(account.set_load(device, {load.GAS: 1000}, due - 1000))
    device.handle_timer(due)
    end = at(device, "20300131235959Z")  # more than 16 days of 240 kWh
    assert (end.block, end.price_mp) == (4, 11_000)
    assert at(device, "20300201000000Z").block == 1


def test_gcs03_and_gcs05(sent):
    device, _ = sent("2.1_GCS05", "GCS05_2.1_IMMEDIATE_SUCCESS")
    _, answer = sent("1.6_GCS03", "GCS03_1.6_IMMEDIATE_SUCCESS", NOON)
    octets = answer.octets[answer.content_start : answer.content_end]
    assert octets[-8:].hex() == "80969800a0860100"  # what GCS05 has set
    found = at(device, NOON)
    assert found.is_prepayment
    assert (found.emergency_limit_mp, found.emergency_threshold_mp) == (10_000_000, 100_000)
    assert (found.low_credit_mp, found.cut_off_mp) == (5_000_000, 0)
    terms = account.Account(device).terms
    assert (terms.max_credit_mp, terms.max_balance_mp, terms.cap_mp) == (
        25_000_000, 25_000_000, 100_000
    )  # fmt: skip
    # winter, week 1: friendly until 08:00 and from 18:00, at weekends always
    assert found.supply == ON  # 1 January is a special day: day 3, all of it friendly
    for moment, friendly in (
        ("20150102075900Z", True),
        ("20150102080000Z", False),
        ("20150102180000Z", True),
        ("20150103120000Z", True),
        ("20150330070000Z", False),  # summer, week 2: from 07:00 to 17:00
        ("20150330170000Z", True),
    ):
        assert terms.friendly_period(clock.from_generalized(moment))[0] == friendly, moment


def test_gcs02_ends_prepayment(sent):
    device, _ = sent("1.6_GCS03", "GCS03_1.6_IMMEDIATE_SUCCESS")
    assert at(device, "20150101000001Z").is_prepayment
    sent("1.6_GCS02", "GCS02_1.6_IMMEDIATE_SUCCESS", NOON)
    assert not at(device, NOON).is_prepayment
