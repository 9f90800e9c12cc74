"""Twins: emulated devices that are given what a real one answered, and answer the same.

`load` takes a command and the response to it, and fills the device's data with what the response
holds, opened where it was encrypted; an item that failed becomes a fault of its object. Nothing
of the response's form is kept: the twin makes it anew.
"""

import json
import pathlib
from typing import Any

from gbcs import devicelogfields, message, payload, protect
from gbcs.asn1 import der, x509
from gbcs.axdr import axdr
from gbcs.devicelog import Entry
from gbcs.dlms import dlms
from gbcs.zcl import types
from gbcs_device.base import clock, names
from gbcs_device.messages import component, cosem_server
from gbcs_device.messages.trust_anchors import Cell, cell_of
from gbcs_host.decode.keystore import KeyStore

_LOG_CLASS, _UNREGISTER, _BACKUP = 104, 2, 4
_HISTORIC = bytes.fromhex("00001E0301FF")
_DATA = ("a/", "m/", "z/", "q/", "c/", "devices", "firmware/", "load/")
_READ_RESPONSE = 0x01
_CLOCK = bytes.fromhex("01 0008 0000010000FF 02")  # an item that reads the clock's time
_NO_IMAGE, _HASH_MISMATCH = 1, 2  # of CS06
_NO_CERTIFICATE = 11  # of CS03
_BY_THE_COMMAND = (0, 1, 2)  # results of a join that the command itself explains
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
    else:
        _load_asn1(device, asked, answered, keys, changes)
    if answered.date_time and answered.date_time[11] != 0xFF:
        device.time_status = answered.date_time[11]
    if answered.supplementary_counter is not None:
        changes["own/counter"] = (answered.supplementary_counter - 1).to_bytes(8, "big")
    device.store.write(changes)


def _load_cosem(device: Any, asked: Any, answered: Any, keys: KeyStore, changes: Any) -> None:
    items = cosem_server.items_of(asked.octets, asked.content_start, asked.content_end)
    record: Any = payload.decode(answered)
    for item, (_, choice, result, data) in zip(items, record.items, strict=True):
        kind = "M" if choice == "action" else "A"
        key = (item.class_id, item.obis, item.index)
        if result == _SUPPRESSED:
            continue
        if result:
            device.faults[(kind, *key)] = result
        elif kind == "M":
            if item.class_id == _LOG_CLASS:
                _load_log(device.log, item, data)
            elif item.class_id == 30 and data[1] == "structure":
                _load_protected(item, data, answered, keys, changes)
            else:
                changes["m" + names.name_of(*key)[1:]] = axdr.encode(data)
        elif choice == "get":
            changes[names.name_of(*key)] = axdr.encode(data)


def _load_log(log: Any, item: Any, data: Any) -> None:
    """What a hub's logs must have held for one of their methods to answer so."""
    if item.index == _UNREGISTER:
        field = axdr.decode(item.octets, item.start, item.end)[0]
        log.register(devicelogfields.read_removal(field), 0, None)
    elif item.index == _BACKUP:
        found = devicelogfields.read_backup(data)
        entries = [Entry(mac, None, hashed=hashed) for mac, hashed in found.devices]
        log.extended_pan_id = found.extended_pan_id
        if item.obis == _HISTORIC:
            log.historic = entries
        else:
            log.entries = entries


def _load_protected(item: Any, data: Any, answered: Any, keys: KeyStore, changes: Any) -> None:
    block = data[2][1][2]
    octets = protect.open_block(answered, block, protect.block_key(answered, keys), keys.crypto)
    wanted = cosem_server.object_list(item.octets, item.start, item.end)
    field = dlms.decode_plaintext(octets, answered.code)
    for key, value in zip(wanted, field[2], strict=True):
        changes[names.name_of(*key)] = axdr.encode(value)


def _load_zcl(device: Any, asked: Any, answered: Any, keys: KeyStore, changes: Any) -> None:
    parts = component.parts_of(asked.octets, asked.content_start, asked.content_end)
    answers = _answers(answered, keys)
    for part in parts:
        own = []
        kept = names.kept_name(part.cluster, part.command)
        for sequence, frame_control, command, octets in answers:
            if sequence != part.sequence:
                continue
            if frame_control & 1:
                own.append((command, octets))
            elif command == _READ_RESPONSE:
                _load_attributes(device, part, octets, changes)
            elif octets[0] == part.command and octets[1] == component.SUCCESS:
                changes[kept] = b""  # the original took it
            elif octets[0] == part.command:
                key = ("C", part.cluster, part.frame_control & 8, part.command, part.payload)
                device.faults[key] = octets[1]
        if own:
            name = names.answer_name(part.cluster, part.command, part.payload)
            changes[name] = component.packed(own)


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
            device.faults["A", part.cluster, identifier] = status
            continue
        stop = types.skip_typed(octets, at, len(octets), "")
        changes[names.attribute_name(part.cluster, identifier)] = octets[at:stop]
        at = stop


def save(device: Any, path: str) -> None:
    """Writes a device's data (objects, attributes, answers) as JSON: names, and octets in hex."""
    names = [name for name in device.store.names() if name.startswith(_DATA)]
    data = {name: device.store.get(name).hex().upper() for name in names}
    pathlib.Path(path).write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def seed(device: Any, path: str) -> None:
    """Gives a device the data that `save` wrote. ValueError for a file of another form."""
    data = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    if not isinstance(data, dict) or not all(str(name).startswith(_DATA) for name in data):
        raise ValueError("names beginning with one of %s expected" % ", ".join(_DATA))
    device.store.write({name: bytes.fromhex(octets) for name, octets in data.items()})


def moment_of(asked: Any, answered: Any) -> int:
    """When the response was made, as far as it says: milliseconds since 2000."""
    if answered.date_time:
        found = clock.from_date_time(answered.date_time)
        if found is not None:
            return found
    if asked.code == 0x007F:
        device_time = _field(answered)[2][0][2]
        return clock.from_generalized(device_time)
    if _CLOCK in asked.content:
        items = cosem_server.items_of(asked.octets, asked.content_start, asked.content_end)
        record: Any = payload.decode(answered)
        for item, (_, _, _, data) in zip(items, record.items, strict=True):
            key = (item.choice, item.class_id, item.obis, item.index)
            if key == (1, 8, _CLOCK[3:9], 2) and data[1] != "null-data":
                found = clock.from_date_time(data[2])
                if found is not None:
                    return found
    return clock.from_generalized("20150101000000Z")


def _field(m: Any) -> Any:
    record: Any = payload.decode(m)
    return record.field


def _by_name(field: Any) -> "dict[str, Any]":
    return {one[0]: one[2] for one in field[2]}


def _load_asn1(device: Any, asked: Any, answered: Any, keys: KeyStore, changes: Any) -> None:
    request, response = _field(asked), _field(answered)
    loader = _ASN1.get(response[0])
    if loader is not None:
        loader(device, request, response, changes)
    elif response[0] == "provide_credential_details_response":
        _load_cells(device, response, keys, changes)
    elif response[0] == "update_credentials_response":
        _load_replacements(device, request, response, keys, changes)
    elif asked.code == 0x000A:
        _load_new_pair(device, request, response)
    elif asked.code == 0x000C:
        _load_own_certificate(device, request, response, changes)
    elif asked.code == 0x0012 and response[0] == "outcome":
        _load_image(device, _by_name(request), _by_name(response), changes)


def _load_image(
    device: Any, asked: "dict[str, Any]", outcome: "dict[str, Any]", changes: Any
) -> None:
    """CS06: the image that was activated, or why none was, and the version that runs then."""
    image, version = asked["manufacturer_image_hash"], outcome["firmware_version"]
    result = outcome["result"]
    changes["firmware/version"] = version
    if result != _NO_IMAGE:
        changes["firmware/image"] = (bytes(32) if result == _HASH_MISMATCH else image) + version
    if result not in (0, _NO_IMAGE, _HASH_MISMATCH):
        device.faults["F",] = result


_PLACES = (("ds", False), ("ka", False), ("ka", True))


def _place(cell: Any) -> "tuple[str, bool]":
    """Use, and whether it is for prepayment, of the parts of a cell's name."""
    found = {part[0]: part[2] for part in cell}
    return {"1": "ds", "00001": "ka"}[found["key_usage"]], bool(found.get("cell_usage"))


def _cell(keys: KeyStore, eui: bytes, key_id: bytes, use: str, prepayment: bool) -> Cell:
    """A cell that says so, with the public key that the key store has of its holder."""
    certificate = keys.certificate(eui, "pp-ka" if prepayment else use)
    return Cell(eui, key_id, bytes(65) if certificate is None else certificate.public_key)


def _load_cells(device: Any, response: Any, keys: KeyStore, changes: Any) -> None:
    for one in response[2]:
        found = _by_name(one)
        role, status = found["role"], found["status"]
        if status not in (0, 25):
            device.faults["T", role] = status
            continue
        for use, prepayment in _PLACES:
            changes.update(device.anchors.filled(role, use, None, prepayment))
        for cell in found.get("cells", ()):
            use, prepayment = _place(cell[2])
            eui, key_id = cell[2][-2][2], cell[2][-1][2]
            held = _cell(keys, eui, key_id, use, prepayment)
            changes.update(device.anchors.filled(role, use, held, prepayment))
        if status == 0:
            changes.update(device.anchors.counted(role, found["current_seq_number"]))


def _load_replacements(
    device: Any, request: Any, response: Any, keys: KeyStore, changes: Any
) -> None:
    for one in _by_name(request)["certification_path"]:
        # Nobody has the root's certificate: its issuing authority is trusted instead
        certificate = x509.read(der.encode(one))
        changes.update(device.anchors.filled(7, "ds", cell_of(certificate)))
    outcome = _by_name(response).get("outcome")
    found = {} if outcome is None else {one[0]: one[2] for one in outcome}
    for one in found.get("replacements", ()):
        cell, status, eui, key_id = [part[2] for part in one[2][:4]]
        role = cell[0][2]
        use, prepayment = _place(cell)
        if status:
            device.faults["T", role, use, prepayment] = status
        before = _cell(keys, eui, key_id, use, prepayment)
        changes.update(device.anchors.filled(role, use, before, prepayment))


def _load_new_pair(device: Any, request: Any, response: Any) -> None:
    """CS02c: the public key that the device made, and its signature of the request."""
    if response[1] == "INTEGER":
        device.faults["K", "new"] = response[2]
        return
    info, _, signature = response[2]
    r, s = [part[2].to_bytes(32, "big") for part in signature[2][0][2]]
    device.anchors.own.pair = (_by_name(info)["subject_public_key_info"][1][2], r + s)


def _load_own_certificate(device: Any, request: Any, response: Any, changes: Any) -> None:
    use = {"1": "ds", "00001": "ka"}[request[2][0][2]]
    if response[1] == "INTEGER":
        device.faults["K", use] = response[2]
    else:
        changes["own/certificate/" + use] = der.encode(response)


def _load_key_pair(device: Any, request: Any, response: Any, changes: Any) -> None:
    if response[2]:
        device.faults["K",] = response[2]
    else:
        certificate = x509.read(der.encode(request))
        use = "ds" if certificate.is_signing else "ka"
        changes["own/new/%s/public" % use] = certificate.public_key


def _load_join(device: Any, request: Any, response: Any, changes: Any) -> None:
    found = _by_name(request)
    if response[2] == 3:  # there was such a device, of another type
        other = 0 if found["other_device_type"] else 1
        changes["devices"] = found["other_device_id"] + bytes((other,))
    elif response[2] == _NO_CERTIFICATE and "other_device_certificate" not in found:
        pass  # the command explains it
    elif response[2] not in _BY_THE_COMMAND:
        device.faults["J",] = response[2]


def _load_unjoin(device: Any, request: Any, response: Any, changes: Any) -> None:
    if response[2] == 0:
        changes["devices"] = request[2] + b"\x00"
    elif response[2] != 1:
        device.faults["J",] = response[2]


def _load_restored(device: Any, request: Any, response: Any, changes: Any) -> None:
    for outcome in response[2][0][2]:
        entry, result = outcome[2]
        if result[2]:
            device.faults["J", entry[2][0][2]] = result[2]


def _load_devices(device: Any, request: Any, response: Any, changes: Any) -> None:
    found = _by_name(response)
    if found["result"]:
        device.faults["J",] = found["result"]
    changes["devices"] = b"".join(
        entry[2][0][2] + bytes((entry[2][1][2],)) for entry in found.get("entries", ())
    )


def _load_firmware(device: Any, request: Any, response: Any, changes: Any) -> None:
    found = _by_name(response)
    changes["firmware/version"] = found["firmware_version"]
    if found["result"]:
        device.faults["F",] = found["result"]


def _load_clock(device: Any, request: Any, response: Any, changes: Any) -> None:
    """GCS28: what the hub's time and the interval do not explain."""
    status = _by_name(response)["status"]
    if status == 1:
        device.faults["Z",] = status


_ASN1 = {
    "update_device_certificate_response": _load_key_pair,
    "join_device_response": _load_join,
    "unjoin_device_response": _load_unjoin,
    "read_join_details_response": _load_devices,
    "read_firmware_version_response": _load_firmware,
    "restore_gpf_log_response": _load_restored,
    "set_time_response": _load_clock,
}


def load_alert(device: Any, command: bytes, alert: bytes, keys: KeyStore) -> None:
    """Gives `device` what it needs to say at the command's date what `alert` says."""
    asked, said = message.decode(command), message.decode(alert)
    changes: dict[str, bytes | None] = {"own/counter": (said.counter - 1).to_bytes(8, "big")}
    request, body = _field(asked), _by_name(_field(said))
    outcome = {one[0]: one[2] for one in body["outcome"]}
    if "firmware_version" in outcome:
        image = _by_name(request)["manufacturer_image_hash"]
        version = outcome["firmware_version"]
        changes["firmware/version"] = version
        changes["firmware/image"] = (image if outcome["result"] == 0 else bytes(32)) + version
    else:
        response = (None, "", [("outcome", "", body["outcome"], None)], None)
        _load_replacements(device, request, response, keys, changes)
    device.store.write(changes)
