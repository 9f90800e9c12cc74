"""A meter's store: what refused messages cost it, and what becomes of it when a bit turns.

Forged messages have a wrong MAC; unsupported ones are authentic and replayed. Alerts are fetched
after each message, so that none is kept back for want of room.
"""

from gbcs import usecases
from gbcs_device.base.store import MemoryMedium, Store
from gbcs_host.lab.lab import CHF, ESME, Lab

HUB, METER = [bytes.fromhex("00DB1234567890" + end) for end in ("B2", "A0")]
MESSAGES = 1000
_MOST_OCTETS = 4096
_MOST_SIGNATURES = 32
Row = tuple[str, str, str, bool]


class _Counted(MemoryMedium):
    """Counts what is written, and banks that are erased."""

    def __init__(self) -> None:
        super().__init__()
        self.written = self.erased = 0

    def append(self, bank: int, octets: bytes) -> None:
        """Adds octets to a bank."""
        self.written += len(octets)
        super().append(bank, octets)

    def erase(self, bank: int) -> None:
        """Empties a bank."""
        self.erased += 1
        super().erase(bank)


def run() -> "list[Row]":
    """The rows."""
    rows: list[Row] = []
    for what, make in (("forged", _forged), ("unsupported, replayed", _unsupported)):
        medium, device, now, octets = make()
        made = 0
        sign = device.anchors.own.sign

        def counted(data: bytes, sign: object = sign) -> bytes:
            nonlocal made
            made += 1
            return sign(data)  # type: ignore[operator,no-any-return]

        device.anchors.own.sign = counted
        for number in range(MESSAGES):
            device.receive(octets, now + 100 * number)
            device.outbox.clear()
        row = "%d octets, %d erases" % (medium.written, medium.erased)
        fine = medium.written <= _MOST_OCTETS and not medium.erased
        rows.append(("%d messages, %s: store" % (MESSAGES, what), row, "<= %d, 0" % _MOST_OCTETS, fine))  # fmt: skip  # noqa: E501
        rows.append(("  signatures", "%d" % made, "<= %d" % _MOST_SIGNATURES, made <= _MOST_SIGNATURES))  # fmt: skip  # noqa: E501
    return [*rows, _turned()]


def _turned() -> Row:
    """One bit turned at each octet of a meter's bank: what is held then, is it told."""
    medium, lab = _meter()
    for name in ("ECS70", "ECS43", "ECS42"):
        lab.read(name, METER)
    octets = bytes(medium.banks[0])
    before = Store(medium)
    names = before.names()
    fine = 0
    for at in range(len(octets)):
        medium.banks[0] = bytearray(octets)
        medium.banks[0][at] ^= 1 << at % 8
        store = Store(medium)
        same = store.names() == names and all(store.get(n) == before.get(n) for n in names)
        fine += same and bool(store.damage)
    row = "%d of %d" % (fine, len(octets))
    return "a bit turned at every octet of a bank: whole, and told", row, "all", fine == len(octets)  # fmt: skip  # noqa: E501


def _meter() -> "tuple[_Counted, Lab]":
    """An ESME that was joined, its store on a medium that counts from now on."""
    lab = Lab(5)
    lab.make(CHF, HUB)
    lab.make(ESME, METER)
    lab.add_to_hub(HUB, METER)
    lab.join(METER, HUB)
    old = lab.media[METER]
    medium = lab.media[METER] = _Counted()
    held = Store(old)
    Store(medium).write({name: held.get(name) for name in held.names()})
    lab.restart(METER)
    medium.written = medium.erased = 0
    return medium, lab


def _forged() -> "tuple[_Counted, object, int, bytes]":
    medium, lab = _meter()
    octets = bytearray(lab.parties.command(lab.parties["supplier"], METER, 0x0027, b"\xd9", False))
    octets[-1] ^= 1
    return medium, lab.han.meters[METER], lab.now, bytes(octets)


def _unsupported() -> "tuple[_Counted, object, int, bytes]":
    medium, lab = _meter()
    case = usecases.by_name("GCS46")[0]
    octets = lab.parties.command(
        lab.parties["supplier"], METER, case.code, bytes.fromhex("0109010107020003000000"), False
    )
    return medium, lab.han.meters[METER], lab.now, octets
