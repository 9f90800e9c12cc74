"""One message read, verified and decrypted: what every tool on the host begins with.

`read` never raises on what a message holds: the verdict carries the error beside all that could be
read before it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from gbcs import message, payload, protect
from gbcs.errors import BadBlock, BadMac, BadSignature, DecodeError, UnknownKey
from gbcs.message import Message
from gbcs_host.decode.keystore import KeyStore

VALID, INVALID, ABSENT, NO_KEY = "valid", "invalid", "absent", "no key"

_TOGETHER = 64
_BLOCK = protect.BLOCK_HEADER  # every occurrence in a content begins a block: 1,275 messages


class Opened:
    """One encrypted block: where it stood, and its fields, or why there are none."""

    __slots__ = ("error", "fields", "octets", "of")

    def __init__(self, of: str, octets: bytes, fields: Any, error: str = "") -> None:
        self.of = of
        self.octets = octets
        self.fields = fields
        self.error = error


class Verdict:
    """A message, its use case and payload, and how its checks came out."""

    __slots__ = ("case", "error", "mac", "message", "octets", "opened", "payload", "signature")

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.message: Message | None = None
        self.case: Any = None
        self.payload: Any = None
        self.signature = ABSENT
        self.mac = ABSENT
        self.opened: list[Opened] = []
        self.error: DecodeError | None = None

    @property
    def is_clean(self) -> bool:
        """Whether all was decoded and no check failed."""
        return (
            self.error is None
            and self.signature != INVALID
            and self.mac != INVALID
            and not any(block.error for block in self.opened)
        )


def read(octets: bytes, keys: "KeyStore | None" = None) -> Verdict:
    """The verdict on one message."""
    verdict = _begin(octets)
    _check([verdict], keys)
    _finish(verdict, keys)
    return verdict


def read_all(
    messages: "Iterable[tuple[str, bytes]]", keys: "KeyStore | None" = None
) -> "Iterator[tuple[str, Verdict]]":
    """The verdicts on many messages, pairs of source and octets, in their order.

    A few are checked together, which is faster: code and tables of one kind of work stay at hand.
    """
    together: list[tuple[str, Verdict]] = []
    try:
        for source, octets in messages:
            together.append((source, _begin(octets)))
            if len(together) == _TOGETHER:
                yield from _finished(together, keys)
                together = []
    except Exception:  # what came before it counts
        yield from _finished(together, keys)
        raise
    yield from _finished(together, keys)


def _finished(
    together: "list[tuple[str, Verdict]]", keys: "KeyStore | None"
) -> "Iterator[tuple[str, Verdict]]":
    _check([verdict for _, verdict in together], keys)
    together.reverse()
    while together:
        source, verdict = together.pop()
        _finish(verdict, keys)
        yield source, verdict


def _begin(octets: bytes) -> Verdict:
    """The outside of a message, and its use case."""
    verdict = Verdict(octets)
    try:
        m = verdict.message = message.decode(octets)
        verdict.case = payload.use_case(m)
    except DecodeError as error:
        verdict.error = error
    return verdict


def _check(verdicts: "list[Verdict]", keys: "KeyStore | None") -> None:
    """MACs, then signatures."""
    for verdict in verdicts:
        m = verdict.message
        if m is not None and m.mac is not None:
            verdict.mac = NO_KEY if keys is None else _mac(m, keys, verdict.case)
    for verdict in verdicts:
        m = verdict.message
        if m is not None and m.signature:
            verdict.signature = NO_KEY if keys is None else _signature(m, keys)


def _finish(verdict: Verdict, keys: "KeyStore | None") -> None:
    """The payload, and what is encrypted in it."""
    m = verdict.message
    if m is None or verdict.case is None:
        return
    try:
        verdict.payload = payload.decode(m, verdict.case)
    except DecodeError as error:
        verdict.error = error
        return
    if keys is not None and _BLOCK in verdict.octets:
        _open(verdict, m, keys)


def _signature(m: Message, keys: KeyStore) -> str:
    try:
        protect.check_signature(m, keys, keys.crypto)
    except BadSignature:
        return INVALID
    except UnknownKey:
        return NO_KEY
    return VALID


def _mac(m: Message, keys: KeyStore, case: Any) -> str:
    try:
        protect.check_mac(m, keys, keys.crypto, case is not None and case.is_device_to_device)
    except BadMac:
        return INVALID
    except UnknownKey:
        return NO_KEY
    return VALID


def _open(verdict: Verdict, m: Message, keys: KeyStore) -> None:
    blocks = payload.encrypted_blocks(verdict.payload)
    if not blocks:
        return
    try:
        key = protect.block_key(m, keys)
    except UnknownKey:
        return
    for index, name, block in blocks:
        try:
            octets = protect.open_block(m, block, key, keys.crypto)
        except BadBlock as error:
            verdict.opened.append(Opened(name, b"", None, str(error)))
            continue
        try:
            fields = payload.decode_plaintext(m, verdict.payload, index, octets)
            verdict.opened.append(Opened(name, octets, fields))
        except DecodeError as error:
            verdict.opened.append(Opened(name, octets, None, "plaintext, " + str(error)))
