"""Certificates and key establishment on both Pythons, with the vectors of Smart Energy."""

from gbcs.crypto import portable
from gbcs.errors import BadKey, DecodeError
from gbcs.zigbee import cbke, implicit
from gbcs.zigbee.cbke import Credentials, Initiator, Responder

CURVES = {1: implicit.curve(1), 2: implicit.curve(2)}

# Annex C.5 (suite 1) and C.6 (suite 2): the test CA, the parties, what they reckon
CA = {
    1: "0200fde8a7f3d1084224962a4e7c54e69ac3f04da6b8",
    2: "0207a445022d9f39f49bdc38380026a27a9e0a1799313ab28c5c1a1c6b605154db1dff6752",
}
# suite, side: EUI-64, certificate, private and public key, ephemeral private and public key
PARTIES = {
    (1, "v"): (
        "0000000000000001",
        "03045fdfc8d85ffb8b3993cb72ddcaa55f00b3e87d6d00000000000000015445535453454341"
        "01090006000000000000",
        "00b8a900fcadebabbfa383b540fce9ed438395eaa7",
        "030290a1f5c08dad5f2945e335620c7a98fac46666a1",
        "03d48c7210ddbcc4fb2e5e7a0aa16a0db89540820b",
        "0306ab52062201d995b8b8591f3f086a3a2e214d845e",
    ),
    (1, "u"): (
        "0000000000000002",
        "020615e07d30eca2dad58002e667d94bc1b422398307000000000000000254455354534543"
        "4101090006000000000000",
        "01e9ddb5580cf72ece7f215f0ae594e48df3e7fee8",
        "03025bba38d0c7b5436b68df728f093e7a1d6c437e6d",
        "0013d36de4b1ea8e22739c381370823f404bff8862",
        "0300e117c86d0e7cd128b2f34e9076cff24af46d7288",
    ),
    (2, "v"): (
        "0a0b0c0d0e0f1011",
        "002622a505e8938f270d081112131415161718005292a35bffffffff0a0b0c0d0e0f10118803"
        "03b4e9dc543a64333c982308022b54e67e2f15f532551b0a11e2e2c1c1d3097a4324e7ed",
        "0151cd0dbcb80474bf7ac9feebe39c7a32a63518938fca9754aae132bc9c73be94a7e1be",
        "0202f4fa2a3040433c6820299d182a1042e41404e337c57f47716b42dfaf970f1580a04c9b",
        "03d48c7210ddbcc4fb2e5e7a0aa16a0db89540820b8dc091ab521ea824afe117cade995b",
        "03009a5131cf5b92a016378c0f7f284ecd47f94010f875d43bf1e9a65474adbfc63696a930",
    ),
    (2, "u"): (
        "0a0b0c0d0e0f1012",
        "0084a933b37f018dec0d081112131415161718005292a38affffffff0a0b0c0d0e0f10128803"
        "076277e2f7e2252b16a0e92b6e8771bb3f207946cbd4a45d9a9df6edab8c796a48e89dec",
        "00f2561adb39ef49c1d62ef5186c6e0c158a5a45bfce38660931acc3694592d5acde9006",
        "03030e56f7ade866e76372764ba20a9ff1fe4cae522f94839e70f2adfc1ca3e97f4ddcaf2e",
        "0013d36de4b1ea8e22739c381370823f404bff8862b521feca9871fb3691846d361304b4",
        "0305f3394e15680660eecaa36788d9b6f312b971ce2c9617570bf7dfcd21c972017762c332",
    ),
}
# Z; MacKey, KeyData, MACU, MACV
SHARED = {
    1: (
        "00e0d2c3ccd5c106a89c4f6cc26a5f7ec9df78a7be",
        "90f967b22c8357c10c1c04788de9e848",
        "86d58aaa998e2faefaf9fef49606543a",
        "b82f1f9774740c32f80fcfc3921b6420",
        "79d5f2ad1c31d4d1ee7cb719ac683c3c",
    ),
    2: (
        "04f7724a9a77b21d2747ccef68a457e45246c4be9f66fd9425227bcb2cc5180ea9cccb9a",
        "ed380a00296600fb6b893025de5fd137",
        "aa4689c70be0faf0c9be534abd9f4cdc",
        "bf7e1a26d4ef7038b56813e465a131c9",
        "c5b432a9995a092f4449f83613930064",
    ),
}
# Certicom's other test certificates: suite, certificate, public key
OTHERS = (
    (
        1,
        "02020882b1d7df05538f37cdd09a4f6b15368998642b0022080000000001544553545345434101"
        "09108301234567890a",
        "0207d1ca014786b5e552cfd5f04339a2e856f00eaaef",
    ),
    (
        2,
        "000b3ad5a312ab75d60d081112131415161718005b7ed230ffffffff0022080000000001080205"
        "bb3d1d1576197ff9ab6563915019a130437adb0ee7915432dc4a09c97dc595c5856800",
        "02012f082ee7db1bd3f89f16eabbf5d6221a5dcd077fc0c9d37b329eee8e2cdaee03439de0",
    ),
)
# Points of the curve whose order is 2n: outside the subgroup. And x of no point of the curve
OUTSIDE = {
    1: "02000000000000000000000000000000000000000006",
    2: "02000000000000000000000000000000000000000000000000000000000000000000000002",
}
OFF_CURVE = {
    1: "02000000000000000000000000000000000000000002",
    2: "02000000000000000000000000000000000000000000000000000000000000000000000006",
}


def party(suite, side):
    """The octets of a row of PARTIES."""
    return [bytes.fromhex(text) for text in PARTIES[suite, side]]


def ca_of(suite):
    return bytes.fromhex(CA[suite])


def fixed(octets):
    """A random source that gives what the vectors took."""
    return lambda count: octets[:count]


def credentials(suite, side):
    """The credentials of a party."""
    row = party(suite, side)
    return Credentials(suite, row[1], row[2], ca_of(suite))


def both(suite, offered=None):
    """An initiator and a responder as in the vectors."""
    u, v = party(suite, "u"), party(suite, "v")
    if offered is None:
        offered = [credentials(suite, "v")]
    initiator = Initiator(credentials(suite, "u"), u[0], v[0], fixed(u[4]), portable)
    responder = Responder(offered, v[0], u[0], fixed(v[4]), portable)
    return initiator, responder


def changed(payload, at, bit=1):
    """The payload with one bit turned."""
    octets = bytearray(payload)
    octets[at] ^= bit
    return bytes(octets)


def refusal(function, *arguments):
    """The exception that a call raises."""
    try:
        function(*arguments)
    except (BadKey, DecodeError) as error:
        return error
    raise AssertionError("nothing raised")


# Vectors


def test_the_public_key_of_a_private_key():
    for row in PARTIES:
        curve = CURVES[row[0]]
        _, _, private, public, ephemeral, ephemeral_public = party(*row)
        assert curve.octets(curve.base_multiply(curve.scalar(private))) == public
        number = curve.random_scalar(fixed(ephemeral))  # one of them is above n
        assert curve.octets(curve.base_multiply(number)) == ephemeral_public


def test_the_public_key_of_a_certificate():
    for suite, side in PARTIES:
        row = party(suite, side)
        assert implicit.public_key(row[1], ca_of(suite), portable) == row[3]
    for suite, certificate, public in OTHERS:
        found = implicit.public_key(bytes.fromhex(certificate), ca_of(suite), portable)
        assert found == bytes.fromhex(public)


def test_both_sides_agree_on_z():
    for suite, shared in SHARED.items():
        curve = CURVES[suite]
        for side, other in (("u", "v"), ("v", "u")):
            _, _, private, _, ephemeral, own = party(suite, side)
            theirs = party(suite, other)
            numbers = curve.scalar(private), curve.random_scalar(fixed(ephemeral))
            z = cbke.agree(curve, *numbers, own, curve.point(theirs[3]), theirs[5])
            assert z == bytes.fromhex(shared[0])


def test_the_keys_and_confirmations_of_z():
    for suite, shared in SHARED.items():
        z, mac_key, key_data, mac_u, mac_v = [bytes.fromhex(text) for text in shared]
        u, v = party(suite, "u"), party(suite, "v")
        assert cbke.derive(z, portable) == (mac_key, key_data)
        found = cbke.secrets(z, u[0], v[0], u[5], v[5], portable)
        assert found == cbke.Secrets(mac_key, key_data, mac_u, mac_v)


def test_a_session_gives_the_key_of_the_vectors():
    for suite in SHARED:
        key_data, mac_u, mac_v = [bytes.fromhex(text) for text in SHARED[suite][2:]]
        initiator, responder = both(suite)
        head = bytes((suite, 0, 10, 20))
        said = initiator.start()
        assert said == (0, head + party(suite, "u")[1])
        said = responder.receive(*said)
        assert said == (0, head + party(suite, "v")[1])
        said = initiator.receive(*said)
        assert said == (1, party(suite, "u")[5])
        said = responder.receive(*said)
        assert said == (1, party(suite, "v")[5])
        said = initiator.receive(*said)
        assert said == (2, mac_u)
        assert initiator.link_key is None
        assert responder.link_key is None
        said = responder.receive(*said)
        assert said == (2, mac_v)
        assert responder.link_key == key_data
        assert initiator.receive(*said) is None
        assert initiator.link_key == key_data
        assert initiator.failed is None
        assert responder.failed is None
        assert responder.receive(3, b"\x03\x0a\x02\x00") is None  # too late
        assert responder.link_key == key_data
        assert responder.failed is None


# Certificates


def test_a_certificate_is_read_and_written():
    for suite, side in PARTIES:
        row = party(suite, side)
        one = implicit.read(row[1])
        assert implicit.write(one) == row[1]
        assert (one.suite, one.subject, one.may_agree) == (suite, row[0], True)
    assert one.issuer == bytes.fromhex("1112131415161718")
    assert (one.valid_from, one.valid_s, one.valid_to) == (0x5292A38A, 0xFFFFFFFF, None)
    assert one.usage == 0x88


def test_octets_of_another_form_are_no_certificate():
    octets = party(2, "u")[1]
    for at, field in ((0, "type"), (9, "curve"), (10, "hash")):
        error = refusal(implicit.read, changed(octets, at))
        assert (error.offset, error.field) == (at, field)
    for size in (0, 47, 49, 73):
        assert refusal(implicit.read, octets[:size]).field == "certificate"


def test_an_authority_issues_what_its_private_keys_belong_to():
    for suite, curve in CURVES.items():
        v = party(suite, "v")
        authority = implicit.Authority(suite, v[2], v[0], portable)
        assert authority.public == v[3]
        random = fixed(party(suite, "u")[4])
        certificate, private = authority.issue(b"\x00\xdb\x124Vx\x90\xa0", random)
        one = implicit.read(certificate)
        assert (one.suite, one.issuer) == (suite, v[0])
        assert one.subject == b"\x00\xdb\x124Vx\x90\xa0"
        public = implicit.public_key(certificate, authority.public, portable)
        assert public == curve.octets(curve.base_multiply(curve.scalar(private)))


# Points and scalars


def test_octets_of_no_point_are_refused():
    for suite, curve in CURVES.items():
        size = curve.size
        good = party(suite, "u")[3]
        assert curve.octets(curve.point(good)) == good
        assert curve.octets(curve.point(changed(good, 0))) == changed(good, 0)
        for octets in (
            b"",
            good[:-1],
            good + b"\x00",
            b"\x04" + good[1:],
            b"\x02" + bytes(size),  # of order 2
            b"\x02" + b"\xff" * size,
            bytes.fromhex(OFF_CURVE[suite]),
            bytes.fromhex(OUTSIDE[suite]),
        ):
            assert isinstance(refusal(curve.point, octets), BadKey)


def test_a_scalar_is_a_number_below_the_order():
    for curve in CURVES.values():
        last = (curve.order - 1).to_bytes(curve.size, "big")
        assert curve.scalar(last) == curve.order - 1
        for number in (0, curve.order):
            octets = number.to_bytes(curve.size, "big")
            assert isinstance(refusal(curve.scalar, octets), BadKey)
        assert isinstance(refusal(curve.scalar, last[1:]), BadKey)


# Refusals


def fails(session, said, status):
    """The session answers with Terminate of this status, ends, and is silent from then on."""
    command, payload = session.receive(*said)
    assert (command, payload[0], len(payload)) == (3, status, 4), (payload[0], session.why)
    assert session.failed == status
    assert session.why
    assert session.link_key is None
    assert session.receive(*said) is None
    return payload


def test_a_wrong_initiate_is_refused_with_its_status():
    for suite, subject, issuer in ((1, 22, 30), (2, 28, 11)):
        good = both(suite)[0].start()[1]
        wrong = [
            (good[:-1], cbke.BAD_MESSAGE),
            (good + b"\x00", cbke.BAD_MESSAGE),
            (good[:3], cbke.BAD_MESSAGE),
            (changed(good, 4 + subject), cbke.BAD_MESSAGE),
            (changed(good, 4 + issuer), cbke.UNKNOWN_ISSUER),
            (good[:2] + b"\xff" + good[3:], cbke.BAD_MESSAGE),
            (b"\x03" + good[1:], cbke.BAD_MESSAGE),
            (b"\x04" + good[1:], cbke.UNSUPPORTED_SUITE),
            (bytes((3 - suite,)) + good[1:], cbke.UNSUPPORTED_SUITE),
        ]
        if suite == 2:
            wrong += [(changed(good, 4 + at), cbke.INVALID_CERTIFICATE) for at in (0, 9, 10)]
            wrong.append((changed(good, 4 + 36, 8), cbke.INVALID_CERTIFICATE))
        outside = bytes.fromhex(OUTSIDE[suite])
        at = 4 if suite == 1 else len(good) - len(outside)
        cut = good[:at] + outside + good[at + len(outside) :]
        wrong.append((cut, cbke.INVALID_CERTIFICATE))
        for payload, status in wrong:
            said = fails(both(suite)[1], (0, payload), status)
            assert said[2:] == bytes((suite, 0))


def test_the_initiator_refuses_another_suite_than_its_own():
    initiator = both(2)[0]
    fails(initiator, both(1)[1].receive(*both(1)[0].start()), cbke.UNSUPPORTED_SUITE)


def test_a_responder_of_both_suites_takes_either():
    offered = [credentials(1, "v"), credentials(2, "v")]
    for suite in (1, 2):
        initiator, responder = both(suite, offered)
        assert responder.receive(*initiator.start())[1][:2] == bytes((suite, 0))
    payload = fails(both(2, offered)[1], (0, b"\x08\x00\x0a\x0a"), cbke.UNSUPPORTED_SUITE)
    assert payload[2:] == b"\x03\x00"


def test_a_certificate_of_another_ca_gives_another_key():
    u = party(2, "u")
    other = implicit.Authority(2, u[2], bytes.fromhex("1112131415161718"), portable)
    certificate, private = other.issue(u[0], fixed(u[4]))
    initiator, responder = both(2)
    initiator = Initiator(
        Credentials(2, certificate, private, other.public),
        u[0],
        party(2, "v")[0],
        fixed(u[4]),
        portable,
    )
    said = responder.receive(*initiator.start())
    said = responder.receive(*initiator.receive(*said))
    fails(responder, initiator.receive(*said), cbke.BAD_KEY_CONFIRM)


def test_wrong_ephemeral_data_is_refused():
    for suite in (1, 2):
        good = party(suite, "u")[5]
        wrong = [bytes.fromhex(OFF_CURVE[suite]), bytes.fromhex(OUTSIDE[suite])]
        if suite == 1:
            wrong += [b"", good[:-1], good + b"\x00"]
        for payload in wrong:
            initiator, responder = both(suite)
            responder.receive(*initiator.start())
            fails(responder, (1, payload), cbke.BAD_MESSAGE)


def test_an_altered_confirmation_is_refused_by_both():
    initiator, responder = both(1)
    said = responder.receive(*initiator.receive(*responder.receive(*initiator.start())))
    confirm = initiator.receive(*said)
    for wrong in (changed(confirm[1], 0), changed(confirm[1], 15, 128), confirm[1][:15], b""):
        again = both(1)[1]
        again.receive(*initiator.start())
        again.receive(1, party(1, "u")[5])
        fails(again, (2, wrong), cbke.BAD_KEY_CONFIRM)
    said = responder.receive(*confirm)
    fails(initiator, (2, changed(said[1], 7)), cbke.BAD_KEY_CONFIRM)


def test_a_command_out_of_order_is_refused():
    u = party(1, "u")
    for command in (1, 2, 4, 255):
        fails(both(1)[1], (command, u[5]), cbke.BAD_MESSAGE)
        fails(both(1)[0], (command, u[5]), cbke.BAD_MESSAGE)
    initiator, responder = both(1)
    responder.receive(*initiator.start())
    fails(responder, (2, bytes(16)), cbke.BAD_MESSAGE)


def test_a_repeated_command_has_the_same_answer():
    initiator, responder = both(1)
    said = initiator.start()
    to = responder
    while said is not None:
        answer = to.receive(*said)
        assert to.receive(*said) == answer
        said = answer
        to = initiator if to is responder else responder
    assert initiator.link_key == responder.link_key == bytes.fromhex(SHARED[1][2])


def test_terminate_ends_a_session():
    for session in both(1):
        assert session.receive(3, b"\x04\x0a\x02\x00") is None
        assert session.failed == cbke.NO_RESOURCES
        assert session.receive(0, b"") is None
    for session in both(1):
        assert session.receive(3, b"") is None
        assert session.failed == cbke.BAD_MESSAGE


def test_credentials_are_of_one_suite():
    _, certificate, private, _, _, _ = party(1, "u")
    assert isinstance(refusal(Credentials, 2, certificate, private, ca_of(2)), DecodeError)
    assert isinstance(refusal(Credentials, 1, certificate, bytes(21), ca_of(1)), BadKey)
