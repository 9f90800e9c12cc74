"""`gbcs usecase` names the entries of the devices' tables that carry a use case out."""

import pytest

from gbcs import usecases
from gbcs_device.devices import kinds
from gbcs_host.cli import main
from gbcs_host.decode import handlers


@pytest.mark.parametrize("objects", kinds._OBJECTS)
def test_the_tables_are_those_of_the_devices(objects):
    served = {}
    for table in kinds._OBJECTS[objects]()(True):
        for part in (table,) if isinstance(table, dict) else (table.first, table.second):
            served.update(part)
    named = {}
    for _, _, table in handlers.TABLES[objects]:
        named.update(table)
    assert named == served


def test_the_handler_of_a_read_is_named_as_its_source_has_it():
    (case,) = usecases.by_name("ECS17b")
    assert handlers.of_use_case(case) == ["ESME: gbcs_device.account.esme.LIVE[IMPORT]"]


def test_the_handler_of_an_asn1_command_is_a_function_of_its_module():
    (case,) = usecases.by_name("CS08")
    assert handlers.of_use_case(case) == [
        "gbcs_device.usecases.maintenance.ASN1[0x0129], "
        "gbcs_device.usecases.maintenance.read_firmware"
    ]


def test_a_key_without_a_name_is_spelt_so_that_it_can_be_searched(capsys):
    assert main(["usecase", "ECS43"]) == 0
    assert r'ACTIONS["M", 9, b"\x00\x00\x0a\x00\x6a\xff", 1]' in capsys.readouterr().out


def test_every_use_case_can_be_asked_for():
    for case in usecases.all_cases():
        handlers.of_use_case(case)
