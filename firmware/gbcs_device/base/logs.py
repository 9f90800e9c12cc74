"""Event and security logs: rings of entries in the store.

An entry has the time (seconds since 2000), the code of GBCS 16.2, and the information that goes
with some codes. A log keeps its newest entries; an entry is written in the batch of the command
that caused it. The store writes no more of a log than the entry that is added.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.record import Record

if TYPE_CHECKING:
    from gbcs_device.interfaces import Readable

EVENT = "log/event"
SECURITY = "log/security"
MAX_ENTRIES = const(100)
_MAX_OCTETS = const(1400)  # of a log, whatever its entries hold
_LAST_SECOND = const(0xFFFFFFFF)

# Codes of GBCS 16.2 that the path of a device enters
AUTHENTICATION_FAILED = const(0x8F3D)
UNAUTHORISED_ACCESS = const(0x8F3E)
COMMAND_NOT_SUPPORTED = const(0x8F85)
JOINING_SUCCEEDED = const(0x8F49)
JOINING_FAILED = const(0x8F48)
UNJOINING_SUCCEEDED = const(0x8F4B)
UNJOINING_FAILED = const(0x8F4A)
CREDENTIALS_UPDATED = const(0x8F70)
FUTURE_DATED_SUCCESS = const(0x8F66)
FUTURE_DATED_FAILURE = const(0x8F67)
FIRMWARE_CHANGED = const(0x8F43)
CLOCK_ADJUSTED = const(0x8145)
MEMORY_ERROR = const(0x81AE)  # what is kept was damaged, or has no room
MANY_REFUSED = const(0x8F60)


class Entry(Record):
    """An entry of a log: `time` in seconds since 2000, `code`, and `other` octets, mostly none.

    Source: the mapping table of GBCS, EventLog: logCode, otherInformation.
    """

    __slots__ = ("time", "code", "other")

    def __init__(self, time: int, code: int, information: bytes) -> None:
        self.time = time
        self.code = code
        self.other = information


def added(
    store: "Readable", log: str, time: int, code: int, information: bytes = b""
) -> "dict[str, bytes | None]":
    """The changes of the store that add an entry; the oldest make room.

    A time that four octets cannot hold becomes the first or the last that they can.
    """
    octets = store.get(log) or b""
    time = min(max(time, 0), _LAST_SECOND)
    information = information[:255]
    entry = (
        time.to_bytes(4, "big")
        + code.to_bytes(2, "big")
        + bytes((len(information),))
        + information
    )
    starts = _starts(octets)
    gone = max(0, len(starts) + 1 - MAX_ENTRIES)
    while gone < len(starts) and len(octets) - starts[gone] + len(entry) > _MAX_OCTETS:
        gone += 1
    if gone:
        octets = octets[starts[gone] :] if gone < len(starts) else b""
    return {log: octets + entry}


def _starts(octets: bytes) -> "list[int]":
    """Where each entry begins."""
    starts = []
    at = 0
    while at < len(octets):
        starts.append(at)
        at += 7 + octets[at + 6]
    return starts


def entries(octets: bytes) -> "list[Entry]":
    """The entries of a log as it stands in the store, oldest first."""
    log = []
    for at in _starts(octets):
        size = octets[at + 6]
        time = int.from_bytes(octets[at : at + 4], "big")
        code = octets[at + 4] << 8 | octets[at + 5]
        log.append(Entry(time, code, octets[at + 7 : at + 7 + size]))
    return log
