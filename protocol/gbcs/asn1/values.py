"""The values inside DER elements that hold no other elements: read, checked, and written back.

`read` and `write` go by the number of the universal type. Nothing comes out of `read` that
`write` would not turn into the same octets.
Source: ITU-T X.690, sections 8 and 11; X.680, section 41 (characters).
"""

from gbcs.errors import DecodeError, EncodeError

MAX_INTEGER = 64  # octets; a signature's r and s have 33, serial numbers 20
MAX_OID = 64
MAX_BITS = 1024  # that are not whole octets
SHORT_BITS = 32  # up to here a BIT STRING is a str of 0 and 1

_PRINTABLE = b" '()+,-./:=?"


def read(number: int, data: bytes, start: int, stop: int, field: str) -> "object":
    """The value in `data[start:stop]` of the universal type `number`; DecodeError."""
    if number == 4:
        return data[start:stop]
    if number == 2 or number == 10:
        return read_integer(data, start, stop, field)
    if number == 3:
        return read_bits(data, start, stop, field)
    if number == 6:
        return read_oid(data, start, stop, field)
    if number == 24 or number == 23:
        octets = data[start:stop]
        if not is_time(octets, number):
            raise DecodeError(_TIMES[number - 23] + " expected", start, field)
        return str(octets, "utf-8")
    if number == 5:
        if stop != start:
            raise DecodeError("0 octets expected, found %d" % (stop - start), start, field)
        return None
    if number == 1:
        if stop - start != 1 or data[start] not in b"\x00\xff":
            raise DecodeError("00 or FF, one octet, expected", start, field)
        return data[start] == 0xFF
    octets = data[start:stop]
    if number not in _CHARACTERS:
        return octets
    if not is_text(octets, number):
        raise DecodeError("characters of the string's type expected", start, field)
    return str(octets, "utf-8")


def write(number: int, value: "object", field: str) -> bytes:
    """The contents octets of a value; EncodeError where the type has no such value."""
    if number == 2 or number == 10:
        return write_integer(value, field)
    if number == 3:
        return write_bits(value, field)
    if number == 5:
        if value is None:
            return b""
        raise EncodeError("None expected", field)
    if number == 1:
        if value is True:
            return b"\xff"
        if value is False:
            return b"\x00"
        raise EncodeError("True or False expected", field)
    if number == 6:
        return write_oid(value, field)
    if number in _CHARACTERS or number == 23 or number == 24:
        if isinstance(value, str):
            try:
                octets = value.encode("utf-8")
            except ValueError:  # half a surrogate pair
                raise EncodeError("characters expected", field) from None
            if is_time(octets, number) if number > 22 and number < 25 else is_text(octets, number):
                return octets
        raise EncodeError(
            (_TIMES[number - 23] if number in (23, 24) else "a string of its characters")
            + " expected",
            field,
        )
    if number < 0x30 and isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise EncodeError("%s expected" % ("octets" if number < 0x30 else "a list"), field)


def read_integer(data: bytes, start: int, stop: int, field: str) -> int:
    """Two's complement in its shortest form."""
    size = stop - start
    if not 0 < size <= MAX_INTEGER:
        raise DecodeError("1 to %d octets expected, found %d" % (MAX_INTEGER, size), start, field)
    first = data[start]
    if size > 1 and (first == 0 or first == 0xFF) and (first ^ data[start + 1]) < 0x80:
        raise DecodeError("an integer in its shortest form expected", start, field)
    value = int.from_bytes(data[start:stop], "big")
    return value - (1 << 8 * size) if first > 0x7F else value


def write_integer(value: "object", field: str) -> bytes:
    """The shortest two's complement."""
    if type(value) is not int:
        raise EncodeError("an integer expected", field)
    if -1 << 8 * MAX_INTEGER - 1 <= value < 1 << 8 * MAX_INTEGER - 1:
        digits = "%x" % (value if value >= 0 else -1 - value)
        size = (len(digits) + 1) // 2
        if len(digits) % 2 == 0 and digits[0] > "7":
            size += 1
        return (value if value >= 0 else value + (1 << 8 * size)).to_bytes(size, "big")
    raise EncodeError("at most %d octets expected" % MAX_INTEGER, field)


def read_bits(data: bytes, start: int, stop: int, field: str) -> "bytes | str":
    """Octets when they are whole and more than four, else a str of 0 and 1."""
    if start == stop:
        raise DecodeError("1 octet or more expected, found 0", start, field)
    unused = data[start]
    bits = 8 * (stop - start - 1) - unused
    if unused > 7 or bits < 0:
        raise DecodeError("a count of unused bits expected, found %d" % unused, start, field)
    if unused == 0 and bits > SHORT_BITS:
        return data[start + 1 : stop]
    if bits > MAX_BITS:
        raise DecodeError("whole octets expected, found %d bits" % bits, start, field)
    value = int.from_bytes(data[start + 1 : stop], "big")
    if value & ((1 << unused) - 1):
        raise DecodeError("unused bits of 0 expected", stop - 1, field)
    return bin((1 << bits) | value >> unused)[3:]


def write_bits(value: "object", field: str) -> bytes:
    """The count of unused bits, and the octets."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return b"\x00" + bytes(value)
    if not isinstance(value, str) or value.count("0") + value.count("1") != len(value):
        raise EncodeError("octets, or a string of 0 and 1, expected", field)
    if len(value) > MAX_BITS:
        raise EncodeError("at most %d bits expected, or octets" % MAX_BITS, field)
    unused = -len(value) % 8
    size = (len(value) + unused) // 8
    return bytes((unused,)) + (int("0" + value, 2) << unused).to_bytes(size, "big")


oids: "dict[bytes, str]" = {}  # those read lately: a certificate has ten, of a dozen kinds
_oid_octets: "dict[str, bytes]" = {}
_MEMORY = 32


def read_oid(data: bytes, start: int, stop: int, field: str) -> str:
    """An object identifier, dotted."""
    octets = data[start:stop]
    text = oids.get(octets)
    if text is not None:
        return text
    if not 0 < stop - start <= MAX_OID or octets[-1] > 0x7F:
        raise DecodeError("an object identifier of at most 64 octets expected", start, field)
    arcs: list[str] = []
    arc = 0
    for index in range(len(octets)):
        octet = octets[index]
        if octet == 0x80 and arc == 0:
            raise DecodeError("an arc in its shortest form expected", start + index, field)
        arc = arc << 7 | octet & 0x7F
        if octet < 0x80:
            if not arcs:
                first = 2 if arc > 79 else arc // 40
                arcs.append(str(first))
                arc -= 40 * first
            arcs.append(str(arc))
            arc = 0
    text = ".".join(arcs)
    if len(oids) < _MEMORY:
        oids[octets] = text
    return text


def write_oid(value: "object", field: str) -> bytes:
    """The octets of a dotted object identifier."""
    if not isinstance(value, str):
        raise EncodeError("an object identifier expected", field)
    known = _oid_octets.get(value)
    if known is not None:
        return known
    words = value.split(".")
    arcs = []
    for word in words:
        if not 0 < len(word) < 200 or [c for c in word if c not in "0123456789"]:
            break
        if word[0] == "0" and len(word) > 1:
            break
        arcs.append(int(word))
    if len(arcs) != len(words) or len(arcs) < 2 or arcs[0] > 2 or (arcs[0] < 2 and arcs[1] > 39):
        raise EncodeError("an object identifier expected", field)
    arcs[1] += 40 * arcs[0]
    octets = b""
    for arc in arcs[1:]:
        tail = bytes((arc & 0x7F,))
        arc >>= 7
        while arc:
            tail = bytes((0x80 | arc & 0x7F,)) + tail
            arc >>= 7
        octets += tail
    if len(octets) > MAX_OID:
        raise EncodeError("an object identifier of at most 64 octets expected", field)
    if len(_oid_octets) < _MEMORY:
        _oid_octets[value] = octets
    return octets


_TIMES = ("a time YYMMDDHHMMSSZ", "a time YYYYMMDDHHMMSSZ")
_DAYS = b"\x1f\x1c\x1f\x1e\x1f\x1e\x1f\x1f\x1e\x1f\x1e\x1f"


def is_time(octets: bytes, number: int = 24) -> bool:
    """Whether the octets are a UTCTime (23) or GeneralizedTime (24) in UTC, a date that exists.

    No fractions of a second, no 60th second. A UTCTime's year is of 1950 to 2049 (RFC 5280).
    """
    size = 14 if number == 24 else 12
    if len(octets) != size + 1 or octets[size] != 0x5A or not octets[:size].isdigit():
        return False
    clock = int(octets[size - 6 : size])
    if clock > 235959 or clock % 100 > 59 or clock % 10000 > 5959:
        return False
    date = int(octets[: size - 6])
    day = date % 100
    month = date // 100 % 100
    if not 1 <= month <= 12 or day < 1 or (date < 10000 and number == 24):
        return False
    if day <= 28:
        return True
    if month == 2:
        year = date // 10000  # a UTCTime's 00 is 2000, a leap year
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return leap and day == 29
    return day <= _DAYS[month - 1]


_CHARACTERS = b"\x0c\x12\x13\x16\x1a"  # the types of strings that are shown as text


def is_text(octets: bytes, number: int) -> bool:
    """Whether these are characters of the string type `number`, in its encoding."""
    if number == 0x0C:
        return _is_utf8(octets)
    for octet in octets:
        if number == 0x16:
            good = octet < 0x80
        elif number == 0x1A:
            good = 0x20 <= octet < 0x7F
        else:
            good = 0x30 <= octet <= 0x39 or octet == 0x20
            if number == 0x13 and not good:
                good = 0x41 <= octet & 0xDF <= 0x5A or octet in _PRINTABLE
        if not good:
            return False
    return True


def _is_utf8(octets: bytes) -> bool:
    """Both Pythons alike: shortest forms only, no surrogates, nothing past U+10FFFF."""
    more = 0
    least = 0
    code = 0
    for octet in octets:
        if more:
            if octet & 0xC0 != 0x80:
                return False
            code = code << 6 | octet & 0x3F
            more -= 1
            if not more and (code < least or 0xD800 <= code < 0xE000 or code > 0x10FFFF):
                return False
        elif octet >= 0xC2:
            if octet >= 0xF5:
                return False
            more = 1 if octet < 0xE0 else 2 if octet < 0xF0 else 3
            least = (0, 0x80, 0x800, 0x10000)[more]
            code = octet & (0x3F >> more)
        elif octet > 0x7F:
            return False
    return not more
