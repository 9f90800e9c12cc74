"""A display on the air, an IHD: finds the meters, gets link keys, reads, and takes publications.

Once it is on the network it asks which device serves prices: the ESME answers, and the trust
centre gives both a link key; gas is read from the GPF, which is the trust centre. The display
learns the endpoints of each, then sends one request after another (`polling`), and takes what is
published unasked. An unanswered request is repeated; a meter that stays silent is looked for anew.
`shown` gives the View.

A fuel is connected while its last answer is not older than `polling.SILENT_S`. The radio measures
no signal strength, so `signal` is how many of the last ten requests were delivered.

Sources: Smart Energy 1.4, 5.4.7 (partner link keys), annex D; GBCS 10.2.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.zcl.codes import (
    CALENDAR,
    FROM_SERVER,
    KEY_ESTABLISHMENT,
    MESSAGING,
    METERING,
    NOT_AUTHORISED,
    PREPAYMENT,
    PRICE,
    SPECIFIC,
    TIME,
)
from gbcs.zigbee import aps, commands, nwk
from gbcs_device.han import publications
from gbcs_device.han.joining import JOINED
from gbcs_device.han.panel import Panel
from gbcs_device.han.polling import ASKS, BOTH, CLUSTERS, ELECTRICITY, READS, SILENT_S, Scale, take
from gbcs_device.han.tunnel import TunnelServer

if TYPE_CHECKING:
    from gbcs.zigbee.cbke import Credentials
    from gbcs_device.base.view import View
    from gbcs_device.han.polling import Row
    from gbcs_device.interfaces import NetworkDevice, OnDelivery, Random

DISPLAY = const(0x0502)  # SE's In-Home Display
_ANSWER_MS = const(5000)
_SEEK_MS = const(10000)
_AGAIN_MS = const(10000)
_KEY_AFTER = const(3)  # failures, then another key is asked for
_KEY_AGAIN = const(20)  # and so often while the meter is looked for
_LOST_AFTER = const(6)  # then the meter is looked for anew
_LEARN_MS = const(60000)
_LEARN_AGAIN_MS = const(300000)  # what was learnt may have been another's word
_CONFIRM = const(0x01)  # MessageConfirmation
_ROWS = READS + ASKS


class _Source:
    """The device that a fuel's figures are read from; `wait` is the time limit of an answer."""

    __slots__ = (
        "asked",
        "endpoints",
        "eui",
        "failures",
        "heard",
        "learn",
        "scale",
        "unknown",
        "wait",
    )

    def __init__(self, eui: "bytes | None") -> None:
        self.eui = eui
        self.endpoints: dict[int, list[int]] = {}  # by cluster
        self.unknown: list[int] = []  # endpoints that it has not told about
        self.scale = Scale()
        self.heard: int | None = None
        self.learn: int | None = None  # when its endpoints are asked for anew
        self.wait = 0
        self.failures = 0
        self.asked = -1  # the row of _ROWS that is waited for


class DisplayStation(TunnelServer):
    """An IHD, or the part of a PPMID that is the same."""

    def __init__(
        self, device: "NetworkDevice", random: "Random", credentials: "Credentials"
    ) -> None:
        super().__init__(device, random, credentials, False)
        clients = CLUSTERS + (KEY_ESTABLISHMENT,)
        self.endpoints = {self.endpoint: (DISPLAY, (0x0000, KEY_ESTABLISHMENT), clients)}
        self.panel = Panel()
        self._sources = [_Source(None), _Source(None)]
        self._due = [0] * len(_ROWS)

    # What a person sees and does

    def shown(self, now: int) -> "View":
        """The values that the display shows at a moment."""
        view = self.panel.shown(self.phase == JOINED, now)
        for fuel in BOTH:
            heard = self._sources[fuel].heard
            view.fuels[fuel].is_connected = (
                view.is_joined and heard is not None and now - heard <= 1000 * SILENT_S[fuel]
            )
        return view

    def confirm(self, message: int, now: int) -> bool:
        """Confirms a message that was read; False where none of that id waits for it."""
        for entry in self.panel.messages:
            if entry.number == message and entry.needs_confirmation and not entry.is_confirmed:
                time = self.panel.time(now)
                payload = message.to_bytes(4, "little") + time.to_bytes(4, "little")
                entry.is_confirmed = self.say(entry.fuel, MESSAGING, _CONFIRM, payload, now)
                return entry.is_confirmed
        return False

    # On the network

    def on_joined(self, now: int, changes: "dict[str, bytes | None]") -> None:
        """Called when joined: looks for the meters."""
        super().on_joined(now, changes)
        old = self._sources
        self._sources = [_Source(None), _Source(self.trust_centre)]
        for fuel in BOTH:
            self._sources[fuel].heard = old[fuel].heard
        self._due = [now] * len(_ROWS)
        self.at("display", now + 200, self._turn)

    def leave(self, now: int) -> None:
        """Leaves the network, and forgets its meters and figures."""
        self._sources = [_Source(None), _Source(None)]
        self.panel = Panel()
        super().leave(now)

    def _turn(self, now: int) -> None:
        """Takes the next step for each source; sets the time of the one after it."""
        if self.phase != JOINED:
            return
        soonest = now + _SEEK_MS
        for fuel in BOTH:
            source = self._sources[fuel]
            if now >= source.wait:
                if source.asked >= 0:
                    self._failed(source, now)
                self._next(fuel, source, now)
            soonest = min(soonest, max(source.wait, now + 10))
        self.at("display", soonest, self._turn)

    def _next(self, fuel: int, source: _Source, now: int) -> None:
        if source.eui is None:
            source.wait = now + _SEEK_MS
            self._seek(now)
            source.failures += 1
            if source.failures % _KEY_AGAIN == _KEY_AFTER:  # with another key it may answer
                for eui in self.partners():
                    self.request_partner_key(eui, now)
            return
        short = self.nwk.address_of(source.eui)
        has_key = self.link_key(source.eui) is not None
        if not has_key or not source.endpoints:  # what is said of it so far, anybody can say
            source.failures += 1
        if short is None or (source.failures > _LOST_AFTER and not source.endpoints):
            self._lose(source)
        elif not has_key:
            source.wait = now + _SEEK_MS
            self.request_partner_key(source.eui, now)
        elif source.unknown:
            source.wait = now + _ANSWER_MS
            asked = {"short_address": short, "endpoint": source.unknown[0]}
            self.zdo(short, commands.SIMPLE_DESC_REQ, asked, now)
        elif not source.endpoints or (source.learn is not None and now >= source.learn):
            source.wait = now + _ANSWER_MS
            source.learn = now + _LEARN_MS
            self.zdo(short, commands.ACTIVE_EP_REQ, {"short_address": short}, now)
        else:
            self._ask(fuel, source, now)

    def _seek(self, now: int) -> None:
        """Asks all devices which of them serve prices: the hub does, and an ESME."""
        payload = commands.encode(
            commands.ZDO,
            commands.MATCH_DESC_REQ,
            {
                "sequence": self.number(),
                "short_address": nwk.RECEIVERS_ON,
                "profile": aps.SMART_ENERGY,
                "in_count": 1,
                "in_clusters": [PRICE],
                "out_count": 0,
                "out_clusters": [],
            },
        )
        self.aps.broadcast(commands.MATCH_DESC_REQ, payload, now)

    def from_zdo(self, cluster: int, payload: bytes, sender: bytes, now: int) -> None:
        """Learns which device serves prices; its endpoints, and the clusters of each."""
        super().from_zdo(cluster, payload, sender, now)
        if self.phase != JOINED or not cluster & commands.RESPONSE:
            return
        if cluster == commands.MATCH_DESC_REQ | commands.RESPONSE:
            source = self._sources[ELECTRICITY]
            endpoints = commands.values(commands.ZDO, cluster, payload)["endpoints"]
            is_new = source.eui is None and sender != self.trust_centre and endpoints
            if is_new and self.is_partner(sender):
                source.eui = sender
                source.failures = 0
                self._go_on(source, now)
            return
        fuel = self._fuel_of(sender)
        if fuel is None:
            return
        source = self._sources[fuel]
        values = commands.values(commands.ZDO, cluster, payload)
        if values.get("status"):
            return
        if cluster == commands.ACTIVE_EP_REQ | commands.RESPONSE:
            source.unknown = list(values.get("endpoints", ()))
            source.endpoints = {}
        elif cluster == commands.SIMPLE_DESC_REQ | commands.RESPONSE:
            if values.get("endpoint") not in source.unknown:
                return
            source.unknown.remove(values["endpoint"])
            for served in values["in_clusters"]:
                source.endpoints.setdefault(served, []).append(values["endpoint"])
            if not source.unknown:  # without a mirror soon again
                has_mirror = METERING in source.endpoints
                source.learn = now + (_LEARN_AGAIN_MS if has_mirror else _LEARN_MS)
        else:
            return
        self._go_on(source, now)

    def _fuel_of(self, sender: bytes) -> "int | None":
        for fuel in BOTH:
            if self._sources[fuel].eui == sender:
                return fuel
        return None

    def _go_on(self, source: _Source, now: int) -> None:
        """Ends the wait for an answer: the next step is taken at once."""
        source.wait = now
        self.at("display", now, self._turn)

    # Asking

    def _ask(self, fuel: int, source: _Source, now: int) -> None:
        """Sends the request that has been due longest; waits where none is due."""
        chosen = -1
        for index in range(len(_ROWS)):
            row = _ROWS[index]
            if row[0] != fuel or row[1] not in source.endpoints:
                continue
            if chosen < 0 or self._due[index] < self._due[chosen]:
                chosen = index
        if chosen < 0:  # it serves nothing that is shown
            source.wait = now + _SEEK_MS
            self._lose(source)
        elif self._due[chosen] > now:
            source.wait = min(self._due[chosen], source.learn or self._due[chosen])
        else:
            self._request(source, chosen, _ROWS[chosen], now)

    def _request(self, source: _Source, index: int, row: "Row", now: int) -> None:
        source.asked = index
        source.wait = now + _ANSWER_MS
        self._due[index] = now + 1000 * row[2]
        ends = (source.endpoints[row[1]][0], self.endpoint)
        on_delivery = self._on_delivery(source, index)
        eui = source.eui or b""
        if index < len(READS):
            self.read(eui, ends, row[1], row[3], now, on_delivery)
        else:
            self.zcl(eui, ends, row[1], SPECIFIC, row[3], row[4], now, None, on_delivery)

    def _on_delivery(self, source: _Source, row: int) -> "OnDelivery":
        def on_delivery(delivered: bool, now: int) -> None:
            self.panel.tried(delivered)
            if not delivered and source.asked == row:
                self._failed(source, now)
                self._go_on(source, now)

        return on_delivery

    def _failed(self, source: _Source, now: int) -> None:
        """Notes an unanswered request: repeats it soon; looks anew for a meter that is silent."""
        self._due[source.asked] = min(self._due[source.asked], now + _AGAIN_MS)
        source.asked = -1
        source.failures += 1
        if source.eui is None or source.eui == self.trust_centre:
            return
        if source.failures == _KEY_AFTER:
            self.request_partner_key(source.eui, now)
        elif source.failures >= _LOST_AFTER:
            self._lose(source)

    def _lose(self, source: _Source) -> None:
        """Forgets the address and endpoints of a meter, or the endpoints of the hub."""
        source.failures = 0
        source.endpoints = {}
        source.unknown = []
        if source.eui is not None and source.eui != self.trust_centre:
            self.nwk.forget(source.eui)
            source.eui = None

    def _answered(self, fuel: int, cluster: int, now: int) -> None:
        source = self._sources[fuel]
        source.heard = now
        source.failures = 0
        if source.asked >= 0 and _ROWS[source.asked][1] == cluster:
            source.asked = -1
            self._go_on(source, now)

    def soon(self, fuel: int, cluster: int, now: int) -> None:
        """Reads the attributes of a cluster now, which may have changed."""
        for index in range(len(_ROWS)):
            if _ROWS[index][:2] == (fuel, cluster):
                self._due[index] = now
        if self._sources[fuel].asked < 0:
            self._go_on(self._sources[fuel], now)

    def say(self, fuel: int, cluster: int, command: int, payload: bytes, now: int) -> bool:
        """Sends a command to a fuel's source; False where that is not known yet."""
        source = self._sources[fuel]
        endpoints = source.endpoints.get(cluster)
        if source.eui is None or not endpoints or self.phase != JOINED:
            return False
        ends = (endpoints[0], self.endpoint)
        return self.zcl(source.eui, ends, cluster, SPECIFIC, command, payload, now)

    # Answers, and what comes unasked

    def from_attributes(
        self, cluster: int, values: "dict[int, bytes]", endpoint: int, sender: bytes,
        command: int, now: int,
    ) -> None:  # fmt: skip
        """Puts attributes that were read into the View."""
        super().from_attributes(cluster, values, endpoint, sender, command, now)
        fuel = self._fuel_of(sender)
        if self.phase != JOINED or fuel is None or cluster not in CLUSTERS:
            return
        source = self._sources[fuel]
        if cluster == TIME:
            self.panel.set_clock(values, now)
        elif cluster == METERING and values.get(0x0000) == b"":
            known = source.endpoints.get(METERING)
            if known:  # no mirror there
                known.append(known.pop(0))
            source.learn = now + _LEARN_MS
        else:
            take(self.panel.view.fuels[fuel], source.scale, cluster, values)
        self._answered(fuel, cluster, now)

    def from_default(
        self, cluster: int, command: int, status: int, sequence: int, sender: bytes, now: int
    ) -> None:
        """Takes a status as an answer, unless the meter refuses to talk to this display."""
        fuel = self._fuel_of(sender)
        if fuel is not None and self.phase == JOINED and status != NOT_AUTHORISED:
            self._answered(fuel, cluster, now)

    def from_cluster(
        self, cluster: int, control: int, command: int, payload: bytes, frame: aps.Frame,
        sequence: int, sender: bytes, now: int,
    ) -> bool:  # fmt: skip
        """Handles a meter's publications; `TunnelServer` handles the others."""
        fuel = self._fuel_of(sender)
        if fuel is None or not control & FROM_SERVER or cluster not in CLUSTERS:
            return super().from_cluster(
                cluster, control, command, payload, frame, sequence, sender, now
            )
        if self.phase != JOINED:
            return True
        known = self.published(fuel, cluster, command, payload, now)
        self._answered(fuel, cluster, now)
        return known

    def published(self, fuel: int, cluster: int, command: int, payload: bytes, now: int) -> bool:
        """Takes a publication; False where it is not known."""
        shown = self.panel.view.fuels[fuel]
        if cluster == PRICE and command == 0x00:
            self._price(fuel, payload, now)
        elif cluster == PRICE and command in (0x04, 0x05, 0x06, 0x08, 0x0E):
            self.soon(fuel, PRICE, now)  # another tariff
        elif cluster == MESSAGING and command in (0x00, 0x02):
            self.panel.put(publications.message(payload, fuel, self.panel.time(now)))
        elif cluster == MESSAGING and command == 0x01:
            self.panel.cancel(fuel, publications.message_number(payload))
        elif cluster == MESSAGING and command == 0x03:
            self.panel.cancel(fuel, None)
        elif cluster == METERING and command == 0x0C:
            shown.supply = publications.supply(payload)
            self.soon(fuel, PREPAYMENT, now)
        elif cluster == CALENDAR:
            if command == 0x00:
                publications.calendar(payload, shown)
        else:
            return False
        return True

    def _price(self, fuel: int, payload: bytes, now: int) -> None:
        """Takes a price, in force or to come; asks again when it begins or ends."""
        price_mp, start, minutes, _ = publications.price(payload)
        time = self.panel.time(now)
        changes = start
        if start <= time:
            shown = self.panel.view.fuels[fuel]
            shown.price_mp = price_mp
            if shown.power_w is not None:
                shown.cost_now_mp = max(0, shown.power_w) * price_mp // 1000
            if minutes == publications.UNTIL_CHANGED or not start:
                return
            changes = start + 60 * minutes
        index = len(READS) + [row[:2] for row in ASKS].index((fuel, PRICE))
        at = now + 1000 * max(1, changes - time + 1)
        self._due[index] = min(self._due[index], at)
