"""Whether dates and times in an access request are some, checked without building its fields.

Which octet strings are dates a use case's template says. Loaded for requests alone that have an
octet string as long as a date.
"""

from gbcs.axdr import skipping
from gbcs.clock import WHEN
from gbcs.compat import TYPE_CHECKING
from gbcs.cosem import cosem
from gbcs.cosem.layout import shape as shape_of
from gbcs.dlms.plan import NOTHING, SPECIFICATION_SIZE, entry_of, specification
from gbcs.octets import after_length, length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gbcs.axdr.types import Shape


def may_be_any(data: bytes, at: int, end: int) -> bool:
    """Whether an octet string in `data[at:end]` might be as long as a date-time, date or time."""
    return any(data.find(bytes((9, WHEN[hint])), at, end) >= 0 for hint in WHEN)


def check(data: bytes, at: int, end: int, code: int) -> None:
    """Raises DecodeError for a date that is none.

    At `at` stand the specifications of a request that `gbcs.dlms.dlms.skip` has walked.
    """
    count = length(data, at, end, "specifications")
    at = after_length(data, at)
    item = at
    for _ in range(count):
        item = _after_specification(data, item, end)
    item = after_length(data, item)
    for shape in _shapes(data, at, end, count, code):
        item = skipping.skip(data, item, end, shape)


def _after_specification(data: bytes, at: int, end: int) -> int:
    stop = at + SPECIFICATION_SIZE
    return skipping.skip(data, stop + 1, end) if data[at] > 3 else stop


def _shapes(data: bytes, at: int, end: int, count: int, code: int) -> "Iterator[Shape]":
    """The shape of each item's data, as `dlms` finds it; optional entries may be left out."""
    passed = 0  # entries of the template up to the last that was met
    source = cosem.requests(code)
    for _ in range(count):
        octets = data[at : at + SPECIFICATION_SIZE]
        met = None
        seen = 0
        for request in source:
            seen += 1
            if specification(request.object, request.choice) == octets:
                met = request
                break
        if met is not None:
            passed += seen
            choice = met.choice
            yield shape_of(met.object.layout) if choice[:3] != "get" else NOTHING
        else:
            source = cosem.requests(code)
            for _ in range(passed):
                next(source)
            yield entry_of(octets)[3]
        at = _after_specification(data, at, end)
