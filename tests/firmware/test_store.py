"""The store against a model, cut and restarted at random; and on files."""

from hypothesis import given
from hypothesis import strategies as st

from gbcs_device.store import FileMedium, MemoryMedium, PowerCut, Store

_batches = st.lists(
    st.dictionaries(st.sampled_from("abcdef"), st.none() | st.binary(max_size=30), max_size=4),
    max_size=20,
)


def held(store):
    return {name: store.get(name) for name in store.names()}


@given(_batches, st.lists(st.integers(0, 120), max_size=20))
def test_whatever_is_cut_a_batch_is_whole_or_not_there(batches, cuts):
    medium = MemoryMedium()
    store = Store(medium, 400)
    state = {}
    for index, batch in enumerate(batches):
        after = {name: octets for name, octets in {**state, **batch}.items() if octets is not None}
        medium.cut_after = cuts[index] if index < len(cuts) else None
        try:
            store.write(batch)
            state = after
        except PowerCut:
            medium.cut_after = None
            store = Store(medium, 400)
            assert held(store) in (state, after)
            state = held(store)
        assert held(store) == state
    medium.cut_after = None
    assert held(Store(medium, 400)) == state


def test_files_keep_it(tmp_path):
    store = Store(FileMedium(str(tmp_path)), 120)
    for number in range(20):
        store.write({"n": bytes((number,)), "x%d" % (number % 3): bytes(number)})
    again = Store(FileMedium(str(tmp_path)), 120)
    assert held(again) == held(store)
    assert again.get("n") == bytes((19,))
