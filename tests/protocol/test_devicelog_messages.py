"""The device logs against whole reference messages, and against a model of their rules."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from gbcs import devicelogfields as wire
from gbcs import message
from gbcs.crypto import openssl
from gbcs.devicelog import DeviceLog, LogRefused
from gbcs.dlms import dlms
from gbcs.errors import DecodeError


def payload_of(references, name):
    """The decoded payload of one reference message."""
    octets = next(each.octets for each in references if each.name == name)
    m = message.decode(octets)
    return dlms.decode(octets, m.content_start, m.content_end, m.code, m.kind)


def test_the_fields_of_a_registration_are_those_of_the_reference_message(references):
    field = payload_of(references, "CCS01_8.11_SUCCESS_COMMAND").items[0][6]
    assert wire.registration_field(*wire.read_registration(field)) == field


def test_the_field_of_a_removal_is_that_of_the_reference_message(references):
    field = payload_of(references, "CCS02_8.11_SUCCESS_COMMAND").items[0][6]
    assert wire.removal_field(wire.read_removal(field)) == field


def test_the_fields_of_a_restore_are_those_of_the_reference_message(references):
    field = payload_of(references, "CCS03_8.12.1_SUCCESS_COMMAND").items[0][6]
    assert wire.restore_field(*wire.read_restore(field)) == field


def test_the_fields_of_both_backups_are_those_of_the_reference_message(references):
    items = payload_of(references, "CCS07_8.9_SUCCESS_RESPONSE").items
    assert len(items) == 2
    for item in items:
        assert wire.backup_field(wire.read_backup(item[3])) == item[3]


def test_the_fields_of_the_alert_are_those_of_the_reference_message(references):
    body = payload_of(references, "CS14_NA_8F12_ALERT").body
    assert wire.alert_field(wire.read_alert(body)) == body


def test_a_hub_that_is_given_the_reference_backup_gives_it_back(references):
    pan, devices = wire.read_restore(
        payload_of(references, "CCS03_8.12.1_SUCCESS_COMMAND").items[0][6]
    )
    log = DeviceLog(bytes(8))
    log.restore(pan, devices)
    found = wire.backup(log, bytes(12))
    assert (found.extended_pan_id, found.devices) == (pan, devices)


_macs = st.integers(0, 22).map(lambda number: bytes(7) + bytes((number,)))
_steps = st.lists(
    st.tuples(
        st.sampled_from(("register", "open", "key", "returned", "remove", "restore")),
        _macs,
        st.integers(0, 3),
    ),
    max_size=120,
)


@given(_steps)
def test_whatever_is_done_the_logs_keep_their_rules(steps):
    log, now = DeviceLog(bytes(8)), 0
    for what, mac, number in steps:
        before = wire.backup(log, bytes(12)).devices
        changed = False
        now += number * 7000
        with contextlib.suppress(LogRefused):
            if what == "register":
                kind = 254 if mac[-1] == 22 else 0
                changed = log.register(mac, kind, bytes(16), hand_held=mac[-1] == 21)
            elif what == "open":
                log.open_joining(mac, 10 * number, now)
            elif what == "key":
                changed = log.established(mac, bytes((number,)) * 16, openssl)
            elif what == "returned":
                changed = log.returned(mac, now)
            elif what == "remove":
                changed = log.remove(mac)
            else:
                changed = log.restore(bytes(8), [(mac, bytes((number,)) * 16)])
        after = wire.backup(log, bytes(12)).devices
        assert changed or before == after  # CS14 is never missed
        assert len(log.entries) <= 16
        assert len(log.historic) <= 15
        assert len({entry.mac for entry in log.historic}) == len(log.historic)
        assert all(entry.hashed for entry in log.historic)
        assert not any(entry.hand_held or entry.device_type == 254 for entry in log.historic)
        assert wire.from_octets(wire.to_octets(log)).entries == log.entries
        for entry in log.entries:
            assert len(log.keys(entry.mac, now)) <= 2


@given(st.binary(max_size=200))
def test_any_octets_are_a_log_or_raise_decode_error(octets):
    with contextlib.suppress(DecodeError):
        wire.from_octets(octets)
    from hashlib import sha256

    body = b"DL\x01" + octets
    with contextlib.suppress(DecodeError):
        wire.from_octets(body + sha256(body).digest()[:4])
