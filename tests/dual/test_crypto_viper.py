"""The arithmetic of p256_viper at its bounds, where there is a native emitter of 32 bits."""

from gbcs.compat import VIPER
from gbcs.crypto.domain import P

LOWEST = [-8192] * 19
HIGHEST = [8191] * 19
LOWEST[6], LOWEST[13], LOWEST[18] = -16384, -10240, -9
HIGHEST[6], HIGHEST[13], HIGHEST[18] = 16384, 10240, 9
ALTERNATING = [HIGHEST[i] if i & 1 else LOWEST[i] for i in range(19)]
BOUNDS = (LOWEST, HIGHEST, ALTERNATING, [0] * 19, [1] + [0] * 18, [-1] + [0] * 18)


def _put(viper, index, limbs):
    for at in range(19):
        viper._REGISTERS[19 * index + at] = limbs[at]


def _value(limbs):
    found = 0
    for at in range(18, -1, -1):
        found = (found << 14) + limbs[at]
    return found


def _limbs(viper, index):
    return [viper._REGISTERS[19 * index + at] for at in range(19)]


def _run(viper, program):
    viper.run(viper._SCRATCH, 0, viper._REGISTERS, bytes(program) + b"\x00")


def _within_bounds(limbs):
    return all(LOWEST[at] - 2 <= limbs[at] <= HIGHEST[at] + 2 for at in range(19))


def test_a_product_at_the_bounds_is_right_and_within_them():
    if not VIPER:
        return
    from gbcs.crypto import p256_viper as viper

    for one in BOUNDS:
        for other in BOUNDS:
            _put(viper, 5, one)
            _put(viper, 6, other)
            _run(viper, (1, 7, 5, 6))
            assert _within_bounds(_limbs(viper, 7))
            assert (viper.number(7) << 266) % P == _value(one) * _value(other) % P


def test_a_sum_at_the_bounds_is_right_and_within_them():
    if not VIPER:
        return
    from gbcs.crypto import p256_viper as viper

    for operation, k, m in ((0x97, 1, -1), (0xA6, 2, -2), (0xB8, 3, 0), (0x96, 1, -2)):
        for one in BOUNDS:
            for other in BOUNDS:
                _put(viper, 5, one)
                _put(viper, 6, other)
                _run(viper, (operation, 7, 5, 6))
                assert _within_bounds(_limbs(viper, 7))
                assert viper.number(7) == (k * _value(one) + m * _value(other)) % P


def test_octets_are_loaded_with_either_sign():
    if not VIPER:
        return
    from gbcs.crypto import p256_viper as viper

    limbs = memoryview(viper._REGISTERS)[19 * 7 : 19 * 8]
    for octets in (b"\xff" * 32, bytes(32), bytes(range(1, 33)), bytes(range(255, 223, -1))):
        for sign in (1, -1):
            viper.load(limbs, b"\xff\xff" + octets, 2, sign)
            assert viper.number(7) == sign * int.from_bytes(octets, "big") % P


def test_gmac_and_ghash_of_any_length_are_those_of_the_plain_modules():
    if not VIPER:
        return
    from gbcs.crypto import aes_octets, gcm_viper, ghash, mmo

    key, iv = bytes(range(16)), bytes(range(240, 252))
    plain = aes_octets.encryptor(key)
    h, mask = plain(bytes(16)), plain(iv + b"\x00\x00\x00\x01")
    data = bytes([7 * at + (at >> 8) & 255 for at in range(1300)])
    for size in list(range(41)) + [300, 1300]:
        wanted = mmo.xor(ghash.ghash(h, data[:size], b""), mask)
        assert gcm_viper.gmac(key, iv, data[:size]) == wanted, size
        assert gcm_viper.gmac(key, iv, bytearray(data[:size])) == wanted, size
        assert gcm_viper.gmac(key, iv, memoryview(data)[:size]) == wanted, size
        text = data[size : size + size // 2]
        assert gcm_viper.ghash(h, data[:size], text) == ghash.ghash(h, data[:size], text), size


def test_a_block_is_encrypted_as_by_the_plain_module():
    if not VIPER:
        return
    from gbcs.crypto import aes_octets, gcm_viper

    key, block = bytes(range(16)), bytes(16)
    for _ in range(40):  # so that every octet takes many values
        wanted = aes_octets.encryptor(key)(block)
        assert gcm_viper.encryptor(key)(block) == wanted
        key, block = block, wanted


def test_a_mac_of_more_than_64_kb_is_right():
    if not VIPER:
        return
    from gbcs.crypto import gcm_viper

    data = bytearray(65553)
    data[0], data[65535], data[65552] = 1, 2, 3
    found = gcm_viper.gmac(bytes(range(16)), bytes(range(240, 252)), data)
    assert found.hex() == "825a2435ca2b3f5c1436e4bdb464586b"  # made by pyca/cryptography


def test_a_key_or_iv_of_another_size_is_an_error():
    if not VIPER:
        return
    from gbcs.crypto import gcm_viper

    def refused(call, *args):
        try:
            call(*args)
        except ValueError:
            return True
        return False

    for size in (0, 11, 13, 15, 17, 24, 32):
        assert refused(gcm_viper.encryptor, bytes(size)), size
        assert refused(gcm_viper.gmac, bytes(size), bytes(12), b"aad"), size
        assert refused(gcm_viper.gmac, bytes(16), bytes(size), b"aad"), size


def test_a_mac_makes_next_to_no_garbage():
    if not VIPER:
        return
    import gc

    from gbcs.crypto import gcm_viper

    key, iv, data = bytes(16), bytes(12), bytes(300)
    gc.collect()
    gc.disable()
    try:
        before = gc.mem_alloc()
        gcm_viper.gmac(key, iv, data)
        used = gc.mem_alloc() - before
    finally:
        gc.enable()
    assert used <= 512, used


def test_a_binary_field_is_that_of_the_plain_module():
    if not VIPER:
        return
    from gbcs.crypto import binaryfield, binaryfield_viper, portable

    state = b"seed"
    for degree, terms, traced in ((163, (3, 6, 7), (0, 157)), (283, (5, 7, 12), (0, 271))):
        plain = binaryfield.Field(degree, terms, traced)
        field = binaryfield_viper.Field(degree, terms, traced)
        size = plain.size
        top = (1 << degree) - 1
        numbers = [0, 1, top, 1 << degree - 1, top ^ 1]
        for _ in range(6):
            state = portable.sha256(state) + portable.sha256(state + b"2")
            numbers.append(int.from_bytes(state[:size], "big") & top)
        for a in numbers:
            one = a.to_bytes(size, "big")
            x, p = field.element(one), plain.element(one)
            assert field.octets(x) == one
            assert field.octets(field.square(x)) == plain.octets(plain.square(p))
            assert field.trace(x) == plain.trace(p)
            for b in numbers:
                other = b.to_bytes(size, "big")
                y, q = field.element(other), plain.element(other)
                assert field.octets(field.multiply(x, y)) == plain.octets(plain.multiply(p, q))
        assert field.multiply(x, field.inverse(x)) == 1
