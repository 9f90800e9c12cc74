"""The outside of a message."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gbcs import message
from gbcs.errors import DecodeError, EncodeError

# ECS14 SUCCESS, command and response: the first worked example of the framing facts
COMMAND = bytes.fromhex(
    "DD000000000000481100000000DF090100000000000003E80890B3D51F300100"
    "000800DB1234567890A00002002314D9200003E8000102000100005E2C030102"
    "010900004A23B545F6CA24D1DC19D676"
)
RESPONSE = bytes.fromhex(
    "DD000000000000401100000000DF090200000000000003E80800DB1234567890"
    "A00890B3D51F30010000000200230CDA200003E8000001000102000074943918"
    "C2D2CE9C96693467"
)
SUPPLIER = bytes.fromhex("90B3D51F30010000")
ESME = bytes.fromhex("00DB1234567890A0")


def test_a_reference_message_decodes_to_its_kind_and_encodes_to_its_octets(reference):
    m = message.decode(reference.octets)
    assert m.kind == reference.kind
    assert message.encode(m) == reference.octets


def test_the_fields_of_a_command_are_where_the_facts_say():
    m = message.decode(COMMAND)
    assert (m.kind, m.counter, m.code) == ("command", 1000, 0x0023)
    assert (m.originator, m.recipient, m.date_time) == (SUPPLIER, ESME, b"")
    assert m.content.hex() == "d9200003e8000102000100005e2c030102010900"
    assert (m.signature, m.mac.hex()) == (b"", "4a23b545f6ca24d1dc19d676")


@pytest.mark.parametrize("octets", [COMMAND, RESPONSE], ids=["command", "response"])
def test_a_truncated_message_is_refused_at_every_length(octets):
    for size in range(len(octets)):
        with pytest.raises(DecodeError) as caught:
            message.decode(octets[:size])
        assert 0 <= caught.value.offset <= size
        assert caught.value.field


def test_an_octet_too_many_is_refused():
    with pytest.raises(DecodeError):
        message.decode(COMMAND + b"\0")


@pytest.mark.parametrize(
    ("offset", "octet", "field"),
    [
        (0, 0xDE, "message"),
        (3, 1, "mac_wrapper"),
        (7, 0x47, "mac_wrapper_length"),
        (8, 0x31, "security_header"),
        (13, 0xD9, "general_signing"),
        (14, 8, "transaction_id"),
        (15, 4, "cra"),
        (24, 9, "originator"),
        (33, 9, "recipient"),
        (42, 11, "date_time"),
        (43, 3, "other_information"),
        (46, 0x80, "content_length"),
        (67, 0x41, "signature"),
    ],
)
def test_a_wrong_octet_is_named_with_its_offset_and_field(offset, octet, field):
    octets = bytearray(COMMAND)
    octets[offset] = octet
    with pytest.raises(DecodeError) as caught:
        message.decode(bytes(octets))
    assert caught.value.field == field
    assert abs(caught.value.offset - offset) <= 1


def test_a_length_not_in_its_shortest_form_is_refused():
    longer = COMMAND[:7] + b"\x81" + COMMAND[7:]
    with pytest.raises(DecodeError, match="shortest"):
        message.decode(longer)


@pytest.mark.parametrize("size", [2, 10, 18, 26, 200])
def test_each_form_of_other_information_reads_back(size):
    party, counter = (SUPPLIER, 7) if size > 10 else (SUPPLIER if size > 2 else None, None)
    octets = message.finish(
        message.compose(
            message.RESPONSE,
            5,
            ESME,
            SUPPLIER,
            0x27,
            b"\x05\x00",
            party=party,
            party_counter=counter,
            supplementary_counter=9 if size == 26 else None,
            certificate=b"\x30" + bytes(181) if size == 200 else None,
        )
    )
    m = message.decode(octets)
    assert (m.party, m.party_counter) == (party, counter)
    assert m.supplementary_counter == (9 if size == 26 else None)
    assert len(m.certificate or b"") == (182 if size == 200 else 0)
    assert message.encode(m) == octets


@pytest.mark.parametrize(
    "change",
    [
        {"cra": 4},
        {"counter": 1 << 64},
        {"originator": b"short"},
        {"recipient": b""},
        {"date_time": bytes(11)},
        {"code": -1},
        {"party": b"1"},
        {"content": bytes(0x10000)},
    ],
)
def test_what_makes_no_message_is_refused_on_writing(change):
    fields = {
        "cra": 1,
        "counter": 1,
        "originator": SUPPLIER,
        "recipient": ESME,
        "code": 0x23,
        "content": b"\x05\x00",
    }
    with pytest.raises(EncodeError):
        message.compose(**{**fields, **change})


@given(st.binary(max_size=400))
def test_any_octets_decode_or_raise_decode_error(octets):
    with contextlib.suppress(DecodeError):
        assert message.encode(message.decode(octets)) == octets


# ECS01c of RTDS 4.5.0: a response with the date-time at which it was made
DATED = (
    "DF090200000000000003EC0800DB1234567890A00890B3D51F300100000C07DF0101FF000000008000FF0200B7"
    "21DA200003EC000008000000000000000008020002000200020002000200020002004077"
    "22B737F5A66308AC876840BDC78FCB3B31E733B06C08036FACF65D743EE7A53BDF77021FFB8A8C4BDCEB0052D9"
    "828D525713CEFF25010EC130A86C68D43B9A"
)


@pytest.mark.parametrize(("place", "wrong"), [(2, 13), (3, 32), (5, 24), (6, 60), (9, 0x10)])
def test_a_date_time_that_no_calendar_has_is_refused(place, wrong):
    octets = bytearray.fromhex(DATED)
    assert message.decode(bytes(octets)).date_time.hex() == "07df0101ff000000008000ff"
    octets[30 + place] = wrong
    with pytest.raises(DecodeError) as caught:
        message.decode(bytes(octets))
    assert (caught.value.offset, caught.value.field) == (30 + place, "date_time")
