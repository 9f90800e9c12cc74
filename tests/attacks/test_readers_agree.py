"""What a device trusts, `skip` of a codec, refuses whatever `decode` refuses, and no more."""

import os
import random

from gbcs import message, payload
from gbcs.errors import DecodeError

LONG = os.environ.get("GBCS_LONG") == "1"
COUNT = 80_000 if LONG else 5_000


def damaged(content, chosen):
    """The content with one to three octets changed, left out or put in."""
    octets = bytearray(content)
    for _ in range(1 if chosen.random() < 0.7 else chosen.randrange(2, 4)):
        at = chosen.randrange(len(octets)) if octets else 0
        kind = chosen.random()
        if kind < 0.5 and octets:
            octets[at] = chosen.randrange(256)
        elif kind < 0.7 and octets:
            octets[at] ^= 1 << chosen.randrange(8)
        elif kind < 0.8 and octets:
            del octets[at]
        elif kind < 0.9:
            octets.insert(at, chosen.randrange(256))
        elif octets:
            octets[at] = chosen.choice((0x00, 0xFF, 0x80, 0x7F))
    return bytes(octets)


def outcome(reader, m):
    """None, or the offset at which a reader refuses a payload."""
    try:
        reader(m)
    except DecodeError as error:
        return error.offset
    return None


def test_both_readers_refuse_the_same_of_damaged_commands(references):
    commands = [message.decode(one.octets) for one in references if one.kind == "command"]
    chosen = random.Random(12)
    refused = 0
    for _ in range(COUNT):
        original = chosen.choice(commands)
        m = message.decode(message.encode(original, damaged(original.content, chosen)))
        by_skip, by_decode = outcome(payload.skip, m), outcome(payload.decode, m)
        assert (by_skip is None) == (by_decode is None), (m.octets.hex(), by_skip, by_decode)
        refused += by_skip is not None
    print("%d damaged commands, %d refused by both" % (COUNT, refused))
    assert refused > COUNT // 5
