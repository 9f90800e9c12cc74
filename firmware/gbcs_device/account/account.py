"""The account of a meter: what was used and what it cost, credit and debt, the supply.

    Account = State (what the store holds) + Terms (what the objects say) + the simulated load

`Account.advance(now)` brings it forward: from one moment at which something may change to the
next (a tier, a block, a day, a debt, credit running out), so that however often one looks on the
way, the outcome is the same to the millipence. A day belongs to UTC; its standing charge is due
at its beginning. What money does then is in `ledger`.

A meter has an account if it has a load (gbcs_device.base.load); else all stays as it was stored.
`figures` reads, `advance` keeps, `next_event` says when the next is worth it.

Sources: SMETS2 5.5.5 (pricing), ZigBee Smart Energy D.7.
"""

from gbcs import clock
from gbcs.compat import KEEPS_TERMS, TYPE_CHECKING, const
from gbcs_device.account import state as states
from gbcs_device.account.ledger import Ledger
from gbcs_device.account.tariff import DAY_MS
from gbcs_device.base import kind_rows, load, logs
from gbcs_device.base.figures import ARMED, OFF, ON, Debt, Figures

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.account.tariff import Terms
    from gbcs_device.messages.device import Command, Device

_LITRE_MS = const(360_000_000)  # hundredths of a litre an hour, milliseconds, in a litre
_HOUR_MS = const(3_600_000)
_MILLI = const(1000)
_LONGEST_MS = 400 * DAY_MS
_OFF_TIMES = "account/off"

HAN_COMMAND_DONE = const(0x8154)  # GBCS 16.2
HAN_COMMAND_REFUSED = const(0x8155)

# Message codes by which an ESME's log knows commands of the HAN: PECS01, PECS02, PECS03
_TOP_UP, _SELECT, _ENABLE = 0x0116, 0x0117, 0x0118
PPMID = const(2)  # originating device


def exists(device: "Any") -> bool:
    """Whether a device has an account: a meter that has a load."""
    return _fuel(device) != kind_rows.NOTHING and device.store.get(load.SINCE) is not None


def _fuel(device: "Any") -> int:
    return kind_rows.find(device.kind).fuel


def _objects(device: "Any") -> "Any":
    if _fuel(device) == kind_rows.GAS:
        from gbcs_device.account import gsme_terms

        return gsme_terms
    from gbcs_device.account import esme_terms

    return esme_terms


def terms_of(device: "Device") -> "Terms":
    """Prices, thresholds and calendar as the device's store has them.

    A host keeps them until the store's data are written: nobody changes them.
    """
    writes = _writes(device)
    kept_at, kept = device.account_terms or (None, None)
    if kept is None or writes is None or kept_at != writes:
        kept = _objects(device).terms(device.store.get)
        if KEEPS_TERMS:
            device.account_terms = (writes, kept)
    terms: Terms = kept
    return terms


class Account(Ledger):
    """One meter's account."""

    def __init__(self, device: "Device", terms: "Terms | None" = None) -> None:
        """As the device's store has it; `terms` are those of `terms_of`, where they are known.

        Who calls from deep within a message finds the terms before: C stack is short on a board.
        """
        store = device.store
        self.device = device
        self.refused: int | None = None  # why a token was not taken: a code of the security log
        is_gas = _fuel(device) == kind_rows.GAS
        self._load = load.GAS if is_gas else load.IMPORT
        self._export = int.from_bytes(store.get(load.EXPORT) or b"", "big")
        state = states.read(store, int.from_bytes(store.get(load.SINCE) or b"", "big"))
        if terms is None:
            terms = terms_of(device)
        if store.get(states.STATE) is None:
            state.emergency = terms.emergency_limit_mp
        super().__init__(state, terms, store.get(_OFF_TIMES) or b"", is_gas)

    # Time

    def advance(self, now: int, stop: bool = False) -> None:
        """Brings it forward to a moment; with `stop`, no further than the next thing to tell.

        Of a leap of more than 400 days the last 400 count: a clock may say anything.
        """
        state = self.state
        self.settle()
        state.at = max(state.at, now - _LONGEST_MS)
        while state.at < now and not (stop and self.events):
            flow, until = self._flow(state.at)
            tier, at = self.terms.tier(state.at)
            until = min(at, now if until is None else min(until, now))
            at = self.terms.friendly_period(state.at)[1]
            until = min(until, at, (state.at // DAY_MS + 1) * DAY_MS)
            for _, period in self.terms.debts:
                if period:
                    period *= _MILLI
                    until = min(until, (state.at // period + 1) * period)
            block, limit = self._block(tier)
            price = self.terms.price(tier, block)
            until = min(until, self._crossing(flow, price, tier, limit))
            until = max(until, state.at + 1)  # whatever the terms say, it ends
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
        found = 1 << 72  # later than any clock
        if not rate:
            return found
        if limit is not None:
            used = state.registers.get((tier, states.COUNTER), 0)
            left = (limit - used) * terms.units - state.wh_rest
            found = state.at + -(-left // rate)
        if price > 0 and terms.is_prepayment:
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
            state.fed += ms * self._export
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
        self.charge(charge)

    def _boundaries(self) -> None:
        """What falls due at a moment: debts, a new day, week, month, block period."""
        state = self.state
        for index in (0, 1):
            amount, period = self.terms.debts[index]
            if period and state.at % (period * _MILLI) == 0:
                self.collect(index, amount)
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
        self.charge(self.terms.standing_mp, True)

    def reset_blocks(self) -> None:
        """Charging begins again at the first block."""
        for key in list(self.state.registers):
            if key[1] == states.COUNTER:
                del self.state.registers[key]

    # In and out

    def changes(self, changes: "dict[str, bytes | None]") -> None:
        """Adds what the store is to hold to these changes, and what logs and supplier are told."""
        from gbcs_device.account import account_alerts

        changes.update(self.state.changes())
        if self.off:
            changes[_OFF_TIMES] = self.off
        account_alerts.tell(self.device, self.events, changes)
        self.events = []

    def refuse(self, now: int, origin: int = 0, command: int = 0) -> None:
        """Logs what was refused, by the hour; nothing of the account is kept for it.

        `command` is what came over the HAN, where a PPMID sent it.
        """
        from gbcs_device.messages import refusals

        device = self.device
        more = None
        if origin == PPMID and _fuel(device) != kind_rows.GAS:
            more = logs.added(
                device.store, logs.EVENT, clock.seconds(now), HAN_COMMAND_REFUSED,
                command.to_bytes(2, "big"),
            )  # fmt: skip
        refusals.quiet(device, self.refused, now, more)

    def litres(self) -> int:
        """What has flowed through a gas meter since the account began."""
        return self.state.flow // _LITRE_MS

    def exported_wh(self) -> int:
        """What was fed in since then."""
        return self.state.fed // _HOUR_MS

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
        octets = self.off
        ends = [int.from_bytes(octets[at : at + 4], "big") for at in range(0, len(octets), 4)]
        return [(ends[at], ends[at + 1]) for at in range(0, len(ends), 2)]

    def figures(self) -> Figures:
        """What it stands at, for who shows or sends it."""
        from gbcs_device.account import tokens

        state, terms, get = self.state, self.terms, self.device.store.get
        found = Figures(state.at // _MILLI)
        base = _objects(self.device).readings(get)
        found.import_wh = base[0] + state.wh
        found.export_wh = base[1] + self.exported_wh()
        found.litres = base[2] + self.litres() if self.has_bill else 0
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
        found.bill_mp = state.bill if self.has_bill else -state.balance
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


def figures(device: "Device", now: int) -> Figures:
    """What a meter's account stands at; nothing is written. ValueError where it has none."""
    writes, seen = device.account_seen or (None, None)
    if seen is None or writes is None or writes != _writes(device) or seen.state.at > now:
        seen = _brought(device, now, terms_of(device))
        device.account_seen = (_writes(device), seen)
    seen.advance(now)
    seen.events = []  # `advance` is to tell
    return seen.figures()


def _writes(device: "Device") -> "int | None":
    """What tells whether the store's data were written; None for one that does not count."""
    return getattr(device.store, "data_writes", None)


def _brought(device: "Device", now: int, terms: "Terms | None" = None) -> Account:
    if not exists(device):
        raise ValueError("a meter with a load expected")
    account = Account(device, terms)
    account.advance(now)
    return account


def advance(device: "Device", now: int) -> "dict[str, bytes | None] | None":
    """The changes of the store that bring the account forward; alerts go to the outbox."""
    if not exists(device):
        return None
    account = _brought(device, now)
    changes: dict[str, bytes | None] = {}
    account.changes(changes)
    return changes


def next_event(device: "Device") -> "int | None":
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
        device = command.device
        account = command.work["account"] = _brought(device, command.moment, terms_of(device))
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
    if "calendars" in command.work:
        from gbcs_device.account import gsme_calendar

        gsme_calendar.finish(command)
    emergency = account.terms.emergency_limit_mp - account.state.emergency
    account.terms = _objects(command.device).terms(command.get)
    account.state.emergency = max(account.terms.emergency_limit_mp - emergency, 0)
    account.settle()
    account.changes(command.changes)


def set_load(
    device: "Device", rates: "dict[str, int]", now: int, profile: "bytes | None" = None
) -> "dict[str, bytes | None]":
    """The changes of the store that make the loads these from now on."""
    changes = advance(device, now) or {}
    changes.update(load.started(now, rates, profile))
    changes.setdefault(load.PROFILE, None)
    return changes


def switch(command: "Command", supply: int) -> bool:
    """The supplier's word on the supply; False where credit, or a gas meter, does not allow it.

    A valve is closed or armed: whoever stands before it opens it.
    """
    account = changing(command)
    states = (OFF, ARMED) if _fuel(command.device) == kind_rows.GAS else (OFF, ARMED, ON)
    if supply not in states or (supply != OFF and not account.may_supply()):
        return False
    account.set_supply(supply)
    return True


def _done(account: Account, origin: int, command: int) -> "dict[str, bytes | None]":
    """Changes with a command of the HAN noted; a gas meter has them as GBCS messages."""
    if origin == PPMID and _fuel(account.device) != kind_rows.GAS:
        account.tell(HAN_COMMAND_DONE, command.to_bytes(2, "big"))
    changes: dict[str, bytes | None] = {}
    account.changes(changes)
    return changes


def top_up(
    device: "Device", digits: bytes, origin: int, now: int
) -> "tuple[int, int, dict[str, bytes | None]]":
    """A token typed in: the result as ZCL's ConsumerTopUpResponse has it, and what it is worth.

    `digits` are 20 ASCII octets; `origin` is 2 from a PPMID, 3 from the meter's own keypad.
    """
    from gbcs_device.account import tokens

    account = _brought(device, now)
    changes: dict[str, bytes | None] = {}
    result, amount = tokens.enter(account, digits, origin, None, changes)
    if tokens.is_refused(result):
        account.refuse(now, origin, _TOP_UP)
        return result, 0, {}
    changes.update(_done(account, origin, _TOP_UP))
    return result, amount, changes


def select_emergency(
    device: "Device", now: int, origin: int = PPMID
) -> "tuple[bool, dict[str, bytes | None]]":
    """Emergency credit is wanted; whether it is active now."""
    account = _brought(device, now)
    if not account.select_emergency():
        account.refuse(now, origin, _SELECT)
        return False, {}
    return True, _done(account, origin, _SELECT)


def enable_supply(
    device: "Device", now: int, origin: int = PPMID
) -> "tuple[bool, dict[str, bytes | None]]":
    """Who stands before an armed meter lets it supply; whether it is on now."""
    account = _brought(device, now)
    if account.state.supply == ARMED and account.may_supply():
        account.set_supply(ON)
    if account.state.supply != ON:
        account.refuse(now, origin, _ENABLE)
        return False, {}
    return True, _done(account, origin, _ENABLE)
