"""DER elements on both Pythons: values of X.690 and RFC 5280, and what is refused, where."""

from gbcs.asn1 import der
from gbcs.errors import DecodeError, EncodeError

GOOD = (
    ("020100", "INTEGER", 0),
    ("02020080", "INTEGER", 128),
    ("020180", "INTEGER", -128),
    ("0202ff7f", "INTEGER", -129),
    ("020900ffffffffffffffff", "INTEGER", (1 << 64) - 1),
    ("0209ff0000000000000000", "INTEGER", -(1 << 64)),
    ("0a0105", "ENUMERATED", 5),
    ("0101ff", "BOOLEAN", True),
    ("0500", "NULL", None),
    ("0402abcd", "OCTET STRING", b"\xab\xcd"),
    ("03020780", "BIT STRING", "1"),
    ("030100", "BIT STRING", ""),
    ("0306000102030405", "BIT STRING", b"\x01\x02\x03\x04\x05"),
    ("0603883703", "OBJECT IDENTIFIER", "2.999.3"),
    ("06062a864886f70d", "OBJECT IDENTIFIER", "1.2.840.113549"),
    ("170d3136303430363030303030305a", "UTCTime", "160406000000Z"),
    ("180f32303030303232393030303030305a", "GeneralizedTime", "20000229000000Z"),
    ("0c03e282ac", "UTF8String", "€"),
    ("13023037", "PrintableString", "07"),
    ("800105", "[0] OCTET STRING", b"\x05"),
    ("a003020105", "[0]", [(None, "INTEGER", 5, None)]),
)

BAD = (
    ("", 0),
    ("0201", 2),
    ("0202007f", 2),
    ("0202ff80", 2),
    ("0241" + "7f" * 65, 2),
    ("02810105", 1),
    ("30800000", 1),
    ("3084ffffffff", 1),
    ("3082ffff00", 4),
    ("010101", 2),
    ("050100", 2),
    ("0300", 2),
    ("03020781", 3),
    ("06022a80", 2),
    ("06032a8001", 3),
    ("180f32303139303232393030303030305a", 2),
    ("180f32303139303431353030303036305a", 2),
    ("180f3230313930343135303030303030c2", 2),
    ("180f2d303139303431353030303030305a", 2),
    ("0c02c080", 2),
    ("0c03eda080", 2),
    ("0c04f4908080", 2),
    ("0c01c3", 2),
    ("13012a", 2),
    ("3106020102020101", 5),
    ("1f2100", 0),
    ("4100", 0),
    ("30020201", 4),
)

NOT_WRITTEN = (
    ("INTEGER", "1"),
    ("INTEGER", True),
    ("INTEGER", 1 << 511),
    ("BOOLEAN", 1),
    ("OCTET STRING", "00"),
    ("BIT STRING", "12"),
    ("OBJECT IDENTIFIER", "1.40"),
    ("OBJECT IDENTIFIER", "1.2.03"),
    ("GeneralizedTime", "20190229000000Z"),
    ("PrintableString", "*"),
    ("SEQUENCE", b""),
    ("SEQUENCE ~82", []),
    ("[31] INTEGER", 1),
    ("NOTHING", 1),
    ("ANY", b"\x05\x00\x00"),
)


def test_elements_are_read_and_written_back():
    for text, kind, value in GOOD:
        octets = bytes.fromhex(text)
        assert der.decode(octets, 0, len(octets)) == (None, kind, value, None), text
        assert der.encode((None, kind, value, None)) == octets, text
        assert der.skip(octets, 0, len(octets)) == len(octets), text


def test_what_is_not_distinguished_encoding_is_refused_at_the_same_offset():
    for text, offset in BAD:
        octets = b"\x00\x00" + bytes.fromhex(text)
        for reader in (der.decode, der.skip):
            found = None
            try:
                reader(octets, 2, len(octets))
            except DecodeError as error:
                found = error.offset
            assert found == 2 + offset, text


def test_values_without_an_encoding_raise_encode_errors():
    for kind, value in NOT_WRITTEN:
        found = None
        try:
            der.encode(("the_field", kind, value, None))
        except EncodeError as error:
            found = error.field
        assert found == "the_field", kind


def test_every_short_string_of_octets_is_read_and_written_back_or_refused():
    for first in (1, 2, 3, 4, 5, 6, 0x0A, 0x0C, 0x13, 0x17, 0x30, 0x31, 0x80, 0xA0):
        for second in range(256):
            octets = bytes((first, 1, second))
            try:
                field = der.decode(octets, 0, 3)
            except DecodeError:
                continue
            assert der.encode(field) == octets


def test_nesting_ends_at_a_stated_depth():
    octets = b""
    for levels in range(1, 40):
        octets = bytes((0x30, len(octets))) + octets
        for reader in (der.decode, der.skip):
            try:
                reader(octets, 0, len(octets))
                assert levels < der.MAX_DEPTH
            except DecodeError:
                assert levels >= der.MAX_DEPTH
    field = (None, "SEQUENCE", [], None)
    for _ in range(40):
        field = (None, "SEQUENCE", [field], None)
    try:
        der.encode(field)
    except EncodeError:
        return
    raise AssertionError("nested too deep")


def test_a_long_length_is_told_by_the_type():
    octets = bytes.fromhex("30820080047e") + bytes(126)
    field = der.decode(octets, 0, len(octets))
    assert field[1] == "SEQUENCE ~82"
    assert der.encode(field) == octets
