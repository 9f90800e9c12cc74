"""The table of kinds of devices: its rows, what they name, and the kinds that cannot be had."""

import pickle

import pytest

from gbcs import usecases
from gbcs_device.base import kind_rows, load
from gbcs_device.board.remote import Server
from gbcs_device.devices import kinds, stations
from gbcs_device.usecases import credentials, device_log, maintenance
from gbcs_host.cli import main
from gbcs_host.han import served_devices
from gbcs_host.lab.lab import Lab
from tools import measure

HUB = bytes.fromhex("00DB1234567890B2")
EUI = bytes.fromhex("00DB1234567890A8")
ROWS = [kind_rows.find(row[0]) for row in kind_rows._ROWS]
NOT_HAD = tuple(row.name for row in ROWS if row.station == "")
ON_A_HAN = tuple(row.name for row in ROWS if row.station != "")


def test_no_kind_and_no_number_stands_twice():
    for column in ("name", "registered_type", "partner_type"):
        values = [getattr(row, column) for row in ROWS]
        given = [value for value in values if value is not None]
        assert len(set(given)) == len(given)


@pytest.mark.parametrize("room", measure.ROOMS)
def test_who_asks_what_a_device_can_do_asks_its_row(room):
    assert measure.occurrences("kind", room)[0] == []


def test_what_rows_name_is_there_and_nothing_else():
    assert {row.device for row in ROWS} == set(kinds._DEVICES)
    assert {row.objects for row in ROWS} == set(kinds._OBJECTS)
    assert {row.station for row in ROWS if row.can_join} == set(stations._STATIONS)


def test_a_form_of_payload_is_one_of_the_registry():
    for row in ROWS:
        forms = {case.form for case in usecases.all_cases() if row.name in case.roles}
        assert forms <= {row.form, "ASN.1"}


def test_whoever_takes_messages_has_cells_for_who_sends_them():
    for row in ROWS:
        assert row.takes_messages == bool(row.cells)


def test_message_codes_of_asn1_are_those_of_the_modules():
    assert set(kinds._CREDENTIALS) == set(credentials.ASN1)
    assert set(kinds._MAINTENANCE) == set(maintenance.ASN1)
    assert set(kinds._DEVICE_LOG) == set(device_log.ASN1)


def test_what_may_be_for_later_says_what_it_does_then():
    codes = {*kinds._CREDENTIALS, *kinds._MAINTENANCE, *kinds._DEVICE_LOG}
    tables = {**credentials.ASN1, **maintenance.ASN1, **device_log.ASN1}
    dated = {code for code in codes if usecases.find(code).future_dated}
    assert dated == {code for code, row in tables.items() if row[1] is not None}


@pytest.mark.parametrize("kind", [row.name for row in ROWS if row.device in ("meter", "device")])
@pytest.mark.parametrize("has_account", [False, True])
def test_what_a_device_goes_by_can_be_saved(kind, has_account):
    """Functions that a module has, which are saved by their names; no closure, no table."""
    device = kinds.make(kind, EUI, {load.SINCE: b""} if has_account else {}, None, None)
    going_by = (device.servers, device.objects, device.due)
    assert pickle.loads(pickle.dumps(going_by)) == going_by


@pytest.mark.parametrize("kind", kind_rows.joining())
def test_the_lab_adds_each_kind_that_can_join(kind):
    lab = Lab(3, radio=True)
    lab.make("CHF", HUB)
    lab.make(kind, EUI)
    assert lab.add_to_hub(HUB, EUI).is_success
    assert lab.join(EUI, HUB)


@pytest.mark.parametrize("kind", [*NOT_HAD, "TOASTER", ""])
def test_the_lab_says_which_kinds_it_can_add(kind):
    with pytest.raises(kind_rows.UnknownKind) as caught:
        Lab().make(kind, EUI)
    assert caught.value.kind == kind
    if kind in NOT_HAD:
        assert caught.value.known == ON_A_HAN
        assert "%s expected, found %s" % (", ".join(ON_A_HAN), kind) in str(caught.value)


def test_a_hub_is_not_listed_on_a_hub():
    lab = Lab()
    lab.make("CHF", HUB)
    with pytest.raises(kind_rows.UnknownKind):
        lab.list_on_hub(HUB, HUB)


@pytest.mark.parametrize("kind", NOT_HAD)
def test_no_station_is_made_of_what_joins_no_hub(kind):
    with pytest.raises(kind_rows.UnknownKind):
        stations.make(kinds.make(kind, EUI, {}, None, None), None, None)


def test_a_board_or_process_may_be_any_kind_that_joins():
    assert Server(None, None)._allowed == kind_rows.joining()


@pytest.mark.parametrize("kind", NOT_HAD)
def test_the_command_says_which_kinds_it_serves(kind, capsys, monkeypatch):
    monkeypatch.setattr(served_devices, "serve", _refuse_to_serve)  # which would not end
    assert main(["device", "run", kind.lower(), "--link", "tcp:127.0.0.1:0"]) == 2
    said = capsys.readouterr().err
    assert all(name.lower() in said for name in kind_rows.joining())


def _refuse_to_serve(*arguments, **options):
    raise AssertionError("wrong usage expected, found a kind that is served")
