"""Text from anywhere, made so that a terminal shows it and does nothing else.

Names in certificates, text in messages, file names and what others say in errors may hold control
characters: they move the cursor, change colours or titles, or (bidirectional overrides) show other
text than there is. Each is shown as `\\uXXXX`, which inside JSON means the same character.

`Screen` is the one place through which commands print: standard output and standard error are such
while a command runs (`gbcs_host.cli`). What a command itself wants a terminal to do goes by
`styled`, around text that `visible` has been through.
"""

import os
import re
from typing import Any, TextIO

# C0 and C1 with DEL, marks and overrides of direction, separators of lines, lone surrogates
_HIDDEN = (
    "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ufeff\ud800-\udfff\ufff9-\ufffb"
)
_ANY = re.compile("[%s]" % _HIDDEN)
_BUT_LINES = re.compile("(?![\n\t])[%s]" % _HIDDEN)


def visible(text: str) -> str:
    """The text in one line, each control character as `\\uXXXX`."""
    return _ANY.sub(_escaped, text)


def visible_lines(text: str) -> str:
    """The same of text that has lines and tabulators, which stay."""
    return _BUT_LINES.sub(_escaped, text)


def _escaped(match: "re.Match[str]") -> str:
    return "\\u%04x" % ord(match[0])


class Screen:
    """A stream of text: what is written is made visible first.

    Characters that the stream's encoding lacks are written as escapes too. Everything else is as
    of the stream; of one that is not there (None: closed before we began) nothing is asked.
    """

    def __init__(self, stream: "TextIO | None") -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Writes lines of text."""
        return self._write(visible_lines(text), text)

    def styled(self, text: str) -> int:
        """Writes text as it is: the caller has made visible what is not its own."""
        return self._write(text, text)

    def _write(self, shown: str, text: str) -> int:
        if self.stream is not None:
            try:
                self.stream.write(shown)
            except UnicodeEncodeError:
                encoding = self.stream.encoding or "ascii"
                self.stream.write(shown.encode(encoding, "backslashreplace").decode(encoding))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Writes each of them."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Hands on what was written."""
        if self.stream is not None:
            self.stream.flush()

    def isatty(self) -> bool:
        """Whether a person watches."""
        return self.stream is not None and self.stream.isatty()

    def __getattr__(self, name: str) -> Any:
        if self.stream is None:
            raise OSError("the stream is closed")
        return getattr(self.stream, name)


def styled(screen: Any, text: str) -> None:
    """Writes text that is visible already, and what a terminal is to do, to any stream."""
    write = screen.styled if isinstance(screen, Screen) else screen.write
    write(text)


def drop(stream: Any) -> None:
    """Makes that nothing more is written to a stream whose other end has gone."""
    try:
        number = os.open(os.devnull, os.O_WRONLY)
        os.dup2(number, stream.fileno())
        os.close(number)
    except (OSError, ValueError, AttributeError):
        pass
