"""The DLMS use cases of tools/facts, as `gen_cosem` reads them.

They stand in use_cases.txt, cosem_requests.txt and cosem_values.txt.
"""

import pathlib
from typing import Any

from tools import fact_tables
from tools.fact_tables import FactError, Row

Record = dict[str, Any]
Key = tuple[str, str, str]  # class, OBIS and member of an object


def records(facts: pathlib.Path) -> list[Record]:
    """The use cases, sorted by name: `code`, `message_code`, `template`, `dlms_request`, `dlms`.

    An object that a request asks for without values of its own has those of a use case with the
    template of the tables. FactError where none has it.
    """
    requests = fact_tables.by_key(facts, "cosem_requests", "use_case")
    values = fact_tables.by_key(facts, "cosem_values", "use_case")
    cases = [row for row in fact_tables.rows(facts, "use_cases") if row["payload"] == "DLMS"]
    known = _known(cases, values)
    found = []
    for case in cases:
        entries = [entry(row) for row in requests.pop(case["use_case"], ())]
        own = values.pop(case["use_case"], [])
        present = {_key(row) for row in own}
        for key in dict.fromkeys(key for item in entries for key in _keys(item)):
            if key not in present:
                if key not in known:
                    message = "%s: no values of class %s, %s, %s" % (case["use_case"], *key)
                    raise FactError(message)
                own = own + known[key]
        found.append(
            {
                "code": case["use_case"],
                "message_code": case["message_code"],
                "template": case["template"],
                "dlms_request": entries,
                "dlms": [value(row) for row in own],
            }
        )
    for name in (*requests, *values):
        raise FactError("%s: no DLMS use case of use_cases.txt" % name)
    return found


def _key(row: Row) -> Key:
    return row["class_id"], row["obis"], row["member"]


def _keys(item: Record) -> list[Key]:
    """The objects that an entry of a request touches."""
    member = "%s%d" % ("M" if item["choice"] == "action" else "A", item["index"])
    own = (str(item["class_id"]), item["obis"], member)
    return [own, *((str(c), obis, "A%d" % index) for c, obis, index in item["protects"])]


def _known(cases: list[Row], values: dict[str, list[Row]]) -> dict[Key, list[Row]]:
    """The values of each object in the first use case that has it from the tables."""
    known: dict[Key, list[Row]] = {}
    for case in cases:
        own: dict[Key, list[Row]] = {}
        if case["template"] == "tables":
            for row in values.get(case["use_case"], ()):
                own.setdefault(_key(row), []).append(row)
        for key, rows in own.items():
            known.setdefault(key, rows)
    return known


def entry(row: Row) -> Record:
    """An entry of a request; FactError where the member is not one that the choice can have."""
    if row["choice"] not in ("get", "set", "action", "get-with-selection"):
        raise FactError("%(use_case)s: no choice %(choice)s" % row)
    if row["member"][:1] != ("M" if row["choice"] == "action" else "A"):
        raise FactError("%(use_case)s: %(choice)s of %(member)s" % row)
    protected = [item.split(" ") for item in fact_tables.words(row["protects"])]
    return {
        "choice": row["choice"],
        "class_id": int(row["class_id"]),
        "obis": row["obis"],
        "index": int(row["member"][1:]),
        "optional": row["optional"] == "yes",
        "protects": [(int(c), obis, int(member[1:])) for c, obis, member in protected],
    }


def value(row: Row) -> Record:
    """A value of a message; its class, member and index are None in an alert's own fields."""
    return {
        "class_id": int(row["class_id"]) if row["class_id"] else None,
        "obis": row["obis"] or None,
        "kind": row["member"][:1] or None,
        "index": int(row["member"][1:]) if row["member"] else None,
        "name": row["name"],
        "path": row["path"] or None,
        "type": row["type"] or None,
        "constant": row["constant"] or None,
        "twin_element_only": row["twin_element_only"] == "yes",
        "reading": fact_tables.words(row["reading"]),
        "object": row["object"],
        "in": row["side"],
    }
