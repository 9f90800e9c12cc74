"""Files of keys: only their owner may read them, and they replace no file unless asked to.

A file of keys has mode 0600, a folder made for keys 0700, whatever the umask is. `write` completes
a file under a temporary name in the same folder and then renames it; `begin` opens a file that
grows (the keys of a capture) in its place. An existing file or symbolic link is neither followed
nor changed unless `overwrite` is set. On systems without modes (Windows) modes are not set.
"""

import contextlib
import os
import secrets
from typing import IO

PRIVATE = 0o600
PUBLIC = 0o644
_FOLDER = 0o700


class WouldOverwrite(Exception):
    """A file at `path` exists and has other contents than would be written; it was not changed."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return "'%s' is there already, and would be another; it was left as it is" % self.path


def folder(path: str) -> None:
    """Makes a folder for keys, mode 0700, and those above it; an existing one is not changed.

    Raises OSError.
    """
    if os.path.isdir(path):
        return
    above = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(above):
        os.makedirs(above, exist_ok=True)
    os.mkdir(path, _FOLDER)
    os.chmod(path, _FOLDER)


def is_open_to_others(path: str) -> bool:
    """Whether group or others may access a folder; always False where there are no modes."""
    return os.name == "posix" and bool(os.stat(path).st_mode & 0o077)


def check(path: str, octets: bytes, overwrite: bool = False) -> bool:
    """Whether a file has to be written; False where it holds these octets already.

    Raises WouldOverwrite where it holds other octets, unless `overwrite`, and OSError where it
    cannot be read.
    """
    try:
        with open(path, "rb") as file:
            is_same = file.read(len(octets) + 1) == octets
    except FileNotFoundError:
        if os.path.islink(path) and not overwrite:
            raise WouldOverwrite(path) from None
        return True
    if is_same and os.path.isfile(path) and not os.path.islink(path):
        return False
    if not overwrite:
        raise WouldOverwrite(path)
    return True


def write(path: str, octets: bytes, mode: int = PRIVATE, overwrite: bool = False) -> None:
    """Writes a file of these octets and this mode. Raises WouldOverwrite, OSError.

    A file that holds these octets already only gets the mode.
    """
    if not check(path, octets, overwrite):
        _set_mode(path, mode)
        return
    beside = "%s.%s" % (path, secrets.token_hex(8))
    try:
        with os.fdopen(_create(beside, mode), "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        _put(beside, path, overwrite)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)


def begin(path: str, overwrite: bool = False) -> "IO[str]":
    """A new text file of mode 0600, open for writing. Raises WouldOverwrite, OSError."""
    if overwrite:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
    try:
        return os.fdopen(_create(path, PRIVATE), "w", encoding="utf-8")
    except FileExistsError:
        raise WouldOverwrite(path) from None


def _create(path: str, mode: int) -> int:
    """The descriptor of a new file. Raises FileExistsError where the path exists."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    number = os.open(path, flags, mode)
    if hasattr(os, "fchmod"):
        os.fchmod(number, mode)
    return number


def _put(beside: str, path: str, overwrite: bool) -> None:
    if overwrite:
        os.replace(beside, path)
        return
    try:
        os.link(beside, path)  # which fails where something has come there meanwhile
    except FileExistsError:
        raise WouldOverwrite(path) from None
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise WouldOverwrite(path) from None
        os.rename(beside, path)


def _set_mode(path: str, mode: int) -> None:
    if os.name == "posix" and os.stat(path).st_mode & 0o777 != mode:
        os.chmod(path, mode)
