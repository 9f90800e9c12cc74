"""Who may send what, tried with real messages: devices, the content of each use case, forgers.

Every device is fresh for every message: its store is copied from one that was made once. Contents
are those of the reference messages, where there are any, else made of the templates.
"""

import importlib.util
import json
import pathlib
import random

from conftest import SHARED, reference_paths

from gbcs import clock, message, protect, usecases
from gbcs.asn1 import asn1, der
from gbcs.errors import GbcsError
from gbcs_device.base import load, logs, partners
from gbcs_device.base.store import MemoryMedium, Store
from gbcs_device.devices import kinds
from gbcs_device.messages.trust_anchors import OwnKeys, cell_of, device_key_name
from gbcs_host.lab import compose
from gbcs_host.lab.compose import field
from gbcs_host.lab.lab import Lab
from gbcs_host.lab.parties import protected

_DUAL = pathlib.Path(__file__).resolve().parents[1] / "dual" / "test_device_authority.py"
_spec = importlib.util.spec_from_file_location("test_device_authority", _DUAL)
product = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(product)

KINDS = ("ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC")
ROLES = {  # the facts' names: the parties of a lab
    "Recovery": "recovery",
    "Supplier": "supplier",
    "Network Operator": "network operator",
    "Access Control Broker": "access control broker",
    "Transitional CoS": "transitional CoS",
    "WAN Provider": "WAN provider",
    "Load Controller": "load controller",
}
ROOT = "Root"  # has no EUI-64, so its cell holds zeros
UNKNOWN = "unknown"
EUIS = {kind: bytes.fromhex("00DB12345678A0%02X" % n) for n, kind in enumerate(KINDS)}
PPMID_OF_METER = EUIS["PPMID"]
FORMS = {"MAC": (True, False), "signature": (False, True), "both": (True, True)}
FORMS["neither"] = (False, False)

# What became of a message
ACCEPTED, REFUSED, NOT_SUPPORTED = "accepted", "refused", "not supported"


def authority_rows():
    """The rows of authority.json by message code."""
    rows = json.loads((SHARED / "gbcs" / "authority.json").read_text())
    return {int(row["message_code"], 16): row for row in rows}


def originators(row, kind):
    """The names of the roles that may send it directly to a kind; none where it is not for it."""
    if "targets" in row:
        names = [row["authorised_by_cell"]] if kind in row["targets"] else []
    else:
        names = row["originators"].get(kind, [])
    short = {"Root (contingency key)": ROOT, "PPMID in the meter's own device log": "PPMID"}
    return [short.get(name, "any" if name.startswith("any party") else name) for name in names]


def expected(row, kind, standing, signing, has_mac, has_signature, party, is_joined):
    """What the facts say of a message, by names of roles: a second, plain calculation.

    `standing` are the roles of the originator, `signing` those with a signature certificate.
    """
    names = [] if row is None else originators(row, kind)
    held = signing if has_signature else standing
    if party and "Access Control Broker" not in held:
        held = []
    if not names:
        rule = None if row is None else row["signature"]
        if not (has_mac or has_signature) or not held:
            return REFUSED
        if rule in ("required", "none") and has_signature is not (rule == "required"):
            return REFUSED
        if row is not None and row["mac"] == "required" and not has_mac:
            return REFUSED
        return NOT_SUPPORTED
    if names == ["PPMID"]:
        fine = has_mac and not has_signature and not party and is_joined
        return ACCEPTED if fine else REFUSED
    if row["signature"] == "by form":
        if has_mac == has_signature or party:
            return REFUSED
        if has_mac:
            return ACCEPTED if "Access Control Broker" in held else REFUSED
        return ACCEPTED if held else REFUSED
    rule = row["signature"][kind] if isinstance(row["signature"], dict) else row["signature"]
    if has_signature is not (rule == "required") or has_mac is not (row["mac"] == "required"):
        return REFUSED
    if party:
        behalf = row["broker_on_behalf_of"]
        is_fine = behalf != "nobody" and behalf[kind] == "any user"
        return ACCEPTED if held and is_fine else REFUSED
    return ACCEPTED if set(held) & set(names) else REFUSED


def commands(rows, form):
    """Message codes of a form, and a kind of device that has each; without CS02b and CS02g."""
    for code, row in sorted(rows.items()):
        case = usecases.find(code)
        if case is not None and case.form == form and case.mode is None:
            yield code, next(kind for kind in KINDS if originators(row, kind))


def right_form(row, kind, sender):
    """The form in which a sender sends it."""
    if row["signature"] == "by form":
        return "MAC" if sender == "Access Control Broker" else "signature"
    rule = row["signature"][kind] if isinstance(row["signature"], dict) else row["signature"]
    has_mac = row["mac"] != "none"
    return {(True, False): "MAC", (True, True): "both", (False, True): "signature"}[
        has_mac, rule == "required"
    ]


class Bench:
    """A lab's keys; devices of every kind, out of the box and commissioned; every command."""

    def __init__(self):
        self.lab = Lab(23)
        self.keys = self.lab.parties.keys
        self.crypto = self.keys.crypto
        self.now = clock.from_generalized("20260601120000Z")
        self.random = random.Random(23)
        self.stranger = bytes.fromhex("90B3D51F3FFF0000")
        for use in ("ds", "ka"):
            self.lab.pki.organisation(self.stranger, 2, use, "STRANGER")
        self.contents = self._contents()
        self._stores = {}
        for kind in KINDS:
            for is_new in (False, True):
                self._stores[kind, is_new] = self._made(kind, is_new)

    def _made(self, kind, is_new):
        eui = EUIS[kind]
        store = Store(MemoryMedium())
        changes = {"firmware/version": bytes(4)}
        for use in ("ds", "ka"):
            issued = self.lab.pki.device(eui, use)
            changes["own/" + use] = issued.private
            changes["own/certificate/" + use] = issued.certificate
        changes.update(load.started(self.now, {}))
        entry = PPMID_OF_METER + bytes((partners.PPMID_TYPE,))
        changes[partners.DEVICE_LOG] = entry
        public = self.lab.pki.device(PPMID_OF_METER, "ka").public
        changes[device_key_name(PPMID_OF_METER)] = public
        store.write(changes)
        device = self._device(kind, store)
        for role, use, prepayment, cell in self.lab._cells(kind, is_new):
            store.write(device.anchors.filled(role, use, cell, prepayment))
        store.write(device.anchors.filled(0, "ds", cell_of(self.lab.pki.root.parsed)))
        return {name: store.get(name) for name in store.names()}

    def _device(self, kind, store):
        own = OwnKeys(self.crypto, store, self.random.randbytes)
        return kinds.make(kind, EUIS[kind], store, self.crypto, own)

    def device(self, kind, is_new=False):
        """A fresh device."""
        store = Store(MemoryMedium(), 1 << 20)
        store.write(self._stores[kind, is_new])
        return self._device(kind, store)

    def roles(self, kind, is_new, sender):
        """The roles in whose cells a sender stands, and those with a signature certificate."""
        if sender == ROOT:
            return [ROOT], [ROOT]
        eui = self.eui(sender)
        names = {0: ROOT, **{self.lab.parties[name].role: role for role, name in ROLES.items()}}
        anchors = self.device(kind, is_new).anchors
        signing = {names[role] for role in anchors.roles_of(eui, "ds")}
        agreeing = {names[role] for role in anchors.roles_of(eui, "ka")}
        return sorted(signing | agreeing), sorted(signing)

    def right_sender(self, row, kind):
        """One who may send it to a kind, and stands in a cell of it or in its own log."""
        names = ["Supplier" if name == "any" else name for name in originators(row, kind)]
        return next(name for name in names if name == "PPMID" or self.roles(kind, False, name)[0])

    def eui(self, sender):
        """The EUI-64 of a sender by its role's name."""
        if sender == ROOT:
            return bytes(8)
        if sender == UNKNOWN:
            return self.stranger
        if sender == "PPMID":
            return PPMID_OF_METER
        return self.lab.parties[ROLES[sender]].eui

    def message(
        self, code, kind, sender, form, party=None, break_at=None, content=None, counter=50_000
    ):
        """The octets of a command; `break_at` is "mac" or "signature", of which a bit flips."""
        if content is None:
            content = self.content(code, kind, counter)
        eui = self.eui(sender)
        composed = message.compose(
            message.COMMAND, counter, eui, EUIS[kind], code, content, b"", party,
            None if party is None else counter,
        )  # fmt: skip
        has_mac, has_signature = FORMS[form]
        octets = bytearray(self._protected(composed, sender, has_mac, has_signature))
        if break_at == "mac":
            octets[-1] ^= 1
        if break_at == "signature":
            m = message.decode(bytes(octets))
            signature = bytearray(m.signature)
            signature[9] ^= 1
            signed = message.finish(composed, bytes(signature))
            octets = self._mac(signed, sender) if has_mac else signed
        return bytes(octets)

    def _protected(self, composed, sender, has_mac, has_signature):
        if sender == ROOT or sender == "PPMID":
            private = self.lab.pki.root.private
            if sender == "PPMID":
                private = self.lab.pki.device(PPMID_OF_METER, "ds").private
            signature = b""
            if has_signature:
                signature = self.crypto.sign(self.crypto.private_key(private), composed[1:])
            signing = message.finish(composed, signature)
            return self._mac(signing, sender) if has_mac else signing
        broker = self.lab.parties["access control broker"].eui if has_mac else None
        return protected(composed, self.keys, self.eui(sender) if has_signature else None, broker)

    def _mac(self, signing, sender):
        other = self.eui("Access Control Broker")
        if sender == "PPMID":
            other = PPMID_OF_METER
        secret = self.keys.secret(signing[21:29], other)
        return message.wrap(signing, protect.general_signing_mac(signing, secret, self.crypto))

    def outcome(self, device, octets):
        """What becomes of a message: ACCEPTED, REFUSED or NOT_SUPPORTED.

        Of a refused one nothing may remain but log entries and the alert's counter.
        """
        before = {name: device.store.get(name) for name in device.store.names()}
        entries = len(device.security_log())
        answer = device.receive(octets, self.now)
        after = {name: device.store.get(name) for name in device.store.names()}
        alerts = [message.decode(alert).code for alert in device.outbox]
        if answer is not None:
            return ACCEPTED
        changed = {name for name in before | after if before.get(name) != after.get(name)}
        changed -= {name for name in changed if name.startswith(("log/", "own/counter"))}
        if alerts == [0x0120]:
            assert not {name for name in changed if not name.startswith("count/")}
            return NOT_SUPPORTED
        assert not changed
        codes = [code for _, code in device.security_log()[entries:]]
        assert codes
        assert set(codes) <= {logs.AUTHENTICATION_FAILED, logs.UNAUTHORISED_ACCESS}
        return REFUSED

    # Contents

    def _contents(self):
        contents = {}
        for path in reference_paths():
            m = message.decode(bytes.fromhex(path.read_text().strip()))
            if m.kind == "command" and "_SUCCESS_" in path.name:
                contents.setdefault(m.code, m.content)
        return contents

    def content(self, code, kind, counter):
        """The content of a command: a reference message's, one made of the template, or any."""
        case = usecases.find(code)
        if case is not None and case.mode is not None:
            return self._replacement(case, kind, counter)
        if case is not None and code in (0x0008, 0x011B):
            return None
        if code == 0x0012:
            image = field("OCTET STRING", bytes(32))
            return der.encode(field("SEQUENCE", [image, field("INTEGER", counter)]))
        if code in self.contents:
            return self.contents[code]
        if case is None or asn1.payload_type(code, "command") is not None:
            usage = field("SEQUENCE", [field("BIT STRING", "1")])
            return der.encode(usage if code == 0x000A else field("NULL", None))
        try:
            if case.form == "DLMS":
                from gbcs.dlms import dlms

                return dlms.encode(compose.access_request(case.name, counter))
            from gbcs.gbz import gbz

            return gbz.encode(compose.gbz_command(case.name))
        except (GbcsError, compose.UnknownName, LookupError, TypeError, ValueError):
            return b"\xd9\x20\x00\x00\x00\x00\x00\x00" if case.form == "DLMS" else b"\x05\x00"

    def details(self, sender, form, role):
        """The content of CS02a: who asks names the cell whose key authenticates it."""
        usage = "1" if FORMS[form][1] else "00001"
        cell = field("SEQUENCE", [field("INTEGER", role), field("BIT STRING", usage)])
        asked = field("SEQUENCE OF", [field("INTEGER", 2)])
        return der.encode(field("SEQUENCE", [cell, asked]))

    def _replacement(self, case, kind, counter):
        """A CS02b or CS02g that puts the certificate in a cell anew that stands there."""
        names = {name: self.lab.parties[party].role for name, party in ROLES.items()}
        names[ROOT] = 0
        (authorising,) = {names[name] for roles in case.roles.values() for name in roles}
        control = [field("INTEGER", case.mode)]
        if case.mode == 9:
            control.append(field("[0] OCTET STRING", bytes(16)))
        if case.signature == "yes" or kind in case.signature.split("/"):
            cell = [field("INTEGER", authorising), field("BIT STRING", "1")]
            control.append(field("[2] SEQUENCE", cell))
        control.append(field("[3] INTEGER", counter))
        replaced = {0: 0, 1: 0, 8: 5, 9: 5, 7: 2, 10: 8, 11: 8}.get(case.mode, authorising)
        if replaced == 0:
            octets = self.lab.pki.root.certificate
        else:
            party = next(one for one in self.lab.parties if one.role == replaced)
            use = "ka" if replaced == 4 else "ds"
            octets = self.lab.pki.organisation(party.eui, replaced, use, party.name.upper())
            octets = octets.certificate
        usage = "00001" if replaced == 4 else "1"
        cell = field("SEQUENCE", [field("INTEGER", replaced), field("BIT STRING", usage)])
        replacements = [field("SEQUENCE", [field("ANY", octets), cell])]
        chain = field("SEQUENCE OF", [field("ANY", self.lab.pki.issuing.certificate)])
        fields = [field("SEQUENCE", control), field("SEQUENCE OF", replacements), chain]
        return der.encode(field("SEQUENCE", fields))
