"""The use cases of a CHF: its device logs as COSEM object 0-0:30.3.0.255, and who may join.

The logs are a `gbcs.devicelog.DeviceLog`, kept in the store as octets. A command works on a copy,
which replaces the log when the batch is written; alert CS14 follows. The time until which joining
is open is not kept: after a power cut joining is closed.

Sources: GBCS CCS01, CCS02, CCS03, CCS07, CS14; CHTS 4.6.
"""

from gbcs import clock, devicelogfields, installcode, payload
from gbcs.axdr import axdr
from gbcs.compat import TYPE_CHECKING, const
from gbcs.cosem.cosem import name_of
from gbcs.devicelog import DeviceLog, LogRefused
from gbcs_device.base.joined import Joined
from gbcs_device.messages.cosem_server import ItemFailed
from gbcs_device.messages.device import Device

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    from gbcs.interfaces import Crypto
    from gbcs_device.interfaces import PrivateKeys, Store, Table
    from gbcs_device.messages.cosem_server import Item
    from gbcs_device.messages.device import Command

GPF = "own/gpf"  # its EUI-64, which is the one on the HAN
_LOG = "han/log"
_CS14 = const(0x0018)
_CLASS = const(104)
_CURRENT = b"\x00\x00\x1e\x03\x00\xff"
_HISTORIC = b"\x00\x00\x1e\x03\x01\xff"
_MOST_S = const(0xFFFF)


class Hub(Device):
    """A CHF: a device with the logs of its HAN. `log` is as the last command left it."""

    def __init__(
        self,
        kind: str,
        eui: bytes,
        store: "Store",
        crypto: "Crypto",
        own: "PrivateKeys",
        servers: "dict[str, Callable[[Command], bytes]]",
        gpf: "bytes | None" = None,
    ) -> None:
        super().__init__(kind, eui, store, crypto, own, servers)
        octets = store.get(_LOG)
        if octets is None:
            self.log = DeviceLog(gpf or eui)
        else:
            self.log = devicelogfields.from_octets(octets)

    def established(self, mac: bytes, link_key: bytes, now: int) -> None:
        """Logs the hash of a link key that a device and the hub have agreed on; CS14 tells it.

        Raises NotListed, NotAllowed.
        """
        log = self.log.copy()
        if log.established(mac, link_key, self.crypto):
            self._keep(log, now)

    def returned(self, mac: bytes, now: int) -> None:
        """Takes back a device of the historic log that has its old key.

        Raises NotListed, NotAllowed.
        """
        log = self.log.copy()
        log.returned(mac, now)
        self._keep(log, now)

    def _keep(self, log: DeviceLog, now: int) -> None:
        changes: dict[str, bytes | None] = {_LOG: devicelogfields.to_octets(log)}
        changes.update(self.changed(log, now))
        self.store.write(changes)
        self.log = log

    def changed(
        self, log: DeviceLog, now: int, changes: "dict[str, bytes | None] | None" = None
    ) -> "dict[str, bytes | None]":
        """Puts CS14 in the outbox; `changes` as `Device.alert` has them."""
        broker = self.anchors.broker()
        if broker is None:
            return {}
        backup = devicelogfields.backup(log, clock.date_time(now))
        body = axdr.encode(devicelogfields.alert_field(backup))
        return self.alert(
            _CS14,
            broker,
            lambda counter: payload.notification(counter, body),
            False,
            None,
            changes,
        )


def _work(command: "Command") -> DeviceLog:
    """The copy of the logs that this command works on."""
    log: DeviceLog | None = command.work.get("log")
    if log is None:
        log = command.work["log"] = command.device.log.copy()
    return log


def _changed(command: "Command", log: DeviceLog) -> bytes:
    """Adds the changed log and alert CS14 to the command's batch."""
    device = command.device
    command.changes[_LOG] = devicelogfields.to_octets(log)
    command.changes.update(device.changed(log, command.now, command.changes))
    _adopt(command, log)
    return b"\x00"


def _adopt(command: "Command", log: DeviceLog) -> None:
    """Makes this log the hub's once the batch is written."""
    device = command.device

    def adopt() -> None:
        device.log = log

    command.after.append(adopt)


def register(command: "Command", item: "Item") -> bytes:
    """CCS01: lists a device with the key of its install code."""
    log = _work(command)
    field = axdr.decode(item.octets, item.start, item.end)[0]
    try:
        mac, code, device_type = devicelogfields.read_registration(field)
        key = installcode.link_key(code, command.device.crypto)
        listed = log.register(mac, device_type, key)
    except LogRefused as error:
        raise ItemFailed(error.result) from None
    command.work["mac"] = mac
    return _changed(command, log) if listed else b"\x00"


def set_join_timeout(command: "Command", item: "Item") -> bytes:
    """CCS01: how long joining will be open, in seconds."""
    command.work["timeout"] = item.octets[item.start + 1] << 8 | item.octets[item.start + 2]
    return b"\x00"


def set_joining(command: "Command", item: "Item") -> bytes:
    """CCS01: opens joining for the device that was listed, or closes it for all."""
    log = _work(command)
    if item.octets[item.start + 1]:
        mac = command.work.get("mac")
        timeout = command.work.get("timeout", 0)
        if mac is not None:
            log.open_joining(mac, timeout, command.now)
    else:
        log.close_joining()
    _adopt(command, log)
    return b"\x00"


def unregister(command: "Command", item: "Item") -> bytes:
    """CCS02: takes a device off the list."""
    log = _work(command)
    field = axdr.decode(item.octets, item.start, item.end)[0]
    try:
        log.remove(devicelogfields.read_removal(field))
    except LogRefused as error:
        raise ItemFailed(error.result) from None
    return _changed(command, log)


def restore(command: "Command", item: "Item") -> bytes:
    """CCS03: takes over the device log and the network of another hub."""
    log = _work(command)
    field = axdr.decode(item.octets, item.start, item.end)[0]
    try:
        log.restore(*devicelogfields.read_restore(field))
    except LogRefused as error:
        raise ItemFailed(error.result) from None
    return _changed(command, log)


def backup(command: "Command", item: "Item") -> bytes:
    """CCS07: the device log, or the historic one."""
    make = devicelogfields.backup
    if item.obis == _HISTORIC:
        make = devicelogfields.historic_backup
    log = make(_work(command), clock.date_time(command.now))
    return axdr.encode(devicelogfields.backup_field(log))


def active_devices(command: "Command", item: "Item") -> bytes:
    """CCS06: data that were seeded, else the devices of the log, each as heard just now.

    Source: the mapping table of GBCS, CHFCommunicationsStore; GBCS 10.6.2.1 (link quality).
    """
    seeded = command.get(name_of(item.class_id, item.obis, item.index))
    if seeded is not None:
        return seeded
    entries = [entry for entry in _work(command).entries if entry.link_key is not None]
    out = bytes((1, len(entries)))
    now = clock.date_time(command.now)
    for entry in entries:
        out += b"\x02\x0e\x09\x08" + entry.mac + b"\x04\x08\x80"  # bit 0: active
        out += b"\x0f\xce" * 3 + b"\x11\xff" * 3 + b"\x09\x0c" + now  # -50 dBm, best link
        out += b"\x11\x01\x11\x00\x11\x64\x11\x01\x11\x01"
    return out


LIVE = {(_CLASS, _CURRENT, 4): active_devices}
ACTIONS = {
    ("M", _CLASS, _CURRENT, 1): register,
    ("M", _CLASS, _CURRENT, 2): unregister,
    ("M", _CLASS, _CURRENT, 4): backup,
    ("M", _CLASS, _CURRENT, 5): restore,
    ("M", _CLASS, _HISTORIC, 4): backup,
    ("A", _CLASS, _CURRENT, 3): set_join_timeout,
    ("A", _CLASS, _CURRENT, 2): set_joining,
}


def objects(has_account: bool) -> "tuple[Table[Any], Table[Any]]":
    """What a hub's objects give when they are read, and do when they are told to."""
    from gbcs_device.usecases import esme

    return Joined(esme.LOGS, LIVE), ACTIONS
