"""The example frames: every layer decodes, opens with the session's keys, and is made anew."""

import re

import pytest
from conftest import SHARED

from gbcs.crypto import portable
from gbcs.crypto.backends import default
from gbcs.errors import BadBlock
from gbcs.zigbee import aps, commands, mac, nwk, security

FACTS = SHARED / "zigbee_facts.md"
CRYPTOS = [default(), portable]


def _chapter():
    if not FACTS.is_file():
        pytest.skip("no ZigBee facts: set GBCS_SHARED to the folder that holds zigbee_facts.md")
    text = FACTS.read_text()
    return text[text.index("## 4. ") : text.index("## 5. ")]


def _frames():
    rows = re.findall(
        r"^\| ([^|]+) \| `([0-9a-f]+)` \|$", _chapter().partition("### 4.2")[2], re.M
    )
    return [(name, bytes.fromhex(octets)) for name, octets in rows]


def _keys():
    """Link keys of the session; network keys of both networks."""
    found = re.findall(r"`([0-9a-f]{32})`", _chapter().partition("### 4.1")[0])
    keys = [bytes.fromhex(one) for one in found]
    partner = bytes(range(0xA0, 0xB0))
    return [*keys, partner], [bytes(range(0x10, 0x20)), bytes(range(0x50, 0x60))]


def _addresses():
    """EUI-64s by PAN and short address, as the frames themselves say them."""
    found = {}
    for _, octets in _frames():
        frame = mac.decode(octets)
        if frame.kind == mac.DATA:
            one = nwk.decode(frame.payload)
            eui = one.source64 or (one.auxiliary and one.auxiliary.source)
            if eui:
                found[frame.destination_pan, one.source] = eui
    return found


def _reopened(header, auxiliary, secured, keys, source, crypto):
    """The payload, and the octets that the same key makes of it again."""
    for key in keys:
        used = security.key_for(auxiliary.key, key, crypto)
        try:
            plain = security.unseal(header, auxiliary, secured, used, source, crypto)
        except BadBlock:
            continue
        return plain, security.seal(header, auxiliary, plain, used, source, crypto)
    raise AssertionError("no key opens it")


def test_there_are_as_many_as_the_facts_say():
    assert len(_frames()) == 51


@pytest.mark.parametrize("crypto", CRYPTOS, ids=lambda one: one.NAME)
def test_each_decodes_opens_and_is_made_anew(crypto):
    links, networks = _keys()
    addresses = _addresses()
    opened = 0
    for name, octets in _frames():
        frame = mac.decode(octets)
        assert mac.encode(frame) == octets, name
        if frame.kind == mac.BEACON:
            assert mac.encode_beacon(mac.decode_beacon(frame.payload)) == frame.payload
        if frame.kind != mac.DATA:
            continue
        one = nwk.decode(frame.payload)
        assert nwk.encode(one) == frame.payload, name
        payload = one.payload
        if one.auxiliary is not None:
            payload, again = _reopened(
                nwk.header(one), one.auxiliary, one.payload, networks, one.auxiliary.source, crypto
            )
            assert again == frame.payload, name
            opened += 1
        if one.kind == nwk.COMMAND:
            values = commands.values(commands.NWK, payload[0], payload, 1)
            again = commands.encode(commands.NWK, payload[0], values)
            assert payload[:1] + again == payload, name
            continue
        inner = aps.decode(payload)
        assert aps.encode(inner) == payload, name
        body = inner.payload
        if inner.auxiliary is not None:
            source = inner.auxiliary.source or addresses[frame.destination_pan, one.source]
            body, again = _reopened(
                aps.header(inner), inner.auxiliary, inner.payload, links, source, crypto
            )
            assert again == payload, name
            opened += 1
        if inner.kind == aps.COMMAND:
            values = commands.values(commands.APS, body[0], body, 1)
            assert body[:1] + commands.encode(commands.APS, body[0], values) == body, name
        elif inner.kind == aps.DATA and inner.profile == aps.ZDO:
            values = commands.values(commands.ZDO, inner.cluster, body)
            assert commands.encode(commands.ZDO, inner.cluster, values) == body, name
    assert opened == 58  # layers of 51 frames


@pytest.mark.parametrize("crypto", CRYPTOS, ids=lambda one: one.NAME)
def test_none_opens_once_a_bit_is_changed(crypto):
    networks = _keys()[1]
    secured = [(n, o) for n, o in _frames() if mac.decode(o).kind == mac.DATA]
    for _, octets in secured:
        one = nwk.decode(mac.decode(octets).payload)
        if one.auxiliary is None:
            continue
        for bit in range(0, 8 * len(one.payload), 5):
            changed = bytearray(one.payload)
            changed[bit >> 3] ^= 1 << (bit & 7)
            with pytest.raises(AssertionError):
                _reopened(
                    nwk.header(one), one.auxiliary, bytes(changed), networks,
                    one.auxiliary.source, crypto,
                )  # fmt: skip
        break  # one frame, every fifth bit
