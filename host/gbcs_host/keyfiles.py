"""Files that hold keys: for their owner alone, and never over another file.

A file of keys has mode 0600, a folder that is made for them 0700, whatever the umask is. A file
that is written at once is complete beside its place before it is put there; one that grows (the
keys of a capture) is begun in its place. What stands there, a link too, is neither followed nor
changed unless overwriting is asked for. Where modes are not known (Windows) they are left as they
are.
"""

import contextlib
import os
import secrets
from typing import IO

PRIVATE = 0o600
PUBLIC = 0o644
_FOLDER = 0o700


class WouldOverwrite(Exception):
    """A file at `path` is there already, and is not what would be written; it was not touched."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return "'%s' is there already, and would be another; it was left as it is" % self.path


def folder(path: str) -> None:
    """Makes a folder, and those above it, for keys; one that is there stays as it is. OSError."""
    if os.path.isdir(path):
        return
    above = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(above):
        os.makedirs(above, exist_ok=True)
    os.mkdir(path, _FOLDER)
    os.chmod(path, _FOLDER)


def is_open_to_others(path: str) -> bool:
    """Whether others than the owner may look into a folder."""
    return os.name == "posix" and bool(os.stat(path).st_mode & 0o077)


def check(path: str, octets: bytes, overwrite: bool = False) -> bool:
    """Whether a file has to be written; False where it holds these octets already.

    WouldOverwrite where it holds others; OSError where it cannot be read.
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
    """A file of these octets and this mode; WouldOverwrite, OSError.

    One that holds these octets already gets the mode, and counts as written.
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
    """A file of text, open for writing keys one by one; WouldOverwrite, OSError."""
    if overwrite:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
    try:
        return os.fdopen(_create(path, PRIVATE), "w", encoding="utf-8")
    except FileExistsError:
        raise WouldOverwrite(path) from None


def _create(path: str, mode: int) -> int:
    """The descriptor of a file that was not there before; FileExistsError."""
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
