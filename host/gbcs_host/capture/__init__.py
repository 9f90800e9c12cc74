"""Captures: frames of the air in a pcapng file, and the keys beside it in Wireshark's form."""

import os
import types
from typing import Any

from gbcs_host import keyfiles
from gbcs_host.capture.keys import KeyFile
from gbcs_host.capture.pcapng import Writer

UNIX_2000_US = 946_684_800_000_000


class Capture:
    """A capture that is written: `watch` takes frames, `reveal` keys, as ZigbeeHan gives them.

    The keys go to a file of the same name with `.keys` behind it, which its owner alone may read.
    Each frame is in the file once `watch` returns, so a run that is stopped leaves its frames.
    """

    def __init__(self, frames: Any, keys: Any, keys_path: str) -> None:
        self._frames = frames
        self._keys = keys
        self._keys_path = keys_path
        self._writer = Writer(frames)
        self._key_file = KeyFile(keys)

    @classmethod
    def create(cls, path: str, overwrite: bool = False) -> "Capture":
        """Opens both files for writing.

        Raises OSError where one cannot be written, and keyfiles.WouldOverwrite where a file of
        keys is there already, unless `overwrite`.
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
        """Writes a frame without its check sequence; `us` is microseconds since 2000."""
        self._writer.write(octets, us + UNIX_2000_US)

    def reveal(self, label: str, eui: bytes, key: bytes) -> None:
        """Writes a key of 16 octets; `label` says which key it is, `eui` whose."""
        self._key_file.add(key, "%s %s" % (label, eui.hex().upper()))
