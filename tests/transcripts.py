"""The transcripts and the Python in the documents, as tests run them.

A block ```console is a session: `$ command`, `> ` where it goes on, and what it prints; `...`
stands for any lines, or for any text within a line. The commands of a page are run by one shell,
in a folder of their own. A block ```python is run after them, all of a page as one script; with
`title="FILE"` it is written to that file instead, before the commands that follow it. A block
```diff with `title="MODULE"` changes that module, by its dotted name, in a copy of the packages,
which the page then runs on; with `title="FILE"` a file of the repository.

`<!-- not run: REASON -->` before a block says why it is not run, `<!-- reference messages -->`
that it needs those. `python -m tests.transcripts` lists what is run, and what is not;
`python -m tests.transcripts PAGE` fills in what a command prints where the page has `@@`, or
`@@ 5` for its first five lines.
"""

import contextlib
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from tests.conftest import SHARED
from tools.gen_docs import PACKAGES, ROOT, pages

_FENCE = re.compile(
    r"(?:<!-- (?P<note>not run: [^>]*?|reference messages) -->\n\s*)?"
    r"^(?P<indent> *)```(?P<kind>console|python|diff)(?P<info>[^\n]*)\n(?P<body>.*?)^ *```$",
    re.DOTALL | re.MULTILINE,
)
_TITLE = re.compile(r'title="([^"]+)"')
_PORT = re.compile(r"127\.0\.0\.1:(\d+)")
_MARK = "\x1e"
_LIMIT_S = 300


class Block:
    """A block of a page: `kind` console, python or diff, `title` the file or module that it is."""

    def __init__(self, match: "re.Match[str]") -> None:
        note = match["note"] or ""
        self.kind = match["kind"]
        self.reason = note.removeprefix("not run: ") if note.startswith("not run") else ""
        self.needs_messages = note == "reference messages"
        title = _TITLE.search(match["info"])
        self.title = title[1] if title else ""
        indent = len(match["indent"])
        self.lines = [line[indent:].rstrip() for line in match["body"].splitlines()]
        self.text = "\n".join(self.lines) + "\n"

    def commands(self) -> "list[tuple[str, list[str]]]":
        """Each command of a session, and the lines that it prints."""
        found: list[tuple[str, list[str]]] = []
        for line in self.lines:
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.startswith("> ") and found and not found[-1][1]:
                found[-1] = (found[-1][0] + "\n" + line[2:], [])
            elif found:
                found[-1][1].append(line)
            elif line:
                raise ValueError("a session begins with '$ ', found '%s'" % line)
        return found


def blocks(path: pathlib.Path) -> "list[Block]":
    """The blocks of a page, in order."""
    return [Block(match) for match in _FENCE.finditer(path.read_text())]


def is_printed(expected: "list[str]", printed: "list[str]") -> bool:
    """Whether this was printed, whole, but for what `...` stands for."""
    parts = []
    for line in expected:
        if line.strip() == "...":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            parts.append(r"[^\n]*?".join(map(re.escape, line.split("..."))) + r"\n")
    text = "".join(line.rstrip() + "\n" for line in printed).rstrip("\n") + "\n" if printed else ""
    return re.fullmatch("".join(parts), text) is not None


def run(path: pathlib.Path, folder: pathlib.Path, has_messages: bool) -> "list[str]":
    """Runs a page in a folder; what was printed otherwise than the page says, as texts."""
    problems = []
    commands = _played(path, folder, has_messages)
    for command, expected, text in commands:
        text = _PORT.sub("127.0.0.1:PORT", text)
        lines = [_PORT.sub("127.0.0.1:PORT", line) for line in expected]
        while lines and not lines[-1]:
            lines.pop()
        if not is_printed(lines, text.splitlines()):
            shown = (command, "\n".join(lines), text)
            problems.append("$ %s\nexpected:\n%s\nprinted:\n%s" % shown)
    return problems


def _played(
    path: pathlib.Path, folder: pathlib.Path, has_messages: bool
) -> "list[tuple[str, list[str], str]]":
    """Each command of a page, what it is to print, and what it printed."""
    todo = [
        block
        for block in blocks(path)
        if not block.reason and (has_messages or not block.needs_messages)
    ]
    base = _copied(folder / "tree") if any(block.kind == "diff" for block in todo) else ROOT
    script = ["exec 2>&1"]
    commands: list[tuple[str, list[str]]] = []
    python = []
    for number, block in enumerate(todo):
        if block.kind == "diff":
            change(base, block)
        elif block.kind == "console":
            commands += block.commands()
            for command, _ in block.commands():
                script += [command, "_s=$?; printf '%b\\n' '\\036'; (exit $_s)"]
        elif block.title:
            (folder / ("block%d" % number)).write_text(block.text)
            script.append("cp block%d %s" % (number, shlex.quote(block.title)))
        else:
            python.append(block.text)
    if python:
        (folder / "blocks.py").write_text("".join(python))
        commands.append(("python blocks.py", []))
        script += ["python blocks.py", "printf '%b\\n' '\\036'"]
    text = _shell(_with_free_ports("\n".join(script) + "\n"), folder, base)
    printed = text.split(_MARK + "\n") + ["the session had ended"] * len(commands)
    return [(*pair, part) for pair, part in zip(commands, printed, strict=False)]


def fill(path: pathlib.Path) -> None:
    """Puts what commands print in the place of `@@` in a page."""
    page = path.read_text()
    with tempfile.TemporaryDirectory() as folder:
        for command, expected, printed in _played(path, pathlib.Path(folder), True):
            if expected and expected[0].startswith("@@"):
                lines = [line.rstrip() for line in printed.splitlines()]
                if expected[0] != "@@":
                    lines = lines[: int(expected[0][2:])] + ["..."]
                head = "$ " + command.replace("\n", "\n> ") + "\n"
                shown = "".join(line + "\n" for line in lines)
                page = page.replace(head + expected[0] + "\n", head + shown, 1)
    path.write_text(page)


def _with_free_ports(script: str) -> str:
    """The script with each port of this computer replaced by one that is free."""
    free: dict[str, str] = {}
    for port in _PORT.findall(script):
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            free[port] = "%d" % door.getsockname()[1]
    return _PORT.sub(lambda match: "127.0.0.1:" + free[match[1]], script)


def _copied(tree: pathlib.Path) -> pathlib.Path:
    """A copy of the packages and their tests."""
    for name in (*PACKAGES.values(), "tests", "tools", "docs"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tree / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


def change(base: pathlib.Path, block: Block) -> None:
    """Changes a module as a diff says; ValueError unless the lines before it stand there once.

    A module that is as the diff would make it, since a reader kept the example, stays as it is.
    """
    name = block.title
    if "/" not in name:
        name = "%s/%s.py" % (PACKAGES[name.split(".")[0]], name.replace(".", "/"))
    path = base / name
    old = "".join(line[1:] + "\n" for line in block.lines if line[:1] in (" ", "-", ""))
    new = "".join(line[1:] + "\n" for line in block.lines if line[:1] in (" ", "+", ""))
    text = path.read_text()
    if text.count(new) == 1 and any(line[:1] == "+" for line in block.lines):
        return
    if text.count(old) != 1:
        places = text.count(old)
        raise ValueError(
            "%s: these lines expected once, found %d times:\n%s" % (name, places, old)
        )
    path.write_text(text.replace(old, new))


def _shell(script: str, folder: pathlib.Path, base: pathlib.Path = ROOT) -> str:
    """What bash prints that runs this script; `gbcs` and `python` are those of this tree."""
    for name in ("docs", "tests", "tools", "pyproject.toml"):  # as in a checkout
        (folder / name).symlink_to(base / name)
    tools = folder / ".bin"
    tools.mkdir()
    for name, words in (("gbcs", "-m gbcs_host.cli "), ("python", "")):
        tool = tools / name
        tool.write_text('#!/bin/sh\nexec "%s" %s"$@"\n' % (sys.executable, words))
        tool.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": "%s%s%s" % (tools, os.pathsep, os.environ["PATH"]),
        "PYTHONPATH": os.pathsep.join(str(base / name) for name in PACKAGES.values()),
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "100",
        "GBCS_SHARED": str(SHARED.resolve()),  # pages are run in a folder of their own
    }
    shell = subprocess.Popen(
        ["bash", "--norc"], cwd=folder, env=environment, text=True, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        return shell.communicate(script, timeout=_LIMIT_S)[0]
    finally:  # what the page left running
        with contextlib.suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGTERM)


def summary() -> "list[tuple[str, int, int, list[str]]]":
    """Of each page with blocks: its name, commands and scripts run, not run, and why not."""
    found = []
    for path in pages():
        counts = [0, 0]
        reasons = []
        for block in blocks(path):
            size = len(block.commands()) if block.kind == "console" else 1
            counts[bool(block.reason)] += size
            if block.reason and block.reason not in reasons:
                reasons.append(block.reason)
        if sum(counts):
            found.append((str(path.relative_to(ROOT)), counts[0], counts[1], reasons))
    return found


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` ends it without a traceback
    for page in sys.argv[1:]:
        fill(pathlib.Path(page))
    for name, ran, left, why in summary() if not sys.argv[1:] else ():
        print("%-40s %3d run %3d not run  %s" % (name, ran, left, "; ".join(why)))
