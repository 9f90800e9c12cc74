"""Prepayment tokens and install codes: worked vectors, on both Pythons."""

from gbcs import installcode, utrn
from gbcs.crypto import portable

SUPPLIER = bytes.fromhex("90B3D51F30010000")
ESME = bytes.fromhex("00DB1234567890A0")
GSME = bytes.fromhex("00DB1234567890A1")
ESME_Z = bytes.fromhex("5C00001AE96494FEDFD740C4679D346E913D89B978BEEFF76577BE69C92BF3CE")
GSME_Z = bytes.fromhex("6D6CBD57DA3086763462E5EA13BDFA2ED7E2C3E2E9CEFE4EB036CE71FF2E7BAB")
OTHER = bytes.fromhex("90B3D51F30030000")
OTHER_Z = bytes.fromhex("0A3101ED5427A9564D5145976B11FA2760C0AC7EB7CEBBF4BCC2C60BEB5A88C6")

TOKENS = (  # RTDS CS01a, CS01b; and computed by two independent implementations
    (ESME_Z, SUPPLIER, ESME, 0x300000000, 10, 1, "73946144332040217315"),
    (ESME_Z, SUPPLIER, ESME, 0x500000000, 10, 1, "73948959061972833313"),
    (GSME_Z, SUPPLIER, GSME, 0x600000000, 1250, 0, "73950067887105178605"),
    (ESME_Z, SUPPLIER, ESME, 0x100000000, 100, 1, "73943333457189043313"),
    (ESME_Z, SUPPLIER, ESME, 0x400000000, 1234, 0, "73947252416745201637"),
    (ESME_Z, SUPPLIER, ESME, 0x100000000, 8191, 1, "73943680956463432551"),
    (OTHER_Z, OTHER, GSME, 0x123456789ABCDEF0, 777, 0, "74831064214930903802"),
)
CODES = (  # ZigBee Smart Energy 5.4.8.1 and published examples
    ("83FED3407A93", "2B70", "CD4FA064773F46941EC986C09963D1A8"),
    ("83FED3407A939723A5C639B26916D505", "C3B5", "66B6900981E1EE3CA4206B6B861C02BB"),
)


def refused(action, error):
    try:
        action()
    except error:
        return True
    return False


def test_tokens_are_made_digit_for_digit():
    for z, supplier, device, counter, value, kind, digits in TOKENS:
        assert utrn.make(z, supplier, device, counter, value, kind, portable) == digits


def test_tokens_verify_and_say_their_value():
    for z, supplier, device, counter, value, kind, digits in TOKENS:
        token = utrn.verify(digits, z, supplier, device, counter, portable)
        assert (token.value, token.value_class) == (value, kind)


def test_every_mistyped_digit_and_swap_is_refused():
    for row in TOKENS:
        digits = row[-1]
        for at in range(20):
            for digit in "0123456789":
                if digit != digits[at]:
                    wrong = digits[:at] + digit + digits[at + 1 :]
                    assert refused(lambda wrong=wrong: utrn.decode(wrong), utrn.BadToken)
            if at and digits[at] != digits[at - 1]:
                wrong = digits[: at - 1] + digits[at] + digits[at - 1] + digits[at + 1 :]
                assert refused(lambda wrong=wrong: utrn.decode(wrong), utrn.BadToken)


def test_a_token_for_another_device_or_counter_is_refused():
    digits = TOKENS[0][-1]
    for device, counter in ((GSME, 0x300000000), (ESME, 0x300000001), (ESME, 0x400000000)):
        assert refused(
            lambda device=device, counter=counter: utrn.verify(
                digits, ESME_Z, SUPPLIER, device, counter, portable
            ),
            utrn.BadToken,
        )


def test_install_codes_have_the_published_crc_and_link_key():
    for code, crc, key in CODES:
        octets = bytes.fromhex(code)
        assert installcode.crc(octets) == bytes.fromhex(crc)
        assert installcode.link_key(octets, portable) == bytes.fromhex(key)
        assert installcode.link_key(octets + bytes.fromhex(crc), portable) == bytes.fromhex(key)


def test_a_wrong_install_code_is_refused():
    octets = bytes.fromhex(CODES[1][0] + "C3B4")
    assert refused(lambda: installcode.complete(octets), installcode.BadInstallCode)
    assert refused(lambda: installcode.complete(bytes(5)), installcode.BadInstallCode)
    assert refused(lambda: installcode.parse("not hex"), installcode.BadInstallCode)
