"""`gbcs run`: plays a scenario in a lab of emulated devices and prints the checks of each step."""

import argparse
import contextlib
import json
import sys
from typing import Any

import sqlalchemy.exc

from gbcs_host import keyfiles
from gbcs_host.capture import UNIX_2000_US, Capture, zep
from gbcs_host.cli import EnvironmentProblem, UsageError
from gbcs_host.cli.places import KINDS, Places, parsed_faults
from gbcs_host.han.events import ExchangeOver
from gbcs_host.lab.lab import Lab
from gbcs_host.links import BadName, LinkError
from gbcs_host.scenarios import play, report
from gbcs_host.scenarios.play import Play, Step
from gbcs_host.visible import visible

HELP = "Play a scenario: emulated hubs and meters, driven as a supplier does through the DCC."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `gbcs run` to a parser."""
    parser.add_argument(
        "scenario", nargs="?", metavar="SCENARIO", help="a name of --list, or a file of your own"
    )
    parser.add_argument("--list", action="store_true", help="list the scenarios")
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same seed gives the same run"
    )
    parser.add_argument("--json", action="store_true", help="one object per step and line")
    parser.add_argument(
        "--html", metavar="FILE", help="write a report: one file, to read in a browser"
    )
    parser.add_argument("--capture", metavar="FILE", help="the frames on the air, as pcapng")
    parser.add_argument(
        "--monitor", metavar="LINK", help="send frames as ZEP to `gbcs capture` or Wireshark"
    )
    parser.add_argument("--messages", metavar="FILE", help="all messages, hex, one a line")
    parser.add_argument(
        "--keystore", metavar="DIR", help="write certificates and keys, for gbcs decode --keystore"
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="let --keystore and --capture replace other keys"
    )
    parser.add_argument(
        "--database",
        metavar="URL",
        default="sqlite://",
        help="database of the inventory, such as sqlite:///lab.db; by default in memory",
    )
    parser.add_argument(
        "--link", metavar="LINK", help="meters run where `gbcs device run` serves this link"
    )
    parser.add_argument(
        "--device",
        metavar="KIND=LINK",
        action="append",
        default=[],
        help="the next device of a kind (%s) runs there, such as esme=serial:/dev/ttyACM0" % KINDS,
    )
    parser.add_argument(
        "--faults", metavar="FAULTS", help="on the air, such as loss=5%%,jitter=100ms,seed=3"
    )
    parser.add_argument(
        "--link-faults", metavar="FAULTS", help="on the link, in real time, such as loss=1%%"
    )
    parser.add_argument("--direct", action="store_true", help="without radio and ZigBee frames")


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when all steps hold, 1 when not, 2 where a device of a link was not made."""
    if args.list:
        for name in play.SCENARIOS:
            print("%-12s %s" % (name, play.find(name).TITLE))
        return 0
    if args.scenario is None:
        raise UsageError("a scenario expected; gbcs run --list names them")
    try:
        scenario = play.find(args.scenario)
    except play.UnknownScenario as error:
        raise UsageError("%s; gbcs run --list names them" % error) from None
    except play.BadScenario as error:
        raise UsageError(str(error)) from None
    if args.direct:
        for name in ("capture", "monitor", "link", "device", "faults"):
            if getattr(args, name):
                raise UsageError("--%s needs the radio that --direct leaves out" % name)
    if args.direct and getattr(scenario, "NEEDS_RADIO", False):
        raise UsageError("%s is about displays, which need the radio" % args.scenario)
    with contextlib.ExitStack() as open_things:
        places = Places(args, open_things) if args.link or args.device else None
        lab = _lab(args, places, open_things)
        had_devices = bool(lab.inventory.devices())
        if args.keystore:
            _write_keys(args, lab)  # before the scenario, so that an error ends the run at once
            if keyfiles.is_open_to_others(args.keystore):
                text = "gbcs run: others may look into '%s'; the keys in it are for you alone"
                print(text % args.keystore, file=sys.stderr)
        messages = _messages(lab) if args.messages else []
        played = Play(lab, _print_json if args.json else _Printer().step)
        is_whole = _play(scenario, played)
    if args.html:
        _save(args.html, report.write(scenario.TITLE, played, args.seed))
    if args.messages:
        _save(args.messages, "".join(octets.hex().upper() + "\n" for octets in messages))
    if args.keystore:
        _write_keys(args, played.lab)
    _sum_up(played)
    holds = played.holds and is_whole
    if had_devices and not holds:
        text = "gbcs run: '%s' had devices of an earlier run: use another database, or delete it"
        print(text % args.database, file=sys.stderr)
    if places is not None and places.unused():
        raise UsageError("; ".join(places.unused()))
    return 0 if holds else 1


def _messages(lab: Lab) -> "list[bytes]":
    """A list that commands and their answers are added to."""
    messages: list[bytes] = []

    def add(event: ExchangeOver) -> None:
        exchange = event.exchange
        messages.extend(octets for octets in (exchange.command, exchange.answer) if octets)

    lab.observe(add, ExchangeOver)
    return messages


def _play(scenario: Any, played: Play) -> bool:
    """Plays a scenario; False where it raised. Raises EnvironmentProblem for a LinkError."""
    try:
        scenario.play(played)
    except LinkError as error:
        raise EnvironmentProblem(str(error)) from None
    except BrokenPipeError:  # of the reader of standard output
        raise
    except (Exception, SystemExit) as error:  # of a scenario in a file of the user
        print("gbcs run: between steps: %s" % play.described(error), file=sys.stderr)
        return False
    return True


def _write_keys(args: argparse.Namespace, lab: Lab) -> None:
    """Writes the key store of all certificates issued until now."""
    try:
        lab.pki.write(args.keystore, args.overwrite)
    except keyfiles.WouldOverwrite as error:
        raise UsageError("--keystore: %s; --overwrite replaces it" % error) from None
    except OSError as error:
        raise EnvironmentProblem(_unwritable(args.keystore, error)) from None


def _unwritable(path: str, error: OSError) -> str:
    return "'%s' cannot be written: %s" % (error.filename or path, error.strerror)


def _lab(
    args: argparse.Namespace, places: "Places | None", open_things: contextlib.ExitStack
) -> Lab:
    """The lab that the arguments describe."""
    if args.direct:
        return _new_lab(args)
    faults = parsed_faults("--faults", args.faults)
    watch = reveal = None
    if args.capture:
        try:
            capture = open_things.enter_context(Capture.create(args.capture, args.overwrite))
        except keyfiles.WouldOverwrite as error:
            raise UsageError("--capture: %s; --overwrite replaces it" % error) from None
        except OSError as error:
            raise EnvironmentProblem(_unwritable(args.capture, error)) from None
        watch, reveal = capture.watch, capture.reveal
    if args.monitor:
        watch = _monitored(args.monitor, watch, open_things)
    open_device = None if places is None else places.open_device
    return _new_lab(args, True, watch, reveal, faults, open_device)


def _new_lab(args: argparse.Namespace, *how: Any) -> Lab:
    """The lab with the database of --database. Raises EnvironmentProblem."""
    try:
        return Lab(args.seed, args.database, *how)
    except sqlalchemy.exc.ArgumentError:
        form = "--database: a URL such as sqlite:///lab.db expected, found '%s'"
        raise UsageError(form % args.database) from None
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
        why = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise EnvironmentProblem("--database: %s" % why) from None
    except OSError as error:
        raise EnvironmentProblem(_unwritable(args.database, error)) from None


def _monitored(name: str, watch: Any, open_things: contextlib.ExitStack) -> Any:
    """A watch that also sends each frame to a link as ZEP, then calls `watch`."""
    try:
        link = zep.sender(name)
    except BadName as error:
        raise UsageError("--monitor: %s" % error) from None
    except LinkError as error:
        raise EnvironmentProblem(str(error)) from None
    open_things.callback(link.close)
    count = 0
    is_there = True

    def both(octets: bytes, us: int) -> None:
        nonlocal count, is_there
        count += 1
        if is_there:
            try:
                link.send(zep.encode(octets, us + UNIX_2000_US, count))
            except (LinkError, OSError) as error:  # the run goes on without its monitor
                is_there = False
                print("gbcs run: --monitor: %s" % error, file=sys.stderr)
        if watch is not None:
            watch(octets, us)

    return both


def _sum_up(played: Play) -> None:
    holding = sum(step.holds for step in played.steps)
    milliseconds = sum(step.milliseconds for step in played.steps)
    air = getattr(played.lab.han, "air", None)
    frames = "" if air is None else ", %d frames" % air.frames
    print(
        "%d of %d steps hold, %d commands%s, %.1f s"
        % (holding, len(played.steps), played.lab.commands, frames, milliseconds / 1000),
        file=sys.stderr,
    )


def _print_json(step: Step) -> None:
    print(json.dumps(step.to_json()))


class _Printer:
    """Prints steps as text, under the headings of their parts."""

    def __init__(self) -> None:
        self._part = ""

    def step(self, step: Step) -> None:
        if step.part != self._part:
            self._part = step.part
            print()
            _line("%s", step.part)
        _line("%5s  %-4s  %s", step.number, "ok" if step.holds else "NOT", step.title)
        if step.proves:
            _line("             proves: %s", step.proves)
        for exchange in step.exchanges[:6]:
            back = "" if exchange.answer is None else ", %d back" % len(exchange.answer)
            outcome = play.outcome(exchange)
            _line(
                "             %-10s %d octets%s: %s",
                exchange.use_case,
                len(exchange.command),
                back,
                outcome,
            )
        if len(step.exchanges) > 6:
            print("             and %d more" % (len(step.exchanges) - 6))
        for words, _ in step.pictures:
            _line("             | %s", words)
        for text, is_met in step.checks[:8] if step.holds else step.checks:
            _line("             %s %s", "+" if is_met else "- NOT SO:", text)
        if not step.checks:
            _line("             - no check in this step")


def _line(form: str, *values: Any) -> None:
    """Prints one line, with control characters in the values escaped."""
    print(visible(form % values))


def _save(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise EnvironmentProblem(_unwritable(path, error)) from None
