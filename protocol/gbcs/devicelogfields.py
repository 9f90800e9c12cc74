"""The device logs as DLMS fields, in CCS01, CCS02, CCS03, CCS07 and CS14, and as octets to keep.

Every `..._field` has a `read_...` beside it that takes such a field from a decoded message. What
a message holds decides by types and order alone, names count for nothing.

    CCS01   register_device    { EUI-64, key type 1, install code(16), device type }
    CCS02   unregister_device  EUI-64
    CCS03   restore_PAN        { extended PAN id, [ { EUI-64, hash } ] }
    CCS07   backup_PAN         { date-time, extended PAN id, [ { EUI-64, hash or nothing } ] }
    CS14    { alert code 8F12, date-time, backup_PAN }

Sources: the message templates of these use cases; the reference messages, octet for octet.
"""

from hashlib import sha256

from gbcs.compat import TYPE_CHECKING, const
from gbcs.devicelog import MAX_DEVICES, MAX_HISTORIC, DeviceLog, Entry, LogRefused
from gbcs.errors import DecodeError
from gbcs.octets import Reader
from gbcs.record import Record

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.axdr.types import Field

INSTALL_CODE = const(1)  # the key type
DEVICE_LOG_CHANGED = const(0x8F12)  # the alert code of CS14

_DEVICE_TYPES = "enum:0=ESME,1=GSME,13=HCALCS,128=IHD,130=CAD,132=PPMID,254=GPF"


class WrongFields(LogRefused):
    """The data of a command is not what its template has."""

    result = 12  # type-unmatched


class Backup(Record):
    """A log as backup_PAN gives it: `devices` is a list of (EUI-64, hashed key or b"").

    `date_time` is a COSEM date-time, 12 octets; `extended_pan_id` 8 octets.
    """

    __slots__ = ("date_time", "extended_pan_id", "devices")

    def __init__(
        self, date_time: bytes, extended_pan_id: bytes, devices: "list[tuple[bytes, bytes]]"
    ) -> None:
        self.date_time = date_time
        self.extended_pan_id = extended_pan_id
        self.devices = devices


def backup(log: DeviceLog, date_time: bytes) -> Backup:
    """The device log at that time."""
    return Backup(
        date_time, log.extended_pan_id, [(entry.mac, entry.hashed) for entry in log.entries]
    )


def historic_backup(log: DeviceLog, date_time: bytes) -> Backup:
    """The historic device log at that time."""
    return Backup(
        date_time, log.extended_pan_id, [(entry.mac, entry.hashed) for entry in log.historic]
    )


def registration_field(mac: bytes, code: bytes, device_type: int) -> "Field":
    """The data of register_device; `code` is the install code without its CRC."""
    return (
        "register_device",
        "structure",
        [
            ("ieee_address", "octet-string", mac, "eui64"),
            ("key_type", "enum", INSTALL_CODE, "enum:1=install code"),
            ("key", "octet-string", code, None),
            ("device_type", "enum", device_type, _DEVICE_TYPES),
        ],
        None,
    )


def read_registration(field: "Field") -> "tuple[bytes, bytes, int]":
    """EUI-64, install code and device type; WrongFields."""
    mac, kind, code, device_type = _parts(field, 4)
    if _value(kind, "enum") != INSTALL_CODE:
        raise WrongFields("an install code (key type 1) expected")
    return _octets(mac, 8), _octets(code, 16), _value(device_type, "enum")


def removal_field(mac: bytes) -> "Field":
    """The data of unregister_device."""
    return ("unregister_device", "octet-string", mac, "eui64")


def read_removal(field: "Field") -> bytes:
    """The EUI-64 of the device to remove; WrongFields."""
    return _octets(field, 8)


def restore_field(extended_pan_id: bytes, devices: "list[tuple[bytes, bytes]]") -> "Field":
    """The data of restore_PAN."""
    parts: Any = [("extended_PAN_ID", "octet-string", extended_pan_id, "eui64")]
    parts.append(("devices_to_restore", "array", _devices(devices), None))
    return ("restore_PAN", "structure", parts, None)


def read_restore(field: "Field") -> "tuple[bytes, list[tuple[bytes, bytes]]]":
    """Extended PAN id and devices; WrongFields."""
    pan, devices = _parts(field, 2)
    return _octets(pan, 8), _read_devices(devices)


def backup_field(saved: Backup) -> "Field":
    """What backup_PAN returns."""
    parts: Any = [
        ("date-time", "octet-string", saved.date_time, "date-time"),
        ("extended_PAN_ID", "octet-string", saved.extended_pan_id, "eui64"),
        ("devices_to_backup", "array", _devices(saved.devices), None),
    ]
    return ("backup_PAN", "structure", parts, None)


def read_backup(field: "Field") -> Backup:
    """The backup in a field of CCS07 or CS14; WrongFields."""
    date_time, pan, devices = _parts(field, 3)
    return Backup(_octets(date_time, 12), _octets(pan, 8), _read_devices(devices))


def alert_field(saved: Backup) -> "Field":
    """The body of CS14; the alert's time is the backup's."""
    parts: Any = [
        ("alert_code", "long-unsigned", DEVICE_LOG_CHANGED, "names:alert"),
        ("time", "octet-string", saved.date_time, "date-time"),
        backup_field(saved),
    ]
    return ("body", "structure", parts, None)


def read_alert(field: "Field") -> Backup:
    """The backup in the body of CS14; WrongFields."""
    code, _, body = _parts(field, 3)
    if _value(code, "long-unsigned") != DEVICE_LOG_CHANGED:
        raise WrongFields("alert code 8F12 expected")
    return read_backup(body)


def _devices(devices: "list[tuple[bytes, bytes]]") -> "list[Field]":
    fields: list[Field] = []
    for mac, hashed in devices:
        parts: Any = [
            ("MAC_address", "octet-string", mac, "eui64"),
            ("hashed_TC_link_key", "octet-string", hashed, None),
        ]
        fields.append((None, "structure", parts, None))
    return fields


def _read_devices(field: "Field") -> "list[tuple[bytes, bytes]]":
    devices = _value(field, "array")
    if len(devices) > MAX_DEVICES:
        raise WrongFields("at most %d devices expected" % MAX_DEVICES)
    pairs = []
    for device in devices:
        mac, hashed = _parts(device, 2)
        octets = _value(hashed, "octet-string")
        pairs.append((_octets(mac, 8), _octets(hashed, 16) if octets else b""))
    return pairs


def _value(field: "Field", kind: str) -> "Any":
    if field[1] != kind:
        raise WrongFields("%s expected, found %s" % (kind, field[1]))
    return field[2]


def _parts(field: "Field", count: int) -> "list[Field]":
    parts: list[Field] = _value(field, "structure")
    if len(parts) != count:
        raise WrongFields("a structure of %d expected, found %d" % (count, len(parts)))
    return parts


def _octets(field: "Field", size: int) -> bytes:
    octets: bytes = _value(field, "octet-string")
    if len(octets) != size:
        raise WrongFields("%d octets expected, found %d" % (size, len(octets)))
    return octets


# Both logs as octets: "DL", version, flags, extended PAN id, two counts, entries, checksum
_MAGIC = b"DL\x01"
_SPLIT = const(1)
_INSTALL_KEY, _LINK_KEY, _HASHED, _HAND_HELD, _TYPE = 1, 2, 4, 8, 16
_CHECKSUM_SIZE = const(4)


def to_octets(log: DeviceLog) -> bytes:
    """Both logs for a store, at most 1,576 octets, keys in clear. Joining is not kept: it ends."""
    out = bytearray(_MAGIC)
    out.append(_SPLIT if log.split else 0)
    out += log.extended_pan_id
    out += bytes((len(log.entries), len(log.historic)))
    for entry in log.entries + log.historic:
        flags = _HAND_HELD if entry.hand_held else 0
        keys = b""
        if entry.device_type is not None:
            flags |= _TYPE
        if entry.install_key is not None:
            flags |= _INSTALL_KEY
            keys += entry.install_key
        if entry.link_key is not None:
            flags |= _LINK_KEY
            keys += entry.link_key
        if entry.hashed:
            flags |= _HASHED
            keys += entry.hashed
        out += entry.mac + bytes((flags, entry.device_type or 0)) + keys
    return bytes(out) + sha256(out).digest()[:_CHECKSUM_SIZE]


def from_octets(octets: bytes) -> DeviceLog:
    """The logs that `to_octets` was given; DecodeError where the octets are others."""
    end = len(octets) - _CHECKSUM_SIZE
    reader = Reader(octets, 0, max(end, 0))
    reader.expect(_MAGIC, "version")
    if sha256(octets[:end]).digest()[:_CHECKSUM_SIZE] != octets[end:]:
        raise DecodeError("another checksum expected", end, "checksum")
    flags = reader.octet("flags")
    if flags > _SPLIT:
        raise DecodeError("00 or 01 expected, found %02X" % flags, reader.offset - 1, "flags")
    log = DeviceLog(reader.take(8, "extended_pan_id"), flags == _SPLIT)
    listed = reader.octet("devices")
    historic = reader.octet("historic_devices")
    if listed > MAX_DEVICES or historic > MAX_HISTORIC:
        raise DecodeError("at most 16 and 15 entries expected", reader.offset - 2, "devices")
    for _ in range(listed):
        log.entries.append(_entry(reader, log.entries))
    for _ in range(historic):
        log.historic.append(_entry(reader, log.historic))
    reader.finish("devices")
    return log


def _entry(reader: Reader, others: "list[Entry]") -> Entry:
    at = reader.offset
    mac = reader.take(8, "mac")
    if any(listed.mac == mac for listed in others):
        raise DecodeError("each device once expected", at, "mac")
    flags = reader.octet("flags")
    if flags > 31:
        raise DecodeError("00 to 1F expected, found %02X" % flags, at + 8, "flags")
    device_type = reader.octet("device_type")
    return Entry(
        mac,
        device_type if flags & _TYPE else None,
        flags & _HAND_HELD != 0,
        reader.take(16, "install_key") if flags & _INSTALL_KEY else None,
        reader.take(16, "link_key") if flags & _LINK_KEY else None,
        reader.take(16, "hashed") if flags & _HASHED else b"",
    )
