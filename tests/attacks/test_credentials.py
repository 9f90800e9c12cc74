"""Attackers who want another's certificate in a trust anchor cell, or a counter that goes back."""

import pytest
import senders
from conftest import MISSING, reference_paths
from senders import ACCEPTED, REFUSED, Bench

from gbcs import clock
from gbcs.asn1 import der
from gbcs_host.lab.compose import field
from gbcs_host.lab.pki import Pki

pytestmark = pytest.mark.skipif(not reference_paths(), reason=MISSING)
COUNTER = 50_000
SUPPLIER, NETWORK_OPERATOR, BROKER, LOAD_CONTROLLER = 2, 3, 4, 8
SUPPLIER_BY_SUPPLIER, BY_TRANSCOS, BY_RECOVERY = 0x0102, 0x0107, 0x0108
MOST = 0x7FFFFFFFFFFFFFFF


@pytest.fixture(scope="module")
def bench():
    return Bench()


def content(bench, mode, authorising, replacements=((SUPPLIER, "ds"),), **more):
    """A CS02b: `replacements` are role and use, whose certificates stand there already.

    `cell`, `counter`, `floor`, `others` ((role, floor), ...), `date` are what they are named.
    """
    control = [field("INTEGER", mode)]
    cell = more.get("cell", authorising)
    if cell is not None:
        usage = more.get("usage", "1")
        control.append(field("[2] SEQUENCE", [field("INTEGER", cell), field("BIT STRING", usage)]))
    control.append(field("[3] INTEGER", more.get("counter", COUNTER)))
    if "floor" in more:
        control.append(field("[4] INTEGER", more["floor"]))
    if "others" in more:
        changes = [
            field("SEQUENCE", [field("INTEGER", role), field("INTEGER", floor)])
            for role, floor in more["others"]
        ]
        control.append(field("[6] SEQUENCE OF", changes))
    replaced = []
    for role, use in replacements:
        party = next(one for one in bench.lab.parties if one.role == role)
        pki = more.get("pki", bench.lab.pki)
        certificate = pki.organisation(party.eui, role, use, party.name.upper()).certificate
        usage = {"ds": "1", "ka": "00001"}[use]
        parts = [field("INTEGER", role), field("BIT STRING", usage)]
        replaced.append(field("SEQUENCE", [field("ANY", certificate), field("SEQUENCE", parts)]))
    chain = field("SEQUENCE OF", [field("ANY", bench.lab.pki.issuing.certificate)])
    fields = [field("SEQUENCE", control), field("SEQUENCE OF", replaced), chain]
    if "date" in more:
        fields.append(field("GeneralizedTime", more["date"]))
    return der.encode(field("SEQUENCE", fields))


def sent(bench, device, code, sender, form, octets, party=None):
    return bench.outcome(
        device, bench.message(code, device.kind, sender, form, party, None, octets)
    )


@pytest.fixture
def meter(bench):
    return bench.device("ESME")


def cells(device):
    return {name: device.store.get(name) for name in device.store.names("cell/")}


@pytest.mark.parametrize("code", range(0x0100, 0x010A))
@pytest.mark.parametrize("form", ["MAC", "neither"])
def test_a_broker_without_the_users_signature_replaces_no_certificate_of_a_user(
    bench, meter, code, form
):
    if code == 0x0104:  # its own: MAC'd alone, as the table has it
        return
    before = cells(meter)
    row = senders.authority_rows()[code]
    sender = {"Root (contingency key)": "Root"}.get(
        row["authorised_by_cell"], row["authorised_by_cell"]
    )
    if sender == "WAN Provider":
        return  # of a hub alone
    for who in (sender, "Access Control Broker"):
        assert sent(bench, meter, code, who, form, None) == REFUSED
    party = bench.eui("Supplier")
    octets = bench.content(code, "ESME", COUNTER)
    assert sent(bench, meter, code, "Access Control Broker", form, octets, party) == REFUSED
    assert cells(meter) == before


def test_a_signed_replacement_without_the_brokers_mac_is_refused(bench, meter):
    octets = content(bench, 2, SUPPLIER)
    assert sent(bench, meter, SUPPLIER_BY_SUPPLIER, "Supplier", "signature", octets) == REFUSED
    assert sent(bench, meter, SUPPLIER_BY_SUPPLIER, "Supplier", "both", octets) == ACCEPTED


@pytest.mark.parametrize("mode", [mode for mode in range(-1, 14) if mode != 2])
def test_a_message_code_takes_its_own_mode_alone(bench, meter, mode):
    octets = content(bench, mode, SUPPLIER)
    assert sent(bench, meter, SUPPLIER_BY_SUPPLIER, "Supplier", "both", octets) == REFUSED


@pytest.mark.parametrize(
    "wrong",
    [{"cell": NETWORK_OPERATOR}, {"cell": None}, {"usage": "00001"}, {"cell": 99}, {"cell": -3},
     {"counter": COUNTER + 1}, {"counter": 0}],
    ids=str,
)  # fmt: skip
def test_another_cell_or_counter_than_the_headers_is_refused(bench, meter, wrong):
    octets = content(bench, 2, SUPPLIER, **wrong)
    assert sent(bench, meter, SUPPLIER_BY_SUPPLIER, "Supplier", "both", octets) == REFUSED


@pytest.mark.parametrize("floor", [-1, MOST + 1, 1 << 64, 1 << 200, -(1 << 63)])
@pytest.mark.parametrize("date", [None, "20300101000000Z"])
def test_a_floor_out_of_range_is_refused_now_and_future_dated(bench, meter, floor, date):
    dated = {} if date is None else {"date": date}
    for more in ({"floor": floor}, {"others": [(SUPPLIER, floor)]}):
        octets = content(bench, 2, SUPPLIER, **more, **dated)
        assert sent(bench, meter, SUPPLIER_BY_SUPPLIER, "Supplier", "both", octets) == REFUSED
    assert meter.next_timer() is None or not meter.store.names("later/")


@pytest.mark.parametrize("role", [99, -3, 127, 1 << 70])
def test_a_role_that_there_is_not_gets_no_counter(bench, meter, role):
    octets = content(bench, 2, SUPPLIER, others=[(role, 5)])
    assert sent(bench, meter, SUPPLIER_BY_SUPPLIER, "Supplier", "both", octets) == REFUSED
    assert "count/%d" % role not in meter.store.names("count/")


def test_a_command_without_replacements_sets_no_counter(bench, meter):
    octets = content(bench, 2, SUPPLIER, (), floor=0, others=[(BROKER, MOST)])
    assert sent(bench, meter, SUPPLIER_BY_SUPPLIER, "Supplier", "both", octets) == ACCEPTED
    assert meter.anchors.counter(SUPPLIER) == COUNTER
    assert meter.anchors.counter(BROKER) == -1
    octets = bench.message(SUPPLIER_BY_SUPPLIER, "ESME", "Supplier", "both", None, None, octets)
    assert meter.receive(octets, bench.now) is None


def test_a_floor_of_a_role_that_is_not_replaced_is_not_set(bench, meter):
    octets = content(bench, 2, SUPPLIER, floor=0, others=[(BROKER, MOST), (NETWORK_OPERATOR, 7)])
    assert sent(bench, meter, SUPPLIER_BY_SUPPLIER, "Supplier", "both", octets) == ACCEPTED
    assert meter.anchors.counter(SUPPLIER) == 0
    assert meter.anchors.counter(BROKER) == -1
    assert meter.anchors.counter(NETWORK_OPERATOR) == -1


def test_a_failed_replacement_leaves_counter_and_certificate(bench, meter):
    before = cells(meter)
    octets = content(bench, 2, SUPPLIER, floor=0, pki=Pki(99))
    assert sent(bench, meter, SUPPLIER_BY_SUPPLIER, "Supplier", "both", octets) == ACCEPTED
    assert cells(meter) == before
    assert meter.anchors.counter(SUPPLIER) == COUNTER


def test_the_octets_that_set_a_floor_of_zero_are_not_carried_out_twice(bench, meter):
    octets = content(bench, 2, SUPPLIER, floor=0)
    command = bench.message(SUPPLIER_BY_SUPPLIER, "ESME", "Supplier", "both", None, None, octets)
    assert meter.receive(command, bench.now)
    assert meter.anchors.counter(SUPPLIER) == 0
    assert bench.outcome(meter, command) == REFUSED
    again = bench._device("ESME", meter.store)  # after a restart
    assert bench.outcome(again, command) == REFUSED


def test_what_was_kept_for_its_date_is_not_carried_out_twice(bench, meter):
    octets = content(bench, 2, SUPPLIER, floor=0, date="20260602000000Z")
    command = bench.message(SUPPLIER_BY_SUPPLIER, "ESME", "Supplier", "both", None, None, octets)
    assert meter.receive(command, bench.now)
    due = clock.from_generalized("20260602000000Z")
    assert meter.next_timer() <= due
    meter.handle_timer(due)
    assert meter.anchors.counter(SUPPLIER) == 0
    assert meter.receive(command, due + 1000) is None


def test_another_form_of_the_same_signature_does_not_make_it_another_command(bench, meter):
    """A recovery command has no MAC, and a signature (r, s) is as good as (r, n - s)."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    octets = content(bench, 8, 1, ((1, "ds"),), floor=0)
    command = bench.message(BY_RECOVERY, "ESME", "Recovery", "signature", None, None, octets)
    assert meter.receive(command, bench.now)
    s = order - int.from_bytes(command[-32:], "big")
    assert meter.receive(command[:-32] + s.to_bytes(32, "big"), bench.now) is None


def test_a_party_that_left_its_cell_does_not_authorise_what_it_had_sent_before(bench, meter):
    octets = content(bench, 7, 5, date="20260603000000Z")
    command = bench.message(BY_TRANSCOS, "ESME", "Transitional CoS", "both", None, None, octets)
    assert meter.receive(command, bench.now)
    before = cells(meter)
    other = meter.anchors.cell(1, "ds")
    meter.store.write(meter.anchors.filled(5, "ds", other))
    before = cells(meter)
    meter.handle_timer(clock.from_generalized("20260603000000Z"))
    assert cells(meter) == before


def test_the_broker_is_the_supplier_out_of_the_box_and_after_the_handover_no_more(bench):
    meter = bench.device("ESME", True)
    octets = content(bench, 2, SUPPLIER, ((SUPPLIER, "ds"), (SUPPLIER, "ka")), floor=0)
    broker = "Access Control Broker"
    assert sent(bench, meter, SUPPLIER_BY_SUPPLIER, "Supplier", "both", octets) == REFUSED
    supply = bench.message(0x0050, "ESME", broker, "both")
    assert bench.outcome(bench.device("ESME", True), supply) == ACCEPTED
    assert sent(bench, meter, SUPPLIER_BY_SUPPLIER, broker, "both", octets) == ACCEPTED
    assert bench.outcome(meter, supply) == REFUSED
    meter.store.write({"count/4": None})
    assert sent(bench, meter, 0x0050, "Supplier", "both", None) == ACCEPTED


def test_a_command_counts_for_every_role_in_which_its_sender_might_have_sent_it(bench):
    """Else what the broker sent as supplier could be sent again after the handover."""
    meter = bench.device("ESME", True)
    command = bench.message(0x000E, "ESME", "Access Control Broker", "MAC")  # CS03B
    assert meter.receive(command, bench.now)
    assert meter.anchors.counter(SUPPLIER) == COUNTER
    assert meter.anchors.counter(BROKER) == COUNTER
    supplier = bench.device("ESME").anchors.cell(SUPPLIER, "ka")
    for use in ("ds", "ka"):  # handed over
        meter.store.write(meter.anchors.filled(SUPPLIER, use, supplier))
    assert bench.outcome(meter, command) == REFUSED


def test_a_top_up_sets_no_counter_of_its_sender_so_nothing_else_is_taken_again(bench):
    """CS01a is MAC'd alone; its content may be any, and its counter lower than the last."""
    meter = bench.device("ESME")
    switch = bench.message(0x0050, "ESME", "Supplier", "both", counter=60_000)
    assert meter.receive(switch, bench.now)
    for content in (bench.contents[0x0007], bench.contents[0x0021]):
        top_up = bench.message(0x0007, "ESME", "Supplier", "MAC", None, None, content, counter=5)
        meter.receive(top_up, bench.now)
        assert meter.anchors.counter(SUPPLIER) == 60_000
    assert bench.outcome(meter, switch) == REFUSED


def test_what_was_kept_is_worth_no_more_than_the_key_that_signed_it(bench, meter):
    """The supplier's key was stolen, and is replaced before the thief's command is due."""
    octets = content(bench, 2, SUPPLIER, floor=0, date="20260603000000Z")
    command = bench.message(SUPPLIER_BY_SUPPLIER, "ESME", "Supplier", "both", None, None, octets)
    assert meter.receive(command, bench.now)
    held = meter.anchors.cell(SUPPLIER, "ds")
    fresh = Pki(bench.lab.pki.seed).organisation(held.eui, SUPPLIER, "ds", "SUPPLIER, NEW")
    public = bench.crypto.private_key(bytes(31) + b"\x05").public.octets
    meter.store.write(
        meter.anchors.filled(
            SUPPLIER, "ds", type(held)(held.eui, fresh.parsed.subject_key_id, public)
        )
    )
    meter.store.write(meter.anchors.counted(SUPPLIER, 70_000))
    before = cells(meter)
    meter.handle_timer(clock.from_generalized("20260603000000Z"))
    assert cells(meter) == before
    assert meter.anchors.counter(SUPPLIER) == 70_000


def test_the_brokers_key_is_that_of_its_own_cell_also_while_it_stands_in_those_of_users(bench):
    meter = bench.device("ESME", True)
    command = bench.message(0x0037, "ESME", "Access Control Broker", "MAC")
    other = bench.crypto.private_key(bytes(31) + b"\x07").public.octets
    cell = meter.anchors.cell(BROKER, "ka")
    users = type(cell)(cell.eui, cell.key_id, other)
    meter.store.write(meter.anchors.filled(SUPPLIER, "ka", users))
    assert bench.outcome(meter, command) == ACCEPTED
    meter = bench.device("ESME", True)
    meter.store.write(meter.anchors.filled(BROKER, "ka", users))  # its key was changed
    assert bench.outcome(meter, command) == REFUSED


def test_no_other_certificate_than_a_roots_stands_in_the_roots_cell(bench, meter):
    before = cells(meter)
    party = bench.lab.pki.organisation(bytes.fromhex("90B3D51F3FFF0001"), 0, "ds", "NO ROOT")
    cell = field("SEQUENCE", [field("INTEGER", 0), field("BIT STRING", "1")])
    control = [
        field("INTEGER", 0),
        field("[2] SEQUENCE", [field("INTEGER", SUPPLIER), field("BIT STRING", "1")]),
        field("[3] INTEGER", COUNTER),
    ]
    chain = field("SEQUENCE OF", [field("ANY", bench.lab.pki.issuing.certificate)])
    replacement = field("SEQUENCE", [field("ANY", party.certificate), cell])
    fields = [field("SEQUENCE", control), field("SEQUENCE OF", [replacement]), chain]
    octets = der.encode(field("SEQUENCE", fields))
    assert sent(bench, meter, 0x0100, "Supplier", "both", octets) == ACCEPTED  # and answered
    assert cells(meter) == before


def test_firmware_that_another_supplier_had_dated_is_not_activated(bench, meter):
    image = field("OCTET STRING", bytes(32))
    date = field("GeneralizedTime", "20260603000000Z")
    octets = der.encode(field("SEQUENCE", [image, field("INTEGER", COUNTER), date]))
    command = bench.message(0x0012, "ESME", "Supplier", "both", None, None, octets)
    meter.store.write({"firmware/image": bytes(32) + b"\x01\x02\x03\x04"})
    assert meter.receive(command, bench.now)
    other = meter.anchors.cell(NETWORK_OPERATOR, "ds")
    meter.store.write(meter.anchors.filled(SUPPLIER, "ds", other))
    meter.handle_timer(clock.from_generalized("20260603000000Z"))
    assert meter.store.get("firmware/version") == bytes(4)
