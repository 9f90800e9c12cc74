"""`gbcs decode`: prints messages, also those in captures, as trees or as lines of JSON."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from gbcs_host.capture import reading
from gbcs_host.capture.keys import BadKeyFile
from gbcs_host.capture.pcapng import BadCapture
from gbcs_host.cli import EnvironmentProblem, UsageError
from gbcs_host.decode import examine, sources, tree, verdict
from gbcs_host.visible import styled

HELP = "Read GBCS messages: hex, base64, - for standard input, files, folders, captures."
_PROGRESS_S = 2.0  # between two lines of progress where there is no terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `gbcs decode` to a parser."""
    parser.add_argument(
        "sources", nargs="+", metavar="SOURCE", help="hex, base64, -, a file, a folder, a capture"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per message and line")
    parser.add_argument(
        "--keystore",
        metavar="DIR",
        help="certificates (EUI-ds.pem, EUI-ka.pem) and private keys (.key): verify and decrypt",
    )
    parser.add_argument(
        "--keys",
        metavar="FILE",
        help="ZigBee keys of a capture, a zigbee_pc_keys file; CAPTURE.keys unless told",
    )
    parser.add_argument("--frames", action="store_true", help="of a capture: one line a frame")
    parser.add_argument("--quiet", action="store_true", help="no progress and no summary")


def run(args: argparse.Namespace) -> int:
    """Exit status 0 when all messages were decoded and no check failed, 1 when not."""
    keys = _keys(args.keystore) if args.keystore else None
    tally = Tally(sum(sources.count(source) for source in args.sources), args.quiet)
    whole = True
    if args.keys is not None and not any(map(reading.is_capture, args.sources)):
        raise UsageError("--keys: a capture expected, whose keys they are; found none")
    for source in args.sources:
        try:
            if reading.is_capture(source):
                whole = _capture(source, args, keys, tally) and whole
            elif args.frames and not os.path.exists(source):
                raise sources.MissingFile("'%s': no such file" % source)
            elif args.frames:
                raise UsageError("'%s' is no capture, and has no frames" % source)
            else:
                _messages(sources.messages(source), args, keys, tally)
        except sources.MissingFile as error:
            raise EnvironmentProblem(str(error)) from None
        except sources.SourceError as error:
            raise UsageError(str(error)) from None
    sys.stdout.flush()
    if keys is not None and not args.quiet:
        for problem in keys.problems:
            print("gbcs decode: key store: %s" % problem, file=sys.stderr)
    tally.finish()
    has_output = tally.messages or args.frames
    return 0 if tally.clean == tally.messages and has_output and whole else 1


def _messages(
    messages: "Iterator[tuple[str, bytes]]", args: argparse.Namespace, keys: Any, tally: "Tally"
) -> None:
    for source, decoded in verdict.read_all(messages, keys):
        record = examine.to_json(decoded, source, keys)
        tally.add(record)
        if args.json:
            print(json.dumps(record))
        else:
            tree.print_tree(record)


def _capture(path: str, args: argparse.Namespace, keys: Any, tally: "Tally") -> bool:
    """Prints the messages of a capture, or its frames; whether every frame was decoded."""
    try:
        capture = reading.Reading(path, args.keys)
        tally.captures.append(capture)
        if args.frames:
            for frame in capture.frames():
                print(reading.line(frame))
        else:
            _messages(capture.messages(), args, keys, tally)
    except BadCapture as error:
        print("gbcs decode: %s: %s" % (path, error), file=sys.stderr)
        return False
    except BadKeyFile as error:
        raise UsageError("--keys: %s" % error) from None
    except OSError as error:
        where = error.filename or path
        raise EnvironmentProblem("'%s' cannot be read: %s" % (where, error.strerror)) from None
    return not (capture.dissector.locked or capture.dissector.damaged or capture.wrong)


def _keys(folder: str) -> Any:
    from gbcs_host.decode.keystore import KeyStore

    try:
        return KeyStore.load(folder)
    except OSError as error:
        raise EnvironmentProblem(
            "the key store '%s' cannot be read: %s" % (folder, error.strerror)
        ) from None


class Tally:
    """Counts outcomes, and prints progress and a summary line to standard error.

    `expected` is the number of files.
    """

    def __init__(self, expected: int, quiet: bool) -> None:
        self.expected = expected
        self.quiet = quiet
        self.messages = 0
        self.clean = 0
        self.errors = 0
        self.counts = {"signature": dict[str, int](), "mac": dict[str, int]()}
        self.blocks = 0
        self.captures: list[reading.Reading] = []
        self._live = sys.stderr.isatty() and not sys.stdout.isatty()
        self._next = time.monotonic() + (0.1 if self._live else _PROGRESS_S)

    def add(self, record: dict[str, Any]) -> None:
        """Counts the outcomes in the JSON object of one message."""
        self.messages += 1
        self.clean += examine.is_clean(record)
        self.errors += "error" in record
        for check, counts in self.counts.items():
            outcome = record.get(check)
            if outcome:
                counts[outcome] = counts.get(outcome, 0) + 1
        self.blocks += sum("fields" in block for block in record.get("plaintext", ()))
        now = time.monotonic()
        if now >= self._next and self.expected > 1 and not self.quiet:
            self._next = now + (0.1 if self._live else _PROGRESS_S)
            line = "%d of %d files" % (self.messages, self.expected)
            styled(sys.stderr, "\r" + line if self._live else line + "\n")
            sys.stderr.flush()

    def finish(self) -> None:
        """Prints the summary line, unless there was only one message."""
        if self.quiet or (self.messages == 1 and self.expected == 1 and not self.captures):
            return
        words = ["%s: %s" % (capture.path, capture.summary()) for capture in self.captures]
        if self.messages or not self.captures:
            words.append("%d messages" % self.messages)
            words.append("%d decoded" % (self.messages - self.errors))
        if self.errors:
            words.append("%d with errors" % self.errors)
        for check, counts in self.counts.items():
            outcomes = ("valid", "invalid", "no key")
            totals = [
                "%d %s" % (counts[outcome], outcome) for outcome in outcomes if outcome in counts
            ]
            if totals:
                words.append(
                    "%s %s" % ("signatures" if check == "signature" else "MACs", ", ".join(totals))
                )
        if self.blocks:
            words.append("%d blocks decrypted" % self.blocks)
        if self._live:
            styled(sys.stderr, "\r")
        print("; ".join(words), file=sys.stderr)
