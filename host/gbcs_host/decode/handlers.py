"""Where the devices carry out a use case: the table and the key, as they stand in the source.

What no table has is plain data, which `gbcs_device.messages.cosem_server` and `gbz_server` answer
from the store.
"""

from collections.abc import Iterator
from typing import Any

from gbcs import usecases
from gbcs.cosem import template as cosemtemplate
from gbcs.gbz import gbz
from gbcs_device.account import esme as esme_account
from gbcs_device.account import gsme as gsme_account
from gbcs_device.base import kind_rows
from gbcs_device.usecases import chf, credentials, device_log, esme, gsme, maintenance

Table = tuple[Any, str, dict[Any, Any]]  # a module, the name of a table in it, the table

TABLES: "dict[str, tuple[Table, ...]]" = {
    # by the column `objects` of a kind's row; the last table that has a key decides
    "": (),
    "electricity": (
        (esme, "LIVE", esme.LIVE),
        (esme, "ACTIONS", esme.ACTIONS),
        (esme_account, "LIVE", esme_account.LIVE),
        (esme_account, "ACTIONS", esme_account.ACTIONS),
    ),
    "gas": (
        (gsme, "ACTIONS", gsme.ACTIONS),
        (gsme_account, "LIVE", gsme_account.LIVE),
        (gsme_account, "ACTIONS", gsme_account.ACTIONS),
    ),
    "hub": (
        (esme, "LOGS", esme.LOGS),
        (chf, "LIVE", chf.LIVE),
        (chf, "ACTIONS", chf.ACTIONS),
    ),
    "proxy": ((gsme, "PROXY_ACTIONS", gsme.PROXY_ACTIONS),),
}
_ASN1 = (credentials, maintenance, device_log)


def of_use_case(case: usecases.UseCase) -> "list[str]":
    """A line for each entry of a table that carries out a part of the use case, by kind."""
    if case.code is None:
        return []
    if case.form == "ASN.1":
        return list(_asn1(case, case.code))
    keys = list(dict.fromkeys(_dlms(case.code) if case.form == "DLMS" else _gbz(case.code)))
    lines = []
    for kind in case.roles if case.form in ("DLMS", "GBZ") else ():
        if kind_rows.is_known(kind):
            tables = TABLES[kind_rows.find(kind).objects]
            places = (_place(tables, key) for key in keys)
            lines += ["%s: %s" % (kind, place) for place in places if place]
    return lines


def _asn1(case: usecases.UseCase, code: int) -> "Iterator[str]":
    for module in _ASN1:
        if code in module.ASN1:
            yield "%s.ASN1[0x%04X], %s" % (module.__name__, code, _named(module.ASN1[code][0]))
    if case.mode is not None:
        yield "gbcs_device.usecases.credentials.REPLACEMENT"


def _dlms(code: int) -> "Iterator[tuple[Any, ...]]":
    """The keys of the attributes and methods that a DLMS command names."""
    template = cosemtemplate.template(code)
    for request in () if template is None else template.requests:
        member = request.object
        key = (member.class_id, member.obis, member.index)
        if request.choice == "get":
            yield key
        else:
            yield ("M" if member.kind == "M" else "A", *key)
        for protected in request.protects:
            yield (protected.class_id, protected.obis, protected.index)


def _gbz(code: int) -> "Iterator[tuple[Any, ...]]":
    """The keys of the attributes and commands that a GBZ command names."""
    for expected in gbz.template(code):
        if expected.side != "command":
            continue
        if expected.frame_control & 1:
            yield (expected.cluster, expected.frame_control & 8, expected.command)
        elif expected.command == 0:  # Read Attributes: ZCL 2.5.1
            for identifier, _ in expected.constants:
                yield (expected.cluster, identifier)


def _place(tables: "tuple[Table, ...]", key: "tuple[Any, ...]") -> str:
    """MODULE.TABLE[KEY] of the last table that has the key, and its function; "" for none."""
    for module, name, table in reversed(tables):
        if key in table:
            place = "%s.%s[%s]" % (module.__name__, name, _spelt(module, key))
            function = _named(table[key])
            return "%s, %s" % (place, function) if function else place
    return ""


def _spelt(module: Any, key: "tuple[Any, ...]") -> str:
    """A key by the names of the module's constants, as its table has it."""
    constants = [(value, name) for name, value in vars(module).items() if name[:2] != "__"]
    for value, name in constants:
        if isinstance(value, tuple) and value == key:
            return name
    if any(isinstance(part, bytes) for part in key):  # DLMS
        return ", ".join(_part(constants, part) for part in key)
    return ", ".join(("0x%02X" if len(key) > 2 and at else "0x%04X") % part
                     for at, part in enumerate(key))  # fmt: skip


def _part(constants: "list[tuple[Any, str]]", part: Any) -> str:
    """A part of a key: an OBIS code by the name of its constant, if it has one."""
    if isinstance(part, bytes):
        for value, name in constants:
            if isinstance(value, bytes) and value == part:
                return name
        return 'b"%s"' % "".join("\\x%02x" % octet for octet in part)
    return "%d" % part if isinstance(part, int) else '"%s"' % part


def _named(function: Any) -> str:
    """The name of a function in its module; "" for one that another function makes."""
    name = str(getattr(function, "__qualname__", ""))
    return "" if "<" in name else "%s.%s" % (function.__module__, name)
