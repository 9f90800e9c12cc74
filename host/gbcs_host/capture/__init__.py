"""Captures: what is on the air in a pcapng file, and the keys beside it, as Wireshark has them."""

import types
from typing import Any

from gbcs_host.capture.keys import KeyFile
from gbcs_host.capture.pcapng import Writer

UNIX_2000_US = 946_684_800_000_000


class Capture:
    """A file that is being written: `watch` takes frames, `reveal` keys, as ZigbeeHan gives them.

    The keys go to the file's name with `.keys` behind it. Each frame is in the file once `watch`
    returns, so that a run that is stopped leaves what it had.
    """

    def __init__(self, frames: Any, keys: Any) -> None:
        self._frames = frames
        self._keys = keys
        self._writer = Writer(frames)
        self._key_file = KeyFile(keys)

    @classmethod
    def create(cls, path: str) -> "Capture":
        """Begins both files; OSError where they cannot be written."""
        frames = open(path, "wb")  # noqa: SIM115 closed by __exit__
        try:
            keys = open(path + ".keys", "w", encoding="utf-8")  # noqa: SIM115
        except OSError:
            frames.close()
            raise
        return cls(frames, keys)

    def __enter__(self) -> "Capture":
        return self

    def __exit__(
        self, kind: "type[BaseException] | None", error: "BaseException | None",
        trace: "types.TracebackType | None",
    ) -> None:  # fmt: skip
        self._frames.close()
        self._keys.close()

    def watch(self, octets: bytes, us: int) -> None:
        """A frame without check sequence, and when: microseconds since 2000."""
        self._writer.write(octets, us + UNIX_2000_US)

    def reveal(self, what: str, eui: bytes, key: bytes) -> None:
        """A key: what it is, and whose."""
        self._key_file.add(key, "%s %s" % (what, eui.hex().upper()))
