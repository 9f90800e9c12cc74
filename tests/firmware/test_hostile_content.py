"""What a party who may do so sends, well signed and MAC'd, but wrong inside: refused, no more."""

from gbcs import message
from gbcs_host.lab.lab import CHF, ESME, GSME, Lab
from gbcs_host.verify import damage

HUB = bytes.fromhex("00DB1234567890A2")
ELECTRICITY = bytes.fromhex("00DB1234567890A0")
GAS = bytes.fromhex("00DB1234567890A1")


def test_wrong_contents_raise_nothing_and_lose_nothing():
    lab = Lab(5)
    lab.make(CHF, HUB)
    for kind, eui in ((ESME, ELECTRICITY), (GSME, GAS)):
        lab.make(kind, eui)
        lab.add_to_hub(HUB, eui)
        assert lab.join(eui, HUB)
    lab.read_logs(HUB)
    for use_case in ("ECS70", "ECS17b", "ECS10", "ECS35a", "ECS42", "ECS01a", "ECS28a", "ECS22b"):
        lab.read(use_case, ELECTRICITY)
    for use_case in ("GCS13a", "GCS41", "CS10b", "GCS32", "GCS33"):
        lab.read(use_case, GAS)
    answered = sent = 0
    for number, exchange in enumerate(list(lab.exchanges)):
        m = message.decode(exchange.command)
        party = next(one for one in lab.parties if one.eui == m.originator)
        device = lab.han.hubs.get(m.recipient) or lab.han.meters[m.recipient]
        supplier = lab.parties["supplier"] if m.party else None
        for content in damage.damaged([m.content], 200, seed=number):
            octets = lab.parties.command(
                party, m.recipient, m.code, content, bool(m.signature), on_behalf_of=supplier
            )
            sent += 1
            answered += device.receive(octets, lab.now) is not None
            device.outbox.clear()
    assert 0 < answered < sent
    assert lab.read("ECS17b", ELECTRICITY).is_success
    assert lab.read("GCS13a", GAS).is_success
