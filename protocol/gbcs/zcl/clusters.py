"""The table of ZigBee clusters: names of clusters and attributes, names and layouts of commands.

The table is text, in a module a cluster (`cluster_0702`), so that frozen it takes no heap and else
only for one cluster at a time; what is asked for is read from it and kept. A line is one of

    0301 StandingCharge uint32 [hint]        an attribute of the server
    ~0001 NotificationFlags2 map32           an attribute of the client
    *0110/16x15/1x15 Tier{1}Block{1}...      attributes in steps: 15 tiers 16 apart, of 15 blocks
                                             1 apart; {1} is the number that the first one has
    >06 GetSnapshot FIELDS                   a command from client to server; < from server
        FIELDS                               to client; continued where a line begins with blanks

and FIELDS are those of `layout`.
"""

import sys

from gbcs.compat import KEEPS_TABLES, TYPE_CHECKING, ZCL_LAYOUTS_KEPT
from gbcs.zcl import types as zcltypes
from gbcs.zcl.layout import RUN, compile_layout, hint_of, line_of

if TYPE_CHECKING:
    from types import ModuleType

CLUSTERS = """
0000 Basic
000A Time
0019 OTAUpgrade
0025 KeepAlive
0700 Price
0701 DemandResponseAndLoadControl
0702 Metering
0703 Messaging
0704 Tunneling
0705 Prepayment
0707 Calendar
0708 DeviceManagement
0709 Events
070B SubGHz
0800 KeyEstablishment
"""

_GLOBAL = """
FFFD ClusterRevision uint16
FFFE AttributeReportingStatus enum8 enum:0=pending,1=complete
"""  # every cluster has these: ZCL 2.3.4, SE annex A

_attributes: "dict[int, tuple]" = {}
_commands: "dict[int, tuple]" = {}


_resident = ""  # on a board, the one cluster module in memory


def table(cluster: int) -> "ModuleType | None":
    """The module of a cluster, texts of ATTRIBUTES and COMMANDS; None if it is not known."""
    global _resident
    name = "cluster_%04X" % cluster
    if CLUSTERS.find("\n%s " % name[8:]) < 0:
        return None
    if not KEEPS_TABLES and _resident != name:
        if _resident:
            sys.modules.pop("gbcs.zcl." + _resident, None)
            setattr(sys.modules["gbcs.zcl"], _resident, None)
        _resident = name
    return _module(name)


def _module(name: str) -> "ModuleType | None":
    if name == "cluster_0000":
        import gbcs.zcl.cluster_0000
    elif name == "cluster_000A":
        import gbcs.zcl.cluster_000A
    elif name == "cluster_0019":
        import gbcs.zcl.cluster_0019
    elif name == "cluster_0025":
        import gbcs.zcl.cluster_0025
    elif name == "cluster_0700":
        import gbcs.zcl.cluster_0700
    elif name == "cluster_0701":
        import gbcs.zcl.cluster_0701
    elif name == "cluster_0702":
        import gbcs.zcl.cluster_0702
    elif name == "cluster_0703":
        import gbcs.zcl.cluster_0703
    elif name == "cluster_0704":
        import gbcs.zcl.cluster_0704
    elif name == "cluster_0705":
        import gbcs.zcl.cluster_0705
    elif name == "cluster_0707":
        import gbcs.zcl.cluster_0707
    elif name == "cluster_0708":
        import gbcs.zcl.cluster_0708
    elif name == "cluster_0709":
        import gbcs.zcl.cluster_0709
    elif name == "cluster_070B":
        import gbcs.zcl.cluster_070B
    elif name == "cluster_0800":
        import gbcs.zcl.cluster_0800  # noqa: F401
    return sys.modules["gbcs.zcl." + name]


def cluster_name(cluster: int) -> str:
    """The name of a cluster, or `cluster_XXXX`."""
    return line_of(CLUSTERS, "\n%04X" % cluster) or "cluster_%04X" % cluster


def attribute(cluster: int, identifier: int, client: bool = False) -> "tuple":
    """(name, type, hint) of an attribute; (`attribute_XXXX`, None, None) where it is not known."""
    key = cluster << 17 | identifier << 1 | client
    row = _attributes.get(key)
    if row is None:
        module = table(cluster)
        for text in () if module is None else module.ATTRIBUTES:
            row = _find_attribute(text, identifier, client)
            if row is not None:
                break
        else:
            row = _find_attribute(_GLOBAL, identifier, False)
            if row is None:
                return "attribute_%04X" % identifier, None, None
        if len(_attributes) >= 4 * ZCL_LAYOUTS_KEPT:
            _attributes.clear()
        _attributes[key] = row
    return row


def _find_attribute(text: str, identifier: int, client: bool) -> "tuple | None":
    side = "~" if client else ""
    line = line_of(text, "\n%s%04X" % (side, identifier))
    if line:
        name, _, rest = line.partition(" ")
        return _attribute(name, rest)
    start = "\n*" + side
    at = text.find(start)
    while at >= 0:
        at += len(start)
        if side or text[at] != "~":
            place, name, rest = text[at : text.find("\n", at)].split(" ", 2)
            numbers = _place(place, identifier)
            if numbers is not None:
                return _attribute(_numbered(name, numbers), rest)
        at = text.find(start, at)
    return None


def _attribute(name: str, rest: str) -> tuple:
    kind, _, hint = rest.partition(" ")
    row = zcltypes.by_name(kind)
    return name, kind, hint_of(hint) if hint else row[6] if row else None


def _numbered(name: str, numbers: "list[int]") -> str:
    """`Tier{1}Block{1}` with these numbers added."""
    for number in numbers:
        begin = name.find("{")
        end = name.find("}")
        number += int(name[begin + 1 : end])
        name = "%s%d%s" % (name[:begin], number, name[end + 1 :])
    return name


def _place(place: str, identifier: int) -> "list[int] | None":
    """Which steps of `0110/16x15/1x15` lead to `identifier`, counted from 0."""
    parts = place.split("/")
    left = identifier - int(parts[0], 16)
    numbers = []
    for part in parts[1:]:
        step, _, count = part.partition("x")
        number = left // int(step)
        if not 0 <= number < int(count):
            return None
        numbers.append(number)
        left -= number * int(step)
    return None if left else numbers


def command(cluster: int, to_client: int, identifier: int) -> tuple:
    """(name, layout, run) of a cluster's command, `to_client` (8) or to the server (0).

    `run` is the layout's one step where that is a run of fixed fields, else None. Of an unknown
    command the name is `command_XX`, and layout and run are None.
    """
    key = cluster << 9 | to_client << 5 | identifier
    row = _commands.get(key)
    if row is None:
        line = _command_line(cluster, to_client, identifier)
        if not line:
            return "command_%02X" % identifier, None, None
        name, _, fields = line.partition(" ")
        layout = compile_layout(fields)
        run = layout[0] if len(layout) == 1 and layout[0][0] == RUN else None
        row = name, layout, run
        if len(_commands) >= ZCL_LAYOUTS_KEPT:
            _commands.clear()
        _commands[key] = row
    return row


def command_name(cluster: int, to_client: int, identifier: int) -> "str | None":
    """The name of a cluster's command; None where it is not known. A board reads no layout."""
    if KEEPS_TABLES:
        name, layout, _ = command(cluster, to_client, identifier)
        return None if layout is None else name
    row = _commands.get(cluster << 9 | to_client << 5 | identifier)
    if row is not None:
        return row[0]
    return _command_line(cluster, to_client, identifier).partition(" ")[0] or None


def _command_line(cluster: int, to_client: int, identifier: int) -> str:
    module = table(cluster)
    if module is not None:
        start = "\n%s%02X" % ("<" if to_client else ">", identifier)
        for text in module.COMMANDS:
            line = line_of(text, start)
            if line:
                return line
    return ""
