"""Arrays of structures that are all alike, read by columns: for CPython, where that is faster.

Prices, thresholds and logs are long arrays of small structures. The first says where tags and
lengths stand; where they stand so in all, one `struct` format reads each. Anything else, and all
that is wrong, is left to `axdr`.
"""

import struct

from gbcs.axdr.types import NAMES
from gbcs.clock import WHEN, good_times, is_time
from gbcs.compat import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    from gbcs.axdr.types import Field

    Fixes = list[tuple[int, Callable[[Any], Any]]]
    Columns = tuple[str, int, list[tuple[int, int]], list[str], Fixes]

LEAST = 4  # elements, for what is found out of the first to pay

# By tag: the letter of `struct`, and the octets; octet-string and bit-string have a length
_LETTERS = {0: "", 5: "i", 6: "I", 15: "b", 16: "h", 17: "B", 18: "H", 20: "q", 21: "Q", 22: "B"}
_LETTERS[3] = "B"
_SIZES = {letter: struct.calcsize(">" + letter) for letter in _LETTERS.values()}


class _Bits(dict):
    """The text of a bit string by its octets, of which the last `used` bits (0 for 8) count."""

    def __init__(self, used: int) -> None:
        self.unused = 8 - used & 7

    def __missing__(self, octets: bytes) -> str:
        """Raises KeyError where a bit that does not count is set."""
        bits = bin(int.from_bytes(b"\x01" + octets, "big"))[3:]
        if self.unused:
            if "1" in bits[-self.unused :]:
                raise KeyError(octets)
            bits = bits[: -self.unused]
        if len(self) < 4096 and len(octets) < 3:
            self[octets] = bits
        return bits


def _checked(hint: str) -> "Callable[[bytes], bytes]":
    def check(octets: bytes) -> bytes:
        if octets not in good_times and not is_time(hint, octets):
            raise KeyError(octets)
        return octets

    return check


_TIMES = {WHEN[hint]: _checked(hint) for hint in WHEN}
_BITS = [_Bits(used).__getitem__ for used in range(8)]
_BOOLEANS: "list[int | bool]" = list(range(256))
_BOOLEANS[0] = False
_BOOLEANS[255] = True


def read(
    data: bytes, at: int, end: int, count: int, shape: "tuple[Any, ...]"
) -> "tuple[list[Field], int] | None":
    """`count` structures at `at`, and where they end; None where they are not all alike."""
    name, hint, inside = shape
    if inside.__class__ is dict:
        inside = inside.get(data[at + 1])
    columns = _columns(data, at, inside)
    if columns is None:
        return None
    code, stride, marks, kinds, fixes = columns
    stop = at + stride * count
    if stop > end:
        return None
    for offset, octet in marks:
        if data[at + offset : stop : stride] != bytes((octet,)) * count:
            return None
    names = [member[0] for member in inside]
    hints = [member[1] for member in inside]
    structures: list[Field] = []
    try:
        for values in struct.iter_unpack(code, data[at:stop]):
            row: Any = values
            if fixes:
                row = list(values)
                for index, fix in fixes:
                    row[index] = fix(row[index])
            structures.append((name, "structure", list(zip(names, kinds, row, hints)), hint))
    except KeyError:
        return None
    return structures, stop


def _columns(data: bytes, at: int, inside: "Any") -> "Columns | None":
    """What holds for all structures that are like the one at `at`; None for one of another form.

    Its format for `struct`; its size; (offset, octet) for each tag and length; the types of its
    fields; and (index, function) for each field whose value `struct` does not give by itself.
    """
    fields = data[at + 1]
    if fields > 0x7F or inside is None or len(inside) != fields:
        return None
    marks = [(0, 2), (1, fields)]  # what octet stands where
    code = ">2x"
    kinds = []
    fixes: Fixes = []
    place = at + 2
    for index in range(fields):
        tag = data[place]
        marks.append((place - at, tag))
        if tag == 9 or tag == 4:
            size = data[place + 1]
            if size > 0x7F or (size > 16 and tag == 9 and inside[index][1] is None):
                return None
            marks.append((place - at + 1, size))
            if tag == 4:
                fixes.append((index, _BITS[size & 7]))
                size = size + 7 >> 3
                if not size:
                    return None
            elif WHEN.get(inside[index][1]) == size:
                fixes.append((index, _TIMES[size]))
            code += "2x%ds" % size
            place += 2 + size
        else:
            letter = _LETTERS.get(tag)
            if not letter:
                return None
            code += "x" + letter
            place += 1 + _SIZES[letter]
            if tag == 3:
                fixes.append((index, _BOOLEANS.__getitem__))
        kinds.append(NAMES[tag])
    return code, place - at, marks, kinds, fixes
