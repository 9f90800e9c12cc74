"""Writes the COSEM tables of the core from the facts: objects, their layouts, request templates.

`python -m tools.gen_cosem` writes them, with `--check` it only says whether they are fresh (exit
status 1 where they are not). The facts are those that `cosem_facts` reads. What they leave out
(the class 30 structures, alerts without rows) is stated here, with its source.
"""

import pathlib
import re
import sys
from typing import Any

from tools import cosem_facts, generated
from tools.fact_tables import FactError

TARGET = "protocol/gbcs/cosem/%s.py"  # for objects_0, objects_1 ..., classes, templates, alerts
PIECE = 4000  # characters of objects a module, of which a board has one in memory
TEXT = 1200  # characters of a text, so that a small heap has room for it

Row = dict[str, Any]

TYPES = {
    "double-long-unsigned": "u32",
    "long-unsigned": "u16",
    "unsigned": "u8",
    "double-long": "i32",
    "long": "i16",
    "integer": "i8",
    "octet-string": "o",
    "visible-string": "v",
    "utf8-string": "t",
    "bit-string": "b",
    "boolean": "f",
    "enum": "e",
    "null (contrary to COSEM)": "n",
}
# Structures that the facts give as types only, named as in DLMS UA 1000-1 (the Blue Book)
SEEN = {
    (22, 4): "[{time:o4@time;date:o5@date}",
    (111, 11): "[{credit_reference:o6@obis;charge_reference:o6@obis;collection_configuration:b3}",
}
# DLMS UA 1000-1, class 30 (Data protection), as GBCS 8.5 uses it; class 7, selective access
PROTECTION = (
    "[{protection_type:e;protection_options:{"
    "transaction_id:o9@parts:cra/1,originator_counter/8;originator_system_title:o8@eui64;"
    "recipient_system_title:o8@eui64;other_information:o0;"
    "key_info:{key_info_type:e@enum:2=agreed key;"
    "key_info_options:{key_parameters:o1;key_ciphered_data:o0}}}}"
)
PROTECTED = (
    "{object_list:[{class_id:u16;logical_name:o6@obis;attribute_index:i8;data_index:u16;"
    "restriction:{restriction_type:e;restriction_value:"
    "{from_date:o12@date-time;to_date:o12@date-time}}};"
    "protection_parameters:%s}>{protection_parameters:%s;protected_attributes:o@encrypted}"
) % (PROTECTION, PROTECTION)
CONFIGURATION = (1, "0-0:94.44.10.0", "A", 2)
BILLING = (7, "0-0:98.1.0.255", "A", 2)
BACKUP = (104, "0-0:30.3.0.255", "M", 4)
COMMAND = "message_code/2,originator_counter/8"
ALERTS = {  # what follows alert code and time, from the facts' words on each body
    0x00CC: "outcome:o19@parts:%s,class_id/2,logical_name/6,attribute_index/1" % COMMAND,
    0x00CE: "image_hash:o32",
    0x00D5: "",
    0x00F0: "detail:o2",
    0x0018: "backup_PAN:@104.M4",
    0x0061: "protection_parameters:%s;protected_attributes:o@encrypted" % PROTECTION,
    0x0110: "device_id:o8@eui64",
    0x0111: "channel_change:{operating_channel:b32;reason:o1}",
    0x0112: "assessment:{request:o1;outcome:o1}",
    0x0113: "configuration:@1.A2",
    0x0114: "discarded:o25@parts:originator/8,recipient/8,cra/1,originator_counter/8",
    0x0115: "device_id:o8@eui64",
    0x0120: "command:o10@parts:" + COMMAND,
    0x0123: "operational_update:t",
    0x1000: "",
    0x1001: "",
}
ALERT = "alert_code:u16@names:alert;time:o12@date-time"
# Names of classes in DLMS UA 1000-1, and GBCS's own
CLASSES = {
    1: "Data",
    3: "Register",
    4: "Extended register",
    7: "Profile generic",
    8: "Clock",
    9: "Script table",
    10: "Schedule",
    11: "Special days table",
    20: "Activity calendar",
    21: "Register monitor",
    22: "Single action schedule",
    30: "Data protection",
    70: "Disconnect control",
    71: "Limiter",
    104: "ZigBee network control",
    111: "Account",
    112: "Credit",
    113: "Charge",
    115: "Token gateway",
    9000: "Extended data",
}
EUI = ("ieee_address", "MAC_address", "mac_address", "extended_PAN_ID")
EUI_VALUES = ("0-0:96.1.1.255", *("0-0:94.44.0.2%d" % number for number in range(1, 6)))
OBIS = ("logical_name", "script_logical_name")
SECONDS = ("timestamp", "boost_start", "boost_end", "from_value", "to_value")
TIMES = ("start_time", "switch_time")
UNITS = "enum:27=W,30=Wh,32=varh,254=other unit,255=no unit"  # DLMS UA 1000-1, table of units
SCALED = {"27": "W", "30": "Wh", "32": "varh"}
HINTS = {
    "logCode": "names:alert",
    "outcome": "enum:0=unknown,1=success,2=failure",
    "otherInformation": "parts:message_code/2",
    "payment_mode": "enum:1=credit,2=prepayment",
    "control_state": "enum:0=disabled,1=enabled,2=armed",
    "key_type": "enum:1=install code",
    "join_timeout": "unit:s",
    "capture_period": "unit:s",
    "device_type": "enum:0=ESME,1=GSME,13=HCALCS,128=IHD,130=CAD,132=PPMID,254=GPF",
}
TEXTS = (  # octet strings that hold text: SMETS names
    "SupplierMessage",
    "ContactDetails",
    "MeterPointAdministrationNumber",
    "ModelType",
    "CustomerIdentificationNumber",
    "PrepaymentCredit",
    "ManufacturerIdentifier",
    "CHManufacturerIdentifier",
    "FirmwareVersion",
)


class Node:
    """One element of a layout: a leaf (`text`), a structure or an array of `children`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.text = ""
        self.bounds: tuple[str, str] | None = None
        self.children: list[Node] = []
        self.optional = False

    def child(self, name: str) -> "Node":
        for child in self.children:
            if child.name == name:
                return child
        self.children.append(Node(name))
        return self.children[-1]

    def layout(self) -> str:
        """The layout's text, without the name."""
        inside = ";".join(
            "%s%s:%s" % (child.name, "?" if child.optional else "", child.layout())
            for child in self.children
        )
        structure = "{%s}" % inside if self.children else ""
        if self.bounds:
            return "[%s..%s %s" % (*self.bounds, structure or self.text)
        return structure or self.text


def leaf(row: Row, name: str) -> str:
    """A leaf's type, size, constant and hint."""
    kind = row["type"]
    if kind == "exceptional" or kind.startswith("array of structure"):
        return SEEN.get((row["class_id"], row["index"]), "[")  # "[": an other record has names
    match = re.fullmatch(r"(.+?)\((\d+)\)", kind)
    size = ""
    if match and match[1] in TYPES:
        kind, size = match[1], match[2]
    if kind not in TYPES:
        raise FactError("no type %s, of %s" % (row["type"], row["object"] or name))
    text = TYPES[kind] + size
    constant = "" if row["constant"] is None else str(row["constant"])
    if constant and " " not in constant:
        text += "=" + constant
    hint = hint_of(row, name, text)
    return text + ("@" + hint if hint else "")


def plain_name(row: Row) -> str:
    """The SMETS object of a row, without element, number and qualifier."""
    return re.split(r"[:(\[]", row["object"] or "")[0].strip()


def hint_of(row: Row, name: str, text: str) -> str:
    """How a person reads a leaf, from its type, name and object."""
    smets = plain_name(row)
    kind = text.split("=")[0]
    if kind == "o12":
        return "date-time"
    if kind == "o5":
        return "date"
    if name in EUI or "eui64" in row["reading"] or row["obis"] in EUI_VALUES:
        return "eui64"
    if name in OBIS:
        return "obis"
    if name in TIMES:
        return "time"
    if name in SECONDS:
        return "utc"
    if kind == "e" and name.endswith("unit"):
        return UNITS
    if name == "otherInformation":
        if not kind.startswith("o"):
            return ""
        if smets == "SubGHzChannelLog":  # bit-string without tag, octet-string with
            return "parts:operating_channel/4,reason_tag/1,reason_size/1,reason/1"
    if name in HINTS:
        return HINTS[name]
    if kind == "i32" and smets in MILLIPENCE:
        return "unit:millipence"
    if "pounds" in row["reading"] or (smets == "CurrencyUnit" and kind == "f"):
        return "enum:0=euro,1=pounds"
    if smets == "BoostFunctionAvailability":
        return "enum:0=absent,1=present"
    if row["class_id"] == 9 and row["obis"] == "0-0:10.0.106.255":
        return "enum:51=enable,52=disable,54=arm"
    if name == "season_profile_name" or name.endswith("week_name"):
        return "text"
    if smets in TEXTS and kind.startswith("o"):
        return "text"
    return ""


MILLIPENCE: set[str] = set()  # SMETS objects in thousandths of a penny, as the facts say


def layout(rows: list[Row], member: str) -> str:
    """The layout that the rows of one attribute, or one side of a method, say together."""
    root = Node(member)
    for row in rows:
        if row["type"] is None:
            continue
        if row["type"] == "structure" and row["class_id"] == 30:
            return PROTECTED
        path = row["path"]
        if path is None or not re.search(r"[.\[]", path):
            root.text = leaf(row, member)
            continue
        root.text = ""
        walk(root, path, row)
    return root.layout()


def walk(root: Node, path: str, row: Row) -> None:
    """Puts the leaf at `path` into the tree: `entries[0..20].entry.index`.

    The first step is the attribute or method itself; the one after bounds is the array's element,
    which has no name on the wire.
    """
    node = root
    in_array = False
    name = ""
    for number, (name, bounds) in enumerate(re.findall(r"([^.\[\]]+)(?:\[([^\]]*)\])?\.?", path)):
        if number and not in_array:
            node = node.child(name)
        in_array = bool(bounds)
        if bounds:
            low, _, high = bounds.partition("..")
            node.bounds = (low.partition("of")[2] or low, high)
    node.text = leaf(row, name)
    if row["type"] == "exceptional" and node.bounds:
        node.text = "[%s..%s %s" % (*node.bounds, node.text.lstrip("["))
        node.bounds = None
    node.optional = row["twin_element_only"]


def smets_name(row: Row) -> str:
    """The SMETS object of a row, without the element of it."""
    name = (row["object"] or "").split(" - data returned")[0]
    name = name if name.startswith(("Alerts Conf", "Events Conf")) else name.split(": ")[0]
    return name.replace(" / ", "/").strip()


def element(row: Row) -> str:
    """The element of the SMETS object, without what tells current from next."""
    name = (row["object"] or "").partition(": ")[2].split(": ")[-1]
    return re.sub(r"(Next|Current)$", "", name)


class Object:
    """A row of the table of objects."""

    def __init__(self, key: tuple[Any, ...], text: str, derived: bool) -> None:
        self.key = key
        self.text = text
        self.derived = derived
        self.names: list[str] = []
        self.elements: list[str] = []
        self.access = ""
        self.number = 0

    def name(self) -> str:
        parts = list(dict.fromkeys(name for name in self.names if name))
        return "/".join(parts)


def family(text: str) -> str:
    """What a layout begins with: the type, without the size of a string."""
    return re.match(r"[\[{]|[ui]\d+|[a-z]", text)[0]  # type: ignore[index]


LETTERS = {"get": "g", "set": "s", "action": "a", "get-with-selection": "r"}


class Tables:
    """Objects, numbered in the order that templates first ask for them, and the templates."""

    def __init__(self, records: list[Row]) -> None:
        self.objects: list[Object] = []
        self.by_key: dict[tuple[Any, ...], list[Object]] = {}
        self.members: dict[tuple[int, str, int], str] = {}
        self.templates: list[tuple[Row, list[tuple[Row, list[Object]]]]] = []
        for record in records:
            for row in record["dlms"]:
                if "millipence" in row["reading"]:
                    MILLIPENCE.add(plain_name(row))
        # the standard's own tables first, so that what messages show only adds to them
        for record in sorted(records, key=lambda record: record["template"] != "tables"):
            for item in record["dlms_request"]:
                self.item(record, item)
        order: list[Object] = []
        for record in records:
            entries = []
            for item in record["dlms_request"]:
                found = self.item(record, item)
                order += [one for one in found if one not in order]
                entries.append((item, found))
            self.templates.append((record, entries))
        self.objects = order
        for number, one in enumerate(order):
            one.number = number
            self.unit(one)

    def unit(self, one: Object) -> None:
        """Gives a register's value its unit, where scaler (0) and unit are constant."""
        one.text = re.sub(
            r"(:u32)(;\w+:\{\w+:i8=0;\w+:e=(27|30|32)@)",
            lambda match: "%s@unit:%s%s" % (match[1], SCALED[match[3]], match[2]),
            one.text,
        )
        if one.key[0] in (3, 4) and one.key[2:] == ("A", 2) and one.text == "u32":
            for other in self.by_key.get((*one.key[:2], "A", 3), ()):
                match = re.match(r"\{scaler:i8=0;unit:e=(27|30|32)@", other.text)
                if match:
                    one.text += "@unit:" + SCALED[match[1]]

    def item(self, record: Row, item: Row) -> "list[Object]":
        """The objects that one entry of a request touches: its own, then the protected ones."""
        kind = "M" if item["choice"] == "action" else "A"
        key = (item["class_id"], item["obis"], kind, item["index"])
        found = [self.object(record, key, item["choice"])]
        for class_id, obis, index in item["protects"]:
            found.append(self.object(record, (class_id, obis, "A", index), "get"))
        return found

    def object(self, record: Row, key: tuple[Any, ...], choice: str) -> Object:
        rows = [
            row
            for row in record["dlms"]
            if (row["class_id"], row["obis"], row["kind"], row["index"]) == key
        ]
        member = next((row["name"] for row in rows if row["name"]), "")
        self.members.setdefault((key[0], key[2], key[3]), member)
        texts = self.texts(rows, key, self.members[(key[0], key[2], key[3])])
        derived = record["template"] != "tables"
        found = self.same(key, texts, derived)
        if found is None:
            found = Object(key, texts, derived)
            self.objects.append(found)
            self.by_key.setdefault(key, []).append(found)
        for row in rows:
            if not derived or not found.names:
                found.names.append(smets_name(row))
            found.elements.append(element(row))
        letter = LETTERS[choice]
        if letter not in found.access:
            found.access += letter
        return found

    def texts(self, rows: list[Row], key: tuple[Any, ...], member: str) -> str:
        if key[2] == "A":
            chosen = [row for row in rows if not (row["path"] or "").startswith("range_desc")]
            if key[0] == 7 and key[3] == 2:
                chosen = [row for row in chosen if row["type"] != "integer"]
            return layout(chosen, member)
        if key[0] == 30:
            return PROTECTED
        sides = [layout([row for row in rows if row["in"] == side], member) for side in SIDES]
        return ">".join(sides) if sides[1] else sides[0]

    def same(self, key: tuple[Any, ...], text: str, derived: bool) -> "Object | None":
        """A row for the same object that the text fits: a type seen is looser than a table's."""
        for one in self.by_key.get(key, ()):
            if one.text == text or (derived and family(one.text) == family(text)):
                return one
        return None

    def lines(self) -> list[str]:
        """The templates, a line each."""
        lines = []
        for record, entries in self.templates:
            code = int(record["message_code"], 16)
            words = []
            for item, found in entries:
                word = LETTERS[item["choice"]] + str(found[0].number)
                if item["optional"]:
                    word += "?"
                if found[1:]:
                    word += "(%s)" % ",".join(str(one.number) for one in found[1:])
                words.append(word)
            if not entries:
                words.append("!{%s}" % self.alert(code, record))
                if code == 0x0061:
                    words.append("(%d)" % self.by_key[BILLING][0].number)
            lines.append("%04X %s %s" % (code, record["code"], " ".join(words)))
        return sorted(lines)

    def alert(self, code: int, record: Row) -> str:
        """The layout of an alert's body."""
        body = ALERTS.get(code)
        if body is None:
            rows = record["dlms"]
            body = ";".join("%s:%s" % (row["name"], leaf(row, row["name"])) for row in rows)
        body = body.replace("@104.M4", self.by_key[BACKUP][0].text.split(">")[-1])
        body = body.replace("@1.A2", self.by_key[CONFIGURATION][0].text)
        return ALERT + (";" + body if body else "")

    def member(self, one: Object) -> str:
        return self.members[(one.key[0], one.key[2], one.key[3])]

    def title(self, one: Object) -> str:
        """The SMETS name, with the element where another object's would be the same."""
        name = one.name()
        member = self.member(one)
        alike = [
            other
            for other in self.objects
            if (other.key[0], other.key[1]) != (one.key[0], one.key[1])
            and self.member(other) == member
            and other.name() == name
        ]
        words = list(dict.fromkeys(word for word in one.elements if word))
        if alike and len(words) == 1:
            return "%s: %s" % (name, words[0])
        return name


SIDES = ("command", "response")


def tables(records: list[Row]) -> dict[str, str]:
    """The modules, by path."""
    found = Tables(records)
    shared: dict[str, int] = {}
    for one in found.objects:
        shared[one.text] = shared.get(one.text, 0) + 1
    names = [text for text, times in shared.items() if times > 1 and len(text) > 24]
    lines = []
    for one in found.objects:
        class_id, obis, kind, index = one.key
        text = "*%d" % names.index(one.text) if one.text in names else one.text
        row = (one.number, class_id, obis, "%s%d" % (kind, index), one.access, text)
        lines.append("|".join([str(part) for part in row] + [found.title(one)]))
    modules = {}
    pieces: list[list[str]] = [[]]
    for line in lines:
        if sum(len(one) + 1 for one in pieces[-1]) + len(line) > PIECE:
            pieces.append([])
        pieces[-1].append(line)
    for number, piece in enumerate(pieces):
        head = HEAD % "COSEM objects, piece %d; read by `cosem`." % number
        body = "OBJECTS = %s\n" % quoted(piece)
        modules[TARGET % ("objects_%d" % number)] = head + "\n" + body
    starts = " ".join(piece[0].split("|")[0] for piece in pieces)
    modules[TARGET % "classes"] = classes_module(found, names, starts)
    lines = found.lines()
    for name, alerts in (("templates", False), ("alerts", True)):
        text = HEAD % "COSEM %s of use cases; read by `cosem`." % name
        chosen = [line for line in lines if ("!" in line) == alerts]
        modules[TARGET % name] = text + "\nTEMPLATES = %s\n" % quoted(chosen)
    return modules


HEAD = '"""Generated by tools/gen_cosem.py: %s"""\n'


def quoted(lines: list[str]) -> str:
    """A tuple of texts that begin and end with an end of line."""
    texts: list[list[str]] = [[]]
    for line in lines:
        if texts[-1] and sum(len(one) + 1 for one in texts[-1]) + len(line) > TEXT:
            texts.append([])
        texts[-1].append(line)
    parts = []
    for text in texts:
        long = any(len(line) > 99 and " " in line for line in text)
        end = ",  # noqa: E501" if long else ","
        parts.append('    """\n%s\n"""%s\n' % ("\n".join(text), end))
    return "(\n%s)" % "".join(parts)


def classes_module(found: Tables, names: list[str], starts: str) -> str:
    """Classes and their members, layouts used more than once, where the pieces start."""
    members: dict[int, list[str]] = {}
    unknown = sorted({class_id for class_id, _, _ in found.members} - CLASSES.keys())
    if unknown:
        raise FactError("no name of class %d: CLASSES has none" % unknown[0])
    for (class_id, kind, index), name in sorted(found.members.items()):
        members.setdefault(class_id, []).append("%s%d=%s" % (kind, index, name))
    classes = [
        "%d %s|%s" % (class_id, CLASSES[class_id], "|".join(members[class_id]))
        for class_id in sorted(members)
    ]
    text = HEAD % "COSEM classes and common layouts; read by `cosem`."
    text += "\nCLASSES = %s\n" % quoted(classes)
    layouts = ["%d %s" % pair for pair in enumerate(names)]
    text += "\nLAYOUTS = %s\n" % quoted(layouts)
    return text + '\nSTARTS = "%s"  # the first object of each piece\n' % starts


def modules(facts: pathlib.Path) -> generated.Modules:
    """The modules, by path."""
    return tables(cosem_facts.records(facts))


if __name__ == "__main__":
    sys.exit(generated.main(sys.argv[1:], modules, pieces=(TARGET % "objects_*",)))
