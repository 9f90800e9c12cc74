"""Bad input, attacks, and names: flipped bits, damaged messages, leaves that nobody named.

Each suite of tests/attacks is a row, and below it what its tests print of themselves.
"""

import ast
import os
import pathlib
import re
import subprocess
import sys

from gbcs import message, payload
from gbcs.errors import DecodeError
from gbcs_host.decode import examine
from gbcs_host.decode.keystore import KeyStore
from gbcs_host.verify import damage

ROOT = pathlib.Path(__file__).parents[1]
SHARED = pathlib.Path(os.environ.get("GBCS_SHARED", "../shared"))
FUZZED = 200_000
SAMPLE = 30
Row = tuple[str, str, str, bool]
_MANY = ("array", "list", "SEQUENCE OF", "SET OF")


def run() -> "list[tuple[str, str, str, bool]]":
    """The rows; none where the reference messages are not at hand."""
    folder = SHARED / "rtds"
    paths = sorted((folder / "messages").glob("*/*.HEX"))
    if not paths:
        return [("reference messages", "not at hand (GBCS_SHARED)", "", True)]
    octets = [bytes.fromhex(path.read_text().strip()) for path in paths]
    keys = KeyStore.load(str(folder / "keystore"))
    return [_names(octets), _flips(octets, keys), _fuzz(octets), *_attacks()]


def _attacks() -> "list[Row]":
    """What became of each suite of attacks, and the counts that its tests print."""
    rows: list[Row] = []
    for path in sorted((ROOT / "tests" / "attacks").glob("test_*.py")):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-rP", "-p", "no:cacheprovider", str(path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        title = (ast.get_docstring(ast.parse(path.read_text())) or path.stem).split("\n")[0]
        passed = re.search(r"(\d+) passed", done.stdout)
        failed = re.search(r"(\d+) (?:failed|error)", done.stdout)
        row = "%s tests, %s failed" % (passed[1] if passed else 0, failed[1] if failed else 0)
        rows.append((title[:58], row, "none fails", done.returncode == 0))
        rows += [(line[:85], "", "", True) for line in _printed(done.stdout)]
    return rows


def _printed(text: str) -> "list[str]":
    """The lines that tests which passed have printed, as pytest repeats them."""
    found: list[str] = []
    is_within = False
    for line in text.splitlines():
        if line.startswith(("---", "___", "===")):
            is_within = "Captured stdout call" in line
        elif is_within and line.strip():
            found.append("   " + line.strip())
    return found


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
