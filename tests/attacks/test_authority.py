"""Every message is judged by one table: the decision over the whole product, and real messages."""

import os
import random

import pytest
import senders
from conftest import MISSING, SHARED, reference_paths
from senders import (
    ACCEPTED,
    FORMS,
    KINDS,
    NOT_SUPPORTED,
    REFUSED,
    ROLES,
    ROOT,
    UNKNOWN,
    Bench,
    product,
    right_form,
)

from gbcs import usecases
from gbcs_device.messages import authority

pytestmark = pytest.mark.skipif(not reference_paths(), reason=MISSING)
LONG = os.environ.get("GBCS_LONG") == "1"
NUMBERS = {"Root": 0, "Recovery": 1, "Supplier": 2, "Network Operator": 3,
           "Access Control Broker": 4, "Transitional CoS": 5, "WAN Provider": 6,
           "Load Controller": 8}  # fmt: skip
VERDICTS = {authority.ACCEPTED: ACCEPTED, authority.NOT_SUPPORTED: NOT_SUPPORTED}
UNKNOWN_CODES = (0x0000, 0x0127, 0x0130, 0xFFFF)


@pytest.fixture(scope="module")
def bench():
    return Bench()


@pytest.fixture(scope="module")
def rows():
    return senders.authority_rows()


def codes(rows):
    known = {case.code for case in usecases.all_cases() if case.code is not None}
    return sorted({*rows, *known, *UNKNOWN_CODES})


def test_the_deciding_function_says_what_the_table_says_over_the_whole_product(rows):
    names = {number: name for name, number in NUMBERS.items()}
    count = 0

    def oracle(code, case):
        def decide(kind, standing, signing, *rest):
            nonlocal count
            held = [names[number] for number in standing]
            signs = [names[number] for number in signing]
            wanted = senders.expected(rows.get(code), kind, held, signs, *rest)
            verdict, roles = authority.judge(case, kind, standing, signing, *rest)
            where = (hex(code), kind, standing, signing, rest)
            assert VERDICTS.get(verdict, REFUSED) == wanted, where
            assert set(roles) <= set(signing if rest[1] else standing), where
            count += 1
            return {ACCEPTED: 0, REFUSED: 1, NOT_SUPPORTED: 2}[wanted]

        return decide

    counts, check = product.product(oracle)
    print("%d combinations: %d accepted, %d refused, %d not supported" % (count, *counts))
    assert {*rows} <= {*product.codes()}
    assert (counts, check) == (product.COUNTS, product.CHECK)


def judged(bench, rows, code, kind, sender, form, party=None, is_new=False, break_at=None):
    """A real message to a fresh device: what became of it, and what the table says."""
    standing, signing = bench.roles(kind, is_new, sender)
    has_mac, has_signature = FORMS[form]
    row = rows.get(code)
    wanted = senders.expected(
        row, kind, standing, signing, has_mac, has_signature, party is not None, sender == "PPMID"
    )
    if break_at is not None:
        wanted = REFUSED
    content = None
    if code in (0x0008, 0x011B):
        held = signing if has_signature else standing
        named = [name for name in held if has_signature or name == "Access Control Broker"]
        content = bench.details(sender, form, NUMBERS[named[0]] if named else 2)
    octets = bench.message(code, kind, sender, form, party, break_at, content)
    return bench.outcome(bench.device(kind, is_new), octets), wanted


def targets(rows):
    return [
        (code, kind) for code, row in sorted(rows.items()) for kind in KINDS
        if senders.originators(row, kind)
    ]  # fmt: skip


def may_stand(bench, kind, name):
    return name in (ROOT, "PPMID") or bool(bench.roles(kind, False, name)[0])


def test_every_row_has_one_message_that_is_accepted(bench, rows):
    count = 0
    for code, kind in targets(rows):
        row = rows[code]
        names = senders.originators(row, kind)
        if names == ["any"]:
            names = ["Access Control Broker", "Supplier"]
        names = [name for name in names if may_stand(bench, kind, name)]
        assert names, (hex(code), kind)
        for name in names:
            form = right_form(row, kind, name)
            result, wanted = judged(bench, rows, code, kind, name, form)
            assert wanted == ACCEPTED, (hex(code), kind, name)
            assert result == ACCEPTED, (hex(code), kind, name, form)
            count += 1
    print("%d accepted" % count)


def test_every_row_refuses_a_stranger_a_wrong_role_and_wrong_protection(bench, rows):
    count = 0
    for code, kind in targets(rows):
        row = rows[code]
        names = senders.originators(row, kind)
        if names == ["any"]:
            names = ["Access Control Broker"]
        name = next(one for one in names if may_stand(bench, kind, one))
        form = right_form(row, kind, name)
        attempts = [
            {"sender": UNKNOWN, "form": form},
            {"sender": name, "form": "neither"},
            {"sender": name, "form": form, "break_at": "mac" if FORMS[form][0] else "signature"},
            {"sender": name, "form": "signature" if form != "signature" else "both"},
            {"sender": UNKNOWN, "form": form, "party": bench.eui("Supplier")},
        ]
        others = [one for one in ROLES if one not in names and may_stand(bench, kind, one)]
        if others:
            attempts.append({"sender": others[0], "form": form})
        refused = 0
        for attempt in attempts:
            result, wanted = judged(bench, rows, code, kind, **attempt)
            assert result == wanted, (hex(code), kind, attempt)
            refused += result == REFUSED
        assert refused >= 5, (hex(code), kind)
        count += refused
    print("%d refused" % count)


def test_a_seeded_sample_of_everything_else_is_judged_as_the_table_says(bench, rows):
    chosen = random.Random(7)
    every = codes(rows)
    counts = dict.fromkeys((ACCEPTED, REFUSED, NOT_SUPPORTED), 0)
    names = (*ROLES, UNKNOWN)
    every_target = targets(rows)
    for _ in range(40_000 if LONG else 2_000):
        if chosen.random() < 0.5:  # anything
            code, kind, sender = chosen.choice(every), chosen.choice(KINDS), chosen.choice(names)
            form = chosen.choice(list(FORMS))
        else:  # nearly right
            code, kind = chosen.choice(every_target)
            allowed = [name for name in senders.originators(rows[code], kind) if name in ROLES]
            sender = chosen.choice(allowed or names)
            form = right_form(rows[code], kind, sender)
            kind = chosen.choice((kind, kind, kind, *KINDS))
        party = chosen.choice((None, None, None, *names[:4], UNKNOWN))
        break_at = chosen.choice((None, None, None, *(("mac",) if FORMS[form][0] else ())))
        is_new = chosen.random() < 0.5
        party_eui = None if party is None else bench.eui(party)
        result, wanted = judged(bench, rows, code, kind, sender, form, party_eui, is_new, break_at)
        where = (hex(code), kind, sender, form, party, is_new, break_at)
        assert result == wanted, where
        counts[result] += 1
    print(counts)
    assert min(counts.values()) > 20


@pytest.mark.skipif(not SHARED.is_dir(), reason=MISSING)
def test_every_reference_command_is_sent_as_the_table_has_it(references, key_store, rows):
    """Of its originator's role, to one of the kinds that the row has."""
    from gbcs import message

    names = {number: name for name, number in NUMBERS.items()}
    count = 0
    for reference in references:
        if reference.kind != "command":
            continue
        m = message.decode(reference.octets)
        number = key_store.role(m.originator)
        roles = [] if number is None else [names[number]]
        if "Handover" in reference.name:
            roles = ["Supplier", "Network Operator", *roles]
        verdicts = [
            senders.expected(rows[m.code], kind, roles, roles, m.mac is not None,
                             bool(m.signature), m.party is not None, True)
            for kind in KINDS
        ]  # fmt: skip
        assert ACCEPTED in verdicts, reference.name
        count += 1
    assert count > 400
