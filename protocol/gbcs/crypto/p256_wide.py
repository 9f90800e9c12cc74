"""The group of P-256 for CPython: the functions of `p256`, faster, with tables of a megabyte.

A scalar is read in signed windows, and a table has every multiple of every window: the product is
then a sum of affine points, with no doubling. Points are added in pairs, all slopes of a round
sharing one inversion, until few are left; these are added one by one. The generator's table is
made at its first use, a key's at its second; a key met once costs a doubling a bit.

Affine sums have no coordinates to randomise: `blind` helps only a key's first product.
A table is a list: the multiples 1 ... 2^(width-1) of the first window, of the second, and so on,
as affine (x, y). The docstring of `p256` has the interface.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs.crypto import p256
from gbcs.crypto.domain import P

if TYPE_CHECKING:
    from gbcs.crypto.keys import PublicKey

    Point = tuple[int, int]

_GENERATOR = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_BASE_WIDTH = 7
_KEY_WIDTH = 5
_FEW = 12  # points from which on an inversion costs more than it saves

_base: "list[Point]" = []


def _pairs(ones: "list[Point]", others: "list[Point]") -> "list[Point]":
    """The sum of each point of the one list with its fellow of the other, last to first.

    ValueError where the two of a pair have the same x: these need another way.
    """
    p = P
    products = []
    product = 1
    for left, right in zip(ones, others, strict=True):
        products.append(product)
        product = product * (right[0] - left[0]) % p
    rest = pow(product, -1, p)
    sums = []
    while products:
        x1, y1 = ones.pop()
        x2, y2 = others.pop()
        slope = (y2 - y1) * (rest * products.pop() % p) % p
        rest = rest * (x2 - x1) % p
        x = (slope * slope - x1 - x2) % p
        sums.append((x, (slope * (x1 - x) - y1) % p))
    return sums


def _sum(points: "list[Point]") -> "list[Point]":
    """A few points with the same sum."""
    while len(points) > _FEW:
        half = len(points) >> 1
        others = points[half : 2 * half]
        rest = points[2 * half :]
        try:
            points = _pairs(points[:half], others) + rest
        except ValueError:  # two of one x, which chance does not bring: one by one
            break
    return points


def _add(X: int, W: int, Z: int, points: "list[Point]") -> "tuple[int, int, int]":
    for x, y in points:
        X, W, Z = p256.add(X, W, Z, x, y + y)
    return X, W, Z


def _table(x: int, y: int, width: int) -> "list[Point]":
    """Every multiple of every window of a scalar of 256 bits."""
    X, W, Z = x, 2 * y, 1
    bases = [(X, W, Z)]
    for _ in range(256 // width):
        for _ in range(width):
            X, W, Z = p256.double(X, W, Z)
        bases.append((X, W, Z))
    rows = [_halved(bases)]
    while len(rows) < 1 << (width - 1):  # 1 ... m give m + 1 ... 2m
        top = rows[-1]
        twice = _halved([p256.double(x, 2 * y, 1) for x, y in top])
        ones = [point for row in rows[:-1] for point in row]
        sums = _pairs(ones, top * (len(rows) - 1))
        sums.reverse()
        rows += [sums[at : at + len(top)] for at in range(0, len(sums), len(top))]
        rows.append(twice)
    return [row[window] for window in range(len(rows[0])) for row in rows]


def _halved(points: "list[tuple[int, int, int]]") -> "list[Point]":
    return [(x, (w + P if w & 1 else w) >> 1) for x, w in p256.affine(points)]


def _chosen(k: int, table: "list[Point]", width: int) -> "list[Point]":
    """The points of a table whose sum is k times its point."""
    half = 1 << (width - 1)
    mask = 2 * half - 1
    points = []
    window = -1
    while k:
        digit = k & mask
        k >>= width
        if digit > half:
            k += 1
            x, y = table[window + mask + 1 - digit]
            points.append((x, -y))
        elif digit:
            points.append(table[window + digit])
        window += half
    return points


def _base_chosen(k: int) -> "list[Point]":
    if not _base:
        _base.extend(_table(*_GENERATOR, _BASE_WIDTH))
    return _chosen(k, _base, _BASE_WIDTH)


def _ladder(k: int, key: "PublicKey", blind: int = 1) -> "tuple[int, int, int]":
    """k times the point of a key without a table."""
    key.used = True
    p = P
    octets = p256.odd_multiples(*p256.point(key.octets))
    numbers = [int.from_bytes(octets[at : at + 32]) for at in range(0, len(octets), 32)]
    X, W, Z = 1, 2, 0
    for place in reversed(p256.naf_places(k)):
        zz = Z * Z % p  # as in p256.double
        g = W * W % p
        a = 3 * (X - zz) * (X + zz) % p
        b = X * g % p
        Z = W * Z % p
        X = (a * a - b - b) % p
        W = ((a * (b - X) << 1) - g * g) % p
        if place == p256.NOTHING:
            continue
        x = numbers[place & ~1]
        w = p - numbers[place | 1] if place & 1 else numbers[place | 1]
        if Z:
            X, W, Z = p256.add(X, W, Z, x, w)
        else:
            zz = blind * blind % p
            X, W, Z = x * zz % p, w * (zz * blind % p) % p, blind
    return X, W, Z


def _has_table(key: "PublicKey") -> bool:
    if key.table is None:
        if not key.used:
            return False
        prepare(key)
    return True


def prepare(key: "PublicKey") -> None:
    """Makes the key's table; from then on its products take a quarter of the time."""
    octets = key.octets
    x, y = int.from_bytes(octets[1:33], "big"), int.from_bytes(octets[33:], "big")
    key.table = _table(x, y, _KEY_WIDTH)


def base_multiply(k: int, blind: int = 1) -> "tuple[int, int]":
    """The affine (x, y) of kG, for k from 1 to n - 1."""
    return p256.to_affine(*_add(1, 2, 0, _sum(_base_chosen(k))))


def multiply(k: int, key: "PublicKey", blind: int = 1) -> int:
    """The affine x of k times the key's point, for k from 1 to n - 1."""
    if _has_table(key):
        return p256.to_affine(*_add(1, 2, 0, _sum(_chosen(k, key.table, _KEY_WIDTH))))[0]
    return p256.to_affine(*_ladder(k, key, blind))[0]


def verify_sum(u1: int, u2: int, key: "PublicKey", r: int) -> bool:
    """Whether x(u1 G + u2 Q) mod n is r, for 1 <= r < n; u1 and u2 from 0 to n - 1."""
    points = _base_chosen(u1)
    if _has_table(key):
        X, _, Z = _add(1, 2, 0, _sum(points + _chosen(u2, key.table, _KEY_WIDTH)))
    else:
        X, _, Z = _add(*_ladder(u2, key), _sum(points))
    return p256.is_x(r, X, Z)
