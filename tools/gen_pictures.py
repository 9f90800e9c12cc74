"""Writes docs/pictures/*.png, and tests/firmware/display_pages.txt with the same pages as text.

`python -m tools.gen_pictures` writes them (make pictures). The pages are of the sample views of
gbcs_host.display.sample. The text has two rows of points in a line of characters, so that a change
of the drawing is seen in review; a test holds the pages against it, and the pictures too.
"""

import pathlib
import sys
from collections.abc import Iterator

from gbcs_device.base.view import View
from gbcs_device.display.frame import Frame
from gbcs_device.display.navigation import Pages
from gbcs_host.display import png, sample

ROOT = pathlib.Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
PAGES = ROOT / "tests" / "firmware" / "display_pages.txt"

E, G = 0, 1
IHD = (
    # page       fuel
    ("overview", E),
    ("today",    E),
    ("history",  E),
    ("tariff",   E),
    ("credit",   E),
    ("message",  E),
    ("info",     E),
    ("overview", G),
    ("supplier", G),
)  # fmt: skip
PPMID = (
    ("overview",  E),
    ("credit",    E),
    ("top-up",    E),
    ("entry",     E),
    ("emergency", E),
    ("notice",    E),
    ("supply",    G),
    ("unlinked",  G),
    ("unjoined",  E),
)  # fmt: skip
SHEETS = {"ihd": IHD, "ppmid": PPMID}
TOKEN = "7341234567890"


def page(kind: str, name: str, fuel: int) -> bytes:
    """One page of a sample, or one of the four special ones."""
    is_ppmid = kind == "ppmid"
    seen: View = sample.prepayment() if is_ppmid else sample.credit()
    pages = Pages(is_ppmid)
    pages.fuel = fuel
    if name in pages.names:
        pages.turn_to(name)
    elif name == "entry":
        for digit in TOKEN:
            pages.type(digit, seen)
    else:
        pages.turn_to("credit")
        if name == "notice":
            seen.notice = "Top-up of £10.00 accepted. Credit is £11.63 now."
        elif name == "unlinked":
            seen.fuels[fuel].is_connected = False
        else:
            seen.is_joined = False
    frame = Frame()
    pages.draw(frame, seen)
    return bytes(frame.buffer)


def titled() -> "Iterator[tuple[str, bytes]]":
    """Each page and its name."""
    for kind, rows in SHEETS.items():
        for name, fuel in rows:
            yield "%s %s %s" % (kind, name, ("electricity", "gas")[fuel]), page(kind, name, fuel)


def drawn(buffer: bytes) -> "list[str]":
    """A page as 32 lines of half blocks, without the blanks at their ends."""
    return [
        "".join(
            " ▀▄█"[png.bits(buffer, x, y) + 2 * png.bits(buffer, x, y + 1)] for x in range(128)
        ).rstrip()
        for y in range(0, 64, 2)
    ]


def text() -> str:
    """All pages."""
    return "".join("= %s\n%s\n" % (name, "\n".join(drawn(one))) for name, one in titled())


def pictures() -> "dict[str, bytes]":
    """The PNGs by their names."""
    found = {
        kind: png.write([page(kind, name, fuel) for name, fuel in rows], 3, 3)
        for kind, rows in SHEETS.items()
    }
    found["overview"] = png.write([page("ihd", "overview", E)])
    return found


def main(arguments: list[str]) -> int:
    """Writes them all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, octets in pictures().items():
        (PICTURES / (name + ".png")).write_bytes(octets)
    PAGES.write_text(text())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
