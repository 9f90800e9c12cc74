"""What a device keeps: batches that are whole or not there, wherever the power goes."""

from gbcs_device.store import MemoryMedium, PowerCut, Store, StoreDamaged, StoreFull


def held(store):
    return {name: store.get(name) for name in store.names()}


def raises(expected, function, *arguments):
    try:
        function(*arguments)
    except expected as error:
        return error
    raise AssertionError("nothing was raised")


BATCHES = (
    {"a": b"1", "b": b"22"},
    {"a": b"333", "c": bytes(60)},
    {"b": None, "d": b""},
    {"a": bytes(40), "c": b"x"},
    {"c": None, "e": b"yes"},
)


def test_what_was_written_is_there_after_a_restart():
    medium = MemoryMedium()
    store = Store(medium, 200)
    for batch in BATCHES:
        store.write(batch)
        assert held(Store(medium, 200)) == held(store)
    assert held(store) == {"a": bytes(40), "d": b"", "e": b"yes"}
    assert store.names("a") == ["a"]
    assert store.get("b") is None


def test_a_cut_at_every_octet_leaves_a_batch_whole_or_not_there():
    whole = MemoryMedium(1 << 20)
    store = Store(whole, 150)
    states = [{}]
    for batch in BATCHES:
        store.write(batch)
        states.append(held(store))
    for cut in range((1 << 20) - whole.cut_after):
        medium = MemoryMedium(cut)
        done = 0
        store = Store(medium, 150)
        try:
            for batch in BATCHES:
                store.write(batch)
                done += 1
        except PowerCut:
            pass
        assert held(store) == states[done]  # who goes on without a restart sees it too
        medium.cut_after = None
        again = Store(medium, 150)
        found = held(again)
        assert found == states[done] or (done < len(BATCHES) and found == states[done + 1])
        for batch in BATCHES:
            again.write(batch)
        assert held(Store(medium, 150)) == states[-1]


def test_a_write_after_a_cut_without_a_restart_is_kept():
    medium = MemoryMedium()
    store = Store(medium)
    store.write({"a": b"1"})
    medium.cut_after = 5
    raises(PowerCut, store.write, {"a": b"2"})
    medium.cut_after = None
    store.write({"b": b"3"})
    assert held(Store(medium)) == {"a": b"1", "b": b"3"}


def test_changed_octets_are_found():
    medium = MemoryMedium()
    store = Store(medium)
    store.write({"a": b"first"})
    store.write({"a": b"second", "b": b"other"})
    kept = bytes(medium.banks[0])
    for at in range(len(kept)):
        medium.banks[0] = bytearray(kept)
        medium.banks[0][at] ^= 0x10
        error = raises(StoreDamaged, Store, medium)
        assert error.bank == 0
        assert 0 <= error.offset <= at


def test_a_batch_that_does_not_fit_changes_nothing():
    medium = MemoryMedium()
    store = Store(medium, 100)
    store.write({"a": b"1"})
    raises(StoreFull, store.write, {"b": bytes(100)})
    raises(ValueError, store.write, {"": b"1"})
    assert held(store) == held(Store(medium, 100)) == {"a": b"1"}


def test_what_changes_nothing_is_not_written():
    medium = MemoryMedium()
    store = Store(medium)
    store.write({"a": b"1"})
    size = len(medium.banks[0])
    store.write({"a": b"1", "b": None})
    assert len(medium.banks[0]) == size
