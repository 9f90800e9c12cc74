"""General block transfer. The first vector is the header that a public implementation writes."""

from gbcs import message
from gbcs.blocks import blocks
from gbcs.blocks.blocks import Block, Conflict, TimedOut, TooLong
from gbcs.blocks.receiver import Receiver
from gbcs.blocks.sender import Sender
from gbcs.errors import DecodeError, EncodeError

SUPPLIER = bytes.fromhex("90B3D51F30010000")
METER = bytes.fromhex("00DB1234567890A0")
HEADER = bytes.fromhex(
    "DD090100000000000003E80890B3D51F300100000800DB1234567890A0000201020082048B00"
    "00000000E0400001000082047D"
)


def long_message(size):
    """A command whose content has `size` octets, with a MAC."""
    size -= 4
    filling = (bytes(range(251)) * (size // 251 + 1))[:size]
    content = b"\x30\x82" + size.to_bytes(2, "big") + filling
    composed = message.compose(1, 1000, SUPPLIER, METER, 0x0102, content)
    return message.wrap(message.finish(composed, b""), bytes(range(12)))


def carry(sender, receiver, lost=(), now=0):
    """Both sides joined in memory, by a link that loses the n-th transmissions named in `lost`."""
    found = None
    sent = 0
    for _ in range(1000):
        moved = False
        octets = sender.next(now)
        while octets is not None:
            moved = True
            sent += 1
            if sent not in lost:
                whole = receiver.receive(blocks.decode(octets), now)
                if whole is not None:
                    assert found is None, "the message was given out twice"
                    found = whole
            octets = sender.next(now)
        octets = receiver.next()
        if octets is not None:
            moved = True
            sent += 1
            if sent not in lost:
                sender.receive(blocks.decode(octets), now)
        if moved:
            continue
        timers = [at for at in (sender.next_timer(), receiver.next_timer()) if at is not None]
        if not timers:
            return found, sent
        now = min(timers)
        sender.handle_timer(now)
        receiver.handle_timer(now)
    raise AssertionError("no end")


def raises(expected, function, *arguments):
    try:
        function(*arguments)
    except expected as error:
        return error
    raise AssertionError("nothing was raised")


def test_the_published_header_is_read_and_written():
    octets = HEADER + bytes([7]) * 1149
    block = blocks.decode(octets)
    assert len(octets) == 1200
    assert (block.cra, block.counter, block.code) == (1, 1000, 0x0102)
    assert (block.originator, block.recipient) == (SUPPLIER, METER)
    assert (block.number, block.acknowledged, block.window) == (1, 0, 0)
    assert block.streaming
    assert not block.last
    assert block.data == bytes([7]) * 1149
    assert blocks.encode(block) == octets


def test_the_first_block_of_an_unconfirmed_transfer_is_the_published_one():
    octets = long_message(1800)
    assert Sender(octets).next(0) == HEADER + octets[:1149]


def test_every_length_form_of_a_block_comes_back():
    for size in (0, 1, 113, 114, 127, 128, 241, 242, 255, 256, 1149):
        block = Block(3, 1 << 63, METER, SUPPLIER, 0xFFFF, 63, 65535, bytes(size), True, False, 63)
        assert blocks.decode(blocks.encode(block)) == block


def test_every_cut_and_every_lengthening_of_a_block_is_refused():
    octets = blocks.encode(Block(1, 5, SUPPLIER, METER, 0x0102, 1, 0, b"abc"))
    for end in range(len(octets)):
        error = raises(DecodeError, blocks.decode, octets[:end])
        assert 0 <= error.offset <= end
    error = raises(DecodeError, blocks.decode, octets + b"\x00")
    assert error.offset == 34


def test_a_block_of_more_than_1149_octets_is_refused():
    inner = bytes.fromhex("0000000000E0400001000082047E") + bytes(1150)
    octets = HEADER[:34] + b"\x82" + len(inner).to_bytes(2, "big") + inner
    assert raises(DecodeError, blocks.decode, octets).offset == 51
    error = raises(EncodeError, blocks.encode, Block(1, 0, SUPPLIER, METER, 1, 1, 0, bytes(1150)))
    assert error.field == "block_data"


def test_a_block_with_number_zero_is_refused():
    octets = bytearray(blocks.encode(Block(1, 5, SUPPLIER, METER, 0x0102, 1, 0, b"abc")))
    octets[43] = 0
    assert raises(DecodeError, blocks.decode, bytes(octets)).offset == 42


def test_a_number_that_does_not_fit_is_not_written():
    for block in (
        Block(1, 0, SUPPLIER, METER, 1, 65536),
        Block(1, 0, SUPPLIER, METER, 1, 1, -1),
        Block(1, 0, SUPPLIER, METER, 1, 1, window=64),
        Block(1, 0, SUPPLIER[1:], METER, 1, 1),
    ):
        raises(EncodeError, blocks.encode, block)


def test_a_message_arrives_whole_with_every_window():
    octets = long_message(3900)
    for window in (0, 1, 2, 3, 4, 63):
        sender = Sender(octets, window)
        found, sent = carry(sender, Receiver())
        assert found == octets
        assert sender.is_done
        acknowledgements = 0 if window == 0 else -(-4 // window)
        assert sent == 4 + acknowledgements


def test_any_one_lost_transmission_is_made_good():
    octets = long_message(5000)
    for window in (1, 2, 3, 5, 63):
        for lost in range(1, 12):
            sender = Sender(octets, window)
            found, _ = carry(sender, Receiver(), (lost,))
            assert found == octets, (window, lost)
            assert sender.is_done, (window, lost)


def test_any_two_lost_transmissions_are_made_good():
    octets = long_message(2000)
    for size in (500,):
        for window in (1, 2, 5):
            for first in range(1, 9):
                for second in range(first + 1, 10):
                    sender = Sender(octets, window, size=size)
                    found, _ = carry(sender, Receiver(), (first, second))
                    assert found == octets, (window, first, second)


def test_blocks_lost_on_the_way_are_asked_for_where_no_window_is_kept():
    octets = long_message(5000)
    for lost in ((2,), (3, 4), (5,), (2, 4)):
        sender = Sender(octets, 0)
        found, _ = carry(sender, Receiver(), lost)
        assert found == octets, lost
        assert sender.is_done


def test_only_what_was_lost_comes_again():
    sender = Sender(long_message(5000), 63)
    receiver = Receiver()
    numbers = []
    octets = sender.next(0)
    while octets is not None:
        block = blocks.decode(octets)
        numbers.append(block.number)
        if len(numbers) not in (2, 3):
            receiver.receive(block, 0)
        octets = sender.next(0)
        if octets is None:
            answer = receiver.next()
            if answer is not None:
                sender.receive(blocks.decode(answer), 0)
                octets = sender.next(0)
    assert numbers == [1, 2, 3, 4, 5, 2, 3]
    assert receiver.is_done
    assert sender.is_done


def test_an_acknowledgement_names_the_last_block_without_a_gap_and_the_size_of_the_gap():
    sender = Sender(long_message(5000), 5)
    receiver = Receiver()
    for number in range(1, 6):
        octets = sender.next(0)
        if number not in (3, 4):
            receiver.receive(blocks.decode(octets), 0)
    answer = blocks.decode(receiver.next())
    assert (answer.acknowledged, answer.window, answer.data) == (2, 2, b"")
    assert (answer.originator, answer.recipient) == (METER, SUPPLIER)
    assert (answer.cra, answer.counter, answer.code) == (1, 1000, 0x0102)


def test_blocks_in_any_order_and_twice_make_the_same_message():
    octets = long_message(3900)
    sender = Sender(octets)
    cut = [blocks.decode(sender.next(0)) for _ in range(4)]
    for order in ((3, 2, 1, 0), (0, 2, 1, 3), (1, 1, 3, 3, 0, 0, 2), (2, 0, 3, 1)):
        receiver = Receiver()
        found = [receiver.receive(cut[index], 0) for index in order]
        assert found[-1] == octets
        assert found[:-1] == [None] * (len(order) - 1)
        assert receiver.receive(cut[0], 0) is None


def test_a_block_that_contradicts_another_is_not_taken_and_the_transfer_goes_on():
    octets = long_message(3900)
    sender = Sender(octets)
    cut = [blocks.decode(sender.next(0)) for _ in range(4)]
    receiver = Receiver()
    for block in cut[1:]:
        receiver.receive(block, 0)
    wrong = [
        (2, b"other", False, cut[0].counter),  # other octets
        (2, cut[1].data, True, cut[0].counter),  # now the last
        (4, cut[3].data, False, cut[0].counter),  # no longer the last
        (5, b"more", False, cut[0].counter),  # after the last
        (1, b"more", True, cut[0].counter),  # a last one before others
        (1, cut[0].data, False, 7),  # another message's
    ]
    for number, data, last, counter in wrong:
        block = Block(1, counter, SUPPLIER, METER, 0x0102, number, 0, data, last, not last)
        assert raises(Conflict, receiver.receive, block, 0).number == number
    assert receiver.receive(cut[0], 0) == octets


def test_an_acknowledgement_of_what_was_not_sent_is_a_conflict():
    sender = Sender(long_message(3900), 2)
    sender.next(0)
    for block in (
        Block(1, 1000, METER, SUPPLIER, 0x0102, 1, 2),
        Block(1, 1001, METER, SUPPLIER, 0x0102, 1, 1),
        Block(1, 1000, SUPPLIER, METER, 0x0102, 1, 1),
        Block(1, 1000, METER, SUPPLIER, 0x0102, 1, 1, b"data"),
    ):
        raises(Conflict, sender.receive, block, 0)
    receiver = Receiver()
    raises(Conflict, receiver.receive, Block(1, 1000, SUPPLIER, METER, 0x0102, 1, 1), 0)


def test_a_silent_receiver_ends_the_sending():
    sender = Sender(long_message(3900), 2, timeout_ms=100, retries=2)
    now = 0
    sent = 0
    for _ in range(3):
        while sender.next(now) is not None:
            sent += 1
        now = sender.next_timer()
        if _ < 2:
            sender.handle_timer(now)
    assert sent == 4  # two, then the second of them twice more
    assert now == 300
    raises(TimedOut, sender.handle_timer, now)
    assert sender.next_timer() is None
    assert not sender.is_done


def test_a_silent_sender_ends_the_receiving_and_frees_what_was_held():
    sender = Sender(long_message(3900))
    first = blocks.decode(sender.next(0))
    receiver = Receiver(timeout_ms=100, retries=1)
    receiver.receive(first, 0)
    receiver.handle_timer(99)
    assert receiver.next() is None
    receiver.handle_timer(100)
    assert blocks.decode(receiver.next()).acknowledged == 1
    assert raises(TimedOut, receiver.handle_timer, 200).number == 2
    assert receiver.next_timer() is None
    raises(Conflict, receiver.receive, first, 201)


def test_more_octets_or_blocks_than_allowed_end_the_transfer():
    receiver = Receiver(limit=2000)
    receiver.receive(Block(1, 1, SUPPLIER, METER, 1, 1, 0, bytes(1149)), 0)
    error = raises(
        TooLong, receiver.receive, Block(1, 1, SUPPLIER, METER, 1, 2, 0, bytes(1149)), 0
    )
    assert error.number == 2
    raises(Conflict, receiver.receive, Block(1, 1, SUPPLIER, METER, 1, 2, 0, b"a"), 0)
    raises(TooLong, Receiver().receive, Block(1, 1, SUPPLIER, METER, 1, 64, 0, b"a"), 0)
    octets = long_message(640)
    raises(TooLong, Sender, octets, 0, 1000, 1, 10)


def test_a_window_or_size_that_does_not_exist_is_our_mistake():
    octets = long_message(1300)
    raises(ValueError, Sender, octets, 64)
    raises(ValueError, Sender, octets, 0, 1000, 1, 1150)
    raises(ValueError, Receiver, 0)
