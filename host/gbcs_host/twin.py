"""Twins: emulated devices that are given what a real one answered, and answer the same.

`load` takes a command and the response to it, and fills the device's data with what the response
holds, opened where it was encrypted; an item that failed becomes a fault of its object. Nothing
of the response's form is kept: the twin makes it anew.
"""

from typing import Any

from gbcs import axdr, dlms, message, payload, protect, zcltypes
from gbcs_device import clock, cosemserver, zclserver
from gbcs_host.keystore import KeyStore

_READ_RESPONSE, _DEFAULT = 0x01, 0x0B
_SUPPRESSED = 250  # other-reason: not carried out, since one before it failed


def load(device: Any, command: bytes, response: bytes, keys: KeyStore) -> None:
    """Gives `device` the data that `response` answered `command` with."""
    asked, answered = message.decode(command), message.decode(response)
    form = payload.use_case(asked).form
    changes: dict[str, bytes | None] = {}
    if form == payload.DLMS:
        _load_cosem(device, asked, answered, keys, changes)
    elif form == payload.GBZ:
        _load_zcl(device, asked, answered, keys, changes)
    if answered.supplementary_counter is not None:
        changes["own/counter"] = (answered.supplementary_counter - 1).to_bytes(8, "big")
    device.store.write(changes)


def _load_cosem(device: Any, asked: Any, answered: Any, keys: KeyStore, changes: Any) -> None:
    items = cosemserver.items_of(asked.octets, asked.content_start, asked.content_end)
    record = payload.decode(answered)
    for item, (_, choice, result, data) in zip(items, record.items, strict=True):
        kind = "M" if choice == "action" else "A"
        key = (item.class_id, item.obis, item.index)
        if result == _SUPPRESSED:
            continue
        if result:
            device.faults[(kind, *key)] = result
        elif kind == "M":
            if item.class_id == 30 and data[1] == "structure":
                _load_protected(item, data, answered, keys, changes)
            elif data[1] != "null-data":
                changes["m" + cosemserver.name_of(*key)[1:]] = axdr.encode(data)
        elif choice == "get":
            changes[cosemserver.name_of(*key)] = axdr.encode(data)


def _load_protected(item: Any, data: Any, answered: Any, keys: KeyStore, changes: Any) -> None:
    block = data[2][1][2]
    octets = protect.open_block(answered, block, protect.block_key(answered, keys), keys.crypto)
    wanted = cosemserver.object_list(item.octets, item.start, item.end)
    field = dlms.decode_plaintext(octets, answered.code)
    for key, value in zip(wanted, field[2], strict=True):
        changes[cosemserver.name_of(*key)] = axdr.encode(value)


def _load_zcl(device: Any, asked: Any, answered: Any, keys: KeyStore, changes: Any) -> None:
    parts = zclserver.parts_of(asked.octets, asked.content_start, asked.content_end)
    answers = _answers(answered, keys)
    for part in parts:
        own = []
        for sequence, frame_control, command, octets in answers:
            if sequence != part.sequence:
                continue
            if frame_control & 1:
                own.append((command, octets))
            elif command == _READ_RESPONSE:
                _load_attributes(device, part, octets, changes)
            elif command == _DEFAULT and octets[0] == part.command:
                if octets[1] not in (zclserver.SUCCESS, zclserver.NOT_FOUND):
                    key = ("C", part.cluster, part.frame_control & 8, part.command)
                    device.faults[key] = octets[1]
        if own:
            name = zclserver.answer_name(part.cluster, part.command, part.payload)
            changes[name] = zclserver.packed(own)


def _answers(answered: Any, keys: KeyStore) -> "list[tuple[int, int, int, bytes]]":
    """Sequence number, frame control, command and ZCL payload of each component, opened."""
    found = []
    octets, at = answered.octets, answered.content_start + 3
    while at < answered.content_end:
        stop = at + 5 + (octets[at + 3] << 8 | octets[at + 4])
        if octets[at] & 2:
            key = protect.block_key(answered, keys)
            opened = protect.open_block(answered, octets[at + 12 : stop], key, keys.crypto)
            found.append((octets[at + 8], octets[at + 7], octets[at + 9], opened))
        else:
            found.append((octets[at + 6], octets[at + 5], octets[at + 7], octets[at + 8 : stop]))
        at = stop
    return found


def _load_attributes(device: Any, part: Any, octets: bytes, changes: Any) -> None:
    at = 0
    while at < len(octets):
        identifier = octets[at] | octets[at + 1] << 8
        status = octets[at + 2]
        at += 3
        if status:
            if status != zclserver.UNSUPPORTED_ATTRIBUTE:
                device.faults["A", part.cluster, identifier] = status
            continue
        stop = zcltypes.skip_typed(octets, at, len(octets), "")
        changes[zclserver.attribute_name(part.cluster, identifier)] = octets[at:stop]
        at = stop


def moment_of(asked: Any, answered: Any) -> int:
    """When the response was made, as far as it says: milliseconds since 2000."""
    if answered.date_time:
        found = clock.from_date_time(answered.date_time)
        if found is not None:
            return found
    return clock.from_generalized("20150101000000Z")
