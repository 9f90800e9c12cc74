"""What is not a good message is refused: by a typed error, in bounded time and memory."""

import contextlib
import tracemalloc

import pytest

from gbcs import message, payload
from gbcs.errors import DecodeError
from gbcs_host.decode import examine
from gbcs_host.verify import damage

FUZZED = 200_000


def read(octets):
    """Decodes to the last leaf, and back."""
    m = message.decode(octets)
    record = payload.decode(m)
    return message.encode(m, payload.encode(record))


def sample(references, count=30):
    """Protected messages across kinds, protections and payload forms, none of them long."""
    groups = {}
    for reference in references:
        if reference.kind != "precommand" and len(reference.octets) < 400:
            m = message.decode(reference.octets)
            key = (m.kind, bool(m.signature), m.mac is not None, payload.use_case(m).form, m.party)
            groups.setdefault(key, []).append(reference)
    chosen = []
    while len(chosen) < count:
        for group in groups.values():
            if group:
                chosen.append(group.pop(len(group) // 2))
    return chosen[:count]


def is_refused(octets, key_store):
    """Whether no device would act on it: undecodable, or some protection that does not verify."""
    found = examine.examine(octets, keys=key_store)
    if "error" in found:
        return True
    return any(found[check] not in ("valid", "absent") for check in ("signature", "mac")) or (
        found["signature"] == found["mac"] == "absent"
    )


def test_each_flipped_bit_of_a_protected_message_is_refused(references, key_store):
    flips = 0
    for reference in sample(references):
        if is_refused(reference.octets, key_store):
            continue  # PCS01 and PCS02, whose keys nobody holds
        for octets in damage.flipped(reference.octets):
            flips += 1
            assert is_refused(octets, key_store), (reference.name, octets.hex())
    assert flips > 20_000


def test_damaged_messages_raise_decode_error_or_encode_to_the_same_octets(references):
    seeds = [reference.octets for reference in references]
    decoded = 0
    for octets in damage.damaged(seeds, FUZZED, seed=20):
        try:
            again = read(octets)
        except DecodeError as error:
            if not 0 <= error.offset <= len(octets):
                pytest.fail("offset %d of %s" % (error.offset, octets.hex()))
        else:
            decoded += 1
            assert again == octets
    assert 0 < decoded < FUZZED


def test_damaged_messages_need_no_more_memory_than_good_ones(references):
    seeds = [reference.octets for reference in references]
    for octets in seeds:
        read(octets)
    tracemalloc.start()
    for octets in seeds:
        read(octets)
    good = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    for octets in damage.damaged(seeds, 4_000, seed=21):
        with contextlib.suppress(DecodeError):
            read(octets)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * good + 1_000_000


@pytest.mark.parametrize("depth", [20, 1000, 20_000])
@pytest.mark.parametrize("opener", ["0201", "0101", "3080", "a080"])
def test_deep_nesting_is_refused(depth, opener):
    inside = bytes.fromhex(opener) * depth
    content = bytes.fromhex("DA200003E80000") + b"\x01" + inside if opener[0] == "0" else inside
    octets = message.finish(message.compose(2, 1000, bytes(8), bytes(8), 0x27, content[:60_000]))
    with pytest.raises(DecodeError):
        read(octets)
