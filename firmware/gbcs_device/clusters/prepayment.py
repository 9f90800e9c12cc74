"""A display's actions on a meter's credit and supply, and the logs of top-ups and debt.

The account decides (account.account); this module puts its answers in commands of the clusters
Prepayment and Metering.

Source: Smart Energy 1.4, D.7.2.3 and D.3.3; PECS01, PECS02, PECS03 of GBCS.
"""

import struct

from gbcs import clock
from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import DecodeError
from gbcs_device.base.figures import ON

if TYPE_CHECKING:
    from gbcs_device.clusters.meter import MeterSource
    from gbcs_device.interfaces import Source

    # A status, or the commands that answer
    Answer = int | list[tuple[int, bytes]]

_TOP_UP_RESPONSE = const(0x03)
_TOP_UP_LOG = const(0x05)
_DEBT_LOG = const(0x06)
_PAYMENT_DEBT = const(0x02)  # the third: those that time recovers have no log
_ALL_DEBTS = const(0xFF)
SUPPLY_STATUS = const(0x0C)
_MOST_MP = const(0x7FFFFFFF)
_SUCCESS = const(0x00)
_INVALID_VALUE = const(0x87)
_NOT_FOUND = const(0x8B)
_REFUSED = const(0x01)


def select_emergency(source: "MeterSource", payload: bytes, now: int) -> int:
    """SelectAvailableEmergencyCredit: success where emergency credit is active now."""
    _sized(payload, 5)
    from gbcs_device.account import account

    is_active, changes = account.select_emergency(source.device, now)
    source.write(changes)
    return _SUCCESS if is_active else _REFUSED


def top_up(source: "MeterSource", payload: bytes, now: int) -> "list[tuple[int, bytes]]":
    """ConsumerTopUp: the result of the token, its value, and the balance after it."""
    if len(payload) < 2 or len(payload) != 2 + payload[1]:
        raise DecodeError("a top-up code expected", 1, "top_up_code")
    from gbcs_device.account import account

    result, amount, changes = account.top_up(source.device, payload[2:], payload[0], now)
    source.write(changes)
    balance = account.figures(source.device, now).balance_mp
    answer = struct.pack("<BiBi", result, _signed(amount), payload[0], _signed(balance))
    return [(_TOP_UP_RESPONSE, answer)]


def top_up_log(source: "Source", payload: bytes, now: int) -> "Answer":
    """GetTopUpLog: the top-ups until a time, the newest first; all where no number is given."""
    _sized(payload, 5)
    end, most = struct.unpack("<IB", payload)
    figures = source.figures(now)
    if figures is None or not figures.is_prepayment:  # None: nothing is known of the meter yet
        return _NOT_FOUND
    top_ups = [entry for entry in figures.top_ups if entry.time <= end or not end]
    if not top_ups:
        return _NOT_FOUND
    out = b"\x00\x01"  # all in one command
    for entry in top_ups[: most or None]:
        digits = entry.digits
        out += bytes((len(digits),)) + digits
        out += struct.pack("<iI", _signed(entry.amount_mp), entry.time)
    return [(_TOP_UP_LOG, out)]


def debt_log(source: "MeterSource", payload: bytes, now: int) -> "Answer":
    """GetDebtRepaymentLog: the payments of top-ups to the payment debt, the newest first."""
    _sized(payload, 6)
    from gbcs_device.account import tokens

    end, most, debt = struct.unpack("<IBB", payload)
    payments = [payment for payment in tokens.payments(source.get) if payment[0] <= end or not end]
    if not payments or debt not in (_PAYMENT_DEBT, _ALL_DEBTS):
        return _NOT_FOUND
    out = b"\x00\x01"  # all in one
    for second, amount, left in payments[: most or None]:
        out += struct.pack("<IIBI", second, amount, _PAYMENT_DEBT, left)
    return [(_DEBT_LOG, out)]


def change_supply(source: "MeterSource", payload: bytes, now: int) -> "Answer":
    """LocalChangeSupply: switches an armed supply on; the state of the supply after that."""
    _sized(payload, 1)
    if payload[0] != ON:
        return _INVALID_VALUE  # a display arms nothing
    from gbcs_device.account import account

    _, changes = account.enable_supply(source.device, now)
    source.write(changes)
    supply = account.figures(source.device, now).supply
    return [(SUPPLY_STATUS, supply_status(supply, now))]


def supply_status(supply: int, now: int) -> bytes:
    """SupplyStatusResponse: provider and event none, since now."""
    return struct.pack("<IIIB", 0, 0, clock.seconds(now), supply)


def _signed(mp: int) -> int:
    """The nearest amount that four signed octets hold."""
    return min(max(mp, -_MOST_MP), _MOST_MP)


def _sized(payload: bytes, size: int) -> None:
    if len(payload) != size:
        raise DecodeError("%d octets expected, found %d" % (size, len(payload)), 0, "payload")


HANDLERS = {  # by cluster and command
    (0x0702, 0x0C): change_supply,
    (0x0705, 0x00): select_emergency,
    (0x0705, 0x04): top_up,
    (0x0705, 0x08): top_up_log,
    (0x0705, 0x0A): debt_log,
}
