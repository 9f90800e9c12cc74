"""Prepayment tokens: the 20 digits of a UTRN, made and checked.

    UTRN = base + 64 bits (7 zero, 10 of the counter, 2 class, 13 value, 32 MAC), and a check digit

Source: GBCS 14; holds for the tokens of CS01a and CS01b, made again digit for digit.
"""

from gbcs.compat import TYPE_CHECKING, const, same
from gbcs.errors import GbcsError
from gbcs.protect import message_key
from gbcs.record import Record

if TYPE_CHECKING:
    from gbcs.interfaces import Crypto

_BASE = 0x669D529B714A0000
PENCE = const(0)
POUNDS = const(1)
MAX_VALUE = const(8191)

# the permutations P[0] to P[7] of the ten digits
_P = "01234567891576283094580379614289160435279453126870428657390127938064157046913258"


class BadToken(GbcsError):
    """Not a token, or not this device's: the text says why."""


class Token(Record):
    """What a UTRN says: ten counter bits, the value class, the value, four octets of MAC."""

    __slots__ = ("counter_bits", "value_class", "value", "mac")

    def __init__(self, counter_bits: int, value_class: int, value: int, mac: bytes) -> None:
        self.counter_bits = counter_bits
        self.value_class = value_class
        self.value = value
        self.mac = mac

    @property
    def pence(self) -> int:
        """The amount in pence: the low bit of the class says whether the value is in pounds."""
        return self.value * 100 if self.value_class & 1 else self.value


def _dihedral(a: int, b: int) -> int:
    if a < 5:
        return (a + b) % 5 + (0 if b < 5 else 5)
    return (a - b) % 5 + (5 if b < 5 else 0)


def _product(digits: str) -> int:
    result = 0
    for index in range(len(digits)):
        row = (4 + index) % 8 * 10
        result = _dihedral(result, int(_P[row + int(digits[index])]))
    return result


def check_digit(digits: str) -> str:
    """The twentieth digit that belongs to these nineteen."""
    for last in "0123456789":
        if _product(digits + last) == 0:
            return last
    raise ValueError("nineteen digits expected")


def make(
    secret: bytes,
    originator: bytes,
    device: bytes,
    counter: int,
    value: int,
    value_class: int,
    crypto: "Crypto",
) -> str:
    """The UTRN for `device` from the supplier `originator`, 20 digits.

    `secret` is the 32-octet shared secret of the supplier's prepayment key and the device's
    key-agreement key; `value` 0 to 8,191 pence (class 0) or pounds (class 1). ValueError outside.
    """
    if not 0 <= value <= MAX_VALUE or not 0 <= value_class <= 3 or not 0 <= counter < 1 << 64:
        raise ValueError("a value of 0 to 8191, a class of 0 to 3 and a 64-bit counter expected")
    upper = (counter >> 32 & 0x3FF) << 15 | value_class << 13 | value
    mac = _mac(secret, originator, device, counter, upper, crypto)
    digits = "%019d" % ((upper << 32 | int.from_bytes(mac, "big")) + _BASE)
    return digits + check_digit(digits)


def decode(utrn: str) -> Token:
    """What the digits say; BadToken where they are no token (the MAC is `verify`'s business)."""
    if len(utrn) != 20 or not all("0" <= digit <= "9" for digit in utrn):
        raise BadToken("20 digits expected")
    if _product(utrn) != 0:
        raise BadToken("the check digit is wrong: %s expected" % check_digit(utrn[:19]))
    bits = int(utrn[:19]) - _BASE
    if bits < 0 or bits >> 57:
        raise BadToken("a token begins with 73, 74 or 75")
    upper = bits >> 32
    return Token(
        upper >> 15, upper >> 13 & 3, upper & 0x1FFF, (bits & 0xFFFFFFFF).to_bytes(4, "big")
    )


def verify(
    utrn: str, secret: bytes, originator: bytes, device: bytes, counter: int, crypto: "Crypto"
) -> Token:
    """The token, if it was made for this device with this counter; else BadToken."""
    token = decode(utrn)
    if token.counter_bits != counter >> 32 & 0x3FF:
        raise BadToken("the token has another counter")
    upper = token.counter_bits << 15 | token.value_class << 13 | token.value
    if not same(_mac(secret, originator, device, counter, upper, crypto), token.mac):
        raise BadToken("the token's MAC is not the supplier's for this device and counter")
    return token


def _mac(
    secret: bytes, originator: bytes, device: bytes, counter: int, upper: int, crypto: "Crypto"
) -> bytes:
    """The last four octets of a full tag; a message's MAC is the first twelve."""
    octets = counter.to_bytes(8, "big")
    key = message_key(secret, originator, 1, octets, device)
    aad = b"\x11" + bytes(5) + originator + device + b"\x01" + octets + upper.to_bytes(4, "big")
    return crypto.gmac(key, originator + bytes(4), aad)[12:]
