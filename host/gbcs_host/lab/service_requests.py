"""Service requests about a hub's device log and a meter's HAN, as methods of a lab.

Each composes the command that the DCC would, delivers it, and updates the inventory by the answer.

Sources: CHTS 4.6 (device logs); service requests 8.9, 8.11, 8.15, 8.16 as in the SECMP0013 impact
assessment, 3.2.
"""

import base64
import functools
from typing import Any

from gbcs import devicelogfields, payload, usecases
from gbcs.axdr import axdr
from gbcs.dlms import dlms
from gbcs.errors import GbcsError
from gbcs_device.base import kind_rows
from gbcs_host.han.pending import PendingAnswer
from gbcs_host.lab.exchanges import Exchange
from gbcs_host.lab.known import Known

_LOG_CLASS = 104
_LOG = bytes.fromhex("00001E0300FF")
_HISTORIC_LOG = bytes.fromhex("00001E0301FF")
_NULL: Any = (None, "null-data", None, None)
JOIN_TIMEOUT_S = 120


class ServiceRequests(Known):
    """The methods of gbcs_host.lab.lab.Lab for service requests."""

    def add_to_hub(self: Any, hub: bytes, device: bytes, meter_points: str = "") -> Exchange:
        """8.11 (add): sends CCS01 and updates the inventory."""
        exchange: Exchange = self._finished(self.start_adding(hub, device, meter_points))
        return exchange

    def start_adding(
        self: Any, hub: bytes, device: bytes, meter_points: str = ""
    ) -> PendingAnswer:  # fmt: skip
        """8.11 (add), as `add_to_hub`; it is answered as time passes."""
        pending: PendingAnswer = self.start_listing(hub, device)
        pending.when_over(functools.partial(self._added, hub, meter_points, device))
        return pending

    def _added(
        self: Any, hub: bytes, meter_points: str, device: bytes, pending: PendingAnswer
    ) -> None:  # fmt: skip
        if pending.exchange.is_success:
            self.inventory.added(device, hub, self.now, meter_points)

    def list_on_hub(self: Any, hub: bytes, device: bytes) -> Exchange:
        """CCS01: the hub lists the device, with its install code, and opens joining."""
        exchange: Exchange = self._finished(self.start_listing(hub, device))
        return exchange

    def start_listing(self: Any, hub: bytes, device: bytes) -> PendingAnswer:
        """CCS01, as `list_on_hub`; it is answered as time passes."""
        row = self.kind_of(device)
        if row.registered_type is None:
            raise kind_rows.UnknownKind(row.name, kind_rows.joining())
        self._meter(device)
        code = self.codes[device]
        register = devicelogfields.registration_field(device, code, row.registered_type)
        items: list[Any] = [
            (None, "action", _LOG_CLASS, _LOG, 1, None, register),
            (None, "set", _LOG_CLASS, _LOG, 3, None,
             (None, "long-unsigned", JOIN_TIMEOUT_S, None)),
            (None, "set", _LOG_CLASS, _LOG, 2, None, (None, "boolean", True, None)),
        ]  # fmt: skip
        return self._to_hub("CCS01", hub, items)

    def remove_from_hub(self: Any, hub: bytes, device: bytes) -> Exchange:
        """8.11 (remove): sends CCS02 and updates the inventory."""
        exchange: Exchange = self._finished(self.start_removing(hub, device))
        return exchange

    def start_removing(self: Any, hub: bytes, device: bytes) -> PendingAnswer:
        """8.11 (remove), as `remove_from_hub`; it is answered as time passes."""
        field = devicelogfields.removal_field(device)
        items = [(None, "action", _LOG_CLASS, _LOG, 2, None, field)]
        pending: PendingAnswer = self._to_hub("CCS02", hub, items)
        pending.when_over(functools.partial(self._removed, device))
        return pending

    def _removed(self: Any, device: bytes, pending: PendingAnswer) -> None:
        if pending.exchange.is_success:
            self.inventory.removed(device, self.now)

    def read_logs(self: Any, hub: bytes) -> "tuple[Exchange, list[Any]]":
        """8.9: sends CCS07; the exchange, and the current and the historic log."""
        exchange: Exchange = self._finished(self.start_reading_logs(hub))
        return exchange, logs_in(exchange)

    def start_reading_logs(self: Any, hub: bytes) -> PendingAnswer:
        """8.9, as `read_logs`; `logs_in` gives the logs of its exchange."""
        items: list[Any] = [
            (None, "action", _LOG_CLASS, obis, 4, None, _NULL) for obis in (_LOG, _HISTORIC_LOG)
        ]
        return self._to_hub("CCS07", hub, items)

    def restore(self: Any, hub: bytes, device: bytes, log: str, meter_points: str) -> Exchange:
        """8.16: sends CCS03 with one entry of a device log and updates the inventory.

        `log` is what `encoded_log` gives. Raises ValueError where it is damaged or has no entry of
        the device.
        """
        exchange: Exchange = self._finished(self.start_restoring(hub, device, log, meter_points))
        return exchange

    def start_restoring(
        self: Any, hub: bytes, device: bytes, log: str, meter_points: str
    ) -> PendingAnswer:
        """8.16, as `restore`; it is answered as time passes. Raises ValueError."""
        pan, entry = extract(log, device)
        return self._start_restoring(hub, pan, entry, meter_points)

    def take_over(self: Any, hub: bytes, device: bytes, meter_points: str = "") -> Exchange:
        """CCS03: a hub takes over the device from the hub that it has joined; the exchange."""
        meter = self._meter(device)
        entry = (device, meter.hashed_key())
        pending = self._start_restoring(hub, meter.network(), entry, meter_points)
        exchange: Exchange = self._finished(pending)
        return exchange

    def _start_restoring(
        self: Any, hub: bytes, pan: bytes, entry: "tuple[bytes, bytes]", meter_points: str
    ) -> PendingAnswer:
        field = devicelogfields.restore_field(pan, [entry])
        items = [(None, "action", _LOG_CLASS, _LOG, 5, None, field)]
        pending: PendingAnswer = self._to_hub("CCS03", hub, items)
        pending.when_over(functools.partial(self._restored, hub, meter_points, entry[0]))
        return pending

    def _restored(
        self: Any, hub: bytes, meter_points: str, device: bytes, pending: PendingAnswer
    ) -> None:  # fmt: skip
        if pending.exchange.is_success:
            self.inventory.restored(device, hub, self.now, meter_points)

    def disconnect(self: Any, device: bytes, party: str = "supplier", **how: Any) -> Exchange:
        """8.15: sends the draft CS02f and updates the inventory."""
        exchange: Exchange = self._finished(self.start_disconnecting(device, party, **how))
        return exchange

    def start_disconnecting(
        self: Any, device: bytes, party: str = "supplier", **how: Any
    ) -> PendingAnswer:  # fmt: skip
        """8.15, as `disconnect`; it is answered as time passes."""
        self.inventory.row(device)
        record = payload.Asn1("DisconnectFromHanCommand", (None, "NULL", None, None))
        pending: PendingAnswer = self.start(usecases.DRAFT_NAME, party, device, record, **how)
        pending.when_over(functools.partial(self._disconnected, device))
        return pending

    def _disconnected(self: Any, device: bytes, pending: PendingAnswer) -> None:
        exchange = pending.exchange
        if exchange.is_success:
            self.inventory.disconnected(device, self.now)
        else:
            why = "no answer" if exchange.answer is None else "the meter says no"
            self.inventory.disconnect_failed(device, self.now, why)

    def _to_hub(self: Any, use_case: str, hub: bytes, items: "list[Any]") -> PendingAnswer:
        broker = self.parties["access control broker"]
        counter = (broker.counter + 1) & 0xFFFFFF
        record = dlms.AccessRequest(0x20000000 | counter, b"", items)
        supplier = self.parties["supplier"]
        pending: PendingAnswer = self.start(use_case, broker, hub, record, on_behalf_of=supplier)
        return pending


def logs_in(exchange: Exchange) -> "list[Any]":
    """The current and the historic log in an answer to CCS07; an empty list without success."""
    if not exchange.is_success:
        return []
    return [devicelogfields.read_backup(item[3]) for item in exchange.payload.items]


def encoded_log(exchange: Exchange, historic: bool = False) -> str:
    """A device log in a response to CCS07, as base64 of its DLMS octets: the input of 8.16."""

    return base64.b64encode(axdr.encode(exchange.payload.items[int(historic)][3])).decode()


def extract(log: str, device: bytes) -> "tuple[bytes, tuple[bytes, bytes]]":
    """The extended PAN id and the entry of a device in an encoded log. Raises ValueError."""

    try:
        octets = base64.b64decode(log, validate=True)
        field, end = axdr.decode(octets, 0, len(octets))
        backup = devicelogfields.read_backup(field)
    except (ValueError, GbcsError) as error:
        raise ValueError("the device log is damaged: %s" % error) from None
    if end != len(octets):
        raise ValueError(
            "the device log is damaged: no octets behind it expected, found %d"
            % (len(octets) - end)
        )
    for mac, hashed in backup.devices:
        if mac == device:
            return backup.extended_pan_id, (mac, hashed)
    raise ValueError(
        "an entry of %s expected, the device log has %d entries, none of it"
        % (device.hex(), len(backup.devices))
    )
