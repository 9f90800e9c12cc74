"""Credentials of remote parties: what stands in the trust anchor cells, and its replacement.

CS02a and CS02f (0x011B) report cells; CS02b and CS02g replace certificates in them. Which party
may replace what is a table by replacement mode. A certificate is taken that was issued, by way of
the command's certification path, by the holder of the root cell, or by an issuing authority that
the device was made to know.

Sources: GBCS 13.2 (CS02a), 13.3 (CS02b), statuses and layouts as in 57 reference messages.
"""

from gbcs import x509
from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import BadCertificate, BadKey, BadSignature, DecodeError
from gbcs_device import clock, logs
from gbcs_device.anchors import DS, KA, LOAD_CONTROLLER, SUPPLIER, cell_of
from gbcs_device.asn1server import NULL, enumerated, integer, octets, sequence, values

if TYPE_CHECKING:
    from typing import Any  # noqa: TID251

    from gbcs.der import Field
    from gbcs_device.device import Command

SUCCESS = const(0)
BAD_CERTIFICATE = const(5)
NO_TRUST_ANCHOR = const(10)
NOT_FOUND = const(25)
OTHER = const(127)

_USES = {"1": DS, "00001": KA}
_BITS = {DS: "1", KA: "00001"}
_REPORTED = ((DS, False), (KA, False), (KA, True))

# Replacement mode: role that authorises it, roles whose cells may be replaced (None: any)
_MODES = {
    0: (2, (0,)),
    1: (6, (0,)),
    2: (2, (2,)),
    3: (3, (3,)),
    4: (4, (4,)),
    5: (6, (6,)),
    6: (5, (5,)),
    7: (5, (2,)),
    8: (1, (0, 1, 2, 3, 4, 5, 6, 8)),
    9: (0, None),
    10: (8, (8,)),
    11: (2, (8,)),
}


def provide_details(command: "Command", field: "Field") -> "Field":
    """CS02a, CS02f: role, status, counter and cells of each role asked for."""
    _, roles = field[2]
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
    """CS02b, CS02g: replaces certificates now, or is kept for its date."""
    execution = values(field).get("execution_date_time")
    if execution is not None:
        if execution == clock.NEVER:
            command.cancel()
            return sequence(NULL)
        if clock.from_generalized(execution) > command.now:
            command.schedule(clock.from_generalized(execution))
            return sequence(NULL)
    return sequence(NULL, carry_out(command, field), credentials=True)


def carry_out(command: "Command", field: "Field") -> "Field":
    """Replaces certificates; the outcome: counters set, and what became of each replacement."""
    found = values(field)
    control = _by_name(found["control"])
    mode = control["mode"]
    authorising, replaceable = _MODES.get(mode, (None, ()))
    refused = _refusal(command, control, mode, authorising)
    path = [_read(one[2]) for one in found["certification_path"]]
    outcomes = []
    succeeded = True
    for one in found["replacements"]:
        certificate, cell = one[2]
        status, outcome = _replace(
            command, certificate[2], _by_name(cell[2]), path, replaceable, refused
        )
        succeeded = succeeded and status == SUCCESS
        outcomes.append(outcome)
    changes = _counters(command, control, authorising, succeeded)
    log = logs.CREDENTIALS_UPDATED
    if succeeded:
        command.log(logs.SECURITY, log)
    return sequence(
        integer(control["authorising_seq_number"]),
        integer(mode),
        sequence(*changes),
        sequence(*outcomes, credentials=True),
        credentials=True,
    )


def _by_name(fields: "list[Field]") -> "dict[str, Any]":
    return {one[0]: one[2] for one in fields}  # type: ignore[misc]


def _refusal(
    command: "Command", control: "dict[str, Any]", mode: int, authorising: "int | None"
) -> int:
    """Why nothing may be replaced, or SUCCESS."""
    cell = _by_name(control["authorising_cell"]) if "authorising_cell" in control else {}
    if authorising is None or (command.case.mode is not None and mode != command.case.mode):
        return OTHER
    if cell and cell["role"] != authorising:
        return OTHER
    held = command.device.anchors.cell(authorising, _USES.get(cell.get("key_usage", "1"), DS))
    if held is None or held.eui not in (command.m.originator, command.m.party):
        return NO_TRUST_ANCHOR
    return SUCCESS


def _read(certificate: bytes) -> "Any":
    """The certificate, or None where it is none of the profile."""
    try:
        return x509.read(certificate)
    except (DecodeError, BadCertificate):
        return None


def _replace(
    command: "Command",
    octets_: bytes,
    cell: "dict[str, Any]",
    path: "list[Any]",
    replaceable: "Any",
    refused: int,
) -> "tuple[int, Field]":
    """Replaces one certificate: its status, and the outcome that says so."""
    device = command.device
    use = _USES.get(cell["key_usage"])
    role, prepayment = cell["role"], bool(cell.get("cell_usage", 0))
    certificate = _read(octets_)
    status = device.faults.get(("T", role, use, prepayment), refused)
    before = None if use is None else device.anchors.cell(role, use, prepayment)
    if status == SUCCESS:
        if use is None or (replaceable is not None and role not in replaceable):
            status = OTHER
        elif before is None:
            status = NOT_FOUND
        else:
            status = _check(command, certificate, role, use, path)
    after = before
    if status == SUCCESS and use is not None:
        after = cell_of(certificate)
        command.changes.update(device.anchors.filled(role, use, after, prepayment))
    parts: list[Any] = [integer(role), (None, "BIT STRING", cell["key_usage"], None)]
    if prepayment:
        parts.append(integer(1))
    ids = [octets(b"") if one is None else octets(part) for one in (before, after)
           for part in ((one.eui, one.key_id) if one is not None else (b"", b""))]  # fmt: skip
    return status, sequence(sequence(*parts), enumerated(status), *ids)


def _check(
    command: "Command", certificate: "Any", role: int, use: "str", path: "list[Any]"
) -> int:
    """Whether a certificate may stand in a cell: of the profile, for that use, well issued."""
    if (
        certificate is None
        or (certificate.is_signing if use == DS else certificate.is_agreement) is False
    ):
        return BAD_CERTIFICATE
    # Reference messages put a supplier's certificate in a load controller's cell
    if certificate.role != role and (certificate.role, role) != (SUPPLIER, LOAD_CONTROLLER):
        return BAD_CERTIFICATE
    issuer = None
    for one in path:
        if one is not None and one.subject_key_id == certificate.authority_key_id:
            issuer = one
    device = command.device
    if issuer is None or not issuer.is_issuing:
        return NO_TRUST_ANCHOR
    try:
        x509.verify(certificate, device.crypto.public_key(issuer.public_key), device.crypto)
    except (BadSignature, BadKey):
        return BAD_CERTIFICATE
    return SUCCESS if _is_trusted(device, issuer) else NO_TRUST_ANCHOR


def _is_trusted(device: "Any", issuer: "Any") -> bool:
    """Whether the root's holder issued it, or it is the issuing authority that is known."""
    known = device.anchors.cell(7, DS)
    if known is not None and known.public_key == issuer.public_key:
        return True
    root = device.anchors.cell(0, DS)
    if root is None:
        return False
    try:
        x509.verify(issuer, device.crypto.public_key(root.public_key), device.crypto)
    except (BadSignature, BadKey):
        return False
    return True


def _counters(
    command: "Command", control: "dict[str, Any]", authorising: "int | None", succeeded: bool
) -> "list[Field]":
    """Sets the counters that the command sets; what was set, for the outcome."""
    changes = []
    floor = control.get("new_floor_seq_number")
    if floor is not None and authorising is not None:
        special = control.get("new_specialist_floor_seq_numbers")
        changes.append(_change(command, authorising, floor, special, succeeded))
    for one in control.get("other_seq_number_changes") or ():
        found = _by_name(one[2])
        changes.append(
            _change(
                command, found["role"], found["floor"], found.get("specialist_floors"), succeeded
            )
        )
    return changes


def _change(command: "Command", role: int, floor: int, special: "Any", succeeded: bool) -> "Field":
    parts = [integer(role), integer(floor)]
    if succeeded:
        command.changes.update(command.device.anchors.counted(role, floor))
        if role == command.role:
            command.counted = True
    if special is not None:
        specials = []
        for one in special:
            usage, number = one[2][0][2], one[2][1][2]
            if succeeded:
                command.changes["top-up/%d" % role] = number.to_bytes(8, "big")
            specials.append(sequence(integer(usage), integer(number)))
        parts.append(sequence(*specials))
    return sequence(*parts)
