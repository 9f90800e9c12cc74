"""Scenarios: steps that are played in a lab, with the checks that each step consists of.

A scenario is a module with TITLE and `play(p)`, where `p` is a Play:

    p.part("Quality check")
    with p.step("8.11 adds the ESME", proves="a new meter can be added") as step:
        done = p.lab.add_to_hub(HUB, ESME, "1200012345678")
        step.check(done.is_success, "CCS01 answers success")

A step holds when all its checks hold. A step that raises does not hold, and the play continues.
"""

import contextlib
import errno
import importlib
import importlib.util
import os
import pathlib
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from gbcs import clock
from gbcs_host.han.events import ExchangeOver
from gbcs_host.lab.exchanges import Exchange
from gbcs_host.lab.lab import Lab

SCENARIOS = ("triage", "household")


class UnknownScenario(Exception):
    """There is no scenario of that name."""


class BadScenario(Exception):
    """A file that is no scenario; the text says why."""


class Step:
    """One step; `checks` are pairs of a text and whether the check holds."""

    def __init__(self, number: str, part: str, title: str, proves: str, at: int) -> None:
        self.number = number
        self.part = part
        self.title = title
        self.proves = proves
        self.at = at
        self.checks: list[tuple[str, bool]] = []
        self.exchanges: list[Exchange] = []
        self.notes: list[str] = []
        self.pictures: list[tuple[str, bytes]] = []  # pages of displays: text and PNG
        self.logs: list[tuple[bytes, str, str]] = []  # hub, log before, log after, of changed logs
        self.milliseconds = 0.0

    @property
    def holds(self) -> bool:
        """Whether the step has checks and all of them hold."""
        return bool(self.checks) and all(is_met for _, is_met in self.checks)

    def check(self, is_met: Any, text: str) -> None:
        """Adds a check: `is_met` must be true; `text` says what is checked."""
        self.checks.append((text, bool(is_met)))

    def note(self, text: str) -> None:
        """Adds a line of text for the report."""
        self.notes.append(text)

    def show(self, words: str, picture: bytes) -> None:
        """Adds a page of a display to the report: its text, and its picture as PNG."""
        self.pictures.append((words, picture))

    def to_json(self) -> "dict[str, Any]":
        """The JSON object of the step, as `gbcs run --json` prints it."""
        return {
            "step": self.number,
            "part": self.part,
            "title": self.title,
            "proves": self.proves,
            "holds": self.holds,
            "time": clock.generalized(self.at),
            "checks": [{"text": text, "holds": is_met} for text, is_met in self.checks],
            "notes": self.notes,
            "displays": [words for words, _ in self.pictures],
            "messages": [exchange_json(exchange) for exchange in self.exchanges],
        }


def exchange_json(exchange: Exchange) -> "dict[str, Any]":
    """The JSON object of a command and its answer."""
    record: dict[str, Any] = {
        "use_case": exchange.use_case,
        "command": exchange.command.hex().upper(),
        "answer": None if exchange.answer is None else exchange.answer.hex().upper(),
        "outcome": outcome(exchange),
    }
    if exchange.verdict is not None:
        record["signature"], record["mac"] = exchange.verdict.signature, exchange.verdict.mac
    return record


def outcome(exchange: Exchange) -> str:
    """The outcome of a command: "success", "failure", or why there is no valid answer."""
    if exchange.answer is None:
        return "no answer"
    if exchange.verdict is None or not exchange.verdict.is_clean:
        return "an answer that does not verify"
    return "success" if exchange.is_success else "failure"


class Play:
    """A scenario that is played; `watch(step)` is called after each step."""

    def __init__(self, lab: Lab, watch: "Callable[[Step], None]") -> None:
        self.lab = lab
        self.steps: list[Step] = []
        self._watch = watch
        self._part = ""
        self._parts = self._steps = 0

    def part(self, title: str) -> None:
        """Begins a part of the scenario with this heading."""
        self._part = title
        self._parts += 1
        self._steps = 0

    @contextlib.contextmanager
    def step(self, title: str, proves: str = "") -> "Iterator[Step]":
        """A step; exchanges within the with statement belong to it. Exceptions become checks."""
        self._steps += 1
        number = "%d.%d" % (self._parts, self._steps)
        step = Step(number, self._part, title, proves, self.lab.now)
        stop = self.lab.observe(lambda event: step.exchanges.append(event.exchange), ExchangeOver)
        before = self._logs()
        begun = time.perf_counter()
        try:
            yield step
        except Exception as error:  # a step that raises does not hold
            step.check(False, described(error))
        step.milliseconds = (time.perf_counter() - begun) * 1000
        stop()
        after = self._logs()
        step.logs = [
            (hub, before.get(hub, ""), after[hub])
            for hub in after
            if before.get(hub, "") != after[hub]
        ]
        self.steps.append(step)
        self._watch(step)

    def _logs(self) -> "dict[bytes, str]":
        """The device logs of all hubs, as text by EUI-64."""
        return {eui: _log_text(hub.log) for eui, hub in self.lab.han.hubs.items()}

    @property
    def holds(self) -> bool:
        """Whether steps were played and all of them hold."""
        return bool(self.steps) and all(step.holds for step in self.steps)


def described(error: BaseException) -> str:
    """An error as a line of text: its class, its text, and the file and line that raised it.

    Of a syntax error the file and line that it is about.
    """
    if isinstance(error, SyntaxError) and error.filename is not None:
        text, filename, line = error.msg, error.filename, error.lineno
    else:
        where = traceback.extract_tb(error.__traceback__)[-1]
        text, filename, line = str(error), where.filename, where.lineno
    return "%s: %s (%s:%s)" % (type(error).__name__, text, pathlib.Path(filename).name, line)


def _log_text(log: Any) -> str:
    """A hub's network, device log and historic device log, as text."""
    lines = ["network %s" % log.extended_pan_id.hex().upper()]
    for title, entries in (("device log", log.entries), ("historic device log", log.historic)):
        lines.append("%s, %d" % (title, len(entries)))
        lines += [
            "  %s %s" % (entry.mac.hex().upper(), entry.hashed.hex().upper() or "no key yet")
            for entry in entries
        ]
    return "\n".join(lines)


def find(name: str) -> Any:
    """The module of a scenario: a name of SCENARIOS or a Python file.

    Raises UnknownScenario for another name, FileNotFoundError for a file that is not there,
    BadScenario for one that cannot be loaded, or has no TITLE and play(p).
    """
    if name in SCENARIOS:
        return importlib.import_module("gbcs_host.scenarios." + name)
    path = pathlib.Path(name)
    if path.suffix == ".py" and path.is_file():
        spec = importlib.util.spec_from_file_location(path.stem, path)
        if spec is not None and spec.loader is not None:
            module = importlib.util.module_from_spec(spec)
            try:
                spec.loader.exec_module(module)
            except (Exception, SystemExit) as error:
                text = "'%s' cannot be loaded: %s" % (name, described(error))
                raise BadScenario(text) from None
            is_whole = callable(getattr(module, "play", None))
            if not is_whole or not isinstance(getattr(module, "TITLE", None), str):
                raise BadScenario("'%s' has no TITLE and play(p)" % name)
            return module
    if path.suffix == ".py" and not path.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
    raise UnknownScenario("there is no scenario '%s'" % name)
