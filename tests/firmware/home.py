"""What the tests of accounts share: a lab with a hub and both meters, joined; tokens for them."""

from gbcs import utrn
from gbcs_device import account, clock
from gbcs_host import compose
from gbcs_host.lab import Lab

HUB = bytes.fromhex("00DB123456789002")
ESME = bytes.fromhex("00DB1234567890A0")
GSME = bytes.fromhex("00DB1234567890A1")
HOUR_S = 3600
DAY_S = 86400
POUND = 100_000
AT_ONCE = bytes.fromhex("0000000000000000008000FF")

# What a meter out of the box uses and charges, by hand
HOUR_MP = 11_270  # 0.46 kWh of 24.5 p
STANDING_MP = 53_000


def field(kind, value):
    return (None, kind, value, None)


def code_of(record):
    """The code that an alert has."""
    return record.code if hasattr(record, "code") else record.body[2][0][2]


class Home:
    """The lab; its clock stands at 09:00 and some seconds on Monday 5 January 2026."""

    def __init__(self):
        self.lab = Lab(7)
        self.hub = self.lab.make("CHF", HUB)
        self.esme = self.lab.make("ESME", ESME)
        self.gsme = self.lab.make("GSME", GSME)
        for device in (ESME, GSME):
            assert self.lab.add_to_hub(HUB, device).is_success
            assert self.lab.join(device, HUB)

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
        supplier = self.lab.parties["supplier"]
        if not data:
            return self.lab.read(use_case, device, values)
        record = compose.access_request(
            use_case, supplier.counter + 1, values, supplier.eui, device
        )
        for number, one in data.items():
            record.items[number] = (*record.items[number][:-1], one)
        return self.lab.send(use_case, supplier, device, record)

    def token(self, device, number, value, value_class=utrn.POUNDS):
        """A UTRN of the supplier's, 20 ASCII octets."""
        keys, supplier = self.lab.parties.keys, self.lab.parties["supplier"].eui
        public = keys.crypto.public_key(keys.certificate(device, "ka").public_key)
        secret = keys.crypto.agree(keys.private(supplier, "pp-ka"), public)
        made = utrn.make(secret, supplier, device, number << 32, value, value_class, keys.crypto)
        return made.encode()

    def key_in(self, device, digits, origin=2):
        """A token typed in: its result and amount."""
        result, amount, changes = account.top_up(device, digits, origin, self.lab.now)
        device.store.write(changes)
        return result, amount

    def prepay(self, credit_mp):
        """The ESME has this much credit, and then is in prepayment mode."""
        balance = self.figures(self.esme).balance_mp
        assert self.command("ECS04a", {"update_amount": credit_mp - balance}).is_success
        values = {"payment_mode": 2, "account_activation_time": AT_ONCE}
        values["activate_passive_value_time"] = AT_ONCE
        assert self.command("ECS03", values, data={2: COLLECTS_ALL}).is_success


def _row(credit, charge):
    return field(
        "structure",
        [
            field("octet-string", bytes.fromhex("0000130A%02XFF" % credit)),
            field("octet-string", bytes.fromhex("00001314%02XFF" % charge)),
            field("bit-string", "111"),
        ],
    )


# Which credit pays for which charge, as in RTDS 1.6_ECS03: debts also in emergency and when off
COLLECTS_ALL = field(
    "array",
    [_row(credit, charge) for credit in (0, 1, 2) for charge in (0, 4, 1, 2, 3)],
)


def charges(scale, amounts):
    """The data of a charge object: pairs of an index and an amount of 10^scale pounds."""
    scaling = field("structure", [field("integer", 0), field("integer", scale)])
    reference = field(
        "structure",
        [field("long-unsigned", 0), field("octet-string", bytes(6)), field("integer", 0)],
    )
    table = [
        field("structure", [field("octet-string", index), field("long", amount)])
        for index, amount in amounts
    ]
    return field("structure", [scaling, reference, field("array", table)])
