# ruff: noqa: F821 - viper's own names
# mypy: ignore-errors
"""The group of P-256 for boards with a native emitter: the functions of `p256`, without garbage.

A number of the field is 19 signed limbs of 14 bits in static registers. In a product 19 terms of
two limbs add up in 32 bits without a carry; it is reduced limb by limb as Montgomery does, which
for this prime (-1 mod 2^96) takes shifts and additions alone, and leaves the product divided by
R = 2^266. All sums of multiples run as programs of a small interpreter over the registers, so
that an addition of points is one call. The tables are those of `p256`, which also reckons what
these programs cannot: sums that meet infinity or twice the same point, told by Z = 0.

Every register is left with limbs from -2^13 to 2^13, but the 6th from -2^14 to 2^14 and the 13th
from -10240 to 10240, and stands for a number from -1.1 to 1.1 times 2^255. So no sum of products
reaches 2^31. Literals stay below 2^16 and functions below 2 KB of code, for ARMv6-M.
"""

from array import array

import micropython

from gbcs.compat import inverse
from gbcs.crypto import p256
from gbcs.crypto.domain import P
from gbcs.crypto.p256_table import COMB

_R = (1 << 266) % P
_INVERSE = inverse(_R, P)

# Registers: the sum (X, W, Z), the point to add (x, w), three to work with, R^2
_REGISTERS = array("i", bytes(76 * 9))
_SCRATCH = array("i", bytes(4 * 38))

# An instruction: operation, target, a, b. 1 is the product; else the sum of both, times
# (operation >> 4) - 8 and (operation & 15) - 8. The names of p256.double and p256.add. As
# literals they take no heap
_DOUBLE = (
    b"\x01\x05\x02\x02"  # zz
    b"\x01\x06\x01\x01"  # g
    b"\x97\x07\x00\x05"  # X - zz
    b"\x99\x05\x00\x05"  # X + zz
    b"\x01\x05\x07\x05"
    b"\xb8\x05\x05\x05"  # a
    b"\x01\x07\x00\x06"  # b
    b"\x01\x02\x01\x02"  # Z
    b"\x01\x00\x05\x05"
    b"\x96\x00\x00\x07"  # X
    b"\x97\x07\x07\x00"
    b"\x01\x05\x05\x07"
    b"\x01\x06\x06\x06"
    b"\xa7\x01\x05\x06"  # W
    b"\x00"
)
_ADD = (
    b"\x01\x05\x02\x02"
    b"\x01\x05\x05\x08"  # zz, once more times R, as x and w are without
    b"\x01\x06\x03\x05"
    b"\x97\x06\x06\x00"  # h
    b"\x01\x05\x02\x05"
    b"\x01\x05\x04\x05"
    b"\x97\x05\x05\x01"  # r
    b"\xa8\x07\x06\x06"  # h2
    b"\x01\x02\x02\x07"  # Z
    b"\x01\x07\x07\x07"  # i
    b"\x01\x06\x06\x07"  # j
    b"\x01\x07\x00\x07"  # v
    b"\x01\x00\x05\x05"
    b"\x97\x00\x00\x06"
    b"\x96\x00\x00\x07"  # X
    b"\x97\x07\x07\x00"
    b"\x01\x05\x05\x07"
    b"\x01\x06\x01\x06"
    b"\xa6\x01\x05\x06"  # W
    b"\x00"
)
_BEGIN = (
    # the point to add becomes the sum, with the Z that is in register 7
    b"\x01\x02\x07\x08"
    b"\x01\x05\x02\x02"
    b"\x01\x00\x03\x08"
    b"\x01\x00\x00\x05"
    b"\x01\x05\x02\x05"
    b"\x01\x01\x04\x08"
    b"\x01\x01\x01\x05"
    b"\x00"
)


@micropython.viper
def run(t: ptr32, x: int, registers: ptr32, program: ptr8):
    """Runs a program; `t` is the scratch, `x` anything: the first two are processor registers.

    Inlined: with the product in a function of its own, signing and verifying take 9 % more
    instructions on a Cortex-M3.
    """
    scratch = int(t)
    base = int(registers)
    at = int(program)
    while True:
        program = ptr8(at)
        operation = program[0]
        if operation == 0:
            break
        target = ptr32(base + program[1] * 76)
        a = ptr32(base + program[2] * 76)
        b = ptr32(base + program[3] * 76)
        at += 4
        t = ptr32(scratch)
        if operation == 1:
            x = 18
            while x:
                x -= 1
                t[x] = 0
            left = 19
            while left:
                x = a[0]
                t[0] = x * b[0] + t[0]
                t[1] = x * b[1] + t[1]
                t[2] = x * b[2] + t[2]
                t[3] = x * b[3] + t[3]
                t[4] = x * b[4] + t[4]
                t[5] = x * b[5] + t[5]
                t[6] = x * b[6] + t[6]
                t[7] = x * b[7] + t[7]
                t[8] = x * b[8] + t[8]
                t[9] = x * b[9] + t[9]
                t[10] = x * b[10] + t[10]
                t[11] = x * b[11] + t[11]
                t[12] = x * b[12] + t[12]
                t[13] = x * b[13] + t[13]
                t[14] = x * b[14] + t[14]
                t[15] = x * b[15] + t[15]
                t[16] = x * b[16] + t[16]
                t[17] = x * b[17] + t[17]
                t[18] = x * b[18]
                low = t[0]
                x = low << 18 >> 18  # x p is added, to make the lowest limb zero
                t[1] = (low - x >> 14) + t[1]
                t[6] = (x << 12) + t[6]
                t[13] = (x << 10) + t[13]
                t[16] = t[16] - x
                t[18] = (x << 4) + t[18]
                t = ptr32(int(t) + 4)
                a = ptr32(int(a) + 4)
                left -= 1
        else:
            times_a = (operation >> 4) - 8
            times_b = (operation & 15) - 8
            x = 19
            while x:
                x -= 1
                t[x] = times_a * a[x] + times_b * b[x]
        carry = 0
        left = 18
        while left:  # to limbs of 14 bits
            x = t[0] + carry
            low = x << 18 >> 18
            target[0] = low
            carry = x - low >> 14
            t = ptr32(int(t) + 4)
            target = ptr32(int(target) + 4)
            left -= 1
        x = t[0] + carry
        carry = x + 8 >> 4  # of 2^256, taken away as multiples of p
        target[0] = x - (carry << 4)
        target = ptr32(int(target) - 72)
        target[0] = target[0] + carry
        target[6] = target[6] - (carry << 12)
        target[13] = target[13] - (carry << 10)
        target[16] = target[16] + carry


@micropython.viper
def load(limbs: ptr32, octets: ptr8, at: int, sign: int):
    """Fills a register with the 32 octets there, times 1 or -1; they are not yet times R."""
    carry = 0
    bit = 0
    while bit < 252:
        place = at + 31 - (bit >> 3)
        value = octets[place] | octets[place - 1] << 8 | octets[place - 2] << 16
        value = (value >> (bit & 7)) & 16383
        value = value * sign + carry
        low = value << 18 >> 18
        limbs[0] = low
        carry = value - low >> 14
        limbs = ptr32(int(limbs) + 4)
        bit += 14
    limbs[0] = (octets[at] >> 4) * sign + carry


def _register(index):
    return memoryview(_REGISTERS)[19 * index : 19 * index + 19]


_X, _W, _Z = _register(3), _register(4), _register(7)
load(_register(8), (_R * _R % P).to_bytes(32, "big"), 0, 1)


def number(index):
    """The number of a register, still times R, from 0 to p - 1."""
    total = 0
    for at in range(19 * index + 18, 19 * index - 1, -1):
        total = (total << 14) + _REGISTERS[at]
    return total % P


def _sum(parts, blind=1):
    """Sums as p256.combine does, into the first three registers; False where it meets infinity."""
    begun = False
    for place in range(max([len(places) for _, places in parts]) - 1, -1, -1):
        if begun:
            run(_SCRATCH, 0, _REGISTERS, _DOUBLE)
        for table, places in parts:
            if place >= len(places) or places[place] == p256.NOTHING:
                continue
            at = places[place] >> 1 << 6
            load(_X, table, at, 1)
            load(_W, table, at + 32, -1 if places[place] & 1 else 1)
            if begun:
                run(_SCRATCH, 0, _REGISTERS, _ADD)
            else:
                load(_Z, blind.to_bytes(32, "big"), 0, 1)
                run(_SCRATCH, 0, _REGISTERS, _BEGIN)
                begun = True
    return begun and number(2) != 0


def _affine():
    """The affine (x, y) of the sum."""
    i = inverse(number(2), P) * _R % P
    ii = i * i % P
    x = number(0) * (ii * _INVERSE % P) % P
    w = number(1) * (ii * i % P * _INVERSE % P) % P
    return x, (w + P if w & 1 else w) >> 1


def base_multiply(k, blind=1):
    """The affine (x, y) of kG, for k from 1 to n - 1."""
    if _sum([(COMB, p256.comb_places(k, p256.TEETH, p256.SPACING))], blind):
        return _affine()
    return p256.base_multiply(k, blind)


def multiply(k, key, blind=1):
    """The affine x of k times the key's point, for k from 1 to n - 1."""
    if _sum([p256.part(k, key)], blind):
        return _affine()[0]
    return p256.multiply(k, key, blind)


def verify_sum(u1, u2, key, r):
    """Whether x(u1 G + u2 Q) mod n is r, for 1 <= r < n; u1 and u2 from 0 to n - 1."""
    places = p256.comb_places(u1, p256.TEETH, p256.SPACING)
    if _sum([(COMB, places), p256.part(u2, key)]):
        return p256.is_x(r, number(0) * _R % P, number(2))  # both sides times R^2
    return p256.verify_sum(u1, u2, key, r)


prepare = p256.prepare
