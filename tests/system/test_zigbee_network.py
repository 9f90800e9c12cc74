"""Meters and hubs on the air: joining, coming back, swap-out, sleeping, long messages."""

import pytest

from gbcs import devicelog, installcode, message, payload, usecases
from gbcs.zigbee import cbke, implicit, mac
from gbcs_device.han.joining import JOINED, RESTING
from gbcs_host.lab.lab import CHF, ESME, GSME, IHD, PPMID, Lab
from gbcs_host.lab.service_requests import encoded_log

HUB = bytes.fromhex("00DB1234567890B2")
OTHER = bytes.fromhex("00DB1234567890C2")
METER = bytes.fromhex("00DB1234567890A0")
GAS = bytes.fromhex("00DB1234567890A1")
DISPLAY = bytes.fromhex("00DB1234567890A4")


@pytest.fixture
def lab():
    found = Lab(7, radio=True)
    for kind, eui in ((CHF, HUB), (CHF, OTHER), (ESME, METER), (GSME, GAS)):
        found.make(kind, eui)
    return found


def joined(lab, *meters):
    for eui in meters:
        assert lab.add_to_hub(HUB, eui).is_success
        assert lab.join(eui, HUB).by == devicelog.INSTALL_CODE_KEY
    return lab


def station(lab, eui):
    return lab.han.stations[eui]


@pytest.mark.parametrize("meter", [METER, GAS])
def test_a_meter_joins_by_its_install_code_and_agrees_on_a_new_key(lab, meter):
    joined(lab, meter)
    entry = lab.han.hubs[HUB].log.find(meter)
    key = lab.han.meters[meter].link_key()
    assert entry.link_key == key != lab.han.meters[meter].install_key()
    assert entry.hashed == lab.han.meters[meter].crypto.aes_mmo(key)
    assert meter in station(lab, HUB).tunnels


def test_the_hub_has_the_gpf_s_address_and_network(lab):
    gpf = (int.from_bytes(HUB, "big") + 1).to_bytes(8, "big")
    joined(lab, METER)
    assert station(lab, HUB).eui == gpf == station(lab, METER).trust_centre
    assert lab.han.meters[METER].network() == gpf


def test_a_meter_that_the_log_does_not_list_gets_no_key(lab):
    assert lab.add_to_hub(HUB, GAS).is_success  # joining is open, for another
    tried = lab.join(METER, HUB)
    assert not tried
    assert "does not list" in tried.why
    assert not station(lab, METER).nwk.keys


def test_joining_is_closed_after_its_time(lab):
    assert lab.add_to_hub(HUB, METER).is_success
    lab.pass_time(121)
    tried = lab.join(METER, HUB)
    assert not tried
    assert "permits joining" in tried.why
    assert station(lab, METER).phase == RESTING


def test_a_wrong_install_code_opens_no_key(lab):
    assert lab.add_to_hub(HUB, METER).is_success
    lab.han.meters[METER].store.write({"install_code": installcode.complete(b"\x01" * 16)})
    tried = lab.join(METER, HUB)
    assert not tried
    assert tried.why == "no network key came"
    assert station(lab, METER).nwk.dropped["wrong APS MIC"] > 0
    assert not lab.han.meters[METER].is_joined()


def test_what_a_sleeping_gas_meter_is_sent_waits_until_it_asks(lab):
    joined(lab, GAS)
    lab.pass_time(60)
    begun = lab.now
    assert not station(lab, GAS).is_awake
    assert lab.read("GCS13a", GAS).is_success
    assert 0 < lab.now - begun <= 1_805_000
    mirror = station(lab, HUB).mirrors[GAS]
    litres = int.from_bytes(mirror[0x0000][1:], "little")  # summation delivered
    assert mirror[0x0000][:1] == b"\x25"
    assert 12_345 + 400 <= litres <= 12_345 + 402  # half an hour at 800 l/h


def long_message(cra, counter, originator, recipient, size):
    content = bytes(number & 0xFF for number in range(size))
    return message.finish(message.compose(cra, counter, originator, recipient, 0x0008, content))


def test_a_display_reads_the_gas_meter_at_its_mirror(lab):
    lab.make(IHD, DISPLAY)
    joined(lab, METER, GAS, DISPLAY)
    mine, centre = station(lab, DISPLAY), station(lab, HUB)
    read = {}
    mine.from_attributes = lambda cluster, values, *_: read.update(values)
    endpoint = centre.children[GAS].mirror
    assert endpoint not in (0, 1)
    assert mine.read(mine.trust_centre, (endpoint, 1), 0x0702, (0x0000, 0x7777), lab.now)
    lab.han.air.touch(mine)
    lab.pass_time(1)
    volume = int.from_bytes(read.pop(0x0000)[1:], "little")
    assert volume in range(12345, 12356)
    assert read[0x7777] == b""


def test_a_meter_takes_no_figures_of_another_s_mirror(lab):
    joined(lab, METER, GAS)
    mine, centre = station(lab, METER), station(lab, HUB)
    read = []
    mine.from_attributes = lambda *values: read.append(values)
    endpoint = centre.children[GAS].mirror
    assert mine.read(mine.trust_centre, (endpoint, 1), 0x0702, (0x0000,), lab.now)
    lab.han.air.touch(mine)
    lab.pass_time(1)
    assert not read
    assert mine.nwk.dropped


@pytest.mark.parametrize("meter", [METER, GAS])
@pytest.mark.parametrize("size", [1149, 1400, 4000])
def test_a_long_message_goes_in_blocks_both_ways(lab, meter, size):
    joined(lab, meter)
    supplier = lab.parties["supplier"].eui
    command = long_message(message.COMMAND, 5, supplier, meter, size)
    answer = long_message(message.RESPONSE, 5, meter, supplier, size)
    heard = []
    lab.han.meters[meter].receive = lambda octets, now: heard.append(octets) or answer
    assert lab.han.deliver(lab.han.hubs[HUB], command, meter, lab.now) == answer
    assert heard == [command]


def test_a_meter_comes_back_after_a_power_cut_with_the_network_key_it_has(lab):
    joined(lab, METER)
    before = station(lab, METER)
    key, counter = before.nwk.keys, before.counter()
    lab.restart(METER)
    lab.pass_time(10)
    after = station(lab, METER)
    assert after is not before
    assert after.phase == JOINED
    assert after.nwk.keys == key
    assert after.counter() > counter
    assert station(lab, HUB).let_in[METER] == devicelog.LINK_KEY
    assert lab.read("ECS17b", METER).is_success


def test_a_meter_comes_back_without_the_network_key_where_that_was_changed(lab):
    joined(lab, METER, GAS)
    keys = station(lab, HUB).nwk.keys
    link_keys = [lab.han.meters[eui].link_key() for eui in (METER, GAS)]
    lab.han.hubs[HUB].store.write({"station/network": None})
    lab.restart(HUB)
    assert station(lab, HUB).nwk.keys != keys
    for eui in (METER, GAS):
        assert lab.join(eui, HUB).by == devicelog.LINK_KEY
        assert station(lab, eui).nwk.keys == station(lab, HUB).nwk.keys
    assert link_keys == [lab.han.meters[eui].link_key() for eui in (METER, GAS)]
    assert lab.read("ECS17b", METER).is_success
    assert lab.read("GCS38", GAS).is_success


@pytest.mark.parametrize("offered", [(1,), (1, 2), (2,)])
@pytest.mark.parametrize("suite", [1, 2])
def test_key_establishment_has_two_suites(lab, suite, offered):
    crypto = lab.parties.keys.crypto

    def credentials(number, eui):
        private = b"\x00" + bytes([number]) * (20 if number == 1 else 35)
        authority = implicit.Authority(number, private, bytes(8), crypto)
        issued = authority.issue(eui, lab.random.randbytes)
        return cbke.Credentials(number, *issued, authority.public)

    hub, meter = station(lab, HUB), station(lab, METER)
    hub.credentials = [credentials(number, hub.eui) for number in offered]
    meter.credentials = credentials(suite, METER)
    assert lab.add_to_hub(HUB, METER).is_success
    done = lab.join(METER, HUB)
    assert bool(done) == (suite in offered), done.why
    assert done or "key establishment" in done.why
    assert lab.han.meters[METER].is_joined() == bool(done)


def test_a_meter_with_another_authority_s_certificate_does_not_join(lab):
    crypto = lab.parties.keys.crypto
    authority = implicit.Authority(2, b"\x00" + bytes([7]) * 35, bytes(8), crypto)
    issued = authority.issue(METER, lab.random.randbytes)
    station(lab, METER).credentials = cbke.Credentials(2, *issued, authority.public)
    assert lab.add_to_hub(HUB, METER).is_success
    done = lab.join(METER, HUB)
    assert not done
    assert "key establishment failed" in done.why
    assert lab.han.hubs[HUB].log.find(METER).link_key is None


def test_a_hub_comes_back_after_a_power_cut(lab):
    joined(lab, METER, GAS)
    before = station(lab, HUB)
    lab.restart(HUB)
    lab.pass_time(5)
    after = station(lab, HUB)
    assert after.nwk.keys == before.nwk.keys
    assert after.nwk.mac.pan == before.nwk.mac.pan
    assert after.counter() > before.counter()
    assert after.nwk.incoming.keys() == {METER, GAS}
    assert lab.read("ECS17b", METER).is_success
    assert lab.read("GCS38", GAS).is_success


def test_no_frame_of_before_a_restart_is_taken_again(lab):
    frames = []
    lab.han.air.watch = lambda octets, us: frames.append(octets)
    joined(lab, METER)
    assert lab.read("ECS17b", METER).is_success
    lab.restart(HUB)
    lab.restart(METER)
    lab.pass_time(10)
    mine, theirs = station(lab, METER), station(lab, HUB)
    handled, heard = mine.handled, len(lab.han._unasked)
    for octets in list(frames):
        lab.han.air.inject(octets, HUB)
    lab.pass_time(30)
    assert mine.handled == handled
    assert len(lab.han._unasked) == heard
    assert mine.nwk.dropped["NWK counter used before"] > 0
    assert theirs.nwk.dropped["NWK counter used before"] > 0
    assert lab.read("ECS17b", METER).is_success


def test_a_new_hub_takes_an_old_one_s_place(lab):
    joined(lab, METER)
    old = lab.han.meters[METER].link_key()
    log = encoded_log(lab.read_logs(HUB)[0])
    assert lab.restore(OTHER, METER, log, "1200012345678").is_success
    done = lab.join(METER, OTHER)
    assert done.by == devicelog.HASHED_KEY
    assert station(lab, METER).trust_centre == station(lab, OTHER).eui
    assert station(lab, METER).nwk.keys != station(lab, HUB).nwk.keys
    assert lab.han.meters[METER].link_key() not in (old, lab.han.meters[METER].crypto.aes_mmo(old))
    assert lab.han.meters[METER].network() == station(lab, HUB).eui  # the name stays
    assert lab.read("ECS17b", METER).is_success
    back = lab.join(METER, HUB)  # the old one has its network's name, but not its key any more
    assert not back


def test_a_meter_of_the_historic_log_comes_back_by_its_old_key(lab):
    joined(lab, METER)
    assert lab.remove_from_hub(HUB, METER).is_success
    key = lab.han.meters[METER].link_key()
    lab.alerts_of(HUB)
    assert lab.add_to_hub(HUB, METER).is_success
    done = lab.join(METER, HUB)
    assert done.by == devicelog.HISTORIC_KEY
    assert lab.han.hubs[HUB].log.find(METER).link_key == key
    assert lab.han.meters[METER].link_key() == key
    assert [one.message.code for one in lab.alerts_of(HUB)] == [0x0018, 0x0018]
    assert lab.read("ECS17b", METER).is_success


def test_who_is_taken_off_the_list_is_not_listened_to(lab):
    joined(lab, METER)
    assert lab.remove_from_hub(HUB, METER).is_success
    assert lab.read("ECS17b", METER).answer is None
    station(lab, METER).stay_in_touch(lab.now)
    lab.pass_time(1200)
    assert station(lab, HUB).nwk.dropped["not whitelisted"] > 0


def test_a_meter_whose_hub_is_gone_looks_for_it_and_finds_it_again(lab):
    joined(lab, METER)
    lab.han.switch_off(HUB)
    lab.pass_time(3600)  # three keep-alives in vain
    assert station(lab, METER).phase != JOINED
    lab.restart(HUB)
    lab.han.switch_on(HUB, HUB)
    lab.pass_time(4000)
    assert station(lab, METER).phase == JOINED
    assert lab.read("ECS17b", METER).is_success


def test_a_meter_told_to_leave_by_its_trust_centre_forgets_the_network(lab):
    joined(lab, METER)
    assert station(lab, HUB).order_to_leave(METER, lab.now)
    lab.han.air.touch(station(lab, HUB))
    lab.pass_time(2)
    assert not lab.han.meters[METER].is_joined()
    assert lab.han.meters[METER].install_key() is not None
    assert METER not in station(lab, HUB).children


def test_the_answer_to_cs02f_comes_before_the_meter_leaves(lab):
    joined(lab, METER)
    record = payload.Asn1("DisconnectFromHanCommand", (None, "NULL", None, None))
    done = lab.send(usecases.DRAFT_NAME, "supplier", METER, record)
    assert done.is_success
    lab.pass_time(1)
    mine = station(lab, METER)
    assert not lab.han.meters[METER].is_joined()
    assert mine.phase != JOINED
    assert not mine.nwk.keys
    assert mine.link_key(station(lab, HUB).eui) is None
    assert METER not in station(lab, HUB).children


def test_no_frame_is_longer_than_the_air_carries(lab):
    sizes = []
    lab.han.air.watch = lambda octets, us: sizes.append(len(octets))
    joined(lab, METER, GAS)
    for use_case, meter in (("ECS17b", METER), ("ECS35b", METER), ("GCS13a", GAS)):
        assert lab.read(use_case, meter).is_success
    assert max(sizes) <= mac.LARGEST
    assert max(sizes) == 124  # Initiate of suite 2, 126 with its check sequence


def ask_for_partner_key(lab, eui, partner):
    one = station(lab, eui)
    one.request_partner_key(partner, lab.now)
    lab.han.air.touch(one)
    lab.pass_time(2)


def test_devices_joined_by_cs03_get_a_key_of_their_own_from_the_trust_centre(lab):
    lab.make(PPMID, DISPLAY)
    joined(lab, METER, DISPLAY)
    one, two = station(lab, METER), station(lab, DISPLAY)
    ask_for_partner_key(lab, DISPLAY, METER)
    assert one.link_key(DISPLAY) is None  # the meter's device log does not have it
    for exchange in lab.introduce(METER, DISPLAY):
        assert exchange.is_success
    ask_for_partner_key(lab, DISPLAY, METER)
    key = one.link_key(DISPLAY)
    assert len(key) == 16
    assert key == two.link_key(METER)
    assert key not in (one.link_key(one.trust_centre), two.link_key(two.trust_centre))
    ask_for_partner_key(lab, METER, GAS)  # which is not there
    assert one.link_key(GAS) is None
    assert lab.disconnect(METER).is_success
    assert not lab.han.meters[METER].store.names("han/")


def test_meters_that_the_trust_centre_gives_a_key_for_each_other_do_not_take_it(lab):
    other = bytes.fromhex("00DB1234567890A9")
    lab.make(ESME, other)
    joined(lab, METER, other)
    ask_for_partner_key(lab, METER, other)
    for mine, partner in ((METER, other), (other, METER)):
        assert station(lab, mine).link_key(partner) is None
        assert station(lab, mine).nwk.dropped


def test_the_network_key_is_changed_while_all_are_on(lab):
    joined(lab, METER, GAS)
    centre, mine = station(lab, HUB), station(lab, METER)
    before = centre.nwk.keys
    centre.change_network_key(lab.now)
    lab.han.air.touch(centre)
    lab.pass_time(10)
    assert centre.nwk.key_sequence == 1
    assert centre.nwk.keys != before
    assert mine.nwk.keys == centre.nwk.keys
    assert mine.phase == JOINED
    assert lab.read("ECS17b", METER).is_success
    lab.restart(HUB)
    lab.restart(METER)
    lab.pass_time(10)
    assert station(lab, METER).nwk.keys == station(lab, HUB).nwk.keys == centre.nwk.keys
    assert lab.read("ECS17b", METER).is_success
    lab.pass_time(4 * 3600)  # the gas meter slept, and finds its way by its link key
    assert station(lab, GAS).nwk.keys == station(lab, HUB).nwk.keys
    assert lab.read("GCS38", GAS).is_success
