"""A device at the far end of a link: requests in, answers out, on the other side's clock.

The other side, a toolkit with the air between the stations, gives frames and the time; the device
gives frames back, and says when it wants to be called. So a device on a board or in another
process runs on the clock of the laboratory, and a run can be replayed.

    request   sequence (8), operation (1), now (8: milliseconds since 2000), body
    answer    sequence (8), status (1), phase (1), flags (1), handled (4), next timer (8), body

Every number is big-endian; a timer of all ones is none. Sequence numbers grow: an answer that was
lost is asked for by the same request again, and an older request that comes late is passed over,
so nothing is done twice. HELLO begins with any number. The body of the answer to an operation of
the air is frames, each behind its length (1).

Nobody knows who is at the other side. A clock beyond 2^32 seconds, which no message could tell, is
refused, and so is more for the store than a bank of it holds.
"""

import gc

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import GbcsError
from gbcs_device.base import kind_rows
from gbcs_device.base.load import SINCE
from gbcs_device.base.store import LIMIT, MemoryMedium, PowerCut, Store
from gbcs_device.base.store_format import StoreDamaged
from gbcs_device.board import loading
from gbcs_device.devices import kinds, stations
from gbcs_device.han import joining
from gbcs_device.han.credentials import load
from gbcs_device.messages.trust_anchors import OwnKeys

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    from gbcs.interfaces import Crypto
    from gbcs_device.interfaces import Medium, Random

# Operations
HELLO = 0  # answered with the version of this protocol
WRITE = 1  # entries for the store: a name's length (1), name, octets' length (2), octets
BEGIN = 2  # a device of what was written: EUI-64, kind
FRAME = 3
TIMER = 4
POWER_ON = 5
POWER_OFF = 6
RECEIVE = 7  # a GBCS message that does not come by the HAN; answered with the answer, if any
INSPECT = 8  # what is not secret: see `inspected`
CUT = 9  # power goes after so many octets more are written (4); all ones: it does not
RESTART = 10  # power comes back
SET = 11  # entries for the store of a device that runs
ERASE = 12
IDENTITY = 13  # of the device that is here: see `identity`
VIEW = 14  # what a display shows: see `display.view_octets`
PRESS = 15  # what a person does (`display.actions`), its body; whether it was taken (1), frames
HEARD = 16  # what came for a PPMID's control software: messages, each behind its length (2)

# Status
OK = 0
POWER_CUT = 1
REFUSED = 2  # not now, or not understood; the body says why

VERSION = 2
NO_TIMER = b"\xff" * 8
REQUEST_HEAD = const(17)
ANSWER_HEAD = 23
_LATEST = b"\x00\x00\x03\xe7\xff\xff\xfc\x18"  # 2^32 - 1 seconds in milliseconds
_UNCUT = const(0xFFFFFFFF)
_IDENTITY = "own/identity"  # EUI-64, kind
PHASES = (
    joining.OFF,
    joining.RESTING,
    joining.SCANNING,
    joining.ASSOCIATING,
    joining.REJOINING,
    joining.WAITING,
    joining.ESTABLISHING,
    joining.JOINED,
)
AWAKE = 0x01


class Server:
    """One device, made by what it is told, or the one that the medium of its store has.

    `crypto` is a back end of gbcs.crypto, `random(n)` gives octets, `limit` is the size of a bank,
    `allowed` are the kinds that it may be, unless told any that joins a hub; `used()` measures the
    heap, where a board has a prompt at which it can be asked for.
    """

    def __init__(
        self,
        crypto: "Crypto",
        random: "Random",
        medium: "Medium | None" = None,
        limit: int = LIMIT,
        allowed: "tuple[str, ...] | None" = None,
        used: "Callable[[], int] | None" = None,
    ) -> None:
        self.crypto = crypto
        self.random = random
        self.station: Any = None
        self.requests = 0
        self.now = 0  # milliseconds since 2000, as the last request had it
        self.damaged = ""  # what was wrong with the store when it was read last
        self.is_lost = False  # whether so much is wrong that no device is made of it
        self._is_told = True  # whether the device has said what was put right
        self.error = ""  # the last exception that nobody expected, its type and text
        self.peak = 0  # octets of the heap, before garbage was collected
        self._used = used
        self._medium = MemoryMedium() if medium is None else medium
        self._limit = limit
        self._allowed = kind_rows.joining() if allowed is None else allowed
        self._written: dict[str, bytes | None] = {}
        self._size = 0  # octets of all that was written
        self._is_on = False
        self._last: tuple[bytes, bytes] = (b"", b"")
        try:
            self._make()
        except Exception as error:  # what the store has makes no device: it waits for another
            self.damaged = type(error).__name__ + ": " + str(error)

    def handle(self, request: bytes) -> "bytes | None":
        """The answer to a request; None for what is none."""
        if len(request) < REQUEST_HEAD:
            return None
        if request == self._last[0]:
            return self._last[1]
        if request[:8] <= self._last[0][:8] and request[8] != HELLO:
            return None
        self.requests += 1
        now = self.now
        try:
            if request[9:REQUEST_HEAD] > _LATEST:
                raise ValueError("a clock below 2^32 seconds expected")
            now = self.now = int.from_bytes(request[9:REQUEST_HEAD], "big")
            self._tell_damage(now)
            status, body = self._do(request[8], request[REQUEST_HEAD:], now)
        except PowerCut:
            status, body = POWER_CUT, b""
            self.station = None
        except (GbcsError, ValueError) as error:
            status, body = REFUSED, str(error).encode()
        except Exception as error:  # whatever it is, a board must not stop: it begins anew
            status, body = REFUSED, self.noted(error).encode()
            self._recover(now)
        try:
            state = self._state()
        except Exception as error:  # of a timer
            status, body = REFUSED, self.noted(error).encode()
            self._recover(now)
            try:
                state = self._state()
            except Exception:  # again: none runs
                self.station = None
                state = self._state()
        answer = request[:8] + bytes((status,)) + state + body
        self._last = (request, answer)
        if self._used is not None:
            self.peak = max(self.peak, self._used())
        return answer

    def noted(self, error: Exception) -> str:
        """Keeps the type and text of an exception that nobody expected, and gives them."""
        self.error = type(error).__name__
        try:
            from gbcs_device.messages import failures

            self.error = failures.text_of(error)
        except MemoryError:
            pass  # its name must do
        return self.error

    def _recover(self, now: int) -> None:
        """As after a power cut, where memory allows; else the next request says that none runs."""
        self.station = None
        if hasattr(gc, "mem_free"):  # a board
            gc.collect()
        try:
            self._restart(now)
        except Exception:
            self.station = None

    def _state(self) -> bytes:
        station = self.station
        if station is None:
            return bytes(6) + NO_TIMER
        at = station.next_timer()
        return (
            bytes((PHASES.index(station.phase), AWAKE if station.is_awake else 0))
            + station.handled.to_bytes(4, "big")
            + (NO_TIMER if at is None or at >= 1 << 64 else max(at, 0).to_bytes(8, "big"))
        )

    def _do(self, operation: int, body: bytes, now: int) -> "tuple[int, bytes]":
        if operation == HELLO:
            return OK, bytes((VERSION,))
        if operation == WRITE:
            if self._size + len(body) > self._limit:
                return REFUSED, b"%d octets at most expected" % self._limit
            self._written.update(_entries(body))
            self._size += len(body)
            return OK, b""
        if operation == BEGIN:
            return self._begin(body)
        if operation == CUT:
            if not isinstance(self._medium, MemoryMedium):
                return REFUSED, b"a store in memory expected"
            octets = int.from_bytes(body[:4], "big")
            self._medium.cut_after = None if octets == _UNCUT else octets
            return OK, b""
        if operation == RESTART:
            return self._restart(now)
        if operation == ERASE:
            self._erase()
            return OK, b""
        if self.station is None:
            return REFUSED, self._why_none(b"no device runs")
        return self._run(operation, body, now)

    def _why_none(self, otherwise: bytes) -> bytes:
        """Why there is no device."""
        if self.is_lost:
            return b"store " + self.damaged.encode()
        return otherwise

    def _tell_damage(self, now: int) -> None:
        """The device logs what was put right in its store, once it knows the time."""
        if not self._is_told and self.station is not None:
            from gbcs_device.messages import failures

            self._is_told = True
            failures.tell_damage(self.station.device, now)

    def _run(self, operation: int, body: bytes, now: int) -> "tuple[int, bytes]":
        station = self.station
        pressed = b""
        if operation == FRAME:
            station.receive(body, now)
        elif operation == TIMER:
            station.handle_timer(now)
        elif operation == POWER_ON:
            self._is_on = True
            station.power_on(now)
        elif operation == POWER_OFF:
            self._is_on = False
            station.power_off()
        elif operation == RECEIVE:
            try:
                return OK, station.device.receive(body, now) or b""
            except GbcsError:
                return OK, b""
        elif operation == INSPECT:
            return OK, inspected(station.device, station)
        elif operation == IDENTITY:
            return OK, identity(station.device)
        elif operation == SET:
            station.store.write(_entries(body))
        elif operation in (VIEW, PRESS, HEARD) and _has_display(station):
            from gbcs_device.display import actions  # meters do without it

            if operation == VIEW:
                return OK, actions.view(station, now)
            if operation == HEARD:
                return OK, actions.heard(station)
            pressed = bytes((actions.press(station, body, now),))
        else:
            return REFUSED, b"no such operation"
        out = station.out
        frames = b"".join([bytes((len(one),)) + one for one in out])
        out.clear()
        return OK, pressed + frames

    def erase(self) -> int:
        """Forgets the device; how many octets its medium still gives: 0."""
        self._erase()
        return int(self._medium.size(0) + self._medium.size(1))

    def _erase(self) -> None:
        self.station = None
        self._written = {}
        self._size = 0
        self._is_on = False
        self.damaged = ""
        self.is_lost = False
        for bank in (0, 1):
            self._medium.erase(bank)

    def _begin(self, body: bytes) -> "tuple[int, bytes]":
        kind = str(body[8:], "utf-8")
        if kind not in self._allowed:
            kinds = " or ".join(self._allowed)
            return REFUSED, ("%s is served here, %s asked for" % (kinds, kind[:16])).encode()
        written = self._written
        self._erase()
        written[_IDENTITY] = body
        Store(self._medium, self._limit).write(written)
        try:
            self._make()
        except Exception:
            self._erase()  # else it would be tried at every start
            raise
        return OK, b""

    def _restart(self, now: int) -> "tuple[int, bytes]":
        if isinstance(self._medium, MemoryMedium):
            self._medium.cut_after = None
        self._make()
        if self.station is None:
            return REFUSED, self._why_none(b"no device was made")
        if not self._is_on:
            return OK, b""
        return self._run(POWER_ON, b"", now)

    def _make(self) -> None:
        """The device that the store has, if it has one.

        There is none where the store is damaged beyond repair: what an older bank has might take
        messages once more that were taken before.
        """
        self.station = None
        try:
            store = Store(self._medium, self._limit)
        except StoreDamaged as error:
            self.damaged = "damaged, provision it anew: " + str(error)
            self.is_lost = True
            return
        self.damaged = store.damage
        self.is_lost = False
        self._is_told = not store.damage
        identity = store.get(_IDENTITY)
        if identity is not None:
            kind = str(identity[8:], "utf-8")
            own = None  # an IHD has none
            if store.get("own/ka") is not None:
                own = OwnKeys(self.crypto, store, self.random)
            loading.load(kind, store.get(SINCE) is not None)
            device = kinds.make(kind, identity[:8], store, self.crypto, own)
            if self._used is not None:
                device.recent = []
            credentials = load(store)
            if not credentials:
                raise ValueError("credentials of key establishment expected")
            self.station = stations.make(device, self.random, credentials[0])


def _has_display(station: "Any") -> bool:
    return kind_rows.find(station.device.kind).has_display


def entry(name: str, octets: bytes) -> bytes:
    """One entry of WRITE and SET."""
    key = name.encode()
    return bytes((len(key),)) + key + len(octets).to_bytes(2, "big") + octets


def _entries(body: bytes) -> "dict[str, bytes | None]":
    found: dict[str, bytes | None] = {}
    at = 0
    while at < len(body):
        start = at + 1 + body[at]
        end = start + 2
        if end <= len(body):
            end += body[start] << 8 | body[start + 1]
        if end > len(body):
            raise ValueError("an entry that is whole expected")
        found[str(body[at + 1 : start], "utf-8")] = body[start + 2 : end]
        at = end
    return found


def identity(device: "Any") -> bytes:
    """Who a device is: EUI-64, the last counter accepted of any party (8), its certificate for
    signatures behind its length (2), its kind."""
    anchors = device.anchors
    roles = () if anchors is None else range(16)  # an IHD has none
    last = max([0] + [anchors.counter(role) for role in roles])
    certificate = device.store.get("own/certificate/ds") or b""
    out: bytes = device.eui + last.to_bytes(8, "big")
    return out + len(certificate).to_bytes(2, "big") + certificate + device.kind.encode()


def inspected(device: "Any", station: "Any") -> bytes:
    """What a test may know of a meter: no key is in it but by its hash.

    Joined (1), install code there (1), network (8), trust centre (8), hash of the link key (16),
    zeros where there is none; the security log as times (4) and codes (2), behind its count (2);
    and why joining failed last.
    """
    out = bytes((device.is_joined(), device.has_install_code()))
    out += (device.network() or bytes(8)) + (device.hub() or bytes(8))
    out += device.hashed_key() or bytes(16)
    log = device.security_log()
    out += len(log).to_bytes(2, "big")
    for time, code in log:
        out += time.to_bytes(4, "big") + code.to_bytes(2, "big")
    return out + station.problem.encode()
