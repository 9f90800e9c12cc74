"""The path of a message through any device: check it, run it, answer it, remember it.

    decode -> addressed to me -> MAC -> may its originator send it, in this form (authority)
    -> signature -> counter -> run now, or keep for its date -> answer in the form of the use case

Whatever a command changes (data, credentials, logs, its counter) is one batch of the store, which
is written before the answer leaves: after a power cut either all of it happened or nothing.
Messages that fail a check change nothing but the logs.

Nothing that arrives or falls due stops a device: an exception of ours, or want of memory or of
room in the store, ends what was being done, changes nothing but the log, and stands in
`Device.errors` (failures). This is the one place that catches what nobody expected.

Sources: GBCS 6 (processing), 7.2 (messages), 16.2 (alert codes).
"""

from gbcs import clock, message, payload, protect, usecases
from gbcs.asn1 import x509
from gbcs.compat import TYPE_CHECKING, const
from gbcs.errors import (
    BadCertificate,
    BadMac,
    BadSignature,
    DecodeError,
    EncodeError,
    Refused,
    UnknownKey,
)
from gbcs_device.base import logs
from gbcs_device.base.membership import Member
from gbcs_device.base.store import StoreFull
from gbcs_device.messages import authority, future_dated
from gbcs_device.messages.authority import NotAllowed, NotSupported, Replayed
from gbcs_device.messages.trust_anchors import DS, KA, SUPPLIER, Anchors, device_role

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any  # noqa: TID251

    from gbcs.interfaces import Crypto
    from gbcs.message import Message
    from gbcs.usecases import UseCase
    from gbcs_device.interfaces import PayloadOf, PrivateKeys, Store
    from gbcs_device.messages.refusals import Refusals

    Server = Callable[["Command"], bytes]  # the answer's payload

_MAX_OUTBOX = const(16)
_REST_MS = const(3_600_000)  # before something is tried again that failed
_RECENT = const(2048)  # octets
_CRITICAL_ALERT = const(0x1000)  # the message code of generic critical alerts
_TOP_UPS = (0x0007, 0x0097)  # message codes of CS01a, CS01b
_NOT_SUPPORTED = const(0x0120)  # the message code of ECS100


# Gas readings say how good the clock is that they are dated by: 0 reliable (GPF), 4 reliable
# (GSME), 2 unreliable. Held by the reference messages
_SAYS_TIME_STATUS = ("GCS13a", "GCS13b", "GCS13c", "GCS14", "GCS60a")


class Command:
    """A command that passed all checks, while it is run.

    `changes` collects what it does to the store; `get` sees them already. `after` are calls that
    follow once the answer has left. `now` is milliseconds since 2000.
    """

    def __init__(
        self, device: "Any", m: "Message", case: "UseCase", roles: "Sequence[int | str]", now: int
    ) -> None:
        self.device = device
        self.m = m
        self.case = case
        self.roles = roles  # in which the originator sends it: each has a counter
        self.now = now
        self.moment = now  # when it counts: what was kept counts at its date
        self.changes: dict[str, bytes | None] = {}
        self.after: list[Callable[[], object]] = []
        self.work: dict[str, Any] = {}  # what the items of one command hand to one another
        self.counted = False  # whether a handler has seen to the originator's counter
        self.floors: list[int] = []  # the roles whose counters a handler has set
        self._encryption: tuple[bytes, bytes] | None = None

    def get(self, name: str) -> "bytes | None":
        """The octets under a name, as this command's changes leave the store."""
        if name in self.changes:
            return self.changes[name]
        return self.device.store.get(name)

    def log(self, log: str, code: int, information: bytes = b"") -> None:
        """Adds a log entry."""
        self.changes.update(logs.added(self, log, clock.seconds(self.now), code, information))

    def schedule(self, at: int) -> None:
        """Keeps the command for its time; a later command of the same use case replaces it."""
        future_dated.keep_command(self, at)

    def cancel(self) -> None:
        """Drops the command of this use case that was kept for later."""
        future_dated.cancel_command(self)

    def party(self) -> bytes:
        """The party that the command comes from: the supplementary one, or the originator."""
        return self.m.party or self.m.originator

    def seal(self, plaintext: bytes) -> bytes:
        """An encrypted block for whoever is behind the command; UnknownKey."""
        device = self.device
        if self._encryption is None:
            m, party = self.m, self.party()
            counter = m.counter
            if m.certificate is not None:
                certificate = x509.read(m.certificate)
                if certificate.entity_id != party or not certificate.is_agreement:
                    raise BadCertificate("a key agreement certificate of the party expected")
                public_key = device.anchors.agreement_key(party)
                if public_key is not None and public_key != certificate.public_key:
                    raise BadCertificate("the key of the party's cell expected")
                secret = device.anchors.own.secret(party, certificate.public_key)
                counter = self.supplementary_counter()
            else:
                secret = device.anchors.secret(device.eui, party)
            if secret is None:
                raise UnknownKey("no key agreement key of the party is held")
            key = protect.message_key(
                secret, device.eui, protect.ENCRYPTION, counter.to_bytes(8, "big"), party
            )
            self._encryption = (key, party)
        return protect.seal_block(device.eui, plaintext, self._encryption[0], device.crypto)

    def supplementary_counter(self) -> int:
        """The device's own counter, one for this command, used instead of the message's."""
        octets = self.get("own/counter") or bytes(8)
        if "own/counter" not in self.changes:
            octets = (int.from_bytes(octets, "big") + 1).to_bytes(8, "big")
            self.changes["own/counter"] = octets
        return int.from_bytes(octets, "big")


class Device:
    """One emulated device.

    `kind` is "ESME", "GSME", "CHF", "GPF" ...; `eui` its EUI-64; `store` a Store of gbcs_device;
    `crypto` a back end of gbcs.crypto; `own` its private keys (trust_anchors). `servers` are the
    functions that check a command's payload to its last octet, then run it, by form: {"DLMS":
    answer(command) -> octets, ...}. `objects(has_account)` gives their tables of what is not plain
    data: what is made when it is read, and what is done. `faults` makes an object fail, by (kind,
    class, OBIS, index): the result it answers then. `outbox` holds alerts, octets, for whoever
    carries them. `recent`, where it is a list, keeps the last messages, both ways. `errors` are
    the last exceptions that nobody expected, type and text; `on_error(exception)`, where a test
    sets it, is called with each.
    """

    # Of the class: few devices have these of their own, and a board's heap has few octets
    on_error: "Callable[[Exception], None] | None" = None
    refusals: "Refusals | None" = None  # what gbcs_device.messages.refusals remembers
    time_status = 0
    objects: "Any" = None  # a function: its tables are no part of a device
    account_seen: "Any" = None  # what the account remembers, and no power cut needs to survive
    account_terms: "Any" = None  # a host keeps them until the store's data are written

    def __init__(
        self,
        kind: str,
        eui: bytes,
        store: "Store",
        crypto: "Crypto",
        own: "PrivateKeys",
        servers: "dict[str, Server]",
    ) -> None:
        self.kind = kind
        self.eui = eui
        self.store = store
        self.crypto = crypto
        self.anchors = Anchors(eui, store, crypto, own)
        self.servers = servers
        self.faults: dict[tuple[Any, ...], int] = {}
        self.outbox: list[bytes] = []
        self._most_alerts = _MAX_OUTBOX
        self.recent: list[bytes] | None = None
        self.errors: list[str] = []
        self._rest = 0  # until when no timer is due: the store could not be written
        self._account_rest = 0  # until when the account's is not: it failed
        self.account: Any = None  # the module of a meter's account, where it has one
        self.due: Any = None  # does what a whole command says when its date has come
        self.account_event: Any = None  # when the account wants to be called

    def receive(self, octets: bytes, now: int) -> "bytes | None":
        """Takes one message, gives its answer; None where the standard asks for no answer.

        Nothing is raised but PowerCut.
        """
        now = clock.bounded(now)
        waiting = len(self.outbox)
        try:
            self._remember(octets)
            answer = self._receive(octets, now)
            if answer is not None:
                self._remember(answer)
        except Exception as error:
            self._failed(error, now, waiting)
            return None
        return answer

    def _remember(self, octets: bytes) -> None:
        if self.recent is not None:
            self.recent.append(octets)
            while len(self.recent) > 1 and sum([len(octets) for octets in self.recent]) > _RECENT:
                self.recent.pop(0)

    def _receive(self, octets: bytes, now: int) -> "bytes | None":
        try:
            m = message.decode(octets)
        except DecodeError:
            return None
        if m.recipient != self.eui or m.kind != "command":
            return None
        case = usecases.find(m.code)
        waiting = len(self.outbox)
        try:
            roles = self._admit(m, case)
            if case is None or case.form not in self.servers:
                raise NotSupported("no server of the payload's form is here", roles)
            return self._carried_out(Command(self, m, case, roles, now), waiting)
        except (Refused, DecodeError, EncodeError, BadCertificate, StoreFull) as error:
            del self.outbox[waiting:]  # of what is not done
            self._refuse(error, m, now)
        return None

    def _refuse(self, error: Exception, m: "Message", now: int) -> None:
        """Notes why a command is refused, and tells whoever is to know."""
        if isinstance(error, NotSupported):
            self._not_supported(m, error.roles, now)
        elif isinstance(error, (BadMac, BadSignature, UnknownKey)):
            self._refused(logs.AUTHENTICATION_FAILED, now)
        elif isinstance(error, StoreFull):
            self._refused(logs.MEMORY_ERROR, now)
        else:  # an answer too long is an EncodeError
            self._refused(logs.UNAUTHORISED_ACCESS, now)

    def _failed(
        self, error: Exception, now: int, waiting: int, aside: "str | None" = None
    ) -> bool:
        """Ends what raised an exception; so many alerts had been waiting before.

        Whether the store could be written; `aside` is what is taken out of it.
        """
        del self.outbox[waiting:]
        try:
            from gbcs_device.messages import failures
        except MemoryError:  # even for that there is too little
            self.errors.append(type(error).__name__)
            return False
        return failures.noted(self, error, now, aside)

    def next_timer(self) -> "int | None":
        """When `handle_timer` should be called next, milliseconds since 2000; None for never."""
        earliest = future_dated.next_timer(self.store)
        if self.account is not None:
            try:
                at = self.account.next_event(self)
            except Exception:  # `handle_timer` will say so, which knows the time
                at = 0
            if at is not None:
                at = max(at, self._account_rest)
                earliest = at if earliest is None else min(at, earliest)
        return earliest if earliest is None else max(earliest, self._rest)

    def handle_timer(self, now: int) -> None:
        """Carries out what is due; each outcome is an alert.

        Nothing is raised but PowerCut. What fails is not tried again; the account is, an hour on.
        """
        self._rest = 0
        found = future_dated.due(self.store, now)
        self._most_alerts = _MAX_OUTBOX + len(found)  # each date has its alert
        for at, _, name in found:
            waiting = len(self.outbox)
            try:
                self._carry_out(at, name, now)
            except Exception as error:
                if not self._failed(error, now, waiting, name):
                    self._rest = now + _REST_MS
        self._most_alerts = _MAX_OUTBOX
        if self.account is not None and now >= self._account_rest:
            waiting = len(self.outbox)
            try:
                self.store.write(self.account.advance(self, now) or {})
                self.account.next_event(self)
                self._account_rest = 0
            except Exception as error:
                self._account_rest = now + _REST_MS
                self._failed(error, now, waiting)

    def _carry_out(self, at: int, name: str, now: int) -> None:
        """Carries out what was kept under this name for that moment."""
        octets = self.store.get(name)
        if octets is None:  # what was due before it has cancelled it
            return
        m = future_dated.command_of(name, octets)
        case: Any = None if m is None else payload.use_case(m)
        originator = octets[8:16]
        command = Command(self, m, case, self.anchors.roles_of(originator), now)
        command.moment = at
        code, content = future_dated.carry_out(command, name, octets, at)
        command.changes[name] = None
        self._settle(command)
        alert = self.alert(code, originator, content, True, None, command.changes)
        command.changes.update(alert)
        self.store.write(command.changes)
        self._follow(command)

    def _follow(self, command: Command) -> None:
        """Makes the calls that follow once a command's batch is written."""
        for call in command.after:
            try:
                call()
            except Exception as error:
                self._failed(error, command.now, len(self.outbox))

    def _settle(self, command: Command) -> None:
        """Adds to the command's changes those of the meter's account."""
        if self.account is not None:
            self.account.finish(command)

    def security_log(self) -> "list[tuple[int, int]]":
        """Time (seconds since 2000) and code of the security log's entries, oldest first."""
        octets = self.store.get(logs.SECURITY) or b""
        return [(entry.time, entry.code) for entry in logs.entries(octets)]

    def _admit(self, m: "Message", case: "UseCase | None") -> "Sequence[int | str]":
        """The roles in which the originator may send this, its counter above their last ones.

        Raises BadMac, BadSignature, UnknownKey for what is not authentic; NotAllowed, Replayed,
        DecodeError for what is refused; NotSupported where this kind of device does not have it.
        """
        anchors = self.anchors
        _check_header(m)
        roles, signing = anchors.roles_of(m.originator, KA), anchors.roles_of(m.originator)
        to_device = case is not None and case.is_device_to_device and self.kind in case.roles
        if m.mac is not None:
            protect.check_mac(m, anchors, self.crypto, to_device)
        joined = to_device and self._is_joined(m.originator)
        verdict, allowed = authority.judge(
            case, self.kind, sorted(set(roles + signing)), signing, m.mac is not None,
            bool(m.signature), m.party is not None, joined,
        )  # fmt: skip
        if verdict == authority.WRONG_FORM:
            raise BadSignature("a MAC and a signature as the use case has them expected")
        if verdict == authority.WRONG_SENDER:
            raise NotAllowed("no role of the originator may send this")
        if m.signature:
            allowed = self._signing(m, allowed)
        if verdict == authority.NOT_SUPPORTED or case is None:
            self._check_counter(m, allowed)
            raise NotSupported("a use case of this kind of device expected", allowed)
        counted: Sequence[int | str] = [device_role(m.originator)] if to_device else allowed
        if self._is_counted(m, case):
            self._check_counter(m, counted)
        return counted

    def _is_counted(self, m: "Message", case: "UseCase") -> bool:
        """Whether a command is taken once, by its originator's counter.

        Tokens of a meter with an account have counters of their own: gbcs_device.account.tokens.
        """
        is_top_up = m.code in _TOP_UPS and self.account is not None
        return case.replay_protection is not False and not is_top_up

    def is_authentic(self, m: "Message", role: int) -> bool:
        """Whether the key that stands for a role now would let a command of it pass.

        For what was kept for its date: keys may have been replaced since it came.
        """
        try:
            if m.mac is not None:
                protect.check_mac(m, self.anchors, self.crypto)
            cell = self.anchors.cell(role, DS if m.signature else KA)
            if cell is None or cell.eui != m.originator:
                return False
            return not m.signature or bool(self._signing(m, [role]))
        except Refused:
            return False

    def _is_joined(self, eui: bytes) -> bool:
        """Whether a PPMID is in the device's own log."""
        from gbcs_device.base import partners

        return partners.device_type(self.store, eui) == partners.PPMID_TYPE

    def _signing(self, m: "Message", roles: "list[int]") -> "list[int]":
        """Those of the roles under whose key the message is signed; BadSignature for none."""
        signed = []
        keys: dict[bytes, bool] = {}
        for role in roles:
            octets, key = self.anchors.signing_key(role)
            if octets not in keys:
                keys[octets] = self.crypto.verify(
                    key, protect.signed_octets(m), m.signature or b""
                )
            if keys[octets]:
                signed.append(role)
        if not signed:
            raise BadSignature("the signature is not the originator's")
        return signed

    def _check_counter(self, m: "Message", roles: "Sequence[int | str]") -> None:
        for role in roles:
            if m.counter <= self.anchors.counter(role):
                raise Replayed("a counter above the last one expected")

    def _carried_out(self, command: Command, waiting: int) -> bytes:
        """The answer to a command that passed all checks; so many alerts were waiting before."""
        case = command.case
        content = self.servers[case.form or ""](command)
        if not self.store.has_room(command.changes):
            from gbcs_device.messages import refusals

            del self.outbox[waiting:]  # of what is not done
            content = refusals.without_room(command)
        if self._is_counted(command.m, case) and not command.counted:
            command.changes.update(self._counted(command.m, command.roles, command.floors))
        self._settle(command)
        answer = self._answer(command, content)
        self.store.write(command.changes)
        self._follow(command)
        return answer

    def _counted(
        self, m: "Message", roles: "Sequence[int | str]", floors: "list[int] | tuple[()]" = ()
    ) -> "dict[str, bytes | None]":
        """The changes of the store that count a message; `floors` are counted already."""
        changes: dict[str, bytes | None] = {}
        for role in roles:
            if role not in floors:
                highest = max(m.counter, self.anchors.counter(role))
                changes.update(self.anchors.counted(role, highest))
        return changes

    def _answer(self, command: Command, content: bytes) -> bytes:
        m, case = command.m, command.case
        composed = message.compose(
            message.RESPONSE,
            m.counter,
            self.eui,
            m.originator,
            m.code,
            content,
            self._date_time(command) if case.response_date_time else b"",
            m.party,
            m.party_counter,
            None if m.certificate is None else command.supplementary_counter(),
        )
        forms = case.seen.get("response", ())
        signed = bool(m.signature) if len(forms) != 1 else forms[0] == "signature"
        return self._protected(composed, m.originator, signed)

    def _date_time(self, command: Command) -> bytes:
        status = self.time_status if command.case.name in _SAYS_TIME_STATUS else 0xFF
        return clock.date_time(command.now, status)

    def _protected(self, composed: bytes, recipient: bytes, signed: bool) -> bytes:
        """Signed, or MAC'd for the recipient."""
        if signed:
            return message.finish(composed, self.anchors.own.sign(composed[1:]))
        signing = message.finish(composed)
        secret = self.anchors.secret(self.eui, recipient)
        if secret is None:
            raise UnknownKey("no key agreement key of the recipient is held")
        return message.wrap(signing, protect.general_signing_mac(signing, secret, self.crypto))

    def alert(
        self,
        code: int,
        recipient: bytes,
        content: "PayloadOf",
        signed: bool,
        party: "bytes | None" = None,
        changes: "dict[str, bytes | None] | None" = None,
    ) -> "dict[str, bytes | None]":
        """Puts an alert in the outbox; the changes of the store that count it.

        `content(counter)` gives its payload, whose id holds the counter. `changes` are those of
        the command that causes it. When nobody fetches alerts the newest are dropped.
        """
        octets = (changes or {}).get("own/counter") or self.store.get("own/counter") or bytes(8)
        counter = int.from_bytes(octets, "big") + 1
        if len(self.outbox) < self._most_alerts:
            composed = message.compose(
                message.ALERT, counter, self.eui, recipient, code, content(counter), party=party
            )
            self.outbox.append(self._protected(composed, recipient, signed))
            self._remember(self.outbox[-1])
        return {"own/counter": counter.to_bytes(8, "big")}

    def _refused(self, code: int, now: int) -> None:
        """Notes it in the security log and, unless alerts are waiting, tells the supplier."""
        from gbcs_device.messages import refusals  # most devices refuse nothing

        refusals.noted(self, code, now)

    def raise_alert(
        self, code: int, now: int, changes: "dict[str, bytes | None] | None" = None
    ) -> None:
        """A generic critical alert of this code to the supplier, where one is known.

        `changes` are what causes it: one batch of the store with the alert's counter.
        """
        changes = changes or {}
        supplier = self.anchors.cell(SUPPLIER, KA)
        if supplier is not None:
            payload_of = self.alert_of(code, now)
            changes.update(self.alert(_CRITICAL_ALERT, supplier.eui, payload_of, True))
        self.store.write(changes)

    def alert_of(self, code: int, now: int) -> "PayloadOf":
        """The payload of a generic alert, by its counter: GBZ for gas, DLMS for others."""
        if "GBZ" in self.servers:
            octets = b"\x01\x09\x00" + code.to_bytes(2, "big")
            octets += clock.seconds(now).to_bytes(4, "big")
            return lambda counter: octets
        body = b"\x02\x02\x12" + code.to_bytes(2, "big") + b"\x09\x0c" + clock.date_time(now)
        return lambda counter: payload.notification(counter, body)

    def _not_supported(self, m: "Message", roles: "Sequence[int | str]", now: int) -> None:
        """ECS100, to whoever sent it: message code and counter of the command."""
        body = b"\x02\x03\x12\x8f\x85\x09\x0c" + clock.date_time(now) + b"\x09\x0a"
        body += m.code.to_bytes(2, "big") + m.counter.to_bytes(8, "big")
        changes = self._counted(m, roles)
        changes.update(
            self.alert(
                _NOT_SUPPORTED,
                m.originator,
                lambda counter: payload.notification(counter, body),
                True,
                m.party,
            )
        )
        self.store.write(changes)


class Meter(Member, Device):
    """An ESME or GSME: a GBCS device that joins a HAN."""


def _check_header(m: "Message") -> None:
    """Raises DecodeError for fields of responses, and for a party without its counter."""
    if m.date_time or m.supplementary_counter is not None:
        raise DecodeError("no date-time and no device's counter expected", m.start, "header")
    if m.party is not None and m.party_counter is None:
        raise DecodeError("the counter of the party expected", m.start, "other_information")
