"""Writes protocol/gbcs/usecase_rows.py and alert_names.py from the facts in GBCS_SHARED.

`--check` writes nothing and exits 1 where the modules are stale. Names, numbers and flags are
taken; descriptions are not. For a command code authority.json says whom it is for, who may send
it and how it is protected; a command that it does not have is for no kind of device.
"""

import json
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parent.parent
FACTS = pathlib.Path(os.environ.get("GBCS_SHARED", ROOT / ".." / "shared")) / "gbcs"
CORE = ROOT / "protocol" / "gbcs"


def _flag(value: "bool | None") -> str:
    return "" if value is None else "yes" if value else "no"


_ROLES = {  # how authority.json names some originators: how the registry does
    "any party whose certificate stands in a cell": "any",
    "PPMID in the meter's own device log": "PPMID",
    "Root (contingency key)": "Root",
}
_MAC = {
    "required": "yes",
    "none": "no",
    "by form": "form",
    "by the key of the two devices": "device",
}


class Authority:
    """What authority.json says of one message code, as cells of the registry.

    `roles` {kind: names of roles}; `signature` yes, no, form (see gbcs_device.authority) or the
    kinds at which it is required; `mac` yes, no, form or device; `behalf` the kinds at which the
    broker may speak for any user.
    """

    def __init__(self, row: dict) -> None:
        cell = row.get("authorised_by_cell")
        kinds = row.get("targets") or list(row["originators"])
        self.roles = {
            kind: [_ROLES.get(name, name) for name in row.get("originators", {}).get(kind, [cell])]
            for kind in kinds
        }
        signature, behalf = row["signature"], row["broker_on_behalf_of"]
        if isinstance(signature, dict):
            self.signature = "/".join(kind for kind in kinds if signature[kind] == "required")
        else:
            self.signature = {"required": "yes", "none": "no", "by form": "form"}[signature]
        self.mac = _MAC[row["mac"]]
        self.behalf = (
            [] if behalf == "nobody" else [kind for kind in kinds if behalf[kind] == "any user"]
        )
        self.mode = row.get("mode", "")


def _authorities() -> "dict[str, Authority]":
    """The rows of authority.json by their message codes."""
    rows = json.loads((FACTS / "authority.json").read_text())
    return {row["message_code"]: Authority(row) for row in rows}


def _modes() -> "dict[str, int]":
    """The numbers of the replacement modes of CS02b and CS02g by their names: payloads.asn1."""
    text = (FACTS / "payloads.asn1").read_text()
    start = text.index("ReplacementMode ::=")
    return {
        name: int(n)
        for name, n in re.findall(r"(\w+)\((\d+)\)", text[start : text.index("}", start)])
    }


def _date_time(record: dict, authority: "Authority | None") -> "bool | None":
    """Whether a response has a date-time; unseen, as all 18 critical commands that can wait."""
    seen = record.get("seen") or {}
    if seen.get("response_date_time") is None and authority is not None:
        return True if record["future_dated"] and authority.signature == "yes" else None
    return seen.get("response_date_time")


def _rows(
    record: dict, authorities: "dict[str, Authority]", modes: "dict[str, int]"
) -> "list[str]":
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
        authority = authorities.get(variant["message_code"])
        by_kind: dict = {} if authority is None else authority.roles
        mode = variant["replacement_mode"]
        if authority is not None and authority.mode:
            mode = modes[authority.mode]
        is_command = "alert" not in seen and not (record["message_type"] or "").startswith("SME.A")
        rows.append(
            "|".join(
                (
                    variant["message_code"][2:] if variant["message_code"] else "",
                    record["payload"] or "",
                    record["code"],
                    title,
                    ",".join(by_kind if is_command and by_kind else record["targets"]),
                    record["message_type"] or "",
                    ",".join("%s:%s" % (kind, "/".join(names)) for kind, names in by_kind.items()),
                    _flag(record["replay_protection"]),
                    _flag(record["future_dated"]),
                    ",".join(record["service_request_variants"]),
                    _flag(record.get("encrypted")),
                    _flag(_date_time(record, authority)),
                    kinds,
                    variant["name"],
                    "" if mode is None else str(mode),
                    record.get("superseded_by") or "",
                    "" if authority is None else authority.signature,
                    "" if authority is None else authority.mac,
                    "" if authority is None else ",".join(authority.behalf),
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
    authorities, modes = _authorities(), _modes()
    rows = sorted(
        (row for record in records for row in _rows(record, authorities, modes)),
        key=lambda row: (row.split("|")[0] or "~", row),
    )
    fields = "code form name title targets type roles replay future srv encrypted date-time"
    fields += " seen variant mode superseded signature mac behalf"
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
