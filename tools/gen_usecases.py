"""Writes the modules of use cases and of alert codes from the facts.

`python -m tools.gen_usecases` writes them, `--check` writes nothing and exits 1 where one is
stale. The facts are use_cases.txt, authority.txt and alert_codes.txt in tools/facts. For a command
code authority.txt says whom it is for, who may send it and how it is protected; a command that it
does not have is for no kind of device.
"""

import pathlib
import re
import sys

from tools import fact_tables, generated
from tools.fact_tables import FactError, Row

USE_CASES = "protocol/gbcs/usecase_rows.py"
ALERTS = "protocol/gbcs/alert_names.py"
PAYLOADS = generated.ROOT / "protocol" / "asn1" / "GbcsPayloads.asn1"

NO_AUTHORITY = {"originators": "", "signature": "", "mac": "", "broker_for_any_user": ""}


def _modes() -> "dict[str, str]":
    """The numbers of the replacement modes of CS02b and CS02g by their names: GbcsPayloads."""
    text = PAYLOADS.read_text()
    start = text.index("ReplacementMode ::=")
    return dict(re.findall(r"(\w+)\((\d+)\)", text[start : text.index("}", start)]))


def _date_time(case: Row, authority: Row) -> str:
    """Whether a response has a date-time; unseen, as all 18 critical commands that can wait."""
    is_unseen = case["response_date_time"] == "" and case["future_dated"] == "yes"
    if is_unseen and authority["signature"] == "yes":
        return "yes"
    return case["response_date_time"]


def _row(case: Row, authority: Row, modes: "dict[str, str]") -> str:
    if case["variant"] and case["variant"] not in modes:
        raise FactError("%(use_case)s: no replacement mode %(variant)s" % case)
    is_alert = "alert:" in case["seen"] or case["message_type"].startswith("SME.A")
    kinds = [word.partition(":")[0] for word in fact_tables.words(authority["originators"])]
    return "|".join(
        (
            case["message_code"],
            case["payload"],
            case["use_case"],
            case["title"],
            ",".join(kinds) if kinds and not is_alert else case["targets"],
            case["message_type"],
            authority["originators"],
            case["replay_protection"],
            case["future_dated"],
            case["service_requests"],
            case["encrypted"],
            _date_time(case, authority),
            case["seen"],
            case["variant"],
            modes[case["variant"]] if case["variant"] else "",
            case["superseded_by"],
            authority["signature"],
            authority["mac"],
            authority["broker_for_any_user"],
        )
    )


def _module(docstring: str, name: str, lines: "list[str]", prefix: str = "") -> str:
    head = '"""%s Written by tools/gen_usecases.py: change that."""\n\n' % docstring
    text = '%s = %s"""\\\n%s\n"""\n' % (name, prefix, "\n".join(lines))
    return head + "# ruff: noqa: E501\n\n" + text


def _check_codes(cases: "list[Row]") -> None:
    """Raises FactError where a code is not four digits, or stands twice with the same payload."""
    seen = set()
    for case in cases:
        code = case["message_code"]
        if code and not re.fullmatch("[0-9A-F]{4}", code):
            raise FactError("use_cases.txt: message code %s, four hex digits expected" % code)
        if code and (code, case["payload"]) in seen:
            raise FactError("use_cases.txt: message code %s stands twice" % code)
        seen.add((code, case["payload"]))


def use_cases(facts: pathlib.Path) -> str:
    """The text of the module of use cases."""
    authorities = {row["message_code"]: row for row in fact_tables.rows(facts, "authority")}
    modes = _modes()
    cases = fact_tables.rows(facts, "use_cases")
    _check_codes(cases)
    strays = authorities.keys() - {case["message_code"] for case in cases}
    if strays:
        raise FactError("authority.txt: %s is no message code of use_cases.txt" % min(strays))
    rows = sorted(
        (_row(case, authorities.get(case["message_code"], NO_AUTHORITY), modes) for case in cases),
        key=lambda row: (row.split("|")[0] or "~", row),
    )
    fields = "code form name title targets type roles replay future srv encrypted date-time"
    fields += " seen variant mode superseded signature mac behalf"
    return _module("The use cases: %s." % fields.replace(" ", "|"), "ROWS", rows, "b")


def alerts(facts: pathlib.Path) -> str:
    """The text of the module of alert codes."""
    rows = ["%(code)s %(name)s" % row for row in fact_tables.rows(facts, "alert_codes")]
    return _module("Alert and event codes.", "NAMES", rows)


def modules(facts: pathlib.Path) -> generated.Modules:
    """The modules by their paths."""
    return {USE_CASES: use_cases(facts), ALERTS: alerts(facts)}


if __name__ == "__main__":
    sys.exit(generated.main(sys.argv[1:], modules))
