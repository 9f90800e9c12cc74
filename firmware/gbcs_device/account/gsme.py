"""The account of a GSME: the commands that set and change it, the attributes that show it.

A command that sets something writes the attributes that say so; where it has a date, when that
has come.

Sources: ZigBee Smart Energy D.4 (price), D.7 (prepayment), D.9 (calendar); GBZ templates of
GCS01a, GCS03 to GCS06, GCS23, GCS40a to GCS40d; reference commands.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.account import account, gsme_calendar, tokens
from gbcs_device.account.gsme_terms import METERING, PREPAYMENT, PRICE, number
from gbcs_device.account.state import COUNTER
from gbcs_device.base.names import attribute_name
from gbcs_device.messages.component import FAILURE, KEPT, NOT_FOUND, ComponentFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    from gbcs_device.account.account import Account
    from gbcs_device.messages.component import Part
    from gbcs_device.messages.device import Command

    Maker = Callable[[Command, Part], bytes | None]

_UNCHANGED = const(-1)
_MAP16, _UINT32, _INT32, _ENUM8, _STRING = 0x19, 0x23, 0x2B, 0x30, 0x41
_MAP8, _UINT8, _UINT16, _UINT24, _UINT48, _UTC = 0x18, 0x20, 0x21, 0x22, 0x25, 0xE2
_SIZES = {_MAP8: 1, _UINT8: 1, _ENUM8: 1, _MAP16: 2, _UINT16: 2, _UINT24: 3, _UINT32: 4, _INT32: 4,
          _UTC: 4, _UINT48: 6}  # fmt: skip

# Commands that set attributes: by cluster and command, the field, the attribute and its type
_SETS = {
    (PRICE, 0x01): (
        ("block_period_start_time", 0x0200, _UTC),
        ("block_period_duration", 0x0201, _UINT24),
        ("block_period_duration_type", 0x0204, _MAP8),
    ),
    (PRICE, 0x02): (
        ("conversion_factor", 0x0302, _UINT32),
        ("conversion_factor_trailing_digit", 0x0303, _MAP8),
    ),
    (PRICE, 0x03): (
        ("calorific_value", 0x0304, _UINT32),
        ("calorific_value_unit", 0x0305, _ENUM8),
        ("calorific_value_trailing_digit", 0x0306, _MAP8),
    ),
    (PRICE, 0x04): (
        ("tariff_label", 0x0610, _STRING),
        ("number_of_price_tiers_in_use", 0x0611, _UINT8),
        ("number_of_block_thresholds_in_use", 0x0612, _UINT8),
        ("unit_of_measure", 0x0615, _ENUM8),
        ("currency", 0x0616, _UINT16),
        ("price_trailing_digit", 0x0617, _MAP8),
        ("standing_charge", 0x0301, _UINT32),
        ("tier_block_mode", 0x0613, _ENUM8),
        ("block_threshold_multiplier", 0x0202, _UINT24),
        ("block_threshold_divisor", 0x0203, _UINT24),
    ),
    (PREPAYMENT, 0x03): (
        ("emergency_credit_limit", 0x0010, _UINT32),
        ("emergency_credit_threshold", 0x0011, _UINT32),
    ),
    (PREPAYMENT, 0x06): (
        ("proposed_payment_control_configuration", 0x0000, _MAP16),
        ("cut_off_value", 0x0040, _INT32),
    ),
    (PREPAYMENT, 0x09): (("low_credit_warning_level", 0x0031, _UINT32),),
    (PREPAYMENT, 0x0B): (
        ("maximum_credit_level", 0x0021, _UINT32),
        ("maximum_credit_per_top_up", 0x0022, _UINT32),
    ),
    (PREPAYMENT, 0x0C): (("overall_debt_cap", 0x0006, _INT32),),
}


# What is set


def _fields(part: "Part") -> "dict[str, Any]":
    return {field[0] or "": field[2] for field in part.fields()}


def _put(command: "Command", cluster: int, identifier: int, kind: int, value: "Any") -> None:
    if kind == _STRING:
        octets = bytes((kind, len(value))) + value
    else:
        size = _SIZES[kind]
        octets = bytes((kind,)) + (value & (1 << 8 * size) - 1).to_bytes(size, "little")
    command.changes[attribute_name(cluster, identifier)] = octets


def _set(command: "Command", part: "Part") -> None:
    """A command of _SETS. A cut-off of -1 leaves it as it is."""
    fields = _fields(part)
    for name, identifier, kind in _SETS[part.cluster, part.command]:
        value = fields[name]
        if type(value) is str:
            value = value.encode()
        if name != "cut_off_value" or value != _UNCHANGED:
            _put(command, part.cluster, identifier, kind, value)


def _change_mode(command: "Command", part: "Part") -> "list[tuple[int, bytes]]":
    """GCS02, GCS03: the mode, what it suspends, and the disablement threshold."""
    _set(command, part)
    return _mode_settings(command, part)


def _publish_calendar(command: "Command", part: "Part") -> None:
    """The pieces that came, or come with it, count from now on."""
    account.changing(command)
    gsme_calendar.publish(command, part)


def _mode_settings(command: "Command", part: "Part") -> "list[tuple[int, bytes]]":
    """What the answer says of the settings that go with a mode."""
    said = bytes(
        (1 if command.get(gsme_calendar.name_of(gsme_calendar.FRIENDLY)) else 0,)
    ) + bytes(4)
    for identifier in (0x0010, 0x0011):
        said += number(command.get, PREPAYMENT, identifier).to_bytes(4, "little")
    return [(0x02, said)]


def _price_matrix(command: "Command", part: "Part") -> None:
    """The prices of tiers, or of blocks without a tier; those before them are dropped."""
    payload = part.payload
    by_tier = payload[18] & 1
    if payload[16] == 0:
        for tier in range(5):
            for block in range(4):
                command.changes[attribute_name(PRICE, 0x0400 + 16 * tier + block)] = None
    for at in range(19, len(payload) - 4, 5):
        place = 16 * payload[at] if by_tier else payload[at]
        price = int.from_bytes(payload[at + 1 : at + 5], "little")
        _put(command, PRICE, 0x0400 + place, _UINT32, price)


def _thresholds(command: "Command", part: "Part") -> None:
    payload = part.payload
    at = 19
    while at < len(payload):
        tier, count = payload[at] >> 4, payload[at] & 15
        at += 1
        for block in range(count):
            limit = int.from_bytes(payload[at : at + 6], "little")
            _put(command, PRICE, 0x0100 + 16 * tier + block, _UINT48, limit)
            at += 6


# What is done


def _enter(command: "Command", part: "Part") -> "list[tuple[int, bytes]]":
    """CS01b, PCS01: a token; the answer says what came of it."""
    ledger = account.of(command)
    origin = part.payload[0]
    counter = None if command.case.is_device_to_device else command.m.counter
    command.counted = counter is not None
    result, amount = tokens.enter(ledger, part.payload[2:], origin, counter, command.changes)
    credit = ledger.state.balance
    if tokens.is_refused(result):
        amount = credit = -1
        ledger.refuse(command.now)
    else:
        account.changing(command)
    said = bytes((result,)) + _int32(amount) + bytes((origin,)) + _int32(credit)
    return [(0x03, said)]


def _int32(value: int) -> bytes:
    return (max(min(value, 0x7FFFFFFF), -0x80000000) & 0xFFFFFFFF).to_bytes(4, "little")


def _select(command: "Command", part: "Part") -> None:
    if not account.changing(command).select_emergency():
        raise ComponentFailed(FAILURE)


def _adjust(command: "Command", part: "Part") -> None:
    """GCS40a to GCS40d: balance adjusted or reset; the bill reset or lessened."""
    ledger = account.changing(command)
    fields = _fields(part)
    kind, amount = fields["credit_adjustment_type"], fields["credit_adjustment_value"]
    if kind == 0:
        ledger.adjust(amount)
    elif kind == 1:
        ledger.reset()
        ledger.adjust(amount)
    elif kind == 2:
        ledger.state.bill = amount
    else:
        ledger.state.bill -= amount


def _change_debt(command: "Command", part: "Part") -> None:
    """GCS04: a debt register, adjusted, and how it is recovered."""
    fields = _fields(part)
    kind = fields["debt_amount_type"]
    if kind > 5:
        raise ComponentFailed(0x87)  # invalid value
    if kind < 4 and fields["debt_recovery_frequency"] not in (0, 1, 0xFF):
        raise ComponentFailed(0x85)
    place = 0x10 * (kind >> 1)
    _put(command, PREPAYMENT, 0x0212 + place, _ENUM8, fields["debt_recovery_method"])
    if kind < 4:
        frequency = fields["debt_recovery_frequency"]
        _put(command, PREPAYMENT, 0x0216 + place, _ENUM8, frequency)
        _put(command, PREPAYMENT, 0x0217 + place, _UINT32, fields["debt_recovery_amount"])
    else:
        percentage = fields["debt_recovery_balance_percentage"]
        _put(command, PREPAYMENT, 0x0219 + place, _UINT16, percentage)
    ledger = account.changing(command)
    ledger.adjust_debt((kind >> 1) + 1, fields["debt_amount"], not kind & 1)


def _in_range(command: "Command", part: "Part", found: "list[Any]") -> "list[Any]":
    """Of the entries of a log, newest first and their time first, those that are asked for."""
    latest = int.from_bytes(part.payload[:4], "little") or 0xFFFFFFFF
    earliest = part.from_date_time or 0
    found = [one for one in found if earliest <= one[0] <= latest][: part.payload[4] or None]
    if not found:
        raise ComponentFailed(NOT_FOUND)
    return found


def _top_up_log(command: "Command", part: "Part") -> "list[tuple[int, bytes]]":
    """GCS15e: the tokens taken last."""
    out = b"\x00\x01"
    rows = [(one.time, one.amount_mp, one.digits) for one in tokens.top_ups(command.get)]
    for second, amount, digits in _in_range(command, part, rows):
        out += bytes((len(digits),)) + digits + _int32(amount) + second.to_bytes(4, "little")
    return [(0x05, out)]


def _debt_log(command: "Command", part: "Part") -> "list[tuple[int, bytes]]":
    """GCS15d: what top-ups have paid of the payment debt, which is debt 3."""
    out = b"\x00\x01"
    for second, amount, left in _in_range(command, part, tokens.payments(command.get)):
        out += second.to_bytes(4, "little") + amount.to_bytes(4, "little")
        out += b"\x02" + left.to_bytes(4, "little")
    return [(0x06, out)]


# What is read


def _live(cluster: int, identifier: int, kind: int, value: "Callable[[Account], int]") -> "Maker":
    """What makes an attribute: data that were seeded, else what the account says."""
    name = attribute_name(cluster, identifier)
    size = _SIZES[kind]

    def made(command: "Command", part: "Part") -> "bytes | None":
        octets = command.get(name)
        if octets is not None:
            return octets
        number = value(account.of(command))
        if kind == _INT32:
            return bytes((kind,)) + _int32(number)
        most = (1 << 8 * size) - 1
        return bytes((kind,)) + max(min(number, most), 0).to_bytes(size, "little")

    return made


def _index(command: "Command", part: "Part") -> "bytes | None":
    """The gas index: data, and what has flowed since."""
    octets = command.get(attribute_name(METERING, 0x0000))
    if octets is None:
        return None
    value = int.from_bytes(octets[1:], "little") + account.of(command).litres()
    return octets[:1] + value.to_bytes(len(octets) - 1, "little")


def _tier_register(tier: int, block: "int | None") -> "Callable[[Account], int]":
    def value(ledger: "Account") -> int:
        registers = ledger.state.registers
        return sum(
            [
                registers[key]
                for key in registers
                if key[0] == tier and (key[1] == block if block is not None else key[1] != COUNTER)
            ]
        )

    return value


LIVE = {
    (METERING, 0x0000): _index,
    (METERING, 0x0014): _live(METERING, 0x0014, _ENUM8, lambda ledger: ledger.state.supply),
    (METERING, 0x0A00): _live(METERING, 0x0A00, _UINT32, lambda ledger: ledger.state.bill),
    (METERING, 0x0A01): _live(METERING, 0x0A01, _UTC, lambda ledger: ledger.state.at // 1000),
    (PREPAYMENT, 0x0001): _live(PREPAYMENT, 0x0001, _INT32, lambda ledger: ledger.state.balance),
    (PREPAYMENT, 0x0002): _live(PREPAYMENT, 0x0002, _INT32, lambda ledger: ledger.state.emergency),
    (PREPAYMENT, 0x0003): _live(PREPAYMENT, 0x0003, _MAP8, lambda ledger: ledger.credit_status()),
    (PREPAYMENT, 0x0004): _live(PREPAYMENT, 0x0004, _UTC, lambda ledger: ledger.state.at // 1000),
    (PREPAYMENT, 0x0005): _live(
        PREPAYMENT, 0x0005, _INT32, lambda ledger: ledger.state.accumulated
    ),
    (PREPAYMENT, 0x0211): _live(PREPAYMENT, 0x0211, _UINT32, lambda ledger: ledger.state.debt1),
    (PREPAYMENT, 0x0221): _live(PREPAYMENT, 0x0221, _UINT32, lambda ledger: ledger.state.debt2),
    (PREPAYMENT, 0x0231): _live(PREPAYMENT, 0x0231, _UINT32, lambda ledger: ledger.state.debt3),
}
for _n in range(1, 5):
    LIVE[METERING, 0x00FE + 2 * _n] = _live(
        METERING, 0x00FE + 2 * _n, _UINT48, _tier_register(_n, None)
    )
    LIVE[METERING, 0x06FF + _n] = _live(METERING, 0x06FF + _n, _UINT48, _tier_register(0, _n - 1))

ACTIONS: "dict[tuple[Any, ...], Any]" = {
    # cluster, direction, command
    (PRICE, 0x08, 0x05): _price_matrix,
    (PRICE, 0x08, 0x06): _thresholds,
    (PREPAYMENT, 0x00, 0x00): _select,
    (PREPAYMENT, 0x00, 0x02): _change_debt,
    (PREPAYMENT, 0x00, 0x04): _enter,
    (PREPAYMENT, 0x00, 0x05): _adjust,
    (PREPAYMENT, 0x00, 0x06): _change_mode,
    (PREPAYMENT, 0x00, 0x06, KEPT): _mode_settings,
    (PREPAYMENT, 0x00, 0x08): _top_up_log,
    (PREPAYMENT, 0x00, 0x0A): _debt_log,
}
ACTIONS.update(gsme_calendar.ACTIONS)
ACTIONS[0x0707, 0x08, 0x00] = _publish_calendar
for _cluster, _command in _SETS:
    _direction = 0x08 if _cluster == PRICE else 0x00
    ACTIONS.setdefault((_cluster, _direction, _command), _set)
