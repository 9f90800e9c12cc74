"""Twins answer other pairs of the same kinds too: other values, counters, devices, results."""

import contextlib
import os
import random

import pytest

from gbcs import message, payload
from gbcs.errors import EncodeError
from gbcs_host.verify import coverage
from tests.system import variants

LONG = os.environ.get("GBCS_LONG") == "1"
SEEDS = 40 if LONG else 2
# A backup is of one PAN in both logs; the two known pairs differ in any variant
LEFT_OUT = ("CCS07_", "PCS0", "GCS61_4.17_SUCCESS", "GCS20r_6.2.10_ERROR")


@pytest.fixture(scope="module")
def pairs(shared):
    """The reference pairs that variants are made of."""
    found = coverage.pairs(str(shared / "rtds" / "messages"))
    return [one for one in found if not one.name.split("/")[-1].startswith(LEFT_OUT)]


def replayed(key_store, pairs, make):
    """How many variants there are; those that were not answered the same, and why."""
    made = []
    for pair in pairs:
        for seed in range(SEEDS):
            dice = random.Random("%s %d" % (pair.name, seed))
            found = None
            with contextlib.suppress(EncodeError):  # more entries than its form has
                found = make(pair, dice, seed)
            if found is not None:
                made.append(coverage.Pair("%s variant %d" % (pair.name, seed), *found))
    coverage.Coverage(key_store).run(pairs + made)
    return len(made), {pair.name: pair.why for pair in made if pair.outcome not in coverage.SAME}


def test_other_values_and_numbers_of_entries(pairs, key_store):
    count, different = replayed(
        key_store,
        pairs,
        lambda pair, dice, seed: variants.variant(
            key_store, pair.command, pair.response, dice, seed % 2 == 1
        ),
    )
    assert different == {}
    assert count > 80 * SEEDS


def test_another_item_that_fails(pairs, key_store):
    count, different = replayed(
        key_store,
        pairs,
        lambda pair, dice, seed: variants.failing(key_store, pair.command, pair.response, dice),
    )
    assert different == {}
    assert count > 150 * SEEDS


def test_other_results_of_credentials_joins_and_firmware(pairs, key_store):
    count, different = replayed(
        key_store,
        pairs,
        lambda pair, dice, seed: variants.with_other_results(
            key_store, pair.command, pair.response, dice
        ),
    )
    assert different == {}
    assert count > 20 * SEEDS


def test_other_counters_and_devices(pairs, key_store):
    counters = (1, 2**24 - 1, 2**24, 2**32 + 5, 2**48, 2**63 - 1)
    devices = [eui for eui in key_store.euis() if key_store.role(eui) is None]

    def make(pair, dice, seed):
        of = message.decode(pair.command).recipient[-1]  # a device has one kind
        return variants.of_others(
            key_store, pair.command, pair.response, dice.choice(counters),
            devices[(of + 16 * seed) % len(devices)],
        )  # fmt: skip

    count, different = replayed(key_store, pairs, make)
    assert different == {}
    assert count > 250 * SEEDS


@pytest.mark.parametrize("second", [0, 5, 9])
def test_the_clock_of_a_meter_is_what_its_response_says(pairs, key_store, second):
    (pair,) = [one for one in pairs if one.name.endswith("ECS70_6.11_SUCCESS_GBCS")]
    answered = message.decode(pair.response)
    record = payload.decode(answered)
    name, choice, result, data = record.items[3]
    time = data[2][:7] + bytes((second,)) + data[2][8:]
    record.items[3] = (name, choice, result, (*data[:2], time, data[3]))
    octets = variants.rebuilt(key_store, answered, payload.encode(record))
    other = coverage.Pair("other", pair.command, octets)
    coverage.Coverage(key_store).run([other])
    assert other.outcome in coverage.SAME, other.why
