"""Commands of the served clusters: what a display asks for, and what it asks to be done.

A command that asks is answered by those that publish what stands now, with its own sequence
number; one that does something, by its response or a default response. A source
(gbcs_device.clusters.meter, gbcs_device.clusters.mirror) gives the payloads.

Source: Smart Energy 1.4, annex D.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError
from gbcs.zcl.codes import CALENDAR, FROM_SERVER, MESSAGING, NO_DEFAULT, SPECIFIC

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

SUCCESS = const(0x00)
UNSUPPORTED = const(0x81)
NOT_FOUND = const(0x8B)

# What asks for something: cluster, command, the command that publishes it, octets of the question
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

# What does something, or has an answer of its own: does the account do it, and does it act on
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
    source: "Any", cluster: int, command: int, payload: bytes, now: int
) -> "tuple[int, list[tuple[int, bytes]]]":
    """A status, and the commands that answer; DecodeError where the payload is another's.

    With a status that is not success, or without commands, a default response answers.
    """
    for one, asked, publishing, size in _ASKING:
        if one == cluster and asked == command:
            if len(payload) < size:
                raise DecodeError("%d octets expected" % size, 0, "payload")
            found = source.published(cluster, publishing, now)
            if cluster == CALENDAR:
                found = _chosen(found, command, payload)
            if not found:
                return NOT_FOUND, []
            return SUCCESS, [(publishing, each) for each in found]
    for one, asked, is_account, _ in _DOING:
        if one == cluster and asked == command and (source.has_account or not is_account):
            done = _handler(cluster, command)(source, payload, now)
            return (done, []) if type(done) is int else (SUCCESS, done)
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


def _chosen(found: "list[bytes]", command: int, payload: bytes) -> "list[bytes]":
    """Those of the calendar asked for; of days and weeks, from a number on."""
    at, size = _CALENDAR_AT[command]
    place = 16 if size == 1 else 8  # where a published one has its type, or its calendar's id
    asked = payload[at : at + size]
    found = [one for one in found if one[place : place + size] == asked]
    if command in _FROM_NUMBER:
        start, count = payload[_NUMBER_AT], payload[_NUMBER_AT + 1]
        found = [one for one in found if one[12] >= start][: count or None]
    return found


def respond(
    station: "Any", source: "Any", control: int, command: int, payload: bytes, one: "Any",
    sequence: int, sender: bytes, now: int,
) -> bool:  # fmt: skip
    """Answers a display's command on a station; False where it is not known."""
    cluster = one.cluster
    status, answers = answered(source, cluster, command, payload, now)
    if status == UNSUPPORTED:
        return False
    ends = (one.source_endpoint or 0, one.destination_endpoint or 0)
    for identifier, octets in answers:
        station.zcl(
            sender, ends, cluster, SPECIFIC | FROM_SERVER | NO_DEFAULT, identifier, octets, now,
            sequence,
        )  # fmt: skip
    if status or not (answers or control & NO_DEFAULT):
        station.default_response(one, sender, control, sequence, command, status, now)
    return True
