"""Bad input, and names: flipped bits, damaged messages, leaves that nobody named."""

import os
import pathlib

from gbcs import message, payload
from gbcs.errors import DecodeError
from gbcs_host import damage, examine
from gbcs_host.keystore import KeyStore

SHARED = pathlib.Path(os.environ.get("GBCS_SHARED", "../shared"))
FUZZED = 200_000
SAMPLE = 30
_MANY = ("array", "list", "SEQUENCE OF", "SET OF")


def run() -> "list[tuple[str, str, str, bool]]":
    """The rows; none where the reference messages are not at hand."""
    folder = SHARED / "rtds"
    paths = sorted((folder / "messages").glob("*/*.HEX"))
    if not paths:
        return [("reference messages", "not at hand (GBCS_SHARED)", "", True)]
    octets = [bytes.fromhex(path.read_text().strip()) for path in paths]
    keys = KeyStore.load(str(folder / "keystore"))
    return [_names(octets), _flips(octets, keys), _fuzz(octets)]


def _names(octets: "list[bytes]") -> "tuple[str, str, str, bool]":
    leaves = unnamed = 0
    for one in octets:
        for field, repeated in _leaves(payload.decode(message.decode(one))):
            leaves += 1
            unnamed += field[0] is None and not repeated
            unnamed += field[0] == "payload" or (field[1] == "ANY" and field[2] != b"\x05\x00")
    row = "%d of %d" % (unnamed, leaves)
    return "leaves without a name, or left as octets", row, "none", not unnamed


def _leaves(record: object) -> "list[tuple[tuple, bool]]":
    found: list[tuple[tuple, bool]] = []

    def walk(field: tuple, repeated: bool) -> None:
        if type(field[2]) is list:
            many = field[1].startswith(_MANY) or field[1].startswith("compact-array")
            for child in field[2]:
                walk(child, many)
        else:
            found.append((field, repeated))

    if isinstance(record, payload.Asn1):
        walk(record.field, False)
    for item in getattr(record, "items", ()):
        walk(item[-1], False)
    for component in getattr(record, "components", ()):
        for field in component.fields or ():
            walk(field, False)
    body = getattr(record, "body", None)
    for field in (body,) if isinstance(body, tuple) else body or ():
        walk(field, False)
    return found


def _flips(octets: "list[bytes]", keys: KeyStore) -> "tuple[str, str, str, bool]":
    groups: dict[tuple, list[bytes]] = {}
    for one in octets:
        m = message.decode(one)
        if m.kind != "precommand" and len(one) < 400 and not _is_refused(one, keys):
            key = (m.kind, bool(m.signature), m.mac is not None, payload.use_case(m).form, m.party)
            groups.setdefault(key, []).append(one)
    chosen: list[bytes] = []
    while len(chosen) < SAMPLE:
        chosen += [group.pop() for group in groups.values() if group]
    refused = total = 0
    for one in chosen[:SAMPLE]:
        for flipped in damage.flipped(one):
            total += 1
            refused += _is_refused(flipped, keys)
    row = "%d of %d" % (refused, total)
    return "bits flipped in %d messages: refused" % SAMPLE, row, "all", refused == total


def _is_refused(octets: bytes, keys: KeyStore) -> bool:
    """Whether it does not decode, or no protection of it verifies, or one does not."""
    found = examine.examine(octets, keys=keys)
    checks = {found.get("signature"), found.get("mac")}
    return "error" in found or not checks <= {"valid", "absent"} or checks == {"absent"}


def _fuzz(octets: "list[bytes]") -> "tuple[str, str, str, bool]":
    refused = same = wrong = 0
    for one in damage.damaged(octets, FUZZED, seed=20):
        try:
            m = message.decode(one)
            again = message.encode(m, payload.encode(payload.decode(m)))
        except DecodeError as error:
            refused += 0 <= error.offset <= len(one)
            wrong += not 0 <= error.offset <= len(one)
        else:
            same += again == one
            wrong += again != one
    row = "%d refused, %d the same" % (refused, same)
    return "damaged inputs, %d" % FUZZED, row, "nothing else", not wrong
