"""The least that reads the HAN: a station that joins, asks, and writes down all that it hears."""

from gbcs.zcl.codes import KEY_ESTABLISHMENT, SPECIFIC
from gbcs_device.han.credentials import load
from gbcs_device.han.joining import JOINED, Joiner
from gbcs_host.lab.lab import CHF, ESME, GSME, PPMID, Lab

HUB, METER, GAS, DISPLAY = [
    bytes.fromhex("00DB1234567890" + last) for last in ("B2", "A0", "A1", "A4")
]
GPF_ENDPOINT = 32
_CLUSTERS = (0x0700, 0x0702, 0x0703, 0x0705, 0x0707, 0x0708)


class Display(Joiner):
    """`values` are attributes by cluster and identifier, `heard` commands: cluster, id, octets."""

    def __init__(self, device, random, credentials):
        super().__init__(device, random, credentials, False)
        self.endpoints = {1: (0x0502, (KEY_ESTABLISHMENT,), _CLUSTERS)}
        self.values = {}
        self.heard = []
        self.defaults = []

    def from_attributes(self, cluster, values, endpoint, sender, command, now):
        super().from_attributes(cluster, values, endpoint, sender, command, now)
        for identifier, value in values.items():
            self.values[cluster, identifier] = value.hex()

    def from_cluster(self, cluster, control, command, payload, one, sequence, sender, now):
        if cluster in _CLUSTERS:
            self.heard.append((cluster, command, payload.hex()))
            return True
        return super().from_cluster(cluster, control, command, payload, one, sequence, sender, now)

    def from_default(self, cluster, command, status, sequence, sender, now):
        self.defaults.append((cluster, command, status))


class Home:
    """A lab with a hub, both meters and a display of a kind, which a PPMID may act by."""

    def __init__(self, seed=7, kind=PPMID, **how):
        self.lab = lab = Lab(seed, radio=True, **how)
        for one, eui in ((CHF, HUB), (ESME, METER), (GSME, GAS)):
            lab.make(one, eui)
        for eui in (METER, GAS):
            assert lab.add_to_hub(HUB, eui).is_success
            assert lab.join(eui, HUB)
        device = lab.make(kind, DISPLAY)
        lab.han.air.take(lab.han.stations[DISPLAY])
        self.display = Display(device, lab.random.randbytes, load(device.store)[0])
        lab.han.stations[DISPLAY] = self.display
        assert lab.add_to_hub(HUB, DISPLAY).is_success
        lab.han.switch_on(DISPLAY, HUB)
        lab.pass_time(10)
        assert self.display.phase == JOINED
        self.display.nwk.set_address(METER, self.hub.children[METER].short)

    @property
    def esme(self):
        return self.lab.han.stations[METER]

    @property
    def hub(self):
        return self.lab.han.stations[HUB]

    @property
    def mirror(self):
        return self.hub.children[GAS].mirror

    def ask_for_a_key(self):
        """The meter is told of the display, as a supplier does, and the hub gives both a key."""
        assert self.lab.tell(METER, DISPLAY).is_success  # a second time changes nothing
        self.request_key()
        assert self.display.link_key(METER) is not None
        return self

    def request_key(self):
        self.display.request_partner_key(METER, self.lab.now)
        self.let_go()

    def let_go(self, seconds=1):
        self.lab.han.air.touch(self.display)
        self.lab.pass_time(seconds)

    def read(self, to, endpoint, cluster, *identifiers):
        """The values of attributes, type and octets in hex; "" for what there is not."""
        self.display.values = {}
        sent = self.display.read(to, (endpoint, 1), cluster, identifiers, self.lab.now)
        self.let_go()
        return [self.display.values.get((cluster, one)) for one in identifiers] if sent else None

    def ask(self, to, endpoint, cluster, command, payload=""):
        """The commands that answer: (cluster, command, payload in hex)."""
        self.display.heard = []
        octets = bytes.fromhex(payload)
        ends = (endpoint, 1)
        assert self.display.zcl(to, ends, cluster, SPECIFIC, command, octets, self.lab.now)
        self.let_go()
        return self.display.heard

    def gas(self, cluster, *identifiers, endpoint=GPF_ENDPOINT):
        return self.read(self.hub.eui, endpoint, cluster, *identifiers)

    def electricity(self, cluster, *identifiers):
        return self.read(METER, 1, cluster, *identifiers)

    def ask_everything(self):
        """Every attribute and every question that a display may have, to both meters."""
        for cluster, identifiers in ATTRIBUTES.items():
            for at in range(0, len(identifiers), 6):
                some = identifiers[at : at + 6]
                if cluster != 0x000A:
                    self.electricity(cluster, *some)
                endpoint = {0x0702: self.mirror, 0x000A: 1}.get(cluster, GPF_ENDPOINT)
                self.gas(cluster, *some, endpoint=endpoint)
        for cluster, command, payload in QUESTIONS:
            self.ask(METER, 1, cluster, command, payload)
            self.ask(self.hub.eui, GPF_ENDPOINT, cluster, command, payload)
        self.ask(METER, 1, 0x0702, 0x0C, "02")
        return self


ATTRIBUTES = {
    0x0000: (0x0000, 0x0003, 0x0004, 0x0005, 0x0007),
    0x000A: (0x0000, 0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0007),
    0x0700: (0x0202, 0x0301, 0x0302, 0x0304, 0x0400, 0x0410, 0x0610, 0x0611, 0x0616, 0x0617),
    0x0702: (
        0x0000, 0x0001, 0x0014, 0x0020, 0x0207, 0x0300, 0x0301, 0x0302, 0x0303, 0x0306, 0x0307,
        0x0400, 0x0401, 0x0403, 0x0420, 0x0430, 0x0440, 0x0A00, 0x0A04, 0x0C01, 0x0C30, 0x0C40,
    ),
    0x0705: (
        0x0000, 0x0001, 0x0002, 0x0003, 0x0005, 0x0010, 0x0031, 0x0040, 0x0100, 0x0101, 0x0103,
        0x0211, 0x0216, 0x0217, 0x0502, 0x0503, 0x051C, 0x051E, 0x0530, 0x0540,
    ),
    0x0708: (0x0100, 0x0101, 0x0102, 0x0400, 0x0401),
}  # fmt: skip

QUESTIONS = (
    (0x0700, 0x00, "01"),
    (0x0700, 0x01, "0000000001"),
    (0x0700, 0x06, "00000000ffffffff0100"),
    (0x0700, 0x07, "01000000"),
    (0x0700, 0x08, "01000000"),
    (0x0703, 0x00, ""),
    (0x0703, 0x01, "0100000000000000"),
    (0x0705, 0x00, "0000000002"),
    (0x0705, 0x04, "0214" + b"12345678901234567890".hex()),
    (0x0705, 0x08, "ffffffff05"),
    (0x0705, 0x0A, "ffffffff05ff"),
    (0x0707, 0x00, "00000000ffffffff0100ffffffff"),
    (0x0708, 0x01, ""),
    (0x0708, 0x03, ""),
)
