"""A lab that is saved and restored at any moment goes on as the one that was never disturbed.

By seed, with radio and without; GBCS_LONG=1 plays 200 days, else a few.
"""

import gzip
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys

import pytest

import gbcs
from gbcs import clock, message
from gbcs_device.han.joining import JOINED
from gbcs_host import keyfiles
from gbcs_host.han import events
from gbcs_host.keep.graph import CannotKeep
from gbcs_host.keep.kept_file import BadKeptLab
from gbcs_host.lab import supply
from gbcs_host.lab.compose import field
from gbcs_host.lab.inventory import Inventory
from gbcs_host.lab.lab import CHF, ESME, GSME, IHD, PPMID, Lab
from gbcs_host.lab.supply import AT_ONCE
from gbcs_host.links.faults import Faults

SEEDS = 200 if os.environ.get("GBCS_LONG") == "1" else 6
HUB, METER, GAS, HANDHELD, DISPLAY = [
    bytes.fromhex("00DB1234567890" + last) for last in ("B2", "A0", "A2", "A3", "A4")
]
HOUR_MS = 3_600_000
ALL = (
    events.FrameSent, events.MessageSent, events.MessageReceived, events.AlertReceived,
    events.ExchangeOver, events.JoinOver, events.InventoryChanged, events.DisplayChanged,
)  # fmt: skip


def made(radio, faults=None):
    """A prepaid home of all kinds of devices, with commands kept for later; displays are off."""
    lab = Lab(3, radio=radio, faults=faults)
    lab.make(CHF, HUB)
    for kind, eui in ((ESME, METER), (GSME, GAS), (PPMID, HANDHELD), (IHD, DISPLAY)):
        lab.make(kind, eui)
        assert lab.add_to_hub(HUB, eui).is_success
        assert lab.join(eui, HUB)
    for first, second in ((METER, HANDHELD), (GAS, HANDHELD), (METER, DISPLAY)):
        lab.introduce(first, second)
    lab.pass_time(120)
    away(lab)
    for exchange in supply.electricity_prepaid(lab, METER, 300_000):
        assert exchange.is_success
    for exchange in supply.gas_prepaid(lab, GAS, 200_000):
        assert exchange.answer is not None
    price_later(lab, random.Random(1))
    return lab


# What happens in a home, each with the lab and a generator of random numbers


def away(lab, chance=None):
    for eui in (HANDHELD, DISPLAY):
        if lab.han.stations:
            lab.han.switch_off(eui)


def visit(lab, chance):
    """The displays are switched on, and what comes next is that they are off."""
    if not lab.han.stations:
        return
    for eui in (HANDHELD, DISPLAY):
        lab.han.switch_on(eui, HUB)
    lab.pass_time(chance.randint(5, 60))
    if lab.han.stations[HANDHELD].phase == JOINED:
        press(lab, chance)


def press(lab, chance):
    fuel = chance.randrange(2)
    what = chance.randrange(4)
    if what == 0:
        number = lab.commands + 1000
        lab.top_up(HANDHELD, fuel, supply.token(lab, (METER, GAS)[fuel], number, 5))
    elif what == 1:
        lab.emergency(HANDHELD, fuel)
    elif what == 2:
        lab.enable(HANDHELD, fuel)
    elif lab.han.stations:
        octets = message.compose(message.ALERT, 7, HANDHELD, METER, 0x1000, b"\x01\x09\x00")
        lab.start_delivering(HANDHELD, octets)


def read(lab, chance):
    lab.start_reading(*chance.choice((("ECS17b", METER), ("ECS70", METER), ("GCS13a", GAS))))


def credit(lab, chance):
    lab.start_reading("ECS04a", METER, {"update_amount": chance.randint(1, 400_000)})


def message_to_displays(lab, chance):
    lab.start_reading("ECS10", METER, {"value": b"Number %d" % chance.randrange(1000)})


def price_later(lab, chance):
    at = lab.now + chance.randint(1, 20) * HOUR_MS
    when = field("octet-string", clock.date_time(at))
    rate = supply.charges(-5, [(b"\x01", chance.randint(10_000, 30_000))])
    standing = supply.charges(-4, [(b"", 5300)])
    supply.electricity(
        lab, METER, "ECS01b", None, {0: standing, 1: rate, 2: when, 3: when}
    )  # fmt: skip


def gas_price(lab, chance):
    supply.gas_price(lab, GAS, chance.randint(5_000, 9_000), 30_000, "Kept")


def mode(lab, chance):
    values = {"payment_mode": chance.choice((1, 2)), "account_activation_time": AT_ONCE}
    values["activate_passive_value_time"] = AT_ONCE
    supply.electricity(lab, METER, "ECS03", values)


def restart(lab, chance):
    lab.restart(chance.choice((METER, GAS)))


def unplug(lab, chance):
    eui = chance.choice((METER, GAS))
    lab.han.dead ^= {eui}


def join_again(lab, chance):
    lab.start_joining(METER, HUB)


ACTIONS = (
    visit, read, read, read, credit, message_to_displays, price_later, gas_price, mode, restart,
    unplug, join_again,
)  # fmt: skip


def play(lab, seed, until):
    """Has things happen until a moment, milliseconds since 2000."""
    chance = random.Random(seed)
    while lab.now < until:
        is_on = DISPLAY in lab.han.stations and lab.han.stations[DISPLAY].is_awake
        wait = chance.randint(1, 120_000 if is_on else 3 * HOUR_MS)
        lab.pass_time(min(wait, until - lab.now) / 1000)
        if lab.now < until:
            (away if is_on else chance.choice(ACTIONS))(lab, chance)


def played(lab, seed, until):
    """The digest of all that is told of while this is played, and how much it is."""
    digest = hashlib.sha256()
    told = []

    def observer(event):
        told.append(type(event).__name__)
        if isinstance(event, events.ExchangeOver):
            event = (event.at, event.device, event.exchange.command, event.exchange.answer)
        elif isinstance(event, events.JoinOver):
            event = (event.at, event.device, event.hub, event.joining.by, event.joining.why)
        elif isinstance(event, events.DisplayChanged):
            event = (event.at, event.device)
        digest.update(repr(event).encode())

    stop = lab.observe(observer, *ALL)
    play(lab, seed, until)
    stop()
    return digest.hexdigest(), len(told)


def content(path):
    return gzip.open(path, "rb").read()


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """Files of homes without radio, with it, and with a bad radio."""
    folder = tmp_path_factory.mktemp("homes")
    faults = Faults(loss=3, duplication=2, jitter_ms=4, bit_errors=1, seed=5)
    paths = []
    for number, arguments in enumerate(((False,), (True,), (True, faults))):
        paths.append(str(folder / ("%d.lab" % number)))
        made(*arguments).save(paths[-1])
    return paths


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_next_day_is_the_same_octets(homes, seed, tmp_path):
    lab = Lab.restored(homes[seed % len(homes)])
    chance = random.Random("moment/%d" % seed)
    moment = lab.now + chance.randint(1, 8 * HOUR_MS)
    play(lab, 2 * seed, moment)
    saved = str(tmp_path / "saved.lab")
    lab.save(saved)
    other = Lab.restored(saved)
    again = str(tmp_path / "again.lab")
    other.save(again)
    assert content(saved) == content(again)
    until = lab.now + 24 * HOUR_MS
    undisturbed, restored = [played(each, 2 * seed + 1, until) for each in (lab, other)]
    assert undisturbed == restored
    assert undisturbed[1] > 10
    ends = [str(tmp_path / name) for name in ("lab", "other")]
    for each, path in zip((lab, other), ends, strict=True):
        each.save(path)
    assert content(ends[0]) == content(ends[1])


@pytest.mark.parametrize("home", [0, 1])
def test_another_process_goes_on_with_it(homes, home):
    lab = Lab.restored(homes[home])
    until = lab.now + 12 * HOUR_MS
    mine = played(lab, 99, until)
    done = subprocess.run(
        [sys.executable, __file__, homes[home], "99", str(until)],
        env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == [str(part) for part in mine], done.stderr


# What is under way, and who is told


def test_what_was_under_way_is_answered_after_it(homes, tmp_path):
    lab = Lab.restored(homes[1])
    pending = lab.start_reading("GCS13a", GAS)
    second = lab.start_reading("ECS17b", METER)
    told = []
    pending.when_over(told.append)
    lab.save(str(tmp_path / "lab"))
    other = Lab.restored(str(tmp_path / "lab"))
    mine = other.under_way()
    assert [(each.octets, each.recipient) for each in mine] == [
        (each.octets, each.recipient) for each in (pending, second)
    ]
    over = []
    mine[0].when_over(over.append)
    other.observe(over.append, events.ExchangeOver)
    other.pass_time(3600)
    assert all(each.is_over and each.exchange.is_success for each in mine)
    assert len(over) == 3
    assert not told
    assert not pending.is_over


def test_service_requests_under_way_change_the_inventory_of_the_restored_lab(homes, tmp_path):
    lab = Lab.restored(homes[1])
    second = bytes.fromhex("00DB1234567890E0")
    lab.make(ESME, second)
    lab.start_disconnecting(GAS)
    lab.start_disconnecting(METER)
    lab.save(str(tmp_path / "lab"))
    other = Lab.restored(str(tmp_path / "lab"))
    for each in (lab, other):
        assert each.start_adding(HUB, second, "12").is_over  # the hub itself answers at once
        assert each.inventory.device(second)["status"] == "whitelisted"
        each.pass_time(7200)
        assert each.inventory.device(METER)["status"] == "pending"
    for eui in (METER, GAS, second):
        assert lab.inventory.history(eui) == other.inventory.history(eui)
    assert lab.inventory.history(GAS)[-1]["event"].startswith("disconnect")


def test_a_delivery_of_a_display_goes_on(homes, tmp_path):
    lab = Lab.restored(homes[1])
    lab.han.switch_on(HANDHELD, HUB)
    lab.pass_time(60)
    record = supply.compose.access_request("ECS17b", 9, None, lab.parties["supplier"].eui, METER)
    case = supply.compose.case_of("ECS17b")
    octets = lab.parties.command_for(case, lab.parties["supplier"], METER, record)
    lab.start_delivering(HANDHELD, octets)
    lab.save(str(tmp_path / "lab"))
    other = Lab.restored(str(tmp_path / "lab"))
    (mine,), (delivery,) = lab.under_way(), other.under_way()
    lab.wait(mine)
    other.wait(delivery)
    assert mine.was_sent
    assert vars(mine) == vars(delivery)
    assert not other.under_way()


def test_observers_and_what_a_capture_needs_are_new(homes, tmp_path):
    frames, keys, told = [], [], []
    lab = Lab.restored(
        homes[1],
        watch=lambda octets, us: frames.append(octets),
        reveal=lambda *key: keys.append(key),
    )
    lab.observe(told.append, events.FrameSent)
    labels = {label for label, _, _ in keys}
    assert labels == {"install code's key", "link key", "network key"}
    lab.read("ECS17b", METER)
    assert frames == [event.octets for event in told] != []
    lab.save(str(tmp_path / "lab"))
    frames.clear()
    Lab.restored(str(tmp_path / "lab")).read("ECS17b", METER)
    assert not frames


def test_the_inventory_goes_to_a_database(homes, tmp_path):
    url = "sqlite:///%s" % (tmp_path / "inventory.sqlite")
    lab = Lab.restored(homes[0], url)
    other = Lab.restored(homes[0])
    assert lab.inventory.devices() == other.inventory.devices() != []
    assert lab.inventory.history(METER) == other.inventory.history(METER)
    lab.inventory.commissioned(METER, lab.now)
    lab.inventory.close()
    with pytest.raises(ValueError, match="without devices"):
        Lab.restored(homes[0], url)
    assert Inventory(url).device(METER)["status"] == "commissioned"


# What is refused


def test_only_its_owner_may_read_it_and_no_file_is_replaced(homes):
    lab = Lab.restored(homes[0])
    if os.name == "posix":
        assert os.stat(homes[0]).st_mode & 0o777 == 0o600
    lab.pass_time(1)
    with pytest.raises(keyfiles.WouldOverwrite):
        lab.save(homes[0])


def test_a_lab_is_not_kept_while_time_passes(homes, tmp_path):
    lab = Lab.restored(homes[1])
    refused = []

    def observer(event):
        with pytest.raises(CannotKeep, match="no time passing"):
            lab.save(str(tmp_path / "lab"))
        refused.append(event)

    lab.observe(observer, events.ExchangeOver)
    lab.read("ECS17b", METER)
    lab.start_reading_logs(HUB)  # which is over without time
    assert len(refused) == 2
    assert not os.path.exists(tmp_path / "lab")


def test_what_a_file_cannot_hold_is_named(tmp_path):
    lab = Lab(1, radio=True)
    lab.make(CHF, HUB)
    lab.han.hubs[HUB].on_error = print
    with pytest.raises(CannotKeep, match=r"Hub\.on_error refers to a builtins\.builtin_function"):
        lab.save(str(tmp_path / "lab"))
    lab.han.hubs[HUB].on_error = lambda error: None
    with pytest.raises(CannotKeep, match="on_error refers to the function"):
        lab.save(str(tmp_path / "lab"))
    assert not os.listdir(tmp_path)


def rows_of(path):
    return [json.loads(line) for line in content(path).splitlines()]


def with_rows(rows, path):
    rows[0]["rows"] = len(rows) - 1
    text = "".join(json.dumps(row) + "\n" for row in rows)
    with gzip.open(path, "wb") as file:
        file.write(text.encode())
    return str(path)


def test_damage_is_told_and_nothing_else_happens(homes, tmp_path):
    octets = pathlib.Path(homes[0]).read_bytes()
    path = str(tmp_path / "damaged")
    chance = random.Random(1)
    for _ in range(60):
        damaged = bytearray(octets)
        kind = chance.randrange(3)
        if kind == 0:
            damaged[chance.randrange(10, len(damaged))] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del damaged[chance.randrange(len(damaged)) :]
        else:
            damaged = bytearray(chance.randbytes(chance.randrange(200)))
        pathlib.Path(path).write_bytes(damaged)
        with pytest.raises(BadKeptLab):
            Lab.restored(path)
    with pytest.raises(OSError, match="nowhere"):
        Lab.restored(str(tmp_path / "nowhere"))


def test_rows_that_no_writer_makes_are_bad_rows(homes, tmp_path):
    """Each value of some rows is another: a lab comes of it, or BadKeptLab, and nothing else."""
    rows = rows_of(homes[0])
    others = (None, True, -1, 0, 1, 5000, 1.5, "", "gbcs", [0], [1], [10**9], [-1], [], {}, [[]])
    chance = random.Random(2)
    told = []
    for _ in range(300):
        changed = [*rows]
        number = chance.randrange(1, len(rows))
        row = list(rows[number])
        row[chance.randrange(len(row))] = chance.choice(others)
        changed[number] = row
        try:
            Lab.restored(with_rows(changed, tmp_path / "changed"))
        except BadKeptLab as error:
            told.append(str(error))
    assert len(told) > 50
    assert all("expected" in text for text in told)


def test_another_version_is_named(homes, tmp_path):
    rows = rows_of(homes[0])
    rows[0]["version"] = "9.9"
    with pytest.raises(BadKeptLab, match=r"kept by gbcs-lab .* expected, this one is by 9\.9"):
        Lab.restored(with_rows(rows, tmp_path / "newer"))


def test_values_too_deep_or_too_large_to_compare_are_bad_rows(homes, tmp_path):
    rows = rows_of(homes[0])
    start = len(rows) - 1
    rows[1] = [*rows[1], "planted", [start]]
    deep = [["tuple", [start + 1 + number]] for number in range(5000)]
    wide = [["tuple", *([start + 1 + number],) * 2] for number in range(60)]
    for planted in (deep, wide):
        last = start + len(planted)
        content = [*rows, ["set", [start + 1]], *planted[1:], ["tuple", 1]]
        with pytest.raises(BadKeptLab):
            Lab.restored(with_rows(content, tmp_path / "large"))
        # the innermost first: nothing is read within another
        shifted = [["tuple", 1]]
        for number in range(1, len(planted)):
            inner = [start + number - 1]
            shifted.append(["tuple", inner] if planted is deep else ["tuple", inner, inner])
        content = [*rows, *shifted, ["set", [last - 1]]]
        with pytest.raises(BadKeptLab):
            Lab.restored(with_rows(content, tmp_path / "large"))


def test_a_line_without_end_is_refused(tmp_path):
    path = str(tmp_path / "bomb")
    header = {"gbcs-lab": "kept lab", "version": gbcs.__version__, "now": 0, "rows": 1}
    with gzip.open(path, "wb") as file:
        file.write(json.dumps(header).encode() + b"\n")
        for _ in range(64):
            file.write(b" " * (1 << 20))
    with pytest.raises(BadKeptLab, match="rows of"):
        Lab.restored(path)


HOSTILE = (
    # the row of a function that the lab would call, or of a class that it would make
    ["function", "os:system"],
    ["function", "gbcs_host.keyfiles:write"],
    ["function", "gbcs_host.cli:main"],
    ["module", "gbcs_host.__main__"],
    ["module", "os"],
    ["constant", "gbcs_device.base.store:FileMedium"],
    ["constant", "gbcs_host.lab.lab:Lab"],
    ["constant", "gbcs_host.lab.pki:os.environ"],
    ["constant", "gbcs_host.lab.lab:kept_file.FORMS"],
    ["object", "gbcs_host.lab.inventory:Session"],
    ["object", "gbcs_host.lab.owner:asyncio.base_events.subprocess.Popen"],
    ["object", "gbcs_host.lab.owner:asyncio.base_subprocess.BaseSubprocessTransport"],
    ["object", "gbcs_device.base.store:FileMedium"],
    ["object", "subprocess:Popen"],
    ["object", "gbcs_host.links.serial:SerialLink"],
    ["object", "gbcs_host.lab.inventory:StaticPool"],
    ["object", "gbcs_host.lab.lab:random._os._Environ"],
    ["named", "gbcs_host.lab.lab:random._os.stat_result"],
    ["constant", "gbcs_host.lab.lab:random._os.environ"],
    ["closure", "gbcs_host.han.events:Observers.observe", "stop.0", None],
    ["closure", "gbcs_host.han.events:Observers.observe", "stop.7", None],
    ["closure", "gbcs_host.lab.pki:os.walk", "x.0", None],
    ["method", [0], "save"],
    ["method", [0], "__init__"],
    ["method", [0], "__class__"],
    ["partial", [0]],
    ["made", "eval", "1"],
    ["made", "private key", [0]],
    ["random", 3, None, 1],
    ["named", "gbcs_host.lab.lab:Lab"],
    ["code", "x"],
)


@pytest.mark.parametrize("row", HOSTILE, ids=str)
def test_a_file_names_nothing_that_does_harm(homes, row, tmp_path):
    rows = rows_of(homes[0])
    assert rows[1][:2] == ["object", "gbcs_host.lab.lab:Lab"]
    rows[1] = [*rows[1], "planted", [len(rows) - 1]]
    rows.append(row)
    with pytest.raises(BadKeptLab, match="row %d: " % (len(rows) - 2)):
        Lab.restored(with_rows(rows, tmp_path / "hostile"))


if __name__ == "__main__":
    print(*played(Lab.restored(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
