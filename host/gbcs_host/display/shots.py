"""Pages of a view as frames, text and PNGs, and as img elements for an HTML report."""

import base64
import html
from collections.abc import Iterable

from gbcs_device.base.view import View
from gbcs_device.display.frame import Frame
from gbcs_device.display.navigation import IHD, PPMID, Pages
from gbcs_host.display import png, reading
from gbcs_host.visible import visible

ELECTRICITY, GAS = 0, 1


def at(page: str, fuel: int = ELECTRICITY, is_ppmid: bool = False) -> Pages:
    """The Pages of a display turned to a page. Raises ValueError where it has no such page."""
    pages = Pages(is_ppmid)
    pages.turn_to(page)
    pages.fuel = fuel
    return pages


def frame(seen: View, page: str, fuel: int = ELECTRICITY, is_ppmid: bool = False) -> bytes:
    """The 1,024 octets of a page, in the layout of gbcs_device.display.frame."""
    drawn = Frame()
    at(page, fuel, is_ppmid).draw(drawn, seen)
    return bytes(drawn.buffer)


def text(seen: View, page: str, fuel: int = ELECTRICITY, is_ppmid: bool = False) -> str:
    """The text of a page, as one line."""
    return reading.read(at(page, fuel, is_ppmid), seen)


def picture(
    seen: View,
    page: str,
    fuel: int = ELECTRICITY,
    is_ppmid: bool = False,
    scale: int = png.SCALE,
) -> bytes:
    """The octets of a PNG of a page, each point `scale` pixels wide."""
    return png.write([frame(seen, page, fuel, is_ppmid)], scale)


def sheet(
    seen: View,
    fuel: int = ELECTRICITY,
    is_ppmid: bool = False,
    scale: int = png.SCALE,
    columns: int = 3,
    pages: "Iterable[str]" = (),
) -> bytes:
    """The octets of a PNG of all pages, or of those named, `columns` of them side by side."""
    names = tuple(pages) or (PPMID if is_ppmid else IHD)
    return png.write([frame(seen, name, fuel, is_ppmid) for name in names], scale, columns)


def image_tag(octets: bytes, description: str, width: int = 300) -> str:
    """An HTML img element that contains a PNG; `description` is its alternative text."""
    return "<img width='%d' alt='%s' src='data:image/png;base64,%s'>" % (
        width,
        html.escape(visible(description), quote=True),
        base64.b64encode(octets).decode(),
    )
