"""Digits to the base tau, the multiplier that squaring is on a Koblitz curve.

tau is a root of t^2 - mu t + 2, mu 1 or -1; a number r0 + r1 tau is the pair (r0, r1). A number in
digits of some `width` has at most one in `width` of them not 0, and that one odd, between
-2^(width-1) and 2^(width-1); digit u stands for the small number that is u modulo tau^width.

Sources: Solinas, "Efficient arithmetic on Koblitz curves" (2000); Hankerson, Menezes and Vanstone,
"Guide to elliptic curve cryptography", 3.4.2.
"""

from gbcs.compat import TYPE_CHECKING

if TYPE_CHECKING:
    Number = tuple[int, int]


def annihilator(degree: int, mu: int) -> "Number":
    """1 + tau + ... + tau^(degree-1), by which every point of the subgroup goes to infinity.

    Its norm is the subgroup's order.
    """
    sum0 = sum1 = 0
    power0, power1 = 1, 0
    for _ in range(degree):
        sum0 += power0
        sum1 += power1
        power0, power1 = -2 * power1, power0 + mu * power1
    return sum0, sum1


def remainder(k: int, modulus: "Number", norm: int, mu: int) -> "Number":
    """A small number that is k modulo `modulus`, whose norm is given."""
    m0, m1 = modulus
    q0 = (2 * k * (m0 + mu * m1) + norm) // (2 * norm)  # k / modulus, rounded
    q1 = (norm - 2 * k * m1) // (2 * norm)
    return k - q0 * m0 + 2 * q1 * m1, -q0 * m1 - q1 * m0 - mu * q1 * m1


def residues(width: int, mu: int) -> "dict[int, Number]":
    """What each positive digit stands for."""
    power0, power1 = 1, 0
    for _ in range(width):
        power0, power1 = -2 * power1, power0 + mu * power1
    power = power0, power1
    norm = 1 << width
    return {u: remainder(u, power, norm, mu) for u in range(1, norm >> 1, 2)}


def digits(number: "Number", width: int, mu: int) -> bytearray:
    """The digits of a number modulo 256, lowest first; none for 0. The width is at most 8."""
    modulus = 1 << width
    root = 0  # what tau is modulo tau^width, as a number modulo 2^width
    while (root * root - mu * root + 2) % modulus:
        root += 2
    meanings = residues(width, mu)
    r0, r1 = number
    octets = bytearray()
    while r0 or r1:
        digit = 0
        if r0 & 1:
            digit = (r0 + r1 * root) % modulus
            if digit << 1 < modulus:
                s0, s1 = meanings[digit]
                r0 -= s0
                r1 -= s1
            else:
                digit -= modulus
                s0, s1 = meanings[-digit]
                r0 += s0
                r1 += s1
        octets.append(digit & 0xFF)
        half = r0 >> 1
        r0, r1 = r1 + mu * half, -half
    return octets
