"""A simulated load: how much has been used or fed in since the registers were set.

`load/since` holds the moment, `load/import`, `load/export` watts and `load/gas` litres an hour.
`load/profile`, where it is there, makes import and gas vary over the day: 48 octets, how many
hundredths of the rate flow in each half hour (UTC). Without a load the registers
stay as they were stored, as in a twin. Nothing flows while the supply is off; the account keeps
the times at which it was off.
"""

from gbcs.compat import TYPE_CHECKING, const

if TYPE_CHECKING:
    from gbcs_device.interfaces import Readable

IMPORT = "load/import"
EXPORT = "load/export"
GAS = "load/gas"
SINCE = "load/since"
PROFILE = "load/profile"
_HOUR_MS = 3_600_000
HALF_HOUR_MS = const(1_800_000)
_HALF_HOURS = const(48)


def started(
    now: int, rates: "dict[str, int]", profile: "bytes | None" = None
) -> "dict[str, bytes]":
    """The changes of the store that make these loads begin now, out of the box.

    ValueError for a profile of another length than 48. A load that is there already is changed by
    `account.set_load`, which counts what has flowed until then.
    """
    changes = {name: rates[name].to_bytes(4, "big") for name in rates}
    changes[SINCE] = now.to_bytes(8, "big")
    if profile is not None:
        if len(profile) != _HALF_HOURS:
            raise ValueError("48 half hours expected, found %d" % len(profile))
        changes[PROFILE] = profile
    return changes


def rate(store: "Readable", name: str, now: int) -> "tuple[int, int | None]":
    """The flow at a moment, in hundredths of a watt or litre an hour; until when, or None."""
    octets, profile = store.get(name), store.get(PROFILE)
    whole = 0 if octets is None else int.from_bytes(octets, "big")
    if profile is None or name == EXPORT:
        return whole * 100, None
    half_hour = now // HALF_HOUR_MS
    return whole * profile[half_hour % _HALF_HOURS], (half_hour + 1) * HALF_HOUR_MS


def periods(
    store: "Readable",
    name: str,
    first: int,
    last: int,
    most: int,
    off: "list[tuple[int, int]]",
) -> "list[tuple[int, int]]":
    """The energy used in each half hour that ended between two moments, the last `most` of them.

    `first` and `last` are milliseconds since 2000, `off` when the supply was off, in seconds.
    Pairs of a half hour's end, in seconds since 2000, and whole watt-hours.
    Source: SMETS2 5.7.5.27 (profile data log).
    """
    since = store.get(SINCE)
    if since is None:
        return []
    first = max(int.from_bytes(since, "big"), first, last - most * HALF_HOUR_MS + 1)
    at = -(-first // HALF_HOUR_MS) * HALF_HOUR_MS
    used = []
    while at <= last:
        begun = at - HALF_HOUR_MS
        passed = HALF_HOUR_MS
        for start, end in off:
            passed -= max(min(at, end * 1000) - max(begun, start * 1000), 0)
        used.append((at // 1000, rate(store, name, begun)[0] * passed // (100 * _HOUR_MS)))
        at += HALF_HOUR_MS
    return used


def added(octets: bytes, place: int, amount: int) -> bytes:
    """Octets with this much more in the double-long-unsigned at `place`; it wraps at 2^32."""
    value = int.from_bytes(octets[place : place + 4], "big") + amount
    return octets[:place] + (value & 0xFFFFFFFF).to_bytes(4, "big") + octets[place + 4 :]
