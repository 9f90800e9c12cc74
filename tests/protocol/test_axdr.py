"""DLMS data of the reference messages against independent readers, and any octets at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gbcs import message
from gbcs.axdr import axdr
from gbcs.dlms import dlms
from gbcs.errors import DecodeError


def leaves(field):
    """Type and value of the leaves of a field, in order."""
    if isinstance(field[2], list):
        return [leaf for child in field[2] for leaf in leaves(child)]
    return [(field[1], field[2])]


def elements(references):
    """Octets and field of every data item of the reference messages."""
    for reference in references:
        m = message.decode(reference.octets)
        kinds = {0xD9: "command", 0xDA: "response", 0x0F: "alert"}
        kind = kinds.get(m.content[0])
        if kind is None:
            continue
        record = dlms.decode(m.octets, m.content_start, m.content_end, m.code, kind)
        items = [record.body] if kind == "alert" else [item[-1] for item in record.items]
        for field in items:
            yield axdr.encode(field), field


def test_values_are_those_that_dlms_cosem_reads(references):
    data = pytest.importorskip("dlms_cosem.dlms_data")

    def flat(entry):
        if isinstance(entry, (data.DataArray, data.DataStructure)):
            return [leaf for child in entry.value for leaf in flat(child)]
        if isinstance(entry, data.BooleanData):
            return [bool(entry.value)]
        value = entry.value
        return [bytes(value) if isinstance(value, bytearray) else value]

    compared = 0
    for octets, field in elements(references):
        kinds = [kind for kind, _ in leaves(field)]
        known = ("bit-string", "utf8-string", "visible-string")  # it has no values for these
        if field[1].startswith("compact") or any(kind in known for kind in kinds):
            continue
        (entry,) = data.DlmsDataParser().parse(octets)
        assert flat(entry) == [value for _, value in leaves(field)], octets.hex()
        compared += 1
    assert compared > 2000


def test_values_are_those_that_gurux_reads(references):
    gurux = pytest.importorskip("gurux_dlms")
    from gurux_dlms.internal._GXCommon import _GXCommon
    from gurux_dlms.internal._GXDataInfo import _GXDataInfo

    def flat(value):
        if isinstance(value, list):
            return [leaf for child in value for leaf in flat(child)]
        if isinstance(value, gurux.GXBitString):
            bits = "".join(f"{octet:08b}" for octet in value.value)
            return [bits[: len(bits) - value.pad_bits]]
        if isinstance(value, (bytes, bytearray)):
            return [bytes(value)]
        return [int(value) if isinstance(value, int) and value is not True else value]

    settings_ = gurux.GXDLMSClient(True).settings
    compared = 0
    for octets, field in elements(references):
        value = _GXCommon.getData(settings_, gurux.GXByteBuffer(octets), _GXDataInfo())
        if field[1].startswith("compact"):
            continue
        assert flat(value) == [value for _, value in leaves(field)], octets.hex()
        compared += 1
    assert compared > 2000


SHAPE = ("name", None, (("one", None, None), ("other", "utc", None)))


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=80))
def test_any_octets_are_read_alike_by_both_readers(octets):
    found = skipped = None
    field = end = None
    try:
        field, end = axdr.decode(octets, 0, len(octets), SHAPE)
    except DecodeError as error:
        found = error
    try:
        assert axdr.skip(octets, 0, len(octets)) == end
    except DecodeError as error:
        skipped = error
    if found is None:
        assert skipped is None
        assert axdr.encode(field) == octets[:end]
    else:
        assert (found.what, found.offset) == (skipped.what, skipped.offset)


LEAVES = st.one_of(
    st.tuples(st.just("unsigned"), st.integers(0, 255)),
    st.tuples(st.just("long"), st.integers(-0x8000, 0x7FFF)),
    st.tuples(st.just("double-long"), st.integers(-0x80000000, 0x7FFFFFFF)),
    st.tuples(st.just("long64"), st.integers(-(1 << 63), (1 << 63) - 1)),
    st.tuples(st.just("boolean"), st.booleans()),
    st.tuples(st.just("octet-string"), st.binary(max_size=300)),
    st.tuples(st.just("bit-string"), st.text("01", max_size=300)),
    st.tuples(st.just("utf8-string"), st.text(max_size=40)),
    st.tuples(st.just("float64"), st.floats(allow_nan=False, allow_infinity=False)),
    st.tuples(st.just("null-data"), st.none()),
).map(lambda pair: (None, *pair, None))
FIELDS = st.recursive(
    LEAVES,
    lambda inner: st.tuples(
        st.none(), st.sampled_from(("structure", "array")), st.lists(inner, max_size=5), st.none()
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(FIELDS)
def test_any_field_is_read_back_as_it_was_written(field):
    octets = axdr.encode(field)
    read, end = axdr.decode(octets, 0, len(octets))
    assert end == len(octets)
    assert axdr.encode(read) == octets
    assert leaves(read) == leaves(field) or any(
        kind == "octet-string" and value[:5] == b"1\0\0\0\0" for kind, value in leaves(field)
    )


def test_a_huge_count_costs_no_memory():
    octets = bytes.fromhex("0182ffff") + bytes(100)
    with pytest.raises(DecodeError):
        axdr.decode(octets, 0, len(octets))


def test_views_of_octets_are_read_like_octets():
    octets = bytes.fromhex("02020900120001")
    expected = axdr.decode(octets, 0, len(octets))
    for view in (bytearray(octets), memoryview(octets)):
        assert axdr.decode(view, 0, len(octets)) == expected
        assert axdr.skip(view, 0, len(octets)) == len(octets)
