"""A message as the JSON object that `gbcs decode --json` prints, and an object as octets.

Where a message cannot be decoded, the object has the member `error`, the members that were decoded
before it, and the message's `octets`. `rebuild` is the inverse.

Sources: GBCS 7.2 (message structure), 7.2.9 and 7.2.10 (payloads, GBZ alerts); DLMS UA 1000-2, 9.5
(access requests and responses).
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
    """The JSON object of one message; raises nothing, whatever the octets are.

    `source` names where the message came from; `keys` verify and decrypt it.
    """
    return to_json(read(octets, keys), source, keys)


def to_json(verdict: Verdict, source: str = "", keys: "KeyStore | None" = None) -> dict[str, Any]:
    """The JSON object of a verdict; `keys` give the roles of originator and recipient."""
    node: dict[str, Any] = {"source": source}
    m = verdict.message
    if m is not None:
        _header(node, m, keys)
        if verdict.case is not None:
            node["use_case"] = verdict.case.name
            node["title"] = verdict.case.title
        if verdict.payload is not None:
            node["payload"] = payload_json(verdict.payload)
        node["signature"] = verdict.signature
        node["mac"] = verdict.mac
        if m.signature:
            node["signature_octets"] = m.signature.hex().upper()
        if m.mac is not None:
            node["mac_octets"] = m.mac.hex().upper()
        if verdict.opened:
            node["plaintext"] = [_opened(block) for block in verdict.opened]
    if verdict.error is not None:
        node["error"] = _error(verdict.error)
        node["octets"] = verdict.octets.hex().upper()
    return node


def is_clean(node: dict[str, Any]) -> bool:
    """Whether the message of an object was decoded and none of its checks failed."""
    if "error" in node or INVALID in (node.get("signature"), node.get("mac")):
        return False
    return all("error" not in block for block in node.get("plaintext", ()))


def _opened(block: Any) -> dict[str, Any]:
    node: dict[str, Any] = {"of": block.of}
    if block.octets:
        node["octets"] = block.octets.hex().upper()
    if block.fields is not None:
        node["fields"] = fields.named(block.fields)
    if block.error:
        node["error"] = block.error
    return node


def _error(error: DecodeError) -> dict[str, Any]:
    return {
        "what": error.what,
        "offset": error.offset,
        "field": error.field,
        "text": str(error),
    }


def _header(node: dict[str, Any], m: Message, keys: "KeyStore | None") -> None:
    node["kind"] = m.kind
    node["message_code"] = "0x%04X" % m.code
    node["use_case"] = None
    node["title"] = None
    node["originator"] = present.eui64(m.originator)
    node["recipient"] = present.eui64(m.recipient)
    if keys is not None:
        for side, eui in (("originator_role", m.originator), ("recipient_role", m.recipient)):
            role = keys.role(eui)
            if role is not None:
                node[side] = codes.name("role", role) or str(role)
    node["counter"] = m.counter
    if m.date_time:
        node["date_time"] = {"octets": m.date_time.hex().upper()}
        means = present.cosem_date_time(m.date_time)
        if means:
            node["date_time"]["means"] = means
    if m.party is not None:
        node["party"] = present.eui64(m.party)
    if m.party_counter is not None:
        node["party_counter"] = m.party_counter
    if m.supplementary_counter is not None:
        node["supplementary_counter"] = m.supplementary_counter
    if m.certificate is not None:
        start = m.octets.index(m.certificate, m.start)
        end = start + len(m.certificate)
        try:
            node["certificate"] = fields.to_json(asn1.decode("Certificate", m.octets, start, end))
        except DecodeError as error:
            node["certificate"] = {"octets": m.certificate.hex().upper(), "error": _error(error)}


def payload_json(record: Any) -> dict[str, Any]:
    """The JSON object of a decoded payload, a record of gbcs.payload."""
    return _WRITERS[type(record).__name__](record)


def _asn1_json(record: Any) -> dict[str, Any]:
    name, node = record.type_name, fields.to_json(record.field)
    return {"form": "ASN.1", "asn1_type": name, "content": node}


def _specification_json(specification: Any) -> dict[str, Any]:
    name, choice, class_id, obis, index, selection = specification
    node = {
        "name": name,
        "request": choice,
        "class_id": class_id,
        "class": cosem.class_name(class_id),
        "obis": "%d-%d:%d.%d.%d.%d" % tuple(obis),
        "index": index,
    }
    if selection is not None:
        node["selection"] = fields.to_json(selection)
    return node


def _request_json(record: Any) -> dict[str, Any]:
    items = []
    for item in record.items:
        node = _specification_json(item[:6])
        node["data"] = fields.to_json(item[6])
        items.append(node)
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
    node = {
        "form": "access-response",
        "invoke_id": record.invoke_id,
        "date_time": record.date_time.hex().upper(),
    }
    if record.specification is not None:
        node["specification"] = [_specification_json(row) for row in record.specification]
    node["items"] = items
    return node


def _notification_json(record: Any) -> dict[str, Any]:
    return {
        "form": "data-notification",
        "invoke_id": record.invoke_id,
        "date_time": record.date_time.hex().upper(),
        "body": fields.to_json(record.body),
    }


def _component_json(component: Any) -> dict[str, Any]:
    node = {
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
            node[key] = value
    if component.from_date_time is not None:
        node["from_date_time"] = _utc(component.from_date_time)
    if component.block is not None:
        node["block"] = {
            "octets": component.block.hex().upper(),
            "parts": present.parts(component.block, "encrypted"),
        }
    else:
        node["fields"] = fields.named(component.fields)
    return node


def _utc(seconds: int) -> dict[str, Any]:
    node: dict[str, Any] = {"type": "UTC", "value": seconds}
    means = present.meaning("UTC", seconds, "utc")
    return {**node, "means": means} if means else node


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
    node = {
        "form": "GBZ alert",
        "profile": record.profile,
        "count": record.count,
        "alert_code": code,
        "time": _utc(record.time),
    }
    if record.body is not None:
        node["body"] = fields.named(record.body)
    if record.component is not None:
        node["components"] = [_component_json(record.component)]
    return node


_WRITERS = {
    "Gbz": _gbz_json,
    "GbzAlert": _gbz_alert_json,
    "Asn1": _asn1_json,
    "AccessRequest": _request_json,
    "AccessResponse": _response_json,
    "DataNotification": _notification_json,
}


_CRAS = {"precommand": 1, "command": 1, "response": 2, "alert": 3}  # GBCS 7.2.7


def rebuild(node: dict[str, Any]) -> bytes:
    """The octets of a message from its JSON object; names and meanings in it are ignored.

    Raises FormError, KeyError or a GbcsError for an object that describes no message.
    """
    if not isinstance(node, dict):
        raise FormError("an object expected, found %s" % type(node).__name__)
    if "octets" in node:  # it was not decoded
        return bytes.fromhex(node["octets"])
    kind = node["kind"]
    if kind not in _CRAS:
        raise FormError(
            "kind: precommand, command, response or alert expected, found %.40r" % (kind,)
        )
    certificate = node.get("certificate")
    composed = message.compose(
        _CRAS[kind],
        node["counter"],
        present.eui64_octets(node["originator"]),
        present.eui64_octets(node["recipient"]),
        int(node["message_code"], 16),
        payload.encode(payload_from_json(node["payload"])),
        bytes.fromhex(node["date_time"]["octets"]) if "date_time" in node else b"",
        present.eui64_octets(node["party"]) if "party" in node else None,
        node.get("party_counter"),
        node.get("supplementary_counter"),
        None if certificate is None else _certificate_octets(certificate),
    )
    if kind == "precommand":
        return composed
    signing = message.finish(composed, bytes.fromhex(node.get("signature_octets", "")))
    if "mac_octets" in node:
        return message.wrap(signing, bytes.fromhex(node["mac_octets"]))
    return signing


def _certificate_octets(node: dict[str, Any]) -> bytes:
    if isinstance(node.get("octets"), str):
        return bytes.fromhex(node["octets"])
    return payload.encode(payload.Asn1("Certificate", fields.from_json(node)))


def payload_from_json(node: dict[str, Any]) -> Any:
    """The record of gbcs.payload that `payload_json` turned into this object. Raises FormError."""
    reader = _PAYLOAD_READERS.get(node["form"])
    if reader is None:
        raise FormError(
            "form: one of %s expected, found %.40r" % (", ".join(_PAYLOAD_READERS), node["form"])
        )
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
