"""The hub's two logs: which devices may be on the HAN, and the link keys of those that were.

The CHF Device Log lists at most 16 devices. CCS01 adds one, CCS02 removes one and keeps its trust
centre link key in the Historic Device Log (at most 15), CCS03 replaces the list by a backup. What
changes the list or a hashed key in it returns True: alert CS14 is due then, and carries
`gbcs.devicelogfields.backup`, as CCS07 does for both logs.

A device that CCS01 adds may join with the key of its install code. One that the historic log
knows may first come back under its old key: within the first half of the join time-out, and join
with the install code within the second (older rule: each for the whole time-out).

Times are milliseconds and passed in. A backup has hashes of keys alone: a restored device's link
key is unknown until it has agreed on a new one, and the hash, as given, stands for it.

Sources: use cases CCS01, CCS02, CCS03, CCS07 and CS14; CHTS 4.6.2.1, 4.6.3.15; ZigBee Smart
Energy 5.4.2.2.3 (swapping a trust centre).
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import Refused
from gbcs.record import Record

if TYPE_CHECKING:
    from gbcs.interfaces import Crypto

MAX_DEVICES = const(16)
MAX_HISTORIC = const(15)
GPF = const(254)  # its type in CCS01: on the list, but no link key with the hub

# What a key is that a device may use now
LINK_KEY = "link key"
HASHED_KEY = "hashed link key"  # the old hub's, restored: the device has to agree on a new one
HISTORIC_KEY = "historic link key"
INSTALL_CODE_KEY = "install code key"


class LogRefused(Refused):
    """What a log does not allow; `result` is the DLMS result that the sender is told."""

    result = 250  # other-reason


class LogFull(LogRefused):
    """Sixteen devices are listed."""


class NotListed(LogRefused):
    """The device is not in the device log."""


class NotAllowed(LogRefused):
    """The device is listed, but not with such a key, or not now."""


class Entry(Record):
    """One device of either log.

    `mac` is its EUI-64, eight octets; `device_type` the number of CCS01, None where a backup named
    the device. Keys are 16 octets or None: `install_key`, made of the install code; `link_key`,
    the trust centre link key agreed on. `hashed` is the latter's AES-MMO hash, or that of a
    backup, or b"". `hand_held` marks a hand-held terminal, which the historic log does not keep.
    """

    __slots__ = ("mac", "device_type", "hand_held", "install_key", "link_key", "hashed")

    def __init__(
        self,
        mac: bytes,
        device_type: "int | None" = None,
        hand_held: bool = False,
        install_key: "bytes | None" = None,
        link_key: "bytes | None" = None,
        hashed: bytes = b"",
    ) -> None:
        self.mac = mac
        self.device_type = device_type
        self.hand_held = hand_held
        self.install_key = install_key
        self.link_key = link_key
        self.hashed = hashed

    def __repr__(self) -> str:  # keys are not for logs
        return "Entry(mac=%s, device_type=%s, hashed=%s)" % (
            "".join(["%02x" % octet for octet in self.mac]),
            self.device_type,
            "".join(["%02x" % octet for octet in self.hashed]),
        )


class DeviceLog:
    """Both logs of one hub, oldest entries first, and who may join at the moment.

    `extended_pan_id` names the network, eight octets: of a new hub the GPF's EUI-64, after CCS03
    the old hub's. `split` is the rule of two halves; False the older one.
    """

    def __init__(self, extended_pan_id: bytes, split: bool = True) -> None:
        if len(extended_pan_id) != 8:
            raise ValueError("an extended PAN id has eight octets")
        self.extended_pan_id = extended_pan_id
        self.split = split
        self.entries: list[Entry] = []
        self.historic: list[Entry] = []
        self._open: dict[bytes, tuple[int, int]] = {}  # from when, for how long each phase lasts

    def copy(self) -> "DeviceLog":
        """Another such log, which changes by itself."""
        copied = DeviceLog(self.extended_pan_id, self.split)
        for originals, entries in (
            (self.entries, copied.entries),
            (self.historic, copied.historic),
        ):
            for entry in originals:
                entries.append(
                    Entry(
                        entry.mac,
                        entry.device_type,
                        entry.hand_held,
                        entry.install_key,
                        entry.link_key,
                        entry.hashed,
                    )
                )
        copied._open = dict(self._open)
        return copied

    def find(self, mac: bytes) -> "Entry | None":
        """The device's entry in the device log."""
        return _find(self.entries, mac)

    def find_historic(self, mac: bytes) -> "Entry | None":
        """The device's entry in the historic log."""
        return _find(self.historic, mac)

    def register(
        self,
        mac: bytes,
        device_type: "int | None",
        install_key: "bytes | None",
        hand_held: bool = False,
    ) -> bool:
        """CCS01: lists a device, with the key that `gbcs.installcode` makes of its install code.

        A device that is listed stays as it is, keys and all, and nothing has changed. LogFull
        where sixteen others are.
        """
        if len(mac) != 8 or (install_key is not None and len(install_key) != 16):
            raise ValueError("an EUI-64 of 8 octets and a key of 16 expected")
        if self.find(mac) is not None:
            return False
        if len(self.entries) >= MAX_DEVICES:
            raise LogFull("%d devices are listed" % MAX_DEVICES)
        if device_type == GPF:
            install_key = None
        self.entries.append(Entry(mac, device_type, hand_held, install_key))
        return True

    def open_joining(self, mac: bytes, join_timeout_s: int, now: int) -> None:
        """CCS01: from `now`, the device may come back or join, as the rules have it; NotListed.

        A GPF, which is in the hub, and a device with a link key are not affected.
        """
        entry = self._listed(mac)
        if join_timeout_s < 0:
            raise ValueError("a time-out is not negative")
        if entry.device_type == GPF or entry.link_key is not None:
            return
        phase = join_timeout_s * 1000
        if self.split and self.find_historic(mac) is not None:
            phase //= 2
        self._open[mac] = (now, phase)

    def close_joining(self) -> None:
        """Nobody may join any more."""
        self._open = {}

    def is_joining(self, now: int) -> bool:
        """Whether any device may come back or join at `now`."""
        return any(self._phase(mac, now) for mac in self._open)

    def next_timer(self, now: int) -> "int | None":
        """When, after `now`, what `keys` says changes next by itself; None for never."""
        times = []
        for mac, (start, phase) in self._open.items():
            times.append(start + phase)
            if self.find_historic(mac) is not None:
                times.append(start + 2 * phase)
        times = [at for at in times if at > now]
        return min(times) if times else None

    def keys(self, mac: bytes, now: int) -> "list[tuple[str, bytes]]":
        """The keys under which the hub lets this device in at `now`, each with what it is.

        None for a device that is not listed, or that the join time-out has gone by for.
        """
        entry = self.find(mac)
        if entry is None or entry.device_type == GPF:
            return []
        if entry.link_key is not None:
            return [(LINK_KEY, entry.link_key)]
        allowed = [(HASHED_KEY, entry.hashed)] if entry.hashed else []
        phase = self._phase(mac, now)
        if phase == HISTORIC_KEY:
            old = self.find_historic(mac)
            if old is not None:
                allowed.append((HISTORIC_KEY, old.link_key or old.hashed))
        elif phase == INSTALL_CODE_KEY and entry.install_key is not None:
            allowed.append((INSTALL_CODE_KEY, entry.install_key))
        return allowed

    def returned(self, mac: bytes, now: int) -> bool:
        """The device has begun to talk under its historic key, which is its link key from now on.

        NotListed, or NotAllowed where its time to do so is not now.
        """
        entry = self._listed(mac)
        old = self.find_historic(mac)
        if old is None or entry.link_key is not None or self._phase(mac, now) != HISTORIC_KEY:
            raise NotAllowed("the historic key is not allowed now")
        entry.link_key = old.link_key
        entry.hashed = old.hashed
        self._open.pop(mac, None)
        return True

    def established(self, mac: bytes, link_key: bytes, crypto: "Crypto") -> bool:
        """The device and the hub have agreed on a trust centre link key; NotListed, NotAllowed.

        `crypto` is a back end of gbcs.crypto. False where the key is the one it had.
        """
        entry = self._listed(mac)
        if len(link_key) != 16:
            raise ValueError("a key of 16 octets expected")
        if entry.device_type == GPF:
            raise NotAllowed("a GPF has no link key with its hub")
        self._open.pop(mac, None)
        if entry.link_key == link_key:
            return False
        entry.link_key = link_key
        entry.hashed = crypto.aes_mmo(link_key)
        return True

    def remove(self, mac: bytes) -> bool:
        """CCS02: takes a device off the list; its key goes to the historic log; NotListed.

        The oldest of fifteen makes room. A device that is there already gets its new key, as the
        latest. One that never had a link key, a GPF and a hand-held terminal are not kept.
        """
        entry = self._listed(mac)
        if entry.hashed and not entry.hand_held and entry.device_type != GPF:
            self.historic = [old for old in self.historic if old.mac != mac]
            self.historic = self.historic[-(MAX_HISTORIC - 1) :]
            self.historic.append(
                Entry(mac, entry.device_type, False, None, entry.link_key, entry.hashed)
            )
        self.entries = [listed for listed in self.entries if listed.mac != mac]
        self._open.pop(mac, None)
        return True

    def restore(self, extended_pan_id: bytes, devices: "list[tuple[bytes, bytes]]") -> bool:
        """CCS03: the list becomes these devices, (EUI-64, hashed key or b""), the network theirs.

        LogFull for more than 16, NotAllowed for none, for one that is named twice, and where an
        octet string has another size; the log is as it was then. The historic log stays.
        """
        if not devices:
            raise NotAllowed("1 to 16 devices expected")
        if len(devices) > MAX_DEVICES:
            raise LogFull("at most %d devices expected" % MAX_DEVICES)
        entries: list[Entry] = []
        for mac, hashed in devices:
            if len(mac) != 8 or len(hashed) not in (0, 16) or _find(entries, mac) is not None:
                raise NotAllowed("devices named once, with a hash of 16 octets or none, expected")
            entries.append(Entry(mac, None, False, None, None, hashed))
        if len(extended_pan_id) != 8:
            raise NotAllowed("an extended PAN id of eight octets expected")
        self.extended_pan_id = extended_pan_id
        self.entries = entries
        self._open = {}
        return True

    def _listed(self, mac: bytes) -> Entry:
        entry = self.find(mac)
        if entry is None:
            raise NotListed("the device is not in the device log")
        return entry

    def _phase(self, mac: bytes, now: int) -> "str | None":
        """HISTORIC_KEY, INSTALL_CODE_KEY, or None: what the time lets a device do."""
        window = self._open.get(mac)
        if window is None:
            return None
        start, length = window
        if now < start:
            return None
        if self.find_historic(mac) is not None:
            if now < start + length:
                return HISTORIC_KEY
            start += length
        return INSTALL_CODE_KEY if now < start + length else None


def _find(entries: "list[Entry]", mac: bytes) -> "Entry | None":
    for entry in entries:
        if entry.mac == mac:
            return entry
    return None
