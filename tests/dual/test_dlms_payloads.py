"""DLMS payloads on both Pythons. Samples are those of the published reference test data set."""

from gbcs.dlms import dlms
from gbcs.errors import DecodeError

# CCS01: a device is put on the hub's device log, and joining opened
ADD_DEVICE = (
    "d920000516000303006800001e0300ff0102006800001e0300ff0302006800001e0300ff02"
    "03020409 0800db1234567890a01601091030313233343536373839414243444546160012005a03ff"
).replace(" ", "")
# ECS14: PIN protection off; and its answer
PIN_OFF = "d9200003e8000102000100005e2c030102010900"
PIN_OFF_ANSWER = "da200003e800000100010200"
# ECS35a: the event log between two times
READ_LOG = (
    "d9200003e800010400070000636200ff020102040204120001090600005e2c64ff0f02120000"
    "061c35f900061c374a8001000100"
)
# ECS08a 8F66: a future-dated value has been activated
OUTCOME = (
    "0f200007de000203128f66090c07ee010fff090000008000ff0913001900000000000003f0232800005e2c020006"
)
BARE_ALERT = "0f200007d0000202128f30090c07df0101ff000000008000ff"
# ECS66: protected attributes; the answer's block, and its plaintext
PROTECTED = (
    "da200003e90000010202010102021602020509090400000000000003e9090800db1234567890a0090890b3d51f30"
    "010000090002021602020209010209000939"
    "3100000000377b761ff79e94d4b3881e4373499557568c707ef181250a4173736d14a5c4aeb5e989bb8b8415580a"
    "a8eb408225cc5ecf58e358"
    "010300"
)
PLAINTEXT = "02011302020606201c0fbd800000005f1c110f00000000cb1c126080000000f31c13b2000000002e"
# ECS57: of three optional entries the first, or the second, is reset
RESET_ALL = "da200004b000000300000003030003000300"
RESET_ONE = "da200004b100000100010300"


def _decode(text, code, kind):
    octets = bytes.fromhex(text)
    record = dlms.decode(octets, 0, len(octets), code, kind)
    dlms.skip(octets, 0, len(octets))
    assert dlms.encode(record) == octets
    return record


def test_a_request_names_objects_attributes_and_fields():
    record = _decode(ADD_DEVICE, 0x0001, "command")
    assert (record.invoke_id, record.date_time) == (0x20000516, b"")
    name, choice, class_id, obis, index, selection, data = record.items[0]
    assert (name, choice) == ("DeviceLog(CHF).register_device", "action")
    assert (class_id, obis, index) == (104, bytes.fromhex("00001e0300ff"), 1)
    assert selection is None
    assert data[:2] == ("register_device", "structure")
    assert data[2][0] == (
        "ieee_address",
        "octet-string",
        bytes.fromhex("00db1234567890a0"),
        "eui64",
    )
    assert [field[0] for field in data[2]] == ["ieee_address", "key_type", "key", "device_type"]
    assert record.items[1][6] == ("join_timeout", "long-unsigned", 90, "unit:s")
    assert record.items[2][6] == ("enable_disable_joining", "boolean", True, None)


def test_a_response_has_the_names_of_what_was_asked():
    (item,) = _decode(PIN_OFF_ANSWER, 0x0023, "response").items
    assert item == (
        "DisablePrivacyPinProtection.value",
        "set",
        0,
        ("value", "null-data", None, None),
    )
    (item,) = _decode(PIN_OFF, 0x0023, "command").items
    assert item[6] == ("value", "octet-string", b"", None)


def test_a_selection_is_a_field_with_its_selector():
    (item,) = _decode(READ_LOG, 0x0048, "command").items
    assert item[1] == "get-with-selection"
    name, kind, parts, _ = item[5]
    assert (name, kind) == ("selection", "access-selection")
    assert parts[0] == ("access_selector", "unsigned", 1, None)
    assert parts[1][0] == "range_descriptor"
    assert parts[1][2][1] == ("from_value", "double-long-unsigned", 0x1C35F900, "utc")
    assert item[6] == ("buffer", "null-data", None, None)


def test_an_alert_begins_with_its_code_and_time():
    body = _decode(OUTCOME, 0x00CC, "alert").body
    assert body[2][0] == ("alert_code", "long-unsigned", 0x8F66, "names:alert")
    assert body[2][1][3] == "date-time"
    assert body[2][2][0] == "outcome"
    assert body[2][2][3].startswith("parts:message_code/2,originator_counter/8,class_id/2,")
    body = _decode(BARE_ALERT, 0x1000, "alert").body
    assert [field[0] for field in body[2]] == ["alert_code", "time"]


def test_what_no_template_knows_is_named_by_class_and_index():
    record = _decode(ADD_DEVICE, 0x7FFF, "command")
    assert record.items[1][0] == "DeviceLog(CHF).join_timeout"
    assert record.items[1][6][0] == "join_timeout"
    octets = ADD_DEVICE.replace("006800001e0300ff03", "006800001e0399ff03")
    assert _decode(octets, 0x0001, "command").items[1][0] == "0-0:30.3.153.255.join_timeout"
    octets = ADD_DEVICE.replace("006800001e0300ff03", "7fff00001e0300ff03")
    assert _decode(octets, 0x0001, "command").items[1][0] is None
    (item,) = _decode(PIN_OFF_ANSWER, 0x7FFF, "response").items
    assert item[0] is None
    body = _decode(OUTCOME, 0x7FFF, "alert").body
    assert [field[0] for field in body[2]] == ["alert_code", "time", None]


def test_a_response_without_optional_entries_is_named_as_far_as_it_can_be():
    items = _decode(RESET_ALL, 0x005A, "response").items
    assert [item[0] for item in items] == [
        "MaximumDemandActiveEnergyImportValue.reset",
        "MaximumDemand(ConfigurableTime)ActiveEnergyImportValue.reset",
        "MaximumDemandActiveEnergyExportValue.reset",
    ]
    (item,) = _decode(RESET_ONE, 0x005A, "response").items
    assert item[0] == "reset"


def test_an_action_among_optional_entries_is_found_by_its_choice():
    items = _decode("da200003ec00000300000003020002000300", 0x011E, "response").items
    assert items[2][0] == "AuxiliaryController[n].execute"
    assert items[0][0] == "value"


def test_a_response_may_repeat_what_was_asked():
    text = "da200003e8" + "00" + "01" + PIN_OFF[12:34] + "0100" + "010200"
    record = _decode(text, 0x0023, "response")
    assert record.specification == [
        ("DisablePrivacyPinProtection.value", "set", 1, bytes.fromhex("00005e2c0301"), 2, None)
    ]
    assert record.items[0][0] == "DisablePrivacyPinProtection.value"


def test_a_date_time_and_any_invoke_id_are_kept():
    text = "d9" + "ffffffff" + "0c07df0101ff000000008000ff" + PIN_OFF[12:]
    record = _decode(text, 0x0023, "command")
    assert record.invoke_id == 0xFFFFFFFF
    assert record.date_time.hex() == "07df0101ff000000008000ff"


def test_an_encrypted_block_is_found_and_its_plaintext_named():
    record = _decode(PROTECTED, 0x0060, "response")
    field = record.items[0][3][2][1]
    assert (field[0], field[3]) == ("protected_attributes", "encrypted")
    ((index, name, block),) = dlms.encrypted_blocks(record)
    assert (index, name) == (0, "DailyConsumptionLog.get_protected_attributes")
    assert block[:5].hex() == "3100000000"
    field = dlms.decode_plaintext(bytes.fromhex(PLAINTEXT), 0x0060, index)
    rows = field[2][0][2]
    assert rows[0][2] == [
        ("timestamp", "double-long-unsigned", 0x1C0FBD80, "utc"),
        ("dlValue", "double-long-unsigned", 0x5F, None),
    ]
    found = None
    try:
        dlms.decode_plaintext(bytes.fromhex(PLAINTEXT + "00"), 0x0060, 0)
    except DecodeError as error:
        found = error
    assert found.offset == len(PLAINTEXT) // 2
