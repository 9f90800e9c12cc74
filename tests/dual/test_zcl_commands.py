"""Commands of clusters on both Pythons; frames are those of Smart Energy devices."""

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


def test_fields_of_a_command_have_the_standards_names():
    frame = _frame("010006 006c0e1c 8012c81d 00 08600000")
    assert [field[:3] for field in frame.fields] == [
        ("earliest_start_time", "UTC", 0x1C0E6C00),
        ("latest_end_time", "UTC", 0x1DC81280),
        ("snapshot_offset", "uint8", 0),
        ("snapshot_cause", "map32", 0x6008),
    ]


def test_a_snapshot_is_read_by_its_type():
    head = "190006 46be4804 804a371c 01 00 01 aa000000"
    sums = "04 b00000000000 7e0000000000 ca0000000000 df0000000000"
    blocks = "14 790000000000 c30000000000 410000000000 080000000000"
    names = [field[0] for field in _frame(head + "06 0f0000000000" + sums + blocks).fields]
    assert names[7:] == [
        "current_summation_delivered",
        "number_of_tiers_in_use",
        "tier_summation",
        "number_of_tiers_and_block_thresholds_in_use",
        "tier_block_summation",
    ]
    names = [field[0] for field in _frame(head + "05 0f0000000000" + sums).fields]
    assert names[7] == "current_summation_received"
    assert _refused(head + "06 0f0000000000" + sums) == (
        50,
        "number_of_tiers_and_block_thresholds_in_use",
    )
    assert len(_frame(head + "80").fields) == 7


def test_day_profiles_are_read_by_calendar_type():
    head = "090001 00000000 804a371c 804a371c 01 03 00 01 "
    fields = _frame(head + "03 0000 00 e001 01 3804 ff", 0x0707).fields
    switches = [(group[2][0][2], group[2][1][2]) for group in fields[8][2]]
    assert switches == [(0, False), (480, True), (1080, 0xFF)]
    assert fields[8][2][0][2][1][0] == "friendly_credit_enable"
    fields = _frame(head + "00 0000 02", 0x0707).fields
    assert fields[8][2][0][2][1][0] == "price_tier"
    assert _refused(head + "09 0000 02", 0x0707) == (20, "payload")


def test_an_event_log_is_read_to_its_end():
    # two entries: log, event, time, data
    text = "190001 0200 00 01 00 03 0e81 804a371c 00 03 0d81 804a371d 02 abcd"
    events = _frame(text, 0x0709).fields[4]
    assert events[:2] == ("events", "list")
    assert _values(events[2][1][2]) == [3, 0x810D, 0x1D374A80, b"\xab\xcd"]
    assert _refused(text[:-2], 0x0709)[1] == "event_data"


def test_a_list_has_as_many_elements_as_its_count_says():
    fields = _frame("090004 804a371c 00000000 43 00 02 6181 6281", 0x0708).fields
    assert _values(fields[5][2]) == [0x8161, 0x8162]
    assert _refused("090004 804a371c 00000000 43 00 03 6181 6281", 0x0708)[1] == "event_ids"
    assert _refused("090004 804a371c 00000000 43 00 01 6181 6281", 0x0708) == (16, "payload")


def test_what_is_left_out_at_the_end_is_left_out():
    short = "090000 804a371c 00 00000000 ffff 05 5265736574"
    assert len(_frame(short, 0x0703).fields) == 5
    assert _frame(short + "01", 0x0703).fields[5][0] == "extended_message_control"
    assert _refused(short + "0101", 0x0703) == (21, "payload")


def test_what_the_status_forbids_is_not_there():
    assert len(_frame("190002 98", 0x0019).fields) == 1
    image = "190002 00 1234 0001 01000000 00100000"
    assert _frame(image, 0x0019).fields[4][:3] == ("image_size", "uint32", 0x1000)
    wait = "190005 97 00000000 3c000000 0000"
    assert [field[0] for field in _frame(wait, 0x0019).fields][1] == "current_time"


def test_a_bit_says_whether_a_field_is_there():
    head = "010003 %02x 3412 0001 01000000 00000000 32"
    assert len(_frame(head % 0, 0x0019).fields) == 6
    node = _frame(head % 1 + "a0907856 3412db00", 0x0019).fields[6]
    assert node == ("request_node_address", "EUI64", b"\x00\xdb\x12\x34\x56\x78\x90\xa0", "eui64")
    assert _frame(head % 2 + "c800", 0x0019).fields[6][0] == "minimum_block_period"


def test_octets_to_the_end_are_one_field():
    frame = _frame("010102 0000 df0901", 0x0704)
    assert frame.fields[1][:3] == ("data", "octets", b"\xdf\x09\x01")


def test_a_manufacturers_command_is_octets():
    frame = _frame("05 3412 00 06 0102", METERING)
    assert frame.manufacturer == 0x1234
    assert frame.fields == [("payload", "octets", b"\x01\x02", None)]
    assert _frame("04 3412 00 00 0703").fields[0][2] == 0x0307


def test_an_unknown_command_is_octets():
    assert _frame("0100 77 0102").fields == [("payload", "octets", b"\x01\x02", None)]
    assert _frame("0100 00 0102", 0xFC00).fields == [("payload", "octets", b"\x01\x02", None)]
    assert _frame("0000 77").fields == []
    assert zcl.command_name(METERING, 1, 0x77) == "command_77"


def test_direction_chooses_the_command():
    assert zcl.command_name(METERING, 0x01, 6) == "GetSnapshot"
    assert zcl.command_name(METERING, 0x19, 6) == "PublishSnapshot"
    assert zcl.command_name(METERING, 0x10, 0) == "ReadAttributes"


def test_a_frame_cut_anywhere_is_refused_or_ends_a_field():
    octets = bytes.fromhex("0900040000000000804a371c010000000000000010000003003a03500ad60000")
    for size in range(len(octets)):
        error = _raised(zcl.decode_frame, octets, 0, size, 0x0700)
        assert error.offset <= size, size
        assert error.field


def test_frame_types_that_do_not_exist_are_refused():
    for control in ("02", "03", "20", "40", "80", "e1"):
        assert _refused(control + "0000") == (0, "zcl_header")
    assert _refused("0100") == (0, "zcl_header")
    assert _refused("") == (0, "frame_control")
    assert _refused("04000000") == (0, "zcl_header")


def test_offsets_count_in_the_whole_buffer():
    octets = bytes.fromhex("ffffff08000a0000250102ff")
    error = _raised(zcl.decode_frame, octets, 3, 11, METERING)
    assert (error.offset, error.field) == (9, "CurrentSummationDelivered")
    assert "6 octets expected, 2 left" in str(error)


def test_a_frame_without_its_manufacturer_is_not_encoded():
    for frame in (
        zcl.Frame(0x04, None, 0, 0, []),
        zcl.Frame(0x00, 0x1234, 0, 0, []),
        zcl.Frame(0x00, None, 256, 0, []),
        zcl.Frame(0x00, None, 0, None, []),
    ):
        assert isinstance(_raised(zcl.encode_frame, frame), EncodeError)
