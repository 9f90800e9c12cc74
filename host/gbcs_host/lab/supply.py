"""A supplier's service requests for prices, payment and messages, as functions on a lab.

Money is millipence (hundred-thousandths of a pound). Requests to an ESME write COSEM objects,
those to a GSME are commands of ZigBee clusters, with the layouts of the reference messages of
RTDS.

Sources: service requests 1.1 to 1.6, 2.2, 3.1; GBCS use cases ECS01b, ECS03, ECS04a, ECS10,
GCS01b, GCS03, GCS07, GCS40a; ZigBee Smart Energy D.4 (price), D.5 (messaging).
"""

from typing import Any

from gbcs import utrn
from gbcs.gbz import gbz
from gbcs.zcl import zcl
from gbcs_host.lab import compose
from gbcs_host.lab.compose import field

AT_ONCE = bytes.fromhex("0000000000000000008000FF")
_PRICE, _MESSAGING = 0x0700, 0x0703
_PUBLISHED = 0x09  # frame control of what a server of the cluster says
_PREPAYMENT = 0x0897  # of the payment control configuration, as in GCS03 of RTDS
_UNCHANGED = -1
_PENNY_SCALE, _PRICE_SCALE = -4, -5  # powers of ten pounds


def token(lab: Any, meter: bytes, number: int, value: int, value_class: int = utrn.POUNDS) -> str:
    """2.2: the 20 digits of a UTRN for a meter, by default of pounds: GBCS 14.3.

    `number` is the upper half of its originator counter.
    """
    keys, supplier = lab.parties.keys, lab.parties["supplier"].eui
    public = keys.crypto.public_key(keys.certificate(meter, "ka").public_key)
    secret = keys.crypto.agree(keys.private(supplier, "pp-ka"), public)
    return utrn.make(secret, supplier, meter, number << 32, value, value_class, keys.crypto)


def top_up(lab: Any, meter: bytes, digits: str, number: int) -> Any:
    """2.2: CS01a sends a token to an ESME under the token's counter; the exchange."""
    counter = number << 32
    supplier = lab.parties["supplier"]
    values = {"enter": digits.encode()}
    record = compose.access_request("CS01a", counter, values, supplier.eui, meter)
    return lab.send("CS01a", supplier, meter, record, counter=counter)


# Prices


def electricity_price(lab: Any, meter: bytes, price_mp: int, standing_mp: int) -> Any:
    """1.2: ECS01b sets a price of one rate and a standing charge, at once; the exchange.

    `price_mp` is millipence a kWh, `standing_mp` millipence a day, a multiple of 10.
    """
    return electricity(
        lab, meter, "ECS01b", None,
        {
            0: charges(_PENNY_SCALE, [(b"", standing_mp // 10)]),
            1: charges(_PRICE_SCALE, [(b"\x01", price_mp)]),
            2: field("octet-string", AT_ONCE),
            3: field("octet-string", AT_ONCE),
        },
    )  # fmt: skip


def gas_price(lab: Any, meter: bytes, price_mp: int, standing_mp: int, label: str) -> Any:
    """1.2: GCS01b sets a price of one rate, a standing charge and a label; the exchange.

    The prices are millipence a kWh and a day; the label has at most 24 letters.
    """
    text = label.encode()
    tariff = bytes.fromhex("00000000 01000000 01000000 00000000 00")
    tariff += bytes((len(text),)) + text + bytes.fromhex("00 00 00 3A03 50")
    tariff += standing_mp.to_bytes(4, "little") + bytes.fromhex("FF 010000 E80300")
    matrix = bytes.fromhex("00000000 01000000 00000000 01000000 00 01 01 00")
    matrix += price_mp.to_bytes(4, "little")
    return gas(
        lab,
        meter,
        "GCS01b",
        (_PRICE, 0x04, _PUBLISHED, tariff),
        (_PRICE, 0x05, _PUBLISHED, matrix),
    )


# Messages


def electricity_message(lab: Any, meter: bytes, text: str) -> Any:
    """3.1: ECS10 sends a text of up to 116 letters for displays, without an end; the exchange."""
    return lab.read("ECS10", meter, {"value": text.encode()})


def gas_message(lab: Any, meter: bytes, text: str, number: int) -> Any:
    """3.1: GCS07 sends a text that a person must confirm, now and until changed; the exchange."""
    octets = text.encode()
    head = number.to_bytes(4, "little") + bytes.fromhex("80 00000000 FFFF")
    return gas(
        lab, meter, "GCS07", (_MESSAGING, 0x00, _PUBLISHED, head + bytes((len(octets),)) + octets)
    )


# Payment


def electricity_prepaid(lab: Any, meter: bytes, credit_mp: int) -> "list[Any]":
    """1.5, 1.6: ECS04a adds credit, then ECS03 sets prepayment mode; the two exchanges."""
    added = lab.read("ECS04a", meter, {"update_amount": credit_mp})
    values = {"payment_mode": 2, "account_activation_time": AT_ONCE}
    values["activate_passive_value_time"] = AT_ONCE
    return [added, electricity(lab, meter, "ECS03", values, {2: _collected()})]


def gas_prepaid(lab: Any, meter: bytes, credit_mp: int) -> "list[Any]":
    """1.5, 1.6: GCS40a adds credit, then GCS03 sets prepayment mode; the two exchanges."""
    added = lab.read("GCS40a", meter, {"credit_adjustment_value": credit_mp})
    values = {
        "proposed_payment_control_configuration": _PREPAYMENT,
        "cut_off_value": _UNCHANGED,
    }
    return [added, lab.read("GCS03", meter, values)]


def _collected() -> Any:
    """The table of credits and the charges they pay, as in ECS03 of RTDS: each pays for each."""
    rows = []
    for credit in (0, 1, 2):
        for charge in (0, 4, 1, 2, 3):
            references = [bytes((0, 0, 19, 10, credit, 255)), bytes((0, 0, 19, 20, charge, 255))]
            parts = [field("octet-string", reference) for reference in references]
            rows.append(field("structure", [*parts, field("bit-string", "111")]))
    return field("array", rows)


def charges(scale: int, amounts: "list[tuple[bytes, int]]") -> Any:
    """The data of a charge object (class 113: DLMS UA 1000-1 4.6), a field.

    `amounts` are pairs of an index and an amount, in units of 10^scale pounds.
    """
    scaling = field("structure", [field("integer", 0), field("integer", scale)])
    nothing = [field("long-unsigned", 0), field("octet-string", bytes(6)), field("integer", 0)]
    table = [
        field("structure", [field("octet-string", index), field("long", amount)])
        for index, amount in amounts
    ]
    return field("structure", [scaling, field("structure", nothing), field("array", table)])


# Any command of a supplier's


def electricity(
    lab: Any, meter: bytes, use_case: str, values: Any = None, data: "dict[int, Any] | None" = None
) -> Any:
    """Sends a DLMS command composed of its template; the exchange.

    `values` are given by name, `data` are fields for items by number.
    """
    supplier = lab.parties["supplier"]
    record = compose.access_request(use_case, supplier.counter + 1, values, supplier.eui, meter)
    for number, content in (data or {}).items():
        record.items[number] = (*record.items[number][:-1], content)
    return lab.send(use_case, supplier, meter, record)


def gas(lab: Any, meter: bytes, use_case: str, *commands: "tuple[int, int, int, bytes]") -> Any:
    """Sends a GBZ message of commands: (cluster, command, frame control, payload); the exchange.

    Commands that the template dates take effect now.
    """
    code = compose.case_of(use_case).code or 0
    dated = {
        (expected.cluster, expected.command, expected.frame_control)
        for expected in gbz.template(code)
        if expected.from_date_time
    }
    components = []
    for number, (cluster, command, control, octets) in enumerate(commands):
        name, fields = zcl.decode_payload(octets, 0, len(octets), cluster, control, command)
        last = int(number == len(commands) - 1)
        when = 0 if (cluster, command, control) in dated else None
        components.append(
            gbz.Component(
                last if when is None else last | gbz.FROM_DATE_TIME, cluster, None, None, when,
                control, number, command, name, fields, None,
            )
        )  # fmt: skip
    return lab.send(use_case, "supplier", meter, gbz.Gbz(gbz.PROFILE, components))
