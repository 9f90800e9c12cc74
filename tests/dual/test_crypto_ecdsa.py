"""ECDSA and ECDH with P-256 on both Pythons, against published vectors, in every back end."""

from gbcs.compat import MICROPYTHON
from gbcs.crypto import ecdsa, portable
from gbcs.errors import BadKey

BACKENDS = [portable]
if not MICROPYTHON:
    from gbcs.crypto import openssl

    BACKENDS.append(openssl)

N = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
P = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
ZERO = "00" * 32
ONE = "00" * 31 + "01"

# RFC 6979 A.2.5: private key, public key; message, k, r || s
KEY = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
PUBLIC = (
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
)
SIGNED = (
    (
        b"sample",
        "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60",
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    ),
    (
        b"test",
        "d16b6ae827f17175e040871a1c7ec3500192c4c92677336ec2537acaee0008e0",
        "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
        "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
    ),
)

# Wycheproof, ecdsa_secp256r1_sha256_p1363_test.json: what it is about; public key, signature
# of "123400"
VALID = (
    (
        "signature malleability",
        "2927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838"
        "c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e",
        "2ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e18"
        "4cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd76",
    ),
    (
        "k*G has a large x-coordinate",
        "0ad99500288d466940031d72a9f5445a4d43784640855bf0a69874d2de5fe103"
        "c5011e6ef2c42dcd50d5d3d29f99ae6eba2c80c9244f4c5422f0979ff0c3ba5e",
        "000000000000000000000000000000004319055358e8617b0c46353d039cdaab"
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e",
    ),
    (
        "small r and s^-1",
        "d0f73792203716afd4be4329faa48d269f15313ebbba379d7783c97bf3e890d9"
        "971f4a3206605bec21782bf5e275c714417e8f566549e6bc68690d2363c89cc1",
        "0000000000000000000000000000000000000000000000000000000000000100"
        "8f1e3c7862c58b16bb76eddbb76eddbb516af4f63f2d74d76e0d28c9bb75ea88",
    ),
    (
        "r and s^-1 are close to n",
        "083539fbee44625e3acaafa2fcb41349392cef0633a1b8fabecee0c133b10e99"
        "915c1ebe7bf00df8535196770a58047ae2a402f26326bb7d41d4d7616337911e",
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc6324d5"
        "555555550000000055555555555555553ef7a8e48d07df81a693439654210c70",
    ),
    (
        "s == 1",
        "8aeb368a7027a4d64abdea37390c0c1d6a26f399e2d9734de1eb3d0e19373874"
        "05bd13834715e1dbae9b875cf07bd55e1b6691c7f7536aef3b19bf7a4adf576d",
        "555555550000000055555555555555553ef7a8e48d07df81a693439654210c70" + ONE,
    ),
    (
        "u1 == 1",
        "69da0364734d2e530fece94019265fefb781a0f1b08f6c8897bdf6557927c8b8"
        "66d2d3c7dcd518b23d726960f069ad71a933d86ef8abbcce8b20f71e2a847002",
        "555555550000000055555555555555553ef7a8e48d07df81a693439654210c70"
        "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023",
    ),
    (
        "extreme value for k and s^-1",
        "501421277be45a5eefec6c639930d636032565af420cf3373f557faa7f8a0643"
        "8673d6cb6076e1cfcdc7dfe7384c8e5cac08d74501f2ae6e89cad195d0aa1371",
        "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978"
        "49249248db6db6dbb6db6db6db6db6db5a8b230d0b2b51dcd7ebf0c9fef7c185",
    ),
    (
        "extreme value for k and edgecase s",
        "5e59f50708646be8a589355014308e60b668fb670196206c41e748e64e4dca21"
        "5de37fee5c97bcaf7144d5b459982f52eeeafbdf03aacbafef38e213624a01de",
        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "555555550000000055555555555555553ef7a8e48d07df81a693439654210c70",
    ),
)
G = (
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
MINUS_G = (
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a"
)
DUPLICATED = (
    "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023"
    "249249246db6db6ddb6db6db6db6db6dad4591868595a8ee6bf5f864ff7be0c2",
    "44a5ad0ad0636d9f12bc9e0a6bdd5e1cbcb012ea7bf091fcec15b0c43202d52e"
    "249249246db6db6ddb6db6db6db6db6dad4591868595a8ee6bf5f864ff7be0c2",
)
INVALID = (
    (
        "r too large",
        VALID[1][1],
        "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc"
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e",
    ),
    (
        "s is larger than n",
        "4be4178097002f0deab68f0d9a130e0ed33a6795d02a20796db83444b037e139"
        "20f13051e0eecdcfce4dacea0f50d1f247caa669f193c1b4075b51ae296d2d56",
        "00" * 31 + "05ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc75fbd8",
    ),
    (
        "point at infinity during verify",
        "b533d4695dd5b8c5e07757e55e6e516f7e2c88fa0239e23f60e8ec07dd70f287"
        "1b134ee58cc583278456863f33c3a85d881f7d4a39850143e29d4eaf009afe47",
        "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8"
        "555555550000000055555555555555553ef7a8e48d07df81a693439654210c70",
    ),
    ("testing point duplication 1", G, DUPLICATED[0]),
    ("testing point duplication 2", G, DUPLICATED[1]),
    ("testing point duplication 3", MINUS_G, DUPLICATED[0]),
    ("testing point duplication 4", MINUS_G, DUPLICATED[1]),
)
MESSAGE = b"123400"

# SP 800-56A CAVS, KAS_ECC_CDH_PrimitiveTest, P-256: public key of the other, d, z; then
# Wycheproof, ecdh_secp256r1_ecpoint_test.json
AGREED = (
    (
        "700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
        "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac",
        "7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534",
        "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b",
    ),
    (
        "809f04289c64348c01515eb03d5ce7ac1a8cb9498f5caa50197e58d43a86a7ae"
        "b29d84e811197f25eba8f5194092cb6ff440e26d4421011372461f579271cda3",
        "38f65d6dce47676044d58ce5139582d568f64bb16098d179dbab07741dd5caf5",
        "057d636096cb80b67a8c038c890e887d1adfa4195e9b3ce241c8a778c59cda67",
    ),
    (
        "62d5bd3372af75fe85a040715d0f502428e07046868b0bfdfa61d731afe44f26"
        "ac333a93a9e70a81cd5a95b5bf8d13990eb741c8c38872b4a07d275a014e30cf",
        "0612465c89a023ab17855b0a6bcebfd3febb53aef84138647b5352e02c10c346",
        "53020d908b0219328b658b525f26780e3ae12bcd952bb25a93bc0895e1714285",
    ),
    (
        "58fd4168a87795603e2b04390285bdca6e57de6027fe211dd9d25e2212d29e62"
        "080d36bd224d7405509295eed02a17150e03b314f96da37445b0d1d29377d12c",
        "0a0d622a47e48f6bc1038ace438c6f528aa00ad2bd1da5f13ee46bf5f633d71a",
        ZERO,
    ),
    (
        "a1ecc24bf0d0053d23f5fd80ddf1735a1925039dc1176c581a7e795163c8b9ba"
        "2cb5a4e4d5109f4527575e3137b83d79a9bcb3faeff90d2aca2bed71bb523e7e",
        "0a0d622a47e48f6bc1038ace438c6f528aa00ad2bd1da5f13ee46bf5f633d71a",
        "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
    ),
)


def _octets(text):
    return bytes.fromhex(text)


def _refused(call, octets):
    try:
        call(octets)
    except BadKey:
        return True
    return False


def test_a_private_key_has_the_published_public_key():
    for crypto in BACKENDS:
        assert crypto.private_key(_octets(KEY)).public.octets == _octets("04" + PUBLIC), (
            crypto.NAME
        )


def test_the_nonces_are_those_of_rfc_6979():
    for message, k, _ in SIGNED:
        e = int.from_bytes(portable.sha256(message), "big")
        assert next(ecdsa.nonces(int(KEY, 16), e)) == int(k, 16)


def test_a_signature_is_that_of_rfc_6979():
    for crypto in BACKENDS:
        key = crypto.private_key(_octets(KEY))
        for message, _, signature in SIGNED:
            assert crypto.sign(key, message) == _octets(signature), crypto.NAME


def test_random_octets_change_no_signature_and_no_secret():
    for crypto in BACKENDS:
        key = crypto.private_key(_octets(KEY))
        message, _, signature = SIGNED[0]
        other, d, z = AGREED[0]
        for blind in (b"\xff" * 32, b"\x00", _octets(N), _octets(P), _octets(N[:-1] + "0")):
            assert crypto.sign(key, message, blind) == _octets(signature), crypto.NAME
        other = crypto.public_key(_octets(other))
        for blind in (b"\xff" * 32, b"\x5a" * 32):
            assert crypto.agree(crypto.private_key(_octets(d)), other, blind) == _octets(z)


def test_a_valid_signature_verifies_at_first_and_at_later_use_of_the_key():
    for crypto in BACKENDS:
        for what, public, signature in VALID:
            key = crypto.public_key(_octets(public))
            for _ in range(3):
                assert crypto.verify(key, MESSAGE, _octets(signature)), (crypto.NAME, what)


def test_an_invalid_signature_does_not_verify():
    for crypto in BACKENDS:
        for what, public, signature in INVALID:
            key = crypto.public_key(_octets(public))
            for _ in range(3):
                assert not crypto.verify(key, MESSAGE, _octets(signature)), (crypto.NAME, what)


def test_numbers_out_of_range_are_no_signature():
    edges = (ZERO, ONE, N, N[:-1] + "0", N[:-1] + "2", P, P[:-1] + "e", "ff" * 32)
    for crypto in BACKENDS:
        key = crypto.public_key(_octets(VALID[0][1]))
        for r in edges:
            for s in edges:
                assert not crypto.verify(key, MESSAGE, _octets(r + s)), (crypto.NAME, r, s)


def test_octets_of_another_length_are_no_signature():
    _, public, signature = VALID[0]
    signature = _octets(signature)
    for crypto in BACKENDS:
        key = crypto.public_key(_octets(public))
        for octets in (
            b"",
            signature[:63],
            signature + b"\x00",
            b"\x00" + signature,
            b"\x00" * 63,
        ):
            assert not crypto.verify(key, MESSAGE, octets), crypto.NAME


def test_a_signature_holds_for_its_octets_and_its_key_alone():
    for crypto in BACKENDS:
        _, public, signature = VALID[0]
        key = crypto.public_key(_octets(public))
        assert not crypto.verify(key, b"123401", _octets(signature)), crypto.NAME
        other = crypto.public_key(_octets(VALID[2][1]))
        assert not crypto.verify(other, MESSAGE, _octets(signature)), crypto.NAME


def test_a_shared_secret_is_the_published_one_at_first_and_at_later_use_of_the_key():
    for crypto in BACKENDS:
        for public, d, z in AGREED:
            other = crypto.public_key(_octets("04" + public))
            for _ in range(2):
                secret = crypto.agree(crypto.private_key(_octets(d)), other)
                assert secret == _octets(z), (crypto.NAME, z)


def test_a_public_key_is_read_with_and_without_its_prefix():
    for crypto in BACKENDS:
        for prefix in ("", "04"):
            key = crypto.public_key(_octets(prefix + PUBLIC))
            assert key.octets == _octets("04" + PUBLIC), crypto.NAME


def test_what_is_no_point_of_the_curve_is_no_public_key():
    x, y = PUBLIC[:64], PUBLIC[64:]
    # x + p fits 32 octets for a small x; sqrt(b) is the y of x = 0
    root = "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4"
    bad = (
        x + y[:-1] + "8",
        y + x,
        ZERO + ZERO,
        P + root,
        ZERO + P,
        "ff" * 64,
        "04" + P + root,
        "02" + x,
        "02" + x + y,
        "06" + x + y,
        "00",
        "",
        "04" + x + y + "00",
        x + y[:-2],
    )
    for crypto in BACKENDS:
        assert crypto.public_key(_octets(ZERO + root)).octets == _octets("04" + ZERO + root)
        for text in bad:
            assert _refused(crypto.public_key, _octets(text)), (crypto.NAME, text)


def test_what_is_no_number_from_one_to_the_order_is_no_private_key():
    for crypto in BACKENDS:
        last = N[:-1] + "0"
        assert crypto.private_key(_octets(last)).public.octets == _octets("04" + MINUS_G)
        assert crypto.private_key(_octets(ONE)).public.octets == _octets("04" + G)
        for text in (ZERO, N, P, "ff" * 32, KEY[2:], KEY + "00", ""):
            assert _refused(crypto.private_key, _octets(text)), (crypto.NAME, text)
