"""Koblitz curves against OpenSSL and the textbook; key establishment fuzzed.

pyca/cryptography has dropped these curves, so OpenSSL is asked by its command; where that has none
either, its tests skip. The published vectors are in tests/dual.
"""

import copy
import random
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gbcs.crypto import tauadic
from gbcs.crypto.backends import default
from gbcs.crypto.koblitz import sect163k1, sect283k1
from gbcs.errors import BadKey
from gbcs.zigbee import cbke, implicit

few = settings(max_examples=20, deadline=None)
CRYPTO = default()
OPENSSL = shutil.which("openssl")
OBJECT = {163: b"\x06\x05\x2b\x81\x04\x00\x01", 283: b"\x06\x05\x2b\x81\x04\x00\x10"}
TERMS = {163: (7, 6, 3, 0), 283: (12, 7, 5, 0)}


@pytest.fixture(scope="module", params=[sect163k1(), sect283k1()], ids=["sect163k1", "sect283k1"])
def curve(request):
    return request.param


def element(curve, number):
    """The element whose coefficients are the bits of a number, reduced to the field's size."""
    number &= (1 << curve.field.degree) - 1
    return curve.field.element(number.to_bytes(curve.size, "big"))


def number_of(curve, a):
    return int.from_bytes(curve.field.octets(a), "big")


# The textbook: bit by bit, affine, doubling and adding


def slow_multiply(curve, a, b):
    degree = curve.field.degree
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a >> degree:
            a ^= 1 << degree
            for term in TERMS[degree]:
                a ^= 1 << term
        b >>= 1
    return product


def slow_inverse(curve, a):
    rest = 1 << curve.field.degree
    for term in TERMS[curve.field.degree]:
        rest ^= 1 << term
    found, other = 1, 0
    while a != 1:  # Euclid's, of polynomials
        shift = a.bit_length() - rest.bit_length()
        if shift < 0:
            a, rest, found, other, shift = rest, a, other, found, -shift
        a ^= rest << shift
        found ^= other << shift
    return slow_multiply(curve, found, 1)


def slow_add(curve, one, other):
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2:
        if y1 != y2 or not x1:
            return None
        slope = x1 ^ slow_multiply(curve, y1, slow_inverse(curve, x1))
        x = slow_multiply(curve, slope, slope) ^ slope ^ curve.a
        return x, slow_multiply(curve, x1, x1) ^ slow_multiply(curve, slope ^ 1, x)
    slope = slow_multiply(curve, y1 ^ y2, slow_inverse(curve, x1 ^ x2))
    x = slow_multiply(curve, slope, slope) ^ slope ^ x1 ^ x2 ^ curve.a
    return x, slow_multiply(curve, slope, x1 ^ x) ^ x ^ y1


def slow_sum(curve, k, point):
    found = None
    for digit in bin(k)[2:]:
        found = slow_add(curve, found, found)
        if digit == "1":
            found = slow_add(curve, found, point)
    return found


def plain(curve, point):
    return None if point is None else tuple(number_of(curve, a) for a in point)


@given(numbers=st.lists(st.integers(0, 2**283 - 1), min_size=3, max_size=3))
@few
def test_a_field_is_one(curve, numbers):
    field = curve.field
    a, b, c = (element(curve, number) for number in numbers)
    multiply = field.multiply
    assert number_of(curve, a) == numbers[0] & ((1 << field.degree) - 1)
    expected = slow_multiply(curve, number_of(curve, a), number_of(curve, b))
    assert number_of(curve, multiply(a, b)) == expected
    assert multiply(a, b) == multiply(b, a)
    assert multiply(a, multiply(b, c)) == multiply(multiply(a, b), c)
    assert multiply(a, b ^ c) == multiply(a, b) ^ multiply(a, c)
    assert multiply(a, 1) == a
    assert field.square(a) == multiply(a, a)
    assert multiply(a, field.inverse(a)) == (1 if a else 0)
    assert field.trace(field.square(a)) == field.trace(a)
    assert field.trace(a ^ b) == field.trace(a) ^ field.trace(b)
    half = field.half_trace(a)
    assert field.square(half) ^ half == a ^ field.trace(a)


def test_elements_of_all_ones_do_not_overflow_their_octets(curve):
    full = (1 << curve.field.degree) - 1
    a = element(curve, full)
    assert number_of(curve, curve.field.multiply(a, a)) == slow_multiply(curve, full, full)
    assert curve.field.square(a) == curve.field.multiply(a, a)


def test_the_trace_is_the_sum_of_conjugates(curve):
    field = curve.field
    for power in range(field.degree):
        a = one = element(curve, 1 << power)
        total = 0
        for _ in range(field.degree):
            total ^= a
            a = field.square(a)
        assert field.trace(one) == total


def test_the_order_is_the_norm_of_the_annihilator(curve):
    d0, d1 = tauadic.annihilator(curve.field.degree, curve.mu)
    assert d0 * d0 + curve.mu * d0 * d1 + 2 * d1 * d1 == curve.order


def test_multiples_are_those_of_the_textbook(curve):
    base = curve.point(curve.base)
    point = plain(curve, base)
    chosen = random.Random(3)
    numbers = [1, 2, 3, 7, 8, curve.order - 1, curve.order - 2, chosen.randrange(curve.order)]
    for k in numbers:
        expected = slow_sum(curve, k, point)
        assert plain(curve, curve.base_multiply(k)) == expected
        assert plain(curve, curve.combine((k, base))) == expected


@given(k=st.integers(1, 2**281), m=st.integers(0, 2**600))
@few
def test_sums_of_multiples(curve, k, m):
    base = curve.point(curve.base)
    k = k % curve.order or 1
    point = curve.base_multiply(k)
    together = (k * m + 5) % curve.order
    assert curve.combine((m, point), (5, base)) == curve.combine((together, base))
    assert curve.combine((m, point), (-m, point)) is None
    assert curve.combine((1, point), (1, point)) == curve.combine((2, point))
    assert curve.combine((0, point)) is None
    assert curve.point(curve.octets(point)) == point


def test_only_points_of_the_subgroup_are_taken(curve):
    orders = set()
    for number in range(2, 26):
        x = element(curve, number)
        field = curve.field
        right = x ^ curve.a ^ field.square(field.inverse(x))
        octets = b"\x02" + number.to_bytes(curve.size, "big")
        if field.trace(right):
            with pytest.raises(BadKey, match="of the curve"):
                curve.point(octets)
            continue
        rest = slow_sum(curve, curve.order, (number, number_of(curve, field.multiply(
            x, field.half_trace(right)))))  # fmt: skip
        orders.add(rest is None)
        if rest is None:
            assert curve.octets(curve.point(octets)) == octets
        else:
            with pytest.raises(BadKey, match="subgroup"):
                curve.point(octets)
    assert orders == {True, False}


# OpenSSL


def der(tag, *parts):
    content = b"".join(parts)
    size = bytes((len(content),)) if len(content) < 128 else bytes((0x81, len(content)))
    return bytes((tag,)) + size + content


def openssl(*arguments, octets=b""):
    done = subprocess.run([OPENSSL, *map(str, arguments)], input=octets, capture_output=True)
    if done.returncode:
        raise ValueError(done.stderr.decode())
    return done.stdout


@pytest.fixture
def peer(curve):
    """The public key of a private one, by OpenSSL; skips where it has not the curve."""
    if OPENSSL is None or b"sect%dk1" % curve.field.degree not in openssl(
        "ecparam", "-list_curves"
    ):
        pytest.skip("the openssl command with sect163k1 and sect283k1 is wanted")

    def public(private):
        options = ("-inform", "DER", "-pubout", "-outform", "DER", "-conv_form", "compressed")
        return openssl("ec", *options, octets=private)

    return public


def private_der(curve, number):
    octets = der(4, number.to_bytes(curve.size, "big"))
    return der(0x30, b"\x02\x01\x01", octets, der(0xA0, OBJECT[curve.field.degree]))


def test_public_keys_and_agreement_are_those_of_openssl(curve, peer, tmp_path):
    chosen = random.Random(1)
    mine, theirs = tmp_path / "mine.der", tmp_path / "theirs.der"
    for _ in range(12):
        k, m = (chosen.randrange(1, curve.order) for _ in range(2))
        found = peer(private_der(curve, m))
        point = curve.base_multiply(m)
        assert found.endswith(curve.octets(point))
        mine.write_bytes(private_der(curve, k))
        theirs.write_bytes(found)
        options = ("-keyform", "DER", "-inkey", mine, "-peerform", "DER", "-peerkey", theirs)
        shared = curve.combine((k, curve.point(found[-1 - curve.size :])))
        assert openssl("pkeyutl", "-derive", *options) == curve.field.octets(shared[0])


# Key establishment


@pytest.fixture(scope="module", params=[1, 2])
def parties(request):
    """A suite, and the makers of an initiator and of a responder."""
    suite = request.param
    source = random.Random(suite).randbytes
    issuer, u, v = b"\x11" * 8, b"\x22" * 8, b"\x33" * 8
    size = implicit.curve(suite).size
    private = b"\x00" + source(size - 1)
    authority = implicit.Authority(suite, private, issuer, CRYPTO)
    of_u = cbke.Credentials(suite, *authority.issue(u, source), authority.public)
    of_v = cbke.Credentials(suite, *authority.issue(v, source), authority.public)
    return (
        suite,
        lambda: cbke.Initiator(of_u, u, v, source, CRYPTO),
        lambda: cbke.Responder([of_v], v, u, source, CRYPTO),
    )


def mutated(chosen, said):
    """Another command than this one: bits turned, cut, lengthened, exchanged, or all of it."""
    command, payload = said
    octets = bytearray(payload)
    way = chosen.randrange(6)
    if way == 0:
        for _ in range(chosen.randrange(1, 4)):
            octets[chosen.randrange(len(octets))] ^= 1 << chosen.randrange(8)
    elif way == 1:
        del octets[chosen.randrange(len(octets)) :]
    elif way == 2:
        octets += chosen.randbytes(chosen.randrange(1, 40))
    elif way == 3:
        command = chosen.choice([0, 1, 2, 3, 4, 77, 255])
    elif way == 4:
        octets = bytearray(chosen.randbytes(chosen.randrange(90)))
    else:
        at = chosen.randrange(len(octets))
        octets[at] = chosen.choice([0, 1, 0x7F, 0x80, 0xFF])
    return command, bytes(octets)


def test_what_comes_in_damaged_raises_nothing_and_gives_no_key(parties):
    _, initiator_of, responder_of = parties
    chosen = random.Random(2)
    one, other = initiator_of(), responder_of()
    said = one.start()
    turns = []  # who gets what, as it was before it came
    while said is not None:
        turns.append((copy.copy(other), said))
        said = other.receive(*said)
        one, other = other, one
    assert len(turns) == 6
    tried = 0
    while tried < 1000:
        turn = chosen.randrange(6)
        side, said = copy.copy(turns[turn][0]), turns[turn][1]
        damaged = mutated(chosen, said)
        if damaged == said:
            continue
        tried += 1
        answer = side.receive(*damaged)
        assert side.link_key is None
        if side.failed is None:  # a time, or another point: that shows at the confirmation
            assert turn < 4
            continue
        assert side.why
        assert answer is None or answer[0] == cbke.TERMINATE
        for command in range(5):  # nothing revives it
            assert side.receive(command, chosen.randbytes(16)) is None
        assert side.receive(*said) is None
        assert side.link_key is None


def test_a_changed_certificate_gives_no_key(parties):
    """What passes the checks of Initiate fails at the confirmation."""
    suite, initiator_of, responder_of = parties
    changeable = (-1, -2) if suite == 1 else (5, 24)  # attributes; serial and a time
    for at in changeable:
        initiator, responder = initiator_of(), responder_of()
        command, payload = initiator.start()
        octets = bytearray(payload)
        octets[at] ^= 1
        said = responder.receive(command, bytes(octets))
        said = responder.receive(*initiator.receive(*said))
        said = responder.receive(*initiator.receive(*said))
        assert said[0] == cbke.TERMINATE
        assert responder.failed == cbke.BAD_KEY_CONFIRM
        assert responder.link_key is None


def test_random_commands_raise_nothing(parties):
    _, initiator_of, responder_of = parties
    chosen = random.Random(4)
    for _ in range(500):
        for session in (initiator_of(), responder_of()):
            for _ in range(3):
                command = chosen.choice([0, 0, 1, 2, 3, 4, 200])
                session.receive(command, chosen.randbytes(chosen.randrange(90)))
            assert session.link_key is None
            assert session.failed is not None
