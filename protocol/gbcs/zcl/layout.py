"""Layouts of commands: the text of the cluster table, compiled; `gbcs.zcl.reader` reads by them.

A layout is said by FIELDS, in the order of the wire:

    name:type[:hint]            a field; the type `octets` takes all that is left
    name:type*[:hint]           elements to the end
    name:type*count[&15]        as many elements as the field `count` (masked) said
    name*(FIELDS)               groups of fields to the end
    name*count(FIELDS)          as many groups as `count` said
    ?(FIELDS)                   there unless the octets end here
    ?name=0,2(FIELDS)           there where the field `name` has one of these values
    ?name&1(FIELDS)             there where it has one of these bits
    name:typed                  an octet that names a type, then a value of it
    name:change:field           a value of the type that `field` named, there if that is analog

Hints are those of fields; `@x` is a list of names from `_NAMES`, and `_` stands for a blank.
Compiled, it is a tuple of steps; all fixed fields in a row are one step and one `struct` format.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs.zcl import types as zcltypes

if TYPE_CHECKING:
    Layout = tuple[tuple, ...]

# Steps of a layout, and what follows the number:
RUN = (
    0  # size, struct format, names, types, hints, ((index, fix), ...), ((offset, size, name), ...)
)
STRING = 1  # name, type row, hint
LIST = 2  # name, type row, hint, count or "", mask
GROUPS = 3  # name, layout, count or "", mask
OPTIONAL = 4  # layout
CASE = 5  # name, values, layout
BITS = 6  # name, mask, layout
OCTETS = 7  # name, hint
TYPED = 8  # name, hint
CHANGE = 9  # name, the field that holds the type

_NAMES = """
adjust 0=incremental,1=absolute,2=absolute_on_the_bill_to_date,3=relative_to_the_bill_to_date
calendar 0=delivered,1=received,2=delivered_and_received,3=friendly_credit,4=auxiliary_load_switch
calorific 1=MJ/m3,2=MJ/kg
commodity 0=electricity,1=gas,2=water,127=mirrored_electricity,128=mirrored_gas
control 0=off,1=off_/_armed,2=on,3=unchanged
currency 826=GBP,978=EUR
debt 0=type_1_absolute,1=type_1_incremental,2=type_2_absolute,3=type_2_incremental,\
4=type_3_absolute,5=type_3_incremental
debts 0=debt_1,1=debt_2,2=debt_3,255=all_debts
device 0=energy_service_interface,1=meter,2=in-home_display
frequency 0=per_hour,1=per_day,2=per_week,3=per_month,4=per_quarter
log 0=all_logs,1=tamper,2=fault,3=general,4=security,5=network,6=GSME_event,7=GSME_security
measure 0=kWh,1=m3,2=ft3,3=ccf,4=US_gallon,5=IMP_gallon,6=BTU,7=litre,8=kPa_gauge,9=kPa_absolute,\
10=mcf,11=unitless,12=MJ,13=kvar
password 0=reserved,1=service_menu,2=consumer_menu
protocol 0=DLMS/COSEM,1=IEC_61107,2=ANSI_C12,3=M-Bus,4=SML,5=ClimateTalk,6=GB-HRGP
recovery 0=time_based,1=percentage_of_top-up,2=catch-up
sample 0=consumption_delivered,1=consumption_received,2=reactive_delivered,3=reactive_received,\
4=instantaneous_demand
snapshot 0=TOU_delivered,1=TOU_received,2=block_delivered,3=block_received,\
4=TOU_delivered_no_billing,5=TOU_received_no_billing,6=block_delivered_no_billing,\
7=block_received_no_billing,128=no_data
supply 0=off,1=armed,2=on
terminate 1=unknown_issuer,2=bad_key_confirm,3=bad_message,4=no_resources,5=unsupported_suite,\
6=invalid_certificate
topup 0=accepted,1=invalid,2=duplicate,3=error,4=maximum_credit_reached,5=keypad_lock,6=too_large,\
16=accepted_supply_on,17=accepted_supply_off,18=accepted_supply_armed
transfer 0=no_such_tunnel,1=wrong_device,2=data_overflow
tunnel 0=success,1=busy,2=no_more_tunnel_ids,3=protocol_not_supported,4=flow_control_not_supported
"""


def compile_layout(fields: str) -> "Layout":
    """The layout that FIELDS (above) say."""
    tokens = fields.replace("(", " ( ").replace(")", " ) ").split()
    steps, at = _steps(tokens, 0)
    if at != len(tokens):
        raise ValueError("unbalanced: " + fields)
    asked: list[str] = []
    _asked(steps, asked)
    return tuple(_joined(steps, asked))


def _steps(tokens: "list[str]", at: int) -> "tuple[list, int]":
    """Steps up to the closing parenthesis; a fixed field is (RUN, name, type row, hint) yet."""
    steps: list = []
    while at < len(tokens) and tokens[at] != ")":
        token = tokens[at]
        at += 1
        if at < len(tokens) and tokens[at] == "(":
            inner, at = _steps(tokens, at + 1)
            at += 1
            steps.append(_compound(token, inner))
        else:
            steps.append(_simple(token))
    return steps, at


def _compound(token: str, inner: list) -> list:
    if token == "?":
        return [OPTIONAL, inner]
    if token[0] != "?":
        name, _, count = token.partition("*")
        count, mask = _counted(count)
        return [GROUPS, name, inner, count, mask]
    name, equals, values = token[1:].partition("=")
    if equals:
        return [CASE, name, tuple([int(value) for value in values.split(",")]), inner]
    name, _, bits = token[1:].partition("&")
    return [BITS, name, int(bits), inner]


def _counted(count: str) -> "tuple[str, int]":
    name, _, mask = count.partition("&")
    return name, int(mask) if mask else 0xFFFF


def _simple(token: str) -> list:
    name, _, rest = token.partition(":")
    kind, _, hint = rest.partition(":")
    kind, star, count = kind.partition("*")
    if kind == "octets":
        return [OCTETS, name, hint_of(hint) if hint else None]
    if kind == "typed":
        return [TYPED, name, None]
    if kind == "change":
        return [CHANGE, name, hint]
    row = zcltypes.by_name(kind)
    if row is None:
        raise ValueError("no type: " + token)
    parsed_hint = hint_of(hint) if hint else row[6]
    if star:
        count, mask = _counted(count)
        return [LIST, name, row, parsed_hint, count, mask]
    if row[4] in (zcltypes.STRING, zcltypes.LONG_STRING):
        return [STRING, name, row, parsed_hint]
    return [RUN, name, row, parsed_hint]


def _inner(step: list) -> "int | None":
    """Where a step has its own steps."""
    return {GROUPS: 2, OPTIONAL: 1, CASE: 3, BITS: 3}.get(step[0])


def _asked(steps: list, asked: "list[str]") -> None:
    """Adds the names of the fields that counts and conditions refer to."""
    for step in steps:
        op = step[0]
        if op in (CASE, BITS):
            asked.append(step[1])
        elif op == LIST:
            asked.append(step[4])
        elif op == GROUPS:
            asked.append(step[3])
        elif op == CHANGE:
            asked.append(step[2])
        inner = _inner(step)
        if inner:
            _asked(step[inner], asked)


def _joined(steps: list, asked: "list[str]") -> list:
    """The steps with every run of fixed fields made one, and what is asked for marked in it."""
    joined: list = []
    fields: list = []
    for step in steps:
        if step[0] == RUN:
            fields.append(step)
            continue
        if fields:
            joined.append(_run(fields, asked))
            fields = []
        inner = _inner(step)
        if inner:
            step[inner] = tuple(_joined(step[inner], asked))
        joined.append(tuple(step))
    if fields:
        joined.append(_run(fields, asked))
    return joined


def _run(fields: list, asked: "list[str]") -> tuple:
    letters = "<"
    size = 0
    fixes = []
    kept = []
    for index, (_, name, row, _) in enumerate(fields):
        fixing = zcltypes.fix(row[4])
        if fixing is not None:
            fixes.append((index, fixing))
        if name in asked:
            kept.append((size, row[2], name))
        letters += row[3]
        size += row[2]
    names = tuple([field[1] for field in fields])
    types = tuple([field[2][1] for field in fields])
    hints = tuple([field[3] for field in fields])
    return (RUN, size, letters, names, types, hints, tuple(fixes), tuple(kept))


def hint_of(text: str) -> str:
    if text[0] == "@":
        text = "enum:" + line_of(_NAMES, "\n" + text[1:])
    return text.replace("_", " ") if text[:6] != "names:" else text


def line_of(text: str, start: str) -> str:
    """What follows `start` and a blank, to the end of its line and of those that continue it."""
    at = text.find(start)
    if at < 0:
        return ""
    at += len(start) + 1
    end = text.find("\n", at)
    while text[end + 1 : end + 2] == " ":
        end = text.find("\n", end + 1)
    return text[at:end]
