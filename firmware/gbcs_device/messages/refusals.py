"""Logs and alerts of refused messages, limited so that a flood does not wear out the flash.

The first of an hour are noted in the security log, and told the supplier, one by one; then that
there are unusually many (8F60), once. Those after that stand in the log as one entry, the newest
of them, which a power cut may take. So however many come, what the flash takes, what is signed
and what older entries are lost is bounded.

Tokens that are not taken, and what a display wants that a meter does not do, count with them; the
supplier is told of none of these alone.

A command whose changes the store has no room for changes nothing, and its answer says that it
failed.
"""

from gbcs import clock
from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.base import logs
from gbcs_device.base.store import NO_ROOM, StoreFull

if TYPE_CHECKING:
    from gbcs_device.messages.device import Command, Device

_SINGLE = const(16)  # of an hour
_HOUR_MS = const(3600000)
_ENTRY = const(7)  # octets of an entry of the log with nothing beside it


class Refusals:
    """The refusals of one device: `count` of them in the hour that began at `since`."""

    __slots__ = ("since", "count", "shared")

    def __init__(self, now: int) -> None:
        self.since = now
        self.count = 0
        self.shared = b""  # the entry of the log that stands for many


def of(device: "Device", now: int) -> Refusals:
    """The refusals of a device."""
    if device.refusals is None:
        device.refusals = Refusals(now)
    refusals: Refusals = device.refusals
    return refusals


def noted(device: "Device", code: int, now: int) -> None:
    """Notes a refused message by the code that says why, and tells the supplier.

    Nobody is told while alerts are waiting.
    """
    known = _counted(device, now)
    if known.count <= _SINGLE:
        _tell(device, code, now)
    elif known.count == _SINGLE + 1:
        _tell(device, logs.MANY_REFUSED, now)
    if known.count > _SINGLE:
        _share(device, known, code, now)


def quiet(
    device: "Device",
    code: "int | None",
    now: int,
    more: "dict[str, bytes | None] | None" = None,
) -> None:
    """Notes what was refused, and tells nobody but that there are many.

    `code` goes to the security log, if anything does; `more` is written with it.
    """
    known = _counted(device, now)
    if known.count == _SINGLE + 1:
        _tell(device, logs.MANY_REFUSED, now)
    if known.count <= _SINGLE:
        changes = dict(more or {})
        if code is not None:
            changes.update(logs.added(device.store, logs.SECURITY, clock.seconds(now), code))
        _write(device, changes, None, now)
    elif code is not None:
        _share(device, known, code, now)


def _counted(device: "Device", now: int) -> Refusals:
    """The refusals of this hour, with one more."""
    known = of(device, now)
    if not known.since <= now < known.since + _HOUR_MS:
        known.since, known.count, known.shared = now, 0, b""
    known.count += 1
    return known


def _tell(device: "Device", code: int, now: int) -> None:
    """Adds a log entry and, unless alerts are waiting, an alert."""
    changes = logs.added(device.store, logs.SECURITY, clock.seconds(now), code)
    _write(device, changes, None if device.outbox else code, now)


def _write(
    device: "Device", changes: "dict[str, bytes | None]", code: "int | None", now: int
) -> None:
    """What logs are to hold, with an alert where there is a code."""
    try:
        if code is None:
            device.store.write(changes)
        else:
            device.raise_alert(code, now, changes)
    except StoreFull:  # the log is what can be done without
        pass


def _share(device: "Device", known: Refusals, code: int, now: int) -> None:
    """The newest entry stands for all that were refused since there are many."""
    octets = device.store.get(logs.SECURITY) or b""
    if known.shared and octets.endswith(known.shared):
        octets = octets[: -len(known.shared)]
    changes = logs.added({logs.SECURITY: octets}, logs.SECURITY, clock.seconds(now), code)
    octets = changes[logs.SECURITY] or b""
    known.shared = octets[-_ENTRY:]
    device.store.hold(logs.SECURITY, octets)


def without_room(command: "Command") -> bytes:
    """The content that answers a command whose changes do not fit: nothing of it is done.

    Raises StoreFull for one that no answer of its form says this of.
    """
    form = command.case.form
    if form not in ("DLMS", "GBZ"):
        raise StoreFull("no room for the changes of a command")
    command.changes.clear()
    command.after.clear()
    command.work.clear()
    command.counted = False
    command.floors.clear()
    command.work[NO_ROOM] = True
    content: bytes = command.device.servers[form](command)
    return content
