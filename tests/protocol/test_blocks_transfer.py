"""General block transfer over a link that loses, delays, repeats and reorders."""

import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gbcs.blocks import blocks
from gbcs.blocks.blocks import LONGEST_WHOLE, Block, TransferError
from gbcs.blocks.receiver import Receiver
from gbcs.blocks.sender import Sender
from gbcs.errors import DecodeError
from tests.dual.test_blocks import METER, SUPPLIER, long_message


class Link:
    """Two directions that lose, repeat and delay; what it does comes from a seed."""

    def __init__(self, seed: int, loss: float) -> None:
        self.random = random.Random(seed)
        self.loss = loss
        self.under_way: list[tuple[int, int, str, bytes]] = []

    def send(self, to: str, octets: bytes, now: int) -> None:
        """Puts octets under way, perhaps not, perhaps twice."""
        for _ in range(self.random.choice((1, 1, 1, 2))):
            if self.random.random() >= self.loss:
                when = now + self.random.randrange(1, 400)
                self.under_way.append((when, len(self.under_way), to, octets))

    def arrivals(self, now: int) -> "list[tuple[str, bytes]]":
        """What has arrived by now."""
        due = sorted(each for each in self.under_way if each[0] <= now)
        self.under_way = [each for each in self.under_way if each[0] > now]
        return [(to, octets) for _, _, to, octets in due]


def run(octets: bytes, window: int, seed: int, loss: float) -> "bytes | None":
    """One message over such a link, at ten milliseconds a step; None where it did not arrive."""
    sender = Sender(octets, window, timeout_ms=1000, retries=40)
    receiver = Receiver(timeout_ms=1500, retries=40)
    link = Link(seed, loss)
    found = None
    for now in range(0, 400_000, 10):
        one = sender.next(now)
        if one is not None:
            link.send("receiver", one, now)
        answer = receiver.next()
        if answer is not None:
            link.send("sender", answer, now)
        for to, each in link.arrivals(now):
            if to == "sender":
                sender.receive(blocks.decode(each), now)
            else:
                whole = receiver.receive(blocks.decode(each), now)
                assert whole is None or found is None
                found = found or whole
        sender.handle_timer(now)
        receiver.handle_timer(now)
        if sender.is_done and found and not link.under_way:
            break
    return found


@pytest.mark.parametrize("window", [0, 1, 3, 63])
@pytest.mark.parametrize("seed", range(6))
def test_a_message_survives_a_bad_link(window, seed):
    octets = long_message(8000)
    assert run(octets, window, seed, 0.3) == octets


def test_long_reference_messages_go_in_blocks_and_come_back(references):
    long = [each for each in references if len(each.octets) > LONGEST_WHOLE]
    assert len(long) >= 40
    for each in long:
        sender, receiver, found = Sender(each.octets, 2), Receiver(), None
        while not sender.is_done:
            while (octets := sender.next(0)) is not None:
                assert len(octets) <= LONGEST_WHOLE
                found = receiver.receive(blocks.decode(octets), 0) or found
            while (octets := receiver.next()) is not None:
                sender.receive(blocks.decode(octets), 0)
        assert found == each.octets, each.name


def test_no_reference_message_is_taken_for_a_block(references):
    assert not [each.name for each in references if blocks.is_block(each.octets)]


@given(st.binary(max_size=120), st.booleans())
def test_any_octets_decode_and_come_back_or_raise_decode_error(octets, begins_well):
    if begins_well:
        octets = blocks.encode(Block(1, 9, SUPPLIER, METER, 1, 1, 0, b"abc"))[:35] + octets
    with contextlib.suppress(DecodeError):
        assert blocks.encode(blocks.decode(octets)) == octets


@given(
    st.lists(
        st.tuples(
            st.integers(1, 70), st.binary(min_size=1, max_size=4), st.booleans(), st.booleans()
        ),
        max_size=80,
    )
)
def test_any_blocks_keep_the_receiver_within_its_limits(parts):
    receiver = Receiver(limit=50)
    given_out = 0
    for number, data, last, streaming in parts:
        with contextlib.suppress(TransferError):
            block = Block(1, 9, SUPPLIER, METER, 1, number, 0, data, last, streaming, 63)
            given_out += receiver.receive(block, 0) is not None
        receiver.next()
    assert given_out <= 1
    assert sum(map(len, receiver._held.values())) <= 50
