"""The smart metering inventory: what may happen when, and what it leaves."""

import pytest

from gbcs_host.lab import inventory
from gbcs_host.lab.inventory import Inventory, TransitionRefused, UnknownDevice

METER = bytes.fromhex("00DB1234567890A0")
HUB = bytes.fromhex("00DB1234567890A2")
MPAN = "1200012345678"


@pytest.fixture
def smi():
    found = Inventory()
    found.add(METER, "ESME", 0)
    yield found
    found.close()


def test_a_notified_device_is_pending_and_belongs_nowhere(smi):
    assert smi.device(METER) == {
        "eui": METER.hex(), "device_type": "ESME", "status": "pending", "hub": None,
        "meter_points": []}  # fmt: skip
    with pytest.raises(ValueError, match="in the inventory"):
        smi.add(METER, "ESME", 1)


def test_disconnecting_makes_it_pending_without_hub_and_meter_point(smi):
    smi.added(METER, HUB, 1, MPAN)
    assert smi.device(METER)["status"] == inventory.WHITELISTED
    assert smi.device(METER)["meter_points"] == [MPAN]
    assert smi.on_hub(HUB) == [METER]
    smi.commissioned(METER, 2)
    smi.disconnected(METER, 3)
    assert smi.device(METER)["status"] == inventory.PENDING
    assert (smi.device(METER)["hub"], smi.device(METER)["meter_points"]) == (None, [])
    assert smi.on_hub(HUB) == []


def test_a_restored_log_associates_and_whitelists(smi):
    smi.restored(METER, HUB, 1, MPAN)
    found = smi.device(METER)
    assert (found["status"], found["hub"], found["meter_points"]) == (
        inventory.WHITELISTED, HUB.hex(), [MPAN])  # fmt: skip


def test_a_failed_disconnect_changes_nothing_and_says_why(smi):
    smi.added(METER, HUB, 1, MPAN)
    before = smi.device(METER)
    smi.disconnect_failed(METER, 2, "no answer")
    assert smi.device(METER) == before
    assert smi.history(METER)[-1]["note"] == "no answer"


@pytest.mark.parametrize("event", sorted(inventory.TRANSITIONS))
def test_an_event_comes_in_its_statuses_only(event):
    allowed, after = inventory.TRANSITIONS[event]
    everywhere = {
        inventory.PENDING, inventory.WHITELISTED, inventory.INSTALLED, inventory.COMMISSIONED,
        inventory.DECOMMISSIONED, inventory.WITHDRAWN}  # fmt: skip
    for status in sorted(everywhere):
        smi = Inventory()
        smi.add(METER, "ESME", 0)
        with inventory.Session(smi._engine) as session, session.begin():
            session.get(inventory.Device, METER.hex()).status = status
        smi._rows.clear()
        if status in allowed:
            smi._happened(event, METER, 1, False, None)
            assert smi.device(METER)["status"] == (after or status)
        else:
            with pytest.raises(TransitionRefused, match=status):
                smi._happened(event, METER, 1, False, None)
            assert smi.device(METER)["status"] == status
            assert len(smi.history(METER)) == 1
        smi.close()


def test_another_url_keeps_it_on_disk(tmp_path):
    url = "sqlite:///%s" % (tmp_path / "smi.db")
    first = Inventory(url)
    first.add(METER, "GSME", 5)
    first.close()
    again = Inventory(url)
    assert again.device(METER)["device_type"] == "GSME"
    assert [one["event"] for one in again.history(METER)] == ["notified (12.2)"]
    with pytest.raises(UnknownDevice):
        again.device(HUB)
    again.close()
