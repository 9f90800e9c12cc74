"""The trust of a device: trust anchor cells, its own keys, the counters of remote parties.

It answers what `gbcs.protect` asks of secrets. A cell is named by a remote party role, a use ("ds"
signatures, "ka" key agreement) and whether it is for prepayment top-ups. All of it lives in the
store; what a message changes goes in one batch with the rest of its effects.

Sources: GBCS 4.3.2.5 (trust anchor cells), 13.3 (roles), 4.3.1.3 (counters).
"""

from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import BadKey, UnknownKey
from gbcs.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any  # noqa: TID251

    from gbcs.asn1.x509 import Certificate
    from gbcs.interfaces import Crypto
    from gbcs_device.interfaces import PrivateKeys, Random, Readable, Store

ROOT = const(0)
RECOVERY = const(1)
SUPPLIER = const(2)
NETWORK_OPERATOR = const(3)
ACCESS_CONTROL_BROKER = const(4)
TRANSITIONAL_COS = const(5)
WAN_PROVIDER = const(6)
ISSUING_AUTHORITY = const(7)
LOAD_CONTROLLER = const(8)
ROLES = (0, 1, 2, 3, 4, 5, 6, 8)
_BROKER_FIRST = (4, 0, 1, 2, 3, 5, 6, 8)

DS = "ds"
KA = "ka"
_POINT_SIZE = const(65)


class Cell(Record):
    """A certificate's gist: `eui` (8 octets) of its holder, `key_id`, `public_key` (65 octets)."""

    __slots__ = ("eui", "key_id", "public_key")

    def __init__(self, eui: bytes, key_id: bytes, public_key: bytes) -> None:
        self.eui = eui
        self.key_id = key_id
        self.public_key = public_key


def cell_of(certificate: "Certificate") -> Cell:
    """The cell made of a certificate; a root or issuing authority has no EUI: zeros."""
    eui = certificate.entity_id or bytes(8)
    return Cell(eui, certificate.subject_key_id or b"", certificate.public_key)


def _name(role: int, use: str, prepayment: bool) -> str:
    return "cell/%d/%s%s" % (role, use, "/pp" if prepayment else "")


def device_key_name(eui: bytes) -> str:
    """Under which name the store keeps the key agreement key of a device joined by method C."""
    return "device/ka/" + eui.hex()


def device_role(eui: bytes) -> str:
    """The name used in place of a role where the commands of a joined device are counted."""
    return "device/" + eui.hex()


class Anchors:
    """The trust anchors of one device.

    `store` keeps them; `crypto` is a back end of gbcs.crypto; `own` has the device's private
    halves: `secret(eui, public_key) -> 32 octets or None`, `sign(octets) -> 64 octets`.
    """

    def __init__(self, eui: bytes, store: "Store", crypto: "Crypto", own: "PrivateKeys") -> None:
        self.eui = eui
        self.store = store
        self.crypto = crypto
        self.own = own
        self._signers: dict[bytes, Any] = {}

    def cell(self, role: int, use: str, prepayment: bool = False) -> "Cell | None":
        """The content of a cell; None where it is empty."""
        octets = self.store.get(_name(role, use, prepayment))
        if octets is None:
            return None
        return Cell(octets[:8], octets[8 + _POINT_SIZE :], octets[8 : 8 + _POINT_SIZE])

    def filled(
        self, role: int, use: str, cell: "Cell | None", prepayment: bool = False
    ) -> "dict[str, bytes | None]":
        """The changes of the store that put this in a cell."""
        self._signers.clear()
        octets = None if cell is None else cell.eui + cell.public_key + cell.key_id
        return {_name(role, use, prepayment): octets}

    def roles_of(self, eui: bytes, use: str = DS) -> "list[int]":
        """The roles in whose cells this party stands."""
        roles = []
        for role in ROLES:
            octets = self.store.get(_name(role, use, False))
            if octets is not None and octets.startswith(eui):
                roles.append(role)
        return roles

    def counter(self, role: "int | str") -> int:
        """The last originator counter accepted of a role, or `device_role`; -1 for none."""
        octets = self.store.get("count/%s" % role)
        return -1 if octets is None else int.from_bytes(octets, "big")

    def counted(self, role: "int | str", counter: "int | None") -> "dict[str, bytes | None]":
        """The changes of the store that make this the last counter accepted; None forgets it."""
        return {"count/%s" % role: None if counter is None else counter.to_bytes(8, "big")}

    def signing_key(self, role: int) -> "tuple[bytes, Any]":
        """The public key in a role's digital signature cell: octets, and as the back end has it.

        Raises UnknownKey for an empty cell, BadKey for one whose octets are no key.
        """
        cell = self.cell(role, DS)
        if cell is None:
            raise UnknownKey("no digital signature key of this role is held")
        key = self._signers.get(cell.public_key)
        if key is None:
            try:
                key = self.crypto.public_key(cell.public_key)
            except BadKey:
                raise UnknownKey("the key of this role is no point of the curve") from None
            if len(self._signers) > 3:
                self._signers.clear()
            self._signers[cell.public_key] = key
        return cell.public_key, key

    def secret(self, eui: bytes, peer: bytes) -> "bytes | None":
        """The secret shared with a party or a joined device; None without its key."""
        party = peer if eui == self.eui else eui
        key = self.agreement_key(party) or self.store.get(device_key_name(party))
        return None if key is None else self.own.secret(party, key)

    def agreement_key(self, party: bytes) -> "bytes | None":
        """The public key agreement key of a party that stands in a cell, 65 octets, or None.

        The broker's is that of its own cell, also while it stands in those of users.
        """
        for role in _BROKER_FIRST:
            octets = self.store.get(_name(role, KA, False))
            if octets is not None and octets.startswith(party):
                return octets[8 : 8 + _POINT_SIZE]
        return None

    def broker(self) -> "bytes | None":
        """The Access Control Broker's EUI-64."""
        cell = self.cell(ACCESS_CONTROL_BROKER, KA)
        return None if cell is None else cell.eui


class OwnKeys:
    """A device's private keys, which are in its store: `own/ds` for signatures, `own/ka`.

    `random(n)` gives n octets; with them, timing tells less of the keys.
    """

    def __init__(self, crypto: "Crypto", store: "Readable", random: "Random") -> None:
        self._crypto = crypto
        self._store = store
        self.random = random
        self._secrets: dict[bytes, bytes] = {}
        self.reload()

    def reload(self) -> None:
        """Takes the keys that the store has now."""
        # A store without keys is our error: a TypeError
        self._ds = self._crypto.private_key(self._store.get("own/ds"))  # type: ignore[arg-type]
        self._ka = self._crypto.private_key(self._store.get("own/ka"))  # type: ignore[arg-type]
        self._secrets.clear()

    def secret(self, eui: bytes, public_key: bytes) -> "bytes | None":
        """The secret agreed with the holder of this public key, 32 octets; a few are kept.

        None for a public key that is no point of the curve.
        """
        secret = self._secrets.get(public_key)
        if secret is None:
            try:
                key = self._crypto.public_key(public_key)
            except BadKey:
                return None
            secret = self._crypto.agree(self._ka, key, self.random(8))
            if len(self._secrets) > 3:
                self._secrets.clear()
            self._secrets[public_key] = secret
        return secret

    def new_pair(self) -> "tuple[bytes | None, bytes, Callable[[bytes], bytes]]":
        """A fresh key pair: private half (32 octets), public key (65), and a function that signs.

        BadKey where random octets are no private key: one in 2^32.
        """
        private = self.random(32)
        key = self._crypto.private_key(private)
        return (
            private,
            key.public.octets,
            lambda octets: self._crypto.sign(key, octets, self.random(8)),
        )

    def sign(self, octets: bytes) -> bytes:
        """The signature, r || s."""
        return self._crypto.sign(self._ds, octets, self.random(8))


class HandedSecrets:
    """Shared secrets by the other party's EUI, in place of a private key that nobody has.

    `sign(octets)` is whatever signs in its stead. `pair` is what it makes when it is asked for a
    key pair: the public key, and the one signature by it.
    """

    def __init__(self, secrets: "dict[bytes, bytes]", sign: "Callable[[bytes], bytes]") -> None:
        self._secrets = secrets
        self.sign = sign
        self.pair: tuple[bytes, bytes] | None = None

    def new_pair(self) -> "tuple[bytes | None, bytes, Callable[[bytes], bytes]]":
        """None, the public key, and a function that gives its signature; BadKey without a pair."""
        if self.pair is None:
            raise BadKey("no key pair was handed over")
        public, signature = self.pair
        return None, public, lambda octets: signature

    def secret(self, eui: bytes, public_key: bytes) -> "bytes | None":
        """The secret shared with that party, or None."""
        return self._secrets.get(eui)
