"""ZigBee install codes: their CRC, and the link key that a device and its hub make of them.

Source: ZigBee Smart Energy 5.4.8.1. CCS01 carries the code's 16 octets without the CRC.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs.errors import GbcsError

if TYPE_CHECKING:
    from gbcs.interfaces import Crypto

SIZES = (6, 8, 12, 16)  # octets of a code before its CRC; GB devices have 16


class BadInstallCode(GbcsError):
    """Not an install code: the text says what was expected."""


def crc(code: bytes) -> bytes:
    """The CRC-16/X-25 of a code, two octets, the least significant first."""
    register = 0xFFFF
    for octet in code:
        register ^= octet
        for _ in range(8):
            register = register >> 1 ^ (0x8408 if register & 1 else 0)
    register ^= 0xFFFF
    return bytes((register & 0xFF, register >> 8))


def complete(code: bytes) -> bytes:
    """`code` with its CRC: added where it is missing, checked where it is there.

    Raises BadInstallCode for a size that no code has, and for a CRC that is not the code's.
    """
    size = len(code)
    if size in SIZES and size - 2 not in SIZES:
        return code + crc(code)
    if size - 2 not in SIZES:
        raise BadInstallCode(
            "6, 8, 12 or 16 octets expected, or 2 more for the CRC, found %d" % size
        )
    if code[-2:] == crc(code[:-2]):
        return code
    if size in SIZES:  # eight octets: a code of eight, or one of six with a CRC
        return code + crc(code)
    raise BadInstallCode("CRC %s expected, found %s" % (_hex(crc(code[:-2])), _hex(code[-2:])))


def link_key(code: bytes, crypto: "Crypto") -> bytes:
    """The preconfigured link key, 16 octets: the AES-MMO hash of the code and its CRC."""
    return crypto.aes_mmo(complete(code))


def parse(text: str) -> bytes:
    """The octets of a code as people write it, in hex with or without separators and CRC."""
    digits = "".join([mark for mark in text if mark not in " -:._"])
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise BadInstallCode("hex digits, two an octet, expected") from None


def _hex(octets: bytes) -> str:
    return "".join(["%02X" % octet for octet in octets])
