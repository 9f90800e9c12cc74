"""A meter's account on both Pythons: what it costs, credit that runs out, tokens.

The token is a vector that two independent implementations agree on; amounts are worked out by
hand.
"""

from gbcs import clock
from gbcs.crypto import portable
from gbcs_device.account import account
from gbcs_device.base import load
from gbcs_device.base.store import MemoryMedium, Store
from gbcs_device.devices import kinds
from gbcs_device.messages.trust_anchors import HandedSecrets

SUPPLIER = bytes.fromhex("90B3D51F30010000")
SECRET = bytes.fromhex("5C00001AE96494FEDFD740C4679D346E913D89B978BEEFF76577BE69C92BF3CE")
TOKEN = b"73943333457189043313"  # 100 pounds, counter 1
LATER = b"73947252416745201637"  # 12.34 pounds, counter 4
ESME = bytes.fromhex("00DB1234567890A0")
BEGUN = clock.from_generalized("20260105090000Z")
HOUR = 3600000
ELECTRICITY = {
    "a/0071/0000131400FF/05": "020302020F000FFB0203120000090600000000000" + "00F00010102020901"
    "01105FB4",  # 24.5 p
    "a/0071/0000131404FF/05": "020302020F000FFC0203120000090600000000000" + "00F00010102020900"
    "1014B4",  # 53 p
    "a/006F/0000130000FF/02": "020216021602",  # prepayment
    "a/0070/0000130A01FF/09": "050007A120",  # emergency credit: 5 pounds, from 1 pound
    "a/0070/0000130A01FF/0A": "05000186A0",
}
SCRIPT = "090600000A0064FF"
OTHER = "090600000A006AFF"
TIERS = {  # tier 2 from midnight, 3 from 07:00
    "a/0014/00000D0000FF/05": "0101020211010102"
    + "0203090400000000" + SCRIPT + "120002" + "0203090407000000" + SCRIPT + "120003",
    "a/0071/0000131400FF/05": "020302020F000FFB02031200000906000000000000" + "0F000102"
    + "020209010210" + "0C37" + "020209010310" + "1288",  # 3127 and 4744
}  # fmt: skip
FRIENDLY = {  # from 18:00 to 10:00, on all days of the week
    "a/000A/00000C0001FF/02": "0102"
    + "020A1200010301" + OTHER + "120020" + "090412000000" + "12FFFF" + "0407FE" + "0400"
    + "0905FFFF0101FF" + "0905FFFF0C1FFF"
    + "020A1200020301" + OTHER + "120021" + "09040A000000" + "12FFFF" + "0407FE" + "0400"
    + "0905FFFF0101FF" + "0905FFFF0C1FFF",
}  # fmt: skip


def meter(data, rates):
    store = Store(MemoryMedium(), 4096)  # small banks: they share the heap
    changes = load.started(BEGUN, rates)
    for name in data:
        changes[name] = bytes.fromhex(data[name])
    changes["cell/2/ka/pp"] = SUPPLIER + bytes(65)
    store.write(changes)
    own = HandedSecrets({SUPPLIER: SECRET}, lambda octets: bytes(64))
    return kinds.make("ESME", ESME, store, portable, own)


def entered(device, digits, now):
    result, amount, changes = account.top_up(device, digits, 2, now)
    device.store.write(changes)
    return result, amount


def test_credit_runs_out_and_a_token_brings_it_back():
    device = meter(ELECTRICITY, {load.IMPORT: 460})
    assert device.next_timer() == BEGUN  # without credit it does not supply
    device.handle_timer(BEGUN)
    assert account.figures(device, BEGUN).supply == 0
    assert entered(device, TOKEN, BEGUN) == (0x12, 10000000)
    assert entered(device, TOKEN, BEGUN) == (2, 0)
    assert entered(device, b"73943333457189043331", BEGUN) == (1, 0)
    done, changes = account.enable_supply(device, BEGUN)
    device.store.write(changes)
    assert done
    found = account.figures(device, BEGUN + 15 * HOUR)
    assert (found.import_wh, found.balance_mp) == (6900, 10000000 - 15 * 11270 - 53000)
    assert found.days == [(0, 53000), (6900, 15 * 11270)]
    assert found.top_ups[0].digits == TOKEN
    # 323.48 p a day: a pound is left on day 31
    now = BEGUN + 15 * HOUR
    while found.balance_mp > 100000:
        now = device.next_timer()
        device.handle_timer(now)
        found = account.figures(device, now)
    assert now - BEGUN > 29 * 24 * HOUR
    done, changes = account.select_emergency(device, now)
    device.store.write(changes)
    assert done
    while found.supply == 2:
        now = device.next_timer()
        device.handle_timer(now)
        found = account.figures(device, now)
    assert found.emergency_mp == 0
    assert entered(device, LATER, now) == (0x12, 1234000)
    found = account.figures(device, now)
    assert (found.emergency_mp, found.supply) == (500000, 1)


def test_tiers_follow_the_calendar():
    device = meter(TIERS, {load.IMPORT: 1000})
    found = account.figures(device, BEGUN)
    assert (found.tier, found.price_mp) == (3, 4744)
    found = account.figures(device, BEGUN + 39 * HOUR)
    assert found.days == [(0, 0), (24000, 7 * 3127 + 17 * 4744), (15000, 15 * 4744)]


def test_a_friendly_period_keeps_the_supply_on_until_it_ends():
    data = dict(ELECTRICITY)
    data.update(FRIENDLY)
    device = meter(data, {load.IMPORT: 460})
    assert account.figures(device, BEGUN + HOUR - 1).supply == 2
    assert account.figures(device, BEGUN + HOUR).supply == 0
    assert account.figures(device, BEGUN).balance_mp == 0
    assert account.figures(device, BEGUN + HOUR).balance_mp == -11270


def test_all_of_it_survives_a_restart():
    device = meter(ELECTRICITY, {load.IMPORT: 460})
    device.handle_timer(BEGUN)
    entered(device, TOKEN, BEGUN)
    changes = account.advance(device, BEGUN + 50 * HOUR)
    device.store.write(changes)
    medium = MemoryMedium()
    store = Store(medium)
    store.write({name: device.store.get(name) for name in device.store.names()})
    again = kinds.make("ESME", ESME, Store(medium), portable, device.anchors.own)
    now = BEGUN + 60 * HOUR
    assert account.figures(again, now).balance_mp == account.figures(device, now).balance_mp
    assert entered(again, TOKEN, now) == (2, 0)
