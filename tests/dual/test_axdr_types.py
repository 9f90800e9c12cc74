"""DLMS data types on both Pythons: values, the octets back, and what is refused where.

Samples are of the published reference test data set, or written by hand after DLMS UA 1000-2, 9.5.
"""

from gbcs.axdr import axdr
from gbcs.errors import DecodeError, EncodeError


def _decode(text, shape=(None, None, None)):
    octets = bytes.fromhex(text)
    field, end = axdr.decode(octets, 0, len(octets), shape)
    assert end == len(octets)
    assert axdr.skip(octets, 0, len(octets)) == end
    assert axdr.encode(field) == octets
    return field


def _value(text):
    _, kind, value, hint = _decode(text)
    assert hint is None
    return kind, value


def _refused(text, before="", after=""):
    """Offset and words of the error, counted from the start of the element."""
    start = len(before) // 2
    octets = bytes.fromhex(before + text + after)
    end = start + len(text) // 2
    errors = []
    for call in (axdr.decode, axdr.skip):
        try:
            call(octets, start, end)
        except DecodeError as error:
            errors.append((error.offset - start, error.what))
    assert len(errors) == 2
    assert errors[0] == errors[1]
    return errors[0][0]


def _unwritable(kind, value):
    found = None
    try:
        axdr.encode(("x", kind, value, None))
    except EncodeError as error:
        found = error
    assert found.field == "x"


def test_numbers_are_big_endian_and_signed_where_their_type_is():
    assert _value("06ffffffff") == ("double-long-unsigned", 0xFFFFFFFF)
    assert _value("05ff676980") == ("double-long", -10000000)
    assert _value("0ffb") == ("integer", -5)
    assert _value("108000") == ("long", -32768)
    assert _value("107fff") == ("long", 32767)
    assert _value("11ff") == ("unsigned", 255)
    assert _value("128f66") == ("long-unsigned", 0x8F66)
    assert _value("14ffffffffffffff85") == ("long64", -123)
    assert _value("15ffffffffffffffff") == ("long64-unsigned", (1 << 64) - 1)
    assert _value("1605") == ("enum", 5)


def test_a_boolean_is_ff_or_00_and_any_other_octet_is_kept():
    assert _decode("03ff")[2] is True
    assert _decode("0300")[2] is False
    assert _decode("0301") == (None, "boolean", 1, None)


def test_a_bit_string_is_text_of_its_bits():
    assert _value("0407fe") == ("bit-string", "1111111")
    assert _value("0400") == ("bit-string", "")
    assert _value("0403e0") == ("bit-string", "111")
    assert _value("0420e0000006") == ("bit-string", "11100000000000000000000000000110")
    assert len(_value("048180" + "a5" * 16)[1]) == 128


def test_strings_keep_octets_ascii_and_utf_8():
    assert _value("090300ff01") == ("octet-string", b"\x00\xff\x01")
    assert _value("0a064c6162656c32") == ("visible-string", "Label2")
    assert _value("0c04c3a93132") == ("utf8-string", "\u00e912")
    assert _value("0c04f09f94a5") == ("utf8-string", "\U0001f525")
    assert _value("0981c8" + "07" * 200) == ("octet-string", b"\x07" * 200)
    assert _value("09820190" + "07" * 400) == ("octet-string", b"\x07" * 400)


def test_the_rest_of_the_types():
    assert _value("00") == ("null-data", None)
    assert _value("ff") == ("dont-care", None)
    assert _value("0d42") == ("bcd", "42")
    assert _value("173fc00000") == ("float32", 1.5)
    assert _value("18bff8000000000000") == ("float64", -1.5)
    assert _value("1907df0101ff000000008000ff")[0] == "date-time"
    assert _value("1a07df0101ff") == ("date", bytes.fromhex("07df0101ff"))
    assert _value("1b173b3b63") == ("time", bytes.fromhex("173b3b63"))


def test_a_float_that_would_lose_something_is_its_octets_in_hex():
    assert _value("177fc00001") == ("float32", "7fc00001")
    assert _value("17ff800000") == ("float32", "ff800000")
    assert _value("187ff0000000000000") == ("float64", "7ff0000000000000")


def test_a_structure_and_an_array_are_lists_with_the_names_of_their_shapes():
    shape = ("scaler_unit", None, (("scaler", None, None), ("unit", "enum:30=Wh", None)))
    assert _decode("02020f00161e", shape) == (
        "scaler_unit",
        "structure",
        [("scaler", "integer", 0, None), ("unit", "enum", 30, "enum:30=Wh")],
        None,
    )
    shape = ("thresholds", None, ((None, "unit:Wh", None),))
    assert _decode("010211011102", shape) == (
        "thresholds",
        "array",
        [(None, "unsigned", 1, "unit:Wh"), (None, "unsigned", 2, "unit:Wh")],
        None,
    )


def test_a_structure_that_its_shape_does_not_fit_has_no_names():
    shape = ("pair", None, (("one", None, None), ("other", None, None)))
    field = _decode("0203110111021103", shape)
    assert [child[0] for child in field[2]] == [None, None, None]


def test_a_shape_may_have_two_lengths():
    one = ("one", None, None)
    two = ("two", None, None)
    shape = ("entry", None, {1: (one,), 2: (one, two)})
    assert [child[0] for child in _decode("02011101", shape)[2]] == ["one"]
    assert [child[0] for child in _decode("020211011102", shape)[2]] == ["one", "two"]


def test_a_compact_array_says_in_its_type_what_one_element_is():
    row = (None, None, (("timestamp", "utc", None), ("value", None, None)))
    field = _decode(
        "130202060610" + "1c0fbd800000005f" + "1c110f00000000cb", ("log", None, (row,))
    )
    assert field[1] == "compact-array of structure { double-long-unsigned, double-long-unsigned }"
    assert field[2][1] == (
        None,
        "structure",
        [
            ("timestamp", "double-long-unsigned", 0x1C110F00, "utc"),
            ("value", "double-long-unsigned", 0xCB, None),
        ],
        None,
    )


def test_a_compact_array_holds_strings_and_arrays():
    field = _decode("130203061209" + "0f" + "1c35f9008f0100" + "1c3602fd815401aa")
    assert field[2][1][2][2] == (None, "octet-string", b"\xaa", None)
    field = _decode("13" + "0202" + "11" + "01000212" + "05" + "0700010002")
    assert field[1] == "compact-array of structure { unsigned, array(2) of long-unsigned }"
    assert [leaf[2] for leaf in field[2][0][2][1][2]] == [1, 2]
    assert _decode("130c020131")[2] == [(None, "utf8-string", "1", None)]
    assert _decode("131100") == (None, "compact-array of unsigned", [], None)


def test_octets_that_run_out_are_told_where():
    assert _refused("") == 0
    assert _refused("09") == 1
    assert _refused("0905aabb") == 2
    assert _refused("06aabb") == 1
    assert _refused("020211") == 1
    assert _refused("02021100") == 4
    assert _refused("0203110111") == 5
    assert _refused("130202060608" + "00" * 7) == 6
    assert _refused("130202060607" + "00" * 7) == 10


def test_octets_after_the_end_are_not_read():
    assert _refused("0905aabb", "ffff", "ccddee") == 2
    assert _refused("0202110111", "00", "22") == 5
    assert _refused("12aa", "", "bb") == 1


def test_unknown_types_long_lengths_and_set_unused_bits_are_refused():
    for tag in ("07", "08", "0b", "0e", "1c", "80", "fe"):
        assert _refused(tag + "00" * 20) == 0
    assert _refused("098105" + "00" * 5) == 1
    assert _refused("09820080" + "00" * 128) == 1
    assert _refused("09830000010000") == 1
    assert _refused("0407ff") == 2
    assert _refused("04818100" + "00" * 15 + "01") == 19


def test_a_count_is_not_trusted_before_the_octets_are_there():
    assert _refused("0182ffff0000") == 1
    assert _refused("0282ffff0000") == 1
    assert _refused("04820fff0000") == 4
    assert _refused("1301ffff1104" + "00000000") == 10


def test_a_compact_array_of_nothing_is_refused():
    assert _refused("130000") == 1
    assert _refused("13020000") == 2
    assert _refused("130100001100") == 2
    assert _refused("131301110101") == 1


def test_levels_are_limited():
    assert _decode("0101" * 10 + "00")[1] == "array"
    assert _refused("0101" * 11 + "00") == 20
    assert _refused("0201" * 400 + "00") == 20
    assert _refused("13" + "010001" * 11 + "1100") == 31


def test_text_that_is_none_is_refused_at_its_octet():
    assert _refused("0a02c3a9") == 2
    for bad in ("ff", "c0af", "eda080", "f4908080", "e282", "80", "c341", "e28241", "f0808080"):
        size = "%02x" % (len(bad) // 2 + 1)
        assert _refused("0c" + size + "41" + bad) == 3


def test_a_date_or_time_of_its_type_must_be_one():
    assert _refused("1a07df0d01ff") == 3
    assert _refused("1a07df021dff") == 4
    assert _value("1a07e0021dff")[0] == "date"
    assert _refused("1a07df010108") == 5
    assert _refused("1b18000000") == 1
    assert _refused("1907df0101ff00003c00800000") == 8
    assert _refused("1907df0101ff00000000400000") == 10


def test_errors_name_the_nearest_field():
    shape = ("entry", None, (("index", None, None), ("date", "date", None)))
    octets = bytes.fromhex("020212000109")
    found = None
    try:
        axdr.decode(octets, 0, len(octets), shape)
    except DecodeError as error:
        found = error
    assert (found.offset, found.field) == (6, "date")


def test_an_encrypted_block_is_known_by_how_it_begins():
    assert _decode("0911" + "3100000000" + "00" * 12)[3] == "encrypted"
    assert _decode("0911" + "3100000001" + "00" * 12)[3] is None


def test_what_has_no_octets_is_refused():
    for kind, value in (
        ("unsigned", 256),
        ("unsigned", -1),
        ("unsigned", True),
        ("unsigned", "1"),
        ("long", 40000),
        ("double-long", 1 << 31),
        ("boolean", 0),
        ("boolean", "yes"),
        ("bit-string", "012"),
        ("bit-string", "0b1"),
        ("octet-string", "text"),
        ("visible-string", "\u00e9"),
        ("visible-string", b"octets"),
        ("utf8-string", None),
        ("bcd", "4"),
        ("float32", "00"),
        ("float32", 1),
        ("date", b"\x00"),
        ("null-data", 0),
        ("structure", None),
        ("INTEGER", 1),
        ("", 1),
        ("compact-array of unsigned", None),
    ):
        _unwritable(kind, value)


def test_a_compact_array_is_written_as_its_type_says_or_not_at_all():
    element = ("x", "unsigned", 1, None)
    good = (None, "compact-array of unsigned", [element], None)
    assert axdr.encode(good).hex() == "13110101"
    for kind in ("unsigned }", "structure { unsigned", "array(0) of unsigned", "null-data", "x"):
        _unwritable_list("compact-array of " + kind, [element])
    _unwritable_list("compact-array of long", [element])
    _unwritable_list("compact-array of structure { unsigned, unsigned }", [element])


def _unwritable_list(kind, elements):
    try:
        axdr.encode((None, kind, elements, None))
    except EncodeError:
        return
    raise AssertionError("nothing raised")
