"""The registry of use cases: what each message code is, to whom, from whom, protected how.

Rows are octets (gbcs.usecase_rows), of which a look-up reads one line: a frozen registry costs a
board no heap, and a board indexes octets at once, text only from its beginning.

Source: GBCS 20 (the mapping table), checked against the reference messages.

The draft CS02f of SECMP0013, "Disconnect Smart Meter from HAN", was never published under a code
of its own: CS02f and 0x011B are now "Provide Security Credential Details". It stands here under a
provisional code outside the published range.
"""

from gbcs.compat import USE_CASES_KEPT, const
from gbcs.record import Record
from gbcs.usecase_rows import ROWS

DRAFT_NAME = "CS02f-SECMP0013"
DRAFT_CODE = const(0xF02F)
_DRAFT = (
    "|ASN.1|CS02f-SECMP0013|Disconnect Smart Meter from HAN (SECMP0013 draft, provisional code)|"
    "ESME,GSME|SME.C.C|ESME:Supplier,GSME:Supplier|yes|no|8.15|no|no|||||yes|yes|"
)


class UseCase(Record):
    """One use case. Flags are True, False, or None where it is not known.

    `form` is "DLMS", "GBZ", "ASN.1" or None; `targets` kinds of device; `message_type` as the
    mapping table has it, "SME.C.C" for a critical command; `services` the service request
    variants; `seen` {kind: (protection, ...)} in reference messages; `variant` and `mode` name a
    CS02b or CS02g replacement; `provisional` marks the draft CS02f.

    Who may send a command: `roles` {kind of device: (role, ...)}, "any" for whoever stands in a
    trust anchor cell, "PPMID" for a joined PPMID; a kind that is not there does not have the use
    case. `behalf` are the kinds at which the broker may send it for any user. `signature` and
    `mac` are "yes", "no" or "form": a MAC from the broker, a signature from anybody else.
    `signature` may name kinds, separated by "/": "yes" at these, "no" at others; `mac` may be
    "device", the key of the two devices. Both are "" where it is not known, and in alerts.
    """

    __slots__ = (
        "code",
        "form",
        "name",
        "title",
        "targets",
        "message_type",
        "roles",
        "replay_protection",
        "future_dated",
        "services",
        "encrypted",
        "response_date_time",
        "seen",
        "variant",
        "mode",
        "superseded_by",
        "provisional",
        "signature",
        "mac",
        "behalf",
    )  # fmt: skip

    def __init__(self, row: str, code: "int | None" = None) -> None:
        cells = row.split("|")
        self.code = int(cells[0], 16) if cells[0] else code
        self.form = cells[1] or None
        self.name = cells[2]
        self.title = cells[3]
        self.targets = tuple(_words(cells[4]))
        self.message_type = cells[5]
        self.roles = _pairs(cells[6])
        self.replay_protection = _FLAGS[cells[7]]
        self.future_dated = _FLAGS[cells[8]]
        self.services = tuple(_words(cells[9]))
        self.encrypted = _FLAGS[cells[10]]
        self.response_date_time = _FLAGS[cells[11]]
        self.seen = _pairs(cells[12])
        self.variant = cells[13]
        self.mode = int(cells[14]) if cells[14] else None
        self.superseded_by = cells[15]
        self.provisional = not cells[0] and code is not None
        self.signature = cells[16]
        self.mac = cells[17]
        self.behalf = tuple(_words(cells[18]))

    @property
    def is_critical(self) -> bool:
        """Whether its command is signed and MAC'd wherever it goes, or its alert signed."""
        return self.signature == "yes" or self.message_type == "SME.A.C"

    @property
    def is_device_to_device(self) -> bool:
        """Whether it goes between a PPMID and a meter, so that no broker's MAC is on it."""
        return self.mac == "device"


_FLAGS = {"": None, "yes": True, "no": False}
_found: dict = {}


def _words(text: str) -> list:
    return text.split(",") if text else []


def _pairs(text: str) -> dict:
    pairs = {}
    for word in _words(text):
        key, values = word.split(":")
        pairs[key] = tuple(values.split("/"))
    return pairs


def find(code: int, form: "str | None" = None) -> "UseCase | None":
    """The use case of a message code; `form` chooses where DLMS and GBZ alerts share one."""
    key = (code, form)
    try:
        return _found[key]
    except KeyError:
        pass
    case = None
    if code == DRAFT_CODE:
        if form in (None, "ASN.1"):
            case = draft()
    else:
        start = b"%04X|" % code
        at = _first(start)
        while ROWS[at : at + 5] == start:
            end = ROWS.find(b"\n", at)
            row = ROWS[at:end].decode()
            if form is None or row.split("|", 2)[1] == form:
                case = UseCase(row)
                break
            at = end + 1
    if case is not None:  # only what exists is kept: hostile codes must not fill memory
        if len(_found) >= USE_CASES_KEPT:
            _found.clear()
        _found[key] = case
    return case


def _first(start: bytes) -> int:
    """Where the first row begins that is not below `start`: rows are sorted by their codes."""
    low, high = 0, len(ROWS)
    while low < high:
        row = ROWS.rfind(b"\n", low, (low + high) // 2) + 1 or low
        if ROWS[row : row + len(start)] < start:
            low = ROWS.find(b"\n", row) + 1
        else:
            high = row
    return low


def _rows() -> "list[str]":
    return ROWS.decode().split("\n")[:-1]


def by_name(name: str) -> "list[UseCase]":
    """The use cases of that name, a row each variant; none where there is none of it."""
    wanted = name.lower()
    rows = [row for row in _rows() if row.split("|", 3)[2].lower() == wanted]
    cases = [UseCase(row) for row in rows]
    return cases + [draft()] if wanted == DRAFT_NAME.lower() else cases


def all_cases() -> "list[UseCase]":
    """Every use case, by message code; those without one, which have no GBCS message, last."""
    cases = [UseCase(row) for row in _rows()]
    return cases + [draft()]


def draft() -> UseCase:
    """The draft CS02f of SECMP0013 under its present code."""
    from gbcs.asn1 import asn1

    asn1.provisional[DRAFT_CODE] = asn1.DISCONNECT_FROM_HAN
    return UseCase(_DRAFT, DRAFT_CODE)
