"""The account of an ESME: the COSEM objects that set its terms, that show it, that change it.

Sources: the COSEM mapping table of GBCS (its section 20); scales and codes as in the reference
commands ECS01a, ECS03, ECS07, ECS08a; DLMS UA 1000-1 4.6 (classes 111 to 115).
"""

from gbcs import axdr
from gbcs.compat import TYPE_CHECKING, const
from gbcs.octets import length_octets
from gbcs_device import account, load, tokens
from gbcs_device.cosemserver import OTHER_REASON, TYPE_UNMATCHED, Failed, name_of
from gbcs_device.figures import ARMED, OFF, ON
from gbcs_device.state import COUNTER
from gbcs_device.tariff import Calendar, Schedule, Terms

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs_device.cosemserver import Item
    from gbcs_device.device import Command

_UNITS = const(360_000_000)  # hundredths of a watt, milliseconds, in a watt-hour
_MP_SCALE = const(-5)  # millipence are pounds / 10^5
_NO_THRESHOLD = const(0xFFFFFFFF)
_PREPAYMENT = const(2)
_POUND_MP = const(100_000)

_ACCOUNT = b"\x00\x00\x13\x00\x00\xff"
_BALANCE = b"\x00\x00\x13\x0a\x00\xff"
_EMERGENCY = b"\x00\x00\x13\x0a\x01\xff"
_ACCUMULATED = b"\x00\x00\x13\x0a\x02\xff"
_CHARGES = b"\x00\x00\x13\x14"  # and the number of the charge, FF
_PRICES, _DEBT_1, _DEBT_2, _PAYMENT_DEBT, _STANDING = 0, 1, 2, 3, 4
_IMPORT = (1, b"\x00\x00\x5e\x2c\x22\x0a", 2)  # a structure that begins with active import
_EXPORT = (3, b"\x01\x00\x02\x08\x00\xff", 2)
_POWER = (1, b"\x00\x00\x5e\x2c\x22\x14", 2)  # a structure that begins with active power
_TARIFF = (1, b"\x00\x00\x5e\x2c\x22\x01", 2)
_BLOCKS = (1, b"\x00\x00\x5e\x2c\x22\x02", 2)
_BALANCES = (1, b"\x00\x00\x5e\x2c\x22\x1e", 2)
_PRICE = (3, b"\x00\x00\x5e\x2c\x01\x07", 2)
_SWITCH_STATE = (70, b"\x00\x00\x60\x03\x0a\xff", 3)
_TOP_UP_LOG = (7, b"\x00\x00\x62\x01\x05\xff", 2)
_PAYMENT_LOG = (7, b"\x00\x00\x62\x01\x04\xff", 2)
_BLOCK_PERIOD = (22, b"\x00\x00\x0f\x01\x00\xff", 4)
_SEASONS, _WEEKS, _DAYS = [(20, b"\x00\x00\x0d\x00\x00\xff", index) for index in (3, 4, 5)]
_SPECIAL_DAYS = (11, b"\x00\x00\x0b\x00\x00\xff", 2)
_NON_DISABLEMENT = (10, b"\x00\x00\x0c\x00\x01\xff", 2)
_NON_DISABLEMENT_DAYS = (11, b"\x00\x00\x0b\x00\x02\xff", 2)
_SUSPEND = const(32)  # the script that begins a non-disablement period

_NUMBERS = (
    # class, OBIS, index, of the terms, what its unit is in millipence or seconds
    ((21, b"\x00\x00\x10\x00\x01\xff", 2), "cut_off_mp", 1),
    ((111, _ACCOUNT, 16), "low_credit_mp", 1),
    ((111, _ACCOUNT, 18), "cap_mp", _POUND_MP),
    ((111, _ACCOUNT, 19), "cap_period_s", 1),
    ((112, _EMERGENCY, 9), "emergency_limit_mp", 1),
    ((112, _EMERGENCY, 10), "emergency_threshold_mp", 1),
    ((9000, b"\x00\x00\x5e\x2c\x02\x0a", 2), "max_credit_mp", 1),
    ((9000, b"\x00\x00\x5e\x2c\x02\x14", 2), "max_balance_mp", 1),
    ((113, _CHARGES + b"\x03\xff", 13), "proportion", 1),
)
_DOUBLE_LONG, _LONG_UNSIGNED = const(5), const(18)
_SCRIPTS = {51: ON, 52: OFF, 54: ARMED}
_SWITCH = {ON: 1, OFF: 0, ARMED: 2}  # the state of the load switch as class 70 has it


def _plain(field: "Any") -> "Any":
    """The values of decoded data, without names and types."""
    value = field[2]
    return [_plain(one) for one in value] if type(value) is list else value


def _value(get: "Any", key: "tuple[int, bytes, int]") -> "Any":
    octets = get(name_of(*key))
    return None if octets is None else _plain(axdr.decode(octets, 0, len(octets))[0])


def _scaled(value: int, scale: int) -> int:
    """So many of 10^scale pounds, in millipence."""
    power = scale - _MP_SCALE
    return value * 10**power if power >= 0 else value // 10**-power


def _charge(get: "Any", number: int) -> "list[tuple[bytes, int]]":
    """What a charge object has in force: pairs of an index and millipence."""
    found = _value(get, (113, _CHARGES + bytes((number, 0xFF)), 5))
    if not found:
        return []
    scale = found[0][1]
    return [(index, _scaled(amount, scale)) for index, amount in found[2]]


def _date(octets: bytes) -> "tuple[Any, ...]":
    """Year, month, day and weekday of a COSEM date; None for what it does not say."""
    year = octets[0] << 8 | octets[1]
    parts = [None if year == 0xFFFF else year]
    for octet in octets[2:5]:
        parts.append(None if octet > 31 else octet)
    return tuple(parts)


def terms(get: "Any") -> Terms:
    """The terms that the objects say; `get(name)` gives an object's octets."""
    found = Terms(_UNITS)
    found.default_tier = 1
    mode = _value(get, (111, _ACCOUNT, 2))
    found.is_prepayment = bool(mode) and mode[0] == _PREPAYMENT
    for key, name, factor in _NUMBERS:
        value = _value(get, key)
        if type(value) is list:
            value = value[0] if value else 0
        if value is not None:
            setattr(found, name, value * factor)
    for index, amount in _charge(get, _PRICES):
        if index:
            place = index[0]
            tier, block = (place, 0) if place < 0xA0 else (100 + (place & 15), (place >> 4) - 10)
            if amount:
                found.prices[tier, block] = amount
    for _, amount in _charge(get, _STANDING):
        found.standing_mp = amount
    found.debts = []
    for number in (_DEBT_1, _DEBT_2):
        amounts = _charge(get, number)
        period = _value(get, (113, _CHARGES + bytes((number, 0xFF)), 8)) or 0
        found.debts.append((amounts[0][1] if amounts else 0, period))
    for tier in range(1, 9):
        limits = _value(get, (21, b"\x00\x00\x10\x00" + bytes((10 + tier, 0xFF)), 2)) or []
        limits = [one for one in limits if one != _NO_THRESHOLD]
        if limits:
            found.thresholds[100 + tier] = limits
    _suspensions(found, get)
    _calendars(found, get)
    return found


def _suspensions(found: Terms, get: "Any") -> None:
    """Whether time debts are recovered of emergency credit, and without credit."""
    rows = _value(get, (111, _ACCOUNT, 11))
    if rows is None:
        return
    found.suspends_disabled = found.suspends_emergency = True
    for credit, charge, collection in rows:
        if charge == _CHARGES + b"\x01\xff":
            if credit == _ACCUMULATED:
                found.suspends_disabled = False
            elif credit == _EMERGENCY:
                found.suspends_emergency = collection[2] != "1"


def _special(get: "Any", key: "tuple[int, bytes, int]") -> "list[tuple[Any, int]]":
    return [(_date(date), day) for _, date, day in _value(get, key) or ()]


def _calendars(found: Terms, get: "Any") -> None:
    days = _value(get, _DAYS)
    if days:
        calendar = found.calendar = Calendar()
        for day, entries in days:
            calendar.days[day] = sorted(
                [(start[0] * 60 + start[1], selector) for start, _, selector in entries]
            )
        for row in _value(get, _WEEKS) or ():
            calendar.weeks[row[0]] = tuple(row[1:])
        for _, start, week in _value(get, _SEASONS) or ():
            calendar.seasons.append((_date(start[:4] + b"\xff"), week))
        calendar.special = _special(get, _SPECIAL_DAYS)
    entries = _value(get, _NON_DISABLEMENT)
    if entries:
        schedule = found.non_disablement = Schedule()
        for _, enabled, _, selector, start, _, weekdays, special, begin, end in entries:
            if enabled:
                row = (int(selector == _SUSPEND), start[0] * 60 + start[1], weekdays, special)
                schedule.entries.append(row + (_date(begin), _date(end)))
        schedule.special = _special(get, _NON_DISABLEMENT_DAYS)
    reset = _value(get, _BLOCK_PERIOD)
    if reset:
        found.block_reset = (None, _date(reset[0][1]))


def readings(get: "Any") -> "tuple[int, int, int]":
    """What the registers for import and export stood at when the account began, and 0."""
    imported, exported = get(name_of(*_IMPORT)), get(name_of(*_EXPORT))
    return (
        int.from_bytes(imported[3:7], "big") if imported else 0,
        int.from_bytes(exported[1:5], "big") if exported else 0,
        0,
    )


# What is read


def _amount(value: int) -> bytes:
    """A double-long, which is as far as money goes on the wire."""
    value = max(min(value, 0x7FFFFFFF), -0x80000000)
    return b"\x05" + (value & 0xFFFFFFFF).to_bytes(4, "big")


def _seeded(key: "tuple[int, bytes, int]", make: "Any") -> "Any":
    """What makes an attribute: data that were seeded, else what the account says."""
    name = name_of(*key)

    def made(command: "Command", item: "Any") -> bytes:
        octets = command.get(name)
        if octets is not None:
            return octets
        return make(account.of(command))

    return made


def _advanced(key: "tuple[int, bytes, int]", place: int, amount: "Any") -> "Any":
    """What makes an attribute: its data, with more in the number at `place`."""
    name = name_of(*key)

    def made(command: "Command", item: "Any") -> "bytes | None":
        octets = command.get(name)
        return octets and load.added(octets, place, amount(account.of(command)))

    return made


def _power(command: "Command", item: "Any") -> "bytes | None":
    octets = command.get(name_of(*_POWER))
    return octets and octets[:3] + account.of(command).power_w().to_bytes(4, "big") + octets[7:]


def _registers(key: "tuple[int, bytes, int]", place_of: "Any") -> "Any":
    """What makes an array of registers: its data, each with what its tier or block has counted."""
    name = name_of(*key)

    def made(command: "Command", item: "Any") -> "bytes | None":
        octets = command.get(name)
        registers = account.of(command).state.registers if octets else {}
        for tier, block in registers:
            place = None if block == COUNTER else place_of(tier, block)
            if octets and place is not None and 4 + 5 * place < len(octets):
                octets = load.added(octets, 5 + 5 * place, registers[tier, block])
        return octets

    return made


def _tier_place(tier: int, block: int) -> "int | None":
    return tier - 1 if tier <= 48 else None


def _block_place(tier: int, block: int) -> "int | None":
    return None if tier <= 100 else 16 * block + tier - 101


def _balances(found: "Any") -> bytes:
    state = found.state
    amounts = (found.meter_balance(), state.emergency, state.accumulated,
               state.debt1, state.debt2, state.debt3)  # fmt: skip
    return b"\x02\x06" + b"".join([_amount(one) for one in amounts])


def _log(key: "tuple[int, bytes, int]", entries: "Any") -> "Any":
    """What makes a log of seconds and amounts, oldest first."""

    def made(found: "Any") -> bytes:
        rows = [(row[0], row[1]) for row in entries(found.device.store.get)]
        octets = b"".join(
            [second.to_bytes(4, "big") + mp.to_bytes(4, "big") for second, mp in reversed(rows)]
        )
        return b"\x13\x02\x02\x06\x06" + length_octets(len(octets)) + octets

    return _seeded(key, made)


def _top_ups(get: "Any") -> "list[tuple[int, int]]":
    return [(one.time, one.amount_mp) for one in tokens.top_ups(get)]


def _supply(command: "Command", item: "Any") -> bytes:
    return b"\x16" + bytes((_SWITCH[account.of(command).state.supply],))


def _price(found: "Any") -> bytes:
    return b"\x06" + found.price()[0].to_bytes(4, "big")


LIVE = {
    _IMPORT: _advanced(_IMPORT, 3, lambda found: found.state.wh),
    _EXPORT: _advanced(_EXPORT, 1, lambda found: found.exported_wh()),
    _POWER: _power,
    _TARIFF: _registers(_TARIFF, _tier_place),
    _BLOCKS: _registers(_BLOCKS, _block_place),
    _BALANCES: _seeded(_BALANCES, _balances),
    (112, _BALANCE, 2): _seeded((112, _BALANCE, 2), lambda found: _amount(found.meter_balance())),
    _PRICE: _seeded(_PRICE, _price),
    _SWITCH_STATE: _supply,
    _TOP_UP_LOG: _log(_TOP_UP_LOG, _top_ups),
    _PAYMENT_LOG: _log(_PAYMENT_LOG, tokens.payments),
}

# What is done


def _number(item: "Item") -> int:
    """The double-long that a method is given."""
    if item.octets[item.start] != _DOUBLE_LONG:
        raise Failed(TYPE_UNMATCHED)
    value = int.from_bytes(item.octets[item.start + 1 : item.start + 5], "big")
    return value - (1 << 32) if value >> 31 else value


def _switch(command: "Command", item: "Item") -> bytes:
    """ECS42, ECS43, ECS44: the load switch closed or armed, if there is credit, or opened."""
    supply = _SCRIPTS.get(item.octets[item.start + 1] << 8 | item.octets[item.start + 2])
    if item.octets[item.start] != _LONG_UNSIGNED or supply is None:
        raise Failed(TYPE_UNMATCHED)
    found = account.changing(command)
    if supply != OFF and not found.may_supply():
        raise Failed(OTHER_REASON)
    found.set_supply(supply)
    return b"\x00"


def _enter(command: "Command", item: "Item") -> bytes:
    """CS01a: a token. One that is not taken is answered other-reason."""
    digits = item.octets[item.start + 2 : item.end]
    command.counted = True
    found = account.changing(command)
    result, _ = tokens.enter(found, digits, tokens.REMOTE, command.m.counter, command.changes)
    if tokens.ACCEPTED < result < tokens.ACCEPTED_ON:
        raise Failed(OTHER_REASON)
    return b"\x00"


def _adjust(command: "Command", item: "Item") -> bytes:
    account.changing(command).adjust(_number(item))
    return b"\x00"


def _reset(command: "Command", item: "Item") -> bytes:
    """ECS04b: its three methods together are SMETS's Reset Meter Balance."""
    account.changing(command).reset()
    return b"\x00"


def _select(command: "Command", item: "Item") -> bytes:
    if not account.changing(command).select_emergency():
        raise Failed(OTHER_REASON)
    return b"\x00"


def _adjusted_debt(number: int) -> "Any":
    def adjust(command: "Command", item: "Item") -> bytes:
        account.changing(command).adjust_debt(number, _number(item))
        return b"\x00"

    return adjust


def _activated(command: "Command", item: "Item") -> bytes:
    """The passive charge becomes the active one."""
    octets = command.get(name_of(113, item.obis, 6))
    if octets is not None:
        command.changes[name_of(113, item.obis, 5)] = octets
    return b"\x00"


def _reset_blocks(command: "Command", item: "Item") -> bytes:
    account.changing(command).reset_blocks()
    return b"\x00"


ACTIONS = {
    ("M", 115, b"\x00\x00\x13\x28\x00\xff", 1): _enter,
    ("M", 112, _BALANCE, 1): _adjust,
    ("M", 112, _BALANCE, 2): _reset,
    ("M", 112, _EMERGENCY, 3): _select,
    ("M", 113, _CHARGES + b"\x01\xff", 4): _adjusted_debt(1),
    ("M", 113, _CHARGES + b"\x02\xff", 4): _adjusted_debt(2),
    ("M", 113, _CHARGES + b"\x03\xff", 4): _adjusted_debt(3),
    ("M", 113, _CHARGES + b"\x01\xff", 2): _activated,
    ("M", 113, _CHARGES + b"\x02\xff", 2): _activated,
    ("M", 9, b"\x00\x00\x0a\x00\x64\xff", 1): _reset_blocks,
    ("M", 9, b"\x00\x00\x0a\x00\x6a\xff", 1): _switch,
}
