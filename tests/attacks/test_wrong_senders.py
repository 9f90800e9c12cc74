"""Attackers who hold real keys and want what their role may not have; each was possible once."""

import pytest
from conftest import MISSING, reference_paths
from senders import ACCEPTED, REFUSED, Bench

from gbcs import message, usecases

pytestmark = pytest.mark.skipif(not reference_paths(), reason=MISSING)
BROKER, SUPPLIER, OPERATOR = "Access Control Broker", "Supplier", "Network Operator"


@pytest.fixture(scope="module")
def bench():
    return Bench()


def code_of(name):
    return usecases.by_name(name)[0].code


def kind_of(name):
    return usecases.by_name(name)[0].targets[0]


def attempt(bench, name, sender, form, party=None, kind=None):
    kind = kind or kind_of(name)
    octets = bench.message(code_of(name), kind, sender, form, party)
    return bench.outcome(bench.device(kind), octets)


@pytest.mark.parametrize(
    "name",
    ["ECS43", "ECS01a", "ECS44", "ECS42", "GCS32", "CS02f-SECMP0013", "ECS10", "ECS12", "ECS14",
     "ECS08", "GCS24", "GCS25", "GCS40a", "GCS44", "CS11"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["MAC", "both"])
def test_the_broker_wants_to_switch_and_price_in_a_users_name(bench, name, form):
    for party in (SUPPLIER, OPERATOR, "unknown"):
        assert attempt(bench, name, BROKER, form, bench.eui(party)) == REFUSED


@pytest.mark.parametrize(
    "name",
    ["ECS08", "ECS30", "ECS46c", "ECS47", "GCS24", "ECS43", "ECS44", "GCS32", "ECS01a", "CS06",
     "CS02c", "CS02d", "CS02e", "CS03A1", "CS03C", "CS04AC", "CS02f-SECMP0013", "GCS28"],
)  # fmt: skip
def test_somebody_wants_a_critical_command_without_a_signature(bench, name):
    for kind in usecases.by_name(name)[0].targets:
        for sender in (SUPPLIER, OPERATOR, BROKER, "Load Controller"):
            if name == "GCS28" and sender == SUPPLIER:
                continue
            assert attempt(bench, name, sender, "MAC", kind=kind) == REFUSED


@pytest.mark.parametrize("name", ["CS06", "CS02c", "CS02d", "CS02e", "CS03A1", "CS03B", "GCS28"])
@pytest.mark.parametrize(
    "sender", [OPERATOR, "Transitional CoS", "Recovery", "WAN Provider", "Load Controller"]
)
def test_another_role_wants_firmware_keys_and_joins(bench, name, sender):
    for form in ("MAC", "both"):
        assert attempt(bench, name, sender, form) == REFUSED


@pytest.mark.parametrize("name", ["PCS01", "PCS02"])
def test_a_remote_party_wants_credit_as_if_it_were_a_ppmid(bench, name):
    for sender in (SUPPLIER, OPERATOR, BROKER):
        for form in ("MAC", "both", "signature"):
            assert attempt(bench, name, sender, form) == REFUSED
    assert attempt(bench, name, "PPMID", "MAC") == ACCEPTED


@pytest.mark.parametrize("name", ["PCS01", "PCS02"])
def test_a_ppmid_that_the_meter_was_told_to_forget_wants_credit(bench, name):
    octets = bench.message(code_of(name), "GSME", "PPMID", "MAC")
    meter = bench.device("GSME")
    meter.store.write({"devices": None})
    assert bench.outcome(meter, octets) == REFUSED
    meter = bench.device("GSME")
    meter.store.write({"devices": bench.eui("PPMID") + b"\x06"})  # an IHD now
    assert bench.outcome(meter, octets) == REFUSED


def test_a_user_names_a_party_of_its_own(bench):
    for name in ("ECS17b", "ECS70", "ECS43", "ECS52"):
        for form in ("MAC", "both"):
            assert attempt(bench, name, SUPPLIER, form, bench.eui(OPERATOR)) == REFUSED


def test_a_command_with_what_only_responses_have_is_refused(bench):
    """A date-time, a device's counter; and a party without its counter."""
    code = code_of("ECS52")
    content = bench.content(code, "ESME", 9)
    sender, meter, party = bench.eui(BROKER), bench.device("ESME").eui, bench.eui(SUPPLIER)

    def command(date_time=b"", *other):
        composed = message.compose(
            message.COMMAND, 9, sender, meter, code, content, date_time, *other
        )
        return bench._protected(composed, BROKER, True, False)

    assert bench.outcome(bench.device("ESME"), command()) == ACCEPTED
    assert bench.outcome(bench.device("ESME"), command(b"", party, 9)) == ACCEPTED
    date_time = bytes.fromhex("07EA0601FF0C000000800000")
    assert bench.outcome(bench.device("ESME"), command(date_time)) == REFUSED
    assert bench.outcome(bench.device("ESME"), command(b"", party, 9, 77)) == REFUSED
    assert bench.outcome(bench.device("ESME"), command(b"", party)) == REFUSED


def test_a_payload_of_another_form_is_refused_and_not_told_as_unsupported(bench):
    octets = bench.message(
        code_of("ECS52"), "ESME", SUPPLIER, "MAC", None, None, bytes.fromhex("0109000100")
    )
    assert bench.outcome(bench.device("ESME"), octets) == REFUSED
