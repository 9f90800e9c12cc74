"""Remote parties: they compose, sign, MAC and count commands, and verify responses and alerts.

A command of any party carries the MAC of the Access Control Broker, a critical one the party's
signature. A response must have the counter and message code of an outstanding command, with
originator and recipient swapped.

Sources: GBCS 6.2 (signature and MAC), 7.2 (messages), 4.3.1.3 (counters), 13.3 (roles). Reference
commands of RTDS are composed again, octet for octet (tests).
"""

from typing import Any

from gbcs import message, payload, protect
from gbcs_host.decode import verdict
from gbcs_host.lab.pki import Pki

_FIRST_COUNTER = 1000
_OUTSTANDING_KEPT = 4096  # commands that may still be answered
_EUIS = (
    # name                    EUI-64              role  uses
    ("recovery", "90B3D51F30000001", 1, ("ds",)),
    ("access control broker", "90B3D51F30000002", 4, ("ds", "ka")),
    ("transitional CoS", "90B3D51F30000004", 5, ("ds",)),
    ("WAN provider", "90B3D51F30000007", 6, ("ds",)),
    ("supplier", "90B3D51F30010000", 2, ("ds", "ka", "pp-ka")),
    ("load controller", "90B3D51F30010008", 8, ("ds", "ka")),
    ("network operator", "90B3D51F30020000", 3, ("ds", "ka")),
)


class UnexpectedResponse(Exception):
    """A response to no outstanding command; the text has its message code and counter."""


class UnknownParty(Exception):
    """No party of the lab has this name; the text has those that there are."""


class RemoteParty:
    """One remote party; `counter` is the last originator counter that it has used."""

    def __init__(self, name: str, eui: bytes, role: int) -> None:
        self.name = name
        self.eui = eui
        self.role = role
        self.counter = _FIRST_COUNTER


def protected(composed: bytes, keys: Any, signer: "bytes | None", broker: "bytes | None") -> bytes:
    """A composed command with the signature of `signer` and the MAC of `broker`, if given.

    `signer` and `broker` are EUI-64s whose private keys are in the key store `keys`.
    """
    signature = b""
    if signer is not None:
        signature = keys.crypto.sign(keys.private(signer, "ds"), composed[1:])
    signing = message.finish(composed, signature)
    if broker is None:
        return signing
    secret = keys.secret(signing[21:29], broker)
    return message.wrap(signing, protect.general_signing_mac(signing, secret, keys.crypto))


class Parties:
    """The remote parties of one lab, by name: `parties["supplier"]`."""

    def __init__(self, pki: Pki) -> None:
        self.pki = pki
        self.keys = pki.keystore()
        self._parties = {
            name: RemoteParty(name, bytes.fromhex(eui), role) for name, eui, role, _ in _EUIS
        }
        for name, eui, role, uses in _EUIS:
            for use in uses:
                pki.organisation(bytes.fromhex(eui), role, use, name.upper())
        self._outstanding: dict[tuple[bytes, bytes, int, int], None] = {}

    def __getitem__(self, name: str) -> RemoteParty:
        party = self._parties.get(name)
        if party is None:
            known = ", ".join(self._parties)
            raise UnknownParty("a party of %s expected, found %r" % (known, name))
        return party

    def __iter__(self) -> Any:
        return iter(self._parties.values())

    def command(
        self,
        party: RemoteParty,
        device: bytes,
        code: int,
        content: bytes,
        critical: bool,
        counter: "int | None" = None,
        signer: "bytes | None" = None,
        on_behalf_of: "RemoteParty | None" = None,
    ) -> bytes:
        """The octets of a command; `counter` is the party's next counter unless given.

        `signer` signs in place of the party, for tests. `on_behalf_of` is the supplementary
        remote party, for whom the broker sends the command.
        """
        if counter is None:
            party.counter += 1
            counter = party.counter
        supplementary_eui = supplementary_counter = None
        if on_behalf_of is not None:
            on_behalf_of.counter += 1
            supplementary_eui, supplementary_counter = on_behalf_of.eui, on_behalf_of.counter
        composed = message.compose(
            message.COMMAND,
            counter,
            party.eui,
            device,
            code,
            content,
            b"",
            supplementary_eui,
            supplementary_counter,
        )
        signed_by = (signer or party.eui) if critical else None
        octets = protected(composed, self.keys, signed_by, self["access control broker"].eui)
        self._outstanding[party.eui, device, code, counter] = None
        if len(self._outstanding) > _OUTSTANDING_KEPT:
            del self._outstanding[next(iter(self._outstanding))]
        return octets

    def command_for(
        self, case: Any, party: RemoteParty, device: bytes, record: Any,
        critical: "bool | None" = None, **how: Any,
    ) -> bytes:  # fmt: skip
        """The octets of a use case's command with this payload.

        It is signed where the use case is critical, unless `critical` says otherwise: of CS02b
        (0x0104) that depends on the kind of device.
        """
        if critical is None:
            critical = case.is_critical
        return self.command(party, device, case.code, payload.encode(record), critical, **how)

    def read(self, octets: bytes) -> verdict.Verdict:
        """The verdict on a response or alert.

        Raises UnexpectedResponse for a response to no outstanding command.
        """
        result = verdict.read(octets, self.keys)
        m = result.message
        if m is not None and m.kind == "response":
            key = (m.recipient, m.originator, m.code, m.counter)
            if key not in self._outstanding:
                raise UnexpectedResponse(
                    "no command 0x%04X with counter %d is outstanding between these two"
                    % (m.code, m.counter)
                )
            del self._outstanding[key]
        return result
