"""Twins: emulated devices with the data of a reference response, which must answer the same.

`load` takes a command and the response to it, and stores the values of the response, decrypted
where necessary, as data of the device; an item that failed becomes a fault of its object. The form
of the response is not stored: the twin composes its answer itself.

Sources: DLMS UA 1000-2, 9.3.14 (results of the access service); ZCL 07-5123, 2.4 (read attributes
and default responses); GBCS 11.2 (CS06), 13.2 to 13.7 (credentials, joins), 20 (objects).
"""

import json
import pathlib
from typing import Any

from gbcs import clock, devicelogfields, message, payload, protect
from gbcs.asn1 import der, x509
from gbcs.axdr import axdr
from gbcs.cosem import cosem
from gbcs.devicelog import Entry
from gbcs.dlms import dlms
from gbcs.zcl import types
from gbcs_device.base import names
from gbcs_device.messages import component, cosem_server
from gbcs_device.messages.trust_anchors import Cell, cell_of
from gbcs_host.decode.keystore import KeyStore

_LOG_CLASS, _UNREGISTER, _BACKUP = 104, 2, 4
_HISTORIC = bytes.fromhex("00001E0301FF")
_DATA = ("a/", "m/", "z/", "q/", "c/", "devices", "firmware/", "load/")
_READ_RESPONSE = 0x01
_CLOCK = bytes.fromhex("01 0008 0000010000FF 02")  # an item that reads the clock's time
_NO_IMAGE, _HASH_MISMATCH = 1, 2  # results of CS06: GBCS 11.2
_NO_CERTIFICATE = 11  # result of CS03
_BY_THE_COMMAND = (0, 1, 2)  # results of a join that follow from the command
_SUPPRESSED = 250  # other-reason: not carried out, since an earlier item failed


def load(device: Any, command: bytes, response: bytes, keys: KeyStore) -> None:
    """Stores the data of `response`, the answer to `command`, in `device`. Raises GbcsError."""
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
                changes["m" + cosem.name_of(*key)[1:]] = axdr.encode(data)
        elif choice == "get":
            changes[cosem.name_of(*key)] = axdr.encode(data)


def _load_log(log: Any, item: Any, data: Any) -> None:
    """Fills a hub's device logs with the entries that the answer of a method shows."""
    if item.index == _UNREGISTER:
        field = axdr.decode(item.octets, item.start, item.end)[0]
        log.register(devicelogfields.read_removal(field), 0, None)
    elif item.index == _BACKUP:
        backup = devicelogfields.read_backup(data)
        entries = [Entry(mac, None, hashed=hashed) for mac, hashed in backup.devices]
        log.extended_pan_id = backup.extended_pan_id
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
        changes[cosem.name_of(*key)] = axdr.encode(value)


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
    """Sequence number, frame control, command and decrypted ZCL payload of each component."""
    answers = []
    octets, at = answered.octets, answered.content_start + 3
    while at < answered.content_end:
        stop = at + 5 + (octets[at + 3] << 8 | octets[at + 4])
        if octets[at] & 2:
            key = protect.block_key(answered, keys)
            opened = protect.open_block(answered, octets[at + 12 : stop], key, keys.crypto)
            answers.append((octets[at + 8], octets[at + 7], octets[at + 9], opened))
        else:
            answers.append((octets[at + 6], octets[at + 5], octets[at + 7], octets[at + 8 : stop]))
        at = stop
    return answers


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
    """Writes a device's data (objects, attributes, answers) as JSON: octets in hex by name."""
    names = [name for name in device.store.names() if name.startswith(_DATA)]
    data = {name: device.store.get(name).hex().upper() for name in names}
    pathlib.Path(path).write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def seed(device: Any, path: str) -> None:
    """Stores the data that `save` wrote in a device. Raises ValueError for any other file."""
    data = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    if not isinstance(data, dict) or not all(str(name).startswith(_DATA) for name in data):
        raise ValueError(
            "an object of names beginning with one of %s expected in '%s'"
            % (", ".join(_DATA), path)
        )
    device.store.write({name: bytes.fromhex(octets) for name, octets in data.items()})


def moment_of(asked: Any, answered: Any) -> int:
    """The time of a response, milliseconds since 2000: of its header or of a clock it reads.

    The first of January 2015, the date of RTDS, where the response shows no time.
    """
    if answered.date_time:
        moment = clock.from_date_time(answered.date_time)
        if moment is not None:
            return moment
    if asked.code == 0x007F:
        device_time = _field(answered)[2][0][2]
        return clock.from_generalized(device_time)
    if _CLOCK in asked.content:
        items = cosem_server.items_of(asked.octets, asked.content_start, asked.content_end)
        record: Any = payload.decode(answered)
        for item, (_, _, _, data) in zip(items, record.items, strict=True):
            key = (item.choice, item.class_id, item.obis, item.index)
            if key == (1, 8, _CLOCK[3:9], 2) and data[1] != "null-data":
                moment = clock.from_date_time(data[2])
                if moment is not None:
                    return moment
    return clock.from_generalized("20150101000000Z")


def _field(m: Any) -> Any:
    record: Any = payload.decode(m)
    return record.field


def _by_name(field: Any) -> "dict[str, Any]":
    return {child[0]: child[2] for child in field[2]}


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
    """CS06: stores the firmware image and version that lead to this outcome."""
    image, version = asked["manufacturer_image_hash"], outcome["firmware_version"]
    result = outcome["result"]
    changes["firmware/version"] = version
    if result != _NO_IMAGE:
        changes["firmware/image"] = (bytes(32) if result == _HASH_MISMATCH else image) + version
    if result not in (0, _NO_IMAGE, _HASH_MISMATCH):
        device.faults["F",] = result


_PLACES = (("ds", False), ("ka", False), ("ka", True))


def _place(cell: Any) -> "tuple[str, bool]":
    """The use of a trust anchor cell, "ds" or "ka", and whether it is for prepayment."""
    values = {part[0]: part[2] for part in cell}
    return {"1": "ds", "00001": "ka"}[values["key_usage"]], bool(values.get("cell_usage"))


def _cell(keys: KeyStore, eui: bytes, key_id: bytes, use: str, prepayment: bool) -> Cell:
    """A trust anchor cell with the public key that the key store has for its holder."""
    certificate = keys.certificate(eui, "pp-ka" if prepayment else use)
    return Cell(eui, key_id, bytes(65) if certificate is None else certificate.public_key)


def _load_cells(device: Any, response: Any, keys: KeyStore, changes: Any) -> None:
    for credential in response[2]:
        values = _by_name(credential)
        role, status = values["role"], values["status"]
        if status not in (0, 25):
            device.faults["T", role] = status
            continue
        for use, prepayment in _PLACES:
            changes.update(device.anchors.filled(role, use, None, prepayment))
        for cell in values.get("cells", ()):
            use, prepayment = _place(cell[2])
            eui, key_id = cell[2][-2][2], cell[2][-1][2]
            anchor = _cell(keys, eui, key_id, use, prepayment)
            changes.update(device.anchors.filled(role, use, anchor, prepayment))
        if status == 0:
            changes.update(device.anchors.counted(role, values["current_seq_number"]))


def _load_replacements(
    device: Any, request: Any, response: Any, keys: KeyStore, changes: Any
) -> None:
    for authority in _by_name(request)["certification_path"]:
        # RTDS has no certificate of the root: the issuing authority is trusted instead
        certificate = x509.read(der.encode(authority))
        changes.update(device.anchors.filled(7, "ds", cell_of(certificate)))
    outcome = _by_name(response).get("outcome")
    values = {} if outcome is None else {child[0]: child[2] for child in outcome}
    for replacement in values.get("replacements", ()):
        cell, status, eui, key_id = [part[2] for part in replacement[2][:4]]
        role = cell[0][2]
        use, prepayment = _place(cell)
        if status:
            device.faults["T", role, use, prepayment] = status
        before = _cell(keys, eui, key_id, use, prepayment)
        changes.update(device.anchors.filled(role, use, before, prepayment))


def _load_new_pair(device: Any, request: Any, response: Any) -> None:
    """CS02c: stores the new public key and the signature in the certification request."""
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
    values = _by_name(request)
    if response[2] == 3:  # there was such a device, of another type
        other_type = 0 if values["other_device_type"] else 1
        changes["devices"] = values["other_device_id"] + bytes((other_type,))
    elif response[2] == _NO_CERTIFICATE and "other_device_certificate" not in values:
        pass  # it follows from the command
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
    values = _by_name(response)
    if values["result"]:
        device.faults["J",] = values["result"]
    changes["devices"] = b"".join(
        entry[2][0][2] + bytes((entry[2][1][2],)) for entry in values.get("entries", ())
    )


def _load_firmware(device: Any, request: Any, response: Any, changes: Any) -> None:
    values = _by_name(response)
    changes["firmware/version"] = values["firmware_version"]
    if values["result"]:
        device.faults["F",] = values["result"]


def _load_clock(device: Any, request: Any, response: Any, changes: Any) -> None:
    """GCS28: a status that does not follow from the hub's time and the interval is a fault."""
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
    """Stores the data with which `device` sends `alert` when `command` is carried out later."""
    asked, sent = message.decode(command), message.decode(alert)
    changes: dict[str, bytes | None] = {"own/counter": (sent.counter - 1).to_bytes(8, "big")}
    request, body = _field(asked), _by_name(_field(sent))
    outcome = {child[0]: child[2] for child in body["outcome"]}
    if "firmware_version" in outcome:
        image = _by_name(request)["manufacturer_image_hash"]
        version = outcome["firmware_version"]
        changes["firmware/version"] = version
        changes["firmware/image"] = (image if outcome["result"] == 0 else bytes(32)) + version
    else:
        response = (None, "", [("outcome", "", body["outcome"], None)], None)
        _load_replacements(device, request, response, keys, changes)
    device.store.write(changes)
