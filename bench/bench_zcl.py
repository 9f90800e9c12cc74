"""ZCL frames of the reference messages, read by zigpy and by us: same octets, same process."""

import logging
import os
import pathlib
import statistics
import time
from collections.abc import Callable
from typing import Any

from gbcs import message
from gbcs.gbz import gbz
from gbcs.zcl import encoder, zcl

SHARED = pathlib.Path(
    os.environ.get("GBCS_SHARED", pathlib.Path(__file__).parent.parent / ".." / "shared")
)
ROUNDS = 5
RATIO = 50

Frame = tuple[bytes, int]  # octets on the air, cluster


def payloads() -> "list[message.Message]":
    """The reference messages whose payload is GBZ."""
    found = []
    for path in sorted((SHARED / "rtds" / "messages").glob("*/*.HEX")):
        m = message.decode(bytes.fromhex(path.read_text().strip()))
        if m.content[:2] == b"\x01\x09":
            found.append(m)
    return found


def frames(messages: "list[message.Message]") -> list[Frame]:
    """The ZCL frames in clear in these messages."""
    found = []
    for m in messages:
        if m.kind == "alert":
            continue
        payload = gbz.decode(m.octets, m.content_start, m.content_end, m.code, m.kind)
        assert isinstance(payload, gbz.Gbz)
        for component in payload.components:
            if component.fields is not None:
                header = bytes((component.frame_control, component.sequence, component.command))
                octets = header + encoder.encode_fields(component.fields)
                found.append((octets, component.cluster))
    return found


def peer() -> "tuple[Callable[[bytes, int], object], Callable[[bytes, int], bool]]":
    """zigpy's reading of one frame, header and fields; and whether it has a schema for it."""
    logging.disable(logging.CRITICAL)
    from zigpy.zcl import foundation
    from zigpy.zcl.clusters.smartenergy import Metering

    def schema(octets: bytes, cluster: int) -> Any:
        if not octets[0] & 1:
            general: Any = foundation.GENERAL_COMMANDS
            return general[octets[2]].schema
        if cluster != Metering.cluster_id:
            return None
        commands = Metering.client_commands if octets[0] & 8 else Metering.server_commands
        return commands[octets[2]].schema if octets[2] in commands else None

    def read(octets: bytes, cluster: int) -> Any:
        _, rest = foundation.ZCLHeader.deserialize(octets)
        return schema(octets, cluster).deserialize(rest)

    def knows(octets: bytes, cluster: int) -> bool:
        if schema(octets, cluster) is None:
            return False
        try:
            return not read(octets, cluster)[1]
        except (ValueError, KeyError):
            return False

    return read, knows


def ours(octets: bytes, cluster: int) -> object:
    """Our reading of one frame, to named fields."""
    return zcl.decode_frame(octets, 0, len(octets), cluster)


def per_frame(read: "Callable[[bytes, int], object]", chosen: list[Frame]) -> float:
    """Microseconds a frame."""
    start = time.perf_counter()
    for octets, cluster in chosen:
        read(octets, cluster)
    return (time.perf_counter() - start) / len(chosen) * 1e6


def compare(chosen: list[Frame], theirs: "Callable[[bytes, int], object]") -> tuple[float, float]:
    """Medians over interleaved rounds: zigpy's microseconds a frame, and ours."""
    results = []
    for _ in range(ROUNDS):
        them = per_frame(theirs, chosen)
        us = statistics.fmean(per_frame(ours, chosen) for _ in range(5))
        results.append((them / us, them, us))
    ratio = statistics.median(result[0] for result in results)
    return ratio, statistics.median(result[2] for result in results)


def run() -> "list[tuple[str, str, str, bool]]":
    """Rows (figure, measured, target, holds); nothing where messages or zigpy are missing."""
    messages = payloads()
    if not messages:
        return [("ZCL against zigpy", "no reference messages", ">= %d x" % RATIO, False)]
    read, knows = peer()
    known = [frame for frame in frames(messages) if knows(*frame)]
    profile_wide = [frame for frame in known if not frame[0][0] & 1]
    metering = [frame for frame in known if frame[0][0] & 1]
    rows = []
    for name, chosen in (("profile-wide frames", profile_wide), ("Metering commands", metering)):
        ratio, us = compare(chosen, read)
        figure = "ZCL against zigpy: %d %s" % (len(chosen), name)
        measured = "%.0f x (%.2f us)" % (ratio, us)
        rows.append((figure, measured, ">= %d x" % RATIO, ratio >= RATIO))
    spans = [
        (m.octets, m.content_start, m.content_end, m.code, m.kind)
        for m in messages
        if m.kind != "alert"
    ]
    rows.append(_whole("GBZ payload to named fields", lambda span: gbz.decode(*span), spans, 10.0))
    rows.append(_whole("GBZ payload checked only", lambda span: gbz.skip(*span[:3]), spans, 5.0))
    return rows


def _whole(
    figure: str, read: "Callable[..., object]", spans: list[Any], target: float
) -> tuple[str, str, str, bool]:
    """A row: what one payload takes."""
    best = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for span in spans:
            read(span)
        best.append((time.perf_counter() - start) / len(spans) * 1e6)
    measured = statistics.median(best)
    return figure, "%.1f us a message" % measured, "<= %.0f us" % target, measured <= target
