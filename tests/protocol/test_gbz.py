"""GBZ payloads of the reference messages: named leaves, the same octets back, damage noticed."""

import contextlib
import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from gbcs import message
from gbcs.errors import DecodeError
from gbcs.gbz import gbz
from gbcs.zcl import encoder


def gbz_messages(references):
    """Name and message of every reference message with a GBZ payload."""
    found = []
    for reference in references:
        m = message.decode(reference.octets)
        if m.content[:2] == b"\x01\x09":
            found.append((reference.name, m))
    assert len(found) == 286
    return found


def decode(m):
    """The payload of a message."""
    return gbz.decode(m.octets, m.content_start, m.content_end, m.code, m.kind)


def components(record):
    """The components of a payload or alert."""
    if isinstance(record, gbz.GbzAlert):
        return [record.component] if record.component else []
    return record.components


def leaves(fields):
    """Every field that is no group and no list, as (name, type, value, hint)."""
    for field in fields:
        if field[1] in ("group", "list"):
            yield from leaves(field[2])
        else:
            yield field


def assert_named(fields, where):
    """Every field has a name of the standard's, but for elements of a list."""
    for name, kind, value, _ in fields:
        assert name, where
        assert name != "payload", where
        assert name == "attribute_identifier" or not name.startswith("attribute_"), where
        if kind == "group":
            assert_named(value, where)
        elif kind == "list":
            for element in value:
                if element[1] == "group":
                    assert_named(element[2], where)


def test_every_reference_payload_decodes_to_named_leaves_and_back(references):
    for name, m in gbz_messages(references):
        record = decode(m)
        assert gbz.encode(record) == m.content, name
        for component in components(record):
            assert not component.name.startswith("command_"), name
            if component.fields is None:
                assert component.block is not None, name
            else:
                assert_named(component.fields, name)
        if isinstance(record, gbz.GbzAlert):
            assert_named(record.body or [], name)
            gbz.skip_alert(m.octets, m.content_start, m.content_end, m.code)
        else:
            gbz.skip(m.octets, m.content_start, m.content_end)


def opened(references, folder):
    """Name, component and plaintext of every encrypted block, opened without our cryptography."""
    for name, m in gbz_messages(references):
        for component in components(decode(m)):
            if component.block is not None:
                yield name, component, unseal(block_key(m, folder), m.originator, component.block)


def block_key(m, folder):
    """The AES key of the blocks of `m`: SP 800-56A over the keys in the folder."""
    party = m.party or m.recipient
    counter = m.supplementary_counter or m.counter
    private = load_pem_private_key((folder / (party.hex() + "-ka.key")).read_bytes(), None)
    pem = (folder / (m.originator.hex() + "-ka.pem")).read_bytes()
    secret = private.exchange(ec.ECDH(), x509.load_pem_x509_certificate(pem).public_key())
    info = (
        bytes.fromhex("60857406080300") + m.originator + b"\x09\x04" + counter.to_bytes(8) + party
    )
    return hashlib.sha256(b"\0\0\0\1" + secret + info).digest()[:16]


def unseal(key, originator, block):
    """The plaintext of a block."""
    mode = modes.GCM(originator + bytes(4), block[-12:], min_tag_length=12)
    cipher = Cipher(algorithms.AES(key), mode).decryptor()
    cipher.authenticate_additional_data(b"\x31")
    return cipher.update(block[5:-12]) + cipher.finalize()


def test_every_opened_block_decodes_to_named_leaves_and_back(references, shared):
    count = 0
    for name, component, plaintext in opened(references, shared / "rtds" / "keystore"):
        fields = gbz.decode_plaintext(plaintext, component)
        assert_named(fields, name)
        assert encoder.encode_fields(fields) == plaintext, name
        count += 1
    assert count == 40


def test_a_tariff_reads_as_the_facts_say(references):
    """GCS01a: block tariff, three thresholds, GBP, five decimals, standing charge 54.794 p."""
    by_name = dict(gbz_messages(references))
    record = decode(by_name["GCS01a_1.1.1_CANCELLATION_BLOCK_SUCCESS_COMMAND"])
    tariff = next(part for part in record.components if part.name == "PublishTariffInformation")
    values = {field[0]: field[2] for field in tariff.fields}
    assert values["tariff_type_and_charging_scheme"] == 0x10
    assert values["number_of_block_thresholds_in_use"] == 3
    assert values["currency"] == 826
    assert values["price_trailing_digit"] == 0x50
    assert values["standing_charge"] == 54794
    assert values["start_time"] == 0xFFFFFFFF


def test_commands_are_as_their_templates_say(references):
    """Every command in the template's order, as often as it says, with its constants."""
    checked = 0
    other = set()
    for name, m in gbz_messages(references):
        if m.kind not in ("command", "precommand"):
            continue
        left = list(decode(m).components)
        for row in [row for row in gbz.template(m.code) if row.side == "command"]:
            count = 0
            while left and count != row.most and matches(row, left[0]):
                component = left.pop(0)
                other.update((name.split("_")[0], field) for field in differing(row, component))
                count += 1
            assert count >= row.least, (name, row)
        assert not left, (name, left[0])
        checked += 1
    assert checked == 152
    assert not other


def matches(row, component):
    """Whether a component is of the kind that a row of the template expects."""
    dated = component.from_date_time is not None
    return (component.cluster, component.frame_control, component.command, dated) == (
        row.cluster,
        row.frame_control,
        row.command,
        row.from_date_time,
    )


def differing(row, component):
    """The fields of a component that are not as its row says."""
    if not row.frame_control & 1 and row.command == 0:
        assert [field[2] for field in component.fields] == [pair[0] for pair in row.constants]
        return []
    values = {field[0]: field[2] for field in component.fields}
    return [name for name, allowed in row.constants if values[name] not in allowed]


def test_responses_are_as_their_templates_say(references):
    """Every component is one of the rows for the response, or a default response."""
    for name, m in gbz_messages(references):
        if m.kind != "response":
            continue
        rows = [row for row in gbz.template(m.code) if row.side == "response"]
        expected = {(row.cluster, row.frame_control, row.command) for row in rows}
        for component in decode(m).components:
            key = (component.cluster, component.frame_control, component.command)
            assert key in expected or component.name == "DefaultResponse", (name, component.name)


def errors_of(octets, code, kind):
    """The error of decoding and that of skipping, as comparable tuples; None where none."""
    reads = [lambda: gbz.encode(gbz.decode(octets, 0, len(octets), code, kind)) == octets]
    if kind == "alert":
        reads.append(lambda: gbz.skip_alert(octets, 0, len(octets), code))
    else:
        reads.append(lambda: gbz.skip(octets, 0, len(octets)))
    found = []
    for read in reads:
        error = None
        try:
            same = read()
        except DecodeError as caught:
            error = caught
        assert error or same is not False
        assert error is None or 0 <= error.offset <= len(octets)
        found.append(error and (error.what, error.offset, error.field))
    return found


@pytest.fixture(scope="module")
def payloads(references):
    """Payload, message code and kind of the GBZ reference messages, each payload once."""
    return sorted({(m.content, m.code, m.kind) for _, m in gbz_messages(references)})


@given(data=st.data())
@settings(max_examples=1500)
def test_a_damaged_payload_decodes_or_raises_alike(payloads, data):
    octets, code, kind = data.draw(st.sampled_from(payloads))
    octets = bytearray(octets)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(octets) - 1))
        octets[at] = data.draw(st.integers(0, 255))
    octets = bytes(octets[: data.draw(st.integers(max(0, len(octets) - 8), len(octets)))])
    decoded, skipped = errors_of(octets, code, kind)
    assert decoded == skipped


@given(st.binary(max_size=80), st.sampled_from(["command", "response", "alert"]))
@settings(max_examples=500)
def test_any_octets_decode_or_raise(tail, kind):
    for octets in (tail, b"\x01\x09" + tail, b"\x01\x09\x01" + tail):
        decoded, skipped = errors_of(octets, 0x00CD, kind)
        assert decoded == skipped


def test_a_declared_length_is_not_trusted():
    with pytest.raises(DecodeError) as caught:
        gbz.decode(bytes.fromhex("010901010702ffff000000"), 0, 11, 0, "command")
    assert (caught.value.offset, caught.value.field) == (6, "length")
    with contextlib.suppress(DecodeError):
        gbz.skip(b"\x01\x09\xff" + bytes(80), 0, 83)
