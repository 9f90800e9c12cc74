"""A frame as a picture of a small display: light points on dark glass in a bezel, as PNG.

Each point is a square with a thin gap to its neighbours, as on an OLED. A PNG of a palette of
sixteen colours takes a few kilobytes. Source: PNG specification, third edition, 5, 7, 9, 11.
"""

import struct
import zlib

from gbcs_device.display.frame import HEIGHT, WIDTH

SCALE = 4
_BEZEL = 6  # points of glass, then of frame, around the picture
_RIM = 4
_GAP = 8  # points between the displays of a sheet
# Background, rim, edge of the rim, glass, dark points, light points, gap beside light points
_CLEAR, _FRAME, _EDGE, _GLASS, _DARK, _LIGHT, _BETWEEN = range(7)
_PALETTE = bytes.fromhex("ffffff 2f343b 4a515b 05080b 090e13 cdf4ff a3cbd8")
_ALPHA = b"\x00"  # of the first colour; the others are opaque


def bits(buffer: "bytes | bytearray", x: int, y: int) -> int:
    """Whether a point of a frame's buffer is light, 0 or 1."""
    return buffer[(y >> 3) * WIDTH + x] >> (y & 7) & 1


def write(buffers: "list[bytes]", scale: int = SCALE, columns: int = 1) -> bytes:
    """A PNG of displays, `columns` of them side by side, each point `scale` pixels wide.

    `buffers` are frames of 1,024 octets. Raises ValueError for a scale outside of 1 to 16, or no
    buffers.
    """
    if not 1 <= scale <= 16 or not buffers:
        raise ValueError(
            "a scale of 1 to 16 and a frame expected, found %s and %d frames"
            % (scale, len(buffers))
        )
    pictures = [_display(buffer, scale) for buffer in buffers]
    columns = min(columns, len(pictures))
    gap = bytes([_CLEAR]) * (_GAP * scale)
    blank = bytes([_CLEAR]) * len(pictures[0][0])
    rows: list[bytes] = []
    for first in range(0, len(pictures), columns):
        group = pictures[first : first + columns]
        if rows:
            rows += [bytes([_CLEAR]) * len(rows[0])] * (_GAP * scale)
        for y in range(len(group[0])):
            line = [picture[y] for picture in group] + [blank] * (columns - len(group))
            rows.append(gap.join(line))
    return _png(rows)


def _display(buffer: bytes, scale: int) -> "list[bytes]":
    """The rows of pixels of one display, an octet a pixel: its index in the palette."""
    around = _BEZEL + _RIM
    wide, high = (WIDTH + 2 * around) * scale, (HEIGHT + 2 * around) * scale
    radius, rim = 6 * scale, _RIM * scale
    rows = []
    for y in range(high):
        row = bytearray([_FRAME]) * wide
        if y < scale // 2 or y >= high - scale // 2:
            row = bytearray([_EDGE]) * wide
        cut = _corner(y, high, radius)
        for x in range(cut):
            row[x] = row[wide - 1 - x] = _CLEAR
        if rim <= y < high - rim:
            inner = _corner(y - rim, high - 2 * rim, 2 * scale)
            row[rim + inner : wide - rim - inner] = bytes([_GLASS]) * (wide - 2 * (rim + inner))
        rows.append(row)
    gap = 1 if scale > 2 else 0
    for y in range(HEIGHT):
        line = bytearray()
        for x in range(WIDTH):
            light = bits(buffer, x, y)
            line += bytes([_LIGHT if light else _DARK]) * (scale - gap)
            line += bytes([_BETWEEN if light else _GLASS]) * gap
        between = bytes(_BETWEEN if colour in (_LIGHT, _BETWEEN) else _GLASS for colour in line)
        for place in range(scale):
            row = rows[(around + y) * scale + place]
            row[around * scale : around * scale + len(line)] = (
                between if gap and place == scale - 1 else line
            )
    return [bytes(row) for row in rows]


def _corner(y: int, high: int, radius: int) -> int:
    """The number of pixels at the left of row `y` that a rounded corner leaves out."""
    depth = radius - min(y, high - 1 - y) - 1
    if depth < 0:
        return 0
    return int(radius - (radius * radius - depth * depth) ** 0.5)


def _png(rows: "list[bytes]") -> bytes:
    """A PNG of rows of palette indices, packed two pixels an octet."""
    wide = len(rows[0])
    packed = bytearray()
    for row in rows:
        row += b"\0" * (wide & 1)
        packed.append(0)  # no filter: rows that repeat compress best as they are
        packed += bytes(a << 4 | b for a, b in zip(row[::2], row[1::2]))
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", wide, len(rows), 4, 3, 0, 0, 0))
        + _chunk(b"PLTE", _PALETTE)
        + _chunk(b"tRNS", _ALPHA)
        + _chunk(b"IDAT", zlib.compress(bytes(packed), 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, octets: bytes) -> bytes:
    return (
        struct.pack(">I", len(octets))
        + name
        + octets
        + struct.pack(">I", zlib.crc32(name + octets))
    )
