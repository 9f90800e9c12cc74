"""Devices made of what their kind's row says: which commands they run, and on what objects.

Modules are loaded when a device of that kind is made, or a command first needs them.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs_device.base import load
from gbcs_device.base.kind_rows import find, is_known

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    from gbcs.asn1.der import Field
    from gbcs.interfaces import Crypto
    from gbcs_device.base.kind_rows import Kind
    from gbcs_device.interfaces import Store, Table
    from gbcs_device.messages.device import Command

    Tables = tuple[Table[Any], Table[Any]]  # live ones, and actions
    Objects = Callable[[bool], Tables]
    Answer = Callable[[Command], bytes]
    Run = Callable[[Command, Field], Field]
    Due = Callable[[Command, Field, int], tuple[int, Field]]

__all__ = ("has_cell", "is_known", "make")

# Message codes of ASN.1 use cases, by the module that runs them
_CREDENTIALS = (0x0008, 0x011B)
_MAINTENANCE = (0x000A, 0x000B, 0x000C, 0x0012, 0x0129, 0x007F)
_DEVICE_LOG = (0x000D, 0x000E, 0x00AB, 0x00AF, 0x000F, 0x0010, 0x0013, 0x008C, 0xF02F)


def has_cell(kind: str, role: int, use: str) -> bool:
    """Whether a kind of device has this trust anchor cell; `use` is "ds" or "ka".

    Meters and the GPF hold the broker's key agreement certificate only.
    """
    from gbcs_device.messages.trust_anchors import ACCESS_CONTROL_BROKER, DS

    row = find(kind)
    if role == ACCESS_CONTROL_BROKER and use == DS and not row.broker_signs:
        return False
    return role in row.cells


def make(kind: str, eui: bytes, store: "Store", crypto: "Crypto", own: "Any") -> "Any":
    """A device of a kind, its data those in the store; UnknownKind for no kind of device."""
    row = find(kind)
    has_account = store.get(load.SINCE) is not None
    device = _DEVICES[row.device](kind, eui, store, crypto, own, _servers(row))
    if row.takes_messages:
        device.objects = _OBJECTS[row.objects]()
        device.objects(has_account)  # loads their modules now, while a board's heap is whole
        device.due = _due
        if has_account:
            from gbcs_device.account import account

            device.account = account
    return device


# Classes of devices: column `device`


def _meter(*parts: "Any") -> "Any":
    from gbcs_device.messages import device

    return device.Meter(*parts)


def _hub_device(
    kind: str,
    eui: bytes,
    store: "Store",
    crypto: "Crypto",
    own: "Any",
    servers: "dict[str, Answer]",
) -> "Any":
    from gbcs_device.usecases import chf

    return chf.Hub(kind, eui, store, crypto, own, servers, store.get(chf.GPF))


def _ppmid(*parts: "Any") -> "Any":
    from gbcs_device.usecases import ppmid

    return ppmid.Ppmid(*parts)


def _ihd(kind: str, eui: bytes, store: "Store", crypto: "Crypto", *parts: "Any") -> "Any":
    from gbcs_device.devices import ihd

    return ihd.Ihd(eui, store, crypto)


def _device(*parts: "Any") -> "Any":
    from gbcs_device.messages import device

    return device.Device(*parts)


_DEVICES = {"meter": _meter, "hub": _hub_device, "ppmid": _ppmid, "ihd": _ihd, "device": _device}


# What is not plain data: column `objects`. A device holds these functions, and not their tables


def _no_objects() -> "Objects":
    return no_objects


def no_objects(has_account: bool) -> "Tables":
    """Of a kind whose data are plain."""
    return {}, {}


def _electricity() -> "Objects":
    from gbcs_device.usecases import esme

    return esme.objects


def _gas() -> "Objects":
    from gbcs_device.usecases import gsme

    return gsme.objects


def _hub() -> "Objects":
    from gbcs_device.usecases import chf

    return chf.objects


def _proxy() -> "Objects":
    from gbcs_device.usecases import gsme

    return gsme.proxy_objects


_OBJECTS = {
    "": _no_objects,
    "electricity": _electricity,
    "gas": _gas,
    "hub": _hub,
    "proxy": _proxy,
}


# Servers: column `form`, and ASN.1


def _servers(row: "Kind") -> "dict[str, Answer]":
    """What answers a command, by the form of its payload."""
    if not row.takes_messages:
        return {}
    if row.form == "DLMS":
        from gbcs_device.messages.cosem_server import answer
    else:
        from gbcs_device.messages.gbz_server import answer
    return {row.form: answer, "ASN.1": _asn1}


def _asn1(command: "Command") -> bytes:
    from gbcs import payload
    from gbcs_device.messages import asn1_server

    payload.skip(command.m, command.case, False)
    return asn1_server.answer(command, _asn1_row(command)[0])


def _asn1_row(command: "Command") -> "tuple[Run, Due | None]":
    """What an ASN.1 command does, and what when its date has come; NotSupported for none here."""
    code = command.m.code
    is_replacement = command.case.mode is not None
    if is_replacement or code in _CREDENTIALS:
        from gbcs_device.usecases import credentials

        return credentials.REPLACEMENT if is_replacement else credentials.ASN1[code]
    if code in _MAINTENANCE:
        from gbcs_device.usecases import maintenance

        return maintenance.ASN1[code]
    if code in _DEVICE_LOG:
        from gbcs_device.usecases import device_log

        return device_log.ASN1[code]
    from gbcs_device.messages.authority import NotSupported

    raise NotSupported("no handler is here", command.roles)


def _due(command: "Command", at: int) -> "tuple[int, Any]":
    """What an ASN.1 command does when its date has come.

    The alert's message code, and what gives its payload by the counter.
    """
    from gbcs.asn1 import asn1, der

    m = command.m
    name = asn1.payload_type(m.code, "command") or ""
    field = asn1.decode(name, m.octets, m.content_start, m.content_end, False)
    due = _asn1_row(command)[1]
    if due is None:
        raise ValueError("a command that may be for later expected")
    code, record = due(command, field, at)
    content = der.encode(record)
    return code, lambda counter: content
