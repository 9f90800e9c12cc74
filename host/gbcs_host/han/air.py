"""The simulated radio channel between stations, on a clock that the simulation moves.

Stations at the same place receive each other's frames. One frame at a time is on the channel of a
place, for the time that its octets take at 250 kbit/s; then a fault model may lose, delay, double
or damage it for each receiver. A frame with a wrong check sequence is dropped, as a radio does.

Stations are sans-I/O: `receive(octets, now)`, `out`, `next_timer()`, `handle_timer(now)`; one that
is not `is_awake` hears nothing. `receive` gives what may have changed, as of
`gbcs_device.han.station`; None is anything. Times of stations are milliseconds since 2000, times
of the channel microseconds.

Source: IEEE 802.15.4-2006, 6.5 (250 kbit/s: 32 us an octet; preamble and length are 6 octets).
"""

import heapq
from binascii import crc_hqx
from collections.abc import Callable
from typing import Any

from gbcs_device.han.station import ANYTHING, NOTHING, RADIO
from gbcs_host.han.events import FrameSent, Observers
from gbcs_host.links.faults import Faults

_OCTET_US = 32
_PREAMBLE = 6
_TURNAROUND_US = 192  # 12 symbols of 16 us: IEEE 802.15.4-2006, 6.4.1
_REVERSED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


def fcs(octets: bytes) -> bytes:
    """The frame check sequence of a frame, two octets, as `gbcs.zigbee.mac.fcs`, computed in C.

    Source: IEEE 802.15.4-2006, 7.2.1.9.
    """
    crc = crc_hqx(octets.translate(_REVERSED), 0)
    return bytes((_REVERSED[crc >> 8], _REVERSED[crc & 0xFF]))


class Air:
    """The channel of all places. `now` is its first moment, milliseconds since 2000.

    `watch(octets, us)` is called for each frame as it was sent, without check sequence. `faults`
    (gbcs_host.links.faults) draw losses, delays and damage for each receiver of a frame.
    `after(station)` is called after each call of a station; `is_asked` says whether that station
    has been asked for all its timers since. `observers` are told of frames, each with its sender.
    `frames` and `damaged` count frames sent, and those dropped for a wrong check sequence.
    """

    def __init__(
        self,
        now: int,
        watch: "Callable[[bytes, int], None] | None" = None,
        faults: "Faults | None" = None,
        after: "Callable[[Any], None] | None" = None,
        observers: "Observers | None" = None,
    ) -> None:
        self.frames = 0
        self.damaged = 0
        self.is_asked = True
        self.watch = watch
        self.faults = faults
        self._after = after
        self._observers = Observers() if observers is None else observers
        self._us = now * 1000
        self._places: dict[Any, list[Any]] = {}
        self._where: dict[Any, Any] = {}  # by station
        self._busy: dict[Any, int] = {}
        self._back: dict[Any, int] = {}  # when an outage ends
        # When, order, who is still to be called, the first last; a frame, or None for a timer.
        # What is added is never before what is first, which stays until all have been called.
        self._events: list[tuple[int, int, list[Any], bytes | None]] = []
        self._due: dict[Any, int] = {}
        self._order = 0

    @property
    def now(self) -> int:
        """Milliseconds since 2000."""
        return self._us // 1000

    def put(self, station: Any, place: Any) -> None:
        """Moves a station to a place, and sends the frames that it has waiting in `out`."""
        self.take(station)
        self._where[station] = place
        self._places.setdefault(place, []).append(station)
        self._settle(station)

    def take(self, station: Any) -> None:
        """Removes a station from its place: it receives nothing and is not called."""
        place = self._where.pop(station, None)
        if place is not None:
            self._places[place].remove(station)
        self._due.pop(station, None)

    def touch(self, station: Any) -> None:
        """Sends the frames in a station's `out`, after a caller has changed the station."""
        self._settle(station)

    def inject(self, octets: bytes, place: Any) -> None:
        """Sends a frame, at a place, that comes from no station."""
        self._transmit(octets, place, None)

    def run(self, until: int, stop: "Callable[[], bool] | None" = None) -> bool:
        """Lets time pass up to `until`, or until `stop()` is true; whether `stop()` was.

        An exception that a station raises removes the station and is raised again.
        """
        events, where, due, after = self._events, self._where, self._due, self._after
        end = until * 1000 + 999
        while events and events[0][0] <= end:
            at, _, stations, octets = events[0]
            station = stations.pop()
            if not stations:
                heapq.heappop(events)
            if octets is None:
                if due.get(station) != at:
                    continue
                del due[station]
            elif not getattr(station, "is_awake", True) or station not in where:
                continue
            if at > self._us:
                self._us = at
            changed = ANYTHING
            try:
                if octets is None:
                    station.handle_timer(self._us // 1000)
                else:
                    changed = station.receive(octets, self._us // 1000)
            except BaseException:
                self.take(station)
                raise
            self.is_asked = changed != NOTHING and changed != RADIO
            if changed != NOTHING:
                self._settle(station, changed == RADIO)
            if after is not None:
                after(station)
            if stop is not None and stop():
                return True
        self._us = max(self._us, until * 1000)
        return False

    def _push(self, at: int, stations: "list[Any]", octets: "bytes | None") -> None:
        self._order += 1
        heapq.heappush(self._events, (at, self._order, stations, octets))

    def _settle(self, station: Any, is_radio_alone: bool = False) -> None:
        """Sends the frames in a station's `out`, and schedules the call of its timer.

        Where its radio alone has acted, its other timers are scheduled already.
        """
        place = self._where.get(station)
        if place is None:
            return
        out = station.out
        while out:
            self._transmit(out.pop(0), place, station)
        at = station.radio_timer() if is_radio_alone else station.next_timer()
        if at is not None:
            at *= 1000
            if at < self._us:
                at = self._us
            known = self._due.get(station)
            if known is None or at < known:  # a later one is asked for when this one comes
                self._due[station] = at
                self._push(at, [station], None)

    def _transmit(self, octets: bytes, place: Any, sender: Any) -> None:
        begin = max(self._us + _TURNAROUND_US, self._busy.get(place, 0))
        end = begin + _OCTET_US * (_PREAMBLE + len(octets) + 2)
        self._busy[place] = end
        self.frames += 1
        if self.watch is not None:
            self.watch(octets, begin)
        if self._observers.wants(FrameSent):
            self._observers.tell(FrameSent(begin, getattr(sender, "eui", None), octets))
        faults = self.faults
        if faults is not None:
            if faults.is_breaking():
                self._back[place] = end + faults.outage_ms * 1000
            if end < self._back.get(place, 0):
                return
        others = self._places.get(place, [])[::-1]
        if sender is not None:
            others.remove(sender)
        if faults is None:
            if others:
                self._push(end, others, octets)
            return
        for station in reversed(others):
            whole = octets + fcs(octets)
            for delay, heard in faults.plan(whole):
                if heard is not whole and fcs(heard[:-2]) != heard[-2:]:
                    self.damaged += 1
                else:
                    self._push(end + delay * 1000, [station], heard[:-2])
