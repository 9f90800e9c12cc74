"""Fields as JSON and back.

A structure is an object of its fields by name, an array is a list, and a leaf is an object with
`type` and `value` (or `octets`, in hex) and, where they are known, `means` and `parts`.
`from_json` reads `type`, `value`, `octets`, `elements` and the order; it ignores names, meanings
and parts.
"""

from typing import Any

from gbcs_host.decode import present

Field = tuple[Any, ...]

_STRUCTURES = ("structure", "SEQUENCE", "group")
_ARRAYS = ("array", "SEQUENCE OF", "list")


def to_json(field: Field) -> Any:
    """The JSON form of a field: a tuple of name, type, value and hint."""
    _, kind, value, hint = field
    if not isinstance(value, list):
        return _leaf(kind, value, hint)
    if (value and all(child[0] is None for child in value)) or kind in _ARRAYS:
        elements = [to_json(child) for child in value]
        return elements if kind == "array" else {"type": kind, "elements": elements}
    members = named(value)
    return members if kind == "structure" else {"type": kind, **members}


def named(fields: list[Field]) -> dict[str, Any]:
    """An object of fields by name; a missing or repeated name gets the field's number."""
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
    """JSON that is not of the form `to_json` gives; the text says where and what was expected."""


def from_json(node: Any, name: "str | None" = None, where: str = "") -> Field:
    """The field of a node, named `name`, without a hint; `where` is its path for FormError."""
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
            raise FormError(
                "%s: octets in hex expected, found '%s'" % (where, node["octets"])
            ) from None
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
