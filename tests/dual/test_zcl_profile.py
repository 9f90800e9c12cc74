"""Profile-wide ZCL commands on both Pythons; frames are those of Smart Energy devices."""

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


def test_a_read_names_its_attributes():
    fields = _frame("000000 0703 0014").fields
    assert [field[:3] for field in fields] == [
        ("SiteID", "attribId", 0x0307),
        ("attribute_1400", "attribId", 0x1400),
    ]


def test_a_read_response_groups_identifier_status_and_value():
    # GCS33: 100 days of battery, and a supply that is on
    fields = _frame("080001 05020021 6400 140000 3002").fields
    assert [field[0] for field in fields] == ["RemainingBatteryLifeInDays", "SupplyStatus"]
    assert fields[0][2][2] == ("value", "typed uint16", 100, "unit:days")
    assert fields[1][2][2] == ("value", "typed enum8", 2, "enum:0=off,1=armed,2=on")


def test_an_attribute_that_was_not_read_has_a_status_and_no_value():
    fields = _frame("080001 0602c0").fields
    assert fields[0][0] == "CurrentMeterID"
    assert _values(fields[0][2]) == [0x0206, 0xC0]


def test_a_default_response_names_the_command_it_answers():
    fields = _frame("08010b 068b").fields
    assert fields[0] == ("command_identifier", "uint8", 6, "enum:6=GetSnapshot")
    assert fields[1] == ("status", "enum8", 0x8B, "names:zcl_status")


def test_a_declared_count_is_not_trusted():
    assert _refused("08000a 0000 48 21 feff 0100") == (9, "CurrentSummationDelivered")
    assert _refused("08000a 0000 48 00 feff") == (6, "CurrentSummationDelivered")
    assert _refused("08000a 0000 4c feff 2001") == (8, "CurrentSummationDelivered")
    assert _refused("190007 0000 00000000 00 ffff 0807 616263") == (14, "samples")


def test_reporting_is_configured_with_a_change_where_the_type_is_analog():
    fields = _frame("000006 00 0004 2a 0100 3c00 0a0000 00 1400 30 0100 3c00 01 0000 1400").fields
    groups = fields[0][2]
    assert groups[0][2][5][:3] == ("reportable_change", "int24", 10)
    assert [field[0] for field in groups[1][2]][-1] == "maximum_reporting_interval"
    assert groups[2][2][2][:3] == ("timeout_period", "uint16", 20)
    assert _refused("000006 00 0004 2e 0100 3c00 0a")[1] == "reportable_change"
    assert _refused("000006 00 0004 23 0100")[1] == "maximum_reporting_interval"


def test_responses_to_writing_are_one_status_or_many():
    assert _values(_frame("080004 00").fields) == [0]
    groups = _frame("080004 88 0003 86 0103").fields
    assert [group[0] for group in groups] == ["UnitOfMeasure", "Multiplier"]
    assert _values(groups[0][2]) == [0x88, 0x0300]


def test_other_profile_wide_commands_have_layouts():
    assert _frame("08000d 01 0000 25 0003 30").fields[1][0] == "attributes"
    assert _values(_frame("000012 01 00 06 08").fields[1][2]) == [0, 6, 8]
    _frame("00000c 0000 0a")
    _frame("00000e 0000 02 0100 0200")
    _frame("00000f 0000 01 0100 2005")
    _frame("000016 00 0000 25 01")
    _frame("080009 00 00 0004 2a 0100 3c00 0a0000 86 00 0104")
