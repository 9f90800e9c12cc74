"""Every back end and every arithmetic against pyca/cryptography, with numbers that chance brings.

The published vectors are in tests/dual; here they run once more over the arithmetic of boards.
"""

import hashlib
import importlib.util
import pathlib
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from gbcs.crypto import aes, aes_octets, aes_wide, openssl, p256, p256_table, p256_wide, portable
from gbcs.crypto.domain import B, N, P
from gbcs.crypto.keys import PublicKey
from gbcs.errors import BadBlock, BadKey
from gbcs.protect import message_key

ROOT = pathlib.Path(__file__).parent.parent.parent
CURVE = ec.SECP256R1()
ALGORITHM = ec.ECDSA(SHA256())

few = settings(max_examples=25, deadline=None)
scalars = st.one_of(st.integers(1, N - 1), st.integers(1, 40), st.integers(1, 40).map(N.__sub__))
key16 = st.binary(min_size=16, max_size=16)
iv12 = st.binary(min_size=12, max_size=12)


@pytest.fixture(params=["portable", "board", "openssl"])
def crypto(request, monkeypatch):
    """A back end; `board` is the portable one with what a board would choose."""
    if request.param == "openssl":
        return openssl
    if request.param == "board":
        monkeypatch.setattr(portable, "curve", p256)
        monkeypatch.setattr(portable, "encryptor", aes_octets.encryptor)
    return portable


@pytest.fixture(params=[p256, p256_wide], ids=["p256", "p256_wide"])
def group(request):
    """An arithmetic of the group."""
    return request.param


def peer(number):
    return ec.derive_private_key(number, CURVE)


def octets_of(key):
    numbers = key.public_numbers()
    return b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)


def x_of(number):
    return peer(number % N).public_key().public_numbers().x


def states(octets):
    """A key at its first use, at its second, and after that."""
    fresh, used, prepared = PublicKey(octets), PublicKey(octets), PublicKey(octets)
    used.used = prepared.used = True
    return fresh, used, prepared


def dual(name):
    path = ROOT / "tests" / "dual" / (name + ".py")
    spec = importlib.util.spec_from_file_location("dual_" + name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VECTORS = [
    (module, name)
    for module in (dual("test_crypto_ecdsa"), dual("test_crypto_symmetric"))
    for name in dir(module)
    if name.startswith("test_") and "default" not in name
]


@pytest.mark.parametrize(("module", "name"), VECTORS, ids=[name for _, name in VECTORS])
def test_the_published_vectors_hold_in_each_back_end(crypto, module, name, monkeypatch):
    monkeypatch.setattr(module, "BACKENDS", [crypto])
    getattr(module, name)()


@pytest.mark.parametrize(
    ("size", "digest"),
    [  # ZigBee 05-3474 C.5.3 to C.5.6: as many octets, counted from 00 on
        (8191, "24ec2fe75bbffcb34789bc0610e7f165"),
        (8192, "dc6b0687f09f8607131c170b3bd31591"),
        (8201, "72c9b15e178aa843e4a16c58e33643a3"),
        (8202, "bc9828d59b2aa323daf20be5f2e66511"),
    ],
)
def test_a_long_hash_of_zigbee_has_the_longer_padding(crypto, size, digest):
    assert crypto.aes_mmo((bytes(range(256)) * 33)[:size]).hex() == digest


@few
@given(scalars, st.integers(1, P - 1))
def test_a_multiple_of_the_generator_is_that_of_the_peer(k, blind):
    numbers = peer(k).public_key().public_numbers()
    for group in (p256, p256_wide):
        assert group.base_multiply(k) == (numbers.x, numbers.y)
        assert group.base_multiply(k, blind) == (numbers.x, numbers.y)


@few
@given(scalars, scalars, st.integers(1, P - 1))
def test_a_shared_secret_is_that_of_the_peer_at_each_use_of_the_key(d, e, blind):
    other = peer(e).public_key()
    z = peer(d).exchange(ec.ECDH(), other)
    for group in (p256, p256_wide):
        for key in states(octets_of(other)):
            for b in (1, blind):
                assert group.multiply(d, key, b) == int.from_bytes(z)
    key = openssl.private_key(d.to_bytes(32))
    assert openssl.agree(key, openssl.public_key(octets_of(other))) == z


@few
@given(st.integers(0, N - 1), st.integers(0, N - 1), scalars)
def test_a_sum_of_two_products_is_that_of_the_peer(u1, u2, d):
    total = (u1 + u2 * d) % N
    x = x_of(total) if total else 1
    for group in (p256, p256_wide):
        for key in states(octets_of(peer(d).public_key())):
            assert group.verify_sum(u1, u2, key, x % N or 1) is bool(total)
            assert not group.verify_sum(u1, u2, key, (x + 1) % N or 1)


# Products that meet on the way: the same point twice, a point and its negative, nothing at all
@pytest.mark.parametrize("d", [1, 2, 2**43, N - 1, N - 2**64], ids=range(5))
@pytest.mark.parametrize("u2", [0, 1, 31, 2**64, N - 1], ids=range(5))
@pytest.mark.parametrize("sign", [1, -1])
def test_products_that_coincide_add_up(group, d, u2, sign):
    for u1 in (sign * u2 * d % N, sign * d, u2, 0, 1):
        u1 %= N
        total = (u1 + u2 * d) % N
        for key in states(octets_of(peer(d).public_key())):
            if total:
                assert group.verify_sum(u1, u2, key, x_of(total) % N)
            else:
                assert not group.verify_sum(u1, u2, key, 1)


def test_an_x_beyond_the_order_matches_the_number_it_is_mod_n():
    # The least such x that is of a point
    x = N
    while True:
        x += 1
        yy = (x**3 - 3 * x + B) % P
        if pow(yy, (P - 1) // 2, P) == 1:
            break
    for z in (1, 2, P - 5):
        assert p256.is_x(x - N, x * z * z % P, z)
        assert not p256.is_x(x - N + 1, x * z * z % P, z)
    assert not p256.is_x(1, 1, 0)


@few
@given(scalars, st.binary(max_size=200))
def test_the_peer_verifies_our_signatures(d, data):
    for backend, group in ((portable, p256), (portable, p256_wide), (openssl, None)):
        key = backend.private_key(d.to_bytes(32))
        if group is not None:
            key._curve = group
        signature = backend.sign(key, data)
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        assert len(signature) == 64
        peer(d).public_key().verify(encode_dss_signature(r, s), data, ALGORITHM)


@few
@given(scalars, st.binary(max_size=200))
def test_we_verify_the_peers_signatures(d, data):
    key = peer(d)
    r, s = decode_dss_signature(key.sign(data, ALGORITHM))
    signature = r.to_bytes(32) + s.to_bytes(32)
    for backend in (portable, openssl):
        public = backend.public_key(octets_of(key.public_key()))
        for _ in range(3):
            assert backend.verify(public, data, signature)
            assert not backend.verify(public, data + b"\x00", signature)


@few
@given(st.binary(max_size=400))
def test_both_back_ends_make_the_same_signature(data):
    secret = hashlib.sha256(data).digest()
    keys = [backend.private_key(secret) for backend in (portable, openssl)]
    assert portable.sign(keys[0], data) == openssl.sign(keys[1], data)
    assert keys[0].public.octets == keys[1].public.octets


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=64, max_size=64))
def test_any_64_octets_are_verified_alike(signature):
    answers = set()
    for backend in (portable, openssl):
        public = backend.private_key(bytes(31) + b"\x05").public
        answers.add(backend.verify(public, b"data", signature))
    assert answers == {False}


@pytest.mark.parametrize("zeros", range(33))
def test_numbers_with_leading_zeros_are_verified_alike(zeros):
    for half in (b"\x7f", b"\x80", b"\xff"):
        number = (bytes(zeros) + half * 32)[:32]
        for signature in (number + b"\x01" * 32, b"\x81" * 32 + number):
            for backend in (portable, openssl):
                public = backend.private_key(bytes(31) + b"\x05").public
                assert backend.verify(public, b"data", signature) is False


@few
@given(st.binary(max_size=70))
def test_octets_are_a_public_key_in_both_back_ends_or_in_none(octets):
    answers = []
    for backend in (portable, openssl):
        try:
            answers.append(backend.public_key(octets).octets)
        except BadKey as error:
            answers.append(str(error))
    assert answers[0] == answers[1]


def test_no_private_key_is_in_what_is_raised_or_shown(crypto):
    for octets in (b"\xff" * 32, b"\xee" * 31):
        with pytest.raises(BadKey) as caught:
            crypto.private_key(octets)
        assert octets.hex()[:8] not in str(caught.value)
    key = crypto.private_key(b"\x17" * 32)
    assert "17171717" not in repr(key)
    assert str(int.from_bytes(b"\x17" * 32))[:12] not in repr(key)


@few
@given(key16, key16)
def test_a_block_is_encrypted_as_by_the_peer(key, block):
    expected = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)
    for kind in (aes, aes_octets, aes_wide):
        assert kind.encryptor(key)(block) == expected
    assert openssl.aes_block(key, block) == expected


@settings(max_examples=100, deadline=None)
@given(key16, iv12, st.binary(max_size=100), st.binary(max_size=100))
def test_what_the_peer_seals_we_seal_and_open(key, iv, aad, plaintext):
    sealed = AESGCM(key).encrypt(iv, plaintext, aad)
    ciphertext, tag = sealed[:-16], sealed[-16:]
    for backend in (portable, openssl):
        assert backend.seal(key, iv, aad, plaintext) == sealed
        assert backend.unseal(key, iv, aad, ciphertext, tag[:12]) == plaintext
        with pytest.raises(BadBlock):
            backend.unseal(key, iv, aad + b"\x00", ciphertext, tag[:12])


@settings(max_examples=60, deadline=None)
@given(key16, iv12, st.binary(max_size=1500))
def test_a_mac_is_that_of_the_peer(key, iv, aad):
    expected = AESGCM(key).encrypt(iv, b"", aad)
    for form in (aad, bytearray(aad), memoryview(aad)):
        assert portable.gmac(key, iv, form) == expected
    assert openssl.gmac(key, iv, aad) == expected


@few
@given(
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=8, max_size=8),
    st.integers(0, 255),
    st.binary(min_size=8, max_size=8),
    st.binary(min_size=8, max_size=8),
)
def test_a_message_key_is_one_round_of_sha_256(z, originator, cra, counter, recipient):
    info = bytes.fromhex("60857406080300") + originator + bytes((9, cra)) + counter + recipient
    expected = hashlib.sha256(bytes.fromhex("00000001") + z + info).digest()[:16]
    assert message_key(z, originator, cra, counter, recipient) == expected


def test_an_iv_of_another_size_is_our_bug():
    for size in (0, 11, 13, 16):
        with pytest.raises(ValueError, match="12 octets"):
            portable.gmac(bytes(16), bytes(size), b"")


def test_the_comb_of_the_generator_is_fresh():
    generator = octets_of(peer(1).public_key())
    assert p256.comb(*p256.point(generator), p256.TEETH, p256.SPACING) == p256_table.COMB


def test_the_portable_back_end_needs_no_cryptography():
    code = "import sys; import gbcs.crypto.portable; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_cryptography_the_default_is_portable():
    code = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from gbcs.crypto import backends; sys.exit(backends.default().NAME != 'portable')"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
