"""The page that is shown, and the effect of buttons: the same on a board and in a terminal.

    UP, DOWN   the page before, the next        on the token's page: the digit
    OK         what the footer says             on the token's page: the next digit, at last: send
    FUEL       electricity, gas                 on the token's page: take back a digit
               on the message's page: the next message

The actions that a person chooses are put on `intents`, and whoever owns the device takes them:
("confirm", message number), ("top-up", fuel, 20 digits), ("emergency", fuel), ("enable", fuel);
`fuel` is 0 for electricity, 1 for gas. The outcome is the view's `notice`: it is shown until a
button is pressed, and again after the next intent.
"""

from gbcs.compat import TYPE_CHECKING
from gbcs_device.base import figures, view
from gbcs_device.display import pages as drawing

if TYPE_CHECKING:
    from gbcs_device.base.view import View
    from gbcs_device.display.frame import Frame

    Intent = tuple[str | int, ...]

UP, DOWN, OK, FUEL = 0, 1, 2, 3
IHD = ("overview", "today", "history", "tariff", "credit", "message", "supplier", "info")
PPMID = (
    "overview", "today", "history", "tariff", "credit", "top-up", "emergency", "supply",
    "message", "supplier", "info",
)  # fmt: skip
DIGITS = 20  # of a token


class Pages:
    """The state: `name` of the page, `fuel`, the token as far as it is entered, `intents`."""

    __slots__ = (
        "_chosen",
        "_dismissed",
        "candidate",
        "entry",
        "fuel",
        "intents",
        "is_entering",
        "line",
        "name",
        "names",
    )

    def __init__(self, is_ppmid: bool = False) -> None:
        self.names = PPMID if is_ppmid else IHD
        self.name = self.names[0]
        self.fuel = 0
        self.intents: list[Intent] = []
        self.is_entering = False
        self.entry = ""
        self.candidate = ""  # what UP or DOWN chose for the next place
        self.line = 0  # of a message, that stands uppermost
        self._chosen: tuple[int, int] | None = None  # number and fuel of a message
        self._dismissed = ""

    def draw(self, frame: "Frame", seen: "View") -> None:
        """The page as it is now."""
        drawing.draw(self.name, frame, seen, self)

    def turn_to(self, name: str) -> None:
        """Shows another page; ValueError where this display does not have it."""
        if name not in self.names:
            raise ValueError("one of %s expected, found %s" % (", ".join(self.names), name))
        self.name = name
        self.is_entering = False
        self.line = 0
        self._chosen = None

    def notice(self, seen: "View") -> str:
        """The notice of the last action; "" once it was dismissed."""
        if seen.notice != self._dismissed:
            self._dismissed = ""
        return "" if self._dismissed else seen.notice

    def press(self, button: int, seen: "View") -> None:
        """A button was pressed: UP, DOWN, OK or FUEL. The first press dismisses a notice."""
        if self.notice(seen):
            self._dismissed = seen.notice
        elif self.is_entering:
            self._enter(button)
        elif button in (UP, DOWN):
            place = self.names.index(self.name) + (1 if button == DOWN else -1)
            self.turn_to(self.names[place % len(self.names)])
        elif button == OK:
            self._act(seen)
        elif self.name == "message":
            self._next_message(seen)
        elif drawing.PAGES[self.name][1]:
            self.fuel = 1 - self.fuel

    def type(self, letter: str, seen: "View") -> None:
        """A digit of a token, or "\\b" to take one back; a PPMID turns to that page for it."""
        if "top-up" not in self.names or not self._takes_tokens(seen):
            return
        if letter == "\b":
            if self.is_entering:
                self._enter(FUEL)
        elif len(letter) == 1 and "0" <= letter <= "9":
            if not self.is_entering:
                self.turn_to("top-up")
                self._begin()
            if len(self.entry) < DIGITS:
                self.candidate = letter
                self._enter(OK)

    def message_place(self, seen: "View") -> int:
        """Which of the view's messages is shown: the chosen one, else the first that waits."""
        waiting = None
        for place in range(len(seen.messages)):
            message = seen.messages[place]
            if (message.number, message.fuel) == self._chosen:
                return place
            if waiting is None and message.needs_confirmation and not message.is_confirmed:
                waiting = place
        if self._chosen is not None:  # it was cancelled
            self._chosen = None
            self.line = 0
        return waiting or 0

    def _takes_tokens(self, seen: "View") -> bool:
        fuel = seen.fuels[self.fuel]
        return bool(seen.is_joined and fuel.is_connected and fuel.is_prepayment)

    def _want(self, *intent: "str | int") -> None:
        self._dismissed = ""
        self.intents.append(intent)

    def _begin(self) -> None:
        self.is_entering = True
        self.entry = ""
        self.candidate = ""

    def _act(self, seen: "View") -> None:
        """OK outside of a token."""
        fuel = seen.fuels[self.fuel]
        if self.name == "message":
            self._read_on(seen)
        elif not seen.is_joined or not fuel.is_connected:
            pass
        elif self.name == "top-up":
            if fuel.is_prepayment:
                self._begin()
        elif self.name == "emergency":
            if fuel.is_prepayment and fuel.emergency == view.AVAILABLE:
                self._want("emergency", self.fuel)
        elif self.name == "supply" and fuel.supply == figures.ARMED:
            self._want("enable", self.fuel)

    def _read_on(self, seen: "View") -> None:
        """More of the message, its confirmation, then the next."""
        if not seen.messages:
            return
        place = self.message_place(seen)
        message = seen.messages[place]
        if drawing.has_more(message, self.line):
            self._chosen = (message.number, message.fuel)
            self.line += drawing.MESSAGE_LINES
        elif message.needs_confirmation and not message.is_confirmed:
            self._chosen = (message.number, message.fuel)
            self._want("confirm", message.number)
        else:
            self._next_message(seen)

    def _next_message(self, seen: "View") -> None:
        if seen.messages:
            place = (self.message_place(seen) + 1) % len(seen.messages)
            message = seen.messages[place]
            self._chosen = (message.number, message.fuel)
            self.line = 0

    def _enter(self, button: int) -> None:
        """A button while a token is entered."""
        if button == FUEL:
            if self.candidate:
                self.candidate = ""
            elif self.entry:
                self.entry = self.entry[:-1]
            else:
                self.is_entering = False
        elif len(self.entry) == DIGITS:
            if button == OK:
                self.is_entering = False
                self._want("top-up", self.fuel, self.entry)
        elif button == OK:
            self.entry += self.candidate
            self.candidate = ""
        elif self.candidate:
            self.candidate = "%d" % ((int(self.candidate) + (1 if button == UP else 9)) % 10)
        else:
            self.candidate = "0" if button == UP else "9"
