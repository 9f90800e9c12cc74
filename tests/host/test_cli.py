"""The command as a person uses it."""

import io
import json
import sys

import pytest

from gbcs_host.cli import main
from gbcs_host.decode import fields

ECS14 = (
    "DD000000000000481100000000DF090100000000000003E80890B3D51F3001000008"
    "00DB1234567890A00002002314D9200003E8000102000100005E2C030102010900004A23B545F6CA24D1DC19D676"
)


def test_a_message_on_the_command_line_is_drawn_as_a_tree(capsys):
    assert main(["decode", ECS14]) == 0
    out = capsys.readouterr().out
    assert "command 0x0023, ECS14 Disable Privacy PIN Protection on ESME" in out
    assert "mac no key" in out


def test_json_has_the_promised_members(capsys):
    assert main(["decode", "--json", ECS14]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["kind"] == "command"
    assert found["message_code"] == "0x0023"
    assert found["use_case"] == "ECS14"
    assert found["originator"] == "90-B3-D5-1F-30-01-00-00"
    assert found["recipient"] == "00-DB-12-34-56-78-90-A0"
    assert found["counter"] == 1000
    assert (found["signature"], found["mac"]) == ("absent", "no key")
    assert found["payload"]["form"] == "access-request"


@pytest.mark.parametrize("bad", [ECS14[:-2], "DF00", "00"])
def test_a_damaged_message_is_reported_and_the_status_is_1(bad, capsys):
    assert main(["decode", "--json", bad]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["error"]["offset"] >= 0
    assert found["octets"] == bad


def test_an_unknown_message_code_is_an_error_beside_the_header(capsys):
    assert main(["decode", "--json", ECS14.replace("020023", "027777")]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["error"]["field"] == "message_code"
    assert found["originator"] == "90-B3-D5-1F-30-01-00-00"


@pytest.mark.parametrize(
    "arguments",
    [
        ["decode"],
        ["decode", "no such file"],
        ["nonsense"],
        ["utrn", "make"],
        ["installcode", "12"],
    ],
)
def test_wrong_usage_has_status_2(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err


def test_the_identifier_of_an_attribute_is_shown_in_hex():
    assert fields.to_json(("Divisor", "attribId", 770, None)) == {
        "type": "attribId",
        "value": 770,
        "means": "0x0302",
    }


def test_a_missing_key_store_has_status_3(capsys):
    assert main(["decode", "--keystore", "/no/such/folder", ECS14]) == 3
    assert "key store" in capsys.readouterr().err


def test_all_reference_messages_go_through_json_and_come_back(shared, capsys, monkeypatch):
    rtds = shared / "rtds"
    keys = str(rtds / "keystore")
    assert main(["decode", "--json", "--keystore", keys, str(rtds / "messages")]) == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    found = [json.loads(line) for line in lines]
    assert not [one["source"] for one in found if "invalid" in (one["signature"], one["mac"])]
    without = {one["use_case"] for one in found if "no key" in (one["signature"], one["mac"])}
    assert without == {"PCS01", "PCS02"}
    assert "%d messages; %d decoded" % (len(found), len(found)) in said.err
    monkeypatch.setattr(sys, "stdin", io.StringIO(said.out))
    assert main(["encode", "-"]) == 0
    encoded = capsys.readouterr().out.split()
    for one, octets in zip(found, encoded, strict=True):
        with open(one["source"]) as file:
            assert octets == file.read().strip()


def test_encode_says_which_line_makes_no_message(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"kind": "command"}\nnot json\n'))
    assert main(["encode", "-"]) == 1
    assert "line 1: 'counter' is missing" in capsys.readouterr().err


def test_an_install_code_gives_its_published_key(capsys):
    assert main(["installcode", "--json", "83FED3407A939723A5C639B26916D505"]) == 0
    assert json.loads(capsys.readouterr().out)["link_key"] == "66B6900981E1EE3CA4206B6B861C02BB"


def test_a_token_is_made_and_checked(shared, capsys):
    parties = ["--supplier", "90B3D51F30010000", "--device", "00DB1234567890A0"]
    keys = ["--counter", "0x300000000", "--keystore", str(shared / "rtds" / "keystore")]
    assert main(["utrn", "make", "--pounds", "10", *parties, *keys]) == 0
    assert capsys.readouterr().out.strip() == "73946144332040217315"
    assert main(["utrn", "check", "73946144332040217315", *parties, *keys]) == 0
    assert main(["utrn", "check", "73946144332040217316"]) == 1


def test_the_registry_tells_of_a_use_case(capsys):
    assert main(["usecase", "CCS07"]) == 0
    out = capsys.readouterr().out
    assert "0x00FE" in out
    assert "backup_PAN" in out
    assert main(["usecase", "nothing"]) == 1


def test_every_use_case_of_the_facts_is_in_the_registry(shared, capsys):
    assert main(["usecase", "--json", "--list"]) == 0
    names = {json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()}
    facts = json.loads((shared / "gbcs" / "use_cases.json").read_text())
    assert names >= {record["code"] for record in facts} | {"CS02f-SECMP0013"}
