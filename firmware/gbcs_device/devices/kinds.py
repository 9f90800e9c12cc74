"""What each kind of device is: which commands it runs, and whose credentials it holds.

Modules are loaded when a device of that kind is made, or a command first needs them.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs_device.base import load

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.messages.device import Command

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

_BROKER_SIGNS = ("CHF", "PPMID")  # the kinds that hold its digital signature certificate

# ASN.1 use cases: message code, module and function that runs it
_ASN1 = {
    0x0008: ("credentials", "provide_details"),
    0x011B: ("credentials", "provide_details"),
    0x000A: ("maintenance", "issue_credentials"),
    0x000B: ("maintenance", "update_certificate"),
    0x000C: ("maintenance", "provide_certificate"),
    0x000D: ("device_log", "join"),
    0x000E: ("device_log", "join"),
    0x00AB: ("device_log", "join"),
    0x00AF: ("device_log", "join"),
    0x000F: ("device_log", "unjoin"),
    0x0010: ("device_log", "unjoin"),
    0x0013: ("device_log", "read_details"),
    0x008C: ("device_log", "restore"),
    0x0012: ("maintenance", "activate_firmware"),
    0x0129: ("maintenance", "read_firmware"),
    0x007F: ("maintenance", "set_time"),
}


def is_known(kind: str) -> bool:
    """Whether there is an emulator of this kind."""
    return kind in CELLS


def has_cell(kind: str, role: int, use: str) -> bool:
    """Whether a kind of device has this trust anchor cell; `use` is "ds" or "ka".

    Meters and the GPF hold the broker's key agreement certificate only.
    """
    from gbcs_device.messages.trust_anchors import ACCESS_CONTROL_BROKER, DS

    if role == ACCESS_CONTROL_BROKER and use == DS and kind not in _BROKER_SIGNS:
        return False
    return role in CELLS[kind]


def make(kind: str, eui: bytes, store: "Any", crypto: "Any", own: "Any") -> "Any":
    """A device of a kind, its data those in the store; ValueError for no kind of device."""
    if kind not in CELLS:
        raise ValueError("a kind of device expected: %s" % ", ".join(sorted(CELLS)))
    device = _made(kind, eui, store, crypto, own)
    if kind != "IHD":
        device.due = _due
        if store.get(load.SINCE) is not None:
            from gbcs_device.account import account

            device.account = account
    return device


def _made(kind: str, eui: bytes, store: "Any", crypto: "Any", own: "Any") -> "Any":
    live: Any
    actions: Any
    if kind == "CHF":
        from gbcs_device.usecases import chf
        from gbcs_device.usecases import esme as electricity

        live = dict(electricity.LOGS)
        live.update(chf.LIVE)
        dlms = _dlms(live, chf.ACTIONS)
        servers = {"DLMS": dlms, "ASN.1": _asn1}
        return chf.Hub(kind, eui, store, crypto, own, servers, store.get(chf.GPF))
    if kind == "ESME" or kind == "SAPC":
        from gbcs_device.messages import meter
        from gbcs_device.usecases import esme as electricity

        live, actions = electricity.LIVE, electricity.ACTIONS
        if store.get(load.SINCE) is not None:
            from gbcs_device.account import esme as electricityaccount

            live = _joined(live, electricityaccount.LIVE)
            actions = _joined(actions, electricityaccount.ACTIONS)
        dlms = _dlms(live, actions)
        return meter.Meter(kind, eui, store, crypto, own, {"DLMS": dlms, "ASN.1": _asn1})
    if kind == "GSME":
        from gbcs_device.messages import meter
        from gbcs_device.usecases import gsme as gas

        live, actions = {}, gas.ACTIONS
        if store.get(load.SINCE) is not None:
            from gbcs_device.account import gsme as gasaccount

            live, actions = gasaccount.LIVE, _joined(actions, gasaccount.ACTIONS)
        gbz = _gbz(live, actions)
        made = meter.Meter(kind, eui, store, crypto, own, {"GBZ": gbz, "ASN.1": _asn1})
        made.gbz_actions = actions
        return made
    if kind == "IHD":
        from gbcs_device.devices import ihd

        return ihd.Ihd(eui, store, crypto)
    actions = {}
    if kind == "GPF":
        from gbcs_device.usecases import gsme as gas

        actions = gas.PROXY_ACTIONS
    servers = {"GBZ": _gbz({}, actions), "ASN.1": _asn1}
    if kind == "PPMID":
        from gbcs_device.usecases import ppmid

        return ppmid.Ppmid(kind, eui, store, crypto, own, servers)
    from gbcs_device.messages import device

    return device.Device(kind, eui, store, crypto, own, servers)


def _joined(one: "Any", other: "Any") -> "dict[Any, Any]":
    """Both tables; where both have something, the other's."""
    both = dict(one)
    both.update(other)
    return both


def _dlms(live: "Any", actions: "Any") -> "Any":
    """A server of access requests with these objects of its own."""

    def answer(command: "Command") -> bytes:
        from gbcs_device.messages import cosem_server

        return cosem_server.answer(command, live, actions)

    return answer


def _gbz(live: "Any", actions: "Any") -> "Any":
    """A server of GBZ commands with these attributes and commands of its own."""

    def answer(command: "Command") -> bytes:
        from gbcs_device.messages import gbz_server

        return gbz_server.answer(command, live, actions)

    return answer


def _use_case_module(name: str) -> "Any":
    module: Any
    if name == "credentials":
        from gbcs_device.usecases import credentials as module
    elif name == "maintenance":
        from gbcs_device.usecases import maintenance as module
    else:
        from gbcs_device.usecases import device_log as module
    return module


def _asn1(command: "Command") -> bytes:
    from gbcs_device.messages import asn1_server

    code = command.m.code
    module, function = _row(command)
    return asn1_server.answer(command, {code: getattr(_use_case_module(module), function)})


def _row(command: "Command") -> "tuple[str, str]":
    """Which module and function runs an ASN.1 use case; NotSupported where none does."""
    code = command.m.code
    if command.case.provisional:
        return "device_log", "disconnect"
    if command.case.mode is not None:
        return "credentials", "update"
    if code not in _ASN1:
        from gbcs_device.messages.authority import NotSupported

        raise NotSupported("no handler is here", command.roles)
    return _ASN1[code]


def _due(command: "Command", at: int) -> "tuple[int, Any]":
    """What an ASN.1 command does when its date has come: `due` of its module.

    The alert's message code, and what gives its payload by the counter.
    """
    from gbcs.asn1 import asn1, der

    m = command.m
    name = asn1.payload_type(m.code, "command") or ""
    field = asn1.decode(name, m.octets, m.content_start, m.content_end, False)
    code, record = _use_case_module(_row(command)[0]).due(command, field, at)
    content = der.encode(record)
    return code, lambda counter: content
