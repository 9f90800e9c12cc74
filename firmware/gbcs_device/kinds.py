"""What each kind of device is: which commands it runs, and whose credentials it holds.

Modules are loaded when a device of that kind is made, or a command first needs them.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs_device import load

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.device import Command

# The roles that have trust anchor cells on a kind of device: GBCS 4.3.2.5. A GSME has none of a
# network operator (reference messages: trustAnchorNotFound)
CELLS = {
    "ESME": (0, 1, 2, 3, 4, 5, 8),
    "GSME": (0, 1, 2, 4, 5),
    "CHF": (0, 1, 4, 5, 6),
    "GPF": (0, 1, 2, 3, 4, 5),
    "PPMID": (0, 1, 2, 4, 5),
    "IHD": (),
    "HCALCS": (0, 1, 2, 4, 5),
    "SAPC": (0, 1, 2, 3, 4, 5, 8),
}

_BROKER = const(4)
_BROKER_SIGNS = ("CHF", "PPMID")  # the kinds that hold its digital signature certificate

# ASN.1 use cases: message code, module and function that runs it
_ASN1 = {
    0x0008: ("credentials", "provide_details"),
    0x011B: ("credentials", "provide_details"),
    0x000A: ("upkeep", "issue_credentials"),
    0x000B: ("upkeep", "update_certificate"),
    0x000C: ("upkeep", "provide_certificate"),
    0x000D: ("joining", "join"),
    0x000E: ("joining", "join"),
    0x00AB: ("joining", "join"),
    0x00AF: ("joining", "join"),
    0x000F: ("joining", "unjoin"),
    0x0010: ("joining", "unjoin"),
    0x0013: ("joining", "read_details"),
    0x008C: ("joining", "restore"),
    0x0012: ("upkeep", "activate_firmware"),
    0x0129: ("upkeep", "read_firmware"),
    0x007F: ("upkeep", "set_time"),
}


def is_known(kind: str) -> bool:
    """Whether there is an emulator of this kind."""
    return kind in CELLS


def has_cell(kind: str, role: int, use: str) -> bool:
    """Whether a kind of device has this trust anchor cell; `use` is "ds" or "ka".

    Meters and the GPF hold the broker's key agreement certificate only.
    """
    if role == _BROKER and use == "ds" and kind not in _BROKER_SIGNS:
        return False
    return role in CELLS[kind]


def make(kind: str, eui: bytes, store: "Any", crypto: "Any", own: "Any") -> "Any":
    """A device of a kind, its data those in the store."""
    if kind not in CELLS:
        raise ValueError("a kind of device expected: %s" % ", ".join(sorted(CELLS)))
    live: Any
    actions: Any
    if kind == "CHF":
        from gbcs_device import electricity, hub

        live = dict(electricity.LOGS)
        live.update(hub.LIVE)
        dlms = _with("cosemserver", live, hub.ACTIONS)
        servers = {"DLMS": dlms, "ASN.1": _asn1}
        return hub.Hub(kind, eui, store, crypto, own, servers, store.get(hub.GPF))
    if kind == "ESME" or kind == "SAPC":
        from gbcs_device import electricity, meter

        live, actions = electricity.LIVE, electricity.ACTIONS
        if store.get(load.SINCE) is not None:
            from gbcs_device import electricityaccount

            live = _joined(live, electricityaccount.LIVE)
            actions = _joined(actions, electricityaccount.ACTIONS)
        dlms = _with("cosemserver", live, actions)
        return meter.Meter(kind, eui, store, crypto, own, {"DLMS": dlms, "ASN.1": _asn1})
    if kind == "GSME":
        from gbcs_device import gas, meter

        live, actions = {}, gas.ACTIONS
        if store.get(load.SINCE) is not None:
            from gbcs_device import gasaccount

            live, actions = gasaccount.LIVE, _joined(actions, gasaccount.ACTIONS)
        gbz = _with("zclserver", live, actions)
        made = meter.Meter(kind, eui, store, crypto, own, {"GBZ": gbz, "ASN.1": _asn1})
        made.gbz_actions = actions
        return made
    if kind == "IHD":
        from gbcs_device import ihd

        return ihd.Ihd(eui, store, crypto)
    servers = {"GBZ": _with("zclserver", {}, {}), "ASN.1": _asn1}
    if kind == "PPMID":
        from gbcs_device import ppmid

        return ppmid.Ppmid(kind, eui, store, crypto, own, servers)
    from gbcs_device import device

    return device.Device(kind, eui, store, crypto, own, servers)


def _joined(one: "Any", other: "Any") -> "dict[Any, Any]":
    """Both tables; where both have something, the other's."""
    both = dict(one)
    both.update(other)
    return both


def _with(module: str, live: "Any", actions: "Any") -> "Any":
    """A server with these objects of its own."""
    return lambda command: _module(module).answer(command, live, actions)


def _module(name: str) -> "Any":
    return getattr(__import__("gbcs_device." + name), name)


def _asn1(command: "Command") -> bytes:
    code = command.m.code
    if command.case.provisional:
        row = ("joining", "disconnect")
    elif 0x0100 <= code <= 0x0109 or code in (0x0125, 0x0126):
        row = ("credentials", "update")
    elif code in _ASN1:
        row = _ASN1[code]
    else:
        raise _module("authority").NotSupported("no handler is here", command.roles)
    answer: bytes = _module("asn1server").answer(command, {code: getattr(_module(row[0]), row[1])})
    return answer
