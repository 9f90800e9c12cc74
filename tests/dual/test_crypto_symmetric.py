"""AES, GCM, AES-MMO and key derivation on both Pythons, against published vectors."""

from gbcs.compat import MICROPYTHON
from gbcs.crypto import aes, aes_octets, portable
from gbcs.crypto.backends import default
from gbcs.errors import BadBlock
from gbcs.protect import message_key

BACKENDS = [portable]
if not MICROPYTHON:
    from gbcs.crypto import openssl

    BACKENDS.append(openssl)

# FIPS 197 appendices B and C.1, SP 800-38A F.1.1: key, plaintext, ciphertext
BLOCKS = (
    (
        "2b7e151628aed2a6abf7158809cf4f3c",
        "3243f6a8885a308d313198a2e0370734",
        "3925841d02dc09fbdc118597196a0b32",
    ),
    (
        "000102030405060708090a0b0c0d0e0f",
        "00112233445566778899aabbccddeeff",
        "69c4e0d86a7b0430d8cdb78070b4c55a",
    ),
    (
        "2b7e151628aed2a6abf7158809cf4f3c",
        "6bc1bee22e409f96e93d7e117393172a",
        "3ad77bb40d7a3660a89ecaf32466ef97",
    ),
)
PLAIN = (
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
)
CIPHER = (
    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
    "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985"
)
GCM_KEY = "feffe9928665731c6d6a8f9467308308"
GCM_IV = "cafebabefacedbaddecaf888"
# The GCM specification (McGrew and Viega), test cases 1 to 4: key, iv, aad, plaintext, ciphertext,
# tag
SEALED = (
    ("00" * 16, "00" * 12, "", "", "", "58e2fccefa7e3061367f1d57a4e7455a"),
    (
        "00" * 16,
        "00" * 12,
        "",
        "00" * 16,
        "0388dace60b6a392f328c2b971b2fe78",
        "ab6e47d42cec13bdf53a67b21257bddf",
    ),
    (GCM_KEY, GCM_IV, "", PLAIN, CIPHER, "4d5c2af327cd64a62cf35abd2ba6fab4"),
    (
        GCM_KEY,
        GCM_IV,
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        PLAIN[:120],
        CIPHER[:120],
        "5bc94fbc3221a5db94fae95ae7121a47",
    ),
)
# CAVS gcmEncryptExtIV128 (PTlen 0, AADlen 128); Wycheproof, aes_gmac_test.json: key, iv, aad, tag
GMACS = (
    (
        "77be63708971c4e240d1cb79e8d77feb",
        "e0e00f19fed7ba0136a797f3",
        "7a43ec1d9c0a5a78a0b16533a6213cab",
        "209fcc8d3675ed938e9c7166709dd946",
    ),
    (
        "98b08a72ffde0ded4bec9d2a8db57235",
        "1595248735310eb710519c2b",
        "",
        "5118cc71501c8273a43662b981191750",
    ),
    (
        "f0cfce280656fabd93f68ba6b3a3ad6e",
        "0a38ca626b430ed84a2a8dfe",
        "4b",
        "8677a0160a923ce7437ca94b8de97da5",
    ),
    (
        "fe3f266f5f236669582bd80618760543",
        "014313723d1860bf8f4b11fd",
        "dc25f04acfbdbc986a107043286eae",
        "60392ad41debec0db43d97dfb3798c91",
    ),
    (
        "c9859c8b39d8d7e811d8ae45d9b85882",
        "110d550119d71a0945bfecbb",
        "36717076748d9351e5a3cc67b9e8833e07",
        "f0b26b17b28ea92708b12b871f3b3071",
    ),
    (
        "46c33fff8898c4a4985599ccc05d0571",
        "01da1ca72e26f6d6fa9ce281",
        "038537bf94e1d7e14f68b8d5458241e34f5158dea6f8052049b9dad8fb66cb6e"
        "0ba6cc223f675614e95d1527c746e650e9fc6aca69e682d9e30ac06e0a48c0a0"
        "428ec1ae23739d82fc246e4cd6bc27cd1d54c0e630c1624fe3dbd0a8cea3b7c8"
        "f2d7c1cca8b8e086cab02153be762d59e49c533cb39e65ab37f6cad2290d0dfe2a",
        "feeec6276f89393b5a5222e0ebb160fd",
    ),
)
# ZigBee 05-3474 C.5.1, C.5.2 and the install codes of Smart Energy 5.4.8.1: input, hash
HASHES = (
    ("c0", "ae3a102a28d43ee0d4a09e22788b206c"),
    ("c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", "a7977e88bc0b61e8210827109a228f2d"),
    ("83fed3407a932b70", "cd4fa064773f46941ec986c09963d1a8"),
    ("83fed3407a939723a5c639b26916d505c3b5", "66b6900981e1ee3ca4206b6b861c02bb"),
)
# ZigBee 05-3474 C.6.1; the transport, load and verify keys of "ZigBeeAlliance09": key, data, hash
HMACS = (
    ("404142434445464748494a4b4c4d4e4f", "c0", "4512807bf94cb3400f0e2c25fb76e999"),
    ("5a6967426565416c6c69616e63653039", "00", "4bab0f173e1434a2d572e1c1ef478782"),
    ("5a6967426565416c6c69616e63653039", "02", "c5a47035c332ccbf251571d8baded188"),
    ("5a6967426565416c6c69616e63653039", "03", "1ab128df1639a1246aaba72a6a559124"),
)
# ZigBee 05-3474 C.3; RFC 3610 packet vectors 1, 4 and 13: key, nonce, aad, plaintext, sealed, tag
CCMS = (
    (
        "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
        "a0a1a2a3a4a5a6a70302010006",
        "0001020304050607",
        "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
        "1a55a36abb6c610d066b3375649cef10d4664ecad854a8",
        "0a895cc1d8ff9469",
    ),
    (
        "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
        "00000003020100a0a1a2a3a4a5",
        "0001020304050607",
        "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
        "588c979a61c663d2f066d0c2c0f989806d5f6b61dac384",
        "17e8d12cfdf926e0",
    ),
    (
        "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
        "00000006050403a0a1a2a3a4a5",
        "000102030405060708090a0b",
        "0c0d0e0f101112131415161718191a1b1c1d1e",
        "a28c6865939a9a79faaa5c4c2a9d4a91cdac8c",
        "96c861b9c9e61ef1",
    ),
    (
        "d7828d13b2b0bdc325a76236df93cc6b",
        "00412b4ea9cdbe3c9696766cfa",
        "0be1a88bace018b1",
        "08e8cf97d820ea258460e96ad9cf5289054d895ceac47c",
        "4cb97f86a2a4689a877947ab8091ef5386a6ffbdd080f8",
        "e78cf7cb0cddd7b3",
    ),
)
# The published reference test data set, ECS14, ECS09 and GCS14: z, originator, cra, counter,
# recipient, key
DERIVED = (
    (
        "ed342441df01551a6beaff3b54adc981f4c6a7e71dff4c3e1cc80b3c9f4e5ac0",
        "90b3d51f30010000",
        1,
        "00000000000003e8",
        "00db1234567890a0",
        "ec1d51bd8f8bf0cdd2314cf396cc12c0",
    ),
    (
        "42da8fad4c8c9d613976f39f1e79ccc88571efa43933d57146b533bc6d253e0f",
        "00db1234567890a0",
        2,
        "00000000000003e8",
        "90b3d51f30010000",
        "d288091f13f120da8d2649c3aa543058",
    ),
    (
        "42da8fad4c8c9d613976f39f1e79ccc88571efa43933d57146b533bc6d253e0f",
        "00db1234567890a0",
        4,
        "00000000000003e9",
        "90b3d51f30010000",
        "11db5b2024656aa42a3022ef920dbddc",
    ),
    (
        "afa16a4d1a999876856e9f073127d4ad518c095cb8df47404b9351c0baba3e06",
        "00db1234567890a3",
        4,
        "00000000000003e9",
        "90b3d51f30010000",
        "22064a3c6e3f1a25f090993bbcb598b9",
    ),
)
# The same set, ECS14's command: what its MAC is over, under the first key; and ECS09's block
MACED = (
    "110000000000df090100000000000003e80890b3d51f300100000800db1234567890a00002002314"
    "d9200003e800010200010000"
    "5e2c03010201090000",
    "90b3d51f3001000000000000",
    "4a23b545f6ca24d1dc19d676b3da762c",
)
BLOCK = (
    "00db1234567890a000000000",
    "377b761ff79e94d4b3881e4373499557568c707ef181250a4173736d14a5c4aeb5e989bb8b841558",
    "0aa8eb408225cc5ecf58e358",
    "02011302020606201c0fbd800000005f1c110f00000000cb1c126080000000f31c13b2000000002e",
)


def _octets(text):
    return bytes.fromhex(text)


def _opens(crypto, *args):
    try:
        return crypto.unseal(*args)
    except BadBlock:
        return None


def _frame_opens(crypto, args):
    try:
        crypto.ccm_unseal(*args)
    except BadBlock:
        return False
    return True


def _raises(call, *args):
    try:
        call(*args)
    except ValueError:
        return True
    return False


def test_a_block_is_encrypted_as_published():
    for key, plain, cipher in BLOCKS:
        for crypto in BACKENDS:
            assert crypto.aes_block(_octets(key), _octets(plain)).hex() == cipher, crypto.NAME
        for kind in (aes, aes_octets):
            encrypt = kind.encryptor(_octets(key))
            for _ in range(2):
                assert encrypt(_octets(plain)).hex() == cipher, kind


def test_a_key_or_block_of_another_size_is_an_error():
    for crypto in BACKENDS:
        for key, block in ((15, 16), (17, 16), (0, 16), (24, 16), (16, 15), (16, 17), (16, 0)):
            assert _raises(crypto.aes_block, bytes(key), bytes(block)), (crypto.NAME, key, block)


def test_plaintext_is_sealed_as_published():
    for crypto in BACKENDS:
        for key, iv, aad, plain, cipher, tag in SEALED:
            found = crypto.seal(_octets(key), _octets(iv), _octets(aad), _octets(plain))
            assert found.hex() == cipher + tag, crypto.NAME


def test_a_sealed_block_opens_with_a_tag_of_four_octets_or_more():
    for crypto in BACKENDS:
        for key, iv, aad, plain, cipher, tag in SEALED:
            key, iv, aad, cipher = [_octets(text) for text in (key, iv, aad, cipher)]
            for size in range(4, 17):
                found = crypto.unseal(key, iv, aad, cipher, _octets(tag)[:size])
                assert found == _octets(plain), (crypto.NAME, size)


def test_a_tag_of_another_length_opens_nothing():
    for crypto in BACKENDS:
        key, iv, aad, _, cipher, tag = [_octets(text) for text in SEALED[3]]
        for other in (b"", tag[:3], tag + b"\x00"):
            assert _opens(crypto, key, iv, aad, cipher, other) is None, crypto.NAME


def test_a_changed_bit_anywhere_opens_nothing():
    for crypto in BACKENDS:
        key, iv, aad, _, cipher, tag = [_octets(text) for text in SEALED[3]]
        parts = [key, iv, aad, cipher, tag[:12]]
        for part in range(len(parts)):
            for bit in range(0, 8 * len(parts[part]), 13):
                changed = bytearray(parts[part])
                changed[bit >> 3] ^= 1 << (bit & 7)
                args = list(parts)
                args[part] = bytes(changed)
                assert _opens(crypto, *args) is None, (crypto.NAME, part, bit)


def test_a_mac_is_the_published_tag():
    for crypto in BACKENDS:
        for key, iv, aad, tag in GMACS:
            assert crypto.gmac(_octets(key), _octets(iv), _octets(aad)).hex() == tag, crypto.NAME


def test_a_long_mac_is_that_of_its_parts_sealed():
    aad = bytes(range(256)) * 6
    key, iv = _octets(GCM_KEY), _octets(GCM_IV)
    for crypto in BACKENDS:
        # Made by pyca/cryptography
        assert crypto.gmac(key, iv, aad).hex() == "90a170b49ea774b50f2657c347fd3580", crypto.NAME
        assert crypto.seal(key, iv, aad, b"") == crypto.gmac(key, iv, aad), crypto.NAME


def test_a_frame_is_sealed_as_published():
    for crypto in BACKENDS:
        for key, nonce, aad, plain, sealed, tag in CCMS:
            key, nonce, aad, plain = [_octets(text) for text in (key, nonce, aad, plain)]
            found = crypto.ccm_seal(key, nonce, aad, plain, len(tag) // 2)
            assert found.hex() == sealed + tag, crypto.NAME
            opened = crypto.ccm_unseal(key, nonce, aad, _octets(sealed), _octets(tag))
            assert opened == plain, crypto.NAME


def test_a_frame_with_a_changed_bit_does_not_open():
    for crypto in BACKENDS:
        for key, nonce, aad, _, sealed, tag in CCMS:
            parts = [_octets(text) for text in (key, nonce, aad, sealed, tag)]
            for part in range(len(parts)):
                for bit in range(0, 8 * len(parts[part]), 11):
                    changed = bytearray(parts[part])
                    changed[bit >> 3] ^= 1 << (bit & 7)
                    args = list(parts)
                    args[part] = bytes(changed)
                    assert not _frame_opens(crypto, args), (crypto.NAME, part, bit)
            for other in (b"", parts[4][:3], parts[4][:5]):
                assert not _frame_opens(crypto, parts[:4] + [other]), crypto.NAME


def test_a_hash_of_zigbee_is_the_published_one():
    for crypto in BACKENDS:
        for data, digest in HASHES:
            assert crypto.aes_mmo(_octets(data)).hex() == digest, crypto.NAME


def test_a_keyed_hash_of_zigbee_is_the_published_one():
    for crypto in BACKENDS:
        for key, data, digest in HMACS:
            assert crypto.hmac_mmo(_octets(key), _octets(data)).hex() == digest, crypto.NAME


def test_a_keyed_hash_wants_a_key_of_one_block():
    for crypto in BACKENDS:
        assert _raises(crypto.hmac_mmo, bytes(15), b""), crypto.NAME
        assert _raises(crypto.hmac_mmo, bytes(17), b""), crypto.NAME


def test_a_message_key_is_that_of_the_reference_messages():
    for z, originator, cra, counter, recipient, key in DERIVED:
        parties = [_octets(text) for text in (z, originator, counter, recipient)]
        assert message_key(parties[0], parties[1], cra, *parties[2:]).hex() == key


def test_any_cra_octet_has_a_key_of_its_own():
    every = (0, 1, 2, 3, 4, 5, 127, 255)
    keys = [message_key(bytes(32), bytes(8), cra, bytes(8), bytes(8)) for cra in every]
    assert len(set(keys)) == len(every)


def test_the_mac_and_block_of_reference_messages_are_right():
    for crypto in BACKENDS:
        aad, iv, tag = [_octets(text) for text in MACED]
        assert crypto.gmac(_octets(DERIVED[0][-1]), iv, aad) == tag, crypto.NAME
        iv, cipher, tag, plain = [_octets(text) for text in BLOCK]
        key = _octets(DERIVED[2][-1])
        assert crypto.unseal(key, iv, b"\x31", cipher, tag) == plain, crypto.NAME
        assert crypto.seal(key, iv, b"\x31", plain)[:52] == cipher + tag, crypto.NAME


def test_sha_256_of_abc_is_that_of_fips_180():
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    for crypto in BACKENDS:
        assert crypto.sha256(b"abc").hex() == digest, crypto.NAME


def test_the_default_is_openssl_where_that_is_installed():
    assert default().NAME == BACKENDS[-1].NAME
