"""Future-dated commands: kept, cancelled, carried out at their date with the reference alert."""

import pytest

from gbcs import clock, message, payload
from gbcs_host.verify import coverage, twin

CASES = [
    # scenario                                                when it is due     the alert's detail
    (
        "11.3_CS06",
        "CS06_11.3_FUTURE_DATED_SUCCESS",
        "20300115090000Z",
        "8F66_FUTURE_DATED_SUCCESS",
    ),
    ("11.3_CS06", "CS06_11.3_FUTURE_DATED_ERROR", "20300101000000Z", "8F67_FUTURE_DATED_ERROR"),
    (
        "6.15.1_CS02bSupplierBySupplier",
        "CS02bSupplierBySupplier_6.15.1_FUTURE_DATED_SUCCESS",
        "20300115000000Z",
        "8F66_FUTURE_DATED_SUCCESS",
    ),
    (
        "6.23_CS02bSupplierByTransCoS",
        "CS02bSupplierByTransCoS_6.23_FUTURE_DATED_SUCCESS",
        "20300101000000Z",
        "8F66_FUTURE_DATED_SUCCESS",
    ),
]


def read(path):
    return bytes.fromhex(path.read_text().strip())


@pytest.mark.parametrize(("folder", "name", "due", "detail"), CASES)
def test_what_was_kept_is_done_at_its_date_and_the_alert_says_so(
    shared, key_store, folder, name, due, detail
):
    where = shared / "rtds" / "messages" / folder
    command = read(where / (name + "_COMMAND_GBCS.HEX"))
    response = read(where / (name + "_RESPONSE_GBCS.HEX"))
    use_case, service = name.split("_")[:2]
    alert = read(where / ("%s_%s_%s_ALERT_GBCS.HEX" % (use_case, service, detail)))
    asked = message.decode(command)
    device = coverage.Coverage(key_store).device("ESME", asked.recipient, (asked.originator,))
    twin.load(device, command, response, key_store)
    twin.load_alert(device, command, alert, key_store)
    now = twin.moment_of(asked, message.decode(response))
    assert device.receive(command, now)[:-64] == response[:-64]
    at = device.next_timer()
    assert clock.generalized(at) == due or detail[:4] == "8F66"
    device.handle_timer(at - 1)
    assert device.outbox == []
    device.handle_timer(at)
    assert [one[:-64].hex() for one in device.outbox] == [alert[:-64].hex()]
    assert device.next_timer() is None


def test_a_cancelled_command_is_not_carried_out(shared, key_store):
    where = shared / "rtds" / "messages" / "11.3_CS06"
    kept = read(where / "CS06_11.3_FUTURE_DATED_SUCCESS_COMMAND_GBCS.HEX")
    cancelling = read(where / "CS06_11.3_CANCELLATION_SUCCESS_COMMAND_GBCS.HEX")
    asked = message.decode(kept)
    device = coverage.Coverage(key_store).device("ESME", asked.recipient, (asked.originator,))
    now = clock.from_generalized("20150101000000Z")
    assert device.receive(kept, now)
    assert device.next_timer() is not None
    assert device.receive(cancelling, now)
    assert device.next_timer() is None


def future_dated(shared):
    """Each future-dated DLMS or GBZ command, its response, and the alerts that are at hand."""
    found = []
    for folder in sorted((shared / "rtds" / "messages").iterdir()):
        alerts = [message.decode(read(path)) for path in sorted(folder.glob("*_8F66_*_ALERT_*"))]
        for path in sorted(folder.glob("*_FUTURE_DATED_*SUCCESS_COMMAND_*")):
            asked = message.decode(read(path))
            named = asked.code.to_bytes(2, "big") + asked.counter.to_bytes(8, "big")
            mine = [one for one in alerts if one.code in (0x00CC, 0x00CD) and named in one.content]
            if mine:
                response = read(path.with_name(path.name.replace("_COMMAND_", "_RESPONSE_")))
                found.append((path.stem, asked, response, mine))
    return found


def without_counter(alert):
    """An alert's payload; of a data notification without the id, which holds a counter."""
    return alert.content[6:] if alert.content[0] == 0x0F else alert.content


def test_what_is_activated_later_is_reported_as_by_real_devices(shared, key_store):
    reported = 0
    for name, asked, response, wanted in future_dated(shared):
        kind = payload.use_case(asked).targets[0]
        device = coverage.Coverage(key_store).device(kind, asked.recipient, (asked.originator,))
        twin.load(device, asked.octets, response, key_store)
        now = clock.from_generalized("20150101000000Z")
        assert device.receive(asked.octets, now) is not None, name
        said = []
        while device.next_timer() is not None:
            device.handle_timer(device.next_timer())
            said += [without_counter(message.decode(one)) for one in device.outbox]
            device.outbox.clear()
        missing = {without_counter(one).hex() for one in wanted} - {one.hex() for one in said}
        assert not missing, (name, missing, [one.hex() for one in said])
        assert len(said) >= len(wanted)
        reported += len(wanted)
    assert reported > 25
