"""Twins answer what the real devices answered: every reference pair, but those named here."""

import json

import pytest

from gbcs_host import cli, coverage

# Why each cannot be reproduced
EXCEPTIONS = {
    "GCS61_4.17_SUCCESS": "answers a certificate without the device's own counter",
    "GCS20r_6.2.10_ERROR": "its default response goes the other way than its command asks",
}


@pytest.fixture(scope="module")
def replayed(shared, key_store):
    """All pairs, replayed."""
    found = coverage.pairs(str(shared / "rtds" / "messages"))
    coverage.Coverage(key_store).run(found)
    return found


def test_every_pair_is_reproduced_but_those_with_a_reason(replayed):
    different = {
        pair.name.split("/")[-1].removesuffix("_GBCS"): pair.why
        for pair in replayed
        if pair.outcome in (coverage.DIFFERENT, coverage.UNSUPPORTED)
    }
    assert set(different) <= set(EXCEPTIONS), different
    assert len(replayed) > 400


def test_what_devices_say_to_one_another_is_the_same_up_to_the_mac(replayed):
    found = [pair for pair in replayed if pair.outcome == coverage.UP_TO_MAC]
    assert [pair.case.name for pair in found] == ["PCS01", "PCS02"]


def test_a_twin_is_not_told_the_answer(replayed, key_store):
    """Another command than the one it was made for is answered by the same device."""
    read = [pair for pair in replayed if pair.name.endswith("ECS17a_4.2_SUCCESS_GBCS")]
    single = [pair for pair in replayed if pair.name.endswith("ECS17c_4.16_SUCCESS_GBCS")]
    assert len(read) == len(single) == 1
    from gbcs import message
    from gbcs_host import twin

    asked = message.decode(read[0].command)
    device = coverage.Coverage(key_store).device("ESME", asked.recipient, (asked.originator,))
    for pair in (*read, *single):
        twin.load(device, pair.command, pair.response, key_store)
    now = twin.moment_of(asked, message.decode(read[0].response))
    assert device.receive(single[0].command, now) == single[0].response
    assert device.receive(read[0].command, now) == read[0].response


def test_the_command_prints_one_object(shared, capsys):
    folder = str(shared / "rtds" / "messages" / "4.2_ECS17a")
    keys = str(shared / "rtds" / "keystore")
    assert cli.main(["coverage", "--json", "--rtds", folder, "--keystore", keys]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["pairs"], found["identical"]) == (2, 2)
    assert found["by_use_case"]["ECS17a"]["identical"] == 2
