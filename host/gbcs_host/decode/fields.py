"""Fields as JSON and back.

A structure is an object of its fields by name, an array a list, a leaf an object with `type` and
`value` (`octets`, in hex, where the value is octets) and, where there is something to say,
`means` and `parts`. Only `type`, `value`, `octets`, `elements` and the order count on the way
back: names, meanings and parts are for people.
"""

from typing import Any

from gbcs_host.decode import present

Field = tuple[Any, ...]

_STRUCTURES = ("structure", "SEQUENCE", "group")
_ARRAYS = ("array", "SEQUENCE OF", "list")


def to_json(field: Field) -> Any:
    """The JSON form of one field."""
    _, kind, value, hint = field
    if not isinstance(value, list):
        return _leaf(kind, value, hint)
    if (value and all(child[0] is None for child in value)) or kind in _ARRAYS:
        elements = [to_json(child) for child in value]
        return elements if kind == "array" else {"type": kind, "elements": elements}
    members = named(value)
    return members if kind == "structure" else {"type": kind, **members}


def named(fields: list[Field]) -> dict[str, Any]:
    """Fields by name; a name that stands twice, or none, is numbered."""
    members: dict[str, Any] = {}
    for index, child in enumerate(fields, 1):
        name = child[0] or "field_%d" % index
        if name in members or name in ("type", "elements"):
            name = "%s_%d" % (name, index)
        members[name] = to_json(child)
    return members


def _leaf(kind: str, value: Any, hint: "str | None") -> dict[str, Any]:
    leaf: dict[str, Any] = {"type": kind}
    means = present.meaning(kind, value, hint)
    if isinstance(value, (bytes, bytearray, memoryview)):
        octets = bytes(value)
        leaf["octets"] = octets.hex().upper()
        inside = present.parts(octets, hint)
        if inside:
            leaf["parts"] = inside
    else:
        leaf["value"] = value
    if means is not None:
        leaf["means"] = means
    return leaf


class FormError(ValueError):
    """JSON that is not of the form `to_json` gives; the text says where."""


def from_json(node: Any, name: "str | None" = None, where: str = "") -> Field:
    """The field that `to_json` was given; its name and hint only where they stand in it."""
    where = where or (name or "field")
    if isinstance(node, list):
        return (name, "array", _children(enumerate(node), where, True), None)
    if not isinstance(node, dict):
        raise FormError("%s: an object or a list expected, found %r" % (where, node))
    kind = node.get("type")
    if kind is None or not isinstance(kind, str):
        return (name, "structure", _children(node.items(), where, False), None)
    if isinstance(node.get("octets"), str):
        try:
            return (name, kind, bytes.fromhex(node["octets"]), None)
        except ValueError:
            raise FormError("%s: octets in hex expected" % where) from None
    if isinstance(node.get("elements"), list):
        return (name, kind, _children(enumerate(node["elements"]), where, True), None)
    if "value" in node and not isinstance(node["value"], (dict, list)):
        return (name, kind, node["value"], None)
    children = ((key, child) for key, child in node.items() if key != "type")
    return (name, kind, _children(children, where, False), None)


def _children(pairs: Any, where: str, unnamed: bool) -> list[Field]:
    return [
        from_json(child, None if unnamed else str(key), "%s.%s" % (where, key))
        for key, child in pairs
    ]
