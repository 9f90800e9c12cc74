"""Figures of the emulated Cortex-M3: arithmetic, heap, and every reference message in 64 KB.

Arithmetic is counted in instructions, and given in multiples (mm) of one 256-bit `a*b % p` of the
same run. Garbage is collected before each count and whenever the heap is full, as it is.
"""

import os
import pathlib
import sys

from gbcs import message, payload
from gbcs_host.decode.keystore import KeyStore

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools" / "micropython"))
import fetch  # noqa: E402
import qemu  # noqa: E402

SHARED = ROOT / os.environ.get("GBCS_SHARED", "../shared")
Row = tuple[str, str, str, bool]

# What a product takes: 2,000 of them, so that each has its share of the garbage, less their loop
_PRODUCTS = (
    qemu.COUNTER
    + """
import gc
from gbcs.crypto.domain import P
a = P * 5 // 7
b = P * 3 // 11
def products(n):
    for i in range(n): a * b % P
def nothing(n):
    for i in range(n): pass
mm = (count(products, 2000) - count(nothing, 2000)) / 2000
"""
)
_COUNTS = (
    _PRODUCTS.replace("%", "%%")
    + """
from gbcs.crypto import ecdsa, keys
from gbcs.crypto import %s as curve
K = bytes.fromhex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
private = keys.private_key(K, curve)
octets = private.public.octets
known = keys.public_key(octets)
signatures = []
found = []
def sign(): signatures[:] = [ecdsa.sign(private, b"sample", b"", curve)]
def verify(public=known): found.append(ecdsa.verify(public, b"sample", signatures[0], curve))
def verify_new(): verify(keys.public_key(octets))
def shown(name, call, times=8):  # on the average: garbage is collected in one call and not another
    def calls():
        for i in range(times): call()
    gc.collect()
    print(name, count(calls) / times / mm)
shown("sign", sign)
shown("new", verify_new)
verify()
verify()
shown("known", verify)
assert found == [True] * 18
"""
)
_GMAC = (
    _PRODUCTS
    + """
from gbcs.crypto import gcm, gcm_viper, ghash, aes_octets, mmo
key, iv, data = bytes(range(16)), bytes(12), bytes(range(250)) + bytes(50)
def plain(key, iv, aad):
    encrypt = aes_octets.encryptor(key)
    return mmo.xor(ghash.ghash(encrypt(bytes(16)), aad, b""), encrypt(iv + b"\\0\\0\\0\\1"))
assert gcm.gmac is gcm_viper.gmac and plain(key, iv, data) == gcm.gmac(key, iv, data)
for name, call in (("viper", gcm.gmac), ("plain", plain)):
    gc.collect()
    print(name, count(call, key, iv, data) / mm)
"""
)
_HEAP = """
import gc
gc.collect()
before = gc.mem_alloc()
from gbcs import message, payload, protect, usecases
import gbcs.crypto.portable
def used(name):
    gc.collect()
    print(name, gc.mem_alloc() - before)
def each(call):
    for octets in (%s): call(message.decode(octets))
used("imported")
each(payload.skip)
used("walked")
each(payload.decode)
used("decoded")
"""
_WALK = """
import gc, uctypes
from gbcs import message, payload, protect
from gbcs.crypto import portable
gc.threshold(4096)
class Keys:
    known = {}
    def signer(self, eui):
        key = self.known.get(eui)
        if key is None:
            if len(self.known) > 3: self.known.clear()
            key = self.known[eui] = portable.public_key(self.point)
        return key
    def secret(self, one, other): return self.shared
    def broker(self): return b"broker.."
keys = Keys()
octets = uctypes.bytearray_at(%d, %d)
at = whole = peak = signatures = macs = 0
while at < len(octets):
    size = octets[at] << 8 | octets[at + 1]
    has_secret, has_point = octets[at + 2], octets[at + 3]
    keys.shared = bytes(octets[at + 4 : at + 36]) if has_secret else None
    keys.point = bytes(octets[at + 36 : at + 101])
    at += 101
    try:
        m = message.decode(bytes(octets[at : at + size]))
        case = payload.use_case(m)
        if m.mac is not None and has_secret:
            protect.check_mac(m, keys, portable, case.is_device_to_device)
            macs += 1
        if m.signature:
            protect.check_signature(m, keys, portable)
            signatures += 1
        payload.skip(m)
        whole += 1
    except Exception as error:
        print("failed at", at, repr(error))
    at += size
    m = None
    gc.collect()
    peak = max(peak, gc.mem_alloc())
print("whole", whole)
print("signatures", signatures)
print("macs", macs)
print("in use", peak)
"""


def run() -> "list[Row]":
    """The rows; one that says why where there is no emulated board."""
    try:
        qemu.available()
        qemu.build_board.firmware(128)
        qemu.build_board.firmware(64)
    except fetch.Unavailable as error:
        return [("emulated Cortex-M3", str(error).splitlines()[0], "there", False)]
    return [*arithmetic(), *gmac(), *resident(), *walk()]


def arithmetic() -> "list[Row]":
    """Signatures, in plain Python and by the emitter."""
    targets = {"p256": (1100, 2000, 3700), "p256_viper": (700, 1250, 2500)}
    labels = {"p256": "portable", "p256_viper": "viper"}
    rows = []
    for module, most in targets.items():
        with qemu.Board(128) as board:
            found = _figures(board.run(_COUNTS % module))
        for name, what, limit in zip(
            ("sign", "known", "new"), ("sign", "verify, known key", "verify, new key"), most,
            strict=True,
        ):  # fmt: skip
            figure = found[name]
            rows.append(
                ("Cortex-M3, %s: %s" % (labels[module], what), "%d mm" % round(figure),
                 "<= %d mm" % limit, figure <= limit)
            )  # fmt: skip
    return rows


def gmac() -> "list[Row]":
    """GMAC of 300 octets."""
    with qemu.Board(128) as board:
        found = _figures(board.run(_GMAC))
    return [
        ("Cortex-M3, viper: GMAC of 300 octets", "%.1f mm" % found["viper"], "<= 14 mm",
         found["viper"] <= 14),
        ("Cortex-M3, portable: GMAC of 300 octets", "%.0f mm" % found["plain"], "", True),
    ]  # fmt: skip


def resident() -> "list[Row]":
    """What the core and cryptography take of the heap, frozen: imported, and with codecs in use.

    A meter has DLMS or GBZ, and ASN.1: a message of each is walked, then decoded with its names.
    What the codecs keep of these messages' templates is counted too.
    """
    some = _of_each_form(_messages())
    rows = []
    for role, forms in (
        ("ESME: DLMS, ASN.1", (payload.DLMS, payload.ASN1)),
        ("GSME: GBZ, ASN.1", (payload.GBZ, payload.ASN1)),
    ):
        octets = "".join(["%r, " % some[form] for form in forms if form in some])
        with qemu.Board(128) as board:
            found = _figures(board.run(_HEAP % octets))
        for step in ("imported", "walked", "decoded"):
            if step != "imported" and not some:
                continue
            size = found[step]
            promised = step != "decoded"  # names and what is kept of templates come on top
            rows.append(
                ("resident, frozen (%s): %s" % (role, step), "%.1f KB" % (size / 1024),
                 "<= 20 KB" if promised else "", size <= 20 * 1024 or not promised)
            )  # fmt: skip
    return rows


def _messages() -> "list[bytes]":
    paths = sorted((SHARED / "rtds" / "messages").glob("*/*.HEX"))
    return [bytes.fromhex(path.read_text().strip()) for path in paths]


def _of_each_form(messages: "list[bytes]") -> "dict[str, bytes]":
    """The message of middling size of each payload form."""
    found: dict[str, list[bytes]] = {}
    for one in messages:
        found.setdefault(payload.use_case(message.decode(one)).form, []).append(one)
    return {form: sorted(some, key=len)[len(some) // 2] for form, some in found.items()}


def walk(most: "int | None" = None) -> "list[Row]":
    """Every reference message (or about `most` of them) checked and walked in a heap of 64 KB."""
    messages = _messages()
    if not messages:
        return [("reference messages on the board", "not at hand (GBCS_SHARED)", "", True)]
    if most is not None:
        largest = sorted(messages, key=len)[-3:]
        messages = messages[:: len(messages) // most + 1] + largest
    keys = KeyStore.load(str(SHARED / "rtds" / "keystore"))
    blob = b"".join([_record(one, keys) for one in messages])
    files = {"messages.bin": blob}
    at = qemu.PSRAM + qemu.romfs(files).index(blob)
    with qemu.Board(64, files) as board:
        text = board.run(_WALK % (at, len(blob)), timeout=900)
    found = _figures(text)
    wrong = [line for line in text.splitlines() if line.startswith("failed")]
    read = [message.decode(one) for one in messages]
    signed = sum(bool(m.signature) for m in read)
    maced = [m for m in read if m.mac is not None]
    closed = [m for m in maced if _secret(m, keys) is None]
    names = sorted({payload.use_case(m).name for m in closed})
    checked = len(maced) - len(closed)
    whole, signatures, macs = (int(found[name]) for name in ("whole", "signatures", "macs"))
    return [
        ("reference messages checked and walked in 64 KB", "%d of %d%s"
         % (whole, len(messages), " " + wrong[0] if wrong else ""), "all", whole == len(messages)),
        ("signatures verified there", "%d of %d" % (signatures, signed), "all",
         signatures == signed),
        ("MACs verified there", "%d of %d" % (macs, len(maced)),
         "all but %d: %s" % (len(closed), ", ".join(names)) if closed else "all",
         macs == checked and set(names) <= {"PCS01", "PCS02"}),
        ("most of the heap in use between them", "%.1f KB" % (found["in use"] / 1024), "", True),
    ]  # fmt: skip


def _secret(m: message.Message, keys: KeyStore) -> "bytes | None":
    """The shared secret of the MAC; None from device to device: nobody holds a private key."""
    if payload.use_case(m).is_device_to_device:
        return None
    if m.cra == 1:
        broker = keys.broker()
        return None if broker is None else keys.secret(m.recipient, broker)
    return keys.secret(m.originator, m.recipient)


def _record(octets: bytes, keys: KeyStore) -> bytes:
    """A message with what checks it: the shared secret and the signer's point, or zeros."""
    m = message.decode(octets)
    secret = None if m.mac is None else _secret(m, keys)
    point = None
    if m.signature:
        certificate = keys.certificate(m.originator, "ds")
        point = None if certificate is None else certificate.public_key
    head = len(octets).to_bytes(2, "big") + bytes((secret is not None, point is not None))
    return head + (secret or bytes(32)) + (point or bytes(65)) + octets


def _figures(text: str) -> "dict[str, float]":
    """The lines `name number` of what a board printed."""
    found = {}
    for line in text.splitlines():
        name, _, number = line.rpartition(" ")
        try:
            found[name] = float(number)
        except ValueError:
            continue
    return found
