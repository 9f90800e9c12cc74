"""The money of an account and the supply that hangs on it: credit, debt, warnings, the switch.

In prepayment mode a charge goes against the balance down to the disablement threshold, then
against emergency credit if that was selected; what falls due without credit accumulates as debt,
what is used without credit (in a non-disablement period) takes the balance below the threshold.
A top-up pays debt first, then emergency credit, then counts. Where no credit is left the supply
is disabled; where there is some again it is armed, and who lives there enables it.

Sources: SMETS2 5.5.5, 5.5.7 (modes, Add Credit), 5.7.5 (Emergency Credit); DLMS UA 1000-1 4.6.
"""

from gbcs import clock
from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.account import state as states
from gbcs_device.base.figures import (
    ARMED,
    CREDIT_EXHAUSTED,
    CREDIT_LOW,
    CREDIT_OK,
    EMERGENCY_AVAILABLE,
    EMERGENCY_ENABLED,
    EMERGENCY_IN_USE,
    EMERGENCY_SELECTED,
    OFF,
    ON,
)

if TYPE_CHECKING:
    from gbcs_device.account.state import State
    from gbcs_device.account.tariff import Terms

_PERCENT = const(10_000)
_MOST_DEBT = const(0xFFFFFFFF)
_OFF_TIMES_SIZE = const(64)  # the last eight

# GBCS 16.2
LOW_CREDIT = const(0x810D)
EMERGENCY_OFFERED = const(0x8119)
DEBT_PAID = (0x81A7, 0x81A8, 0x81A9)
EMERGENCY_EXHAUSTED = const(0x81AA)
EMERGENCY_ACTIVATED = const(0x81AB)
BELOW_THRESHOLD = const(0x8F0F)
SUPPLY_ARMED = const(0x8F32)
DISABLEMENT_SUSPENDED = const(0x8F83)


class Ledger:
    """A state and the terms by which it changes.

    `events` are what came about: when, its code of GBCS 16.2, what a log has beside that.
    `off` is when the supply was off: seconds since 2000, from and to, four octets each.
    """

    def __init__(self, state: "State", terms: "Terms", off: bytes, has_bill: bool) -> None:
        """`has_bill`: whether the bill of credit mode is kept apart from the balance."""
        self.state = state
        self.terms = terms
        self.off = off
        self.has_bill = has_bill
        self.events: list[tuple[int, int, bytes]] = []

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

    def charge(self, amount: int, standing: bool = False) -> None:
        """A charge for energy, or for standing."""
        state = self.state
        state.day_mp += amount
        if not self.terms.is_prepayment:
            if self.has_bill:
                state.bill += amount
            else:
                state.balance -= amount
            return
        left = self._from_credit(amount)
        if standing:
            state.accumulated += left
        else:
            state.balance -= left  # used while disablement is suspended, or in a last millisecond

    def collect(self, index: int, amount: int) -> None:
        """A time debt: not more than is owed, and not while the terms suspend it."""
        state, terms = self.state, self.terms
        name = ("debt1", "debt2")[index]
        owed = getattr(state, name)
        amount = min(amount, owed)
        if amount <= 0 or not terms.is_prepayment:
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
        taken = min(amount * min(terms.proportion, _PERCENT) // _PERCENT, state.debt3)
        if terms.cap_mp:
            second = clock.seconds(state.at)
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
        """Sets balance and accumulated debt to zero, emergency credit to its limit."""
        state = self.state
        state.balance = state.accumulated = 0
        state.emergency = self.terms.emergency_limit_mp
        state.flags &= ~(states.SELECTED | states.EXHAUSTED)
        self.settle()

    def adjust_debt(self, number: int, amount: int, absolute: bool = False) -> None:
        """One of the three debt registers, by its number from 1; it never falls below nothing."""
        name = "debt%d" % number
        before = 0 if absolute else getattr(self.state, name)
        setattr(self.state, name, max(min(before + amount, _MOST_DEBT), 0))

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
        """Selects emergency credit; whether it is active now, also when it was before."""
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
        """Whether credit, or a non-disablement period, allows the supply to be on now."""
        if not self.terms.is_prepayment or self.credit() > 0:
            return True
        return self.terms.friendly_period(self.state.at)[0]

    def set_supply(self, supply: int) -> None:
        """The supply by somebody's order."""
        state = self.state
        self._switch(supply)
        state.flags &= ~states.BY_CREDIT

    def _switch(self, supply: int) -> None:
        state = self.state
        if (state.supply == ON) != (supply == ON):
            second = clock.seconds(state.at).to_bytes(4, "big")
            if supply == ON:
                self.off = self.off[:-4] + second if self.off else self.off
            else:
                self.off = (self.off + second + b"\xff\xff\xff\xff")[-_OFF_TIMES_SIZE:]
        if supply == ARMED and state.supply != ARMED:
            self.tell(SUPPLY_ARMED)
        state.supply = supply

    def settle(self) -> None:
        """Applies the consequences of the present credit: warnings, disablement, arming."""
        state, terms = self.state, self.terms
        if not terms.is_prepayment:
            if state.flags & states.BY_CREDIT:
                self._switch(ARMED)
            state.flags = 0
            return
        credit = self.credit()
        low = credit < terms.low_credit_mp - terms.cut_off_mp
        self._flag(states.LOW, low, LOW_CREDIT)
        self._flag(states.OFFERED, self.is_emergency_available(), EMERGENCY_OFFERED)
        used_up = bool(state.flags & states.SELECTED) and state.emergency <= 0
        self._flag(states.EXHAUSTED, used_up, EMERGENCY_EXHAUSTED)
        self._flag(states.BELOW, credit <= 0, BELOW_THRESHOLD)
        friendly = credit <= 0 and self.terms.friendly_period(state.at)[0]
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

    def tell(self, code: int, information: bytes = b"") -> None:
        """Notes an event for logs and supplier; `information` goes to the log."""
        self.events.append((self.state.at, code, information))

    def credit_status(self) -> int:
        """As ZCL's CreditStatus has it."""
        state, terms = self.state, self.terms
        if not terms.is_prepayment:
            return CREDIT_OK
        credit = self.credit()
        status = 0 if credit <= 0 else CREDIT_OK
        if credit < terms.low_credit_mp - terms.cut_off_mp:
            status |= CREDIT_LOW
        if terms.emergency_limit_mp:
            status |= EMERGENCY_ENABLED
        if self.is_emergency_available():
            status |= EMERGENCY_AVAILABLE
        if state.flags & states.SELECTED:
            status |= EMERGENCY_SELECTED
            if state.balance <= terms.cut_off_mp and state.emergency > 0:
                status |= EMERGENCY_IN_USE
        return status | (CREDIT_EXHAUSTED if credit <= 0 else 0)

    def meter_balance(self) -> int:
        """The balance that the mode has: what the bill has come to counts as owed."""
        if self.terms.is_prepayment or not self.has_bill:
            return self.state.balance
        return -self.state.bill
