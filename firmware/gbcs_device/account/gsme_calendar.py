"""The calendars of a GSME: of tiers, and of non-disablement periods.

A calendar comes in pieces without a date of their own: day profiles, weeks, seasons. They are kept
as they came until the PublishCalendar that they belong to counts, and then take the place of
those before. Special days have a date of their own.

Source: ZigBee Smart Energy D.9; the reference commands of GCS01a and GCS05.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.account.tariff import Calendar
from gbcs_device.messages.component import packed, unpacked

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.interfaces import Lookup
    from gbcs_device.messages.component import Part
    from gbcs_device.messages.device import Command

DELIVERED = const(0)  # calendar types
FRIENDLY = const(3)


def name_of(kind: int, is_next: bool = False) -> str:
    return "account/calendar/%d%s" % (kind, "/next" if is_next else "")


def _date(octets: bytes) -> "tuple[Any, ...]":
    """Year, month, day, weekday of a ZCL date; None for what it does not say."""
    parts = [None if octets[0] == 0xFF else 1900 + octets[0]]
    for octet in octets[1:]:
        parts.append(None if octet == 0xFF else octet)
    return tuple(parts)


def read(get: "Lookup", kind: int) -> "Calendar | None":
    """The calendar of a kind, of the payloads that it came in."""
    octets = get(name_of(kind))
    if not octets:
        return None
    calendar = Calendar()
    for command, payload in unpacked(octets):
        if command == 0x01:
            rows = []
            for at in range(17, len(payload) - 2, 3):
                rows.append((payload[at] | payload[at + 1] << 8, payload[at + 2]))
            calendar.days.setdefault(payload[12], []).extend(rows)
        elif command == 0x02:
            calendar.weeks[payload[12]] = tuple(payload[13:20])
        elif command == 0x03:
            for at in range(14, len(payload) - 4, 5):
                calendar.seasons.append((_date(payload[at : at + 4]), payload[at + 4]))
    octets = get("account/special/%d" % kind) or b""
    for at in range(0, len(octets), 5):
        calendar.special.append((_date(octets[at : at + 4]), octets[at + 4]))
    return calendar if calendar.days else None


def publish(command: "Command", part: "Part") -> None:
    """The pieces that came, or come with it, count from now on."""
    command.work.setdefault("calendars", []).append(part.payload[16])


def piece(command: "Command", part: "Part") -> None:
    """A day profile begins the next calendar of its kind, weeks and seasons belong to it."""
    work = command.work
    if part.command == 0x01:
        work["calendar"] = part.payload[16]
    kind = work.get("calendar", DELIVERED)
    name = name_of(kind, True)
    before = (command.changes.get(name) or b"") if work.get("begun") == kind else b""
    work["begun"] = kind
    command.changes[name] = before + packed([(part.command, part.payload)])


def special_days(command: "Command", part: "Part") -> None:
    payload = part.payload
    name = "account/special/%d" % payload[16]
    before = (command.get(name) or b"") if payload[18] else b""
    command.changes[name] = before + payload[20:]


def finish(command: "Command") -> None:
    """Calendars that began with this command, once it is carried out."""
    for kind in command.work.get("calendars", ()):
        octets = command.get(name_of(kind, True))
        if octets is not None:
            command.changes[name_of(kind)] = octets


ACTIONS: "dict[tuple[Any, ...], Any]" = {
    # cluster, direction, command
    (0x0707, 0x08, 0x00): publish,
    (0x0707, 0x08, 0x01): piece,
    (0x0707, 0x08, 0x02): piece,
    (0x0707, 0x08, 0x03): piece,
    (0x0707, 0x08, 0x04): special_days,
}
