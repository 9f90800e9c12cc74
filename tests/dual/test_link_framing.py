"""Frames on a stream: whole, in pieces, and between noise."""

from gbcs.link import MAX_DATAGRAM, Framing, encode, seal, unseal

FIRST = bytes.fromhex("DF0901000000037E7D7D5E03111300007E")
SECOND = b"}~ and }] and ~~"
EVERY = bytes(range(256))


def raises(expected, function, *arguments):
    try:
        function(*arguments)
    except expected as error:
        return error
    raise AssertionError("nothing was raised")


def flipped(octets, bit):
    changed = bytearray(octets)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_a_frame_is_the_flags_and_the_escaped_datagram_and_checksum():
    assert encode(b"") == b"~\x4b\x3a\x17\x0a~"
    assert encode(b"123456789") == b"~123456789" + seal(b"123456789")[9:] + b"~"
    assert encode(EVERY).count(b"\x7e") == 2
    for octet in (3, 0x11, 0x13):
        assert bytes((octet,)) not in encode(EVERY)


def test_datagrams_come_back():
    framing = Framing()
    for datagram in (b"", b"\x00", FIRST, SECOND, EVERY, EVERY * 20, b"\x7e" * 300, b"\x7d" * 300):
        assert framing.receive(encode(datagram)) == [datagram]
        assert unseal(seal(datagram)) == datagram
    assert (framing.dropped, framing.dropped_octets) == (0, 0)


def test_a_frame_may_be_cut_anywhere():
    octets = encode(FIRST)
    framing = Framing()
    for at in range(len(octets) + 1):
        found = framing.receive(octets[:at]) + framing.receive(octets[at:])
        assert found == [FIRST], at
    found = []
    for octet in octets + encode(SECOND):
        found += framing.receive(bytes((octet,)))
    assert found == [FIRST, SECOND]
    assert framing.dropped == 0


def test_one_read_may_hold_several_frames():
    octets = encode(FIRST) + encode(b"") + encode(SECOND)
    assert Framing().receive(octets) == [FIRST, b"", SECOND]
    assert Framing().receive(bytearray(octets)) == [FIRST, b"", SECOND]
    framing = Framing()
    assert framing.receive(octets + octets[:9]) == [FIRST, b"", SECOND]
    assert framing.receive(octets[9:]) == [FIRST, b"", SECOND]


def test_two_frames_may_share_a_flag():
    assert Framing().receive(encode(FIRST) + encode(SECOND)[1:]) == [FIRST, SECOND]


def test_text_before_between_and_after_frames_is_dropped_and_counted():
    for text in (b"MPY: soft reboot\r\n", b">>> ", b"}", b"\x00" * 50, b"\xff" * 50, b"abc}"):
        framing = Framing()
        octets = text + encode(FIRST) + text + encode(SECOND) + text + b"~"
        assert framing.receive(octets) == [FIRST, SECOND]
        assert (framing.dropped, framing.dropped_octets) == (3, 3 * len(text))


def test_noise_inside_a_frame_loses_this_one_only():
    octets = encode(FIRST)
    for noise in (b"x", b"~", b"}", b"}~", b"~~x~", b"\x00" * 1000):
        for at in range(1, len(octets)):
            framing = Framing()
            damaged = octets[:at] + noise + octets[at:]
            found = framing.receive(damaged + encode(SECOND))
            # noise with flags at its ends may stand beside a frame that is whole
            assert found in ([SECOND], [FIRST, SECOND]), (at, noise)
            if 1 < at < len(octets) - 1:
                assert found == [SECOND], (at, noise)


def test_a_frame_cut_off_loses_this_one_only():
    octets = encode(FIRST)
    for length in range(1, len(octets) - 1):
        framing = Framing()
        assert framing.receive(octets[:length] + encode(SECOND)) == [SECOND]
        assert framing.dropped == (1 if length > 1 else 0)


def test_a_bit_error_anywhere_never_gives_another_datagram():
    for datagram in (b"", b"\x00" * 12, b"\xff" * 12, b"|" * 12, FIRST, SECOND):
        octets = encode(datagram)
        for bit in range(8 * len(octets)):
            framing = Framing()
            found = framing.receive(flipped(octets, bit))
            found += framing.receive(encode(b"next"))
            assert found == [b"next"], (datagram, bit)
            assert framing.dropped >= 1


def test_two_bit_errors_never_give_another_datagram():
    octets = encode(b"}two")
    for one in range(8 * len(octets)):
        for other in range(one):
            found = Framing().receive(flipped(flipped(octets, one), other) + encode(b"next"))
            assert found == [b"next"], (one, other)


def test_a_line_that_hangs_gives_nothing():
    for octet in range(256):
        framing = Framing()
        for length in range(1, 20):
            assert framing.receive(b"~" + bytes((octet,)) * length + b"~") == []


def test_what_is_too_long_is_dropped_and_no_more_than_the_limit_is_kept():
    framing = Framing(100)
    assert framing.receive(encode(EVERY[:100])) == [EVERY[:100]]
    assert framing.receive(encode(b"~" * 100)) == [b"~" * 100]
    assert framing.receive(encode(EVERY[:101])) == []
    assert framing.dropped == 1
    for _ in range(50):
        assert framing.receive(b"noise without a flag" * 10) == []
        assert len(framing._held) <= 104
    assert framing.receive(encode(FIRST)) == [FIRST]
    assert framing.dropped == 2
    assert framing.dropped_octets == len(encode(EVERY[:101])) - 2 + 50 * 200


def test_the_longest_datagram_is_taken_and_no_longer_one():
    octets = b"x" * 8192
    assert Framing(8192).receive(encode(octets)) == [octets]
    raises(ValueError, Framing, MAX_DATAGRAM + 1)
    raises(ValueError, Framing, -1)


def test_the_checksum_of_a_datagram_is_checked():
    octets = seal(FIRST)
    for end in range(len(octets)):
        assert unseal(octets[:end]) is None
    for bit in range(8 * len(octets)):
        assert unseal(flipped(octets, bit)) is None
