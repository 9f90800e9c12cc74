"""A household on the air, and what an attacker does in it who has the network key."""

from gbcs.zigbee import aps, commands, nwk
from gbcs_host.han import insider
from tests.system.test_household_devices import DISPLAY, GAS, HUB, INTERFACE, METER, household

DEVICES = (METER, GAS, DISPLAY, INTERFACE)
RECOVERY_S = 600


class Scene:
    """A household, and what an attacker does in it."""

    def __init__(self, seed=9):
        self.lab = household(seed)
        self.lab.pass_time(60)
        self.keys = insider.secrets(self.hub, self.stations())

    @property
    def hub(self):
        return self.lab.han.stations[HUB]

    def station(self, eui):
        return self.lab.han.stations[eui]

    def stations(self):
        return [self.station(eui) for eui in DEVICES]

    def name(self, eui):
        """EUI-64 and short address of a device, or of the hub."""
        if eui == HUB:
            return self.hub.eui, nwk.COORDINATOR
        return eui, self.hub.children[eui].short

    def counter(self, sender):
        """Above all that anybody has heard of a sender."""
        heard = [each.nwk.incoming.get(sender, 0) for each in [self.hub, *self.stations()]]
        return max(heard) + 1

    def send(self, sender, to, kind, payload, counter=None, names=(None, False)):
        """A frame in a device's name; `to` as `sender`, or a short address."""
        sender = self.name(sender) if isinstance(sender, bytes) else sender
        to = self.name(to)[1] if isinstance(to, bytes) else to
        counter = self.counter(sender[0]) if counter is None else counter
        self.inject(insider.forged(self.hub.nwk, sender, to, kind, payload, counter, names))

    def zdo(self, sender, to, cluster, values):
        payload = commands.encode(commands.ZDO, cluster, {"sequence": 9, **values})
        frame = aps.data(0, cluster, aps.ZDO, 0, 77, payload)
        self.send(sender, to, nwk.DATA, aps.encode(frame))

    def inject(self, octets):
        self.lab.han.air.inject(octets, HUB)
        self.lab.pass_time(0.05)

    def read(self, eui):
        return self.lab.read("GCS13a" if eui == GAS else "ECS17b", eui).is_success

    def sees_both_fuels(self, eui):
        return [fuel.is_connected for fuel in self.lab.view(eui).fuels] == [True, True]

    def holds_its_keys(self):
        return insider.secrets(self.hub, self.stations()) == self.keys
