"""Attackers who want an access request or an ASN.1 command to do what another use case does."""

import os
import random

import pytest
import senders
from conftest import MISSING, reference_paths
from senders import Bench

from gbcs import message, payload, usecases
from gbcs.asn1 import asn1
from gbcs.dlms import dlms
from gbcs_host.lab import compose
from gbcs_host.lab.compose import field

pytestmark = pytest.mark.skipif(not reference_paths(), reason=MISSING)
LONG = os.environ.get("GBCS_LONG") == "1"
SAMPLE = 1500
# Use cases whose commands are the same but for their codes
ALIKE = {("ECS30", "ECS30a"), ("ECS30a", "ECS30")}
DETAILS = (0x0008, 0x011B)  # who asks decides what is asked
NOT_DATA = ("log/", "own/counter", "count/")


@pytest.fixture(scope="module")
def bench():
    return Bench()


@pytest.fixture(scope="module")
def rows():
    return senders.authority_rows()


def sent(bench, rows, code, kind, content):
    """What of a device's data a rightly protected message changes, and the device's answer."""
    sender = bench.right_sender(rows[code], kind)
    form = senders.right_form(rows[code], kind, sender)
    octets = bench.message(code, kind, sender, form, content=content)
    device = bench.device(kind)
    before = {name: device.store.get(name) for name in device.store.names()}
    answer = device.receive(octets, bench.now)
    after = {name: device.store.get(name) for name in device.store.names()}
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    return {name for name in changed if not name.startswith(NOT_DATA)}, answer


def pairs_of(codes):
    pairs = [(code, kind, other) for code, kind in codes for other, _ in codes if other != code]
    random.Random(10).shuffle(pairs)
    return pairs if LONG else pairs[:SAMPLE]


def test_what_an_access_request_of_another_use_case_asks_for_is_not_done(bench, rows):
    carried_out = []
    count = 0
    for code, kind, other in pairs_of(list(senders.commands(rows, "DLMS"))):
        content = bench.content(other, kind, 50_000)
        if content == bench.content(code, kind, 50_000):
            continue
        changed, _ = sent(bench, rows, code, kind, content)
        count += 1
        names = usecases.find(code).name, usecases.find(other).name
        if changed and names not in ALIKE:
            carried_out.append((names, changed))
    print("%d access requests of other use cases" % count)
    assert count > SAMPLE * 0.9
    assert not carried_out


def test_what_an_asn1_command_of_another_type_asks_for_is_not_done(bench, rows):
    carried_out = []
    count = 0
    codes = [(code, kind) for code, kind in senders.commands(rows, "ASN.1") if code not in DETAILS]
    for code, kind, other in pairs_of(codes):
        mine, others = (asn1.payload_type(one, "command") for one in (code, other))
        content = bench.content(other, kind, 50_000)
        if mine == others or content is None or content == bench.content(code, kind, 50_000):
            continue
        changed, answer = sent(bench, rows, code, kind, content)
        count += 1
        if changed or answer is not None:
            carried_out.append((usecases.find(code).name, usecases.find(other).name, changed))
    print("%d ASN.1 commands of other types" % count)
    assert count > 100
    assert not carried_out


def request(items):
    return dlms.encode(dlms.AccessRequest(0x20000001, b"", items))


def results(answer):
    return [item[2] for item in payload.decode(message.decode(answer)).items]


def test_a_request_for_one_item_too_many_does_nothing(bench, rows):
    """Of ECS02 the first three items are ECS02's; a fourth, of ECS03, takes all of them along."""
    code = usecases.by_name("ECS02")[0].code
    mine = compose.access_request("ECS02", 50_000).items
    other = compose.access_request("ECS03", 50_000).items[1]
    changed, answer = sent(bench, rows, code, "ESME", request([*mine, other]))
    assert (changed, results(answer)) == (set(), [250, 250, 250, 3])
    changed, answer = sent(bench, rows, code, "ESME", request([*mine, mine[-1]]))
    assert (changed, answer) == (set(), None)
    changed, answer = sent(bench, rows, code, "ESME", request(mine[:2]))
    assert (changed, answer) == (set(), None)


def test_a_log_that_is_asked_for_700_times_is_refused(bench, rows):
    code = usecases.by_name("ECS35b")[0].code
    (item,) = compose.access_request("ECS35b", 50_000).items
    changed, answer = sent(bench, rows, code, "ESME", request([item] * 700))
    assert (changed, answer) == (set(), None)


WRONG = {
    "nothing": field("null-data", None),
    "many times nothing": field("structure", [field("null-data", None)] * 2000),
    "another type": field("long", 1),
    "too long": field("octet-string", bytes(300)),
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_data_of_another_layout_are_not_kept(bench, rows, name):
    code = usecases.by_name("ECS02")[0].code
    mine = list(compose.access_request("ECS02", 50_000).items)
    for number, item in enumerate(mine):
        items = [*mine]
        items[number] = (*item[:-1], WRONG[name])
        changed, answer = sent(bench, rows, code, "ESME", request(items))
        assert changed == set()
        assert results(answer) == [12 if n == number else 250 for n in range(len(mine))]


def test_a_list_of_protected_attributes_without_numbers_is_refused(bench, rows):
    """A null for a class, an OBIS code or an index in get_protected_attributes."""
    code = usecases.by_name("ECS17b")[0].code
    content = bench.content(code, "ESME", 50_000)
    entry = bytes.fromhex("120001090600005E2C220A0F02")
    assert entry in content
    for wrong in ("00090600005E2C220A0F02", "120001000F02", "120001090600005E2C220A00"):
        changed = content.replace(entry, bytes.fromhex(wrong))
        _, answer = sent(bench, rows, code, "ESME", changed)
        assert results(answer) == [12]
