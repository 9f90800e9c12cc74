"""ASN.1 payloads of the reference messages, read and written by asn1tools and by us.

The peer compiles our own module, certificates left closed on both sides: for it their three parts
are ANY, ANY and BIT STRING, for us one field whose outline is checked. The last rows have the
certificates open to the leaf, in the peer as far as its module goes.
"""

import os
import pathlib
import statistics
import time
import warnings
from collections.abc import Callable

from gbcs import message
from gbcs.asn1 import asn1, der

ROOT = pathlib.Path(__file__).parent.parent
SHARED = pathlib.Path(os.environ.get("GBCS_SHARED", ROOT / ".." / "shared"))
ROUNDS = 41
DECODE_RATIO = 3.0
ENCODE_RATIO = 2.5
DECODE_US = 7.0

CLOSED = """
GbcsCertificates DEFINITIONS ::= BEGIN
Certificate ::= SEQUENCE { tbs ANY, algorithm ANY, signature BIT STRING }
CertificationRequest ::= SEQUENCE { info ANY, algorithm ANY, signature BIT STRING }
END
"""
NAMES = {"Certificate": "UpdateDeviceCertificateCommand"}  # as the module calls it

Payload = tuple[str, bytes]


def payloads() -> list[Payload]:
    """Type and octets of the ASN.1 payloads."""
    found = []
    for path in sorted((SHARED / "rtds" / "messages").glob("*/*.HEX")):
        m = message.decode(bytes.fromhex(path.read_text().strip()))
        name = asn1.payload_type(m.code, "command" if m.kind == "precommand" else m.kind)
        if name is not None:
            found.append((name, m.content))
    return found


def compare(ours: "Callable[..., object]", theirs: "Callable[..., object]", calls: list) -> tuple:
    """Microseconds a call of each: medians of rounds that take turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for function, index in ((ours, 0), (theirs, 1)):
            arguments = [call[index] for call in calls]
            start = time.perf_counter()
            for each in arguments:
                function(*each)
            times[index].append(time.perf_counter() - start)
    return tuple(statistics.median(each) / len(calls) * 1e6 for each in times)


def run() -> "list[tuple[str, str, str, bool]]":
    """The rows of figures; none without the reference messages."""
    found = payloads()
    if not found:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what the peer imports
        import asn1tools

        module = (ROOT / "protocol" / "asn1" / "GbcsPayloads.asn1").read_text()
        opened = (ROOT / "protocol" / "asn1" / "GbcsCertificates.asn1").read_text()
        peer = asn1tools.compile_string(module + CLOSED, "der")
        peer_opened = asn1tools.compile_string(module + opened, "der")
    rows = []
    for words, spec, certificates in (
        ("certificates closed", peer, False),
        ("certificates open", peer_opened, True),
    ):
        reading, writing = [], []
        for name, octets in found:
            other = NAMES.get(name, name)
            field = asn1.decode(name, octets, 0, len(octets), certificates)
            assert der.encode(field) == octets
            reading.append(((name, octets, 0, len(octets), certificates), (other, octets)))
            writing.append(((field,), (other, spec.decode(other, octets))))
        ours, theirs = compare(asn1.decode, spec.decode, reading)
        rows.append(ratio("decode, " + words, ours, theirs, 1 if certificates else DECODE_RATIO))
        if not certificates:
            target = "<= %.0f us" % DECODE_US
            words_us = "decode an ASN.1 payload, " + words
            rows.append((words_us, "%.1f us" % ours, target, ours <= DECODE_US))
        ours, theirs = compare(der.encode, spec.encode, writing)
        rows.append(ratio("encode, " + words, ours, theirs, 1 if certificates else ENCODE_RATIO))
    return rows


def ratio(words: str, ours: float, theirs: float, least: float) -> "tuple[str, str, str, bool]":
    """A row of how many times faster than the peer."""
    measured = "%.1f x (%.1f of %.1f us)" % (theirs / ours, ours, theirs)
    return ("DER against asn1tools: " + words, measured, ">= %g x" % least, theirs / ours >= least)
