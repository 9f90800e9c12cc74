"""ZCL data types on both Pythons, in reports of attributes."""

from gbcs.errors import DecodeError, EncodeError
from gbcs.zcl import zcl

METERING = 0x0702


def _frame(text, cluster=METERING):
    octets = bytes.fromhex(text.replace(" ", ""))
    frame = zcl.decode_frame(octets, 0, len(octets), cluster)
    assert zcl.encode_frame(frame) == octets
    zcl.skip_frame(octets, 0, len(octets), cluster)
    return frame


def _raised(call, *args):
    try:
        call(*args)
    except (DecodeError, EncodeError) as error:
        return error
    raise AssertionError("nothing raised")


def _refused(text, cluster=METERING):
    octets = bytes.fromhex(text.replace(" ", ""))
    error = _raised(zcl.decode_frame, octets, 0, len(octets), cluster)
    skipped = _raised(zcl.skip_frame, octets, 0, len(octets), cluster)
    assert (skipped.offset, skipped.field) == (error.offset, error.field)
    return error.offset, error.field


def _values(fields):
    return [field[2] for field in fields]


def test_numbers_are_little_endian_and_signed_where_they_say():
    fields = _frame("08000a 0000 25 010203040506 0004 2a ffffff 0006 2a 000080").fields
    assert [field[2][1][2] for field in fields] == [0x060504030201, -1, -0x800000]


def test_every_size_of_number_is_read_and_written():
    _frame("08000a 0001 1a 010203 0101 1c 0102030405 0201 1d 010203040506 0301 1e 01020304050607")
    _frame("08000a 0001 1f ffffffffffffffff 0101 27 fffffffffffffffe 0201 2f ffffffffffffff7f")
    fields = _frame("08000a 0001 2f ffffffffffffffff 0101 2b 00000080 0201 28 80").fields
    assert [field[2][1][2] for field in fields] == [-1, -0x80000000, -128]


def test_strings_keep_that_they_are_invalid():
    fields = _frame("08000a 0600 41 ff 0700 41 00 0800 43 ffff 0900 44 0200 6869").fields
    assert [field[2][1][2] for field in fields] == [None, b"", None, b"hi"]


def test_a_bool_that_is_neither_stays_a_number():
    fields = _frame("08000a 0000 10 00 0100 10 01 0200 10 ff").fields
    assert [field[2][1][2] for field in fields] == [False, True, 0xFF]
    assert fields[2][2][1][2] is not True


def test_an_eui64_is_most_significant_first():
    fields = _frame("08000a 0000 f0 a090785634 12db00", 0x0019).fields
    assert fields[0][2][1][2] == bytes.fromhex("00db1234567890a0")


def test_floats_are_numbers_where_these_say_all():
    fields = _frame("08000a 0000 39 0000c03f 0100 3a 000000000000f83f 0200 39 0000c07f").fields
    values = [field[2][1][2] for field in fields]
    assert values[:2] == [1.5, 1.5]
    assert values[2] == b"\x00\x00\xc0\x7f"


def test_arrays_and_structures_nest():
    array = "48 21 0200 0100 0200"
    structure = "4c 0200 2005 48 41 0100 026869"
    fields = _frame("08000a 0000 %s 0100 %s 0200 50 20 ffff" % (array, structure)).fields
    assert fields[0][2][1][:2] == ("value", "typed array uint16")
    assert _values(fields[0][2][1][2]) == [1, 2]
    assert fields[1][2][1][2][1][:2] == (None, "typed array octstr")
    assert fields[2][2][1][2] is None


def test_deep_nesting_is_refused():
    assert _refused("08000a 0000" + "4c0100" * 40 + "2000")[1] == "CurrentSummationDelivered"
    assert _refused("08000a 0000" + "48480100" * 3 + "48" + "480100" * 40)[0] > 5


def test_a_value_that_is_not_of_its_type_is_not_encoded():
    bad = (
        ("x", "uint8", 256),
        ("x", "uint8", -1),
        ("x", "uint8", "1"),
        ("x", "int16", 0x8000),
        ("x", "int24", -0x800001),
        ("x", "octstr", b"a" * 255),
        ("x", "octstr", "text"),
        ("x", "EUI64", b"short"),
        ("x", "date", b"short"),
        ("x", "nodata", 1),
        ("x", "array", []),
        ("x", "array uint8", [(None, "uint16", 1, None)]),
        ("x", "array nothing", []),
        ("x", "struct", [(None, "uint8", 1, None)]),
        ("x", "group", None),
        ("x", "typed", 1),
        ("x", "typed nothing", 1),
        ("x", "nothing", 1),
        ("x", "float", "1"),
    )
    for name, kind, value in bad:
        frame = zcl.Frame(0, None, 0, 0x0A, [(name, kind, value, None)])
        assert _raised(zcl.encode_frame, frame).field == "x", kind


def test_groups_of_groups_without_end_are_not_encoded():
    field = ("x", "uint8", 1, None)
    for _ in range(60):
        field = ("x", "group", [field], None)
    error = _raised(zcl.encode_frame, zcl.Frame(0, None, 0, 0x0A, [field]))
    assert isinstance(error, EncodeError)
