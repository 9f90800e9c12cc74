"""IHDs and PPMIDs of a lab: joins with meters, views, buttons, messages of control software.

A display joins the hub as any device. A join command then tells each meter of it, by the method
for the two kinds: in method A both get a command, in method C each also gets the certificate of
the other, and in method B only the meter gets one, as the other takes no GBCS messages.

Sources: service requests 8.7.1, 8.7.2, 8.8; GBCS 13.7; SECMP0013 impact assessment, 5.2.4.
"""

import functools
from collections import deque
from typing import Any

from gbcs import message, payload
from gbcs.asn1 import asn1
from gbcs.errors import DecodeError
from gbcs_device.base import kind_rows
from gbcs_device.base.view import View
from gbcs_device.display.view_octets import decode_view, encode_view
from gbcs_host.han.events import DisplayChanged
from gbcs_host.han.pending import Pending
from gbcs_host.lab import compose
from gbcs_host.lab.inventory import UnknownDevice
from gbcs_host.lab.known import Known

_A_INITIATOR, _A_RESPONDER, _B, _C = 0, 1, 2, 3
_JOINS = {
    # device, other device: use case, method; the broker sends a PPMID's for the supplier
    ("ESME", "PPMID"): ("CS03A1", _A_INITIATOR),
    ("PPMID", "ESME"): ("CS03A2", _A_RESPONDER),
    ("GSME", "PPMID"): ("CS03C", _C),
    ("PPMID", "GSME"): ("CS03C", _C),
    ("ESME", "IHD"): ("CS03B", _B),
    ("GSME", "GPF"): ("CS03B", _B),
    ("GPF", "IHD"): ("CS03B", _B),
}
_SUPPLIER = "Supplier"  # as the registry has it
_SETTLE_MS = 3000


class Delivery(Pending):
    """What the hub did with a message of a PPMID's control software, by the time it is over.

    `was_sent` is False where the PPMID has no tunnel. `to_wan` is whether the hub passed the
    message on, octet for octet; `waits_for` is the EUI-64 of a sleeping device for which the hub
    keeps it; `answers` are the messages that the PPMID received.
    """

    def __init__(self, display: bytes, octets: bytes) -> None:
        super().__init__()
        self.display = display
        self.octets = octets
        self.was_sent = False
        self.to_wan = False
        self.waits_for: bytes | None = None
        self.answers: list[bytes] = []


class Displays(Known):
    """The methods of gbcs_host.lab.lab.Lab for displays."""

    pki: Any
    parties: Any
    alerts: "deque[bytes]"

    def __init__(self) -> None:
        self._deliveries: list[Delivery] = []
        self._views: dict[bytes, bytes] = {}

    def introduce(self: Any, first: bytes, second: bytes) -> "list[Any]":
        """8.7: joins two devices of the HAN, by one or two commands; the exchanges.

        Raises ValueError for two kinds that are not joined with one another.
        """
        told = [
            (whom, of)
            for whom, of in ((first, second), (second, first))
            if (self.kind_of(whom).name, self.kind_of(of).name) in _JOINS
        ]
        if not told:
            kinds = self.kind_of(first).name, self.kind_of(second).name
            raise ValueError("no join of %s and %s is known" % kinds)
        return [self.tell(whom, of) for whom, of in told]

    def tell(self: Any, whom: bytes, of: bytes) -> Any:
        """Sends `whom` the command that joins it with `of`; the exchange. Raises KeyError."""
        use_case, method = _JOINS[self.kind_of(whom).name, self.kind_of(of).name]
        fields: list[Any] = [
            (None, "INTEGER", method, None),
            (None, "OCTET STRING", of, None),
            (None, "INTEGER", self.kind_of(of).partner_type, None),
        ]
        if method == _C:
            octets = self.pki.device(of, "ka").certificate
            fields.append(asn1.decode("Certificate", octets, 0, len(octets)))
        record = payload.Asn1("JoinDeviceCommand", (None, "SEQUENCE", fields, None))
        return self._told(use_case, whom, record)

    def part(self: Any, whom: bytes, of: bytes) -> Any:
        """8.8: the device is no longer joined with the other."""
        kinds = self.kind_of(whom).name, self.kind_of(of).name
        _, method = _JOINS.get(kinds, ("", _A_INITIATOR))
        record = payload.Asn1("UnjoinDeviceCommand", (None, "OCTET STRING", of, None))
        return self._told("CS04B" if method == _B else "CS04AC", whom, record)

    def _told(self: Any, use_case: str, whom: bytes, record: Any) -> Any:
        """A command of the supplier, by the broker where the supplier itself may not send it."""
        supplier = self.parties["supplier"]
        roles = compose.case_of(use_case).roles[self.kind_of(whom).name]
        if _SUPPLIER in roles:
            return self.send(use_case, supplier, whom, record)
        broker = self.parties["access control broker"]
        return self.send(use_case, broker, whom, record, on_behalf_of=supplier)

    # What a person sees and does

    def view(self, eui: bytes) -> View:
        """The present view of a display."""
        shown: View = self._display(eui).shown(self.han.now)
        return shown

    def confirm(self, eui: bytes, message: int) -> bool:
        """Confirms a message, by its number; whether that was possible."""
        station = self._display(eui)
        return self._pressed(station, station.confirm(message, self.han.now))

    def top_up(self, eui: bytes, fuel: int, digits: "bytes | str") -> bool:
        """Enters a UTRN at a PPMID, for fuel 0, electricity, or 1, gas.

        False where the PPMID cannot reach the meter; the view's notice has the outcome.
        """
        octets = digits.encode() if isinstance(digits, str) else digits
        station = self._ppmid(eui)
        return self._pressed(station, station.top_up(fuel, octets, self.han.now))

    def emergency(self, eui: bytes, fuel: int) -> bool:
        """Activates emergency credit at a PPMID; whether the PPMID could send the request."""
        station = self._ppmid(eui)
        return self._pressed(station, station.emergency(fuel, self.han.now))

    def enable(self, eui: bytes, fuel: int) -> bool:
        """Enables an armed supply at a PPMID; whether the PPMID could send the request."""
        station = self._ppmid(eui)
        return self._pressed(station, station.enable(fuel, self.han.now))

    def _pressed(self, station: Any, was_taken: bool) -> bool:
        """Has the station send what a button made it say."""
        self.han.air.touch(station)
        return was_taken

    # What a PPMID's control software does

    def deliver(self: Any, eui: bytes, octets: bytes) -> Delivery:
        """Has a PPMID send its hub a message, well-formed or not; what the hub did with it."""
        delivery: Delivery = self.start_delivering(eui, octets)
        self.wait(delivery)
        return delivery

    def start_delivering(self: Any, eui: bytes, octets: bytes) -> Delivery:
        """Has a PPMID send its hub a message, as `deliver`; it is over three seconds on."""
        station = self._ppmid(eui)
        if not self.han.is_on(eui):
            raise UnknownDevice("a PPMID that is on expected, %s is off" % eui.hex().upper())
        centre = self.han.hub_near(eui)
        try:
            recipient = message.decode(octets).recipient
        except DecodeError:
            recipient = b""
        self._collect()
        self._hear(eui)
        before = centre.waiting(recipient)
        delivery = Delivery(eui, octets)
        delivery.was_sent = self._pressed(station, station.deliver(octets, self.han.now))
        self._deliveries.append(delivery)

        settle = functools.partial(self._settle, delivery, centre, recipient, before)
        delivery.deadline = self._after(_SETTLE_MS, settle)
        return delivery

    def _settle(
        self: Any, delivery: Delivery, centre: Any, recipient: bytes, before: int
    ) -> None:  # fmt: skip
        """Ends a delivery; `before` is how many messages the hub kept for its recipient."""
        self._collect()
        if centre.waiting(recipient) > before:
            delivery.waits_for = recipient
        self._hear(delivery.display)
        self._deliveries.remove(delivery)
        delivery.end()

    def _passed_on(self, octets: bytes) -> bool:
        """Whether a message towards the WAN is one that a display delivered, and so is noted."""
        is_passed_on = False
        for delivery in self._deliveries:
            if delivery.octets == octets:
                delivery.to_wan = is_passed_on = True
        return is_passed_on

    def _hear(self, eui: bytes) -> None:
        """Hands the messages that a display has received to its deliveries under way."""
        messages = self.han.stations[eui].heard()
        for delivery in self._deliveries:
            if delivery.display == eui:
                delivery.answers += messages

    # What changes on them

    def _time_passed(self: Any) -> None:
        """Tells those who ask for it of displays that show something else than before."""
        if not self.observers.wants(DisplayChanged):
            return
        for eui, kind in self._kinds.items():
            if kind_rows.find(kind).has_display and eui in self.han.stations:
                octets = encode_view(self.view(eui))  # the view itself goes on changing
                if octets != self._views.get(eui):
                    self._views[eui] = octets
                    self.observers.tell(DisplayChanged(self.now, eui, decode_view(octets)))
