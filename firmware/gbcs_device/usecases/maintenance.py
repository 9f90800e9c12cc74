"""A device's own certificates, firmware and clock: CS02c, CS02d, CS02e, CS06, CS08, GCS28.

Sources: GBCS 13.3 (CS02c to CS02e), 11.2 (CS06, CS08), 9.1 (GCS28).
"""

from gbcs import clock
from gbcs.asn1 import der, x509
from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import BadCertificate, BadKey, DecodeError
from gbcs_device.base import logs
from gbcs_device.messages.asn1_server import NULL, integer, octets, sequence, values
from gbcs_device.messages.trust_anchors import SUPPLIER

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.asn1.der import Field
    from gbcs_device.messages.device import Command

FIRMWARE_VERSION = "firmware/version"
IMAGE = "firmware/image"  # SHA-256 of the image that is held, 32 octets, then its version

_USES = {"1": "ds", "00001": "ka"}
_VERSION_UNKNOWN = bytes(4)

# CS02c, CS02d, CS02e
_INVALID_KEY_USAGE = const(1)
_KEY_PAIR_FAILED = const(2)
_NO_CERTIFICATE = const(2)
_INVALID_CERTIFICATE = const(1)
_WRONG_IDENTITY = const(2)
_WRONG_KEY_USAGE = const(3)
_NO_KEY_PAIR = const(4)
_WRONG_PUBLIC_KEY = const(5)

# CS06
_FIRMWARE_ALERT = const(0x00CA)
_NO_IMAGE = const(1)
_HASH_MISMATCH = const(2)
_ACTIVATION_FAILURE = const(3)

# GCS28
_RELIABLE = const(0)
_UNRELIABLE = const(2)


def issue_credentials(command: "Command", field: "Field") -> "Field":
    """CS02c: a new key pair, and the request for its certificate (RFC 2986), signed by it.

    The pair is used from CS02d on.
    """
    usage = field[2][0][2]
    use = _USES.get(usage)
    if use is None:
        return integer(_INVALID_KEY_USAGE)
    device = command.device
    fault = device.faults.get(("K", "new"))
    if fault is not None:
        return integer(fault)
    try:
        private, public, sign = device.anchors.own.new_pair()
    except BadKey:
        return integer(_KEY_PAIR_FAILED)
    module = sequence(_oid("1.2.826.0.1.8641679.1.2.2.1"), octets(device.eui))
    name = _tagged("[0]", _oid("1.3.6.1.5.5.7.8.4"), _tagged("[0]", module))
    extensions = sequence(
        _extension("2.5.29.15", (None, "BIT STRING", usage, None)),
        _extension("2.5.29.17", sequence(name)),
    )
    asked = sequence(_oid("1.2.840.113549.1.9.14"), (None, "SET OF", [extensions], None))
    algorithm = sequence(_oid("1.2.840.10045.2.1"), _oid("1.2.840.10045.3.1.7"))
    info = sequence(
        integer(0),
        (None, "SEQUENCE OF", [], None),
        sequence(algorithm, (None, "BIT STRING", public, None)),
        _tagged("[0]", asked),
    )
    signature = sign(der.encode(info))
    value = sequence(
        integer(int.from_bytes(signature[:32], "big")),
        integer(int.from_bytes(signature[32:], "big")),
    )
    command.changes["own/new/" + use] = private
    command.changes["own/new/%s/public" % use] = public
    signed = sequence(_oid("1.2.840.10045.4.3.2"))
    return sequence(info, signed, (None, "BIT STRING", der.encode(value), None))


def _oid(text: str) -> "Field":
    return (None, "OBJECT IDENTIFIER", text, None)


def _tagged(tag: str, *fields: "Field") -> "Field":
    return (None, tag, list(fields), None)


def _extension(oid: str, value: "Field") -> "Field":
    return sequence(
        _oid(oid), (None, "BOOLEAN", True, None), (None, "OCTET STRING", [value], None)
    )


def provide_certificate(command: "Command", field: "Field") -> "Field":
    """CS02e: one of the device's own certificates."""
    use = _USES.get(field[2][0][2])
    if use is None:
        return integer(_INVALID_KEY_USAGE)
    fault = command.device.faults.get(("K", use))
    if fault is not None:
        return integer(fault)
    certificate = command.get("own/certificate/" + use)
    if certificate is None:
        return integer(_NO_CERTIFICATE)
    return (None, "ANY", certificate, None)


def update_certificate(command: "Command", field: "Field") -> "Field":
    """CS02d: a certificate for the key pair that CS02c made; that pair is used from now on."""
    fault = command.device.faults.get(("K",))
    if fault is not None:
        return integer(fault)
    try:
        certificate = x509.read(field[2])
    except (DecodeError, BadCertificate):
        return integer(_INVALID_CERTIFICATE)
    if certificate.entity_id != command.device.eui:
        return integer(_WRONG_IDENTITY)
    if certificate.is_signing == certificate.is_agreement:
        return integer(_WRONG_KEY_USAGE)
    use = "ds" if certificate.is_signing else "ka"
    public = command.get("own/new/%s/public" % use)
    if public is None:
        return integer(_NO_KEY_PAIR)
    if public != certificate.public_key:
        return integer(_WRONG_PUBLIC_KEY)
    command.changes["own/certificate/" + use] = field[2]
    command.changes["own/new/%s/public" % use] = None
    private = command.get("own/new/" + use)
    if private is not None:
        command.changes["own/" + use] = private
        command.changes["own/new/" + use] = None
        command.after.append(command.device.anchors.own.reload)
    return integer(0)


def activate_firmware(command: "Command", field: "Field") -> "Field":
    """CS06: activates the stored image, now or at its date.

    DecodeError where the content has another counter than the header.
    """
    if values(field)["originator_counter"] != command.m.counter:
        raise DecodeError("the message's counter expected", command.m.content_start, "content")
    execution = values(field).get("execution_date_time")
    if execution is not None:
        if execution == clock.NEVER:
            command.cancel()
            return NULL
        if clock.from_generalized(execution) > command.now:
            command.schedule(clock.from_generalized(execution))
            return NULL
    return sequence(*activate(command, values(field)["manufacturer_image_hash"]))


def activate(command: "Command", wanted: bytes) -> "tuple[Field, Field]":
    """Activates the stored image: the result, and the version that runs then."""
    image = command.get(IMAGE)
    running = command.get(FIRMWARE_VERSION) or _VERSION_UNKNOWN
    if image is None:
        return integer(_NO_IMAGE), octets(running)
    if image[:32] != wanted:
        return integer(_HASH_MISMATCH), octets(running)
    fault = command.device.faults.get(("F",))
    if fault is not None:
        return integer(fault), octets(running)
    command.changes[FIRMWARE_VERSION] = image[32:]
    command.changes[IMAGE] = None
    command.log(logs.SECURITY, logs.FIRMWARE_CHANGED)
    return integer(0), octets(image[32:])


def due(command: "Command", field: "Field", at: int) -> "tuple[int, Field]":
    """CS06 whose date has come: the alert's message code, and its payload."""
    if command.device.is_authentic(command.m, SUPPLIER):
        outcome = activate(command, values(field)["manufacturer_image_hash"])
    else:  # it was another supplier's
        running = command.get(FIRMWARE_VERSION) or _VERSION_UNKNOWN
        outcome = integer(_ACTIVATION_FAILURE), octets(running)
    code = logs.FUTURE_DATED_FAILURE if outcome[0][2] else logs.FUTURE_DATED_SUCCESS
    execution = (None, "GeneralizedTime", clock.generalized(at), None)
    counter = integer(command.m.counter)
    return _FIRMWARE_ALERT, sequence(integer(code), execution, counter, sequence(*outcome))


def read_firmware(command: "Command", field: "Field") -> "Field":
    """CS08: the firmware version that runs."""
    version = command.get(FIRMWARE_VERSION)
    fault = command.device.faults.get(("F",), int(version is None))
    return sequence(octets(version or _VERSION_UNKNOWN), integer(fault))


def set_time(command: "Command", field: "Field") -> "Field":
    """GCS28: accepts the hub's time between the two given; else the clock is unreliable."""
    start, end = (clock.from_generalized(bound[2]) for bound in field[2])
    status = _RELIABLE if start <= command.now <= end else _UNRELIABLE
    status = command.device.faults.get(("Z",), status)
    command.changes["clock/status"] = bytes((status,))
    command.log(logs.EVENT, logs.CLOCK_ADJUSTED)
    moment = (None, "GeneralizedTime", clock.generalized(command.now), None)
    return sequence(moment, integer(status))


ASN1: "dict[int, tuple[Any, Any]]" = {
    # message code: what the command does, and what when its date has come
    0x000A: (issue_credentials, None),
    0x000B: (update_certificate, None),
    0x000C: (provide_certificate, None),
    0x0012: (activate_firmware, due),
    0x0129: (read_firmware, None),
    0x007F: (set_time, None),
}
