"""ASN.1 payloads on both Pythons: what asn1tools wrote is read and written alike.

Made with asn1tools 0.167 from protocol/asn1, for this file.
"""

from gbcs.asn1 import asn1, der
from gbcs.errors import DecodeError

PAYLOADS = (
    ("ProvideCredentialDetailsCommand", "3014300702010203020780300902010202010302017f"),
    (
        "ProvideCredentialDetailsResponse",
        "304c30420201020a01000201013037301803020780040890b3d51f3001000004080001020304050607301b03020308020101040890b3d51f300100000408000102030405060730060201050a017f",
    ),
    ("UpdateCredentialsResponse", "30020500"),
    (
        "UpdateCredentialsResponse",
        "305f0500305b020601000000000002010230133011020102020100300930070201000202012c30393037300a020102030203080201010a0105040890b3d51f3001000004080001020304050607040890b3d51f3001000004080001020304050607",
    ),
    (
        "UpdateCredentialsAlert",
        "30730203008f66180f32303330303131353039303030305a305b020601000000000002010230133011020102020100300930070201000202012c30393037300a020102030203080201010a0105040890b3d51f3001000004080001020304050607040890b3d51f3001000004080001020304050607",
    ),
    ("IssueCredentialsCommand", "300403020308"),
    ("IssueCredentialsResponse", "020102"),
    ("UpdateDeviceCertificateResponse", "020104"),
    ("JoinDeviceResponse", "02010d"),
    ("UnjoinDeviceCommand", "040800db1234567890a0"),
    ("DisconnectFromHanCommand", "0500"),
    ("DisconnectFromHanResponse", "020101"),
    ("ReadJoinDetailsResponse", "3014020100300f300d040800db1234567890a0020100"),
    (
        "ActivateFirmwareCommand",
        "303e0420000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0209008000000000000000180f39393939313233313233353935395a",
    ),
    ("ActivateFirmwareResponse", "0500"),
    ("ActivateFirmwareResponse", "3009020102040401020304"),
    (
        "ActivateFirmwareAlert",
        "30240203008f67180f32303330303131353039303030305a0201073009020103040401020304",
    ),
    ("ReadFirmwareVersionResponse", "3009040401020304020101"),
    (
        "FirmwareActivationAlert",
        "301f0203008f8b180f32303330303131353039303030305a040401020304020100",
    ),
    (
        "FirmwareTransferAlert",
        "30290203008f8a180f32303330303131353039303030305a040800db1234567890a0040401020304020102",
    ),
    ("SetTimeCommand", "3022180f32303330303131353039303030305a180f32303238303232393233353935395a"),
    ("SetTimeResponse", "3014180f32303330303131353039303030305a020102"),
    ("RestoreGpfLogCommand", "3011300f300d040800db1234567890a0020105"),
    ("RestoreGpfLogResponse", "301630143012300d040800db1234567890a0020105020104"),
    ("BackupGpfLogAlert", "30180203008071180f32303330303131353039303030305a3000"),
)


def octets_of(name, index=0):
    return [bytes.fromhex(text) for other, text in PAYLOADS if other == name][index]


def read(name, octets):
    return asn1.decode(name, octets, 0, len(octets))


def value(field, *path):
    for name in path:
        found = [child for child in field[2] if child[0] == name]
        field = found[0] if found else field[2][name]
    return field[2]


def refused(name, octets):
    """The offset at which it is refused, or None."""
    offset = None
    try:
        assert der.encode(read(name, octets)) == octets
    except DecodeError as error:
        offset = error.offset
    assert offset is None or 0 <= offset <= len(octets)
    return offset


def test_what_the_peer_wrote_is_read_and_written_alike():
    for name, text in PAYLOADS:
        octets = bytes.fromhex(text)
        field = read(name, octets)
        assert der.encode(field) == octets, name
        assert der.skip(octets, 0, len(octets)) == len(octets)
        closed = asn1.decode(name, b"\xff" + octets + b"\xff", 1, 1 + len(octets), False)
        assert der.encode(closed) == octets, name


def test_values_are_those_the_peer_was_given():
    field = read("ProvideCredentialDetailsCommand", octets_of("ProvideCredentialDetailsCommand"))
    assert value(field, "authorising_cell", "role") == 2
    assert value(field, "authorising_cell", "key_usage") == "1"
    assert [child[2] for child in value(field, "roles_to_report")] == [2, 3, 127]
    field = read("UpdateCredentialsResponse", octets_of("UpdateCredentialsResponse", 1))
    assert value(field, "outcome", "authorising_seq_number") == 1 << 40
    replaced = value(field, "outcome", "replacements")[0]
    assert value(replaced, "cell", "cell_usage") == 1
    assert value(replaced, "status") == 5
    assert value(replaced, "existing_subject_key_id") == bytes(range(8))
    field = read("ActivateFirmwareCommand", octets_of("ActivateFirmwareCommand"))
    assert value(field, "originator_counter") == 1 << 63
    assert value(field, "execution_date_time") == "99991231235959Z"
    field = read("BackupGpfLogAlert", octets_of("BackupGpfLogAlert"))
    assert field[2][0] == ("alert_code", "INTEGER", 0x8071, "names:ALERT")
    assert value(field, "entries") == []


def test_payloads_cut_at_any_octet_are_refused():
    for name, text in PAYLOADS:
        octets = bytes.fromhex(text)
        for end in range(0, len(octets), 1 if len(octets) < 200 else 23):
            assert refused(name, octets[:end]) is not None


def test_any_octet_changed_is_refused_or_is_another_value():
    for name, text in PAYLOADS:
        octets = bytearray(bytes.fromhex(text))
        for at in range(0, len(octets), 1 if len(octets) < 120 else 13):
            for change in (1, 0x20, 0x81, 0xFF):
                octets[at] ^= change
                refused(name, bytes(octets))
                octets[at] ^= change


REFUSED = (  # type, octets, offset
    ("SetTimeCommand", "0500", 0),
    ("ReadJoinDetailsCommand", "050100", 2),
    ("UnjoinDeviceCommand", "040700db1234567890", 2),
    ("UnjoinDeviceResponse", "02020000", 2),
    ("IssueCredentialsCommand", "300403020680", 4),
    ("IssueCredentialsCommand", "3000", 2),
    ("IssueCredentialsCommand", "300103", 2),
    ("IssueCredentialsCommand", "3006030207800500", 6),
    ("IssueCredentialsResponse", "0400", 0),
    ("ReadJoinDetailsResponse", "300702010030020500", 7),
    ("ProvideCredentialDetailsResponse", "300830060201020a0101", 9),
    ("ProvideCredentialDetailsCommand", "3011300a020102030207800201003003020102", 11),
    ("SetTimeCommand", "3082ffff", 4),
    ("SetTimeCommand", "3084ffffffff", 1),
    ("SetTimeCommand", "3080", 1),
)


def test_what_is_not_of_the_type_is_refused_at_the_same_offset():
    for name, text, offset in REFUSED:
        assert refused(name, bytes.fromhex(text)) == offset, (name, text)
