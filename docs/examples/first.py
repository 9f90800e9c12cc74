"""A scenario for the first five minutes: an ESME joins a hub, and is read."""

from gbcs_host.lab.lab import CHF, ESME

TITLE = "A meter is installed and read"

HUB = bytes.fromhex("00DB1234567890B2")
METER = bytes.fromhex("00DB1234567890A0")


def play(p):
    """Plays it: p.lab is the lab, p.step one step with its checks."""
    lab = p.lab
    lab.make(CHF, HUB)
    lab.make(ESME, METER)
    p.part("Installation")
    with p.step("8.11 adds the ESME to the hub", "CCS01 lists it by install code") as step:
        done = lab.add_to_hub(HUB, METER, "1200012345678")
        step.check(done.is_success, "CCS01 answers success")
    with p.step("the ESME is switched on", "it joins by its install code") as step:
        step.check(lab.join(METER, HUB), "it is on the HAN")
    p.part("Readings")
    with p.step("4.1.1 reads the import register", "ECS17b is answered, encrypted") as step:
        before = import_wh(lab.read("ECS17b", METER))
        step.check(before > 0, "%d Wh" % before)
    with p.step("an hour later it is read again", "the simulated load is counted") as step:
        lab.pass_time(3600)
        after = import_wh(lab.read("ECS17b", METER))
        step.check(after > before, "%d Wh more" % (after - before))


def import_wh(exchange):
    """The active import register in an answer to ECS17b, decrypted, in Wh."""
    register = exchange.verdict.opened[0].fields[0][2][0]
    return register[2][0][2]
