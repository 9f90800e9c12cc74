"""Whether data that are set, or given to a method, fit the template of the use case.

Types, the number of elements and the largest size of a string: what a device keeps, and counts by,
is of its layout (gbcs.cosem.layout) throughout. A constant that is all there is tells one use case
from another (ECS42 enables, ECS43 disables); those in structures are settings. All data of the
reference requests fit.
"""

from gbcs.axdr.types import NAMES, SIZES
from gbcs.compat import TYPE_CHECKING
from gbcs.datetimes import WHEN, check_when
from gbcs.octets import after_length, length
from gbcs_device.messages.defaults import octets_of

if TYPE_CHECKING:
    from gbcs.cosem.layout import Layout


def fits(layout: "Layout", data: bytes, at: int, end: int) -> bool:
    """Whether the checked A-XDR item `data[at:end]` is of a layout.

    Raises DecodeError where the layout says that an octet string is a date or a time, and it has
    the size of one, and is none.
    """
    if layout[3] is not None and data[at:end] != octets_of(layout):
        return False
    return _end(layout, data, at, end) == end


def _end(layout: "Layout", data: bytes, at: int, end: int) -> int:
    """Where the item at `at` ends; -1 where it is not of the layout."""
    name, kind, size, _, hint, children, _ = layout
    tag = data[at]
    if tag >= len(NAMES) or NAMES[tag] != kind:
        return -1
    if SIZES[tag]:
        return at + SIZES[tag]
    count = length(data, at + 1, end, "")
    start = after_length(data, at + 1)
    if tag > 2:
        stop = start + (count + 7 >> 3 if tag == 4 else count)
        if hint in WHEN:
            check_when(hint, data, start, count, name or "")
        return stop if size is None or count <= size else -1
    if tag == 1:
        if size is not None and not size[0] <= count <= size[1]:
            return -1
        for _ in range(count):
            start = _end(children[0], data, start, end)
            if start < 0:
                break
        return start
    if count != len(children):
        children = tuple([child for child in children if not child[6]])
        if count != len(children):
            return -1
    for child in children:
        start = _end(child, data, start, end)
        if start < 0:
            break
    return start
