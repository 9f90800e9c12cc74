"""The values that a display shows: a device that reads the HAN fills them, a screen draws them.

Money is millipence (hundred-thousandths of a pound), energy watt-hours, time seconds since 2000
UTC. None stands for a value that is not known, or that the meter does not have in its mode.
"""

LOW, MEDIUM, HIGH = 0, 1, 2  # of the power now
TODAY, YESTERDAY, WEEK, MONTH = 0, 1, 2, 3  # places in `used_wh` and `cost_mp`

# Emergency credit
NOT_OFFERED, AVAILABLE, SELECTED, IN_USE, EXHAUSTED = 0, 1, 2, 3, 4


class Fuel:
    """Electricity or gas. `is_connected` is False while its meter has not been heard in time."""

    __slots__ = (
        "balance_mp",
        "bill_mp",  # so far, in credit mode
        "calendar",  # the name of the one in force
        "contact",  # how to reach the supplier
        "cost_mp",  # by TODAY ...: money or None
        "cost_now_mp",  # an hour at the power now
        "debt_mp",
        "emergency",  # one of NOT_OFFERED ...
        "emergency_mp",  # what is left of it
        "has_low_credit",
        "is_connected",
        "is_prepayment",
        "level",  # LOW ...
        "power_w",
        "price_mp",  # a kilowatt-hour
        "reading",  # of the meter: watt-hours, for gas litres
        "standing_mp",  # a day
        "supplier",
        "supply",  # gbcs_device.base.figures.OFF, ARMED, ON
        "tariff",  # its label
        "used_wh",  # by TODAY ...: energy or None
    )

    def __init__(self) -> None:
        self.is_connected = False
        self.is_prepayment: bool | None = None
        self.power_w: int | None = None
        self.level: int | None = None
        self.cost_now_mp: int | None = None
        self.used_wh: list[int | None] = [None] * 4
        self.cost_mp: list[int | None] = [None] * 4
        self.reading: int | None = None
        self.price_mp: int | None = None
        self.standing_mp: int | None = None
        self.tariff = ""
        self.calendar = ""
        self.supplier = ""
        self.contact = ""
        self.balance_mp: int | None = None
        self.bill_mp: int | None = None
        self.debt_mp: int | None = None
        self.emergency = NOT_OFFERED
        self.emergency_mp: int | None = None
        self.has_low_credit = False
        self.supply: int | None = None


class Message:
    """A text that a supplier sent: `number` is its id, `fuel` 0 for electricity, 1 for gas.

    It is to be shown from `at` on, until `until` where that is not None.
    """

    __slots__ = ("at", "fuel", "is_confirmed", "needs_confirmation", "number", "text", "until")

    def __init__(
        self, number: int, fuel: int, text: str, at: int, needs_confirmation: bool
    ) -> None:
        self.number = number
        self.fuel = fuel
        self.text = text
        self.at = at
        self.needs_confirmation = needs_confirmation
        self.is_confirmed = False
        self.until: int | None = None


class View:
    """All that a display shows. `signal` is 0 (none) to 5; `notice` the last action's outcome."""

    __slots__ = ("fuels", "is_joined", "messages", "notice", "offset_s", "signal", "time")

    def __init__(self) -> None:
        self.fuels = (Fuel(), Fuel())  # electricity, gas
        self.is_joined = False
        self.time: int | None = None
        self.offset_s = 0  # of local time
        self.signal = 0
        self.messages: list[Message] = []
        self.notice = ""
