"""The verdict on a message: its decoded form, the outcome of its checks, and decrypted blocks.

`read` raises nothing, whatever the octets are: the verdict has the error, and all that was decoded
before it.

Sources: GBCS 6.2 (which signature and MAC a message has), 4.3 (keys), 8.5 (encrypted blocks).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from gbcs import message, payload, protect
from gbcs.errors import BadBlock, BadMac, BadSignature, DecodeError, UnknownKey
from gbcs.message import Message
from gbcs_host.decode.keystore import KeyStore

VALID, INVALID, ABSENT, NO_KEY = "valid", "invalid", "absent", "no key"

_TOGETHER = 64
_BLOCK = protect.BLOCK_HEADER  # in 1,275 RTDS messages every occurrence begins a block


class Opened:
    """One encrypted block: `of`, the field it is in; its plaintext and fields, or the error."""

    __slots__ = ("error", "fields", "octets", "of")

    def __init__(self, of: str, octets: bytes, fields: Any, error: str = "") -> None:
        self.of = of
        self.octets = octets
        self.fields = fields
        self.error = error


class Verdict:
    """A message, its use case and payload, and the outcomes of its checks.

    `signature` and `mac` are VALID, INVALID, ABSENT or NO_KEY; `error` is the DecodeError of a
    message that could not be decoded, or None.
    """

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
        """Whether everything was decoded and no check failed; NO_KEY is no failure."""
        return (
            self.error is None
            and self.signature != INVALID
            and self.mac != INVALID
            and not any(block.error for block in self.opened)
        )


def read(octets: bytes, keys: "KeyStore | None" = None) -> Verdict:
    """The verdict on one message; without `keys` nothing is verified or decrypted."""
    verdict = _begin(octets)
    _check([verdict], keys)
    _finish(verdict, keys)
    return verdict


def read_all(
    messages: "Iterable[tuple[str, bytes]]", keys: "KeyStore | None" = None
) -> "Iterator[tuple[str, Verdict]]":
    """Pairs of source and verdict for pairs of source and octets, in the same order.

    `_TOGETHER` messages are checked at a time, which is faster, as the processor's caches keep the
    code and tables of one step. An exception of `messages` is raised after the verdicts before it.
    """
    together: list[tuple[str, Verdict]] = []
    try:
        for source, octets in messages:
            together.append((source, _begin(octets)))
            if len(together) == _TOGETHER:
                yield from _finished(together, keys)
                together = []
    except Exception:  # raised after the verdicts on the messages before
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
    """A verdict with the decoded header of a message and its use case."""
    verdict = Verdict(octets)
    try:
        m = verdict.message = message.decode(octets)
        verdict.case = payload.use_case(m)
    except DecodeError as error:
        verdict.error = error
    return verdict


def _check(verdicts: "list[Verdict]", keys: "KeyStore | None") -> None:
    """Checks the MACs of all messages, then their signatures."""
    for verdict in verdicts:
        m = verdict.message
        if m is not None and m.mac is not None:
            verdict.mac = NO_KEY if keys is None else _mac(m, keys, verdict.case)
    for verdict in verdicts:
        m = verdict.message
        if m is not None and m.signature:
            verdict.signature = NO_KEY if keys is None else _signature(m, keys)


def _finish(verdict: Verdict, keys: "KeyStore | None") -> None:
    """Decodes the payload of a message and decrypts the blocks in it."""
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
