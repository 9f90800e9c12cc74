"""What a supplier does about prices, payment and messages: service requests on a laboratory.

Money is millipence (hundred-thousandths of a pound). Electricity is asked for by COSEM objects,
gas by commands of clusters; what they hold is that of the reference messages.

Sources: service requests 1.1 to 1.6, 2.2, 3.1; GBCS use cases ECS01b, ECS03, ECS04a, ECS10,
GCS01b, GCS03, GCS07, GCS40a; ZigBee Smart Energy D.4 (price), D.5 (messaging).
"""

from typing import Any

from gbcs import gbz, utrn, zcl
from gbcs_host import compose

AT_ONCE = bytes.fromhex("0000000000000000008000FF")
_PRICE, _MESSAGING = 0x0700, 0x0703
_TO_SERVER = 0x09  # a command of a cluster, towards the meter
_PREPAYMENT = 0x0897  # of the payment control configuration, as in GCS03 of RTDS
_UNCHANGED = -1
_PENNY_SCALE, _PRICE_SCALE = -4, -5  # powers of ten pounds


def token(lab: Any, meter: bytes, number: int, pounds: int) -> str:
    """2.2: the 20 digits of a token of so many pounds, the supplier's `number`th for it."""
    keys, supplier = lab.parties.keys, lab.parties["supplier"].eui
    public = keys.crypto.public_key(keys.certificate(meter, "ka").public_key)
    secret = keys.crypto.agree(keys.private(supplier, "pp-ka"), public)
    return utrn.make(secret, supplier, meter, number << 32, pounds, utrn.POUNDS, keys.crypto)


def top_up(lab: Any, meter: bytes, digits: str, number: int) -> Any:
    """2.2: CS01a, the token sent to an ESME by the supplier, with the token's counter."""
    counter = number << 32
    supplier = lab.parties["supplier"]
    values = {"enter": digits.encode()}
    record = compose.access_request("CS01a", counter, values, supplier.eui, meter)
    return lab.send("CS01a", supplier, meter, record, counter=counter)


# Prices


def electricity_price(lab: Any, meter: bytes, price_mp: int, standing_mp: int) -> Any:
    """1.2: ECS01b, a price of one rate and a standing charge, a multiple of 10; at once."""
    return _electricity(
        lab, meter, "ECS01b",
        {
            0: _charges(_PENNY_SCALE, b"", standing_mp // 10),
            1: _charges(_PRICE_SCALE, b"\x01", price_mp),
            2: _f("octet-string", AT_ONCE),
            3: _f("octet-string", AT_ONCE),
        },
    )  # fmt: skip


def gas_price(lab: Any, meter: bytes, price_mp: int, standing_mp: int, label: str) -> Any:
    """1.2: GCS01b, a price of one rate, a standing charge, a label of 24 letters at most."""
    text = label.encode()
    tariff = bytes.fromhex("00000000 01000000 01000000 00000000 00")
    tariff += bytes((len(text),)) + text + bytes.fromhex("00 00 00 3A03 50")
    tariff += standing_mp.to_bytes(4, "little") + bytes.fromhex("FF 010000 E80300")
    matrix = bytes.fromhex("00000000 01000000 00000000 01000000 00 01 01 00")
    matrix += price_mp.to_bytes(4, "little")
    return _gas(lab, meter, "GCS01b", (_PRICE, 0x04, tariff), (_PRICE, 0x05, matrix))


# Messages


def electricity_message(lab: Any, meter: bytes, text: str) -> Any:
    """3.1: ECS10, a text of up to 116 letters for displays; none takes it back."""
    return lab.read("ECS10", meter, {"value": text.encode()})


def gas_message(lab: Any, meter: bytes, text: str, number: int) -> Any:
    """3.1: GCS07, a text that is to be confirmed, now and until it is changed."""
    octets = text.encode()
    head = number.to_bytes(4, "little") + bytes.fromhex("80 00000000 FFFF")
    return _gas(lab, meter, "GCS07", (_MESSAGING, 0x00, head + bytes((len(octets),)) + octets))


# Payment


def electricity_prepaid(lab: Any, meter: bytes, credit_mp: int) -> "list[Any]":
    """1.5, 1.6: so much credit is added (ECS04a), then the mode is prepayment (ECS03)."""
    added = lab.read("ECS04a", meter, {"update_amount": credit_mp})
    values = {"payment_mode": 2, "account_activation_time": AT_ONCE}
    values["activate_passive_value_time"] = AT_ONCE
    return [added, _electricity(lab, meter, "ECS03", {2: _f("array", _collected())}, values)]


def gas_prepaid(lab: Any, meter: bytes, credit_mp: int) -> "list[Any]":
    """1.5, 1.6: so much credit is added (GCS40a), then the mode is prepayment (GCS03)."""
    added = lab.read("GCS40a", meter, {"credit_adjustment_value": credit_mp})
    values = {
        "proposed_payment_control_configuration": _PREPAYMENT,
        "cut_off_value": _UNCHANGED,
    }
    return [added, lab.read("GCS03", meter, values)]


def _collected() -> "list[Any]":
    """Which credit pays for which charge, as in ECS03 of RTDS: each for each."""
    rows = []
    for credit in (0, 1, 2):
        for charge in (0, 4, 1, 2, 3):
            references = [bytes((0, 0, 19, 10, credit, 255)), bytes((0, 0, 19, 20, charge, 255))]
            parts = [_f("octet-string", one) for one in references]
            rows.append(_f("structure", [*parts, _f("bit-string", "111")]))
    return rows


def _charges(scale: int, index: bytes, amount: int) -> Any:
    """The data of a charge object with one amount, of 10^scale pounds."""
    scaling = _f("structure", [_f("integer", 0), _f("integer", scale)])
    nothing = [_f("long-unsigned", 0), _f("octet-string", bytes(6)), _f("integer", 0)]
    entry = _f("structure", [_f("octet-string", index), _f("long", amount)])
    return _f("structure", [scaling, _f("structure", nothing), _f("array", [entry])])


def _f(kind: str, value: Any) -> Any:
    return (None, kind, value, None)


def _electricity(
    lab: Any, meter: bytes, use_case: str, data: "dict[int, Any]", values: Any = None
) -> Any:
    """A command with these fields for items, by their number."""
    supplier = lab.parties["supplier"]
    record = compose.access_request(use_case, supplier.counter + 1, values, supplier.eui, meter)
    for number, field in data.items():
        record.items[number] = (*record.items[number][:-1], field)
    return lab.send(use_case, supplier, meter, record)


def _gas(lab: Any, meter: bytes, use_case: str, *commands: "tuple[int, int, bytes]") -> Any:
    """A command of clusters: (cluster, command, payload), each."""
    components = []
    for number, (cluster, command, octets) in enumerate(commands):
        name, fields = zcl.decode_payload(octets, 0, len(octets), cluster, _TO_SERVER, command)
        last = int(number == len(commands) - 1)
        components.append(
            gbz.Component(
                last, cluster, None, None, None, _TO_SERVER, number, command, name, fields, None
            )
        )
    return lab.send(use_case, "supplier", meter, gbz.Gbz(gbz.PROFILE, components))
