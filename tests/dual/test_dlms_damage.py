"""Damaged DLMS payloads on both Pythons: refused, and where. Samples as in test_dlms_payloads."""

from gbcs.dlms import dlms
from gbcs.errors import DecodeError, EncodeError

ADD_DEVICE = (
    "d920000516000303006800001e0300ff0102006800001e0300ff0302006800001e0300ff02"
    "03020409 0800db1234567890a01601091030313233343536373839414243444546160012005a03ff"
).replace(" ", "")
PIN_OFF = "d9200003e8000102000100005e2c030102010900"
PIN_OFF_ANSWER = "da200003e800000100010200"
READ_LOG = (
    "d9200003e800010400070000636200ff020102040204120001090600005e2c64ff0f02120000"
    "061c35f900061c374a8001000100"
)
OUTCOME = (
    "0f200007de000203128f66090c07ee010fff090000008000ff0913001900000000000003f0232800005e2c020006"
)


def _refused(text, code, kind):
    octets = bytes.fromhex(text)
    errors = []
    for call in (
        lambda: dlms.decode(octets, 0, len(octets), code, kind),
        lambda: dlms.skip(octets, 0, len(octets)),
    ):
        try:
            call()
        except DecodeError as error:
            errors.append((error.offset, error.what))
    assert len(errors) == 2
    assert errors[0] == errors[1]
    return errors[0][0]


def test_a_payload_that_is_not_whole_is_refused_where_it_ends():
    for text, code, kind in (
        (ADD_DEVICE, 0x0001, "command"),
        (READ_LOG, 0x0048, "command"),
        (PIN_OFF_ANSWER, 0x0023, "response"),
        (OUTCOME, 0x00CC, "alert"),
    ):
        for size in range(2, len(text), 2):
            assert _refused(text[:size], code, kind) <= size // 2
        assert _refused(text + "00", code, kind) == len(text) // 2


def test_lists_must_be_of_one_length():
    assert _refused(PIN_OFF[:34] + "020900" + "0900", 0x0023, "command") == 17
    assert _refused("da200003e8000001000201000100", 0x0023, "response") == 9
    assert _refused("da200003e8000002000001" + "0200", 0x0023, "response") == 10


def test_unknown_choices_are_refused():
    assert _refused(PIN_OFF.replace("0102000100", "0106000100"), 0x0023, "command") == 7
    assert _refused(PIN_OFF.replace("0102000100", "0100000100"), 0x0023, "command") == 7
    assert _refused(PIN_OFF_ANSWER[:-4] + "0400", 0x0023, "response") == 10
    assert _refused("da200003e80002" + "0100010200", 0x0023, "response") == 6


def test_a_payload_of_another_kind_is_refused():
    octets = bytes.fromhex(PIN_OFF)
    for kind in ("response", "alert"):
        found = None
        try:
            dlms.decode(octets, 0, len(octets), 0x0023, kind)
        except DecodeError as error:
            found = error
        assert (found.offset, found.field) == (0, "content")


def test_a_date_time_that_is_none_is_refused():
    bad = "d9200003e8" + "0c07df0d01ff000000008000ff" + PIN_OFF[12:]
    assert _refused(bad, 0x0023, "command") == 8


def test_what_makes_no_payload_is_not_written():
    data = ("value", "null-data", None, None)
    obis = bytes(6)
    for record in (
        dlms.AccessRequest(1 << 32, b"", []),
        dlms.AccessRequest(0, b"\x00", []),
        dlms.AccessRequest(0, b"", [(None, "take", 1, obis, 2, None, data)]),
        dlms.AccessRequest(0, b"", [(None, "get", 65536, obis, 2, None, data)]),
        dlms.AccessRequest(0, b"", [(None, "get", 1, obis[1:], 2, None, data)]),
        dlms.AccessRequest(0, b"", [(None, "get", 1, obis, 200, None, data)]),
        dlms.AccessRequest(0, b"", [(None, "get-with-selection", 1, obis, 2, None, data)]),
        dlms.AccessRequest(0, b"", [(None, "get", 1, obis, 2, data, data)]),
        dlms.AccessResponse(0, b"", None, [(None, "get-with-selection", 0, data)]),
        dlms.AccessResponse(0, b"", None, [(None, "get", 256, data)]),
        dlms.AccessResponse(0, b"", [], [(None, "get", 0, data)]),
        dlms.DataNotification(0, b"", ("body", "text", "", None)),
    ):
        try:
            dlms.encode(record)
        except EncodeError:
            continue
        raise AssertionError("nothing raised")


# ECS28a of RTDS 4.5.0: sets the load limit, to be so at once
LOAD_LIMIT = (
    "d9200003eb000802232800005e2c00030402232800005e2c80070402232800005e2c80060402232800005e2c"
    "80080402232800005e2c00030602232800005e2c80070602232800005e2c80060602232800005e2c80080608"
    "03ff0600001af4060000012c060000001e090cffffffffffffffffff8000ff090cffffffffffffffffff8000ff"
    "090cffffffffffffffffff8000ff090cffffffffffffffffff8000ff"
)


def _where(octets):
    try:
        dlms.decode(bytes(octets), 0, len(octets), 0x0043, "command")
    except DecodeError as error:
        return error.offset, error.field
    return None


def test_an_octet_string_that_is_a_date_time_must_be_one():
    whole = bytes.fromhex(LOAD_LIMIT)
    assert dlms.encode(dlms.decode(whole, 0, len(whole), 0x0043, "command")) == whole
    start = len(whole) - 12
    for place, wrong in ((2, 13), (3, 32), (4, 8), (5, 24), (6, 60), (7, 60), (8, 100), (9, 0x10)):
        octets = bytearray(whole)
        octets[start + place] = wrong
        assert _where(octets) == (start + place, "activate_passive_value_time")


def test_the_thirtieth_of_february_is_refused_in_a_date():
    octets = bytes.fromhex(LOAD_LIMIT[:-24] + "07df021eff000000008000ff")
    assert _where(octets) == (len(octets) - 9, "activate_passive_value_time")
