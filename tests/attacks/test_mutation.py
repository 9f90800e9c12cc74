"""Commands that are rightly protected and wrong inside: no exception, and the device goes on.

By seed; GBCS_LONG=1 runs 200,000 commands, as far as .cache does not have them as done.
"""

import os

import pytest
from conftest import MISSING, reference_paths
from mutation import BATCH, KINDS, Damaged, Mutations, Progress, Run, run_many

from gbcs_device.account import account
from gbcs_device.usecases import device_log

LONG = os.environ.get("GBCS_LONG") == "1"
COMMANDS = 200_000 if LONG else 5_000
PARTS = 10
pytestmark = pytest.mark.skipif(not reference_paths(), reason=MISSING)


@pytest.fixture(scope="module")
def mutations():
    return Mutations()


@pytest.mark.parametrize("part", range(PARTS))
def test_no_command_that_is_wrong_inside_stops_a_device(mutations, part):
    seeds = range(part, -(-COMMANDS // BATCH), PARTS)
    progress = Progress() if LONG else None
    done = sum(seed in progress.done for seed in seeds) if progress else 0
    failed = run_many(mutations, seeds, progress)
    print(
        "%d commands by seeds %d, %d ...: %d seeds failed"
        % (BATCH * (len(seeds) - done), part, part + PARTS, len(failed))
    )
    assert not failed, "%d of %d seeds failed; the first:\n%s" % (
        len(failed), len(seeds), failed[0],
    )  # fmt: skip


def test_commands_reach_what_carries_them_out(mutations):
    mutations.counts.update(commands=0, answered=0)
    run_many(mutations, range(25))
    assert mutations.counts["answered"] > mutations.counts["commands"] // 4
    assert all(mutations.samples[kind] for kind in KINDS)


def test_a_seed_gives_the_same_commands(mutations):
    for seed in range(5):
        one, other = Run(mutations, seed), Run(mutations, seed)
        assert one.kind == other.kind
        assert [one.mutated() for _ in range(5)] == [other.mutated() for _ in range(5)]


@pytest.mark.parametrize(
    ("module", "name"), [(device_log, "join"), (account, "finish"), (account, "next_event")]
)
def test_what_a_device_swallows_is_seen_by_the_harness(mutations, module, name, monkeypatch):
    def planted(*arguments):
        raise ValueError("planted")

    join = device_log.join
    monkeypatch.setattr(module, name, planted)
    if module is device_log:  # whose table has functions as they were when it was loaded
        joins = {code: (planted, None) for code, row in module.ASN1.items() if row[0] is join}
        monkeypatch.setattr(module, "ASN1", {**module.ASN1, **joins})
    failed = run_many(mutations, range(25))
    assert failed
    assert all("ValueError: planted" in text and "--seed" in text for text in failed)


def test_a_seed_that_is_done_is_not_run_again(mutations, tmp_path, monkeypatch):
    run_many(mutations, range(3), Progress(tmp_path))
    again = Progress(tmp_path)
    assert again.done == {0, 1, 2}

    def never(seed):
        raise Damaged("seed %d" % seed)

    monkeypatch.setattr(mutations, "run", never)
    assert run_many(mutations, range(4), again) == ["seed 3"]
    assert Progress(tmp_path).done == {0, 1, 2}
