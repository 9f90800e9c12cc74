"""Commands of the served clusters: a display asks for a publication, or for an action.

A question is answered by the commands that publish the values in force, with the question's own
sequence number; an action by its response or a default response. A source
(gbcs_device.clusters.meter, gbcs_device.clusters.mirror) gives the payloads.

Source: Smart Energy 1.4, annex D.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError
from gbcs.zcl.codes import CALENDAR, FROM_SERVER, MESSAGING, NO_DEFAULT, SPECIFIC

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.zigbee.aps import Frame
    from gbcs_device.interfaces import Responder, Source

SUCCESS = const(0x00)
UNSUPPORTED = const(0x81)
NOT_FOUND = const(0x8B)

# Questions: cluster, command, the command that publishes the answer, octets of the question
_ASKING = (
    (0x0700, 0x00, 0x00, 1),
    (0x0700, 0x01, 0x00, 5),
    (0x0700, 0x03, 0x01, 0),
    (0x0700, 0x04, 0x02, 9),
    (0x0700, 0x05, 0x03, 9),
    (0x0700, 0x06, 0x04, 10),
    (0x0700, 0x07, 0x05, 4),
    (0x0700, 0x08, 0x06, 4),
    (0x0700, 0x0B, 0x09, 0),
    (0x0703, 0x00, 0x00, 0),
    (0x0703, 0x02, 0x01, 4),
    (0x0707, 0x00, 0x00, 14),
    (0x0707, 0x01, 0x01, 10),
    (0x0707, 0x02, 0x02, 10),
    (0x0707, 0x03, 0x03, 8),
    (0x0707, 0x04, 0x04, 14),
    (0x0708, 0x01, 0x01, 0),
    (0x0708, 0x03, 0x03, 0),
)  # fmt: skip

# Actions, and questions with an answer of their own: does the account do it, and does it act on
# supply or credit, which a display that only reads may not
_DOING = (
    # cluster, command, account, acts
    (0x0702, 0x0C, True,  True),
    (0x0703, 0x01, False, False),
    (0x0705, 0x00, True,  True),
    (0x0705, 0x04, True,  True),
    (0x0705, 0x08, False, False),
    (0x0705, 0x0A, True,  False),
)  # fmt: skip

# Where a question about a calendar has its id (its type, for calendars themselves), and its size
_CALENDAR_AT = {0x00: (9, 1), 0x01: (4, 4), 0x02: (4, 4), 0x03: (4, 4), 0x04: (10, 4)}
_FROM_NUMBER = (0x01, 0x02)  # days and weeks are asked for from a number on
_NUMBER_AT = const(8)


def answered(
    source: "Source", cluster: int, command: int, payload: bytes, now: int
) -> "tuple[int, list[tuple[int, bytes]]]":
    """A status, and the commands that answer; DecodeError for a payload that is too short.

    With a status that is not success, or without commands, a default response answers.
    """
    for served, asked, publishing, size in _ASKING:
        if served == cluster and asked == command:
            if len(payload) < size:
                raise DecodeError("%d octets expected" % size, 0, "payload")
            payloads = source.published(cluster, publishing, now)
            if cluster == CALENDAR:
                payloads = _chosen(payloads, command, payload)
            if not payloads:
                return NOT_FOUND, []
            return SUCCESS, [(publishing, each) for each in payloads]
    for served, asked, is_account, _ in _DOING:
        if served == cluster and asked == command and (source.has_account or not is_account):
            answer = _handler(cluster, command)(source, payload, now)
            return (answer, []) if type(answer) is int else (SUCCESS, answer)
    return UNSUPPORTED, []


def _handler(cluster: int, command: int) -> "Any":
    """What does it: a status, or the commands that answer."""
    if cluster == MESSAGING:
        from gbcs_device.clusters import messaging

        return messaging.confirm
    from gbcs_device.clusters import prepayment

    return prepayment.HANDLERS[cluster, command]


def acts(cluster: int, command: int) -> bool:
    """Whether a command acts on supply or credit."""
    return [row[3] for row in _DOING if row[:2] == (cluster, command)] == [True]


def _chosen(payloads: "list[bytes]", command: int, payload: bytes) -> "list[bytes]":
    """The payloads of the calendar asked for; of days and weeks, from a number on."""
    at, size = _CALENDAR_AT[command]
    place = 16 if size == 1 else 8  # where a published one has its type, or its calendar's id
    asked = payload[at : at + size]
    payloads = [octets for octets in payloads if octets[place : place + size] == asked]
    if command in _FROM_NUMBER:
        start, count = payload[_NUMBER_AT], payload[_NUMBER_AT + 1]
        payloads = [octets for octets in payloads if octets[12] >= start][: count or None]
    return payloads


def respond(
    station: "Responder", source: "Source", control: int, command: int, payload: bytes,
    frame: "Frame", sequence: int, sender: bytes, now: int,
) -> bool:  # fmt: skip
    """Answers a display's command on a station; False where it is not known."""
    cluster = frame.cluster or 0
    status, answers = answered(source, cluster, command, payload, now)
    if status == UNSUPPORTED:
        return False
    ends = (frame.source_endpoint or 0, frame.destination_endpoint or 0)
    for identifier, octets in answers:
        station.zcl(
            sender, ends, cluster, SPECIFIC | FROM_SERVER | NO_DEFAULT, identifier, octets, now,
            sequence,
        )  # fmt: skip
    if status or not (answers or control & NO_DEFAULT):
        station.default_response(frame, sender, control, sequence, command, status, now)
    return True
