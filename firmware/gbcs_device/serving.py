"""A device served on a stream of octets: the loop that runs on a board.

`read()` gives octets as they come, at least one, b"" where the stream has ended; `write(octets)`
sends. Noise, text of others and damaged frames are passed over. Garbage is collected between
requests, where nothing waits for it.
"""

import gc

from gbcs import link
from gbcs.compat import TYPE_CHECKING, const

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.server import Server

_INTERRUPT = b"\x03"
_LONGEST = const(4096)  # octets of a request


def serve(read: "Any", write: "Any", device: "Server") -> None:
    """Answers until the stream ends, or an exception such as KeyboardInterrupt."""
    framing = link.Framing(_LONGEST)
    while True:
        octets = read()
        if not octets:
            return
        if _INTERRUPT in octets:  # never in a frame; not every port sees it by itself
            raise KeyboardInterrupt
        for sealed in framing.receive(octets):
            request = link.unseal(sealed)
            answer = None if request is None else device.handle(request)
            if answer is not None:
                write(link.encode(link.seal(answer)))
            gc.collect()
