"""The account of an ESME: the COSEM objects that show it, and those that change it.

Sources: the COSEM mapping table of GBCS (its section 20); DLMS UA 1000-1 4.6 (classes 111 to 115).
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.cosem.cosem import name_of
from gbcs.octets import length_octets
from gbcs_device.account import account, tokens
from gbcs_device.account.esme_terms import CHARGES, EMERGENCY, EXPORT, IMPORT
from gbcs_device.account.state import COUNTER
from gbcs_device.base import load
from gbcs_device.base.figures import LOAD_SWITCH
from gbcs_device.messages.cosem_server import OTHER_REASON, TYPE_UNMATCHED, ItemFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gbcs_device.account.account import Account
    from gbcs_device.interfaces import Lookup
    from gbcs_device.messages.cosem_server import Item
    from gbcs_device.messages.device import Command

    Maker = Callable[[Command, Item], bytes | None]

_BALANCE = b"\x00\x00\x13\x0a\x00\xff"
_POWER = (1, b"\x00\x00\x5e\x2c\x22\x14", 2)  # a structure that begins with active power
_TARIFF = (1, b"\x00\x00\x5e\x2c\x22\x01", 2)
_BLOCKS = (1, b"\x00\x00\x5e\x2c\x22\x02", 2)
_BALANCES = (1, b"\x00\x00\x5e\x2c\x22\x1e", 2)
_PRICE = (3, b"\x00\x00\x5e\x2c\x01\x07", 2)
_SWITCH_STATE = (70, b"\x00\x00\x60\x03\x0a\xff", 3)
_TOP_UP_LOG = (7, b"\x00\x00\x62\x01\x05\xff", 2)
_PAYMENT_LOG = (7, b"\x00\x00\x62\x01\x04\xff", 2)
_DOUBLE_LONG = const(5)


# What is read


def _amount(value: int) -> bytes:
    """A double-long, which is as far as money goes on the wire."""
    value = max(min(value, 0x7FFFFFFF), -0x80000000)
    return b"\x05" + (value & 0xFFFFFFFF).to_bytes(4, "big")


def _unsigned(value: int) -> bytes:
    """Four octets; what is more than they hold is the most that they do."""
    return min(value, 0xFFFFFFFF).to_bytes(4, "big")


def _seeded(key: "tuple[int, bytes, int]", make: "Callable[[Account], bytes]") -> "Maker":
    """What makes an attribute: data that were seeded, else what the account says."""
    name = name_of(*key)

    def made(command: "Command", item: "Item") -> bytes:
        octets = command.get(name)
        if octets is not None:
            return octets
        return make(account.of(command))

    return made


def _advanced(
    key: "tuple[int, bytes, int]", place: int, amount: "Callable[[Account], int]"
) -> "Maker":
    """What makes an attribute: its data, with more in the number at `place`."""
    name = name_of(*key)

    def made(command: "Command", item: "Item") -> "bytes | None":
        octets = command.get(name)
        return octets and load.added(octets, place, amount(account.of(command)))

    return made


def _power(command: "Command", item: "Item") -> "bytes | None":
    octets = command.get(name_of(*_POWER))
    return octets and octets[:3] + _unsigned(account.of(command).power_w()) + octets[7:]


def _registers(
    key: "tuple[int, bytes, int]", place_of: "Callable[[int, int], int | None]"
) -> "Maker":
    """What makes an array of registers: its data, each with what its tier or block has counted."""
    name = name_of(*key)

    def made(command: "Command", item: "Item") -> "bytes | None":
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


def _balances(ledger: "Account") -> bytes:
    state = ledger.state
    amounts = (ledger.meter_balance(), state.emergency, state.accumulated,
               state.debt1, state.debt2, state.debt3)  # fmt: skip
    return b"\x02\x06" + b"".join([_amount(one) for one in amounts])


def _log(
    key: "tuple[int, bytes, int]", entries: "Callable[[Lookup], Sequence[tuple[int, ...]]]"
) -> "Maker":
    """What makes a log of seconds and amounts, oldest first."""

    def made(ledger: "Account") -> bytes:
        rows = [(row[0], row[1]) for row in entries(ledger.device.store.get)]
        octets = b"".join([_unsigned(second) + _unsigned(mp) for second, mp in reversed(rows)])
        return b"\x13\x02\x02\x06\x06" + length_octets(len(octets)) + octets

    return _seeded(key, made)


def _top_ups(get: "Lookup") -> "list[tuple[int, int]]":
    return [(one.time, one.amount_mp) for one in tokens.top_ups(get)]


def _supply(command: "Command", item: "Item") -> bytes:
    return b"\x16" + bytes((LOAD_SWITCH[account.of(command).state.supply],))


def _price(ledger: "Account") -> bytes:
    return b"\x06" + _unsigned(ledger.price()[0])


LIVE = {
    IMPORT: _advanced(IMPORT, 3, lambda ledger: ledger.state.wh),
    EXPORT: _advanced(EXPORT, 1, lambda ledger: ledger.exported_wh()),
    _POWER: _power,
    _TARIFF: _registers(_TARIFF, _tier_place),
    _BLOCKS: _registers(_BLOCKS, _block_place),
    _BALANCES: _seeded(_BALANCES, _balances),
    (112, _BALANCE, 2): _seeded(
        (112, _BALANCE, 2), lambda ledger: _amount(ledger.meter_balance())
    ),
    _PRICE: _seeded(_PRICE, _price),
    _SWITCH_STATE: _supply,
    _TOP_UP_LOG: _log(_TOP_UP_LOG, _top_ups),
    _PAYMENT_LOG: _log(_PAYMENT_LOG, tokens.payments),
}

# What is done


def _number(item: "Item") -> int:
    """The double-long that a method is given."""
    if item.octets[item.start] != _DOUBLE_LONG:
        raise ItemFailed(TYPE_UNMATCHED)
    value = int.from_bytes(item.octets[item.start + 1 : item.start + 5], "big")
    return value - (1 << 32) if value >> 31 else value


def _enter(command: "Command", item: "Item") -> bytes:
    """CS01a: a token. One that is not taken is answered other-reason."""
    digits = item.octets[item.start + 2 : item.end]
    command.counted = True
    ledger = account.of(command)
    result, _ = tokens.enter(ledger, digits, tokens.REMOTE, command.m.counter, command.changes)
    if tokens.is_refused(result):
        ledger.refuse(command.now)
        raise ItemFailed(OTHER_REASON)
    account.changing(command)
    return b"\x00"


def _adjust(command: "Command", item: "Item") -> bytes:
    account.changing(command).adjust(_number(item))
    return b"\x00"


def _reset(command: "Command", item: "Item") -> bytes:
    """ECS04b: its three methods together are SMETS's Reset Meter Balance."""
    account.changing(command).reset()
    return b"\x00"


def _reset_too(command: "Command", item: "Item") -> bytes:
    """ECS04b: what its first method has done already."""
    return b"\x00"


def _select(command: "Command", item: "Item") -> bytes:
    if not account.changing(command).select_emergency():
        raise ItemFailed(OTHER_REASON)
    return b"\x00"


def _adjusted_debt(number: int) -> "Callable[[Command, Item], bytes]":
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
    ("M", 112, EMERGENCY, 2): _reset_too,
    ("M", 112, b"\x00\x00\x13\x0a\x02\xff", 2): _reset_too,
    ("M", 112, EMERGENCY, 3): _select,
    ("M", 113, CHARGES + b"\x01\xff", 4): _adjusted_debt(1),
    ("M", 113, CHARGES + b"\x02\xff", 4): _adjusted_debt(2),
    ("M", 113, CHARGES + b"\x03\xff", 4): _adjusted_debt(3),
    ("M", 113, CHARGES + b"\x01\xff", 2): _activated,
    ("M", 113, CHARGES + b"\x02\xff", 2): _activated,
    ("M", 9, b"\x00\x00\x0a\x00\x64\xff", 1): _reset_blocks,
}
