"""Escapes for control characters in text from outside, so that a terminal only shows the text.

Names in certificates, texts in messages, file names and the errors of peers may hold control
characters. These move the cursor, change colours or titles, or (bidirectional overrides) make a
terminal show other text than there is. Each is shown as `\\uXXXX`, its escape in JSON.

While a command runs, standard output and standard error are each a `Screen` (`gbcs_host.cli`), so
that all output of commands is escaped. A command sends control sequences of its own by `styled`,
around text that went through `visible`.
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
    """The text on one line, each control character as `\\uXXXX`."""
    return _ANY.sub(_escaped, text)


def visible_lines(text: str) -> str:
    """The text with its line ends and tabulators, every other control character as `\\uXXXX`."""
    return _BUT_LINES.sub(_escaped, text)


def _escaped(match: "re.Match[str]") -> str:
    return "\\u%04x" % ord(match[0])


class Screen:
    """A stream of text that escapes control characters in all that is written to it.

    Characters that the stream's encoding lacks are written as escapes too. Other attributes are
    those of the stream. `stream` is None where the process has none: then nothing is written.
    """

    def __init__(self, stream: "TextIO | None") -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Writes text, its control characters escaped; the number of characters given."""
        return self._write(visible_lines(text), text)

    def styled(self, text: str) -> int:
        """Writes text unchanged; the caller has escaped the parts that came from outside."""
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
        """Writes each line of an iterable, as `write` does."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flushes the stream, if there is one."""
        if self.stream is not None:
            self.stream.flush()

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return self.stream is not None and self.stream.isatty()

    def __getattr__(self, name: str) -> Any:
        if self.stream is None:
            raise OSError("the stream is closed")
        return getattr(self.stream, name)


def styled(screen: Any, text: str) -> None:
    """Writes text with control sequences for the terminal, to a Screen or any other stream."""
    write = screen.styled if isinstance(screen, Screen) else screen.write
    write(text)


def drop(stream: Any) -> None:
    """Points the descriptor of a stream whose reader has gone at the null device."""
    try:
        number = os.open(os.devnull, os.O_WRONLY)
        os.dup2(number, stream.fileno())
        os.close(number)
    except (OSError, ValueError, AttributeError):
        pass
