"""Payloads read by a layout: named fields, or only a check that they fit."""

import struct

from gbcs.compat import TYPE_CHECKING
from gbcs.errors import DecodeError
from gbcs.zcl import types
from gbcs.zcl.layout import BITS, CASE, GROUPS, LIST, OCTETS, OPTIONAL, RUN, STRING, TYPED
from gbcs.zcl.types import decode_typed, short

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.zcl.types import Field


def read(
    steps: tuple, data: bytes, at: int, end: int, fields: "list[Field] | None", seen: dict
) -> int:
    """Walks a layout from `at`; where it ends. Adds to `fields` unless that is None.

    `seen` holds the values that counts and conditions further on refer to.
    """
    for step in steps:
        op = step[0]
        if op == RUN:
            size = step[1]
            if size > end - at:
                raise _run_out(step, at, end)
            if fields is not None:
                values: tuple | list = struct.unpack_from(step[2], data, at)
                if step[6]:
                    values = list(values)
                    for index, fix in step[6]:
                        values[index] = fix(values[index])
                fields.extend(zip(step[3], step[4], values, step[5]))
            for offset, width, name in step[7]:
                start = at + offset
                seen[name] = int.from_bytes(data[start : start + width], "little")
            at += size
        elif op == STRING:
            _, name, row, hint = step
            value, at = types.decode_value(row, data, at, end, name)
            if fields is not None:
                fields.append((name, row[1], value, hint))
        elif op == GROUPS:
            at = _read_groups(step, data, at, end, fields, seen)
        elif op == LIST:
            at = _read_list(step, data, at, end, fields, seen)
        elif op == CASE:
            if seen.get(step[1]) in step[2]:
                at = read(step[3], data, at, end, fields, seen)
        elif op == BITS:
            if seen.get(step[1], 0) & step[2]:
                at = read(step[3], data, at, end, fields, seen)
        elif op == OPTIONAL:
            if at < end:
                at = read(step[1], data, at, end, fields, seen)
        elif op == OCTETS:
            if fields is not None:
                fields.append((step[1], "octets", bytes(data[at:end]), step[2]))
            at = end
        elif op == TYPED:
            field, at = decode_typed(data, at, end, step[1], step[2], step[1])
            if fields is not None:
                fields.append(field)
        else:
            at = _read_change(step, data, at, end, fields, seen)
    return at


def _run_out(step: tuple, at: int, end: int) -> DecodeError:
    """The error at the first field of a run for which there are too few octets."""
    for name, kind in zip(step[3], step[4]):
        row: Any = types.by_name(kind)  # never None: the layout was made of it
        size = row[2]
        if size > end - at:
            return short(size, at, end, name)
        at += size
    raise ValueError("nothing is short")


def _read_groups(
    step: tuple, data: bytes, at: int, end: int, fields: "list[Field] | None", seen: dict
) -> int:
    _, name, steps, count, mask = step
    left = seen[count] & mask if count else -1
    groups: list[Field] = []
    while left and (left > 0 or at < end):
        group: list[Field] | None = None if fields is None else []
        start = at
        at = read(steps, data, at, end, group, seen)
        if at == start:
            raise DecodeError("octets of a group expected", at, name)
        if group is not None:
            groups.append((None, "group", group, None))
        left -= 1
    if fields is not None:
        fields.append((name, "list", groups, None))
    return at


def _read_list(
    step: tuple, data: bytes, at: int, end: int, fields: "list[Field] | None", seen: dict
) -> int:
    _, name, row, hint, count, mask = step
    size = row[2]
    if count:
        stop = at + size * (seen[count] & mask)
        if stop > end:
            raise short(stop - at, at, end, name)
    else:
        stop = end
        left = (end - at) % size
        if left:
            raise short(size, end - left, end, name)
    if fields is not None:
        kind = row[1]
        values: list[Field] = []
        if row[4] == "u":
            for start in range(at, stop, size):
                value: object = int.from_bytes(data[start : start + size], "little")
                values.append((None, kind, value, hint))
        else:
            for start in range(at, stop, size):
                value = types.decode_value(row, data, start, stop, name)[0]
                values.append((None, kind, value, hint))
        fields.append((name, "list", values, None))
    return stop


def _read_change(
    step: tuple, data: bytes, at: int, end: int, fields: "list[Field] | None", seen: dict
) -> int:
    """A reportable change: a value of the type named before, left out where that is not analog."""
    code = seen[step[2]]
    if not types.is_analog(code):
        return at
    row = types.by_code(code)
    if row is None:
        raise DecodeError("a data type expected, found %02X" % code, at, step[2])
    value, at = types.decode_value(row, data, at, end, step[1])
    if fields is not None:
        fields.append((step[1], row[1], value, row[6]))
    return at
