"""Messages from hex, base64, standard input, files and folders, as text or binary."""

import base64
import binascii
import os
import re
import sys
from collections.abc import Iterator

_HEX = re.compile(r"[0-9A-Fa-f]+\Z")
_FIRST = (b"\xdd", b"\xdf")  # octets that messages begin with: GBCS 7.2
_AS_BASE64 = " (read as base64; no file of that name)"
_OTHER_FILES = (".pem", ".key", ".crt", ".md", ".xml", ".json", ".xsd", ".py", ".keys", ".asn1")
MAX_FILE = 64 << 20  # octets; a larger file is refused


class SourceError(Exception):
    """A source without messages; the text says what was expected."""


class MissingFile(SourceError):
    """A path at which there is no file or folder."""


def messages(source: str) -> "Iterator[tuple[str, bytes]]":
    """Pairs of a name and the octets of a message, in the order in which `source` has them.

    `source` is `-` (standard input), a file, a folder (with all folders in it, in order of names),
    hex or base64. Octets that are no message are returned too; decoding reports what is wrong. The
    name of those that were read as base64 then says so: they may be the mistyped name of a file.
    Raises SourceError, MissingFile where `source` can only be a path.
    """
    if source == "-":
        yield from _split("-", sys.stdin.buffer.read())
    elif os.path.isdir(source):
        for path in files(source):
            yield from _read(path)
    elif os.path.exists(source):
        yield from _read(source)
    else:
        octets = _from_text(source)
        if octets is None and _is_path(source):
            raise MissingFile("'%s': no such file or folder" % source)
        if octets is None:
            raise SourceError("'%s' is no file or folder, nor hex or base64" % _short(source))
        note = "" if _is_hex(source) or octets[:1] in _FIRST else _AS_BASE64
        yield _short(source) + note, octets


def count(source: str) -> int:
    """The number of files in a folder and the folders in it; 1 for any other source."""
    return len(files(source)) if os.path.isdir(source) else 1


def files(folder: str) -> "list[str]":
    """The paths of files that may hold messages in a folder and the folders in it, in order."""
    paths = []
    for top, folders, names in os.walk(folder):
        folders.sort()
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in sorted(names):
            if not name.startswith(".") and not name.lower().endswith(_OTHER_FILES):
                paths.append(os.path.join(top, name))
    return paths


def _read(path: str) -> "Iterator[tuple[str, bytes]]":
    try:
        if os.path.getsize(path) > MAX_FILE:
            raise SourceError("'%s' is larger than 64 MiB" % path)
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise SourceError("'%s' cannot be read: %s" % (path, error.strerror)) from None
    yield from _split(path, data)


def _split(name: str, data: bytes) -> "Iterator[tuple[str, bytes]]":
    """The messages of a file: one in binary, or text with one over all lines or one a line."""
    if data[:1] in _FIRST:
        yield name, data
        return
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        yield name, data
        return
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines:
        raise SourceError("a message expected, '%s' is empty" % name)
    if len(lines) > 1 and not all(_begins_message(line) for line in lines):
        whole = _from_text("".join(lines))
        if whole is not None and whole[:1] in _FIRST:
            yield name, whole
            return
    for number, line in enumerate(lines, 1):
        octets = _from_text(line)
        place = name if len(lines) == 1 else "%s:%d" % (name, number)
        yield place, line.encode() if octets is None else octets


def _begins_message(line: str) -> bool:
    octets = _from_text(line)
    return octets is not None and octets[:1] in _FIRST and len(octets) > 34


def _is_path(text: str) -> bool:
    """Whether text that is no message looks like a path: it has a separator or an extension."""
    return "/" in text or os.sep in text or re.search(r"\.\w{1,8}\Z", text) is not None


def _packed(text: str) -> str:
    """Hex or base64 without blanks, colons and a leading 0x."""
    packed = re.sub(r"[\s:]", "", text)
    return packed[2:] if packed[:2] in ("0x", "0X") else packed


def _is_hex(text: str) -> bool:
    packed = _packed(text)
    return _HEX.match(packed) is not None and len(packed) % 2 == 0


def _from_text(text: str) -> "bytes | None":
    packed = _packed(text)
    if _is_hex(text):
        return bytes.fromhex(packed)
    try:
        octets = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return None
    return octets or None


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
