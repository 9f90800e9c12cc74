"""A GPF's knowledge of the gas meter: the attributes it reported, the commands it has carried out.

A GPF has no account. Figures come from the mirror; tariff, calendar, message and supplier from
the TOM commands: when the gas meter has answered one with success, those of its components that
displays ask for are copied, as octets, to the hub's store. They are never encrypted. A payload
with a later start time is kept beside the one in force until that time.

Source: GBCS 10.3.4 (which commands a GPF copies), Smart Energy D.3.4 (mirrors).
"""

from gbcs import clock, message
from gbcs.blocks.exchange import BlockExchange
from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError
from gbcs.zcl import zcl
from gbcs.zcl.codes import BASIC, CALENDAR, MANAGEMENT, MESSAGING, METERING, PREPAYMENT, PRICE
from gbcs_device.base.figures import Figures, TopUp
from gbcs_device.clusters import attributes
from gbcs_device.messages.component import packed, parts_of, unpacked

if TYPE_CHECKING:
    from gbcs_device.interfaces import MirrorKeeper
    from gbcs_device.messages.component import Part

_COPIED = "gpf/copy/"
_NEXT = "gpf/next/"
CONFIRMED = "gpf/confirmed"
# GCS01a, GCS01b, GCS05, GCS07, GCS23, GCS25, GCS44; of CS11 there is nothing to copy
_TOM = (0x006B, 0x00A3, 0x006F, 0x0071, 0x007C, 0x007E, 0x0088)

# What is copied: cluster, command, and where its start time stands (0: at once)
_PARTS = (
    (0x0700, 0x01, 8),
    (0x0700, 0x02, 4),
    (0x0700, 0x03, 4),
    (0x0700, 0x04, 12),
    (0x0700, 0x05, 8),
    (0x0700, 0x06, 8),
    (0x0700, 0x09, 8),
    (0x0703, 0x00, 5),
    (0x0707, 0x00, 12),
    (0x0707, 0x01, 0),
    (0x0707, 0x02, 0),
    (0x0707, 0x03, 0),
    (0x0707, 0x04, 12),
    (0x0708, 0x01, 13),
)  # fmt: skip

_MOST_OCTETS = const(3000)  # of all payloads of one command
_MOST_PENDING = const(4)
_CANCELS = (0xFFFFFFFF, 0xFFFFFFFE)  # as a start time: reference messages have both
_DEFAULT_RESPONSE = const(0x0B)
_NON_DISABLEMENT = const(0x006F)  # GCS05: its calendar is another than the tariff's


class Gpf:
    """A source as `clusters.meter.MeterSource`, of what a hub knows of its gas meter.

    `station` is the hub's; its `mirror()` gives the attributes that the meter reported: type and
    octets by identifier, of clusters other than Metering with the cluster before it.
    """

    fuel = attributes.GAS
    kind = "GPF"
    has_account = False

    def __init__(self, station: "MirrorKeeper") -> None:
        self.station = station
        self._pending: list[tuple[bytes, int, list[Part], int]] = []
        self._since = 0
        self._price: tuple[int, int, int] | None = None
        self._due = self._earliest()
        self._blocks = BlockExchange()  # which only listens

    # What was reported

    def _reported(self, cluster: int, identifier: int) -> "bytes | None":
        key = identifier if cluster == METERING else cluster << 16 | identifier
        return self.station.mirror().get(key)

    def _number(self, cluster: int, identifier: int, otherwise: int = 0) -> int:
        octets = self._reported(cluster, identifier)
        if octets is None:
            return otherwise
        value = int.from_bytes(octets[1:], "little")
        if 0x28 <= octets[0] < 0x30 and octets[-1] & 0x80:
            value -= 1 << 8 * (len(octets) - 1)
        return value

    def _text(self, cluster: int, identifier: int) -> bytes:
        return (self._reported(cluster, identifier) or b"\x41\x00")[2:]

    def figures(self, now: int) -> "Figures | None":
        """The figures that commands need, as last reported; None before the first report."""
        if self._reported(PREPAYMENT, attributes.PREPAYMENT_CONFIGURATION) is None:
            return None
        figures = Figures(now // 1000)
        figures.tier = self._number(METERING, 0x0020)
        figures.block = self._number(METERING, 0x000E)
        figures.supply = self._number(METERING, 0x0014)
        figures.price_mp = self._number(PRICE, 0x0400 + attributes.price_place(figures))
        figures.standing_mp = self._number(PRICE, 0x0301)
        figures.label = self._text(PRICE, 0x0610)
        figures.is_prepayment = self.is_prepayment()
        figures.balance_mp = self._number(PREPAYMENT, 0x0001)
        figures.credit_status = self._number(PREPAYMENT, 0x0003)
        for at in range(0x0100, 0x0150, 0x10):
            time = self._number(PREPAYMENT, at)
            if time:
                amount = self._number(PREPAYMENT, at + 1)
                origin = self._number(PREPAYMENT, at + 2)
                digits = self._text(PREPAYMENT, at + 3)
                figures.top_ups.append(TopUp(time, amount, origin, digits))
        return figures

    def is_prepayment(self) -> bool:
        """Whether the meter is in prepayment mode."""
        value = self._number(PREPAYMENT, attributes.PREPAYMENT_CONFIGURATION)
        return value & attributes.IS_PREPAYMENT != 0

    def attribute(self, cluster: int, identifier: int, now: int) -> "bytes | None":
        """The attribute as reported, where the meter has it in its mode; constants at once."""
        if cluster == BASIC:
            return attributes.attribute(cluster, identifier, attributes.GAS, self, now)
        row = attributes.row(cluster, identifier, attributes.GAS)
        if cluster == MANAGEMENT:
            return self._supplier(identifier, now)
        if cluster == PRICE and identifier in (0x0611, 0x0612):
            return self._tariff(identifier, now)
        if row is not None:
            if not attributes.is_there(row[5], self.is_prepayment()):
                return None
            if type(row[7]) is int:
                return attributes.encoded(row[6], row[7])
        return self._reported(cluster, identifier)

    def _tariff(self, identifier: int, now: int) -> "bytes | None":
        """How many tiers, or thresholds, the tariff that was copied has."""
        for payload in self.published(PRICE, 0x04, now):
            at = 18 + payload[17] + identifier - 0x0611
            return bytes((0x20, payload[at]))
        return None

    def _supplier(self, identifier: int, now: int) -> "bytes | None":
        """Name and telephone number, which stand last in PublishChangeOfSupplier."""
        for payload in self.published(MANAGEMENT, 0x01, now):
            at = 21 + payload[21] + 1
            if identifier == 0x0101:
                return b"\x41" + payload[21:at]
            if identifier == 0x0102:
                return b"\x41" + payload[at:]
        return None

    def terms(self) -> None:
        """No terms: a GPF publishes the commands that it copied."""
        return None

    def since(self, now: int) -> int:
        """Since when the price is what it is, seconds since 2000, as far as known."""
        figures = self.figures(now)
        price = None if figures is None else (figures.price_mp, figures.tier, figures.block)
        if price != self._price:
            self._price = price
            self._since = now // 1000
        return self._since

    # What was copied

    def published(self, cluster: int, command: int, now: int) -> "list[bytes]":
        """The payloads in force; the price is made of the attributes that were reported."""
        if cluster == PRICE and command == 0x00:
            from gbcs_device.clusters import price as servedprice

            figures = self.figures(now)
            if figures is None:
                return []
            tiers = 0
            for payload in self.published(cluster, 0x04, now):
                tiers = payload[18 + payload[17]]
            return [servedprice.price(figures, tiers, self.since(now), now)]
        if cluster == MANAGEMENT and command == 0x03:
            site = self._reported(METERING, 0x0307)
            return [] if site is None else [bytes(12) + site[1:]]
        payloads = self._copied(_name(cluster, command), now)
        if cluster == CALENDAR:
            payloads += self._copied(_name(cluster, command) + "/other", now)
        if cluster == MESSAGING and command == 0x00:
            return [each for each in payloads if not _is_over(each, now // 1000)]
        return payloads

    def _copied(self, name: str, now: int) -> "list[bytes]":
        """The payloads copied under a name; those set for later replace them at their time."""
        store = self.station.store
        octets = store.get(_NEXT + name)
        if octets is not None and int.from_bytes(octets[:4], "big") <= now // 1000:
            store.write({_COPIED + name: octets[4:], _NEXT + name: None})
            self._due = self._earliest()
        octets = store.get(_COPIED + name)
        return [] if octets is None else [each[1] for each in unpacked(octets)]

    def _earliest(self) -> "int | None":
        store = self.station.store
        times = [
            int.from_bytes((store.get(name) or b"")[:4], "big") for name in store.names(_NEXT)
        ]
        return min(times) * 1000 if times else None

    def next_timer(self) -> "int | None":
        """The next start time of a payload that was set for later, or None."""
        return self._due

    def take_up(self, now: int) -> None:
        """Brings into force the payloads whose start time has come."""
        names = self.station.store.names(_NEXT)
        for name in names:
            self._copied(name[len(_NEXT) :], now)

    def passed_to(self, octets: bytes, now: int) -> None:
        """Notes a message, or a block of one, on its way to the gas meter.

        Its components are copied when the meter answers with success.
        """
        whole = self._blocks.receive(octets, now)
        if whole is None:
            return
        try:
            m = message.decode(whole)
        except DecodeError:
            return
        if m.kind != "command" or m.code not in _TOM:
            return
        parts = [
            part
            for part in parts_of(m.octets, m.content_start, m.content_end)
            if part.frame_control & 1 and _is_copied(part)
        ]
        self._pending.append((m.originator, m.counter, parts, m.code))
        if len(self._pending) > _MOST_PENDING:
            self._pending.pop(0)

    def passed_from(self, octets: bytes, now: int) -> bool:
        """Takes a message of the gas meter; gives whether components were copied because of it."""
        if not self._pending:
            return False
        try:
            m = message.decode(octets)
        except DecodeError:
            return False
        for pending in self._pending:
            if m.kind == "response" and (m.recipient, m.counter) == pending[:2]:
                self._pending.remove(pending)
                failed = [
                    part.sequence
                    for part in parts_of(m.octets, m.content_start, m.content_end)
                    if part.command != _DEFAULT_RESPONSE or part.payload[1:] != b"\x00"
                ]
                parts = [part for part in pending[2] if part.sequence not in failed]
                return self._copy(parts, pending[3] == _NON_DISABLEMENT, now)
        return False

    def _copy(self, parts: "list[Part]", is_other: bool, now: int) -> bool:
        """Copies components, those of one command together, at once or for their start time."""
        payloads: dict[tuple[int, int], list[tuple[int, bytes]]] = {}
        starts: dict[int, int] = {}  # of days, weeks and seasons: that of their calendar
        for part in parts:
            at = _start_at(part.cluster, part.command) or 0
            start = int.from_bytes(part.payload[at : at + 4], "little") if at else 0
            starts[part.cluster] = max(start, starts.get(part.cluster, 0))
            payloads.setdefault((part.cluster, part.command), []).append((0, part.payload))
        changes: dict[str, bytes | None] = {}
        for (cluster, command), answers in payloads.items():
            octets = packed(answers)
            name = _name(cluster, command) + ("/other" if is_other else "")
            start = starts[cluster]
            if len(octets) > _MOST_OCTETS:
                continue
            if start in _CANCELS:
                changes[_NEXT + name] = None
            elif start > now // 1000:
                changes[_NEXT + name] = start.to_bytes(4, "big") + octets
            else:
                changes[_COPIED + name] = octets
                changes[_NEXT + name] = None
        if (MESSAGING, 0x00) in payloads:
            changes[CONFIRMED] = None
        self.station.store.write(changes)
        self._due = self._earliest()
        return bool(changes)

    # Messages

    def message_number(self, now: int) -> int:
        """The number of the message that stands, 0 for none."""
        payloads = self.published(MESSAGING, 0x00, now)
        return int.from_bytes(payloads[0][:4], "little") if payloads else 0

    def confirmed(self, number: int, now: int) -> None:
        """Keeps, once, that a message was acknowledged, and the second in which it was."""
        octets = number.to_bytes(4, "big")
        if (self.station.store.get(CONFIRMED) or b"")[:4] != octets:
            second = clock.seconds(now)
            self.station.store.write({CONFIRMED: octets + second.to_bytes(4, "big")})


def _name(cluster: int, command: int) -> str:
    return "%04X/%02X" % (cluster, command)


def _start_at(cluster: int, command: int) -> "int | None":
    for row_cluster, row_command, at in _PARTS:
        if row_cluster == cluster and row_command == command:
            return at
    return None


def _is_copied(part: "Part") -> bool:
    """Whether displays ask for the content of a component, and its payload is well-formed."""
    if _start_at(part.cluster, part.command) is None:
        return False
    payload, control = part.payload, part.frame_control
    try:
        zcl.skip_payload(payload, 0, len(payload), part.cluster, control, part.command)
    except DecodeError:
        return False
    return True


def _is_over(payload: bytes, second: int) -> bool:
    """Whether a DisplayMessage has been shown as long as it was to be."""
    start = int.from_bytes(payload[5:9], "little")
    minutes = payload[9] | payload[10] << 8
    return bool(start) and minutes != 0xFFFF and second >= start + 60 * minutes
