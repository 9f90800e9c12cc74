"""What a device keeps: whole batches or none, wherever the power goes or a bit turns.

A mark `count` stands for the counters of a device: it grows with every batch that has it.
"""

from binascii import crc32

from gbcs_device.base.store import (
    LONGEST_VALUE,
    MemoryMedium,
    PowerCut,
    Store,
    StoreFull,
)
from gbcs_device.base.store_format import StoreDamaged


def held(store):
    return {name: store.get(name) for name in store.names()}


def raises(expected, function, *arguments):
    try:
        function(*arguments)
    except expected as error:
        return error
    raise AssertionError("nothing was raised")


def count(number):
    return number.to_bytes(8, "big")


BATCHES = (
    {"a": b"1", "b": b"22"},
    {"a": b"333", "c": bytes(60)},
    {"b": None, "d": b""},
    {"a": bytes(40), "c": b"x"},
    {"c": None, "e": b"yes"},
)
LOG = bytes(range(28))
KINDS = (  # what each does to a store, beside what a bank has from its beginning
    {"count/2": count(1), "cell/2/ds": bytes(90), "log/event": LOG},  # the first bank
    {"count/2": count(2)},
    {"count/2": count(3), "log/event": LOG + b"fresh..", "own/counter": count(1)},  # added to
    {"log/event": LOG[7:] + b"fresh..another", "count/2": count(4)},  # from the front, too
    {"count/4": count(9), "cell/2/ds": None, "cell/3/ds": bytes(range(90))},  # removed
    {"count/2": count(5), "later/0102": bytes(70)},  # the other bank
    {"count/2": count(6), "later/0102": None, "log/event": LOG},
)
LIMIT = 420  # of which the first six batches need one bank, and the rest the other


def written(medium):
    """The states that a store went through; the last is that of the medium."""
    store = Store(medium, LIMIT)
    states = [{}]
    for batch in KINDS:
        store.write(batch)
        states.append(held(store))
    return states


def test_what_was_written_is_there_after_a_restart():
    medium = MemoryMedium()
    store = Store(medium, 200)
    for batch in BATCHES:
        store.write(batch)
        assert held(Store(medium, 200)) == held(store)
    assert held(store) == {"a": bytes(40), "d": b"", "e": b"yes"}
    assert store.names("a") == ["a"]
    assert store.get("b") is None


def cut_everywhere(batches, limit):
    whole = MemoryMedium(1 << 20)
    store = Store(whole, limit)
    states = [{}]
    for batch in batches:
        store.write(batch)
        states.append(held(store))
    for cut in range((1 << 20) - whole.cut_after):
        medium = MemoryMedium(cut)
        done = 0
        store = Store(medium, limit)
        try:
            for batch in batches:
                store.write(batch)
                done += 1
        except PowerCut:
            pass
        assert held(store) == states[done]  # who goes on without a restart sees it too
        medium.cut_after = None
        again = Store(medium, limit)
        assert not again.damage
        found = held(again)
        assert found == states[done] or (done < len(batches) and found == states[done + 1])
        for batch in batches:
            again.write(batch)
        assert held(Store(medium, limit)) == states[-1]


def test_a_cut_at_every_octet_leaves_a_batch_whole_or_not_there():
    cut_everywhere(BATCHES, 180)


def test_a_cut_at_every_octet_of_every_kind_of_batch_leaves_it_whole_or_not_there():
    cut_everywhere(KINDS, LIMIT)


def test_a_write_after_a_cut_without_a_restart_is_kept():
    medium = MemoryMedium()
    store = Store(medium)
    store.write({"a": b"1"})
    medium.cut_after = 5
    raises(PowerCut, store.write, {"a": b"2"})
    medium.cut_after = None
    store.write({"b": b"3"})
    assert held(Store(medium)) == {"a": b"1", "b": b"3"}


def test_a_bit_that_turns_at_any_octet_of_any_bank_is_put_right_and_told():
    medium = MemoryMedium()
    state = written(medium)[-1]
    banks = [bytes(bank) for bank in medium.banks]
    assert all(banks)
    for bank in (0, 1):
        for at in range(len(banks[bank])):
            medium.banks = [bytearray(one) for one in banks]
            medium.banks[bank][at] ^= 1 << at % 8
            store = Store(medium, LIMIT)
            assert held(store) == state
            assert store.damage.startswith("bank %d, offset " % bank)
            store.write({"count/2": count(7)})
            again = Store(medium, LIMIT)
            assert again.get("count/2") == count(7)
            assert not again.damage


def test_a_cut_while_a_damaged_bank_is_replaced_loses_nothing():
    medium = MemoryMedium()
    state = written(medium)[-1]
    medium.banks[1][80] ^= 4
    banks = [bytes(bank) for bank in medium.banks]
    after = dict(state)
    after["count/2"] = count(7)
    cut = 0
    while True:
        medium.banks = [bytearray(one) for one in banks]
        store = Store(medium, LIMIT)
        medium.cut_after = cut
        try:
            store.write({"count/2": count(7)})
            break
        except PowerCut:
            medium.cut_after = None
        assert held(Store(medium, LIMIT)) in (state, after)
        cut += 1
    medium.cut_after = None
    assert held(Store(medium, LIMIT)) == after


def test_more_damage_than_can_be_put_right_is_never_an_older_state():
    medium = MemoryMedium()
    states = written(medium)
    banks = [bytes(bank) for bank in medium.banks]
    refused = 0
    for bank in (0, 1):
        for at in range(len(banks[bank]) - 4):
            medium.banks = [bytearray(one) for one in banks]
            for index in range(4):
                medium.banks[bank][at + index] ^= 0xA5 + index
            try:
                store = Store(medium, LIMIT)
            except StoreDamaged:
                refused += 1
                continue
            assert held(store) == states[-1]
            assert store.damage
    assert refused > len(banks[1]) // 2  # of bank 0 nothing but its header is needed


def test_a_torn_record_in_which_a_bit_turns_is_dropped_or_the_store_is_refused():
    medium = MemoryMedium()
    store = Store(medium)
    store.write({"count/2": count(1)})
    size = len(medium.banks[0])
    store.write({"count/2": count(2), "a": b"some octets"})
    whole = bytes(medium.banks[0])
    for end in range(size + 1, len(whole)):
        for at in range(size, end):
            medium.banks[0] = bytearray(whole[:end])
            medium.banks[0][at] ^= 2
            try:
                found = held(Store(medium))
            except StoreDamaged:
                continue
            assert found == {"count/2": count(1)}


def test_the_length_of_a_record_is_found_by_what_follows_it():
    medium = MemoryMedium()
    state = written(medium)[-1]
    banks = [bytes(bank) for bank in medium.banks]
    for head in (bytes(6), b"\xff" * 6, b"\x00\x00\x05\x00\x00\x00"):
        medium.banks = [bytearray(one) for one in banks]
        medium.banks[1][11:17] = head
        store = Store(medium, LIMIT)
        assert held(store) == state
        assert "bank 1, offset 11" in store.damage


def old_bank(sequence, *records):
    """A bank of version 01, by its description alone."""
    head = b"GS\x01" + sequence.to_bytes(4, "big")
    out = head + crc32(head).to_bytes(4, "big")
    for record in records:
        body = b""
        for name in record:
            octets = record[name]
            length = b"\xff\xff\xff" if octets is None else len(octets).to_bytes(3, "big")
            body += bytes((len(name),)) + name.encode() + length + (octets or b"")
        length = len(body).to_bytes(3, "big")
        out += length + bytes((255 - sum(length) % 256,)) + body + crc32(body).to_bytes(4, "big")
    return bytearray(out)


def test_banks_of_the_version_before_are_read_and_put_right():
    medium = MemoryMedium()
    old = {"count/2": count(1), "b": b"2"}, {"count/2": count(8)}, {"b": None}
    banks = [old_bank(4, *old), bytearray()]
    for at in range(len(banks[0])):
        medium.banks = [bytearray(one) for one in banks]
        medium.banks[0][at] ^= 1 << at % 8
        assert held(Store(medium)) == {"count/2": count(8)}
    medium.banks = banks
    store = Store(medium)
    assert held(store) == {"count/2": count(8)}
    assert not store.damage
    store.write({"a": b"3"})
    assert medium.banks[1][:3] == b"GS\x02"
    assert held(Store(medium)) == {"a": b"3", "count/2": count(8)}


def test_a_store_of_which_no_bank_is_whole_is_refused():
    medium = MemoryMedium()
    medium.banks[0] = old_bank(2, {"count/2": count(1)})[:-3]
    raises(StoreDamaged, Store, medium)
    medium.banks[0] = old_bank(1, {"count/2": count(1)})[:-3]  # the first, torn
    assert held(Store(medium)) == {}


def test_octets_added_to_a_log_are_all_that_is_written():
    medium = MemoryMedium()
    store = Store(medium)
    log = bytes(range(240))
    store.write({"log/event": log})
    for number in range(40):
        size = len(medium.banks[0])
        log = log[7:] + bytes((number,)) * 7
        store.write({"log/event": log})
        assert len(medium.banks[0]) - size <= 10 + 13 + 2 + 7
        assert held(Store(medium)) == {"log/event": log}


def test_what_is_held_without_being_written_goes_with_the_next_batch_of_its_name():
    medium = MemoryMedium()
    store = Store(medium, 300)
    store.write({"log/event": LOG})
    size = len(medium.banks[0])
    store.hold("log/event", LOG + b"1234567")
    assert store.get("log/event") == LOG + b"1234567"
    assert len(medium.banks[0]) == size
    store.write({"a": b"1"})
    assert Store(medium, 300).get("log/event") == LOG
    store.write({"log/event": LOG + b"12345678901234"})
    assert held(Store(medium, 300)) == held(store)
    store.hold("log/event", LOG)
    while not medium.banks[1]:
        store.write({"a": bytes(store.writes)})
    assert held(Store(medium, 300)) == held(store)
    assert store.get("log/event") == LOG


def test_a_batch_that_does_not_fit_changes_nothing():
    medium = MemoryMedium()
    store = Store(medium, 100)
    store.write({"a": b"1"})
    raises(StoreFull, store.write, {"b": bytes(100)})
    raises(ValueError, store.write, {"": b"1"})
    assert held(store) == held(Store(medium, 100)) == {"a": b"1"}


def test_what_a_device_needs_has_room_when_messages_have_filled_the_rest():
    medium = MemoryMedium()
    store = Store(medium, 2000)
    number = 0
    while store.has_room({"a/%02d" % number: bytes(50)}):
        store.write({"a/%02d" % number: bytes(50)})
        number += 1
    raises(StoreFull, store.write, {"a/%02d" % number: bytes(160)})
    store.write({"a/00": bytes(range(50)), "count/2": count(1), "log/event": bytes(200)})
    store.write({"a/01": b"less"})
    store.write({"a/02": None})
    assert held(Store(medium, 2000)) == held(store)
    whole = Store(MemoryMedium())
    assert not whole.has_room({"a": bytes(LONGEST_VALUE + 1)})
    assert whole.has_room({"a": bytes(LONGEST_VALUE), "b": None})
    raises(StoreFull, whole.write, {"log/event": bytes(70000)})


def test_what_changes_nothing_is_not_written():
    medium = MemoryMedium()
    store = Store(medium)
    store.write({"a": b"1"})
    size = len(medium.banks[0])
    store.write({"a": b"1", "b": None})
    assert len(medium.banks[0]) == size
