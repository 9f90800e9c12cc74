"""A meter's device log: joining, unjoining, reading it; leaving the HAN; a GPF's log restored.

CS03 enters a device that this one may talk to, CS04 removes it, CS07 reads the log. By method C
both devices get each other's key agreement certificate, for which whoever signed the command
vouches. The draft CS02f of SECMP0013 tells the meter to leave: its answer is the last thing it
says there.

Sources: GBCS 13.4 to 13.7; SECMP0013 impact assessment, 3.2.
"""

from gbcs import x509
from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import BadCertificate, DecodeError
from gbcs_device import logs
from gbcs_device.anchors import device_key_name, device_role
from gbcs_device.asn1server import integer, octets, sequence, values

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.der import Field
    from gbcs_device.device import Command

DEVICE_LOG = "devices"  # EUI-64 and type, nine octets each
MAX_ENTRIES = const(16)
_ENTRY = const(9)

# CS03, CS04, results
SUCCESS = const(0)
WRONG_METHOD_CODE = const(1)
INVALID_METHOD = const(2)
INCOMPATIBLE = const(3)
FULL = const(4)
NO_CERTIFICATE = const(11)
NOT_IN_LOG = const(1)
NOT_JOINED = const(1)
READ_FAILURE = const(1)

_METHODS = {0x000D: (0,), 0x00AB: (1,), 0x000E: (2,), 0x00AF: (3,)}  # by message code
GSME_TYPE, ESME_TYPE, GPF_TYPE, PPMID_TYPE, TYPE_2 = 0, 1, 3, 5, 6
_METHOD_B, _METHOD_C = const(2), const(3)


def entries(log: bytes) -> "list[tuple[bytes, int]]":
    """EUI-64 and device type of each entry."""
    return [(log[at : at + 8], log[at + 8]) for at in range(0, len(log), _ENTRY)]


def device_type(store: "Any", eui: bytes) -> "int | None":
    """The type under which a device is in this device's own log; None where it is not."""
    for listed, kind in entries(store.get(DEVICE_LOG) or b""):
        if listed == eui:
            return kind
    return None


def join(command: "Command", field: "Field") -> "Field":
    """CS03A1, A2, B, C."""
    found = values(field)
    eui, kind, method = found["other_device_id"], found["other_device_type"], found["method"]
    log = command.get(DEVICE_LOG) or b""
    held = [one for one in entries(log) if one[0] == eui]
    result = command.device.faults.get(("J",), SUCCESS)
    if result != SUCCESS:
        pass
    elif method not in _METHODS.get(command.m.code, (0, 1, 2, 3)):
        result = WRONG_METHOD_CODE
    elif method == _METHOD_B and kind == PPMID_TYPE:  # a PPMID acts on a meter: keys are agreed
        result = INVALID_METHOD
    elif method == _METHOD_C and _certificate(found) is None:
        result = NO_CERTIFICATE
    elif held and held[0][1] != kind:
        result = INCOMPATIBLE
    elif not held and len(log) >= MAX_ENTRIES * _ENTRY:
        result = FULL
    elif not held:
        command.changes[DEVICE_LOG] = log + eui + bytes((kind,))
    if result == SUCCESS and method == _METHOD_C:
        certificate = _certificate(found)
        if certificate.entity_id == eui:  # a reference command brings another's
            command.changes[device_key_name(eui)] = certificate.public_key
    command.log(logs.SECURITY, logs.JOINING_FAILED if result else logs.JOINING_SUCCEEDED)
    return integer(result)


def _certificate(found: "dict[str, Any]") -> "Any":
    """The other device's certificate of key agreement, or None."""
    try:
        certificate = x509.read(found.get("other_device_certificate") or b"")
    except (BadCertificate, DecodeError):
        return None
    return certificate if certificate.is_agreement else None


def unjoin(command: "Command", field: "Field") -> "Field":
    """CS04AC, CS04B."""
    log = command.get(DEVICE_LOG) or b""
    kept = [one for one in entries(log) if one[0] != field[2]]
    if len(kept) * _ENTRY == len(log):
        command.log(logs.SECURITY, logs.UNJOINING_FAILED)
        return integer(NOT_IN_LOG)
    command.changes[DEVICE_LOG] = b"".join([eui + bytes((kind,)) for eui, kind in kept])
    command.changes[device_key_name(field[2])] = None
    command.changes.update(command.device.anchors.counted(device_role(field[2]), None))
    command.log(logs.SECURITY, logs.UNJOINING_SUCCEEDED)
    return integer(SUCCESS)


def read_details(command: "Command", field: "Field") -> "Field":
    """CS07."""
    fault = command.device.faults.get(("J",))
    if fault is not None:
        return sequence(integer(fault))
    log = entries(command.get(DEVICE_LOG) or b"")
    return sequence(
        integer(SUCCESS), sequence(*[sequence(octets(eui), integer(kind)) for eui, kind in log])
    )


def disconnect(command: "Command", field: "Field") -> "Field":
    """The draft CS02f: answers, then leaves the HAN."""
    if not command.device.is_joined():
        return integer(NOT_JOINED)
    command.log(logs.SECURITY, logs.UNJOINING_SUCCEEDED)
    command.changes.update(command.device.left())
    return integer(SUCCESS)


def restore(command: "Command", field: "Field") -> "Field":
    """GCS59: the GPF's log becomes these entries."""
    log = b""
    outcomes = []
    for entry in field[2][0][2]:
        eui, kind = entry[2][0][2], entry[2][1][2]
        result = SUCCESS if len(log) < MAX_ENTRIES * _ENTRY else FULL
        if result == SUCCESS:
            log += eui + bytes((kind,))
        outcomes.append(sequence(sequence(octets(eui), integer(kind)), integer(result)))
    command.changes[DEVICE_LOG] = log
    return sequence(sequence(*outcomes))
