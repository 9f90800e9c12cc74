"""A display in a terminal: the points of its frame as characters, keys in place of its buttons.

`picture` turns a frame into lines of half blocks (128 by 32 characters), of Braille (64 by 16), or
of ASCII where the terminal has neither. `run` shows a display that changes; `still` prints it
once, as `run` does without a terminal.
"""

import os
import select
import shutil
import sys
import textwrap
from collections.abc import Callable
from typing import Any, TextIO

from gbcs_device.base.view import View
from gbcs_device.display import navigation
from gbcs_device.display.frame import HEIGHT, WIDTH, Frame
from gbcs_device.display.navigation import Pages
from gbcs_host.display import reading
from gbcs_host.display.png import bits
from gbcs_host.visible import styled, visible

HALF, BRAILLE, ASCII = "half", "braille", "ascii"
STYLES = (HALF, BRAILLE, ASCII)
_CELLS = {  # points across and down in a character, and the characters by these points
    HALF: (1, 2, " ▀▄█"),
    ASCII: (1, 2, " '.:"),
    BRAILLE: (2, 4, ""),
}
_EDGES = {HALF: "┌─┐│└┘", BRAILLE: "┌─┐│└┘", ASCII: "+-+|++"}
_DOTS = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)  # of U+2800, row by row
_LIT, _PLAIN = "\x1b[38;5;159m", "\x1b[0m"

_ENTER = "\x1b[?1049h\x1b[?25l"  # another screen, no cursor
_LEAVE = "\x1b[?25h\x1b[?1049l"
_KEYS = {
    b"\x1b[A": navigation.UP, b"\x1bOA": navigation.UP,
    b"\x1b[D": navigation.UP, b"\x1bOD": navigation.UP,
    b"\x1b[B": navigation.DOWN, b"\x1bOB": navigation.DOWN,
    b"\x1b[C": navigation.DOWN, b"\x1bOC": navigation.DOWN,
    b"\r": navigation.OK, b"\n": navigation.OK,
    b"\t": navigation.FUEL, b"f": navigation.FUEL,
}  # fmt: skip
_LEGEND = "up, down: page   Enter: OK   Tab: electricity, gas   q: leave"
_TOKEN_LEGEND = "digits: enter a token, Backspace takes one back, Enter sends it"


def picture(
    buffer: "bytes | bytearray", style: str = BRAILLE, colour: bool = False
) -> "list[str]":
    """The lines of text that show a frame of 1,024 octets in a border."""
    across, down, shapes = _CELLS[style]
    edges = _EDGES[style]
    bar = edges[1] * (WIDTH // across)
    lines = [edges[0] + bar + edges[2]]
    for top in range(0, HEIGHT, down):
        line = ""
        for left in range(0, WIDTH, across):
            points = [
                bits(buffer, x, y)
                for y in range(top, top + down)
                for x in range(left, left + across)
            ]
            if style == BRAILLE:
                line += chr(0x2800 + sum(dot for dot, point in zip(_DOTS, points) if point))
            else:
                line += shapes[points[0] + 2 * points[1]]
        if colour:
            line = _LIT + line + _PLAIN
        lines.append(edges[3] + line + edges[3])
    return lines + [edges[4] + bar + edges[5]]


def style_for(screen: Any, columns: int, rows: int) -> str:
    """The style for a terminal of this size and encoding: half blocks where there is room."""
    encoding = (getattr(screen, "encoding", None) or "ascii").lower().replace("-", "")
    if encoding != "utf8":
        return ASCII
    return HALF if columns >= WIDTH + 2 and rows >= HEIGHT // 2 + 8 else BRAILLE


def still(seen: View, pages: Pages, screen: "TextIO | None" = None, style: str = "") -> None:
    """Prints the page once, and below it its text as one line."""
    screen = sys.stdout if screen is None else screen
    size = shutil.get_terminal_size((80, 24))
    frame = Frame()
    pages.draw(frame, seen)
    colour = screen.isatty() and "NO_COLOR" not in os.environ
    lines = picture(frame.buffer, style or style_for(screen, *size), colour)
    styled(screen, "\n".join([*lines, visible(reading.read(pages, seen))]) + "\n")


def keys(octets: bytes) -> "tuple[list[int | str], bytes]":
    """The keys in octets from a terminal, and the octets of an incomplete key at the end.

    A key is a button of navigation (an int), a digit, a backspace or "q".
    """
    pressed: list[int | str] = []
    at = 0
    while at < len(octets):
        size = 3 if octets[at] == 0x1B else 1
        key = octets[at : at + size]
        if len(key) < size:
            return pressed, key
        if key in _KEYS:
            pressed.append(_KEYS[key])
        elif key in (b"\x7f", b"\x08"):
            pressed.append("\b")
        elif key in (b"q", b"\x03", b"\x04"):
            pressed.append("q")
        elif key.isdigit():
            pressed.append(key.decode())
        at += size
    return pressed, b""


def run(
    view_source: "Callable[[], View]",
    pages: Pages,
    intents_sink: "Callable[[tuple[str | int, ...]], object]",
    keyboard: "int | None" = None,
    screen: "TextIO | None" = None,
    period_s: float = 0.25,
    style: str = "",
) -> None:
    """Shows the view that `view_source()` returns, and redraws it after each key or `period_s`.

    `intents_sink` is called with each action that a person takes. Returns after q, Ctrl-C or the
    end of input, and restores the terminal. `keyboard` is a file descriptor; where it or `screen`
    is no terminal, the view is printed once.
    """
    screen = sys.stdout if screen is None else screen
    keyboard = sys.stdin.fileno() if keyboard is None else keyboard
    if not (screen.isatty() and os.isatty(keyboard)):
        still(view_source(), pages, screen, style)
        return
    import termios
    import tty

    before = termios.tcgetattr(keyboard)
    try:
        tty.setcbreak(keyboard)
        styled(screen, _ENTER)
        _live(view_source, pages, intents_sink, keyboard, screen, period_s, style)
    except KeyboardInterrupt:
        pass
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
        styled(screen, _LEAVE)
        screen.flush()


def _live(
    view_source: "Callable[[], View]",
    pages: Pages,
    intents_sink: "Callable[[tuple[str | int, ...]], object]",
    keyboard: int,
    screen: TextIO,
    period_s: float,
    style: str,
) -> None:
    shown = ""
    rest = b""
    while True:
        seen = view_source()
        text = _screenful(seen, pages, screen, style)
        if text != shown:
            styled(screen, text)
            screen.flush()
            shown = text
        if not select.select([keyboard], [], [], period_s)[0]:
            continue
        octets = os.read(keyboard, 1024)
        if not octets:
            return
        pressed, rest = keys(rest + octets)
        for key in pressed:
            if key == "q":
                return
            if isinstance(key, int):
                pages.press(key, seen)
            else:
                pages.type(key, seen)
            while pages.intents:
                intents_sink(pages.intents.pop(0))


def _screenful(seen: View, pages: Pages, screen: TextIO, style: str) -> str:
    """The text and control sequences that draw the whole screen."""
    columns, rows = os.get_terminal_size(screen.fileno())
    frame = Frame()
    pages.draw(frame, seen)
    chosen = style or style_for(screen, columns, rows)
    lines = picture(frame.buffer, chosen, "NO_COLOR" not in os.environ)
    if WIDTH // _CELLS[chosen][0] + 2 > columns or len(lines) + 4 > rows:
        lines = []  # there is room for the text alone
    lines += textwrap.wrap(visible(reading.read(pages, seen)), columns)
    if "top-up" in pages.names:
        lines += [_entry_line(pages), _TOKEN_LEGEND]
    lines.append(_LEGEND)
    return "\x1b[H" + "".join(line + "\x1b[K\n" for line in lines[: rows - 1]) + "\x1b[J"


def _entry_line(pages: Pages) -> str:
    """The digits of a token entered so far, in groups of four."""
    digits = (pages.entry if pages.is_entering else "").ljust(navigation.DIGITS, "_")
    return "UTRN " + " ".join(digits[at : at + 4] for at in range(0, navigation.DIGITS, 4))
