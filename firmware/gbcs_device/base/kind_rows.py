"""What each kind of device is and can do: one table, one row a kind.

Rows are literals, which a board keeps in flash; `find` wraps the one that is asked for. What a
row's names stand for (classes, objects, stations) gbcs_device.devices makes of them.

Sources: GBCS 4.3.2.5 (cells; that a GSME has none of a network operator the reference messages
say: trustAnchorNotFound), CCS01 and 13.4 (numbers).
"""

from gbcs.compat import TYPE_CHECKING, const

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

# What it meters
NOTHING = const(0)
ELECTRICITY = const(1)
GAS = const(2)

# What its display does: shows, or acts on supply and credit too
_NONE = const(0)
_SHOWS = const(1)
_ACTS = const(2)

# What a device's own log calls another; whoever takes no GBCS message is of type 2
GSME_TYPE = const(0)
ESME_TYPE = const(1)
CHF_TYPE = const(2)
GPF_TYPE = const(3)
HCALCS_TYPE = const(4)
PPMID_TYPE = const(5)
TYPE_2 = const(6)

_ROWS = (
    # name, what it meters, roles with trust anchor cells, whether the broker's has "ds" too,
    #   form of payload beside ASN.1, objects that are not plain data,
    #   class of device, station ("": the lab cannot add it), does it sleep, what its display does,
    #   number in CCS01 and in another's log (None: it has none)
    ("ESME",   ELECTRICITY, (0, 1, 2, 3, 4, 5, 8), False, "DLMS", "electricity",
               "meter",  "meter",   False, _NONE,  0,    ESME_TYPE),
    ("GSME",   GAS,         (0, 1, 2, 4, 5),       False, "GBZ",  "gas",
               "meter",  "meter",   True,  _NONE,  1,    GSME_TYPE),
    ("CHF",    NOTHING,     (0, 1, 4, 5, 6),       True,  "DLMS", "hub",
               "hub",    "hub",     False, _NONE,  None, CHF_TYPE),
    ("PPMID",  NOTHING,     (0, 1, 2, 4, 5),       True,  "GBZ",  "",
               "ppmid",  "ppmid",   False, _ACTS,  132,  PPMID_TYPE),
    ("IHD",    NOTHING,     (),                    False, "",     "",
               "ihd",    "display", False, _SHOWS, 128,  TYPE_2),
    ("GPF",    NOTHING,     (0, 1, 2, 3, 4, 5),    False, "GBZ",  "proxy",
               "device", "",        False, _NONE,  254,  GPF_TYPE),
    ("HCALCS", NOTHING,     (0, 1, 2, 4, 5),       False, "GBZ",  "",
               "device", "",        False, _NONE,  13,   HCALCS_TYPE),
    ("SAPC",   ELECTRICITY, (0, 1, 2, 3, 4, 5, 8), False, "DLMS", "electricity",
               "meter",  "",        False, _NONE,  None, None),
)  # fmt: skip


class UnknownKind(ValueError):
    """No kind of device, or none that can be had here; `known` are those that can."""

    def __init__(self, kind: str, known: "tuple[str, ...]") -> None:
        super().__init__("a kind of device of %s expected, found %s" % (", ".join(known), kind))
        self.kind = kind
        self.known = known


class Kind:
    """A row, its columns by name, and what follows of them."""

    __slots__ = (
        "broker_signs",
        "can_act",
        "can_join",
        "cells",
        "device",
        "display",
        "form",
        "fuel",
        "has_display",
        "is_hub",
        "is_sleepy",
        "name",
        "objects",
        "partner_type",
        "registered_type",
        "station",
        "takes_messages",
    )

    def __init__(self, row: "tuple[Any, ...]") -> None:
        self.name: str = row[0]
        self.fuel: int = row[1]
        self.cells: tuple[int, ...] = row[2]
        self.broker_signs: bool = row[3]
        self.form: str = row[4]
        self.objects: str = row[5]
        self.device: str = row[6]
        self.station: str = row[7]
        self.is_sleepy: bool = row[8]
        self.display: int = row[9]
        self.registered_type: int | None = row[10]
        self.partner_type: int | None = row[11]

        self.takes_messages = self.form != ""  # GBCS messages: it has keys for them
        self.is_hub = self.station == "hub"
        self.can_join = self.station not in ("", "hub")
        self.has_display = self.display != _NONE
        self.can_act = self.display == _ACTS  # a person tops up, and switches, at its display


_found: "dict[str, Kind]" = {}


def is_known(kind: str) -> bool:
    """Whether there is an emulator of this kind."""
    return any(row[0] == kind for row in _ROWS)


def find(kind: str) -> Kind:
    """What is known of a kind; UnknownKind for what is none."""
    try:
        return _found[kind]
    except KeyError:
        pass
    for row in _ROWS:
        if row[0] == kind:
            _found[kind] = Kind(row)
            return _found[kind]
    raise UnknownKind(kind, tuple([row[0] for row in _ROWS]))


def on_a_han() -> "tuple[str, ...]":
    """The kinds that the lab can add: those that have a station."""
    return tuple([row[0] for row in _ROWS if row[7]])


def joining() -> "tuple[str, ...]":
    """Those of them that join a hub: what a board or another process can be."""
    return tuple([row[0] for row in _ROWS if row[7] not in ("", "hub")])
