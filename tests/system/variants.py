"""Other pairs of the same kinds: reference pairs with other values, counters, parties and results.

Each function takes a command and its response apart, changes what a device could have answered as
well, and puts both together again under the keys of the key store. Nothing of the devices is used.
"""

from gbcs import message, payload, protect
from gbcs.axdr import axdr
from gbcs.dlms import dlms

BROKER = bytes.fromhex("90B3D51F30000002")
_BITS = {
    "unsigned": (0, 8), "integer": (1, 8), "long-unsigned": (0, 16), "long": (1, 16),
    "double-long-unsigned": (0, 32), "double-long": (1, 32), "long64-unsigned": (0, 64),
    "long64": (1, 64), "uint8": (0, 8), "uint16": (0, 16), "uint24": (0, 24), "uint32": (0, 32),
    "uint40": (0, 40), "uint48": (0, 48), "int8": (1, 8), "int16": (1, 16), "int24": (1, 24),
    "int32": (1, 32), "map8": (0, 8), "map16": (0, 16), "map32": (0, 32), "UTC": (0, 32),
}  # fmt: skip
_SAID = ("date-time", "date", "time")  # what an octet string of this hint must be


_BY_TIME = ("Time.time", "Time.status")  # which a clock gives, not a store


class Other:
    """Values of another kind, drawn by `random`; `is_more` adds and drops entries of lists too."""

    def __init__(self, random, is_more=False):
        self.random = random
        self.is_more = is_more
        self.changes = 0

    def field(self, one):
        """A field with other values of the same types."""
        name, kind, value, hint = one
        if isinstance(value, list):
            return name, kind, self.fields(kind, value), hint
        bare = kind.rsplit(" ", maxsplit=1)[-1]
        if isinstance(value, bool):
            new = self.random.random() < 0.5
        elif isinstance(value, int) and bare in _BITS and not (hint or "").startswith("enum:"):
            signed, bits = _BITS[bare]
            new = self.random.getrandbits(bits) - (signed << bits - 1)
        elif isinstance(value, bytes) and hint not in _SAID and bare in ("octet-string", "octstr"):
            new = self.random.randbytes(len(value))
        else:
            return one
        self.changes += new != value
        return name, kind, new, hint

    def fields(self, kind, found):
        """Other values; of an array, other entries."""
        made = [self.field(one) for one in found]
        if self.is_more and kind == "array" and made:
            count = self.random.randrange(len(made) + 4)
            self.changes += count != len(made)
            made = [self.field(found[at % len(found)]) for at in range(count)]
        return made


def rebuilt(keys, m, content, counter=None, originator=None, recipient=None):
    """The octets of a message like `m` with other content; MAC and signature are made anew."""
    originator, recipient = originator or m.originator, recipient or m.recipient
    composed = message.compose(
        m.cra,
        m.counter if counter is None else counter,
        originator,
        recipient,
        m.code,
        content,
        m.date_time,
        m.party,
        m.party_counter,
        m.supplementary_counter,
        m.certificate,
    )
    if m.signature:
        private = keys.private(originator, "ds")
        signature = bytes(64) if private is None else keys.crypto.sign(private, composed[1:])
        signing = message.finish(composed, signature)
    else:
        signing = message.finish(composed)
    if m.mac is None:
        return signing
    one, other = originator, recipient
    if m.cra == message.COMMAND:
        one = BROKER
    secret = keys.secret(one, other)
    return message.wrap(signing, protect.general_signing_mac(signing, secret, keys.crypto))


def content_of(keys, m, other):
    """The content of a response with other values; encrypted blocks are opened and sealed anew."""
    record = payload.decode(m)
    name = type(record).__name__
    if name == "AccessResponse":
        made = {}  # what is asked for twice is the same twice
        for place, one in enumerate(record.items):
            if one[0] not in made or not one[0]:
                made[one[0]] = _item(keys, m, one, other)
            record.items[place] = (*one[:3], made[one[0]][3])
    elif name == "Gbz":
        for one in record.components:
            _component(keys, m, one, other)
    return payload.encode(record)


def _item(keys, m, item, other):
    name, choice, result, data = item
    if result or data[1] == "null-data" or name in _BY_TIME:
        return item
    block = _block(data)
    if block is None:
        return name, choice, result, other.field(data)
    opened = protect.open_block(m, block, protect.block_key(m, keys), keys.crypto)
    plain = other.field(dlms.decode_plaintext(opened, m.code))
    return name, choice, result, _sealed(keys, m, data, axdr.encode(plain))


def _block(data):
    """The encrypted block of a protected list, which is the second part of what was answered."""
    if data[1] != "structure" or len(data[2]) != 2:
        return None
    value = data[2][1][2]
    return value if isinstance(value, bytes) and value[:5] == protect.BLOCK_HEADER else None


def _sealed(keys, m, data, plain):
    block = protect.seal_block(m.originator, plain, protect.block_key(m, keys), keys.crypto)
    parameters, (name, kind, _, hint) = data[2]
    return (data[0], data[1], [parameters, (name, kind, block, hint)], data[3])


def _component(keys, m, one, other):
    if one.block is not None:
        key = protect.block_key(m, keys)
        opened = bytearray(protect.open_block(m, one.block, key, keys.crypto))
        if one.command != 1:  # a cluster's own answer, whose octets a twin keeps
            opened[-1] ^= other.random.randrange(1, 256)
            other.changes += 1
        one.block = protect.seal_block(m.originator, bytes(opened), key, keys.crypto)
    elif one.frame_control & 1 or one.command == 1:
        one.fields = [_attribute(field, other) for field in one.fields]


def _attribute(field, other):
    """Values of a read attributes response, and of a cluster's own answers; statuses stay."""
    name, kind, value, hint = field
    if kind == "group" and isinstance(value, list):
        return name, kind, [_attribute(one, other) for one in value], hint
    if name in ("status", "attribute_identifier") or kind in ("list", "attribId"):
        return field
    return _typed(field, other)


def _typed(field, other):
    name, kind, value, hint = field
    if not kind.startswith("typed "):
        return field
    made = other.field((name, kind.split(" ")[1], value, hint))
    return name, kind, made[2], hint


def variant(keys, command, response, random, is_more=False):
    """Command and response with other values in the response; None where nothing can change."""
    answered = message.decode(response)
    other = Other(random, is_more)
    content = content_of(keys, answered, other)
    if not other.changes:
        return None
    return command, rebuilt(keys, answered, content)


# Failures


def failing(keys, command, response, random):
    """The response of a device in which one item fails; None where there are no items."""
    answered = message.decode(response)
    record = payload.decode(answered)
    name = type(record).__name__
    if name == "AccessResponse":
        if not _fail_item(record, random):
            return None
    elif name == "Gbz":
        if not _fail_component(record, message.decode(command), random):
            return None
    else:
        return None
    return command, rebuilt(keys, answered, payload.encode(record))


def _fail_item(record, random):
    if any(one[2] for one in record.items):
        return False
    at = random.randrange(len(record.items))
    if record.items[at][0]:  # what is asked for twice fails the first time
        at = [one[0] for one in record.items].index(record.items[at][0])
    result = random.choice((1, 2, 3, 4, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19))
    for place in range(at, len(record.items)):
        name, choice, _, data = record.items[place]
        nothing = (data[0], "null-data", None, None)
        record.items[place] = (name, choice, result if place == at else 250, nothing)
    return True


def _fail_component(record, asked, random):
    """A default response in place of one answer, and of all those behind it another."""
    parts = payload.decode(asked).components
    if [one.sequence for one in record.components] != [one.sequence for one in parts]:
        return False
    if any(one.block is not None or _has_failed(one) for one in record.components):
        return False
    at = random.randrange(len(parts))
    if not parts[at].frame_control & 1 and random.random() < 0.7:
        return _fail_attribute(record, parts, at, random)
    status = random.choice((0xC0, 0xC0, 0x01, 0x7E, 0x80, 0x85, 0x87, 0x8B))
    stop = len(parts) if status == 0xC0 else at + 1
    for place in range(at, stop):
        first = (parts[at].command, status) if place == at else (0xFF, 0x01)
        _default(record.components[place], parts[place], *first)
    return True


def _has_failed(one):
    if one.command == 0x0B and not one.frame_control & 1:
        return one.fields[1][2] != 0
    return one.command == 1 and any(field[2][1][2] for field in one.fields)


def _default(one, part, command, status):
    one.frame_control = ~part.frame_control & 8
    one.command = 0x0B
    one.name = "DefaultResponse"
    one.fields = [
        ("command_identifier", "uint8", command, None),
        ("status", "enum8", status, None),
    ]


def _fail_attribute(record, parts, at, random):
    one = record.components[at]
    if one.command != 1 or not one.fields:
        return False
    place = random.randrange(len(one.fields))
    status = random.choice((0x86, 0x86, 0xC0))
    name, kind, value, hint = one.fields[place]
    one.fields[place] = (
        name, kind, [value[0], ("status", "enum8", status, None)], hint
    )  # fmt: skip
    if status == 0xC0:
        for later in range(at + 1, len(parts)):
            _default(record.components[later], parts[later], 0xFF, 0x01)
    return True


# Others


def of_others(keys, command, response, counter, device):
    """The pair under another counter, of another device; None where that cannot be made.

    What names counter or device in a way of its own, and what a party stands behind, is left out.
    """
    asked, answered = message.decode(command), message.decode(response)
    if keys.secret(BROKER, device) is None or asked.party is not None or asked.certificate:
        return None
    made = []
    for one in (asked, answered):
        record = payload.decode(one)
        if type(record).__name__ == "Asn1":
            return None
        if type(record).__name__ != "Gbz":
            record.invoke_id = record.invoke_id & ~0xFFFFFF | counter & 0xFFFFFF
        content = payload.encode(record)
        if asked.recipient in content or protect.BLOCK_HEADER in content:
            return None
        to = (device, None) if one is answered else (None, device)
        made.append(rebuilt(keys, one, content, counter, *to))
    return tuple(made)


# ASN.1

_TYPES = {  # a response's field: the results that it may have
    "join_device_response": (0, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13),  # 1, 2, 11 the command makes
    "unjoin_device_response": (0, 1, 2),
    "update_device_certificate_response": tuple(range(8)),
    "error": (1, 2, 3),
    "result": (0, 1),  # of CS08; of CS07 where there are entries to leave out
}
_BY_THE_COMMAND = (1, 2, 3, 11)  # what a command that cannot succeed is answered
_STATUSES = (5, 10, 17, 25, 30, 127)


def with_other_results(keys, command, response, random):
    """An ASN.1 response with other results; None for others, or where it has none to change."""
    answered = message.decode(response)
    record = payload.decode(answered)
    if type(record).__name__ != "Asn1" or record.field[2] in _BY_THE_COMMAND:
        return None
    changed = _other_results(record.field, record.type_name, random)
    if changed == record.field:
        return None
    record.field = changed
    return command, rebuilt(keys, answered, payload.encode(record))


def _other_results(field, top, random):
    name, kind, value, hint = field
    if name == "outcome" and top == "ActivateFirmwareResponse":
        result = random.randrange(4)
        version = ("firmware_version", "OCTET STRING", random.randbytes(4), None)
        return name, kind, [("result", "INTEGER", result, None), version], hint
    if isinstance(value, list) and len(value) == 6 and value[1][0] == "status":
        return name, kind, _other_outcome(value, random), hint
    if name == "firmware_version":
        return name, kind, random.randbytes(4), hint
    if name == "result" and top == "RestoreGpfLogResponse":
        return name, kind, random.choice(_TYPES["join_device_response"]), hint
    if name in _TYPES and isinstance(value, int) and (value == 0 or name != "result"):
        return name, kind, random.choice(_TYPES[name]), hint
    if isinstance(value, list):
        made = [_other_results(one, top, random) for one in value]
        if name == "entries" and top == "ReadJoinDetailsResponse":
            made = [_entry(one, random) for one in (made + made)[: random.randrange(17)]]
        if name == "read_join_details_response" and len(value) == 2:
            made = made[: 2 - bool(made[0][2])]
        return name, kind, made, hint
    return field


def _other_outcome(value, random):
    """A replacement that fails, which leaves the cell as it was."""
    if value[1][2] or random.random() < 0.5:
        return value
    failed = [value[0], (*value[1][:2], random.choice(_STATUSES), value[1][3]), *value[2:4]]
    return failed + [(*new[:2], old[2], new[3]) for old, new in zip(value[2:4], value[4:6])]


def _entry(entry, random):
    name, kind, (eui, other), hint = entry
    eui = (*eui[:2], random.randbytes(8), eui[3])
    return name, kind, [eui, (*other[:2], random.randrange(7), other[3])], hint
