"""SECMP0013: smart meters are checked in a supplier's laboratory and prepared for another home.

Three parts: the quality check of new meters; a meter that is returned while joined to a consumer's
hub; and the cases that must fail.

Sources: DCC impact assessment of SECMP0013, 2.6.1 (disconnecting a meter), 2.6.2 (a meter
installed before), 2.6.3 (service requests in quality checks), 3.2 (8.9, 8.15, 8.16), 8.2 (risks).
"""

import base64
from typing import Any

from gbcs import devicelog, payload, usecases
from gbcs_device.base.store import PowerCut
from gbcs_host.lab.lab import CHF, ESME, GSME
from gbcs_host.lab.service_requests import JOIN_TIMEOUT_S, encoded_log

TITLE = "SECMP0013: quality check, returned meter, and what must fail"

_QA_HUB = bytes.fromhex("00DB1234567890B2")
_OTHER_HUB = bytes.fromhex("00DB1234567890B4")
_HOME_HUB = bytes.fromhex("00DB1234567890C2")
_NEW_ESME = bytes.fromhex("00DB1234567890A0")
_NEW_GSME = bytes.fromhex("00DB1234567890A1")
_RETURNED = bytes.fromhex("00DB1234567890D0")
_DEAD = bytes.fromhex("00DB1234567890D1")
_ORPHAN = bytes.fromhex("00DB1234567890D2")
_MPAN, _MPRN = "1200012345678", "7001234509"
_CS14 = 0x0018
_NAMES = {_NEW_ESME: "ESME", _NEW_GSME: "GSME"}


def play(p: Any) -> None:
    """Plays all parts of the scenario."""
    for hub in (_QA_HUB, _OTHER_HUB, _HOME_HUB):
        p.lab.make(CHF, hub)
    quality_check(p)
    returned_meter(p)
    must_fail(p)


def quality_check(p: Any) -> None:
    """2.6.1: new meters join the QA hub, are read, leave it and join another hub."""
    p.part("Quality check")
    lab = p.lab
    with p.step("two meters come out of the box", "they are known, and belong nowhere") as step:
        lab.make(ESME, _NEW_ESME)
        lab.make(GSME, _NEW_GSME)
        for eui, name in _NAMES.items():
            _inventory(step, lab, eui, "pending", None, [], name)
    for eui, points in ((_NEW_ESME, _MPAN), (_NEW_GSME, _MPRN)):
        with p.step(
            "8.11 adds the %s to the QA hub" % _NAMES[eui], "CCS01 lists a device by install code"
        ) as step:
            step.check(lab.add_to_hub(_QA_HUB, eui, points).is_success, "CCS01 answers success")
            _inventory(step, lab, eui, "whitelisted", _QA_HUB, [points], _NAMES[eui])
            step.check(_alerted(lab, _QA_HUB), "the hub reports its device log (CS14)")
        _joins(p, eui, _QA_HUB, devicelog.INSTALL_CODE_KEY, _NAMES[eui])
    with p.step("the ESME is read and configured", "any service request works in the lab") as step:
        for use_case, values in (
            ("ECS70", None),
            ("ECS17b", None),
            ("ECS52", None),
            ("ECS10", {"value": b"Checked"}),
            ("ECS35b", None),
        ):
            exchange = lab.read(use_case, _NEW_ESME, values)
            step.check(exchange.is_success, "%s answers success" % use_case)
        before = _import_wh(lab.read("ECS17b", _NEW_ESME))
        lab.pass_time(3600)
        after = _import_wh(lab.read("ECS17b", _NEW_ESME))
        step.check(after > before, "an hour later %d Wh more are counted" % (after - before))
    with p.step("the GSME is read and configured", "any service request works in the lab") as step:
        for use_case, values in (
            ("GCS13a", None),
            ("GCS38", None),
            ("GCS41", {"site_id": _MPRN.encode()}),
            ("GCS46", None),
            ("GCS33", None),
        ):
            exchange = lab.read(use_case, _NEW_GSME, values)
            step.check(exchange.is_success, "%s answers success" % use_case)
    for eui in _NAMES:
        _disconnects(p, eui, _NAMES[eui])
        with p.step(
            "8.11 removes the %s from the QA hub" % _NAMES[eui], "its key goes to the history"
        ) as step:
            step.check(lab.remove_from_hub(_QA_HUB, eui).is_success, "CCS02 answers success")
            exchange, logs = lab.read_logs(_QA_HUB)
            step.check(exchange.is_success, "CCS07 answers success")
            current, historic = ([mac for mac, _ in log.devices] for log in logs)
            step.check(eui not in current, "the device log does not list it any more")
            step.check(historic[-1] == eui, "the historic device log does, last")
    for eui, points in ((_NEW_ESME, _MPAN), (_NEW_GSME, _MPRN)):
        with p.step(
            "8.11 adds the %s to another hub" % _NAMES[eui], "it can be used again"
        ) as step:
            exchange = lab.add_to_hub(_OTHER_HUB, eui, points)
            step.check(exchange.is_success, "CCS01 answers success")
        _joins(p, eui, _OTHER_HUB, devicelog.INSTALL_CODE_KEY, _NAMES[eui])


def returned_meter(p: Any) -> None:
    """2.6.2: a meter is returned without 8.15: the QA hub takes over from the consumer's hub."""
    p.part("Returned meter")
    lab = p.lab
    with p.step("at a consumer's home", "the meter joins and is commissioned") as step:
        lab.make(ESME, _RETURNED)
        step.check(lab.add_to_hub(_HOME_HUB, _RETURNED, _MPAN).is_success, "CCS01 answers success")
        _on(step, lab.join(_RETURNED, _HOME_HUB), "it joins by its install code")
        lab.inventory.commissioned(_RETURNED, lab.now)
        _inventory(step, lab, _RETURNED, "commissioned", _HOME_HUB, [_MPAN], "the meter")
    with p.step(
        "taken away, it is switched on near the QA hub", "without a disconnect it joins no other"
    ) as step:
        step.check(lab.list_on_hub(_QA_HUB, _RETURNED).is_success, "CCS01 lists it there")
        tried = lab.join(_RETURNED, _QA_HUB)
        step.check(not tried, "joining by install code fails: %s" % tried.why)
    logs: list[str] = []
    with p.step("8.9 reads the logs of the consumer's hub", "CCS07 gives what 8.16 needs") as step:
        exchange, backups = lab.read_logs(_HOME_HUB)
        step.check(exchange.is_success, "CCS07 answers success")
        hashed = lab.han.meters[_RETURNED].hashed_key()
        step.check((_RETURNED, hashed) in backups[0].devices, "the current log has the key's hash")
        step.check(backups[1].devices == [], "the historic log is there, and empty")
        logs.append(encoded_log(exchange))
        step.note("base64 for 8.16: %s" % logs[0])
    with p.step(
        "8.16 restores the meter's entry to the QA hub", "one entry of the log, by CCS03"
    ) as step:
        before = lab.han.hubs[_QA_HUB].log.extended_pan_id
        step.check(
            lab.restore(_QA_HUB, _RETURNED, logs[0], _MPAN).is_success, "CCS03 answers success"
        )
        log = lab.han.hubs[_QA_HUB].log
        home = lab.han.hubs[_HOME_HUB].log.extended_pan_id
        step.check(log.extended_pan_id == home != before, "the network has the old hub's name")
        step.check(
            [entry.mac for entry in log.entries] == [_RETURNED], "the log has this one entry"
        )
        step.check(_alerted(lab, _QA_HUB), "the hub reports its device log (CS14)")
        _inventory(step, lab, _RETURNED, "whitelisted", _QA_HUB, [_MPAN], "the meter")
    with p.step("the meter finds its network again", "trust centre swap-out") as step:
        old = lab.han.hubs[_QA_HUB].log.find(_RETURNED).hashed
        joined = lab.join(_RETURNED, _QA_HUB)
        step.check(joined.by == devicelog.HASHED_KEY, "it comes back by the hash of its link key")
        new = lab.han.hubs[_QA_HUB].log.find(_RETURNED).hashed
        step.check(old != new, "a new key is agreed on, the hash in the log is another")
        step.check(_alerted(lab, _QA_HUB), "the hub reports its device log (CS14)")
    with p.step("the meter is read", "any service request works in the lab") as step:
        for use_case in ("ECS17b", "ECS52", "ECS35b"):
            step.check(lab.read(use_case, _RETURNED).is_success, "%s answers success" % use_case)
    _disconnects(p, _RETURNED, "returned meter")
    with p.step("it joins another hub", "it is ready to be used again") as step:
        exchange = lab.add_to_hub(_OTHER_HUB, _RETURNED, _MPAN)
        step.check(exchange.is_success, "CCS01 answers success")
        _on(step, lab.join(_RETURNED, _OTHER_HUB), "it joins by its install code")


def must_fail(p: Any) -> None:
    """Dead and orphaned meters, unauthorised commands, damaged device logs, power cuts."""
    p.part("What must fail")
    lab = p.lab
    with p.step("a dead meter", "the check says that it cannot be used") as step:
        lab.make(ESME, _DEAD)
        lab.han.dead.add(_DEAD)
        step.check(lab.add_to_hub(_OTHER_HUB, _DEAD).is_success, "8.11 lists it")
        tried = lab.join(_DEAD, _OTHER_HUB)
        step.check(not tried, "it does not join: %s" % tried.why)
        step.check(lab.disconnect(_DEAD).answer is None, "8.15 gets no answer")
        _history(step, lab, _DEAD, "no answer")
        step.check(lab.remove_from_hub(_OTHER_HUB, _DEAD).is_success, "8.11 takes it off the list")
    with p.step(
        "removed from the whitelist before it is disconnected", "risk MP13_TR1, and the way back"
    ) as step:
        lab.make(ESME, _ORPHAN)
        lab.add_to_hub(_HOME_HUB, _ORPHAN, _MPAN)
        _on(step, lab.join(_ORPHAN, _HOME_HUB), "it has joined the consumer's hub")
        step.check(lab.remove_from_hub(_HOME_HUB, _ORPHAN).is_success, "CCS02 removes it")
        step.check(lab.disconnect(_ORPHAN).answer is None, "8.15 fails: no hub reaches the meter")
        _history(step, lab, _ORPHAN, "no answer")
        lab.add_to_hub(_OTHER_HUB, _ORPHAN, _MPAN)
        tried = lab.join(_ORPHAN, _OTHER_HUB)
        step.check(not tried, "it cannot be reused: %s" % tried.why)
        exchange, logs = lab.read_logs(_HOME_HUB)
        step.check(_ORPHAN in [mac for mac, _ in logs[1].devices], "the historic log has its key")
        restored = lab.restore(_QA_HUB, _ORPHAN, encoded_log(exchange, historic=True), _MPAN)
        step.check(restored.is_success, "so 8.16 with that log brings it back")
        _on(step, lab.join(_ORPHAN, _QA_HUB), "it comes back by the hash of its link key")
    _refusals(p)
    with p.step("a seventeenth device", "a device log holds sixteen") as step:
        hub = bytes.fromhex("00DB1234567890E2")
        lab.make(CHF, hub)
        euis = [bytes.fromhex("00DB1234567891%02X" % number) for number in range(17)]
        for eui in euis:
            lab.make(ESME, eui)
        added = [lab.add_to_hub(hub, eui).is_success for eui in euis]
        step.check(added == [True] * 16 + [False], "the sixteenth is added, the next refused")
        step.check(lab.inventory.device(euis[16])["status"] == "pending", "it stays pending")
    with p.step("a damaged device log", "8.16 takes none") as step:
        good = encoded_log(lab.read_logs(_QA_HUB)[0])
        octets = base64.b64decode(good)
        before = lab.commands
        for damage, log in (
            ("a character that is not base64", "*" + good[1:]),
            ("octets missing at the end", base64.b64encode(octets[:-5]).decode()),
            ("octets behind it", base64.b64encode(octets + b"\x00").decode()),
            ("another meter's log", base64.b64encode(octets.replace(_ORPHAN, _DEAD)).decode()),
        ):
            try:
                lab.restore(_QA_HUB, _ORPHAN, log, _MPAN)
                step.check(False, "%s: refused" % damage)
            except ValueError as error:
                step.check(True, "%s: refused (%s)" % (damage, error))
        step.check(lab.commands == before, "nothing was sent to the hub")
    _power_cuts(p)


def _refusals(p: Any) -> None:
    """CS02f from a wrong party, for another meter, replayed or altered: the meter stays joined."""
    lab = p.lab
    meter = lab.han.meters[_ORPHAN]
    for title, how in (
        ("CS02f by a network operator", {"party": "network operator"}),
        ("CS02f with another's signature", {"signer": lab.parties["network operator"].eui}),
        ("CS02f with a counter used before", {"counter": lab.parties["supplier"].counter}),
    ):
        with p.step(title, "the meter stays, and notes it") as step:
            if "counter" in how:
                lab.read("ECS70", _ORPHAN)  # the last critical command accepted
                how = {"counter": lab.parties["supplier"].counter}
            _refused(step, lab, meter, lambda how=how: lab.disconnect(_ORPHAN, **how))
    for title, place in (
        ("CS02f with a wrong MAC", -1),
        ("CS02f with a wrong signature", -20),
        ("CS02f that was altered", 50),
    ):
        with p.step(title, "the meter stays, and notes it") as step:
            altered = bytearray(_disconnect_command(lab, _ORPHAN))
            altered[place] ^= 1
            wrong = bytes(altered)
            _refused(step, lab, meter, lambda wrong=wrong: lab.carry("CS02f", wrong, _ORPHAN))
    with p.step("CS02f for another meter", "a meter takes only what is addressed to it") as step:
        octets = _disconnect_command(lab, _NEW_ESME)
        step.check(meter.receive(octets, lab.now) is None, "no answer")
        step.check(meter.is_joined(), "the meter is still joined")


def _refused(step: Any, lab: Any, meter: Any, send: Any) -> None:
    before = len(meter.security_log())
    exchange = send()
    step.check(exchange.answer is None, "no answer")
    step.check(meter.is_joined(), "the meter is still joined")
    entries = [code for _, code in meter.security_log()[before:]]
    step.check(bool(entries), "its security log has %s" % ", ".join("%04X" % c for c in entries))


def _disconnect_command(lab: Any, eui: bytes) -> bytes:
    record = payload.Asn1("DisconnectFromHanCommand", (None, "NULL", None, None))
    case = usecases.by_name(usecases.DRAFT_NAME)[0]
    octets: bytes = lab.parties.command_for(case, lab.parties["supplier"], eui, record)
    return octets


def _power_cuts(p: Any) -> None:
    """Power fails at different octets that a meter or hub writes; then the step is repeated."""
    lab = p.lab
    for title, run in (
        ("the hub's power goes during CCS01", _cut_addition),
        ("the meter's power goes while it joins", _cut_joining),
        ("the meter's power goes during CS02f", _cut_disconnect),
        ("the hub's power goes during CCS02", _cut_removal),
        ("the hub's power goes during CCS03", _cut_restore),
    ):
        with p.step(title, "afterwards the same finishes the job, or says what is so") as step:
            run(step, lab)


def _cut_addition(step: Any, lab: Any) -> None:
    eui = bytes.fromhex("00DB1234567890F2")
    lab.make(ESME, eui)
    _until_done(
        step, lab, _OTHER_HUB,
        lambda: lab.add_to_hub(_OTHER_HUB, eui, _MPAN), lambda log: log.find(eui) is not None,
    )  # fmt: skip
    log = lab.han.hubs[_OTHER_HUB].log
    step.check([entry.mac for entry in log.entries].count(eui) == 1, "the device is listed once")
    _on(step, lab.join(eui, _OTHER_HUB), "and joins")
    lab.remove_from_hub(_OTHER_HUB, eui)


def _cut_joining(step: Any, lab: Any) -> None:
    eui = bytes.fromhex("00DB1234567890F3")
    lab.make(ESME, eui)
    cuts = halves = tries = 0
    whole = True
    joined = None
    while not joined and tries < 300:
        tries += 1
        log = lab.han.hubs[_OTHER_HUB].log
        entry = log.find(eui)
        if entry is not None and entry.link_key and not lab.han.meters[eui].is_joined():
            lab.remove_from_hub(_OTHER_HUB, eui)  # the hub has a key that the meter has not
        if not lab.han.hubs[_OTHER_HUB].log.keys(eui, lab.now):
            lab.add_to_hub(_OTHER_HUB, eui, _MPAN)
        lab.cut_power(eui, 37 * cuts)
        try:
            joined = lab.join(eui, _OTHER_HUB)
            if not joined:  # the hub has a key of the meter, which it tries first
                halves += 1
                lab.pass_time(JOIN_TIMEOUT_S / 2)
                joined = lab.join(eui, _OTHER_HUB)
        except PowerCut:
            cuts += 1
            meter = lab.restart(eui)
            whole = whole and meter.is_joined() == (meter.network() is not None)
    lab.cut_power(eui, None)
    step.check(whole and cuts > 5, "at %d cuts it had network and key, or neither" % cuts)
    _on(step, joined, "then the meter joins")
    step.check(halves, "by its install code in the second half of the time, %d times" % halves)
    lab.disconnect(eui)
    lab.remove_from_hub(_OTHER_HUB, eui)


def _cut_disconnect(step: Any, lab: Any) -> None:
    eui = bytes.fromhex("00DB1234567890F0")
    lab.make(ESME, eui)
    cuts = left = tries = 0
    exchange = None
    while not (exchange and exchange.is_success) and tries < 500:
        tries += 1
        if lab.inventory.device(eui)["hub"] is None:
            lab.add_to_hub(_OTHER_HUB, eui, _MPAN)
        if not lab.han.meters[eui].is_joined():
            lab.join(eui, _OTHER_HUB)
        lab.cut_power(eui, 11 * cuts)
        try:
            exchange = lab.disconnect(eui)
        except PowerCut:
            cuts += 1
            lab.inventory.disconnect_failed(eui, lab.now, "no answer")
            lab.restart(eui)
        if not (exchange and exchange.is_success) and not lab.han.meters[eui].is_joined():
            left += 1
            lab.inventory.disconnected(eui, lab.now)  # as adding it again shows
            lab.remove_from_hub(_OTHER_HUB, eui)
    step.check(exchange and exchange.is_success, "after %d cuts the command succeeds" % cuts)
    step.check(cuts > 5, "power went at %d places" % cuts)
    step.check(not lab.han.meters[eui].is_joined(), "the meter has left")
    step.note("%d times it had left without an answer, and could be added again" % left)
    lab.cut_power(eui, None)
    lab.remove_from_hub(_OTHER_HUB, eui)


def _cut_removal(step: Any, lab: Any) -> None:
    eui = bytes.fromhex("00DB1234567890F1")
    lab.make(ESME, eui)
    step.check(lab.add_to_hub(_OTHER_HUB, eui, _MPAN).is_success, "the meter is listed")
    _on(step, lab.join(eui, _OTHER_HUB), "and joined")
    _until_done(
        step, lab, _OTHER_HUB,
        lambda: lab.remove_from_hub(_OTHER_HUB, eui), lambda log: log.find(eui) is None,
    )  # fmt: skip
    log = lab.han.hubs[_OTHER_HUB].log
    step.check(log.find(eui) is None, "the device log does not list it")
    step.check(log.find_historic(eui) is not None, "the historic log has its key")


def _cut_restore(step: Any, lab: Any) -> None:
    good = encoded_log(lab.read_logs(_QA_HUB)[0])
    hub = bytes.fromhex("00DB1234567890E4")
    lab.make(CHF, hub)
    _until_done(
        step, lab, hub,
        lambda: lab.restore(hub, _ORPHAN, good, _MPAN),
        lambda log: [entry.mac for entry in log.entries] == [_ORPHAN],
    )  # fmt: skip
    log = lab.han.hubs[hub].log
    step.check([entry.mac for entry in log.entries] == [_ORPHAN], "the log is the restored one")


def _until_done(step: Any, lab: Any, hub: bytes, send: Any, is_done: Any) -> None:
    """Repeats a command, power failing a little later each time, until it is answered."""
    cuts = 0
    exchange = None
    whole = True
    was_done = False
    while exchange is None or (exchange.answer is None and cuts < 500):
        before = lab.han.hubs[hub].log
        lab.cut_power(hub, 13 * cuts)
        try:
            exchange = send()
        except PowerCut:
            cuts += 1
            log = lab.restart(hub).log
            whole = whole and (log.entries == before.entries or is_done(log))
            was_done = was_done or is_done(log)
    step.check(whole and cuts > 5, "at %d cuts the log was the old one or the new one" % cuts)
    lab.cut_power(hub, None)
    if was_done and not exchange.is_success:  # a second CCS02 is refused
        step.note("at a cut it had been done, and only the answer was lost")
    else:
        step.check(exchange.is_success, "after %d cuts the command succeeds" % cuts)


def _joins(p: Any, eui: bytes, hub: bytes, by: str, name: str) -> None:
    lab = p.lab
    with p.step("the %s is switched on" % name, "it joins by itself, and its key is kept") as step:
        joined = lab.join(eui, hub)
        step.check(joined.by == by, "it joins by the %s" % by)
        meter = lab.han.meters[eui]
        entry = lab.han.hubs[hub].log.find(eui)
        step.check(
            entry.hashed == meter.hashed_key(), "the device log has the hash of its link key"
        )
        step.check(_alerted(lab, hub), "the hub reports its device log (CS14)")


def _on(step: Any, joined: Any, text: str) -> None:
    """Checks that a meter joined; where it did not, the text has the reason."""
    step.check(joined, text if joined else "%s (%s)" % (text, joined.why))


def _disconnects(p: Any, eui: bytes, name: str) -> None:
    lab = p.lab
    with p.step("8.15 tells the %s to leave" % name, "CS02f: it answers, then leaves") as step:
        exchange = lab.disconnect(eui)
        step.check(exchange.is_success, "CS02f answers success")
        signed = exchange.verdict is not None and exchange.verdict.signature == "valid"
        step.check(signed, "signed by the meter")
        meter = lab.han.meters[eui]
        step.check(not meter.is_joined(), "it has forgotten network and link key")
        step.check(meter.has_install_code(), "its install code is what it was")
        _inventory(step, lab, eui, "pending", None, [], "it")


def _inventory(
    step: Any,
    lab: Any,
    eui: bytes,
    status: str,
    hub: "bytes | None",
    points: "list[str]",
    name: str,
) -> None:
    device = lab.inventory.device(eui)
    wanted = (status, None if hub is None else hub.hex(), points)
    is_so = (device["status"], device["hub"], device["meter_points"]) == wanted
    where = "no hub" if hub is None else "hub %s" % hub.hex().upper()
    text = "inventory: %s is %s, %s, %s" % (name, status, where, " ".join(points) or "no MPxN")
    step.check(is_so, text)


def _history(step: Any, lab: Any, eui: bytes, note: str) -> None:
    last = [event for event in lab.inventory.history(eui) if "8.15" in event["event"]][-1]
    text = "inventory: %s, because: %s" % (last["event"], last["note"])
    step.check(last["note"] == note and last["before"] == last["after"], text)


def _alerted(lab: Any, hub: bytes) -> bool:
    """Whether the hub has sent CS14, the alert with its device log, with a valid MAC."""
    alerts = [alert for alert in lab.alerts_of(hub) if alert.message.code == _CS14]
    return bool(alerts) and all(alert.mac == "valid" and alert.error is None for alert in alerts)


def _import_wh(exchange: Any) -> int:
    """The active import in an ECS17b response, in Wh."""
    (block,) = exchange.verdict.opened
    structure = block.fields[0][2][0][2]
    value: int = structure[0][2]
    return value
