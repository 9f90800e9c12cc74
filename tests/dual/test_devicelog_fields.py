"""The hub's device logs as DLMS data and as octets to keep. Octets are those of RTDS 4.5.0."""

from gbcs import devicelogfields as wire
from gbcs.axdr import axdr
from gbcs.devicelog import GPF as GPF_TYPE
from gbcs.devicelog import DeviceLog
from gbcs.errors import DecodeError

ESME = bytes.fromhex("00DB1234567890A0")
GSME = bytes.fromhex("00DB1234567890A1")
GPF = bytes.fromhex("00DB1234567890A3")
CODE = bytes.fromhex("83FED3407A939723A5C639B26916D505")
CODE_HASH = bytes.fromhex("A7977E88BC0B61E8210827109A228F2D")
DATE = bytes.fromhex("07DF0101FF000000008000FF")

CCS01 = "0204090800DB1234567890A01601091030313233343536373839414243444546" + "1600"
CCS02 = "090800DB1234567890A0"
CCS03 = (
    "0202090800000000000001400102"
    "0202090800DB1234567890A0091083FED3407A939723A5C639B26916D506"
    "0202090800DB1234567890A1091083FED3407A939723A5C639B26916D505"
)
CCS07 = (
    "0203090C07DF0101FF000000008000FF090800010203040506070102"
    "0202090800DB1234567890A0091083FED3407A939723A5C639B26916D506"
    "0202090800DB1234567890A1091083FED3407A939723A5C639B26916D505"
)
CS14 = "0203128F12090C07DF0101FF000000008000FF" + CCS07


class Hashing:
    """A hash that is none: what is tested here is where it goes."""

    def aes_mmo(self, data):
        return bytes([octet ^ 0x55 for octet in data])


def mac(number):
    return b"\x00\xdb\x12\x34\x56\x78\x90" + bytes((number,))


def with_key(log, number, key=bytes(16), device_type=0):
    """Lists a device that has agreed on a link key."""
    log.register(mac(number), device_type, CODE)
    log.established(mac(number), key, Hashing())


def field_of(text):
    octets = bytes.fromhex(text)
    return axdr.decode(octets, 0, len(octets))[0]


def raises(expected, function, *arguments):
    try:
        function(*arguments)
    except expected as error:
        return error
    raise AssertionError("nothing was raised")


def test_the_reference_commands_are_read_and_written():
    code = b"0123456789ABCDEF"
    assert wire.read_registration(field_of(CCS01)) == (ESME, code, 0)
    assert axdr.encode(wire.registration_field(ESME, code, 0)).hex().upper() == CCS01
    assert wire.read_removal(field_of(CCS02)) == ESME
    assert axdr.encode(wire.removal_field(ESME)).hex().upper() == CCS02
    pan, devices = wire.read_restore(field_of(CCS03))
    assert pan == bytes.fromhex("0000000000000140")
    assert [device for device, _ in devices] == [ESME, GSME]
    assert axdr.encode(wire.restore_field(pan, devices)).hex().upper() == CCS03


def test_the_reference_backup_and_alert_are_read_and_written():
    found = wire.read_backup(field_of(CCS07))
    assert found.date_time == DATE
    assert found.extended_pan_id == bytes(range(8))
    assert found.devices[1] == (GSME, CODE)
    assert axdr.encode(wire.backup_field(found)).hex().upper() == CCS07
    assert wire.read_alert(field_of(CS14)) == found
    assert axdr.encode(wire.alert_field(found)).hex().upper() == CS14


def test_a_backup_with_an_empty_hash_can_be_restored_elsewhere():
    log = DeviceLog(GPF)
    with_key(log, 1)
    log.register(mac(2), 1, CODE)
    found = wire.read_backup(
        field_of(axdr.encode(wire.backup_field(wire.backup(log, DATE))).hex())
    )
    other = DeviceLog(ESME)
    other.restore(found.extended_pan_id, found.devices)
    assert wire.backup(other, DATE) == found


def test_data_of_another_form_is_refused():
    for text, reader in (
        (CCS02, wire.read_registration),
        (CCS01.replace("1601", "1602"), wire.read_registration),
        ("0907" + "00" * 7, wire.read_removal),
        (CCS07, wire.read_restore),
        (CCS03, wire.read_backup),
        (CCS03.replace("0910", "0A10"), wire.read_restore),
        (CS14.replace("8F12", "8F13"), wire.read_alert),
    ):
        try:
            field = field_of(text)
        except DecodeError:
            continue  # the octets are no string
        assert raises(wire.WrongFields, reader, field).result == 12


def test_a_log_of_another_size_is_refused():
    devices = [(mac(number), CODE_HASH) for number in range(17)]
    raises(wire.WrongFields, wire.read_restore, wire.restore_field(GPF, devices))


def full_log():
    log = DeviceLog(GPF, split=False)
    for number in range(20):
        with_key(log, number, bytes([number]) * 16)
        log.remove(mac(number))
    for number in range(14):
        with_key(log, 100 + number, bytes([number]) * 16, 132)
    log.register(GPF, GPF_TYPE, None)
    log.register(ESME, 0, CODE, True)
    return log


def test_both_logs_come_back_from_the_octets_that_are_kept():
    for log in (DeviceLog(GPF), full_log()):
        octets = wire.to_octets(log)
        assert len(octets) <= 1576
        again = wire.from_octets(octets)
        assert again.entries == log.entries
        assert again.historic == log.historic
        assert (again.extended_pan_id, again.split) == (log.extended_pan_id, log.split)
        assert wire.to_octets(again) == octets


def test_damaged_octets_of_a_log_are_refused():
    octets = wire.to_octets(full_log())
    for at in range(0, len(octets), 37):
        damaged = octets[:at] + bytes((octets[at] ^ 4,)) + octets[at + 1 :]
        raises(DecodeError, wire.from_octets, damaged)
    for end in (0, 1, 3, 7, 14, 100, len(octets) - 1):
        raises(DecodeError, wire.from_octets, octets[:end])
    raises(DecodeError, wire.from_octets, octets + b"\x00")
