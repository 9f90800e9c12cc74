"""A meter's device log: joining, unjoining, reading it; leaving the HAN; a GPF's log restored.

CS03 enters a device that this one may talk to, CS04 removes it and its keys, CS07 reads the log.
By method C both devices get each other's key agreement certificate; the signer of the command
vouches for it, since a device holds no certificate of its issuer. The draft CS02f of SECMP0013
tells the meter to leave: its answer is its last message on that network.

Sources: GBCS 13.4 to 13.7; SECMP0013 impact assessment, 3.2.
"""

from gbcs.asn1 import x509
from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import BadCertificate, BadKey, DecodeError
from gbcs_device.base import logs
from gbcs_device.base.partners import DEVICE_LOG, ENTRY, LINK_KEY, device_type, entries
from gbcs_device.messages.asn1_server import integer, octets, sequence, values
from gbcs_device.messages.trust_anchors import device_key_name

if TYPE_CHECKING:
    from gbcs.asn1.der import Field
    from gbcs.asn1.x509 import Certificate
    from gbcs.interfaces import Crypto
    from gbcs_device.messages.device import Command

__all__ = ("device_type", "disconnect", "join", "read_details", "restore", "unjoin")

MAX_ENTRIES = const(16)

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

_C = const(3)
_METHODS = {0x000D: (0,), 0x00AB: (1,), 0x000E: (2,), 0x00AF: (3,)}  # by message code
_JOINED_BY = (
    # kind of device, method (A as initiator, A as responder, B, C), types that are joined so
    ("ESME", 0, (4, 5)),
    ("HCALCS", 1, (1,)),
    ("PPMID", 1, (1,)),
    ("ESME", 2, (6,)),
    ("GSME", 2, (3, 6)),
    ("GPF", 2, (0, 5, 6)),
    ("GSME", 3, (5,)),
    ("PPMID", 3, (0,)),
)
_LISTED_AT_GPF = (0, 5, 6)


def _is_joined_by(kind: str, method: int, peer_type: int) -> bool:
    """Whether a device of this kind is joined with one of that type by this method."""
    return any(peer_type in row[2] for row in _JOINED_BY if row[:2] == (kind, method))


def join(command: "Command", field: "Field") -> "Field":
    """CS03A1, A2, B, C: enters a device in the log; the result."""
    given = values(field)
    eui, kind, method = given["other_device_id"], given["other_device_type"], given["method"]
    log = command.get(DEVICE_LOG) or b""
    listed = device_type(command, eui)
    certificate: Certificate | None = None
    if method == _C:
        certificate = _certificate(given.get("other_device_certificate"), command.device.crypto)
    result = command.device.faults.get(("J",), SUCCESS)
    if result != SUCCESS:
        pass
    elif method not in _METHODS.get(command.m.code, ()):
        result = WRONG_METHOD_CODE
    elif not _is_joined_by(command.device.kind, method, kind):
        result = INVALID_METHOD
    elif method == _C and certificate is None:
        result = NO_CERTIFICATE
    elif listed is not None and listed != kind:
        result = INCOMPATIBLE
    elif listed is None and len(log) >= MAX_ENTRIES * ENTRY:
        result = FULL
    elif listed is None:
        command.changes[DEVICE_LOG] = log + eui + bytes((kind,))
    # A reference command has the certificate of a third device: its key is not kept
    if result == SUCCESS and certificate is not None and certificate.entity_id == eui:
        command.changes[device_key_name(eui)] = certificate.public_key
    command.log(logs.SECURITY, logs.JOINING_FAILED if result else logs.JOINING_SUCCEEDED)
    return integer(result)


def _certificate(given: "bytes | None", crypto: "Crypto") -> "Certificate | None":
    """The other device's certificate of key agreement, its key a point of the curve; or None."""
    try:
        certificate = x509.read(given or b"")
        crypto.public_key(certificate.public_key)
    except (BadCertificate, BadKey, DecodeError):
        return None
    return certificate if certificate.is_agreement else None


def unjoin(command: "Command", field: "Field") -> "Field":
    """CS04AC, CS04B: removes the entry and both keys; the counter stays against replays."""
    fault = command.device.faults.get(("J",))
    if fault is not None:
        return integer(fault)
    log = command.get(DEVICE_LOG) or b""
    eui = field[2]
    kept = [entry for entry in entries(log) if entry[0] != eui]
    if len(kept) * ENTRY == len(log):
        command.log(logs.SECURITY, logs.UNJOINING_FAILED)
        return integer(NOT_IN_LOG)
    command.changes[DEVICE_LOG] = b"".join([listed + bytes((kind,)) for listed, kind in kept])
    command.changes[device_key_name(eui)] = None
    command.changes[LINK_KEY + eui.hex()] = None
    command.log(logs.SECURITY, logs.UNJOINING_SUCCEEDED)
    return integer(SUCCESS)


def read_details(command: "Command", field: "Field") -> "Field":
    """CS07: the EUI-64 and type of each device in the log."""
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
    """GCS59: replaces the GPF's log by the entries given that may be in it, each once."""
    log = b""
    outcomes = []
    for entry in field[2][0][2]:
        eui, kind = entry[2][0][2], entry[2][1][2]
        listed = device_type({DEVICE_LOG: log}, eui)
        result = command.device.faults.get(("J", eui), SUCCESS)
        if result != SUCCESS:
            pass
        elif kind not in _LISTED_AT_GPF:
            result = INVALID_METHOD
        elif listed is not None and listed != kind:
            result = INCOMPATIBLE
        elif listed is None and len(log) >= MAX_ENTRIES * ENTRY:
            result = FULL
        elif listed is None:
            log += eui + bytes((kind,))
        outcomes.append(sequence(sequence(octets(eui), integer(kind)), integer(result)))
    command.changes[DEVICE_LOG] = log
    return sequence(sequence(*outcomes))


ASN1 = {
    # message code: what the command does, and what when its date has come
    0x000D: (join, None),
    0x000E: (join, None),
    0x00AB: (join, None),
    0x00AF: (join, None),
    0x000F: (unjoin, None),
    0x0010: (unjoin, None),
    0x0013: (read_details, None),
    0x008C: (restore, None),
    0xF02F: (disconnect, None),
}
