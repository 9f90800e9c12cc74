"""One message read, verified and decrypted: what every tool on the host begins with.

`read` never raises on what a message holds: the verdict carries the error beside all that could be
read before it.
"""

from typing import Any

from gbcs import message, payload, protect
from gbcs.errors import BadBlock, BadMac, BadSignature, DecodeError, UnknownKey
from gbcs.message import Message
from gbcs_host.keystore import KeyStore

VALID, INVALID, ABSENT, NO_KEY = "valid", "invalid", "absent", "no key"

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
    verdict = Verdict(octets)
    try:
        m = verdict.message = message.decode(octets)
    except DecodeError as error:
        verdict.error = error
        return verdict
    try:
        verdict.case = payload.use_case(m)
        verdict.payload = payload.decode(m, verdict.case)
    except DecodeError as error:
        verdict.error = error
    if m.signature:
        verdict.signature = NO_KEY if keys is None else _signature(m, keys)
    if m.mac is not None:
        verdict.mac = NO_KEY if keys is None else _mac(m, keys, verdict.case)
    if keys is not None and verdict.payload is not None and _BLOCK in octets:
        _open(verdict, m, keys)
    return verdict


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
            found = payload.decode_plaintext(m, verdict.payload, index, octets)
            verdict.opened.append(Opened(name, octets, found))
        except DecodeError as error:
            verdict.opened.append(Opened(name, octets, None, "plaintext, " + str(error)))
