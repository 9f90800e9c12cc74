"""The figures of a meter's account, in the form in which displays and clusters get them.

Money is millipence (hundred-thousandths of a pound), energy watt-hours, also for gas.
"""

# State of the load switch or valve: SupplyStatus of Metering, ZigBee Smart Energy D.3
OFF, ARMED, ON = 0, 1, 2
LOAD_SWITCH = (0, 2, 1)  # the same as a load switch has them (COSEM class 70)

# Bits of the credit status: attribute 0003 of Prepayment, ZigBee Smart Energy D.7
CREDIT_OK = 0x01
CREDIT_LOW = 0x02
EMERGENCY_ENABLED = 0x04
EMERGENCY_AVAILABLE = 0x08
EMERGENCY_SELECTED = 0x10
EMERGENCY_IN_USE = 0x20
CREDIT_EXHAUSTED = 0x40


class TopUp:
    """A token that was accepted.

    `time` in seconds since 2000; `origin` as ZCL's originating device (0 remote, 2 PPMID or IHD,
    3 the meter's own keypad); its 20 digits.
    """

    __slots__ = ("amount_mp", "digits", "origin", "time")

    def __init__(self, time: int, amount_mp: int, origin: int, digits: bytes) -> None:
        self.time = time
        self.amount_mp = amount_mp
        self.origin = origin
        self.digits = digits


class Debt:
    """A debt register: the amount owed, and what is recovered each `period` ("hour", "day", "").

    `proportion` is the share of a top-up that is recovered, in hundredths of a per cent.
    """

    __slots__ = ("amount_mp", "label", "period", "proportion", "rate_mp")

    def __init__(
        self, label: bytes, amount_mp: int, rate_mp: int, period: str, proportion: int = 0
    ) -> None:
        self.label = label
        self.amount_mp = amount_mp
        self.rate_mp = rate_mp
        self.period = period
        self.proportion = proportion


class Figures:
    """One meter's figures at a moment.

    `days`, `weeks` (from Monday), `months` are pairs (energy, cost) of UTC periods, the present
    one first, those before it behind; a cost has the standing charge in it, which is due at the
    beginning of a day. `price_mp` is what a kilowatt-hour costs now, `standing_mp` a day.
    `balance_mp` is the meter balance in prepayment mode, `bill_mp` the bill to date in credit
    mode.
    """

    __slots__ = (
        "accumulated_mp",  # debt of what fell due while there was no credit
        "balance_mp",
        "bill_mp",
        "calorific_digits",
        "calorific_value",  # MJ/m3, so many digits of it after the point
        "conversion_digits",
        "conversion_factor",
        "credit_status",
        "cut_off_mp",
        "days",
        "debts",
        "emergency_limit_mp",
        "emergency_mp",  # what is left of it
        "emergency_threshold_mp",  # of the balance, at which it is offered
        "export_wh",
        "import_wh",  # the register; gas by its calorific value
        "is_prepayment",
        "label",  # of the tariff
        "litres",  # the gas index
        "low_credit_mp",
        "months",
        "power_w",
        "price_mp",
        "standing_mp",
        "supply",
        "tier",  # of the price in force, from 1; 0 without time of use
        "block",  # from 1; 0 without blocks
        "time",  # seconds since 2000
        "top_ups",  # the newest first, five at most
        "weeks",
    )

    def __init__(self, time: int) -> None:
        self.time = time
        self.import_wh = self.export_wh = self.litres = self.power_w = 0
        self.price_mp = self.standing_mp = self.tier = self.block = 0
        self.label = b""
        self.days: list[tuple[int, int]] = [(0, 0)]
        self.weeks: list[tuple[int, int]] = [(0, 0)]
        self.months: list[tuple[int, int]] = [(0, 0)]
        self.is_prepayment = False
        self.balance_mp = self.bill_mp = 0
        self.accumulated_mp = 0
        self.debts: list[Debt] = []  # two that time recovers, one that top-ups do
        self.emergency_limit_mp = self.emergency_threshold_mp = self.emergency_mp = 0
        self.low_credit_mp = self.cut_off_mp = 0
        self.credit_status = CREDIT_OK
        self.supply = ON
        self.top_ups: list[TopUp] = []
        self.calorific_value = self.calorific_digits = 0
        self.conversion_factor = self.conversion_digits = 0
