"""One message as the JSON object that `gbcs decode --json` prints; and back to octets.

What is wrong with a message stands in `error`, and all that could be read before it stands beside
it, with the `octets` as they came. `rebuild` is the inverse.
"""

from typing import Any

from gbcs import asn1, codes, dlms, gbz, message, payload
from gbcs.errors import DecodeError
from gbcs.message import Message
from gbcs_host import fields, present
from gbcs_host.fields import FormError
from gbcs_host.keystore import KeyStore
from gbcs_host.verdict import INVALID, Verdict, read


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


def _request_json(record: Any) -> dict[str, Any]:
    items = []
    for name, choice, class_id, obis, index, selection, data in record.items:
        item = {
            "name": name,
            "request": choice,
            "class_id": class_id,
            "obis": "%d-%d:%d.%d.%d.%d" % tuple(obis),
            "index": index,
        }
        if selection is not None:
            item["selection"] = fields.to_json(selection)
        item["data"] = fields.to_json(data)
        items.append(item)
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
    return {
        "form": "access-response",
        "invoke_id": record.invoke_id,
        "date_time": record.date_time.hex().upper(),
        "items": items,
    }


def _notification_json(record: Any) -> dict[str, Any]:
    return {
        "form": "data-notification",
        "invoke_id": record.invoke_id,
        "date_time": record.date_time.hex().upper(),
        "body": fields.to_json(record.body),
    }


_WRITERS = {
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


def _request_record(node: dict[str, Any]) -> dlms.AccessRequest:
    items = [
        (
            item.get("name"),
            item["request"],
            item["class_id"],
            present.obis_octets(item["obis"]),
            item["index"],
            fields.from_json(item["selection"]) if "selection" in item else None,
            fields.from_json(item["data"]),
        )
        for item in node["items"]
    ]
    return dlms.AccessRequest(node["invoke_id"], bytes.fromhex(node["date_time"]), items)
