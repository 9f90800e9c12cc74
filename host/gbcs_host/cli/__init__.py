"""The `gbcs` command: a table of commands, one module each.

A command module has HELP (one line), add_arguments(parser) and run(args) -> exit status. Data goes
to standard output, talk to standard error. Exit status: 0 as expected, 1 a finding (a message, a
device or a check said no), 2 wrong usage, 3 something outside is missing (a file, a link).
"""

import argparse
import importlib
import os
import sys

COMMANDS = (
    # name          what it does
    ("decode", "read GBCS messages: a tree for people, or JSON; with keys, verify and decrypt"),
    ("encode", "turn what decode --json printed back into octets"),
    ("utrn", "make and check prepayment tokens"),
    ("installcode", "CRC and link key of a ZigBee install code"),
    ("run", "play a scenario: emulated hubs and meters, driven as a supplier does"),
    ("board", "firmware for boards; provision, inspect and reset a board on a serial port"),
    ("capture", "write what a sniffer hands on to a pcapng file"),
    ("device", "emulate devices in a process of their own, reached by a link"),
    ("deliver", "have a PPMID deliver any message to its hub, and tell what the hub does"),
    ("coverage", "replay reference commands to emulated devices, compare the answers"),
    ("usecase", "what the registry knows of a use case"),
)  # fmt: skip


class UsageError(Exception):
    """What was asked cannot be done as asked; the text says what to do instead. Exit status 2."""


class EnvironmentProblem(Exception):
    """A file, folder or link that is needed is not there. Exit status 3."""


def main(argv: "list[str] | None" = None) -> int:
    """Runs one command and gives its exit status; only the module of that command is imported."""
    argv = sys.argv[1:] if argv is None else argv
    name = argv[0] if argv else ""
    if name in ("--version", "-V"):
        import gbcs

        print("gbcs-lab %s" % gbcs.__version__)
        return 0
    if name not in {command for command, _ in COMMANDS}:
        return _overview(name)
    module = importlib.import_module("gbcs_host.cli." + name)
    parser = argparse.ArgumentParser("gbcs " + name, description=module.HELP)
    module.add_arguments(parser)
    try:
        args = parser.parse_args(argv[1:])
        return int(module.run(args))
    except SystemExit as leaving:  # argparse has said why
        return leaving.code if isinstance(leaving.code, int) else 2
    except UsageError as error:
        print("gbcs %s: %s" % (name, error), file=sys.stderr)
        return 2
    except EnvironmentProblem as error:
        print("gbcs %s: %s" % (name, error), file=sys.stderr)
        return 3
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("gbcs %s: stopped" % name, file=sys.stderr)
        return 130


def _overview(name: str) -> int:
    out = sys.stdout if name in ("", "-h", "--help", "help") else sys.stderr
    if out is sys.stderr:
        print("gbcs: there is no command '%s'" % name, file=out)
    print("usage: gbcs COMMAND ...   (gbcs COMMAND --help says more)\n", file=out)
    for command, what in COMMANDS:
        print("  %-12s %s" % (command, what), file=out)
    return 0 if out is sys.stdout else 2
