"""Whether a command may be carried out: one decision, made of a row of the registry.

The rows (gbcs.usecases) say by kind of device who may send a command, whether it is signed and
MAC'd, and whether the broker may send it for a user. What they do not say is refused. A role is a
trust anchor cell: out of the box the broker stands in the supplier's cells too, and is the
supplier there.

`judge` looks at what a message claims and carries. That its MAC and signature are right is for
gbcs_device.messages.device to check, with the keys of the roles that `judge` gives.

Sources: authority.json of the facts, which all 501 reference commands agree with; GBCS 6.2, 7.2.9.
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import Refused
from gbcs_device.messages.trust_anchors import ACCESS_CONTROL_BROKER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gbcs.usecases import UseCase

ACCEPTED = const(0)
NOT_SUPPORTED = const(1)  # authentic, and not for this kind of device: told by ECS100
WRONG_FORM = const(2)  # a MAC or signature that is missing, or must not be there
WRONG_SENDER = const(3)

_NUMBERS = {
    "Root": 0,
    "Recovery": 1,
    "Supplier": 2,
    "Network Operator": 3,
    "Access Control Broker": 4,
    "Transitional CoS": 5,
    "WAN Provider": 6,
    "Load Controller": 8,
}


class NotAllowed(Refused):
    """The originator may not send this, or not so."""


class NotSupported(Refused):
    """The device does not have this use case; `roles` are those of the authentic originator."""

    def __init__(self, text: str, roles: "Sequence[int | str]") -> None:
        super().__init__(text)
        self.roles = roles


class Replayed(Refused):
    """The counter is not above the last one accepted, or the command was carried out before."""


def judge(
    case: "UseCase | None",
    kind: str,
    roles: "Iterable[int]",
    signing_roles: "Iterable[int]",
    has_mac: bool,
    has_signature: bool,
    has_party: bool,
    is_joined: bool = False,
) -> "tuple[int, list[int]]":
    """The verdict on a command, and the roles in which its originator may send it.

    `case` is the registry's row of its message code, or None; `kind` the kind of device that it
    came to. `roles` are those in whose cells the originator stands, `signing_roles` those of them
    with a digital signature certificate. `has_party` tells whether it names a supplementary
    remote party, for whom the broker sends it; `is_joined` whether the originator is a PPMID in
    the device's own log. The roles are empty unless the verdict is ACCEPTED or NOT_SUPPORTED; of
    a command from device to device they are empty too.
    """
    names = None if case is None else case.roles.get(kind)
    if case is None or not names:
        return _unsupported(case, roles, signing_roles, has_mac, has_signature, has_party)
    if case.mac == "device":
        if has_signature or not has_mac:
            return WRONG_FORM, []
        return ACCEPTED if is_joined and not has_party else WRONG_SENDER, []
    if case.mac == "form" and case.signature == "form":
        if has_mac == has_signature:
            return WRONG_FORM, []
        if has_mac:
            names = ("Access Control Broker",)
    elif has_mac != _is_required(case.mac, kind) or has_signature != is_signed(case, kind):
        return WRONG_FORM, []
    standing = signing_roles if has_signature else roles
    if has_party:
        allowed = [
            role for role in standing if role == ACCESS_CONTROL_BROKER and kind in case.behalf
        ]
    elif "any" in names:
        allowed = list(standing)
    else:
        numbers = role_numbers(names)
        allowed = [role for role in standing if role in numbers]
    return ACCEPTED if allowed else WRONG_SENDER, allowed


def _unsupported(
    case: "UseCase | None",
    roles: "Iterable[int]",
    signing_roles: "Iterable[int]",
    has_mac: bool,
    has_signature: bool,
    has_party: bool,
) -> "tuple[int, list[int]]":
    """The verdict on a command that this kind of device does not have, by its form and sender."""
    if not has_mac and not has_signature:
        return WRONG_FORM, []
    signature, mac = ("", "") if case is None else (case.signature, case.mac)
    if (signature == "yes" and not has_signature) or (signature == "no" and has_signature):
        return WRONG_FORM, []
    if mac == "yes" and not has_mac:
        return WRONG_FORM, []
    standing = signing_roles if has_signature else roles
    senders = [role for role in standing if role == ACCESS_CONTROL_BROKER or not has_party]
    return NOT_SUPPORTED if senders else WRONG_SENDER, senders


def role_numbers(names: "Iterable[str]") -> "list[int]":
    """The numbers of roles that have trust anchor cells, by the registry's names."""
    return [_NUMBERS[name] for name in names if name in _NUMBERS]


def is_signed(case: "UseCase", kind: str) -> bool:
    """Whether a command of this use case to this kind of device is signed.

    False where that depends on who sends it (CS02a, CS02f).
    """
    return _is_required(case.signature, kind)


def _is_required(rule: str, kind: str) -> bool:
    return rule == "yes" or kind in rule.split("/")
