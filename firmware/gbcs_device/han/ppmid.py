"""A PPMID on the air: a display that tops up, and has a tunnel for GBCS messages.

It sends ZCL commands to the ESME under the partner link key. To the GSME, which sleeps, it sends
GBCS messages through its tunnel; the hub keeps them until the gas meter asks. Gas supply is
enabled at the meter alone: a valve is opened where a person can see the appliances.

Sources: GBCS use cases PCS01, PCS02, PECS01 to PECS03; Smart Energy D.3 (LocalChangeSupply), D.7.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import UnknownKey
from gbcs.zcl.codes import METERING, NOT_AUTHORISED, PREPAYMENT, TUNNELING
from gbcs_device.base.figures import ON
from gbcs_device.base.partners import ESME_TYPE, device_type
from gbcs_device.han import publications
from gbcs_device.han.display import DisplayStation
from gbcs_device.han.joining import JOINED
from gbcs_device.han.polling import ELECTRICITY, GAS
from gbcs_device.usecases import ppmid

if TYPE_CHECKING:
    from collections.abc import Callable

    from gbcs.zigbee.cbke import Credentials
    from gbcs_device.interfaces import Random

_TOP_UP = const(0x04)
_EMERGENCY = const(0x00)
_LOCAL_CHANGE_SUPPLY = const(0x0C)
_TOP_UP_RESPONSE = const(0x03)
_DIGITS = const(20)
_ANSWER_MS = const(15000)
_ASLEEP = "Sent: up to an hour"
_NOT_REACHED = "Meter not reached"
_NOT_TAKEN = "Not sent: try later"
_NOT_JOINED = "Meter not joined"
_DONE = {
    (PREPAYMENT, _EMERGENCY): ("Emergency credit on", "No emergency credit"),
    (METERING, _LOCAL_CHANGE_SUPPLY): ("Supply is on", "Supply not armed"),
    (PREPAYMENT, _TOP_UP): ("Top-up accepted", "Code refused"),
}


class PpmidStation(DisplayStation):
    """A PPMID; its device's `heard` has the messages of the tunnel for its control software."""

    device: "ppmid.Ppmid"

    def __init__(
        self, device: "ppmid.Ppmid", random: "Random", credentials: "Credentials"
    ) -> None:
        super().__init__(device, random, credentials)
        device_id, servers, clients = self.endpoints[self.endpoint]
        self.endpoints = {self.endpoint: (device_id, servers + (TUNNELING,), clients)}
        device.concluded = self._concluded

    def is_partner(self, eui: bytes) -> bool:
        """Whether a device is the ESME that the PPMID was joined with: it alone gets top-ups."""
        return device_type(self.store, eui) == ESME_TYPE

    # What a person does

    def top_up(self, fuel: int, digits: bytes, now: int) -> bool:
        """Sends a meter the 20 digits of a UTRN, as ASCII; ValueError for anything else.

        False where the meter cannot be reached, as in the other actions.
        """
        if len(digits) != _DIGITS or not digits.isdigit():
            raise ValueError("20 digits expected, found %d octets" % len(digits))
        if fuel == GAS:
            return self._to_gas(lambda gsme: self.device.top_up(gsme, digits), now)
        payload = ppmid.ORIGIN + bytes((_DIGITS,)) + digits
        return self._to_electricity(PREPAYMENT, _TOP_UP, payload, now)

    def emergency(self, fuel: int, now: int) -> bool:
        """Activates emergency credit."""
        if fuel == GAS:
            return self._to_gas(self.device.emergency, now)
        payload = self.panel.time(now).to_bytes(4, "little") + ppmid.ORIGIN
        return self._to_electricity(PREPAYMENT, _EMERGENCY, payload, now)

    def enable(self, fuel: int, now: int) -> bool:
        """Closes the switch of an ESME whose supply is armed."""
        if fuel == GAS:
            self.panel.tell("Enable at gas meter", now)
            return False
        return self._to_electricity(METERING, _LOCAL_CHANGE_SUPPLY, bytes((ON,)), now)

    def _to_electricity(self, cluster: int, command: int, payload: bytes, now: int) -> bool:
        if not self.say(ELECTRICITY, cluster, command, payload, now):
            self.panel.tell(_NOT_REACHED, now)
            return False
        self.panel.tell("Sent", now)
        self.at("no answer", now + _ANSWER_MS, lambda at: self.panel.tell(_NOT_REACHED, at))
        return True

    def _to_gas(self, compose: "Callable[[bytes], bytes]", now: int) -> bool:
        gsme = self.device.gas_meter()
        try:
            octets = None if gsme is None else compose(gsme)
        except UnknownKey:
            octets = None
        if octets is None or not self.deliver(octets, now):
            self.panel.tell(_NOT_REACHED if octets else "No gas meter joined", now)
            return False
        self.panel.tell(_ASLEEP, now)
        return True

    def deliver(self, octets: bytes, now: int) -> bool:
        """Sends a message of the control software to the hub; False without a tunnel."""
        if self.tunnel is None or self.phase != JOINED:
            return False
        self.messages.send(octets, now)
        self.speak(now)
        return True

    def not_taken(self, now: int) -> None:
        """Shows that the hub did not take a message for the gas meter."""
        super().not_taken(now)
        self.panel.tell(_NOT_TAKEN, now)

    def heard(self) -> "list[bytes]":
        """The messages that came by the tunnel since the last call, four at most."""
        messages = self.device.heard
        self.device.heard = []
        return messages

    # What comes of it

    def _concluded(self, outcome: "ppmid.Outcome", now: int) -> None:
        """Shows the outcome that the gas meter answered."""
        if outcome.code == ppmid.PCS01:
            words = publications.top_up_notice(outcome.result, outcome.amount_mp)
            if outcome.result in ppmid.ACCEPTED:
                self.panel.view.fuels[GAS].balance_mp = outcome.balance_mp
        else:
            words = _DONE[PREPAYMENT, _EMERGENCY][outcome.result != 0]
        self.panel.tell(words, now)
        self.soon(GAS, PREPAYMENT, now)

    def published(self, fuel: int, cluster: int, command: int, payload: bytes, now: int) -> bool:
        """Takes the answer to a top-up or a change of supply; a display takes the others."""
        if cluster == PREPAYMENT and command == _TOP_UP_RESPONSE:
            self.cancel("no answer")
            self.panel.tell(publications.top_up_notice(*publications.top_up(payload)), now)
            self._changed(fuel, now)
            return True
        if cluster == METERING and command == 0x0C and "no answer" in self._timers:
            self._said_to(METERING, _LOCAL_CHANGE_SUPPLY, publications.supply(payload) != ON, now)
        return super().published(fuel, cluster, command, payload, now)

    def from_default(
        self, cluster: int, command: int, status: int, sequence: int, sender: bytes, now: int
    ) -> None:
        """Shows whether the ESME has carried a command out."""
        super().from_default(cluster, command, status, sequence, sender, now)
        if sender == self._sources[ELECTRICITY].eui and "no answer" in self._timers:
            if status == NOT_AUTHORISED:
                self.cancel("no answer")
                self.panel.tell(_NOT_JOINED, now)
            else:
                self._said_to(cluster, command, bool(status), now)

    def _said_to(self, cluster: int, command: int, has_failed: bool, now: int) -> None:
        words = _DONE.get((cluster, command))
        if words is not None:
            self.cancel("no answer")
            self.panel.tell(words[has_failed], now)
            self._changed(ELECTRICITY, now)

    def _changed(self, fuel: int, now: int) -> None:
        self.soon(fuel, METERING, now)
        self.soon(fuel, PREPAYMENT, now)
