"""A gas meter's account on both Pythons: energy by calorific value, and what it costs."""

from gbcs import clock
from gbcs.crypto import portable
from gbcs_device.account import account
from gbcs_device.base import load
from gbcs_device.base.store import MemoryMedium, Store
from gbcs_device.devices import kinds
from gbcs_device.messages.trust_anchors import HandedSecrets

GSME = bytes.fromhex("00DB1234567890A1")
BEGUN = clock.from_generalized("20260105090000Z")
HOUR = 3600000
GAS = {
    "z/0700/0301": "234C770000",
    "z/0700/0400": "23701A0000",
    "z/0700/0302": "23788F0100",
    "z/0700/0303": "1850",
    "z/0700/0304": "238B010000",
    "z/0700/0306": "1810",
    "z/0700/0617": "1850",
}


def test_gas_is_energy():
    store = Store(MemoryMedium(), 4096)
    changes = load.started(BEGUN, {load.GAS: 800})
    for name in GAS:
        changes[name] = bytes.fromhex(GAS[name])
    store.write(changes)
    own = HandedSecrets({}, lambda octets: bytes(64))
    device = kinds.make("GSME", GSME, store, portable, own)
    device.handle_timer(device.next_timer())
    found = account.figures(device, BEGUN + 45 * HOUR)
    assert found.litres == 36000
    assert found.import_wh == 403942  # 36 m3 * 39.5 * 1.02264 / 3.6
    assert found.bill_mp == 2733884 + 2 * 30540
