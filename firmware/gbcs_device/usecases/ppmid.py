"""A PPMID: its own commands to a GSME, and its firmware.

PCS01 tops a gas meter up, PCS02 activates emergency credit.

They go from device to device, MAC'd by what both key agreement keys give: a join by CS03C has
brought each the other's certificate. The gas meter sleeps; its answer is checked when it comes.

Sources: GBCS use cases PCS01, PCS02, CS09; ZigBee Smart Energy D.7.
"""

from gbcs import message, protect
from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import BadMac, DecodeError, UnknownKey
from gbcs_device.base.partners import DEVICE_LOG, GSME_TYPE, entries
from gbcs_device.messages.device import Meter

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

PCS01 = const(0x009B)
PCS02 = const(0x0090)
_CS09 = const(0x012B)
_FIRMWARE_ACTIVATED = const(0x8F8B)
_DONE = const(0)  # Result types of a top-up: ZCL's, and one more for an answer that is an error
_NOT_DONE = const(1)
ACCEPTED = (0x00, 0x10, 0x11, 0x12)
FAILED = const(0xFF)

_KEPT = const(4)  # messages
ORIGIN = b"\x02"  # an in-home display, as both commands say it
_HEAD = b"\x01\x09\x01\x01\x07\x05\x00"  # profile, one component, the last; cluster; length
_TOP_UP, _EMERGENCY = b"\x01\x00\x04", b"\x01\x00\x00"  # frame control, sequence, command
_TOP_UP_RESPONSE, _DEFAULT = b"\x09\x00\x03", b"\x08\x00\x0b"


class Outcome:
    """The answer of a GSME: the `code` of the use case, `result`, and credit in millipence.

    `result` of PCS01 is a ConsumerTopUpResponse's, or FAILED; of PCS02 a ZCL status.
    """

    __slots__ = ("amount_mp", "balance_mp", "code", "result")

    def __init__(self, code: int, result: int, amount_mp: int = 0, balance_mp: int = 0) -> None:
        self.code = code
        self.result = result
        self.amount_mp = amount_mp
        self.balance_mp = balance_mp


class Ppmid(Meter):
    """A prepayment interface. `concluded(outcome, now)` is called when a GSME has answered."""

    def __init__(self, *arguments: "Any") -> None:
        super().__init__(*arguments)
        self.concluded: Callable[[Outcome, int], None] | None = None
        self.heard: list[bytes] = []  # the last messages, for its control software
        self._pending: dict[int, tuple[bytes, int]] = {}  # by counter: GSME, use case

    def gas_meter(self) -> "bytes | None":
        """The GSME that this PPMID is joined with; None where there is none."""
        for eui, kind in entries(self.store.get(DEVICE_LOG) or b""):
            if kind == GSME_TYPE:
                return eui
        return None

    def top_up(self, gsme: bytes, digits: bytes) -> bytes:
        """The octets of PCS01 for the 20 digits of a UTRN; UnknownKey where none is agreed."""
        return self._command(gsme, PCS01, _TOP_UP + ORIGIN + bytes((len(digits),)) + digits)

    def emergency(self, gsme: bytes) -> bytes:
        """The octets of PCS02; UnknownKey where no key is agreed with the meter."""
        return self._command(gsme, PCS02, _EMERGENCY + bytes(4) + ORIGIN)

    def activate(self, now: int) -> bool:
        """Activates the stored firmware image, and reports by CS09; False without one."""
        from gbcs import clock
        from gbcs.asn1 import der
        from gbcs_device.base import logs
        from gbcs_device.messages import asn1_server
        from gbcs_device.usecases import maintenance

        image = self.store.get(maintenance.IMAGE)
        changes: dict[str, bytes | None] = {}
        version = self.store.get(maintenance.FIRMWARE_VERSION) or bytes(4)
        if image is not None:
            version = image[32:]
            changes = {maintenance.FIRMWARE_VERSION: version, maintenance.IMAGE: None}
            changes.update(
                logs.added(self.store, logs.SECURITY, clock.seconds(now), logs.FIRMWARE_CHANGED)
            )
        content = der.encode(
            asn1_server.sequence(
                asn1_server.integer(_FIRMWARE_ACTIVATED),
                (None, "GeneralizedTime", clock.generalized(now), None),
                asn1_server.octets(version),
                asn1_server.integer(_NOT_DONE if image is None else _DONE),
            )
        )
        broker = self.anchors.broker()
        if broker is not None:
            changes.update(self.alert(_CS09, broker, lambda counter: content, True))
        self.store.write(changes)
        return image is not None

    def _command(self, gsme: bytes, code: int, body: bytes) -> bytes:
        counter = int.from_bytes(self.store.get("own/counter") or b"", "big") + 1
        content = _HEAD + bytes((len(body),)) + body
        composed = message.compose(message.COMMAND, counter, self.eui, gsme, code, content)
        octets = self._protected(composed, gsme, False)
        self.store.write({"own/counter": counter.to_bytes(8, "big")})
        while len(self._pending) >= _KEPT:  # a meter that does not answer
            del self._pending[min(self._pending)]
        self._pending[counter] = (gsme, code)
        return octets

    def _receive(self, octets: bytes, now: int) -> "bytes | None":
        """Takes a command as any device does, or the answer to a command of its own."""
        self.heard = (self.heard + [octets])[-_KEPT:]
        try:
            m = message.decode(octets)
        except DecodeError:
            return None
        if m.kind != "response" or m.recipient != self.eui:
            return super()._receive(octets, now)
        if self._pending.get(m.counter) != (m.originator, m.code) or m.mac is None:
            return None
        try:
            protect.check_mac(m, self.anchors, self.crypto, True)
        except (BadMac, UnknownKey):
            return None
        del self._pending[m.counter]
        if self.concluded is not None:
            self.concluded(_outcome(m.code, m.content), now)
        return None


def _outcome(code: int, content: bytes) -> Outcome:
    head, body = content[8:11], content[11:]
    if code == PCS01 and head == _TOP_UP_RESPONSE and len(body) == 10:
        return Outcome(code, body[0], _signed(body[1:5]), _signed(body[6:10]))
    if head == _DEFAULT and len(body) == 2:
        return Outcome(code, FAILED if code == PCS01 else body[1])
    return Outcome(code, FAILED)


def _signed(octets: bytes) -> int:
    value = int.from_bytes(octets, "little")
    return value - (1 << 32) if value & 0x80000000 else value
