"""A test PKI of the GBCS profile: root, issuing authorities, remote parties, devices.

Everything follows from a seed: keys, serial numbers and, with RFC 6979, signatures. The layout is
that of the certificates in the reference key store: organisations are named by an
x500UniqueIdentifier and the role in their OU, devices by a hardwareModuleName; key identifiers are
those of RFC 5280 4.2.1.2 (2), shortened to eight octets as it has them.
"""

import base64
import hashlib
import pathlib
from typing import Any

from gbcs import der, x509
from gbcs.crypto import openssl
from gbcs_host.keystore import KeyStore

ROOT, ISSUING_AUTHORITY = 0, 7
_ECDSA = "1.2.840.10045.4.3.2"
_EC_KEY, _P256 = "1.2.840.10045.2.1", "1.2.840.10045.3.1.7"
_USAGES = {"ds": "1", "ka": "00001", "pp-ka": "00001"}
_ORGANISATION_POLICY = "1.2.826.0.1.8641679.1.2.1.4"
_DEVICE_POLICY = "1.2.826.0.1.1800000.1.2.1.4"
_MODULE_TYPE = "1.2.826.0.1.8641679.1.2.2.1"
_NEVER = "99991231235959Z"

Field = Any


class Issued:
    """A certificate (DER) with its private key, 32 octets, and the parsed certificate."""

    __slots__ = ("certificate", "parsed", "private", "public")

    def __init__(self, certificate: bytes, private: bytes, public: bytes) -> None:
        self.certificate = certificate
        self.private = private
        self.public = public
        self.parsed = x509.read(certificate)


def _f(kind: str, value: Any) -> Field:
    return (None, kind, value, None)


def _sequence(*parts: Field) -> Field:
    return _f("SEQUENCE", list(parts))


def _oid(text: str) -> Field:
    return _f("OBJECT IDENTIFIER", text)


def _attribute(oid: str, kind: str, value: Any) -> Field:
    return _f("SET OF", [_sequence(_oid(oid), _f(kind, value))])


def _extension(oid: str, critical: bool, value: Field) -> Field:
    parts = [_oid(oid)] + ([_f("BOOLEAN", True)] if critical else [])
    return _sequence(*parts, _f("OCTET STRING", [value]))


def key_identifier(public: bytes) -> bytes:
    """0100 and the last 60 bits of the SHA-1 of the point: eight octets."""
    digest = hashlib.sha1(public, usedforsecurity=False).digest()[-8:]
    return bytes((0x40 | digest[0] & 0x0F,)) + digest[1:]


class Pki:
    """Issues certificates; the same seed gives the same octets.

    `not_before` and `not_after` (YYYYMMDDHHMMSSZ) hold for root, issuing authorities and
    organisations; devices' certificates do not end.
    """

    def __init__(
        self, seed: int, not_before: str = "20150101000000Z", not_after: str = "20491231235959Z"
    ) -> None:
        self.seed = seed
        self.not_before = not_before
        self.not_after = not_after
        self._issued: dict[tuple[bytes, str], Issued] = {}
        self._keys = KeyStore()
        name = self._name(("2.5.4.11", "00"), ("2.5.4.3", "ZA"))
        self.root = self._issue("root", name, name, None, _ORGANISATION_POLICY, ca=1)
        self._root_name = name
        self._authority = self._name(("2.5.4.11", "07"), ("2.5.4.3", "Z1"))
        self.issuing = self._issue(
            "issuing", self._root_name, self._authority, self.root, _ORGANISATION_POLICY, ca=0
        )
        self._device_name = self._name(("2.5.4.3", "E357"))
        self.device_issuing = self._issue(
            "device issuing", self._root_name, self._device_name, self.root, _DEVICE_POLICY, ca=0
        )

    def organisation(self, eui: bytes, role: int, use: str, name: str = "TEST") -> Issued:
        """A remote party's certificate for "ds", "ka" or "pp-ka"."""
        subject = _f(
            "SEQUENCE OF",
            [
                _attribute("2.5.4.3", "UTF8String", name),
                _attribute("2.5.4.11", "UTF8String", "%02X" % role),
                _attribute("2.5.4.45", "BIT STRING", eui),
            ],
        )
        return self._for(eui, use, self._authority, subject, self.issuing, _ORGANISATION_POLICY)

    def device(self, eui: bytes, use: str) -> Issued:
        """A device's certificate for "ds" or "ka"."""
        nobody = _f("SEQUENCE OF", [])
        return self._for(eui, use, self._device_name, nobody, self.device_issuing, _DEVICE_POLICY)

    def certify(self, eui: bytes, use: str, public: bytes) -> bytes:
        """A device's certificate for a public key of its own making."""
        nobody = _f("SEQUENCE OF", [])
        return self._signed(
            "%s%s%s" % (eui.hex(), use, public.hex()), self._device_name, nobody,
            self.device_issuing, _DEVICE_POLICY, use, None, eui, public,
        )  # fmt: skip

    def keystore(self) -> KeyStore:
        """All that was issued and will be, as a key store."""
        return self._keys

    def write(self, folder: str) -> None:
        """The same as files, as `KeyStore.load` reads them."""
        where = pathlib.Path(folder)
        for (eui, use), issued in self._issued.items():
            stem = "%s-%s" % (eui.hex(), use)
            (where / (stem + ".pem")).write_text(_pem("CERTIFICATE", issued.certificate))
            key = _private_key_info(issued.private)
            (where / (stem + ".key")).write_text(_pem("PRIVATE KEY", key))

    def _for(
        self, eui: bytes, use: str, issuer: Field, subject: Field, by: Issued, policy: str
    ) -> Issued:
        found = self._issued.get((eui, use))
        if found is None:
            name = None if subject[2] else eui
            found = self._issue(eui.hex() + use, issuer, subject, by, policy, use, eui=name)
            self._issued[eui, use] = found
            self._keys.put(eui, use, found.parsed, found.private)
        return found

    def _name(self, *parts: "tuple[str, str]") -> Field:
        return _f("SEQUENCE OF", [_attribute(oid, "PrintableString", text) for oid, text in parts])

    def _octets(self, what: str, size: int) -> bytes:
        """Octets that follow from the seed and a name."""
        return hashlib.sha256(b"%d %s" % (self.seed, what.encode())).digest()[:size]

    def _issue(
        self,
        what: str,
        issuer: Field,
        subject: Field,
        by: "Issued | None",
        policy: str,
        use: str = "",
        ca: "int | None" = None,
        eui: "bytes | None" = None,
    ) -> Issued:
        private = self._octets("key of " + what, 32)
        public = openssl.private_key(private).public.octets
        octets = self._signed(what, issuer, subject, by, policy, use, ca, eui, public, private)
        return Issued(octets, private, public)

    def _signed(
        self,
        what: str,
        issuer: Field,
        subject: Field,
        by: "Issued | None",
        policy: str,
        use: str,
        ca: "int | None",
        eui: "bytes | None",
        public: bytes,
        private: bytes = b"",
    ) -> bytes:
        """The octets of a certificate; `by` None for one that `private` signs for itself."""
        identifier = key_identifier(public)
        signer = openssl.private_key(private if by is None else by.private)
        usage = _USAGES.get(use, "0000011")
        extensions = [_extension("2.5.29.15", True, _f("BIT STRING", usage))]
        if ca is not None:
            constraints = _sequence(_f("BOOLEAN", True), _f("INTEGER", ca))
            extensions.append(_extension("2.5.29.19", True, constraints))
        extensions.append(_extension("2.5.29.14", False, _f("OCTET STRING", identifier)))
        if eui is not None:
            module = _sequence(_oid(_MODULE_TYPE), _f("OCTET STRING", eui))
            other = _f("[0]", [_oid("1.3.6.1.5.5.7.8.4"), _f("[0]", [module])])
            extensions.append(_extension("2.5.29.17", True, _sequence(other)))
        extensions.append(_extension("2.5.29.32", True, _sequence(_sequence(_oid(policy)))))
        authority = identifier if by is None else by.parsed.subject_key_id
        extensions.append(
            _extension("2.5.29.35", False, _sequence(_f("[0] OCTET STRING", authority)))
        )
        ends = _f("GeneralizedTime", _NEVER) if eui is not None else _time(self.not_after)
        tbs = _sequence(
            _f("[0]", [_f("INTEGER", 2)]),
            _f("INTEGER", int.from_bytes(self._octets("serial of " + what, 16), "big") >> 1),
            _sequence(_oid(_ECDSA)),
            issuer,
            _sequence(_time(self.not_before), ends),
            subject,
            _sequence(_sequence(_oid(_EC_KEY), _oid(_P256)), _f("BIT STRING", public)),
            _f("[3]", [_f("SEQUENCE OF", extensions)]),
        )
        octets = der.encode(tbs)
        signature = openssl.sign(signer, octets)
        r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        value = der.encode(_sequence(_f("INTEGER", r), _f("INTEGER", s)))
        whole = _sequence(_f("ANY", octets), _sequence(_oid(_ECDSA)), _f("BIT STRING", value))
        return der.encode(whole)


def _time(text: str) -> Field:
    return _f("UTCTime", text[2:]) if text[:4] < "2050" else _f("GeneralizedTime", text)


def _private_key_info(private: bytes) -> bytes:
    """PKCS#8 (RFC 5958) around a private key of RFC 5915."""
    key = der.encode(_sequence(_f("INTEGER", 1), _f("OCTET STRING", private)))
    algorithm = _sequence(_oid(_EC_KEY), _oid(_P256))
    return der.encode(_sequence(_f("INTEGER", 0), algorithm, _f("OCTET STRING", key)))


def _pem(label: str, octets: bytes) -> str:
    text = base64.encodebytes(octets).decode()
    return "-----BEGIN %s-----\n%s-----END %s-----\n" % (label, text, label)
