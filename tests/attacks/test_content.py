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


def test_the_content_of_a_gbz_use_case_is_not_carried_out_under_another_code(bench, rows):
    codes = list(senders.commands(rows, "GBZ"))
    carried_out = []
    count = 0
    for code, kind in codes:
        sender = bench.right_sender(rows[code], kind)
        protection = senders.right_form(rows[code], kind, sender)
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
