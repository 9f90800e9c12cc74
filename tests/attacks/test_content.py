"""Attackers who want a message code that they may send to carry the content of another."""

import pytest
import senders
from conftest import MISSING, reference_paths
from senders import REFUSED, Bench

from gbcs import usecases

pytestmark = pytest.mark.skipif(not reference_paths(), reason=MISSING)
# What a command of one use case has in common with another's: GCS25a sets a billing period of any
# length, so GCS25's, of one month, is among its contents
ALIKE = {("GCS25a", "GCS25")}


@pytest.fixture(scope="module")
def bench():
    return Bench()


@pytest.fixture(scope="module")
def rows():
    return senders.authority_rows()


def commands(rows, form):
    """Message codes of a form that some kind of device has, and a kind of each."""
    found = []
    for code, row in sorted(rows.items()):
        case = usecases.find(code)
        if case is not None and case.form == form and case.mode is None:
            kinds = [kind for kind in senders.KINDS if senders.originators(row, kind)]
            found.append((code, kinds[0]))
    return found


def sender_of(row, kind, bench):
    names = senders.originators(row, kind)
    names = [name for name in names if name == "PPMID" or bench.roles(kind, False, name)[0]]
    return names[0]


def form_of(row, kind):
    rule = row["signature"][kind] if isinstance(row["signature"], dict) else row["signature"]
    return "both" if rule == "required" else "MAC"


def test_the_content_of_a_gbz_use_case_is_not_carried_out_under_another_code(bench, rows):
    codes = commands(rows, "GBZ")
    carried_out = []
    count = 0
    for code, kind in codes:
        sender = sender_of(rows[code], kind, bench)
        protection = form_of(rows[code], kind)
        for other, _ in codes:
            content = bench.content(other, kind, 50_000)
            if other == code or content == bench.content(code, kind, 50_000):
                continue
            octets = bench.message(code, kind, sender, protection, None, None, content)
            device = bench.device(kind)
            count += 1
            names = usecases.find(code).name, usecases.find(other).name
            if bench.outcome(device, octets) != REFUSED and names not in ALIKE:
                carried_out.append(names)
    print("%d contents of GBZ use cases under other codes" % count)
    assert count > 3000
    assert not carried_out
