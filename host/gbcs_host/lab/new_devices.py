"""What a new device of a lab has in its store: firmware, registers, load, terms of its account."""

import functools

from gbcs.axdr import axdr
from gbcs.cosem import cosem
from gbcs_device.base import kind_rows, load, names
from gbcs_host.lab import supply

FIRMWARE = bytes.fromhex("00010203")
LOADS = {  # W, W, l/h, by what is metered
    kind_rows.NOTHING: {},
    kind_rows.ELECTRICITY: {load.IMPORT: 460, load.EXPORT: 120},
    kind_rows.GAS: {load.GAS: 800},
}


# The prices of a new meter, in millipence; its mode is credit
_PRICE_MP, _STANDING_MP = 24_500, 53_000  # a kilowatt-hour of electricity, a day
_EMERGENCY_MP, _EMERGENCY_THRESHOLD_MP, _LOW_CREDIT_MP = 500_000, 100_000, 200_000
_GAS_TERMS = (
    # cluster, attribute, type and value: ZigBee Smart Energy D.4 and D.7
    (0x0700, 0x0301, "234C770000"),  # standing charge: 30.54 p
    (0x0700, 0x0400, "23701A0000"),  # price: 6.768 p
    (0x0700, 0x0302, "23788F0100"),  # conversion factor: 1.02264
    (0x0700, 0x0303, "1850"),
    (0x0700, 0x0304, "238B010000"),  # calorific value: 39.5 MJ/m3
    (0x0700, 0x0305, "3001"),
    (0x0700, 0x0306, "1810"),
    (0x0700, 0x0610, "410A4C616220746172696666"),  # label: Lab tariff
    (0x0700, 0x0616, "213A03"),  # pounds, of which 5 digits are given
    (0x0700, 0x0617, "1850"),
    (0x0705, 0x0000, "19940C"),  # credit mode
    (0x0705, 0x0010, "2320A10700"),  # emergency credit: limit, threshold
    (0x0705, 0x0011, "23A0860100"),
    (0x0705, 0x0031, "23400D0300"),  # low credit
    (0x0705, 0x0040, "2B00000000"),  # cut-off
)


def _electricity_terms() -> "dict[str, bytes]":
    """The objects of an ESME with the same prices: DLMS UA 1000-1 4.6 (classes 111 to 113)."""

    def charge(scale: int, index: bytes, amount: int) -> bytes:
        return axdr.encode(supply.charges(scale, [(index, amount)]))

    def double_long(value: int) -> bytes:
        return b"\x05" + value.to_bytes(4, "big")

    rows = (
        (113, "0000131400FF", 5, charge(-5, b"\x01", _PRICE_MP)),
        (113, "0000131404FF", 5, charge(-4, b"", _STANDING_MP // 10)),
        (111, "0000130000FF", 2, bytes.fromhex("020216011602")),
        (111, "0000130000FF", 16, double_long(_LOW_CREDIT_MP)),
        (112, "0000130A01FF", 9, double_long(_EMERGENCY_MP)),
        (112, "0000130A01FF", 10, double_long(_EMERGENCY_THRESHOLD_MP)),
        (21, "0000100001FF", 2, b"\x01\x01" + double_long(0)),
    )
    return {
        cosem.name_of(class_id, bytes.fromhex(obis), index): octets
        for class_id, obis, index, octets in rows
    }


def _registers(count: int) -> bytes:
    """The octets of a structure of one array of `count` registers of zero."""
    return b"\x02\x01\x01" + bytes((count,)) + b"\x06\x00\x00\x00\x00" * count


@functools.cache
def data(fuel: int) -> "dict[str, bytes]":
    """The registers and versions of a new meter, octets by name of the store."""
    if fuel == kind_rows.ELECTRICITY:
        imported = bytes.fromhex("020406000000C802020F00161E060000000A02020F001620")
        power = bytes.fromhex("0202060000000002020F00161B")
        return {
            cosem.name_of(1, bytes.fromhex("00005E2C220A"), 2): imported,
            cosem.name_of(1, bytes.fromhex("00005E2C2214"), 2): power,
            cosem.name_of(1, bytes.fromhex("00005E2C2201"), 2): _registers(48),
            cosem.name_of(1, bytes.fromhex("00005E2C2202"), 2): _registers(64),
            cosem.name_of(3, bytes.fromhex("0100020800FF"), 2): bytes.fromhex("060000000A"),
            cosem.name_of(1, bytes.fromhex("0000000201FF"), 2): b"\x09\x04" + FIRMWARE,
            **_electricity_terms(),
        }
    if fuel == kind_rows.GAS:
        return {
            names.attribute_name(0x0702, 0x0000): b"\x25" + (12_345).to_bytes(6, "little"),
            names.attribute_name(0x0702, 0x0206): b"\x41\x04" + FIRMWARE,
            **{
                names.attribute_name(cluster, identifier): bytes.fromhex(octets)
                for cluster, identifier, octets in _GAS_TERMS
            },
        }
    return {}
