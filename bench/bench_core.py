"""The whole reference set through the core: decoded, rebuilt, verified, and how fast."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

from gbcs import message, payload
from gbcs.crypto import openssl
from gbcs_host import examine, verdict
from gbcs_host.keystore import KeyStore

SHARED = pathlib.Path(os.environ.get("GBCS_SHARED", "../shared"))


def _median(action: "object", rounds: int = 9) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _raw(octets: "list[bytes]", keys: KeyStore) -> "list":
    """The OpenSSL operations that the set needs, with everything else done beforehand."""
    work = []
    for one in octets:
        m = message.decode(one)
        key = keys.signer(m.originator) if m.signature else None
        work.append((key, one[m.start + 1 : m.content_end], m.signature, m))
    return work


def run() -> "list[tuple[str, str, str, bool]]":
    """The rows of the reference set; none where it is not at hand."""
    folder = SHARED / "rtds"
    paths = sorted((folder / "messages").glob("*/*.HEX"))
    if not paths:
        return [("reference messages", "not at hand (GBCS_SHARED)", "", True)]
    octets = [bytes.fromhex(path.read_text().strip()) for path in paths]
    keys = KeyStore.load(str(folder / "keystore"))
    total = len(octets)
    verdicts = [verdict.read(one, keys) for one in octets]
    decoded = sum(one.error is None for one in verdicts)
    again = sum(
        examine.rebuild(json.loads(json.dumps(examine.to_json(one)))) == one.octets
        for one in verdicts
    )
    signed = [one for one in verdicts if one.message.signature]
    maced = [one for one in verdicts if one.message.mac is not None]
    good = sum(one.signature == "valid" for one in signed)
    fine = sum(one.mac == "valid" for one in maced)
    closed = sum(one.mac == "no key" for one in maced)
    blocks = sum(len(one.opened) for one in verdicts)
    opened = sum(block.fields is not None for one in verdicts for block in one.opened)
    rows = [
        ("decoded to the last octet", "%d of %d" % (decoded, total), "all", decoded == total),
        ("decode, JSON, encode: same octets", "%d of %d" % (again, total), "all", again == total),
        ("signatures valid", "%d of %d" % (good, len(signed)), "all", good == len(signed)),
        (
            "MACs valid (and no key: PCS01, PCS02)",
            "%d of %d (%d)" % (fine, len(maced), closed),
            "all but PCS",
            fine + closed == len(maced),
        ),
        ("blocks decrypted", "%d of %d" % (opened, blocks), "all", opened == blocks > 0),
    ]
    work = _raw(octets, keys)
    macs = [one.message for one in maced if one.mac == "valid"]
    del verdicts, signed, maced  # a tree kept is one more for the garbage collector to walk

    def everything() -> None:
        for one in octets:
            verdict.read(one, keys)

    def raw() -> None:
        for key, data, signature, _ in work:
            if key is not None:
                openssl.verify(key, data, signature)
        for m in macs:
            openssl.gmac(b"0123456789ABCDEF", b"0123456789AB", m.octets)

    def plain() -> None:
        for one in octets:
            payload.decode(message.decode(one))

    full, least = _median(everything), _median(raw)
    rate = total / full
    ratio = full / least
    each = _median(plain) / total * 1e6
    rows += [
        ("decoded, decrypted, verified, warm", "%d/s" % rate, ">= 20,000/s", rate >= 20_000),
        ("the same over the raw OpenSSL operations", "%.2f x" % ratio, "<= 1.6 x", ratio <= 1.6),
        ("header and named payload, no keys", "%.1f us a message" % each, "<= 20 us", each <= 20),
    ]
    cost = _import_ms()
    rows.append(("import of the decoder without keys", "%.0f ms" % cost, "<= 40 ms", cost <= 40))
    return rows


def _import_ms() -> float:
    bare = "pass"
    decoder = "import gbcs.message, gbcs.payload, gbcs.dlms, gbcs.gbz, gbcs.asn1"

    def start(code: str) -> float:
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - begun

    costs = [start(decoder) - start(bare) for _ in range(9)]
    return statistics.median(costs) * 1000
