"""What the device tests share: a device out of a few facts, and what is done to it.

Each command is followed by what it took: `took NAME N` for people, milliseconds on a clock of the
host, nothing where the port has none.
"""

from gbcs import message
from gbcs.crypto import portable
from gbcs_device.base.store import MemoryMedium, Store
from gbcs_device.devices import kinds
from gbcs_device.messages.trust_anchors import HandedSecrets

SIGNATURE = bytes(64)  # nobody has the real device's private key


class Case:
    """Data and faults of the device, the moment, a command and the response to it, in hex."""

    def __init__(self, data, faults, now, command, response):
        self.data = data
        self.faults = faults
        self.now = now
        self.command = bytes.fromhex(command)
        self.response = bytes.fromhex(response)


def made(kind, eui, cells, secrets, case):
    """The device."""
    shared = {bytes.fromhex(name): bytes.fromhex(secrets[name]) for name in secrets}
    store = Store(MemoryMedium())
    changes = {}
    for table in (cells, case.data):
        for name in table:
            changes[name] = bytes.fromhex(table[name])
    store.write(changes)
    own = HandedSecrets(shared, lambda octets: SIGNATURE)
    device = kinds.make(kind, bytes.fromhex(eui), store, portable, own)
    device.faults.update(case.faults)
    return device


def replayed(device, case):
    """The command is answered by the response, its signature left out where it has one."""
    answer = device.receive(case.command, case.now)
    wanted = case.response
    if message.decode(wanted).signature:
        answer, wanted = answer[:-64], wanted[:-64]
    assert answer == wanted


def refused(device, case):
    """Damaged, for another, and a second time: no answer, and nothing changes but the log."""
    before = {name: device.store.get(name) for name in device.store.names() if name[:3] != "log"}
    for at in (30, 45, 70, len(case.command) - 80, len(case.command) - 5):
        octets = bytearray(case.command)
        octets[at] ^= 4
        assert device.receive(bytes(octets), case.now) is None
    for octets in (b"", case.command[:60], case.command + b"\x00", case.response):
        assert device.receive(octets, case.now) is None
    for name in before:
        assert device.store.get(name) == before[name]
    assert device.receive(case.command, case.now) is not None
    assert device.receive(case.command, case.now) is None
    assert device.security_log()
