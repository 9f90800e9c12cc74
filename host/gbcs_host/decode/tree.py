"""A message as a tree of text lines, drawn from its JSON object.

Control characters in the message are escaped (`gbcs_host.visible`), so that each line of the tree
is one line of a terminal.
"""

import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from gbcs_host.visible import styled, visible

_COLOURS = {"valid": "32", "invalid": "1;31", "no key": "33", "absent": "2", "title": "1"}


def wants_colour(out: TextIO) -> bool:
    """Whether output is to be coloured: it goes to a terminal, and NO_COLOR is not set."""
    return out.isatty() and "NO_COLOR" not in os.environ


class Paint:
    """Adds the control sequences of a colour to text, or returns the text unchanged."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def __call__(self, text: str, style: str) -> str:
        return "\x1b[%sm%s\x1b[0m" % (_COLOURS[style], text) if self._colour else text


def draw(node: dict[str, Any], colour: bool = False) -> str:
    """The tree of an object of `gbcs_host.decode.examine.examine`, as text of several lines."""
    return "\n".join(_lines(_shown(node), Paint(colour)))


def _shown(node: Any) -> Any:
    """The same object with control characters escaped in all its texts."""
    if isinstance(node, str):
        return visible(node)
    if isinstance(node, list):
        return [_shown(child) for child in node]
    if isinstance(node, dict):
        return {visible(name): _shown(child) for name, child in node.items()}
    return node


def _lines(node: dict[str, Any], paint: Paint) -> Iterator[str]:
    yield paint(node["source"], "title")
    if "kind" in node:
        yield from _head(node, paint)
    if "certificate" in node:
        yield "  certificate of the party"
        yield from _node(node["certificate"], "    ")
    if "payload" in node:
        yield from _payload(node["payload"])
    for block in node.get("plaintext", ()):
        yield "  plaintext of %s" % block["of"]
        if "error" in block:
            yield "    " + paint(block["error"], "invalid")
        else:
            yield from _children(block["fields"], "    ")
    if "error" in node:
        yield "  " + paint("error at " + node["error"]["text"], "invalid")


def _head(node: dict[str, Any], paint: Paint) -> Iterator[str]:
    name = node["use_case"] or "unknown use case"
    title = " " + node["title"] if node["title"] else ""
    yield "  %s %s, %s%s" % (node["kind"], node["message_code"], name, title)
    for side, word in (("originator", "from"), ("recipient", "to  ")):
        role = node.get(side + "_role")
        yield "  %s %s%s" % (word, node[side], ", " + role if role else "")
    if "party" in node:
        counter = node.get("party_counter")
        of = "" if counter is None else ", counter %d" % counter
        yield "  for  %s%s" % (node["party"], of)
    if "supplementary_counter" in node:
        yield "  supplementary originator counter %d" % node["supplementary_counter"]
    time = node.get("date_time", {}).get("means")
    yield "  counter %d%s" % (node["counter"], ", device time " + time if time else "")
    checks = ("signature", "mac")
    yield "  " + ", ".join("%s %s" % (word, paint(node[word], node[word])) for word in checks)


def _payload(payload: dict[str, Any]) -> Iterator[str]:
    yield "  payload: %s%s" % (
        payload["form"],
        " " + payload["asn1_type"] if "asn1_type" in payload else "",
    )
    for item in payload.get("items", ()):
        yield from _item(item)
    for component in payload.get("components", ()):
        yield from _component(component)
    for key in ("alert_code", "time"):
        if key in payload:
            yield "    %s: %s" % (key, _leaf(payload[key]))
    for key in ("body", "content"):
        if key in payload:
            yield from _node(payload[key], "    ")


def _item(item: dict[str, Any]) -> Iterator[str]:
    text = item["request"]
    if "class_id" in item:
        kind = "method" if text == "action" else "attribute"
        text += " %s of class %d, %s, %s %d" % (
            item["name"] or "?",
            item["class_id"],
            item["obis"],
            kind,
            item["index"],
        )
    else:
        text += " %s" % (item["name"] or "?")
    if item.get("object"):
        text += " (%s)" % item["object"]
    if "result" in item:
        text += ": " + (item.get("means") or "result %d" % item["result"])
    yield "    " + text
    if "selection" in item:
        yield "      selection"
        yield from _node(item["selection"], "        ")
    data = item["data"]
    if not (isinstance(data, dict) and data.get("type") == "null-data"):
        yield from _node(data, "      ")


def _component(component: dict[str, Any]) -> Iterator[str]:
    yield "    %s, cluster %s%s" % (
        component["name"] or "command %s" % component["command"],
        component["cluster_name"] or component["cluster"],
        ", encrypted" if "block" in component else "",
    )
    if "from_date_time" in component:
        yield "      from_date_time: %s" % _leaf(component["from_date_time"])
    if "fields" in component:
        yield from _children(component["fields"], "      ")


def _node(node: Any, indent: str) -> Iterator[str]:
    """The lines of a node without those of its name."""
    if isinstance(node, list):
        yield from _elements(node, indent)
    elif "octets" in node or ("value" in node and not isinstance(node["value"], dict)):
        yield indent + _leaf(node)
        yield from _parts(node, indent)
    else:
        yield from _children(node, indent)


def _children(node: Any, indent: str) -> Iterator[str]:
    elements = node if isinstance(node, list) else node.get("elements")
    if isinstance(elements, list):
        yield from _elements(elements, indent)
        return
    for name, child in node.items():
        if name != "type" or not isinstance(child, str):
            yield from _named(name, child, indent)


def _elements(elements: list[Any], indent: str) -> Iterator[str]:
    if not elements:
        yield indent + "(none)"
    for number, child in enumerate(elements, 1):
        yield from _named("[%d]" % number, child, indent)


def _named(name: str, child: Any, indent: str) -> Iterator[str]:
    if isinstance(child, dict) and (
        isinstance(child.get("octets"), str)
        or ("value" in child and not isinstance(child["value"], (dict, list)))
    ):
        yield "%s%s: %s" % (indent, name, _leaf(child))
        yield from _parts(child, indent)
    else:
        yield "%s%s" % (indent, name)
        yield from _children(child, indent + "  ")


def _parts(leaf: dict[str, Any], indent: str) -> Iterator[str]:
    for name, octets in leaf.get("parts", {}).items():
        yield "%s  %s: %s" % (indent, name, octets)


def _leaf(leaf: dict[str, Any]) -> str:
    value = leaf["octets"] if "octets" in leaf else leaf.get("value")
    if value is None:
        text = "null"
    elif value == "":
        text = "(empty)"
    else:
        text = str(value)
    means = leaf.get("means")
    return "%s (%s)" % (means, text) if means and means != text else text


def print_tree(node: dict[str, Any]) -> None:
    """Prints the tree of one message and an empty line to standard output."""
    styled(sys.stdout, draw(node, wants_colour(sys.stdout)) + "\n\n")
