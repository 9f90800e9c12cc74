"""DLMS data in A-XDR as named fields, and back.

A field's `type` is the name of the type on the wire. Values: null-data and dont-care None;
boolean True (FF), False (00), or the octet as an int where it is neither; integers int; bcd two
hex digits; bit-string a str of 0 and 1; octet-string, date-time, date and time bytes;
visible-string (ASCII) and utf8-string str; floats a float, or their octets as hex where a float
would lose something (infinities, not a number); structure and array a list of fields;
compact-array a list of fields under a type that says what one is (`compact`).

`decode` reads with few checks; where anything is off, `skip`, which checks all, finds what and
where. So both raise the same errors, on both Pythons.

Shapes are those of ARCHITECTURE.md; two things more: a structure of two lengths (a twin-element
meter has more) has a dict, number of elements: shapes, in place of the shapes; and an array whose
elements have shapes of their own has as many shapes as elements.

Source: DLMS UA 1000-2, 9.5 (the type Data); IEC 61334-6. Lengths are in their shortest form in
all 641 reference payloads, and no others are let through.
"""

from gbcs.axdr import types
from gbcs.axdr.skipping import NOTHING, skip
from gbcs.axdr.types import BLOCK, MAX_DEPTH, NAMES, SIZES, UNKNOWN
from gbcs.axdr.values import fixed, variable
from gbcs.clock import WHEN, good_times, is_time
from gbcs.compat import READS_COLUMNS, TYPE_CHECKING
from gbcs.errors import DecodeError
from gbcs.octets import after_length, length

if READS_COLUMNS:
    from gbcs.axdr import wide

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.axdr.types import Field, Shape

__all__ = ("decode", "decode_list", "encode", "skip")

_ALIKE = wide.LEAST if READS_COLUMNS else 0x10000  # elements of an array to read by columns
_from_bytes = int.from_bytes


def decode(data: bytes, offset: int, end: int, shape: "Shape" = NOTHING) -> "tuple[Field, int]":
    """The field at `offset`, and where it ends; DecodeError where it is not one before `end`."""
    fields, at = decode_list(data, offset, end, (shape,))
    return fields[0], at


def decode_list(
    data: bytes, offset: int, end: int, shapes: "tuple[Shape, ...]"
) -> "tuple[list[Field], int]":
    """The fields one after another at `offset`, one a shape, and where they end."""
    if type(data) is not bytes:
        data = bytes(data)  # one copy, so that what is cut out of it needs none
    try:
        fields, at = _fields(data, offset, end, shapes, MAX_DEPTH)
    except (IndexError, DecodeError):
        at = end + 1
    if at > end:
        for shape in shapes:
            offset = skip(data, offset, end, shape)
        raise ValueError("the two readers of A-XDR disagree")
    return fields, at


def _fields(
    data: bytes, at: int, end: int, shapes: "tuple[Shape, ...]", depth: int
) -> "tuple[list[Field], int]":
    """As `decode_list`; where octets run out, it ends after `end`, or with an IndexError.

    Inlined: with octet strings, bit strings and signed numbers in functions of their own, the
    DLMS payloads of the reference messages take 2 % more instructions.
    """
    fields: list[Field] = []
    value: Any
    for name, hint, inside in shapes:
        tag = data[at]
        if tag == 9:
            size = data[at + 1]
            start = at + 2
            if size > 0x7F:
                size = length(data, at + 1, end, name or "")
                start = after_length(data, at + 1)
            at = start + size
            value = data[start:at]
            if hint is None:
                if size > 16 and value[:5] == BLOCK:
                    hint = "encrypted"
            elif hint in WHEN and value not in good_times and not is_time(hint, value):
                return fields, end + 1
            fields.append((name, "octet-string", value, hint))
        elif tag == 18:
            fields.append((name, "long-unsigned", data[at + 1] << 8 | data[at + 2], hint))
            at += 3
        elif tag == 2 or tag == 1:
            count = data[at + 1]
            start = at
            at += 2
            if count > 0x7F:
                count = length(data, at - 1, end, name or "")
                at = after_length(data, at - 1)
            if count > end - at or not depth:
                return fields, end + 1
            if inside.__class__ is dict:
                inside = inside.get(count)
            if tag == 2:
                if inside is None or len(inside) != count:
                    inside = (NOTHING,) * count
                value, at = _fields(data, at, end, inside, depth - 1)
                fields.append((name, "structure", value, hint))
            else:
                if count >= _ALIKE and data[at] == 2 and inside and len(inside) == 1 and depth > 1:
                    alike = wide.read(data, at, end, count, inside[0])
                    if alike is not None:
                        value, at = alike
                        fields.append((name, "array", value, hint))
                        continue
                if inside is None:
                    inside = (NOTHING,) * count
                elif len(inside) != count:
                    inside = inside[:1] * count
                value, at = _fields(data, at, end, inside, depth - 1)
                fields.append((name, "array", value, hint))
        elif tag == 16:
            value = data[at + 1] << 8 | data[at + 2]
            if value > 0x7FFF:
                value -= 0x10000
            fields.append((name, "long", value, hint))
            at += 3
        elif tag == 0:
            fields.append((name, "null-data", None, hint))
            at += 1
        elif tag == 17 or tag == 22:
            fields.append((name, NAMES[tag], data[at + 1], hint))
            at += 2
        elif tag == 3:
            value = data[at + 1]
            if value == 0xFF:
                value = True
            elif not value:
                value = False
            fields.append((name, "boolean", value, hint))
            at += 2
        elif tag == 15:
            value = data[at + 1]
            fields.append((name, "integer", value - 0x100 if value > 0x7F else value, hint))
            at += 2
        elif tag == 4 and data[at + 1] < 0x80:
            count = data[at + 1]
            start = at + 2
            at = start + (count + 7 >> 3)
            value = _from_bytes(data[start:at], "big")
            size = 8 * (at - start)
            if value & ((1 << size - count) - 1):
                return fields, end + 1
            fields.append((name, "bit-string", bin(1 << size | value)[3 : 3 + count], hint))
        elif tag == 6:
            start = at + 1
            at += 5
            fields.append((name, "double-long-unsigned", _from_bytes(data[start:at], "big"), hint))
        else:
            kind, value, at = _other(data, at, end, inside)
            fields.append((name, kind, value, hint))
    return fields, at


def _other(data: bytes, at: int, end: int, inside: "Any") -> "tuple[str, Any, int]":
    """Type and value of what `_fields` sees less often, and where it ends."""
    tag = data[at]
    size = SIZES[tag]
    if size:
        stop = at + size
        if size == UNKNOWN or stop > end:
            return "", None, end + 1
        return types.name_of(tag), fixed(tag, data, at + 1, stop), stop
    if tag == 19:
        from gbcs.axdr import compact  # few messages have any

        return compact.read(data, at, end, inside)
    value, at = variable(tag, data, at + 1, end, "")
    return NAMES[tag], value, at


def encode(field: "Field") -> bytes:
    """The octets of a field; EncodeError where it has none."""
    from gbcs.axdr import encoder  # who only reads does not pay for it

    return encoder.encode(field)
