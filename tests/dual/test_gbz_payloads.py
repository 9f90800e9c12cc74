"""GBZ payloads on both Pythons. Samples are those of the published reference test data set."""

from gbcs.errors import DecodeError, EncodeError
from gbcs.gbz import gbz

# GCS46: the MPRN is read; GCS31: sampling begins
COMMAND = bytes.fromhex("01090101070200050000000703")
RESPONSE = bytes.fromhex("0109010107020012080001070300410a31303030393939383838")
# GCS05: a low credit warning level from a date-time on, in the middle of two others
DATED = bytes.fromhex(
    "010903"
    "000705001301000c00000000804a371c00000000a0860100"
    "100705000bffffffff010109404b4c00"
    "010705000508020b0900"
)
# GCS13a: an encrypted read response
SEALED = bytes.fromhex(
    "0109010307020035"
    "0000180001002e"
    "310000000091901c6bcfe6ceb6dce66f5ed7e43326950eada69ea8a4b33bf60ecf4b419fe4b34b5296381d9c7ce1"
)
PLAINTEXT = bytes.fromhex("02030022e8030001030022010000000300300100000025393000000000")
FUTURE_DATED = bytes.fromhex("0109018f66388188900e006b00000000000003ed07000906")
HASH = bytes.fromhex("0109018f721c374a800920" + "a1" * 32)
BARE = bytes.fromhex("0109008f301c374a80")
DETAIL = bytes.fromhex("01090181a01c374a800005")


def _decode(octets, code=0, kind="command"):
    record = gbz.decode(octets, 0, len(octets), code, kind)
    assert gbz.encode(record) == octets
    if kind != "alert":
        gbz.skip(octets, 0, len(octets))
    return record


def _raised(call, *args):
    try:
        call(*args)
    except (DecodeError, EncodeError) as error:
        return error
    raise AssertionError("nothing raised")


def _refused(octets, code=0, kind="command"):
    error = _raised(gbz.decode, octets, 0, len(octets), code, kind)
    if kind == "alert":
        skipped = _raised(gbz.skip_alert, octets, 0, len(octets), code)
    else:
        skipped = _raised(gbz.skip, octets, 0, len(octets))
    assert (skipped.offset, skipped.field) == (error.offset, error.field)
    return error.offset, error.field


def test_a_command_is_its_components():
    record = _decode(COMMAND)
    assert record.profile == 0x0109
    (component,) = record.components
    assert (component.control, component.cluster, component.name) == (1, 0x0702, "ReadAttributes")
    assert component.fields == [("SiteID", "attribId", 0x0307, None)]
    assert component.block is None
    assert component.from_date_time is None


def test_a_response_says_what_was_read():
    group = _decode(RESPONSE, 0, "response").components[0].fields[0]
    assert group[0] == "SiteID"
    assert group[2][2] == ("value", "typed octstr", b"1000999888", "text")


def test_a_component_may_start_at_a_date_time():
    record = _decode(DATED)
    component = record.components[1]
    assert component.from_date_time == 0xFFFFFFFF
    assert component.name == "SetLowCreditWarningLevel"
    assert component.fields[0][:3] == ("low_credit_warning_level", "uint32", 5000000)
    assert [part.from_date_time for part in record.components] == [None, 0xFFFFFFFF, None]


def test_an_encrypted_component_keeps_its_block_until_it_is_opened():
    component = _decode(SEALED, 0x0074, "response").components[0]
    assert component.fields is None
    assert (component.additional_header, component.frame_counter) == (0, 0)
    assert component.block[:5] == b"\x31\x00\x00\x00\x00"
    assert component.name == "ReadAttributesResponse"
    fields = gbz.decode_plaintext(PLAINTEXT, component)
    names = [field[0] for field in fields]
    assert names == ["Divisor", "Multiplier", "UnitOfMeasure", "CurrentSummationDelivered"]
    assert fields[3][2][2][:3] == ("value", "typed uint48", 12345)


def test_every_octet_cut_off_is_noticed():
    for octets in (COMMAND, RESPONSE, DATED, SEALED):
        for size in range(len(octets)):
            assert _refused(octets[:size])[0] <= size
    for octets in (FUTURE_DATED, HASH, BARE, DETAIL):
        for size in range(len(octets)):
            if octets[:size] != FUTURE_DATED[:9]:
                assert _refused(octets[:size], 0, "alert")[0] <= size


def test_every_octet_too_many_is_noticed():
    for octets in (COMMAND, RESPONSE, DATED, SEALED):
        assert _refused(octets + b"\0") == (len(octets), "components")
    for octets in (FUTURE_DATED, HASH, BARE, DETAIL):
        assert _refused(octets + b"\0", 0, "alert") == (len(octets), "alert")


def test_control_octets_are_checked():
    for control in (0x00, 0x05, 0x09, 0x21, 0x41, 0x81, 0x13):
        assert _refused(COMMAND[:3] + bytes((control,)) + COMMAND[4:]) == (3, "control")
    assert _refused(COMMAND[:2] + b"\x02" + COMMAND[3:] + COMMAND[3:]) == (3, "control")


def test_headers_are_checked():
    assert _refused(b"\x01\x08" + COMMAND[2:]) == (0, "profile")
    assert _refused(COMMAND[:2] + b"\0") == (2, "components")
    assert _refused(COMMAND[:8] + b"\x04" + COMMAND[9:]) == (8, "zcl_header")
    assert _refused(SEALED[:8] + b"\x01" + SEALED[9:]) == (8, "additional_header")
    assert _refused(SEALED[:14] + b"\x2d" + SEALED[15:]) == (13, "block_length")
    assert _refused(SEALED[:15] + b"\x30" + SEALED[16:]) == (15, "block")


def test_an_alert_names_the_future_dated_command():
    alert = _decode(FUTURE_DATED, 0x00CD, "alert")
    assert (alert.code, alert.time) == (0x8F66, 0x38818890)
    assert [field[2] for field in alert.body] == [14, 0x006B, 1005, 0x0700, 9, 6]
    assert alert.body[3][3] == "enum:1792=Price"
    assert alert.body[5][3] == "enum:6=PublishBlockThresholds"


def test_other_alerts_say_what_their_code_calls_for():
    assert _decode(HASH, 0x00CF, "alert").body[1][2] == b"\xa1" * 32
    assert _decode(DETAIL, 0x00F2, "alert").body[0][2] == 5
    assert _decode(BARE, 0x1000, "alert").body == []
    # GCS53: the billing data log, encrypted
    billing = bytes.fromhex("0109018f0a1c374a80") + SEALED[3:]
    alert = _decode(billing, 0x008B, "alert")
    assert alert.body is None
    assert alert.component.cluster == 0x0702


def test_an_alert_of_no_components_has_no_body():
    assert _refused(BARE + b"\0", 0x1000, "alert") == (9, "alert")
    assert _refused(bytes.fromhex("0109028f301c374a80"), 0, "alert") == (2, "components")


def test_what_would_not_decode_is_not_encoded():
    def component(octets, **changes):
        found = gbz.decode(octets, 0, len(octets), 0, "command").components[0]
        for name in changes:
            setattr(found, name, changes[name])
        return found

    for found in (
        component(COMMAND, control=0),
        component(COMMAND, control=3),
        component(COMMAND, from_date_time=0),
        component(COMMAND, fields=None),
        component(COMMAND, frame_control=4),
        component(COMMAND, cluster=0x10000),
        component(COMMAND, sequence=None),
        component(SEALED, block=b"31"),
        component(SEALED, frame_counter=None),
        component(SEALED, additional_header=1),
        component(SEALED, fields=[]),
    ):
        assert isinstance(_raised(gbz.encode, gbz.Gbz(0x0109, [found])), EncodeError)
    for components in ([], [component(COMMAND)] * 256, [component(COMMAND)] * 2):
        assert isinstance(_raised(gbz.encode, gbz.Gbz(0x0109, components)), EncodeError)
