"""Decoded values as text for people: dates, identifiers, units, names.

Sources: DLMS UA 1000-1, 4.1.6.1 (date-time, date, time); IEC 62056-6-1 (OBIS codes); ZCL 07-5123,
2.6.2 (UTCTime, date, time of day); GBCS 9.2 (a date-time of zeros is now).
"""

import datetime
from collections.abc import Callable
from typing import Any

from gbcs import codes

_ZCL_EPOCH = datetime.datetime(2000, 1, 1)


def eui64(octets: bytes) -> str:
    """An EUI-64 as text: 00-DB-12-34-56-78-90-A0."""
    return "-".join("%02X" % octet for octet in octets)


def eui64_octets(text: str) -> bytes:
    """The eight octets of an EUI-64 in hex, with or without separators. Raises ValueError."""
    octets = bytes.fromhex(text.replace("-", "").replace(":", "").replace(" ", ""))
    if len(octets) != 8:
        raise ValueError("an EUI-64 of 8 octets expected, found %d in '%s'" % (len(octets), text))
    return octets


def meaning(kind: str, value: "object", hint: "str | None") -> "str | None":
    """The meaning of `value`, of wire type `kind`, in words; None where the hint gives none.

    Without a hint, identifiers are given as documents have them, in hex.
    """
    hint = hint or _HINTS.get(kind)
    if hint is None or value is None:
        return None
    key, _, rest = hint.partition(":")
    reader = _READERS.get(key)
    if reader is None:
        return None
    try:
        return reader(value, rest)
    except (ValueError, OverflowError, TypeError, AttributeError, LookupError):
        return None  # the value is not of the form that the hint names: it is shown without


def parts(octets: bytes, hint: "str | None") -> "dict[str, str] | None":
    """The parts of octets by name, in hex: of an encrypted block, or those that the hint lists.

    None where there are none. Source of the encrypted block: GBCS 8.5.
    """
    if hint == "encrypted" and octets[:1] == b"\x31" and len(octets) >= 17:
        hint = "parts:security_control/1,invocation_counter/4,ciphertext/%d,tag/12" % (
            len(octets) - 17
        )
    if hint is None or not hint.startswith("parts:"):
        return None
    pieces, at = {}, 0
    for part in hint[6:].split(","):
        name, _, size = part.partition("/")
        pieces[name] = octets[at : at + int(size)].hex().upper()
        at += int(size)
    return pieces if at == len(octets) else None


def cosem_date_time(octets: bytes) -> "str | None":
    """A COSEM date-time of 12 octets as text, `*` for fields not specified; None for others.

    The deviation, if it is given, is shown as hours and minutes ahead of UTC.
    """
    if len(octets) != 12:
        return None
    if octets == bytes(12):
        return "now"
    if octets == b"\xff" * 12:
        return "never"
    text = "%s %s" % (cosem_date(octets[:5]), cosem_time(octets[5:9]))
    deviation = int.from_bytes(octets[9:11], "big", signed=True)  # minutes from local time to UTC
    if deviation != -0x8000:
        ahead = -deviation
        sign = "-" if ahead < 0 else "+"
        text += " %s%02d:%02d" % (sign, abs(ahead) // 60, abs(ahead) % 60)
    status = octets[11]
    flags = [word for bit, word in _CLOCK_STATUS if status != 0xFF and status & bit]
    return text + (" (%s)" % ", ".join(flags) if flags else "")


_CLOCK_STATUS = (
    (0x01, "invalid"),
    (0x02, "doubtful"),
    (0x04, "other clock base"),
    (0x08, "invalid status"),
    (0x80, "daylight saving"),
)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def cosem_date(octets: bytes) -> "str | None":
    """A COSEM date of 5 octets as text, `*` for fields not specified; None for other octets."""
    if len(octets) != 5:
        return None
    year = int.from_bytes(octets[:2], "big")
    month = {0xFE: "DST begins", 0xFD: "DST ends", 0xFF: "**"}.get(octets[2], "%02d" % octets[2])
    day = {0xFE: "last", 0xFD: "last but one", 0xFF: "**"}.get(octets[3], "%02d" % octets[3])
    text = "%s-%s-%s" % ("****" if year == 0xFFFF else "%04d" % year, month, day)
    return text + (" " + _WEEKDAYS[octets[4] - 1] if 1 <= octets[4] <= 7 else "")


def cosem_time(octets: bytes) -> "str | None":
    """A COSEM time of 4 octets as text, `*` for fields not specified; None for other octets."""
    if len(octets) != 4:
        return None
    text = ":".join("**" if octet == 0xFF else "%02d" % octet for octet in octets[:3])
    return text + (".%02d" % octets[3] if octets[3] not in (0, 0xFF) else "")


def _date_time(value: bytes, rest: str) -> "str | None":
    return cosem_date_time(value)


def _date(value: bytes, rest: str) -> "str | None":
    return cosem_date(value)


def _time(value: bytes, rest: str) -> "str | None":
    return cosem_time(value)


def _utc(value: int, rest: str) -> "str | None":
    if value == 0:
        return "now"
    if value >= 0xFFFFFFFE:
        return "not set" if value == 0xFFFFFFFF else "cancel"
    return (_ZCL_EPOCH + datetime.timedelta(seconds=value)).strftime("%Y-%m-%d %H:%M:%S UTC")


def _generalized(value: str, rest: str) -> "str | None":
    if value == "99991231235959Z":
        return "never"
    return datetime.datetime.strptime(value, "%Y%m%d%H%M%SZ").strftime("%Y-%m-%d %H:%M:%S UTC")


def _eui(value: bytes, rest: str) -> "str | None":
    return eui64(value) if len(value) == 8 else None


def _obis(value: bytes, rest: str) -> "str | None":
    return "%d-%d:%d.%d.%d.%d" % tuple(value) if len(value) == 6 else None


def _text(value: bytes, rest: str) -> "str | None":
    text = value.decode("ascii")
    return text if text.isprintable() and text else None


def _unit(value: int, rest: str) -> "str | None":
    return "%d %s" % (value, rest)


def _names(value: int, rest: str) -> "str | None":
    return codes.name(rest, value)


def _enum(value: int, rest: str) -> "str | None":
    for pair in rest.split(","):
        number, _, word = pair.partition("=")
        if number == str(value) or (number[:2] == "0x" and int(number, 16) == value):
            return word
    return None


def _bits(value: str, rest: str) -> "str | None":
    words = dict(pair.split("=") for pair in rest.split(","))
    names = [words.get(str(at), "bit %d" % at) for at, bit in enumerate(value) if bit == "1"]
    return ", ".join(names) or None


def _zcl_date(value: bytes, rest: str) -> "str | None":
    if len(value) != 4:
        return None
    year = "****" if value[0] == 0xFF else "%04d" % (1900 + value[0])
    rest_ = ["**" if octet == 0xFF else "%02d" % octet for octet in value[1:3]]
    return "-".join([year, *rest_])


def obis_octets(text: str) -> bytes:
    """The six octets of an OBIS code in text such as 0-0:30.3.0.255. Raises ValueError."""
    octets = bytes(int(number) for number in text.replace("-", ".").replace(":", ".").split("."))
    if len(octets) != 6:
        raise ValueError(
            "an OBIS code of 6 numbers expected, found %d in '%s'" % (len(octets), text)
        )
    return octets


def _hex(value: int, rest: str) -> "str | None":
    return "0x%0*X" % (int(rest), value)


_HINTS = {"attribId": "hex:4", "clusterId": "hex:4"}  # by type, where a field has none of its own
_READERS: "dict[str, Callable[[Any, str], str | None]]" = {
    "bits": _bits,
    "zcl-date": _zcl_date,
    "zcl-time": _time,
    "date-time": _date_time,
    "date": _date,
    "time": _time,
    "utc": _utc,
    "generalized-time": _generalized,
    "eui64": _eui,
    "obis": _obis,
    "text": _text,
    "unit": _unit,
    "names": _names,
    "hex": _hex,
    "enum": _enum,
}
