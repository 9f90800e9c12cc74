"""Coverage: reference commands replayed to emulated devices, answers compared with the responses.

A pair is a command and the response of the same scenario, matched by the names of their files. For
each pair a twin is made: an emulated device with the key store's certificates as trust anchors,
the shared secrets that the remote parties' private keys give, and the data of the response. The
twin is sent the command, and its answer must equal the response octet for octet; in a signed
response, up to the signature. RTDS has no private keys of devices, so a command from device to
device gets a new MAC under a test key, and the answer is compared up to its MAC. Every pair has an
outcome; an exception is an outcome too.

Sources: the messages of RTDS 4.5.0 and their key store; GBCS 4.3.2.5 (trust anchor cells).
"""

import collections
import os
from typing import Any

from gbcs import message, payload, protect
from gbcs.errors import DecodeError
from gbcs.message import MAC_SIZE
from gbcs_device.base import partners
from gbcs_device.base.store import LONGEST_VALUE
from gbcs_device.devices import kinds
from gbcs_device.messages import authority
from gbcs_device.messages.trust_anchors import HandedSecrets, cell_of, device_key_name
from gbcs_host.decode import sources
from gbcs_host.decode.keystore import KeyStore
from gbcs_host.verify import known_pairs, twin

IDENTICAL = "identical"
UP_TO_SIGNATURE = "identical_up_to_signature"
UP_TO_MAC = "identical_up_to_mac"
DIFFERENT = "different"
UNSUPPORTED = "unsupported"
FAILED = "failed"
SAME = (IDENTICAL, UP_TO_SIGNATURE, UP_TO_MAC)
OUTCOMES = (*SAME, DIFFERENT, UNSUPPORTED, FAILED)


_SUFFIX = "_GBCS"


class Memory(dict[str, bytes]):
    """A store in memory with the methods of `gbcs_device.base.store.Store`, without a medium."""

    def write(self, changes: "dict[str, bytes | None]") -> None:
        """Stores the values of these names; None removes a name."""
        for name, octets in changes.items():
            if octets is None:
                self.pop(name, None)
            else:
                self[name] = octets

    def hold(self, name: str, octets: bytes) -> None:
        """Stores a value that a real store would not write to its medium."""
        self[name] = octets

    def has_room(self, changes: "dict[str, bytes | None]") -> bool:
        """Whether no value is longer than `LONGEST_VALUE` octets."""
        return all(len(octets or b"") <= LONGEST_VALUE for octets in changes.values())

    def names(self, prefix: str = "") -> "list[str]":
        """The stored names that begin with `prefix`, sorted."""
        return sorted(name for name in self if name.startswith(prefix))


class Pair:
    """A command, its response, and the `outcome` of the replay, with the reason `why`.

    `name` is the folder and the name of the two files without COMMAND or RESPONSE. `outcome` is
    one of OUTCOMES; `why` is empty where the answer was the same.
    """

    def __init__(self, name: str, command: bytes, response: bytes) -> None:
        self.name = name
        self.command = command
        self.response = response
        self.outcome = ""
        self.why = ""
        self.case: Any = None
        self.kind = "?"

    @property
    def known(self) -> "str | None":
        """Why this outcome is expected although the answer differs from the response, or None."""
        scenario = os.path.basename(self.name)
        if scenario.endswith(_SUFFIX):
            scenario = scenario[: -len(_SUFFIX)]
        row = known_pairs.known(scenario)
        return row[1] if row is not None and row[0] == self.outcome else None


def pairs(folder: str) -> "list[Pair]":
    """The pairs in a folder of reference messages and the folders in it, in order of names."""
    by_name: dict[str, dict[str, bytes]] = {}
    for path in sources.files(folder):
        words = os.path.splitext(os.path.basename(path))[0].split("_")
        for kind in ("COMMAND", "RESPONSE"):
            if kind in words:
                words[words.index(kind)] = "*"
                name = os.path.join(os.path.basename(os.path.dirname(path)), "_".join(words))
                for _, octets in sources.messages(path):
                    by_name.setdefault(name, {})[kind] = octets
    return [
        Pair(name.replace("_*", ""), both["COMMAND"], both["RESPONSE"])
        for name, both in sorted(by_name.items())
        if len(both) == 2
    ]


class Coverage:
    """Replays pairs to twins made with the keys of one key store."""

    def __init__(self, keys: KeyStore) -> None:
        self.keys = keys
        self._anchors: list[tuple[int, str, bool, Any]] = []
        self._secrets: dict[bytes, dict[bytes, bytes]] = {}
        self._parties = [eui for eui in keys.euis() if self._is_held(eui)]
        for eui in keys.euis():
            role = keys.role(eui)
            if role is None:
                continue
            for use, prepayment in (("ds", False), ("ka", False), ("pp-ka", True)):
                certificate = keys.certificate(eui, use)
                if certificate is not None and certificate.entity_id == eui:
                    cell = cell_of(certificate)
                    self._anchors.append((role, use[-2:], prepayment, cell))

    def _is_held(self, eui: bytes) -> bool:
        return self.keys.role(eui) is not None and self.keys.private(eui, "ka") is not None

    def run(self, pairs: "list[Pair]") -> None:
        """Replays each pair and sets its outcome; raises nothing."""
        kinds_of = _kinds(pairs, self.keys)
        for pair in pairs:
            try:
                self._replay(pair, kinds_of)
            except DecodeError as error:
                pair.outcome, pair.why = DIFFERENT, "not decoded: %s" % error
            except (
                Exception
            ) as error:  # a fault of the emulator; the other pairs are still replayed
                pair.outcome, pair.why = FAILED, "%s: %s" % (type(error).__name__, error)

    def _replay(self, pair: Pair, kinds_of: "dict[bytes, tuple[str, ...]]") -> None:
        asked, wanted = message.decode(pair.command), message.decode(pair.response)
        pair.case = payload.use_case(asked)
        for kind in _candidates(pair.case, kinds_of.get(asked.recipient, ())):
            pair.kind = kind
            if kinds.is_known(kind):
                self._replay_to(kind, pair, asked, wanted)
            else:
                pair.outcome, pair.why = UNSUPPORTED, "no emulator of a %s" % kind
            if pair.outcome != UNSUPPORTED:
                return

    def _replay_to(self, kind: str, pair: Pair, asked: Any, wanted: Any) -> None:
        device = self.device(kind, asked.recipient, (asked.originator, asked.party))
        twin.load(device, pair.command, pair.response, self.keys)
        now = twin.moment_of(asked, wanted)
        command = pair.command
        if pair.case is not None and pair.case.is_device_to_device:
            command = self._between_devices(device, asked)
        answer = device.receive(command, now)
        if answer is None:
            entries = [code for _, code in device.security_log()]
            pair.outcome = UNSUPPORTED
            pair.why = "no answer; security log: %s" % ", ".join("%04X" % code for code in entries)
        elif answer == pair.response:
            pair.outcome = IDENTICAL
        elif wanted.signature and answer[:-64] == pair.response[:-64]:
            pair.outcome = UP_TO_SIGNATURE
        elif command is not pair.command and answer[:-MAC_SIZE] == pair.response[:-MAC_SIZE]:
            pair.outcome = UP_TO_MAC
        else:
            pair.outcome, pair.why = DIFFERENT, _difference(answer, pair.response)

    def _between_devices(self, device: Any, asked: Any) -> bytes:
        """The command with a MAC under a test key; the device is joined with its originator."""
        secret = bytes(range(32))
        self._secrets[device.eui][asked.originator] = secret
        entry = asked.originator + bytes((partners.PPMID_TYPE,))
        key = b"\x04" + bytes(64)
        device.store.write({device_key_name(asked.originator): key, partners.DEVICE_LOG: entry})
        signing = asked.octets[asked.start : asked.end]
        return message.wrap(
            signing, protect.general_signing_mac(signing, secret, self.keys.crypto)
        )

    def device(self, kind: str, eui: bytes, parties: "tuple[bytes | None, ...]" = ()) -> Any:
        """A new device with the key store's parties in its trust anchor cells.

        A cell holds one party of its role: of `parties` if possible, else one whose private key is
        in the store.
        """
        crypto = self.keys.crypto
        if eui not in self._secrets:
            secrets = {party: self.keys.secret(party, eui) for party in self._parties}
            self._secrets[eui] = {
                party: secret for party, secret in secrets.items() if secret is not None
            }
        signer = crypto.private_key(bytes(31) + b"\x01")
        own = HandedSecrets(self._secrets[eui], lambda octets: crypto.sign(signer, octets))
        device = kinds.make(kind, eui, Memory(), crypto, own)
        sharing = set(self._secrets[eui])
        anchors = sorted(
            self._anchors, key=lambda anchor: (anchor[3].eui in parties, anchor[3].eui in sharing)
        )
        for role, use, prepayment, cell in anchors:
            if kinds.has_cell(kind, role, use):
                device.store.write(device.anchors.filled(role, use, cell, prepayment))
        return device


def _kinds(pairs: "list[Pair]", keys: KeyStore) -> "dict[bytes, tuple[str, ...]]":
    """The likely kinds of each addressee, the likeliest first, by the commands sent to it.

    Each command counts for the kinds that its use case is for, and counts double for a kind to
    which the originator's role may send it in this form: GBCS 6.2 and 7.2.9.
    """
    votes: dict[bytes, collections.Counter[str]] = {}
    for pair in pairs:
        try:
            asked = message.decode(pair.command)
            case = payload.use_case(asked)
        except DecodeError:
            continue
        role = keys.role(asked.originator)
        roles = [] if role is None else [role]
        for kind in case.targets:
            verdict, _ = authority.judge(
                case, kind, roles, roles, asked.mac is not None, bool(asked.signature),
                asked.party is not None, True,
            )  # fmt: skip
            weight = 2 if verdict == authority.ACCEPTED else 1
            votes.setdefault(asked.recipient, collections.Counter())[kind] += weight
    return {
        eui: tuple(kind for kind, _ in counter.most_common()) for eui, counter in votes.items()
    }


def _candidates(case: Any, likely: "tuple[str, ...]") -> "list[str]":
    """The kinds to try for an addressee: the likeliest first, then those of the use case."""
    of_case = [kind for kind in likely if kind in case.targets]
    return list(dict.fromkeys((*likely[:1], *of_case, *case.targets))) or ["?"]


def _difference(answer: bytes, wanted: bytes) -> str:
    for at, (actual, expected) in enumerate(zip(answer, wanted, strict=False)):
        if actual != expected:
            return "offset %d: %02X answered, %02X expected" % (at, actual, expected)
    return "%d octets answered, %d expected" % (len(answer), len(wanted))


def summary(pairs: "list[Pair]") -> "dict[str, Any]":
    """The totals of replayed pairs, as the JSON object of `gbcs coverage --json`."""
    counts = collections.Counter(pair.outcome for pair in pairs)
    tables: list[dict[str, dict[str, int]]] = [{}, {}, {}]
    for pair in pairs:
        name = "?" if pair.case is None else pair.case.name
        for table, key in zip(tables, (name, pair.kind, "%s %s" % (name, pair.kind)), strict=True):
            row = table.setdefault(key, {"pairs": 0, **dict.fromkeys(OUTCOMES, 0)})
            row["pairs"] += 1
            row[pair.outcome] += 1
    by_use_case, by_device, by_both = (dict(sorted(table.items())) for table in tables)
    return {
        "pairs": len(pairs),
        **{outcome: counts.get(outcome, 0) for outcome in OUTCOMES},
        "by_use_case": by_use_case,
        "by_device": by_device,
        "by_use_case_and_device": by_both,
        "exceptions": [
            {
                "pair": pair.name,
                "outcome": pair.outcome,
                "why": pair.why,
                "known": pair.known,
            }
            for pair in pairs
            if pair.outcome not in SAME
        ],
        "expected": [pair.name for pair in pairs if pair.known is not None],
        "worse": [pair.name for pair in pairs if pair.outcome not in SAME and not pair.known],
    }
