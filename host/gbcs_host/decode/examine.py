"""One message as the JSON object that `gbcs decode --json` prints; and back to octets.

What is wrong with a message stands in `error`, and all that could be read before it stands beside
it, with the `octets` as they came. `rebuild` is the inverse.
"""

from typing import Any

from gbcs import codes, message, payload
from gbcs.asn1 import asn1
from gbcs.cosem import cosem
from gbcs.dlms import dlms
from gbcs.errors import DecodeError
from gbcs.gbz import gbz
from gbcs.message import Message
from gbcs.zcl import clusters
from gbcs_host.decode import fields, present
from gbcs_host.decode.fields import FormError
from gbcs_host.decode.keystore import KeyStore
from gbcs_host.decode.verdict import INVALID, Verdict, read


def examine(octets: bytes, source: str = "", keys: "KeyStore | None" = None) -> dict[str, Any]:
    """The object of one message; never raises on what the octets hold."""
    return to_json(read(octets, keys), source, keys)


def to_json(verdict: Verdict, source: str = "", keys: "KeyStore | None" = None) -> dict[str, Any]:
    """The object of a verdict."""
    found: dict[str, Any] = {"source": source}
    m = verdict.message
    if m is not None:
        _header(found, m, keys)
        if verdict.case is not None:
            found["use_case"] = verdict.case.name
            found["title"] = verdict.case.title
        if verdict.payload is not None:
            found["payload"] = payload_json(verdict.payload)
        found["signature"] = verdict.signature
        found["mac"] = verdict.mac
        if m.signature:
            found["signature_octets"] = m.signature.hex().upper()
        if m.mac is not None:
            found["mac_octets"] = m.mac.hex().upper()
        if verdict.opened:
            found["plaintext"] = [_opened(block) for block in verdict.opened]
    if verdict.error is not None:
        found["error"] = _error(verdict.error)
        found["octets"] = verdict.octets.hex().upper()
    return found


def is_clean(found: dict[str, Any]) -> bool:
    """Whether it decoded and no check of it failed."""
    if "error" in found or INVALID in (found.get("signature"), found.get("mac")):
        return False
    return all("error" not in block for block in found.get("plaintext", ()))


def _opened(block: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"of": block.of}
    if block.octets:
        found["octets"] = block.octets.hex().upper()
    if block.fields is not None:
        found["fields"] = fields.named(block.fields)
    if block.error:
        found["error"] = block.error
    return found


def _error(error: DecodeError) -> dict[str, Any]:
    return {
        "what": error.what,
        "offset": error.offset,
        "field": error.field,
        "text": str(error),
    }


def _header(found: dict[str, Any], m: Message, keys: "KeyStore | None") -> None:
    found["kind"] = m.kind
    found["message_code"] = "0x%04X" % m.code
    found["use_case"] = None
    found["title"] = None
    found["originator"] = present.eui64(m.originator)
    found["recipient"] = present.eui64(m.recipient)
    if keys is not None:
        for side, eui in (("originator_role", m.originator), ("recipient_role", m.recipient)):
            role = keys.role(eui)
            if role is not None:
                found[side] = codes.name("role", role) or str(role)
    found["counter"] = m.counter
    if m.date_time:
        found["date_time"] = {"octets": m.date_time.hex().upper()}
        means = present.cosem_date_time(m.date_time)
        if means:
            found["date_time"]["means"] = means
    if m.party is not None:
        found["party"] = present.eui64(m.party)
    if m.party_counter is not None:
        found["party_counter"] = m.party_counter
    if m.supplementary_counter is not None:
        found["supplementary_counter"] = m.supplementary_counter
    if m.certificate is not None:
        start = m.octets.index(m.certificate, m.start)
        end = start + len(m.certificate)
        try:
            found["certificate"] = fields.to_json(asn1.decode("Certificate", m.octets, start, end))
        except DecodeError as error:
            found["certificate"] = {"octets": m.certificate.hex().upper(), "error": _error(error)}


def payload_json(record: Any) -> dict[str, Any]:
    """The JSON form of a decoded payload."""
    return _WRITERS[type(record).__name__](record)


def _asn1_json(record: Any) -> dict[str, Any]:
    name, node = record.type_name, fields.to_json(record.field)
    return {"form": "ASN.1", "asn1_type": name, "content": node}


def _specification_json(specification: Any) -> dict[str, Any]:
    name, choice, class_id, obis, index, selection = specification
    found = {
        "name": name,
        "request": choice,
        "class_id": class_id,
        "class": cosem.class_name(class_id),
        "obis": "%d-%d:%d.%d.%d.%d" % tuple(obis),
        "index": index,
    }
    if selection is not None:
        found["selection"] = fields.to_json(selection)
    return found


def _request_json(record: Any) -> dict[str, Any]:
    items = []
    for item in record.items:
        found = _specification_json(item[:6])
        found["data"] = fields.to_json(item[6])
        items.append(found)
    return {
        "form": "access-request",
        "invoke_id": record.invoke_id,
        "date_time": record.date_time.hex().upper(),
        "items": items,
    }


def _response_json(record: Any) -> dict[str, Any]:
    items = []
    for name, choice, result, data in record.items:
        item = {"name": name, "request": choice, "result": result}
        means = codes.name("action_result" if choice == "action" else "data_access_result", result)
        if means:
            item["means"] = means
        item["data"] = fields.to_json(data)
        items.append(item)
    found = {
        "form": "access-response",
        "invoke_id": record.invoke_id,
        "date_time": record.date_time.hex().upper(),
    }
    if record.specification is not None:
        found["specification"] = [_specification_json(one) for one in record.specification]
    found["items"] = items
    return found


def _notification_json(record: Any) -> dict[str, Any]:
    return {
        "form": "data-notification",
        "invoke_id": record.invoke_id,
        "date_time": record.date_time.hex().upper(),
        "body": fields.to_json(record.body),
    }


def _component_json(component: Any) -> dict[str, Any]:
    found = {
        "name": component.name,
        "cluster": "0x%04X" % component.cluster,
        "cluster_name": clusters.cluster_name(component.cluster),
        "control": component.control,
        "frame_control": component.frame_control,
        "sequence": component.sequence,
        "command": component.command,
    }
    for key in ("additional_header", "frame_counter"):
        value = getattr(component, key)
        if value is not None:
            found[key] = value
    if component.from_date_time is not None:
        found["from_date_time"] = _utc(component.from_date_time)
    if component.block is not None:
        found["block"] = {
            "octets": component.block.hex().upper(),
            "parts": present.parts(component.block, "encrypted"),
        }
    else:
        found["fields"] = fields.named(component.fields)
    return found


def _utc(seconds: int) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "UTC", "value": seconds}
    means = present.meaning("UTC", seconds, "utc")
    return {**found, "means": means} if means else found


def _gbz_json(record: Any) -> dict[str, Any]:
    return {
        "form": "GBZ",
        "profile": record.profile,
        "components": [_component_json(component) for component in record.components],
    }


def _gbz_alert_json(record: Any) -> dict[str, Any]:
    code: dict[str, Any] = {"type": "uint16", "value": record.code}
    means = codes.name("alert", record.code)
    if means:
        code["means"] = means
    found = {
        "form": "GBZ alert",
        "profile": record.profile,
        "count": record.count,
        "alert_code": code,
        "time": _utc(record.time),
    }
    if record.body is not None:
        found["body"] = fields.named(record.body)
    if record.component is not None:
        found["components"] = [_component_json(record.component)]
    return found


_WRITERS = {
    "Gbz": _gbz_json,
    "GbzAlert": _gbz_alert_json,
    "Asn1": _asn1_json,
    "AccessRequest": _request_json,
    "AccessResponse": _response_json,
    "DataNotification": _notification_json,
}


_CRAS = {"precommand": 1, "command": 1, "response": 2, "alert": 3}


def rebuild(found: dict[str, Any]) -> bytes:
    """The octets of a message from its object; names and meanings count for nothing.

    Raises FormError, KeyError or a GbcsError where the object makes no message.
    """
    if not isinstance(found, dict):
        raise FormError("an object expected")
    if "octets" in found:  # it did not decode: the octets are all there is
        return bytes.fromhex(found["octets"])
    kind = found["kind"]
    if kind not in _CRAS:
        raise FormError("kind: precommand, command, response or alert expected")
    certificate = found.get("certificate")
    composed = message.compose(
        _CRAS[kind],
        found["counter"],
        present.eui64_octets(found["originator"]),
        present.eui64_octets(found["recipient"]),
        int(found["message_code"], 16),
        payload.encode(payload_from_json(found["payload"])),
        bytes.fromhex(found["date_time"]["octets"]) if "date_time" in found else b"",
        present.eui64_octets(found["party"]) if "party" in found else None,
        found.get("party_counter"),
        found.get("supplementary_counter"),
        None if certificate is None else _certificate_octets(certificate),
    )
    if kind == "precommand":
        return composed
    signing = message.finish(composed, bytes.fromhex(found.get("signature_octets", "")))
    if "mac_octets" in found:
        return message.wrap(signing, bytes.fromhex(found["mac_octets"]))
    return signing


def _certificate_octets(node: dict[str, Any]) -> bytes:
    if isinstance(node.get("octets"), str):
        return bytes.fromhex(node["octets"])
    return payload.encode(payload.Asn1("Certificate", fields.from_json(node)))


def payload_from_json(node: dict[str, Any]) -> Any:
    """The record that `payload_json` was given."""
    reader = _PAYLOAD_READERS.get(node["form"])
    if reader is None:
        raise FormError("form: one of %s expected" % ", ".join(_PAYLOAD_READERS))
    return reader(node)


def _asn1_record(node: dict[str, Any]) -> payload.Asn1:
    return payload.Asn1(node["asn1_type"], fields.from_json(node["content"]))


def _specification_from(item: dict[str, Any]) -> Any:
    return (
        item.get("name"),
        item["request"],
        item["class_id"],
        present.obis_octets(item["obis"]),
        item["index"],
        fields.from_json(item["selection"]) if "selection" in item else None,
    )


def _request_record(node: dict[str, Any]) -> dlms.AccessRequest:
    items = [
        (*_specification_from(item), fields.from_json(item["data"])) for item in node["items"]
    ]
    return dlms.AccessRequest(node["invoke_id"], bytes.fromhex(node["date_time"]), items)


def _response_record(node: dict[str, Any]) -> dlms.AccessResponse:
    specification = None
    if "specification" in node:
        specification = [_specification_from(item) for item in node["specification"]]
    items = [
        (item.get("name"), item["request"], item["result"], fields.from_json(item["data"]))
        for item in node["items"]
    ]
    date_time = bytes.fromhex(node["date_time"])
    return dlms.AccessResponse(node["invoke_id"], date_time, specification, items)


def _notification_record(node: dict[str, Any]) -> dlms.DataNotification:
    date_time = bytes.fromhex(node["date_time"])
    return dlms.DataNotification(node["invoke_id"], date_time, fields.from_json(node["body"]))


def _fields_from(node: dict[str, Any]) -> list[fields.Field]:
    return [fields.from_json(child, name) for name, child in node.items()]


def _component_from(node: dict[str, Any]) -> gbz.Component:
    block = bytes.fromhex(node["block"]["octets"]) if "block" in node else None
    start = node["from_date_time"]["value"] if "from_date_time" in node else None
    return gbz.Component(
        control=node["control"],
        cluster=int(node["cluster"], 16),
        additional_header=node.get("additional_header"),
        frame_counter=node.get("frame_counter"),
        from_date_time=start,
        frame_control=node["frame_control"],
        sequence=node["sequence"],
        command=node["command"],
        name=node.get("name", ""),
        fields=None if block is not None else _fields_from(node["fields"]),
        block=block,
    )


def _gbz_record(node: dict[str, Any]) -> gbz.Gbz:
    return gbz.Gbz(node["profile"], [_component_from(each) for each in node["components"]])


def _gbz_alert_record(node: dict[str, Any]) -> gbz.GbzAlert:
    body = _fields_from(node["body"]) if "body" in node else None
    component = _component_from(node["components"][0]) if "components" in node else None
    return gbz.GbzAlert(
        node["profile"],
        node["count"],
        node["alert_code"]["value"],
        node["time"]["value"],
        body,
        component,
    )


_PAYLOAD_READERS = {
    "ASN.1": _asn1_record,
    "access-request": _request_record,
    "access-response": _response_record,
    "data-notification": _notification_record,
    "GBZ": _gbz_record,
    "GBZ alert": _gbz_alert_record,
}
