"""DLMS payloads of the reference messages: gurux-dlms, dlms-cosem and us, in one process."""

import contextlib
import os
import pathlib
import statistics
import time
from collections.abc import Callable
from typing import Any

from gbcs import message
from gbcs.axdr import axdr
from gbcs.dlms import dlms
from gbcs.octets import after_length, length

SHARED = pathlib.Path(
    os.environ.get("GBCS_SHARED", pathlib.Path(__file__).parent.parent / ".." / "shared")
)
ROUNDS = 5
REQUESTS_RATIO = 8
ELEMENTS_RATIO = 3
KINDS = {"precommand": "command"}

Span = tuple[bytes, int, int, int, str]  # octets, start, end, message code, kind
Read = Callable[[Any], object]


def spans() -> list[Span]:
    """Where the DLMS payloads of the reference messages stand."""
    found = []
    for path in sorted((SHARED / "rtds" / "messages").glob("*/*.HEX")):
        m = message.decode(bytes.fromhex(path.read_text().strip()))
        if m.octets[m.content_start] in b"\xd9\xda\x0f":
            kind = KINDS.get(m.kind, m.kind)
            found.append((m.octets, m.content_start, m.content_end, m.code, kind))
    return found


def elements(payloads: list[Span]) -> list[bytes]:
    """The data items in the lists of requests and responses, and the bodies of notifications."""
    found = []
    for octets, start, end, _, kind in payloads:
        at = start + 6
        count = 1
        if kind == "command":
            specified = length(octets, at, end, "")
            at = after_length(octets, at)
            for _ in range(specified):
                choice = octets[at]
                at += 10
                if choice > 3:
                    at = axdr.skip(octets, at + 1, end)
        elif kind == "response":
            at += 1
        if kind != "alert":
            count = length(octets, at, end, "")
            at = after_length(octets, at)
        for _ in range(count):
            after = axdr.skip(octets, at, end)
            found.append(octets[at:after])
            at = after
    return found


def gurux() -> "Callable[[bytes], object]":
    """gurux-dlms' reading of one access request."""
    from gurux_dlms import GXByteBuffer, GXDLMSClient  # type: ignore[import-untyped]
    from gurux_dlms.GXDLMSLNCommandHandler import (  # type: ignore[import-untyped]
        GXDLMSLNCommandHandler as Handler,
    )

    settings = GXDLMSClient(True).settings
    settings.allowAnonymousAccess = True

    def read(payload: bytes) -> object:
        return Handler.handleAccessRequest(settings, None, GXByteBuffer(payload[1:]), None, None)

    return read


def dlms_cosem() -> "Callable[[bytes], object]":
    """dlms-cosem's reading of one data item."""
    from dlms_cosem.dlms_data import DlmsDataParser  # type: ignore[import-untyped]

    def read(item: bytes) -> object:
        parser = DlmsDataParser()
        parser.parse(item)
        if parser.pointer != len(item):  # it takes a bit-string's length for octets
            raise ValueError("not read to its end")
        return parser.data

    return read


def ours(item: bytes) -> object:
    """Our reading of one data item."""
    return axdr.decode(item, 0, len(item))


def accepted(read: Read, items: list[Any]) -> list[Any]:
    """The items that `read` does not refuse."""
    found = []
    for item in items:
        with contextlib.suppress(Exception):
            read(item)
            found.append(item)
    return found


def per_item(read: Read, items: list[Any]) -> float:
    """Microseconds an item."""
    start = time.perf_counter()
    for item in items:
        read(item)
    return (time.perf_counter() - start) / len(items) * 1e6


def compare(theirs: Read, them: list[Any], mine: Read, us: list[Any]) -> tuple[float, float]:
    """Medians over interleaved rounds: the ratio, and our microseconds an item."""
    results = []
    for _ in range(ROUNDS):
        slow = per_item(theirs, them)
        fast = statistics.fmean(per_item(mine, us) for _ in range(5))
        results.append((slow / fast, fast))
    return (
        statistics.median(result[0] for result in results),
        statistics.median(result[1] for result in results),
    )


def run() -> "list[tuple[str, str, str, bool]]":
    """Rows (figure, measured, target, holds)."""
    payloads = spans()
    if not payloads:
        return [("DLMS against its peers", "no reference messages", ">= 8 x, 3 x", False)]
    rows = []
    peer = gurux()
    requests = [span for span in payloads if span[4] == "command"]
    pairs = [(span, span[0][span[1] : span[2]]) for span in requests]
    fit = accepted(lambda pair: peer(pair[1]), pairs)
    ratio, us = compare(
        peer, [pair[1] for pair in fit], lambda span: dlms.decode(*span), [pair[0] for pair in fit]
    )
    figure = "%d access requests, with names, against gurux-dlms" % len(fit)
    rows.append(_row(figure, ratio, us, REQUESTS_RATIO))
    other = dlms_cosem()
    fit = accepted(other, elements(payloads))
    ratio, us = compare(other, fit, ours, fit)
    rows.append(_row("%d data items against dlms-cosem" % len(fit), ratio, us, ELEMENTS_RATIO))
    records = [dlms.decode(*span) for span in payloads]
    rows.append(_whole("DLMS payload to named fields", lambda s: dlms.decode(*s), payloads, 15.0))
    rows.append(_whole("DLMS fields to payload", dlms.encode, records, 15.0))
    rows.append(_whole("DLMS payload checked only", lambda s: dlms.skip(*s[:3]), payloads, 15.0))
    return rows


def _row(figure: str, ratio: float, us: float, target: int) -> tuple[str, str, str, bool]:
    return figure, "%.1f x (%.2f us)" % (ratio, us), ">= %d x" % target, ratio >= target


def _whole(figure: str, work: Read, items: list[Any], target: float) -> tuple[str, str, str, bool]:
    """A row: what one message takes, the median of rounds."""
    measured = statistics.median(per_item(work, items) for _ in range(4 * ROUNDS))
    return figure, "%.1f us a message" % measured, "<= %.0f us" % target, measured <= target
