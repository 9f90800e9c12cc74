"""The state of an account as the store keeps it: numbers in one string of octets.

`account/state` has what changes with every watt-hour, `account/registers` the registers of tiers
and blocks, `account/history` the days, weeks and months that are over.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.base import figures

if TYPE_CHECKING:
    from gbcs_device.interfaces import Readable

STATE = "account/state"
REGISTERS = "account/registers"
HISTORY = "account/history"

# Flags
SELECTED = const(0x01)  # emergency credit
BY_CREDIT = const(0x02)  # the supply is off for want of credit
SUSPENDED = const(0x04)  # it would be, were this not a non-disablement period
LOW = const(0x08)  # combined credit is below the low credit threshold
OFFERED = const(0x10)  # emergency credit has become available
BELOW = const(0x20)  # no credit is left above the disablement threshold
EXHAUSTED = const(0x40)  # emergency credit is used up

COUNTER = const(0xFF)  # in place of a block: the counter that blocks are told by
DAYS = const(8)  # that are over, and are remembered
WEEKS = const(5)
MONTHS = const(13)

# name, octets; money may be below zero, and stands with the half of its range added
NUMBERS = (
    ("at", 8),  # milliseconds since 2000
    ("flow", 9),  # hundredths of watt- or litre-an-hour-milliseconds, of all time
    ("fed", 8),  # watt-milliseconds fed in, of all time
    ("wh", 6),  # of all time
    ("wh_rest", 8),  # below a watt-hour, in the units of the terms
    ("cost_rest", 10),  # below a millipence, in those units times millipence a kilowatt-hour
    ("day_wh", 4),
    ("week_wh", 4),  # of its days that are over
    ("month_wh", 5),
    ("emergency", 4),  # what is left of emergency credit
    ("debt1", 4),
    ("debt2", 4),
    ("debt3", 4),
    ("cap_taken", 4),
    ("cap_since", 4),
    ("flags", 1),
    ("supply", 1),
)
MONEY = ("day_mp", "week_mp", "month_mp", "balance", "bill", "accumulated")
_MONEY_SIZE = const(5)
_HALF = const(1 << 39)


class State:
    """The numbers above. `registers` maps (tier, block) to watt-hours."""

    __slots__ = (
        "accumulated", "at", "balance", "bill", "cap_since", "cap_taken", "cost_rest", "day_mp",
        "day_wh", "days", "debt1", "debt2", "debt3", "emergency", "fed", "flags", "flow",
        "month_mp", "month_wh", "months", "registers", "supply", "week_mp", "week_wh", "weeks",
        "wh", "wh_rest",
    )  # fmt: skip

    def __init__(self, at: int) -> None:
        self.at = at
        self.flow = self.fed = self.wh = self.wh_rest = self.cost_rest = 0
        self.day_wh = self.week_wh = self.month_wh = 0
        self.day_mp = self.week_mp = self.month_mp = 0
        self.balance = self.bill = self.accumulated = self.emergency = 0
        self.debt1 = self.debt2 = self.debt3 = self.cap_taken = self.cap_since = 0
        self.flags = 0
        self.supply = figures.ON
        self.registers: dict[tuple[int, int], int] = {}
        self.days: list[tuple[int, int]] = []  # the newest first
        self.weeks: list[tuple[int, int]] = []
        self.months: list[tuple[int, int]] = []

    def changes(self) -> "dict[str, bytes | None]":
        """The changes of the store that keep the state."""
        out = [_octets(getattr(self, name), size) for name, size in NUMBERS]
        out += [_octets(getattr(self, name) + _HALF, _MONEY_SIZE) for name in MONEY]
        registers = [
            bytes(key) + _octets(self.registers[key], 4) for key in sorted(self.registers)
        ]
        history = []
        for periods in (self.days, self.weeks, self.months):
            history.append(bytes((len(periods),)))
            for wh, mp in periods:
                history.append(_octets(wh, 4) + _octets(mp + _HALF, _MONEY_SIZE))
        return {
            STATE: b"".join(out),
            REGISTERS: b"".join(registers),
            HISTORY: b"".join(history),
        }


def _octets(value: int, size: int) -> bytes:
    """A number in so many octets; one out of range becomes the nearest that fits."""
    return max(min(value, (1 << 8 * size) - 1), 0).to_bytes(size, "big")


def read(store: "Readable", since: int) -> State:
    """The state that a store holds; that of an account begun at `since` where it has none."""
    state = State(since)
    octets = store.get(STATE)
    if octets is None:
        return state
    at = 0
    for name, size in NUMBERS:
        setattr(state, name, int.from_bytes(octets[at : at + size], "big"))
        at += size
    for name in MONEY:
        setattr(state, name, int.from_bytes(octets[at : at + _MONEY_SIZE], "big") - _HALF)
        at += _MONEY_SIZE
    octets = store.get(REGISTERS) or b""
    for at in range(0, len(octets), 6):
        value = int.from_bytes(octets[at + 2 : at + 6], "big")
        state.registers[octets[at], octets[at + 1]] = value
    octets = store.get(HISTORY) or bytes(3)
    at = 0
    for periods in (state.days, state.weeks, state.months):
        count = octets[at]
        at += 1
        for _ in range(count):
            wh = int.from_bytes(octets[at : at + 4], "big")
            periods.append((wh, int.from_bytes(octets[at + 4 : at + 9], "big") - _HALF))
            at += 9
    return state
