"""Figures of the emulated Cortex-M3: arithmetic, heap, and every reference message in 64 KB.

Arithmetic is counted in instructions, and given in multiples (mm) of one 256-bit `a*b % p` of the
same run. Garbage is collected before each count and whenever the heap is full, as it is.
"""

import os
import pathlib
import sys

from gbcs import message, payload
from gbcs_host.keystore import KeyStore

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools" / "micropython"))
import fetch  # noqa: E402
import qemu  # noqa: E402

SHARED = pathlib.Path(os.environ.get("GBCS_SHARED", "../shared"))
Row = tuple[str, str, str, bool]

_COUNTS = (
    qemu.COUNTER
    + """
import gc
from gbcs.crypto import ecdsa, keys
from gbcs.crypto import %s as curve
from gbcs.crypto.domain import P
a = P * 5 // 7
b = P * 3 // 11
def products(n):
    for i in range(n): a * b %% P
def nothing(n):
    for i in range(n): pass
mm = (count(products, 200) - count(nothing, 200)) / 200
K = bytes.fromhex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
private = keys.private_key(K, curve)
public = private.public
found = []
def sign(): found.append(ecdsa.sign(private, b"sample", b"", curve))
def verify(): found.append(ecdsa.verify(public, b"sample", found[0], curve))
def shown(name, call):
    gc.collect()
    print(name, count(call) / mm)
shown("sign", sign)
shown("new", verify)
verify()
shown("known", verify)
assert found[1:] == [True] * 3
"""
)
_GMAC = (
    qemu.COUNTER
    + """
import gc
from gbcs.crypto import gcm, gcm_viper, ghash, aes_octets, mmo
from gbcs.crypto.domain import P
a = P * 5 // 7
b = P * 3 // 11
def products(n):
    for i in range(n): a * b % P
def nothing(n):
    for i in range(n): pass
mm = (count(products, 200) - count(nothing, 200)) / 200
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
import gbcs.message, gbcs.payload, gbcs.protect, gbcs.usecases
import gbcs.%s, gbcs.asn1
import gbcs.crypto.portable
gc.collect()
print("resident", gc.mem_alloc() - before)
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
at = whole = peak = 0
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
        if m.signature:
            protect.check_signature(m, keys, portable)
        payload.skip(m)
        whole += 1
    except Exception as error:
        print("failed at", at, repr(error))
    at += size
    m = None
    gc.collect()
    peak = max(peak, gc.mem_alloc())
print("whole", whole)
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
    """What a meter loads of the core and of cryptography takes of the heap, frozen."""
    rows = []
    for role, codec in (("ESME: DLMS", "dlms"), ("GSME: GBZ", "gbz")):
        with qemu.Board(128) as board:
            used = _figures(board.run(_HEAP % codec))["resident"]
        rows.append(
            ("core and cryptography resident, frozen (%s, ASN.1)" % role,
             "%.1f KB" % (used / 1024), "<= 20 KB", used <= 20 * 1024)
        )  # fmt: skip
    return rows


def walk(most: "int | None" = None) -> "list[Row]":
    """Every reference message (or about `most` of them) checked and walked in a heap of 64 KB."""
    folder = SHARED / "rtds"
    paths = sorted((folder / "messages").glob("*/*.HEX"))
    if not paths:
        return [("reference messages on the board", "not at hand (GBCS_SHARED)", "", True)]
    messages = [bytes.fromhex(path.read_text().strip()) for path in paths]
    if most is not None:
        largest = sorted(messages, key=len)[-3:]
        messages = messages[:: len(messages) // most + 1] + largest
    keys = KeyStore.load(str(folder / "keystore"))
    blob = b"".join([_record(one, keys) for one in messages])
    files = {"messages.bin": blob}
    at = qemu.PSRAM + qemu.romfs(files).index(blob)
    with qemu.Board(64, files) as board:
        text = board.run(_WALK % (at, len(blob)), timeout=900)
    found = _figures(text)
    whole = int(found["whole"])
    wrong = [line for line in text.splitlines() if line.startswith("failed")]
    return [
        ("reference messages checked and walked in 64 KB", "%d of %d%s"
         % (whole, len(messages), " " + wrong[0] if wrong else ""), "all", whole == len(messages)),
        ("most of the heap in use between them", "%.1f KB" % (found["in use"] / 1024), "", True),
    ]  # fmt: skip


def _record(octets: bytes, keys: KeyStore) -> bytes:
    """A message with what checks it: the shared secret and the signer's point, or zeros."""
    m = message.decode(octets)
    secret = point = None
    if m.mac is not None:
        broker = keys.broker()
        command = m.cra == 1 and broker is not None
        secret = keys.secret(m.recipient, broker) if command and broker else None
        if not command:
            secret = keys.secret(m.originator, m.recipient)
        if payload.use_case(m).is_device_to_device:
            secret = None  # nobody holds a private key of either
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
