"""Commands rightly signed and MAC'd, and wrong inside, by seed; what a device makes of them.

A seed stands for one device of some kind and BATCH commands. Each is a command that this kind
takes (the content of a reference message, or one made of the template), changed in its fields, its
octets or its header, and then protected by a party who may send it. After each, what is due is
done, also a day, a year or an absurd time later, the account and what displays read is asked for,
and a good command must be answered. `Damaged` says which command broke what, with its octets.

    python tests/attacks/mutation.py [--seeds FIRST:LAST] [--seed N]

runs many, as far as not done before (the seeds done are in .cache, by the code that ran them), or
one. Nothing is random but by the seed.
"""

import argparse
import collections
import hashlib
import os
import pathlib
import random
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parent)]

from conftest import reference_paths  # noqa: E402
from senders import (  # noqa: E402
    ACCEPTED,
    EUIS,
    FORMS,
    KINDS,
    ROLES,
    Bench,
    authority_rows,
    expected,
    originators,
)
from senders import ROOT as ROOT_KEY  # noqa: E402

from gbcs import message, payload  # noqa: E402
from gbcs.errors import GbcsError  # noqa: E402
from gbcs.gbz import gbz  # noqa: E402
from gbcs_device.account import account  # noqa: E402
from gbcs_device.base import load  # noqa: E402
from gbcs_device.base.store import MemoryMedium, Store, StoreFull  # noqa: E402
from gbcs_device.clusters import attributes  # noqa: E402
from gbcs_device.clusters.meter import MeterSource  # noqa: E402
from gbcs_device.devices import kinds  # noqa: E402
from gbcs_device.messages.trust_anchors import OwnKeys  # noqa: E402
from gbcs_host.lab import new_devices  # noqa: E402
from gbcs_host.verify import damage  # noqa: E402

BATCH = 20
SECOND_MS, DAY_MS = 1000, 86_400_000
ABSURD_MS = (
    0, 1, (1 << 32) * 1000 - 1, (1 << 32) * 1000, (1 << 41), (1 << 53) + 1, (1 << 63) - 1,
    (1 << 63), (1 << 64) - 1,
)  # fmt: skip
MOST_TIMERS = 40  # that may be due at one moment
SLOW_S = 20.0  # for one command and what follows of it: more stands for a loop
WEIGHTS = {"ESME": 6, "GSME": 5, "CHF": 3, "GPF": 2, "PPMID": 2, "SAPC": 2, "HCALCS": 1}
# A command that a kind answers and that changes nothing: code, sender
GOOD = {
    "ESME": (0x0027, "Supplier"),  # ECS17b
    "GSME": (0x0074, "Supplier"),  # GCS13a
    "CHF": (0x0004, "Access Control Broker"),  # CCS04
    "GPF": (0x0074, "Supplier"),
    "PPMID": (0x0129, "Access Control Broker"),  # CS08
    "SAPC": (0x0059, "Supplier"),  # ECS52
    "HCALCS": (0x0129, "Access Control Broker"),
}
DETAILS = (0x0008, 0x011B)  # CS02a, CS02f
_INTEGERS = (
    0, 1, -1, -3, 2, 7, 8, 9, 59, 60, 99, 100, 127, 128, 255, 256, 32767, 32768, 65535, 65536,
    0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 1 << 32, (1 << 47), (1 << 63) - 1, 1 << 63,
    (1 << 64) - 1, 1 << 64, -(1 << 31), -(1 << 63), 1 << 200,
)  # fmt: skip
_TIMES = (
    "00000101000000Z", "19991231235959Z", "20000101000000Z", "20260601120001Z", "20270101000000Z",
    "21360207062816Z", "99981231235959Z", "99991231235958Z", "99991231235959Z", "20261301000000Z",
    "20260231000000Z", "20260601250000Z", "20260601126000Z", "2026060112", "x" * 15, "",
)  # fmt: skip
_TYPES = (
    "null-data", "boolean", "double-long", "double-long-unsigned", "octet-string", "integer",
    "long", "unsigned", "long-unsigned", "long64", "long64-unsigned", "enum", "array", "structure",
    "uint8", "uint16", "uint24", "uint32", "uint48", "int32", "UTC", "octstr", "enum8", "map16",
    "INTEGER", "OCTET STRING", "SEQUENCE", "SEQUENCE OF", "NULL", "ENUMERATED", "BIT STRING",
    "GeneralizedTime", "[0] INTEGER", "[2] SEQUENCE", "ANY", "UTF8String",
)  # fmt: skip


class Damaged(AssertionError):
    """Something broke; the text has the seed, the command and how to do it again."""


class Sample:
    """A command that a kind of device takes: its code, contents, and who may send it how."""

    __slots__ = ("code", "contents", "senders")

    def __init__(self, code, contents, senders):
        self.code = code
        self.contents = contents
        self.senders = senders  # (role, form, whether for a party)


class Mutations:
    """All samples by kind, and devices of every kind with all their data."""

    def __init__(self):
        self.bench = Bench()
        self.contents = {}
        for path in reference_paths():
            m = message.decode(bytes.fromhex(path.read_text().strip()))
            if m.kind in ("command", "precommand"):
                found = self.contents.setdefault(m.code, [])
                if m.content not in found:
                    found.append(m.content)
        rows = authority_rows()
        self.samples = {kind: self._samples(kind, rows) for kind in KINDS}
        self.stores = {
            (kind, is_prepaid): self._store(kind, is_prepaid)
            for kind in KINDS
            for is_prepaid in (False, True)
        }
        self.counts = dict.fromkeys(("commands", "answered", "full", "refused"), 0)
        self.run_errors = collections.Counter()  # what handlers raised that is a refusal
        self.slowest = (0.0, 0)

    def _samples(self, kind, rows):
        found = []
        roles = {sender: self.bench.roles(kind, False, sender) for sender in (*ROLES, ROOT_KEY)}
        for code, row in rows.items():
            if not originators(row, kind):
                continue
            senders = []
            for sender in (*ROLES, ROOT_KEY, "PPMID"):
                standing, signing = roles.get(sender, ([], []))
                for form, (has_mac, has_signature) in FORMS.items():
                    for party in (False, True):
                        verdict = expected(
                            row, kind, standing, signing, has_mac, has_signature, party,
                            sender == "PPMID",
                        )  # fmt: skip
                        if verdict == ACCEPTED:
                            senders.append((sender, form, party))
            contents = list(self.contents.get(code, ()))
            if senders:
                own = self.bench.content(code, kind, 50_000)
                if own is None:
                    sender, form, _ = senders[0]
                    own = self.bench.details(sender, form, 2)
                found.append(Sample(code, [own, *contents], senders))
        return found

    def _store(self, kind, is_prepaid):
        """What a device of a kind holds at the beginning."""
        changes = dict(self.bench._stores[kind, False])
        like = {"SAPC": "ESME"}.get(kind, kind)
        changes.update(new_devices.data(like))
        if is_prepaid and like == "ESME":
            changes["a/006F/0000130000FF/02"] = bytes.fromhex("020216021602")
        if is_prepaid and like == "GSME":
            changes["z/0705/0000"] = bytes.fromhex("19960C")
        profile = bytes(range(48)) if is_prepaid else None
        changes.update(load.started(self.bench.now, new_devices.LOADS.get(like, {}), profile))
        return changes

    def device(self, kind, store):
        """A device that has what a store has."""
        own = OwnKeys(self.bench.crypto, store, self.bench.random.randbytes)
        return kinds.make(kind, EUIS[kind], store, self.bench.crypto, own)

    # A seed

    def run(self, seed):
        """The commands of a seed, one after the other; raises Damaged."""
        Run(self, seed).run()


class Run:
    """One seed."""

    def __init__(self, mutations, seed):
        self.all = mutations
        self.bench = mutations.bench
        self.seed = seed
        self.random = random.Random(seed)
        self.kind = self.random.choices(list(WEIGHTS), WEIGHTS.values())[0]
        self.medium = MemoryMedium()
        store = Store(self.medium)
        store.write(mutations.stores[self.kind, self.random.random() < 0.5])
        self.counter = 100_000
        self.now = self.bench.now
        self.seen = None
        self.octets = b""
        self.restart()

    def restart(self):
        """The device begins anew with what its store has."""
        self.device = self.watched(self.all.device(self.kind, Store(self.medium)))

    def watched(self, device):
        """A device whose unexpected exceptions are seen here."""
        device.on_error = self.on_error
        carried_out = device._carried_out

        def counted(command, waiting):
            try:
                return carried_out(command, waiting)
            except GbcsError as error:
                self.all.run_errors["%s: %s" % (type(error).__name__, str(error)[:60])] += 1
                raise

        device._carried_out = counted
        return device

    def on_error(self, error):
        if isinstance(error, StoreFull):
            self.all.counts["full"] += 1
        else:
            self.seen = error

    def run(self):
        for number in range(BATCH):
            begun = time.monotonic()
            try:
                self.octets = self.mutated()
                self.attempt()
            except Exception as error:
                raise Damaged(self.told(number, error)) from error
            taken = time.monotonic() - begun
            if taken > self.all.slowest[0]:
                self.all.slowest = (taken, self.seed)
            if taken > SLOW_S:
                raise Damaged(self.told(number, TimeoutError("%.1f s" % taken)))
        try:
            self.restart()
            self.good(self.device)
        except Exception as error:
            raise Damaged(self.told(BATCH, error)) from error

    def told(self, number, error):
        """What happened, and how to do it again."""
        lines = traceback.format_exception(self.seen or error)
        return "seed %d, command %d, to a %s: %s\n%s\n%s\nagain: %s --seed %d" % (
            self.seed, number, self.kind, type(self.seen or error).__name__,
            self.octets.hex().upper(), "".join(lines), "python tests/attacks/mutation.py",
            self.seed,
        )  # fmt: skip

    def check(self):
        """Nothing has been swallowed."""
        if self.seen is not None:
            raise self.seen

    def attempt(self):
        """One command, and all that follows of it."""
        device, counts = self.device, self.all.counts
        counts["commands"] += 1
        answer = device.receive(self.octets, self.now)
        self.check()
        if answer is None:
            counts["refused"] += 1
        else:
            counts["answered"] += 1
            self.read(answer)
        self.now += SECOND_MS
        self.time(device, self.now)
        self.asked(device, self.now)
        self.good(device)
        self.later()

    def read(self, octets):
        """What a device says is a message that decodes."""
        payload.decode(message.decode(octets))

    def time(self, device, now):
        """What is due by a moment is done, as whoever keeps the time does it."""
        device.handle_timer(now)
        self.check()
        for _ in range(MOST_TIMERS):
            at = device.next_timer()
            self.check()
            if at is None or at > now:
                break
            device.handle_timer(now)
            self.check()
        else:
            raise AssertionError("timers are due for ever")
        for octets in device.outbox:
            self.read(octets)
        device.outbox.clear()

    def asked(self, device, now):
        """What displays and the prompt ask."""
        if not account.exists(device):
            return
        account.figures(device, now)
        if self.random.random() < 0.1 and device.kind != "SAPC":
            fuel = attributes.GAS if device.kind == "GSME" else attributes.ELECTRICITY
            source = MeterSource(device, fuel)
            for row in attributes.ROWS:
                for place in {0, row[3] - 1}:
                    source.attribute(row[0], row[1] + row[2] * place, now)
            for cluster, commands in ((0x0700, 10), (0x0703, 2), (0x0707, 5), (0x0708, 4)):
                for command in range(commands):
                    source.published(cluster, command, now)
        self.check()

    def later(self):
        """A copy of the device some time on: the device itself stays in its day."""
        choice = self.random.random()
        if choice > 0.4:
            return
        held = {name: self.device.store.get(name) for name in self.device.store.names()}
        store = Store(MemoryMedium(), 1 << 20)
        store.write(held)
        device = self.watched(self.all.device(self.kind, store))
        if choice < 0.02:
            moments = [self.now + 366 * DAY_MS]
        elif choice < 0.08:
            moments = [self.random.choice(ABSURD_MS)]
        elif choice < 0.16:
            moments = [self.now + 31 * DAY_MS]
        elif choice < 0.28:
            moments = [device.next_timer() or self.now, self.now + DAY_MS]
        else:
            moments = [self.now + DAY_MS]
        for now in moments:
            self.time(device, now)
            self.asked(device, now)
        before, self.now = self.now, moments[-1]
        device.receive(self.octets, self.now)
        self.check()
        self.good(device)
        self.now = before

    def good(self, device):
        """A good command is answered, whatever came before it."""
        code, sender = GOOD[self.kind]
        role = self.bench.lab.parties[ROLES[sender]].role
        standing = device.anchors.roles_of(self.bench.eui(sender), "ka")
        if role not in standing:  # its certificate has been replaced
            return
        counter = max(self.counter, *[device.anchors.counter(one) for one in standing]) + 1
        if counter >= 1 << 63:
            return
        self.counter = max(self.counter, min(counter, 1 << 40))
        content = self.bench.content(code, self.kind, counter)
        composed = message.compose(
            message.COMMAND, counter, self.bench.eui(sender), EUIS[self.kind], code, content
        )
        octets = self.bench._protected(composed, sender, True, False)
        answer = device.receive(octets, self.now)
        self.check()
        if answer is None:
            raise AssertionError("a good command is not answered")
        self.read(answer)

    # Mutations

    def mutated(self):
        """The octets of one command."""
        source = self.random
        sample = source.choice(self.all.samples[self.kind])
        sender, form, has_party = source.choice(sample.senders)
        content = source.choice(sample.contents)
        self.counter += 1
        if b"\xc3\x50" in sample.contents[0] and source.random() < 0.7:  # has to have the counter
            content = self.bench.content(sample.code, self.kind, self.counter) or content
        if sample.code in DETAILS and sender in ROLES:  # names the cell of who asks
            role = self.bench.lab.parties[ROLES[sender]].role
            content = self.bench.details(sender, form, role)
        for _ in range(source.choice((1, 1, 1, 2, 3))):
            changed = self.content(sample.code, content)
            if len(changed) < 60_000:
                content = changed
        counter, party, party_counter, certificate = self.counter, None, None, None
        if has_party:
            party, party_counter = self.bench.eui(source.choice(list(ROLES))), self.counter
        if source.random() < 0.08:
            counter = source.choice(
                (0, 1, self.counter - 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
            )
        if has_party and source.random() < 0.3:
            party_counter = source.choice((0, 1, (1 << 63) - 1, (1 << 64) - 1, None))
        if has_party and party_counter is not None and source.random() < 0.5:
            certificate = self.certificate(party)
        date_time = b"" if source.random() < 0.98 else source.randbytes(12)
        composed = message.compose(
            message.COMMAND, counter, self.bench.eui(sender), EUIS[self.kind], sample.code,
            content, date_time, party, party_counter, None, certificate,
        )  # fmt: skip
        has_mac, has_signature = FORMS[form]
        return bytes(self.bench._protected(composed, sender, has_mac, has_signature))

    def certificate(self, party):
        """A certificate of key agreement, as "other information" has it: right, or anything."""
        source = self.random
        certificate = self.bench.keys.certificate(party, source.choice(("ka", "ka", "ds")))
        octets = bytearray(b"\x30" + bytes(9) if certificate is None else certificate.octets)
        return self.spoilt(bytes(octets))

    def spoilt(self, octets):
        """The octets of a certificate; a point off its curve, or otherwise wrong."""
        source = self.random
        choice = source.random()
        at = octets.find(b"\x03\x42\x00\x04")
        if choice < 0.4 and at >= 0:
            place = at + 4 + source.randrange(64)
            octets = octets[:place] + bytes((octets[place] ^ 1,)) + octets[place + 1 :]
        elif choice < 0.5 and at >= 0:
            octets = (
                octets[: at + 4] + source.choice((bytes(64), b"\xff" * 64)) + octets[at + 68 :]
            )
        elif choice < 0.7:
            octets = b"\x30" + next(damage.damaged([octets[1:]], 1, source.randrange(1 << 30)))
        return octets if len(octets) > 8 else octets + bytes(9)

    def content(self, code, content):
        """A content with something changed."""
        source = self.random
        if not content or source.random() < 0.15:
            return next(damage.damaged([content or b"\x00"], 1, source.randrange(1 << 30)))
        octets = message.finish(
            message.compose(message.COMMAND, 1, bytes(8), bytes(8), code, content)
        )
        try:
            m = message.decode(octets)
            record = payload.decode(m)
        except (GbcsError, ValueError):
            return next(damage.damaged([content], 1, source.randrange(1 << 30)))
        for _ in range(4):
            try:
                self.change(record)
                return payload.encode(record)
            except (GbcsError, ValueError, TypeError, AttributeError, IndexError, KeyError,
                    OverflowError):  # fmt: skip  # of a type that has no such value: another
                record = payload.decode(m)
        return next(damage.damaged([content], 1, source.randrange(1 << 30)))

    def change(self, record):
        """Changes a decoded payload."""
        source = self.random
        if isinstance(record, payload.Asn1):
            record.field = self.field(record.field)
        elif isinstance(record, gbz.Gbz):
            self.list(record.components)
            if record.components:
                self.component(source.choice(record.components))
        else:
            self.list(record.items)
            if record.items:
                at = source.randrange(len(record.items))
                record.items[at] = self.item(record.items[at])
            if source.random() < 0.05:
                record.invoke_id = source.choice((0, 0x20FFFFFF, 0xFFFFFFFF))

    def list(self, items):
        """Now and then: one more, one less, another order, very many."""
        source = self.random
        if not items or source.random() > 0.06:
            return
        choice = source.randrange(6)
        at = source.randrange(len(items))
        if choice == 0:
            items.insert(source.randrange(len(items) + 1), items[at])
        elif choice == 1:
            del items[at]
        elif choice == 2:
            source.shuffle(items)
        elif choice == 3:
            items[:] = items * source.choice(
                (2, 3, 10, 50, 200) if source.random() < 0.1 else (2, 3)
            )
        elif choice == 4:
            items[at:at] = [items[at]] * source.choice((5, 5, 5, 17, 100, 254))
        else:
            items.clear()

    def item(self, item):
        """An item of an access request."""
        source = self.random
        name, choice, class_id, obis, index, selection, data = item
        what = source.random()
        if what < 0.86:
            data = self.field(data)
        elif what < 0.92 and selection is not None:
            selection = self.field(selection)
        elif what < 0.94:
            choice = source.choice(("get", "set", "action"))
        elif what < 0.96:
            class_id = source.choice((1, 3, 7, 8, 9, 11, 20, 21, 30, 70, 111, 113, 9000, 65535))
        elif what < 0.98:
            obis = bytes(obis[:-2]) + source.randbytes(2)
        else:
            index = source.choice((-128, -1, 0, 1, 2, 3, 5, 10, 127))
        return (name, choice, class_id, obis, index, selection, data)

    def component(self, component):
        """A component of GBZ."""
        source = self.random
        what = source.random()
        if what < 0.88 and component.fields:
            at = source.randrange(len(component.fields))
            component.fields[at] = self.field(component.fields[at])
            self.list(component.fields)
        elif what < 0.93:
            moments = (None, 0, 1, 0x31DC9A00, 0xFFFFFFFE, 0xFFFFFFFF)
            component.from_date_time = source.choice(moments)
        elif what < 0.945:
            component.control ^= source.choice((0x01, 0x02, 0x10, 0x80))
        elif what < 0.96:
            component.frame_control ^= source.choice((0x01, 0x08, 0x10, 0x04))
        elif what < 0.97:
            component.command = source.randrange(16)
        elif what < 0.985:
            clusters = (0x0000, 0x0700, 0x0702, 0x0703, 0x0705, 0x0707, 0x0708, 0x0709, 0xFFFF)
            component.cluster = source.choice(clusters)
        else:
            component.fields = []

    def field(self, field):
        """A field with something in it changed."""
        source = self.random
        name, kind, value, hint = field
        if isinstance(value, list) and value and source.random() < 0.85:
            value = list(value)
            at = source.randrange(len(value))
            value[at] = self.field(value[at])
            self.list(value)
            return (name, kind, value, hint)
        what = source.random()
        if what < 0.05:
            return (name, source.choice(_TYPES), value, hint)
        if what < 0.08:
            return (name, "null-data" if kind[0].islower() else "NULL", None, hint)
        return (name, kind, self.value(value, kind), hint)

    def value(self, value, kind):
        """Another value of the same type, mostly."""
        source = self.random
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            if source.random() < 0.3:
                return value + source.choice((-1, 1, 1000, -1000))
            return source.choice(_INTEGERS)
        if isinstance(value, list):
            return source.choice(([], value * 2, value * 5))
        if isinstance(value, str):
            if kind.endswith("Time"):
                return source.choice(_TIMES)
            return source.choice(("", value + value, value[:-1], "0", "1" * 300, "\x1b[31m", "1"))
        if isinstance(value, (bytes, bytearray)):
            return self.octets_of(bytes(value))
        return source.choice((None, 0, b"", []))

    def octets_of(self, octets):
        """Octets of a string, a date, a certificate."""
        source = self.random
        if octets[:2] == b"\x30\x82":
            return self.spoilt(octets)
        if len(octets) in (4, 5, 12) and source.random() < 0.6:
            changed = bytearray(octets)
            for _ in range(source.choice((1, 2, 5))):
                at = source.randrange(len(changed))
                changed[at] = source.choice((0, 1, 2, 12, 13, 24, 25, 31, 32, 59, 60, 254, 255))
            return bytes(changed)
        return source.choice(
            (b"", octets[:-1], octets + b"\x00", bytes(len(octets)), b"\xff" * len(octets),
             octets * 20, source.randbytes(len(octets)), bytes(source.choice((200, 2000, 20_000))),
             next(damage.damaged([octets or b"\x00"], 1, source.randrange(1 << 30))))
        )  # fmt: skip


# Many seeds


def digest():
    """What stands for the code that runs: devices, core and this harness."""
    found = hashlib.sha256()
    for folder in (ROOT / "protocol", ROOT / "firmware", HERE):
        for path in sorted(folder.rglob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


class Progress:
    """Which seeds are done, by the code that ran them: a number a line in a file of .cache."""

    def __init__(self, folder=ROOT / ".cache"):
        folder.mkdir(exist_ok=True)
        self.path = folder / ("mutation-%s.done" % digest())
        lines = self.path.read_text().split() if self.path.exists() else []
        self.done = {int(line) for line in lines}

    def add(self, seed):
        """A seed is done, for good."""
        self.done.add(seed)
        with self.path.open("a") as file:
            file.write("%d\n" % seed)


def run_many(mutations, seeds, progress=None, say=None):
    """Runs seeds that were not done yet; the texts of those that failed."""
    failed = []
    for seed in seeds:
        if progress is not None and seed in progress.done:
            continue
        try:
            mutations.run(seed)
        except Damaged as error:
            failed.append(str(error))
            if say is not None:
                say(str(error))
        else:
            if progress is not None:
                progress.add(seed)
    return failed


def main(arguments=None):
    """Exit status 1 where a seed failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seed", type=int, help="this one alone, also if it was done")
    parser.add_argument("--seeds", default="0:10000", metavar="FIRST:LAST")
    parser.add_argument("--fresh", action="store_true", help="also those that were done")
    parser.add_argument("--refusals", type=int, default=0, help="print so many, the most first")
    args = parser.parse_args(arguments)
    mutations = Mutations()
    first, last = (int(part) for part in args.seeds.split(":"))
    seeds = range(first, last) if args.seed is None else [args.seed]
    progress = None if args.fresh or args.seed is not None else Progress()
    begun = time.monotonic()
    failed = run_many(mutations, seeds, progress, lambda text: print(text, flush=True))
    print(
        "%d seeds failed; %s; slowest %.1f s (seed %d); %.0f s"
        % (len(failed), mutations.counts, *mutations.slowest, time.monotonic() - begun)
    )
    for text, count in mutations.run_errors.most_common(args.refusals):
        print("%6d refused while it ran: %s" % (count, text))
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ.setdefault("GBCS_SHARED", str(ROOT / ".." / "shared"))
    sys.exit(main())
