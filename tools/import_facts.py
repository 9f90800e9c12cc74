"""Brings the tables in tools/facts up to the shared facts: `python -m tools.import_facts`.

GBCS_SHARED names the folder that holds gbcs/use_cases.json, authority.json and alert_codes.json.
Names, numbers, types and constants are taken over, sentences are not. Rows of use cases and codes
that the shared facts do not have stay; so do the heads of the files. `--check` writes nothing and
says which tables an import would change.

Exit status: 0 where the tables agree or are written, 1 where they differ, 2 without shared facts.
"""

import argparse
import json
import os
import pathlib
import re
import sys
from collections.abc import Iterator
from typing import Any

from tools import fact_tables
from tools.fact_tables import Row

ROOT = pathlib.Path(__file__).parents[1]
SHARED = pathlib.Path(os.environ.get("GBCS_SHARED", ROOT / ".." / "shared")) / "gbcs"
NONE_AT_HAND = "no shared facts: set GBCS_SHARED to the folder that holds gbcs/use_cases.json"

Record = dict[str, Any]

SIDES = ("command", "response", "alert")
ROLES = {
    "any party whose certificate stands in a cell": "any",
    "PPMID in the meter's own device log": "PPMID",
    "Root (contingency key)": "Root",
}
RULES = {
    "required": "yes",
    "none": "no",
    "by form": "form",
    "by the key of the two devices": "device",
}
BASES = (  # what a row of authority.json rests on, and how the table says so
    (r"use case table", "mapping table"),
    (r"RTDS 1 commands( agree)?", "1 message"),
    (r"RTDS (\d+) commands( agree)?", r"\1 messages"),
    (r"(service request [\d.]+) is critical and the supplier's", r"\1"),
    (r"the mode numbers of payloads.asn1; no reference message", "ReplacementMode"),
    (r"(SECMP0013 2\.6\.1 and annex A)", r"\1"),
)
READINGS = (("EUI-64", "eui64"), ("millipence", "millipence"), ("true: pounds", "pounds"))


def flag(value: "bool | None") -> str:
    """yes, no, or nothing where it is not known."""
    return "" if value is None else "yes" if value else "no"


def use_cases(records: list[Record]) -> Iterator[Row]:
    """The rows of use_cases.txt."""
    for record in records:
        seen = record.get("seen") or {}
        row = {
            "use_case": record["code"],
            "payload": record["payload"] or "",
            "title": record["title"].strip(),
            "targets": ",".join(record["targets"]),
            "message_type": record["message_type"] or "",
            "replay_protection": flag(record["replay_protection"]),
            "future_dated": flag(record["future_dated"]),
            "service_requests": ",".join(record["service_request_variants"]),
            "encrypted": flag(record.get("encrypted")),
            "response_date_time": flag(seen.get("response_date_time")),
            "seen": ",".join(
                "%s:%s" % (side, "/".join(seen[side])) for side in SIDES if side in seen
            ),
            "superseded_by": record.get("superseded_by") or "",
            "template": record["template"] or "",
        }
        for variant in record.get("variants") or [record]:
            code = (variant["message_code"] or "")[2:]
            yield {**row, "message_code": code, "variant": variant.get("name", "")}


def authority(records: list[Record]) -> Iterator[Row]:
    """The rows of authority.txt."""
    for record in records:
        originators = record.get("originators") or {
            kind: [record["authorised_by_cell"]] for kind in record["targets"]
        }
        roles = {
            kind: [ROLES.get(name, name) for name in names] for kind, names in originators.items()
        }
        signature, behalf = record["signature"], record["broker_on_behalf_of"]
        if isinstance(signature, dict):
            kinds = [kind for kind in roles if signature[kind] == "required"]
            signature = "/".join(kinds)
        else:
            signature = RULES[signature]
        if not isinstance(behalf, dict):
            behalf = dict.fromkeys(roles, behalf)
        yield {
            "message_code": record["message_code"][2:],
            "originators": ",".join(
                "%s:%s" % (kind, "/".join(names)) for kind, names in roles.items()
            ),
            "signature": signature,
            "mac": RULES[record["mac"]],
            "broker_for_any_user": ",".join(kind for kind in roles if behalf[kind] == "any user"),
            "basis": ", ".join(basis(text) for text in record["basis"]),
        }


def basis(text: str) -> str:
    """What a row rests on, in the table's words; FactError where there are none for it."""
    for pattern, words in BASES:
        match = re.fullmatch(pattern, text)
        if match:
            return match.expand(words)
    raise fact_tables.FactError("authority.json: no words for the basis %r" % text)


def alert_codes(names: dict[str, str]) -> Iterator[Row]:
    """The rows of alert_codes.txt."""
    for code, name in names.items():
        yield {"code": code[2:], "name": name}


def cosem_requests(records: list[Record]) -> Iterator[Row]:
    """The rows of cosem_requests.txt."""
    for record in records:
        for entry in record.get("dlms_request") or ():
            yield {
                "use_case": record["code"],
                "choice": entry["choice"],
                "class_id": str(entry["class_id"]),
                "obis": entry["obis"],
                "member": "%s%d" % ("M" if entry["choice"] == "action" else "A", entry["index"]),
                "optional": "yes" if entry.get("optional") else "",
                "protects": ",".join(
                    "%d %s A%d" % tuple(item) for item in entry.get("protects") or ()
                ),
            }


def cosem_values(records: list[Record]) -> Iterator[Row]:
    """The rows of cosem_values.txt."""
    for record in records:
        for value in record.get("dlms") or ():
            notes = value["notes"] or ""
            constant = "" if value["constant"] is None else str(value["constant"])
            kind = value["type"] or ""
            has_object = value["class_id"] is not None
            yield {
                "use_case": record["code"],
                "side": value["in"],
                "class_id": str(value["class_id"]) if has_object else "",
                "obis": value["obis"] or "",
                "member": "%s%d" % (value["kind"], value["index"]) if has_object else "",
                "name": value["name"] or "",
                "path": value["path"] or "",
                "type": "array of structure" if kind.startswith("array of structure") else kind,
                "constant": "" if " " in constant else constant,
                "twin_element_only": "yes" if value.get("twin_element_only") else "",
                "reading": ",".join(word for text, word in READINGS if text in notes),
                "object": value["object"] or "",
                "source": value["ref"] or "",
            }


def gbz(records: list[Record]) -> Iterator[Row]:
    """The rows of gbz.txt."""
    for record in records:
        template = record.get("gbz_template") or {}
        for side in SIDES:
            for component in template.get(side, {}).get("components", ()):
                least, most = component["instances"]
                control = int(component["control"][:4], 16)
                flags = {
                    "encrypted": component.get("encrypted"),
                    "from_date_time": component.get("from_date_time") or control & 0x10,
                    "alternate": component.get("alternate"),
                }
                yield {
                    "use_case": record["code"],
                    "side": side,
                    "cluster": component["cluster"][2:],
                    "frame_control": component["frame_control"][2:],
                    "command": component["command_id"][2:],
                    "least": str(least),
                    "most": "*" if most is None else str(most),
                    "flags": ",".join(name for name, is_set in flags.items() if is_set),
                    "name": component["name"],
                    "fields": fields(component),
                }


def fields(component: Record) -> str:
    """The cell of a component's fields: identifiers of attributes, else names and types."""
    if int(component["frame_control"], 16) & 1 or component["command_id"] not in ("0x00", "0x01"):
        return ";".join(field(member) for member in component.get("fields") or ())
    cells: list[str] = []
    for member in component.get("fields") or ():
        if member["name"] == "Attribute Identifier":
            cells.append(member["value"][2:])
        elif member["name"] == "Attribute Data Type":
            cells[-1] += "=" + member["value"][2:]
    return ";".join(cells)


def field(member: Record) -> str:
    """Name and type of a field, and its value if that is of numbers; words are left out."""
    kind = member["type"].replace(" (NIBBLES)", "").replace("UTCtime", "UTCTime")
    value = (member["value"] or "").replace(" | ", "/").replace(" - ", "-")
    is_number = re.fullmatch(r"[0-9A-Fa-fxb/-]+", value) is not None
    return "%s:%s%s" % (member["name"], kind, "=" + value if is_number else "")


def tables(shared: pathlib.Path) -> dict[str, list[Row]]:
    """The rows of every table, by its name; draft codes without a use case are left out."""
    records = json.loads((shared / "use_cases.json").read_text())
    cases = list(use_cases(records))
    codes = {case["message_code"] for case in cases}
    rules = authority(json.loads((shared / "authority.json").read_text()))
    return {
        "use_cases": cases,
        "authority": [rule for rule in rules if rule["message_code"] in codes],
        "alert_codes": list(alert_codes(json.loads((shared / "alert_codes.json").read_text()))),
        "cosem_requests": list(cosem_requests(records)),
        "cosem_values": list(cosem_values(records)),
        "gbz": list(gbz(records)),
    }


def merged(present: fact_tables.Table, imported: list[Row]) -> fact_tables.Table:
    """The table with the imported rows, and those whose use case or code is not among these."""
    keys = {present.key(row) for row in imported}
    return present.with_rows(
        [*imported, *(row for row in present.rows if present.key(row) not in keys)]
    )


def main(arguments: list[str]) -> int:
    """Writes the tables, or with --check compares them."""
    parser = argparse.ArgumentParser(description="facts of the repository from the shared ones")
    parser.add_argument("--check", action="store_true", help="only compare; 1 if one differs")
    parser.add_argument("--facts", type=pathlib.Path, default=fact_tables.FOLDER, metavar="FOLDER")
    options = parser.parse_args(arguments)
    if not (SHARED / "use_cases.json").is_file():
        print(NONE_AT_HAND, file=sys.stderr)
        return 2
    is_different = False
    for name, imported in tables(SHARED).items():
        path = options.facts / (name + ".txt")
        text = merged(fact_tables.load(options.facts, name), imported).text()
        if text == path.read_text(encoding="utf-8"):
            continue
        is_different = True
        if options.check:
            print("%s differs from the shared facts" % path, file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
    return 1 if is_different and options.check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
