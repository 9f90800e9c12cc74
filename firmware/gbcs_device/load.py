"""A simulated load: how much has been used or fed in since the registers were set.

`load/since` holds the moment, `load/import`, `load/export` watts and `load/gas` litres an hour.
Without them nothing counts, as in a twin.
"""

from gbcs.compat import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.device import Command

IMPORT = "load/import"
EXPORT = "load/export"
GAS = "load/gas"
_SINCE = "load/since"
_HOUR_MS = 3_600_000
_HALF_HOUR_MS = 1_800_000


def started(now: int, rates: "dict[str, int]") -> "dict[str, bytes]":
    """The changes of the store that make these loads begin now."""
    changes = {name: rates[name].to_bytes(4, "big") for name in rates}
    changes[_SINCE] = now.to_bytes(8, "big")
    return changes


def counted(command: "Command", name: str) -> int:
    """Whole watt-hours, or litres, since the load began."""
    since, rate = command.get(_SINCE), command.get(name)
    if since is None or rate is None:
        return 0
    passed = max(command.now - int.from_bytes(since, "big"), 0)
    return passed * int.from_bytes(rate, "big") // _HOUR_MS


def periods(
    command: "Command", name: str, start: "int | None", end: "int | None", most: int
) -> "list[tuple[int, int]]":
    """What was used in each of the last half hours that ended in a range, `most` at most.

    `start` and `end` are milliseconds since 2000. Pairs of a half hour's end, in seconds since
    2000, and whole watt-hours.
    """
    since, rate = command.get(_SINCE), command.get(name)
    if since is None or rate is None:
        return []
    begun = int.from_bytes(since, "big")
    last = command.now if end is None else min(command.now, end)
    first = max(begun, start or 0, last - most * _HALF_HOUR_MS + 1)
    used = int.from_bytes(rate, "big") // 2
    at = -(-first // _HALF_HOUR_MS) * _HALF_HOUR_MS
    found = []
    while at <= last:
        found.append((at // 1000, used))
        at += _HALF_HOUR_MS
    return found


def added(octets: bytes, place: int, amount: int) -> bytes:
    """Octets with this much more in the double-long-unsigned at `place`; it wraps at 2^32."""
    value = int.from_bytes(octets[place : place + 4], "big") + amount
    return octets[:place] + (value & 0xFFFFFFFF).to_bytes(4, "big") + octets[place + 4 :]


def live(key: "tuple[int, bytes, int]", name: str, place: int) -> "Any":
    """What makes an attribute afresh: the data of `key`, a number in it advanced by a load."""
    from gbcs_device.cosemserver import name_of

    stored = name_of(*key)

    def made(command: "Command", item: "Any") -> "bytes | None":
        octets = command.get(stored)
        return None if octets is None else added(octets, place, counted(command, name))

    return made


def power(key: "tuple[int, bytes, int]", name: str, place: int) -> "Any":
    """What makes an attribute afresh: the data of `key`, with a load's watts at `place`."""
    from gbcs_device.cosemserver import name_of

    stored = name_of(*key)

    def made(command: "Command", item: "Any") -> "bytes | None":
        octets, watts = command.get(stored), command.get(name)
        if octets is None or watts is None:
            return octets
        return octets[:place] + watts + octets[place + 4 :]

    return made
