"""The gas proxy function (GPF) of a communications hub, as a device with credentials of its own.

A new GPF is under the DCC's control: its trust anchor cells of the supplier and of the network
operator hold the access control broker's certificates. Service request 6.21 replaces those of the
supplier.

Sources: Common Test Scenarios Document, IC01 step 4; GBCS 13.3 (CS02b), service request 6.21.
"""

from typing import Any

from gbcs import payload, usecases
from gbcs.asn1 import der
from gbcs_device.base.store import MemoryMedium, Store
from gbcs_device.devices import kinds
from gbcs_device.messages.trust_anchors import SUPPLIER, OwnKeys
from gbcs_device.usecases import chf as hubs
from gbcs_host.lab.compose import field
from gbcs_host.lab.inventory import UnknownDevice

_KIND = "GPF"
_BROKER = "access control broker"
_SUPPLIER_BY_SUPPLIER = 2
_USAGES = {"ds": "1", "ka": "00001"}


class GasProxies:
    """The methods of gbcs_host.lab.lab.Lab for gas proxies; `proxies` has them by EUI-64."""

    def __init__(self) -> None:
        self.proxies: dict[bytes, Any] = {}

    def gas_proxy(self: Any, hub: bytes) -> bytes:
        """The EUI-64 of a hub's gas proxy, which the first call makes.

        Raises ValueError where another device has that EUI-64.
        """
        eui: bytes = self._hub(hub).store.get(hubs.GPF)
        if eui not in self.proxies:
            if eui in self._kinds:
                raise ValueError(
                    "an EUI-64 of its own expected for the gas proxy, %s is of kind %s"
                    % (eui.hex(), self._kinds[eui])
                )
            self.proxies[eui] = self._make_proxy(eui)
            self._kinds[eui] = _KIND
        return eui

    def _make_proxy(self: Any, eui: bytes) -> Any:
        store = Store(MemoryMedium())
        crypto = self.parties.keys.crypto
        for use in _USAGES:
            issued = self.pki.device(eui, use)
            store.write(
                {"own/" + use: issued.private, "own/certificate/" + use: issued.certificate}
            )
        own = OwnKeys(crypto, store, self.random.randbytes)
        device = kinds.make(_KIND, eui, store, crypto, own)
        self._provision(device, out_of_the_box=True)
        return device

    def _ask_proxy(self: Any, proxy: Any, octets: bytes) -> "bytes | None":
        """The answer of a gas proxy to a message, or None; its alerts are added to `alerts`."""
        self.observers.sent(self.now, octets, proxy.eui)
        answer: bytes | None = proxy.receive(octets, self.now)
        if answer is not None:
            self.observers.received(self.now, answer, proxy.eui)
        for alert in proxy.outbox:
            self.observers.received(self.now, alert, proxy.eui)
        self.alerts += proxy.outbox
        proxy.outbox.clear()
        return answer

    def hand_over(self: Any, eui: bytes) -> "tuple[Any, list[int]]":
        """6.21: CS02b replaces the broker's certificates by the supplier's: GBCS 13.3.

        Gives the exchange, and the status of each replacement, 0 for success.
        """
        if self.kind_of(eui).name != _KIND:
            raise UnknownDevice("a gas proxy expected, %s is another device" % eui.hex().upper())
        broker, supplier = self.parties[_BROKER], self.parties["supplier"]
        replacements = []
        for use, usage in _USAGES.items():
            issued = self.pki.organisation(supplier.eui, SUPPLIER, use, supplier.name.upper())
            cell = field("SEQUENCE", [field("INTEGER", SUPPLIER), field("BIT STRING", usage)])
            replacements.append(field("SEQUENCE", [field("ANY", issued.certificate), cell]))
        control = [
            field("INTEGER", _SUPPLIER_BY_SUPPLIER),
            field(
                "[2] SEQUENCE", [field("INTEGER", SUPPLIER), field("BIT STRING", _USAGES["ds"])]
            ),
            field("[3] INTEGER", broker.counter + 1),
        ]
        chain = field("SEQUENCE OF", [field("ANY", self.pki.issuing.certificate)])
        fields = [field("SEQUENCE", control), field("SEQUENCE OF", replacements), chain]
        case = next(row for row in usecases.by_name("CS02b") if row.mode == _SUPPLIER_BY_SUPPLIER)
        content = der.encode(field("SEQUENCE", fields))
        octets = self.parties.command(broker, eui, case.code, content, critical=True)
        exchange = self.carry("CS02b", octets, eui)
        return exchange, _statuses(exchange.payload)


def _statuses(record: Any) -> "list[int]":
    """The status of each replacement in a response; an empty list without one."""
    if not isinstance(record, payload.Asn1) or len(record.field[2]) < 2:
        return []
    outcome = record.field[2][1][2]
    return [replacement[2][1][2] for replacement in outcome[3][2]]
