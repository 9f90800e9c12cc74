"""The `gbcs` command: a table of commands, one module each.

A command module has HELP (one line), add_arguments(parser) and run(args) -> exit status. Data goes
to standard output, progress and errors to standard error; both are a `gbcs_host.visible.Screen`
while a command runs, which escapes control characters. Exit status: 0 as expected, 1 a finding (a
message is wrong, a device refused, a check failed), 2 wrong usage, 3 a file or link is missing,
130 interrupted.
"""

import argparse
import contextlib
import importlib
import io
import sys
from collections.abc import Iterator

from gbcs_host import visible

COMMANDS = (
    # name          what it does
    ("decode", "read GBCS messages: a tree for people, or JSON; with keys, verify and decrypt"),
    ("encode", "turn what decode --json printed back into octets"),
    ("utrn", "make and check prepayment tokens"),
    ("installcode", "CRC and link key of a ZigBee install code"),
    ("run", "play a scenario: emulated hubs and meters, driven as a supplier does"),
    ("board", "firmware for boards; provision, inspect and reset a board on a serial port"),
    ("capture", "write the frames of a sniffer to a pcapng file"),
    ("device", "emulate devices in a process of their own, reached by a link"),
    ("deliver", "have a PPMID deliver any message to its hub, and print what the hub does"),
    ("coverage", "replay reference commands to emulated devices, compare the answers"),
    ("usecase", "print the registry's entry of a use case"),
)  # fmt: skip


class UsageError(Exception):
    """Arguments that cannot be carried out; the text says what was expected. Exit status 2."""


class EnvironmentProblem(Exception):
    """A file, folder or link that the command needs is missing. Exit status 3."""


def main(argv: "list[str] | None" = None) -> int:
    """Runs one command and returns its exit status; only that command's module is imported."""
    argv = sys.argv[1:] if argv is None else argv
    name = argv[0] if argv else ""
    with _screens():
        try:
            status = _run(name, argv)
            sys.stdout.flush()
            return status
        except BrokenPipeError:  # the reader, such as head, has closed the pipe
            visible.drop(sys.stdout)
            visible.drop(sys.stderr)
            return 0
        except KeyboardInterrupt:
            return _say(name, "stopped", 130)
        except UsageError as error:
            return _say(name, str(error), 2)
        except EnvironmentProblem as error:
            return _say(name, str(error), 3)
        except OSError as error:
            return _failed(name, error)


def _run(name: str, argv: "list[str]") -> int:
    if name in ("--version", "-V"):
        import gbcs

        print("gbcs-lab %s" % gbcs.__version__)
        return 0
    if any("\0" in word for word in argv):
        raise UsageError("arguments without NUL expected, found one with NUL")
    if name not in {command for command, _ in COMMANDS}:
        return _overview(name)
    module = importlib.import_module("gbcs_host.cli." + name)
    parser = argparse.ArgumentParser("gbcs " + name, description=module.HELP)
    module.add_arguments(parser)
    try:
        args = parser.parse_args(argv[1:])
    except SystemExit as leaving:  # argparse has printed the reason
        return leaving.code if isinstance(leaving.code, int) else 2
    return int(module.run(args))


@contextlib.contextmanager
def _screens() -> "Iterator[None]":
    """Makes standard output and standard error screens, and restores them afterwards."""
    before = sys.stdout, sys.stderr
    screens = [
        stream if isinstance(stream, visible.Screen) else visible.Screen(stream)
        for stream in before
    ]
    sys.stdout, sys.stderr = screens  # they have the methods of TextIO that are used
    if sys.stdin is None:  # closed by the parent process
        sys.stdin = io.TextIOWrapper(io.BytesIO())
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _say(name: str, text: str, status: int) -> int:
    """Prints a text to standard error, if it is open, and returns the status."""
    try:
        print("gbcs %s: %s" % (name, text), file=sys.stderr, flush=True)
    except OSError:
        visible.drop(sys.stderr)
    return status


def _failed(name: str, error: OSError) -> int:
    """The exit status of an OSError of a file or a standard stream, which is printed."""
    why = error.strerror or str(error)
    text = why if error.filename is None else "'%s': %s" % (error.filename, why)
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        return _say(name, text, 3)
    visible.drop(sys.stdout)  # its buffer cannot be written: a disk is full
    return _say(name, "standard output cannot be written: " + text, 3)


def _overview(name: str) -> int:
    out = sys.stdout if name in ("", "-h", "--help", "help") else sys.stderr
    if out is sys.stderr:
        print("gbcs: there is no command '%s'" % name, file=out)
    print("usage: gbcs COMMAND ...   (gbcs COMMAND --help says more)\n", file=out)
    for command, summary in COMMANDS:
        print("  %-12s %s" % (command, summary), file=out)
    return 0 if out is sys.stdout else 2
