"""A key store: a folder of certificates and private keys of devices and remote parties.

Files named `EUI-ds.pem`, `EUI-ka.pem`, `EUI-pp-ka.pem`, and `.key` beside them, are read when they
are first needed. A certificate in a file of any other name is read at once and filed under the
EUI-64 and key usage in it. A damaged file is treated as missing and listed in `problems`.

Sources: RFC 5280 (certificates), RFC 5958 (private keys), RFC 7468 (PEM); GBCS 13.3 (roles).
"""

import os
import re
from typing import Any

from gbcs.asn1 import x509
from gbcs.crypto import backends
from gbcs.errors import GbcsError

_NAME = re.compile(r"([0-9a-f]{16})-(ds|ka|pp-ka)\.(pem|key)\Z", re.IGNORECASE)
_BROKER_ROLE = 4  # RemotePartyRole accessControlBroker: GBCS 13.3


class KeyStore:
    """Public and private keys by EUI-64 and use.

    The uses are "ds" (digital signature), "ka" (key agreement) and "pp-ka" (key agreement for
    prepayment tokens). `crypto` is a back end of gbcs.crypto.
    """

    def __init__(self, crypto: Any = None) -> None:
        self.crypto = backends.default() if crypto is None else crypto
        self.problems: list[str] = []
        self._paths: dict[tuple[bytes, str, str], str] = {}
        self._certificates: dict[tuple[bytes, str], Any] = {}
        self._public: dict[tuple[bytes, str], Any] = {}
        self._private: dict[tuple[bytes, str], Any] = {}
        self._octets: dict[tuple[bytes, str], bytes] = {}  # of private keys, until they are needed
        self._secrets: dict[bytes, dict[bytes, bytes | None]] = {}
        self._signers: dict[bytes, Any] = {}
        self._broker: bytes | None = None
        self._broker_sought = False

    @classmethod
    def load(cls, folder: str, crypto: Any = None) -> "KeyStore":
        """The key store in `folder`. Raises OSError where the folder cannot be read."""
        store = cls(crypto)
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            match = _NAME.match(name)
            if match:
                eui, use, suffix = match.groups()
                key = (bytes.fromhex(eui), use.lower(), suffix.lower())
                store._paths[key] = path
            elif name.lower().endswith((".pem", ".crt", ".cer", ".der")):
                store._file_by_content(path)
        if not store._paths and not store._certificates:
            store.problems.append("no certificates and no keys found in '%s'" % folder)
        return store

    def _file_by_content(self, path: str) -> None:
        certificate = self._read_certificate(path)
        if certificate is not None and certificate.entity_id is not None:
            use = "ds" if certificate.is_signing else "ka"
            self._certificates.setdefault((certificate.entity_id, use), certificate)

    def _read_certificate(self, path: str) -> Any:
        try:
            with open(path, "rb") as file:
                data = file.read()
            return x509.read(x509.unpem(data) if data.lstrip()[:5] == b"-----" else data)
        except (OSError, GbcsError) as error:
            self.problems.append("%s: %s" % (path, error))
            return None

    def put(self, eui: bytes, use: str, certificate: Any, private: "bytes | None" = None) -> None:
        """Adds a party's x509.Certificate for that use, and its private key, 32 octets."""
        self._certificates[eui, use] = certificate
        if private is not None:
            self._private.pop((eui, use), None)
            self._octets[eui, use] = private

    def forget(self, eui: bytes) -> None:
        """Drops the keys and secrets derived from a party's certificates, which have changed."""
        for use in ("ds", "ka", "pp-ka"):
            self._public.pop((eui, use), None)
        self._signers.pop(eui, None)
        for peer in self._secrets.pop(eui, ()):
            self._secrets.get(peer, {}).pop(eui, None)

    def euis(self) -> "list[bytes]":
        """The EUI-64s of all parties in the store, sorted."""
        return sorted({key[0] for key in self._paths} | {key[0] for key in self._certificates})

    def certificate(self, eui: bytes, use: str = "ds") -> Any:
        """The gbcs.asn1.x509.Certificate of a party for that use, or None."""
        key = (eui, use)
        if key not in self._certificates:
            path = self._paths.get((eui, use, "pem"))
            self._certificates[key] = None if path is None else self._read_certificate(path)
        return self._certificates[key]

    def public(self, eui: bytes, use: str) -> Any:
        """A party's public key for that use, as the back end has it, or None."""
        key = (eui, use)
        if key not in self._public:
            certificate = self.certificate(eui, use)
            public_key = None
            if certificate is not None:
                try:
                    public_key = self.crypto.public_key(certificate.public_key)
                except GbcsError as error:
                    self.problems.append("%s %s: %s" % (eui.hex(), use, error))
            self._public[key] = public_key
        return self._public[key]

    def private(self, eui: bytes, use: str) -> Any:
        """A party's private key for that use, as the back end has it, or None."""
        key = (eui, use)
        if key not in self._private:
            path = self._paths.get((eui, use, "key"))
            private_key = None
            if key in self._octets:
                private_key = self.crypto.private_key(self._octets[key])
            elif path is not None:
                try:
                    with open(path, "rb") as file:
                        private_key = self.crypto.private_key(x509.read_private_key(file.read()))
                except (OSError, GbcsError) as error:
                    self.problems.append("%s: %s" % (path, error))
            self._private[key] = private_key
        return self._private[key]

    def signer(self, eui: bytes) -> Any:
        """The public key that verifies this party's signatures, or None."""
        try:
            return self._signers[eui]
        except KeyError:
            public_key = self._signers[eui] = self.public(eui, "ds")
            return public_key

    def secret(self, first: bytes, second: bytes) -> "bytes | None":
        """The shared secret Z of two parties' "ka" keys, 32 octets; None without a private key.

        Source: GBCS 4.3.3.
        """
        try:
            return self._secrets[first][second]
        except KeyError:
            secret = self.agree(first, "ka", second, "ka")
            if secret is None:
                secret = self.agree(second, "ka", first, "ka")
            self._secrets.setdefault(first, {})[second] = secret
            self._secrets.setdefault(second, {})[first] = secret
            return secret

    def agree(self, holder: bytes, use: str, peer: bytes, peer_use: str) -> "bytes | None":
        """The shared secret of `holder`'s private key and `peer`'s certificate, or None."""
        public = self.public(peer, peer_use)
        private = None if public is None else self.private(holder, use)
        if private is None:
            return None
        secret: bytes = self.crypto.agree(private, public)
        return secret

    def token_secret(self, supplier: bytes, device: bytes) -> "bytes | None":
        """The secret of this supplier's prepayment tokens for this device, 32 octets, or None.

        Source: GBCS 14.3.
        """
        return self.agree(supplier, "pp-ka", device, "ka")

    def broker(self) -> "bytes | None":
        """The EUI-64 of the Access Control Broker: a holder of a private key with that role."""
        if not self._broker_sought:
            self._broker_sought = True
            filed = {eui for eui, _, suffix in self._paths if suffix == "key"}
            holders = sorted(filed | {eui for eui, _ in self._octets})
            for eui in holders:
                if self.role(eui) == _BROKER_ROLE:
                    self._broker = eui
                    break
        return self._broker

    def role(self, eui: bytes) -> "int | None":
        """The remote party role in a party's certificate; None for a device or no certificate."""
        for use in ("ds", "ka"):
            certificate = self.certificate(eui, use)
            if certificate is not None:
                role: int | None = certificate.role
                return role
        return None
