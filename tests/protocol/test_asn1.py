"""ASN.1 payloads: every reference one, and what asn1tools makes of our own module of them."""

import contextlib
import datetime
import ipaddress
import pathlib
import warnings

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from gbcs import message
from gbcs.asn1 import asn1, der, rows, schema
from gbcs.errors import DecodeError

with warnings.catch_warnings():  # of what the peer imports
    warnings.simplefilter("ignore")
    import asn1tools

MODULES = pathlib.Path(__file__).parent.parent.parent / "protocol" / "asn1"
FILES = [str(MODULES / name) for name in ("GbcsPayloads.asn1", "GbcsCertificates.asn1")]
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    PEER = asn1tools.compile_files(FILES, "der")
    PARSED = asn1tools.parse_files(FILES)["GbcsPayloads"]["types"]
# the peer wants a name for each type; for us a CS02d command is a Certificate
PEER_NAMES = {"Certificate": "UpdateDeviceCertificateCommand"}
DEFAULTS = {"cellUsage": 0, "critical": False, "version": 0, "ca": False}


def read(type_name, octets, certificates=True):
    return asn1.decode(type_name, octets, 0, len(octets), certificates)


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def assert_same(field, peer):
    """That a field of ours says what the peer's value says."""
    name, kind, value, hint = field
    kind = kind.removesuffix(" ~82").split("] ")[-1]
    if kind == "[0]" or kind == "[3]":
        assert len(value) == 1
        assert_same(value[0], peer)
    elif isinstance(peer, tuple) and isinstance(peer[0], str):  # a CHOICE
        if name in ("request", "certificate", "error", "command_accepted", "outcome"):
            assert camel(name) == peer[0]
        assert_same(field, (peer[1],) if isinstance(peer[1], tuple) else peer[1])
    elif kind == "SEQUENCE" and isinstance(peer, dict):
        names = {camel(child[0]) for child in value}
        names |= {key for key, default in DEFAULTS.items() if peer.get(key) == default}
        if list(peer) == ["attributeType", "value"]:  # whose value we call by its type
            peer = {"attributeType": peer["attributeType"], camel(value[1][0]): peer["value"]}
        assert names >= set(peer)
        for child in value:
            assert_same(child, peer[camel(child[0])])
    elif kind in ("SEQUENCE OF", "SET OF") and isinstance(peer, list):
        assert len(value) == len(peer)
        for child, other in zip(value, peer, strict=True):
            assert child[0] in (None, "extension_request")
            assert_same(child, other)
    elif isinstance(peer, tuple):  # a BIT STRING and its number of bits
        octets, size = peer if isinstance(peer[0], (bytes, bytearray)) else peer[0]
        if isinstance(value, list):
            value = b"".join(der.encode(child) for child in value)
        if isinstance(value, str):
            bits = "".join("%08d" % int(bin(octet)[2:]) for octet in octets)[:size]
            assert value == bits
        else:
            assert (value, 8 * len(value)) == (bytes(octets), size)
    elif isinstance(peer, datetime.datetime):
        form = "%Y%m%d%H%M%SZ" if kind == "GeneralizedTime" else "%y%m%d%H%M%SZ"
        assert value == peer.strftime(form)
    elif kind == "ENUMERATED":
        assert "%d=%s" % (value, peer) in hint.removeprefix("enum:").split(",")
    elif isinstance(peer, bytearray):  # ANY
        assert der.encode(field) == peer
    elif isinstance(value, list):  # what is inside an OCTET STRING
        assert b"".join(der.encode(child) for child in value) == peer
    else:
        assert value == peer
        assert type(value) is type(peer)


def payloads(references):
    """Message's name, type and octets of each ASN.1 payload."""
    found = []
    for reference in references:
        m = message.decode(reference.octets)
        kind = "command" if m.kind == "precommand" else m.kind
        type_name = asn1.payload_type(m.code, kind)
        if type_name is not None:
            found.append((reference.name, type_name, m.content))
    return found


def test_every_reference_payload_round_trips_octet_for_octet(references):
    found = payloads(references)
    assert len(found) == 154
    for name, type_name, octets in found:
        for certificates in (True, False):
            field = read(type_name, octets, certificates)
            assert der.encode(field) == octets, name


def test_every_reference_payload_says_what_the_peer_reads(references):
    for _, type_name, octets in payloads(references):
        peer = PEER.decode(PEER_NAMES.get(type_name, type_name), octets)
        assert_same(read(type_name, octets), peer)


def test_the_peer_reads_what_is_written(references):
    for _, type_name, octets in payloads(references):
        name = PEER_NAMES.get(type_name, type_name)
        written = der.encode(read(type_name, octets))
        assert PEER.decode(name, written) == PEER.decode(name, octets)


def leaves(field, path=()):
    name, _, value, _ = field
    path = (*path, name)
    if isinstance(value, list):
        for child in value:
            yield from leaves(child, path)
    else:
        yield path, field


def test_every_leaf_has_a_name_or_is_an_element_of_a_named_array(references):
    for _, type_name, octets in payloads(references):
        for path, field in leaves(read(type_name, octets)):
            assert field[0] or path[-2], path
            assert field[1] != "ANY"


def test_long_lengths_are_told_by_the_type_and_stand_where_they_stood(references):
    long = set()
    for name, type_name, octets in payloads(references):
        field = read(type_name, octets)
        if " ~82" in repr(field):
            long.add(name)
            assert octets[:3] == b"\x30\x82\x00"
            assert field[1].endswith(" ~82")
    assert len(long) == 16


def test_reference_payloads_cut_at_any_octet_are_refused(references):
    seen = set()
    for _, type_name, octets in payloads(references):
        if octets in seen or (len(octets) > 600 and len(seen) > 12):
            continue
        seen.add(octets)
        for end in range(len(octets)):
            with pytest.raises(DecodeError) as caught:
                read(type_name, octets[:end])
            assert caught.value.offset <= end
            with pytest.raises(DecodeError):
                asn1.decode(type_name, octets, 0, end)


def test_octets_after_a_reference_payload_are_refused(references):
    for _, type_name, octets in payloads(references):
        with pytest.raises(DecodeError) as caught:
            read(type_name, octets + b"\x05\x00")
        assert caught.value.offset == len(octets)


def samples(references):
    """A payload of each type, the shortest."""
    shortest = {}
    for _, type_name, octets in payloads(references):
        if type_name not in shortest or len(octets) < len(shortest[type_name]):
            shortest[type_name] = octets
    return shortest


def test_any_octet_changed_is_refused_or_is_another_value(references):
    for type_name, octets in samples(references).items():
        values = range(256) if len(octets) < 120 else (0, 1, 0x30, 0x7F, 0x80, 0x82, 0xFF)
        for at in range(len(octets)):
            for value in values:
                damaged = octets[:at] + bytes((value,)) + octets[at + 1 :]
                try:
                    field = read(type_name, damaged)
                except DecodeError:
                    continue
                assert der.encode(field) == damaged


def test_offsets_are_counted_in_the_whole_message(references):
    for type_name, octets in samples(references).items():
        for end in range(len(octets)):
            with pytest.raises(DecodeError) as alone:
                read(type_name, octets[:end])
            with pytest.raises(DecodeError) as within:
                asn1.decode(type_name, b"\xdf" * 50 + octets, 50, 50 + end)
            assert within.value.offset == alone.value.offset + 50
            assert within.value.what == alone.value.what


# What the table says, against the module.


def numbers_of(parsed):
    """The named numbers of a type that the module gives, as pairs."""
    if parsed["type"] == "ENUMERATED":
        return {(number, name) for name, number in parsed["values"]}
    return {(number, name) for name, number in parsed.get("named-numbers", {}).items()}


def test_every_payload_type_of_the_table_is_in_the_module():
    for row in schema.PAYLOADS:
        for type_name in row[1:]:
            assert type_name is None or PEER_NAMES.get(type_name, type_name) in PARSED


def test_named_numbers_are_those_of_the_module():
    checked = 0
    for type_name, parsed in PARSED.items():
        numbers = numbers_of(parsed)
        if numbers and parsed["type"] in ("INTEGER", "ENUMERATED"):
            hint = rows._type(type_name)[3]
            pairs = [pair.split("=") for pair in hint.removeprefix("enum:").split(",")]
            assert {(int(number), name) for number, name in pairs} == numbers, type_name
            checked += 1
    assert checked >= 9


def test_payload_types_are_sorted_by_code_and_none_stands_twice():
    codes = [row[0] for row in schema.PAYLOADS]
    assert codes == sorted(set(codes))


def test_a_code_without_asn1_or_a_kind_it_does_not_have_has_no_type():
    assert asn1.payload_type(0x0062, "command") is None
    assert asn1.payload_type(0x00CA, "command") is None
    assert asn1.payload_type(0x0008, "alert") is None
    assert asn1.payload_type(0x0109, "response") == "UpdateCredentialsResponse"


# Values of every type, made from the module, written by the peer.

CERTIFICATE = bytes.fromhex(  # made with pyca/cryptography 42 for this test: device 00DB...A0
    "308201ac30820151a00302010202100123456789abcdef0123456789abcdef300a06082a8648ce3d04030230"
    "1a310b3009060355040b0c023037310b300906035504030c0254313020170d3136303430363030303030305a"
    "180f39393939313233313233353935395a30003059301306072a8648ce3d020106082a8648ce3d0301070342"
    "000410a490523955cbc2c2d3452458fcdf97c4733469f187905f5cb67347f4244eb8725142ef53dc5f96cd9b"
    "28a7cdb01259e21aad08c2c137fe1689d6315d37a37fa3819030818d300e0603551d0f0101ff040403020780"
    "30110603551d0e040a0408000102030405060730350603551d110101ff042b3029a02706082b060105050708"
    "04a01b3019060d2a863a0001848fb90f01020201040800db1234567890a0301c0603551d200101ff04123010"
    "300e060c2a863a0001edee400102010430130603551d23040c300a800808090a0b0c0d0e0f300a06082a8648"
    "ce3d0403020349003046022100831ffcb38c65c71a6e987235a87dba4c5a4eff9650dd483d5b9cb36b7c4339"
    "1b022100d467659347ce8d8965ae9f3896fa977810c036bfe72146e58aaa212df49dcb85"
)
REQUEST = bytes.fromhex(  # likewise
    "3082010e3081b4020100300d310b300906035504030c0244313059301306072a8648ce3d020106082a8648ce"
    "3d0301070342000410a490523955cbc2c2d3452458fcdf97c4733469f187905f5cb67347f4244eb8725142ef"
    "53dc5f96cd9b28a7cdb01259e21aad08c2c137fe1689d6315d37a37fa045304306092a864886f70d01090e31"
    "36303430320603551d11042b3029a02706082b06010505070804a01b3019060d2a863a0001848fb90f010202"
    "01040800db1234567890a0300a06082a8648ce3d040302034900304602210096f1ff0a2e1fad4befcff83894"
    "78af4d0d50e4d9eaa55b9f6d8ef605b8001928022100a23964ea0f4e8e71e8baa34781203c9db3ac4b243419"
    "4cc1933fb61ea9cd5419"
)
BASES = {
    "INTEGER": st.integers(-(1 << 200), 1 << 200) | st.integers(-3, 300),
    "GeneralizedTime": st.datetimes(datetime.datetime(1000, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    "NULL": st.none(),
}


def values_of(parsed):
    """A strategy of the peer's values for a type as the module gives it."""
    kind = parsed["type"]
    if kind == "OCTET STRING":
        size = parsed.get("size", [None])[0]
        return st.binary(min_size=size or 0, max_size=size or 140)
    if kind == "BIT STRING":  # named bits: the last is a 1
        return st.text("01", max_size=8).map(lambda bits: bits_value(bits + "1"))
    if kind == "ENUMERATED":
        return st.sampled_from([name for name, _ in parsed["values"]])
    if kind == "SEQUENCE":
        required = {}
        optional = {}
        for member in parsed["members"]:
            into = optional if member.get("optional") or "default" in member else required
            into[member["name"]] = values_of(member)
        return st.fixed_dictionaries(required, optional=optional)
    if kind == "SEQUENCE OF":
        return st.lists(values_of(parsed["element"]), max_size=4)
    if kind == "CHOICE":
        return st.one_of(
            [values_of(m).map(lambda value, m=m: (m["name"], value)) for m in parsed["members"]]
        )
    if kind == "Certificate":
        return st.just(PEER.decode("UpdateDeviceCertificateCommand", CERTIFICATE))
    if kind == "CertificationRequest":
        return st.just(PEER.decode("IssueCredentialsResponse", REQUEST)[1])
    return BASES[kind] if kind in BASES else values_of(PARSED[kind])


def bits_value(bits):
    unused = -len(bits) % 8
    return (int(bits + "0" * unused, 2).to_bytes((len(bits) + unused) // 8, "big"), len(bits))


@pytest.mark.parametrize("type_name", sorted(PARSED))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_the_peer_writes_is_read_and_written_alike(type_name, data):
    value = data.draw(values_of(PARSED[type_name]))
    octets = PEER.encode(type_name, value)
    ours = {name: ours for ours, name in PEER_NAMES.items()}.get(type_name, type_name)
    field = read(ours, octets)
    assert der.encode(field) == octets
    assert_same(field, PEER.decode(type_name, octets))
    closed = read(ours, octets, certificates=False)
    assert der.encode(closed) == octets


# Certificates inside payloads.


def found(field, *names):
    for name in names:
        field = next(child for child in field[2] if child[0] == name)
    return field


def test_a_certificate_is_named_down_to_the_leaf():
    field = read("Certificate", CERTIFICATE)
    tbs = found(field, "tbs_certificate")
    assert found(tbs, "serial_number")[2] == 0x0123456789ABCDEF0123456789ABCDEF
    assert found(tbs, "validity", "not_before")[1:3] == ("UTCTime", "160406000000Z")
    assert found(tbs, "validity", "not_after")[1:3] == ("GeneralizedTime", "99991231235959Z")
    assert [child[2][0][2][1][:3] for child in found(tbs, "issuer")[2]] == [
        ("organizational_unit_name", "UTF8String", "07"),
        ("common_name", "UTF8String", "T1"),
    ]
    names = [child[2][-1][2][0][:3] for child in found(tbs, "extensions", "extensions")[2]]
    assert names[0] == ("key_usage", "BIT STRING", "1")
    assert names[1] == ("subject_key_identifier", "OCTET STRING", bytes(range(8)))
    assert names[4][2][0][:3] == ("key_identifier", "[0] OCTET STRING", bytes(range(8, 16)))
    serial = names[2][2][0][2][1][2][0][2][1]
    assert serial == ("hw_serial_num", "OCTET STRING", bytes.fromhex("00DB1234567890A0"), "eui64")
    assert [child[0] for child in found(field, "signature_value", "ecdsa_sig_value")[2]] == [
        "r",
        "s",
    ]


def test_a_certificate_that_stays_closed_is_one_leaf():
    field = read("ProvideDeviceCertificateResponse", CERTIFICATE, certificates=False)
    assert field == ("certificate", "ANY", CERTIFICATE, None)
    assert der.encode(field) == CERTIFICATE


def test_the_outline_of_a_closed_certificate_is_checked():
    octets = CERTIFICATE[:-2]
    octets = octets[:2] + (len(octets) - 4).to_bytes(2, "big") + octets[4:]
    with pytest.raises(DecodeError):
        read("Certificate", octets, certificates=False)


def test_a_certificate_has_no_length_in_the_long_form_of_payloads():
    at = CERTIFICATE.index(b"\x30\x81")
    octets = bytearray(CERTIFICATE)
    octets[at + 1 : at + 2] = b"\x82\x00"
    octets[3] += 1
    octets[7] += 1
    with pytest.raises(DecodeError) as caught:
        read("Certificate", bytes(octets))
    assert (caught.value.offset, caught.value.field) == (at + 1, "extensions")


def test_an_extension_of_another_kind_keeps_its_octets():
    octets = CERTIFICATE.replace(bytes.fromhex("0603551D0E"), bytes.fromhex("0603551D7E"))
    field = read("Certificate", octets)
    extension = found(field, "tbs_certificate", "extensions", "extensions")[2][1]
    assert extension[2][1][:3] == ("extn_value", "OCTET STRING", b"\x04\x08" + bytes(range(8)))
    assert der.encode(field) == octets


def test_a_signature_with_a_zero_too_many_stays_octets():
    r, s = bytes(32), b"\x01" * 32
    value = b"\x30\x44\x02\x20" + r + b"\x02\x20" + s
    at = CERTIFICATE.index(b"\x03", len(CERTIFICATE) - 76)
    octets = CERTIFICATE[:at] + b"\x03\x47\x00" + value
    octets = octets[:2] + (len(octets) - 4).to_bytes(2, "big") + octets[4:]
    field = read("Certificate", octets)
    assert field[2][-1][:3] == ("signature_value", "BIT STRING", value)
    assert der.encode(field) == octets


def test_any_octet_of_a_certificate_changed_is_refused_or_is_another_value():
    for type_name, octets in (("Certificate", CERTIFICATE), ("IssueCredentialsResponse", REQUEST)):
        for at in range(len(octets)):
            for change in (1, 2, 0x20, 0x7F, 0x80, 0xFF):
                damaged = bytearray(octets)
                damaged[at] ^= change
                with contextlib.suppress(DecodeError):
                    assert der.encode(read(type_name, bytes(damaged))) == damaged


def general_certificate(key):
    """Of a kind that no GBCS device has."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "GB"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Énergie"),
            x509.NameAttribute(NameOID.POSTAL_CODE, "SW1A"),
        ]
    )
    alternatives = [
        x509.DNSName("example.org"),
        x509.RFC822Name("a@example.org"),
        x509.UniformResourceIdentifier("https://example.org/"),
        x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
        x509.DirectoryName(name),
        x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
        x509.OtherName(x509.ObjectIdentifier("1.2.3"), b"\x0c\x01a"),
    ]
    policy = x509.PolicyInformation(
        x509.ObjectIdentifier("1.2.3.4"), ["https://example.org/", x509.UserNotice(None, "text")]
    )
    builder = (
        x509.CertificateBuilder()
        .issuer_name(name)
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(5)
        .not_valid_before(datetime.datetime(2020, 1, 1))
        .not_valid_after(datetime.datetime(2060, 1, 1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=2), critical=True)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.CertificatePolicies([policy]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier(b"1", [x509.DirectoryName(name)], 7), False)
        .add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.2.3")]), critical=False)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize("kind", ["rsa", "p384"])
def test_certificates_of_other_kinds_are_read_and_written_back(kind):
    key = rsa.generate_private_key(65537, 1024) if kind == "rsa" else None
    octets = general_certificate(key or ec.generate_private_key(ec.SECP384R1()))
    field = read("Certificate", octets)
    assert der.encode(field) == octets
    names = {leaf[0] for _, leaf in leaves(field)}
    assert names >= {
        "dns_name",
        "rfc822_name",
        "ip_address",
        "registered_id",
        "path_len_constraint",
    }
    assert_same(field, PEER.decode("UpdateDeviceCertificateCommand", octets))


# What is refused, and where.

REFUSED = [  # type, octets, offset, field
    ("SetTimeCommand", "0500", 0, "set_time_command"),
    ("ReadJoinDetailsCommand", "05 01 00", 2, "read_join_details_command"),
    ("ReadJoinDetailsCommand", "30 00", 0, "read_join_details_command"),
    ("UnjoinDeviceCommand", "04 07 00DB1234567890", 2, "unjoin_device_command"),
    ("UnjoinDeviceCommand", "04 09 00DB123456789001 00", 2, "unjoin_device_command"),
    ("UnjoinDeviceResponse", "02 02 00 00", 2, "unjoin_device_response"),
    ("UnjoinDeviceResponse", "0A 01 00", 0, "unjoin_device_response"),
    ("IssueCredentialsCommand", "30 04 03 02 06 80", 4, "key_usage"),
    ("IssueCredentialsCommand", "30 00", 2, "key_usage"),
    ("IssueCredentialsCommand", "30 01 03", 2, "key_usage"),
    ("IssueCredentialsCommand", "30 06 03 02 07 80 05 00", 6, ""),
    ("IssueCredentialsResponse", "04 00", 0, ""),
    ("ActivateFirmwareResponse", "02 01 00", 0, ""),
    ("ReadJoinDetailsResponse", "30 05 02 01 00 31 00", 5, ""),
    ("ReadJoinDetailsResponse", "30 07 02 01 00 30 02 05 00", 7, ""),
    ("ProvideCredentialDetailsResponse", "30 08 30 06 02 01 02 0A 01 01", 9, "status"),
    ("ProvideCredentialDetailsResponse", "30 09 30 07 02 01 02 0A 02 00 05", 9, "status"),
    ("RestoreGpfLogCommand", "30 05 30 03 30 01 04", 6, "device_id"),
]


@pytest.mark.parametrize(("type_name", "text", "offset", "field"), REFUSED)
def test_what_is_not_of_the_type_is_refused_where_it_stands(type_name, text, offset, field):
    with pytest.raises(DecodeError) as caught:
        read(type_name, bytes.fromhex(text))
    assert (caught.value.offset, caught.value.field) == (offset, field)


def test_a_default_that_is_written_all_the_same_is_refused():
    cell = "02 01 02 03 02 07 80"
    octets = bytes.fromhex("30 0E 30 07 " + cell + " 30 03 02 01 02")
    assert der.encode(read("ProvideCredentialDetailsCommand", octets)) == octets
    octets = bytes.fromhex("30 11 30 0A " + cell + " 02 01 00 30 03 02 01 02")
    with pytest.raises(DecodeError) as caught:
        read("ProvideCredentialDetailsCommand", octets)
    assert (caught.value.offset, caught.value.field) == (11, "cell_usage")
    octets = octets[:13] + b"\x01" + octets[14:]
    assert read("ProvideCredentialDetailsCommand", octets)[2][0][2][2][2] == 1


def test_a_type_that_is_not_in_the_table_is_our_bug():
    with pytest.raises(KeyError):
        read("NoSuchType", b"\x05\x00")


def test_the_draft_disconnection_from_the_han_has_types_under_any_code(monkeypatch):
    assert asn1.payload_type(0x7F01, "command") is None
    monkeypatch.setitem(asn1.provisional, 0x7F01, asn1.DISCONNECT_FROM_HAN)
    assert asn1.payload_type(0x7F01, "command") == "DisconnectFromHanCommand"
    assert asn1.payload_type(0x7F01, "response") == "DisconnectFromHanResponse"
    assert asn1.payload_type(0x7F01, "alert") is None
    assert der.encode(read("DisconnectFromHanCommand", b"\x05\x00")) == b"\x05\x00"
    field = read("DisconnectFromHanResponse", bytes.fromhex("020101"))
    assert field == (
        "disconnect_from_han_response",
        "INTEGER",
        1,
        "enum:0=success,1=notJoined,2=otherFailure",
    )


@given(st.sampled_from(sorted(PARSED)), st.binary(max_size=120))
def test_any_octets_are_read_and_written_back_or_raise_a_decode_error(type_name, octets):
    type_name = {name: ours for ours, name in PEER_NAMES.items()}.get(type_name, type_name)
    with contextlib.suppress(DecodeError):
        assert der.encode(read(type_name, octets)) == octets
