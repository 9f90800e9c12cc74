"""`gbcs run`: plays a scenario in a lab of emulated devices, and proves each step."""

import argparse
import json
import sys

from gbcs_host import play, report
from gbcs_host.cli import EnvironmentProblem, UsageError
from gbcs_host.lab import Lab
from gbcs_host.play import Play, Step

HELP = "Play a scenario: emulated hubs and meters, driven as a supplier does through the DCC."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `gbcs run`."""
    parser.add_argument(
        "scenario", nargs="?", metavar="SCENARIO", help="a name of --list, or a file of your own"
    )
    parser.add_argument("--list", action="store_true", help="what there is")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same gives the same")
    parser.add_argument("--json", action="store_true", help="one object per step and line")
    parser.add_argument("--html", metavar="FILE", help="a report to forward")
    parser.add_argument("--capture", metavar="FILE", help="all messages, hex, one a line")
    parser.add_argument("--database", metavar="URL", default="sqlite://", help="the inventory's")


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when all steps hold, 1 when not."""
    if args.list:
        for name in play.SCENARIOS:
            print("%-12s %s" % (name, play.find(name).TITLE))
        return 0
    if args.scenario is None:
        raise UsageError("a scenario expected; gbcs run --list says which there are")
    try:
        scenario = play.find(args.scenario)
    except play.UnknownScenario as error:
        raise UsageError("%s; gbcs run --list says which there are" % error) from None
    played = Play(Lab(args.seed, args.database), _print_json if args.json else _Printer().step)
    scenario.play(played)
    if args.html:
        _save(args.html, report.write(scenario.TITLE, played, args.seed))
    if args.capture:
        octets = [
            one
            for exchange in played.lab.exchanges
            for one in (exchange.command, exchange.answer)
            if one is not None
        ]
        _save(args.capture, "".join(one.hex().upper() + "\n" for one in octets))
    held = sum(step.holds for step in played.steps)
    milliseconds = sum(step.milliseconds for step in played.steps)
    print(
        "%d of %d steps hold, %d commands, %.1f s"
        % (held, len(played.steps), len(played.lab.exchanges), milliseconds / 1000),
        file=sys.stderr,
    )
    return 0 if played.holds else 1


def _print_json(step: Step) -> None:
    print(json.dumps(step.to_json()))


class _Printer:
    """Steps for people, under the headings of their parts."""

    def __init__(self) -> None:
        self._part = ""

    def step(self, step: Step) -> None:
        if step.part != self._part:
            self._part = step.part
            print("\n%s" % step.part)
        print("%5s  %-4s  %s" % (step.number, "ok" if step.holds else "NOT", step.title))
        if step.proves:
            print("             proves: %s" % step.proves)
        for one in step.exchanges[:6]:
            back = "" if one.answer is None else ", %d back" % len(one.answer)
            said = play.outcome(one)
            print("             %-10s %d octets%s: %s" % (one.what, len(one.command), back, said))
        if len(step.exchanges) > 6:
            print("             and %d more" % (len(step.exchanges) - 6))
        for text, held in step.checks[:8] if step.holds else step.checks:
            print("             %s %s" % ("+" if held else "- NOT SO:", text))


def _save(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise EnvironmentProblem("'%s' cannot be written: %s" % (path, error.strerror)) from None
