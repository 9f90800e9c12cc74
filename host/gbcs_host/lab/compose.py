"""Commands composed of use case templates: values not given are null, zero, empty or constant.

`access_request("ECS10", 7, {"value": b"Hello"})` gives leaves of the data by the names that `gbcs
decode` prints; `gbz_command` does the same for GBZ.

Sources: the use case templates of GBCS 20 (COSEM objects) and 7.2.9 (GBZ components); DLMS UA
1000-2, 9.3.14 (access service); GBCS 8.5 (protected attributes).
"""

import functools
from typing import Any

from gbcs import usecases
from gbcs.axdr import axdr
from gbcs.cosem import cosem
from gbcs.cosem.layout import shape
from gbcs.dlms import dlms
from gbcs.gbz import gbz, template
from gbcs.usecases import UseCase
from gbcs.zcl import clusters, zcl
from gbcs.zcl.encoder import encode_fields
from gbcs.zcl.layout import RUN, STRING
from gbcs_device.messages.layouts import octets_of

_NULL: Any = (None, "null-data", None, None)
_PROTECTION_CLASS = 30  # data protection, of protected reads: GBCS 8.5


class UnknownName(Exception):
    """A name of no use case, or of no value in its template, whose parts may be repeated."""


@functools.lru_cache(maxsize=512)
def case_of(name: str) -> UseCase:
    """The use case of that name, of several variants the first. Raises UnknownName.

    The registry is text, which is searched once for each name.
    """
    cases = usecases.by_name(name)
    if not cases:
        raise UnknownName("the name of a use case expected, found %r" % name)
    return cases[0]


@functools.lru_cache(maxsize=256)
def _requests(code: int) -> "tuple[tuple[Any, Any], ...]":
    """The requests of a template, and the named fields of the data that each has, or None."""
    pairs = []
    for request in cosem.requests(code):
        layout = request.object.layout
        named = None
        if request.choice in ("set", "action") and request.object.class_id != _PROTECTION_CLASS:
            octets = octets_of(layout)
            named = axdr.decode(octets, 0, len(octets), shape(layout))[0]
        pairs.append((request, named))
    return tuple(pairs)


def access_request(
    use_case: str, counter: int, values: "dict[str, Any] | None" = None,
    originator: bytes = b"", recipient: bytes = b"",
) -> dlms.AccessRequest:  # fmt: skip
    """The access request of a DLMS use case with these values, by name.

    `counter` is the originator counter; `originator` and `recipient`, EUI-64s, are for protected
    reads. Raises UnknownName for a name that the template does not have.
    """
    left = dict(values or {})
    items: list[Any] = []
    for request, named in _requests(case_of(use_case).code or 0):
        target = request.object
        data: Any = _NULL
        if named is not None:
            data = _filled(named, left)
        elif request.choice in ("set", "action"):
            data = _protected(request.protects, counter, originator, recipient)
        selection = None
        if request.choice == "get-with-selection":
            selection = _everything()
        items.append(
            (None, request.choice, target.class_id, target.obis, target.index, selection, data)
        )
    if left:
        raise UnknownName(
            "names in the template of %s expected, found %s" % (use_case, ", ".join(sorted(left)))
        )
    return dlms.AccessRequest(0x20000000 | counter & 0xFFFFFF, b"", items)


def _filled(given: Any, left: "dict[str, Any]") -> Any:
    """The field with the values of `left` for the names in it, which are removed from `left`."""
    name, kind, value, hint = given
    if name in left:
        return (name, kind, left.pop(name), hint)
    if isinstance(value, list):
        return (name, kind, [_filled(child, left) for child in value], hint)
    return given


def field(kind: str, value: Any) -> Any:
    """A field without a name or hint, of this wire type and value."""
    return (None, kind, value, None)


def _protected(objects: Any, counter: int, originator: bytes, recipient: bytes) -> Any:
    """The data of get_protected_attributes for all of the objects: GBCS 8.5."""
    nothing = field("structure", [field("enum", 0), _NULL])
    wanted = [
        field(
            "structure",
            [
                field("long-unsigned", attribute.class_id),
                field("octet-string", attribute.obis),
                field("integer", attribute.index),
                field("long-unsigned", 0),
                nothing,
            ],
        )
        for attribute in objects
    ]
    key = field("structure", [field("octet-string", b"\x02"), field("octet-string", b"")])
    options = [
        field("octet-string", b"\x04" + counter.to_bytes(8, "big")),
        field("octet-string", originator),
        field("octet-string", recipient),
        field("octet-string", b""),
        field("structure", [field("enum", 2), key]),
    ]
    parameters = field("structure", [field("enum", 2), field("structure", options)])
    return field("structure", [field("array", wanted), field("array", [parameters])])


def _everything() -> Any:
    """A selection of all entries of a log by time: DLMS UA 1000-1, class 7, range descriptor."""
    clock = [
        field("long-unsigned", 1),
        field("octet-string", bytes.fromhex("00005E2C64FF")),
        field("integer", 2),
        field("long-unsigned", 0),
    ]
    parts = [
        field("structure", clock),
        field("double-long-unsigned", 0),
        field("double-long-unsigned", 0xFFFFFFFF),
        field("array", []),
    ]
    selector = ("access_selector", "unsigned", 1, None)
    return ("selection", "access-selection", [selector, field("structure", parts)], None)


def gbz_command(use_case: str, values: "dict[str, Any] | None" = None) -> gbz.Gbz:
    """The payload of a GBZ use case: reads of all its attributes, commands with these values.

    Raises UnknownName.
    """
    case = case_of(use_case)
    expected = [row for row in template.find(case.code or 0) if row.side == "command"]
    components = []
    for number, row in enumerate(expected):
        last = number == len(expected) - 1
        if not row.frame_control & 1:
            identifiers = [name for name, _ in row.constants if isinstance(name, int)]
            octets = b"".join(name.to_bytes(2, "little") for name in identifiers)
        else:
            octets = _payload(row, dict(values or {}))
        name, fields = zcl.decode_payload(
            octets, 0, len(octets), row.cluster, row.frame_control, row.command
        )
        components.append(
            gbz.Component(int(last) | (gbz.FROM_DATE_TIME if row.from_date_time else 0),
                          row.cluster, None, None, 0 if row.from_date_time else None,
                          row.frame_control, number, row.command, name, fields, None)
        )  # fmt: skip
    return gbz.Gbz(gbz.PROFILE, components)


def _payload(row: Any, values: "dict[str, Any]") -> bytes:
    """The ZCL payload of a cluster's command with given values, constants and zeros."""
    _, layout, _ = clusters.command(row.cluster, row.frame_control & 8, row.command)
    constants = dict(row.constants)
    fields: list[Any] = []
    for step in layout or ():
        if step[0] == RUN:
            pairs = list(zip(step[3], step[4], strict=True))
        elif step[0] == STRING:
            pairs = [(step[1], step[2][1])]
        else:
            raise UnknownName(
                "a command without repeated parts expected, found %02X" % row.command
            )
        for name, kind in pairs:
            constant = constants.get(name, (0,))
            value = values.pop(name, b"" if kind.endswith("octstr") else constant[0])
            fields.append((name, kind, value, None))
    if values:
        raise UnknownName(
            "fields of command %02X expected, found %s" % (row.command, ", ".join(sorted(values)))
        )
    return encode_fields(fields)
