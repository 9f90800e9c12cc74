"""DER elements: what is read, what is refused and where, what is written."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gbcs.asn1 import der, values
from gbcs.errors import DecodeError, EncodeError


def read(text):
    octets = bytes.fromhex(text)
    return der.decode(octets, 0, len(octets))


GOOD = [  # X.690 8.3 and 8.19, RFC 5280 4.1.2.5, and elements of X.509 certificates
    ("02 01 00", "INTEGER", 0),
    ("02 01 7F", "INTEGER", 127),
    ("02 02 00 80", "INTEGER", 128),
    ("02 02 01 00", "INTEGER", 256),
    ("02 01 80", "INTEGER", -128),
    ("02 02 FF 7F", "INTEGER", -129),
    ("02 09 00 FFFFFFFFFFFFFFFF", "INTEGER", (1 << 64) - 1),
    ("0A 01 05", "ENUMERATED", 5),
    ("01 01 FF", "BOOLEAN", True),
    ("01 01 00", "BOOLEAN", False),
    ("05 00", "NULL", None),
    ("04 00", "OCTET STRING", b""),
    ("04 02 ABCD", "OCTET STRING", b"\xab\xcd"),
    ("03 02 07 80", "BIT STRING", "1"),
    ("03 02 03 08", "BIT STRING", "00001"),
    ("03 01 00", "BIT STRING", ""),
    ("03 06 00 0102030405", "BIT STRING", bytes((1, 2, 3, 4, 5))),
    ("06 03 2A0304", "OBJECT IDENTIFIER", "1.2.3.4"),
    ("06 03 88 37 03", "OBJECT IDENTIFIER", "2.999.3"),
    ("06 06 2A 86 48 86 F7 0D", "OBJECT IDENTIFIER", "1.2.840.113549"),
    ("17 0D 3136303430363030303030305A", "UTCTime", "160406000000Z"),
    ("18 0F 39393939313233313233353935395A", "GeneralizedTime", "99991231235959Z"),
    ("18 0F 32303030303232393030303030305A", "GeneralizedTime", "20000229000000Z"),
    ("0C 03 E282AC", "UTF8String", "€"),
    ("13 02 3037", "PrintableString", "07"),
    ("80 01 05", "[0] OCTET STRING", b"\x05"),
]


@pytest.mark.parametrize(("text", "kind", "value"), GOOD)
def test_an_element_is_read_and_written_back(text, kind, value):
    assert read(text) == (None, kind, value, None)
    assert der.encode((None, kind, value, None)) == bytes.fromhex(text)


def test_elements_inside_elements_are_a_list_of_fields():
    field = read("30 08 02 01 01 A0 03 02 01 02")
    assert field == (
        None,
        "SEQUENCE",
        [(None, "INTEGER", 1, None), (None, "[0]", [(None, "INTEGER", 2, None)], None)],
        None,
    )


def test_a_shape_names_what_it_fits_and_nothing_else():
    shape = ("log", None, (("first", "eui64", None), ("second", None, None)))
    octets = bytes.fromhex("30 09 02 01 01 02 01 02 02 01 03")
    field = der.decode(octets, 0, len(octets), shape)
    assert [child[0] for child in field[2]] == ["first", "second", None]
    assert field[0] == "log"
    assert field[2][0][3] == "eui64"


def test_a_shape_of_one_child_holds_for_every_element():
    octets = bytes.fromhex("30 06 02 01 01 02 01 02")
    field = der.decode(octets, 0, len(octets), (None, None, (("entry", None, None),)))
    assert [child[0] for child in field[2]] == ["entry", "entry"]


BAD = [  # octets, offset of the error
    ("", 0),
    ("02", 0),
    ("02 01", 2),
    ("02 05 00", 2),
    ("02 00", 2),
    ("02 02 00 7F", 2),
    ("02 02 FF 80", 2),
    ("02 41" + "7F" * 65, 2),
    ("02 81 01 05", 1),
    ("04 82 00 80" + "00" * 128, 1),
    ("30 82 00 7F" + "0500" * 63 + "05", 1),
    ("30 81", 2),
    ("30 82 01", 2),
    ("30 80 00 00", 1),
    ("30 83 00 00 00", 1),
    ("30 84 FF FF FF FF", 1),
    ("30 FF", 1),
    ("30 82 FF FF 00", 4),
    ("01 01 01", 2),
    ("01 02 FF FF", 2),
    ("05 01 00", 2),
    ("03 00", 2),
    ("03 01 01", 2),
    ("03 02 08 00", 2),
    ("03 02 07 81", 3),
    ("03 82 00 83 01" + "00" * 130, 1),
    ("06 00", 2),
    ("06 02 2A 80", 2),
    ("06 03 2A 80 01", 3),
    ("06 41" + "2A" * 65, 2),
    ("17 0D 3136313330363030303030305A", 2),
    ("18 0F 32303139303232393030303030305A", 2),
    ("18 0F 31393030303232393030303030305A", 2),
    ("18 0F 32303139303431353234303030305A", 2),
    ("18 0F 32303139303431353030363030305A", 2),
    ("18 0F 32303139303431353030303036305A", 2),
    ("18 0F 32303139303433313030303030305A", 2),
    ("18 0F 30303030303130313030303030305A", 2),
    ("18 0F 3230313930343135303030303030C2", 2),
    ("18 0E 3230313930343135303030303030", 2),
    ("18 11 32303139303431353030303030302E355A", 2),
    ("0C 02 C080", 2),
    ("0C 03 EDA080", 2),
    ("0C 04 F4908080", 2),
    ("0C 01 80", 2),
    ("0C 01 C3", 2),
    ("13 01 2A", 2),
    ("16 01 80", 2),
    ("31 06 02 01 02 02 01 01", 5),
    ("02 01 00 00", 3),
    ("1F 21 00", 0),
    ("41 00", 0),
    ("C1 00", 0),
    ("09 01 00", 0),
    ("10 00", 0),
    ("30 02 02 01", 4),
    ("30 03 02 02 01", 4),
]


@pytest.mark.parametrize(("text", "offset"), BAD)
def test_what_is_not_distinguished_encoding_is_refused_where_it_stands(text, offset):
    octets = bytes.fromhex(text)
    with pytest.raises(DecodeError) as caught:
        der.decode(octets, 0, len(octets))
    assert caught.value.offset == offset
    if text != "02 01 00 00":  # what follows the element is for the caller of skip
        with pytest.raises(DecodeError) as caught:
            der.skip(octets, 0, len(octets))
        assert caught.value.offset == offset


def test_offsets_are_of_the_whole_buffer_and_nothing_past_the_end_is_read():
    octets = bytes.fromhex("FFFF 30 04 02 02 00 01 0500")
    with pytest.raises(DecodeError) as caught:
        der.decode(octets, 2, 8)
    assert caught.value.offset == 6
    with pytest.raises(DecodeError) as caught:
        der.decode(octets, 8, 9)
    assert caught.value.offset == 8


def test_a_sequence_of_128_to_255_octets_may_have_its_length_in_three_octets():
    octets = bytes.fromhex("30 82 00 80 04 7E") + bytes(126)
    field = der.decode(octets, 0, len(octets))
    assert field[1] == "SEQUENCE ~82"
    assert der.encode(field) == octets
    with pytest.raises(DecodeError) as caught:
        der.decode(octets, 0, len(octets), strict=True)
    assert caught.value.offset == 1


@pytest.mark.parametrize("size", [126, 251])
def test_a_length_that_fits_the_long_form_only_is_needed_for_it(size):
    body = [(None, "OCTET STRING", bytes(size - 2 - (size > 129)), None)]
    long = (None, "SEQUENCE ~82", body, None)
    if 0x80 <= size < 0x100:
        assert der.encode(long)[:4] == bytes((0x30, 0x82, 0, size))
    else:
        with pytest.raises(EncodeError):
            der.encode(long)


def nested(levels):
    octets = b""
    for _ in range(levels):
        size = len(octets)
        head = bytes((0x30, size)) if size < 0x80 else bytes((0x30, 0x82, size >> 8, size & 0xFF))
        octets = head + octets
    return octets


def test_nesting_is_read_and_skipped_to_a_stated_depth():
    field = None
    for levels in range(1, 3000, 7):
        octets = nested(levels)
        if levels < der.MAX_DEPTH:
            field = der.decode(octets, 0, len(octets))
            assert der.encode(field) == octets
            assert der.skip(octets, 0, len(octets)) == len(octets)
        else:
            for reader in (der.decode, der.skip):
                with pytest.raises(DecodeError):
                    reader(octets, 0, len(octets))


def test_fields_nested_too_deep_are_not_written():
    field = (None, "SEQUENCE", [], None)
    for _ in range(5000):
        field = (None, "SEQUENCE", [field], None)
    with pytest.raises(EncodeError):
        der.encode(field)


NOT_WRITTEN = [
    ("INTEGER", "1"),
    ("INTEGER", True),
    ("INTEGER", 1.0),
    ("INTEGER", None),
    ("INTEGER", 1 << 511),
    ("INTEGER", -(1 << 511) - 1),
    ("INTEGER", []),
    ("ENUMERATED", b"\x01"),
    ("BOOLEAN", 1),
    ("NULL", 0),
    ("NULL", b""),
    ("OCTET STRING", "00"),
    ("OCTET STRING", 5),
    ("BIT STRING", "12"),
    ("BIT STRING", 3),
    ("BIT STRING", "0" * 1025),
    ("OBJECT IDENTIFIER", "1"),
    ("OBJECT IDENTIFIER", "1.40"),
    ("OBJECT IDENTIFIER", "3.1"),
    ("OBJECT IDENTIFIER", "1.2.03"),
    ("OBJECT IDENTIFIER", "1.2.-3"),
    ("OBJECT IDENTIFIER", "1..3"),
    ("OBJECT IDENTIFIER", "1.2." + "9" * 500),
    ("OBJECT IDENTIFIER", "1.2" + ".9" * 64),
    ("OBJECT IDENTIFIER", 1.2),
    ("GeneralizedTime", "20190229000000Z"),
    ("GeneralizedTime", "2019022800000Z"),
    ("GeneralizedTime", "٢0190228000000Z"),
    ("GeneralizedTime", 20190228),
    ("UTCTime", "20190228000000Z"),
    ("PrintableString", "*"),
    ("IA5String", "é"),
    ("UTF8String", "\ud800"),
    ("UTF8String", b"a"),
    ("SEQUENCE", b""),
    ("SEQUENCE", 1),
    ("SEQUENCE", None),
    ("SET OF", [(None, "INTEGER", 2, None), (None, "INTEGER", 1, None)]),
    ("[31] INTEGER", 1),
    ("[01] INTEGER", 1),
    ("[-1] INTEGER", 1),
    ("[1]INTEGER", 1),
    ("[] INTEGER", 1),
    ("[1] ANY", b"\x05\x00"),
    ("[1] [2] INTEGER", 1),
    ("[1] SEQUENCE ~82", []),
    ("INTEGER ~82", 1),
    ("SEQUENCE ~82 ~82", []),
    ("SEQUENCE OF ~81", []),
    ("REAL", 1.0),
    ("", 1),
    ("ANY", "0500"),
    ("ANY", b""),
    ("ANY", b"\x05\x00\x00"),
    ("ANY", b"\x04\x01"),
]


@pytest.mark.parametrize(("kind", "value"), NOT_WRITTEN)
def test_a_value_that_has_no_encoding_raises_an_encode_error_with_the_name(kind, value):
    with pytest.raises(EncodeError) as caught:
        der.encode(("the_field", kind, value, None))
    assert caught.value.field in ("the_field", "")


def test_more_octets_than_two_length_octets_count_are_not_written():
    assert len(der.encode((None, "OCTET STRING", bytes(0xFFFF), None))) == 0xFFFF + 4
    with pytest.raises(EncodeError):
        der.encode((None, "OCTET STRING", bytes(0x10000), None))


def test_types_that_are_no_types_do_not_stay_in_memory():
    for number in range(100):
        with contextlib.suppress(EncodeError):
            der.encode((None, "NOTHING %d" % number, 1, None))
    assert not [kind for kind in der._HEADS if kind.startswith("NOTHING")]


def test_identifiers_that_are_remembered_are_bounded():
    for number in range(500):
        field = (None, "OBJECT IDENTIFIER", "1.2.%d" % number, None)
        octets = der.encode(field)
        assert der.decode(octets, 0, len(octets)) == field
    assert len(values.oids) < 100


elements = st.recursive(
    st.one_of(
        st.integers(-(1 << 511), (1 << 511) - 1).map(lambda v: ("INTEGER", v)),
        st.integers(-(1 << 70), 1 << 70).map(lambda v: ("ENUMERATED", v)),
        st.booleans().map(lambda v: ("BOOLEAN", v)),
        st.just(("NULL", None)),
        st.binary(max_size=300).map(lambda v: ("OCTET STRING", v)),
        st.binary(max_size=40).map(lambda v: ("[30] OCTET STRING", v)),
        st.binary(min_size=5, max_size=200).map(lambda v: ("BIT STRING", v)),
        st.text("01", max_size=32).map(lambda v: ("BIT STRING", v)),
        st.lists(st.integers(0, 1 << 40), max_size=5).map(
            lambda v: ("OBJECT IDENTIFIER", ".".join(["2"] + [str(arc) for arc in [*v, 7]]))
        ),
        st.datetimes().map(lambda v: ("GeneralizedTime", v.strftime("%Y%m%d%H%M%SZ").zfill(15))),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(
            lambda v: ("UTF8String", v)
        ),
    ),
    lambda inner: st.tuples(
        st.sampled_from(["SEQUENCE", "[0]", "[4]", "SEQUENCE"]), st.lists(inner, max_size=5)
    ),
    max_leaves=20,
)


def field_of(element):
    kind, value = element
    if isinstance(value, list):
        value = [field_of(child) for child in value]
    return (None, kind, value, None)


@given(elements)
def test_fields_are_written_and_read_back_the_same(element):
    field = field_of(element)
    try:
        octets = der.encode(field)
    except EncodeError:  # deeper or longer than goes
        return
    assert der.skip(octets, 0, len(octets)) == len(octets)
    assert der.decode(octets, 0, len(octets)) == field


@given(st.binary(max_size=200))
def test_any_octets_are_read_and_written_back_or_raise_a_decode_error(octets):
    try:
        field = der.decode(octets, 0, len(octets))
    except DecodeError as error:
        refused_at = error.offset
        field = None
    if field is None:
        assert 0 <= refused_at <= len(octets)
        with contextlib.suppress(DecodeError):
            assert der.skip(octets, 0, len(octets)) < len(octets)
        return
    assert der.encode(field) == octets
    assert der.skip(octets, 0, len(octets)) == len(octets)


@given(elements, st.data())
def test_a_damaged_element_is_refused_or_is_another_element(element, data):
    try:
        octets = bytearray(der.encode(field_of(element)))
    except EncodeError:
        return
    at = data.draw(st.integers(0, len(octets) - 1))
    octets[at] = data.draw(st.integers(0, 255))
    octets = bytes(octets)
    try:
        field = der.decode(octets, 0, len(octets))
    except DecodeError:
        return
    assert der.encode(field) == octets
