"""DLMS payloads as octets: the way back from `dlms.decode`."""

from gbcs.axdr.encoder import write
from gbcs.compat import TYPE_CHECKING
from gbcs.errors import EncodeError
from gbcs.octets import length_octets

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.record import Record

_NUMBERS = {"get": 1, "set": 2, "action": 3, "get-with-selection": 4, "set-with-selection": 5}
_TAGS = {"AccessRequest": 0xD9, "AccessResponse": 0xDA, "DataNotification": 0x0F}


def encode(record: "Record") -> bytes:
    """The octets of a payload of gbcs.dlms.dlms; EncodeError where it has none."""
    name = type(record).__name__
    payload: Any = record
    if not 0 <= payload.invoke_id <= 0xFFFFFFFF:
        raise EncodeError("4 octets expected", "invoke_id")
    if len(payload.date_time) not in (0, 12):
        raise EncodeError("0 or 12 octets expected", "date_time")
    out = bytearray()
    out.append(_TAGS[name])
    out += payload.invoke_id.to_bytes(4, "big")
    out.append(len(payload.date_time))
    out += payload.date_time
    if name == "DataNotification":
        write(out, (payload.body,))
        return bytes(out)
    items = payload.items
    if name == "AccessRequest":
        _write_specifications(out, items)
    elif payload.specification is None:
        out.append(0)
    else:
        if len(payload.specification) != len(items):
            raise EncodeError("as many specifications as items expected", "specification")
        out.append(1)
        _write_specifications(out, payload.specification)
    out += length_octets(len(items))
    write(out, [item[-1] for item in items])
    if name == "AccessResponse":
        out += length_octets(len(items))
        for label, choice, result, _ in items:
            number = _NUMBERS.get(choice, 4)
            if number > 3:
                raise EncodeError("get, set or action expected", label or "choice")
            if type(result) is not int or not 0 <= result <= 0xFF:
                raise EncodeError("a result from 0 to 255 expected", label or "result")
            out.append(number)
            out.append(result)
    return bytes(out)


def _write_specifications(out: bytearray, items: "list[Any]") -> None:
    out += length_octets(len(items))
    append = out.append
    for item in items:
        number = _NUMBERS.get(item[1])
        class_id = item[2]
        obis = item[3]
        index = item[4]
        selection = item[5]
        if number is None:
            raise EncodeError("get, set, action, ... expected", item[0] or "choice")
        if not 0 <= class_id <= 0xFFFF or len(obis) != 6 or not -0x80 <= index <= 0x7F:
            raise EncodeError("class, OBIS code and index expected", item[0] or "")
        append(number)
        append(class_id >> 8)
        append(class_id & 0xFF)
        out += obis
        append(index & 0xFF)
        if number < 4 and selection is None:
            continue
        if number < 4 or selection is None:
            raise EncodeError("a selection goes with a choice that has one", item[0] or "")
        parts = selection[2]
        if type(parts) is not list or len(parts) != 2 or parts[0][1] != "unsigned":
            raise EncodeError("a selector and its parameters expected", "selection")
        if type(parts[0][2]) is not int or not 0 <= parts[0][2] <= 0xFF:
            raise EncodeError("an octet expected", "access_selector")
        append(parts[0][2])
        write(out, parts[1:])
