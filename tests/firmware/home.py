"""What the tests of accounts share: a lab with a hub and both meters, joined; tokens for them."""

from gbcs import clock, utrn
from gbcs_device.account import account
from gbcs_host.lab import supply
from gbcs_host.lab.lab import Lab

HUB = bytes.fromhex("00DB123456789002")
ESME = bytes.fromhex("00DB1234567890A0")
GSME = bytes.fromhex("00DB1234567890A1")
HOUR_S = 3600
DAY_S = 86400
POUND = 100_000

# What a meter out of the box uses and charges, by hand
HOUR_MP = 11_270  # 0.46 kWh of 24.5 p
STANDING_MP = 53_000


def code_of(record):
    """The code that an alert has."""
    return record.code if hasattr(record, "code") else record.body[2][0][2]


def joined_lab(seed, hub, *devices):
    """A lab with a hub and devices (kind, EUI-64) that the hub lists and that have joined."""
    lab = Lab(seed)
    lab.make("CHF", hub)
    for kind, device in devices:
        lab.make(kind, device)
    for _, device in devices:
        assert lab.add_to_hub(hub, device).is_success
        assert lab.join(device, hub)
    return lab


class Home:
    """The lab; its clock stands at 09:00 and some seconds on Monday 5 January 2026."""

    def __init__(self):
        self.lab = joined_lab(7, HUB, ("ESME", ESME), ("GSME", GSME))
        self.hub = self.lab.han.hubs[HUB]
        self.esme, self.gsme = (self.lab.han.meters[eui] for eui in (ESME, GSME))

    def figures(self, device):
        return account.figures(device, self.lab.now)

    def until(self, text):
        """Lets time pass until YYYYMMDDHHMMSS."""
        self.lab.pass_time((clock.from_generalized(text + "Z") - self.lab.now) / 1000)

    def alerts(self, eui):
        """The codes of the alerts that came, oldest first; they all verify."""
        verdicts = self.lab.alerts_of(eui)
        assert all(one.is_clean for one in verdicts)
        return [code_of(one.payload) for one in verdicts]

    def command(self, use_case, values=None, device=ESME, data=None):
        """A command of the supplier; `data` are fields for items, by their number."""
        if not data:
            return self.lab.read(use_case, device, values)
        return supply.electricity(self.lab, device, use_case, values, data)

    def token(self, device, number, value, value_class=utrn.POUNDS):
        """A UTRN of the supplier's, 20 ASCII octets."""
        return supply.token(self.lab, device, number, value, value_class).encode()

    def key_in(self, device, digits, origin=2):
        """A token typed in: its result and amount."""
        result, amount, changes = account.top_up(device, digits, origin, self.lab.now)
        device.store.write(changes)
        return result, amount

    def prepay(self, credit_mp):
        """The ESME has this much credit, and then is in prepayment mode."""
        balance = self.figures(self.esme).balance_mp
        for done in supply.electricity_prepaid(self.lab, ESME, credit_mp - balance):
            assert done.is_success
