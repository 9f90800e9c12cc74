"""What a device of the HAN, or a radio near it, fills so that others go without.

An attacker is named by what it wants. It has its own share of each queue and table: that it may
fill; what others need is there for them, and what does not fit is refused where it can be seen.
"""

import pytest

from gbcs import message
from gbcs.blocks.exchange import MAX_WAITING, BlockExchange
from gbcs.blocks.sender import Sender
from gbcs.zcl.codes import FROM_SERVER, METERING, NO_DEFAULT, SPECIFIC, TUNNELING
from gbcs.zigbee import aps, mac, nwk
from gbcs.zigbee.fairqueue import FairQueue
from gbcs.zigbee.maclayer import ACK_WAIT_MS, MacLayer
from gbcs_device.han import tunnel
from tests.attacks.insider_scene import GAS, HUB, INTERFACE, METER, Scene

SUPPLIER = bytes.fromhex("90B3D51F30010000")
OTHER_PARTY = bytes.fromhex("90B3D51F30020000")
NOW = 800_000_000_000


def composed(number, originator, recipient, size=40):
    return message.finish(
        message.compose(message.COMMAND, number, originator, recipient, 0x0027, bytes(size))
    )


@pytest.fixture(scope="module")
def scene():
    return Scene(31)


@pytest.fixture
def received(scene, monkeypatch):
    """The messages that each meter's device gets, by EUI-64."""
    got = {METER: [], GAS: []}
    for eui, octets in got.items():
        monkeypatch.setattr(scene.station(eui).device, "receive", receiver(octets))
    return got


def receiver(octets):
    def receive(whole, now):
        octets.append(whole)

    return receive


def send(scene, recipient, count, first=1, between_s=1):
    """A PPMID's messages to a recipient, through its tunnel."""
    lab, mine = scene.lab, scene.station(INTERFACE)
    for number in range(first, first + count):
        mine.deliver(composed(number, INTERFACE, recipient), lab.now)
        lab.han.air.touch(mine)
        lab.pass_time(between_s)


# Queues of whole messages


def test_to_push_a_command_of_the_supplier_out_of_a_sleeping_meters_queue(scene, received):
    lab, hub, foe = scene.lab, scene.hub, scene.station(INTERFACE)
    hub.withdraw(GAS)
    command = composed(5000, SUPPLIER, GAS)
    refused = foe.nwk.dropped.get("a message that the hub did not take", 0)
    assert hub.deliver(command, GAS, lab.now)
    send(scene, GAS, 70)
    assert hub.waiting(GAS) < 20
    assert foe.nwk.dropped["a message that the hub did not take"] > refused + 50
    assert hub.nwk.dropped["too many messages"] > 50
    assert lab.view(INTERFACE).notice == "Not sent: try later"
    lab.pass_time(2000)
    assert command in received[GAS]
    assert hub.waiting(GAS) == 0


def test_the_wan_too_is_told_what_there_is_no_place_for(scene):
    hub, lab = scene.hub, scene.lab
    taken = [hub.deliver(composed(number, SUPPLIER, GAS), GAS, lab.now) for number in range(70)]
    assert taken == [True] * 64 + [False] * 6
    hub.withdraw(GAS)
    assert hub.waiting(GAS) == 0


def test_to_have_the_wan_withdraw_what_a_ppmid_waits_for(scene, received):
    hub, lab = scene.hub, scene.lab
    send(scene, GAS, 1, 700)
    hub.deliver(composed(701, SUPPLIER, GAS), GAS, lab.now)
    hub.withdraw(GAS)
    assert hub.waiting(GAS) == 1
    lab.pass_time(2000)
    assert received[GAS] == [composed(700, INTERFACE, GAS)]


def test_to_keep_a_gas_meter_from_speaking_by_more_and_more_messages_for_it(scene, monkeypatch):
    lab, hub, victim = scene.lab, scene.hub, scene.station(GAS)
    answer = composed(1, GAS, SUPPLIER)
    refilled = []

    def receive(whole, now):
        if len(refilled) < 100:
            refilled.append(now)
            hub._queue(composed(len(refilled), INTERFACE, GAS), GAS, INTERFACE, now)
        return answer if len(refilled) == 1 else None

    monkeypatch.setattr(victim.device, "receive", receive)
    heard = []
    monkeypatch.setattr(lab.han.air, "_after", lambda station: heard.extend(hub.upstream))
    hub._queue(composed(0, INTERFACE, GAS), GAS, INTERFACE, lab.now)
    while not refilled:
        lab.pass_time(10)
    lab.pass_time(8)
    assert (GAS, answer) in heard
    lab.pass_time(120)
    hub.upstream.clear()


def test_to_fill_what_goes_to_the_wan(scene, monkeypatch):
    lab, hub = scene.lab, scene.hub
    monkeypatch.setattr(lab.han.air, "_after", None)  # a WAN that is away
    send(scene, SUPPLIER, 70)
    assert len([True for sender, _ in hub.upstream if sender == INTERFACE]) == 64
    alert = composed(1, METER, SUPPLIER)
    scene.station(METER).device.outbox.append(alert)
    lab.pass_time(60)
    assert (METER, alert) in hub.upstream
    hub.upstream.clear()


def test_to_have_a_meters_answers_to_others_dropped():
    exchange = BlockExchange()
    answer = composed(1, METER, SUPPLIER)
    exchange.send(answer, NOW)
    for number in range(3 * MAX_WAITING):
        exchange.send(composed(number, METER, INTERFACE), NOW)
    sent = []
    while exchange.has_next():
        sent.append(exchange.next(NOW))
    assert sent[0] == answer
    assert len(sent) == MAX_WAITING
    assert exchange.refused == 2 * MAX_WAITING + 1


# Blocks


def pieces(octets):
    sender = Sender(octets)
    return [sender.next(NOW) for _ in range(sender.count)]


def test_to_end_a_transfer_by_a_block_of_ones_own():
    exchange = BlockExchange()
    mine, other = composed(1, SUPPLIER, METER, 5000), composed(1, INTERFACE, METER, 5000)
    foes = pieces(other)
    whole = []
    for piece in pieces(mine):
        whole.append(exchange.receive(piece, NOW))
        exchange.receive(foes[0], NOW)
    assert whole[-1] == mine
    for piece in foes[1:]:
        last = exchange.receive(piece, NOW)
    assert last == other


def test_to_fill_the_memory_with_transfers_that_never_end():
    exchange = BlockExchange(8192, lambda originator: originator in (SUPPLIER, OTHER_PARTY))
    mine = [composed(1, party, METER, 3900) for party in (SUPPLIER, OTHER_PARTY)]
    whole = []
    for number in range(4):
        for party in range(2):
            whole.append(exchange.receive(pieces(mine[party])[number], NOW))
        for foe in range(5):
            octets = composed(number, bytes((foe,)) * 8, METER, 2000 * foe)
            for piece in pieces(octets)[:-1]:
                exchange.receive(piece, NOW)
                assert sum(each.receiver.held for each in exchange._incoming) <= 8192
    assert exchange.refused
    assert whole[-2:] == mine


def test_to_take_the_places_of_all_originators():
    exchange = BlockExchange()
    for number in range(200):
        foe = composed(number, number.to_bytes(8, "big"), METER, 1300)
        exchange.receive(pieces(foe)[0], NOW)
    assert len(exchange._incoming) <= 24
    exchange.handle_timer(NOW + 30_000)
    for late in range(2, 9):
        exchange.handle_timer(NOW + late * 30_000)
    mine = composed(1, SUPPLIER, METER, 4000)
    assert [exchange.receive(piece, NOW) for piece in pieces(mine)][-1] == mine


def test_to_end_a_transfer_by_a_block_in_the_suppliers_name(scene, received):
    lab, hub, foe = scene.lab, scene.hub, scene.station(INTERFACE)
    mine = pieces(composed(9, SUPPLIER, METER, 4000))
    forged = pieces(composed(10, SUPPLIER, METER, 4000))[1]
    for piece in mine:
        assert hub.deliver(piece, METER, lab.now)
        lab.han.air.touch(hub)
        lab.pass_time(2)
        foe.deliver(forged, lab.now)
        lab.han.air.touch(foe)
        lab.pass_time(2)
    assert received[METER] == [composed(9, SUPPLIER, METER, 4000)]
    assert hub.nwk.dropped["a block in another's name"] == len(mine)


def test_to_take_the_places_of_all_transfers_at_the_hub(scene):
    """A device begins many transfers in blocks under its own link key, and ends none."""
    lab, hub, foe = scene.lab, scene.hub, scene.station(INTERFACE)
    for counter in range(20):
        hub.aps._take_block(
            (INTERFACE, counter, True), (aps.FIRST_BLOCK, 40, None), bytes(61), lab.now
        )
    assert [key for key in hub.aps._blocks if key[0] == INTERFACE] == [(INTERFACE, 19, True)]
    answer = composed(12, METER, SUPPLIER, 600)  # in ten blocks
    scene.station(METER).device.outbox.append(answer)
    scene.lab.pass_time(20)
    assert answer in scene.lab.han.unasked()
    assert foe.phase == "joined"


# The radio


def test_to_take_the_places_of_sleepers_by_asking_to_associate(scene):
    lab, hub = scene.lab, scene.hub
    for number in range(100):
        eui = bytes(6) + number.to_bytes(2, "big")
        request = mac.association_request(number & 0xFF, hub.nwk.mac.pan, 0, eui, 0x80)
        hub.receive(mac.encode(request), lab.now)
        hub.out.clear()
    assert hub.nwk.mac.strangers() <= 32
    delivered = []
    short = hub.children[GAS].short
    hub.aps.send(short, (1, 1), METERING, b"\x00\x01\x02", lab.now, bytes(16), 0x0109,
                 lambda sent, now: delivered.append(sent))  # fmt: skip
    assert hub.nwk.mac.is_waiting(short)
    lab.pass_time(30)


def test_to_fill_a_boards_memory_by_asking_for_long_answers(scene):
    """A display asks a meter for a great deal, and acknowledges no answer."""
    lab, mine = scene.lab, scene.station(METER)
    foe = mine.nwk.address_of(INTERFACE)
    key = mine.link_key(INTERFACE)
    outcomes = []
    for _ in range(20):
        mine.aps.send(foe, (1, 1), METERING, bytes(1500), lab.now, key)
    mine.aps.send(nwk.COORDINATOR, (1, 1), TUNNELING, bytes(1300), lab.now,
                  mine.link_key(mine.trust_centre), 0x0109,
                  lambda sent, now: outcomes.append(sent))  # fmt: skip
    held = [len(each.payload) for waiting in mine.aps._outgoing.values() for each in waiting]
    assert sum(held) <= mine.aps.most_octets
    lab.han.air.touch(mine)
    lab.pass_time(20)
    assert outcomes == [True]


def test_to_fill_a_boards_memory_with_blocks_that_never_end(scene):
    lab, mine = scene.lab, scene.station(METER)
    for number in range(16):
        foe = (bytes((number,)) * 8, 1, True)
        for index in range(20):
            place = (aps.NEXT_BLOCK, index, None) if index else (aps.FIRST_BLOCK, 40, None)
            mine.aps._take_block(foe, place, bytes(61), lab.now)
            held = [len(body) for each in mine.aps._blocks.values() for body in each[1].values()]
            assert sum(held) <= mine.aps.most_octets
    command = composed(77, SUPPLIER, METER, 1000)
    got = []
    mine.device.receive = receiver(got)
    scene.hub.deliver(command, METER, lab.now)
    lab.han.air.touch(scene.hub)
    lab.pass_time(10)
    del mine.device.receive
    assert got == [command]
    mine.aps._blocks.clear()


def test_to_have_a_radio_repeat_in_vain():
    """Frames for addresses where nobody is, 64 at a time, whatever the radio has sent."""
    radio = MacLayer(METER, lambda count: bytes(count), None)
    radio.pan = radio.short = 0x1234
    mine = []

    def frame(to):
        return lambda number: mac.data(number, radio.pan, to, radio.short, b"")

    now = NOW
    for _ in range(10):
        for _ in range(64):
            radio.send(frame(0x7777), now, None, nwk.NO_ADDRESS, True)
        if not mine:
            radio.send(frame(0), now, lambda sent, at: mine.append(at), nwk.COORDINATOR)
            mine.append(now)
        now = radio.next_timer()
        radio.handle_timer(now)
        radio.transmit(now)
        for octets in radio.out:
            if octets[5:7] == b"\x00\x00":
                mine.append(now)
                radio.receive(mac.ack(octets[2]), now)
        radio.out.clear()
    assert len(mine) >= 2
    assert mine[1] - mine[0] <= 5 * ACK_WAIT_MS


def test_to_leave_no_room_for_what_a_sleeper_is_sent(scene):
    """Anybody can ask for acknowledgements in a sleeper's name, without a link key."""
    hub, lab = scene.hub, scene.lab
    victim = scene.name(GAS)
    frame = aps.data(1, 0x0000, aps.SMART_ENERGY, 1, 0, b"\x00\x01\x00\x00\x00", aps.ACK_REQUEST)
    first = scene.counter(GAS)
    for number in range(60):
        frame.counter = number
        scene.send(victim, HUB, nwk.DATA, aps.encode(frame), first + number)
    waiting = hub.nwk.mac._waiting.get(victim[1], [])
    assert len([True for each, _ in waiting if each.is_clear]) <= 4
    assert len(waiting) <= 8
    lab.pass_time(2400)
    assert scene.read(GAS)


def test_a_queue_gives_every_share_its_turn_and_takes_from_the_largest():
    queue = FairQueue(4)
    assert [queue.put("foe", number) for number in range(4)] == [None] * 4
    assert queue.put("foe", 4) == 4
    assert queue.put("mine", "a") == 3
    assert queue.put("mine", "b") == 2
    assert queue.take() == 0
    assert queue.put("foe", 5) is None
    assert [queue.take() for _ in range(4)] == ["a", 1, "b", 5]
    assert not queue.items
    with pytest.raises(IndexError):
        queue.take()


def test_a_share_that_comes_back_at_once_waits_for_the_others():
    queue = FairQueue(8)
    for item in ("a", "b"):
        queue.put("mine", item)
    queue.put("foe", 0)
    taken = []
    for number in range(1, 6):
        taken.append(queue.take())
        if isinstance(taken[-1], int):
            queue.put("foe", number)
    assert taken.index("b") <= 2


# The hub's tables


def test_to_show_other_figures_than_the_gas_meters(scene):
    """A device whose EUI-64 is lower than the gas meter's asks for a mirror."""
    lab, hub, foe = scene.lab, scene.hub, scene.station(METER)
    control = SPECIFIC | FROM_SERVER | NO_DEFAULT
    foe.zcl(foe.trust_centre, (1, 1), METERING, control, 0x01, b"", lab.now)
    lab.han.air.touch(foe)
    lab.pass_time(2)
    assert list(hub.mirrors) == [GAS]


def test_to_keep_a_gpf_from_copying_what_the_supplier_sets(scene):
    hub, lab = scene.hub, scene.lab
    before = list(hub.gpf._pending)
    for number in range(8):
        tariff = message.finish(
            message.compose(message.COMMAND, number, INTERFACE, GAS, 0x006B, bytes(8))
        )
        hub._pass_on(INTERFACE, tariff, lab.now)
    assert hub.gpf._pending == before
    lab.pass_time(2000)


def test_to_clear_the_reasons_why_own_devices_were_refused(scene):
    hub = scene.hub
    hub._refuse(METER, "a reason")
    for number in range(200):
        hub._refuse(bytes(6) + number.to_bytes(2, "big"), "a stranger")
    assert hub.refused.pop(METER) == "a reason"
    assert len(hub.refused) <= 64
    hub.refused.clear()


def test_the_answers_to_a_refused_transfer_are_not_calls_within_calls(scene, monkeypatch):
    """Thirty messages that cannot be sent are thirty calls one after another."""
    lab, mine = scene.lab, scene.station(METER)
    outcomes = []

    def again(delivered, now):
        outcomes.append(delivered)
        if len(outcomes) < 500:
            mine.zcl(mine.trust_centre, (1, 1), TUNNELING, SPECIFIC, tunnel.SERVER_TRANSFER,
                     bytes(4), now, None, again)  # fmt: skip

    monkeypatch.setattr("gbcs.zigbee.apslayer._MAX_WAITING", 0)
    mine.aps._outgoing[nwk.COORDINATOR] = []
    again(False, lab.now)
    mine.run(lab.now)
    assert outcomes == [False] * 500
    del mine.aps._outgoing[nwk.COORDINATOR]
