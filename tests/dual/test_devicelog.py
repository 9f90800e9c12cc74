"""The hub's device logs: the rules of CCS01, CCS02, CCS03, CCS07 and CS14.

Keys and hashes are those of ZigBee R21 C.5 and Smart Energy 5.4.8.1.
"""

from gbcs import devicelog as rules
from gbcs import installcode
from gbcs.crypto import portable
from gbcs.devicelog import DeviceLog, LogFull, NotAllowed, NotListed

ESME = bytes.fromhex("00DB1234567890A0")
GSME = bytes.fromhex("00DB1234567890A1")
GPF = bytes.fromhex("00DB1234567890A3")
CODE = bytes.fromhex("83FED3407A939723A5C639B26916D505")
CODE_KEY = bytes.fromhex("66B6900981E1EE3CA4206B6B861C02BB")
KEY = bytes.fromhex("C0C1C2C3C4C5C6C7C8C9CACBCCCDCECF")
HASH = bytes.fromhex("A7977E88BC0B61E8210827109A228F2D")


def new_log(split=True):
    return DeviceLog(GPF, split)


def mac(number):
    return b"\x00\xdb\x12\x34\x56\x78\x90" + bytes((number,))


def with_key(log, number, key=KEY, device_type=0, hand_held=False):
    """Lists a device that has agreed on a link key."""
    log.register(mac(number), device_type, CODE_KEY, hand_held)
    log.established(mac(number), key, portable)


def hashes(entries):
    return [(entry.mac, entry.hashed) for entry in entries]


def raises(expected, function, *arguments):
    try:
        function(*arguments)
    except expected as error:
        return error
    raise AssertionError("nothing was raised")


def test_a_listed_device_joins_with_its_install_code_until_the_time_out():
    log = new_log()
    assert log.register(ESME, 0, installcode.link_key(CODE, portable))
    assert log.keys(ESME, 0) == []
    log.open_joining(ESME, 90, 1000)
    assert log.keys(ESME, 999) == []
    assert log.keys(ESME, 1000) == [(rules.INSTALL_CODE_KEY, CODE_KEY)]
    assert log.keys(ESME, 90999) == [(rules.INSTALL_CODE_KEY, CODE_KEY)]
    assert log.keys(ESME, 91000) == []
    assert log.is_joining(90999)
    assert not log.is_joining(91000)
    assert log.next_timer(1000) == 91000
    assert log.next_timer(91000) is None


def test_a_new_device_has_an_empty_hash_until_a_key_is_established():
    log = new_log()
    log.register(ESME, 0, CODE_KEY)
    assert hashes(log.entries) == [(ESME, b"")]
    assert log.established(ESME, KEY, portable)
    assert hashes(log.entries) == [(ESME, HASH)]
    assert log.keys(ESME, 5) == [(rules.LINK_KEY, KEY)]


def test_the_same_key_again_changes_nothing():
    log = new_log()
    with_key(log, 0xA0)
    assert not log.established(ESME, KEY, portable)
    assert log.established(ESME, CODE_KEY, portable)


def test_a_device_that_is_listed_keeps_its_keys_when_it_is_added_again():
    log = new_log()
    with_key(log, 0xA0)
    assert not log.register(ESME, 0, bytes(16))
    log.open_joining(ESME, 90, 0)
    assert log.keys(ESME, 1) == [(rules.LINK_KEY, KEY)]
    assert not log.is_joining(1)


def test_sixteen_devices_fit_and_no_more():
    log = new_log()
    for number in range(16):
        assert log.register(mac(number), 0, CODE_KEY)
    raises(LogFull, log.register, mac(16), 0, CODE_KEY)
    assert not log.register(mac(3), 0, CODE_KEY)
    assert len(log.entries) == 16


def test_a_device_that_is_not_listed_has_no_key_and_cannot_be_removed():
    log = new_log()
    assert log.keys(ESME, 0) == []
    raises(NotListed, log.remove, ESME)
    raises(NotListed, log.open_joining, ESME, 90, 0)
    raises(NotListed, log.established, ESME, KEY, portable)
    raises(NotListed, log.returned, ESME, 0)


def test_a_removed_device_stands_in_the_historic_log_with_its_hash():
    log = new_log()
    with_key(log, 0xA0)
    assert log.remove(ESME)
    assert hashes(log.entries) == []
    assert hashes(log.historic) == [(ESME, HASH)]
    assert log.keys(ESME, 0) == []


def test_a_device_without_a_link_key_leaves_no_trace():
    log = new_log()
    log.register(ESME, 0, CODE_KEY)
    log.remove(ESME)
    assert log.historic == []


def test_the_historic_log_keeps_neither_hand_held_terminals_nor_the_gpf():
    log = new_log()
    with_key(log, 1, hand_held=True)
    log.remove(mac(1))
    log.register(GPF, rules.GPF, CODE_KEY)
    log.open_joining(GPF, 90, 0)
    assert log.keys(GPF, 1) == []
    assert not log.is_joining(1)
    raises(NotAllowed, log.established, GPF, KEY, portable)
    log.remove(GPF)
    assert log.historic == []


def test_the_sixteenth_removal_overwrites_the_oldest():
    log = new_log()
    for number in range(16):
        with_key(log, number)
        log.remove(mac(number))
    assert [entry.mac for entry in log.historic] == [mac(number) for number in range(1, 16)]


def test_a_device_removed_twice_stands_once_with_its_latest_key():
    log = new_log()
    for number in range(15):
        with_key(log, number)
        log.remove(mac(number))
    with_key(log, 0, CODE_KEY)
    log.remove(mac(0))
    assert len(log.historic) == 15
    assert log.historic[-1].mac == mac(0)
    assert log.historic[-1].link_key == CODE_KEY
    assert log.historic[0].mac == mac(1)


def test_a_known_device_has_half_the_time_for_each_key():
    log = new_log()
    with_key(log, 0xA0)
    log.remove(ESME)
    log.register(ESME, 0, CODE_KEY)
    log.open_joining(ESME, 90, 0)
    assert log.keys(ESME, 0) == [(rules.HISTORIC_KEY, KEY)]
    assert log.keys(ESME, 44999) == [(rules.HISTORIC_KEY, KEY)]
    assert log.keys(ESME, 45000) == [(rules.INSTALL_CODE_KEY, CODE_KEY)]
    assert log.keys(ESME, 89999) == [(rules.INSTALL_CODE_KEY, CODE_KEY)]
    assert log.keys(ESME, 90000) == []
    assert log.next_timer(0) == 45000
    assert log.next_timer(45000) == 90000


def test_by_the_older_rule_a_known_device_has_the_whole_time_for_each_key():
    log = new_log(split=False)
    with_key(log, 0xA0)
    log.remove(ESME)
    log.register(ESME, 0, CODE_KEY)
    log.open_joining(ESME, 90, 0)
    assert log.keys(ESME, 89999) == [(rules.HISTORIC_KEY, KEY)]
    assert log.keys(ESME, 90000) == [(rules.INSTALL_CODE_KEY, CODE_KEY)]
    assert log.keys(ESME, 179999) == [(rules.INSTALL_CODE_KEY, CODE_KEY)]
    assert log.keys(ESME, 180000) == []


def test_a_device_that_comes_back_has_its_old_key_and_hash_again():
    log = new_log()
    with_key(log, 0xA0)
    log.remove(ESME)
    log.register(ESME, 0, CODE_KEY)
    log.open_joining(ESME, 90, 0)
    assert log.returned(ESME, 44999)
    assert log.keys(ESME, 80000) == [(rules.LINK_KEY, KEY)]
    assert hashes(log.entries) == [(ESME, HASH)]
    assert not log.is_joining(44999)


def test_a_device_comes_back_in_the_first_half_only():
    log = new_log()
    with_key(log, 0xA0)
    log.remove(ESME)
    log.register(ESME, 0, CODE_KEY)
    raises(NotAllowed, log.returned, ESME, 0)
    log.open_joining(ESME, 90, 0)
    raises(NotAllowed, log.returned, ESME, 45000)
    log.close_joining()
    raises(NotAllowed, log.returned, ESME, 1)
    assert log.keys(ESME, 1) == []


def test_a_restored_hub_lets_devices_in_under_their_hashes_until_they_have_new_keys():
    log = new_log()
    with_key(log, 7)
    pan = bytes.fromhex("0000000000000140")
    assert log.restore(pan, [(ESME, HASH), (GSME, b"")])
    assert log.extended_pan_id == pan
    assert log.find(mac(7)) is None
    assert log.keys(ESME, 0) == [(rules.HASHED_KEY, HASH)]
    assert log.keys(GSME, 0) == []
    assert hashes(log.entries) == [(ESME, HASH), (GSME, b"")]
    assert log.established(ESME, CODE_KEY, portable)
    assert log.keys(ESME, 0) == [(rules.LINK_KEY, CODE_KEY)]


def test_a_restored_device_that_is_removed_and_added_again_may_use_its_hash():
    log = new_log()
    log.restore(GPF, [(ESME, HASH)])
    log.remove(ESME)
    log.register(ESME, 0, CODE_KEY)
    log.open_joining(ESME, 10, 0)
    assert log.keys(ESME, 0) == [(rules.HISTORIC_KEY, HASH)]
    assert log.returned(ESME, 0)
    assert log.keys(ESME, 0) == [(rules.HASHED_KEY, HASH)]


def test_a_restore_that_is_refused_changes_nothing():
    log = new_log()
    with_key(log, 7)
    before = repr(log.entries)
    raises(NotAllowed, log.restore, GPF, [])
    raises(NotAllowed, log.restore, GPF, [(ESME, HASH), (ESME, HASH)])
    raises(NotAllowed, log.restore, GPF, [(ESME, HASH[1:])])
    raises(NotAllowed, log.restore, GPF[1:], [(ESME, HASH)])
    raises(LogFull, log.restore, GPF, [(mac(number), HASH) for number in range(17)])
    assert repr(log.entries) == before


def test_what_is_shown_of_an_entry_has_no_key_in_it():
    log = new_log()
    with_key(log, 0xA0)
    assert KEY.hex() not in repr(log.entries).lower()
    assert CODE_KEY.hex() not in repr(log.entries).lower()
    assert HASH.hex() in repr(log.entries)
