"""Writes protocol/gbcs/usecase_rows.py and alert_names.py from the facts in GBCS_SHARED.

`--check` writes nothing and exits 1 where the modules are stale. Names, numbers and flags are
taken; descriptions are not.
"""

import json
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).parent.parent
FACTS = pathlib.Path(os.environ.get("GBCS_SHARED", ROOT / ".." / "shared")) / "gbcs"
CORE = ROOT / "protocol" / "gbcs"


def _flag(value: "bool | None") -> str:
    return "" if value is None else "yes" if value else "no"


def _rows(record: dict) -> "list[str]":
    roles = ",".join(
        "%s:%s" % (target, "/".join(names)) for target, names in (record["roles"] or {}).items()
    )
    seen = record.get("seen") or {}
    kinds = ",".join(
        "%s:%s" % (kind, "/".join(seen[kind]))
        for kind in ("command", "response", "alert")
        if kind in seen
    )
    title = record["title"].replace("|", "/").strip()
    variants = record.get("variants") or [
        {"message_code": record["message_code"], "name": "", "replacement_mode": None}
    ]
    rows = []
    for variant in variants:
        mode = variant["replacement_mode"]
        rows.append(
            "|".join(
                (
                    variant["message_code"][2:] if variant["message_code"] else "",
                    record["payload"] or "",
                    record["code"],
                    title,
                    ",".join(record["targets"]),
                    record["message_type"] or "",
                    roles,
                    _flag(record["replay_protection"]),
                    _flag(record["future_dated"]),
                    ",".join(record["service_request_variants"]),
                    _flag(record.get("encrypted")),
                    _flag(seen.get("response_date_time")),
                    kinds,
                    variant["name"],
                    "" if mode is None else str(mode),
                    record.get("superseded_by") or "",
                )
            )
        )
    return rows


def _module(docstring: str, name: str, lines: "list[str]") -> str:
    head = '"""%s Written by tools/gen_usecases.py: change that."""\n\n' % docstring
    return head + "# ruff: noqa: E501\n\n" + '%s = """\\\n%s\n"""\n' % (name, "\n".join(lines))


def use_cases() -> str:
    """The text of usecase_rows.py."""
    records = json.loads((FACTS / "use_cases.json").read_text())
    rows = sorted(
        (row for record in records for row in _rows(record)),
        key=lambda row: (row.split("|")[0] or "~", row),
    )
    fields = "code form name title targets type roles replay future srv encrypted date-time"
    fields += " seen variant mode superseded"
    return _module("The use cases: %s." % fields.replace(" ", "|"), "ROWS", rows)


def alerts() -> str:
    """The text of alert_names.py."""
    names = json.loads((FACTS / "alert_codes.json").read_text())
    rows = ["%s %s" % (code[2:], name) for code, name in sorted(names.items())]
    return _module("Alert and event codes.", "NAMES", rows)


def main(arguments: "list[str]") -> int:
    """Writes what is stale, or with --check says so."""
    if not FACTS.is_dir():
        print("gen_usecases: no facts at hand (GBCS_SHARED); nothing done", file=sys.stderr)
        return 0
    stale = 0
    for name, text in (("usecase_rows.py", use_cases()), ("alert_names.py", alerts())):
        path = CORE / name
        if path.exists() and path.read_text() == text:
            continue
        stale += 1
        if "--check" in arguments:
            print("gen_usecases: %s is stale: make gen" % name, file=sys.stderr)
        else:
            path.write_text(text)
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
