"""Captures: what is on the air in a pcapng file, and the keys beside it, as Wireshark has them."""

import os
import types
from typing import Any

from gbcs_host import keyfiles
from gbcs_host.capture.keys import KeyFile
from gbcs_host.capture.pcapng import Writer

UNIX_2000_US = 946_684_800_000_000


class Capture:
    """A file that is being written: `watch` takes frames, `reveal` keys, as ZigbeeHan gives them.

    The keys go to the file's name with `.keys` behind it, for its owner alone. Each frame is in
    the file once `watch` returns, so that a run that is stopped leaves what it had.
    """

    def __init__(self, frames: Any, keys: Any, keys_path: str) -> None:
        self._frames = frames
        self._keys = keys
        self._keys_path = keys_path
        self._writer = Writer(frames)
        self._key_file = KeyFile(keys)

    @classmethod
    def create(cls, path: str, overwrite: bool = False) -> "Capture":
        """Begins both files; OSError where they cannot be written.

        keyfiles.WouldOverwrite where there are keys already, unless `overwrite`.
        """
        keys = keyfiles.begin(path + ".keys", overwrite)
        try:
            frames = open(path, "wb")  # noqa: SIM115 closed by __exit__
        except OSError:
            keys.close()
            os.unlink(path + ".keys")
            raise
        return cls(frames, keys, path + ".keys")

    def __enter__(self) -> "Capture":
        return self

    def __exit__(
        self, kind: "type[BaseException] | None", error: "BaseException | None",
        trace: "types.TracebackType | None",
    ) -> None:  # fmt: skip
        self._frames.close()
        self._keys.close()
        if error is not None and not self._key_file.count:
            os.unlink(self._keys_path)  # it did not begin

    def watch(self, octets: bytes, us: int) -> None:
        """A frame without check sequence, and when: microseconds since 2000."""
        self._writer.write(octets, us + UNIX_2000_US)

    def reveal(self, label: str, eui: bytes, key: bytes) -> None:
        """A key: what it is, and whose."""
        self._key_file.add(key, "%s %s" % (label, eui.hex().upper()))
