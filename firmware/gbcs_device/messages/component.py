"""A component of a GBZ command, its failure, and the form of answers in the store.

Sources: ZCL 07-5123 2.4 and 2.5 (statuses); GBCS 7.2.9 (components).
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.gbz.gbz import FROM_DATE_TIME
from gbcs.zcl import zcl

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

SUCCESS = const(0x00)
FAILURE = const(0x01)
UNSUPPORTED_COMMAND = const(0x81)
UNSUPPORTED_ATTRIBUTE = const(0x86)
INVALID_VALUE = const(0x87)
NOT_FOUND = const(0x8B)
HARDWARE_FAILURE = const(0xC0)

KEPT = "kept"


class ComponentFailed(Exception):
    """A component that fails; `status` is the ZCL status its default response has."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Part:
    """One component of a request: its place, its header, and where its ZCL payload stands."""

    __slots__ = ("number", "control", "cluster", "frame_control", "sequence", "command",
                 "from_date_time", "payload")  # fmt: skip

    def __init__(self, number: int, octets: bytes, at: int, stop: int) -> None:
        self.number = number
        self.control = octets[at]
        self.cluster = octets[at + 1] << 8 | octets[at + 2]
        at += 5
        self.from_date_time: int | None = None
        if self.control & FROM_DATE_TIME:
            self.from_date_time = int.from_bytes(octets[at : at + 4], "big")
            at += 4
        self.frame_control = octets[at]
        self.sequence = octets[at + 1]
        self.command = octets[at + 2]
        self.payload = octets[at + 3 : stop]

    def fields(self) -> "list[Any]":
        """The fields of the payload."""
        return zcl.decode_payload(
            self.payload, 0, len(self.payload), self.cluster, self.frame_control, self.command
        )[1]


def parts_of(octets: bytes, at: int, end: int) -> "list[Part]":
    """The components of the request in `octets[at:end]`, which was checked."""
    count = octets[at + 2]
    at += 3
    parts = []
    for number in range(count):
        stop = at + 5 + (octets[at + 3] << 8 | octets[at + 4])
        parts.append(Part(number, octets, at, stop))
        at = stop
    return parts


def packed(answers: "list[tuple[int, bytes]]") -> bytes:
    """Answers as the store keeps them: command, length, payload of each."""
    return b"".join(
        [
            bytes((command, len(octets) >> 8, len(octets) & 0xFF)) + octets
            for command, octets in answers
        ]
    )


def unpacked(octets: bytes) -> "list[tuple[int, bytes]]":
    """The inverse of `packed`."""
    answers = []
    at = 0
    while at < len(octets):
        stop = at + 3 + (octets[at + 1] << 8 | octets[at + 2])
        answers.append((octets[at], octets[at + 3 : stop]))
        at = stop
    return answers
