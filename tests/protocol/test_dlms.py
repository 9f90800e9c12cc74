"""DLMS payloads of the reference messages: named leaves, the same octets back, damage noticed."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gbcs import message, protect
from gbcs.axdr import axdr
from gbcs.dlms import dlms
from gbcs.errors import DecodeError

KINDS = {"precommand": "command"}


def dlms_messages(references):
    """Name, message and kind of every reference message with a DLMS payload."""
    found = []
    for reference in references:
        m = message.decode(reference.octets)
        if m.content[:1] in (b"\xd9", b"\xda", b"\x0f"):
            found.append((reference.name, m, KINDS.get(m.kind, m.kind)))
    assert len(found) == 641
    return found


def decode(m, kind):
    """The payload of a message."""
    return dlms.decode(m.octets, m.content_start, m.content_end, m.code, kind)


def fields(record):
    """The fields of a payload."""
    if isinstance(record, dlms.DataNotification):
        return [record.body]
    found = [item[-1] for item in record.items]
    if isinstance(record, dlms.AccessRequest):
        found += [item[5] for item in record.items if item[5] is not None]
    return found


def unnamed(field, in_array=False):
    """The leaves without a name that are not elements of an array."""
    name, kind, value, _ = field
    if isinstance(value, list):
        array = kind == "array" or kind.startswith("compact-array")
        return [leaf for child in value for leaf in unnamed(child, array)]
    return [] if name or in_array else [field]


def test_every_reference_payload_decodes_to_named_leaves_and_back(references):
    for name, m, kind in dlms_messages(references):
        record = decode(m, kind)
        assert dlms.encode(record) == m.content, name
        for field in fields(record):
            assert not unnamed(field), name
        for item in getattr(record, "items", ()):
            assert item[0], name
        dlms.skip(m.octets, m.content_start, m.content_end)


def test_the_id_is_20_and_the_counters_low_octets(references):
    for name, m, kind in dlms_messages(references):
        record = decode(m, kind)
        assert record.invoke_id == 0x20000000 | m.counter & 0xFFFFFF, name
        assert record.date_time == b"", name


def test_every_plaintext_has_named_leaves(references, key_store):
    opened = 0
    for name, m, kind in dlms_messages(references):
        for index, _, block in dlms.encrypted_blocks(decode(m, kind)):
            key = protect.block_key(m, key_store)
            octets = protect.open_block(m, block, key, key_store.crypto)
            field = dlms.decode_plaintext(octets, m.code, index)
            assert axdr.encode(field) == octets, name
            assert not unnamed(field), name
            opened += 1
    assert opened == 15


def test_a_twin_element_meter_has_more_fields(references, key_store):
    names = {}
    for name, m, kind in dlms_messages(references):
        if name.startswith("ECS21a") and kind == "response" and "SUCCESS" in name:
            ((index, _, block),) = dlms.encrypted_blocks(decode(m, kind))
            key = protect.block_key(m, key_store)
            octets = protect.open_block(m, block, key, key_store.crypto)
            row = dlms.decode_plaintext(octets, m.code, index)[2][0][2][0]
            names["TWIN" in name] = {child[0] for child in row[2]}
    assert names[True] - names[False] == {
        "secondaryActiveImportRegisterValue",
        "secondaryTariffTOURegisterValues",
    }


def test_every_cut_of_a_payload_is_refused_within_what_is_left(references):
    for name, m, kind in dlms_messages(references)[::40]:
        content = m.content
        for size in range(len(content)):
            with pytest.raises(DecodeError) as caught:
                dlms.decode(content, 0, size, m.code, kind)
            assert caught.value.offset <= size, name


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=120), st.sampled_from(("command", "response", "alert")))
def test_any_octets_decode_to_what_encodes_to_them_or_are_refused_alike(tail, kind):
    tag = {"command": 0xD9, "response": 0xDA, "alert": 0x0F}[kind]
    octets = bytes((tag, 0x20, 0, 0, 1, 0)) + tail
    found = skipped = None
    try:
        record = dlms.decode(octets, 0, len(octets), 0x0023, kind)
    except DecodeError as error:
        found = error
    try:
        dlms.skip(octets, 0, len(octets))
    except DecodeError as error:
        skipped = error
    if found is None:
        assert skipped is None
        assert dlms.encode(record) == octets
    else:
        assert (found.offset, found.what) == (skipped.offset, skipped.what)
        assert 0 <= found.offset <= len(octets)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_damaged_reference_payloads_are_refused_with_an_offset(references, data):
    name, m, kind = data.draw(st.sampled_from(dlms_messages(references)))
    content = bytearray(m.content)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    octets = bytes(content)
    with contextlib.suppress(DecodeError):
        record = dlms.decode(octets, 0, len(octets), m.code, kind)
        assert dlms.encode(record) == octets, name
