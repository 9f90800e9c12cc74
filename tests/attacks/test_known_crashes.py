"""Messages that once stopped a device: each is refused or answered, and the next is answered."""

import pytest
from conftest import MISSING, reference_paths
from mutation import GOOD
from senders import EUIS, Bench

from gbcs import message, payload, usecases
from gbcs.cosem import cosem
from gbcs.cosem.cosem import name_of
from gbcs.dlms import dlms
from gbcs_device.base.store import MemoryMedium, Store
from gbcs_device.devices import kinds
from gbcs_device.messages.trust_anchors import OwnKeys
from gbcs_device.usecases import device_log
from gbcs_host.lab.compose import access_request, field

pytestmark = pytest.mark.skipif(not reference_paths(), reason=MISSING)
SUPPLIER, BROKER = "Supplier", "Access Control Broker"
PROTECTED = [  # use cases that read attributes encrypted
    case.name
    for case in (usecases.find(code) for code in range(0x0011, 0x0130))
    if case is not None and case.form == "DLMS" and "ESME" in case.roles
    and any(one.object.class_id == 30 for one in cosem.requests(case.code))
][::4]  # fmt: skip
CLOCKS = (-1, -(1 << 40), 0, (1 << 32) * 1000 - 1, (1 << 32) * 1000, 1 << 53, (1 << 63), 1 << 64)


@pytest.fixture(scope="module")
def bench():
    return Bench()


class Scene:
    """A device with a store of the size that a device has."""

    def __init__(self, bench, kind, limit=32768):
        self.bench = bench
        self.kind = kind
        store = Store(MemoryMedium(), limit)
        store.write(bench._stores[kind, False])
        own = OwnKeys(bench.crypto, store, bench.random.randbytes)
        self.device = kinds.make(kind, EUIS[kind], store, bench.crypto, own)
        self.counter = 70_000

    def send(self, code, sender, form, content, party=None, certificate=None, now=None):
        """The answer to a command with this content."""
        self.counter += 1
        composed = message.compose(
            message.COMMAND, self.counter, self.bench.eui(sender), EUIS[self.kind], code, content,
            b"", party, None if party is None else self.counter, None, certificate,
        )  # fmt: skip
        has_mac, has_signature = form != "signature", form != "MAC"
        octets = self.bench._protected(composed, sender, has_mac, has_signature)
        return self.device.receive(octets, self.bench.now if now is None else now)

    def goes_on(self, now=None):
        """Nothing was swallowed, and a good command is answered."""
        code, sender = GOOD[self.kind]
        content = self.bench.content(code, self.kind, self.counter + 1)
        assert self.device.errors == []
        assert self.send(code, sender, "MAC", content, now=now) is not None
        assert self.device.errors == []
        return True


def code_of(name):
    return usecases.by_name(name)[0].code


def changed(bench, name, kind, change):
    """The content of a use case with fields changed: `change(field)` gives the field's value."""
    code = code_of(name)
    content = bench.content(code, kind, 70_001)
    octets = message.finish(message.compose(2 - 1, 1, bytes(8), bytes(8), code, content))
    record = payload.decode(message.decode(octets))

    def walk(one):
        value = change(one)
        if type(value) is list:
            value = [walk(each) for each in value]
        return (one[0], one[1], value, one[3])

    record.field = walk(record.field)
    return payload.encode(record)


@pytest.mark.parametrize("number", [256, 65536, 1 << 63, 1 << 64, -1, -256])
@pytest.mark.parametrize(
    ("name", "kind", "sender", "form"),
    [("CS03A1", "ESME", SUPPLIER, "both"), ("CS03A2", "PPMID", BROKER, "both"),
     ("CS03B", "GSME", SUPPLIER, "MAC"), ("CS03C", "GSME", SUPPLIER, "both"),
     ("GCS59", "GPF", BROKER, "MAC")],
)  # fmt: skip
def test_a_device_type_that_is_no_octet(bench, name, kind, sender, form, number):
    scene = Scene(bench, kind)
    before = scene.device.store.get(device_log.DEVICE_LOG)
    content = changed(
        bench, name, kind, lambda one: number if "device_type" in (one[0] or "") else one[2]
    )
    scene.send(code_of(name), sender, form, content)
    assert scene.goes_on()
    after = scene.device.store.get(device_log.DEVICE_LOG) or b""
    assert after == before or name == "GCS59"
    assert len(after) % 9 == 0


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("kind", ["null-data", "array", "octet-string", "boolean"])
@pytest.mark.parametrize("name", PROTECTED)
def test_an_attribute_without_class_code_or_index_is_asked_for_encrypted(bench, name, place, kind):
    code = code_of(name)
    request = access_request(name, 70_001, None, bench.eui(SUPPLIER), EUIS["ESME"])
    scene = Scene(bench, "ESME")
    spoilt = False
    for at, item in enumerate(request.items):
        if item[2] == 30:
            entries = item[6][2][0][2]
            value = {"null-data": None, "array": [], "octet-string": b"", "boolean": True}[kind]
            entries[0][2][place] = field(kind, value)
            request.items[at] = item
            spoilt = True
    form = "both" if "yes" in usecases.find(code).signature else "MAC"
    scene.send(code, SUPPLIER, form, dlms.encode(request))
    assert scene.goes_on()
    assert spoilt


def items_of(octets):
    """The items of an access response."""
    return payload.decode(message.decode(octets)).items


def off_curve(certificate):
    """A certificate whose public key is no point of the curve."""
    at = certificate.index(b"\x03\x42\x00\x04") + 4
    return certificate[:at] + bytes((certificate[at] ^ 1,)) + certificate[at + 1 :]


def test_a_certificate_in_other_information_has_no_point_of_the_curve(bench):
    scene = Scene(bench, "ESME")
    party = bench.stranger
    certificate = off_curve(bench.lab.pki.organisation(party, 2, "ka", "STRANGER").certificate)
    for name in PROTECTED:
        record = access_request(name, scene.counter + 1, None, party, EUIS["ESME"])
        answer = scene.send(code_of(name), BROKER, "MAC", dlms.encode(record), party, certificate)
        assert answer is None or not all(one[2] == 0 for one in items_of(answer))
    assert scene.goes_on()


def test_a_device_joins_whose_certificate_has_no_point_of_the_curve(bench):
    scene = Scene(bench, "GSME")
    ppmid = bytes.fromhex("00DB1234567890DD")
    certificate = off_curve(bench.lab.pki.device(ppmid, "ka").certificate)

    def change(one):
        if one[0] == "other_device_id":
            return ppmid
        return one[2]

    content = changed(bench, "CS03C", "GSME", change)
    good = bench.lab.pki.device(ppmid, "ka").certificate
    at = content.rfind(b"\x30\x82")
    content = content[:at] + certificate if at > 0 and len(content) - at == len(good) else content
    scene.send(code_of("CS03C"), SUPPLIER, "both", content)
    assert scene.goes_on()
    scene.counter += 1
    composed = message.compose(
        message.COMMAND, scene.counter, ppmid, EUIS["GSME"], 0x0090,
        bytes.fromhex("010901010705000801000000000000" "02"),
    )  # fmt: skip
    octets = message.wrap(message.finish(composed), bytes(12))
    assert scene.device.receive(octets, bench.now) is None
    assert scene.goes_on()


@pytest.mark.parametrize("times", [100, 700, 1400])
def test_a_log_is_asked_for_many_times_at_once(bench, times):
    scene = Scene(bench, "ESME")
    for _ in range(120):  # a full log
        scene.device.receive(bench.message(0x0027, "ESME", SUPPLIER, "MAC", break_at="mac"),
                             bench.now)  # fmt: skip
    record = access_request("ECS35b", scene.counter + 1)
    record.items = record.items[-1:] * times
    scene.send(code_of("ECS35b"), SUPPLIER, "MAC", dlms.encode(record))
    assert scene.goes_on()


@pytest.mark.parametrize("limit", [16384, 32768])
@pytest.mark.parametrize("count", [10_000, 28_000, 60_000])
def test_a_set_of_very_many_nulls_leaves_room_for_the_log(bench, count, limit):
    scene = Scene(bench, "ESME", limit)
    for name in ("ECS01a", "ECS08a"):
        case = usecases.by_name(name)[0]
        code = case.code
        for request in cosem.requests(code):
            target = request.object
            if request.choice != "set" or target.layout[1] != "array":
                continue
            nulls = field("array", [field("null-data", None)] * count)
            item = (None, "set", target.class_id, target.obis, target.index, None, nulls)
            content = dlms.encode(dlms.AccessRequest(0x20000001, b"", [item]))
            role = next(one for one in case.roles["ESME"] if one != "any")
            scene.send(code, role, "both" if case.signature == "yes" else "MAC", content)
            held = scene.device.store.get(name_of(target.class_id, target.obis, target.index))
            assert held is None or len(held) < limit // 2
    forged = bytearray(bench.message(0x0027, "ESME", SUPPLIER, "MAC"))
    forged[-1] ^= 1
    for _ in range(150):
        assert scene.device.receive(bytes(forged), bench.now) is None
    assert scene.device.security_log()
    assert scene.goes_on()


@pytest.mark.parametrize("now", CLOCKS)
@pytest.mark.parametrize("kind", ["ESME", "GSME", "CHF", "GPF", "PPMID"])
def test_a_clock_says_what_no_message_can_have(bench, kind, now):
    scene = Scene(bench, kind)
    broken = bytearray(bench.message(GOOD[kind][0], kind, GOOD[kind][1], "MAC"))
    broken[-1] ^= 1
    assert scene.device.receive(bytes(broken), now) is None
    scene.device.handle_timer(now)
    at = scene.device.next_timer()
    assert at is None or at > now
    assert scene.goes_on(now)
