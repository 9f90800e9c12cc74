"""A device served on a stream of octets: the loop that runs on a board.

No exception of the device ends it, nor want of memory; one of the stream does.

`read()` gives octets as they come, at least one, b"" where the stream has ended; `write(octets)`
sends. Noise, text of others and damaged frames are passed over. Garbage is collected between
requests, where nothing waits for it.

On a port that has the prompt too, Ctrl-C ends it: a person's, or a tool's. One in the midst of
noise is noise: what counts follows a frame, a carriage return, another Ctrl-C, or nothing.
"""

import gc

from gbcs import link
from gbcs.compat import TYPE_CHECKING, const

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.board.remote import Server

_INTERRUPT = const(3)
_BEFORE = b"\x00\r\x03~"  # 0 for nothing; a frame ends with the last
_LONGEST = const(4096)  # octets of a request


def serve(read: "Any", write: "Any", device: "Server", has_prompt: bool = False) -> None:
    """Answers until the stream ends, or an exception such as KeyboardInterrupt."""
    framing = link.Framing(_LONGEST)
    last = 0
    while True:
        octets = read()
        if not octets:
            return
        if has_prompt:
            for octet in octets:
                if octet == _INTERRUPT and last in _BEFORE:
                    raise KeyboardInterrupt
                last = octet
        try:
            whole = framing.receive(octets)
        except MemoryError:  # what was begun is lost, and asked for again
            framing = link.Framing(_LONGEST)
            whole = []
        for sealed in whole:
            answer = _answered(sealed, device)
            if answer is not None:
                write(answer)
            gc.collect()


def _answered(sealed: bytes, device: "Server") -> "bytes | None":
    """The frame that answers another; None for no answer, or where memory is too small."""
    try:
        request = link.unseal(sealed)
        answer = None if request is None else device.handle(request)
        return None if answer is None else link.encode(link.seal(answer))
    except Exception as error:
        device.noted(error)
        return None
