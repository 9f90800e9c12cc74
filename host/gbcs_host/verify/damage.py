"""Damaged messages, drawn from a seed, for tests that a decoder refuses them.

The same seed gives the same damage.
"""

import random
from collections.abc import Iterator, Sequence

_EDGES = (0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xFE, 0xFF)


def flipped(octets: bytes) -> Iterator[bytes]:
    """All copies of the octets in which one bit is flipped, in order."""
    for at in range(len(octets)):
        for bit in range(8):
            changed = bytearray(octets)
            changed[at] ^= 1 << bit
            yield bytes(changed)


def damaged(seeds: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """`count` inputs made of `seeds`: octets changed, removed, added or mixed, or random octets.

    `seed` is that of the random numbers.
    """
    source = random.Random(seed)
    for _ in range(count):
        octets = bytearray(source.choice(seeds))
        for _ in range(source.choice((1, 1, 1, 2, 3, 8))):
            octets = _MENDERS[source.randrange(len(_MENDERS))](octets, source, seeds)
        yield bytes(octets)


def _place(octets: bytearray, source: random.Random) -> int:
    return source.randrange(len(octets)) if octets else 0


def _bit(octets: bytearray, source: random.Random, seeds: Sequence[bytes]) -> bytearray:
    if octets:
        octets[_place(octets, source)] ^= 1 << source.randrange(8)
    return octets


def _octet(octets: bytearray, source: random.Random, seeds: Sequence[bytes]) -> bytearray:
    if octets:
        octets[_place(octets, source)] = source.randrange(256)
    return octets


def _edge(octets: bytearray, source: random.Random, seeds: Sequence[bytes]) -> bytearray:
    if octets:
        octets[_place(octets, source)] = source.choice(_EDGES)
    return octets


def _cut(octets: bytearray, source: random.Random, seeds: Sequence[bytes]) -> bytearray:
    return octets[: _place(octets, source)]


def _drop(octets: bytearray, source: random.Random, seeds: Sequence[bytes]) -> bytearray:
    at = _place(octets, source)
    return octets[:at] + octets[at + source.randrange(1, 9) :]


def _grow(octets: bytearray, source: random.Random, seeds: Sequence[bytes]) -> bytearray:
    at = _place(octets, source)
    return octets[:at] + source.randbytes(source.randrange(1, 9)) + octets[at:]


def _repeat(octets: bytearray, source: random.Random, seeds: Sequence[bytes]) -> bytearray:
    at = _place(octets, source)
    return octets[:at] + octets[at : at + source.randrange(1, 40)] * 2 + octets[at:]


def _mix(octets: bytearray, source: random.Random, seeds: Sequence[bytes]) -> bytearray:
    donor = source.choice(seeds)
    return octets[: _place(octets, source)] + donor[source.randrange(len(donor)) :]


def _long(octets: bytearray, source: random.Random, seeds: Sequence[bytes]) -> bytearray:
    """Puts a huge length or count at a random place."""
    at = _place(octets, source)
    octets[at : at + 3] = source.choice(
        (b"\x82\xff\xff", b"\x84\x7f\xff", b"\x83\xff\xff", b"\xff" * 3)
    )
    return octets


def _noise(octets: bytearray, source: random.Random, seeds: Sequence[bytes]) -> bytearray:
    return bytearray(source.randbytes(source.randrange(200)))


_MENDERS = (_bit, _octet, _octet, _edge, _edge, _cut, _drop, _grow, _repeat, _mix, _long, _noise)
