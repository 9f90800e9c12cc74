"""The account of a meter: what was used and what it cost, credit and debt, the supply.

    Account = State (what the store holds) + Terms (what the objects say) + the simulated load

`Account.advance(now)` brings it forward: from one moment at which something may change to the
next (a tier, a block, a day, a debt, credit running out), so that however often one looks on the
way, the outcome is the same to the millipence. A day belongs to UTC; its standing charge is due
at its beginning. In prepayment mode charges go against the balance down to the disablement
threshold, then against emergency credit if that was selected, then the supply is disabled; what
falls due without credit accumulates as debt. A top-up repays first.

A meter has an account if it has a load (gbcs_device.load); else all stays as it was stored.
`figures` reads, `advance` keeps, `next_event` says when the next is worth it.

Sources: SMETS2 5.5.5, 5.5.7 (modes, Add Credit), 5.7.5 (Emergency Credit), DLMS UA 1000-1 4.6
(account, credit, charge), ZigBee Smart Energy D.7.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs_device import clock, load
from gbcs_device import figures as shapes
from gbcs_device import state as states
from gbcs_device.figures import ARMED, OFF, ON, Debt, Figures
from gbcs_device.tariff import DAY_MS

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.device import Command
    from gbcs_device.tariff import Terms

KINDS = ("ESME", "SAPC", "GSME")
_LITRE_MS = const(360_000_000)  # hundredths of a litre an hour, milliseconds, in a litre
_HOUR_MS = const(3_600_000)
_MILLI = const(1000)
_PERCENT = const(10_000)
_OFF_TIMES = "account/off"
_MOST_OFF_TIMES = const(8)

# GBCS 16.2
LOW_CREDIT = const(0x810D)
ADDED_LOCALLY = const(0x810E)
EMERGENCY_AVAILABLE = const(0x8119)
DEBT_PAID = (0x81A7, 0x81A8, 0x81A9)
EMERGENCY_EXHAUSTED = const(0x81AA)
EMERGENCY_ACTIVATED = const(0x81AB)
BELOW_THRESHOLD = const(0x8F0F)
SUPPLY_ARMED = const(0x8F32)
DISABLEMENT_SUSPENDED = const(0x8F83)
HAN_COMMAND_DONE, HAN_COMMAND_REFUSED = const(0x8154), const(0x8155)

# Message codes by which an ESME's log knows commands of the HAN: PECS01, PECS02, PECS03
_TOP_UP, _SELECT, _ENABLE = 0x0116, 0x0117, 0x0118
PPMID = const(2)  # originating device


def exists(device: "Any") -> bool:
    """Whether a device has an account: a meter that has a load."""
    return device.kind in KINDS and device.store.get(load.SINCE) is not None


def _objects(device: "Any") -> "Any":
    if device.kind == "GSME":
        from gbcs_device import gasaccount

        return gasaccount
    from gbcs_device import electricityaccount

    return electricityaccount


class Account:
    """One meter's account.

    `events` are what came about: when, its code of GBCS 16.2, what a log has beside that.
    """

    def __init__(self, device: "Any", get: "Any" = None) -> None:
        """As the device's store has it; with `get(name)`, as a command in progress has it."""
        store = device.store
        self.device = device
        self._is_electricity = device.kind != "GSME"
        self._load = load.IMPORT if self._is_electricity else load.GAS
        since = int.from_bytes(store.get(load.SINCE), "big")
        self.state = states.read(store, since)
        self._off = store.get(_OFF_TIMES) or b""
        self.terms: Terms = _objects(device).terms(get or store.get)
        if store.get(states.STATE) is None:
            self.state.emergency = self.terms.emergency_limit_mp
            if self.terms.is_prepayment:
                self.state.flags |= states.PREPAYMENT
        self.events: list[tuple[int, int, bytes]] = []

    # Time

    def advance(self, now: int, stop: bool = False) -> None:
        """Brings it forward to a moment; with `stop`, no further than the next thing to tell."""
        state = self.state
        self.settle()
        while state.at < now and not (stop and self.events):
            flow, until = self._flow(state.at)
            tier, at = self.terms.tier(state.at)
            until = min(at, now if until is None else min(until, now))
            at = self.terms.is_friendly(state.at)[1]
            until = min(until, at, (state.at // DAY_MS + 1) * DAY_MS)
            for _, period in self.terms.debts:
                if period:
                    period *= _MILLI
                    until = min(until, (state.at // period + 1) * period)
            block, limit = self._block(tier)
            price = self.terms.price(tier, block)
            until = min(until, self._crossing(flow, price, tier, limit))
            before = state.supply
            self._consume(until - state.at, flow, price, tier, block)
            state.at = until
            self._boundaries()
            self.settle()
            if stop and (before != state.supply or until % DAY_MS == 0):
                break

    def _flow(self, at: int) -> "tuple[int, int | None]":
        """What flows, in hundredths of a watt or litre an hour, and until when."""
        if self.state.supply != ON:
            return 0, None
        return load.rate(self.device.store, self._load, at)

    def _block(self, tier: int) -> "tuple[int, int | None]":
        return self.terms.block(tier, self.state.registers.get((tier, states.COUNTER), 0))

    def _crossing(self, flow: int, price: int, tier: int, limit: "int | None") -> int:
        """When at the earliest a block ends, or credit reaches something, at this flow."""
        state, terms = self.state, self.terms
        rate = flow * terms.factor
        found = 1 << 62
        if not rate:
            return found
        if limit is not None:
            used = state.registers.get((tier, states.COUNTER), 0)
            left = (limit - used) * terms.units - state.wh_rest
            found = state.at + -(-left // rate)
        if price and terms.is_prepayment:
            whole = terms.units * _MILLI
            credit = self.credit()
            for left in (
                credit,
                credit - (terms.low_credit_mp - terms.cut_off_mp) + 1,
                state.balance - terms.emergency_threshold_mp,
            ):
                if left > 0:
                    ms = -(-(left * whole - state.cost_rest) // (rate * price))
                    found = min(found, state.at + max(ms, 1))
        return found

    def _consume(self, ms: int, flow: int, price: int, tier: int, block: int) -> None:
        state, terms = self.state, self.terms
        if state.supply == ON:
            state.on_ms += ms
        if not flow or not ms:
            return
        used = flow * terms.factor * ms
        state.flow += flow * ms
        state.wh_rest += used
        wh = state.wh_rest // terms.units
        state.wh_rest -= wh * terms.units
        state.wh += wh
        state.day_wh += wh
        for key in ((tier, block), (tier, states.COUNTER)):
            state.registers[key] = state.registers.get(key, 0) + wh
        state.cost_rest += used * price
        charge = state.cost_rest // (terms.units * _MILLI)
        state.cost_rest -= charge * terms.units * _MILLI
        self._charge(charge)

    def _boundaries(self) -> None:
        """What falls due at a moment: debts, a new day, week, month, block period."""
        state = self.state
        for index in (0, 1):
            amount, period = self.terms.debts[index]
            if period and state.at % (period * _MILLI) == 0:
                self._collect(index, amount)
        if state.at % DAY_MS == 0:
            self._new_day()

    def _new_day(self) -> None:
        state = self.state
        _, _, day, weekday = clock.date(state.at)
        state.days = [(state.day_wh, state.day_mp)] + state.days[: states.DAYS - 1]
        state.week_wh += state.day_wh
        state.week_mp += state.day_mp
        state.month_wh += state.day_wh
        state.month_mp += state.day_mp
        state.day_wh = state.day_mp = 0
        if weekday == 1:
            state.weeks = [(state.week_wh, state.week_mp)] + state.weeks[: states.WEEKS - 1]
            state.week_wh = state.week_mp = 0
        if day == 1:
            state.months = [(state.month_wh, state.month_mp)] + state.months[: states.MONTHS - 1]
            state.month_wh = state.month_mp = 0
        if self.terms.resets_blocks(state.at):
            self.reset_blocks()
        self._charge(self.terms.standing_mp, True)

    def reset_blocks(self) -> None:
        """Charging begins again at the first block."""
        for key in list(self.state.registers):
            if key[1] == states.COUNTER:
                del self.state.registers[key]

    # Money

    def credit(self) -> int:
        """What may still be used before the supply is disabled: credit above the threshold."""
        state = self.state
        left = state.balance - self.terms.cut_off_mp
        return max(left, 0) + state.emergency if state.flags & states.SELECTED else left

    def _from_credit(self, amount: int) -> int:
        """Takes of balance, then of selected emergency credit; gives what neither has."""
        state = self.state
        part = min(amount, max(state.balance - self.terms.cut_off_mp, 0))
        state.balance -= part
        amount -= part
        if state.flags & states.SELECTED:
            part = min(amount, state.emergency)
            state.emergency -= part
            amount -= part
        return amount

    def _charge(self, amount: int, standing: bool = False) -> None:
        """A charge for energy, or for standing."""
        state = self.state
        state.day_mp += amount
        if not self.terms.is_prepayment:
            if self._is_electricity:
                state.balance -= amount
            else:
                state.bill += amount
            return
        left = self._from_credit(amount)
        if standing:
            state.accumulated += left
        else:
            state.balance -= left  # used while disablement is suspended, or in a last millisecond

    def _collect(self, index: int, amount: int) -> None:
        """A time debt: not more than is owed, and not while the terms suspend it."""
        state, terms = self.state, self.terms
        name = ("debt1", "debt2")[index]
        owed = getattr(state, name)
        amount = min(amount, owed)
        if not amount or not terms.is_prepayment:
            return
        if state.balance <= terms.cut_off_mp:
            in_use = state.flags & states.SELECTED and state.emergency
            if terms.suspends_emergency if in_use else terms.suspends_disabled:
                return
        state.accumulated += self._from_credit(amount)
        setattr(state, name, owed - amount)
        if amount == owed:
            self.tell(DEBT_PAID[index])

    def add(self, amount: int) -> int:
        """A top-up: payment debt, accumulated debt, emergency credit, then the balance.

        Gives what was taken for the payment debt.
        """
        state, terms = self.state, self.terms
        taken = min(amount * terms.proportion // _PERCENT, state.debt3)
        if terms.cap_mp:
            second = state.at // _MILLI
            if second >= state.cap_since + terms.cap_period_s:
                state.cap_since, state.cap_taken = second, 0
            taken = min(taken, max(terms.cap_mp - state.cap_taken, 0))
            state.cap_taken += taken
        amount -= taken
        state.debt3 -= taken
        if taken and not state.debt3:
            self.tell(DEBT_PAID[2])
        part = min(amount, max(state.accumulated, 0))
        state.accumulated -= part
        amount -= part
        part = min(amount, max(terms.emergency_limit_mp - state.emergency, 0))
        state.emergency += part
        state.balance += amount - part
        if state.emergency >= terms.emergency_limit_mp and state.balance > terms.cut_off_mp:
            state.flags &= ~(states.SELECTED | states.EXHAUSTED)
        self.settle()
        return taken

    def adjust(self, amount: int) -> None:
        """Adds to the balance, or takes from it: nothing is repaid."""
        self.state.balance += amount
        self.settle()

    def reset(self) -> None:
        """Balance and accumulated debt to nothing, emergency credit to its limit."""
        state = self.state
        state.balance = state.accumulated = 0
        state.emergency = self.terms.emergency_limit_mp
        state.flags &= ~(states.SELECTED | states.EXHAUSTED)
        self.settle()

    def adjust_debt(self, number: int, amount: int, absolute: bool = False) -> None:
        """One of the three debt registers, by its number from 1; it never falls below nothing."""
        name = "debt%d" % number
        before = 0 if absolute else getattr(self.state, name)
        setattr(self.state, name, max(before + amount, 0))

    def is_emergency_available(self) -> bool:
        """Whether emergency credit could be selected now."""
        state, terms = self.state, self.terms
        return bool(
            terms.is_prepayment
            and state.emergency > 0
            and not state.flags & states.SELECTED
            and state.balance <= terms.emergency_threshold_mp
        )

    def select_emergency(self) -> bool:
        """Selects it; whether it is active now, also when it was before."""
        state = self.state
        if state.flags & states.SELECTED:
            return state.emergency > 0
        if not self.is_emergency_available():
            return False
        state.flags |= states.SELECTED
        self.tell(EMERGENCY_ACTIVATED)
        self.settle()
        return True

    # Supply

    def may_supply(self) -> bool:
        """Whether want of credit keeps the supply off now."""
        if not self.terms.is_prepayment or self.credit() > 0:
            return True
        return self.terms.is_friendly(self.state.at)[0]

    def set_supply(self, supply: int) -> None:
        """The supply by somebody's order."""
        state = self.state
        self._switch(supply)
        state.flags &= ~states.BY_CREDIT

    def _switch(self, supply: int) -> None:
        state = self.state
        if (state.supply == ON) != (supply == ON):
            second = (state.at // _MILLI).to_bytes(4, "big")
            if supply == ON:
                self._off = self._off[:-4] + second if self._off else self._off
            else:
                self._off = (self._off + second + b"\xff\xff\xff\xff")[-8 * _MOST_OFF_TIMES :]
        if supply == ARMED and state.supply != ARMED:
            self.tell(SUPPLY_ARMED)
        state.supply = supply

    def settle(self) -> None:
        """What follows of where credit stands now: warnings, disablement, arming."""
        state, terms = self.state, self.terms
        if not terms.is_prepayment:
            state.flags &= states.BY_CREDIT | states.SELECTED
            if state.flags & states.BY_CREDIT:
                state.flags &= ~states.BY_CREDIT
                self._switch(ARMED)
            state.flags = 0
            return
        state.flags |= states.PREPAYMENT
        credit = self.credit()
        low = credit < terms.low_credit_mp - terms.cut_off_mp
        self._flag(states.LOW, low, LOW_CREDIT)
        self._flag(states.OFFERED, self.is_emergency_available(), EMERGENCY_AVAILABLE)
        used_up = bool(state.flags & states.SELECTED) and state.emergency <= 0
        self._flag(states.EXHAUSTED, used_up, EMERGENCY_EXHAUSTED)
        self._flag(states.BELOW, credit <= 0, BELOW_THRESHOLD)
        friendly = credit <= 0 and self.terms.is_friendly(state.at)[0]
        if credit > 0:
            state.flags &= ~states.SUSPENDED
            if state.flags & states.BY_CREDIT:
                state.flags &= ~states.BY_CREDIT
                self._switch(ARMED)
        elif friendly:
            if state.supply == ON:
                self._flag(states.SUSPENDED, True, DISABLEMENT_SUSPENDED)
        elif state.supply != OFF:
            state.flags = (state.flags | states.BY_CREDIT) & ~states.SUSPENDED
            self._switch(OFF)

    def _flag(self, flag: int, is_so: bool, code: int) -> None:
        """Notes a condition, and tells of it when it comes about."""
        state = self.state
        if is_so and not state.flags & flag:
            state.flags |= flag
            self.tell(code)
        elif not is_so:
            state.flags &= ~flag

    def tell(self, code: int, other: bytes = b"") -> None:
        """Notes that something came about, for logs and supplier; `other` goes to the log."""
        self.events.append((self.state.at, code, other))

    # In and out

    def changes(self, changes: "dict[str, bytes | None]") -> None:
        """Adds what the store is to hold to these changes, and what logs and supplier are told."""
        from gbcs_device import telling

        changes.update(self.state.changes())
        if self._off:
            changes[_OFF_TIMES] = self._off
        telling.tell(self.device, self.events, changes)
        self.events = []

    def credit_status(self) -> int:
        """As ZCL's CreditStatus has it."""
        state, terms = self.state, self.terms
        if not terms.is_prepayment:
            return shapes.CREDIT_OK
        credit = self.credit()
        status = 0 if credit <= 0 else shapes.CREDIT_OK
        if credit < terms.low_credit_mp - terms.cut_off_mp:
            status |= shapes.CREDIT_LOW
        if terms.emergency_limit_mp:
            status |= shapes.EMERGENCY_ENABLED
        if self.is_emergency_available():
            status |= shapes.EMERGENCY_AVAILABLE
        if state.flags & states.SELECTED:
            status |= shapes.EMERGENCY_SELECTED
            if state.balance <= terms.cut_off_mp and state.emergency > 0:
                status |= shapes.EMERGENCY_IN_USE
        return status | (shapes.CREDIT_EXHAUSTED if credit <= 0 else 0)

    def litres(self) -> int:
        """What has flowed through a gas meter since the account began."""
        return self.state.flow // _LITRE_MS

    def exported_wh(self) -> int:
        """What was fed in since then."""
        octets = self.device.store.get(load.EXPORT)
        return (
            0 if octets is None else self.state.on_ms * int.from_bytes(octets, "big") // _HOUR_MS
        )

    def meter_balance(self) -> int:
        """The balance that the mode has: what the bill has come to counts as owed."""
        if self.terms.is_prepayment or self._is_electricity:
            return self.state.balance
        return -self.state.bill

    def power_w(self) -> int:
        """What flows now, in watts."""
        return self._flow(self.state.at)[0] * self.terms.factor * _HOUR_MS // self.terms.units

    def price(self) -> "tuple[int, int, int]":
        """What a kilowatt-hour costs now, in which tier, and in which block from 0."""
        tier, _ = self.terms.tier(self.state.at)
        block, _ = self._block(tier)
        return self.terms.price(tier, block), tier, block

    def off_times(self) -> "list[tuple[int, int]]":
        """When the supply was off, seconds since 2000; the last few times."""
        octets = self._off
        ends = [int.from_bytes(octets[at : at + 4], "big") for at in range(0, len(octets), 4)]
        return [(ends[at], ends[at + 1]) for at in range(0, len(ends), 2)]

    def figures(self) -> Figures:
        """What it stands at, for who shows or sends it."""
        from gbcs_device import tokens

        state, terms, get = self.state, self.terms, self.device.store.get
        found = Figures(state.at // _MILLI)
        base = _objects(self.device).readings(get)
        found.import_wh = base[0] + state.wh
        found.export_wh = base[1] + self.exported_wh()
        found.litres = base[2] + self.litres() if not self._is_electricity else 0
        found.power_w = self.power_w()
        found.price_mp, tier, block = self.price()
        found.standing_mp = terms.standing_mp
        found.tier = tier - 100 if tier > 100 else tier
        found.block = block + 1 if terms.thresholds.get(tier) else 0
        found.label = terms.label
        wh, mp = state.day_wh, state.day_mp
        found.days = [(wh, mp)] + state.days
        found.weeks = [(state.week_wh + wh, state.week_mp + mp)] + state.weeks
        found.months = [(state.month_wh + wh, state.month_mp + mp)] + state.months
        found.is_prepayment = terms.is_prepayment
        found.balance_mp = state.balance
        found.bill_mp = -state.balance if self._is_electricity else state.bill
        found.accumulated_mp = state.accumulated
        found.debts = [
            Debt(b"", state.debt1, terms.debts[0][0], _period(terms.debts[0][1])),
            Debt(b"", state.debt2, terms.debts[1][0], _period(terms.debts[1][1])),
            Debt(b"", state.debt3, 0, ""),
        ]
        found.debts[2].proportion = terms.proportion
        found.emergency_limit_mp = terms.emergency_limit_mp
        found.emergency_threshold_mp = terms.emergency_threshold_mp
        found.emergency_mp = state.emergency
        found.low_credit_mp = terms.low_credit_mp
        found.cut_off_mp = terms.cut_off_mp
        found.credit_status = self.credit_status()
        found.supply = state.supply
        found.top_ups = tokens.top_ups(get)
        found.calorific_value = terms.calorific_value
        found.calorific_digits = terms.calorific_digits
        found.conversion_factor = terms.conversion_factor
        found.conversion_digits = terms.conversion_digits
        return found


def _period(seconds: int) -> str:
    return {3600: "hour", 86400: "day"}.get(seconds, "")


# What the device's path, its servers and its buttons call


def figures(device: "Any", now: int) -> Figures:
    """What a meter's account stands at; nothing is written. ValueError where it has none."""
    writes, seen = device.account_seen or (None, None)
    if seen is None or writes is None or writes != _writes(device) or seen.state.at > now:
        seen = _brought(device, now)
        device.account_seen = (_writes(device), seen)
    seen.advance(now)
    return seen.figures()


def _writes(device: "Any") -> "int | None":
    """What tells whether the store was written; None for one that does not count."""
    return getattr(device.store, "writes", None)


def _brought(device: "Any", now: int) -> Account:
    if not exists(device):
        raise ValueError("a meter with a load expected")
    account = Account(device)
    account.advance(now)
    return account


def advance(device: "Any", now: int) -> "dict[str, bytes | None] | None":
    """The changes of the store that bring the account forward; alerts go to the outbox."""
    if not exists(device):
        return None
    account = _brought(device, now)
    changes: dict[str, bytes | None] = {}
    account.changes(changes)
    return changes


def next_event(device: "Any") -> "int | None":
    """When `advance` should be called: something comes about, or a day begins; None for never."""
    if not exists(device):
        return None
    writes, at = device.account_event or (None, None)
    if at is None or writes is None or writes != _writes(device):
        account = Account(device)
        account.advance(account.state.at + DAY_MS, True)
        at = account.state.at
        device.account_event = (_writes(device), at)
    return at


def of(command: "Command") -> Account:
    """The account for a handler to read, brought to now by the terms before the command."""
    account = command.work.get("account")
    if account is None:
        account = command.work["account"] = _brought(command.device, command.moment)
    return account


def changing(command: "Command") -> Account:
    """The account for a handler to change; `finish` keeps it."""
    command.work["account changed"] = True
    return of(command)


_TOUCHING = ("a/", "z/", "account/")


def finish(command: "Command") -> None:
    """Adds to a command's changes what they mean for the account, if anything."""
    if not exists(command.device):
        return
    touched = [True for name in command.changes if name.startswith(_TOUCHING)]
    if not touched and not command.work.get("account changed"):
        return
    account = of(command)
    if command.device.kind == "GSME":
        _objects(command.device).finish(command)
    emergency = account.terms.emergency_limit_mp - account.state.emergency
    account.terms = _objects(command.device).terms(command.get)
    account.state.emergency = max(account.terms.emergency_limit_mp - emergency, 0)
    account.settle()
    account.changes(command.changes)


def set_load(
    device: "Any", rates: "dict[str, int]", now: int, profile: "bytes | None" = None
) -> "dict[str, bytes | None]":
    """The changes of the store that make the loads these from now on."""
    changes = advance(device, now) or {}
    changes.update(load.started(now, rates, profile))
    return changes


def _logged(account: Account, origin: int, command: int, done: bool) -> None:
    """Notes a command of the HAN; a gas meter has them as GBCS messages."""
    if origin == PPMID and account.device.kind != "GSME":
        code = HAN_COMMAND_DONE if done else HAN_COMMAND_REFUSED
        account.tell(code, command.to_bytes(2, "big"))


def top_up(
    device: "Any", digits: bytes, origin: int, now: int
) -> "tuple[int, int, dict[str, bytes | None]]":
    """A token typed in: the result as ZCL's ConsumerTopUpResponse has it, and what it is worth.

    `digits` are 20 ASCII octets; `origin` is 2 from a PPMID, 3 from the meter's own keypad.
    """
    from gbcs_device import tokens

    account = _brought(device, now)
    changes: dict[str, bytes | None] = {}
    result, amount = tokens.enter(account, digits, origin, None, changes)
    _logged(account, origin, _TOP_UP, amount > 0)
    account.changes(changes)
    return result, amount, changes


def select_emergency(
    device: "Any", now: int, origin: int = PPMID
) -> "tuple[bool, dict[str, bytes | None]]":
    """Emergency credit is wanted; whether it is active now."""
    account = _brought(device, now)
    done = account.select_emergency()
    _logged(account, origin, _SELECT, done)
    changes: dict[str, bytes | None] = {}
    account.changes(changes)
    return done, changes


def enable_supply(
    device: "Any", now: int, origin: int = PPMID
) -> "tuple[bool, dict[str, bytes | None]]":
    """Who stands before an armed meter lets it supply; whether it is on now."""
    account = _brought(device, now)
    if account.state.supply == ARMED and account.may_supply():
        account.set_supply(ON)
    done = account.state.supply == ON
    _logged(account, origin, _ENABLE, done)
    changes: dict[str, bytes | None] = {}
    account.changes(changes)
    return done, changes
