"""The group of P-256 in big integers: what signatures and key agreement need, in little memory.

A point is Jacobian with its Y doubled, (X, W, Z) for the affine (X/Z^2, W/2Z^3); infinity has
Z = 0. A point of a table is 64 octets, x then w = 2y mod p, 32 octets each, most significant
first. A table holds either

- a signed comb: a scalar of `teeth * spacing` bits is read as digits 1 and -1, `teeth` of them at
  a time, `spacing` bits apart. Entry i is 2^(spacing*(teeth-1)) times the point, plus or minus the
  lower teeth as the bits of i say (one is plus);
- or the odd multiples 1, 3, ... 15, for a point met once.

The four functions at the end are what `portable` calls; `p256_wide` (CPython, larger tables) and
`p256_viper` (32-bit ports with that emitter) offer the same four under the same names:

    base_multiply(k, blind=1) -> (x, y)        kG in affine numbers, 1 <= k < n
    multiply(k, key, blind=1) -> x             of k times the key's point, 1 <= k < n
    verify_sum(u1, u2, key, r) -> bool         whether x(u1 G + u2 Q) mod n is r; 0 <= u1, u2 < n
    prepare(key)                               makes the key's table, key.table, now

`key.octets` is 04 || x || y of a point known to be on the curve; `key.table` is None or what the
module put there; `key.used` tells that the key was met before: its table is made at the second
use. `blind` is a random number from 1 to p - 1, the Z that the first point gets. None of this
takes a constant time: that is not to be had from big integers.

Sources: SEC 1 2.3, 4.1; SP 800-186 3.2.1.3; EFD, Jacobian coordinates with a = -3,
dbl-2001-b and madd-2007-bl.
"""

from gbcs.compat import TYPE_CHECKING, const, inverse
from gbcs.crypto.domain import N, P
from gbcs.crypto.p256_table import COMB

if TYPE_CHECKING:
    from gbcs.crypto.keys import PublicKey

TEETH = const(7)  # of the comb for G, 4 KB
SPACING = const(37)
_KEY_TEETH = const(4)  # of a key's comb, 512 octets
_KEY_SPACING = const(64)
NOTHING = const(255)  # no point is added at this place


def double(X: int, W: int, Z: int) -> "tuple[int, int, int]":
    """Twice the point: 8 products, 7 reductions."""
    zz = Z * Z % P
    g = W * W % P
    a = 3 * (X - zz) * (X + zz) % P
    b = X * g % P
    x = (a * a - b - b) % P
    return x, ((a * (b - x) << 1) - g * g) % P, W * Z % P


def add(X: int, W: int, Z: int, x: int, w: int) -> "tuple[int, int, int]":
    """The point plus the affine (x, w): 11 products, 10 reductions. Any two points."""
    if not Z:
        return x, w, 1
    zz = Z * Z % P
    h = (x * zz - X) % P
    r = (w * (Z * zz % P) - W) % P
    if not h:
        return (1, 2, 0) if r else double(X, W, Z)
    h2 = h + h
    i = h2 * h2 % P
    j = h * i % P
    v = X * i % P
    x = (r * r - j - v - v) % P
    return x, ((r * (v - x) - W * j) << 1) % P, Z * h2 % P


def affine(points: "list[tuple[int, int, int]]") -> "list[tuple[int, int]]":
    """The points as (x, w), with one inversion for all. None of them is infinity."""
    products = [1]
    for _, _, z in points:
        products.append(products[-1] * z % P)
    u = inverse(products[-1], P)
    affine_points = []
    for index in range(len(points) - 1, -1, -1):
        x, w, z = points[index]
        i = u * products[index] % P
        u = u * z % P
        ii = i * i % P
        affine_points.append((x * ii % P, w * (i * ii % P) % P))
    affine_points.reverse()
    return affine_points


def point(octets: bytes) -> "tuple[int, int]":
    """The (x, w) of 04 || x || y."""
    y = int.from_bytes(octets[33:], "big")
    return int.from_bytes(octets[1:33], "big"), (y + y) % P


def _pack(points: "list[tuple[int, int, int]]") -> bytes:
    return b"".join([x.to_bytes(32, "big") + w.to_bytes(32, "big") for x, w in affine(points)])


def comb(x: int, w: int, teeth: int, spacing: int) -> bytes:
    """The signed comb of a point, 64 << (teeth - 1) octets."""
    X, W, Z = x, w, 1
    bases = []
    for _ in range(teeth - 1):
        for _ in range(spacing):
            X, W, Z = double(X, W, Z)
        bases.append((X, W, Z))
    others = affine(bases)
    others.insert(0, (x, w))
    x, w = others.pop()
    sums = [(x, w, 1)]
    while others:
        x, w = others.pop()
        sums = [add(X, W, Z, x, v) for X, W, Z in sums for v in (P - w, w)]
    return _pack(sums)


def odd_multiples(x: int, w: int) -> bytes:
    """1, 3, ... 15 times the point.

    Twice the point is affine on the isomorphic curve that its Z gives, so that no inversion is
    needed before the last one; addition does not use the curve's a, which differs there.
    """
    X2, W2, Z2 = double(x, w, 1)
    zz = Z2 * Z2 % P
    X, W, Z = x * zz % P, w * (zz * Z2 % P) % P, 1
    multiples = [(X, W, Z2)]
    for _ in range(7):
        X, W, Z = add(X, W, Z, X2, W2)
        multiples.append((X, W, Z * Z2 % P))
    return _pack(multiples)


def comb_places(k: int, teeth: int, spacing: int) -> bytearray:
    """For each place of the comb, which entry is added: 2 * entry, plus 1 for its negative."""
    flip = 0
    if not k & 1:  # digits 1 and -1 make odd numbers
        k = N - k
        flip = 1
    bits = ((k + (1 << teeth * spacing) - 1) >> 1).to_bytes(33, "little")
    places = bytearray(spacing)
    top = 1 << (teeth - 1)
    last = (teeth - 1) * spacing
    for place in range(spacing):
        bit = place + last
        entry = 0
        while bit >= 0:
            entry = entry << 1 | bits[bit >> 3] >> (bit & 7) & 1
            bit -= spacing
        if entry & top:
            places[place] = (entry - top) << 1 | flip
        else:
            places[place] = (top - 1 - entry) << 1 | 1 - flip
    return places


def naf_places(k: int) -> bytearray:
    """The same for odd multiples: the width-5 non-adjacent form of k, 257 places."""
    bits = k.to_bytes(34, "little")
    places = bytearray(b"\xff" * 257)
    carry = 0
    place = 0
    while place < 257:
        window = (bits[place >> 3] | bits[(place >> 3) + 1] << 8) >> (place & 7)
        if window & 1 == carry:
            place += 1
            continue
        window = (window & 31) + carry
        carry = window >> 4 & 1
        places[place] = 32 - window if carry else window - 1
        place += 5
    return places


def _sum(parts: "list[tuple[bytes, bytearray]]", blind: int = 1) -> "tuple[int, int, int]":
    """The sum of what the places of each part choose from its table."""
    X, W, Z = 1, 2, 0
    for place in range(max([len(places) for _, places in parts]) - 1, -1, -1):
        if Z:
            X, W, Z = double(X, W, Z)
        for table, places in parts:
            if place >= len(places) or places[place] == NOTHING:
                continue
            at = places[place] >> 1 << 6
            x = int.from_bytes(table[at : at + 32], "big")
            w = int.from_bytes(table[at + 32 : at + 64], "big")
            if places[place] & 1:
                w = P - w
            if Z:
                X, W, Z = add(X, W, Z, x, w)
            else:
                zz = blind * blind % P
                X, W, Z = x * zz % P, w * (zz * blind % P) % P, blind
    return X, W, Z


def part(k: int, key: "PublicKey") -> "tuple[bytes, bytearray]":
    """How k times the key's point is summed: by its comb, or at first sight by odd multiples."""
    if key.table is None:
        if not key.used:
            key.used = True
            return odd_multiples(*point(key.octets)), naf_places(k)
        prepare(key)
    return key.table, comb_places(k, _KEY_TEETH, _KEY_SPACING)


def prepare(key: "PublicKey") -> None:
    """Makes the key's table; from then on its products take half the time."""
    x, w = point(key.octets)
    key.table = comb(x, w, _KEY_TEETH, _KEY_SPACING)


def to_affine(X: int, W: int, Z: int) -> "tuple[int, int]":
    """The affine (x, y) of a point, which is not infinity."""
    i = inverse(Z, P)
    ii = i * i % P
    w = W * (i * ii % P) % P
    return X * ii % P, (w + P if w & 1 else w) >> 1


def base_multiply(k: int, blind: int = 1) -> "tuple[int, int]":
    """The affine (x, y) of kG, for k from 1 to n - 1."""
    return to_affine(*_sum([(COMB, comb_places(k, TEETH, SPACING))], blind))


def multiply(k: int, key: "PublicKey", blind: int = 1) -> int:
    """The affine x of k times the key's point, for k from 1 to n - 1."""
    return to_affine(*_sum([part(k, key)], blind))[0]


def is_x(r: int, X: int, Z: int) -> bool:
    """Whether r is the affine x, taken mod n, of a point; no division. Infinity has none."""
    if not Z:
        return False
    zz = Z * Z % P
    return r * zz % P == X or (r + N < P and (r + N) * zz % P == X)


def verify_sum(u1: int, u2: int, key: "PublicKey", r: int) -> bool:
    """Whether x(u1 G + u2 Q) mod n is r, for 1 <= r < n; u1 and u2 from 0 to n - 1."""
    X, _, Z = _sum([(COMB, comb_places(u1, TEETH, SPACING)), part(u2, key)])
    return is_x(r, X, Z)
