"""The table of clusters, tested as a table."""

import json
import pathlib

import pytest

from gbcs.gbz import template
from gbcs.zcl import clusters, types
from gbcs.zcl import layout as zcllayout

CLUSTERS = [int(line[:4], 16) for line in clusters.CLUSTERS.split("\n") if line]
HINTS = ("utc", "text", "eui64", "zcl-date", "zcl-time", "unit", "enum", "names")


def lines(cluster: int) -> list[str]:
    """The lines of a cluster's text, continued ones joined."""
    module = clusters.table(cluster)
    text = "".join(module.ATTRIBUTES) + "".join(module.COMMANDS)
    return [line for line in text.replace("\n ", " ").splitlines() if line]


def commands(cluster: int) -> list[tuple[int, int]]:
    """(to client, identifier) of the commands of a cluster."""
    return [
        (8 if line[0] == "<" else 0, int(line[1:3], 16))
        for line in lines(cluster)
        if line[0] in "<>"
    ]


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda cluster: "%04X" % cluster)
def test_every_line_is_an_attribute_or_a_command(cluster):
    for line in lines(cluster):
        key, name, *rest = line.split(" ")
        assert name[0].isupper()
        if key[0] in "<>":
            assert len(key) == 3
            int(key[1:], 16)
        else:
            assert types.by_name(rest[0]), line
            assert len(rest) in (1, 2), line


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda cluster: "%04X" % cluster)
def test_no_command_stands_twice_and_they_are_in_order(cluster):
    found = commands(cluster)
    assert found == sorted(set(found))


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda cluster: "%04X" % cluster)
def test_every_attribute_is_found_under_one_name(cluster):
    named = {}
    for line in lines(cluster):
        key = line.split(" ")[0]
        if key[0] in "<>":
            continue
        client = "~" in key
        place = key.replace("~", "").replace("*", "")
        base, *steps = place.split("/")
        identifiers = [int(base, 16)]
        for step in steps:
            size, _, count = step.partition("x")
            identifiers = [
                identifier + int(size) * index
                for identifier in identifiers
                for index in range(int(count))
            ]
        for identifier in identifiers:
            assert (client, identifier) not in named, line
            named[client, identifier] = name = clusters.attribute(cluster, identifier, client)[0]
            assert "{" not in name
            assert not name.startswith("attribute_")
    assert len(set(named.values())) == len(named) - (cluster == 0x0700) - (cluster == 0x0800)


def walk(layout: tuple):
    """Every step of a layout, inner ones too."""
    for step in layout:
        yield step
        for part in step[1:]:
            if step[0] != zcllayout.RUN and isinstance(part, tuple) and isinstance(part[0], tuple):
                yield from walk(part)


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda cluster: "%04X" % cluster)
def test_every_layout_is_sound(cluster):
    for to_client, identifier in commands(cluster):
        name, layout, _ = clusters.command(cluster, to_client, identifier)
        said = set()
        for step in walk(layout):
            if step[0] == zcllayout.RUN:
                assert step[1] == sum(types.by_name(kind)[2] for kind in step[4])
                assert len(step[3]) == len(step[4]) == len(step[5])
                said.update(kept[2] for kept in step[6 + 1])
                for hint in step[5]:
                    assert hint is None or hint.partition(":")[0] in HINTS, (name, hint)
            elif step[0] == zcllayout.GROUPS:
                assert not step[3] or step[3] in said, (name, step[3])
                assert step[2][0][0] == zcllayout.RUN or step[2][0][0] == zcllayout.STRING, name
            elif step[0] == zcllayout.LIST:
                assert not step[4] or step[4] in said, (name, step[4])
            elif step[0] in (zcllayout.CASE, zcllayout.BITS):
                assert step[1] in said, (name, step[1])


def test_an_attribute_in_steps_is_counted():
    assert clusters.attribute(0x0700, 0x0102)[:2] == ("Block3Threshold", "uint48")
    assert clusters.attribute(0x0700, 0x0430)[:2] == ("Tier3Block1Price", "uint32")
    assert clusters.attribute(0x0700, 0x04FF)[0] == "Tier15Block16Price"
    assert clusters.attribute(0x0702, 0x0106)[0] == "CurrentTier4SummationDelivered"
    assert clusters.attribute(0x0702, 0x0107)[0] == "CurrentTier4SummationReceived"
    assert clusters.attribute(0x0705, 0x0239)[0] == "DebtRecoveryTopUpPercentage#3"
    assert clusters.attribute(0x0705, 0x0249)[0] == "attribute_0249"


def test_client_and_server_have_attributes_of_their_own():
    assert clusters.attribute(0x0702, 0)[0] == "CurrentSummationDelivered"
    assert clusters.attribute(0x0702, 0, True)[0] == "FunctionalNotificationFlags"
    assert clusters.attribute(0x0702, 4, True)[0] == "NotificationFlags5"


def test_every_cluster_has_the_global_attributes():
    assert clusters.attribute(0x0702, 0xFFFE)[0] == "AttributeReportingStatus"
    assert clusters.attribute(0xFC00, 0xFFFD)[0] == "ClusterRevision"


def test_every_cluster_is_a_module_and_every_module_in_the_list():
    folder = pathlib.Path(clusters.__file__).parent
    assert [int(path.stem[8:], 16) for path in sorted(folder.glob("cluster_????.py"))] == CLUSTERS


def test_an_unknown_cluster_has_a_name_of_its_number():
    assert clusters.cluster_name(0x0702) == "Metering"
    assert clusters.cluster_name(0xFC00) == "cluster_FC00"
    assert clusters.command(0xFC00, 0, 0) == ("command_00", None, None)
    assert clusters.command_name(0xFC00, 0, 0) is None


def test_metering_attributes_have_the_types_that_zigpy_gives_them():
    from zigpy.zcl.clusters.smartenergy import Metering

    compared = 0
    for identifier, definition in Metering.attributes.items():
        kind = clusters.attribute(0x0702, identifier)[1]
        assert kind is not None, definition.name
        if definition.zcl_type:
            row = types.by_name(kind)
            # an enumeration in our sources, of the same size, may be a bitmap in theirs
            assert row[2] == types.by_code(definition.zcl_type)[2], definition.name
            compared += 1
    assert compared > 130


def test_attributes_of_the_use_cases_have_the_types_that_their_templates_give(shared):
    cases = json.loads((shared / "gbcs" / "use_cases.json").read_text())
    compared = 0
    for case in cases:
        for row in template.find(int(case["message_code"] or "0", 16)):
            if row.frame_control & 1 or row.command > 1:
                continue
            for identifier, kind in row.constants:
                name, ours, _ = clusters.attribute(row.cluster, identifier)
                assert ours is not None, (case["code"], hex(identifier))
                assert kind in (None, ours), (case["code"], name)
                compared += kind is not None
    assert compared > 70


def test_every_use_case_of_gbz_has_a_template(shared):
    cases = json.loads((shared / "gbcs" / "use_cases.json").read_text())
    for case in cases:
        if case.get("gbz_template"):
            rows = template.find(int(case["message_code"], 16))
            counted = sum(len(side["components"]) for side in case["gbz_template"].values())
            assert len(rows) == counted, case["code"]
