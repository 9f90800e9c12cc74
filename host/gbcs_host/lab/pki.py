"""A test PKI of the GBCS profile: root, issuing authorities, remote parties, devices.

Keys, serial numbers and, by RFC 6979, signatures are derived from a seed and a date. Certificates
have the layout of the 416 in the RTDS key store and of the issuing authority's in RTDS CS02b
commands: the subject of an organisation has an x500UniqueIdentifier and the role in its OU, a
device has a hardwareModuleName (RFC 4108 5) in its subjectAltName; key identifiers are those of
RFC 5280 4.2.1.2 (2).
"""

import base64
import datetime
import hashlib
import os
from typing import Any

from gbcs.asn1 import der, x509
from gbcs.crypto import domain, portable
from gbcs_host import keyfiles
from gbcs_host.decode.keystore import KeyStore

ACCESS_CONTROL_BROKER = 4
_ECDSA = "1.2.840.10045.4.3.2"
_EC_KEY, _P256 = "1.2.840.10045.2.1", "1.2.840.10045.3.1.7"
_USAGES = {"ds": "1", "ka": "00001", "pp-ka": "00001"}  # KeyUsage: RFC 5280 4.2.1.3
_ISSUING_USAGE = "0000011"
_ORGANISATION_POLICY = "1.2.826.0.1.8641679.1.2.1.4"
_DEVICE_POLICY = "1.2.826.0.1.1800000.1.2.1.4"
_MODULE_TYPE = "1.2.826.0.1.8641679.1.2.2.1"
_NEVER = "99991231235959Z"  # a certificate that does not end: RFC 5280 4.1.2.5
_AUTHORITY_YEARS, _ORGANISATION_YEARS = 25, 10
_LINE = 64  # RFC 7468 2

Field = Any


class Issued:
    """A certificate (DER), its parsed form, and its keys: `private` 32 octets, `public` 65."""

    __slots__ = ("certificate", "parsed", "private")

    def __init__(self, certificate: bytes, private: bytes) -> None:
        self.certificate = certificate
        self.private = private
        self.parsed = x509.read(certificate)

    @property
    def public(self) -> bytes:
        """The public key, 04 || x || y."""
        return self.parsed.public_key


class IssuedKeys(KeyStore):
    """The key store of a Pki, which finds certificates issued after the first search for them."""

    def __init__(self) -> None:
        super().__init__()
        self._acb: bytes | None = None

    def put(self, eui: bytes, use: str, certificate: Any, private: "bytes | None" = None) -> None:
        """Adds a certificate and its private key, and drops keys derived before."""
        super().put(eui, use, certificate, private)
        self.forget(eui)
        if self._acb is None and private is not None and certificate.role == ACCESS_CONTROL_BROKER:
            self._acb = eui

    def broker(self) -> "bytes | None":
        """The EUI-64 of the Access Control Broker, or None before it has a certificate."""
        return self._acb


def _f(kind: str, value: Any) -> Field:
    return (None, kind, value, None)


_NOBODY = _f("SEQUENCE OF", [])  # the subject of a device


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
    """The key identifier of a public key, eight octets: RFC 5280 4.2.1.2 (2).

    The bits 0100 and the last 60 bits of the SHA-1 of the point.
    """
    digest = hashlib.sha1(public, usedforsecurity=False).digest()[-8:]
    return bytes((0x40 | digest[0] & 0x0F,)) + digest[1:]


class Pki:
    """Issues certificates; the same seed and date give the same octets.

    `now` (YYYYMMDDHHMMSSZ) is the begin of all certificates. Those of authorities are valid for 25
    years, those of organisations for ten; those of devices do not end.
    """

    def __init__(self, seed: int, now: str = "20260101000000Z") -> None:
        self.seed = seed
        self.now = now
        self._issued: dict[tuple[bytes, str], tuple[Field, Issued]] = {}
        self._keys = IssuedKeys()
        root = self._name(("2.5.4.11", "00"), ("2.5.4.3", "ZA"))
        self._authority = self._name(("2.5.4.11", "07"), ("2.5.4.3", "Z1"))
        self._device_name = self._name(("2.5.4.3", "E357"))
        self.root = self._issue("root", root, root, None, _ORGANISATION_POLICY, ca=1)
        self.issuing = self._issue(
            "issuing", root, self._authority, self.root, _ORGANISATION_POLICY, ca=0
        )
        self.device_issuing = self._issue(
            "device issuing", root, self._device_name, self.root, _DEVICE_POLICY, ca=0
        )

    def organisation(self, eui: bytes, role: int, use: str, name: str = "") -> Issued:
        """A remote party's certificate for "ds", "ka" or "pp-ka"; `name` is its common name.

        A second call returns the same certificate. Raises ValueError where it was issued for
        another role or name.
        """
        subject = [
            _attribute("2.5.4.11", "UTF8String", "%02X" % role),
            _attribute("2.5.4.45", "BIT STRING", eui),
        ]
        if name:
            subject.insert(0, _attribute("2.5.4.3", "UTF8String", name))
        return self._for(
            eui, use, self._authority, _f("SEQUENCE OF", subject), self.issuing,
            _ORGANISATION_POLICY,
        )  # fmt: skip

    def device(self, eui: bytes, use: str) -> Issued:
        """A device's certificate for "ds" or "ka", with its key pair; the same on each call."""
        return self._for(eui, use, self._device_name, _NOBODY, self.device_issuing, _DEVICE_POLICY)

    def certify(self, eui: bytes, use: str, public: bytes) -> bytes:
        """A certificate (DER) for a public key, 65 octets, that a device has made itself."""
        return self._signed(
            "%s%s%s" % (eui.hex(), use, public.hex()), self._device_name, _NOBODY,
            self.device_issuing, _DEVICE_POLICY, use, None, eui, public,
        )  # fmt: skip

    def keystore(self) -> KeyStore:
        """The key store of all certificates issued until now and later."""
        return self._keys

    def write(self, folder: str, overwrite: bool = False) -> None:
        """Writes the key store to a folder, which it makes, as files that `KeyStore.load` reads.

        Only the owner may read private keys. Raises keyfiles.WouldOverwrite, before any file is
        written, where one has other contents, unless `overwrite`; OSError.
        """
        files = []
        for (eui, use), (_, issued) in self._issued.items():
            stem = os.path.join(folder, "%s-%s" % (eui.hex(), use))
            certificate = _pem("CERTIFICATE", issued.certificate).encode()
            key = _pem("PRIVATE KEY", _private_key_info(issued)).encode()
            files.append((stem + ".key", key, keyfiles.PRIVATE))
            files.append((stem + ".pem", certificate, keyfiles.PUBLIC))
        keyfiles.folder(folder)
        for path, octets, _ in files:
            keyfiles.check(path, octets, overwrite)
        for path, octets, mode in files:
            keyfiles.write(path, octets, mode, overwrite)

    def _for(
        self, eui: bytes, use: str, issuer: Field, subject: Field, by: Issued, policy: str
    ) -> Issued:
        if use not in _USAGES:
            raise ValueError("ds, ka or pp-ka expected, found %s" % use)
        if len(eui) != 8:
            raise ValueError("an EUI-64 of 8 octets expected, found %d" % len(eui))
        if (eui, use) not in self._issued:
            name = None if subject[2] else eui
            issued = self._issue(eui.hex() + use, issuer, subject, by, policy, use, eui=name)
            self._issued[eui, use] = subject, issued
            self._keys.put(eui, use, issued.parsed, issued.private)
        named, issued = self._issued[eui, use]
        if named != subject:
            raise ValueError(
                "the role and name issued before expected: %s has a certificate as another subject"
                % eui.hex()
            )
        return issued

    def _name(self, *parts: "tuple[str, str]") -> Field:
        return _f("SEQUENCE OF", [_attribute(oid, "PrintableString", text) for oid, text in parts])

    def _octets(self, label: str, size: int) -> bytes:
        """Octets derived from the seed and a label."""
        return hashlib.sha256(b"%d %s" % (self.seed, label.encode())).digest()[:size]

    def _private(self, label: str) -> bytes:
        octets = self._octets("key of " + label, 32)
        while not 0 < int.from_bytes(octets, "big") < domain.N:  # one in four billion
            octets = hashlib.sha256(octets).digest()
        return octets

    def _serial(self, label: str) -> int:
        """A serial number of sixteen octets, positive: RFC 5280 4.1.2.2."""
        return int.from_bytes(self._octets("serial of " + label, 16), "big") >> 2 | 1 << 126

    def _issue(
        self,
        label: str,
        issuer: Field,
        subject: Field,
        by: "Issued | None",
        policy: str,
        use: str = "",
        ca: "int | None" = None,
        eui: "bytes | None" = None,
    ) -> Issued:
        private = self._private(label)
        public = portable.private_key(private).public.octets
        octets = self._signed(label, issuer, subject, by, policy, use, ca, eui, public, private)
        return Issued(octets, private)

    def _signed(
        self,
        label: str,
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
        """The octets of a certificate issued by `by`; for None, one that `private` signs itself.

        The extensions: RFC 5280 4.2.1.1 to 4.2.1.4, 4.2.1.6 and 4.2.1.9.
        """
        identifier = key_identifier(public)
        authority = identifier if by is None else by.parsed.subject_key_id
        policies = _extension("2.5.29.32", True, _sequence(_sequence(_oid(policy))))
        extensions = [
            _extension("2.5.29.15", True, _f("BIT STRING", _USAGES.get(use, _ISSUING_USAGE))),
            _extension("2.5.29.14", False, _f("OCTET STRING", identifier)),
            policies,
            _extension("2.5.29.35", False, _sequence(_f("[0] OCTET STRING", authority))),
        ]
        ends = _time(_later(self.now, _ORGANISATION_YEARS))
        if ca is not None:  # policies come before the key's identifier here
            constraints = _sequence(_f("BOOLEAN", True), _f("INTEGER", ca))
            extensions.remove(policies)
            extensions[1:1] = [_extension("2.5.29.19", True, constraints), policies]
            ends = _time(_later(self.now, _AUTHORITY_YEARS))
        elif eui is not None:
            module = _sequence(_oid(_MODULE_TYPE), _f("OCTET STRING", eui))
            other_name = _f("[0]", [_oid("1.3.6.1.5.5.7.8.4"), _f("[0]", [module])])
            extensions.insert(2, _extension("2.5.29.17", True, _sequence(other_name)))
            ends = _time(_NEVER)
        tbs = _sequence(
            _f("[0]", [_f("INTEGER", 2)]),
            _f("INTEGER", self._serial(label)),
            _sequence(_oid(_ECDSA)),
            issuer,
            _sequence(_time(self.now), ends),
            subject,
            _sequence(_sequence(_oid(_EC_KEY), _oid(_P256)), _f("BIT STRING", public)),
            _f("[3]", [_f("SEQUENCE OF", extensions)]),
        )
        octets = der.encode(tbs)
        signer = portable.private_key(private if by is None else by.private)
        signature = portable.sign(
            signer, octets
        )  # RFC 6979; OpenSSL before 3.2 takes random nonces
        r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        value = der.encode(_sequence(_f("INTEGER", r), _f("INTEGER", s)))
        whole = _sequence(_f("ANY", octets), _sequence(_oid(_ECDSA)), _f("BIT STRING", value))
        return der.encode(whole)


def _time(text: str) -> Field:
    """UTCTime until 2049, as RFC 5280 4.1.2.5 has it."""
    return _f("UTCTime", text[2:]) if text[:4] < "2050" else _f("GeneralizedTime", text)


def _later(text: str, years: int) -> str:
    """The last second of a period of so many years."""
    start = datetime.datetime.strptime(text, "%Y%m%d%H%M%SZ")
    day = 28 if (start.month, start.day) == (2, 29) else start.day
    end = start.replace(year=start.year + years, day=day) - datetime.timedelta(seconds=1)
    return end.strftime("%Y%m%d%H%M%SZ")


def _private_key_info(issued: Issued) -> bytes:
    """The PKCS#8 form (RFC 5958) of a private key with its public key (RFC 5915)."""
    public = _f("[1]", [_f("BIT STRING", issued.public)])
    key = _sequence(_f("INTEGER", 1), _f("OCTET STRING", issued.private), public)
    algorithm = _sequence(_oid(_EC_KEY), _oid(_P256))
    return der.encode(_sequence(_f("INTEGER", 0), algorithm, _f("OCTET STRING", [key])))


def _pem(label: str, octets: bytes) -> str:
    text = base64.b64encode(octets).decode()
    lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n" % (label, "\n".join(lines), label)
