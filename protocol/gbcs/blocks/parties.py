"""The two parties of a GBCS message, as whoever carries it reads them, and holds no keys.

Source: GBCS 7.2 (MAC wrapper, header), 7.2.11 (blocks).
"""

from gbcs.compat import const
from gbcs.errors import DecodeError
from gbcs.octets import Reader

_WRAPPER = b"\xdd\x00\x00\x00\x00\x00\x00"
_SECURITY = const(5)  # control and invocation counter
_BEFORE = const(11)  # tag, length, kind, counter


def parties(octets: bytes) -> "tuple[bytes, bytes] | None":
    """The EUI-64s of originator and recipient of a message, or of a block of one.

    None where it has no such header. Nothing proves that they are true.
    """
    reader = Reader(octets)
    try:
        if octets[:7] == _WRAPPER:
            reader.take(7, "mac_wrapper")
            reader.length("mac_wrapper_length")
            reader.take(_SECURITY, "security_header")
        reader.take(_BEFORE, "header")
        reader.expect(b"\x08", "originator")
        originator = reader.take(8, "originator")
        reader.expect(b"\x08", "recipient")
        return originator, reader.take(8, "recipient")
    except DecodeError:
        return None
