"""One message from octets to a JSON object: decoded, verified, decrypted; and back to octets.

`examine` never raises on what a message holds: what is wrong stands in `error`, and all that could
be read before it stands beside it. `rebuild` is its inverse.
"""

from typing import Any

from gbcs import asn1, codes, der, dlms, gbz, message, payload, protect, usecases
from gbcs.errors import BadBlock, DecodeError, GbcsError, UnknownKey
from gbcs.message import Message
from gbcs_host import fields, present
from gbcs_host.keystore import KeyStore

VALID, INVALID, ABSENT, NO_KEY = "valid", "invalid", "absent", "no key"


def examine(octets: bytes, source: str = "", keys: "KeyStore | None" = None) -> dict[str, Any]:
    """What `gbcs decode --json` prints of one message."""
    found: dict[str, Any] = {"source": source}
    try:
        m = message.decode(octets)
    except DecodeError as error:
        found["error"] = _error(error)
        found["octets"] = octets.hex().upper()
        return found
    _header(found, m, keys)
    error = None
    record = None
    try:
        case = payload.use_case(m)
        found["use_case"] = case.name
        found["title"] = case.title
        record = payload.decode(m, case)
        found["payload"] = payload_json(record)
    except DecodeError as problem:
        error = problem
    _checks(found, m, keys)
    if record is not None:
        _plaintext(found, m, record, keys)
    if error is not None:
        found["error"] = _error(error)
        found["octets"] = octets.hex().upper()
    return found


def is_clean(found: dict[str, Any]) -> bool:
    """Whether it decoded and no check of it failed."""
    if "error" in found or INVALID in (found.get("signature"), found.get("mac")):
        return False
    return all("error" not in block for block in found.get("plaintext", ()))


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
            found["certificate"] = fields.to_json(
                asn1.decode("Certificate", m.octets, start, end)
            )
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
