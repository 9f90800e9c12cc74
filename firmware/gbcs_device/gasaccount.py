"""The account of a GSME: the ZCL attributes that set its terms, that show it, the commands.

A command that sets something writes the attributes that say so; where it has a date, when that
has come. A calendar comes in pieces without a date of their own: they are kept until the
PublishCalendar that they belong to counts.

Sources: ZigBee Smart Energy D.4 (price), D.7 (prepayment), D.9 (calendar); GBZ templates of
GCS01a, GCS03 to GCS06, GCS23, GCS40a to GCS40d; reference commands.
"""

from gbcs import zcl
from gbcs.compat import TYPE_CHECKING, const
from gbcs_device import account, tokens
from gbcs_device.figures import ARMED, OFF, ON
from gbcs_device.state import COUNTER
from gbcs_device.tariff import Calendar, Terms
from gbcs_device.zclserver import (
    FAILURE,
    KEPT,
    NOT_FOUND,
    Failed,
    attribute_name,
    packed,
    unpacked,
)

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.device import Command
    from gbcs_device.zclserver import Part

_PRICE, _METERING, _PREPAYMENT, _CALENDAR = (
    const(0x0700),
    const(0x0702),
    const(0x0705),
    const(0x0707),
)
_LITRE_UNITS = const(360_000_000)  # hundredths of a litre an hour, milliseconds, in a litre
_JOULES = const(3600)  # in a watt-hour
_PARTS = const(1_000_000)  # of the conversion factor
_WEEK_S = const(604_800)
_CONFIGURATION = const(0x0000)
_PREPAYMENT_BIT = const(0x0002)
_SUSPENDS_DISABLED_BIT = const(0x0400)
_RECOVERS_EMERGENCY_BIT = const(0x0800)
_UNCHANGED = const(-1)
_FREQUENCIES = {0: 3600, 1: 86400}
_DELIVERED, _FRIENDLY = const(0), const(3)
_MAP16, _UINT32, _INT32, _ENUM8, _STRING = 0x19, 0x23, 0x2B, 0x30, 0x41
_MAP8, _UINT8, _UINT16, _UINT24, _UINT48, _UTC = 0x18, 0x20, 0x21, 0x22, 0x25, 0xE2
_SIZES = {_MAP8: 1, _UINT8: 1, _ENUM8: 1, _MAP16: 2, _UINT16: 2, _UINT24: 3, _UINT32: 4, _INT32: 4,
          _UTC: 4, _UINT48: 6}  # fmt: skip

# Commands that set attributes: by cluster and command, the field, the attribute and its type
_SETS = {
    (_PRICE, 0x01): (
        ("block_period_start_time", 0x0200, _UTC),
        ("block_period_duration", 0x0201, _UINT24),
        ("block_period_duration_type", 0x0204, _MAP8),
    ),
    (_PRICE, 0x02): (
        ("conversion_factor", 0x0302, _UINT32),
        ("conversion_factor_trailing_digit", 0x0303, _MAP8),
    ),
    (_PRICE, 0x03): (
        ("calorific_value", 0x0304, _UINT32),
        ("calorific_value_unit", 0x0305, _ENUM8),
        ("calorific_value_trailing_digit", 0x0306, _MAP8),
    ),
    (_PRICE, 0x04): (
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
    (_PREPAYMENT, 0x03): (
        ("emergency_credit_limit", 0x0010, _UINT32),
        ("emergency_credit_threshold", 0x0011, _UINT32),
    ),
    (_PREPAYMENT, 0x06): (
        ("proposed_payment_control_configuration", 0x0000, _MAP16),
        ("cut_off_value", 0x0040, _INT32),
    ),
    (_PREPAYMENT, 0x09): (("low_credit_warning_level", 0x0031, _UINT32),),
    (_PREPAYMENT, 0x0B): (
        ("maximum_credit_level", 0x0021, _UINT32),
        ("maximum_credit_per_top_up", 0x0022, _UINT32),
    ),
    (_PREPAYMENT, 0x0C): (("overall_debt_cap", 0x0006, _INT32),),
}

_NUMBERS = (
    # attribute, of the terms
    (0x0010, "emergency_limit_mp"),
    (0x0011, "emergency_threshold_mp"),
    (0x0021, "max_balance_mp"),
    (0x0022, "max_credit_mp"),
    (0x0031, "low_credit_mp"),
    (0x0040, "cut_off_mp"),
    (0x0006, "cap_mp"),
    (0x0239, "proportion"),
)


def _number(get: "Any", cluster: int, identifier: int, default: int = 0) -> int:
    """The number that an attribute holds."""
    octets = get(attribute_name(cluster, identifier))
    if octets is None:
        return default
    value = int.from_bytes(octets[1:], "little")
    if octets[0] == _INT32 and value >> 31:
        value -= 1 << 32
    return value


def _digits(get: "Any", identifier: int) -> int:
    return _number(get, _PRICE, identifier) >> 4


def _scaled(value: int, digits: int, wanted: int) -> int:
    """A number with so many digits after the point, with another number of them."""
    return (
        value * 10 ** (wanted - digits) if digits <= wanted else value // 10 ** (digits - wanted)
    )


def terms(get: "Any") -> Terms:
    """The terms that the attributes say; `get(name)` gives an attribute's octets."""
    found = Terms(_LITRE_UNITS * _JOULES * _PARTS)
    found.calorific_value = _number(get, _PRICE, 0x0304)
    found.calorific_digits = _digits(get, 0x0306)
    found.conversion_factor = _number(get, _PRICE, 0x0302)
    found.conversion_digits = _digits(get, 0x0303)
    joules = _scaled(found.calorific_value, found.calorific_digits, 3)  # MJ/m3 are J/ml
    found.factor = joules * _scaled(found.conversion_factor, found.conversion_digits, 6)
    digits = _digits(get, 0x0617)
    found.standing_mp = _scaled(_number(get, _PRICE, 0x0301), digits, 5)
    octets = get(attribute_name(_PRICE, 0x0610))
    found.label = b"" if octets is None else octets[2:]
    for tier in range(5):
        for block in range(4):
            price = _number(get, _PRICE, 0x0400 + 16 * tier + block)
            if price:
                found.prices[tier, block] = _scaled(price, digits, 5)
    found.default_tier = 0 if (0, 0) in found.prices else 1
    count = _number(get, _PRICE, 0x0612)
    divisor = _number(get, _PRICE, 0x0203) or 1
    for block in range(min(count, 3)):
        limit = _number(get, _PRICE, 0x0100 + block) * _number(get, _PRICE, 0x0202, 1)
        found.thresholds.setdefault(0, []).append(limit * 1000 // divisor)
    start, unit = _number(get, _PRICE, 0x0200), _number(get, _PRICE, 0x0204) & 15
    if unit:
        found.block_reset = (unit, start * 1000, _number(get, _PRICE, 0x0201) or 1)
    for identifier, name in _NUMBERS:
        setattr(found, name, _number(get, _PREPAYMENT, identifier))
    found.cap_period_s = _WEEK_S
    found.debts = [
        (
            _number(get, _PREPAYMENT, 0x0217 + place),
            _FREQUENCIES.get(_number(get, _PREPAYMENT, 0x0216 + place, 0xFF), 0),
        )
        for place in (0x00, 0x10)
    ]
    configuration = _number(get, _PREPAYMENT, _CONFIGURATION)
    found.is_prepayment = bool(configuration & _PREPAYMENT_BIT)
    found.suspends_disabled = bool(configuration & _SUSPENDS_DISABLED_BIT)
    found.suspends_emergency = not configuration & _RECOVERS_EMERGENCY_BIT
    found.calendar = _calendar(get, _DELIVERED)
    found.non_disablement = _calendar(get, _FRIENDLY)
    return found


def readings(get: "Any") -> "tuple[int, int, int]":
    """No energy, and the index in litres when the account began."""
    return 0, 0, _number(get, _METERING, 0x0000)


# Calendars


def _calendar_name(kind: int, is_next: bool = False) -> str:
    return "account/calendar/%d%s" % (kind, "/next" if is_next else "")


def _date(octets: bytes) -> "tuple[Any, ...]":
    """Year, month, day, weekday of a ZCL date; None for what it does not say."""
    parts = [None if octets[0] == 0xFF else 1900 + octets[0]]
    for octet in octets[1:]:
        parts.append(None if octet == 0xFF else octet)
    return tuple(parts)


def _calendar(get: "Any", kind: int) -> "Calendar | None":
    """The calendar of a kind, of the payloads that it came in."""
    octets = get(_calendar_name(kind))
    if not octets:
        return None
    found = Calendar()
    for command, payload in unpacked(octets):
        if command == 0x01:
            rows = []
            for at in range(17, len(payload) - 2, 3):
                rows.append((payload[at] | payload[at + 1] << 8, payload[at + 2]))
            found.days.setdefault(payload[12], []).extend(rows)
        elif command == 0x02:
            found.weeks[payload[12]] = tuple(payload[13:20])
        elif command == 0x03:
            for at in range(14, len(payload) - 4, 5):
                found.seasons.append((_date(payload[at : at + 4]), payload[at + 4]))
    octets = get("account/special/%d" % kind)
    for at in range(0, len(octets or b""), 5):
        found.special.append((_date(octets[at : at + 4]), octets[at + 4]))
    return found if found.days else None


def _publish_calendar(command: "Command", part: "Part") -> None:
    """The pieces that came, or come with it, count from now on."""
    account.changing(command)
    command.work.setdefault("calendars", []).append(part.payload[16])


def _piece(command: "Command", part: "Part") -> None:
    """A day profile begins the next calendar of its kind, weeks and seasons belong to it."""
    work = command.work
    if part.command == 0x01:
        work["calendar"] = part.payload[16]
    kind = work.get("calendar", _DELIVERED)
    name = _calendar_name(kind, True)
    before = (command.changes.get(name) or b"") if work.get("begun") == kind else b""
    work["begun"] = kind
    command.changes[name] = before + packed([(part.command, part.payload)])


def _special_days(command: "Command", part: "Part") -> None:
    payload = part.payload
    name = "account/special/%d" % payload[16]
    before = (command.get(name) or b"") if payload[18] else b""
    command.changes[name] = before + payload[20:]


def finish(command: "Command") -> None:
    """Calendars that began with this command, once it is carried out."""
    for kind in command.work.get("calendars", ()):
        octets = command.get(_calendar_name(kind, True))
        if octets is not None:
            command.changes[_calendar_name(kind)] = octets


# What is set


def _fields(part: "Part") -> "dict[str, Any]":
    found = zcl.decode_payload(
        part.payload, 0, len(part.payload), part.cluster, part.frame_control, part.command
    )[1]
    return {field[0] or "": field[2] for field in found}


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
    """GCS02, GCS03."""
    _set(command, part)
    return _mode_settings(command, part)


def _mode_settings(command: "Command", part: "Part") -> "list[tuple[int, bytes]]":
    """What the answer says of the settings that go with a mode."""
    said = bytes((1 if command.get(_calendar_name(_FRIENDLY)) else 0,)) + bytes(4)
    for identifier in (0x0010, 0x0011):
        said += _number(command.get, _PREPAYMENT, identifier).to_bytes(4, "little")
    return [(0x02, said)]


def _price_matrix(command: "Command", part: "Part") -> None:
    """The prices of tiers, or of blocks without a tier; those before them are dropped."""
    payload = part.payload
    by_tier = payload[18] & 1
    if payload[16] == 0:
        for tier in range(5):
            for block in range(4):
                command.changes[attribute_name(_PRICE, 0x0400 + 16 * tier + block)] = None
    for at in range(19, len(payload) - 4, 5):
        place = 16 * payload[at] if by_tier else payload[at]
        price = int.from_bytes(payload[at + 1 : at + 5], "little")
        _put(command, _PRICE, 0x0400 + place, _UINT32, price)


def _thresholds(command: "Command", part: "Part") -> None:
    payload = part.payload
    at = 19
    while at < len(payload):
        tier, count = payload[at] >> 4, payload[at] & 15
        at += 1
        for block in range(count):
            limit = int.from_bytes(payload[at : at + 6], "little")
            _put(command, _PRICE, 0x0100 + 16 * tier + block, _UINT48, limit)
            at += 6


# What is done


def _enter(command: "Command", part: "Part") -> "list[tuple[int, bytes]]":
    """CS01b, PCS01: a token; the answer says what came of it."""
    found = account.changing(command)
    origin = part.payload[0]
    counter = None if command.case.is_device_to_device else command.m.counter
    command.counted = counter is not None
    result, amount = tokens.enter(found, part.payload[2:], origin, counter, command.changes)
    credit = found.state.balance
    if tokens.ACCEPTED < result < tokens.ACCEPTED_ON:
        amount = credit = -1
    said = bytes((result,)) + _int32(amount) + bytes((origin,)) + _int32(credit)
    return [(0x03, said)]


def _int32(value: int) -> bytes:
    return (max(min(value, 0x7FFFFFFF), -0x80000000) & 0xFFFFFFFF).to_bytes(4, "little")


def _select(command: "Command", part: "Part") -> None:
    if not account.changing(command).select_emergency():
        raise Failed(FAILURE)


def _adjust(command: "Command", part: "Part") -> None:
    """GCS40a to GCS40d: balance adjusted or reset; the bill reset or lessened."""
    found = account.changing(command)
    fields = _fields(part)
    kind, amount = fields["credit_adjustment_type"], fields["credit_adjustment_value"]
    if kind == 0:
        found.adjust(amount)
    elif kind == 1:
        found.reset()
        found.adjust(amount)
    elif kind == 2:
        found.state.bill = amount
    else:
        found.state.bill -= amount


def _change_debt(command: "Command", part: "Part") -> None:
    """GCS04: a debt register, adjusted, and how it is recovered."""
    fields = _fields(part)
    kind = fields["debt_amount_type"]
    if kind > 5:
        raise Failed(0x87)  # invalid value
    if kind < 4 and fields["debt_recovery_frequency"] not in (0, 1, 0xFF):
        raise Failed(0x85)
    place = 0x10 * (kind >> 1)
    _put(command, _PREPAYMENT, 0x0212 + place, _ENUM8, fields["debt_recovery_method"])
    if kind < 4:
        frequency = fields["debt_recovery_frequency"]
        _put(command, _PREPAYMENT, 0x0216 + place, _ENUM8, frequency)
        _put(command, _PREPAYMENT, 0x0217 + place, _UINT32, fields["debt_recovery_amount"])
    else:
        percentage = fields["debt_recovery_balance_percentage"]
        _put(command, _PREPAYMENT, 0x0219 + place, _UINT16, percentage)
    found = account.changing(command)
    found.adjust_debt((kind >> 1) + 1, fields["debt_amount"], not kind & 1)


def _change_supply(command: "Command", part: "Part") -> None:
    """GCS32, GCS39: the valve closed, or armed if there is credit."""
    found = account.changing(command)
    state = part.payload[16]
    if state == OFF or (state in (ARMED, ON) and found.may_supply()):
        found.set_supply(state)
    else:
        raise Failed(FAILURE)


def _in_range(command: "Command", part: "Part", found: "list[Any]") -> "list[Any]":
    """Of the entries of a log, newest first and their time first, those that are asked for."""
    latest = int.from_bytes(part.payload[:4], "little") or 0xFFFFFFFF
    earliest = part.from_date_time or 0
    found = [one for one in found if earliest <= one[0] <= latest][: part.payload[4] or None]
    if not found:
        raise Failed(NOT_FOUND)
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


def _live(cluster: int, identifier: int, kind: int, value: "Any") -> "Any":
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
    octets = command.get(attribute_name(_METERING, 0x0000))
    if octets is None:
        return None
    value = int.from_bytes(octets[1:], "little") + account.of(command).litres()
    return octets[:1] + value.to_bytes(len(octets) - 1, "little")


def _tier_register(tier: int, block: "int | None") -> "Any":
    def value(found: "Any") -> int:
        registers = found.state.registers
        return sum(
            [
                registers[key]
                for key in registers
                if key[0] == tier and (key[1] == block if block is not None else key[1] != COUNTER)
            ]
        )

    return value


LIVE = {
    (_METERING, 0x0000): _index,
    (_METERING, 0x0014): _live(_METERING, 0x0014, _ENUM8, lambda found: found.state.supply),
    (_METERING, 0x0A00): _live(_METERING, 0x0A00, _UINT32, lambda found: found.state.bill),
    (_METERING, 0x0A01): _live(_METERING, 0x0A01, _UTC, lambda found: found.state.at // 1000),
    (_PREPAYMENT, 0x0001): _live(_PREPAYMENT, 0x0001, _INT32, lambda found: found.state.balance),
    (_PREPAYMENT, 0x0002): _live(_PREPAYMENT, 0x0002, _INT32, lambda found: found.state.emergency),
    (_PREPAYMENT, 0x0003): _live(_PREPAYMENT, 0x0003, _MAP8, lambda found: found.credit_status()),
    (_PREPAYMENT, 0x0004): _live(_PREPAYMENT, 0x0004, _UTC, lambda found: found.state.at // 1000),
    (_PREPAYMENT, 0x0005): _live(
        _PREPAYMENT, 0x0005, _INT32, lambda found: found.state.accumulated
    ),
    (_PREPAYMENT, 0x0211): _live(_PREPAYMENT, 0x0211, _UINT32, lambda found: found.state.debt1),
    (_PREPAYMENT, 0x0221): _live(_PREPAYMENT, 0x0221, _UINT32, lambda found: found.state.debt2),
    (_PREPAYMENT, 0x0231): _live(_PREPAYMENT, 0x0231, _UINT32, lambda found: found.state.debt3),
}
for _n in range(1, 5):
    LIVE[_METERING, 0x00FE + 2 * _n] = _live(
        _METERING, 0x00FE + 2 * _n, _UINT48, _tier_register(_n, None)
    )
    LIVE[_METERING, 0x06FF + _n] = _live(
        _METERING, 0x06FF + _n, _UINT48, _tier_register(0, _n - 1)
    )

ACTIONS = {
    # cluster, direction, command
    (_METERING, 0x00, 0x0B): _change_supply,
    (_PRICE, 0x08, 0x05): _price_matrix,
    (_PRICE, 0x08, 0x06): _thresholds,
    (_PREPAYMENT, 0x00, 0x00): _select,
    (_PREPAYMENT, 0x00, 0x02): _change_debt,
    (_PREPAYMENT, 0x00, 0x04): _enter,
    (_PREPAYMENT, 0x00, 0x05): _adjust,
    (_PREPAYMENT, 0x00, 0x06): _change_mode,
    (_PREPAYMENT, 0x00, 0x06, KEPT): _mode_settings,
    (_PREPAYMENT, 0x00, 0x08): _top_up_log,
    (_PREPAYMENT, 0x00, 0x0A): _debt_log,
    (_CALENDAR, 0x08, 0x00): _publish_calendar,
    (_CALENDAR, 0x08, 0x01): _piece,
    (_CALENDAR, 0x08, 0x02): _piece,
    (_CALENDAR, 0x08, 0x03): _piece,
    (_CALENDAR, 0x08, 0x04): _special_days,
}
for _cluster, _command in _SETS:
    _direction = 0x08 if _cluster == _PRICE else 0x00
    ACTIONS.setdefault((_cluster, _direction, _command), _set)
