# ruff: noqa: F821 - viper's own names
"""Binary fields GF(2^m) of at most 288 bits for boards with a native emitter of 32 bits.

The same as `gbcs.crypto.binaryfield`, but an element is an int of its plain bits. A product is
made in words, by a comb of four bits; squares by spreading the bits. Literals stay below 2^16,
functions have at most four parameters and stay below 2 KB of code, for ARMv6-M.

Sources: Hankerson, Menezes and Vanstone, "Guide to elliptic curve cryptography", 2.3.3 (comb),
2.3.4 (squares), 2.3.5 (reduction word by word); else as in `binaryfield`.
"""

import micropython

from gbcs.crypto.binarypowers import Powers

_WORDS = micropython.const(9)
# In words: A, B, their product C, sixteen multiples of B, then degree and powers
_B = micropython.const(9)
_C = micropython.const(18)
_T = micropython.const(36)
_PARAMETERS = micropython.const(180)
_OCTETS = micropython.const(36)


@micropython.viper
def _product(s: ptr32):
    """C = A * B, not reduced. The multiples have at most 286 bits."""
    for i in range(9):
        s[36 + i] = 0
        s[45 + i] = s[9 + i]
    for u in range(2, 16, 2):
        to = 36 + 9 * u
        half = 36 + 9 * (u >> 1)
        carry = 0
        for i in range(9):
            word = s[half + i]
            doubled = word << 1 | carry
            carry = int(uint(word) >> 31)
            s[to + i] = doubled
            s[to + 9 + i] = doubled ^ s[9 + i]
    for i in range(18):
        s[18 + i] = 0
    shift = 28
    while shift >= 0:
        for j in range(9):
            at = 36 + 9 * (int(uint(s[j]) >> shift) & 15)
            to = 18 + j
            for i in range(9):
                s[to + i] = s[to + i] ^ s[at + i]
        if shift:
            i = 35
            while i > 18:
                s[i] = s[i] << 4 | int(uint(s[i - 1]) >> 28)
                i -= 1
            s[18] = s[18] << 4
        shift -= 4


@micropython.viper
def _spread(s: ptr32):
    """C = A squared, not reduced."""
    m8 = 0xFF
    m8 = m8 << 16 | m8
    m4 = 0x0F0F
    m4 = m4 << 16 | m4
    m2 = 0x3333
    m2 = m2 << 16 | m2
    m1 = 0x5555
    m1 = m1 << 16 | m1
    for i in range(9):
        word = s[i]
        for half in range(2):
            x = word & 0xFFFF if half == 0 else int(uint(word) >> 16)
            x = (x | x << 8) & m8
            x = (x | x << 4) & m4
            x = (x | x << 2) & m2
            x = (x | x << 1) & m1
            s[18 + 2 * i + half] = x


@micropython.viper
def _reduce(s: ptr32):
    """C modulo the polynomial: degree, and the powers below it, the last of them 0."""
    degree = s[180]
    full = degree >> 5
    i = 17
    while i > full:
        word = s[18 + i]
        if word:
            s[18 + i] = 0
            for k in range(4):
                place = 32 * i - degree + s[181 + k]
                at = 18 + (place >> 5)
                by = place & 31
                s[at] = s[at] ^ word << by
                if by:
                    s[at + 1] = s[at + 1] ^ int(uint(word) >> (32 - by))
        i -= 1
    by = degree & 31
    word = int(uint(s[18 + full]) >> by)
    if word:
        s[18 + full] = s[18 + full] ^ word << by
        for k in range(4):
            place = s[181 + k]
            at = 18 + (place >> 5)
            by = place & 31
            s[at] = s[at] ^ word << by
            if by:
                s[at + 1] = s[at + 1] ^ int(uint(word) >> (32 - by))


class Field(Powers):
    """GF(2^degree) over the polynomial of x^degree, three powers `terms`, and 1."""

    def __init__(self, degree, terms, traced):
        self.degree = degree
        self.size = (degree + 7) // 8
        self.one = 1
        self.traced = traced
        self._state = bytearray(4 * 185)
        place = 4 * _PARAMETERS
        for value in (degree,) + tuple(terms) + (0,):
            self._state[place : place + 4] = value.to_bytes(4, "little")
            place += 4

    def element(self, octets):
        """The element of `size` octets, most significant first, below 2^degree."""
        return int.from_bytes(octets, "big") & (1 << self.degree) - 1

    def octets(self, a):
        """The `size` octets of an element, most significant first."""
        return a.to_bytes(self.size, "big")

    def multiply(self, a, b):
        """The product of two elements."""
        state = self._state
        state[:_OCTETS] = a.to_bytes(_OCTETS, "little")
        state[_OCTETS : 2 * _OCTETS] = b.to_bytes(_OCTETS, "little")
        _product(state)
        _reduce(state)
        return int.from_bytes(state[2 * _OCTETS : 3 * _OCTETS], "little")

    def square(self, a):
        """The square of an element."""
        state = self._state
        state[:_OCTETS] = a.to_bytes(_OCTETS, "little")
        _spread(state)
        _reduce(state)
        return int.from_bytes(state[2 * _OCTETS : 3 * _OCTETS], "little")

    def trace(self, a):
        """The sum of a, a^2, a^4, ...: 0 or 1."""
        total = 0
        for power in self.traced:
            total ^= a >> power
        return total & 1
