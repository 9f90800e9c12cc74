"""The decision on every message code, kind of device, sender and form: its verdicts are counted.

`COUNTS` and `CHECK` are of the verdicts that the facts give; tests/attacks/test_authority.py works
them out from authority.json by a calculation of its own, and holds them against these.
"""

from binascii import crc32

from gbcs import usecases
from gbcs_device.messages import authority

KINDS = ("ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC", "IHD")
CODES = 0x0130  # and a few above
MORE_CODES = (0xF02F, 0x1000, 0x1001, 0xFFFF)
NUMBERS = (0, 1, 2, 3, 4, 5, 6, 8)
# Where an originator stands, and with a signature certificate: in a role with both certificates or
# one, nowhere; and the broker out of the box, at a meter and at a hub
STANDINGS = [((number,), (number,)) for number in NUMBERS]
STANDINGS += [((number,), ()) for number in NUMBERS]
STANDINGS += [((), ()), ((2, 3, 4), (2, 3)), ((2, 3, 4), (2, 3, 4))]

ACCEPTED, REFUSED, NOT_SUPPORTED = 0, 1, 2
COUNTS = [1793, 311803, 63364]
CHECK = 3256692743


def codes():
    return list(range(CODES)) + list(MORE_CODES)


def product(judge):
    """Counts of the verdicts, and the CRC-32 of all of them in order.

    `judge(code, case)` gives judge(kind, standing, signing, mac, signature, party, joined).
    """
    counts = [0, 0, 0]
    check = 0
    for code in codes():
        case = usecases.find(code)
        decide = judge(code, case)
        joins = (False, True) if case is not None and case.mac == "device" else (False,)
        for kind in KINDS:
            verdicts = bytearray()
            for standing, signing in STANDINGS:
                for protection in range(8):
                    for joined in joins:
                        verdict = decide(
                            kind, standing, signing, bool(protection & 1), bool(protection & 2),
                            bool(protection & 4), joined,
                        )  # fmt: skip
                        verdicts.append(verdict)
                        counts[verdict] += 1
            check = crc32(verdicts, check) & 0xFFFFFFFF
    return counts, check


def _judged(code, case):
    verdicts = {authority.ACCEPTED: ACCEPTED, authority.NOT_SUPPORTED: NOT_SUPPORTED}

    def decide(kind, *rest):
        return verdicts.get(authority.judge(case, kind, *rest)[0], REFUSED)

    return decide


def test_the_whole_product_is_judged_as_the_facts_say():
    counts, check = product(_judged)
    assert (counts, check) == (COUNTS, CHECK)
