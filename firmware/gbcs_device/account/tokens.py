"""Prepayment tokens at a meter: each is taken once, if it is the supplier's and not too much.

A token carries ten bits of its counter. The lower half of a counter is zero, the upper half one
of the two around the highest taken so far: the MAC says which. The counters of the last 100
tokens are remembered; one that is among them is a duplicate, one below all of them is too old
once there are 100.

Sources: GBCS 14.1 (counter cache), 14.3 (checks), SMETS2 5.5.7 (Add Credit).
"""

from gbcs import clock, utrn
from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.base.figures import ARMED, OFF, TopUp
from gbcs_device.base.names import TOKEN_FLOOR, TOKENS_TAKEN
from gbcs_device.messages.trust_anchors import KA, SUPPLIER

if TYPE_CHECKING:
    from gbcs_device.account.account import Account
    from gbcs_device.interfaces import Lookup

# Results of ZCL's ConsumerTopUpResponse
ACCEPTED = const(0x00)
INVALID = const(0x01)
DUPLICATE = const(0x02)
MAXIMUM_CREDIT = const(0x04)
TOO_LARGE = const(0x06)
ACCEPTED_ON = const(0x10)
ACCEPTED_OFF = const(0x11)
ACCEPTED_ARMED = const(0x12)

REMOTE = const(0)  # originating device
_MOST_COUNTERS = const(100)
_LAST_UPPER = 0xFFFFFFFF  # a counter has eight octets
_TOP_UPS = "account/topups"
_DEBT_PAYMENTS = "account/payments"
_TOP_UP_SIZE = const(29)
_MOST_TOP_UPS = const(5)
_PAYMENT_SIZE = const(12)
_MOST_PAYMENTS = const(10)
_PENNY_MP = const(1000)

_DUPLICATE, _TOO_LARGE, _MAXIMUM, _NOT_AUTHENTIC, _LOCALLY = 0x8F51, 0x8F5B, 0x8F47, 0x8F63, 0x810E


def _counters(get: "Lookup") -> "list[int]":
    """The upper halves of the counters of tokens taken, in order."""
    octets = get(TOKENS_TAKEN) or b""
    return [int.from_bytes(octets[at : at + 4], "big") for at in range(0, len(octets), 4)]


def _candidates(bits: int, highest: int) -> "tuple[int, ...]":
    """The upper halves that end in these ten bits: the next above the highest taken, and the
    one before that.
    """
    above = highest + 1 + ((bits - highest - 1) & 0x3FF)
    return tuple([one for one in (above, above - 1024) if 0 <= one <= _LAST_UPPER])


def _verified(account: "Account", text: str, uppers: "tuple[int, ...]") -> "int | None":
    """The upper half of the counter with which the supplier's MAC is right; None for none."""
    device = account.device
    cell = device.anchors.cell(SUPPLIER, KA, True)
    secret = None if cell is None else device.anchors.own.secret(cell.eui, cell.public_key)
    if cell is not None and secret is not None:
        for upper in uppers:
            try:
                utrn.verify(text, secret, cell.eui, device.eui, upper << 32, device.crypto)
                return upper
            except utrn.BadToken:
                continue
    return None


def is_refused(result: int) -> bool:
    """Whether a token with this result was not taken."""
    return ACCEPTED < result < ACCEPTED_ON


def enter(
    account: "Account",
    digits: bytes,
    origin: int,
    counter: "int | None",
    changes: "dict[str, bytes | None]",
) -> "tuple[int, int]":
    """Accepts or refuses a token: the result, and its value in millipence, else 0.

    `counter` is that of the message which brought it, None where it was typed in. What the token
    changes beside the account goes to `changes`. One that is not taken changes nothing; why is
    `account.refused`, which `Account.refuse` logs.
    """
    get = account.device.store.get
    try:
        text = str(bytes(digits), "ascii")
        token = utrn.decode(text)
    except (utrn.BadToken, ValueError):  # UnicodeError is one of these
        return INVALID, 0
    taken = _counters(get)
    if counter is None:
        uppers = _candidates(token.counter_bits, taken[-1] if taken else -1)
    else:
        uppers = (counter >> 32,) if counter & 0xFFFFFFFF == 0 else ()
    upper = _verified(account, text, uppers)
    if upper is None:
        account.refused = _NOT_AUTHENTIC
        return INVALID, 0
    floor = int.from_bytes(get(TOKEN_FLOOR) or b"", "big") >> 32
    is_old = len(taken) >= _MOST_COUNTERS and upper < taken[0]
    if upper in taken or is_old or (floor and upper <= floor):
        account.refused = _DUPLICATE
        return DUPLICATE, 0
    amount = token.pence * _PENNY_MP
    terms = account.terms
    if terms.max_credit_mp and amount > terms.max_credit_mp:
        account.refused = _TOO_LARGE
        return TOO_LARGE, 0
    if terms.max_balance_mp and account.state.balance + amount > terms.max_balance_mp:
        account.refused = _MAXIMUM
        return MAXIMUM_CREDIT, 0
    taken = sorted(taken + [upper])[-_MOST_COUNTERS:]
    changes[TOKENS_TAKEN] = b"".join([upper.to_bytes(4, "big") for upper in taken])
    if origin != REMOTE:
        account.tell(_LOCALLY)
    before = account.state.supply
    second = clock.seconds(account.state.at).to_bytes(4, "big")
    paid = account.add(amount)
    entry = second + amount.to_bytes(4, "big") + bytes((origin,)) + bytes(digits)
    changes[_TOP_UPS] = (entry + (get(_TOP_UPS) or b""))[: _TOP_UP_SIZE * _MOST_TOP_UPS]
    if paid:
        entry = second + paid.to_bytes(4, "big") + account.state.debt3.to_bytes(4, "big")
        older = get(_DEBT_PAYMENTS) or b""
        changes[_DEBT_PAYMENTS] = (entry + older)[: _PAYMENT_SIZE * _MOST_PAYMENTS]
    if account.state.supply == before:
        return ACCEPTED, amount
    return {OFF: ACCEPTED_OFF, ARMED: ACCEPTED_ARMED}.get(
        account.state.supply, ACCEPTED_ON
    ), amount


def top_ups(get: "Lookup") -> "list[TopUp]":
    """The tokens taken last, the newest first."""
    octets = get(_TOP_UPS) or b""
    return [
        TopUp(
            int.from_bytes(octets[at : at + 4], "big"),
            int.from_bytes(octets[at + 4 : at + 8], "big"),
            octets[at + 8],
            octets[at + 9 : at + _TOP_UP_SIZE],
        )
        for at in range(0, len(octets), _TOP_UP_SIZE)
    ]


def payments(get: "Lookup") -> "list[tuple[int, int, int]]":
    """The payments to the payment debt, newest first: second, amount, debt left."""
    octets = get(_DEBT_PAYMENTS) or b""
    return [
        (
            int.from_bytes(octets[at : at + 4], "big"),
            int.from_bytes(octets[at + 4 : at + 8], "big"),
            int.from_bytes(octets[at + 8 : at + 12], "big"),
        )
        for at in range(0, len(octets), _PAYMENT_SIZE)
    ]
