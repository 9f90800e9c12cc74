"""What can be asked of the device at a board's prompt. No answer has a key in it.

An object is named by its OBIS code ("1.0.1.8.0.255") and an index, or by the four hex digits of a
cluster ("0702") and an attribute identifier.
"""

import gc

from gbcs.compat import TYPE_CHECKING
from gbcs.errors import GbcsError
from gbcs.record import Record
from gbcs_device.base.logs import EVENT, SECURITY, entries
from gbcs_device.board.device_here import device, server

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

_SECRET = ("own/", "install", "han/", "station/")


def state() -> None:
    """Who it is, where it stands on the HAN, what memory there is."""
    one = server()
    print("requests %d" % one.requests)
    if one.damaged:
        print("store " + one.damaged)
    if one.error:
        print("begun anew after " + one.error)
    station = one.station
    if station is not None:
        print("%s %s" % (station.device.kind, _hex(station.device.eui)))
        print("han %s%s" % (station.phase, station.problem and ", " + station.problem))
        network = station.device.network()
        if network is not None:
            print("network %s, short address %04X" % (_hex(network), station.nwk.short))
        print("messages %d, frames dropped %s" % (station.handled, station.nwk.dropped))
        refused = getattr(station.device, "refusals", None)
        if refused is not None:
            print("messages refused, of one hour %d" % refused.count)
    gc.collect()
    used, free = gc.mem_alloc(), gc.mem_free()  # type: ignore[attr-defined]
    print("heap %d used, %d free, %d at most" % (used, free, one.peak))


def log(last: int = 20) -> None:
    """Security and event log: seconds since 2000, code, what came with it; the last errors."""
    one = device()
    for what, name in (("security", SECURITY), ("event", EVENT)):
        for entry in entries((one and one.store.get(name)) or b"")[-last:]:
            print("%-8s %d %04X %s" % (what, entry.time, entry.code, _hex(entry.other)))
    from gbcs_device.messages import failures

    kept = None if one is None else failures.last(one.store)
    if kept is not None:
        print("%-8s %d %s" % ("error", kept[0], kept[1]))
    for text in () if one is None else one.errors:
        print("%-8s since it was switched on: %s" % ("error", text))


def counters() -> None:
    """The counters: what each remote party used last, the device's own, that of its frames."""
    one = device()
    if one is not None:
        for name in one.store.names("count/"):
            print("%-12s %d" % ("role " + name[6:], int.from_bytes(one.store.get(name), "big")))
        print("%-12s %d" % ("own", int.from_bytes(one.store.get("own/counter") or b"", "big")))
        print("%-12s %d" % ("frames below", server().station.frame_counter()))


def names(prefix: str = "") -> None:
    """What its store has under names that begin so, and how large it is."""
    one = device()
    if one is not None:
        for name in one.store.names(prefix):
            print("%6d %s" % (len(one.store.get(name)), name))


def value(name: str, reveal_secret: bool = False) -> None:
    """A value of its store in hex; keys and credentials only where that is asked for."""
    one = device()
    if name.startswith(_SECRET) and not reveal_secret:
        print("secret")
    elif one is not None:
        found = one.store.get(name)
        print("none" if found is None else _hex(found))


# Objects


def objects(what: str = "") -> None:
    """The objects that were written or seeded; those of an OBIS code or a cluster alone."""
    one = device()
    if one is not None:
        for name in one.store.names():
            key = _key(name)
            if key is not None and what in ("", _spoken(key)):
                print("%s %d" % (_spoken(key), key[-1]))


def show(what: str, index: int = 2) -> None:
    """What an object holds, decoded."""
    for name, key in _found(what, index):
        octets = device().store.get(name)
        if len(key) == 4:
            from gbcs.axdr import axdr

            print("class %d" % key[1])
            _tree(axdr.decode(octets, 0, len(octets))[0], 1)
        else:
            from gbcs.zcl import types

            _tree(types.decode_typed(octets, 0, len(octets), None, None, what)[0], 1)


def fault(what: str, index: int = 2, result: "int | None" = 1) -> None:
    """From now on the object fails with this result (DLMS result or ZCL status); None: no more."""
    for _, key in _found(what, index):
        if result is None:
            device().faults.pop(key, None)
        else:
            device().faults[key] = result
    print(device().faults if device() is not None else {})


def _found(what: str, index: int) -> "list[tuple[str, Any]]":
    one = device()
    found = []
    for name in [] if one is None else one.store.names():
        key = _key(name)
        if key is not None and key[-1] == index and _spoken(key) == what:
            found.append((name, key))
    if not found:
        print("no such object; objects() has those that there are")
    return found


def _key(name: str) -> "Any":
    """The key of an object's faults: ("A", class, OBIS, index) or ("A", cluster, attribute)."""
    parts = name.split("/")
    if parts[0] == "a":
        return "A", int(parts[1], 16), bytes.fromhex(parts[2]), int(parts[3], 16)
    if parts[0] == "z":
        return "A", int(parts[1], 16), int(parts[2], 16)
    return None


def _spoken(key: "Any") -> str:
    return ".".join(["%d" % one for one in key[2]]) if len(key) == 4 else "%04X" % key[1]


def _tree(field: "Any", depth: int) -> None:
    name, kind, content, _ = field
    head = "  " * depth + (name + " " if name else "") + kind
    if isinstance(content, list):
        print(head)
        for one in content:
            _tree(one, depth + 1)
    elif isinstance(content, (bytes, bytearray)):
        print(head, _hex(content))
    else:
        print(head, content)


# Messages


def messages() -> None:
    """The last messages, decoded where there is memory for it; gbcs decode reads the octets."""
    from gbcs import message, payload

    one = device()
    for octets in () if one is None else one.recent or ():
        gc.collect()
        try:
            found = message.decode(octets)
            case = payload.use_case(found)
            name = "no use case" if case is None else case.name
            print(found.kind, name, found.counter, _hex(octets))
            _print(payload.decode(found), 1)
        except (GbcsError, MemoryError) as error:
            print(type(error).__name__, _hex(octets))


def _print(thing: "Any", depth: int) -> None:
    """The fields in a decoded payload, whatever its form."""
    if isinstance(thing, Record):
        for name in thing.__slots__:
            _print(getattr(thing, name), depth)
    elif isinstance(thing, tuple) and len(thing) == 4 and isinstance(thing[1], str):
        _tree(thing, depth)
    elif isinstance(thing, (tuple, list)):
        for one in thing:
            _print(one, depth)


def alert(code: int) -> None:
    """Sends an alert of this code to the supplier; it goes when the device is served again."""
    one = device()
    if one is not None:
        one.raise_alert(code, server().now)
        print("%d waiting" % len(one.outbox))


def help_device() -> None:
    """What can be asked."""
    for name, what in (
        ("run()", "serve the device until Ctrl-C; run(True): on this port"),
        ("state()", "identity, HAN, memory"),
        ("log()", "security and event log"),
        ("counters()", "of remote parties, its own, of frames"),
        ("objects()", "the objects that hold something"),
        ("show(OBIS, INDEX)", "what an object holds; show('0702', 0): an attribute"),
        ("messages()", "the last messages, decoded"),
        ("alert(CODE)", "send this alert, such as alert(0x8F12)"),
        ("fault(OBIS, INDEX, R)", "let an object fail with result R; None: no more"),
        ("names('cell/')", "what the store has; value(NAME): one of these in hex"),
        ("listen(PORT)", "serve over TCP"),
        ("erase()", "identity, keys and all else off"),
        ("device()", "the device itself"),
    ):
        print("%-22s %s" % (name, what))


def _hex(octets: "Any") -> str:
    return "".join(["%02X" % octet for octet in octets])
