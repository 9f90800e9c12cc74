"""Credentials of remote parties: what stands in the trust anchor cells, and its replacement.

CS02a and CS02f (0x011B) report cells; CS02b and CS02g replace certificates in them. The message
code gives the role whose cell authorises a command (the registry's roles), and its replacement
mode; a table here has the roles that a mode may replace. A certificate is accepted if the holder
of the root cell issued it, by way of the command's certification path, or an issuing authority
that the device knows.

A command that names another mode, cell or counter than its message code and header is refused
whole. A counter floor is set only with a certificate of its role that the same command replaced;
it may let counters go back (a floor of 0 is legal), so the commands that set the last floors are
remembered, and not carried out again.

Sources: GBCS 13.2 (CS02a), 13.3 (CS02b), statuses and layouts as in 57 reference messages.
"""

from gbcs import clock, protect
from gbcs.asn1 import x509
from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import BadCertificate, BadKey, DecodeError
from gbcs_device.base import logs
from gbcs_device.base.names import TOKENS_TAKEN
from gbcs_device.messages import authority
from gbcs_device.messages.asn1_server import NULL, enumerated, integer, octets, sequence, values
from gbcs_device.messages.trust_anchors import (
    ACCESS_CONTROL_BROKER,
    DS,
    ISSUING_AUTHORITY,
    KA,
    LOAD_CONTROLLER,
    NETWORK_OPERATOR,
    ROOT,
    SUPPLIER,
    cell_of,
)

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.asn1.der import Field
    from gbcs.asn1.x509 import Certificate
    from gbcs_device.messages.device import Command, Device

SUCCESS = const(0)
BAD_CERTIFICATE = const(5)
NO_TRUST_ANCHOR = const(10)
NOT_FOUND = const(25)
OTHER = const(127)

_USES = {"1": DS, "00001": KA}
_BITS = {DS: "1", KA: "00001"}
_REPORTED = ((DS, False), (KA, False), (KA, True))

# Replacement mode: roles whose cells may be replaced
_MODES = {
    0: (0,),
    1: (0,),
    2: (2,),
    3: (3,),
    4: (4,),
    5: (6,),
    6: (5,),
    7: (2,),
    8: (0, 1, 2, 3, 4, 5, 6, 8),
    9: (0, 1, 2, 3, 4, 5, 6, 7, 8),
    10: (8,),
    11: (8,),
}
_CONTINGENCY = const(9)

# Certificates may stand in another role's cell: the broker's in those of a user out of the box and
# after a handover back; reference messages put a supplier's in a load controller's cell
_STAND_INS = (
    (SUPPLIER, LOAD_CONTROLLER),
    (ACCESS_CONTROL_BROKER, SUPPLIER),
    (ACCESS_CONTROL_BROKER, NETWORK_OPERATOR),
)

_ALERT = const(0x00CB)
_ALERTS = {0x0125: 0x0124, 0x0126: 0x0124}  # of CS02g

_ROLES = (0, 1, 2, 3, 4, 5, 6, 7, 8)
_MAX_COUNTER = 0x7FFFFFFFFFFFFFFF
_EXECUTED = "own/executed"  # digests of the commands that set the last floors
_DIGEST = const(8)
_EXECUTED_KEPT = const(8)


def provide_details(command: "Command", field: "Field") -> "Field":
    """CS02a, CS02f: role, status, counter and cells of each role asked for.

    Raises NotAllowed where the cell that is to authenticate the command is not its originator's.
    """
    cell, roles = field[2]
    authorising = _by_name(cell[2])
    use = DS if command.m.signature else KA
    if authorising["role"] not in command.roles or _USES.get(authorising["key_usage"]) != use:
        raise authority.NotAllowed("the originator's cell expected as authorising_cell")
    anchors = command.device.anchors
    details = []
    for _, _, role, _ in roles[2]:
        status = command.device.faults.get(("T", role), SUCCESS)
        cells = []
        for use, prepayment in _REPORTED:
            cell = anchors.cell(role, use, prepayment)
            if cell is not None:
                parts: list[Any] = [(None, "BIT STRING", _BITS[use], None)]
                if prepayment:
                    parts.append(integer(1))
                cells.append(sequence(*parts, octets(cell.eui), octets(cell.key_id)))
        if status == SUCCESS and not cells:
            status = NOT_FOUND
        if status != SUCCESS:
            details.append(sequence(integer(role), enumerated(status)))
            continue
        counter = max(anchors.counter(role), 0)
        details.append(sequence(integer(role), enumerated(SUCCESS), integer(counter),
                                sequence(*cells, credentials=True), credentials=True))  # fmt: skip
    return sequence(*details, credentials=True)


def update(command: "Command", field: "Field") -> "Field":
    """CS02b, CS02g: replaces certificates now, or is kept for its date.

    Raises NotAllowed for another mode, cell or counter than the command may have, Replayed for
    octets that were carried out already, DecodeError for a role or a floor out of range.
    """
    _check(command, values(field))
    if _digest(command) in _executed(command):
        raise authority.Replayed("a command that was not carried out yet expected")
    execution = values(field).get("execution_date_time")
    if execution is not None:
        if execution == clock.NEVER:
            command.cancel()
            return sequence(NULL)
        if clock.from_generalized(execution) > command.now:
            command.schedule(clock.from_generalized(execution))
            return sequence(NULL)
    return sequence(NULL, carry_out(command, field), credentials=True)


def _check(command: "Command", fields: "dict[str, Any]") -> None:
    """Raises NotAllowed, DecodeError where the content does not agree with code and header."""
    case, m = command.case, command.m
    control = _by_name(fields["control"])
    if control["mode"] != case.mode or case.mode not in _MODES:
        raise authority.NotAllowed("the mode of the message code expected")
    if control["authorising_seq_number"] != m.counter:
        raise authority.NotAllowed("the originator counter expected as authorising_seq_number")
    if ("plaintext_symmetric_key" in control) != (case.mode == _CONTINGENCY):
        raise authority.NotAllowed("a symmetric key with the contingency mode alone expected")
    cell = _by_name(control["authorising_cell"]) if "authorising_cell" in control else None
    if authority.is_signed(case, command.device.kind):
        role = _authorising(command)
        if cell is None or cell["role"] != role or _USES.get(cell["key_usage"]) != DS:
            raise authority.NotAllowed("the originator's cell expected as authorising_cell")
    elif cell is not None:
        raise authority.NotAllowed("no authorising_cell expected")
    floors = _floors(command, control)
    for role, floor, special in floors:
        numbers = [floor] + [change[2][1][2] for change in special or ()]
        if role not in _ROLES or min(numbers) < 0 or max(numbers) > _MAX_COUNTER:
            raise DecodeError(
                "a role and floors from 0 to 2^63-1 expected", m.content_start, "control"
            )
    if len({role: True for role, _, _ in floors}) < len(floors):
        raise DecodeError("a floor once for a role expected", m.content_start, "control")


def _authorising(command: "Command") -> int:
    """The role in whose cell the originator must stand."""
    names = command.case.roles[command.device.kind]
    return authority.role_numbers(names)[0]


def _floors(
    command: "Command", control: "dict[str, Any]"
) -> "list[tuple[int, int, list[Field] | None]]":
    """Role, floor and specialist floors of each counter that a command would set."""
    floors = []
    authorising = _authorising(command)
    floor = control.get("new_floor_seq_number")
    special = control.get("new_specialist_floor_seq_numbers")
    if floor is not None:
        floors.append((authorising, floor, special))
    for change in control.get("other_seq_number_changes") or ():
        fields = _by_name(change[2])
        floors.append((fields["role"], fields["floor"], fields.get("specialist_floors")))
    return floors


def _digest(command: "Command") -> bytes:
    """Eight octets for the signed part: a signature has more than one form."""
    m = command.m
    crypto = command.device.crypto
    digest: bytes = crypto.sha256(protect.signed_octets(m))[:_DIGEST]
    return digest


def _executed(command: "Command") -> "list[bytes]":
    octets = command.get(_EXECUTED) or b""
    return [octets[at : at + _DIGEST] for at in range(0, len(octets), _DIGEST)]


def carry_out(command: "Command", field: "Field", is_authentic: bool = True) -> "Field":
    """Replaces certificates; the outcome: counters set, and the status of each replacement.

    The command passed the checks of `update` when it came; `is_authentic` tells whether it would
    now, when its date has come.
    """
    fields = values(field)
    control = _by_name(fields["control"])
    refused = SUCCESS if is_authentic else NO_TRUST_ANCHOR
    path = [_read(certificate[2]) for certificate in fields["certification_path"]]
    outcomes = []
    replaced: dict[int, bool] = {}  # role: whether a certificate of it was replaced
    succeeded = True
    for replacement in fields["replacements"]:
        certificate, cell = replacement[2]
        status, outcome = _replace(
            command, certificate[2], _by_name(cell[2]), path, _MODES[control["mode"]], refused
        )
        role = _by_name(cell[2])["role"]
        replaced[role] = replaced.get(role, False) or status == SUCCESS
        succeeded = succeeded and status == SUCCESS
        outcomes.append(outcome)
    # A reference response names a floor although neither of its two replacements succeeded
    changes = [
        _change(command, role, floor, special, replaced[role])
        for role, floor, special in _floors(command, control)
        if role in replaced
    ]
    if command.floors:
        kept = [_digest(command)] + _executed(command)
        command.changes[_EXECUTED] = b"".join(kept[:_EXECUTED_KEPT])
    if succeeded:
        command.log(logs.SECURITY, logs.CREDENTIALS_UPDATED)
    return sequence(
        integer(control["authorising_seq_number"]),
        integer(control["mode"]),
        sequence(*changes),
        sequence(*outcomes, credentials=True),
        credentials=True,
    )


def due(command: "Command", field: "Field", at: int) -> "tuple[int, Field]":
    """A command whose date has come: the alert's message code, and its payload."""
    outcome = carry_out(
        command, field, command.device.is_authentic(command.m, _authorising(command))
    )
    failed = [part for part in outcome[2][3][2] if part[2][1][2] != SUCCESS]
    code = logs.FUTURE_DATED_FAILURE if failed else logs.FUTURE_DATED_SUCCESS
    execution = (None, "GeneralizedTime", clock.generalized(at), None)
    record = sequence(integer(code), execution, outcome, credentials=True)
    return _ALERTS.get(command.m.code, _ALERT), record


def _by_name(fields: "list[Field]") -> "dict[str, Any]":
    return {field[0]: field[2] for field in fields}  # type: ignore[misc]


def _read(certificate: bytes) -> "Certificate | None":
    """The certificate; None where the octets are no certificate of the profile."""
    try:
        return x509.read(certificate)
    except (DecodeError, BadCertificate):
        return None


def _replace(
    command: "Command",
    octets_: bytes,
    cell: "dict[str, Any]",
    path: "list[Certificate | None]",
    replaceable: "tuple[int, ...]",
    refused: int,
) -> "tuple[int, Field]":
    """Replaces one certificate: its status, and its part of the outcome."""
    device = command.device
    use = _USES.get(cell["key_usage"])
    role, prepayment = cell["role"], bool(cell.get("cell_usage", 0))
    certificate = _read(octets_)
    status = device.faults.get(("T", role, use, prepayment), refused)
    before = None if use is None else device.anchors.cell(role, use, prepayment)
    if status == SUCCESS:
        if use is None or role not in replaceable:
            status = OTHER
        elif before is None:
            status = NOT_FOUND
        else:
            status = _examine(command, certificate, role, use, path)
    after = before
    if status == SUCCESS and use is not None and certificate is not None:
        after = cell_of(certificate)
        command.changes.update(device.anchors.filled(role, use, after, prepayment))
    parts: list[Any] = [integer(role), (None, "BIT STRING", cell["key_usage"], None)]
    if prepayment:
        parts.append(integer(1))
    ids = []
    for anchor in (before, after):
        ids += [octets(b"" if anchor is None else anchor.eui)]
        ids += [octets(b"" if anchor is None else anchor.key_id)]
    return status, sequence(sequence(*parts), enumerated(status), *ids)


def _examine(
    command: "Command",
    certificate: "Certificate | None",
    role: int,
    use: str,
    path: "list[Certificate | None]",
) -> int:
    """The status of a certificate for a cell: its profile, its use and its issuer are checked."""
    if certificate is None:
        return BAD_CERTIFICATE
    uses = {DS: certificate.is_signing or role == ROOT, KA: certificate.is_agreement}
    if not uses[use]:
        return BAD_CERTIFICATE
    if certificate.role != role and (certificate.role, role) not in _STAND_INS:
        return BAD_CERTIFICATE
    if role == ROOT:
        return _examine_root(command, certificate)
    issuer = None
    for candidate in path:
        if candidate is not None and candidate.subject_key_id == certificate.authority_key_id:
            issuer = candidate
    device = command.device
    if issuer is None or not issuer.is_issuing or issuer.role != ISSUING_AUTHORITY:
        return NO_TRUST_ANCHOR
    if not (_has_key(device, certificate) and _is_signed(device, certificate, issuer.public_key)):
        return BAD_CERTIFICATE
    return SUCCESS if _is_trusted(device, issuer) else NO_TRUST_ANCHOR


def _examine_root(command: "Command", certificate: "Certificate") -> int:
    """The status of a certificate for the root's cell: a root's, signed by the present root."""
    device = command.device
    root = device.anchors.cell(ROOT, DS)
    if not certificate.is_issuing or certificate.entity_id is not None:
        return BAD_CERTIFICATE
    if root is None or not _has_key(device, certificate):
        return NO_TRUST_ANCHOR
    return SUCCESS if _is_signed(device, certificate, root.public_key) else NO_TRUST_ANCHOR


def _has_key(device: "Device", certificate: "Certificate") -> bool:
    """Whether the key that it certifies is a point of the curve."""
    try:
        device.crypto.public_key(certificate.public_key)
    except BadKey:
        return False
    return True


def _is_signed(device: "Device", certificate: "Certificate", public_key: bytes) -> bool:
    """Whether the holder of this public key, 65 octets, signed a certificate."""
    crypto = device.crypto
    try:
        key = crypto.public_key(public_key)
    except BadKey:
        return False
    signed = certificate.octets[certificate.tbs_start : certificate.tbs_end]
    # As x509.verify does, without that call: a board's C stack is short here
    return crypto.verify(key, signed, certificate.signature)


def _is_trusted(device: "Device", issuer: "Certificate") -> bool:
    """Whether an issuing authority is the known one, or was certified by the root."""
    known = device.anchors.cell(ISSUING_AUTHORITY, DS)
    if known is not None and known.public_key == issuer.public_key:
        return True
    root = device.anchors.cell(ROOT, DS)
    return root is not None and _is_signed(device, issuer, root.public_key)


def _change(
    command: "Command", role: int, floor: int, special: "list[Field] | None", is_set: bool
) -> "Field":
    """Sets the counters of a role, where `is_set`; gives their part of the outcome."""
    parts = [integer(role), integer(floor)]
    if is_set:
        command.changes.update(command.device.anchors.counted(role, floor))
        command.floors.append(role)
    if special is not None:
        specials = []
        for change in special:
            usage, number = change[2][0][2], change[2][1][2]
            if is_set:
                command.changes["top-up/%d" % role] = number.to_bytes(8, "big")
                if role == SUPPLIER:  # whose tokens are counted anew
                    command.changes[TOKENS_TAKEN] = None
            specials.append(sequence(integer(usage), integer(number)))
        parts.append(sequence(*specials))
    return sequence(*parts)


# What a command does, and what when its date has come
REPLACEMENT = (update, due)  # CS02b, CS02g, by whatever message code
ASN1 = {
    0x0008: (provide_details, None),
    0x011B: (provide_details, None),
}
