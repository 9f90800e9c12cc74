"""Two sample households: views for pictures and tests that need no lab.

The figures are invented and consistent: each cost is the energy used at the price, and the
standing charge of each day.
"""

from gbcs_device.base import figures, view
from gbcs_device.base.view import Fuel, Message, View

_WEDNESDAY = 825_961_320  # Wednesday 4 March 2026, 17:42 UTC; seconds since 2000
_DAYS = (1, 1, 3, 4)  # in today, yesterday, the week, the month


def _fuel(power_w: "int | None", price_mp: int, standing_mp: int, used_wh: "list[int]") -> Fuel:
    fuel = Fuel()
    fuel.is_connected = True
    fuel.supply = figures.ON
    fuel.power_w = power_w
    if power_w is not None:
        fuel.level = view.LOW if power_w < 500 else view.MEDIUM if power_w < 2500 else view.HIGH
        fuel.cost_now_mp = power_w * price_mp // 1000
    fuel.price_mp = price_mp
    fuel.standing_mp = standing_mp
    fuel.used_wh = list(used_wh)
    fuel.cost_mp = [wh * price_mp // 1000 + days * standing_mp for wh, days in zip(used_wh, _DAYS)]
    return fuel


def credit() -> View:
    """A view of a house in credit mode, with one message to confirm."""
    seen = View()
    electricity = _fuel(840, 24_503, 54_794, [6_412, 9_874, 26_031, 35_622])
    electricity.tariff = "Standard Variable"
    electricity.is_prepayment = False
    electricity.reading = 12_345_678
    electricity.bill_mp = 4_217_090
    gas = _fuel(None, 6_240, 31_430, [18_250, 31_904, 80_117, 109_630])
    gas.tariff = "Standard Variable"
    gas.is_prepayment = False
    gas.reading = 4_711_092
    gas.bill_mp = 3_864_120
    for fuel in (electricity, gas):
        fuel.supplier = "Example Energy"
        fuel.contact = "0800 000 0000"
        fuel.calendar = "All day"
    seen.fuels = (electricity, gas)
    seen.is_joined = True
    seen.time = _WEDNESDAY
    seen.signal = 4
    seen.messages = [
        Message(
            17,
            0,
            "Your new prices start on 1 April: electricity 23.91p a kWh, gas 5.98p a kWh. "
            "Standing charges stay as they are.",
            _WEDNESDAY - 3600,
            True,
        )
    ]
    return seen


def prepayment() -> View:
    """A view of a house in prepayment mode: low electricity credit, gas supply armed."""
    seen = credit()
    electricity, gas = seen.fuels
    for fuel, balance_mp, debt_mp in ((electricity, 163_000, 4_500_000), (gas, 1_250_000, 0)):
        fuel.is_prepayment = True
        fuel.bill_mp = None
        fuel.balance_mp = balance_mp
        fuel.debt_mp = debt_mp
        fuel.emergency_mp = 500_000
    electricity.tariff = gas.tariff = "Pay As You Go"
    electricity.has_low_credit = True
    electricity.emergency = view.AVAILABLE
    gas.supply = figures.ARMED
    seen.messages = []
    return seen
