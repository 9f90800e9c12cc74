"""`gbcs usecase`: prints the registry's entry of a use case."""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

from gbcs import usecases
from gbcs.asn1 import asn1
from gbcs.cosem import cosem
from gbcs.cosem import template as cosemtemplate
from gbcs.gbz import gbz
from gbcs.zcl import clusters, zcl
from gbcs_host.decode import handlers

HELP = "Print the registry's entry of a use case: codes, targets, roles, template, handlers."
_LISTS = ("template", "handlers")  # a line each


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `gbcs usecase` to a parser."""
    parser.add_argument("name", nargs="?", help="a name (CCS07) or a message code (0x00FE)")
    parser.add_argument("--list", action="store_true", help="every use case, a line each")
    parser.add_argument("--json", action="store_true", help="JSON, an object a line")


def run(args: argparse.Namespace) -> int:
    """Exit status 0, or 1 where the registry has no use case of that name or code."""
    everything = args.list or not args.name
    cases = usecases.all_cases() if everything else _sought(args.name)
    if not cases:
        print(
            "gbcs usecase: nothing is known of '%s'; gbcs usecase --list shows all" % args.name,
            file=sys.stderr,
        )
        return 1
    for case in cases:
        if args.json:
            print(json.dumps(_facts(case)))
        elif everything:
            print("%-7s %-16s %s" % (_code(case), case.name, case.title))
        else:
            _show(_facts(case))
    return 0


def _sought(name: str) -> list[usecases.UseCase]:
    cases = usecases.by_name(name)
    if cases:
        return cases
    try:
        code = int(name, 16)
    except ValueError:
        return [
            case for case in usecases.all_cases() if case.name.lower().startswith(name.lower())
        ]
    return [case for case in usecases.all_cases() if case.code == code]


def _code(case: usecases.UseCase) -> str:
    return "-" if case.code is None else "0x%04X" % case.code


def _facts(case: usecases.UseCase) -> dict[str, Any]:
    facts = {
        "name": case.name,
        "title": case.title,
        "message_code": _code(case),
        "provisional": case.provisional,
        "form": case.form,
        "targets": case.targets,
        "message_type": case.message_type or None,
        "critical": case.is_critical,
        "roles": case.roles,
        "replay_protection": case.replay_protection,
        "future_dated": case.future_dated,
        "service_requests": case.services,
        "encrypted": case.encrypted,
        "response_date_time": case.response_date_time,
        "variant": case.variant or None,
        "superseded_by": case.superseded_by or None,
        "template": _template(case),
        "handlers": handlers.of_use_case(case),
    }
    return {key: value for key, value in facts.items() if value not in (None, (), {}, [], False)}


def _template(case: usecases.UseCase) -> list[str]:
    if case.code is None:
        return []
    if case.form == "ASN.1":
        kinds = ("command", "response", "alert")
        types = ((kind, asn1.payload_type(case.code, kind)) for kind in kinds)
        return ["%s %s" % (kind, name) for kind, name in types if name]
    if case.form == "DLMS":
        return list(_dlms(case.code))
    if case.form == "GBZ":
        return list(_gbz(case.code))
    return []


def _dlms(code: int) -> Iterator[str]:
    template = cosemtemplate.template(code)
    if template is None:
        return
    for request in template.requests:
        member = request.object
        yield "%s %s.%s: class %d, %s, %s %d%s" % (
            request.choice,
            member.smets,
            member.name,
            member.class_id,
            cosem.obis_text(member.obis),
            "method" if member.kind == "M" else "attribute",
            member.index,
            ", optional" if request.optional else "",
        )
        for protected in request.protects:
            yield "  encrypted %s.%s: class %d, %s, attribute %d" % (
                protected.smets,
                protected.name,
                protected.class_id,
                cosem.obis_text(protected.obis),
                protected.index,
            )
    if template.alert:
        yield from _layout(template.alert, "")


def _layout(layout: tuple[Any, ...], indent: str) -> Iterator[str]:
    yield "%s%s %s" % (indent, layout[0] or "each", layout[1])
    for inside in layout[5]:
        yield from _layout(inside, indent + "  ")


def _gbz(code: int) -> Iterator[str]:
    for expected in gbz.template(code):
        yield "%s %s, cluster %s%s%s%s" % (
            expected.side,
            zcl.command_name(expected.cluster, expected.frame_control, expected.command)
            or "command %02X" % expected.command,
            clusters.cluster_name(expected.cluster) or "%04X" % expected.cluster,
            ", encrypted" if expected.encrypted else "",
            ", from a date-time" if expected.from_date_time else "",
            ", or" if expected.alternate else "",
        )


def _show(facts: dict[str, Any]) -> None:
    for key, value in facts.items():
        if isinstance(value, dict):
            value = "; ".join("%s: %s" % (word, ", ".join(names)) for word, names in value.items())
        elif key not in _LISTS and isinstance(value, (tuple, list)):
            value = ", ".join(value)
        elif value is True:
            value = "yes"
        if key in _LISTS:
            print(key)
            for line in value:
                print("  " + line)
        else:
            print("%-19s %s" % (key, value))
    print()
