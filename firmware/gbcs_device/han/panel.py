"""The state of a display's screen: the View, messages with their times, the hub's clock.

`now` is milliseconds since 2000 of the station's clock; the View has seconds of the hub's clock.
"""

from gbcs import clock
from gbcs.compat import TYPE_CHECKING, const
from gbcs_device.base.view import View
from gbcs_device.han.polling import number

if TYPE_CHECKING:
    from gbcs_device.base.view import Message

_NOTICE_MS = const(30000)
_MAX_MESSAGES = const(8)
_TRIES = const(0x3FF)  # so many of the last requests make the signal


class Panel:
    """`view` has the figures; `shown` brings the rest of it up to date."""

    def __init__(self) -> None:
        self.view = View()
        self.messages: list[Message] = []
        self._history = 0
        self._ahead_ms: int | None = None  # of the own clock, the hub's time
        self._zone = (0, 0, 0, 0)  # of local time: seconds, summer's begin, end and shift
        self._notice_ends = 0

    def time(self, now: int) -> int:
        """Seconds since 2000 by the hub's clock; by the own one before that is known."""
        return clock.seconds(now + (self._ahead_ms or 0))

    def set_clock(self, values: "dict[int, bytes]", now: int) -> None:
        """Takes the attributes of the hub's Time cluster: ZigBee 07-5123, 3.12."""
        time = number(values.get(0x0000, b""))
        if time is not None:
            self._ahead_ms = 0 if time == now // 1000 else 1000 * time - now
            zone, start, end, shift = [
                number(values.get(identifier, b"")) or 0
                for identifier in (0x0002, 0x0003, 0x0004, 0x0005)
            ]
            self._zone = (zone, start, end, shift)

    def tried(self, delivered: bool) -> None:
        """Counts a request that was delivered, or not, for the signal."""
        self._history = (self._history << 1 | delivered) & _TRIES

    def tell(self, words: str, now: int) -> None:
        """Shows the outcome of the person's last action, for half a minute."""
        self.view.notice = words
        self._notice_ends = now + _NOTICE_MS

    def put(self, message: "Message") -> None:
        """Adds a message, or replaces the one of its number; the oldest makes room."""
        for index in range(len(self.messages)):
            shown = self.messages[index]
            if (shown.number, shown.fuel) == (message.number, message.fuel):
                message.is_confirmed = shown.is_confirmed and shown.text == message.text
                self.messages[index] = message
                return
        if len(self.messages) >= _MAX_MESSAGES:
            self.messages.pop(0)
        self.messages.append(message)

    def cancel(self, fuel: int, message: "int | None") -> None:
        """Takes a message away, or with None all of a fuel."""
        self.messages = [
            entry
            for entry in self.messages
            if entry.fuel != fuel or (message is not None and entry.number != message)
        ]

    def shown(self, is_joined: bool, now: int) -> View:
        """The View at a moment."""
        view = self.view
        view.is_joined = is_joined
        view.signal = _ones(self._history) // 2 if is_joined else 0
        time = self.time(now)
        view.time = None if self._ahead_ms is None else time
        zone, start, end, shift = self._zone
        view.offset_s = zone + (shift if start <= time < end else 0)
        self.messages = [
            message for message in self.messages if message.until is None or time < message.until
        ]
        view.messages = [message for message in self.messages if message.at <= time]
        if now >= self._notice_ends:
            view.notice = ""
        return view


def _ones(bits: int) -> int:
    count = 0
    while bits:
        count += bits & 1
        bits >>= 1
    return count
