"""The path of every device: what is refused, what is logged, what is said, and that it goes on."""

import tracemalloc

import pytest
from cryptography import x509 as peer
from home import joined_lab

from gbcs import message, payload, usecases
from gbcs.asn1 import der, x509
from gbcs.dlms import dlms
from gbcs_device.base import logs
from gbcs_host.lab import compose
from gbcs_host.lab.lab import ESME, GSME
from gbcs_host.lab.pki import Pki
from gbcs_host.verify import damage, twin

HUB = bytes.fromhex("00DB1234567890A2")
METER = bytes.fromhex("00DB1234567890A0")


@pytest.fixture
def lab():
    return joined_lab(11, HUB, (ESME, METER))


def codes(device):
    return [code for _, code in device.security_log()]


def test_an_unsupported_command_is_answered_by_ecs100(lab):
    case = usecases.by_name("GCS46")[0]
    octets = lab.parties.command(
        lab.parties["supplier"], METER, case.code, bytes.fromhex("0109010107020003000000"), False
    )
    meter = lab.han.meters[METER]
    assert meter.receive(octets, lab.now) is None
    (alert,) = lab.alerts_of(METER)
    assert (alert.message.code, alert.signature, alert.error) == (0x0120, "valid", None)
    counter = message.decode(octets).counter
    assert alert.payload.body[2][2][2] == case.code.to_bytes(2, "big") + counter.to_bytes(8, "big")


def test_a_role_that_may_not_is_refused_logged_and_reported(lab):
    done = lab.read("ECS10", METER, {"value": b"x"}, party="network operator")
    assert done.answer is None
    meter = lab.han.meters[METER]
    assert codes(meter)[-1] == logs.UNAUTHORISED_ACCESS
    assert [one.message.code for one in lab.alerts_of(METER)] == [0x1000]


def test_a_wrong_mac_is_refused_logged_and_reported(lab):
    octets = bytearray(lab.parties.command(lab.parties["supplier"], METER, 0x0027, b"\xd9", False))
    octets[-1] ^= 1
    assert lab.carry("ECS17b", bytes(octets), METER).answer is None
    assert codes(lab.han.meters[METER])[-1] == logs.AUTHENTICATION_FAILED
    (alert,) = lab.alerts_of(METER)
    assert (alert.message.code, alert.signature) == (0x1000, "valid")


def test_a_counter_is_taken_once_also_after_a_restart(lab):
    done = lab.read("ECS70", METER)
    assert done.is_success
    assert lab.carry("ECS70", done.command, METER).answer is None
    lab.restart(METER)
    assert lab.carry("ECS70", done.command, METER).answer is None
    assert codes(lab.han.meters[METER])[-1] == logs.UNAUTHORISED_ACCESS


def test_a_use_case_reads_only_what_its_template_has(lab):
    item = (
        None,
        "get",
        1,
        bytes.fromhex("00005E2C220A"),
        2,
        None,
        (None, "null-data", None, None),
    )
    done = lab.send("ECS52", "supplier", METER, dlms.AccessRequest(0x20000001, b"", [item]))
    assert [one[2] for one in done.payload.items] == [3]


def test_a_flood_of_damaged_messages_changes_nothing_but_the_log(lab):
    lab.make(GSME, bytes.fromhex("00DB1234567890A1"))
    good = [lab.read(name, METER) for name in ("ECS17b", "ECS52", "ECS70")]
    assert all(one.is_success for one in good)
    meter = lab.han.meters[METER]

    def held():
        return {
            name: meter.store.get(name)
            for name in meter.store.names()
            if not name.startswith(("log/", "own/counter"))
        }

    before = held()
    seeds = [one.command for one in good]
    flood = list(damage.damaged(seeds, 3000, seed=4))
    for octets in flood[:500]:
        meter.receive(octets, lab.now)
    tracemalloc.start()
    start = tracemalloc.get_traced_memory()[0]
    for octets in flood[500:]:
        meter.receive(octets, lab.now)
    grown = tracemalloc.get_traced_memory()[0] - start
    tracemalloc.stop()
    assert held() == before
    assert grown < 200_000
    assert len(meter.outbox) < 20
    assert lab.read("ECS17b", METER).is_success
    assert lab.read("ECS70", METER).is_success


def test_the_load_switch_does_what_it_is_told(lab):
    for use_case, state in (("ECS43", 0), ("ECS44", 2), ("ECS42", 1)):
        assert lab.read(use_case, METER).is_success
        done = lab.read("ECS45", METER)
        assert done.payload.items[0][3][2] == state


def test_power_and_registers_follow_the_load(lab):
    done = lab.read("ECS17c", METER, party="access control broker")
    assert done.payload.items[0][3][2][0][2] == 460
    (block,) = lab.read("ECS17b", METER).verdict.opened
    first = block.fields[0][2][0][2][0][2]
    lab.pass_time(7200)
    (block,) = lab.read("ECS17b", METER).verdict.opened
    assert block.fields[0][2][0][2][0][2] - first == 920  # two hours of 460 W


def test_a_new_key_pair_is_certified_and_used(lab):
    usage = ("key_usage", "BIT STRING", "1", None)
    asked = payload.Asn1("IssueCredentialsCommand", (None, "SEQUENCE", [usage], None))
    done = lab.send("CS02c", "supplier", METER, asked)
    record = done.payload
    request = peer.load_der_x509_csr(der.encode(record.field))
    assert request.is_signature_valid
    meter = lab.han.meters[METER]
    public = meter.store.get("own/new/ds/public")
    assert public in der.encode(record.field)
    wrong = Pki(99).device(METER, "ds").certificate
    field = ("certificate", "ANY", wrong, None)
    refused = lab.send("CS02d", "supplier", METER, payload.Asn1("Certificate", field))
    assert refused.payload.field[2] == 5  # another public key
    before = meter.store.get("own/ds")
    right = lab.pki.certify(METER, "ds", public)
    field = ("certificate", "ANY", right, None)
    done = lab.send("CS02d", "supplier", METER, payload.Asn1("Certificate", field))
    assert done.payload.field[2] == 0
    assert meter.store.get("own/ds") != before
    lab.parties.keys.put(METER, "ds", x509.read(right))
    lab.parties.keys.forget(METER)
    assert lab.read("ECS70", METER).is_success


def test_the_hub_says_who_is_in_touch(lab):
    broker = lab.parties["access control broker"]
    record = compose.access_request("CCS06", broker.counter + 1)
    done = lab.send("CCS06", broker, HUB, record)
    devices = done.payload.items[0][3][2]
    assert [one[2][0][2] for one in devices] == [METER]


def test_data_are_seeded_from_a_file(lab, tmp_path):
    lab.read("ECS10", METER, {"value": b"Seeded"})
    path = str(tmp_path / "meter.json")
    twin.save(lab.han.meters[METER], path)
    other = lab.make(ESME, bytes.fromhex("00DB1234567890B7"))
    twin.seed(other, path)
    names = [name for name in other.store.names() if name.startswith("a/")]
    assert names
    for name in names:
        assert other.store.get(name) == lab.han.meters[METER].store.get(name)
    (tmp_path / "meter.json").write_text('{"own/ds": "00"}')
    with pytest.raises(ValueError, match="names"):
        twin.seed(other, path)


def test_a_supplier_replaces_its_own_certificate_by_the_chain_to_the_root(lab):
    def field(kind, value):
        return (None, kind, value, None)

    supplier = lab.parties["supplier"]
    meter = lab.han.meters[METER]
    before = meter.anchors.cell(2, "ds")
    other = Pki(lab.pki.seed)  # the same authorities
    fresh = other.organisation(supplier.eui, 2, "ds", "SUPPLIER, NEW")
    stranger = Pki(99).organisation(supplier.eui, 2, "ds")

    def command(certificate, issuing):
        cell = field("SEQUENCE", [field("INTEGER", 2), field("BIT STRING", "1")])
        control = [
            field("INTEGER", 2),
            field("[2] SEQUENCE", cell[2]),
            field("[3] INTEGER", supplier.counter + 1),
        ]
        return payload.Asn1(
            "UpdateCredentialsCommand",
            field(
                "SEQUENCE",
                [
                    field("SEQUENCE", control),
                    field("SEQUENCE OF", [field("SEQUENCE", [field("ANY", certificate), cell])]),
                    field("SEQUENCE OF", [field("ANY", issuing)]),
                ],
            ),
        )

    case = next(one for one in usecases.by_name("CS02b") if one.mode == 2)

    def status(record):
        octets = lab.parties.command(
            supplier, METER, case.code, der.encode(record.field), critical=True
        )
        outcome = lab.carry("CS02b", octets, METER).payload.field[2][1]
        return outcome[2][3][2][0][2][1][2]

    assert status(command(stranger.certificate, Pki(99).issuing.certificate)) == 10
    assert meter.anchors.cell(2, "ds") == before
    assert status(command(stranger.certificate, lab.pki.issuing.certificate)) in (5, 10)
    assert meter.anchors.cell(2, "ds") == before
    assert status(command(fresh.certificate, lab.pki.issuing.certificate)) == 0
    assert meter.anchors.cell(2, "ds").key_id == fresh.parsed.subject_key_id


def protected(done):
    """The first value in the opened block of a response."""
    (block,) = done.verdict.opened
    return block.fields[0][2][0]


def test_tariff_registers_and_half_hours_follow_the_load(lab):
    for use_case, count, used in (("ECS17d", 48, 460), ("ECS17e", 64, 0)):  # no tariff of blocks
        first = protected(lab.read(use_case, METER))[2][0][2]
        lab.pass_time(3600)
        second = protected(lab.read(use_case, METER))[2][0][2]
        assert len(first) == count
        assert second[0][2] - first[0][2] == used
        assert second[1][2] == 0
    periods = protected(lab.read("ECS22b", METER))[2]
    assert [one[2][1][2] for one in periods] == [230] * len(periods)
    assert 4 <= len(periods) <= 6
    ends = [one[2][0][2] for one in periods]
    assert all(end % 1800 == 0 for end in ends)
    assert ends == sorted(set(ends))
