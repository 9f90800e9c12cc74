"""ASN.1 use cases: the command's field in, the response's field out."""

from gbcs.asn1 import asn1, der
from gbcs.asn1.der import LONG
from gbcs.compat import TYPE_CHECKING
from gbcs.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    from gbcs.asn1.der import Field
    from gbcs_device.messages.device import Command


def answer(command: "Command", run: "Callable[[Command, Field], Field]") -> bytes:
    """The response's octets; `run(command, field)` gives its field.

    Certificates in the command stay octets.
    """
    m = command.m
    name = asn1.payload_type(m.code, "command")
    if name is None:
        raise DecodeError("a command that this device has expected", m.content_start, "content")
    field = asn1.decode(name, m.octets, m.content_start, m.content_end, False)
    return der.encode(run(command, field))


def values(field: "Field") -> "dict[str, Any]":
    """The values of a SEQUENCE's fields by their names."""
    return {entry[0]: entry[2] for entry in field[2]}


def integer(value: int, tag: str = "") -> "Field":
    """An INTEGER."""
    return (None, tag + "INTEGER", value, None)


def octets(value: bytes) -> "Field":
    """An OCTET STRING."""
    return (None, "OCTET STRING", value, None)


def enumerated(value: int) -> "Field":
    """An ENUMERATED."""
    return (None, "ENUMERATED", value, None)


NULL: "Field" = (None, "NULL", None, None)


def sequence(*fields: "Field", credentials: bool = False) -> "Field":
    """A SEQUENCE; its length is in the long form where `credentials` and 128 to 255 octets.

    So it is in the reference responses about credentials, and nowhere else.
    """
    kind = "SEQUENCE"
    if credentials:
        size = sum([len(der.encode(field)) for field in fields])
        if 0x80 <= size < 0x100:
            kind += LONG
    return (None, kind, list(fields), None)
