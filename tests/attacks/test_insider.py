"""Whoever has an IHD has the network key: it takes nobody's link key and deafens nobody."""

import pytest

from gbcs.zigbee import aps, commands, mac, nwk, security
from gbcs_device.han import hub as hubstation
from gbcs_device.han import joining
from gbcs_device.han.joining import JOINED
from gbcs_host.han import insider
from tests.attacks.insider_scene import (
    DEVICES,
    DISPLAY,
    GAS,
    HUB,
    INTERFACE,
    METER,
    RECOVERY_S,
    Scene,
)

HIGHEST = 0xFFFFFFFE


@pytest.fixture(scope="module")
def scene():
    return Scene()


@pytest.fixture(autouse=True)
def _afterwards(request):
    """After every attack no key is another, and the ESME is reached."""
    yield
    if "scene" in request.fixturenames:
        scene = request.getfixturevalue("scene")
        assert scene.holds_its_keys()
        assert all(each.phase == JOINED for each in scene.stations())
        assert scene.read(METER)


# To have a device lose its key


@pytest.mark.parametrize("eui", [METER, DISPLAY, INTERFACE])
@pytest.mark.parametrize("options", [0x40, 0x60, 0xE0])
def test_a_leave_in_the_hub_s_name_takes_nothing(scene, eui, options):
    body = bytes((nwk.LEAVE, options))
    scene.send(HUB, eui, nwk.COMMAND, body, names=(eui, True))
    assert scene.station(eui).phase == JOINED
    scene.lab.pass_time(5)
    assert scene.station(eui).phase == JOINED


def test_remove_device_without_the_link_key_takes_nothing(scene):
    body = bytes((aps.COMMAND, 5, aps.REMOVE_DEVICE)) + mac.reverse(METER)
    scene.send(HUB, METER, nwk.DATA, body)
    ask = {"eui64": METER, "flags": 0x40}
    scene.zdo(HUB, METER, commands.MGMT_LEAVE_REQ, ask)
    assert scene.station(METER).phase == JOINED


@pytest.mark.parametrize("eui", DEVICES)
def test_a_device_s_leave_that_it_did_not_send_is_not_believed(scene, eui):
    scene.send(eui, nwk.RECEIVERS_ON, nwk.COMMAND, bytes((nwk.LEAVE, 0)), names=(None, True))
    values = {"device": eui, "short_address": 1, "status": commands.LEFT}
    body = commands.encode(commands.APS, aps.UPDATE_DEVICE, values)
    scene.send(eui, HUB, nwk.DATA, bytes((aps.COMMAND, 6, aps.UPDATE_DEVICE)) + body)
    assert eui in scene.hub.children


# To make devices deaf to one another


@pytest.mark.parametrize("eui", [METER, INTERFACE])
def test_a_device_hears_its_hub_after_the_highest_counter_in_the_hub_s_name(scene, eui):
    mine = scene.station(eui)
    scene.send(HUB, eui, nwk.DATA, b"", HIGHEST)
    assert mine.nwk.incoming[scene.hub.eui] == HIGHEST
    scene.hub.came(eui, scene.lab.now)  # which begins with what is under the network key
    scene.lab.han.air.touch(scene.hub)
    scene.lab.pass_time(30)
    assert eui in scene.hub.tunnels
    assert mine.nwk.incoming[scene.hub.eui] < HIGHEST


@pytest.mark.parametrize("eui", [METER, INTERFACE])
def test_so_does_the_hub_after_the_highest_in_a_device_s(scene, eui):
    scene.send(eui, HUB, nwk.DATA, b"", HIGHEST)
    assert scene.hub.nwk.incoming[eui] == HIGHEST
    scene.hub.came(eui, scene.lab.now)
    scene.lab.han.air.touch(scene.hub)
    scene.lab.pass_time(30)
    assert eui in scene.hub.tunnels
    assert scene.hub.nwk.incoming[eui] < HIGHEST


def test_displays_and_meter_hear_each_other_after_the_highest_in_each_other_s_names(scene):
    scene.send(METER, nwk.RECEIVERS_ON, nwk.DATA, b"", HIGHEST)
    for eui in (DISPLAY, INTERFACE):
        scene.send(eui, nwk.RECEIVERS_ON, nwk.DATA, b"", HIGHEST)
    scene.lab.pass_time(700)
    for eui in (DISPLAY, INTERFACE):
        assert scene.sees_both_fuels(eui)


@pytest.mark.parametrize("eui", [METER, HUB])
def test_a_restart_does_not_bring_the_highest_counter_back(scene, eui):
    for whom in (METER, DISPLAY, INTERFACE):
        scene.send(HUB, whom, nwk.DATA, b"", HIGHEST)
        scene.send(whom, HUB, nwk.DATA, b"", HIGHEST)
    scene.station(METER).store.write(scene.station(METER).peers())
    scene.hub.store.write(scene.hub.peers())
    scene.lab.restart(eui)
    scene.lab.pass_time(60)
    assert scene.station(METER).phase == JOINED
    assert METER in scene.hub.tunnels


def test_a_gas_meter_wakes_to_a_hub_that_was_made_deaf_to_it_and_the_other_way_round(scene):
    gas = scene.station(GAS)
    gas.is_awake = True
    scene.send(HUB, GAS, nwk.DATA, b"", HIGHEST)
    scene.send(GAS, HUB, nwk.DATA, b"", HIGHEST)
    gas.mirror = gas.tunnel = None  # so that it begins under the network key
    gas._wake(scene.lab.now)
    scene.lab.han.air.touch(gas)
    scene.lab.pass_time(RECOVERY_S)
    assert gas.mirror is not None
    assert gas.nwk.incoming[scene.hub.eui] < HIGHEST
    assert scene.hub.nwk.incoming[GAS] < HIGHEST


def test_a_frame_that_was_withheld_and_wrapped_anew_deafens_nobody():
    scene = Scene(12)
    heard = []
    scene.lab.han.air.watch = lambda octets, us: heard.append(octets)
    mine = scene.station(METER)
    mine.is_awake = False  # the attacker drowns what the hub sends
    scene.hub.probe(METER, scene.lab.now)
    scene.lab.han.air.touch(scene.hub)
    scene.lab.pass_time(60)
    mine.is_awake = True
    withheld = None
    for octets in heard:
        frame = mac.decode(octets)
        if (
            frame.kind == mac.DATA
            and frame.destination == mine.nwk.short
            and nwk.decode(frame.payload).source == nwk.COORDINATOR  # a display talks, too
        ):
            withheld = opened(scene, frame) or withheld
    scene.send(HUB, METER, nwk.DATA, withheld, HIGHEST)
    assert mine.nwk.incoming[scene.hub.eui] == HIGHEST  # it was the hub's own
    assert scene.read(METER)
    assert mine.nwk.incoming[scene.hub.eui] < HIGHEST
    before = mine.nwk.dropped.get("APS counter used before", 0)
    scene.send(HUB, METER, nwk.DATA, withheld)
    assert mine.nwk.dropped["APS counter used before"] == before + 1
    assert scene.holds_its_keys()


def opened(scene, frame):
    """The payload of a NWK frame."""
    one = nwk.decode(frame.payload)
    if one.auxiliary is None:
        return None
    key = scene.hub.nwk.keys[scene.hub.nwk.key_sequence]
    return security.unseal(
        nwk.header(one), one.auxiliary, one.payload, key, one.auxiliary.source, scene.hub.crypto
    )


def test_nothing_that_was_used_is_taken_again_however_counters_were_put_right(scene, monkeypatch):
    heard, taken = [], []
    scene.lab.han.air.watch = lambda octets, us: heard.append(octets)
    assert scene.read(METER)
    scene.lab.pass_time(60)
    scene.lab.han.air.watch = None
    used = len(heard)
    for to in (METER, DISPLAY, INTERFACE):
        scene.send(HUB, to, nwk.DATA, b"", HIGHEST)
        scene.send(to, HUB, nwk.DATA, b"", HIGHEST)
    assert scene.read(METER)
    for each in [scene.hub, *scene.stations()]:
        monkeypatch.setattr(each, "from_aps", lambda *given: taken.append(given))
        monkeypatch.setattr(each, "from_aps_command", lambda *given: taken.append(given))
    now = scene.lab.now
    for octets in heard:
        for each in [scene.hub, *scene.stations()]:
            each.receive(octets, now)
            each.out.clear()
    assert used > 100
    assert not taken


def test_many_strangers_leave_room_for_who_comes_next(scene):
    for number in range(100):
        stranger = (number.to_bytes(8, "big"), 0x1000 + number)
        scene.send(stranger, nwk.RECEIVERS_ON, nwk.DATA, b"\x00", 5)
    mine = scene.station(METER)
    assert len(mine.nwk.incoming) <= 64
    assert len(mine.nwk.addresses()) <= 65
    assert {scene.hub.eui, DISPLAY, INTERFACE} <= set(mine.nwk.incoming)
    asked = []
    mine.zdo = lambda *given: asked.append(given)
    scene.zdo((b"\x07" * 8, 0x7777), METER, commands.ACTIVE_EP_REQ, {"short_address": 1})
    del mine.zdo
    assert [given[:2] for given in asked] == [(0x7777, 0x8005)]


# To have frames go astray


@pytest.mark.parametrize("capability", [0x80, 0x00])
@pytest.mark.parametrize("eui", [METER, DISPLAY, INTERFACE])
def test_nobody_is_put_to_sleep_in_its_name(scene, eui, capability):
    values = {"short_address": scene.name(eui)[1], "eui64": eui, "capability": capability}
    scene.zdo(eui, nwk.RECEIVERS_ON, commands.DEVICE_ANNCE, values)
    body = bytes((nwk.REJOIN_REQUEST, capability))
    scene.send(eui, HUB, nwk.COMMAND, body, names=(None, True))
    assert not scene.hub.children[eui].is_sleepy


def test_a_sleeper_is_not_made_one_that_is_awake(scene):
    scene.send(GAS, HUB, nwk.COMMAND, bytes((nwk.REJOIN_REQUEST, 0x8E)), names=(None, True))
    assert scene.hub.children[GAS].is_sleepy


def test_no_address_is_taken_from_who_has_it(scene):
    for eui in (METER, INTERFACE):
        addresses = dict(scene.hub.nwk.addresses())
        scene.send((eui, 0x6666), HUB, nwk.DATA, b"")
        scene.send((DISPLAY, scene.name(eui)[1]), HUB, nwk.DATA, b"")
        assert dict(scene.hub.nwk.addresses()) == addresses
    mine = scene.station(METER)
    addresses = dict(mine.nwk.addresses())
    for stranger in (b"\x05" * 8, DISPLAY):
        scene.send((stranger, nwk.COORDINATOR), METER, nwk.DATA, b"")
        scene.send((scene.hub.eui, 0x6666), METER, nwk.DATA, b"")
        scene.send((stranger, scene.name(INTERFACE)[1]), METER, nwk.DATA, b"")
        scene.send((stranger, scene.name(METER)[1]), METER, nwk.DATA, b"")
    for eui in (scene.hub.eui, DISPLAY, INTERFACE):
        assert mine.nwk.address_of(eui) == addresses[eui]


def test_a_device_that_comes_back_under_a_wrong_address_finds_out():
    scene = Scene(13)
    station = scene.station(METER)
    scene.lab.han.switch_off(METER)
    scene.lab.han.switch_on(METER, HUB)
    air = scene.lab.han.air

    def before_the_hub(octets, us):
        """The attacker is quicker than the hub, and the only one who is heard."""
        if station.phase == joining.REJOINING:
            air.watch = None
            answer = bytes((nwk.REJOIN_RESPONSE, 0x34, 0x12, 0))
            station.receive(
                insider.forged(
                    scene.hub.nwk, scene.name(HUB), station.nwk.short, nwk.COMMAND, answer,
                    scene.counter(scene.hub.eui), (METER, True),
                ),
                scene.lab.now,
            )  # fmt: skip

    air.watch = before_the_hub
    scene.lab.pass_time(3)
    assert station.nwk.short == 0x1234
    scene.lab.pass_time(RECOVERY_S)
    assert station.nwk.short == scene.hub.children[METER].short
    assert scene.read(METER)
    assert scene.holds_its_keys()


def test_the_hub_goes_on_looking_for_a_tunnel_that_somebody_says_is_not_there(scene):
    scene.station(METER).is_awake = False
    scene.hub.came(METER, scene.lab.now)
    values = {"status": 0, "short_address": scene.name(METER)[1], "count": 0, "endpoints": []}
    for _ in range(5):
        scene.zdo(METER, HUB, commands.MATCH_DESC_REQ | commands.RESPONSE, values)
    scene.station(METER).is_awake = True
    assert scene.read(METER)
    assert hubstation._LONGEST_SEEK_MS < RECOVERY_S * 1000


def test_displays_find_their_meters_again_whoever_poses_as_them(scene):
    def answer(sender, cluster, values):
        for to in (DISPLAY, INTERFACE):
            where = {"status": 0, "short_address": scene.name(sender)[1]}
            scene.zdo(sender, to, cluster | commands.RESPONSE, {**where, **values})

    for eui in (DISPLAY, INTERFACE):
        source = scene.station(eui)._sources[0]
        scene.station(eui)._lose(source)
    for sender in (GAS, METER, HUB):
        answer(sender, commands.MATCH_DESC_REQ, {"count": 1, "endpoints": [77]})
        answer(sender, commands.ACTIVE_EP_REQ, {"count": 2, "endpoints": [77, 1]})
        for servers in ([], [0x0702]):
            shown = {
                "length": 8, "endpoint": 77, "profile": 0x0109, "device_id": 0,
                "device_version": 0, "in_count": len(servers), "in_clusters": servers,
                "out_count": 0, "out_clusters": [],
            }  # fmt: skip
            answer(sender, commands.SIMPLE_DESC_REQ, shown)
            answer(sender, commands.SIMPLE_DESC_REQ, {"length": 0})
    scene.lab.pass_time(RECOVERY_S - 20)
    for eui in (DISPLAY, INTERFACE):
        assert scene.sees_both_fuels(eui)
        assert scene.station(eui)._sources[0].eui == METER
        assert 0x0700 in scene.station(eui)._sources[1].endpoints


# To have something taken for what it is not


def test_an_acknowledgement_without_the_link_key_is_not_one(scene):
    done = []
    hub, mine = scene.hub, scene.station(METER)
    mine.is_awake = False
    hub.read(METER, (1, 1), 0x0702, (0,), scene.lab.now, lambda sent, now: done.append(sent))
    frame = hub.aps._outgoing[mine.nwk.short][0].frame
    scene.send(METER, HUB, nwk.DATA, aps.encode(aps.acknowledgement(frame)))
    assert done == []
    scene.lab.pass_time(30)
    mine.is_awake = True
    assert done == [False]


def test_no_block_of_an_attacker_gets_into_a_transfer_under_the_link_key(scene):
    taken = []
    mine = scene.station(METER)

    def take(one, payload, sender, how, now):
        if one.cluster == 0x0702 and sender == scene.hub.eui:
            taken.append((payload, how))

    mine.from_aps = take
    layer = scene.hub.aps
    body = bytes(range(200))
    layer.send(mine.nwk.short, (1, 1), 0x0702, body, scene.lab.now, scene.hub.link_key(METER))
    counter = layer._outgoing[mine.nwk.short][0].frame.counter
    scene.lab.han.air.touch(scene.hub)
    for index in range(1, 4):
        frame = aps.data(1, 0x0702, aps.SMART_ENERGY, 1, counter, b"\xee" * 61, aps.EXTENDED)
        frame.extended = (aps.NEXT_BLOCK, index, None)
        scene.send(HUB, METER, nwk.DATA, aps.encode(frame))
    scene.lab.pass_time(3)
    del mine.from_aps
    assert taken == [(body, 2)]


def test_who_reads_a_great_deal_gets_as_much_as_there_is_room_for(scene):
    hub = scene.hub
    sizes = []
    send = hub.aps.send
    hub.aps.send = lambda *given, **named: sizes.append(len(given[3])) or send(*given, **named)
    number = hub.aps._counter
    for index in range(4):
        body = b"\x00\x01\x00" + b"\x00\x00" * 38 if index == 0 else b"\x00\x00" * 39
        frame = aps.data(1, 0x0000, aps.SMART_ENERGY, 1, number & 0xFF, body, aps.EXTENDED)
        frame.extended = (aps.NEXT_BLOCK, index, None) if index else (aps.FIRST_BLOCK, 4, None)
        scene.send(METER, HUB, nwk.DATA, aps.encode(frame))
    del hub.aps.send
    assert max(sizes, default=0) < 1600
