"""The functions of a board's prompt that show its device. No answer has a key in it.

An object is named by its OBIS code ("1.0.1.8.0.255") and an index, or by the four hex digits of a
cluster ("0702") and an attribute identifier.
"""

import gc

from gbcs import clock
from gbcs.compat import TYPE_CHECKING
from gbcs.errors import GbcsError
from gbcs.record import Record
from gbcs_device.base.logs import EVENT, SECURITY, entries
from gbcs_device.board.device_here import device, server

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

_SECRET = ("own/", "install", "han/", "station/")


def state() -> None:
    """Prints identity, state on the HAN, and memory."""
    this_server = server()
    print("requests %d" % this_server.requests)
    if this_server.damaged:
        print("store " + this_server.damaged)
    if this_server.error:
        print("begun anew after " + this_server.error)
    station = this_server.station
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
    print("heap %d used, %d free, %d at most" % (used, free, this_server.peak))


def log(last: int = 20) -> None:
    """Prints security and event log: UTC, code, information; the last errors."""
    served = device()
    for title, name in (("security", SECURITY), ("event", EVENT)):
        newest = entries((served and served.store.get(name)) or b"")[-last:]
        for entry in newest:
            at = clock.generalized(entry.time * 1000)
            print("%-8s %s %04X %s" % (title, at, entry.code, _hex(entry.other)))
        if not newest:
            print("%-8s empty" % title)
    from gbcs_device.messages import failures

    kept = None if served is None else failures.last(served.store)
    if kept is not None:
        print("%-8s %s %s" % ("error", clock.generalized(kept[0] * 1000), kept[1]))
    for text in () if served is None else served.errors:
        print("%-8s since it was switched on: %s" % ("error", text))


def counters() -> None:
    """Prints the counters: the last of each remote party, the device's own, that of frames."""
    served = device()
    if served is not None:
        for name in served.store.names("count/"):
            print("%-12s %d" % ("role " + name[6:], int.from_bytes(served.store.get(name), "big")))
        print("%-12s %d" % ("own", int.from_bytes(served.store.get("own/counter") or b"", "big")))
        print("%-12s %d" % ("frames below", server().station.frame_counter()))


def names(prefix: str = "") -> None:
    """Prints the names in the store that begin so, with the size of each value."""
    served = device()
    if served is not None:
        for name in served.store.names(prefix):
            print("%6d %s" % (len(served.store.get(name)), name))


def value(name: str, reveal_secret: bool = False) -> None:
    """Prints a value of the store in hex; a secret one only with `reveal_secret`."""
    served = device()
    if name.startswith(_SECRET) and not reveal_secret:
        print("secret")
    elif served is not None:
        octets = served.store.get(name)
        print("none" if octets is None else _hex(octets))


# Objects


def objects(object_name: str = "") -> None:
    """The objects that were written or seeded; those of an OBIS code or a cluster alone."""
    served = device()
    if served is not None:
        for name in served.store.names():
            key = _key(name)
            if key is not None and object_name in ("", _spoken(key)):
                print("%s %d" % (_spoken(key), key[-1]))


def show(object_name: str, index: int = 2) -> None:
    """Prints the decoded value of an object."""
    for name, key in _found(object_name, index):
        octets = device().store.get(name)
        if len(key) == 4:
            from gbcs.axdr import axdr

            print("class %d" % key[1])
            _tree(axdr.decode(octets, 0, len(octets))[0], 1)
        else:
            from gbcs.zcl import types

            _tree(types.decode_typed(octets, 0, len(octets), None, None, object_name)[0], 1)


def fault(object_name: str, index: int = 2, result: "int | None" = 1) -> None:
    """From now on the object fails with this result (DLMS result or ZCL status); None: no more."""
    for _, key in _found(object_name, index):
        if result is None:
            device().faults.pop(key, None)
        else:
            device().faults[key] = result
    print(device().faults if device() is not None else {})


def _found(object_name: str, index: int) -> "list[tuple[str, Any]]":
    served = device()
    matching = []
    for name in [] if served is None else served.store.names():
        key = _key(name)
        if key is not None and key[-1] == index and _spoken(key) == object_name:
            matching.append((name, key))
    if not matching:
        print("not in the store: objects() lists what is; the rest is made when it is read")
    return matching


def _key(name: str) -> "Any":
    """The key of an object's faults: ("A", class, OBIS, index) or ("A", cluster, attribute)."""
    parts = name.split("/")
    if parts[0] == "a":
        return "A", int(parts[1], 16), bytes.fromhex(parts[2]), int(parts[3], 16)
    if parts[0] == "z":
        return "A", int(parts[1], 16), int(parts[2], 16)
    return None


def _spoken(key: "Any") -> str:
    return ".".join(["%d" % number for number in key[2]]) if len(key) == 4 else "%04X" % key[1]


def _tree(field: "Any", depth: int) -> None:
    name, kind, content, _ = field
    head = "  " * depth + (name + " " if name else "") + kind
    if isinstance(content, list):
        print(head)
        for child in content:
            _tree(child, depth + 1)
    elif isinstance(content, (bytes, bytearray)):
        print(head, _hex(content))
    else:
        print(head, content)


# Messages


def messages() -> None:
    """The last messages, decoded where there is memory for it; gbcs decode reads the octets."""
    from gbcs import message, payload

    served = device()
    for octets in () if served is None else served.recent or ():
        gc.collect()
        try:
            decoded = message.decode(octets)
            case = payload.use_case(decoded)
            name = "no use case" if case is None else case.name
            print(decoded.kind, name, decoded.counter, _hex(octets))
            _print(payload.decode(decoded), 1)
        except (GbcsError, MemoryError) as error:
            print(type(error).__name__, _hex(octets))


def _print(content: "Any", depth: int) -> None:
    """The fields in a decoded payload, whatever its form."""
    if isinstance(content, Record):
        for name in content.__slots__:
            _print(getattr(content, name), depth)
    elif isinstance(content, tuple) and len(content) == 4 and isinstance(content[1], str):
        _tree(content, depth)
    elif isinstance(content, (tuple, list)):
        for element in content:
            _print(element, depth)


def alert(code: int) -> None:
    """Sends an alert of this code to the supplier; it goes when the device is served again."""
    served = device()
    if not isinstance(code, int) or not 0 <= code <= 0xFFFF:
        print("an alert code expected, such as alert(0x8F12)")
    elif served is not None:
        served.raise_alert(code, server().now)
        print("%d waiting" % len(served.outbox))


def help_device() -> None:
    """Prints the functions of the prompt."""
    for name, meaning in (
        ("run()", "serve the device until Ctrl-C; run(True): on this port"),
        ("state()", "identity, HAN, memory"),
        ("log()", "security and event log"),
        ("counters()", "of remote parties, its own, of frames"),
        ("objects()", "the objects that hold something"),
        ("show(OBIS, INDEX)", "what the store has of an object, such as show('1.0.2.8.0.255')"),
        ("messages()", "the last messages, decoded"),
        ("alert(CODE)", "send this alert, such as alert(0x8F12)"),
        ("fault(OBIS, INDEX, R)", "let an object fail with result R; None: no more"),
        ("names('cell/')", "what the store has; value(NAME): one of these in hex"),
        ("listen(PORT)", "serve over TCP"),
        ("erase()", "identity, keys and all else off"),
        ("device()", "the device itself"),
    ):
        print("%-22s %s" % (name, meaning))


def _hex(octets: "Any") -> str:
    return "".join(["%02X" % octet for octet in octets])
