"""JSON text as `gbcs encode` takes it, stricter than Python's `json`.

Python keeps the last of two members of one name, and takes `true` as the number 1: octets would
be made that the text does not say. Here both are errors, and so are NaN and Infinity.
"""

import json
from typing import Any

from gbcs_host.decode.fields import FormError

_BOOLEANS = ("boolean", "BOOLEAN", "bool")  # of DLMS, ASN.1, ZCL


def loads(text: str) -> Any:
    """The value of a JSON text.

    Raises json.JSONDecodeError for text that is no JSON; FormError, which names the member, for
    one that stands twice in its object, for NaN and Infinity, and for a truth value where the
    message has none.
    """
    node = json.loads(text, object_pairs_hook=_members, parse_constant=_refuse_constant)
    _check_truth_values(node, "")
    return node


def _members(pairs: "list[tuple[str, Any]]") -> "dict[str, Any]":
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise FormError("%.40s: one member of this name expected, found two" % name)
        members[name] = value
    return members


def _refuse_constant(name: str) -> float:
    raise FormError("a number expected, found %s" % name)


def _check_truth_values(node: Any, where: str) -> None:
    """Raises FormError for true or false that is not the value of a boolean type."""
    if isinstance(node, bool):
        raise FormError(
            "%s: a number, text or an object expected, found %s"
            % (where or "the line", "true" if node else "false")
        )
    if isinstance(node, dict):
        is_boolean = node.get("type") in _BOOLEANS and isinstance(node.get("value"), bool)
        for name, child in node.items():
            if not (is_boolean and name == "value"):
                _check_truth_values(child, "%s.%s" % (where, name) if where else name)
    elif isinstance(node, list):
        for number, child in enumerate(node):
            _check_truth_values(child, "%s.%d" % (where, number) if where else "%d" % number)
